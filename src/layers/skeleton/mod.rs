//! OpenPose's skeleton of a figure: points of body, hands and face where its bones are
//! (<https://github.com/CMU-Perceptual-Computing-Lab/openpose/blob/master/doc/02_output.md>).

mod draw;
mod head;
mod json;

use crate::figure::HumanBone::{self, *};
use crate::raster::{IdImage, Shot, Stance, Subject, SubjectError};
use glam::{Vec2, Vec3};
use head::HeadShape;

/// So far before a point another part of the body has to be for the point to count as hidden, metres.
const HIDES_M: f32 = 0.05;
/// How sure a point is that is hidden.
const HIDDEN: f32 = 0.3;
/// How far a finger goes on behind its last joint, of the bone before.
const FINGERTIP: f32 = 0.8;

/// The 18 points of the body as COCO numbers them; the neck is between the shoulders, the head's are no bones.
const BODY: [(Place, HumanBone); 18] = [
    (Place::Nose, Head),
    (Place::Neck, UpperChest),
    (Place::Joint, RightUpperArm),
    (Place::Joint, RightLowerArm),
    (Place::Joint, RightHand),
    (Place::Joint, LeftUpperArm),
    (Place::Joint, LeftLowerArm),
    (Place::Joint, LeftHand),
    (Place::Joint, RightUpperLeg),
    (Place::Joint, RightLowerLeg),
    (Place::Joint, RightFoot),
    (Place::Joint, LeftUpperLeg),
    (Place::Joint, LeftLowerLeg),
    (Place::Joint, LeftFoot),
    (Place::Eye(1), Head),
    (Place::Eye(0), Head),
    (Place::Ear(1), Head),
    (Place::Ear(0), Head),
];

/// Fingers of the left hand, from the root to the last joint.
const FINGERS: [[HumanBone; 3]; 5] = [
    [LeftThumbMetacarpal, LeftThumbProximal, LeftThumbDistal],
    [LeftIndexProximal, LeftIndexIntermediate, LeftIndexDistal],
    [LeftMiddleProximal, LeftMiddleIntermediate, LeftMiddleDistal],
    [LeftRingProximal, LeftRingIntermediate, LeftRingDistal],
    [LeftLittleProximal, LeftLittleIntermediate, LeftLittleDistal],
];

/// How a point of the body is found. Sides: 0 left, 1 right, the figure's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A bone's joint.
    Joint,
    /// Between the shoulders.
    Neck,
    /// On the face's surface.
    Nose,
    /// The same.
    Eye(usize),
    /// At the head's side.
    Ear(usize),
}

/// What of a figure's skeleton no pose changes.
pub struct Skeleton {
    head: Option<HeadShape>,
    /// The human bone that each joint belongs to.
    owners: Vec<Option<HumanBone>>,
}

/// A point in the picture, pixels from its left upper corner, and how sure it is: 1 seen, 0.3 hidden, 0 not there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) at: Vec2,
    pub(super) sure: f32,
}

/// The skeleton in a picture.
pub(super) struct Keypoints {
    /// As [`BODY`].
    body: [Point; 18],
    mid_hip: Point,
    /// Left, then right: big toe, small toe, heel.
    feet: [[Point; 3]; 2],
    /// Left, then right: the wrist, then four points of each finger from the root to the tip, the thumb first.
    hands: [[Point; 21]; 2],
    /// Of the right eye, then of the left, where they have bones.
    pupils: [Point; 2],
}

impl Skeleton {
    /// Of a subject.
    pub fn new(subject: &Subject) -> Self {
        let figure = subject.figure();
        Self { head: HeadShape::of(figure), owners: subject.rig().owners(figure) }
    }

    /// Where a point of the body is, metres: at `bone`'s joint, or carried by it. `None`: the figure has no such bone.
    pub fn place(&self, stance: &Stance, place: Place, bone: HumanBone) -> Option<Vec3> {
        let head = |of: fn(&HeadShape) -> Vec3| self.head.as_ref().map(|head| head.posed(stance, of(head)));
        match place {
            Place::Joint => joint(stance, bone),
            Place::Neck => middle(stance, LeftUpperArm, RightUpperArm),
            Place::Nose => head(|head| head.nose),
            Place::Eye(0) => head(|head| head.eyes[0]),
            Place::Eye(_) => head(|head| head.eyes[1]),
            Place::Ear(0) => head(|head| head.ears[0]),
            Place::Ear(_) => head(|head| head.ears[1]),
        }
    }

    /// What hides what in a picture of this size.
    ///
    /// # Errors
    /// A size beyond what the rasterizer can do.
    pub fn look<'a>(&'a self, shot: &'a Shot, size_px: [u32; 2]) -> Result<Seen<'a>, SubjectError> {
        Ok(Seen { skeleton: self, shot, size_px, ids: shot.ids(size_px)?, depths: shot.depths(size_px)? })
    }

    /// It in a picture of this size.
    ///
    /// # Errors
    /// A size beyond what the rasterizer can do.
    pub(super) fn seen(&self, shot: &Shot, size_px: [u32; 2]) -> Result<Keypoints, SubjectError> {
        let view = self.look(shot, size_px)?;
        let sides = [0, 1];
        Ok(Keypoints {
            body: BODY.map(|(place, bone)| view.body(place, bone)),
            mid_hip: view.point(middle(shot.stance(), LeftUpperLeg, RightUpperLeg), Hips),
            feet: sides.map(|side| view.foot(side)),
            hands: sides.map(|side| view.hand(side)),
            pupils: [RightEye, LeftEye].map(|bone| view.pupil(bone)),
        })
    }
}

/// Where a bone's joint is, metres.
fn joint(stance: &Stance, bone: HumanBone) -> Option<Vec3> {
    let joint = stance.figure().humanoid.joint(bone)?;
    Some(stance.world()[joint as usize].w_axis.truncate())
}

fn middle(stance: &Stance, a: HumanBone, b: HumanBone) -> Option<Vec3> {
    Some((joint(stance, a)? + joint(stance, b)?) / 2.0)
}

/// A shot, and what hides what in it.
pub struct Seen<'a> {
    skeleton: &'a Skeleton,
    shot: &'a Shot,
    size_px: [u32; 2],
    ids: IdImage,
    depths: Vec<f32>,
}

impl Seen<'_> {
    fn joint(&self, bone: HumanBone) -> Option<Vec3> {
        joint(self.shot.stance(), bone)
    }

    fn body(&self, place: Place, bone: HumanBone) -> Point {
        self.point(self.skeleton.place(self.shot.stance(), place, bone), bone)
    }

    fn pupil(&self, bone: HumanBone) -> Point {
        let has = self.shot.stance().figure().humanoid.joint(bone).is_some();
        if has { self.body(Place::Eye(usize::from(bone == RightEye)), Head) } else { Point::default() }
    }

    /// Toes lie before the toes' joint, a bit to both sides, the heel behind the ankle on the floor: as the foot stands in
    /// T-pose, from where it is carried along.
    fn foot(&self, side: usize) -> [Point; 3] {
        let stance = self.shot.stance();
        let (world, rest) = (stance.world(), stance.rig().t_world());
        let [foot, toes] = on(side, [LeftFoot, LeftToes]);
        let joint = |bone| stance.figure().humanoid.joint(bone).map(|joint| joint as usize);
        let (Some(ankle), Some(ball)) = (joint(foot), joint(toes)) else { return Default::default() };
        let [heel, tips] = [ankle, ball].map(|joint| rest[joint].w_axis.truncate());
        let ahead = (tips - heel).with_y(0.0);
        let outwards = ahead.cross(Vec3::Y) * if side == 0 { -0.3 } else { 0.3 };
        let tips = tips + ahead * 0.5;
        let places = [(ball, tips - outwards), (ball, tips + outwards), (ankle, (heel - ahead * 0.3).with_y(tips.y))];
        places.map(|(joint, at)| self.point(Some((world[joint] * rest[joint].inverse()).transform_point3(at)), foot))
    }

    fn hand(&self, side: usize) -> [Point; 21] {
        let [wrist] = on(side, [LeftHand]);
        let mut points = [Point::default(); 21];
        points[0] = self.point(self.joint(wrist), wrist);
        for (finger, points) in FINGERS.iter().zip(points[1..].chunks_exact_mut(4)) {
            let joints = on(side, *finger).map(|bone| self.joint(bone));
            let tip = joints[2].zip(joints[1]).map(|(last, before)| last + (last - before) * FINGERTIP);
            for (point, at) in points.iter_mut().zip(joints.into_iter().chain([tip])) {
                *point = self.point(at, wrist);
            }
        }
        points
    }

    /// A place of a bone in the picture.
    fn point(&self, place: Option<Vec3>, bone: HumanBone) -> Point {
        let seen = place.and_then(|place| Some((self.pixel(place)?, self.shows(place, bone)?)));
        seen.map_or(Point::default(), |(at, shown)| Point { at, sure: if shown { 1.0 } else { HIDDEN } })
    }

    /// Whether a place of a bone is seen, or another part of the body lies before it; `None`: it is not in the picture.
    pub fn shows(&self, place: Vec3, bone: HumanBone) -> Option<bool> {
        let at = self.pixel(place)?;
        let (x, y) = (at.x as u32, at.y as u32);
        let before = self.depths[y as usize * self.size_px[0] as usize + x as usize];
        let depth = -self.shot.camera().view.transform_point3(place).z;
        let owner = self.ids.at(x, y).and_then(|id| self.skeleton.owners[id.joint as usize]);
        Some(!(before + HIDES_M < depth && owner.is_some_and(|owner| !near(region(owner), region(bone)))))
    }

    /// Where a place is in the picture, pixels; `None`: outside.
    fn pixel(&self, place: Vec3) -> Option<Vec2> {
        let size = Vec2::from(self.size_px.map(|side| side as f32));
        let at = self.shot.camera().shows(place)? * size;
        (at.cmpge(Vec2::ZERO).all() && at.cmplt(size).all()).then_some(at)
    }
}

/// The same bones of a side.
fn on<const N: usize>(side: usize, left: [HumanBone; N]) -> [HumanBone; N] {
    left.map(|bone| if side == 0 { bone } else { bone.mirrored() })
}

/// Bones without those inside the same part: fingers belong to the hand, eyes to the head.
fn region(bone: HumanBone) -> HumanBone {
    let up = |bone: HumanBone| std::iter::successors(Some(bone), |bone| bone.parent());
    up(bone).find(|bone| matches!(bone, LeftHand | RightHand | Head)).unwrap_or(bone)
}

/// What of a body a point of a bone lies inside of: its own, the one before, the one behind. The trunk is one.
fn near(a: HumanBone, b: HumanBone) -> bool {
    let trunk = |bone| matches!(bone, Hips | Spine | Chest | UpperChest | Neck | LeftShoulder | RightShoulder);
    let joined =
        |a: HumanBone, b: HumanBone| a.parent().is_some_and(|parent| parent == b || (trunk(parent) && trunk(b)));
    a == b || joined(a, b) || joined(b, a) || (trunk(a) && trunk(b))
}

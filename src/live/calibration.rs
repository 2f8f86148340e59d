//! From a sender's skeleton to ours: where its T-pose is, where its front is, how tall it stands.
//!
//! Senders send rotations in their bones' own axes. Nearly all of them have figures whose axes in T-pose are the world's,
//! as VRM 0 has it; then these rotations are ours. Others have figures with axes of their own: those become ours once the
//! T-pose is known. With a for a bone's rotation, W for its world rotation in T-pose and P for its parent's there,
//!
//! ```text
//! N = P · a · W⁻¹
//! ```
//!
//! is how far it is turned from T-pose relative to its parent, in the sender's world; seen from the front F of whoever
//! stands there it is F⁻¹ · N · F, which is what a [`crate::pose::Pose`] holds.

use super::said::Place;
use crate::figure::HumanBone;
use glam::{EulerRot, Quat, Vec3};
use std::f32::consts::PI;

/// No figure's hips are nearer to the floor, metres; what is nearer was not meant.
const LOWEST_M: f32 = 0.05;
/// Where nothing tells how high the hips are.
const USUAL_M: f32 = 0.9;
/// From the toes' joint down to the floor, metres.
const SOLE_M: f32 = 0.02;

/// What a sender has said of where its bones are.
#[derive(Clone, Copy)]
pub(super) struct Skeleton {
    pub(super) root: Option<Place>,
    pub(super) bones: [Option<Place>; 55],
}

impl Default for Skeleton {
    fn default() -> Self {
        Self { root: None, bones: [None; 55] }
    }
}

impl Skeleton {
    fn place(&self, bone: HumanBone) -> Option<Place> {
        self.bones[bone as usize]
    }

    fn root(&self) -> Place {
        self.root.unwrap_or_default()
    }

    /// The bone that a bone hangs on among those that were sent; `None`: the root.
    fn above(&self, bone: HumanBone) -> Option<HumanBone> {
        std::iter::successors(bone.parent(), |bone| bone.parent()).find(|bone| self.place(*bone).is_some())
    }

    /// World places of all bones; one that was not sent is where its parent is.
    fn world(&self) -> [Place; 55] {
        let mut world = [self.root(); 55];
        for bone in HumanBone::ALL {
            let parent = bone.parent().map_or(self.root(), |parent| world[parent as usize]);
            let own = self.place(bone).unwrap_or_default();
            world[bone as usize] = Place {
                position: parent.position + parent.rotation * own.position,
                rotation: (parent.rotation * own.rotation).normalize(),
            };
        }
        world
    }

    /// Where the hips are in the world; `None`: nobody said.
    fn hips(&self) -> Option<Vec3> {
        let (root, hips) = (self.root(), self.place(HumanBone::Hips)?.position);
        (hips != Vec3::ZERO).then(|| root.position + root.rotation * hips)
    }

    /// How high the hips of its figure are in T-pose by the length of its legs.
    fn leg_m(&self) -> Option<f32> {
        use HumanBone::{LeftFoot, LeftLowerLeg, LeftToes, LeftUpperLeg};
        let out = |bone| self.place(bone).map(|place| place.position);
        let toes = out(LeftToes).map_or(0.0, |out| out.y.abs());
        let leg = out(LeftUpperLeg)?.y.abs() + out(LeftLowerLeg)?.length() + out(LeftFoot)?.length();
        (leg > LOWEST_M).then_some(leg + toes + SOLE_M)
    }

    /// From its right to its left, in the axes of what its legs or arms hang on; `None`: nobody said.
    fn across(&self, place: impl Fn(HumanBone) -> Option<Vec3>) -> Option<Vec3> {
        use HumanBone::{LeftUpperArm, LeftUpperLeg, RightUpperArm, RightUpperLeg};
        let pairs = [(LeftUpperLeg, RightUpperLeg), (LeftUpperArm, RightUpperArm)];
        pairs.into_iter().find_map(|(left, right)| {
            let sent = |bone| self.place(bone).is_some_and(|own| own.position != Vec3::ZERO);
            let across = place(left)? - place(right)?;
            (sent(left) && sent(right) && across.length() > 0.01).then_some(across)
        })
    }
}

/// Where a sender's T-pose is.
#[derive(Clone, Copy)]
pub(super) struct Calibration {
    /// World rotations in T-pose: the root's, and the bones'.
    root: Quat,
    stands: [Quat; 55],
    front: Quat,
    /// Where the hips are in T-pose, and how high above the floor; metres.
    hips: Vec3,
    height_m: f32,
}

impl Calibration {
    /// By a sender who stands in T-pose.
    pub(super) fn new(skeleton: &Skeleton) -> Self {
        let world = skeleton.world();
        let across = skeleton.across(|bone| Some(world[bone as usize].position));
        let across = across.filter(|across| across.x.hypot(across.z) > 0.5 * across.length());
        let yaw = across.map_or_else(
            || world[HumanBone::Hips as usize].rotation.to_euler(EulerRot::YXZ).0,
            |across| (-across.z).atan2(across.x),
        );
        let leg = skeleton.leg_m();
        let hips = skeleton.hips().unwrap_or_default();
        let likely = |height: f32| match leg {
            Some(leg) => (0.7 * leg..1.4 * leg).contains(&height),
            None => height > LOWEST_M,
        };
        let height_m = if likely(hips.y) { hips.y } else { leg.unwrap_or(USUAL_M) };
        Self {
            root: skeleton.root().rotation,
            stands: world.map(|place| place.rotation),
            front: Quat::from_rotation_y(yaw),
            hips,
            height_m,
        }
    }

    /// Of a sender who was not asked: its axes in T-pose are the world's.
    ///
    /// Where its left leg hangs to the right of the other, its whole world is turned about: it has a figure of VRM 0 as
    /// that is in the file, looking backwards, and arms would go up instead of down.
    pub(super) fn guessed(skeleton: &Skeleton) -> Self {
        let across = skeleton.across(|bone| skeleton.place(bone).map(|place| place.position));
        let backwards = across.is_some_and(|across| -across.x > 2.0 * across.y.abs().max(across.z.abs()));
        let sent = skeleton.hips().map(|hips| hips.y).filter(|height| *height > LOWEST_M);
        let height_m = skeleton.leg_m().or(sent).unwrap_or(USUAL_M);
        Self {
            root: Quat::IDENTITY,
            stands: [Quat::IDENTITY; 55],
            front: if backwards { Quat::from_rotation_y(PI) } else { Quat::IDENTITY },
            hips: skeleton.hips().map_or(Vec3::ZERO, |_| height_m * Vec3::Y),
            height_m,
        }
    }

    /// What is sent as a pose has it: the bones' rotations, and how far the hips are from their place, in multiples of
    /// their height.
    pub(super) fn pose(&self, skeleton: &Skeleton) -> (impl Iterator<Item = (HumanBone, Quat)>, Vec3) {
        let (root, sent) = (skeleton.root(), *skeleton);
        let place = skeleton.hips().unwrap_or(root.position);
        let hips = self.front.inverse() * (place - self.hips) / self.height_m;
        let (calibration, back) = (*self, self.front.inverse());
        let turn = move |bone: HumanBone| {
            // The root moves as well: what it does is the hips' business, whether they are sent or not.
            let carried = (bone == HumanBone::Hips).then(|| sent.root.map(|_| Place::default())).flatten();
            let own = sent.place(bone).or(carried)?.rotation;
            let turn = match sent.above(bone) {
                None if bone == HumanBone::Hips => root.rotation * own,
                None => calibration.root * own,
                Some(above) => calibration.stands[above as usize] * own,
            };
            let turn = turn * calibration.stands[bone as usize].inverse();
            Some((bone, (back * turn * calibration.front).normalize()))
        };
        (HumanBone::ALL.into_iter().filter_map(turn), hips)
    }
}

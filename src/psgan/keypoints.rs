//! The twenty points of a body that say how an invented character stands (PSGAN, 2.2: "20 keypoints based on the location of
//! the bones of the 3D model"; the paper doesn't list them).

use crate::figure::HumanBone::{self, *};
use crate::layers::{Place, Skeleton};
use crate::raster::{Shot, Stance, Subject, SubjectError};
use glam::Vec3;

/// How many points there are.
pub const KEYPOINTS: usize = 20;

/// Where the points are in a picture: x to the right, y downwards, as shares of its sides from the left upper corner. All are
/// known, the hidden ones too; one outside 0 to 1 lies beyond the picture's edges.
pub type Keypoints = [[f32; 2]; KEYPOINTS];

/// Where a point is that no camera shows: beyond the edges.
const NOWHERE: [f32; 2] = [-1.0; 2];

/// The points by name, and how each is found: the face's say where it looks, the limbs' where every part begins and ends.
/// Left is the figure's own.
const POINTS: [(&str, Place, HumanBone); KEYPOINTS] = [
    ("nose", Place::Nose, Head),
    ("left-eye", Place::Eye(0), Head),
    ("right-eye", Place::Eye(1), Head),
    ("neck", Place::Neck, UpperChest),
    ("left-shoulder", Place::Joint, LeftUpperArm),
    ("right-shoulder", Place::Joint, RightUpperArm),
    ("left-elbow", Place::Joint, LeftLowerArm),
    ("right-elbow", Place::Joint, RightLowerArm),
    ("left-wrist", Place::Joint, LeftHand),
    ("right-wrist", Place::Joint, RightHand),
    ("left-hand", Place::Joint, LeftMiddleProximal),
    ("right-hand", Place::Joint, RightMiddleProximal),
    ("left-hip", Place::Joint, LeftUpperLeg),
    ("right-hip", Place::Joint, RightUpperLeg),
    ("left-knee", Place::Joint, LeftLowerLeg),
    ("right-knee", Place::Joint, RightLowerLeg),
    ("left-ankle", Place::Joint, LeftFoot),
    ("right-ankle", Place::Joint, RightFoot),
    ("left-toes", Place::Joint, LeftToes),
    ("right-toes", Place::Joint, RightToes),
];

/// What the points are called, in their order.
pub fn names() -> [&'static str; KEYPOINTS] {
    POINTS.map(|(name, ..)| name)
}

/// A figure whose points are asked for, in whatever pose.
pub struct Body(Skeleton);

impl Body {
    /// Of a subject.
    pub fn new(subject: &Subject) -> Self {
        Self(Skeleton::new(subject))
    }

    /// Where the points are in a shot's picture.
    pub fn keypoints(&self, shot: &Shot) -> Keypoints {
        POINTS.map(|(_, place, bone)| {
            let seen = self.place(shot.stance(), place, bone).and_then(|place| shot.camera().shows(place));
            seen.map_or(NOWHERE, |at| at.to_array())
        })
    }

    /// Which of them nothing else of the body hides, in a picture of this size.
    ///
    /// # Errors
    /// A size beyond what the rasterizer can do.
    pub fn visible(&self, shot: &Shot, size_px: [u32; 2]) -> Result<[bool; KEYPOINTS], SubjectError> {
        let seen = self.0.look(shot, size_px)?;
        Ok(POINTS.map(|(_, place, bone)| {
            let place = self.place(shot.stance(), place, bone);
            place.and_then(|place| seen.shows(place, bone)).unwrap_or(false)
        }))
    }

    /// Where a point is, metres. A figure that lacks its bone has it where the bone before begins.
    fn place(&self, stance: &Stance, place: Place, bone: HumanBone) -> Option<Vec3> {
        let mut before = std::iter::successors(Some(bone), |bone| bone.parent());
        self.0.place(stance, place, bone).or_else(|| before.find_map(|bone| self.0.place(stance, Place::Joint, bone)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::landmarks::MapPreset;
    use crate::figure::load;
    use crate::pose::{CameraView, library};
    use crate::raster::{RasterChoice, Rasterizer};
    use std::sync::Arc;

    const SIZE_PX: [u32; 2] = [96; 2];

    fn subject(without: &[HumanBone]) -> Arc<Subject> {
        let mut figure = load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap();
        for bone in without {
            figure.humanoid.take(*bone);
        }
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        Arc::new(Subject::new(rasterizer, figure, MapPreset::default()).unwrap())
    }

    fn shot(subject: &Arc<Subject>, pose: &str, yaw_deg: f32) -> Shot {
        let pose = library::find(pose).unwrap().1;
        subject.shoot(&pose, &CameraView::new(yaw_deg, 0.0), SIZE_PX).unwrap()
    }

    fn at(points: &Keypoints, name: &str) -> [f32; 2] {
        points[names().iter().position(|known| *known == name).unwrap()]
    }

    #[test]
    fn points_are_where_the_body_has_them() {
        let subject = subject(&[]);
        let body = Body::new(&subject);
        let front = shot(&subject, "t", 0.0);
        let points = body.keypoints(&front);
        assert!(points.as_flattened().iter().all(|v| (0.0..1.0).contains(v)), "{points:?}");
        let [x, y] = [0, 1].map(|axis| move |points: &Keypoints, name: &str| at(points, name)[axis]);
        let across =
            ["right-hand", "right-wrist", "right-elbow", "right-shoulder", "neck", "left-shoulder", "left-hand"];
        assert!(across.map(|name| x(&points, name)).is_sorted(), "seen from the front its right is at the left");
        let down = ["left-eye", "nose", "neck", "left-hip", "left-knee", "left-ankle", "left-toes"];
        assert!(down.map(|name| y(&points, name)).is_sorted(), "{points:?}");
        assert!((x(&points, "nose") - 0.5).abs() < 0.01);
        assert_eq!(body.visible(&front, SIZE_PX).unwrap(), [true; KEYPOINTS]);
        // From behind left is at the left, and the face is hidden by the head's back, which is the head's own.
        let back = body.keypoints(&shot(&subject, "t", 180.0));
        assert!(x(&back, "left-hand") < x(&back, "right-hand"));
        // From the side one arm hides behind the trunk; where it is, is known all the same.
        let side = shot(&subject, "stand", 90.0);
        let visible = body.visible(&side, SIZE_PX).unwrap();
        assert!(visible.contains(&false) && visible.contains(&true), "{visible:?}");
        assert!(body.keypoints(&side).as_flattened().iter().all(|v| (0.0..1.0).contains(v)));
    }

    #[test]
    fn what_a_figure_lacks_is_where_the_bone_before_begins() {
        let whole = subject(&[]);
        let lacks = subject(&[LeftMiddleProximal, LeftToes]);
        let points = Body::new(&lacks).keypoints(&shot(&lacks, "t", 0.0));
        assert_eq!(at(&points, "left-hand"), at(&points, "left-wrist"));
        assert_eq!(at(&points, "left-toes"), at(&points, "left-ankle"));
        let all = Body::new(&whole).keypoints(&shot(&whole, "t", 0.0));
        assert_ne!(at(&all, "left-hand"), at(&all, "left-wrist"));
    }

    #[test]
    fn what_lies_beyond_the_edges_is_beyond_them() {
        let subject = subject(&[]);
        let near = shot(&subject, "t", 0.0);
        let crop = near.camera().within(glam::Vec2::ZERO, glam::Vec2::splat(3.0));
        let points = Body::new(&subject).keypoints(&near.stance().seen(crop));
        assert!(at(&points, "left-hand")[0] > 1.0 && at(&points, "right-hand")[0] < 0.0, "{points:?}");
        let visible = Body::new(&subject).visible(&near.stance().seen(crop), SIZE_PX).unwrap();
        assert!(visible.contains(&false));
    }
}

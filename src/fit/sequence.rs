//! Many pictures of one body, one after the other: the poses of a motion, before a camera that stays.

use super::{Fitted, Fitter};
use crate::figure::HumanBone;
use crate::pose::Pose;
use glam::Vec3;

impl Fitter {
    /// The poses of pictures that one camera saw one after the other: what each took for a turn of the camera is the body's,
    /// and the body goes to the side where the pictures show it. How far away it is and how high it jumps they hardly tell: it
    /// stays as far away as in the first, its feet on the floor.
    pub fn sequence(&self, fitted: &[Fitted]) -> Vec<Pose> {
        let Some(first) = fitted.first() else { return Vec::new() };
        let hips = |fitted: &Fitted| self.joints(fitted)(HumanBone::Hips).unwrap_or(Vec3::ZERO);
        let into = |fitted: &Fitted| fitted.camera.rotation().inverse();
        // From the camera, in its axes.
        let from_eye = |fitted: &Fitted| into(fitted) * (hips(fitted) - fitted.camera.eye());
        let (camera, begun) = (first.camera.rotation(), from_eye(first));
        let height_m = self.hips_height_m();
        let pose = |fitted: &Fitted| {
            let mut pose = fitted.pose.clone();
            let turn = camera * into(fitted) * pose.rotation(HumanBone::Hips);
            pose.bones.insert(HumanBone::Hips, turn.normalize());
            let now = from_eye(fitted);
            let now = if now.z < -1e-3 { now * (begun.z / now.z) } else { begun };
            let way = camera * (now - begun);
            pose.hips = Vec3::new(way.x, 0.0, way.z) / height_m;
            pose
        };
        fitted.iter().map(pose).collect()
    }

    /// How high the hips are in T-pose, metres.
    fn hips_height_m(&self) -> f32 {
        let joint = self.body.figure.humanoid.joint(HumanBone::Hips);
        joint.map_or(1.0, |joint| self.rig.t_world()[joint as usize].w_axis.y).max(1e-2)
    }
}

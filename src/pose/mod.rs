//! Humanoid poses and the cameras that look at them.

pub mod camera;

pub use crate::figure::HumanBone;
pub use camera::{Camera, CameraView};

use crate::figure::{Figure, LocalPose, skinning, tpose};
use glam::{Quat, Vec3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A pose that fits any humanoid figure.
///
/// Rotations are *normalized* as in VRM animations: relative to the T-pose, in axes that in T-pose are all parallel to
/// the figure's own (x to its left, y up, z forward), whatever local axes the figure's bones have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Local rotation of each bone relative to its human parent; absent: none.
    #[serde(default)]
    pub bones: BTreeMap<HumanBone, Quat>,
    /// How far the hips leave their T-pose place, in multiples of their height in T-pose.
    #[serde(default)]
    pub hips: Vec3,
    /// Weights of expressions by name, in [0, 1].
    #[serde(default)]
    pub expressions: BTreeMap<String, f32>,
}

impl Pose {
    /// The pose spelled out for one figure. Bones and expressions that the figure lacks are left out.
    pub fn resolve(&self, figure: &Figure) -> LocalPose {
        let mut local = tpose::t_pose(figure);
        let t_pose = skinning::world_transforms(figure, &local);
        for (&bone, &rotation) in &self.bones {
            if let Some(joint) = figure.humanoid.joint(bone) {
                tpose::turn_in_world(figure, &mut local, &t_pose, joint, rotation);
            }
        }
        if let Some(hips) = figure.humanoid.joint(HumanBone::Hips) {
            let height_m = t_pose[hips as usize].w_axis.y;
            let parent = figure.joints[hips as usize].parent.map_or(glam::Mat4::IDENTITY, |p| t_pose[p as usize]);
            local.translations[hips as usize] += parent.inverse().transform_vector3(self.hips * height_m);
        }
        for expression in &figure.expressions {
            let mut weight = self.expressions.get(&expression.name).copied().unwrap_or(0.0);
            if expression.binary {
                weight = if weight > 0.5 { 1.0 } else { 0.0 };
            }
            for &(morph, full) in &expression.morphs {
                local.morph_weights[morph as usize] += weight * full;
            }
        }
        local
    }
}

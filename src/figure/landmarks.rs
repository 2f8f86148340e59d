//! Landmarks: where each vertex lies in T-pose, mapped to [0, 1]³.

use super::{Figure, HumanBone, skinning, tpose};
use glam::{Mat3, Vec3};
use serde::{Deserialize, Serialize};

/// Affine map from T-pose metres to landmark space: `landmark = scale · position + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LandmarkMap {
    /// The linear part.
    pub scale: Mat3,
    /// The translation.
    pub offset: Vec3,
}

/// Which way [`LandmarkMap`] is found from a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum MapPreset {
    /// One scale for all axes, aligned at hips, floor and head, so that characters of like build get like landmarks.
    #[default]
    Joint,
    /// Each axis of the T-pose's bounding box to [0, 1].
    Box,
}

impl LandmarkMap {
    /// The map of `preset` for a figure.
    pub fn new(figure: &Figure, preset: MapPreset) -> Self {
        Self::from_t_pose(figure, &t_pose_positions(figure), preset)
    }

    fn from_t_pose(figure: &Figure, positions: &[Vec3], preset: MapPreset) -> Self {
        let low = positions.iter().copied().reduce(Vec3::min).unwrap_or(Vec3::ZERO);
        let high = positions.iter().copied().reduce(Vec3::max).unwrap_or(Vec3::ONE);
        let world = skinning::world_transforms(figure, &tpose::t_pose(figure));
        let place = |bone| figure.humanoid.joint(bone).map(|j| world[j as usize].w_axis.truncate());
        match (preset, place(HumanBone::Hips), place(HumanBone::Head)) {
            (MapPreset::Joint, Some(hips), Some(head)) => {
                let mut scale = 0.74 / (head.y - low.y).max(1e-6);
                for axis in [0, 2] {
                    let reach = (high[axis] - hips[axis]).max(hips[axis] - low[axis]);
                    scale = scale.min(0.495 / reach.max(1e-6));
                }
                scale = scale.min(0.995 / (high.y - low.y).max(1e-6));
                let centre = Vec3::new(hips.x, low.y, hips.z);
                Self {
                    scale: Mat3::from_diagonal(Vec3::splat(scale)),
                    offset: Vec3::new(0.5, 0.0, 0.5) - scale * centre,
                }
            }
            _ => {
                let size = (high - low).max(Vec3::splat(1e-6));
                Self { scale: Mat3::from_diagonal(size.recip()), offset: -low / size }
            }
        }
    }

    /// The landmark of a place in the T-posed figure, clamped to [0, 1].
    pub fn landmark(&self, t_pose_position: Vec3) -> Vec3 {
        (self.scale * t_pose_position + self.offset).clamp(Vec3::ZERO, Vec3::ONE)
    }
}

/// Where all vertices are in T-pose, metres.
pub fn t_pose_positions(figure: &Figure) -> Vec<Vec3> {
    skinning::skin(figure, &tpose::t_pose(figure)).positions
}

/// The landmark of every vertex: fixed by the figure and the map alone, never by pose or camera.
pub fn landmarks(figure: &Figure, map: &LandmarkMap) -> Vec<Vec3> {
    t_pose_positions(figure).into_iter().map(|p| map.landmark(p)).collect()
}

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
    /// One scale for all axes: the hips at the middle of x and z, the floor at y = 0, the head joint at 0.74 unless a
    /// wide skirt, long hair or a large head needs more room. So characters of like build get like landmarks. Without
    /// hips and head, the bounding box alone, by one scale and in the middle.
    #[default]
    Joint,
    /// Each axis of the T-pose's bounding box to [0, 1].
    Box,
}

/// Extents below this count as this.
const LEAST_SIZE_M: f32 = 1e-3;

impl LandmarkMap {
    /// The map of `preset` for a figure.
    pub fn new(figure: &Figure, preset: MapPreset) -> Self {
        Self::from_t_pose(figure, &t_pose_positions(figure), preset)
    }

    fn from_t_pose(figure: &Figure, positions: &[Vec3], preset: MapPreset) -> Self {
        let low = positions.iter().copied().reduce(Vec3::min).unwrap_or(Vec3::ZERO);
        let high = positions.iter().copied().reduce(Vec3::max).unwrap_or(Vec3::ONE);
        if preset == MapPreset::Box {
            let size = (high - low).max(Vec3::splat(LEAST_SIZE_M));
            return Self { scale: Mat3::from_diagonal(size.recip()), offset: -low / size };
        }
        let world = skinning::world_transforms(figure, &tpose::t_pose(figure));
        let place = |bone| figure.humanoid.joint(bone).map(|j| world[j as usize].w_axis.truncate());
        let hips = place(HumanBone::Hips).filter(|_| place(HumanBone::Head).is_some());
        let centre = hips.unwrap_or((low + high) / 2.0);
        let reach = |axis: usize| (high[axis] - centre[axis]).max(centre[axis] - low[axis]).max(LEAST_SIZE_M);
        let mut scale = (0.995 / (high.y - low.y).max(LEAST_SIZE_M)).min(0.495 / reach(0)).min(0.495 / reach(2));
        if let Some(head) = place(HumanBone::Head).filter(|_| hips.is_some()) {
            scale = scale.min(0.74 / (head.y - low.y).max(LEAST_SIZE_M));
        }
        let origin = Vec3::new(centre.x, low.y, centre.z);
        Self { scale: Mat3::from_diagonal(Vec3::splat(scale)), offset: Vec3::new(0.5, 0.0, 0.5) - scale * origin }
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

#[cfg(test)]
mod tests {
    use super::super::{Bind, Joint, Vertex};
    use super::*;
    use glam::{Mat4, Vec2, Vec4};

    /// Vertices on one joint; with hips and head at the given heights, a humanoid.
    fn figure(points: &[[f32; 3]], hips_and_head: Option<[f32; 2]>) -> Figure {
        let mut figure = Figure {
            binds: vec![Bind { joint: 0, inverse_bind: Mat4::IDENTITY }],
            vertices: points
                .iter()
                .map(|&p| Vertex {
                    position: p.into(),
                    normal: Vec3::Y,
                    uv: Vec2::ZERO,
                    colour: Vec4::ONE,
                    binds: [0; 4],
                    weights: [1.0, 0.0, 0.0, 0.0],
                })
                .collect(),
            ..Figure::default()
        };
        let [hips, head] = hips_and_head.unwrap_or_default();
        for (i, y) in [0.0, hips, head].into_iter().enumerate() {
            figure.joints.push(Joint::new("", (i > 0).then_some(0), Vec3::new(0.0, y, 0.0)));
        }
        if hips_and_head.is_some() {
            figure.humanoid.set(HumanBone::Hips, 1);
            figure.humanoid.set(HumanBone::Head, 2);
        }
        figure
    }

    fn found(figure: &Figure) -> Vec<Vec3> {
        landmarks(figure, &LandmarkMap::new(figure, MapPreset::Joint))
    }

    #[test]
    fn a_slim_figure_is_measured_by_its_head_joint() {
        let figure = figure(&[[-0.3, -0.1, 0.0], [0.3, 0.9, 0.1], [0.0, 1.5, -0.1]], Some([0.8, 1.38]));
        let map = LandmarkMap::new(&figure, MapPreset::Joint);
        assert!((map.landmark(Vec3::new(0.0, 1.38, 0.0)) - Vec3::new(0.5, 0.74, 0.5)).length() < 1e-6);
        assert_eq!(map.landmark(Vec3::new(0.0, -0.1, 0.0)).y, 0.0);
        assert!((found(&figure)[0].x + found(&figure)[1].x - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_leaves_the_picture_and_mirrored_points_stay_mirrored() {
        for points in [
            [[-2.0, 0.0, 0.0], [2.0, 1.0, 0.0]],
            [[0.0, 0.0, -3.0], [0.0, 1.0, 0.5]],
            [[-0.1, 0.0, 0.0], [0.1, 9.0, 0.0]],
            [[-1e-5, 5.0, 0.0], [1e-5, 5.0, 0.0]],
        ] {
            for joints in [Some([0.8, 1.38]), None] {
                let figure = figure(&points, joints);
                for landmark in found(&figure) {
                    let inside = |v: f32| (0.00499..=0.99501).contains(&v);
                    assert!(inside(landmark.x) && inside(landmark.z), "{landmark}");
                    assert!((0.0..=0.99501).contains(&landmark.y), "{landmark}");
                }
                assert!((found(&figure)[0].x + found(&figure)[1].x - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_thing_without_skeleton_keeps_its_proportions() {
        let figure = figure(&[[5.0, 2.0, 1.0], [6.0, 4.0, 1.5]], None);
        let map = LandmarkMap::new(&figure, MapPreset::Joint);
        let [low, high] = [found(&figure)[0], found(&figure)[1]];
        assert!((high - low).distance(Vec3::new(1.0, 2.0, 0.5) * map.scale.x_axis.x) < 1e-5);
        assert!((high.y - 0.995).abs() < 1e-5 && low.y == 0.0);
        assert!(((low.x + high.x) / 2.0 - 0.5).abs() < 1e-5);
        let boxed = landmarks(&figure, &LandmarkMap::new(&figure, MapPreset::Box));
        assert!(boxed[0].length() < 1e-6 && boxed[1].distance(Vec3::ONE) < 1e-6);
    }
}

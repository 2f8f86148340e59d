//! Landmarks: where each vertex lies in T-pose, mapped to [0, 1]³.

use super::body_map::{self, BodyMap};
use super::{Figure, HumanBone, skinning, tpose};
use glam::{Affine3A, Mat3, Mat4, Quat, Vec3};
use serde::{Deserialize, Serialize};

/// How the places of one T-posed figure become landmarks.
#[derive(Clone, Debug, PartialEq)]
pub struct LandmarkMap {
    map: Map,
    /// From what that gives to landmarks.
    then: Affine3A,
}

#[derive(Clone, Debug, PartialEq)]
enum Map {
    /// One map for all of it.
    Affine(Affine3A),
    /// A map for each part of the body.
    Body(BodyMap),
}

/// Which way [`LandmarkMap`] is found from a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum MapPreset {
    /// The same part of any body at the same place, whether its head is an eighth or half of it: soles, knees, the legs'
    /// roots, arms and head at fixed heights, wrists at a fixed distance, heads by a scale of their own. What has no
    /// human skeleton is mapped as by `joint`.
    #[default]
    Body,
    /// One scale for all axes: the hips at the middle of x and z, the floor at y = 0, the head joint at 0.74 unless a
    /// wide skirt, long hair or a large head needs more room. So characters of like build get like landmarks. Without
    /// hips and head, the bounding box alone, by one scale and in the middle.
    Joint,
    /// Each axis of the T-pose's bounding box to [0, 1].
    Box,
}

/// How points of figures become landmarks: as a preset has it, or as weights were found to have it otherwise
/// ([`crate::fit::encoding`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Encoding {
    /// What it comes from.
    pub preset: MapPreset,
    /// From the preset's landmarks to those of the weights: for each axis three factors and what is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<[[f32; 4]; 3]>,
}

impl From<MapPreset> for Encoding {
    fn from(preset: MapPreset) -> Self {
        Self { preset, moved: None }
    }
}

impl Encoding {
    /// With numbers that can be used: where one is none, the preset alone.
    pub fn sane(self) -> Self {
        let sound = |rows: &[[f32; 4]; 3]| rows.iter().flatten().all(|v| v.is_finite() && v.abs() <= 100.0);
        Self { moved: self.moved.filter(sound), ..self }
    }

    /// The weights' landmark of a preset's.
    pub fn of(&self, landmark: Vec3) -> Vec3 {
        self.affine().transform_point3(landmark)
    }

    fn affine(&self) -> Affine3A {
        let Some(rows) = self.moved else { return Affine3A::IDENTITY };
        let column = |i: usize| Vec3::new(rows[0][i], rows[1][i], rows[2][i]);
        Affine3A::from_mat3_translation(Mat3::from_cols(column(0), column(1), column(2)), column(3))
    }
}

/// Extents below this count as this.
const LEAST_SIZE_M: f32 = 1e-3;

impl LandmarkMap {
    /// The map of a figure.
    pub fn new(figure: &Figure, encoding: impl Into<Encoding>) -> Self {
        let encoding = encoding.into();
        Self { then: encoding.affine(), ..Self::preset(figure, encoding.preset) }
    }

    fn preset(figure: &Figure, preset: MapPreset) -> Self {
        let pose = tpose::t_pose(figure);
        let positions = skinning::skin(figure, &pose).positions;
        let world = skinning::world_transforms(figure, &pose);
        let body = || {
            let map = BodyMap::new(figure, &positions, &world, &body_map::parts(figure));
            map.map(|map| Map::Body(map).into())
        };
        match preset {
            MapPreset::Body => body().unwrap_or_else(|| Self::joint(figure, &positions, &world)),
            MapPreset::Joint => Self::joint(figure, &positions, &world),
            MapPreset::Box => {
                let [low, high] = bounds(&positions);
                let size = (high - low).max(Vec3::splat(LEAST_SIZE_M));
                Map::Affine(Affine3A::from_mat3_translation(Mat3::from_diagonal(size.recip()), -low / size)).into()
            }
        }
    }

    /// The landmark of a human bone's joint, whose place in T-pose is given.
    pub fn joint_landmark(&self, bone: HumanBone, place: Vec3) -> Vec3 {
        let landmark = match &self.map {
            Map::Affine(map) => map.transform_point3(place),
            Map::Body(map) => map.landmark(place, &body_map::one_part(bone)),
        };
        self.then.transform_point3(landmark).clamp(Vec3::ZERO, Vec3::ONE)
    }

    fn joint(figure: &Figure, positions: &[Vec3], world: &[Mat4]) -> Self {
        let [low, high] = bounds(positions);
        let place = |bone| figure.humanoid.joint(bone).map(|j| world[j as usize].w_axis.truncate());
        let hips = place(HumanBone::Hips).filter(|_| place(HumanBone::Head).is_some());
        let centre = hips.unwrap_or((low + high) / 2.0);
        let reach = |axis: usize| (high[axis] - centre[axis]).max(centre[axis] - low[axis]).max(LEAST_SIZE_M);
        let mut scale = (0.995 / (high.y - low.y).max(LEAST_SIZE_M)).min(0.495 / reach(0)).min(0.495 / reach(2));
        if let Some(head) = place(HumanBone::Head).filter(|_| hips.is_some()) {
            scale = scale.min(0.74 / (head.y - low.y).max(LEAST_SIZE_M));
        }
        let offset = Vec3::new(0.5, 0.0, 0.5) - scale * Vec3::new(centre.x, low.y, centre.z);
        Map::Affine(Affine3A::from_scale_rotation_translation(Vec3::splat(scale), Quat::IDENTITY, offset)).into()
    }
}

impl From<Map> for LandmarkMap {
    fn from(map: Map) -> Self {
        Self { map, then: Affine3A::IDENTITY }
    }
}

fn bounds(positions: &[Vec3]) -> [Vec3; 2] {
    let of = |side: fn(Vec3, Vec3) -> Vec3| positions.iter().copied().reduce(side);
    [of(Vec3::min).unwrap_or(Vec3::ZERO), of(Vec3::max).unwrap_or(Vec3::ONE)]
}

/// Where all vertices are in T-pose, metres.
pub fn t_pose_positions(figure: &Figure) -> Vec<Vec3> {
    skinning::skin(figure, &tpose::t_pose(figure)).positions
}

/// The landmark of every vertex: fixed by the figure and the map alone, never by pose or camera.
pub fn landmarks(figure: &Figure, map: &LandmarkMap) -> Vec<Vec3> {
    let positions = t_pose_positions(figure);
    let landmark: Vec<Vec3> = match &map.map {
        Map::Affine(map) => positions.iter().map(|&p| map.transform_point3(p)).collect(),
        Map::Body(map) => {
            positions.iter().zip(body_map::parts(figure)).map(|(&p, parts)| map.landmark(p, &parts)).collect()
        }
    };
    landmark.into_iter().map(|landmark| map.then.transform_point3(landmark).clamp(Vec3::ZERO, Vec3::ONE)).collect()
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
        let of = |place| map.joint_landmark(HumanBone::Head, place);
        assert!((of(Vec3::new(0.0, 1.38, 0.0)) - Vec3::new(0.5, 0.74, 0.5)).length() < 1e-6);
        assert_eq!(of(Vec3::new(0.0, -0.1, 0.0)).y, 0.0);
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
        let [low, high] = [found(&figure)[0], found(&figure)[1]];
        assert!((high - low).distance(Vec3::new(1.0, 2.0, 0.5) * (high.y - low.y) / 2.0) < 1e-5);
        assert!((high.y - 0.995).abs() < 1e-5 && low.y == 0.0);
        assert!(((low.x + high.x) / 2.0 - 0.5).abs() < 1e-5);
        let boxed = landmarks(&figure, &LandmarkMap::new(&figure, MapPreset::Box));
        assert!(boxed[0].length() < 1e-6 && boxed[1].distance(Vec3::ONE) < 1e-6);
    }
}

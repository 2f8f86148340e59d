//! Where nose, eyes and ears of a figure are. Anime heads have bones for eyes at most: the rest is measured on the surface.

use crate::figure::{Figure, HumanBone, landmarks, skinning, tpose};
use crate::raster::Stance;
use glam::{Mat4, Vec3};

/// How near in height a part of the head has to be to count for a measure there, of the head's height.
const BAND: f32 = 0.08;

/// Places on a head in T-pose, metres.
pub(super) struct HeadShape {
    joint: u32,
    /// From the T-pose's world into the head's own.
    inward: Mat4,
    pub(super) nose: Vec3,
    /// Left, right.
    pub(super) eyes: [Vec3; 2],
    pub(super) ears: [Vec3; 2],
}

impl HeadShape {
    /// Of a figure; `None`: it has no head, or none that has a surface.
    pub(super) fn of(figure: &Figure) -> Option<Self> {
        let joint = figure.humanoid.joint(HumanBone::Head)?;
        let world = skinning::world_transforms(figure, &tpose::t_pose(figure));
        let place = |joint: u32| world[joint as usize].w_axis.truncate();
        let base = place(joint);
        let surface: Vec<Vec3> = landmarks::t_pose_positions(figure)
            .into_iter()
            .zip(&figure.vertices)
            .filter(|(at, vertex)| at.is_finite() && held_by(figure, vertex, joint) && at.y > base.y)
            .map(|(at, _)| at)
            .collect();
        let top = surface.iter().map(|at| at.y).reduce(f32::max)?;
        let height = top - base.y;
        let of_bones = [HumanBone::LeftEye, HumanBone::RightEye].map(|bone| figure.humanoid.joint(bone).map(place));
        let within = |y: f32| surface.iter().filter(move |at| (at.y - y).abs() < BAND * height);
        let half_width = |y: f32| within(y).map(|at| (at.x - base.x).abs()).reduce(f32::max).unwrap_or(height / 3.0);
        // Eyes of anime heads lie somewhat below the middle.
        let level = base.y + 0.4 * height;
        let eyes = match of_bones {
            [Some(left), Some(right)] => [left, right],
            _ => [0.45, -0.45].map(|side| Vec3::new(base.x + side * half_width(level), level, base.z)),
        };
        let level = (eyes[0].y + eyes[1].y) / 2.0;
        let apart = (eyes[0].x - eyes[1].x).abs();
        // The face's surface there: hair hangs before the forehead, so that the farthest in front is no measure.
        let front = |x: f32, y: f32| {
            let near = within(y).filter(|at| (at.x - x).abs() < BAND * height).map(|at| at.z);
            let mut near: Vec<f32> = near.filter(|z| *z > base.z).collect();
            near.sort_by(f32::total_cmp);
            near.get(near.len() * 3 / 4).copied()
        };
        let eyes = eyes.map(|eye| Vec3 { z: front(eye.x, eye.y).unwrap_or(eye.z).max(eye.z), ..eye });
        let (x, y) = ((eyes[0].x + eyes[1].x) / 2.0, level - 0.5 * apart);
        let nose = Vec3::new(x, y, front(x, y).unwrap_or(eyes[0].z));
        let reach = half_width(level);
        let ears = [reach, -reach].map(|reach| Vec3::new(x + reach, level - 0.2 * apart, base.z));
        Some(Self { joint, inward: world[joint as usize].inverse(), nose, eyes, ears })
    }

    /// Where a place of the T-pose is now.
    pub(super) fn posed(&self, stance: &Stance, place: Vec3) -> Vec3 {
        let world = stance.rig().skin(stance.world());
        (world[self.joint as usize] * self.inward).transform_point3(place)
    }
}

/// A joint moves a vertex more than any other does.
fn held_by(figure: &Figure, vertex: &crate::figure::Vertex, joint: u32) -> bool {
    let shares = vertex.binds.into_iter().zip(vertex.weights);
    let most = shares.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(bind, _)| bind);
    figure.binds.get(most as usize).is_some_and(|bind| bind.joint == joint)
}

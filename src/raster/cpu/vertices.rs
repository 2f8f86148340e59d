//! Morphed and skinned vertices on their way to the screen.

use super::super::{Model, scene::Deformed};
use glam::{Mat4, Vec3, Vec4};
use rayon::prelude::*;

/// Positions are snapped to 1/256 pixel, as GPUs with 8 bits of subpixel precision do.
pub(super) const SUBPIXELS: i32 = 256;
/// Farthest a vertex may be from the picture's corner, in samples; triangles that go farther are clipped. Twice what the
/// largest picture has at four samples a side.
const GUARD: f32 = 65536.0;
/// Vertices handled together.
const CHUNK: usize = 1024;

/// A vertex on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ScreenVertex {
    /// Right, in 1/256 pixel; [`Self::OUTSIDE`] marks a vertex whose triangles need clipping.
    pub(super) x: i32,
    /// Down, in 1/256 pixel.
    pub(super) y: i32,
    /// Depth, 0 near to 1 far.
    pub(super) z: f32,
    /// 1 / clip w.
    pub(super) inv_w: f32,
}

impl ScreenVertex {
    /// Stands in `x` of a vertex that has no place on the screen.
    pub(super) const OUTSIDE: i32 = i32::MIN;

    /// From clip space to a picture of `size` samples.
    pub(super) fn new(clip: Vec4, size: [f32; 2]) -> Self {
        let inv_w = 1.0 / clip.w;
        let x = (clip.x * inv_w * 0.5 + 0.5) * size[0];
        let y = (0.5 - clip.y * inv_w * 0.5) * size[1];
        let inside = clip.z >= 0.0 && clip.w > 0.0 && x.abs() <= GUARD && y.abs() <= GUARD;
        if !inside {
            return Self { x: Self::OUTSIDE, ..Self::default() };
        }
        let snap = |v: f32| (v * SUBPIXELS as f32).round_ties_even() as i32;
        Self { x: snap(x), y: snap(y), z: clip.z * inv_w, inv_w }
    }
}

/// The planes that every vertex of a drawable triangle lies in front of: near, and wide of the picture's four sides.
pub(super) fn guard_planes(size: [f32; 2]) -> [Vec4; 5] {
    // |x_px| ≤ GUARD ⇔ |(ndc + 1) / 2 · size| ≤ GUARD; a little less, so that rounding stays inside.
    let reach = size.map(|s| 2.0 * 0.999 * GUARD / s);
    [
        Vec4::new(0.0, 0.0, 1.0, 0.0),
        Vec4::new(1.0, 0.0, 0.0, reach[0] + 1.0),
        Vec4::new(-1.0, 0.0, 0.0, reach[0] - 1.0),
        Vec4::new(0.0, 1.0, 0.0, reach[1] - 1.0),
        Vec4::new(0.0, -1.0, 0.0, reach[1] + 1.0),
    ]
}

/// The blended matrix of one vertex.
fn blended(deformed: &Deformed, binds: [u16; 4], weights: [f32; 4]) -> Mat4 {
    if weights[0] == 1.0 {
        return deformed.matrices[binds[0] as usize];
    }
    let mut matrix = Mat4::ZERO;
    for (bind, weight) in binds.into_iter().zip(weights) {
        if weight != 0.0 {
            matrix += deformed.matrices[bind as usize] * weight;
        }
    }
    matrix
}

/// World positions of all vertices.
pub(in super::super) fn positions(model: &Model, deformed: &Deformed) -> Vec<Vec3> {
    let mut positions = vec![Vec3::ZERO; model.figure().vertices.len()];
    positions.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, positions)| {
        let first = chunk * CHUNK;
        for (vertex, position) in (first..).zip(positions) {
            let source = &model.figure().vertices[vertex];
            let from = deformed.shape.as_ref().map_or(source.position, |s| s.vertices[vertex].0);
            *position = blended(deformed, source.binds, source.weights).transform_point3(from);
        }
    });
    positions
}

/// World normals of all vertices, unit length or zero.
pub(super) fn normals(model: &Model, deformed: &Deformed) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; model.figure().vertices.len()];
    normals.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, normals)| {
        let first = chunk * CHUNK;
        for (vertex, normal) in (first..).zip(normals) {
            let source = &model.figure().vertices[vertex];
            let from = deformed.shape.as_ref().map_or(source.normal, |s| s.vertices[vertex].1);
            *normal = blended(deformed, source.binds, source.weights).transform_vector3(from).normalize_or_zero();
        }
    });
    normals
}

/// Clip positions and what becomes of them on a screen of `size` samples.
pub(super) struct Projected {
    /// Clip space.
    pub(super) clip: Vec<Vec4>,
    /// Screen space.
    pub(super) screen: Vec<ScreenVertex>,
}

/// Projects world positions.
pub(super) fn project(positions: &[Vec3], clip_from_world: &Mat4, size: [u32; 2]) -> Projected {
    let size = size.map(|s| s as f32);
    let clip: Vec<Vec4> = positions.par_iter().with_min_len(CHUNK).map(|p| *clip_from_world * p.extend(1.0)).collect();
    let screen = clip.par_iter().with_min_len(CHUNK).map(|&c| ScreenVertex::new(c, size)).collect();
    Projected { clip, screen }
}

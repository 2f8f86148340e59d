//! The bone whose surface is under the pointer. Done on the processor, once a click.

use super::sight::Sight;
use crate::figure::{Figure, Vertex, skinning};
use crate::raster::Stance;
use egui::Pos2;
use glam::{Mat4, Vec2, Vec3, Vec4, vec2};

/// More vertices than this would make a click wait.
const MOST: usize = 400_000;

/// The joint that most holds the nearest surface at a place of the panel.
pub(super) fn joint(body: &Stance, sight: &Sight, at: Pos2) -> Option<u32> {
    let figure = body.figure();
    if figure.vertices.len() > MOST {
        return None;
    }
    let half = sight.rect.size() / 2.0;
    let off = at - sight.rect.center();
    let at = vec2(off.x / half.x, -off.y / half.y);
    let seen = seen(figure, &body.rig().skin(body.world()), sight.to_clip);
    let mut nearest: Option<(f32, u32)> = None;
    for triangle in &figure.triangles {
        let corners = triangle.map(|i| seen[i as usize]);
        if corners.iter().any(|corner| !corner.is_finite()) {
            continue;
        }
        let Some(shares) = within(corners.map(|corner| corner.truncate()), at) else { continue };
        let depth = shares.dot(Vec3::new(corners[0].z, corners[1].z, corners[2].z));
        if nearest.is_none_or(|(known, _)| depth < known) {
            nearest = Some((depth, triangle[shares.max_position()]));
        }
    }
    let vertex = figure.vertices.get(nearest?.1 as usize)?;
    posable(body, heaviest(figure, vertex)?)
}

/// All vertices as they are seen: x and y from −1 to 1, and depth; morphs move nothing far enough to matter here.
fn seen(figure: &Figure, world: &[Mat4], to_clip: Mat4) -> Vec<Vec3> {
    let matrices: Vec<Mat4> = skinning::bind_matrices(figure, world).iter().map(|m| to_clip * *m).collect();
    let place = |vertex: &Vertex| {
        let part = |k: usize| vertex.weights[k] * (matrices[vertex.binds[k] as usize] * vertex.position.extend(1.0));
        let clip: Vec4 = (0..4).filter(|&k| vertex.weights[k] != 0.0).map(part).sum();
        if clip.w > 1e-4 { clip.truncate() / clip.w } else { Vec3::NAN }
    };
    figure.vertices.iter().map(place).collect()
}

/// The corners' shares in a point, if it is within the triangle.
fn within([a, b, c]: [Vec2; 3], at: Vec2) -> Option<Vec3> {
    let whole = (b - a).perp_dot(c - a);
    if whole.abs() < 1e-12 {
        return None;
    }
    let shares = Vec3::new((c - b).perp_dot(at - b), (a - c).perp_dot(at - c), (b - a).perp_dot(at - a)) / whole;
    (shares.min_element() >= 0.0).then_some(shares)
}

fn heaviest(figure: &Figure, vertex: &Vertex) -> Option<u32> {
    let most = (0..4).max_by(|&a, &b| vertex.weights[a].total_cmp(&vertex.weights[b]))?;
    Some(figure.binds.get(vertex.binds[most] as usize)?.joint)
}

/// The joint itself or, where nobody poses it, the one that it follows or hangs on.
fn posable(body: &Stance, joint: u32) -> Option<u32> {
    let figure = body.figure();
    let follows = |joint: u32| {
        let append = figure.appends.iter().find(|a| a.joint == joint && a.rotation && a.ratio > 0.5);
        append.map(|append| append.source).filter(|&source| body.rig().bone(source).is_some())
    };
    let mut next = Some(joint);
    while let Some(joint) = next {
        if body.rig().bone(joint).is_some() {
            return Some(joint);
        }
        if let Some(source) = follows(joint) {
            return Some(source);
        }
        if figure.joints[joint as usize].movable {
            return Some(joint);
        }
        next = figure.joints[joint as usize].parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_within_or_not() {
        let triangle = [vec2(0.0, 0.0), vec2(1.0, 0.0), vec2(0.0, 1.0)];
        assert!(within(triangle, vec2(0.2, 0.2)).unwrap().abs_diff_eq(Vec3::new(0.6, 0.2, 0.2), 1e-6));
        assert!(within([triangle[1], triangle[0], triangle[2]], vec2(0.2, 0.2)).is_some(), "from behind as well");
        assert_eq!(within(triangle, vec2(0.8, 0.8)), None);
        assert_eq!(within([Vec2::ZERO; 3], Vec2::ZERO), None);
    }
}

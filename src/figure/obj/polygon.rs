//! Polygons to triangles.

use glam::{Vec2, Vec3};

/// The triangles of a polygon whose corners are given in order, as triples of corner numbers with the polygon's own
/// winding. Concave polygons are cut by clipping ears; what is no simple polygon (crossing itself, all in a line) comes
/// out as some fan of triangles. Takes time proportional to the corners, or to their square where there are few.
pub(super) fn triangulate(corners: &[Vec3]) -> Vec<[usize; 3]> {
    let n = corners.len();
    if n < 3 {
        return Vec::new();
    }
    let flat = flattened(corners);
    if (0..n).all(|i| turn(flat[(i + n - 1) % n], flat[i], flat[(i + 1) % n]) >= 0.0) {
        return (1..n - 1).map(|i| [0, i, i + 1]).collect();
    }
    let mut triangles = Vec::with_capacity(n - 2);
    let mut previous: Vec<usize> = (0..n).map(|i| (i + n - 1) % n).collect();
    let mut next: Vec<usize> = (0..n).map(|i| (i + 1) % n).collect();
    // Looking for ears may take as long as the cube of the corners, which nobody's polygons need.
    let mut looks_left = 4 * n * n.min(256);
    let (mut at, mut left, mut refused) = (0, n, 0);
    while left > 3 {
        let [a, c] = [previous[at], next[at]];
        if refused < left && looks_left > 0 && !is_ear(&flat, [a, at, c], &next, &mut looks_left) {
            refused += 1;
            at = c;
            continue;
        }
        triangles.push([a, at, c]);
        (next[a], previous[c]) = (c, a);
        left -= 1;
        refused = 0;
        // The corner after the next one: clipping here and there instead of going round keeps triangles wide.
        at = next[c];
    }
    triangles.push([previous[at], at, next[at]]);
    triangles
}

/// The corners seen along the polygon's normal, winding counter-clockwise.
fn flattened(corners: &[Vec3]) -> Vec<Vec2> {
    let normal = normal(corners);
    let (x, y) = normal.try_normalize().unwrap_or(Vec3::Z).any_orthonormal_pair();
    // The pair and the normal form a right-handed frame.
    corners.iter().map(|c| Vec2::new(c.dot(x), c.dot(y))).collect()
}

/// The normal, as long as twice the area, that Newell's method finds for any polygon.
pub(super) fn normal(corners: &[Vec3]) -> Vec3 {
    let Some(&origin) = corners.first() else { return Vec3::ZERO };
    corners.windows(2).map(|pair| (pair[0] - origin).cross(pair[1] - origin)).sum()
}

fn turn(a: Vec2, b: Vec2, c: Vec2) -> f32 {
    (b - a).perp_dot(c - b)
}

/// Whether the corner turns outwards and no other corner lies in the triangle it makes.
fn is_ear(flat: &[Vec2], ear: [usize; 3], next: &[usize], looks_left: &mut usize) -> bool {
    let [a, b, c] = ear.map(|i| flat[i]);
    if turn(a, b, c) <= 0.0 {
        return false;
    }
    let mut other = next[ear[2]];
    while other != ear[0] {
        if *looks_left == 0 {
            return true;
        }
        *looks_left -= 1;
        let p = flat[other];
        let inside = turn(a, b, p) >= 0.0 && turn(b, c, p) >= 0.0 && turn(c, a, p) >= 0.0;
        if inside && ![a, b, c].contains(&p) {
            return false;
        }
        other = next[other];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(corners: &[Vec3], triangles: &[[usize; 3]]) -> (f32, f32) {
        let normal = normal(corners).normalize();
        let signed = |t: &[usize; 3]| {
            let [a, b, c] = t.map(|i| corners[i]);
            (b - a).cross(c - a).dot(normal) / 2.0
        };
        (triangles.iter().map(signed).sum(), triangles.iter().map(|t| signed(t).abs()).sum())
    }

    fn comb(teeth: usize) -> Vec<Vec3> {
        let mut corners = vec![Vec3::new(2.0 * teeth as f32, -1.0, 0.0), Vec3::new(2.0 * teeth as f32, 0.0, 0.0)];
        for i in (0..teeth).rev() {
            corners.push(Vec3::new(2.0 * i as f32 + 1.0, 5.0, 0.0));
            corners.push(Vec3::new(2.0 * i as f32, 0.0, 0.0));
        }
        corners.push(Vec3::new(0.0, -1.0, 0.0));
        // Any plane will do.
        let tilt = glam::Quat::from_euler(glam::EulerRot::XYZ, 0.4, 1.1, -2.0);
        corners.into_iter().map(|c| tilt * c + Vec3::new(3.0, -2.0, 9.0)).collect()
    }

    #[test]
    fn a_comb_is_cut_into_triangles_that_cover_it_once() {
        for teeth in [1, 2, 10, 60] {
            let corners = comb(teeth);
            let triangles = triangulate(&corners);
            assert_eq!(triangles.len(), corners.len() - 2);
            let (signed, covered) = area(&corners, &triangles);
            let wanted = teeth as f32 * 7.0;
            assert!((signed - wanted).abs() < 1e-3 * wanted && (covered - wanted).abs() < 1e-3 * wanted, "{covered}");
        }
    }

    #[test]
    fn quads_keep_their_first_corner_and_what_is_no_polygon_ends_too() {
        let quad = [Vec3::ZERO, Vec3::X, Vec3::new(1.0, 1.0, 0.0), Vec3::Y];
        assert_eq!(triangulate(&quad), [[0, 1, 2], [0, 2, 3]]);
        assert!(triangulate(&quad[..2]).is_empty());
        let zigzag: Vec<Vec3> = (0..3000).map(|i| quad[i * 7 % 4] * (1.0 + i as f32)).collect();
        assert_eq!(triangulate(&zigzag).len(), zigzag.len() - 2);
    }
}

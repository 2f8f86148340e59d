//! Normals for meshes that bring none.

use glam::Vec3;

/// Area-weighted mean of the normals of the triangles around each vertex; straight up where there is none.
/// `triangles` index `positions` and wind counter-clockwise seen from outside. Panics on indices out of range.
pub fn smooth(positions: &[Vec3], triangles: &[[u32; 3]]) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; positions.len()];
    for &triangle in triangles {
        let [a, b, c] = triangle.map(|i| positions[i as usize]);
        let area = (b - a).cross(c - a);
        for i in triangle {
            normals[i as usize] += area;
        }
    }
    normals.into_iter().map(|n| n.try_normalize().unwrap_or(Vec3::Y)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_triangles_weigh_more_and_lone_vertices_look_up() {
        let positions = [Vec3::ZERO, Vec3::X, Vec3::Y, 3.0 * Vec3::NEG_Z, Vec3::ONE];
        let normals = smooth(&positions, &[[0, 1, 2], [0, 1, 3]]);
        assert_eq!(normals[2], Vec3::Z);
        assert_eq!(normals[3], Vec3::Y);
        assert!((normals[0] - Vec3::new(0.0, 3.0, 1.0).normalize()).length() < 1e-6);
        assert_eq!(normals[4], Vec3::Y);
    }
}

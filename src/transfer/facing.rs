//! How each part of the figure is turned towards the viewer, found from the UDP alone.
//!
//! Parts of a figure move almost rigidly: near any point, pixel positions are the landmarks turned, scaled and seen
//! straight on. The turn is fitted to all pixels of a small region of landmark space, whatever surfaces they belong to:
//! orthographic Procrustes, in which the depths that no picture shows are those that the last turn gives.

use super::cells::{Cells, smooth};
use super::surface::Surface;
use glam::{Mat3, Vec2, Vec3};

/// Size of a region in landmark space: less than a limb's thickness leaves too little to fit, more joins limbs.
const REGION: f32 = 0.03;
/// Fewer pixels don't tell a turn.
const LEAST_PIXELS: f32 = 12.0;

/// Which way the surface faces at each pixel in view space (right, up, towards the viewer), unit length; zero where
/// nothing is seen or it could not be found out.
pub(super) fn normals(surface: &Surface) -> Vec<Vec3> {
    let turns = turns(surface);
    let normal = |i: usize| match turns.at(surface.landmarks[i]) {
        Some(Some(turn)) if surface.seen(i) => *turn * surface.tangents(i).normal(),
        _ => Vec3::ZERO,
    };
    let mut normals: Vec<Vec3> = (0..surface.len()).map(normal).collect();
    // The landmarks of a mesh have the normals of its facets; what is drawn is smoother.
    for _ in 0..2 {
        let average = |i: usize| {
            let sum = surface.neighbours(i).fold(normals[i], |sum, j| sum + normals[j]);
            if normals[i] == Vec3::ZERO { Vec3::ZERO } else { sum.normalize_or_zero() }
        };
        normals = (0..surface.len()).map(average).collect();
    }
    normals
}

/// T-pose directions to view space, by region.
fn turns(surface: &Surface) -> Cells<Option<Mat3>> {
    let mut regions: Cells<Moments> = Cells::new(REGION);
    for i in (0..surface.len()).filter(|&i| surface.seen(i)) {
        let screen = Vec2::new((i % surface.width) as f32, -((i / surface.width) as f32)) * surface.spacing;
        regions.entry(surface.landmarks[i]).add_pixel(surface.landmarks[i], screen);
    }
    regions.map(|key| {
        let mut sum = Moments::default();
        regions.around_key(key, |offset, region| sum.add(region, smooth(offset)));
        sum.turn()
    })
}

/// Sums over the pixels of a region.
#[derive(Clone, Copy, Default)]
struct Moments {
    pixels: f32,
    landmark: Vec3,
    screen: Vec2,
    /// Columns of Σ landmark · landmarkᵀ.
    square: [Vec3; 3],
    /// Σ screen.x · landmark, Σ screen.y · landmark.
    cross: [Vec3; 2],
}

impl Moments {
    fn add_pixel(&mut self, landmark: Vec3, screen: Vec2) {
        let pixel = Self {
            pixels: 1.0,
            landmark,
            screen,
            square: [landmark * landmark.x, landmark * landmark.y, landmark * landmark.z],
            cross: [landmark * screen.x, landmark * screen.y],
        };
        self.add(&pixel, 1.0);
    }

    fn add(&mut self, other: &Self, weight: f32) {
        self.pixels += other.pixels * weight;
        self.landmark += other.landmark * weight;
        self.screen += other.screen * weight;
        for (sum, part) in self.square.iter_mut().zip(other.square) {
            *sum += part * weight;
        }
        for (sum, part) in self.cross.iter_mut().zip(other.cross) {
            *sum += part * weight;
        }
    }

    fn turn(&self) -> Option<Mat3> {
        if self.pixels < LEAST_PIXELS {
            return None;
        }
        let (l, p) = (self.landmark / self.pixels, self.screen / self.pixels);
        let columns = [0, 1, 2].map(|c| self.square[c] / self.pixels - l * l[c]);
        let square = Mat3::from_cols(columns[0], columns[1], columns[2]);
        let cross = [self.cross[0] / self.pixels - l * p.x, self.cross[1] / self.pixels - l * p.y];
        let trace = columns[0].x + columns[1].y + columns[2].z;
        if trace <= 1e-9 {
            return None;
        }
        // The affine map as a first guess; flat regions need the little that is added.
        let inverse = (square + Mat3::from_diagonal(Vec3::splat(trace * 2e-3))).inverse();
        let (right, up) = (inverse * cross[0], inverse * cross[1]);
        let forward = right.cross(up).normalize_or_zero() * (right.length() * up.length()).sqrt();
        let mut rows = nearest_rotation(Mat3::from_cols(right, up, forward))?;
        for _ in 0..30 {
            rows = nearest_rotation(Mat3::from_cols(cross[0], cross[1], square * rows.z_axis))?;
        }
        Some(rows.transpose())
    }
}

/// The rotation in the polar decomposition of a matrix of positive determinant (Newton's iteration, Higham 1986).
fn nearest_rotation(matrix: Mat3) -> Option<Mat3> {
    let size = matrix.x_axis.length().max(matrix.y_axis.length()).max(matrix.z_axis.length());
    let mut rotation = matrix * (1.0 / size.max(1e-20));
    for _ in 0..12 {
        if rotation.determinant().is_nan() || rotation.determinant() <= 1e-9 {
            return None;
        }
        rotation = (rotation + rotation.inverse().transpose()) * 0.5;
    }
    Some(rotation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::Udp;
    use glam::Quat;

    /// A ball, turned: its landmarks say where each point was before, its normals are known.
    #[test]
    fn the_normals_of_a_turned_ball_are_found() {
        let turn = Quat::from_euler(glam::EulerRot::XYZ, 0.7, -1.1, 0.4);
        let mut udp = Udp::new(120, 120);
        let normal = |x: u32, y: u32| {
            let (u, v) = ((x as f32 - 60.0) / 50.0, (60.0 - y as f32) / 50.0);
            let z2 = 1.0 - u * u - v * v;
            (z2 > 0.0).then(|| Vec3::new(u, v, z2.max(0.0).sqrt()))
        };
        for y in 0..120 {
            for x in 0..120 {
                if let Some(n) = normal(x, y) {
                    let l = Vec3::splat(0.5) + turn.inverse() * n * 0.08;
                    udp.pixels[(y * 120 + x) as usize] = [l.x, l.y, l.z, 1.0];
                }
            }
        }
        let found = normals(&Surface::new(&udp));
        let (mut good, mut all) = (0, 0);
        for y in 0..120 {
            for x in 0..120 {
                let Some(n) = normal(x, y).filter(|n| n.z > 0.3) else { continue };
                all += 1;
                good += usize::from(found[(y * 120 + x) as usize].dot(n) > 0.97);
            }
        }
        assert!(good * 100 > all * 95, "{good} of {all} normals within 14°");
    }

    #[test]
    fn nothing_is_made_up_from_nothing() {
        assert!(normals(&Surface::new(&Udp::new(30, 30))).iter().all(|n| *n == Vec3::ZERO));
        let mut flat = Udp::new(30, 30);
        flat.pixels.fill([0.5, 0.5, 0.5, 1.0]);
        assert!(normals(&Surface::new(&flat)).iter().all(|n| *n == Vec3::ZERO));
    }
}

//! Which material each place of a figure is of: skin below a skirt is not the skirt, a closed lid is not the lash, however
//! near their landmarks are.

use super::index::{Index, Sample};
use glam::Vec3;

/// The distance in landmark space at which a figure's surface is sampled.
const SPACING: f32 = 0.004;
/// Two layers may lie closer than that: distance across a surface counts so much more than along it.
const ACROSS: f32 = 4.0;
/// What it costs to face elsewhere, in squared landmark distances.
const OTHER_SIDE: f32 = SPACING * SPACING;

/// The part that a place belongs to if nobody knows.
pub(super) const UNKNOWN: u16 = u16::MAX;

/// The parts of a figure, each a material.
pub struct Parts(Index);

impl Parts {
    /// From the triangles of a figure: the landmarks of their corners and the number of the part. Every part has one
    /// colour, or one texture; numbers from 65535 on are taken as unknown.
    pub fn new(triangles: impl Iterator<Item = ([Vec3; 3], usize)>) -> Self {
        let mut samples = Vec::new();
        for ([a, b, c], part) in triangles.filter(|(corners, _)| corners.iter().all(|c| c.is_finite())) {
            let longest = (b - a).length().max((c - a).length()).max((c - b).length());
            let normal = (b - a).cross(c - a).normalize_or_zero();
            let part = u16::try_from(part).unwrap_or(UNKNOWN);
            // The middles of the n² small triangles that stand as the large one does.
            let n = (longest / SPACING).ceil().clamp(1.0, 500.0) as u32;
            for i in 0..n {
                for j in 0..n - i {
                    let [u, v] = [i, j].map(|k| (k as f32 + 1.0 / 3.0) / n as f32);
                    let landmark = a + (b - a) * u + (c - a) * v;
                    samples.push(Sample { landmark, normal, view: 0, part, pixel: 0 });
                }
            }
        }
        Self(Index::of(samples, 2.0 * SPACING))
    }

    /// The part at a landmark of a surface with this normal; [`UNKNOWN`] where the figure has no surface.
    pub(super) fn at(&self, landmark: Vec3, normal: Vec3) -> u16 {
        let found = self.0.cheapest(landmark, |sample| {
            let offset = sample.landmark - landmark;
            let across = offset.dot(sample.normal);
            let elsewhere = OTHER_SIDE * (1.0 - sample.normal.dot(normal).abs());
            offset.length_squared() + ACROSS * ACROSS * across * across + elsewhere.max(0.0)
        });
        found.map_or(UNKNOWN, |sample| sample.part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two squares, the second a little above the first and half as wide.
    fn layers() -> Parts {
        let square = |width: f32, z: f32| {
            let [a, b, c, d] = [[0.3, 0.3], [0.3 + width, 0.3], [0.3 + width, 0.7], [0.3, 0.7]]
                .map(|[x, y]: [f32; 2]| Vec3::new(x, y, z));
            [[a, b, c], [a, c, d]]
        };
        let of_part = |part: usize, triangles: [[Vec3; 3]; 2]| triangles.map(|corners| (corners, part));
        Parts::new(of_part(0, square(0.4, 0.5)).into_iter().chain(of_part(1, square(0.2, 0.503))))
    }

    #[test]
    fn layers_closer_than_the_samples_are_told_apart() {
        let parts = layers();
        for (x, y) in [(0.31, 0.4), (0.377, 0.512), (0.4801, 0.68)] {
            assert_eq!(parts.at(Vec3::new(x, y, 0.5), Vec3::Z), 0);
            assert_eq!(parts.at(Vec3::new(x, y, 0.503), Vec3::NEG_Z), 1);
        }
        assert_eq!(parts.at(Vec3::new(0.6, 0.5, 0.502), Vec3::Z), 0);
        assert_eq!(parts.at(Vec3::new(0.6, 0.5, 0.7), Vec3::Z), UNKNOWN);
        assert_eq!(Parts::new(std::iter::empty()).at(Vec3::ZERO, Vec3::Z), UNKNOWN);
    }
}

//! The sheet's own cel shading, learned from what several drawings show of the same point.
//!
//! Where a point has two tones in two drawings, it was turned differently towards the light. All such pairs together
//! tell where the light comes from and how brightness follows from it; the pairs of one region tell how much lighter
//! and in which hue. Drawings without common lighting teach a curve that is flat, and nothing is changed.

use super::cells::{Cells, narrow};
use glam::{Mat3, Vec3, Vec4};

/// Steps of the curve from facing away from the light to facing it.
const STEPS: usize = 16;
/// Size of a region with a shade colour of its own, in landmark space.
const REGION: f32 = 0.05;
/// Fewer pairs teach nothing.
const LEAST_PAIRS: usize = 200;
/// Larger changes of brightness (natural logarithm) are mismatches, not shading.
const LARGEST_CHANGE: f32 = 0.5;
/// Of points that are mistaken for one another, as in UDPs that were found, light explains a tenth of the changes (of their
/// squares) by chance, and what follows from that is dirt; half and more where UDPs are exact and drawings have light in
/// common.
const LEAST_EXPLAINED: f32 = 0.25;
/// A curve that is flatter than this is no shading.
const LEAST_CHANGE: f32 = 0.01;

/// The same point in two drawings.
pub(super) struct Pair {
    pub(super) landmark: Vec3,
    /// Where it faces in view space, unit length.
    pub(super) normals: [Vec3; 2],
    /// Opaque colours.
    pub(super) colours: [Vec4; 2],
}

impl Pair {
    fn change(&self) -> f32 {
        self.colour_change().element_sum() / 3.0
    }

    fn limited_change(&self) -> f32 {
        self.change().clamp(-LARGEST_CHANGE, LARGEST_CHANGE)
    }

    /// Logarithms of the colour's change from the first drawing to the second.
    fn colour_change(&self) -> Vec3 {
        // The offset keeps black from having the largest changes of all.
        let logarithm = |c: Vec4| (c.truncate() + 0.03).map(f32::ln);
        let limit = Vec3::splat(2.0 * LARGEST_CHANGE);
        (logarithm(self.colours[1]) - logarithm(self.colours[0])).clamp(-limit, limit)
    }
}

/// How colours depend on where a surface faces.
pub(super) struct Shade {
    curve: Curve,
    /// Per region, sums over pairs: colour change times tone change, tone change squared.
    regions: Cells<(Vec3, f32)>,
    /// Logarithms of the colour's usual change from tone 0 to tone 1.
    usual: Vec3,
}

impl Shade {
    /// `None` if the drawings show no common lighting. `found`: of some, UDPs were found, and may be off.
    pub(super) fn new(pairs: &[Pair], found: bool) -> Option<Self> {
        if pairs.len() < LEAST_PAIRS {
            return None;
        }
        let mut curve = Curve::fit(pairs, first_light(pairs)?);
        // Downhill over the sphere of directions, in ever smaller steps.
        let mut step = 0.3;
        while step > 0.03 {
            let (u, v) = curve.light.any_orthonormal_pair();
            let better = (0..8)
                .map(|k| {
                    let (sin, cos) = (k as f32 * std::f32::consts::FRAC_PI_4).sin_cos();
                    Curve::fit(pairs, (curve.light + (u * cos + v * sin) * step).normalize())
                })
                .min_by(|a, b| a.error.total_cmp(&b.error))
                .filter(|best| best.error < curve.error);
            match better {
                Some(better) => curve = better,
                None => step *= 0.5,
            }
        }
        let all: f32 = pairs.iter().map(|pair| pair.limited_change().powi(2)).sum();
        if found && curve.error > (1.0 - LEAST_EXPLAINED) * all {
            return None;
        }
        let low = curve.values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = curve.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if high - low <= LEAST_CHANGE || !(high - low).is_finite() {
            return None;
        }
        curve.values = curve.values.map(|v| (v - low) / (high - low));

        let mut regions: Cells<(Vec3, f32)> = Cells::new(REGION);
        let mut all = (Vec3::ZERO, 1e-6);
        for pair in pairs {
            let tone_change = curve.at(pair.normals[1]) - curve.at(pair.normals[0]);
            for (change, square) in [regions.entry(pair.landmark), &mut all] {
                *change += pair.colour_change() * tone_change;
                *square += tone_change * tone_change;
            }
        }
        Some(Self { curve, regions, usual: all.0 / all.1 })
    }

    /// 0 in shade, 1 in light.
    pub(super) fn tone(&self, normal: Vec3) -> f32 {
        self.curve.at(normal)
    }

    /// A premultiplied colour at this landmark after its tone has changed by `change`.
    pub(super) fn recolour(&self, colour: Vec4, landmark: Vec3, change: f32) -> Vec4 {
        // The usual change counts as much as a few pairs.
        let (mut sum, mut weight) = (self.usual * 2.0, 2.0);
        self.regions.around(landmark, |offset, region| {
            sum += region.0 * narrow(offset);
            weight += region.1 * narrow(offset);
        });
        let factor = (sum / weight * change).map(f32::exp);
        (colour.truncate() * factor).min(Vec3::splat(colour.w)).extend(colour.w)
    }
}

/// Brightness (natural logarithm) as a function of the cosine between normal and light.
struct Curve {
    light: Vec3,
    values: [f32; STEPS],
    /// Sum of squares that it leaves unexplained.
    error: f32,
}

/// The direction in which brightness grows if it grows evenly.
fn first_light(pairs: &[Pair]) -> Option<Vec3> {
    let mut square = Mat3::from_diagonal(Vec3::splat(1e-3 * pairs.len() as f32));
    let mut cross = Vec3::ZERO;
    for pair in pairs {
        let turned = pair.normals[1] - pair.normals[0];
        square += Mat3::from_cols(turned * turned.x, turned * turned.y, turned * turned.z);
        cross += turned * pair.limited_change();
    }
    (square.inverse() * cross).try_normalize()
}

impl Curve {
    /// Least squares over pairs; a little smoothness decides what no pair shows.
    fn fit(pairs: &[Pair], light: Vec3) -> Self {
        let mut square = [[0.0f64; STEPS]; STEPS];
        let mut right = [0.0f64; STEPS];
        let mut total = 0.0;
        for pair in pairs {
            let change = pair.limited_change();
            let [(a, part_a), (b, part_b)] = pair.normals.map(|n| step_of(light.dot(n)));
            let row = [(a, part_a - 1.0), (a + 1, -part_a), (b, 1.0 - part_b), (b + 1, part_b)];
            for (i, u) in row {
                right[i] += f64::from(u * change);
                for (j, v) in row {
                    square[i][j] += f64::from(u * v);
                }
            }
            total += f64::from(change * change);
        }
        let unsmoothed = square;
        let strength = 3e-4 * pairs.len() as f64;
        for i in 0..STEPS {
            square[i][i] += 0.03 * strength;
            if i + 1 < STEPS {
                square[i][i] += strength;
                square[i + 1][i + 1] += strength;
                square[i][i + 1] -= strength;
                square[i + 1][i] -= strength;
            }
        }
        let values = solve(square, right);
        // total − 2 x·b + x·A·x
        let explained: f64 = (0..STEPS)
            .map(|i| values[i] * (2.0 * right[i] - (0..STEPS).map(|j| unsmoothed[i][j] * values[j]).sum::<f64>()))
            .sum();
        Self { light, values: values.map(|v| v as f32), error: (total - explained) as f32 }
    }

    fn at(&self, normal: Vec3) -> f32 {
        let (step, part) = step_of(self.light.dot(normal));
        self.values[step] + (self.values[step + 1] - self.values[step]) * part
    }
}

/// The step below and the share of the one above.
fn step_of(cosine: f32) -> (usize, f32) {
    let at = (cosine * 0.5 + 0.5).clamp(0.0, 0.9999) * (STEPS - 1) as f32;
    (at as usize, at.fract())
}

/// Gaussian elimination; the matrix is symmetric and positive definite.
fn solve(mut matrix: [[f64; STEPS]; STEPS], mut right: [f64; STEPS]) -> [f64; STEPS] {
    for i in 0..STEPS {
        for j in i + 1..STEPS {
            let (pivot, factor) = (matrix[i], matrix[j][i] / matrix[i][i]);
            for (value, above) in matrix[j].iter_mut().zip(pivot) {
                *value -= factor * above;
            }
            right[j] -= factor * right[i];
        }
    }
    for i in (0..STEPS).rev() {
        for j in i + 1..STEPS {
            right[i] -= matrix[i][j] * right[j];
        }
        right[i] /= matrix[i][i];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Vec3 = Vec3::new(-0.48, 0.6, 0.64);

    /// Points all over a ball, each seen in two directions, lit by `tone`.
    fn pairs(tone: impl Fn(Vec3) -> Vec3) -> Vec<Pair> {
        let direction = |k: usize| {
            let (u, v) = ((k as f32 * 0.618_034).fract(), (k as f32 * 0.754_877_7).fract());
            let (sin, cos) = (u * std::f32::consts::TAU).sin_cos();
            let r = (1.0 - v * v).sqrt();
            Vec3::new(r * cos, r * sin, v)
        };
        let seen = |n: Vec3| (Vec3::new(0.9, 0.7, 0.6) * tone(n)).extend(1.0);
        (0..4000)
            .map(|k| {
                let normals = [direction(k), direction(7 * k + 3)];
                Pair { landmark: Vec3::splat(0.5), normals, colours: normals.map(seen) }
            })
            .collect()
    }

    #[test]
    fn two_tones_are_learned_with_their_light() {
        let shade_colour = Vec3::new(0.8, 0.6, 0.7);
        let shade = Shade::new(&pairs(|n| if n.dot(LIGHT) > 0.1 { Vec3::ONE } else { shade_colour }), true).unwrap();
        assert!(shade.curve.light.dot(LIGHT) > 0.99, "{}", shade.curve.light);
        assert!(shade.tone(LIGHT) > 0.9 && shade.tone(-LIGHT) < 0.1);
        let lit = Vec4::new(0.9, 0.7, 0.6, 1.0);
        let shaded = shade.recolour(lit, Vec3::splat(0.5), -1.0);
        assert!((shaded.truncate() - lit.truncate() * shade_colour).length() < 0.05, "{shaded}");
        assert!((shade.recolour(shaded, Vec3::splat(0.5), 1.0) - lit).length() < 0.01);
        // Never brighter than white at this alpha.
        let half = shade.recolour(Vec4::splat(0.5), Vec3::splat(0.5), 1.0);
        assert_eq!(half, Vec4::splat(0.5));
    }

    #[test]
    fn flat_colours_and_chance_teach_nothing() {
        assert!(Shade::new(&pairs(|_| Vec3::ONE), false).is_none());
        assert!(Shade::new(&[], false).is_none());
        // Drawings that differ, but not by where the surface faces.
        let chance = |n: Vec3| ((n.x * 1e4).rem_euclid(1.0) * 2.0 - 1.0).signum();
        assert!(Shade::new(&pairs(|n| Vec3::splat(0.9 + 0.1 * chance(n))), true).is_none());
        // What little light there is would be learned wrongly among so many mistakes.
        let lit = |n: Vec3| if n.dot(LIGHT) > 0.1 { 1.0 } else { 0.94 };
        assert!(Shade::new(&pairs(|n| Vec3::splat(lit(n))), true).is_some());
        assert!(Shade::new(&pairs(|n| Vec3::splat(lit(n) - 0.2 * (1.0 + chance(n)))), true).is_none());
    }
}

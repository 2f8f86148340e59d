//! How weights have the body's places as landmarks: the affine map from ours to those that they answer.
//!
//! Least squares with weights that follow from what is left over (Holland & Welsch 1977): first Huber's, which hold against a
//! few that are far off, then Tukey's, for which those count nothing.

use crate::figure::landmarks::{Encoding, MapPreset};
use glam::{DMat4, DVec4, Vec3};

/// Rounds with each kind of weights.
const ROUNDS: usize = 15;
/// For 95 % of the precision of least squares where errors are normal, in their deviations.
const HUBER: f64 = 1.345;
const TUKEY: f64 = 4.685;
/// From the median distance to the deviation of normal errors along an axis: that of the chi distribution of three.
const OF_MEDIAN: f64 = 1.0 / 1.5382;
/// Fewer say nothing.
const FEWEST: usize = 100;
/// No weights are more exact than this.
const LEAST: f64 = 1e-6;

/// What was found of weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// The map.
    pub encoding: Encoding,
    /// How far off the weights' landmarks are from the preset's, in the median, in landmark units.
    pub before: f32,
    /// … and from those that the map makes of them.
    pub after: f32,
}

/// The map from a preset's landmarks to those that weights answered for the same pixels; none where they are too few, or lie
/// in a plane.
pub fn fit(preset: MapPreset, pairs: &[[Vec3; 2]]) -> Option<Fit> {
    if pairs.len() < FEWEST {
        return None;
    }
    let before = median(pairs.iter().map(|[ours, theirs]| f64::from(ours.distance(*theirs))).collect());
    let mut weights = vec![1.0; pairs.len()];
    let mut moved = [[0.0; 4]; 3];
    for round in 0..2 * ROUNDS {
        moved = solved(pairs, &weights)?;
        let off: Vec<f64> = pairs.iter().map(|pair| off(&moved, pair)).collect();
        let deviation = (median(off.clone()) * OF_MEDIAN).max(LEAST);
        for (weight, off) in weights.iter_mut().zip(off) {
            let away = off / deviation;
            *weight = if round < ROUNDS {
                if away <= HUBER { 1.0 } else { HUBER / away }
            } else {
                (1.0 - (away / TUKEY).powi(2)).max(0.0).powi(2)
            };
        }
    }
    let after = median(pairs.iter().map(|pair| off(&moved, pair)).collect());
    let moved = moved.map(|row| row.map(|v| v as f32));
    let encoding = Encoding { preset, moved: Some(moved) };
    (encoding.sane() == encoding).then_some(Fit { encoding, before: before as f32, after: after as f32 })
}

fn with_one(landmark: Vec3) -> DVec4 {
    landmark.as_dvec3().extend(1.0)
}

/// How far a pair is off.
fn off(moved: &[[f64; 4]; 3], [ours, theirs]: &[Vec3; 2]) -> f64 {
    let at = with_one(*ours);
    (0..3).map(|axis| (DVec4::from(moved[axis]).dot(at) - f64::from(theirs[axis])).powi(2)).sum::<f64>().sqrt()
}

/// Weighed least squares; all axes have the same normal equations.
fn solved(pairs: &[[Vec3; 2]], weights: &[f64]) -> Option<[[f64; 4]; 3]> {
    let mut squares = DMat4::ZERO;
    let mut sides = [DVec4::ZERO; 3];
    for ([ours, theirs], &weight) in pairs.iter().zip(weights) {
        let at = with_one(*ours);
        for k in 0..4 {
            *squares.col_mut(k) += weight * at[k] * at;
        }
        for (axis, side) in sides.iter_mut().enumerate() {
            *side += weight * f64::from(theirs[axis]) * at;
        }
    }
    let count: f64 = weights.iter().sum();
    // The spread of places along the thinnest direction tells whether they lie in a plane.
    (squares.determinant() / count.max(1.0).powi(4) > 1e-9).then(|| {
        let inverse = squares.inverse();
        sides.map(|side| (inverse * side).to_array())
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    let half = values.len() / 2;
    *values.select_nth_unstable_by(half, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUE: [[f32; 4]; 3] = [[0.8, 0.05, -0.1, 0.12], [-0.02, 1.15, 0.03, -0.08], [0.1, -0.04, 0.7, 0.2]];

    #[test]
    fn a_known_map_is_recovered_though_a_third_is_mirrored_and_all_is_noisy() {
        let mut state = 5u64;
        let mut between = |low: f32, high: f32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            low + (high - low) * (state >> 40) as f32 / (1u64 << 24) as f32
        };
        let truth = Encoding { preset: MapPreset::Joint, moved: Some(TRUE) };
        let pairs: Vec<[Vec3; 2]> = (0..6_000)
            .map(|i| {
                let ours = Vec3::new(between(0.2, 0.8), between(0.0, 1.0), between(0.35, 0.65));
                let seen = if i % 3 == 0 { Vec3::new(1.0 - ours.x, ours.y, 1.0 - ours.z) } else { ours };
                let noise = Vec3::from([0; 3].map(|_| between(-0.02, 0.02)));
                [ours, truth.of(seen) + noise]
            })
            .collect();
        let fit = fit(MapPreset::Joint, &pairs).unwrap();
        for ours in [Vec3::ZERO, Vec3::ONE, Vec3::splat(0.5), Vec3::new(0.9, 0.1, 0.4)] {
            let off = fit.encoding.of(ours).distance(truth.of(ours));
            assert!(off < 0.01, "{off} at {ours}");
        }
        assert!(fit.before > 2.0 * fit.after && fit.after < 0.05, "{fit:?}");
    }

    #[test]
    fn what_says_nothing_is_no_map() {
        let flat: Vec<[Vec3; 2]> =
            (0..500).map(|i| [Vec3::new((i % 20) as f32 / 20.0, i as f32 / 500.0, 0.5); 2]).collect();
        assert_eq!(fit(MapPreset::Body, &flat), None);
        assert_eq!(fit(MapPreset::Body, &flat[..50]), None);
    }
}

//! What a wrong picture costs, and which way it would be less.

use super::LossWeights;
use crate::cinn::wiring::COLOURS;
use crate::nn::kernels::{self, Batch, Map, Pool};
use serde::{Deserialize, Serialize};

/// Scales of the pyramid that show details; shapes are left below them. Pictures have a side that is a multiple of 32.
const SCALES: usize = 4;

/// A step's losses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CinnLosses {
    /// All together, weighed.
    pub total: f64,
    /// The mean difference of colours, as the paper's tables have it.
    pub photometric: f64,
    /// That of Laplacian pyramids, a mean a scale, summed.
    pub pyramid: f64,
    /// How far found landmarks and occupancies are from the true ones.
    #[serde(default)]
    pub udp: f64,
    /// By how much detections of one pose differ.
    #[serde(default)]
    pub consistency: f64,
}

impl CinnLosses {
    /// Each number with that of `other`.
    pub(in super::super) fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            total: mix(self.total, other.total),
            photometric: mix(self.photometric, other.photometric),
            pyramid: mix(self.pyramid, other.pyramid),
            udp: mix(self.udp, other.udp),
            consistency: mix(self.consistency, other.consistency),
        }
    }
}

/// The losses of pictures, and the gradient by them.
///
/// # Panics
/// When the sizes don't fit.
pub(super) fn of(
    pictures: Map,
    wanted: &[Vec<[f32; COLOURS]>],
    weights: &LossWeights,
    pool: &Pool,
) -> (CinnLosses, Batch) {
    let [n, h, w, c] = pictures.size();
    assert!(c == COLOURS && wanted.len() == n && wanted.iter().all(|of| of.len() == h * w));
    // Pyramids are linear: that of the difference is the difference of those of both.
    let mut off = pool.take([n, h, w, COLOURS]);
    let truth = wanted.iter().flatten();
    for (i, (to, truth)) in off.pixels_mut().zip(truth).enumerate() {
        let seen = pictures.pixel(i / (h * w), i / w % h, i % w);
        to.iter_mut().zip(seen.iter().zip(truth)).for_each(|(to, (seen, truth))| *to = seen - truth);
    }
    let (pyramid, mut gradient) = pyramid(&off, SCALES, pool);
    gradient.pixels_mut().flatten().for_each(|g| *g *= weights.pyramid);
    let (photometric, of_colours) = mean_size(&off, pool);
    let pairs = gradient.pixels_mut().flatten().zip(of_colours.pixels().flatten());
    pairs.for_each(|(to, g)| *to += weights.photometric * g);
    let total = f64::from(weights.photometric) * photometric + f64::from(weights.pyramid) * pyramid;
    (CinnLosses { total, photometric, pyramid, ..CinnLosses::default() }, gradient)
}

/// The mean absolute value, and its gradient.
fn mean_size(x: &Batch, pool: &Pool) -> (f64, Batch) {
    let (mut sum, mut gradient) = (0.0, pool.take(x.size()));
    let share = 1.0 / x.size().iter().product::<usize>() as f32;
    for (to, v) in gradient.pixels_mut().flatten().zip(x.pixels().flatten()) {
        sum += f64::from(v.abs());
        *to = if *v == 0.0 { 0.0 } else { share.copysign(*v) };
    }
    (sum * f64::from(share), gradient)
}

/// The sum over scales of the mean absolute value of what is lost when the picture is halved, and of what is left at last;
/// with its gradient.
fn pyramid(x: &Batch, scales: usize, pool: &Pool) -> (f64, Batch) {
    if scales == 0 {
        return mean_size(x, pool);
    }
    let [n, h, w, c] = x.size();
    let mut below = pool.take([n, h / 2, w / 2, c]);
    kernels::halve(x.map(), &mut below.map_mut());
    let mut lost = pool.take(x.size());
    kernels::repeat(below.map(), &mut lost.map_mut());
    let pairs = lost.pixels_mut().flatten().zip(x.pixels().flatten());
    pairs.for_each(|(lost, v)| *lost = v - *lost);
    let (of_lost, mut gradient) = mean_size(&lost, pool);
    let (of_below, mut by_below) = pyramid(&below, scales - 1, pool);
    let mut of_repeated = pool.take(by_below.size());
    kernels::repeat_gradient(gradient.map(), &mut of_repeated.map_mut());
    let pairs = by_below.pixels_mut().flatten().zip(of_repeated.pixels().flatten());
    pairs.for_each(|(to, g)| *to -= g);
    let mut halved = pool.take(x.size());
    kernels::halve_gradient(by_below.map(), &mut halved.map_mut());
    kernels::add(halved.map(), &mut gradient.map_mut());
    (of_lost + of_below, gradient)
}

#[cfg(test)]
mod tests {
    use super::super::super::Dice;
    use super::*;

    fn filled(pool: &Pool, side: usize, seed: u64) -> Batch {
        let mut dice = Dice::of(&[seed]);
        let mut batch = pool.take([2, side, side, COLOURS]);
        batch.pixels_mut().flatten().for_each(|to| *to = dice.share());
        batch
    }

    #[test]
    fn a_pyramid_tells_details_from_shapes() {
        let pool = Pool::default();
        let mut flat = pool.take([1, 32, 32, COLOURS]);
        flat.pixels_mut().flatten().for_each(|to| *to = 0.5);
        assert!((pyramid(&flat, SCALES, &pool).0 - 0.5).abs() < 1e-6, "what is alike is off at the last scale alone");
        let mut fine = pool.take([1, 32, 32, COLOURS]);
        fine.pixels_mut().enumerate().for_each(|(i, to)| to.fill(if (i + i / 32) % 2 == 0 { 0.5 } else { -0.5 }));
        assert!((pyramid(&fine, SCALES, &pool).0 - 0.5).abs() < 1e-6, "a fine pattern is off at the first alone");
        assert!((pyramid(&fine, 0, &pool).0 - 0.5).abs() < 1e-6);
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let pool = Pool::default();
        let (mut picture, truth) = (filled(&pool, 32, 1), filled(&pool, 32, 2));
        let truth: Vec<[f32; 3]> = truth.pixels().map(|p| [p[0], p[1], p[2]]).collect();
        let wanted: Vec<_> = truth.chunks(32 * 32).map(<[_]>::to_vec).collect();
        let weights = LossWeights { photometric: 3.0, pyramid: 2.0, ..LossWeights::default() };
        let (losses, gradient) = of(picture.map(), &wanted, &weights, &pool);
        assert!((losses.total - 3.0 * losses.photometric - 2.0 * losses.pyramid).abs() < 1e-9);
        assert!(losses.photometric > 0.2 && losses.pyramid > 0.2, "{losses:?}");
        for at in [0, 700, 5000] {
            let mut moved = |by: f32| {
                *picture.pixels_mut().flatten().nth(at).unwrap() += by;
                let total = of(picture.map(), &wanted, &weights, &pool).0.total;
                *picture.pixels_mut().flatten().nth(at).unwrap() -= by;
                total
            };
            let (step, ours) = (1e-3, f64::from(*gradient.pixels().flatten().nth(at).unwrap()));
            let slope = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            assert!((slope - ours).abs() < 0.02 * ours.abs().max(1e-4), "{at}: {ours} for {slope}");
        }
        let off = LossWeights { photometric: 0.0, pyramid: 1.0, ..weights };
        assert_eq!(of(picture.map(), &wanted, &off, &pool).0.total, losses.pyramid);
    }
}

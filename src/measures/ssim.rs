//! Structural similarity of luma, at one scale and at several.

use super::Pair;
use super::plane::{Border, Plane, gaussian};
use serde::{Deserialize, Serialize};

/// Side of the Gaussian window, and how far it reaches.
const WINDOW: usize = 11;
const REACH: usize = WINDOW / 2;
const SIGMA: f64 = 1.5;
/// (K·1)² with K₁ = .01, K₂ = .03.
const C1: f64 = 1e-4;
const C2: f64 = 9e-4;
/// What each scale counts, the finest first: measured on viewers (Wang, Simoncelli & Bovik 2003, "Multi-scale
/// structural similarity for image quality assessment").
const WEIGHTS: [f64; 5] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/// With fewer scales it is another measure.
const FEWEST_SCALES: usize = 4;

/// Structural similarity (Wang et al. 2004) of luma in a Gaussian window of 11×11 pixels, σ 1.5, at each place where
/// the whole window fits: the mean, 1 for equal pictures. `None` where fewer than 11 pixels are measured one way.
pub fn ssim(pair: &Pair) -> Option<f64> {
    let (a, b) = (pair.drawn.luma(), pair.truth.luma());
    fits(&a).then(|| Similarity::of(&a, &b).whole)
}

/// Structural similarity at several scales.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MultiScale {
    /// 1 for equal pictures.
    pub value: f64,
    /// Five; four where the fifth has no room, which is another measure.
    pub scales: usize,
}

/// Multi-scale SSIM: structure and contrast of luma at each of five scales, each half as large as the one before, and
/// brightness at the coarsest, as powers that sum to 1. Where fewer than 161 pixels are measured one way, four scales
/// with their weights made larger; `None` where fewer than 81 are.
pub fn ms_ssim(pair: &Pair) -> Option<MultiScale> {
    let mut scale = (pair.drawn.luma(), pair.truth.luma());
    let mut scales = vec![];
    while scales.len() < WEIGHTS.len() && fits(&scale.0) {
        scales.push(Similarity::of(&scale.0, &scale.1));
        scale = (scale.0.halved(), scale.1.halved());
    }
    if scales.len() < FEWEST_SCALES {
        return None;
    }
    let weights = &WEIGHTS[..scales.len()];
    let all: f64 = weights.iter().sum();
    let coarsest = scales.len() - 1;
    let value = scales.iter().zip(weights).enumerate().map(|(i, (scale, weight))| {
        let alike = if i == coarsest { scale.whole } else { scale.structure };
        // What is reversed is as unlike as can be; of less than nothing there is no such power.
        alike.max(0.0).powf(weight / all)
    });
    Some(MultiScale { value: value.product(), scales: scales.len() })
}

fn fits(plane: &Plane) -> bool {
    plane.width.min(plane.height) >= WINDOW
}

/// Means over all windows.
struct Similarity {
    /// Brightness, contrast and structure.
    whole: f64,
    /// Without brightness.
    structure: f64,
}

impl Similarity {
    fn of(a: &Plane, b: &Plane) -> Self {
        let bell = gaussian(SIGMA, REACH);
        let local = |plane: &Plane| plane.weighed(&bell, &bell, Border::Cropped).values;
        let (mean_a, mean_b) = (local(a), local(b));
        let (aa, bb) = (local(&a.map(|v| v * v)), local(&b.map(|v| v * v)));
        let ab = local(&a.zip(b, |a, b| a * b));
        let (mut whole, mut structure) = (0.0, 0.0);
        for i in 0..ab.len() {
            let (x, y) = (mean_a[i], mean_b[i]);
            let alike = (2.0 * (ab[i] - x * y) + C2) / (aa[i] - x * x + bb[i] - y * y + C2);
            whole += alike * (2.0 * x * y + C1) / (x * x + y * y + C1);
            structure += alike;
        }
        let windows = ab.len() as f64;
        Self { whole: whole / windows, structure: structure / windows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::references;
    use crate::picture::Picture;

    #[test]
    fn ssim_is_what_others_compute() {
        for (of, pair) in references() {
            assert!((ssim(&pair).unwrap() - of.ssim).abs() < 1e-6, "{:?} {}", ssim(&pair), of.ssim);
            let several = ms_ssim(&pair).unwrap();
            assert_eq!(several.scales, of.scales);
            assert!((several.value - of.ms_ssim).abs() < 1e-6, "{several:?} {}", of.ms_ssim);
        }
    }

    #[test]
    fn each_needs_room() {
        let of = |side| {
            let pair = Pair::whole(&Picture::new(side, 300), &Picture::new(side, 300)).unwrap();
            (ssim(&pair).is_some(), ms_ssim(&pair).map(|m| m.scales))
        };
        assert_eq!(of(10), (false, None));
        assert_eq!(of(11), (true, None));
        assert_eq!(of(80), (true, None));
        assert_eq!(of(81), (true, Some(4)));
        assert_eq!(of(160), (true, Some(4)));
        assert_eq!(of(161), (true, Some(5)));
    }
}

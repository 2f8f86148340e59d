//! How near pictures in other poses come to the true ones, in poses that nothing was learned from.

use super::super::TrainError;
use super::super::samples::{SAMPLES, bytes, sheet};
use super::Guide;
use super::lesson::{Pair, Pairs};
use crate::picture::Picture;
use serde::{Deserialize, Serialize};

/// Pairs that are looked at.
const PAIRS: u64 = 24;

/// Mean differences of colours, 0 to 1, over whole pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GuidedMeasured {
    /// To what is wanted.
    pub guided_l1: f64,
    /// Of the source as it is.
    pub source_l1: f64,
}

impl GuidedMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        self.guided_l1
    }
}

/// Pairs that nothing is learned from.
pub(super) struct Examination {
    size_px: usize,
    pairs: Vec<Pair>,
}

impl Examination {
    pub(super) fn new(source: &dyn Pairs, size_px: usize) -> Result<Self, TrainError> {
        let pairs = (0..PAIRS).map(|number| source.pair(number, size_px)).collect::<Result<_, _>>()?;
        Ok(Self { size_px, pairs })
    }

    pub(super) fn of(&self, guide: &Guide) -> GuidedMeasured {
        let mean = |made: &dyn Fn(&Pair) -> f64| self.pairs.iter().map(made).sum::<f64>() / self.pairs.len() as f64;
        GuidedMeasured {
            guided_l1: mean(&|pair| apart(&guide.draw(&pair.source, &pair.keypoints), &pair.target)),
            source_l1: mean(&|pair| apart(&pair.source, &pair.target)),
        }
    }

    /// Six of them: the source, the picture, the true one.
    pub(super) fn samples(&self, guide: &Guide) -> Picture {
        let of = |pair: &Pair| {
            [&pair.source, &guide.draw(&pair.source, &pair.keypoints), &pair.target].map(|colours| bytes(colours))
        };
        sheet(self.size_px, &self.pairs.iter().take(SAMPLES).map(of).collect::<Vec<_>>())
    }
}

fn apart(a: &[[f32; 3]], b: &[[f32; 3]]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(a, b)| f64::from((a - b).abs()) / 2.0).sum::<f64>() / (3 * a.len()) as f64
}

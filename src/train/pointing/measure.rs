//! How well points are found in pictures that nothing was learned from.

use super::super::TrainError;
use super::super::data::posed::Shown;
use super::super::inventing::Source;
use super::super::samples::{SAMPLES, bytes, sheet};
use super::Finder;
use crate::picture::Picture;
use crate::psgan::{KEYPOINTS, Keypoints, pck};
use serde::{Deserialize, Serialize};

/// Pictures that are looked at.
const PICTURES: u64 = 48;

/// Shares of points that are found within a share of the body's height (PCK), means over pictures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PointsMeasured {
    /// Within a twentieth.
    pub pck_05: f64,
    /// Within a tenth.
    pub pck_10: f64,
    /// Within a tenth, by who always says where the points mostly are in pictures that are learned from.
    pub guessed_10: f64,
}

impl PointsMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        1.0 - (self.pck_05 + self.pck_10) / 2.0
    }
}

/// Pictures, and where their points are.
pub(super) struct Examination {
    size_px: usize,
    pictures: Vec<Shown>,
    /// Where points mostly are.
    usual: Keypoints,
}

impl Examination {
    /// Of a source that nothing is learned from, beside the one that is.
    pub(super) fn new(learned: &dyn Source, held_out: &dyn Source, size_px: usize) -> Result<Self, TrainError> {
        let pictures = (0..PICTURES).map(|number| held_out.picture(number, size_px)).collect::<Result<_, _>>()?;
        let mut usual = Keypoints::default();
        for number in 0..PICTURES {
            let shown = learned.picture(number, size_px)?;
            for (sum, v) in usual.iter_mut().flatten().zip(shown.keypoints.iter().flatten()) {
                *sum += v / PICTURES as f32;
            }
        }
        Ok(Self { size_px, pictures, usual })
    }

    pub(super) fn of(&self, finder: &Finder) -> PointsMeasured {
        let found: Vec<Keypoints> = self.pictures.iter().map(|shown| finder.find(&shown.colours)).collect();
        let mean = |found: &dyn Fn(usize) -> Keypoints, share: f32| {
            let all = self.pictures.iter().enumerate();
            let right: Vec<f64> = all.filter_map(|(i, shown)| pck(&found(i), &shown.keypoints, share)).collect();
            right.iter().sum::<f64>() / right.len().max(1) as f64
        };
        let ours = |i: usize| found[i];
        PointsMeasured { pck_05: mean(&ours, 0.05), pck_10: mean(&ours, 0.1), guessed_10: mean(&|_| self.usual, 0.1) }
    }

    /// Six pictures; in the middle where points are found, below where they are.
    pub(super) fn samples(&self, finder: &Finder) -> Picture {
        let of = |Shown { colours, keypoints: wanted, .. }: &Shown| {
            let marked = |keypoints: &Keypoints| marked(bytes(colours), keypoints, self.size_px);
            [bytes(colours), marked(&finder.find(colours)), marked(wanted)]
        };
        sheet(self.size_px, &self.pictures.iter().take(SAMPLES).map(of).collect::<Vec<_>>())
    }
}

/// A picture with a pixel of its own hue at each point that lies in it.
fn marked(mut pixels: Vec<[u8; 4]>, keypoints: &Keypoints, size_px: usize) -> Vec<[u8; 4]> {
    for (point, place) in keypoints.iter().enumerate().filter(|(_, at)| at.iter().all(|v| (0.0..1.0).contains(v))) {
        let [x, y] = place.map(|v| (v * size_px as f32) as usize);
        let hue = point as f32 / KEYPOINTS as f32;
        let wave = |shift: f32| ((hue + shift).rem_euclid(1.0) * 6.0 - 3.0).abs() - 1.0;
        let [r, g, b] = [0.0, 2.0 / 3.0, 1.0 / 3.0].map(|shift| (255.0 * wave(shift).clamp(0.0, 1.0)) as u8);
        pixels[y * size_px + x] = [r, g, b, 255];
    }
    pixels
}

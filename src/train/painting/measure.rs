//! What a renderer is worth while it learns, on characters that nothing was learned from.

use super::super::TrainError;
use super::super::data::Cast;
use super::super::samples::{SAMPLES, sheet};
use super::sitting::{HELD_OUT, Sitting, Told, sitter};
use crate::fude::{Detector, Renderer};
use crate::picture::Picture;
use serde::{Deserialize, Serialize};

const CHARACTERS: u64 = 8;
/// Drawings of a sheet.
const VIEWS: [usize; 3] = [1, 2, 4];

/// PSNR in decibels over white in the box of the true figure, means over all pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Against {
    /// Drawings of the sheets.
    pub views: usize,
    /// The renderer.
    pub renderer: f64,
    /// Landmark transfer with the same UDPs.
    pub transfer: f64,
    /// The drawing that shows most of the pose, as it is.
    pub nearest: f64,
}

/// With sheets of one, two and four drawings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaintMeasured {
    /// With exact UDPs.
    pub exact: [Against; 3],
    /// With UDPs that a detector found, told the side that each drawing shows; where there is one.
    pub detected: Option<[Against; 3]>,
}

impl PaintMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        let all = || self.exact.iter().chain(self.detected.iter().flatten());
        -all().map(|of| of.renderer).sum::<f64>() / all().count() as f64
    }
}

/// Sheets and what is wanted from them.
pub(super) struct Examination {
    sitting: Sitting,
    /// What others than the renderer make of it doesn't change.
    others: PaintMeasured,
}

impl Examination {
    pub(super) fn new(size_px: usize, detector: Option<&Detector>) -> Result<Self, TrainError> {
        let cast = Cast::held_out(HELD_OUT)?;
        let most = VIEWS.into_iter().max().unwrap_or(1);
        let sitters = (0..CHARACTERS).map(|number| sitter(&cast, number, most, size_px, detector));
        let sitting = Sitting { sitters: sitters.collect::<Result<_, _>>()?, size_px };
        let others = |told| VIEWS.map(|views| sitting.others(told, views));
        let others = PaintMeasured { exact: others(Told::Exact), detected: detector.map(|_| others(Told::Detected)) };
        Ok(Self { sitting, others })
    }

    pub(super) fn of(&self, renderer: &Renderer) -> PaintMeasured {
        let mut measured = self.others;
        for of in &mut measured.exact {
            of.renderer = self.sitting.painted(renderer, Told::Exact, of.views);
        }
        for of in measured.detected.iter_mut().flatten() {
            of.renderer = self.sitting.painted(renderer, Told::Detected, of.views);
        }
        measured
    }

    /// A picture of each of some characters from a sheet of two drawings: one of these, what is painted, what is true.
    pub(super) fn samples(&self, renderer: &Renderer) -> Picture {
        let side_px = self.sitting.size_px;
        let figures = self.sitting.sitters.iter().take(SAMPLES).map(|sitter| {
            let sheet = &sitter.detected[..sitter.detected.len().min(2)];
            let empty = || vec![[0; 4]; side_px * side_px];
            let straight = |pixels: Option<Vec<[u8; 4]>>| {
                Picture::of_premultiplied(side_px as u32, side_px as u32, pixels.unwrap_or_else(empty)).pixels
            };
            let wanted = &sitter.wanted[..sitter.wanted.len().min(1)];
            let painted = sitter.painted(renderer, sheet, wanted, side_px).pop().flatten();
            [
                sheet.first().map_or_else(empty, |known| known.picture.pixels.clone()),
                straight(painted),
                straight(wanted.first().map(|wanted| wanted.colours.clone())),
            ]
        });
        sheet(side_px, &figures.collect::<Vec<_>>())
    }
}

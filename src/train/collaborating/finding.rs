//! What a detector is worth, on characters that nothing was learned from, and what it finds there.

use super::super::dice::Dice;
use super::super::painting::Wanted;
use super::found::apart;
use super::lesson::{asked, pasted};
use super::measure::straight;
use super::sitters::HELD_OUT;
use super::{Encoding, Gauge, Painter};
use crate::cinn::wiring::{DRAWN, WANTED};
use crate::picture::Picture;
use serde::{Deserialize, Serialize};

/// What a detector is worth: means over all pictures that were wanted, each on one background, as the paper's table has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FoundMeasured {
    /// Mean difference of landmarks over the whole picture.
    pub udp_l1: f64,
    /// Cross-entropy of occupancy.
    pub mask_bce: f64,
}

impl Gauge {
    /// How far off a detector is in the wanted pictures; none where there is none.
    pub fn found(&self, painter: &Painter) -> Option<FoundMeasured> {
        let found = self.found_udps(painter)?;
        let mut sum = [0.0; 2];
        for (wanted, found) in self.wanted().zip(&found) {
            let off = apart(found, &asked(&wanted.udp, painter.study.encoding));
            sum = [sum[0] + off[0], sum[1] + off[1]];
        }
        let [udp_l1, mask_bce] = sum.map(|sum| sum / found.len().max(1) as f64);
        Some(FoundMeasured { udp_l1, mask_bce })
    }

    /// What detectors are shown: the wanted pictures, each on a background by lot, always the same.
    pub fn shown_to_detectors(&self) -> Vec<Picture> {
        self.on_backgrounds().map(|seen| self.picture(&seen)).collect()
    }

    /// What they should find there, landmarks as colours where somebody is.
    pub fn landmarks(&self) -> Vec<Picture> {
        self.wanted().map(|wanted| self.picture(&asked(&wanted.udp, Encoding::Xyz))).collect()
    }

    /// What one finds there, in these colours; nothing where there is none.
    pub fn found_landmarks(&self, painter: &Painter) -> Vec<Picture> {
        let found = self.found_udps(painter).unwrap_or_default();
        found.iter().map(|udp| self.picture(udp)).collect()
    }

    /// What a detector finds in the wanted pictures.
    pub(super) fn found_udps(&self, painter: &Painter) -> Option<Vec<Vec<[f32; WANTED]>>> {
        self.on_backgrounds().map(|picture| painter.find(&picture, self.size_px)).collect()
    }

    /// Of a picture of each of the first characters: what a detector is shown, what it finds there, and what it should.
    pub(super) fn findings(&self, painter: &Painter, count: usize) -> Vec<[Vec<[u8; 4]>; 3]> {
        let (shown, truths) = (self.shown_to_detectors(), self.landmarks());
        let found = self.found_landmarks(painter);
        let poses = self.sitters.first().map_or(1, |sitter| sitter.wanted.len().max(1));
        let rows = shown.into_iter().zip(found).zip(truths).step_by(poses).take(count);
        rows.map(|((shown, found), truth)| [shown, found, truth].map(|picture| picture.pixels)).collect()
    }

    fn on_backgrounds(&self) -> impl Iterator<Item = Vec<[f32; DRAWN]>> {
        let on_background = |(at, wanted): (usize, &Wanted)| {
            pasted(&wanted.colours, self.size_px, &mut Dice::of(&[HELD_OUT, at as u64]))
        };
        self.wanted().enumerate().map(on_background)
    }

    /// Of colours multiplied by their alpha, or of landmarks, which are multiplied by their occupancy.
    fn picture(&self, pixels: &[[f32; WANTED]]) -> Picture {
        let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        straight(&pixels.iter().map(|pixel| pixel.map(byte)).collect::<Vec<_>>(), self.size_px)
    }
}

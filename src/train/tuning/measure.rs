//! What was gained on a character's drawings, and what was lost on other characters.

use super::super::TrainError;
use super::super::data::Cast;
use super::super::painting::{Wanted, psnr, sitter};
use super::super::samples::{SAMPLES, sheet};
use super::sheet::{Sheet, is_hidden, without_hidden};
use crate::fude::renderer::prepare::Known;
use crate::fude::{Detector, EncodedSheet, Renderer, SheetDrawing};
use crate::picture::Picture;
use crate::progress::Silent;
use crate::transfer::Parts;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Seeds of these are of no training.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0001;
/// Other characters, and the drawings of their sheets.
const CHARACTERS: u64 = 4;
const VIEWS: usize = 4;
/// The size that the renderer learned them at.
const CHARACTERS_PX: usize = 128;
/// What other characters may lose, decibels.
const ALLOWED: f64 = 0.3;
/// What more than that costs in the score.
const DEAR: f64 = 10.0;

/// Means of PSNR in decibels over white, in the figure's box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// With the weights as they were.
    pub before: f64,
    /// With the tuned ones.
    pub now: f64,
}

impl Change {
    /// By how much it became better.
    pub fn gain(&self) -> f64 {
        self.now - self.before
    }
}

/// What was gained and lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SheetMeasured {
    /// The drawing that nothing was learned from, painted from the others; of less than three drawings the parts of the body
    /// that nothing was learned from.
    pub kept_out: Change,
    /// The drawings that were learned from, each painted from the others; of one drawing as `kept_out`.
    pub learned: Change,
    /// Characters that nothing was learned from.
    pub replay: Change,
}

impl SheetMeasured {
    /// Lower is better: the gain on what was kept out, unless too much was lost for it.
    pub fn score(&self) -> f64 {
        DEAR * (-self.replay.gain() - ALLOWED).max(0.0) - self.kept_out.now
    }

    /// Why it is not worth having; none where it is.
    pub fn refused(&self) -> Option<String> {
        let (gain, loss) = (self.kept_out.gain(), -self.replay.gain());
        if loss > ALLOWED {
            return Some(format!("other characters would lose {loss:.2} dB, and {ALLOWED} dB are allowed"));
        }
        (gain <= 0.0).then(|| format!("what was kept out is no better for it ({gain:+.2} dB): draw it from more sides"))
    }
}

/// A picture that is wanted, and the sheet that it is painted from.
struct Trial {
    from: Arc<EncodedSheet>,
    wanted: Wanted,
    /// Only what is kept out counts.
    hidden: bool,
}

impl Trial {
    fn painted(&self, renderer: &Renderer) -> Vec<[u8; 4]> {
        let painted = renderer.paint(&self.from, &self.wanted.udp, &Silent);
        painted.map_or_else(|_| vec![[0; 4]; self.wanted.colours.len()], |painted| painted.premultiplied)
    }

    fn psnr(&self, painted: &[[u8; 4]]) -> f64 {
        if !self.hidden {
            return psnr(painted, &self.wanted);
        }
        let white = |colour: &[u8; 4]| [0, 1, 2].map(|c| f64::from(colour[c]) + 255.0 - f64::from(colour[3]));
        let (mut sum, mut count) = (0.0, 0);
        for (i, pixel) in self.wanted.udp.pixels.iter().enumerate().filter(|(_, pixel)| is_hidden(pixel)) {
            debug_assert!(pixel[3] > 0.5);
            let (a, b) = (white(&painted[i]), white(&self.wanted.colours[i]));
            sum += (0..3).map(|c| ((a[c] - b[c]) / 255.0).powi(2)).sum::<f64>();
            count += 3;
        }
        if count == 0 { 0.0 } else { (-10.0 * (sum / f64::from(count)).log10()).min(90.0) }
    }
}

/// All trials, and how they came out with the weights as they were.
pub(super) struct Examination {
    kept_out: Vec<Trial>,
    learned: Vec<Trial>,
    others: Vec<Trial>,
    before: [f64; 3],
    /// What the first trials looked like.
    looked: Vec<Vec<[u8; 4]>>,
    size_px: usize,
}

impl Examination {
    pub(super) fn new(of: &Sheet, detector: &Detector, before: &Renderer, size_px: usize) -> Result<Self, TrainError> {
        let learned: Vec<usize> = of.learned().collect();
        let trial = |at: usize, from: &[usize]| {
            let (known, wanted) = &of.drawings[at].measured;
            let hidden = of.kept_out.is_none();
            let from: Vec<Known> = match from.is_empty() {
                true => vec![without_hidden(known)],
                false => from.iter().map(|&i| of.drawings[i].measured.0.clone()).collect(),
            };
            Ok::<_, TrainError>(Trial {
                from: Arc::new(encoded(&from, None, size_px)?),
                wanted: wanted.clone(),
                hidden,
            })
        };
        let others_of = |at: usize| learned.iter().copied().filter(|&i| i != at).collect::<Vec<_>>();
        let from_others = learned.iter().map(|&at| trial(at, &others_of(at))).collect::<Result<Vec<_>, _>>()?;
        let (kept_out, learned) = match of.kept_out {
            Some(at) => (vec![trial(at, &learned)?], from_others),
            None => (from_others, vec![]),
        };
        let cast = Cast::held_out(HELD_OUT)?;
        let mut others = vec![];
        for number in 0..CHARACTERS {
            let sitter = sitter(&cast, number, VIEWS, CHARACTERS_PX, Some(detector))?;
            let from = Arc::new(encoded(&sitter.detected, sitter.parts.clone(), CHARACTERS_PX)?);
            let wanted = sitter.wanted.into_iter();
            others.extend(wanted.map(|wanted| Trial { from: Arc::clone(&from), wanted, hidden: false }));
        }
        let mut this = Self { kept_out, learned, others, before: [0.0; 3], looked: vec![], size_px };
        this.before = this.means(before);
        this.looked = this.shown().map(|trial| trial.painted(before)).collect();
        Ok(this)
    }

    fn means(&self, renderer: &Renderer) -> [f64; 3] {
        [&self.kept_out, &self.learned, &self.others].map(|trials| {
            let sum: f64 = trials.iter().map(|trial| trial.psnr(&trial.painted(renderer))).sum();
            sum / trials.len().max(1) as f64
        })
    }

    pub(super) fn of(&self, renderer: &Renderer) -> SheetMeasured {
        let now = self.means(renderer);
        let change = |i: usize| Change { before: self.before[i], now: now[i] };
        let kept_out = change(0);
        let learned = if self.learned.is_empty() { kept_out } else { change(1) };
        SheetMeasured { kept_out, learned, replay: change(2) }
    }

    fn shown(&self) -> impl Iterator<Item = &Trial> {
        self.kept_out.iter().chain(&self.learned).take(SAMPLES)
    }

    /// The drawing that is kept out, then others: as it was painted before, as it is now, as it is drawn.
    pub(super) fn samples(&self, renderer: &Renderer) -> Picture {
        let size = self.size_px as u32;
        let straight = |pixels: Vec<[u8; 4]>| Picture::of_premultiplied(size, size, pixels).pixels;
        let columns = self.shown().zip(&self.looked).map(|(trial, before)| {
            [before.clone(), trial.painted(renderer), trial.wanted.colours.clone()].map(straight)
        });
        sheet(self.size_px, &columns.collect::<Vec<_>>())
    }
}

fn encoded(from: &[Known], parts: Option<Arc<Parts>>, size_px: usize) -> Result<EncodedSheet, TrainError> {
    let drawings: Vec<_> = from
        .iter()
        .map(|known| SheetDrawing { picture: &known.picture, udp: &known.udp, spread: known.spread.as_deref() })
        .collect();
    Renderer::encode(&drawings, parts, size_px, &Silent).map_err(|error| TrainError::Network(error.to_string()))
}

//! What a renderer is worth, on characters that nothing was learned from, beside what needs no learning.

use super::super::TrainError;
use super::super::data::Cast;
use super::super::samples::{SAMPLES, sheet};
use super::lesson::{Wanted, detected, drawn};
use crate::fude::renderer::prepare::{self, Known};
use crate::fude::{Detector, Renderer, SheetDrawing};
use crate::measures::{self, Pair};
use crate::picture::Picture;
use crate::progress::Silent;
use crate::sheet::framing::premultiplied;
use crate::transfer::Parts;
use crate::udp::Udp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;

/// Seeds of these are of no training.
const HELD_OUT: u64 = 0x0b5e_55ed_0000_0000;
const CHARACTERS: u64 = 8;
/// Pictures of each that are wanted.
const WANTED: usize = 2;
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

/// A character's sheet and what is wanted from it.
pub(in super::super) struct Sitter {
    pub exact: Vec<Known>,
    pub detected: Vec<Known>,
    pub parts: Option<Arc<Parts>>,
    pub wanted: Vec<Wanted>,
}

/// The sitter of a number: a sheet of so many drawings, and two pictures that are wanted.
pub(in super::super) fn sitter(
    cast: &Cast,
    number: u64,
    views: usize,
    size_px: usize,
    detector: Option<&Detector>,
) -> Result<Sitter, TrainError> {
    let portraits = cast.portraits(number)?;
    let pictures: Vec<_> = portraits.views.iter().map(|view| super::lesson::pictured(view, [0, 1, 2])).collect();
    let exact: Vec<Known> =
        pictures[..views].iter().filter_map(|(picture, udp)| drawn(picture, udp, size_px)).collect();
    let mut found = exact.clone();
    if let Some(detector) = detector {
        for (known, view) in found.iter_mut().zip(&portraits.views) {
            detected(known, view.view_deg, detector);
        }
    }
    let wanted = pictures[views..][..WANTED].iter();
    let wanted = wanted.filter_map(|(picture, udp)| Wanted::framed(picture, udp, size_px)).collect();
    Ok(Sitter { exact, detected: found, parts: portraits.parts, wanted })
}

/// Sheets and what is wanted from them.
pub(super) struct Examination {
    sitters: Vec<Sitter>,
    /// What others than the renderer make of it doesn't change.
    others: PaintMeasured,
    size_px: usize,
}

impl Examination {
    pub(super) fn new(size_px: usize, detector: Option<&Detector>) -> Result<Self, TrainError> {
        let cast = Cast::held_out(HELD_OUT)?;
        let most = VIEWS.into_iter().max().unwrap_or(1);
        let sitters = (0..CHARACTERS).map(|number| sitter(&cast, number, most, size_px, detector));
        let sitters = sitters.collect::<Result<_, _>>()?;
        let mut this = Self { sitters, others: PaintMeasured::default(), size_px };
        let others = |of: fn(&Sitter) -> &[Known]| VIEWS.map(|views| this.others_of(of, views));
        let exact = others(|sitter| &sitter.exact);
        let detected = detector.map(|_| others(|sitter| &sitter.detected));
        this.others = PaintMeasured { exact, detected };
        Ok(this)
    }

    pub(super) fn of(&self, renderer: &Renderer) -> PaintMeasured {
        let mut measured = self.others;
        let painted = |sitter: &Sitter, sheet: &[Known], pose: &Udp| self.painted(renderer, sitter, sheet, pose);
        for of in &mut measured.exact {
            of.renderer = self.mean(|sitter| &sitter.exact, of.views, painted);
        }
        for of in measured.detected.iter_mut().flatten() {
            of.renderer = self.mean(|sitter| &sitter.detected, of.views, painted);
        }
        measured
    }

    /// Premultiplied.
    fn painted(&self, renderer: &Renderer, sitter: &Sitter, sheet: &[Known], pose: &Udp) -> Option<Vec<[u8; 4]>> {
        let drawings: Vec<_> = sheet
            .iter()
            .map(|known| SheetDrawing { picture: &known.picture, udp: &known.udp, spread: known.spread.as_deref() })
            .collect();
        let sheet = Renderer::encode(&drawings, sitter.parts.clone(), self.size_px, &Silent).ok()?;
        renderer.paint(&sheet, pose, &Silent).ok().map(|painted| painted.premultiplied)
    }

    /// A picture of each of some characters from a sheet of two drawings: one of these, what is painted, what is true.
    pub(super) fn samples(&self, renderer: &Renderer) -> Picture {
        let size = self.size_px as u32;
        let figures = self.sitters.iter().take(SAMPLES).map(|sitter| {
            let sheet = &sitter.detected[..sitter.detected.len().min(2)];
            let painted = |wanted: &Wanted| self.painted(renderer, sitter, sheet, &wanted.udp);
            let empty = || vec![[0; 4]; self.size_px * self.size_px];
            let straight = |pixels: Option<Vec<[u8; 4]>>| {
                Picture::of_premultiplied(size, size, pixels.unwrap_or_else(empty)).pixels
            };
            let wanted = sitter.wanted.first();
            [
                sheet.first().map_or_else(empty, |known| known.picture.pixels.clone()),
                straight(wanted.and_then(painted)),
                straight(wanted.map(|wanted| wanted.colours.clone())),
            ]
        });
        sheet(self.size_px, &figures.collect::<Vec<_>>())
    }

    fn others_of(&self, of: fn(&Sitter) -> &[Known], views: usize) -> Against {
        let transfer = self.mean(of, views, |sitter, sheet, pose| {
            let transfer = prepare::transfer(sheet, sitter.parts.clone(), &Silent).ok()?;
            Some(premultiplied(&transfer.render(pose).picture))
        });
        let nearest = self.mean(of, views, |_, sheet, pose| {
            let shown = |known: &&Known| alike(&known.udp, pose);
            sheet.iter().max_by_key(shown).map(|known| premultiplied(&known.picture))
        });
        Against { views, renderer: 0.0, transfer, nearest }
    }

    /// The mean over all that is wanted. What wasn't painted is empty.
    fn mean(
        &self,
        of: fn(&Sitter) -> &[Known],
        views: usize,
        paint: impl Fn(&Sitter, &[Known], &Udp) -> Option<Vec<[u8; 4]>>,
    ) -> f64 {
        let (mut sum, mut count) = (0.0, 0);
        for sitter in &self.sitters {
            let sheet = of(sitter);
            for wanted in &sitter.wanted {
                let painted = paint(sitter, &sheet[..views.min(sheet.len())], &wanted.udp);
                sum += psnr(&painted.unwrap_or_else(|| vec![[0; 4]; wanted.colours.len()]), wanted);
                count += 1;
            }
        }
        sum / f64::from(count.max(1))
    }
}

/// How many pixels of a pose a drawing shows.
pub(in super::super) fn alike(drawing: &Udp, pose: &Udp) -> usize {
    fn cells(udp: &Udp) -> impl Iterator<Item = [u8; 3]> {
        let seen = udp.pixels.iter().filter(|pixel| pixel[3] > 0.5);
        seen.map(|&[x, y, z, _]| [x, y, z].map(|v| (v * 32.0) as u8))
    }
    let shown: HashSet<[u8; 3]> = cells(drawing).collect();
    cells(pose).filter(|cell| shown.contains(cell)).count()
}

/// 90 for equal pictures, 0 where there is nothing to measure.
pub(in super::super) fn psnr(painted: &[[u8; 4]], wanted: &Wanted) -> f64 {
    let Udp { width_px, height_px, .. } = wanted.udp;
    let picture = |pixels: &[[u8; 4]]| Picture::of_premultiplied(width_px, height_px, pixels.to_vec());
    let pair = Pair::in_figure_box(&picture(painted), &picture(&wanted.colours));
    pair.map_or(0.0, |pair| measures::psnr(&pair).min(90.0))
}

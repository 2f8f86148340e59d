//! Characters that nothing was learned from, each with a sheet and what is wanted from it, and how near to the truth
//! somebody paints them.

use super::super::TrainError;
use super::super::data::{Cast, Portraits};
use super::lesson::{Wanted, detected, drawn, pictured};
use super::measure::Against;
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
pub(super) const HELD_OUT: u64 = 0x0b5e_55ed_0000_0000;
/// Pictures of each that are wanted while a training goes on.
const WANTED: usize = 2;

/// By what UDPs a sheet is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// The drawings' own.
    Exact,
    /// Those that a detector found, told the side that each drawing shows.
    Detected,
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
    Ok(Sitter::of(&cast.portraits(number)?, [views, WANTED], size_px, detector))
}

impl Sitter {
    /// Of a character's portraits: a sheet of so many, and so many further ones that are wanted, as far as they show anything.
    pub(super) fn of(
        portraits: &Portraits,
        [views, wanted]: [usize; 2],
        size_px: usize,
        detector: Option<&Detector>,
    ) -> Self {
        let pictures: Vec<_> = portraits.views.iter().map(|view| pictured(view, [0, 1, 2])).collect();
        let exact: Vec<Known> =
            pictures[..views].iter().filter_map(|(picture, udp)| drawn(picture, udp, size_px)).collect();
        let mut found = exact.clone();
        if let Some(detector) = detector {
            for (known, view) in found.iter_mut().zip(&portraits.views) {
                detected(known, view.view_deg, detector);
            }
        }
        let wanted = pictures[views..][..wanted].iter();
        let wanted = wanted.filter_map(|(picture, udp)| Wanted::framed(picture, udp, size_px)).collect();
        Self { exact, detected: found, parts: portraits.parts.clone(), wanted }
    }

    fn sheet(&self, told: Told) -> &[Known] {
        match told {
            Told::Exact => &self.exact,
            Told::Detected => &self.detected,
        }
    }

    /// What is wanted, painted from a sheet, which is prepared once for all: premultiplied; none where nothing can be painted.
    pub(super) fn painted(&self, renderer: &Renderer, sheet: &[Known], wanted: &[Wanted], size_px: usize) -> Pictures {
        let drawings: Vec<_> = sheet
            .iter()
            .map(|known| SheetDrawing { picture: &known.picture, udp: &known.udp, spread: known.spread.as_deref() })
            .collect();
        let sheet = Renderer::encode(&drawings, self.parts.clone(), size_px, &Silent).ok();
        let painted = |wanted: &Wanted| renderer.paint(sheet.as_ref()?, &wanted.udp, &Silent).ok();
        wanted.iter().map(|wanted| Some(painted(wanted)?.premultiplied)).collect()
    }
}

/// Premultiplied pictures, those that could be made.
type Pictures = Vec<Option<Vec<[u8; 4]>>>;

/// Several of them, in pictures of one size.
pub(super) struct Sitting {
    pub(super) sitters: Vec<Sitter>,
    pub(super) size_px: usize,
}

impl Sitting {
    /// PSNR of what a renderer paints from sheets of so many drawings, as [`Against`] has it.
    pub(super) fn painted(&self, renderer: &Renderer, told: Told, views: usize) -> f64 {
        self.mean(told, views, |sitter, sheet| sitter.painted(renderer, sheet, &sitter.wanted, self.size_px))
    }

    /// The same of what needs no learning; of the renderer nothing.
    pub(super) fn others(&self, told: Told, views: usize) -> Against {
        let transfer = self.mean(told, views, |sitter, sheet| {
            let transfer = prepare::transfer(sheet, sitter.parts.clone(), &Silent).ok();
            let painted = |wanted: &Wanted| Some(premultiplied(&transfer.as_ref()?.render(&wanted.udp).picture));
            sitter.wanted.iter().map(painted).collect()
        });
        let nearest = self.mean(told, views, |sitter, sheet| {
            let nearest = |wanted: &Wanted| {
                let shown = |known: &&Known| alike(&known.udp, &wanted.udp);
                sheet.iter().max_by_key(shown).map(|known| premultiplied(&known.picture))
            };
            sitter.wanted.iter().map(nearest).collect()
        });
        Against { views, renderer: 0.0, transfer, nearest }
    }

    /// Pictures that are wanted.
    pub(super) fn pictures(&self) -> usize {
        self.sitters.iter().map(|sitter| sitter.wanted.len()).sum()
    }

    /// The mean over all that is wanted. What wasn't painted is empty.
    fn mean(&self, told: Told, views: usize, paint: impl Fn(&Sitter, &[Known]) -> Pictures) -> f64 {
        let mut sum = 0.0;
        for sitter in &self.sitters {
            let sheet = sitter.sheet(told);
            let painted = paint(sitter, &sheet[..views.min(sheet.len())]);
            for (painted, wanted) in painted.into_iter().zip(&sitter.wanted) {
                sum += psnr(&painted.unwrap_or_else(|| vec![[0; 4]; wanted.colours.len()]), wanted);
            }
        }
        sum / self.pictures().max(1) as f64
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

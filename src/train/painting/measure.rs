//! What a renderer is worth, on characters that nothing was learned from, beside what needs no learning.

use super::super::TrainError;
use super::super::data::Cast;
use super::lesson::{Wanted, drawn};
use crate::correspondence::Target;
use crate::fude::renderer::prepare::Known;
use crate::fude::{Renderer, SheetDrawing};
use crate::picture::Picture;
use crate::progress::Silent;
use crate::transfer::{Drawn, Transfer};
use crate::udp::Udp;
use serde::{Deserialize, Serialize};

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

/// With sheets of one, two and four drawings whose UDPs are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaintMeasured {
    /// One each.
    pub of: [Against; 3],
}

impl PaintMeasured {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        -self.of.iter().map(|of| of.renderer).sum::<f64>() / self.of.len() as f64
    }
}

/// Sheets and what is wanted from them.
pub(super) struct Examination {
    characters: Vec<(Vec<Known>, Vec<Wanted>)>,
    /// Of transfer and of the nearest drawing: they don't change.
    others: [Against; 3],
    size_px: usize,
}

impl Examination {
    pub(super) fn new(size_px: usize) -> Result<Self, TrainError> {
        let cast = Cast::held_out(HELD_OUT)?;
        let mut characters = vec![];
        for number in 0..CHARACTERS {
            let block = cast.portraits(number)?;
            let pictures: Vec<_> = block.iter().map(|view| super::lesson::pictured(view, [0, 1, 2], false)).collect();
            let most = VIEWS.into_iter().max().unwrap_or(1);
            let sheet = pictures[..most].iter().filter_map(|(picture, udp)| drawn(picture, udp, size_px)).collect();
            let wanted = pictures[most..][..WANTED].iter();
            let wanted = wanted.filter_map(|(picture, udp)| Wanted::framed(picture, udp, size_px)).collect();
            characters.push((sheet, wanted));
        }
        let mut this = Self { characters, others: [Against::default(); 3], size_px };
        for (others, views) in this.others.iter_mut().zip(VIEWS) {
            *others = others_of(&this.characters, views);
        }
        Ok(this)
    }

    pub(super) fn of(&self, renderer: &Renderer) -> PaintMeasured {
        let mut measured = PaintMeasured { of: self.others };
        for of in &mut measured.of {
            of.renderer = mean(&self.characters, of.views, |sheet| {
                let pictures: Vec<Picture> = sheet.iter().map(picture_of).collect();
                let drawings: Vec<_> = sheet
                    .iter()
                    .zip(&pictures)
                    .map(|(known, picture)| SheetDrawing { picture, udp: &known.udp, spread: None })
                    .collect();
                let encoded = renderer.encode(&drawings, self.size_px);
                Box::new(move |pose: &Udp| renderer.paint(&encoded, pose).premultiplied)
            });
        }
        measured
    }
}

type Painter<'a> = Box<dyn Fn(&Udp) -> Vec<[u8; 4]> + 'a>;

/// The mean over all that is wanted.
fn mean<'a>(
    characters: &'a [(Vec<Known>, Vec<Wanted>)],
    views: usize,
    painter: impl Fn(&'a [Known]) -> Painter<'a>,
) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for (sheet, wanted) in characters {
        let paint = painter(&sheet[..views.min(sheet.len())]);
        for wanted in wanted {
            sum += psnr(&paint(&wanted.udp), wanted);
            count += 1;
        }
    }
    sum / f64::from(count.max(1))
}

fn others_of(characters: &[(Vec<Known>, Vec<Wanted>)], views: usize) -> Against {
    let transfer = mean(characters, views, |sheet| {
        let pictures: Vec<Picture> = sheet.iter().map(picture_of).collect();
        let drawn: Vec<_> = sheet
            .iter()
            .zip(&pictures)
            .map(|(known, picture)| Drawn { picture, udp: &known.udp, confidence: None })
            .collect();
        let transfer = Transfer::of(&drawn, None, &Silent);
        Box::new(move |pose: &Udp| match &transfer {
            Ok(transfer) => crate::sheet::framing::premultiplied(&transfer.render(pose).picture),
            Err(_) => vec![[0; 4]; pose.pixels.len()],
        })
    });
    let nearest = mean(characters, views, |sheet| {
        Box::new(move |pose: &Udp| {
            let target = Target::new(pose);
            let shown = |known: &Known| {
                let source = known.source();
                source.confidence(&target, &source.find(&target)).iter().sum::<f32>()
            };
            let best = sheet.iter().max_by(|a, b| shown(a).total_cmp(&shown(b)));
            best.map_or_else(|| vec![[0; 4]; pose.pixels.len()], |known| known.colours.clone())
        })
    });
    Against { views, renderer: 0.0, transfer, nearest }
}

/// With straight alpha.
fn picture_of(known: &Known) -> Picture {
    let straight = |&[r, g, b, a]: &[u8; 4]| {
        let divide = |c: u8| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a).max(1)).min(255) as u8;
        if a == 0 { [0; 4] } else { [divide(r), divide(g), divide(b), a] }
    };
    Picture {
        width_px: known.udp.width_px,
        height_px: known.udp.height_px,
        pixels: known.colours.iter().map(straight).collect(),
    }
}

pub(super) fn psnr(painted: &[[u8; 4]], wanted: &Wanted) -> f64 {
    let width = wanted.udp.width_px as usize;
    let (mut first, mut end) = ([usize::MAX; 2], [0; 2]);
    for (i, _) in wanted.colours.iter().enumerate().filter(|(_, pixel)| pixel[3] > 0) {
        for (axis, at) in [i % width, i / width].into_iter().enumerate() {
            first[axis] = first[axis].min(at);
            end[axis] = end[axis].max(at + 1);
        }
    }
    let (mut sum, mut count) = (0.0, 0u32);
    for y in first[1]..end[1] {
        for x in first[0]..end[0] {
            let [a, b] = [painted[y * width + x], wanted.colours[y * width + x]];
            for c in 0..3 {
                let over = |p: [u8; 4]| f64::from(p[c]) + 255.0 - f64::from(p[3]);
                sum += ((over(a) - over(b)) / 255.0).powi(2);
                count += 1;
            }
        }
    }
    -10.0 * (sum / f64::from(count.max(1))).max(1e-9).log10()
}

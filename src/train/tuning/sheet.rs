//! The drawings of one character: in the training's folder, and as they are learned from.

use super::super::painting::Wanted;
use super::super::{RunFolder, Settings, TrainError, begin as begin_run};
use crate::fude::renderer::prepare::Known;
use crate::fude::{Detector, Hints, SheetDrawing};
use crate::picture::Picture;
use crate::sheet::framing::Frame;
use crate::sheet::{DrawingHints, View};
use crate::udp::Udp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// So many drawings are tuned to at most.
pub const MOST: usize = 8;
/// From so many on, one is kept out: nothing is learned from it.
const KEPT_OUT_FROM: usize = 3;
/// Landmarks that are off by so much count half.
const UNSURE: f32 = 0.04;
/// Where no drawing is kept out, a quarter of the body is: cells of this side.
const CELLS: f32 = 8.0;

/// A drawing, as `sheet/drawings.json` has it; the picture is beside it, and its UDP where it came with one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Kept {
    name: String,
    /// What was said about it; what is not the character is gone from the picture already.
    hints: DrawingHints,
    /// Nothing is to be learned from it. Where none is, that is the one which the others show best.
    #[serde(default)]
    keep_out: bool,
}

fn file(folder: &RunFolder, number: usize) -> PathBuf {
    folder.path().join("sheet").join(format!("{}.png", number + 1))
}

/// Makes the folder of a training on these cut-out drawings, with what was said about each: it holds copies of them.
/// `keep_out`: the name of the one that nothing is learned from.
///
/// # Errors
/// Too many drawings, or none; none of that name; a folder that holds something or can't be written.
pub fn begin(
    path: &Path,
    settings: &Settings,
    drawings: &[(&View, &DrawingHints)],
    keep_out: Option<&str>,
) -> Result<RunFolder, TrainError> {
    let wrong = |what: String| TrainError::Sheet { path: path.to_owned(), what };
    if !(1..=MOST).contains(&drawings.len()) {
        let what = format!("there are {} drawings, and 1 to {MOST} are learned from; choose some", drawings.len());
        return Err(wrong(what));
    }
    if let Some(name) = keep_out {
        let names: Vec<&str> = drawings.iter().map(|(view, _)| &*view.name).collect();
        if !names.contains(&name) {
            return Err(wrong(format!("no drawing is called `{name}`; there are {}", names.join(", "))));
        }
        if drawings.len() < KEPT_OUT_FROM {
            return Err(wrong(format!("to keep one out takes {KEPT_OUT_FROM} drawings; leave it out")));
        }
    }
    let (folder, _) = begin_run(path, settings, None)?;
    let beside = path.join("sheet");
    std::fs::create_dir_all(&beside).map_err(TrainError::writing(&beside))?;
    let mut kept = vec![];
    for (number, (view, hints)) in drawings.iter().enumerate() {
        let cleared = hints.cleared(view);
        let seen = cleared.as_ref().unwrap_or(view);
        let to = file(&folder, number);
        seen.picture.save_png(&to).map_err(TrainError::writing(&to))?;
        if let Some(udp) = seen.own_udp() {
            udp.save(&to.with_extension("udp.npz")).map_err(|error| wrong(error.to_string()))?;
        }
        let hints = DrawingHints { not_character: vec![], ..(*hints).clone() };
        kept.push(Kept { keep_out: keep_out == Some(&*view.name), name: view.name.clone(), hints });
    }
    folder.write_json("sheet/drawings.json", &kept)?;
    Ok(folder)
}

/// A drawing with what it shows, at the sizes that are learned from.
pub(super) struct Drawing {
    /// As a sheet has it, at both sizes.
    pub known: [Known; 2],
    /// As it is to be painted, at both sizes.
    pub wanted: [Wanted; 2],
    /// The same, larger, for what is turned and stretched.
    pub large: Wanted,
    /// As a sheet has it, and as it is to be painted, at the size that is measured.
    pub measured: (Known, Wanted),
}

/// All of them.
pub(super) struct Sheet {
    pub drawings: Vec<Drawing>,
    /// Nothing is learned from this one.
    pub kept_out: Option<usize>,
}

impl Sheet {
    /// Reads the drawings of a training's folder, and finds out what they show.
    pub(super) fn open(
        folder: &RunFolder,
        size_px: usize,
        measure_px: usize,
        detector: &Detector,
    ) -> Result<Self, TrainError> {
        let wrong = |what: String| TrainError::Sheet { path: folder.path().to_owned(), what };
        let kept: Vec<Kept> = folder.read_json("sheet/drawings.json")?.unwrap_or_default();
        if !(1..=MOST).contains(&kept.len()) {
            return Err(wrong("its sheet/drawings.json names no drawings; `settei train sheet` begins anew".into()));
        }
        let keeps_out = kept.len() >= KEPT_OUT_FROM;
        let mut drawings = vec![];
        for (number, kept) in kept.iter().enumerate() {
            let view = View::open(&file(folder, number)).map_err(|error| wrong(error.to_string()))?;
            let (udp, spread) = match view.own_udp() {
                Some(udp) => (udp.clone(), None),
                None => {
                    let found =
                        detector.detect(&view.picture, &Hints::of(&kept.hints, &view.picture), Detector::LOOKS_PX);
                    (found.udp, Some(found.spread))
                }
            };
            let drawing = Drawing::of(&view.picture, &udp, spread.as_deref(), [size_px, measure_px], !keeps_out);
            let nothing =
                || wrong(format!("nothing of a character is found in the drawing {}; leave it out", kept.name));
            drawings.push(drawing.ok_or_else(nothing)?);
        }
        let said = kept.iter().position(|kept| kept.keep_out);
        let kept_out = keeps_out.then(|| said.unwrap_or_else(|| best_shown(&drawings)));
        Ok(Self { drawings, kept_out })
    }

    /// Those that are learned from.
    pub(super) fn learned(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.drawings.len()).filter(|&i| Some(i) != self.kept_out)
    }
}

impl Drawing {
    /// None where it shows nothing. `hides`: a quarter of the body is kept out.
    fn of(
        picture: &Picture,
        udp: &Udp,
        spread: Option<&[f32]>,
        [size_px, measure_px]: [usize; 2],
        hides: bool,
    ) -> Option<Self> {
        let known = |size_px: usize| Known::framed(&SheetDrawing { picture, udp, spread }, size_px);
        let wanted = |size_px: usize| wanted(picture, udp, spread, size_px, hides);
        Some(Self {
            known: [known(size_px)?, known(2 * size_px)?],
            wanted: [wanted(size_px)?, wanted(2 * size_px)?],
            large: wanted(size_px * 5 / 2)?,
            measured: (known(measure_px)?, wanted(measure_px)?),
        })
    }
}

/// A drawing framed by what it shows, each pixel counting as much as it is sure; none where it shows nothing.
fn wanted(picture: &Picture, udp: &Udp, spread: Option<&[f32]>, size_px: usize, hides: bool) -> Option<Wanted> {
    let mut wanted = Wanted::framed(picture, udp, size_px)?;
    let frame = Frame::around(udp.width_px, udp.height_px, |i| udp.pixels[i][3] > 0.5)?;
    let sure = |off: f32| 1.0 / (1.0 + (off / UNSURE).powi(2));
    wanted.counts = match spread {
        Some(spread) => frame.cut_nearest(spread, size_px as u32).into_iter().map(sure).collect(),
        None => vec![1.0; size_px * size_px],
    };
    if hides {
        let pixels = wanted.counts.iter_mut().zip(&wanted.udp.pixels);
        pixels.filter(|(_, pixel)| is_hidden(pixel)).for_each(|(counts, _)| *counts = 0.0);
    }
    Some(wanted)
}

/// Whether a place of the body is kept out where no drawing is: of four cells in a row, whichever way, one or two.
pub(super) fn is_hidden(pixel: &[f32; 4]) -> bool {
    let [x, y, z] = [0, 1, 2].map(|i| (pixel[i] * CELLS) as u32);
    pixel[3] > 0.5 && (x + 2 * y + 3 * z).is_multiple_of(4)
}

/// A drawing without what is kept out.
pub(super) fn without_hidden(known: &Known) -> Known {
    let mut known = known.clone();
    for (pixel, colour) in known.udp.pixels.iter_mut().zip(&mut known.picture.pixels) {
        if is_hidden(pixel) {
            (*pixel, *colour) = ([0.0; 4], [0; 4]);
        }
    }
    known
}

/// Which drawing shows least that no other does.
fn best_shown(drawings: &[Drawing]) -> usize {
    let cells = |drawing: &Drawing| -> HashSet<[u8; 3]> {
        let seen = drawing.known[0].udp.pixels.iter().filter(|pixel| pixel[3] > 0.5);
        seen.map(|&[x, y, z, _]| [x, y, z].map(|v| (v * 16.0) as u8)).collect()
    };
    let cells: Vec<_> = drawings.iter().map(cells).collect();
    let alone = |i: usize| {
        let of_others = |cell: &&[u8; 3]| (0..cells.len()).any(|k| k != i && cells[k].contains(*cell));
        let shown = cells[i].iter().filter(of_others).count();
        1.0 - shown as f32 / cells[i].len().max(1) as f32
    };
    (0..drawings.len()).min_by(|&a, &b| alone(a).total_cmp(&alone(b))).unwrap_or(0)
}

/// A drawing turned, stretched and leaned, of `size_px` squared: of `large` each pixel is at `turn` times its place around
/// the middle, both in sides.
pub(super) fn moved(large: &Wanted, size_px: usize, turn: [[f32; 2]; 2], middle: [f32; 2]) -> Wanted {
    let side = large.udp.width_px as usize;
    let (mut udp, mut colours) = (Udp::new(size_px as u32, size_px as u32), vec![[0; 4]; size_px * size_px]);
    let mut counts = vec![1.0; size_px * size_px];
    for i in 0..size_px * size_px {
        let place = [i % size_px, i / size_px].map(|v| (v as f32 + 0.5) / size_px as f32 - 0.5);
        let at = [0, 1].map(|k| {
            let along = turn[k][0] * place[0] + turn[k][1] * place[1] + middle[k];
            (along + 0.5) * side as f32
        });
        if at.iter().any(|v| !(0.0..side as f32).contains(v)) {
            continue;
        }
        let nearest = at[1] as usize * side + at[0] as usize;
        (udp.pixels[i], counts[i]) = (large.udp.pixels[nearest], large.counts[nearest]);
        colours[i] = between(&large.colours, side, at.map(|v| v - 0.5));
    }
    Wanted { udp, colours, counts }
}

/// The colour between four pixels.
fn between(colours: &[[u8; 4]], side: usize, at: [f32; 2]) -> [u8; 4] {
    let [x, y] = at.map(|v| v.clamp(0.0, (side - 1) as f32));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(side - 1), (top + 1).min(side - 1));
    let [s, t] = [x - left as f32, y - top as f32];
    let colour = |x: usize, y: usize| colours[y * side + x].map(f32::from);
    let (a, b, c, d) = (colour(left, top), colour(right, top), colour(left, bottom), colour(right, bottom));
    std::array::from_fn(|k| {
        let above = a[k] + s * (b[k] - a[k]);
        let below = c[k] + s * (d[k] - c[k]);
        (above + t * (below - above) + 0.5) as u8
    })
}

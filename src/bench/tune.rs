//! What is gained by learning a character's drawings: on a drawing that is kept out, on poses that nobody drew, and what other
//! characters lose.

use crate::example::{self, CharacterParams, Detail};
use crate::figure::landmarks::MapPreset;
use crate::figure::{self, Figure};
use crate::fude::renderer::tuning_schema;
use crate::fude::{self, Detector, Hints, Renderer, RendererGraph, SheetDrawing};
use crate::measures::{self, Pair};
use crate::nn::kernels::Precision;
use crate::picture::Picture;
use crate::picture::distance::distances;
use crate::pose::CameraView;
use crate::progress::{Progress, Silent};
use crate::raster::{MARGIN, RasterChoice, Rasterizer, Subject, ToonStyle};
use crate::sheet::{DrawingHints, Side, View};
use crate::train::data::{pose, style};
use crate::train::{self, Change, Dice, Ended, Found, RunEvent, Settings, SheetMeasured, Which};
use crate::transfer::Parts;
use crate::udp::Udp;
use crate::weights::{Tuning, WeightType};
use anyhow::{Context as _, bail};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Size of the drawings.
const SIZE_PX: [u32; 2] = [448, 512];
/// The sides that they show, and those of the poses that nobody drew.
const DRAWN: [Side; 5] = [Side::Front, Side::Back, Side::ThreeQuarterLeft, Side::Right, Side::BackLeft];
const UNDRAWN: [Side; 4] = [Side::ThreeQuarterRight, Side::Left, Side::BackRight, Side::Front];
/// The drawing that is kept out.
const KEPT_OUT: usize = 2;

/// What became of one character.
#[derive(Clone, Debug)]
pub struct Tuned {
    /// What the training measured of its best state; none where it measured nothing.
    pub measured: SheetMeasured,
    /// The drawing that was kept out, in its exact pose; PSNR in decibels.
    pub kept_out: Change,
    /// Poses that nobody drew, from other sides.
    pub poses: Change,
    /// Why the changes were not written, where they weren't.
    pub refused: Option<String>,
    /// How long it learned.
    pub took: Duration,
    /// Bytes of the changes.
    pub bytes: u64,
}

/// A drawn style that the renderer's own training has none of: other colours, lines of ink, paper, brush and pencil.
struct Hand {
    toon: ToonStyle,
    /// From rows of colours to rows of colours.
    mixed: [[f32; 3]; 3],
    ink: [f32; 3],
    line_px: f32,
    hatch_px: Option<usize>,
    grain: f32,
    levels: Option<f32>,
}

impl Hand {
    fn by_lot(dice: &mut Dice) -> Self {
        let mut mixed = [[0.0; 3]; 3];
        for (i, row) in mixed.iter_mut().enumerate() {
            for (k, v) in row.iter_mut().enumerate() {
                *v = if i == k { dice.between(0.7, 1.0) } else { dice.between(-0.1, 0.2) };
            }
        }
        Self {
            toon: style(dice),
            mixed,
            ink: dice.pick([[0.05, 0.03, 0.06], [0.3, 0.16, 0.1], [0.1, 0.12, 0.35]]),
            line_px: dice.between(1.5, 4.5),
            hatch_px: dice.chance(0.35).then(|| dice.below(4) + 5),
            grain: dice.between(0.0, 0.05),
            levels: dice.chance(0.4).then(|| dice.between(4.0, 9.0)),
        }
    }

    /// The picture as this hand draws it.
    fn draw(&self, picture: &Picture, udp: &Udp, dice: &mut Dice) -> Picture {
        let width = picture.width_px as usize;
        let lines = folds(udp);
        let away = distances(&lines, width);
        let mut drawn = picture.clone();
        for (i, pixel) in drawn.pixels.iter_mut().enumerate().filter(|(_, pixel)| pixel[3] > 0) {
            let before = [0, 1, 2].map(|c| f32::from(pixel[c]) / 255.0);
            let luma = before.iter().sum::<f32>() / 3.0;
            let hatched = self.hatch_px.is_some_and(|every| luma < 0.55 && (i % width + i / width) % every < 2);
            let line = (self.line_px / 2.0 + 0.5 - away[i] as f32).clamp(0.0, 1.0).max(if hatched { 0.5 } else { 0.0 });
            let grain = self.grain * dice.normal();
            for ((channel, mixed), ink) in pixel.iter_mut().zip(&self.mixed).zip(self.ink) {
                let mut v = (0..3).map(|k| mixed[k] * before[k]).sum::<f32>().clamp(0.0, 1.0);
                if let Some(levels) = self.levels {
                    v = (v * levels).round() / levels;
                }
                *channel = ((v + line * (ink - v) + grain).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
        }
        drawn
    }
}

/// Pixels where a figure ends or folds over itself.
fn folds(udp: &Udp) -> Vec<bool> {
    let width = udp.width_px as usize;
    let jump = |a: [f32; 4], b: [f32; 4]| (a[3] > 0.5) != (b[3] > 0.5) || (0..3).any(|i| (a[i] - b[i]).abs() > 0.05);
    let pixels = &udp.pixels;
    let beside = |i: usize| (i + 1).min(pixels.len() - 1);
    let below = |i: usize| (i + width).min(pixels.len() - 1);
    (0..pixels.len()).map(|i| jump(pixels[i], pixels[beside(i)]) || jump(pixels[i], pixels[below(i)])).collect()
}

/// A drawing with its exact UDP, and the side that it shows.
struct Drawn {
    picture: Picture,
    udp: Arc<Udp>,
    side: Side,
}

fn draw(subject: &Arc<Subject>, hand: &Hand, side: Side, dice: &mut Dice) -> anyhow::Result<Drawn> {
    let camera = CameraView::new(side.degrees() + 8.0 * dice.normal(), 4.0 * dice.normal());
    let shot = subject.stand(&pose(dice)).framed(&camera, SIZE_PX, MARGIN)?;
    let (picture, udp) = (shot.toon(SIZE_PX, &hand.toon)?, shot.udp(SIZE_PX)?);
    Ok(Drawn { picture: hand.draw(&picture, &udp, dice), udp, side })
}

/// Tunes to five drawings of a character: by its number, or a figure's from a file, drawn by a hand of that number. All that is
/// written lies in `folder`.
///
/// # Errors
/// A figure that can't be read; a program without weights; stopped.
pub fn measure(
    seed: u64,
    from: Option<&Path>,
    settings: &Settings,
    size_px: usize,
    folder: &Path,
    progress: &dyn Progress,
) -> anyhow::Result<Tuned> {
    let dice = &mut Dice::of(&[0x7d7a, seed]);
    let figure: Figure = match from {
        Some(path) => figure::load(path)?,
        None => example::assemble(&CharacterParams::random(900_000 + seed), Detail::Fine),
    };
    let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
    let subject = Arc::new(Subject::new(rasterizer, figure, MapPreset::default())?);
    let hand = Hand::by_lot(dice);
    let drawn = DRAWN.map(|side| draw(&subject, &hand, side, dice)).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let asked =
        UNDRAWN.map(|side| draw(&subject, &hand, side, dice)).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let view = |(i, drawn): (usize, &Drawn)| {
        let (name, picture) = (format!("{i}"), drawn.picture.clone());
        View { name, path: None, picture, udp: None, warnings: vec![] }
    };
    let views: Vec<View> = drawn.iter().enumerate().map(view).collect();
    let hints: Vec<DrawingHints> = drawn.iter().map(|drawn| drawn.side.into()).collect();
    let sheet: Vec<_> = views.iter().zip(&hints).collect();
    let run = folder.join(format!("{seed}"));
    let kept_out = KEPT_OUT.to_string();
    let run = train::begin_sheet(&run, settings, &sheet, Some(&kept_out))?;
    let begun = Instant::now();
    if train::run(&run, settings, None, progress, &|event| tracing::info!("{}", event.words()))? == Ended::Paused {
        bail!("stopped");
    }
    let took = begun.elapsed();
    let measured = run.events()?.into_iter().filter_map(|event| match event {
        RunEvent::Measured { measured: Found::Sheet(measured), .. } => Some(measured),
        _ => None,
    });
    let measured = measured.min_by(|a, b| a.score().total_cmp(&b.score())).context("nothing was measured")?;
    let to = run.path().join("changes.safetensors");
    let refused = train::export(&run, Which::Best, &to, WeightType::F16).err().map(|error| error.to_string());
    let base = || fude::shipped::<RendererGraph>()?.context("no weights are part of this build");
    let renderer = |file| Renderer::of_file(&file, size_px, Precision::F32, &Silent);
    let before = renderer(base()?)?;
    let now = match refused {
        None => Some(renderer(base()?.tuned(&Tuning::open(&to, &tuning_schema()?)?, 1.0)?)?),
        Some(_) => None,
    };
    let detector = Detector::shipped(Detector::LOOKS_PX)?.context("no detector is part of this build")?;
    let found: Vec<_> = views
        .iter()
        .zip(&hints)
        .map(|(v, h)| detector.detect(&v.picture, &Hints::of(h, &v.picture), Detector::LOOKS_PX))
        .collect();
    let known: Vec<SheetDrawing<'_>> = views
        .iter()
        .zip(&found)
        .map(|(view, found)| SheetDrawing { picture: &view.picture, udp: &found.udp, spread: Some(&found.spread) })
        .collect();
    let parts = Some(Arc::new(Parts::new(subject.model().landmark_triangles())));
    let others: Vec<_> = (0..known.len()).filter(|&i| i != KEPT_OUT).map(|i| known[i]).collect();
    let change = |from: &[SheetDrawing<'_>], wanted: &[Drawn]| -> anyhow::Result<Change> {
        let sheet = Renderer::encode(from, parts.clone(), size_px, &Silent)?;
        let mean = |renderer: &Renderer| -> anyhow::Result<f64> {
            let mut sum = 0.0;
            for wanted in wanted {
                let painted = renderer.paint(&sheet, &wanted.udp, &Silent)?.to_picture();
                sum += Pair::in_figure_box(&painted, &wanted.picture).map_or(0.0, |pair| measures::psnr(&pair));
            }
            Ok(sum / wanted.len() as f64)
        };
        let before = mean(&before)?;
        Ok(Change { before, now: now.as_ref().map_or(Ok(before), mean)? })
    };
    Ok(Tuned {
        measured,
        kept_out: change(&others, &drawn[KEPT_OUT..=KEPT_OUT])?,
        poses: change(&known, &asked)?,
        refused,
        took,
        bytes: std::fs::metadata(&to).map_or(0, |data| data.len()),
    })
}

//! A stand-in that looks like the artist's drawings: what the generator can make is tried until its outline, the points of
//! its body and its colours lie where the drawings have them.
//!
//! ```text
//! Drawn (picture, UDP) ── fit ─▶ pose, camera, proportions ── Target
//! Target + Look (build, hair, one garment a place) ── Judge ─▶ cost
//! choices: the best answer to each question;  tune: numbers to and fro;  colours: those of the drawing under each piece
//! ```
//!
//! Nothing is learned, and the same drawings give the same stand-in.

mod choices;
mod colours;
mod judge;
mod look;
mod target;
mod tune;

use crate::example::params::{Accessories, Build, Face};
use crate::example::{CharacterParams, Detail};
use crate::figure::landmarks::MapPreset;
use crate::fit::{FitError, Fitted, Fitter, How, Seen};
use crate::picture::Picture;
use crate::pose::{BodyPart, LimbLengths};
use crate::progress::Progress;
use crate::raster::{RasterChoice, RasterError, Rasterizer, Subject, SubjectError};
use crate::udp::Udp;
use judge::Judge;
use look::Look;
use rayon::prelude::*;
use std::sync::Arc;
use target::Target;

/// A drawing of the character, and what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The drawing, straight alpha.
    pub picture: &'a Picture,
    /// Which point of the body each of its pixels shows, as [`MapPreset::Body`] maps them.
    pub udp: &'a Udp,
    /// As [`Seen::spread`]; `None`: the UDP is exact.
    pub spread: Option<&'a [f32]>,
    /// From where the body is seen, degrees from its front by way of its left, where somebody said so.
    pub view_deg: Option<f32>,
}

/// How long is looked for a stand-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Care {
    /// Twice through all questions, in the light of two drawings: about a minute.
    #[default]
    Full,
    /// Once, in the light of one: a quarter of that, and less like it.
    Quick,
}

impl Care {
    fn drawings(self) -> usize {
        if self == Self::Full { MOST } else { 1 }
    }

    fn rounds(self) -> usize {
        if self == Self::Full { 2 } else { 1 }
    }
}

/// A stand-in like the drawings.
#[derive(Clone, Debug)]
pub struct Dressed {
    /// The generator's parameters.
    pub params: CharacterParams,
    /// How well its outline covers that of each drawing that was looked at: intersection over union, 0 to 1.
    pub overlaps: Vec<(String, f32)>,
}

/// Why there is no stand-in. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DressError {
    /// No drawing to go by.
    #[error("there is no drawing to go by: add one that shows the whole character")]
    NoDrawing,
    /// A drawing in which there is no character.
    #[error("{0} shows no body that could be dressed: choose a drawing that shows the whole character, cut out")]
    Nothing(String),
    /// A drawing in which no pose was found.
    #[error("{name}: {source}")]
    Pose {
        /// The drawing.
        name: String,
        /// Why.
        source: FitError,
    },
    /// The stand-in can't be drawn.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// There is no rasterizer.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
}

/// Drawings that are looked at, at most: more tell little and take longer.
const MOST: usize = 2;
/// Times that the proportions are found again with what was found before.
const PROPORTIONS: usize = 2;

/// Dresses a stand-in like the drawings. Of `start` height, name, face and eyes stay, which small pictures don't tell.
///
/// # Errors
/// No drawing that shows a body; stopped.
pub fn dress(
    drawn: &[Drawn<'_>],
    start: &CharacterParams,
    care: Care,
    progress: &dyn Progress,
) -> Result<Dressed, DressError> {
    let rasterizer = Rasterizer::new(RasterChoice::Cpu)?;
    let mut params = plain(start);
    let stop = || if progress.cancelled() { Err(DressError::Stopped) } else { Ok(()) };

    progress.stage("looking for poses in the drawings", (drawn.len().min(2 * MOST) + PROPORTIONS + MOST) as u64);
    let pose = |drawn: &Drawn<'_>, subject: &Subject, proportions: bool| -> Result<Fitted, DressError> {
        stop()?;
        let seen = Seen { udp: drawn.udp, spread: drawn.spread, view_deg: drawn.view_deg };
        let how = How { proportions, ..How::default() };
        let fitter = Fitter::new(subject);
        let found = fitter.and_then(|fitter| fitter.fit(&seen, &how, progress)).map_err(|source| match source {
            FitError::Stopped => DressError::Stopped,
            source => DressError::Pose { name: drawn.name.to_owned(), source },
        });
        progress.advance(1);
        found
    };
    let made = |params: &CharacterParams| -> Result<Arc<Subject>, DressError> {
        let figure = crate::example::assemble(params, Detail::Outline);
        Ok(Arc::new(Subject::new(rasterizer.clone(), figure, MapPreset::Body)?))
    };
    let mut base = made(&params)?;
    // The nearest to the front, and the nearest to the back.
    let mut sides = Vec::new();
    for drawn in drawn.iter().take(2 * MOST) {
        match pose(drawn, &base, true) {
            Ok(fitted) => sides.push((drawn, fitted)),
            Err(DressError::Stopped) => return Err(DressError::Stopped),
            Err(error) => tracing::info!("{error}"),
        }
    }
    let away = |fitted: &Fitted| fitted.camera.yaw_deg.to_radians().cos();
    sides.sort_by(|a, b| away(&b.1).total_cmp(&away(&a.1)));
    let (front, mut fitted) = sides.first().cloned().ok_or(DressError::NoDrawing)?;
    let mut chosen = vec![front];
    chosen.extend(sides.last().filter(|_| sides.len().min(care.drawings()) > 1).map(|side| side.0));
    for _ in 0..PROPORTIONS {
        proportion(&mut params.build, &fitted.lengths);
        base = made(&params)?;
        fitted = pose(front, &base, true)?;
    }
    let targets = chosen.iter().map(|drawn| Target::new(drawn, &pose(drawn, &base, false)?, &base));
    let mut judge = Judge::new(targets.collect::<Result<_, _>>()?, params.build.clone(), rasterizer);

    let mut look = Look::new(params);
    choices::begin(&mut look);
    let (mut build, mut clothes) = (tune::of_build(), tune::of_clothes());
    let questions = choices::all();
    let mut cost = ask(&judge, &mut look, &questions[0], progress)?;
    progress.stage("measuring the body", build.len() as u64);
    tune::tune(&judge, &mut look, cost, &mut tune::of_proportions(), 1, progress)?;
    for _ in 0..care.rounds() {
        for choice in &questions {
            cost = ask(&judge, &mut look, choice, progress)?;
        }
        progress.stage("taking measure", 2 * (build.len() + clothes.len()) as u64);
        cost = tune::tune(&judge, &mut look, cost, &mut tune::of_place(), 1, progress)?;
        cost = tune::tune(&judge, &mut look, cost, &mut clothes, 1, progress)?;
        cost = tune::tune(&judge, &mut look, cost, &mut build, 2, progress)?;
        tune::tune(&judge, &mut look, cost, &mut clothes, 1, progress)?;
        // Dressed it shows more of the points that the drawings show.
        let dressed = judge.subject(&look.told_apart(), Detail::Outline)?;
        for (target, drawn) in judge.targets.iter_mut().zip(&chosen) {
            target.pose_anew(&pose(drawn, &dressed, false)?);
        }
        cost = judge.cost(&look)?;
    }
    cost = tune::tune(&judge, &mut look, cost, &mut tune::of_place(), 2, progress)?;
    cost = tune::tune(&judge, &mut look, cost, &mut build, 2, progress)?;
    cost = tune::tune(&judge, &mut look, cost, &mut tune::of_place(), 2, progress)?;
    progress.stage("matching colours", 0);
    colours::dye(&judge, &mut look)?;
    tracing::debug!("cost {cost}");
    let overlaps = chosen.iter().map(|drawn| drawn.name.to_owned()).zip(judge.overlaps(&look)?).collect();
    Ok(Dressed { params: look.dressed(), overlaps })
}

/// By how much an answer may be worse than the best and still be measured.
const CLOSE: f32 = 0.04;

/// The best answer to a question; what it costs.
fn ask(judge: &Judge, look: &mut Look, choice: &choices::Choice, progress: &dyn Progress) -> Result<f32, DressError> {
    progress.stage(&format!("trying clothes and hair: {}", choice.of), choice.answers.len() as u64);
    let tried: Vec<(f32, Look)> = choice
        .answers
        .par_iter()
        .map(|answer| {
            if progress.cancelled() {
                return Err(DressError::Stopped);
            }
            let mut look = look.clone();
            answer(&mut look);
            let cost = judge.cost(&look)?;
            progress.advance(1);
            Ok((cost, look))
        })
        .collect::<Result<_, _>>()?;
    let cheapest = |tried: &[(f32, Look)]| tried.iter().min_by(|a, b| a.0.total_cmp(&b.0)).cloned();
    // As it was is an answer, too.
    let mut finalists = vec![(judge.cost(look)?, look.clone())];
    let ends = choice.kinds.iter().skip(1).copied().chain([tried.len()]);
    finalists.extend(choice.kinds.iter().zip(ends).filter_map(|(&from, to)| cheapest(&tried[from..to])));
    let least = finalists.iter().map(|finalist| finalist.0).fold(f32::INFINITY, f32::min);
    finalists.retain(|finalist| finalist.0 < least + CLOSE);
    if choice.kinds.len() > 1 && finalists.len() > 1 {
        for (cost, look) in &mut finalists {
            let mut knobs = (choice.measured)();
            *cost = tune::tune(judge, look, *cost, &mut knobs, 1, progress)?;
        }
    }
    if let Some((cost, best)) = cheapest(&finalists) {
        *look = best;
        return Ok(cost);
    }
    judge.cost(look)
}

/// A stand-in of usual build in plain clothes.
fn plain(start: &CharacterParams) -> CharacterParams {
    CharacterParams {
        build: Build { height_m: start.build.height_m, ..Build::default() },
        accessories: Accessories { hair_ribbon: false, bow: false, choker: false },
        face: Face { rest: Default::default(), ..start.face.clone() },
        wear: Vec::new(),
        extras: Vec::new(),
        ..start.clone()
    }
}

/// Makes a build as long as the lengths say, measured by its trunk.
fn proportion(build: &mut Build, lengths: &LimbLengths) {
    use BodyPart::*;
    let of = |part| lengths.of(part);
    // Metres of the default figure: hips to waist, waist to neck, neck to head; thigh, shin.
    let trunk = (0.075 + 0.297 * of(Torso) + 0.078 * of(Neck)) / 0.45;
    let leg = (0.393 * of(Thighs) + 0.374 * of(Shins)) / 0.767;
    let arm = (0.223 * of(UpperArms) + 0.207 * of(Forearms)) / 0.43;
    let by = |value: &mut f32, factor: f32, [low, high]: [f32; 2]| *value = (*value * factor / trunk).clamp(low, high);
    by(&mut build.legs, leg, [0.3, 2.0]);
    by(&mut build.arms, arm, [0.3, 2.0]);
    by(&mut build.head, of(Head), [0.5, 4.0]);
    by(&mut build.hands, of(Hands), [0.3, 3.0]);
    by(&mut build.feet, of(Feet), [0.3, 3.0]);
    by(&mut build.shoulders, (0.03 + 0.094 * of(Shoulders)) / 0.124, [0.5, 2.0]);
    by(&mut build.girth, 1.0, [0.5, 2.0]);
    by(&mut build.hips, 1.0, [0.5, 2.0]);
}

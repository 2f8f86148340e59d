//! What comes of a training: weight files with their records, and what they are worth.

use super::collaborating::Collaborating;
use super::course::Course;
use super::detecting::{Detecting, findings};
use super::guiding::Guiding;
use super::inventing::Inventing;
use super::painting::{Painting, paint_findings};
use super::pointing::Pointing;
use super::{Findings, Found, RunEvent, RunFolder, State, Taught, TrainError, Tuning, record};
use crate::files;
use crate::fude::Detector;
use crate::progress::Progress;
use crate::weights::{self, Schema, WeightType};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which of a training's checkpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The one that measured best; the latest where none was measured.
    #[default]
    Best,
    /// The latest.
    Latest,
    /// The one after so many steps.
    After(u64),
}

/// Writes the averaged weights of a checkpoint as a weight file, and beside it a record of what
/// they were made of, whose path it answers with the step. Of a training on a character's drawings only the changes are
/// written, in 16 bits whatever `kind` says.
///
/// # Errors
/// A folder without a checkpoint; a file that can't be written; changes that lose more than they gain.
pub fn export(folder: &RunFolder, which: Which, to: &Path, kind: WeightType) -> Result<(u64, PathBuf), TrainError> {
    let state = chosen(folder, which)?;
    let (_, settings) = RunFolder::open(folder.path())?;
    let page = record::record(folder, &settings, &state, to)?;
    if settings.graph == Taught::Sheet {
        must_be_worth_it(folder, &state)?;
        let tuning = Tuning::open(folder, &settings)?;
        let (schema, mut changes) = averaged(&tuning, &state, folder)?;
        weights::write_tuning(to, &schema, tuning.of(), |name, _| changes.remove(name).unwrap_or_default())?;
    } else {
        let (schema, mut tensors) = match settings.graph {
            Taught::Detector | Taught::Refiner => averaged(&Detecting::of(&settings)?, &state, folder)?,
            Taught::Psgan => averaged(&Inventing::of(&settings)?, &state, folder)?,
            Taught::Pg2 => averaged(&Guiding::of(&settings)?, &state, folder)?,
            Taught::Keypoints => averaged(&Pointing::of(&settings)?, &state, folder)?,
            Taught::Cinn => averaged(&Collaborating::new(settings.study), &state, folder)?,
            _ => averaged(&Painting::of(&settings)?, &state, folder)?,
        };
        weights::write(to, &schema, kind, |name, _| tensors.remove(name).unwrap_or_default())?;
    }
    let beside = to.with_extension("md");
    files::write(&beside, page.as_bytes()).map_err(TrainError::writing(&beside))?;
    Ok((state.progress.step, beside))
}

/// Measures a checkpoint of a training, as [`findings`] or [`paint_findings`], and keeps what was found in its folder.
/// Renderers are measured on sheets that this detector understands.
///
/// # Errors
/// A folder without a checkpoint; a figure that can't be drawn; no detector.
pub fn measure(
    folder: &RunFolder,
    which: Which,
    size_px: usize,
    figures: &[PathBuf],
    detector: Option<&Detector>,
    progress: &dyn Progress,
) -> Result<(u64, Findings), TrainError> {
    let (_, settings) = RunFolder::open(folder.path())?;
    let refused = |what: &str| Err(TrainError::Folder { path: folder.path().to_owned(), what: what.into() });
    let state = || chosen(folder, which);
    let (step, found) = match (settings.graph, detector) {
        (Taught::Detector | Taught::Refiner, _) => {
            let state = state()?;
            let learned = Detecting::of(&settings)?.detector(&state, size_px)?;
            (state.progress.step, Findings::Detector(findings(&learned, size_px, figures, progress)?))
        }
        (Taught::Renderer, Some(detector)) => {
            let state = state()?;
            let learned = Painting::new(None).renderer(&state, size_px)?;
            let found = paint_findings(&learned, detector, size_px, figures, progress)?;
            (state.progress.step, Findings::Renderer(found))
        }
        (Taught::Renderer, None) => return refused("a renderer is measured with a detector; give one by --detector"),
        _ => {
            return refused(
                "what it measures while it learns `settei train list` shows; only detectors and renderers are measured besides",
            );
        }
    };
    found.keep(folder, step)?;
    Ok((step, found))
}

/// Changes are worth having where something was gained and not too much lost, as far as was measured.
fn must_be_worth_it(folder: &RunFolder, state: &State) -> Result<(), TrainError> {
    let measured = folder.events()?.into_iter().rev().find_map(|event| match event {
        RunEvent::Measured { step, measured: Found::Sheet(measured), .. } if step == state.progress.step => {
            Some(measured)
        }
        _ => None,
    });
    match measured.and_then(|measured| measured.refused()) {
        Some(what) => Err(TrainError::NotOffered { path: folder.path().to_owned(), what }),
        None => Ok(()),
    }
}

/// What a state's weight file holds.
fn averaged<C: Course>(
    course: &C,
    state: &State,
    folder: &RunFolder,
) -> Result<(Schema, BTreeMap<String, Vec<f32>>), TrainError> {
    state.check(course.numbers(), folder.path())?;
    Ok(course.weights(state)?)
}

fn chosen(folder: &RunFolder, which: Which) -> Result<State, TrainError> {
    let wrong = |what: String| TrainError::Folder { path: folder.path().to_owned(), what };
    let state = match which {
        Which::Best => folder.best()?,
        Which::Latest => folder.latest()?,
        Which::After(step) => {
            let kept = folder.checkpoints()?.into_iter().find(|checkpoint| checkpoint.step == step);
            let kept =
                kept.ok_or_else(|| wrong(format!("it keeps no checkpoint after step {step}; choose another")))?;
            Some(State::load(&kept.path)?)
        }
    };
    state.ok_or_else(|| wrong("it has no checkpoint yet; let it learn a while".into()))
}

//! What comes of a training: weight files with their records, and what they are worth.

use super::course::Course;
use super::detecting::{Detecting, Finding, findings};
use super::painting::Painting;
use super::{RunFolder, State, Taught, TrainError, record};
use crate::files;
use crate::progress::Progress;
use crate::weights::{self, WeightType};
use std::path::{Path, PathBuf};

/// Writes the averaged weights of the best checkpoint (or of the latest) as a weight file, and beside it a record of what
/// they were made of, whose path it answers with the step.
///
/// # Errors
/// A folder without a checkpoint; a file that can't be written.
pub fn export(folder: &RunFolder, latest: bool, to: &Path, kind: WeightType) -> Result<(u64, PathBuf), TrainError> {
    let state = chosen(folder, latest)?;
    let (_, settings) = RunFolder::open(folder.path())?;
    let page = record::record(folder, &settings, &state, to)?;
    let (schema, mut tensors) = match settings.graph {
        Taught::Detector => Detecting::default().weights(&state)?,
        Taught::Renderer => Painting::of(&settings)?.weights(&state)?,
    };
    weights::write(to, &schema, kind, |name, _| tensors.remove(name).unwrap_or_default())?;
    let beside = to.with_extension("md");
    files::write(&beside, page.as_bytes()).map_err(TrainError::writing(&beside))?;
    Ok((state.progress.step, beside))
}

/// Measures the best checkpoint (or the latest) of a training, as [`findings`], and keeps what was found in its folder.
///
/// # Errors
/// A folder without a checkpoint; a figure that can't be drawn.
pub fn measure(
    folder: &RunFolder,
    latest: bool,
    size_px: usize,
    figures: &[PathBuf],
    progress: &dyn Progress,
) -> Result<(u64, Vec<Finding>), TrainError> {
    if RunFolder::open(folder.path())?.1.graph != Taught::Detector {
        let what =
            "what it measures of a renderer `settei train list` shows; only detectors are measured besides".into();
        return Err(TrainError::Folder { path: folder.path().to_owned(), what });
    }
    let state = chosen(folder, latest)?;
    let found = findings(&Detecting::default().detector(&state, size_px)?, size_px, figures, progress)?;
    folder.write_json(&record::findings_file(state.progress.step), &found)?;
    Ok((state.progress.step, found))
}

fn chosen(folder: &RunFolder, latest: bool) -> Result<State, TrainError> {
    let state = if latest { folder.latest()? } else { folder.best()? };
    state.ok_or_else(|| {
        let what = "it has no checkpoint yet; let it learn a while".into();
        TrainError::Folder { path: folder.path().to_owned(), what }
    })
}

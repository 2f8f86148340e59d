//! A training begins: a folder of its own, and a list of what it learns from.

use super::{FigureRecord, RunFolder, Settings, TrainError};
use crate::figure::load::FORMATS;
use crate::files::formats;
use std::path::{Path, PathBuf};

/// Makes the folder of a training with these settings; `licence` is what is known of the figures' licence besides what
/// their files say. Answers what there is to know of the figures, too.
///
/// # Errors
/// Settings that can't be used, a figure that can't be read, a folder that holds something or can't be written.
pub fn begin(
    path: &Path,
    settings: &Settings,
    licence: Option<&str>,
) -> Result<(RunFolder, Vec<FigureRecord>), TrainError> {
    let records = settings.figures.iter().map(|path| FigureRecord::of(path, licence)).collect::<Result<Vec<_>, _>>()?;
    let folder = RunFolder::create(path, settings)?;
    folder.write_json("figures.json", &records)?;
    Ok((folder, records))
}

/// The figure files in a folder and those below it, in the order of their paths.
///
/// # Errors
/// A folder that can't be read or holds none.
pub fn figures_in(folder: &Path) -> Result<Vec<PathBuf>, TrainError> {
    let mut found = vec![];
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).map_err(TrainError::reading(&folder))? {
            let path = entry.map_err(TrainError::reading(&folder))?.path();
            if path.is_dir() {
                left.push(path);
            } else if formats::by_name(FORMATS, &path).is_some() {
                found.push(path.canonicalize().map_err(TrainError::reading(&path))?);
            }
        }
    }
    if found.is_empty() {
        return Err(TrainError::NoFigures { path: folder.to_owned(), endings: formats::endings(FORMATS) });
    }
    found.sort();
    Ok(found)
}

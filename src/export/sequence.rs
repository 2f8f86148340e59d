//! Numbered PNG files.

use super::bleed::bleed;
use super::{Clip, ExportError, Exported, Sink, png};
use crate::files::OutputFolder;
use crate::picture::Picture;
use std::path::{Path, PathBuf};

/// What the folder's list calls who made the files.
pub(super) const COMMAND: &str = "project encode";

/// `NAME_0001.png` and so on, in a folder.
pub(super) struct Sequence {
    folder: OutputFolder,
    stem: String,
    number: usize,
}

impl Sequence {
    pub(super) fn begin(clip: &Clip, target: &Path, overwrite: bool) -> Result<Self, ExportError> {
        let folder = OutputFolder::open(target, COMMAND, overwrite)?;
        Ok(Self { folder, stem: crate::files::clean_stem(&clip.name), number: 0 })
    }
}

impl Sink for Sequence {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        self.number += 1;
        write(&self.folder, &format!("{}_{:04}.png", self.stem, self.number), picture).map(drop)
    }

    fn finish(self: Box<Self>) -> Result<Exported, ExportError> {
        let folder = self.folder.path().to_owned();
        Ok(Exported { files: vec![folder], notes: vec![format!("{} pictures", self.number)] })
    }
}

/// Writes a picture as compositing programs want it: with colour under what is transparent.
pub(super) fn write(folder: &OutputFolder, name: &str, picture: &Picture) -> Result<PathBuf, ExportError> {
    let mut picture = picture.clone();
    bleed(&mut picture);
    let bytes = png::with_chunks(&picture, &[png::SRGB])?;
    let place = folder.path().join(name);
    folder.write(name, &bytes).map_err(ExportError::writing(&place))
}

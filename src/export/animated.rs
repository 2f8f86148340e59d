//! What animated pictures have in common: each picture is one frame for as long as it is shown, and brings what changed.

use super::bleed::cleaned;
use super::change::{Holds, Shown, changed, whole};
use super::{ExportError, Exported, Sink};
use crate::picture::{Picture, Region};
use std::path::PathBuf;

/// A file of frames, each shown for a while.
pub(super) trait Film {
    /// The next frame: this part of a picture, from one frame of the clip up to another. Around it stays what is there.
    fn show(&mut self, picture: &Picture, part: Region, span: [u64; 2]) -> Result<(), ExportError>;

    /// That was the last one; the file.
    fn end(self) -> Result<PathBuf, ExportError>;
}

/// Fills a [`Film`].
pub(super) struct Animated<F> {
    film: F,
    holds: Holds,
    /// What is on screen.
    before: Option<Picture>,
}

impl<F: Film> Animated<F> {
    /// Nothing yet; a frame of the film is shown for `most` frames of the clip at most.
    pub(super) fn new(film: F, most: u64) -> Self {
        Self { film, holds: Holds::new(most), before: None }
    }

    fn show(&mut self, Shown { picture, from, to }: Shown) -> Result<(), ExportError> {
        // A picture that is shown for too long for one frame has nothing new: one pixel will do.
        let dot = Region { left_px: 0, top_px: 0, width_px: 1, height_px: 1 };
        let part = match &self.before {
            None => whole(&picture),
            Some(before) => changed(before, &picture).unwrap_or(dot),
        };
        self.film.show(&picture, part, [from, to])?;
        self.before = Some(picture);
        Ok(())
    }
}

impl<F: Film> Sink for Animated<F> {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        match self.holds.push(&cleaned(picture)) {
            Some(shown) => self.show(shown),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        if let Some(shown) = self.holds.end() {
            self.show(shown)?;
        }
        Ok(Exported { files: vec![self.film.end()?], notes: Vec::new() })
    }
}

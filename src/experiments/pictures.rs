//! Pictures beside and above each other, and read back.

use super::ExperimentError;
use crate::files;
use crate::picture::decode::{self, Rules};
use crate::picture::{Colour, Picture};
use std::path::Path;

/// Pictures of one size beside each other, on white.
pub(super) fn strip(pictures: &[&Picture]) -> Picture {
    let [width, height] = pictures.first().map_or([1, 1], |first| [first.width_px, first.height_px]);
    let mut all = Picture::new(width * pictures.len().max(1) as u32, height);
    for (i, picture) in pictures.iter().enumerate() {
        for y in 0..height.min(picture.height_px) {
            for x in 0..width.min(picture.width_px) {
                *all.at_mut(i as u32 * width + x, y) = picture.at(x, y);
            }
        }
    }
    Colour::WHITE.under(&mut all);
    all
}

/// Pictures above each other.
pub(super) fn stacked(strips: &[Picture]) -> Picture {
    let width = strips.iter().map(|strip| strip.width_px).max().unwrap_or(1);
    let mut page = Picture::new(width, strips.iter().map(|strip| strip.height_px).sum());
    let mut top = 0;
    for strip in strips {
        for (y, line) in strip.pixels.chunks(strip.width_px.max(1) as usize).enumerate() {
            let at = (top as usize + y) * width as usize;
            page.pixels[at..at + line.len()].copy_from_slice(line);
        }
        top += strip.height_px;
    }
    page
}

pub(super) fn read(path: &Path) -> Result<Picture, ExperimentError> {
    let bytes = files::read(path, decode::MAX_FILE_BYTES).map_err(ExperimentError::io("read", path))?;
    let decoded = decode::decode(&bytes, path, Rules::DRAWING, &decode::Budget::for_one());
    decoded
        .map(|decoded| decoded.picture)
        .map_err(|e| ExperimentError::file(path, format!("{e}; delete it and its .json")))
}

//! What the rows of a table painted, one above the other.

use super::page::Filled;
use super::{ExperimentError, Lab, Outcome, Shown};
use crate::files;
use crate::picture::decode::{self, Rules};
use crate::picture::{Colour, Picture};
use std::path::Path;

/// Pictures beside each other.
enum Strip<'a> {
    /// True ones.
    Truth(Shown),
    /// Of a row.
    Painted(&'a Outcome),
}

impl Filled {
    /// Whose pictures are shown, with their names: for all who are seen the truth, then of each row the first seed's, then
    /// those who need no training.
    fn strips(&self) -> Vec<(String, Strip<'_>)> {
        let mut strips = vec![];
        for shown in self.table.shown() {
            let rows = self.rows.iter().filter(|(row, _)| row.shown == shown);
            let rows = rows.filter_map(|(row, outcomes)| Some((row.name.to_owned(), outcomes.first()?)));
            let others = self.baselines.iter().filter(|(_, outcome)| outcome.shown == shown);
            let others = others.map(|(which, outcome)| (self.baseline_name(*which, outcome), outcome));
            let all: Vec<_> = rows.chain(others).map(|(name, outcome)| (name, Strip::Painted(outcome))).collect();
            if !all.is_empty() || shown == Shown::Generated {
                strips.push(("the truth".to_owned(), Strip::Truth(shown)));
                strips.extend(all);
            }
        }
        strips
    }

    /// The names of what [`Filled::pictures`] shows, from above.
    pub(super) fn shown_from_above(&self) -> String {
        self.strips().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join("; ")
    }

    /// All that is known to have been painted. True pictures of figures that aren't here are left out.
    pub(super) fn pictures(&self, lab: &mut Lab) -> Result<Picture, ExperimentError> {
        let mut strips = vec![];
        for (_, of) in self.strips() {
            match of {
                Strip::Truth(shown) if !lab.can_show(shown) => {}
                Strip::Truth(shown) => strips.push(strip(&lab.truths(shown)?.iter().collect::<Vec<_>>())),
                Strip::Painted(Outcome { who, views, shown, .. }) => {
                    strips.push(read(&Outcome::path(&lab.results(), who, *views, *shown).with_extension("png"))?);
                }
            }
        }
        Ok(stacked(&strips))
    }
}

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

pub(super) fn read(path: &Path) -> Result<Picture, ExperimentError> {
    let bytes = files::read(path, decode::MAX_FILE_BYTES).map_err(ExperimentError::io("read", path))?;
    let decoded = decode::decode(&bytes, path, Rules::DRAWING, &decode::Budget::for_one());
    decoded
        .map(|decoded| decoded.picture)
        .map_err(|e| ExperimentError::file(path, format!("{e}; delete it and its .json")))
}

/// Pictures above each other.
fn stacked(strips: &[Picture]) -> Picture {
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

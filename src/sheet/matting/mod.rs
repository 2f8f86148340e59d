//! Cutting a character out of a drawing that has no transparency.
//!
//! Two ways to find it: [`Method::Flood`] removes what looks like the border's background and is connected to it;
//! [`Method::Watershed`] grows strokes of both kinds until they meet on the strongest edge, as the drawings of CoNR's data
//! set were cut out. Either gives a mask, whose edge is then made soft and freed of the background's colour.

mod background;
mod colour;
mod edge;
mod flood;
mod marks;
mod mask;
mod watershed;

pub use marks::{Mark, Marks};

use crate::picture::Picture;
use crate::progress::Progress;
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

/// How the character is told from the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Remove what has the border's colours, from the border inwards
    #[default]
    Flood,
    /// Grow your strokes until they meet at an edge
    Watershed,
}

/// Settings of a cut-out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Args)]
#[serde(default)]
pub struct Cutout {
    /// How the character is told from the background [default: flood; with strokes: watershed]
    #[arg(skip)]
    pub method: Method,
    /// How far a colour may be from the background's and still count as it: 0 (the same) to 100 (black from white)
    #[arg(long, value_name = "0-100", default_value_t = Self::default().tolerance, value_parser = within::<0, 100>)]
    pub tolerance: f32,
    /// Gaps in the outline up to this many pixels wide keep the background out; for line art
    #[arg(long = "close-gaps", alias = "gap-px", value_name = "PX")]
    #[arg(default_value_t = Self::default().gap_px, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub gap_px: u32,
    /// Also remove what has the background's colour inside the character, as between an arm and the body
    #[arg(long)]
    pub holes: bool,
    /// Dots and holes of fewer pixels than this are taken for noise
    #[arg(long = "specks", alias = "specks-px", value_name = "PIXELS", default_value_t = Self::default().specks_px)]
    pub specks_px: u32,
    /// Width in pixels over which the edge fades out
    #[arg(long = "feather", alias = "feather-px", value_name = "PX")]
    #[arg(default_value_t = Self::default().feather_px, value_parser = within::<0, 100>)]
    pub feather_px: f32,
    /// Leave the edge's pixels as they are, with what they have of the background's colour
    #[arg(long)]
    pub keep_fringe: bool,
}

impl Default for Cutout {
    fn default() -> Self {
        Self {
            method: Method::Flood,
            tolerance: 4.0,
            gap_px: 2,
            holes: false,
            specks_px: 12,
            feather_px: 0.0,
            keep_fringe: false,
        }
    }
}

/// A number between two bounds, as clap reads it.
fn within<const LOW: i32, const HIGH: i32>(text: &str) -> Result<f32, String> {
    match text.trim().parse::<f32>() {
        Ok(value) if (LOW as f32..=HIGH as f32).contains(&value) => Ok(value),
        _ => Err(format!("a number from {LOW} to {HIGH}")),
    }
}

/// Why a drawing can't be cut out.
#[derive(Debug, thiserror::Error)]
pub enum MattingError {
    /// Strokes made on another picture.
    #[error("the strokes are {marks_px} pixels and the drawing is {picture_px}: paint them on a copy of the drawing")]
    MarksSize {
        /// Width × height of the strokes.
        marks_px: String,
        /// Width × height of the drawing.
        picture_px: String,
    },
    /// Nothing says what the character is.
    #[error("no stroke marks the character: paint green or blue strokes on it, red ones on the background")]
    NoForeground,
    /// The user stopped it.
    #[error("stopped")]
    Cancelled,
}

/// What a look at the result says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Something went and something stayed.
    CutOut,
    /// The background was not found.
    NothingRemoved,
    /// The character went with the background.
    NothingLeft,
}

impl Verdict {
    /// Compares a drawing and its cut-out.
    pub fn of(drawing: &Picture, cut_out: &Picture) -> Self {
        let cover = |picture: &Picture| picture.pixels.iter().map(|p| u64::from(p[3])).sum::<u64>() as f64;
        let (before, after) = (cover(drawing), cover(cut_out));
        match () {
            () if after > 0.999 * before => Self::NothingRemoved,
            () if after < 0.001 * before => Self::NothingLeft,
            () => Self::CutOut,
        }
    }

    /// What to do about it, for the user; `None` where nothing is wrong.
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::CutOut => None,
            Self::NothingRemoved => Some(
                "nothing was removed: the background has too many colours or none of them reaches the border. \
                 Raise the tolerance or mark background and character with strokes",
            ),
            Self::NothingLeft => Some(
                "nothing is left: the character has the background's colours or its outline is open. \
                 Lower the tolerance, close wider gaps or mark background and character with strokes",
            ),
        }
    }
}

/// The drawing with everything but the character transparent. `marks` are the user's strokes, of the drawing's size: for
/// [`Method::Flood`] they add to what is found, for [`Method::Watershed`] they are where it begins; without strokes on the
/// background the border is taken. Transparency that was there is kept.
///
/// Memory is a few bytes a pixel, time in proportion to the pixels.
///
/// # Errors
/// Strokes of another size or, for the watershed, none on the character; cancelled.
pub fn cut_out(
    drawing: &Picture,
    settings: &Cutout,
    marks: &Marks,
    progress: &dyn Progress,
) -> Result<Picture, MattingError> {
    let size = |width: u32, height: u32| format!("{width}×{height}");
    if !marks.fits(drawing) {
        let (marks_px, picture_px) = (size(marks.width_px, marks.height_px), size(drawing.width_px, drawing.height_px));
        return Err(MattingError::MarksSize { marks_px, picture_px });
    }
    if drawing.pixels.is_empty() {
        return Ok(drawing.clone());
    }
    let mut mask = match settings.method {
        Method::Flood => flood::flood(drawing, settings, marks, progress)?,
        Method::Watershed => watershed::watershed(drawing, marks, progress)?,
    };
    let erased = mask.inside.iter_mut().zip(&marks.marks).filter(|(_, mark)| **mark == Mark::Erased);
    erased.for_each(|(inside, _)| *inside = false);
    edge::finish(drawing, &mask, marks, settings, progress)
}

/// Ends a long loop once the user asked to stop.
fn go_on(progress: &dyn Progress) -> Result<(), MattingError> {
    if progress.cancelled() { Err(MattingError::Cancelled) } else { Ok(()) }
}

#[cfg(test)]
mod tests;

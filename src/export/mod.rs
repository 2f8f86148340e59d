//! Frames leave the house: as numbered pictures, animations, videos, sprite sheets and exposure sheets.
//!
//! ```text
//! painted frames ─→ kept (PNG files that know what they show) ─→ Pictures ─→ Sink ─→ files for other programs
//! ```
//!
//! Painting takes seconds a frame, encoding next to nothing: so what is painted is kept first ([`kept`]), by a thread beside
//! ([`keeper`]), and whatever is made of it is a second step over those files ([`Pictures`] into a [`Sink`]). No sink's memory grows with the number
//! of frames, but for a sprite sheet's page.

mod animated;
mod apng;
mod bleed;
mod change;
mod error;
mod gif;
pub mod keeper;
pub mod kept;
mod kind;
mod name;
mod pictures;
mod png;
mod purpose;
mod rate;
mod sequence;
mod sprites;
mod video;
mod webp;
mod xdts;

pub use bleed::bleed;
pub use error::ExportError;
pub use kind::Kind;
pub use name::FrameName;
pub use pictures::Pictures;
pub use purpose::Purpose;
pub use rate::Rate;
pub use video::ffmpeg_is_there;

use crate::picture::{Colour, Picture};
use crate::progress::Progress;
use std::path::{Path, PathBuf};

/// What all frames of an export share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// What it is called in files that name it.
    pub name: String,
    /// Width of every frame in pixels.
    pub width_px: u32,
    /// Height of every frame in pixels.
    pub height_px: u32,
    /// How many frames a second.
    pub rate: Rate,
    /// How many frames there will be, at least one.
    pub frames: usize,
    /// They show the same from so many directions, one after the other; 1: they are one clip.
    pub directions: usize,
}

impl Clip {
    /// Frames of one direction.
    fn per_direction(&self) -> usize {
        (self.frames / self.directions.max(1)).max(1)
    }

    /// What the frames from a direction are called: the clip's name, with degrees if there are more.
    fn seen_from(&self, direction: usize) -> String {
        if self.directions > 1 { turned_name(&self.name, direction, self.directions) } else { self.name.clone() }
    }
}

/// What frames are called that are seen from one of several directions round a figure: `hero-045` is an eighth further than
/// `hero-000`.
pub fn turned_name(name: &str, direction: usize, directions: usize) -> String {
    format!("{name}-{:03}", 360 * direction / directions.max(1))
}

/// Where frames go, one after the other. Dropped before it is finished, nothing was ever there.
pub trait Sink {
    /// The next frame, of the clip's size.
    ///
    /// # Errors
    /// A frame of another size; what the file system or another program says.
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError>;

    /// That was the last one.
    ///
    /// # Errors
    /// What the file system or another program says.
    fn finish(self: Box<Self>) -> Result<Exported, ExportError>;
}

/// What became of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// The files, the one that was asked for first.
    pub files: Vec<PathBuf>,
    /// What the user should know, a sentence each.
    pub notes: Vec<String>,
}

/// A sound file under a video.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// Where it is.
    pub file: PathBuf,
    /// When it begins, seconds after the first frame; negative: so much of it is over by then.
    pub begins_s: f64,
}

/// How frames are exported.
#[derive(Clone, Debug)]
pub struct Options {
    /// As what.
    pub kind: Kind,
    /// What they are laid on; `None`: they keep their transparency, where the kind has any (else white).
    pub background: Option<Colour>,
    /// What is heard, for videos.
    pub sound: Option<Sound>,
    /// What is there may be replaced.
    pub overwrite: bool,
    /// The pictures show the same clip from so many directions, one after the other; 1 as ever.
    pub directions: usize,
}

/// Exports all pictures to `target`, a file or a folder as its kind has it. Each is one frame.
///
/// # Errors
/// A target that is taken; pictures that can't be read or differ in size; a program that is missing; a disk that is
/// full; stopped.
pub fn export(
    pictures: &Pictures,
    (name, rate): (&str, Rate),
    target: &Path,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Exported, ExportError> {
    let first = pictures.open(0)?;
    let (width_px, height_px) = (first.width_px, first.height_px);
    let clip = Clip {
        name: name.to_owned(),
        width_px,
        height_px,
        rate,
        frames: pictures.len(),
        directions: options.directions,
    };
    let seen = |picture: Result<Picture, ExportError>| picture.map(|picture| options.seen(picture));
    let mut samples = pictures.samples(progress).map(seen);
    let mut sink = options.kind.begin(&clip, target, options, &mut samples)?;
    progress.stage("encoding frames", pictures.len() as u64);
    for i in 0..pictures.len() {
        if progress.cancelled() {
            return Err(ExportError::Stopped);
        }
        let picture = pictures.open(i)?;
        if [picture.width_px, picture.height_px] != [width_px, height_px] {
            return Err(ExportError::Size {
                path: pictures.path(i).to_owned(),
                has_px: [picture.width_px, picture.height_px],
                first_px: [width_px, height_px],
            });
        }
        sink.frame(&options.seen(picture))?;
        progress.advance(1);
    }
    progress.stage(&format!("finishing {}", options.kind.about()), 0);
    sink.finish()
}

impl Options {
    /// A picture as it is exported.
    fn seen(&self, mut picture: Picture) -> Picture {
        let opaque = (!self.kind.has_alpha()).then_some(Colour::WHITE);
        if let Some(colour) = self.background.or(opaque) {
            colour.under(&mut picture);
        }
        picture
    }
}

#[cfg(test)]
mod tests;

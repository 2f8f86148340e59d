//! Motions: clips that answer which pose holds at which time, read from other programs' files, fitted to figures, changed
//! and written.
//!
//! A [`Clip`] comes from [`load()`], keeps the rate of its file and is worked out where it is asked. What changes a clip
//! ([`edit`], [`fit`]) makes a [`Take`] of it first: one pose a frame. A VMD file plays on MMD's models as MMD plays it
//! ([`Clip::native`]), and through MMD's rest on all others. A [`Performance`] is a clip on one figure, and [`Keys`] are
//! poses that somebody keyed, by themselves or over it.

pub mod bvh;
mod clip;
pub mod edit;
mod fade;
mod feet;
mod fit;
pub mod frames;
mod gltf;
mod keys;
pub mod library;
pub mod load;
mod name_map;
mod parts;
mod performance;
mod skeleton;
mod smooth;
mod take;
#[cfg(test)]
mod tests;
pub mod vmd;
pub mod vrma;

pub use clip::{Clip, Native};
pub use edit::Edits;
pub use fade::CrossFade;
pub use feet::Contact;
pub use fit::fit;
pub use frames::Frames;
pub use keys::{Ease, Key, Keys, LAST_FRAME, stretched};
pub use load::{MotionFile, load, load_with};
pub use name_map::NameMap;
pub use parts::{Part, Parts};
pub use performance::{Moment, Performance};
pub use take::Take;

use std::path::PathBuf;

/// Why a motion can't be used. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MotionError {
    /// The file can't be read or written.
    #[error("can't {verb} the motion {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes contradict the format.
    #[error("{path} is no usable motion: {what}. Export or download it again", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was wrong, lower case, no full stop.
        what: String,
    },
    /// A sound file that holds no motion that Settei could use.
    #[error("{path} can't be used as a motion: {what}", path = path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it is or lacks, and the remedy.
        what: String,
    },
    /// The glTF file can't be read.
    #[error(transparent)]
    Gltf(#[from] crate::figure::FigureError),
    /// The file has no clip of that name.
    #[error("{path} has no clip called `{wanted}`: it has {there}", path = path.display())]
    NoClip {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        wanted: String,
        /// The clips' names.
        there: String,
    },
    /// The clip has more frames than can be changed or written.
    #[error("the clip `{name}` has {frames} frames, and {most} can be changed or written at once: cut a part out (--crop A-B) or take fewer a second (--fps N)",
        most = take::MOST_FRAMES)]
    TooLong {
        /// The clip.
        name: String,
        /// Its length.
        frames: u64,
    },
    /// What was asked of a clip makes no sense.
    #[error("{0}")]
    Wrong(String),
}

//! Sound that goes with a motion: read from files, seen as a wave form, and heard in builds with the feature `sound`.
//!
//! A [`Decoder`] gives a file's samples one block after the other, and nothing here holds more of it than that. A [`Wave`]
//! is what is drawn of it, and the `Speaker` plays it from wherever a playhead is.

mod decoder;
#[cfg(feature = "sound")]
mod speaker;
#[cfg(test)]
#[allow(unreachable_pub)] // The window's tests have it, too.
#[path = "../../tests/common/wav.rs"]
pub(crate) mod wav;
mod wave;

pub use decoder::{Block, Decoder};
#[cfg(feature = "sound")]
pub use speaker::{Heard, Speaker};
pub use wave::Wave;

use crate::files::formats::{self, Format};
use std::path::{Path, PathBuf};

/// Nothing later than this is read of a file, seconds: no motion is longer.
pub const LONGEST_S: f64 = 3600.0;

/// Kinds of sound files.
pub const FORMATS: &[Format<()>] = &[
    Format { name: "WAV", extensions: &["wav"], self_contained: true, reader: () },
    Format { name: "MP3", extensions: &["mp3"], self_contained: true, reader: () },
    Format { name: "Ogg Vorbis", extensions: &["ogg", "oga"], self_contained: true, reader: () },
    Format { name: "FLAC", extensions: &["flac"], self_contained: true, reader: () },
];

/// A file that is a sound by the ending of its name.
pub fn by_name(path: &Path) -> bool {
    formats::by_name(FORMATS, path).is_some()
}

/// Why a sound can't be used. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// The file can't be read.
    #[error("can't read the sound {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is no sound that Settei reads, or a damaged one.
    #[error("{path} is no usable sound: {what}. Save it as {kinds}", path = path.display(), kinds = formats::names(FORMATS))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What was wrong, lower case, no full stop.
        what: String,
    },
    /// Somebody asked to stop.
    #[error("stopped")]
    Stopped,
    /// There is nothing to hear it by.
    #[error("sound can't be heard here: {0}")]
    NoOutput(String),
}

//! The sound that goes with what moves.

use crate::text;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A sound file beside the frames: seen and heard in the window, and part of exported videos.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SoundTrack {
    /// Where it is.
    pub file: PathBuf,
    /// When it begins, seconds after frame 0 (before it where negative): it stays there whatever frames a second there are.
    #[serde(default)]
    pub begins_s: f64,
}

impl SoundTrack {
    /// One that begins with frame 0.
    pub fn new(file: PathBuf) -> Self {
        Self { file, begins_s: 0.0 }
    }

    /// The same at another time, to the microsecond, which is what a file keeps to the last bit; within the hour that sounds
    /// and motions may last.
    pub fn at(&self, begins_s: f64) -> Self {
        Self { file: self.file.clone(), begins_s }.sane()
    }

    /// What it is called on screen, on one line.
    pub fn name(&self) -> String {
        text::line(&self.file.file_name().unwrap_or_default().to_string_lossy()).into_owned()
    }

    /// With numbers that can be used.
    pub(super) fn sane(self) -> Self {
        let most = crate::sound::LONGEST_S;
        let begins_s = if self.begins_s.is_finite() { self.begins_s.clamp(-most, most) } else { 0.0 };
        Self { begins_s: (begins_s * 1e6).round() / 1e6, ..self }
    }
}

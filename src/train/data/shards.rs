//! The files of a data set: tar archives, numbered, in two halves.

use std::io;
use std::path::{Path, PathBuf};

/// Which half of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// To learn from.
    Train,
    /// To measure by.
    HeldOut,
}

impl Split {
    /// Both.
    pub const ALL: [Split; 2] = [Split::Train, Split::HeldOut];

    /// As in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::HeldOut => "held-out",
        }
    }

    /// Where a shard of this half lies.
    pub fn shard(self, folder: &Path, number: u32) -> PathBuf {
        folder.join(format!("{}-{number:05}.tar", self.name()))
    }

    /// The shards of this half that are there, by number.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn shards(self, folder: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let number = name.strip_prefix(self.name()).and_then(|n| n.strip_prefix('-')?.strip_suffix(".tar"));
            if let Some(number) = number.and_then(|n| n.parse().ok()) {
                found.push((number, path));
            }
        }
        found.sort();
        Ok(found)
    }
}

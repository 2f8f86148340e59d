//! Pictures of characters together with their UDPs on disk, as training programs read them: shards in the form of
//! WebDataset (<https://github.com/webdataset/webdataset>), tar archives whose members belong together by their names up
//! to the first dot.
//!
//! ```text
//! FOLDER/data-set.json        what it is made of; the same on all machines that make parts of it
//! FOLDER/train-00000.tar      00000123-04.png   the drawing, straight alpha
//!                             00000123-04.npz   its UDP: one float32 array `i`, height × width × 4
//!                             00000123-04.json  character, view, pose, camera
//! FOLDER/held-out-00000.tar   the same of other characters, one for sixteen
//! ```
//!
//! A shard is a function of the plan and its number alone. So parts of one set can be made on many machines, and what was
//! interrupted goes on where it stopped: shards that are there are left as they are.

mod make;
mod review;
mod scene;

pub use make::{Made, make};
pub use review::{Contents, Part, check, info};

use crate::example::ExampleError;
use crate::files;
use crate::raster::{RasterError, SubjectError};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Of so many characters one is held out.
pub const SPLIT: u64 = 17;

/// What a set is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    /// Of this form; another one is another number.
    pub version: u32,
    /// Everything that is drawn by lot is drawn from this.
    pub seed: u64,
    /// Groups of [`SPLIT`] characters in a shard.
    pub groups: u32,
    /// Pictures of each character.
    pub views: u32,
    /// Width and height of the pictures, pixels.
    pub size_px: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { version: 1, seed: 1, groups: 4, views: 12, size_px: 256 }
    }
}

/// Which half of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Where the character of this number belongs.
    pub fn of(character: u64) -> Self {
        if character % SPLIT == SPLIT - 1 { Self::HeldOut } else { Self::Train }
    }
}

impl Plan {
    const FILE: &str = "data-set.json";
    /// No plan comes near this.
    const LARGEST_BYTES: u64 = 1 << 16;

    /// The characters of a shard.
    fn characters(&self, shard: u32, split: Split) -> impl Iterator<Item = u64> + use<> {
        let each = SPLIT * u64::from(self.groups);
        let first = u64::from(shard) * each;
        (first..first + each).filter(move |&character| Split::of(character) == split)
    }

    /// Where a shard lies.
    fn path(folder: &Path, shard: u32, split: Split) -> PathBuf {
        folder.join(format!("{}-{shard:05}.tar", split.name()))
    }

    /// The plan of the set in `folder`.
    ///
    /// # Errors
    /// A folder that holds none; a damaged or newer one.
    pub fn load(folder: &Path) -> Result<Self, DatasetError> {
        let path = folder.join(Self::FILE);
        let bytes = files::read(&path, Self::LARGEST_BYTES).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => DatasetError::None { path: folder.to_owned() },
            _ => DatasetError::Read { path: path.clone(), source },
        })?;
        let plan: Self = serde_json::from_slice(&bytes)
            .map_err(|error| DatasetError::Plan { path: path.clone(), what: error.to_string() })?;
        plan.check().map_err(|what| DatasetError::Plan { path, what })?;
        Ok(plan)
    }

    /// Looks whether all numbers are such that a set comes of them.
    ///
    /// # Errors
    /// The first that isn't, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.version != 1 {
            return Err(format!("it is of version {}, and this Settei makes and reads version 1", self.version));
        }
        for (name, value, least, most) in
            [("groups", self.groups, 1, 1000), ("views", self.views, 1, 1000), ("size-px", self.size_px, 32, 1024)]
        {
            if !(least..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be {least} to {most}"));
            }
        }
        Ok(())
    }
}

/// Why a data set can't be made or read. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// Nothing there.
    #[error("{path} holds no data set; make one by `settei dataset make`", path = path.display())]
    None {
        /// The folder.
        path: PathBuf,
    },
    /// A plan that can't be used.
    #[error("{path} can't be used: {what}", path = path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        what: String,
    },
    /// The folder is another set's.
    #[error(
        "{path} holds a data set of other settings; choose another folder, or the settings in its data-set.json",
        path = path.display()
    )]
    Other {
        /// The folder.
        path: PathBuf,
    },
    /// A file can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file can't be written.
    #[error("can't write {path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A shard that isn't what was written.
    #[error("{path} is damaged: {what}; delete it and make it again", path = path.display())]
    Damaged {
        /// The shard.
        path: PathBuf,
        /// What was wrong.
        what: String,
    },
    /// Drawing.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// Drawing.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// Drawing.
    #[error(transparent)]
    Example(#[from] ExampleError),
    /// The user stopped it.
    #[error("stopped; the same command goes on where this one ended")]
    Cancelled,
}

//! Pictures of characters on disk, as training programs read them: shards in the form of WebDataset
//! (<https://github.com/webdataset/webdataset>), tar archives whose members belong together by their names up to the first
//! dot.
//!
//! ```text
//! FOLDER/data-set.json        what it is made of; the same on all machines that make parts of it
//! FOLDER/train-00000.tar      what is learned from
//! FOLDER/held-out-00000.tar   the same of other characters, or in other poses, to measure by
//!
//! with UDPs ([`Plan`])                                    with keypoints ([`PosedSet`])
//! 00000123-04.png   the drawing, straight alpha           00012-00345.png   the picture, on white
//! 00000123-04.npz   its UDP: one float32 array `i`,       00012-00345.json  who, view, and the points of the body:
//!                   height × width × 4                                      name, place, visible
//! 00000123-04.json  character, view, pose, camera
//! ```
//!
//! A shard is a function of the plan and its number alone. So parts of one set can be made on many machines, and what was
//! interrupted goes on where it stopped: shards that are there are left as they are.

mod make;
mod posed;
mod review;
mod udps;

pub use crate::train::data::Split;
pub use make::{Made, make};
pub use posed::{PosedPlan, PosedSet, SHARD};
pub use review::{Contents, Part, check, info};
pub use udps::{Plan, SPLIT};

use crate::files;
use crate::raster::{RasterError, SubjectError};
use crate::train::TrainError;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// What a set is made of.
const FILE: &str = "data-set.json";
/// No such file comes near this.
const LARGEST_BYTES: u64 = 1 << 20;

/// What a set of whatever kind is made of, as its folder keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Kind {
    /// Drawings with their UDPs.
    Udps(Plan),
    /// Pictures with keypoints.
    Posed(PosedPlan),
}

impl Kind {
    /// That of the set in `folder`.
    ///
    /// # Errors
    /// A folder that holds none; a damaged or newer one.
    pub fn load(folder: &Path) -> Result<Self, DatasetError> {
        let path = folder.join(FILE);
        let bytes = files::read(&path, LARGEST_BYTES).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => DatasetError::None { path: folder.to_owned() },
            _ => DatasetError::Read { path: path.clone(), source },
        })?;
        let damaged = |error: serde_json::Error| DatasetError::Plan { path: path.clone(), what: error.to_string() };
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        // Read as what it is meant to be, so that the message tells what is wrong with that.
        Ok(match value.get("keypoints") {
            Some(_) => Self::Posed(serde_json::from_value(value).map_err(damaged)?),
            None => Self::Udps(serde_json::from_value(value).map_err(damaged)?),
        })
    }

    /// How it is made.
    fn recipe(&self) -> Result<Box<dyn Recipe>, DatasetError> {
        Ok(match self {
            Self::Udps(plan) => Box::new(plan.clone()),
            Self::Posed(plan) => Box::new(PosedSet::there(plan.clone())?),
        })
    }
}

/// A file in a shard: its name and what it holds.
type Member = (String, Vec<u8>);

/// How the shards of a set come to be.
pub trait Recipe: Sync {
    /// What the set is made of.
    fn kind(&self) -> Kind;

    /// Looks whether all numbers are such that a set comes of them.
    ///
    /// # Errors
    /// The first that isn't, in words.
    fn check(&self) -> Result<(), String>;

    /// The numbers of what is in a shard: each is drawn by itself.
    fn parts(&self, shard: u32, split: Split) -> Vec<u64>;

    /// What the files of a part are called.
    fn names(&self, split: Split, part: u64) -> Vec<String>;

    /// Draws a part: names and contents of its files.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    fn draw(&self, split: Split, part: u64) -> Result<Vec<(String, Vec<u8>)>, DatasetError>;

    /// Whether all is there that drawing a part takes.
    fn can_draw(&self, _split: Split, _part: u64) -> bool {
        true
    }

    /// Looks at one file alone.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn sound(&self, name: &str, bytes: &[u8]) -> Result<(), String>;
}

fn check_version(version: u32) -> Result<(), String> {
    match version {
        1 => Ok(()),
        _ => Err(format!("it is of version {version}, and this Settei makes and reads version 1")),
    }
}

/// Width and height of a drawing.
fn drawing_px(png: &[u8]) -> Result<[u32; 2], String> {
    let picture = image::load_from_memory_with_format(png, image::ImageFormat::Png).map_err(|e| e.to_string())?;
    Ok([picture.width(), picture.height()])
}

fn check_size([width, height]: [u32; 2], size_px: u32) -> Result<(), String> {
    match [width, height] == [size_px; 2] {
        true => Ok(()),
        false => Err(format!("it has {width}×{height} pixels instead of {size_px}×{size_px}")),
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
    Posed(#[from] TrainError),
    /// A picture that can't be written as one.
    #[error("{name} can't be written: {source}")]
    Encode {
        /// What it was to be called.
        name: String,
        /// What the encoder said.
        source: io::Error,
    },
    /// The user stopped it.
    #[error("stopped; the same command goes on where this one ended")]
    Cancelled,
}

impl DatasetError {
    fn encoding(name: &str) -> impl FnOnce(io::Error) -> Self {
        let name = name.to_owned();
        |source| Self::Encode { name, source }
    }
}

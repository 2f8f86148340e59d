//! Weight files, whatever graph they are of: PyTorch's `.pth`, one for each part of the graph, in a folder; or one
//! `.safetensors`.
//!
//! A graph says what it asks for ([`Graph`]), and files are held to that as a value ([`Schema`]). Weights come from
//! strangers, so all are read as data: nothing in them is ever run, and what does not fit is refused with a sentence.

mod convert;
mod error;
mod file;
mod folder;
mod info;
mod pickle;
mod problems;
mod pth;
mod safetensors;
mod schema;
mod shipped;
mod tuning;

pub use convert::{convert, write};
pub use error::WeightError;
pub use file::WeightFile;
pub use folder::in_folder;
pub use info::{WeightInfo, identify, inspect, inspect_shipped};
pub use problems::Problems;
pub use schema::{Schema, asked};
pub use shipped::{Shipped, WeightSource, shipped};
pub use tuning::{Tuning, write_tuning};

use crate::files::formats::{self, Format};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A kind of network, as its weight files have it.
pub trait Graph {
    /// What our files call it, and projects.
    const NAME: &'static str;

    /// The version that this program writes, and the newest it reads.
    const VERSION: u32;

    /// The parts, in the order they run: tensors are called `PART.KEY`, and a folder of PyTorch's files has a
    /// `PART.pth` of each.
    const PARTS: &'static [&'static str];

    /// Asks for every tensor of a complete file, those included that never run.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    fn ask(weights: &VarBuilder) -> candle_core::Result<()>;
}

/// How a form that weights come in is read.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// One file holds the whole graph; otherwise a folder holds a file for each part.
    pub whole: bool,
    /// Reads a file's table of contents.
    contents: fn(&Path) -> Result<Contents, WeightError>,
}

const SAFETENSORS: Format<Reader> = Format {
    name: "safetensors",
    extensions: &["safetensors"],
    self_contained: true,
    reader: Reader { whole: true, contents: safetensors::contents },
};

const PYTORCH: Format<Reader> = Format {
    name: "PyTorch",
    extensions: &["pth", "pt"],
    self_contained: false,
    reader: Reader { whole: false, contents: pth::contents },
};

/// Every form; what has another name is taken for the first.
pub static FORMATS: &[Format<Reader>] = &[SAFETENSORS, PYTORCH];

/// The form that the file's name speaks of.
pub fn by_name(path: &Path) -> Option<&'static Format<Reader>> {
    formats::by_name(FORMATS, path)
}

/// How the names of weight files end, without dot.
pub fn extensions() -> Vec<&'static str> {
    formats::extensions(FORMATS)
}

/// What a file says of itself.
struct Contents {
    /// The graph's name and version, where it says so.
    graph: Option<String>,
    version: Option<String>,
    /// Of changes to weights: the fingerprint of those that they belong to.
    of: Option<String>,
    tensors: Vec<(String, Stored)>,
}

/// How numbers are stored in a weight file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightType {
    /// 32-bit floats, as published
    F32,
    /// 16-bit floats: half the size, 3 decimal digits
    F16,
    /// 16-bit floats with the range of 32-bit ones, 2 decimal digits
    Bf16,
}

impl WeightType {
    /// How many bytes a number takes.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    fn to_f32(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F32 => bytes.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
            Self::F16 => bytes.as_chunks().0.iter().map(|&b| half::f16::from_le_bytes(b).to_f32()).collect(),
            Self::Bf16 => bytes.as_chunks().0.iter().map(|&b| half::bf16::from_le_bytes(b).to_f32()).collect(),
        }
    }

    fn to_bytes(self, values: &[f32]) -> Vec<u8> {
        match self {
            Self::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::F16 => values.iter().flat_map(|&v| half::f16::from_f32(v).to_le_bytes()).collect(),
            Self::Bf16 => values.iter().flat_map(|&v| half::bf16::from_f32(v).to_le_bytes()).collect(),
        }
    }
}

/// One tensor in a file: what it is, and where its bytes are.
#[derive(Clone, Debug, PartialEq)]
struct Stored {
    kind: Kind,
    shape: Vec<usize>,
    /// How many values lie between neighbours along each dimension.
    strides: Vec<usize>,
    /// Where its first value's bytes begin in the file.
    offset: u64,
}

/// The type of a stored tensor's values.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Readable(WeightType),
    /// Something no weight is made of, by name.
    Other(String),
}

impl Kind {
    fn name(&self) -> String {
        match self {
            Self::Readable(WeightType::F32) => "f32".into(),
            Self::Readable(WeightType::F16) => "f16".into(),
            Self::Readable(WeightType::Bf16) => "bf16".into(),
            Self::Other(name) => name.clone(),
        }
    }
}

/// How many values a tensor of this shape has, if that is a number at all.
fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n))
}

/// The strides of a tensor without gaps, last dimension fastest.
fn contiguous(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1_usize; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i].saturating_mul(shape[i]);
    }
    strides
}

//! Weight files: the authors' four `.pth` in a folder, or one `.safetensors` of our own.
//!
//! Weights come from strangers, so both are read as data: nothing in them is ever run, and what does not fit is
//! refused with a sentence.

mod convert;
mod file;
mod pickle;
mod problems;
mod pth;
mod safetensors;
mod schema;

pub use convert::convert;
pub(in crate::conr) use convert::write_made_up;
pub use file::WeightFile;
pub use problems::Problems;
pub use schema::schema;
pub(super) use schema::used;

use super::{ConrError, detector, pose_encoder, rgba_decoder, shader};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What kind of network the tensors are of, as written in our files.
pub const GRAPH: &str = "conr";

/// The version of [`GRAPH`] that this program writes, and the newest it reads.
pub const VERSION: u32 = 1;

/// The networks, in the order they run; a folder of the authors' has a `NAME.pth` of each.
pub const NETWORKS: [&str; 4] = [detector::NAME, pose_encoder::NAME, shader::NAME, rgba_decoder::NAME];

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

/// What `settei weights info` shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightInfo {
    /// The file or folder.
    pub path: PathBuf,
    /// What kind of network it is of.
    pub graph: String,
    /// The version of that graph.
    pub version: u32,
    /// How many tensors there are.
    pub tensors: usize,
    /// How many numbers they have together.
    pub parameters: u64,
    /// How many tensors there are of each type.
    pub types: BTreeMap<String, usize>,
    /// Tensors and parameters of each network.
    pub networks: BTreeMap<String, (usize, u64)>,
    /// What doesn't fit, if anything.
    pub problems: Option<Problems>,
}

/// Looks at a weight file without loading it.
///
/// # Errors
/// It cannot be read, or holds no weights. Tensors that don't fit are no error here: [`WeightInfo::problems`].
pub fn inspect(path: &Path) -> Result<WeightInfo, ConrError> {
    let file = WeightFile::open(path)?;
    let problems = file.problems()?;
    let mut info = WeightInfo {
        path: path.to_owned(),
        graph: GRAPH.into(),
        version: file.version(),
        tensors: 0,
        parameters: 0,
        types: BTreeMap::new(),
        networks: BTreeMap::new(),
        problems: (!problems.is_empty()).then_some(problems),
    };
    for (name, stored) in file.tensors() {
        let parameters = count(&stored.shape).unwrap_or(0) as u64;
        let network = name.split('.').next().unwrap_or(name);
        let of_network = info.networks.entry(network.into()).or_default();
        *of_network = (of_network.0 + 1, of_network.1 + parameters);
        *info.types.entry(stored.kind.name()).or_default() += 1;
        info.tensors += 1;
        info.parameters += parameters;
    }
    Ok(info)
}

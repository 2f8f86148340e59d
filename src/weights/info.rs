//! What is in a file, and which graph it is of.

use super::{Problems, Schema, Shipped, WeightError, WeightFile, count};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `settei weights info` shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightInfo {
    /// The file or folder.
    pub path: PathBuf,
    /// The graph it is of, or comes nearest to.
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

/// The file, and which of the `known` graphs it is of: one that it fits, else the one that it comes nearest to.
///
/// # Errors
/// It can't be read, or holds no weights.
pub fn identify<'a>(path: &Path, known: &'a [Schema]) -> Result<(&'a Schema, WeightFile), WeightError> {
    // A file that names a graph we know is held to that one alone.
    let named = WeightFile::named_graph(path).filter(|named| known.iter().any(|schema| schema.graph == *named));
    let mut nearest: Option<(usize, &Schema, WeightFile)> = None;
    let mut refused: Option<(usize, WeightError)> = None;
    for schema in known.iter().filter(|schema| named.as_ref().is_none_or(|named| *named == schema.graph)) {
        match WeightFile::open(path, schema) {
            Ok(file) => {
                let away = file.problems(schema).count();
                if nearest.as_ref().is_none_or(|(least, ..)| away < *least) {
                    nearest = Some((away, schema, file));
                }
            }
            // A folder says most about the graph of which it has the most parts.
            Err(error) => {
                let there = schema.parts.iter().filter(|part| path.join(format!("{part}.pth")).exists()).count();
                if refused.as_ref().is_none_or(|(most, _)| there > *most) {
                    refused = Some((there, error));
                }
            }
        }
    }
    match (nearest, refused) {
        (Some((_, schema, file)), _) => Ok((schema, file)),
        (None, Some((_, error))) => Err(error),
        (None, None) => Err(WeightError::no_weights(path, "no graph is known that it could be of")),
    }
}

/// Looks at a weight file without loading it; `known`: the graphs it may be of.
///
/// # Errors
/// It cannot be read, or holds no weights. Tensors that don't fit are no error here: [`WeightInfo::problems`].
pub fn inspect(path: &Path, known: &[Schema]) -> Result<WeightInfo, WeightError> {
    let (schema, file) = identify(path, known)?;
    Ok(told(path, schema, &file))
}

/// Looks at weights that are part of the program.
///
/// # Errors
/// They are of none of the `known` graphs.
pub fn inspect_shipped(shipped: &Shipped, known: &[Schema]) -> Result<WeightInfo, WeightError> {
    let (path, graph) = (shipped.path(), shipped.graph());
    let schema = known.iter().find(|schema| Some(schema.graph) == graph.as_deref());
    let schema = schema.ok_or_else(|| WeightError::no_weights(&path, "no graph is known that it could be of"))?;
    Ok(told(&path, schema, &WeightFile::built_in(shipped, schema)?))
}

fn told(path: &Path, schema: &Schema, file: &WeightFile) -> WeightInfo {
    let problems = file.problems(schema);
    let mut info = WeightInfo {
        path: path.to_owned(),
        graph: schema.graph.into(),
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
    info
}

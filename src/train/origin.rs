//! What a training begins from.

use super::TrainError;
use crate::weights::{Schema, WeightFile, shipped};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

/// Weights that a training begins from instead of anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Those that are part of the program.
    Shipped,
    /// Those in a file.
    File(PathBuf),
}

impl Origin {
    /// The tensors of a graph, or of its `kin`, which has the same ones.
    ///
    /// # Errors
    /// A file that can't be read or is another graph's; a program without weights.
    pub(super) fn values(
        &self,
        schema: &Schema,
        kin: Option<&Schema>,
    ) -> Result<BTreeMap<String, Vec<f32>>, TrainError> {
        let (file, schema) = match self {
            Self::File(path) => match (WeightFile::open(path, schema), kin) {
                (Err(_), Some(kin)) => (WeightFile::open(path, kin)?, kin),
                (file, _) => (file?, schema),
            },
            Self::Shipped => {
                let ours =
                    |schema: &Schema| shipped().iter().find(|file| file.graph().as_deref() == Some(schema.graph));
                let all = [Some(schema), kin];
                let mut found = all.into_iter().flatten().filter_map(|schema| Some((ours(schema)?, schema)));
                let (file, schema) = found.next().ok_or(TrainError::NoneShipped)?;
                (WeightFile::built_in(file, schema)?, schema)
            }
        };
        Ok(file.values(schema)?)
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shipped => f.write_str("shipped"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl FromStr for Origin {
    type Err = Infallible;

    /// `shipped`, or a path.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "shipped" { Self::Shipped } else { Self::File(text.into()) })
    }
}

//! What `settei experiment` tells.

use crate::experiments::{Outcome, Verdict};
use serde::{Deserialize, Serialize};

/// A row of the experiments' tables, and how it stands with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExperimentRow {
    /// Its name.
    pub row: String,
    /// What everything by lot follows from.
    pub seed: u64,
    /// Where its training lies, a folder.
    pub folder: String,
    /// What happens to it.
    pub stands: RowStands,
    /// Steps that are learned.
    pub steps_done: u64,
    /// All of them.
    pub steps: u64,
    /// Numbers that learn.
    pub parameters: usize,
    /// What it is worth, as far as that is known.
    pub outcomes: Vec<Outcome>,
}

/// How it stands with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowStands {
    /// It was asked for with `--plan`: nothing happens.
    Planned,
    /// It is looked whether it has to be learned, and then it is.
    Begun,
    /// It is learned and measured.
    Learned,
    /// It was asked to stop, and goes on when it is wanted again.
    Paused,
    /// Another process learns it.
    Elsewhere,
}

/// A table as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExperimentTable {
    /// Its name.
    pub table: String,
    /// What is compared.
    pub title: String,
    /// Rows of which some seed is not known yet.
    pub missing: usize,
    /// What is claimed, and what became of it.
    pub claims: Vec<(String, Verdict)>,
    /// Where it was written.
    pub files: Vec<String>,
}

//! The tables of the paper on CoNR, learned anew: trainings of the paper's renderer and its ablations, measured on characters
//! held out, beside the paper's figures.
//!
//! ```text
//! OUT/experiment.json         the budget: one a folder
//! OUT/runs/full-s1/           a training's folder, as any other: it can be looked at, paused and resumed
//! OUT/results/full-s1-n4.json what it is worth with sheets of four drawings, and .png: the first pictures
//! OUT/results/full-s1-n4-drawn.json the same in drawn pictures; -figures: of figures from files; -found: by
//!                             UDPs that a detector found
//! OUT/tables/1.md .csv .png   a table, and what its rows painted
//! ```
//!
//! Each training is a task of its own: machines may share the folder, or their `results` be put together afterwards.

mod budget;
mod gap;
mod lab;
pub mod openjd;
mod page;
mod pictures;
mod place;
pub mod psgan;
mod result;
mod runs;
mod spread;
mod strips;
mod tables;

pub use budget::Budget;
pub use lab::Lab;
pub use page::Filled;
pub use place::Learned;
pub use result::{Outcome, Shown, Who};
pub use runs::{RUNS, Run};
pub use spread::Verdict;
pub use tables::{Row, TABLES, Table, runs_of, views_of};

use crate::train::TrainError;
use std::path::{Path, PathBuf};

/// Why a table can't be filled. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// A training that can't be done.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A file can't be read or written.
    #[error("can't {verb} {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not what it is thought to be.
    #[error("{path} can't be used: {what}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why, and what to do.
        what: String,
    },
}

impl ExperimentError {
    fn io(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }

    fn file(path: &Path, what: impl std::fmt::Display) -> Self {
        Self::File { path: path.to_owned(), what: what.to_string() }
    }
}

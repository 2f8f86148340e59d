use super::Problems;
use std::io;
use std::path::{Path, PathBuf};

/// Why weights can't be had. Every message names the file.
#[derive(Debug, thiserror::Error)]
pub enum WeightError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file holds something other than weights.
    #[error("{}: {reason}", path.display())]
    NoWeights {
        /// Which.
        path: PathBuf,
        /// What was wrong with it, and what would be right.
        reason: String,
    },
    /// The tensors in the file are not those of the graph.
    #[error("{}: these weights don't fit the networks of {graph}; {problems}", path.display())]
    Misfit {
        /// The file or folder.
        path: PathBuf,
        /// The graph's name.
        graph: &'static str,
        /// Everything that doesn't fit.
        problems: Box<Problems>,
    },
    /// They take more memory than there is.
    #[error(
        "{} take about {needs_mib} MiB of memory, and {free_mib} MiB are free: close other programs, or keep the weights \
         in half the space (--storage f16)",
        path.display()
    )]
    Memory {
        /// The file or folder.
        path: PathBuf,
        /// What they take.
        needs_mib: u64,
        /// What there is.
        free_mib: u64,
    },
    /// The user asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A tensor operation failed.
    #[error("computing failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl WeightError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    pub(super) fn no_weights(path: &Path, reason: impl Into<String>) -> Self {
        Self::NoWeights { path: path.to_owned(), reason: reason.into() }
    }
}

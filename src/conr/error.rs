use super::weights::Problems;
use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong with weights and rendering.
#[derive(Debug, thiserror::Error)]
pub enum ConrError {
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
    /// The tensors in the file are not those of the networks.
    #[error("{}: these weights don't fit the networks; {problems}", path.display())]
    Misfit {
        /// The file or folder.
        path: PathBuf,
        /// Everything that doesn't fit.
        problems: Problems,
    },
    /// The device that was asked for cannot be used.
    #[error("{0}")]
    Device(String),
    /// The networks halve their images seven times.
    #[error("the working size must be a multiple of 128 pixels, not {0}")]
    Size(u32),
    /// There is nothing to learn the character from.
    #[error("the sheet has no drawings; give at least one cut-out picture of the character")]
    EmptySheet,
    /// The user asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A tensor operation failed.
    #[error("computing failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl ConrError {
    pub(super) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    pub(super) fn no_weights(path: &Path, reason: impl Into<String>) -> Self {
        Self::NoWeights { path: path.to_owned(), reason: reason.into() }
    }
}

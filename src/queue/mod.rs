//! The render queue: exports that wait for their turn, are worked on, or came to an end.
//!
//! Each is a folder: the project as it was when somebody asked ([`Wish`]), its painted frames, and what its process
//! tells. That process (`settei project job FOLDER`) holds the folder's lock and outlives the window; all that is between
//! the two is the folder. So nothing is lost when either dies: frames that were painted are kept, and the next process
//! goes on from there.

mod folder;
mod view;
mod wish;

pub use folder::{Claim, JobFolder, jobs_in};
pub use view::{JobReader, JobView, Standing};
pub use wish::Wish;

use std::path::{Path, PathBuf};

/// Why a job can't be read or changed. Every message names its folder.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The file system says so.
    #[error("can't {doing} {path}: {source}", path = path.display())]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its project can't be kept.
    #[error(transparent)]
    Project(#[from] crate::project::ProjectError),
    /// What it wants can't be understood.
    #[error("{path} is no job of the render queue: {why}", path = path.display())]
    Unusable {
        /// Its file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Another process works on it.
    #[error("another process works on {path}: wait for its end, or pause it in the window", path = path.display())]
    Held {
        /// Its folder.
        path: PathBuf,
    },
}

impl QueueError {
    fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing: "write", path, source }
    }

    fn reading(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing: "read", path, source }
    }
}

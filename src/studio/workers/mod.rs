//! Threads for what takes time. Asking one is quick and never blocks; answers are polled once a frame.

pub mod jobs;
pub mod mailbox;
pub mod painter;
pub mod stage;
mod wireframe;

pub use jobs::{Job, JobHandle, JobId, Jobs};
pub use painter::Painter;
pub use stage::Stage;

use super::events::Event;
use crate::files::watch::{Change, WatchedFiles, Watcher};

/// Everyone who works for the window.
pub struct Workers {
    /// Reading, writing and other errands, each in a thread of its own.
    pub jobs: Jobs,
    /// Draws the figure for the viewport.
    pub stage: Stage,
    /// Draws it for the comparison in the preview.
    pub mirror: Stage,
    /// Paints the character.
    pub painter: Painter,
    /// The sheet's files, watched.
    pub drawings: WatchedFiles,
    /// The tracing picture's file, watched.
    pub tracing: WatchedFiles,
    _watcher: Watcher,
}

impl Workers {
    /// Starts them; `wake` is called whenever an answer is there.
    pub fn new(wake: impl Fn() + Send + Sync + Clone + 'static) -> Self {
        let jobs = Jobs::new(wake.clone());
        let (tell, tell_tracing) = (jobs.sender(), jobs.sender());
        let watcher = Watcher::new();
        Self {
            drawings: watcher.files(move |change| {
                tell(match change {
                    Change::Written(path) => Event::Changed(path),
                    Change::Gone(path) => Event::Gone(path),
                });
            }),
            tracing: watcher.files(move |change| {
                if let Change::Written(path) = change {
                    tell_tracing(Event::TracingChanged(path));
                }
            }),
            _watcher: watcher,
            jobs,
            stage: Stage::new(wake.clone()),
            mirror: Stage::new(wake.clone()),
            painter: Painter::new(wake),
        }
    }
}

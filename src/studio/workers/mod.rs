//! Threads for what takes time. Asking one is quick and never blocks; answers are polled once a frame.

pub mod drawer;
pub mod ghosts;
pub mod jobs;
mod latest;
pub(super) mod learner;
pub mod maker;
pub mod painter;
pub mod paths;
pub mod renders;
pub mod trainings;

pub use drawer::FigureDrawer;
pub use jobs::{Job, JobHandle, JobId, Jobs};
pub use latest::Latest;
pub use maker::{StandInMaker, StandInRequest};
pub use paths::{MotionPath, PathRequest, Paths};
pub use renders::Renders;
pub use trainings::{Training, Trainings};

use super::events::Event;
use crate::engine::live::LivePainter;
use crate::files::watch::{Change, WatchedFiles, Watcher};

/// Everyone who works for the window.
pub struct Workers {
    /// Reading, writing and other errands, each in a thread of its own.
    pub jobs: Jobs,
    /// Draws the figure for the viewport.
    pub viewport: FigureDrawer,
    /// Draws it for the comparison in the preview.
    pub mirror: FigureDrawer,
    /// Draws it for the puppet's window.
    pub puppet: FigureDrawer,
    /// Works out the ways of joints.
    pub paths: Paths,
    /// Plays the project's sound.
    #[cfg(feature = "sound")]
    pub(super) speaker: crate::sound::Speaker,
    /// Makes stand-ins.
    pub stand_ins: StandInMaker,
    /// Paints the character.
    pub painter: LivePainter<painter::News>,
    /// The sheet's files, watched.
    pub drawings: WatchedFiles,
    /// The tracing picture's file, watched.
    pub tracing: WatchedFiles,
    /// Follows trainings.
    pub trainings: Trainings,
    /// Works the render queue off.
    pub renders: Renders,
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
            trainings: Trainings::start(jobs.sender()),
            renders: Renders::start(jobs.sender()),
            jobs,
            viewport: FigureDrawer::new(wake.clone()),
            mirror: FigureDrawer::new(wake.clone()),
            puppet: FigureDrawer::new(wake.clone()),
            paths: Paths::new(wake.clone()),
            #[cfg(feature = "sound")]
            speaker: crate::sound::Speaker::default(),
            stand_ins: StandInMaker::new(wake.clone()),
            painter: painter::start(wake),
        }
    }
}

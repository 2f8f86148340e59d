//! Learning: data made while it is needed, losses, optimiser, and the run folder in which a training can be paused and
//! goes on as if it had not been.
//!
//! ```text
//! Settings ─▶ RunFolder ─▶ Session: Course's lessons ─▶ forwards, losses, back, AdamW ─▶ State ─▶ checkpoints, weights
//!                          │        (Detecting, Painting, Tuning, Inventing …)
//!                          └─ RunEvent, one line each
//! ```

mod begin;
mod claim;
mod collaborating;
mod course;
pub mod data;
mod detecting;
mod dice;
mod event;
mod export;
mod findings;
mod folder;
mod guiding;
mod inventing;
mod learner;
mod optimiser;
mod origin;
mod painting;
mod pointing;
mod record;
mod samples;
mod session;
mod settings;
mod state;
mod tuning;
mod view;
mod words;

pub use begin::{begin, figures_in};
pub use claim::{Claim, Holder};
pub use collaborating::{
    Baseline, CinnLesson, CinnLosses, CinnMeasured, Collaborating, Encoding, FoundMeasured, Gauge, Learns, LossWeights,
    Painter, Study, Trial,
};
pub use course::{Found, StepLosses};
pub use detecting::{Detecting, Finding, Losses, Measured, Measures, findings};
pub use dice::Dice;
pub use event::{RunEvent, Setback};
pub use export::{Which, export, measure};
pub use findings::Findings;
pub use folder::{Checkpoint, RunFolder};
pub use guiding::{Guide, GuidedLesson, GuidedLosses, GuidedMeasured, Guiding, Pair, Pairs};
pub use inventing::{Growing, InventLesson, InventLosses, InventMeasured, Inventing, Likeness, Source};
pub use learner::{Learner, NotANumber};
pub use origin::Origin;
pub use painting::{Against, PaintFinding, PaintLesson, PaintLosses, PaintMeasured, Painting, Told, paint_findings};
pub use pointing::{Finder, PointLosses, Pointing, PointsMeasured};
pub use record::FigureRecord;
pub use samples::{ROWS as SAMPLE_ROWS, SAMPLES};
pub use session::{Ended, run};
pub use settings::{PRESETS, Preset, SHEET_PRESETS, Settings, Taught};
pub use state::State;
pub use tuning::{Change, MOST_DRAWINGS, SheetMeasured, Tuning, begin_sheet};
pub use view::{Curve, Happened, Line, Pace, Pin, Plot, RunReader, RunView, Standing};

use crate::figure::FigureError;
use crate::raster::{RasterError, SubjectError};
use crate::weights::WeightError;
use std::path::{Path, PathBuf};

/// Why there is no training. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
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
    /// The folder isn't one of a training.
    #[error("{path} is no training's folder: {what}", path = path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What is wrong and the remedy.
        what: String,
    },
    /// Another process learns in the folder.
    #[error("{path} is learned in already{process}; pause that first", path = path.display())]
    Held {
        /// Which.
        path: PathBuf,
        /// The process, in brackets, where it is known.
        process: String,
    },
    /// A folder that was to hold figures.
    #[error("{path} holds no figure; figures are {endings}", path = path.display())]
    NoFigures {
        /// Which.
        path: PathBuf,
        /// The endings of figures' names.
        endings: String,
    },
    /// A checkpoint is damaged.
    #[error("the checkpoint {path} can't be used: {what}. Delete it to go on from the one before", path = path.display())]
    Checkpoint {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// A figure can't be read.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A figure can't be drawn.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The rasterizer.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// Weights can't be written.
    #[error(transparent)]
    Weights(#[from] WeightError),
    /// There are no weights to begin from.
    #[error("this program was built without weights of its own to begin from; give a file of them")]
    NoneShipped,
    /// The detector can't be made of what was learned.
    #[error("the network can't be put together: {0}")]
    Network(String),
    /// The drawings of a character can't be learned from.
    #[error("{path} can't be tuned to: {what}", path = path.display())]
    Sheet {
        /// The training's folder.
        path: PathBuf,
        /// What is wrong, and what to do.
        what: String,
    },
    /// What was learned from a character's drawings is not worth having.
    #[error("{path}: the weights stay as they are. {what}", path = path.display())]
    NotOffered {
        /// The training's folder.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// Pictures of nobody, or of somebody in no pose.
    #[error("there is nobody to draw, or no pose: give figures or a number of characters, and a number of poses")]
    NobodyPosed,
    /// A data set that can't be used.
    #[error("{path} can't be learned from: {what}", path = path.display())]
    DataSet {
        /// The folder or the shard.
        path: PathBuf,
        /// Why, and what to do.
        what: String,
    },
    /// The threads that make lessons are gone.
    #[error("the threads that draw figures ended early; resume the training")]
    NoLesson,
    /// Learning led nowhere, again and again.
    #[error("the losses are not numbers even at a {factor} of the rate; begin anew with a lower one", factor = .0)]
    Diverged(f32),
    /// No threads.
    #[error("the system gives no threads: {0}")]
    Threads(String),
}

impl TrainError {
    fn reading(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { verb: "read", path, source }
    }

    fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Io { verb: "write", path, source }
    }
}

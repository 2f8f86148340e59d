//! The engine under both doors: what the command line and the window paint with, made of the rooms below.

mod calibrate;
mod choice;
mod dress_like;
mod easel;
pub mod graphs;
mod heard;
mod invent;
pub mod live;
mod motif;
mod painter;
mod pose_of;
mod settings;
mod tuned;
mod weight_paths;

pub use calibrate::{CalibrateError, Calibrated, calibrate, calibrate_by};
pub use choice::{PainterChoice, PainterKind};
pub use dress_like::{DressLikeError, dress_like};
pub use easel::{Easel, Finding, Prepared, Views, same_views};
pub use graphs::{GraphKind, graphs};
pub use invent::{Candidate, InventError, drawing, generator};
pub use motif::Motif;
pub use painter::{PaintError, Painter, Painting};
pub use pose_of::{PoseFinder, PoseOfError, pose_of};
pub use settings::{PaintingSettings, working_size};
pub use tuned::{Tuned, share};
pub use weight_paths::WeightPaths;

/// Counts up when the same sheet, pose and settings paint another picture than before: frames that were kept are then
/// painted anew.
pub const PAINTING_VERSION: u32 = 1;

//! The engine under both doors: what the command line and the window paint with, made of the rooms below.

mod easel;
mod graphs;
pub mod live;
mod motif;
mod painter;
mod settings;
mod weight_paths;

pub use easel::{Easel, Prepared, Views, same_views};
pub use graphs::graphs;
pub use motif::Motif;
pub use painter::{PaintError, Painter, Painting};
pub use settings::{PainterChoice, PainterKind, PaintingSettings, working_size};
pub use weight_paths::WeightPaths;

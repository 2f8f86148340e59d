//! The engine under both doors: what the command line and the window ask for, made of the rooms below.

mod graphs;
pub mod live;
mod painter;
mod subject;

pub use graphs::graphs;
pub use painter::{Painter, PainterError, Painting};
pub use subject::{Subject, SubjectError};

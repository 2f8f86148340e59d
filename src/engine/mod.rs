//! The engine under both doors: what the command line and the window ask for, made of the rooms below.

pub mod live;
mod painter;
mod subject;

pub use painter::{Painter, PainterError, Painting};
pub use subject::{Subject, SubjectError};

//! MMD models and OBJ files from their bytes to figures, appends, IK and landmarks.

mod hostile;
pub(super) mod real;
mod synthetic;
pub(crate) mod write;

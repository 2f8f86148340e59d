//! MMD models and OBJ files from their bytes to figures, appends, IK and landmarks.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may stop at the first surprise")]

mod hostile;
mod real;
mod synthetic;
mod write;

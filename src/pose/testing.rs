//! The built-in figure for tests of posing, read from its file: the room that makes it lies above this one.

use crate::figure::{self, Figure};

pub(super) fn figure() -> Figure {
    figure::load::from_bytes("mio.vrm", include_bytes!("../../assets/mio.vrm")).unwrap()
}

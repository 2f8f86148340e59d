//! A character sheet: an unordered set of cut-out drawings of one character.

pub mod framing;
mod resample;

use crate::picture::Picture;
use crate::udp::Udp;
use std::path::PathBuf;

/// The drawings of one character; their order means nothing.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The drawings.
    pub views: Vec<View>,
}

/// One drawing.
#[derive(Clone, Debug)]
pub struct View {
    /// The file's stem.
    pub name: String,
    /// Where it came from, if from a file.
    pub path: Option<PathBuf>,
    /// The drawing, straight alpha.
    pub picture: Picture,
    /// Its own UDP, same size: from a sidecar file, the detector or the rasterizer.
    pub udp: Option<Udp>,
    /// What the user should know about it.
    pub warnings: Vec<String>,
}

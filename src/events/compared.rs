//! What `settei compare` measures.

use crate::measures::{PictureMeasures, Summary, UdpMeasures};
use serde::{Deserialize, Serialize};

/// What can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ComparedKind {
    /// Pictures.
    Picture,
    /// Ultra-Dense Poses.
    Udp,
}

/// A file beside the true one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The one that is judged.
    pub drawn: String,
    /// The true one.
    pub truth: String,
    /// How near it is.
    pub measured: Measured,
}

/// How near a file is to the true one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measured {
    /// A picture.
    Picture {
        /// First column and row, width and height of what was measured.
        box_px: [u32; 4],
        /// How near it is there.
        measures: PictureMeasures,
    },
    /// An Ultra-Dense Pose.
    Udp {
        /// How near it is.
        measures: UdpMeasures,
    },
}

/// All files of a kind in a folder beside the true ones of the same names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedAll {
    /// What they are.
    pub kind: ComparedKind,
    /// Pairs of them.
    pub pairs: usize,
    /// Each measure over all of them.
    pub measures: Vec<Summary>,
}

//! Jobs for render farms: how hair and skirts swing is worked out once, then a project's frames are painted in chunks, on as
//! many machines as there are, and encoded when all are there.
//!
//! Who distributes the work is an engine that studios have already: [Open Job Description](openjd) (Deadline Cloud and its
//! own runner) or [Flamenco](flamenco). A job only calls `settei project bake`, `render` and `encode`, which may be
//! called again for whatever went wrong: frames that are there are passed over.

pub mod flamenco;
pub mod openjd;

use crate::export::{Kind, Rate};
use crate::layers::Layer;

/// The folder beside a job's files that the project was collected into.
pub const PROJECT_FOLDER: &str = "project";
/// The folder beside a job's files that its results go to, where nobody says otherwise.
pub const OUTPUT_FOLDER: &str = "output";
/// The folder in that for the painted frames.
const FRAMES_FOLDER: &str = "frames";
/// The file in that which keeps how hair and skirts swing.
const BAKE_FILE: &str = "swinging.bake";

/// What a farm is to do. All of it can still be changed when the job is submitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FarmJob {
    /// What the job is called.
    pub name: String,
    /// The file name of the project in [`PROJECT_FOLDER`].
    pub project: String,
    /// Which frames, as `settei project render --frames` reads them; without steps.
    pub frames: String,
    /// So many frames are painted by one call.
    pub chunk: u32,
    /// Width and height of the pictures.
    pub size_px: [u32; 2],
    /// For so many frames each drawing is seen.
    pub on: i64,
    /// Who paints, as `--engine` calls it.
    pub engine: String,
    /// What draws the figure, as `--raster` calls it.
    pub raster: String,
    /// What is drawn of each frame besides.
    pub layers: Vec<Layer>,
    /// As what the frames are encoded when all are painted; `None`: they are the result.
    pub encode: Option<Kind>,
    /// Frames a second of what is encoded.
    pub rate: Rate,
    /// How the machines call this program.
    pub settei: String,
}

impl FarmJob {
    /// The file or folder that is encoded.
    fn encoded(&self, kind: Kind) -> String {
        let stem = crate::files::clean_stem(&self.name);
        kind.ending().map_or_else(|| stem.clone(), |ending| format!("{stem}.{ending}"))
    }

    /// As `--layers` reads them.
    fn layers(&self) -> String {
        self.layers.iter().map(|layer| layer.name()).collect::<Vec<_>>().join(",")
    }

    fn size(&self) -> String {
        format!("{}x{}", self.size_px[0], self.size_px[1])
    }
}

/// What `--as` calls a kind.
fn kind_name(kind: Kind) -> String {
    clap::ValueEnum::to_possible_value(&kind).map_or_else(String::new, |value| value.get_name().to_owned())
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A job with nothing left to its defaults.
    pub(crate) fn job(encode: Option<Kind>) -> FarmJob {
        FarmJob {
            name: "Mio {{walks}}".into(),
            project: "Mio.settei".into(),
            frames: "0-8,12".into(),
            chunk: 4,
            size_px: [48, 64],
            on: 2,
            engine: "landmark".into(),
            raster: "cpu".into(),
            layers: vec![Layer::Depth, Layer::Openpose],
            encode,
            rate: Rate::of(23.976),
            settei: "/opt/settei".into(),
        }
    }
}

//! What is wanted of a job: the settings of one export.

use crate::engine::PainterChoice;
use crate::export::Kind;
use crate::layers::Layer;
use crate::raster::RasterChoice;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// One export of a project's frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Wish {
    /// Counts up when the form changes.
    pub version: u32,
    /// What the project is called.
    pub name: String,
    /// As what.
    pub kind: Kind,
    /// The file or folder to make.
    pub target: PathBuf,
    /// First and last frame.
    pub frames: [i64; 2],
    /// For so many frames each drawing is seen.
    pub on: i64,
    /// Size of the pictures.
    pub size_px: [u32; 2],
    /// Who paints.
    pub engine: PainterChoice,
    /// What is drawn of each frame besides, each into a folder beside the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layer>,
    /// What draws the figure.
    #[serde(default)]
    pub raster: RasterChoice,
    /// What frames are laid on (`#rrggbb`); none: they keep their transparency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// A video leaves the project's sound out.
    #[serde(default)]
    pub silent: bool,
    /// The target may be there, and is then replaced: somebody was asked.
    #[serde(default)]
    pub replace: bool,
}

/// The form that is written.
pub(super) const VERSION: u32 = 1;

impl Wish {
    /// How many frames.
    pub fn count(&self) -> u64 {
        (self.frames[1] - self.frames[0] + 1).max(0) as u64
    }

    /// The arguments of `settei` that do it, for a project kept in `folder`.
    pub fn arguments(&self, folder: &Path) -> Vec<OsString> {
        let value = |choice: Option<clap::builder::PossibleValue>| {
            choice.map_or_else(String::new, |value| value.get_name().to_owned())
        };
        let kind = value(clap::ValueEnum::to_possible_value(&self.kind));
        let raster = value(clap::ValueEnum::to_possible_value(&self.raster));
        let [first, last] = self.frames;
        let [width, height] = self.size_px;
        let mut words: Vec<OsString> = vec!["project".into(), "encode".into(), self.project(folder).into()];
        let mut option = |name: &str, value: OsString| words.extend([OsString::from(name), value]);
        option("--to", self.target.clone().into());
        option("--as", kind.into());
        option("--kept", folder.join("frames").into());
        option("--frames", format!("{first}-{last}").into());
        option("--on", self.on.to_string().into());
        option("--picture-size", format!("{width}x{height}").into());
        option("--engine", self.engine.name().into());
        option("--raster", raster.into());
        if !self.layers.is_empty() {
            let names: Vec<_> = self.layers.iter().map(|layer| layer.name()).collect();
            option("--layers", names.join(",").into());
        }
        if let Some(background) = &self.background {
            option("--background", background.into());
        }
        words.extend(self.silent.then(|| OsString::from("--no-sound")));
        words.extend(self.replace.then(|| OsString::from("--overwrite")));
        words
    }

    /// The project that is kept in a job's folder.
    pub fn project(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.{}", crate::files::clean_stem(&self.name), crate::project::file::EXTENSION))
    }
}

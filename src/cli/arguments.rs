//! Arguments that several commands share.

use super::Usage;
use super::report::Report;
use crate::figure::Figure;
use crate::figure::landmarks::MapPreset;
use crate::files::{OutputFolder, formats};
use crate::picture::Picture;
use crate::pose::{CameraView, Pose};
use crate::raster::{LARGEST_SIDE_PX, RasterChoice, Rasterizer, Subject};
use crate::sheet::Sheet;
use crate::udp::{Udp, UdpFormat};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// A picture's size in pixels, written `512x768`, or `512` for a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
}

/// Help for an argument that takes a figure, which `whose` introduces.
pub(super) fn figure_help(whose: &str) -> String {
    format!("{whose}: {}", formats::endings(crate::figure::load::FORMATS))
}

impl std::str::FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |s: &str| match s.trim().parse::<u32>() {
            Ok(px @ 1..=LARGEST_SIDE_PX) => Ok(px),
            _ => Err(format!("a size is written like 512x768 (width x height, 1 to {LARGEST_SIDE_PX} pixels each)")),
        };
        match text.split_once(['x', 'X', '×']) {
            Some((width, height)) => Ok(Self { width_px: side(width)?, height_px: side(height)? }),
            None => side(text).map(|px| Self { width_px: px, height_px: px }),
        }
    }
}

impl Size {
    pub(super) fn array(self) -> [u32; 2] {
        [self.width_px, self.height_px]
    }
}

/// How a figure becomes a picture.
#[derive(Debug, Args)]
pub(super) struct RasterArgs {
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) raster: RasterChoice,
    /// How places on the body become landmarks; the shipped weights know `body`
    #[arg(long, value_enum, default_value = "body")]
    pub(super) map: MapPreset,
}

impl RasterArgs {
    /// Loads a figure and gets it ready to be drawn; its warnings and forbidden uses go to the report.
    pub(super) fn subject(&self, figure: &std::path::Path, report: &Report) -> Result<Arc<Subject>> {
        let figure = crate::figure::load::load(figure)?;
        introduce(&figure, report);
        let rasterizer = Rasterizer::new(self.raster)?;
        tracing::info!("drawing with {}", rasterizer.describe());
        Ok(Arc::new(Subject::new(rasterizer, figure, self.map)?))
    }
}

/// Says what a figure's user has to know: everything that is wrong with its file, and what its author forbids.
pub(super) fn introduce(figure: &Figure, report: &Report) {
    for warning in &figure.warnings {
        report.warn(format_args!("{}: {warning}", figure.name));
    }
    for forbidden in &figure.licence.forbids {
        report.warn(format_args!("the licence of {} says: {forbidden}", figure.name));
    }
}

/// A folder for results.
#[derive(Args)]
pub(super) struct OutArgs {
    /// Folder for the results; made if it isn't there
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Write into a folder that holds other files, replacing those of the same name
    #[arg(long)]
    pub(super) overwrite: bool,
}

impl OutArgs {
    /// The folder for the results of `command`, found usable before any work begins.
    pub(super) fn open(&self, command: &str) -> Result<Results> {
        Ok(Results(OutputFolder::open(&self.out, command, self.overwrite)?))
    }
}

/// A folder that results go to, each reported as it is written.
pub(super) struct Results(OutputFolder);

impl Results {
    /// A name that no other result of this run has.
    pub(super) fn unique_stem(&self, wanted: &str) -> String {
        self.0.unique_stem(wanted)
    }

    /// Writes `STEM.png`.
    pub(super) fn picture(&self, stem: &str, picture: &Picture, report: &Report) -> Result<()> {
        self.bytes(&format!("{stem}.png"), &picture.to_png()?, report)
    }

    /// Writes `STEM.npz`, `.exr` or `.png`.
    pub(super) fn udp(&self, stem: &str, udp: &Udp, format: UdpFormat, report: &Report) -> Result<()> {
        self.bytes(&format!("{stem}.{}", format.extension()), &udp.to_bytes(format)?, report)
    }

    /// Writes a file of any kind.
    pub(super) fn file(&self, name: &str, bytes: &[u8], report: &Report) -> Result<()> {
        self.bytes(name, bytes, report)
    }

    fn bytes(&self, name: &str, bytes: &[u8], report: &Report) -> Result<()> {
        report.go_on()?;
        report.wrote(&self.0.write(name, bytes)?);
        Ok(())
    }
}

/// Tells what is to be known about a sheet and its drawings.
pub(super) fn warn_of(sheet: &Sheet, report: &Report) {
    for warning in &sheet.warnings {
        report.warn(warning);
    }
    for view in &sheet.views {
        for warning in &view.warnings {
            report.warn(format_args!("{}: {warning}", view.name));
        }
    }
}

/// Poses by name or file, in order, with a name for each result.
pub(super) fn poses(wanted: &[String]) -> Result<Vec<(String, Pose)>> {
    wanted
        .iter()
        .map(|pose| match crate::pose::named_or_file(pose) {
            Ok(named) => Ok(named),
            Err(error @ crate::pose::PoseError::Unknown { .. }) => Err(Usage(error.to_string()).into()),
            Err(error) => Err(error.into()),
        })
        .collect()
}

/// A camera as `--camera` takes it.
pub(super) fn camera(text: &str) -> Result<CameraView, String> {
    text.parse::<CameraView>().map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!("512x768".parse::<Size>().unwrap().array(), [512, 768]);
        assert_eq!("300".parse::<Size>().unwrap().array(), [300, 300]);
        assert_eq!("8192".parse::<Size>().unwrap().array(), [LARGEST_SIDE_PX; 2]);
        assert_eq!("3×4".parse::<Size>().unwrap().array(), [3, 4]);
        for wrong in ["", "0x5", "5x", "x", "-1x3", "99999x1", "8193", "1e3", "5x5x5"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }
}

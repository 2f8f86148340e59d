//! `settei bench motion`: how long motions take.

use crate::bench::motion::{made_up, measure};
use crate::cli::report::Report;
use crate::events::Event;
use crate::figure::landmarks::MapPreset;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// Milliseconds until motions are read; for each frame, microseconds until the figure's pose is known and all of it is in its
/// place, and milliseconds until the viewport's picture is there
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MotionBench {
    /// Motion files [default: made-up ones of each kind that is written]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The figure that moves [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    raster: RasterChoice,
    /// How often each file is opened, of which the median counts; for each, eight frames are drawn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

impl MotionBench {
    /// Measures and reports a table, or one event a file.
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let folder = tempfile::tempdir().context("no folder for the motions")?;
        let figure = match &self.figure {
            Some(path) => crate::figure::load(path)?,
            None => crate::example::figure()?,
        };
        let rasterizer = Rasterizer::new(self.raster)?;
        let by = rasterizer.describe();
        let subject = Arc::new(Subject::new(rasterizer, figure, MapPreset::default())?);
        let (figure, rig) = (subject.figure(), subject.rig());
        let files = if self.files.is_empty() { made_up(folder.path(), figure, rig)? } else { self.files.clone() };
        report.say(format_args!("{}, drawn by: {by}", figure.name));
        report.say(
            "    keys  frames  open ms  per 10k keys  fit ms  mirror ms  µs a pose  with keys  µs placed  drawn ms  file",
        );
        for path in &files {
            report.go_on()?;
            let speed = measure(path, &subject, self.rounds)?;
            report.event(|| Event::MotionSpeed(speed.clone()));
            report.say(format_args!(
                "{:>8} {:>7} {:>8.2} {:>13.2} {:>7.2} {:>10.1} {:>10.1} {:>10.1} {:>10.1} {:>9.1}  {}{}",
                speed.keys,
                speed.frames,
                speed.open_ms,
                speed.open_ms_10k,
                speed.fit_ms,
                speed.edit_ms,
                speed.frame_us,
                speed.keyed_us,
                speed.placed_us,
                speed.drawn_ms,
                speed.file,
                if speed.native { " (as MMD plays it)" } else { "" }
            ));
        }
        Ok(())
    }
}

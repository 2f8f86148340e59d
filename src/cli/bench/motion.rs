//! `settei bench motion`: how long motions take.

use crate::bench::motion::{made_up, measure};
use crate::cli::report::Report;
use crate::events::Event;
use crate::pose::Rig;
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Milliseconds until motions are read, and microseconds a frame until the figure's pose is known
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MotionBench {
    /// Motion files [default: made-up ones of each kind that is written]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The figure that moves [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// How often each file is opened; the median counts
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
        let rig = Rig::new(&figure);
        let files = if self.files.is_empty() { made_up(folder.path(), &figure, &rig)? } else { self.files.clone() };
        report.say("    keys  frames  open ms  per 10k keys  fit ms  mirror ms  µs a frame  with keys  file");
        for path in &files {
            report.go_on()?;
            let speed = measure(path, &figure, &rig, self.rounds)?;
            report.event(|| Event::MotionSpeed(speed.clone()));
            report.say(format_args!(
                "{:>8} {:>7} {:>8.2} {:>13.2} {:>7.2} {:>10.1} {:>11.1} {:>10.1}  {}{}",
                speed.keys,
                speed.frames,
                speed.open_ms,
                speed.open_ms_10k,
                speed.fit_ms,
                speed.edit_ms,
                speed.frame_us,
                speed.keyed_us,
                speed.file,
                if speed.native { " (as MMD plays it)" } else { "" }
            ));
        }
        Ok(())
    }
}

//! `settei bench load`: how long files take to open.

use crate::bench::load::{example, measure};
use crate::cli::report::Report;
use crate::events::{Event, LoadSpeed};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Seconds until files are ready for use, beside merely reading their bytes from the disk's cache
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LoadBench {
    /// Figures, drawings and weights (a file, or the folder of the four) [default: the example's, and made-up weights]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How often each file is opened; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
}

impl LoadBench {
    /// Measures and reports a table, or one event a file.
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let folder = tempfile::tempdir().context("no folder for the example's files")?;
        let files = if self.files.is_empty() { example(folder.path())? } else { self.files.clone() };
        report.say("      MB    open s    read s   open/read    MB/s  kind     file");
        for path in &files {
            let speed = measure(path, self.rounds)?;
            report.event(|| Event::Load(speed.clone()));
            let LoadSpeed { file, kind, bytes, open_s, read_s, ratio } = speed;
            let megabytes = bytes as f64 / 1e6;
            let per_second = megabytes / open_s;
            report.say(format_args!(
                "{megabytes:>8.2} {open_s:>9.4} {read_s:>9.4} {ratio:>11.1} {per_second:>7.0}  {:<8} {file}",
                format!("{kind:?}").to_lowercase()
            ));
        }
        Ok(())
    }
}

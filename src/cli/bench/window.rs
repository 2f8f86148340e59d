//! `settei bench window`: how long the window's frames take while workers are busy.

use crate::bench::window::{self, FELT_MS};
use crate::cli::report::Report;
use crate::events::Event;
use std::path::PathBuf;

/// Milliseconds of the window's frames while nothing else happens, while a picture is painted, a large figure is opened,
/// and a folder of drawings changes. Needs no display.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WindowBench {
    /// CoNR's weights [default: made-up ones of the same size]
    #[arg(long, value_name = "PATH")]
    weights: Option<PathBuf>,
}

impl WindowBench {
    /// Measures and reports a table, or one event a situation.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let speed = window::measure(self.weights.as_deref(), report)?;
        report.event(|| Event::Example { ms: speed.example_ms });
        report.say(format_args!("the example is seen after {:.0} ms", speed.example_ms));
        report.say(format_args!("frames  median      p99  longest  over {FELT_MS} ms  situation"));
        for t in &speed.frames {
            report.event(|| Event::Frames(t.clone()));
            report.say(format_args!(
                "{:>6}  {:>6.1}  {:>7.1}  {:>7.1}  {:>10}  {}",
                t.frames, t.median_ms, t.p99_ms, t.longest_ms, t.felt, t.situation
            ));
        }
        Ok(())
    }
}

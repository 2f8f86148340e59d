//! `settei bench train`: a step of learning.

use crate::bench::train::measure;
use crate::cli::report::Report;
use crate::events::{Event, TrainSpeed};
use anyhow::ensure;
use std::time::Duration;

/// How long the detector takes to learn from a batch of pictures, and to have them drawn
///
/// `tests/reference/train_step.py` measures the same network's step in PyTorch.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TrainBench {
    /// Side of the square pictures, in pixels; a multiple of 32
    #[arg(long, default_value_t = 128)]
    size: usize,
    /// Pictures a step
    #[arg(long, default_value_t = 24)]
    batch: usize,
    /// Seconds of learning
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

impl TrainBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let Self { size, batch, seconds } = *self;
        ensure!((0.1..=600.0).contains(&seconds), "--seconds must lie between 0.1 and 600");
        ensure!((32..=512).contains(&size) && size.is_multiple_of(32), "--size must be 32 to 512, a multiple of 32");
        ensure!((1..=512).contains(&batch), "--batch must lie between 1 and 512");
        let speed = measure(size, batch, Duration::from_secs_f64(seconds))?;
        report.event(|| Event::TrainStep(speed.clone()));
        let TrainSpeed { threads, best_s, median_s, view_s, item_s, .. } = speed;
        report.say(format_args!("a step of {batch} pictures of {size}², {threads} threads"));
        report.say(format_args!("  learned in {best_s:.3} s at best, {median_s:.3} s in the median"));
        report.say(format_args!("  drawn in {view_s:.3} s a view, changed in {item_s:.4} s a picture, by one thread"));
        Ok(())
    }
}

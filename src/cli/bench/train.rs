//! `settei bench train`: a step of learning.

use crate::bench::train::{measure, measure_psgan};
use crate::cli::report::Report;
use crate::events::{Event, InventSpeed, TrainSpeed};
use crate::psgan::is_scale;
use anyhow::ensure;
use std::time::Duration;

/// How long the detector takes to learn from a batch of pictures, and to have them drawn
///
/// `tests/reference/train_step.py` measures the same network's step in PyTorch, `tests/reference/psgan.py time` that of the
/// networks which invent characters.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct TrainBench {
    /// Side of the square pictures, in pixels; a multiple of 32
    #[arg(long, default_value_t = 128)]
    size: usize,
    /// Pictures a step
    #[arg(long, default_value_t = 24)]
    batch: usize,
    /// The networks that invent characters instead, of the preset `psgan`; their sizes are 4, 8 … 1024, choose --batch 16 to learn as they do
    #[arg(long)]
    psgan: bool,
    /// Seconds of learning
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

impl TrainBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let Self { size, batch, psgan, seconds } = *self;
        ensure!((0.1..=600.0).contains(&seconds), "--seconds must lie between 0.1 and 600");
        ensure!((1..=512).contains(&batch), "--batch must lie between 1 and 512");
        if psgan {
            ensure!(is_scale(size), "--size must be 4, 8, 16 … 1024");
            return inventing(size, batch, Duration::from_secs_f64(seconds), report);
        }
        ensure!((32..=512).contains(&size) && size.is_multiple_of(32), "--size must be 32 to 512, a multiple of 32");
        let speed = measure(size, batch, Duration::from_secs_f64(seconds))?;
        report.event(|| Event::TrainStep(speed.clone()));
        let TrainSpeed { threads, best_s, median_s, view_s, item_s, .. } = speed;
        report.say(format_args!("a step of {batch} pictures of {size}², {threads} threads"));
        report.say(format_args!("  learned in {best_s:.3} s at best, {median_s:.3} s in the median"));
        report.say(format_args!("  drawn in {view_s:.3} s a view, changed in {item_s:.4} s a picture, by one thread"));
        Ok(())
    }
}

fn inventing(size: usize, batch: usize, span: Duration, report: &Report) -> anyhow::Result<()> {
    let speed = measure_psgan(size, batch, span)?;
    report.event(|| Event::InventStep(speed.clone()));
    let InventSpeed { threads, best_s, median_s, drawn_s, invented_s, .. } = speed;
    report.say(format_args!("a step of {batch} pictures of {size}², {threads} threads"));
    report.say(format_args!("  learned in {best_s:.3} s at best, {median_s:.3} s in the median"));
    report.say(format_args!("  drawn in {drawn_s:.3} s a picture, by one thread"));
    report.say(format_args!("  invented in {invented_s:.4} s a picture, {:.0} a second", 1.0 / invented_s));
    Ok(())
}

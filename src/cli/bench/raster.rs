//! `settei bench raster`: the graphics adapter beside the processor.

use crate::bench::raster::measure;
use crate::cli::report::Report;
use crate::events::{Event, RasterSpeeds};
use crate::figure;
use anyhow::ensure;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// UDP pictures a second on the graphics adapter and on the CPU: posing, skinning, drawing and reading back.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RasterBench {
    /// The figure to draw [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// Side of the square pictures, in pixels
    #[arg(long, default_value_t = 1024)]
    size: u32,
    /// How often each rasterizer has its turn; the median counts
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Seconds of one turn
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
}

impl RasterBench {
    /// Measures and reports all rasterizers of this machine.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        let Self { size, rounds, seconds, .. } = *self;
        ensure!((0.01..=60.0).contains(&seconds), "--seconds must lie between 0.01 and 60");
        let figure = Arc::new(match &self.figure {
            Some(path) => figure::load(path)?,
            None => crate::example::figure()?,
        });
        let speeds = measure(&figure, size, rounds, Duration::from_secs_f64(seconds))?;
        let (triangles, vertices) = (figure.triangles.len(), figure.vertices.len());
        report.event(|| {
            let (figure, results) = (figure.name.clone(), speeds.clone());
            Event::Raster(RasterSpeeds { figure, triangles, size_px: size, results })
        });
        report.say(format_args!(
            "UDP of {} ({triangles} triangles, {vertices} vertices) at {size}×{size} px, {rounds} rounds of {seconds} s",
            figure.name
        ));
        for speed in &speeds {
            let (low, high) = speed.range();
            let (device, median) = (&speed.device, speed.median_per_second);
            report.say(format_args!("  {device:<48} {median:7.1} pictures/s   ({low:.1}–{high:.1})"));
        }
        if let [gpu, cpu] = &*speeds {
            report.say(format_args!("  CPU / GPU: {:.2}", cpu.median_per_second / gpu.median_per_second));
        }
        Ok(())
    }
}

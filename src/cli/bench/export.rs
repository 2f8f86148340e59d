//! `settei bench export`: what an export costs.

use crate::bench::export::{Case, FPS, measure};
use crate::cli::report::Report;
use crate::events::Event;
use crate::export::Kind;
use crate::raster::RasterChoice;
use anyhow::Context as _;

/// Frames a second of an export of the built-in example by landmark transfer, and what its time and memory go to
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportBench {
    /// Side of the square pictures, in pixels
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=4096))]
    size: u32,
    /// How long the clip is, at 24 frames a second
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// For how many frames each drawing is seen
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=24))]
    on: u16,
    /// What is made of the frames
    #[arg(long = "as", value_enum, value_name = "KIND", default_value = "webp")]
    kind: Kind,
    /// What draws the figure: a graphics card, the processor, or whichever is there
    #[arg(long, value_enum, default_value = "auto")]
    raster: RasterChoice,
}

impl ExportBench {
    /// Measures and reports.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        anyhow::ensure!((0.05..=3600.0).contains(&self.seconds), "--seconds must lie between 0.05 and 3600");
        let frames = (self.seconds * FPS).ceil() as usize;
        let case = Case { size_px: self.size, frames, on: self.on.into(), kind: self.kind, raster: self.raster };
        let folder = tempfile::tempdir().context("can't make a temporary folder")?;
        let speed = measure(&case, folder.path(), report)?;
        report.go_on()?;
        report.event(|| Event::ExportSpeed(speed.clone()));
        let all = speed.all_s();
        report.say(format_args!(
            "{} frames of {}² pixels on {}s: {:.1} frames a second, {all:.1} s in all",
            speed.frames,
            speed.size_px,
            speed.on,
            speed.frames as f64 / all
        ));
        let parts = [
            ("painting", speed.painting_s, "alone"),
            ("packing", speed.packing_s, "as PNG, while others are painted"),
            ("disk", speed.disk_s, "likewise"),
            ("encoding", speed.encoding_s, &speed.kind),
        ];
        let work: f64 = parts.iter().map(|(_, seconds, _)| seconds).sum();
        for (part, seconds, how) in parts {
            report.say(format_args!("{part:<9} {seconds:>8.2} s {:>5.1} %  {how}", 100.0 * seconds / work));
        }
        report.say(format_args!(
            "on top    {:>8.2} s {:>5.1} %  of painting",
            all - speed.painting_s,
            100.0 * speed.on_top()
        ));
        if let (Some(early), Some(late), Some(peak)) = (speed.early_bytes, speed.late_bytes, speed.peak_bytes) {
            let mib = |bytes: u64| bytes >> 20;
            report.say(format_args!(
                "memory    {} MiB after a tenth of the frames, {} MiB after all ({:.2}×), {} MiB at most",
                mib(early),
                mib(late),
                late as f64 / early.max(1) as f64,
                mib(peak)
            ));
        }
        Ok(())
    }
}

//! `settei bench render`: encoding a sheet and rendering frames on the processor, with made-up weights.

use crate::bench::render::RenderBench as Bench;
use crate::cli::report::Report;
use crate::events::{Event, RenderSpeed};
use crate::nn::Precision;
use crate::nn::kernels::Isa;
use anyhow::ensure;

/// Seconds for a sheet and a frame on the processor, and both as multiples of a plain matrix product's speed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RenderBench {
    /// Working sizes in pixels, multiples of 128
    #[arg(long, value_delimiter = ',', default_value = "128,256,512")]
    size: Vec<usize>,
    /// Numbers of views
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16")]
    views: Vec<usize>,
    /// Frames of each case; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Keep weights in half precision
    #[arg(long)]
    half: bool,
    /// Instruction set to use instead of the machine's best
    #[arg(long, value_enum)]
    isa: Option<Isa>,
}

impl RenderBench {
    /// Measures and reports a table, or one event a case.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        super::choose(self.isa)?;
        let fits = |s: &usize| (128..=4096).contains(s) && s.is_multiple_of(128);
        ensure!(self.size.iter().all(fits), "--size takes multiples of 128 up to 4096");
        ensure!(self.views.iter().all(|v| (1..=64).contains(v)), "--views takes numbers from 1 to 64");
        let networks = Bench::new(if self.half { Precision::F16 } else { Precision::F32 })?;
        report.say("time as ×: textbook operations over time, over a matrix product's rate (sgemm, GFLOP/s)");
        report.say("size views  encode s      ×   frame s      ×  sgemm  weights  pictures  peak MB  pose, blocks, colours in ms");
        for &size in &self.size {
            for &views in &self.views {
                let speed = networks.measure(size, views, self.rounds as usize, report)?;
                report.event(|| Event::Case(speed.clone()));
                report.say(row(&speed));
            }
        }
        Ok(())
    }
}

fn row(speed: &RenderSpeed) -> String {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    let parts: Vec<String> = speed.parts_s.iter().map(|s| format!("{:.0}", s * 1000.0)).collect();
    format!(
        "{:>4} {:>5} {:>9.2} {:>6.2} {:>9.2} {:>6.2} {:>6.0} {:>8} {:>9} {:>8}  {}",
        speed.size_px,
        speed.views,
        speed.encode_s,
        speed.encode_ratio,
        speed.frame_s,
        speed.frame_ratio,
        speed.sgemm,
        megabytes(speed.bytes.0 as u64),
        megabytes(speed.bytes.1 as u64),
        speed.peak_bytes.map_or_else(|| "?".into(), |b| megabytes(b).to_string()),
        parts.join(" ")
    )
}

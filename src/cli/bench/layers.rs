//! `settei bench nn`: the networks' layers, ours beside candle's own.

use crate::bench::layers::LAYERS;
use crate::cli::report::Report;
use crate::events::{Event, LayerSpeed};
use crate::nn::kernels::Isa;
use anyhow::ensure;
use std::time::Duration;

/// The speed of the networks' layers on the processor, beside candle's own convolutions and a plain matrix product.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NnBench {
    /// Only layers whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    layer: String,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 0.2)]
    seconds: f64,
    /// Instruction set to use instead of the machine's best
    #[arg(long, value_enum)]
    isa: Option<Isa>,
}

impl NnBench {
    /// Measures and reports a table, or one event a layer.
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        super::choose(self.isa)?;
        ensure!((0.01..=60.0).contains(&self.seconds), "--seconds must lie between 0.01 and 60");
        let layers: Vec<_> = LAYERS.iter().filter(|l| l.name.contains(&self.layer)).collect();
        ensure!(!layers.is_empty(), "no layer's name contains {:?}", self.layer);
        let threads = rayon::current_num_threads();
        report.say(format_args!("{:?}, {threads} threads; GFLOP/s of the textbook sum", Isa::best()));
        report.say("layer                  method       GFLOP    ours  candle   sgemm  ours/sgemm");
        for layer in layers {
            let speed = layer.measure(Duration::from_secs_f64(self.seconds))?;
            report.event(|| Event::Layer(speed.clone()));
            let LayerSpeed { name, method, gflop, ours, candle, sgemm } = speed;
            let ratio = ours / sgemm;
            report.say(format_args!(
                "{name:<22} {method:<10} {gflop:>7.2} {ours:>7.0} {candle:>7.0} {sgemm:>7.0} {ratio:>11.2}"
            ));
        }
        Ok(())
    }
}

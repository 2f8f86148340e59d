//! `settei detect`: the Ultra-Dense Pose of drawings.

use super::arguments::OutArgs;
use super::report::Report;
use crate::engine::graphs::{GraphKind, Running, weights_in_words};
use crate::nn::{DeviceChoice, Precision};
use crate::progress::Progress;
use crate::sheet::Sheet;
use crate::udp::UdpFormat;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Find the Ultra-Dense Pose of drawings with a network's detector
///
/// NAME.png becomes NAME.udp.npz; put beside its drawing, `settei render --engine landmark` takes it from there.
#[derive(Args)]
#[command(after_help = "Example:\n  settei detect --weights conr-weights --image front.png back.png --out hero-sheet")]
pub(super) struct Detect {
    #[arg(long, value_name = "PATH", help = format!("Weights {}", weights_in_words()))]
    weights: PathBuf,
    /// Cut-out drawings, or folders of them
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    image: Vec<PathBuf>,
    /// Working size of the detector; a multiple of 128
    #[arg(long, default_value_t = 256, value_parser = crate::engine::working_size)]
    size: u32,
    /// Where it computes
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceChoice,
    /// File form: npz (CoNR's own), exr (compositing), png (16 bit, to look at)
    #[arg(long, value_enum, default_value = "npz")]
    format: UdpFormat,
    #[command(flatten)]
    out: OutArgs,
}

impl Detect {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let out = self.out.open("detect")?;
        let sheet = Sheet::load(&self.image, report)?;
        super::arguments::warn_of(&sheet, report);
        let running = Running { device: self.device, precision: Precision::F32 };
        let graph = GraphKind::of_weights(&self.weights).load(&self.weights, running, report)?;
        report.stage("detecting poses", sheet.views.len() as u64);
        for view in &sheet.views {
            let udp = graph.detect(view, self.size)?;
            out.udp(&format!("{}.udp", out.unique_stem(&view.name)), &udp, self.format, report)?;
            report.advance(1);
        }
        Ok(())
    }
}

//! `settei detect`: the Ultra-Dense Pose of drawings.

use super::Usage;
use super::arguments::OutArgs;
use super::report::Report;
use crate::engine;
use crate::engine::graphs::{GraphKind, Running, weights_in_words};
use crate::fude::{Detector, DetectorGraph, Hints, hints};
use crate::nn::{DeviceChoice, Precision};
use crate::progress::Progress;
use crate::sheet::Sheet;
use crate::udp::UdpFormat;
use crate::weights::{self, Graph as _, WeightSource};
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
    /// From which side each drawing shows the body: front, three-quarter-left, left, back-left, back … (the body's own
    /// left and right); one for all drawings, or one for each. For detectors that take hints, as those of `settei train`
    /// do
    #[arg(long, value_name = "SIDE", num_args = 1.., value_parser = hints::view_named)]
    view: Vec<f32>,
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
        if !matches!(self.view.len(), 0 | 1) && self.view.len() != sheet.views.len() {
            let (sides, drawings) = (self.view.len(), sheet.views.len());
            let how = "give one --view for all drawings, or one for each";
            return Err(Usage(format!("there are {sides} sides for {drawings} drawings; {how}")).into());
        }
        let is_ours = weights::identify(&self.weights, &engine::graphs()?)?.0.graph == DetectorGraph::NAME;
        if is_ours {
            let detector = Detector::load(&self.weights, self.size as usize, report)?;
            report.stage("detecting poses", sheet.views.len() as u64);
            for (i, view) in sheet.views.iter().enumerate() {
                let side = self.view.get(i).or(self.view.first()).copied();
                let hints = Hints { view_deg: side, ..Hints::default() };
                let detected = detector.detect(&view.picture, &hints, self.size as usize);
                let name = format!("{}.udp", out.unique_stem(&view.name));
                out.udp(&name, &detected.udp, self.format, report)?;
                report.advance(1);
            }
            return Ok(());
        }
        if !self.view.is_empty() {
            report.warn("these weights' detector takes no hints: --view does nothing");
        }
        let running = Running { device: self.device, precision: Precision::F32 };
        let graph =
            GraphKind::of_weights(&self.weights).load(&WeightSource::Path(self.weights.clone()), running, report)?;
        report.stage("detecting poses", sheet.views.len() as u64);
        for view in &sheet.views {
            let udp = graph.detect(view, self.size)?.udp;
            out.udp(&format!("{}.udp", out.unique_stem(&view.name)), &udp, self.format, report)?;
            report.advance(1);
        }
        Ok(())
    }
}

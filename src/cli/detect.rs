//! `settei detect`: the Ultra-Dense Pose of drawings.

use super::Usage;
use super::arguments::OutArgs;
use super::hints::HintArgs;
use super::report::Report;
use super::video::VideoFrames;
use crate::engine::graphs::{Belief, GraphKind, LoadedGraph, Running, weights_in_words};
use crate::engine::{PaintError, PaintingSettings};
use crate::events::Event;
use crate::nn::{DeviceChoice, Precision};
use crate::progress::Progress;
use crate::sheet::{DrawingHints, Sheet, View};
use crate::udp::UdpFormat;
use crate::weights::WeightSource;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Find the Ultra-Dense Pose of drawings with a network's detector
///
/// NAME.png becomes NAME.udp.npz; put beside its drawing, `settei render --engine landmark` takes it from there.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  settei detect --weights conr-weights --image front.png back.png --out hero-sheet\n  \
                  settei detect --weights detector.safetensors --image front.png back.png --view front back --hint \
                  front:96,40=nose --out found\n  \
                  settei detect --video dance.mp4 --fps 8 --view front --out dance-udps\n  \
                  settei detect --image front.png --not front:30,200-30,320,25 --out cleared"
)]
pub(super) struct Detect {
    #[arg(long, value_name = "PATH", help = format!("Weights {} [default: those of this program, `settei weights list` names them]", weights_in_words()))]
    weights: Option<PathBuf>,
    /// Cut-out drawings, or folders of them
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "video")]
    image: Vec<PathBuf>,
    /// A video, which ffmpeg takes apart: each frame is a drawing, called as the video; what is said of it is said of all.
    /// NAME.mp4 becomes NAME-000001.udp.npz and so on
    #[arg(long, value_name = "FILE", conflicts_with = "image")]
    video: Option<PathBuf>,
    /// Frames a second that are taken of the video
    #[arg(long, value_name = "N", value_parser = super::motion::rate, default_value = "12", requires = "video")]
    fps: f64,
    /// Working size of the detector; a multiple of 128 [default: the one that suits it best]
    #[arg(long, value_parser = crate::engine::working_size)]
    size: Option<u32>,
    #[command(flatten)]
    hints: HintArgs,
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
        let (kind, weights) = self.detector()?;
        let finds = kind.finds.ok_or(PaintError::NoDetector)?;
        let out = self.out.open("detect")?;
        if !self.hints.is_empty() && !finds.takes_hints {
            report.warn(super::hints::IN_VAIN);
        }
        let running = Running { device: self.device, precision: Precision::F32 };
        let look = |graph: &dyn LoadedGraph, view: &View, hints: &DrawingHints, stem: &str| -> Result<()> {
            let cleared = hints.cleared(view);
            let working_px = self.size.unwrap_or(kind.working_px);
            let found = graph.detect(cleared.as_ref().unwrap_or(view), hints, working_px)?;
            out.udp(&format!("{stem}.udp"), &found.udp, self.format, report)?;
            if let Some(belief) = found.belief {
                understood(stem, belief, report);
            }
            report.advance(1);
            Ok(())
        };
        if let Some(video) = &self.video {
            let frames = VideoFrames::of(video, self.fps, report)?;
            let graph = kind.load(&weights, running, report)?;
            report.stage("detecting poses", frames.files.len() as u64);
            for i in 0..frames.files.len() {
                report.go_on()?;
                let view = frames.open(i, report)?;
                let told = self.hints.of(std::iter::once(&view))?.remove(0);
                look(&*graph, &view, &told, &format!("{}-{:06}", frames.name, i + 1))?;
            }
            return Ok(());
        }
        let sheet = Sheet::load(&self.image, report)?;
        super::arguments::warn_of(&sheet, report);
        let told = self.hints.of(sheet.views.iter())?;
        let graph = kind.load(&weights, running, report)?;
        report.stage("detecting poses", sheet.views.len() as u64);
        for (view, hints) in sheet.views.iter().zip(&told) {
            look(&*graph, view, hints, &out.unique_stem(&view.name))?;
        }
        Ok(())
    }

    /// Who detects: the weights' graph, or else the program's own.
    fn detector(&self) -> Result<(GraphKind, WeightSource)> {
        if let Some(path) = &self.weights {
            return Ok((GraphKind::of_weights(path), WeightSource::Path(path.clone())));
        }
        let settings = PaintingSettings::default();
        let own = settings.detector().and_then(|graph| Some((graph, settings.weights_of(graph)?)));
        own.ok_or_else(|| {
            Usage("no detector is part of this build: give its weights with --weights PATH".into()).into()
        })
    }
}

/// Tells what the detector thinks of a drawing.
fn understood(name: &str, belief: Belief, report: &Report) {
    let (side, percent) = (belief.side, 100.0 * belief.median);
    report.say(format_args!(
        "{name}: it seems to show the {}; half of its places are thought to be right to {percent:.1} % of the body",
        side.name()
    ));
    report.event(|| Event::Understood { name: name.to_owned(), side, median: belief.median });
}

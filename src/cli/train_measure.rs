//! `settei train measure`: what a training or a weight file is worth.

use super::Usage;
use super::report::Report;
use super::train::which;
use crate::events::Event;
use crate::fude::{Detector, DetectorGraph, Renderer, RendererGraph};
use crate::nn::Precision;
use crate::train::{self, Findings, RunFolder, Taught, figures_in};
use crate::weights::{Schema, identify};
use anyhow::{Context as _, Result};
use std::path::PathBuf;

/// Measure what was learned on characters that nothing was learned from
///
/// Of a detector a table of landmark errors, of pictures taken turned round or mirrored, and of outlines, told more and more;
/// of a renderer how near to the truth it paints from one, two, four and eight drawings, beside landmark transfer and the
/// nearest drawing, with exact UDPs and with those that a detector finds. For a training it is kept in its folder.
#[derive(clap::Args)]
pub(super) struct TrainMeasure {
    /// A training's folder, or a weight file of the detector or the renderer
    what: PathBuf,
    /// Folders with figures to measure on besides; none of them should have been learned from
    #[arg(long, value_name = "DIR")]
    figures: Vec<PathBuf>,
    /// The detector's weights, which find the UDPs of a renderer's sheets, instead of the program's own
    #[arg(long, value_name = "FILE")]
    detector: Option<PathBuf>,
    /// Side of the square pictures, in pixels; a multiple of 32 [default: 160 for a detector, 128 for a renderer]
    #[arg(long)]
    size: Option<usize>,
    /// The latest checkpoint instead of the one that measured best
    #[arg(long)]
    latest: bool,
}

impl TrainMeasure {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        if !self.size.is_none_or(|size| size.is_multiple_of(32) && (32..=512).contains(&size)) {
            return Err(Usage("--size must be 32 to 512, a multiple of 32".into()).into());
        }
        let mut figures = vec![];
        for folder in &self.figures {
            figures.extend(figures_in(folder)?);
        }
        report.take_time();
        let found = if self.what.is_dir() { self.training(&figures, report)? } else { self.file(&figures, report)? };
        match &found {
            Findings::Detector(found) => {
                found.iter().for_each(|finding| report.event(|| Event::Found { finding: finding.clone() }));
            }
            Findings::Renderer(found) => {
                found.iter().for_each(|finding| report.event(|| Event::PaintFound { finding: finding.clone() }));
            }
        }
        report.say(format_args!("{}\n\n{}", found.about(), found.table()));
        Ok(())
    }

    fn training(&self, figures: &[PathBuf], report: &Report) -> Result<Findings> {
        let (folder, settings) = RunFolder::open(&self.what)?;
        for learned in figures.iter().filter(|file| settings.figures.contains(file)) {
            report.warn(format_args!("{} was learned from: its numbers say little", learned.display()));
        }
        let renderer = settings.graph == Taught::Renderer;
        let detector = if renderer { self.detector(report)? } else { None };
        let (which, size_px) = (which(self.latest, None), self.size_px(!renderer));
        let (step, found) = train::measure(&folder, which, size_px, figures, detector.as_ref(), report)?;
        report.say(format_args!("after {step} steps"));
        Ok(found)
    }

    fn file(&self, figures: &[PathBuf], report: &Report) -> Result<Findings> {
        let known = [Schema::of::<DetectorGraph>()?, Schema::of::<RendererGraph>()?];
        let (schema, file) = identify(&self.what, &known)?;
        let size_px = self.size_px(*schema == known[0]);
        if *schema == known[0] {
            let detector = Detector::of_file(&file, size_px, report)?;
            return Ok(Findings::Detector(train::findings(&detector, size_px, figures, report)?));
        }
        let renderer = Renderer::of_file(&file, size_px, Precision::F32, report)?;
        let detector =
            self.detector(report)?.context("this program has no detector of its own; give one by --detector")?;
        Ok(Findings::Renderer(train::paint_findings(&renderer, &detector, size_px, figures, report)?))
    }

    /// The side of pictures: where nobody says, the one that it works at.
    fn size_px(&self, detector: bool) -> usize {
        self.size.unwrap_or(if detector { Detector::LOOKS_PX } else { 128 })
    }

    /// Who finds UDPs for a renderer.
    fn detector(&self, report: &Report) -> Result<Option<Detector>> {
        Ok(Detector::of_file_or_shipped(self.detector.as_deref(), Detector::LOOKS_PX, report)?)
    }
}

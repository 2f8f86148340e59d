//! `settei render`: the sheet's character in new poses.

use super::Usage;
use super::arguments::{OutArgs, RasterArgs, Results, Size, camera, figure_help};
use super::hints::HintArgs;
use super::report::Report;
use super::stances::{MotionArgs, Stances};
use crate::engine::{Easel, Painter, PaintingSettings, Views};
use crate::events::{Event, Tinted};
use crate::picture::Picture;
use crate::pose::CameraView;
use crate::progress::{Progress, Quiet};
use crate::raster::Subject;
use crate::sheet::{Shares, Sheet};
use crate::udp::Udp;
use anyhow::Result;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Draw a sheet's character in new poses
///
/// The sheet is a set of cut-out drawings of one character, in any order. The poses are Ultra-Dense Pose files, or a
/// figure with poses or a motion. Where every drawing's own Ultra-Dense Pose is known (NAME.udp.npz beside NAME.png), landmark transfer
/// paints; where some have to be found out, a small neural renderer that is part of the program does. --weights brings
/// others, --engine names who paints.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  settei render --sheet hero-sheet --figure hero.vrm --pose run kick --out pictures\n  \
                        settei render --sheet front.png back.png --udp poses/*.npz --weights conr-weights --out pictures\n  \
                        settei render --sheet hero-sheet --figure hero.vrm --motion dance.vmd --frames 0-30:15 --out dance"
)]
pub(super) struct Render {
    /// Drawings, or folders of drawings, of one character
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    sheet: Vec<PathBuf>,
    /// Ultra-Dense Pose files to draw into (.npz, .exr, .png)
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "figure", conflicts_with_all = ["figure", "stance"])]
    udp: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "stance", help = figure_help("A figure to pose instead"))]
    figure: Option<PathBuf>,
    /// Built-in poses by name (`walk`, `sit` …) or pose files (.json)
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., requires = "figure", group = "stance")]
    pose: Vec<String>,
    #[command(flatten)]
    motion: MotionArgs,
    /// front, back, left, right, low, high, three-quarter-left, three-quarter-right, or YAW:PITCH[:FOV] in degrees
    #[arg(long, value_parser = camera, default_value = "front", allow_hyphen_values = true)]
    camera: CameraView,
    #[command(flatten)]
    hints: HintArgs,
    #[command(flatten)]
    painting: PaintingSettings,
    /// Size of the result when posing a figure, at most 8192 a side [default: the working size, square]
    #[arg(long, value_name = "WxH", requires = "figure")]
    picture_size: Option<Size>,
    /// Write colours multiplied by alpha, as CoNR's own program does (other programs show dark edges then)
    #[arg(long)]
    premultiplied: bool,
    /// Write NAME.confidence.png too: how well the drawings show each pixel (black: filled in)
    #[arg(long)]
    confidence: bool,
    /// Write NAME.contributions.png too: which drawing each pixel is from, one colour a drawing
    #[arg(long)]
    contributions: bool,
    #[command(flatten)]
    raster: RasterArgs,
    #[command(flatten)]
    out: OutArgs,
}

/// Where the poses to draw come from, each known by name before the work begins.
enum Targets<'a> {
    Files(&'a [PathBuf]),
    Posed(Arc<Subject>, Stances),
}

impl Render {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        if let Some(graph) = self.painting.lacks_weights() {
            return Err(Usage(format!(
                "{graph} needs weights: give --weights PATH (README.md says where they come from), or draw without \
                 weights by --engine landmark"
            ))
            .into());
        }
        let targets = match &self.figure {
            Some(figure) => {
                let stances = Stances::of(&self.pose, &self.motion, report)?;
                let subject = self.raster.subject(figure, report)?;
                let stances = stances.on(subject.figure(), subject.rig(), &self.motion, report)?;
                Targets::Posed(subject, stances)
            }
            None => Targets::Files(&self.udp),
        };
        let out = self.out.open("render")?;
        let mut sheet = Sheet::load(&self.sheet, report)?;
        super::arguments::warn_of(&sheet, report);
        let largest_px = match &targets {
            Targets::Files(files) => check(files, report)?,
            Targets::Posed(..) => self.picture_size.map_or([self.painting.size_px; 2], Size::array),
        };
        let views: Views = std::mem::take(&mut sheet.views).into_iter().map(Arc::new).collect();
        let mut easel = Easel::default();
        if let Targets::Posed(subject, _) = &targets {
            easel.draws(subject);
        }
        let told = self.hints.of(views.iter().map(|view| &**view))?;
        if !self.hints.is_empty()
            && !self.painting.detector().and_then(|graph| graph.finds).is_some_and(|finds| finds.takes_hints)
        {
            report.warn(super::hints::IN_VAIN);
        }
        easel.heed(&views, &told);
        let painting = self.painting.settled(&views, largest_px);
        let prepared = easel.prepare(&views, &painting, report)?;
        report.say(format_args!("painted by {}", prepared.by));
        if painting.kind().graph().is_some() || !self.painting.weights.is_empty() {
            let device = self.painting.device.describe_choice();
            report.event(|| Event::Device { device });
        }
        for note in prepared.notes() {
            report.warn(note);
        }
        if self.contributions {
            legend(&prepared.used, report);
        }
        let painter = &prepared.painter;
        match targets {
            Targets::Files(files) => {
                report.stage("drawing pictures", files.len() as u64);
                for file in files {
                    self.draw(painter, &stem(file), &Udp::load(file)?, &out, report)?;
                }
            }
            Targets::Posed(subject, stances) => {
                let size = largest_px;
                let camera = stances.camera(&subject, &self.camera, size, report)?;
                report.stage("drawing pictures", stances.len() as u64);
                for i in 0..stances.len() {
                    let udp = stances.shoot(&subject, i, &self.camera, size, camera.as_ref())?.udp(size)?;
                    self.draw(painter, &stances.name(i), &udp, &out, report)?;
                }
            }
        }
        Ok(())
    }

    fn draw(&self, painter: &Painter<'_>, name: &str, udp: &Udp, out: &Results, report: &Report) -> Result<()> {
        let (painting, shares) = if self.contributions {
            let (painting, shares) = painter.explain(udp, &Quiet(report))?;
            (painting, Some(shares))
        } else {
            (painter.paint(udp, &Quiet(report))?, None)
        };
        let stem = out.unique_stem(name);
        match self.premultiplied {
            true => out.picture(&stem, &painting.to_premultiplied(), report)?,
            false => out.picture(&stem, &painting.picture, report)?,
        }
        if let (true, Some(confidence)) = (self.confidence, &painting.confidence) {
            let pixels = confidence.iter().map(|&sure| [sure, sure, sure, 255]).collect();
            out.picture(&format!("{stem}.confidence"), &Picture { pixels, ..painting.picture }, report)?;
        }
        if let Some(shares) = shares {
            out.picture(&format!("{stem}.contributions"), &shares.picture(), report)?;
        }
        report.advance(1);
        Ok(())
    }
}

/// Reads every UDP before the first is drawn, one after the other: a damaged file shows at once, not after minutes of
/// drawing, and no more than one is in memory. Says how large the largest is.
fn check(files: &[PathBuf], report: &Report) -> Result<[u32; 2]> {
    report.stage("checking UDPs", files.len() as u64);
    let mut largest_px = [0; 2];
    for file in files {
        report.go_on()?;
        let udp = Udp::load(file)?;
        largest_px = [largest_px[0].max(udp.width_px), largest_px[1].max(udp.height_px)];
        report.advance(1);
    }
    Ok(largest_px)
}

/// Says which colour stands for which drawing.
fn legend(names: &[String], report: &Report) {
    let colour = |view: usize| {
        let [r, g, b] = Shares::colour(view);
        format!("#{r:02x}{g:02x}{b:02x}")
    };
    for (view, name) in names.iter().enumerate() {
        report.say(format_args!("{} is {name}", colour(view)));
    }
    let tinted = |(view, name): (usize, &String)| Tinted { name: name.clone(), colour: colour(view) };
    report.event(|| Event::Legend { drawings: names.iter().enumerate().map(tinted).collect() });
}

/// `walk` for `walk.npz`, `walk.udp.npz` and the like.
fn stem(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    stem.strip_suffix(".udp").unwrap_or(&stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_named_after_their_poses() {
        assert_eq!(stem("a/walk.npz".as_ref()), "walk");
        assert_eq!(stem("front.udp.exr".as_ref()), "front");
        assert_eq!(stem("v1.2.npz".as_ref()), "v1.2");
    }
}

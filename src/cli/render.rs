//! `settei render`: the sheet's character in new poses.

use super::Usage;
use super::arguments::{OutArgs, RasterArgs, Results, Size, camera, figure_help, poses};
use super::report::Report;
use crate::conr::{DeviceChoice, Renderer, Storage};
use crate::engine::{Painter, Painting};
use crate::picture::Picture;
use crate::pose::{CameraView, Pose};
use crate::progress::{Progress, Silent};
use crate::sheet::{Shares, Sheet};
use crate::udp::Udp;
use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// Draw a sheet's character in new poses
///
/// The sheet is a set of cut-out drawings of one character, in any order. The poses are Ultra-Dense Pose files, or a
/// figure with poses. With --weights the neural renderer CoNR draws; without, landmark transfer does, which needs the
/// drawings' own Ultra-Dense Poses (NAME.udp.npz beside NAME.png; `settei detect` makes them for drawings).
#[derive(Args)]
#[command(
    after_help = "Examples:\n  settei render --sheet hero-sheet --figure hero.vrm --pose run kick --out pictures\n  \
                        settei render --sheet front.png back.png --udp poses/*.npz --weights conr-weights --out pictures"
)]
pub(super) struct Render {
    /// Drawings, or folders of drawings, of one character
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    sheet: Vec<PathBuf>,
    /// Ultra-Dense Pose files to draw into (.npz, .exr, .png)
    #[arg(long, value_name = "PATH", num_args = 1.., required_unless_present = "figure", conflicts_with_all = ["figure", "pose"])]
    udp: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "pose", help = figure_help("A figure to pose instead"))]
    figure: Option<PathBuf>,
    /// Built-in poses by name (`walk`, `sit` …) or pose files (.json)
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., requires = "figure")]
    pose: Vec<String>,
    /// front, back, left, right, low, high, three-quarter-left, three-quarter-right, or YAW:PITCH[:FOV] in degrees
    #[arg(long, value_parser = camera, default_value = "front", allow_hyphen_values = true)]
    camera: CameraView,
    /// CoNR's weights: a folder with the authors' four .pth files, or one .safetensors file
    #[arg(long, value_name = "PATH")]
    weights: Option<PathBuf>,
    /// Who draws [default: conr with --weights, else landmark]
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Working size of the neural renderer, and the size of the result when posing a figure; a multiple of 128
    #[arg(long, default_value_t = 256, value_parser = working_size)]
    size: u32,
    /// Size of the result when posing a figure [default: the working size, square]
    #[arg(long, value_name = "WxH", requires = "figure")]
    picture_size: Option<Size>,
    /// Where the neural renderer computes
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceChoice,
    /// What the neural renderer keeps its weights as: f16 and bf16 take half the memory and are nearly as exact
    #[arg(long, value_enum, default_value = "f32")]
    storage: Storage,
    /// Write colours multiplied by alpha, as CoNR's own program does (other programs show dark edges then)
    #[arg(long)]
    premultiplied: bool,
    /// Write NAME.confidence.png too: how surely landmark transfer knew each pixel (black: filled in)
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

/// Who draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// The neural renderer; needs weights
    Conr,
    /// Colours carried over from the drawings point by point; needs the drawings' UDPs, no weights
    Landmark,
}

/// What the working size of the networks may be.
pub(super) fn working_size(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(size) if size > 0 && size.is_multiple_of(128) && size <= 4096 => Ok(size),
        _ => Err("the working size is a multiple of 128: 128, 256, 384, 512 … up to 4096".into()),
    }
}

/// Where the poses to draw come from, each known by name before the work begins.
enum Targets<'a> {
    Files(&'a [PathBuf]),
    Posed(&'a std::path::Path, Vec<(String, Pose)>),
}

impl Render {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let engine = self.engine.unwrap_or(if self.weights.is_some() { Engine::Conr } else { Engine::Landmark });
        if engine == Engine::Conr && self.weights.is_none() {
            let how = "the neural renderer needs weights: give --weights PATH (README.md says where they come from), or \
                       draw without weights by --engine landmark";
            return Err(Usage(how.into()).into());
        }
        let targets = match &self.figure {
            Some(figure) => Targets::Posed(figure, poses(&self.pose)?),
            None => Targets::Files(&self.udp),
        };
        let out = self.out.open("render")?;
        let painter = self.painter(engine, report)?;
        if self.contributions {
            legend(&painter.1, report);
        }
        let painter = painter.0;

        match targets {
            Targets::Files(files) => {
                // Read before the first is drawn: a damaged file shows at once, not after minutes of drawing.
                let udps = files.iter().map(|file| Udp::load(file)).collect::<Result<Vec<_>, _>>()?;
                report.stage("drawing pictures", udps.len() as u64);
                for (file, udp) in files.iter().zip(&udps) {
                    self.draw(&painter, &stem(file), udp, &out, report)?;
                }
            }
            Targets::Posed(figure, poses) => {
                let subject = self.raster.subject(figure, report)?;
                let size = self.picture_size.map_or([self.size; 2], Size::array);
                report.stage("drawing pictures", poses.len() as u64);
                for (name, pose) in &poses {
                    let udp = subject.udp(pose, &self.camera, size)?;
                    self.draw(&painter, name, &udp, &out, report)?;
                }
            }
        }
        Ok(())
    }

    /// The painter, and the names of the sheet's drawings.
    fn painter(&self, engine: Engine, report: &Report) -> Result<(Painter, Vec<String>)> {
        let mut sheet = Sheet::load(&self.sheet, report)?;
        super::arguments::warn_of(&sheet, report);
        let renderer = match &self.weights {
            Some(weights) => {
                let renderer = Renderer::load_as(weights, self.device, self.storage, report)?;
                let device = self.device.describe_choice();
                report.say(format_args!("the networks run on {device}"));
                report.event("device", json!({ "device": device }));
                Some(renderer)
            }
            None => None,
        };
        let names = sheet.views.iter().map(|view| view.name.clone()).collect();
        let painter = match (engine, renderer) {
            (Engine::Conr, Some(renderer)) => Painter::conr(renderer, &sheet, self.size, report)?,
            (_, renderer) => {
                if let Some(renderer) = renderer {
                    let unknown: Vec<_> = sheet.views.iter_mut().filter(|view| view.udp.is_none()).collect();
                    report.stage("detecting poses of the drawings", unknown.len() as u64);
                    for view in unknown {
                        view.udp = Some(renderer.detect(view, self.size)?);
                        report.advance(1);
                    }
                }
                Painter::landmark(&sheet, report)?
            }
        };
        Ok((painter, names))
    }

    fn draw(&self, painter: &Painter, name: &str, udp: &Udp, out: &Results, report: &Report) -> Result<()> {
        let (painting, shares) = if self.contributions {
            let (painting, shares) = painter.explain(udp, &Silent)?;
            (painting, Some(shares))
        } else {
            (painter.paint(udp, &Silent)?, None)
        };
        let stem = out.unique_stem(name);
        let picture = if self.premultiplied { painting.to_premultiplied() } else { painting.to_picture() };
        out.picture(&stem, &picture, report)?;
        if let (true, Painting::Landmark(_, confidence)) = (self.confidence, &painting) {
            let pixels = confidence.iter().map(|&sure| [sure, sure, sure, 255]).collect();
            out.picture(&format!("{stem}.confidence"), &Picture { pixels, ..picture }, report)?;
        }
        if let Some(shares) = shares {
            out.picture(&format!("{stem}.contributions"), &shares.picture(), report)?;
        }
        report.advance(1);
        Ok(())
    }
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
    let drawings: Vec<_> =
        names.iter().enumerate().map(|(i, name)| json!({ "name": name, "colour": colour(i) })).collect();
    report.event("legend", json!({ "drawings": drawings }));
}

/// `walk` for `walk.npz`, `walk.udp.npz` and the like.
fn stem(file: &std::path::Path) -> String {
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

    #[test]
    fn working_sizes_are_what_the_networks_can_halve() {
        assert_eq!(working_size("384"), Ok(384));
        for wrong in ["0", "100", "-128", "8192", "big"] {
            assert!(working_size(wrong).is_err(), "{wrong}");
        }
    }
}

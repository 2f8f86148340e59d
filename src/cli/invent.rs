//! `settei invent`: characters that nobody has drawn yet.

use super::Usage;
use super::arguments::{OutArgs, RasterArgs, Results, camera, figure_help, introduce};
use super::report::Report;
use super::stances::{MotionArgs, Stances};
use crate::engine::{Candidate, drawing, generator};
use crate::example;
use crate::picture::Picture;
use crate::pose::CameraView;
use crate::progress::{Progress as _, Quiet};
use crate::psgan::Body;
use crate::raster::{Rasterizer, Shot, Subject};
use crate::udp::UdpFormat;
use anyhow::Result;
use clap::Args;
use image::imageops::{self, FilterType};
use std::path::PathBuf;
use std::sync::Arc;

/// More pictures between two are none that anybody tells apart.
const MOST_STEPS: u64 = 1000;

/// Invent characters that nobody has drawn yet
///
/// A network makes them up. A number says who it is: the same number is the same character, in every pose; another number is
/// somebody else. How it stands is what a figure does, in poses or in a motion. The pictures are square and on white; with
/// --sheet they are a character sheet instead, which `settei render` draws in further poses. Frames of a motion, and steps
/// from one character to another, become a video or an animation by `settei project encode`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  settei invent --weights psgan.safetensors --seed 7 --pose stand walk --out invented\n  \
                        settei invent --weights psgan.safetensors --between 7 9 5 --out from-7-to-9\n  \
                        settei invent --weights psgan.safetensors --seed 7 --motion dance --frames 0-24:8 --out dancing\n  \
                        settei project encode dancing --fps 12 --to dancing.webp\n  \
                        settei invent --weights psgan.safetensors --seed 7 --pose a stand --sheet --out new-sheet"
)]
pub(super) struct Invent {
    /// Whom: a number for each character
    #[arg(long, value_name = "N", num_args = 1.., default_values_t = [1])]
    seed: Vec<u64>,
    /// Who stands between two: the numbers of both, and in how many steps from the first to the second
    #[arg(long, value_names = ["A", "B", "STEPS"], num_args = 3, conflicts_with = "seed")]
    between: Option<Vec<u64>>,
    #[arg(long, value_name = "FILE", help = figure_help("Whose poses [default: the built-in figure's]"))]
    figure: Option<PathBuf>,
    /// Built-in poses by name (`walk`, `sit` …) or pose files (.json)
    #[arg(long, value_name = "NAME|FILE", num_args = 1.., default_values_t = ["stand".to_owned()], group = "stance")]
    pose: Vec<String>,
    #[command(flatten)]
    motion: MotionArgs,
    /// front, back, left, right, low, high, three-quarter-left, three-quarter-right, or YAW:PITCH[:FOV] in degrees
    #[arg(long, value_parser = camera, default_value = "front", allow_hyphen_values = true)]
    camera: CameraView,
    /// Weights of the generator [default: those of this program]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Width and height of the pictures in pixels; the generator's own are enlarged or made smaller [default: its own]
    #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(16..=4096))]
    size: Option<u32>,
    /// Cut out from white, each with the figure's Ultra-Dense Pose beside it (NAME.udp.npz)
    #[arg(long)]
    sheet: bool,
    #[command(flatten)]
    raster: RasterArgs,
    #[command(flatten)]
    out: OutArgs,
}

impl Invent {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let candidates = self.candidates()?;
        let stances = Stances::of(&self.pose, &self.motion, report)?;
        let generator = generator(self.weights.as_deref(), report)?;
        let subject = self.subject(report)?;
        let stances = stances.on(subject.figure(), subject.rig(), &self.motion, report)?;
        let out = self.out.open("invent")?;
        let (own_px, body) = (generator.size_px() as u32, Body::new(&subject));
        let size_px = [self.size.unwrap_or(own_px); 2];
        let camera = stances.camera(&subject, &self.camera, size_px, report)?;
        report.stage("inventing", (candidates.len() * stances.len()) as u64);
        for i in 0..stances.len() {
            let shot = stances.shoot(&subject, i, &self.camera, size_px, camera.as_ref())?;
            let keypoints = body.keypoints(&shot);
            for Candidate { name, latent } in &candidates {
                let picture = generator.invent(latent, &keypoints);
                // What is numbered comes last: so the encoders find it in its order.
                let pose = stances.name(i);
                let stem = if self.between.is_some() { format!("{pose}_{name}") } else { format!("{name}_{pose}") };
                self.write(out.unique_stem(&stem), resized(picture, size_px), &shot, &out, report)?;
                report.advance(1);
            }
        }
        Ok(())
    }

    /// Who is wanted.
    fn candidates(&self) -> Result<Vec<Candidate>, Usage> {
        match self.between.as_deref() {
            Some(&[a, b, steps @ 2..=MOST_STEPS]) => {
                let [a, b] = [a, b].map(Candidate::seeded);
                let mixed = |step| {
                    let name = format!("{}-{}_{step:04}", a.name, b.name);
                    Candidate { name, ..a.between(&b, step as f32 / (steps - 1) as f32) }
                };
                Ok((0..steps).map(mixed).collect())
            }
            Some(_) => Err(Usage(format!("--between A B STEPS takes 2 to {MOST_STEPS} steps, as in --between 7 9 5"))),
            None => Ok(self.seed.iter().copied().map(Candidate::seeded).collect()),
        }
    }

    fn subject(&self, report: &Report) -> Result<Arc<Subject>> {
        match &self.figure {
            Some(path) => self.raster.subject(path, report),
            None => {
                let figure = example::figure()?;
                introduce(&figure, report);
                Ok(Arc::new(Subject::new(Rasterizer::new(self.raster.raster)?, figure, self.raster.map)?))
            }
        }
    }

    fn write(&self, stem: String, picture: Picture, shot: &Shot, out: &Results, report: &Report) -> Result<()> {
        if !self.sheet {
            return out.picture(&stem, &picture, report);
        }
        let view = drawing(stem, picture, shot, &Quiet(report))?;
        if let Err(error) = view.check_cut_out() {
            report.warn(format_args!("{}: {error}", view.name));
        }
        out.picture(&view.name, &view.picture, report)?;
        match &view.udp {
            Some(udp) => out.udp(&format!("{}.udp", view.name), udp, UdpFormat::Npz, report),
            None => Ok(()),
        }
    }
}

/// A picture at another size.
fn resized(picture: Picture, [width_px, height_px]: [u32; 2]) -> Picture {
    let pixels: Vec<u8> = bytemuck::cast_slice(&picture.pixels).to_vec();
    match image::RgbaImage::from_raw(picture.width_px, picture.height_px, pixels) {
        Some(whole) if [picture.width_px, picture.height_px] != [width_px, height_px] => {
            let other = imageops::resize(&whole, width_px, height_px, FilterType::CatmullRom);
            Picture { width_px, height_px, pixels: other.pixels().map(|pixel| pixel.0).collect() }
        }
        _ => picture,
    }
}

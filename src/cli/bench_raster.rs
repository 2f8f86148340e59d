//! `settei bench raster`: the graphics adapter beside the processor.

use super::report::Report;
use crate::figure::{self, Figure, LandmarkMap, landmarks::MapPreset};
use crate::pose::{self, Camera, CameraView, Pose};
use crate::raster::{Model, RasterChoice, RasterError, Rasterizer};
use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// UDP pictures a second on the graphics adapter and on the CPU: posing, skinning, drawing and reading back.
#[derive(Debug, clap::Args)]
pub(super) struct RasterBench {
    /// The figure to draw [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    figure: Option<PathBuf>,
    /// Side of the square pictures, in pixels
    #[arg(long, default_value_t = 1024)]
    size: u32,
    /// How often each rasterizer has its turn; the median counts
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// Seconds of one turn
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
}

/// One rasterizer with its figure and what it reached in each turn.
struct Contestant {
    name: &'static str,
    raster: Rasterizer,
    model: Model,
    per_second: Vec<f64>,
}

impl Contestant {
    fn median(&self) -> f64 {
        let mut sorted = self.per_second.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    }

    fn range(&self) -> (f64, f64) {
        self.per_second.iter().fold((f64::INFINITY, 0.0), |(low, high), &v| (low.min(v), high.max(v)))
    }
}

impl RasterBench {
    pub(super) fn run(&self, report: &Report) -> anyhow::Result<()> {
        raster(self, report)
    }
}

/// Measures all rasterizers of this machine in turns.
fn raster(bench: &RasterBench, report: &Report) -> anyhow::Result<()> {
    ensure!((0.01..=60.0).contains(&bench.seconds), "--seconds must lie between 0.01 and 60");
    let figure = match &bench.figure {
        Some(path) => figure::load(path)?,
        None => crate::example::figure()?,
    };
    let figure = Arc::new(figure);
    let mut contestants = Vec::new();
    for (name, choice) in [("gpu", RasterChoice::Gpu), ("cpu", RasterChoice::Cpu)] {
        match Rasterizer::new(choice) {
            Ok(raster) => {
                let model = raster.load(figure.clone(), &LandmarkMap::new(&figure, MapPreset::Joint))?;
                contestants.push(Contestant { name, raster, model, per_second: Vec::new() });
            }
            Err(RasterError::NoAdapter) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let (from, to) = (named("walk")?, named("dance")?);
    let points = contestants[0].model.posed_positions(&from.resolve(&figure))?;
    let camera = CameraView::default().frame(&points, 1.0, 0.04);
    for contestant in &contestants {
        // Pipelines are compiled and memory is taken on the first picture.
        turn(contestant, &figure, [&from, &to], &camera, bench.size, Duration::ZERO)?;
    }
    // Taking turns lets whatever else the machine does hit all alike.
    for _ in 0..bench.rounds {
        for contestant in &mut contestants {
            let span = Duration::from_secs_f64(bench.seconds);
            let reached = turn(contestant, &figure, [&from, &to], &camera, bench.size, span)?;
            contestant.per_second.push(reached);
        }
    }
    tell(&contestants, &figure, bench, report);
    Ok(())
}

fn named(name: &str) -> anyhow::Result<Pose> {
    pose::library::find(name).map(|(_, pose)| pose).with_context(|| format!("no pose `{name}`"))
}

/// Draws for a while, a new pose each time; pictures a second.
fn turn(
    contestant: &Contestant,
    figure: &Figure,
    [from, to]: [&Pose; 2],
    camera: &Camera,
    size: u32,
    span: Duration,
) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let mut pictures = 0u32;
    loop {
        let pose = Pose::blend(from, to, (pictures % 32) as f32 / 31.0).resolve(figure);
        std::hint::black_box(contestant.raster.udp(&contestant.model, &pose, camera, [size; 2])?);
        pictures += 1;
        let past = begin.elapsed();
        if past >= span {
            return Ok(f64::from(pictures) / past.as_secs_f64());
        }
    }
}

fn tell(contestants: &[Contestant], figure: &Figure, bench: &RasterBench, report: &Report) {
    let results: Vec<serde_json::Value> = contestants
        .iter()
        .map(|c| {
            serde_json::json!({
                "raster": c.name,
                "device": c.raster.describe(),
                "median_per_second": c.median(),
                "per_second": c.per_second,
            })
        })
        .collect();
    let triangles = figure.triangles.len();
    report.event(
        "bench",
        serde_json::json!({
            "what": "raster", "figure": figure.name, "triangles": triangles, "size_px": bench.size, "results": results,
        }),
    );
    let (vertices, size, rounds, seconds) = (figure.vertices.len(), bench.size, bench.rounds, bench.seconds);
    report.say(format_args!(
        "UDP of {} ({triangles} triangles, {vertices} vertices) at {size}×{size} px, {rounds} rounds of {seconds} s",
        figure.name
    ));
    for contestant in contestants {
        let (low, high) = contestant.range();
        let (device, median) = (contestant.raster.describe(), contestant.median());
        report.say(format_args!("  {device:<48} {median:7.1} pictures/s   ({low:.1}–{high:.1})"));
    }
    if let [gpu, cpu] = contestants {
        report.say(format_args!("  CPU / GPU: {:.2}", cpu.median() / gpu.median()));
    }
}

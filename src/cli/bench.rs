//! `settei bench`: how fast this machine is, measured.

use crate::figure::{self, Figure, LandmarkMap, landmarks::MapPreset};
use crate::pose::{self, Camera, CameraView, Pose};
use crate::raster::{Model, RasterChoice, RasterError, Rasterizer};
use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// UDP pictures a second on the graphics adapter and on the CPU: posing, skinning, drawing and reading back.
#[derive(Debug, clap::Args)]
pub struct RasterBench {
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

/// Measures and prints a table, or one JSON line.
///
/// # Errors
/// A figure that can't be opened; a rasterizer that fails.
pub fn raster(bench: &RasterBench, json: bool) -> anyhow::Result<()> {
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
    report(&contestants, &figure, bench, json);
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

fn report(contestants: &[Contestant], figure: &Figure, bench: &RasterBench, json: bool) {
    if json {
        let entries: Vec<serde_json::Value> = contestants
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
        let line = serde_json::json!({
            "event": "bench",
            "what": "raster",
            "figure": figure.name,
            "triangles": figure.triangles.len(),
            "size_px": bench.size,
            "results": entries,
        });
        println!("{line}");
        return;
    }
    println!(
        "UDP of {} ({} triangles, {} vertices) at {size}×{size} px, {} rounds of {} s",
        figure.name,
        figure.triangles.len(),
        figure.vertices.len(),
        bench.rounds,
        bench.seconds,
        size = bench.size,
    );
    for contestant in contestants {
        let (low, high) = contestant.range();
        println!(
            "  {:<48} {:7.1} pictures/s   ({low:.1}–{high:.1})",
            contestant.raster.describe(),
            contestant.median()
        );
    }
    if let [gpu, cpu] = contestants {
        println!("  CPU / GPU: {:.2}", cpu.median() / gpu.median());
    }
}

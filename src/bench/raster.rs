//! How many UDP pictures a second this machine draws: the graphics adapter beside the processor.

use crate::events::RasterSpeed;
use crate::figure::{Figure, LandmarkMap, landmarks::MapPreset};
use crate::pose::{self, Camera, CameraView, Pose};
use crate::raster::{Model, RasterChoice, RasterError, Rasterizer};
use anyhow::Context as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One rasterizer with its figure and what it reached in each turn.
struct Contestant {
    name: &'static str,
    raster: Rasterizer,
    model: Model,
    per_second: Vec<f64>,
}

/// Measures all rasterizers of this machine in `rounds` turns of `span` each: posing, skinning, drawing and reading back
/// square pictures of `size_px`. The graphics adapter comes first where there is one.
///
/// # Errors
/// A figure or a size that a rasterizer refuses.
pub fn measure(figure: &Arc<Figure>, size_px: u32, rounds: u32, span: Duration) -> anyhow::Result<Vec<RasterSpeed>> {
    let mut contestants = Vec::new();
    for (name, choice) in [("gpu", RasterChoice::Gpu), ("cpu", RasterChoice::Cpu)] {
        match Rasterizer::new(choice) {
            Ok(raster) => {
                let model = raster.load(figure.clone(), &LandmarkMap::new(figure, MapPreset::default()))?;
                contestants.push(Contestant { name, raster, model, per_second: Vec::new() });
            }
            Err(RasterError::NoAdapter) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let (from, to) = (named("walk")?, named("dance")?);
    let points = contestants[0].model.posed_positions(&from.resolve(figure))?;
    let camera = CameraView::default().frame(&points, 1.0, 0.04);
    for contestant in &contestants {
        // Pipelines are compiled and memory is taken on the first picture.
        turn(contestant, figure, [&from, &to], &camera, size_px, Duration::ZERO)?;
    }
    // Taking turns lets whatever else the machine does hit all alike.
    for _ in 0..rounds {
        for contestant in &mut contestants {
            let reached = turn(contestant, figure, [&from, &to], &camera, size_px, span)?;
            contestant.per_second.push(reached);
        }
    }
    Ok(contestants.into_iter().map(Contestant::speed).collect())
}

impl Contestant {
    fn speed(self) -> RasterSpeed {
        let mut sorted = self.per_second.clone();
        sorted.sort_by(f64::total_cmp);
        RasterSpeed {
            raster: self.name.to_owned(),
            device: self.raster.describe(),
            median_per_second: sorted.get(sorted.len() / 2).copied().unwrap_or(0.0),
            per_second: self.per_second,
        }
    }
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

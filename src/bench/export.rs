//! What an export costs: the built-in example dances, its frames are painted and kept, then encoded.

use crate::engine::{Easel, PainterChoice, PainterKind, PaintingSettings, Views};
use crate::events::ExportSpeed;
use crate::export::kept::{Content, Kept, Turn, packed};
use crate::export::{Kind, Options, Pictures, Rate, export};
use crate::figure::landmarks::MapPreset;
use crate::memory;
use crate::motion::{Performance, library};
use crate::progress::{Progress, Quiet};
use crate::project::Project;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames a second, as anime has it.
pub const FPS: f64 = 24.0;
const MOTION: &str = "dance";
/// Memory is looked at when so much of all frames is there, and at the end.
const EARLY: f64 = 0.1;

/// What is measured.
pub struct Case {
    /// Side of the square pictures, pixels.
    pub size_px: u32,
    /// How many frames.
    pub frames: usize,
    /// For so many each drawing is seen.
    pub on: usize,
    /// What is made of them.
    pub kind: Kind,
    /// What draws the figure.
    pub raster: RasterChoice,
}

/// How long the parts of the work took.
#[derive(Default)]
struct Spent {
    painting: Duration,
    packing: Duration,
    disk: Duration,
}

fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    *spent += begun.elapsed();
    done
}

/// Measures an export into a folder that is empty, by landmark transfer.
///
/// # Errors
/// What an export can run into; stopped.
pub fn measure(case: &Case, folder: &Path, progress: &dyn Progress) -> Result<ExportSpeed> {
    let size_px = [case.size_px; 2];
    let figure = crate::example::figure()?;
    let subject = Arc::new(Subject::new(Rasterizer::new(case.raster)?, figure, MapPreset::default())?);
    let clip = library::find(MOTION).context("the dance is built in")?;
    let performance = Performance::new(&clip, subject.figure(), subject.rig());
    let views: Views = crate::example::sheet()?.views.into_iter().map(Arc::new).collect::<Vec<_>>().into();
    let settings =
        PaintingSettings { painter: PainterChoice::Of(PainterKind::Landmark), ..PaintingSettings::default() };
    let mut easel = Easel::default();
    easel.draws(&subject);
    let prepared = easel.prepare(&views, &settings, &Quiet(progress))?;
    let camera = Project::example().camera.camera(1.0, 1.0);

    let kept = Kept::open(&folder.join("frames"), false)?;
    let mut spent = Spent::default();
    let mut files: Vec<PathBuf> = Vec::new();
    let mut early_bytes = None;
    progress.stage("painting frames", case.frames as u64);
    let begun = Instant::now();
    for frame in 0..case.frames {
        if progress.cancelled() {
            bail!("stopped");
        }
        let drawn = frame - frame % case.on.max(1);
        let Turn::Mine(claim) = kept.turn(&format!("frame_{frame:04}.png"), &format!("{drawn:016x}"))? else {
            bail!("{} is not empty", folder.display());
        };
        let path = match files.get(drawn) {
            Some(same) => timed(&mut spent.disk, || claim.copy(same))?,
            None => {
                let painted = timed(&mut spent.painting, || -> Result<_> {
                    let seconds = (drawn as f64 / FPS) % performance.clip().duration_s().max(1.0 / FPS);
                    let moment = performance.at(subject.figure(), seconds);
                    let stance = subject.stand_so(&moment.pose, moment.local.as_ref());
                    let udp = stance.seen(camera).udp(size_px)?;
                    Ok(prepared.painter.paint(&udp, &Quiet(progress))?.picture)
                })?;
                let bytes = timed(&mut spent.packing, || packed(painted, &format!("{drawn:016x}")))?;
                timed(&mut spent.disk, || claim.keep(Content::File(bytes)))?
            }
        };
        files.push(path);
        if early_bytes.is_none() && (frame + 1) as f64 >= EARLY * case.frames as f64 {
            early_bytes = memory::taken();
        }
        progress.advance(1);
    }
    let frames_s = begun.elapsed().as_secs_f64();
    let late_bytes = memory::taken();
    let pictures = Pictures::of(files, folder)?;
    let options = Options { kind: case.kind, background: None, sound: None, overwrite: false, directions: 1 };
    let target = folder.join("example");
    let target = case.kind.target(&target).unwrap_or(target);
    let begun = Instant::now();
    export(&pictures, ("example", Rate::of(FPS)), &target, &options, progress)?;
    let encoding_s = begun.elapsed().as_secs_f64();
    Ok(ExportSpeed {
        size_px: case.size_px,
        frames: case.frames,
        on: case.on,
        kind: case.kind.about().to_owned(),
        painting_s: spent.painting.as_secs_f64(),
        packing_s: spent.packing.as_secs_f64(),
        disk_s: spent.disk.as_secs_f64(),
        frames_s,
        encoding_s,
        early_bytes,
        late_bytes,
        peak_bytes: memory::peak(),
    })
}

//! What an export costs: the built-in example dances, its frames are painted and kept, then encoded; and what that adds to
//! painting alone.

use crate::engine::{Easel, PainterChoice, PainterKind, PaintingSettings, Views};
use crate::events::ExportSpeed;
use crate::export::keeper::{Done, Keeper, Task, keeping};
use crate::export::kept::{Content, Kept, Turn};
use crate::export::{Kind, Options, Pictures, Rate, export};
use crate::figure::landmarks::MapPreset;
use crate::memory;
use crate::motion::{Performance, library};
use crate::picture::Picture;
use crate::progress::{Progress, Quiet};
use crate::project::Project;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use anyhow::{Context as _, Result, bail};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Frames a second, as anime has it.
pub const FPS: f64 = 24.0;
const MOTION: &str = "dance";
/// Memory is looked at when so much of all frames is there, and at the end.
const EARLY: f64 = 0.1;
/// So many drawings are painted alone, then once more as an export does it, in turns: what else the machine does meanwhile
/// falls on both.
const TURN: usize = 8;

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
    /// Painting, and nothing else.
    painting: Duration,
    /// Painting, and keeping beside it.
    frames: Duration,
    packing: Duration,
    disk: Duration,
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
    let paint = |drawn: usize| -> Result<Picture> {
        if progress.cancelled() {
            bail!("stopped");
        }
        let seconds = (drawn as f64 / FPS) % performance.clip().duration_s().max(1.0 / FPS);
        let moment = performance.at(subject.figure(), seconds);
        let stance = subject.stand_so(&moment.pose, moment.local.as_ref());
        let udp = stance.seen(camera).udp(size_px)?;
        Ok(prepared.painter.paint(&udp, &Quiet(progress))?.picture)
    };

    let kept = Kept::open(&folder.join("frames"), false)?;
    let on = case.on.max(1);
    let mut spent = Spent::default();
    let mut files: Vec<PathBuf> = Vec::new();
    let mut early_bytes = None;
    progress.stage("painting frames", case.frames as u64);
    // What is made once for all is no frame's.
    paint(0)?;
    for first in (0..case.frames).step_by(TURN * on) {
        let frames = first..(first + TURN * on).min(case.frames);
        let begun = Instant::now();
        frames.clone().step_by(on).try_for_each(|drawn| paint(drawn).map(drop))?;
        spent.painting += begun.elapsed();
        let begun = Instant::now();
        let done = |done: Done<()>| {
            spent.packing += done.packing;
            spent.disk += done.disk;
            files.push(done.path);
            progress.advance(1);
        };
        keeping(done, |keeper| hand_in(frames.clone(), on, &kept, keeper, paint))??;
        spent.frames += begun.elapsed();
        if early_bytes.is_none() && frames.end as f64 >= EARLY * case.frames as f64 {
            early_bytes = memory::taken();
        }
    }
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
        frames_s: spent.frames.as_secs_f64(),
        encoding_s,
        early_bytes,
        late_bytes,
        peak_bytes: memory::peak(),
    })
}

/// Paints frames and hands them in as `settei project render` does: each drawing once, copied for as long as it is seen.
fn hand_in(
    frames: Range<usize>,
    on: usize,
    kept: &Kept,
    keeper: &Keeper<()>,
    paint: impl Fn(usize) -> Result<Picture>,
) -> Result<()> {
    let mut there: HashMap<usize, PathBuf> = HashMap::new();
    for frame in frames {
        let drawn = frame - frame % on;
        let Turn::Mine(claim) = kept.turn(&format!("frame_{frame:04}.png"), &format!("{drawn:016x}"))? else {
            bail!("the folder is not empty");
        };
        let task = match there.get(&drawn) {
            Some(same) => Task::Copy(claim, same.clone()),
            None => {
                there.insert(drawn, claim.path().to_owned());
                Task::Keep(claim, Content::Picture(paint(drawn)?))
            }
        };
        keeper.hand(task, ())?;
    }
    Ok(())
}

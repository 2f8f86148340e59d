//! How long motions take: until they are read, and for each frame until the figure's pose is known.

use crate::dynamics::{Chains, Run, Settings, Source};
use crate::events::MotionSpeed;
use crate::figure::{Figure, LocalPose};
use crate::motion::{Clip, Edits, Keys, Performance, Take, bvh, load, vmd, vrma};
use crate::pose::{CameraView, Pose, Rig, library};
use crate::progress::Silent;
use crate::raster::{MARGIN, Subject, ToonStyle};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Frames of the motion that is made up: a minute and a half of MMD's.
const FRAMES: usize = 2700;
/// Frames that are worked out to be timed.
const LOOKS: usize = 600;
/// Frames a round that are drawn.
const DRAWN: u32 = 8;
/// Sides of the viewport.
const VIEWPORT_PX: [u32; 2] = [768; 2];

/// Measures one file's first clip on a figure, opened `rounds` times.
///
/// # Errors
/// A file that is no motion.
pub fn measure(path: &Path, subject: &Arc<Subject>, rounds: u32) -> Result<MotionSpeed> {
    let (figure, rig) = (&**subject.figure(), subject.rig());
    let bytes = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
    let mut open = Vec::new();
    let mut file = load::from_bytes(path, &bytes, None)?;
    for _ in 0..rounds.max(1) {
        let begun = Instant::now();
        file = load::from_bytes(path, &bytes, None)?;
        open.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    open.sort_by(f64::total_cmp);
    let open_ms = open[open.len() / 2];
    let clip = file.clips.first().with_context(|| format!("{} has no clip", path.display()))?;
    let begun = Instant::now();
    let performance = Performance::new(clip, figure, rig);
    let fit_ms = begun.elapsed().as_secs_f64() * 1e3;
    let begun = Instant::now();
    Performance::edited(clip, &Edits { mirror: true, ..Edits::default() }, figure, rig)?;
    let edit_ms = begun.elapsed().as_secs_f64() * 1e3;
    let fps = clip.fps;
    let mut keys = Keys::default();
    let pose = |name| library::find(name).map(|(_, pose)| pose).unwrap_or_default();
    keys.set(0, pose("wave"));
    keys.set(clip.frames as i64, pose("dance"));
    let frame = |i: usize| (i * (clip.frames as usize).max(LOOKS) / LOOKS) as f64 % clip.frames as f64;
    let us_a_frame = |keys: &Keys| {
        let begun = Instant::now();
        (0..LOOKS).for_each(|i| drop(std::hint::black_box(performance.keyed(keys, figure, frame(i), fps))));
        begun.elapsed().as_secs_f64() * 1e6 / LOOKS as f64
    };
    let (frame_us, keyed_us) = (us_a_frame(&Keys::default()), us_a_frame(&keys));
    let (placed_us, drawn_ms) = drawn(subject, &performance, clip, i64::from(DRAWN * rounds.max(1)))?;
    let moment = performance.at(figure, 0.0);
    let count = match clip.vmd() {
        Some(vmd) => vmd.bone_keys() + vmd.morph_keys(),
        // Files of other kinds have one of each bone a frame, as a rule.
        None => clip.frames as usize * moment.pose.bones.len().max(1),
    };
    Ok(MotionSpeed {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        native: performance.native().is_some(),
        frames: clip.frames,
        keys: count,
        open_ms,
        open_ms_10k: open_ms * 1e4 / count.max(1) as f64,
        fit_ms,
        edit_ms,
        frame_us,
        keyed_us,
        placed_us,
        drawn_ms,
    })
}

/// Draws so many frames of a clip as the window does while it plays: microseconds until a frame is in its place, and
/// milliseconds until its picture is there.
fn drawn(subject: &Arc<Subject>, performance: &Performance, clip: &Clip, count: i64) -> Result<(f64, f64)> {
    let (figure, rig) = (&**subject.figure(), subject.rig());
    let chains = Chains::new(figure, &Settings::default());
    let spelled_out = |seconds: f64| performance.at(figure, seconds).spelled_out(figure, rig);
    let frames: Vec<i64> = (0..count.min(clip.frames as i64)).collect();
    let source = Source { clip: String::new(), frames: clip.frames, fps: clip.fps, settings: Settings::default() };
    let bake = Run::new(figure, &chains, &spelled_out).bake(source, &frames, &Silent)?;
    let style = ToonStyle { samples_per_axis: 1, ..ToonStyle::default() };
    let still = subject.stand(&Pose::default());
    let camera = CameraView::default().frame(still.points()?, 1.0, MARGIN);
    still.seen(camera).toon(VIEWPORT_PX, &style)?;
    let (mut placed_s, mut drawn_s) = (0.0, 0.0);
    for frame in &frames {
        let begun = Instant::now();
        let moment = performance.at(figure, clip.seconds(*frame));
        let sway = bake.at(*frame).unwrap_or_default();
        let local = LocalPose { sway, ..moment.spelled_out(figure, rig) };
        let stance = subject.stand_so(&moment.pose, Some(&local));
        stance.points()?;
        placed_s += begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        stance.seen(camera).toon(VIEWPORT_PX, &style)?;
        drawn_s += begun.elapsed().as_secs_f64();
    }
    let count = frames.len().max(1) as f64;
    Ok((placed_s * 1e6 / count, drawn_s * 1e3 / count))
}

/// Writes a motion of all kinds that are written into a folder: the figure walks from pose to pose.
///
/// # Errors
/// A folder that can't be written.
pub fn made_up(folder: &Path, figure: &Figure, rig: &Rig) -> Result<Vec<PathBuf>> {
    let poses: Vec<Pose> = library::all().map(|(_, pose)| pose).collect();
    let between = |i: usize| {
        let place = i as f32 * 0.1;
        let (from, share) = (place as usize, place.fract());
        let mut pose = Pose::blend(&poses[from % poses.len()], &poses[(from + 1) % poses.len()], share);
        // What is written has a height of its own.
        pose.ground = 0.0;
        pose
    };
    let take = Take::new("made up", 30.0, (0..FRAMES).map(between).collect());
    let paths = ["made-up.vmd", "made-up.vrma", "made-up.bvh"].map(|name| folder.join(name));
    let clip = take.clone().into_clip();
    std::fs::write(&paths[0], vmd::bake(&clip, figure, rig, vmd::Legs::Led)?.vmd.to_bytes())?;
    std::fs::write(&paths[1], vrma::write(&take, figure, rig)?)?;
    std::fs::write(&paths[2], bvh::write(&take, figure, rig)?)?;
    Ok(paths.into())
}

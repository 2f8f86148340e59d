//! A project's frames, painted so that a farm can trust them: each for itself, kept with what it shows, never twice.

use super::super::Usage;
use super::super::report::Report;
use super::super::stances::{MotionArgs, Moving};
use crate::engine::{PAINTING_VERSION, PaintingSettings, Views};
use crate::export::keeper::{Done, Keeper, Task, keeping};
use crate::export::kept::{Content, Kept, Turn};
use crate::export::{ExportError, FrameName};
use crate::files::hash;
use crate::pose::Camera;
use crate::progress::Progress as _;
use crate::project::{FigureSource, Project};
use crate::raster::{Stance, Subject};
use crate::sheet::DrawingHints;
use crate::text;
use anyhow::{Context as _, Result, bail};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often is looked whether another worker has finished a frame.
const LOOK: Duration = Duration::from_millis(300);

/// Reads a pattern of frames' names.
pub(super) fn frame_name(text: &str) -> Result<FrameName, String> {
    text.parse().map_err(|error: ExportError| error.to_string())
}

/// Everything but the frame's own moment that a figure is drawn from, in a few words.
pub(super) fn figure(project: &Project) -> Result<String> {
    let figure = match &project.figure {
        Some(FigureSource::File(path)) => contents(path)?,
        other => serde_json::to_string(other)?,
    };
    let version = env!("CARGO_PKG_VERSION");
    Ok(format!("{version} {figure}\n{:?} {:?} {:?}", project.map(), project.frame_px, project.lengths()))
}

/// The same of what a picture is painted from.
pub(super) fn painting(
    project: &Project,
    (views, hints): (&Views, &[DrawingHints]),
    settings: &PaintingSettings,
) -> Result<String> {
    let mut parts = vec![format!("{PAINTING_VERSION}"), figure(project)?];
    for (view, hints) in views.iter().zip(hints) {
        let udp = view.udp.as_ref().map(|udp| hash(bytemuck::cast_slice(&udp.pixels)));
        parts.push(format!("{} {udp:?} {hints:?}", hash(view.picture.pixels.as_flattened())));
    }
    for (graph, path) in settings.weights.iter() {
        let mut files: Vec<PathBuf> = match path.is_dir() {
            true => {
                std::fs::read_dir(path)?.flatten().map(|entry| entry.path()).filter(|file| file.is_file()).collect()
            }
            false => vec![path.clone()],
        };
        files.sort();
        for file in files {
            parts.push(format!("{graph} {}", contents(&file)?));
        }
    }
    if let Some((file, share)) = settings.tuned.used() {
        parts.push(format!("{} {share}", contents(file)?));
    }
    parts.push(format!("{:?} {} {:?}", settings.kind(), settings.size_px, settings.precision));
    Ok(hash(parts.join("\n").as_bytes()))
}

fn contents(path: &Path) -> Result<String> {
    crate::files::hash_of(path).with_context(|| format!("can't read {}", path.display()))
}

/// Frames that are to be painted, and what by.
pub(super) struct Job<'a> {
    /// The project's name.
    pub(super) stem: &'a str,
    pub(super) moving: &'a Moving,
    pub(super) subject: &'a Arc<Subject>,
    /// What sees a frame where no camera moves.
    pub(super) camera: Camera,
    pub(super) size_px: [u32; 2],
    /// What all of them are made from, see [`figure`] and [`painting`].
    pub(super) shared: &'a str,
    pub(super) name: &'a FrameName,
    /// How the files' names end.
    pub(super) ending: &'a str,
    /// What is done, in words.
    pub(super) doing: &'a str,
}

/// A frame on its way.
struct Frame {
    number: i64,
    name: String,
    stance: Arc<Stance>,
    camera: Camera,
    fingerprint: String,
}

/// What is known of a frame that is handed in to be kept.
struct Handed {
    /// The how manieth.
    i: usize,
    number: i64,
    /// To paint it, or to look whether it is there.
    took: Duration,
    cached: bool,
}

impl Job<'_> {
    fn frame(&self, i: usize) -> Frame {
        let stance = self.moving.stand(self.subject, i);
        let camera = self.moving.shot(i, self.size_px).unwrap_or(self.camera);
        let fingerprint = hash(format!("{} {:?} {camera:?}", self.shared, stance.local()).as_bytes());
        let number = self.moving.number(i);
        let name = self.name.of(self.stem, self.moving.stem(), number, self.ending);
        Frame { number, name, stance, camera, fingerprint }
    }

    /// Paints what is not there yet, by a function that also gets the frame's fingerprint, and answers where all frames are, in their order.
    ///
    /// # Errors
    /// Frames that could not be painted, named at the end; a folder that can't be written to, at once; stopped.
    pub(super) fn paint(
        &self,
        kept: &Kept,
        paint: impl Fn(&Arc<Stance>, Camera, &str) -> Result<Content>,
        report: &Report,
    ) -> Result<Vec<PathBuf>> {
        report.stage(self.doing, self.moving.len() as u64);
        report.beating(|| self.go(kept, paint, report))
    }

    fn go(
        &self,
        kept: &Kept,
        paint: impl Fn(&Arc<Stance>, Camera, &str) -> Result<Content>,
        report: &Report,
    ) -> Result<Vec<PathBuf>> {
        let count = self.moving.len();
        let mut there: Vec<Option<PathBuf>> = vec![None; count];
        let done = |Done { whose, path, packing, disk }: Done<Handed>| {
            report.frame(whose.number, &path, whose.took + packing + disk, whose.cached);
            there[whose.i] = Some(path);
        };
        let failed = keeping(done, |keeper| self.hand_in(kept, paint, keeper, report))??;
        if let Some((_, why)) = failed.first() {
            let numbers: Vec<_> = failed.iter().take(20).map(|(number, _)| number.to_string()).collect();
            let more = if failed.len() > numbers.len() { " and more" } else { "" };
            bail!("{} of {count} frames can't be painted ({}{more}): {why}", failed.len(), numbers.join(", "));
        }
        Ok(there.into_iter().flatten().collect())
    }

    /// Paints what is not there yet and hands it in; which frames can't be painted, and why.
    fn hand_in(
        &self,
        kept: &Kept,
        paint: impl Fn(&Arc<Stance>, Camera, &str) -> Result<Content>,
        keeper: &Keeper<Handed>,
        report: &Report,
    ) -> Result<Vec<(i64, String)>> {
        // Frames that look the same are painted once.
        let mut painted: HashMap<String, PathBuf> = HashMap::new();
        let mut failed: Vec<(i64, String)> = Vec::new();
        let mut left: Vec<usize> = (0..self.moving.len()).collect();
        while !left.is_empty() {
            let mut others = Vec::new();
            for i in left {
                report.go_on()?;
                let begun = Instant::now();
                let frame = self.frame(i);
                let (path, task, cached) = match kept.turn(&frame.name, &frame.fingerprint)? {
                    Turn::Others => {
                        others.push(i);
                        continue;
                    }
                    Turn::Kept(path) => (path.clone(), Task::Kept(path), true),
                    Turn::Mine(claim) => {
                        let path = claim.path().to_owned();
                        let task = match painted.get(&frame.fingerprint) {
                            Some(same) => Task::Copy(claim, same.clone()),
                            None => match paint(&frame.stance, frame.camera, &frame.fingerprint) {
                                Ok(content) => Task::Keep(claim, content),
                                Err(error) => {
                                    report.go_on()?;
                                    let why = format!("{error:#}");
                                    report.warn(format_args!("frame {} can't be painted: {why}", frame.number));
                                    failed.push((frame.number, why));
                                    continue;
                                }
                            },
                        };
                        (path, task, false)
                    }
                };
                painted.insert(frame.fingerprint, path);
                keeper.hand(task, Handed { i, number: frame.number, took: begun.elapsed(), cached })?;
            }
            // What others paint is waited for: should they die, it is painted here.
            if !others.is_empty() {
                std::thread::sleep(LOOK);
            }
            left = others;
        }
        Ok(failed)
    }
}

/// What moves in a project, or in another motion for it; `None`: one picture is wanted.
pub(super) fn moving(
    (path, project): (&Path, &Project),
    args: &MotionArgs,
    on: i64,
    always: bool,
    report: &Report,
) -> Result<Option<Moving>> {
    let own = args.motion.is_none() && (args.frames.is_some() || args.sway.wants_motion() || always);
    let moving = if own {
        let moving = Moving::of_project(project, args.frames.as_ref(), report)?;
        Some(moving.ok_or_else(|| nothing_moves(path, ", or name one with --motion"))?)
    } else {
        Moving::of(args, report)?
    };
    Ok(moving.map(|moving| moving.drawn_on(on)))
}

/// A project without a motion and without keys; what else there is to do about it.
pub(super) fn nothing_moves(path: &Path, or: &str) -> Usage {
    let name = text::line(&path.display().to_string()).into_owned();
    Usage(format!("nothing moves in {name}: open it in the window and choose a motion{or}"))
}

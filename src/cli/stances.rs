//! What a figure does in each picture of a command: poses by name, or frames of a motion.

use super::Usage;
use super::arguments::poses;
use super::report::Report;
use super::sway::{Led, SwayArgs};
use crate::dynamics::{Bake, Chains, Settings};
use crate::figure::{Figure, LocalPose};
use crate::files::hash;
use crate::motion::{Clip, Frames, LAST_FRAME, Performance, load, vmd};
use crate::pose::{Camera, CameraView, Pose, Rig};
use crate::project::{Animation, CameraMoves, CameraTake, Fade, LONGEST_FADE, MotionSource, Project, Take};
use crate::raster::{MARGIN, RasterError, Shot, Stance, Subject};
use anyhow::{Context as _, Result};
use clap::Args;
use glam::Vec3;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A motion instead of poses.
#[derive(Args)]
#[group(skip)]
pub(super) struct MotionArgs {
    /// A motion instead of poses: MMD's (.vmd), VRM's (.vrma), .bvh or .glb; of a file with several, FILE:CLIP names one; or
    /// walk, wave, dance, which are built in
    #[arg(long, value_name = "FILE[:CLIP]", group = "stance")]
    pub(super) motion: Option<String>,
    #[command(flatten)]
    pub(super) then: ThenArgs,
    /// Which frames of the motion: numbers from 0 and ranges, such as 0-60:2,75 [default: all]
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(super) frames: Option<Frames>,
    /// See the frames by the camera of an MMD motion (.vmd), which moves and cuts, instead of one that stands still
    #[arg(long, value_name = "FILE")]
    pub(super) camera_motion: Option<PathBuf>,
    #[command(flatten)]
    pub(super) sway: SwayArgs,
}

/// What follows a motion.
#[derive(Args)]
#[group(skip)]
pub(super) struct ThenArgs {
    /// A second motion that the first goes over into, where the figure has come to
    #[arg(long, value_name = "FILE[:CLIP]")]
    pub(super) then: Option<String>,
    /// The frame in which the second begins [default: such that the first ends as it is left]
    #[arg(long, value_name = "FRAME", requires = "then", value_parser = clap::value_parser!(i64).range(0..=LAST_FRAME))]
    then_from: Option<i64>,
    /// For so many frames both are seen [default: half a second]
    #[arg(long, value_name = "FRAMES", requires = "then", value_parser = clap::value_parser!(i64).range(0..=LONGEST_FADE))]
    fade: Option<i64>,
}

impl ThenArgs {
    /// The second clip, and what moves by both; `None`: nothing follows `first`.
    pub(super) fn after(&self, first: &Clip, report: &Report) -> Result<Option<(Clip, Animation)>> {
        let Some(then) = &self.then else { return Ok(None) };
        let (file, second) = load::named_clip(then, None)?;
        file.warnings.iter().for_each(|warning| report.warn(format_args!("{then}: {warning}")));
        let take = || Take::new(MotionSource::BuiltIn(String::new()), String::new());
        let animation = Animation { fps: first.fps, take: Some(take()), ..Animation::default() };
        let mut animation = animation.with_fade(take(), first.duration_s());
        if let Some(fade) = &mut animation.fade {
            let end = fade.from + fade.over;
            fade.over = self.fade.unwrap_or(fade.over);
            fade.from = self.then_from.unwrap_or((end - fade.over).max(0));
        }
        Ok(Some((second, animation)))
    }
}

/// Poses or frames in order, each with a name for its result.
pub(super) enum Stances {
    /// By name or file; with what of the figure hangs as it comes to rest, if anything does.
    Poses(Vec<(String, Pose)>, Option<Chains>),
    /// Of one clip.
    Motion(Box<Moving>),
}

/// Frames of a clip, or of what a project keeps.
pub(super) struct Moving {
    stem: String,
    /// What a bake knows it by again.
    known_as: String,
    clip: Option<Clip>,
    /// The clip that it goes over into.
    second: Option<Clip>,
    animation: Animation,
    frames: Frames,
    /// For so many frames each drawing is seen.
    on: i64,
    /// The clip on the figure.
    performance: Option<Arc<Performance>>,
    /// How hair and skirts swing.
    bake: Option<Bake>,
    /// The camera of a motion file, which keyed ones give way to.
    camera: Option<Clip>,
    /// It before the figure.
    shots: Option<vmd::Shots>,
}

impl Stances {
    /// What a command asks for; motions are named, their files read, before any figure is.
    pub(super) fn of(wanted: &[String], motion: &MotionArgs, report: &Report) -> Result<Self> {
        let Some(moving) = Moving::of(motion, report)? else { return Ok(Self::Poses(poses(wanted)?, None)) };
        Ok(Self::Motion(Box::new(moving)))
    }

    /// The same for a figure, which motions are fitted to.
    pub(super) fn on(self, figure: &Figure, rig: &Rig, args: &MotionArgs, report: &Report) -> Result<Self> {
        let kept = Settings::default();
        Ok(match self {
            Self::Poses(poses, _) => {
                let suits = |settings: &Settings| settings.suit_stills(figure);
                Self::Poses(poses, args.sway.of_poses(&kept, suits, figure, report))
            }
            Self::Motion(moving) => Self::Motion(Box::new(moving.on(figure, rig, args, &kept, report)?)),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Poses(poses, _) => poses.len(),
            Self::Motion(moving) => moving.len(),
        }
    }

    /// What the result of one is called.
    pub(super) fn name(&self, i: usize) -> String {
        match self {
            Self::Poses(poses, _) => poses[i].0.clone(),
            Self::Motion(moving) => moving.name(i),
        }
    }

    /// A subject in one.
    pub(super) fn stand(&self, subject: &Arc<Subject>, i: usize) -> Arc<Stance> {
        match self {
            Self::Poses(poses, None) => subject.stand(&poses[i].1),
            Self::Poses(poses, Some(chains)) => {
                let (_, pose) = &poses[i];
                let local = subject.rig().resolve(subject.figure(), pose);
                subject.stand_so(pose, Some(&chains.settle(subject.figure(), local)))
            }
            Self::Motion(moving) => moving.stand(subject, i),
        }
    }

    /// The camera that sees all frames of a motion whole; poses are framed each by itself.
    pub(super) fn camera(
        &self,
        subject: &Arc<Subject>,
        view: &CameraView,
        size_px: [u32; 2],
        report: &Report,
    ) -> Result<Option<Camera>> {
        match self {
            Self::Poses(..) => Ok(None),
            Self::Motion(moving) if moving.shots.is_some() => Ok(None),
            Self::Motion(moving) => moving.camera(subject, view, size_px, report).map(Some),
        }
    }

    /// One framed from a side, or seen by the camera of all.
    pub(super) fn shoot(
        &self,
        subject: &Arc<Subject>,
        i: usize,
        view: &CameraView,
        size_px: [u32; 2],
        all: Option<&Camera>,
    ) -> Result<Shot, RasterError> {
        let stance = self.stand(subject, i);
        let shot = match self {
            Self::Poses(..) => None,
            Self::Motion(moving) => moving.shot(i, size_px),
        };
        match shot.as_ref().or(all) {
            Some(camera) => Ok(stance.seen(*camera)),
            None => stance.framed(view, size_px, MARGIN),
        }
    }
}

impl Moving {
    /// The motion that is asked for, if one is.
    pub(super) fn of(args: &MotionArgs, report: &Report) -> Result<Option<Self>> {
        let MotionArgs { motion, frames, camera_motion, .. } = args;
        let Some(wanted) = motion else {
            let lacks = match (frames, camera_motion, args.sway.wants_motion()) {
                _ if args.then.then.is_some() => "--then follows a motion",
                (None, None, false) => return Ok(None),
                (Some(_), ..) => "--frames says which frames of a motion",
                (None, Some(_), _) => "--camera-motion sees a motion",
                (None, None, true) => "--bake says how hair and skirts swing in a motion",
            };
            return Err(Usage(format!("{lacks}: name that with --motion FILE")).into());
        };
        Self::named(wanted, &args.then, frames.clone(), report).map(Some)
    }

    /// Frames of a motion, all where none are named.
    pub(super) fn named(wanted: &str, then: &ThenArgs, frames: Option<Frames>, report: &Report) -> Result<Self> {
        let (file, clip) = load::named_clip(wanted, None)?;
        file.warnings.iter().for_each(|warning| report.warn(format_args!("{wanted}: {warning}")));
        let stem = clip.short_name().to_owned();
        let (second, animation) = match then.after(&clip, report)? {
            Some((second, animation)) => (Some(second), animation),
            None => (None, Animation { fps: clip.fps, ..Animation::default() }),
        };
        let last = animation.last_frame_of(Some(&clip), second.as_ref(), None);
        let known_as = match second.as_ref().zip(animation.fading()) {
            Some((second, Fade { from, over, .. })) => {
                format!("{stem}, {} from {from} on, both for {over}", second.short_name())
            }
            None => stem.clone(),
        };
        Ok(Self {
            known_as,
            stem,
            frames: frames.unwrap_or_else(|| Frames::all(last as u64 + 1)),
            clip: Some(clip),
            second,
            animation,
            on: 1,
            performance: None,
            bake: None,
            camera: None,
            shots: None,
        })
    }

    /// What a project keeps, as its window plays it, all frames where none are named; `None`: nothing moves there.
    pub(super) fn of_project(project: &Project, frames: Option<&Frames>, report: &Report) -> Result<Option<Self>> {
        let animation = project.animation.held(&project.pose).into_owned();
        if !animation.moves() {
            return Ok(None);
        }
        let same = |name: &str, chosen: &str, hash: &str| {
            if hash != chosen {
                report.warn(format_args!("{name} is another file than when it was chosen"));
            }
        };
        let mut clips = Vec::new();
        for take in animation.takes() {
            let (file, hash) = take.load()?;
            let name = take.source.name();
            same(&name, &take.hash, &hash);
            file.warnings.iter().for_each(|warning| report.warn(format_args!("{name}: {warning}")));
            let clip = take.clip(&file).cloned();
            clips.push(clip.with_context(|| format!("{name} has no clip called `{}` any more", take.clip))?);
        }
        let mut clips = clips.into_iter();
        let (clip, second) = (clips.next(), clips.next());
        let camera = match animation.camera.heeded() {
            None => None,
            Some(take) => {
                let (clip, hash) = CameraTake::load(&take.source)?;
                same(&take.source.name(), &take.hash, &hash);
                Some(clip)
            }
        };
        let all = || {
            let last = animation.last_frame_of(clip.as_ref(), second.as_ref(), camera.as_ref());
            Frames::all(last as u64 + 1)
        };
        let (stem, frames) = ("frame".into(), frames.cloned().unwrap_or_else(all));
        // Where its files lie is another place on each machine; what they hold has its own hash.
        let mut moves = Animation { camera: CameraMoves::default(), ..animation.clone() };
        moves.takes_mut().for_each(|take| take.source = MotionSource::BuiltIn(String::new()));
        let known_as = format!("of a project (mark {})", hash(&serde_json::to_vec(&moves)?));
        Ok(Some(Self {
            stem,
            known_as,
            clip,
            second,
            animation,
            frames,
            on: 1,
            performance: None,
            bake: None,
            camera,
            shots: None,
        }))
    }

    /// The same with each drawing seen for so many frames: what is drawn is what moves at multiples of them.
    pub(super) fn drawn_on(self, frames: i64) -> Self {
        Self { on: frames.max(1), ..self }
    }

    /// The same fitted to a figure, whose hair and skirts swing.
    pub(super) fn on(
        self,
        figure: &Figure,
        rig: &Rig,
        args: &MotionArgs,
        kept: &Settings,
        report: &Report,
    ) -> Result<Self> {
        let fitted = self.filmed(figure, rig, args.camera_motion.as_deref(), report)?;
        let drawn = fitted.drawn_frames();
        let bake = fitted.led(figure, rig, |led| args.sway.of_motion(kept, figure, led, &drawn, report))?;
        Ok(Self { bake, ..fitted })
    }

    /// The same fitted to a figure, on which nothing swings yet, before its camera or that of another motion.
    pub(super) fn filmed(self, figure: &Figure, rig: &Rig, camera: Option<&Path>, report: &Report) -> Result<Self> {
        let camera = match camera {
            Some(path) => Some(CameraTake::load(&MotionSource::File(path.to_owned()))?.0),
            None => self.camera.clone(),
        };
        let shots = camera.and_then(|clip| vmd::Shots::of(&clip, figure));
        Ok(Self { shots, ..self.fitted(figure, rig, report)? })
    }

    /// The same with the camera where it stands, whatever moves it.
    pub(super) fn seen_from_one_place(mut self) -> Self {
        self.animation.camera = CameraMoves::default();
        Self { camera: None, ..self }
    }

    /// A camera moves.
    pub(super) fn camera_moves(&self) -> bool {
        self.camera.is_some() || !self.animation.camera.keys.is_empty()
    }

    /// The same fitted to a figure, which alone moves.
    pub(super) fn fitted(self, figure: &Figure, rig: &Rig, report: &Report) -> Result<Self> {
        let fitted = |clip: &Clip, take: Option<&Take>| -> Result<Arc<Performance>> {
            let edits = take.map(Take::edits).unwrap_or_default();
            let performance = Performance::edited(clip, &edits, figure, rig)?;
            if performance.native().is_some_and(|native| native.binding.chinese) {
                report.warn("the motion's names were read by the code page of Chinese systems (GBK)");
            }
            Ok(Arc::new(performance))
        };
        let of_second = self.animation.fading().map(|fade| &fade.take);
        let first = self.clip.as_ref().map(|clip| fitted(clip, self.animation.take.as_ref())).transpose()?;
        let second = self.second.as_ref().map(|clip| fitted(clip, of_second)).transpose()?;
        let performance = first.map(|first| self.animation.joined(&first, second.as_ref(), figure, rig));
        Ok(Self { performance, ..self })
    }

    /// Which frames.
    pub(super) fn frames(&self) -> &Frames {
        &self.frames
    }

    /// What leads hair and skirts: the motion on the figure that it was fitted to.
    pub(super) fn led<T>(&self, figure: &Figure, rig: &Rig, ask: impl FnOnce(&Led<'_>) -> T) -> T {
        let (animation, performance) = (&self.animation, self.performance.as_deref());
        let frames = animation.last_frame(performance.map(Performance::clip), self.shots.as_ref()) as u64 + 1;
        let at = |seconds: f64| animation.local(performance, figure, rig, seconds * animation.fps);
        ask(&Led { clip: &self.known_as, frames, fps: animation.fps, at: &at })
    }

    pub(super) fn len(&self) -> usize {
        self.frames.list().len()
    }

    /// What the motion is called in names of results.
    pub(super) fn stem(&self) -> &str {
        &self.stem
    }

    /// Frames a second.
    pub(super) fn fps(&self) -> f64 {
        self.animation.fps
    }

    /// The number of a frame.
    pub(super) fn number(&self, i: usize) -> i64 {
        self.frames.list()[i]
    }

    /// The frame whose drawing is seen in it.
    fn drawn(&self, i: usize) -> i64 {
        let frame = self.number(i);
        frame - frame.rem_euclid(self.on)
    }

    /// The frames whose drawings are seen, in rising order.
    pub(super) fn drawn_frames(&self) -> Vec<i64> {
        let mut drawn: Vec<i64> = (0..self.len()).map(|i| self.drawn(i)).collect();
        drawn.dedup();
        drawn
    }

    pub(super) fn name(&self, i: usize) -> String {
        format!("{}_{:04}", self.stem, self.number(i))
    }

    pub(super) fn stand(&self, subject: &Arc<Subject>, i: usize) -> Arc<Stance> {
        let frame = self.drawn(i);
        let moment = self.animation.at(self.performance.as_deref(), subject.figure(), frame).unwrap_or_default();
        let Some(sway) = self.bake.as_ref().and_then(|bake| bake.at(frame)) else {
            return subject.stand_so(&moment.pose, moment.local.as_ref());
        };
        let local = moment.spelled_out(subject.figure(), subject.rig());
        subject.stand_so(&moment.pose, Some(&LocalPose { sway, ..local }))
    }

    /// The camera of a frame, where one moves.
    pub(super) fn shot(&self, i: usize, size_px: [u32; 2]) -> Option<Camera> {
        let (Animation { camera, fps, .. }, aspect) = (&self.animation, size_px[0] as f32 / size_px[1] as f32);
        camera.seen(self.shots.as_ref(), self.frames.list()[i], *fps, aspect).map(|seen| seen.camera(aspect))
    }

    /// Nothing jitters if all frames are seen from one place: what is farthest out of each frame is held by the picture.
    fn camera(&self, subject: &Arc<Subject>, view: &CameraView, size_px: [u32; 2], report: &Report) -> Result<Camera> {
        let mut outermost = Vec::new();
        for i in 0..self.len() {
            report.go_on()?;
            outermost.extend(extremes(self.stand(subject, i).points()?));
        }
        Ok(view.frame(&outermost, size_px[0] as f32 / size_px[1] as f32, MARGIN))
    }
}

/// Of all points those that lie farthest in 26 directions.
fn extremes(points: &[Vec3]) -> Vec<Vec3> {
    let steps = [-1.0, 0.0, 1.0];
    let directions =
        steps.into_iter().flat_map(|x| steps.into_iter().flat_map(move |y| steps.map(|z| Vec3::new(x, y, z))));
    let farthest =
        |direction: Vec3| points.iter().copied().max_by(|a, b| a.dot(direction).total_cmp(&b.dot(direction)));
    directions.filter(|direction| *direction != Vec3::ZERO).filter_map(farthest).collect()
}

//! Takes: the motion that a project refers to is read and fitted by workers, and hair and skirts swing in it.

mod content;

pub(super) use content::{Comes, Fitting, Joined, Waiting};
pub use content::{TakeContent, Which};

use super::content::Loaded;
use super::events::Event;
use super::workers::JobHandle;
use super::{PlayState, Studio};
use crate::dynamics::{Chains, Run, Settings, Source};
use crate::motion::vmd::Shots;
use crate::motion::{Clip, MotionFile, NameMap, Performance};
use crate::project::{Animation, CameraTake, FigureSource, MotionSource, Project, Take};
use crate::raster::Subject;
use std::sync::Arc;
use tracing::Level;

impl Studio {
    /// Sends a worker to let hair and skirts swing in all frames.
    pub(in crate::studio) fn bake(
        &self,
        animation: &Animation,
        performance: Option<&Arc<Performance>>,
        camera: Option<&Arc<Clip>>,
        subject: &Arc<Subject>,
        sway: &Settings,
    ) -> Option<JobHandle> {
        if !animation.moves() || subject.figure().springs.is_empty() && sway.chains.is_empty() {
            return None;
        }
        let shots = camera.and_then(|clip| Shots::of(clip, subject.figure()));
        let last = animation.last_frame(performance.map(|performance| performance.clip()), shots.as_ref());
        let (animation, performance, subject) = (animation.clone(), performance.cloned(), subject.clone());
        let (settings, clip) = (sway.clone(), String::new());
        let job = self.workers.jobs.start_quietly("Letting hair and skirts swing", move |job| {
            let (figure, rig) = (subject.figure(), subject.rig());
            let chains = Chains::new(figure, &settings);
            if chains.is_empty() {
                return None;
            }
            let source = Source { clip, frames: last as u64 + 1, fps: animation.fps, settings };
            let frames: Vec<i64> = (0..=last).collect();
            let lead = |s: f64| animation.local(performance.as_deref(), figure, rig, s * animation.fps);
            let bake = Run::new(figure, &chains, &lead).bake(source, &frames, job).ok()?;
            Some(Event::Swung(Box::new(animation), subject, Arc::new(bake)))
        });
        Some(job)
    }

    /// Has the motions read that the project refers to, and fitted to the figure.
    pub(in crate::studio) fn read_takes(&mut self, animation: &Animation) {
        let subject = self.content.subject().cloned();
        let (jobs, second) = (&self.workers.jobs, animation.fading().map(|fade| &fade.take));
        for (content, take) in [(&mut self.content.take, animation.take.as_ref()), (&mut self.content.second, second)] {
            content.read(jobs, take);
            if let Err(problem) = content.fit(jobs, take, subject.as_ref()) {
                self.toasts.say(Level::ERROR, problem);
            }
        }
    }

    /// What the project's takes are on the figure together; `Err`: that is on its way.
    pub(in crate::studio) fn performance(
        &mut self,
        animation: &Animation,
        subject: &Subject,
    ) -> Result<Option<Arc<Performance>>, Comes> {
        let second = animation.fading();
        // A take that can't be had leaves the keys alone; one that is on its way is waited for.
        let first = self.content.take.there(animation.take.is_some())?;
        let second = self.content.second.there(second.is_some())?.zip(second);
        let (Some(first), Some((second, fade))) = (&first, second) else { return Ok(first) };
        let (figure, rig) = (subject.figure(), subject.rig());
        let known = self.content.joined.as_ref().filter(|known| {
            Arc::ptr_eq(&known.first, first)
                && Arc::ptr_eq(&known.second, &second)
                && known.frames == [fade.from, fade.over]
                && known.fps == animation.fps
        });
        if let Some(known) = known {
            return Ok(Some(known.both.clone()));
        }
        let both = animation.joined(first, Some(&second), figure, rig);
        let (first, frames, fps) = (first.clone(), [fade.from, fade.over], animation.fps);
        self.content.joined = Some(Joined { first, second, frames, fps, both: both.clone() });
        Ok(Some(both))
    }

    /// A motion of the project was read, or could not be.
    pub(in crate::studio) fn motion_read(
        &mut self,
        of: &(MotionSource, NameMap),
        outcome: Result<(Arc<MotionFile>, String), String>,
    ) {
        let wanted = |content: &TakeContent| content.of.as_ref() == Some(of);
        let project = self.project().clone();
        let takes = [project.animation.take.as_ref(), project.animation.fading().map(|fade| &fade.take)];
        let awaited = [&self.content.take, &self.content.second].map(wanted);
        let mut chosen = takes.into_iter().zip(awaited).filter_map(|(take, awaited)| take.filter(|_| awaited));
        let read = match outcome {
            _ if !awaited.contains(&true) => return,
            Ok((file, hash)) => {
                self.warn_of_another(&of.0, chosen.any(|take| take.hash != hash));
                Loaded::Ready(file)
            }
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
        for content in [&mut self.content.take, &mut self.content.second] {
            if wanted(content) {
                content.file = read.clone();
            }
        }
    }

    /// A take was fitted to the figure, or could not be.
    pub(in crate::studio) fn motion_fitted(&mut self, of: &Arc<Fitting>, outcome: Result<Arc<Performance>, String>) {
        let awaits = |content: &&mut TakeContent| content.fitting.as_ref().is_some_and(|known| Arc::ptr_eq(known, of));
        let both = [&mut self.content.take, &mut self.content.second];
        let Some(content) = both.into_iter().find(awaits) else { return };
        content.performance = match outcome {
            Ok(performance) => Loaded::Ready(performance),
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    /// Has the motion file read that the camera follows.
    pub(in crate::studio) fn read_camera(&mut self, source: Option<&MotionSource>) {
        if self.content.camera_source.as_ref() == source {
            return;
        }
        (self.content.camera_source, self.content.camera) = (source.cloned(), Loaded::None);
        let Some(source) = source.cloned() else { return };
        self.content.camera = Loaded::Loading;
        let (title, lost) = (format!("Opening {}", source.name()), source.clone());
        let or_else = move |why| Event::Camera(lost, Err(why));
        self.workers.jobs.start_or_else(title, or_else, move |_| {
            let read = CameraTake::load(&source).map_err(|error| error.to_string());
            Some(Event::Camera(source, read.map(|(clip, hash)| (Arc::new(clip), hash))))
        });
    }

    /// The motion file that the camera follows was read, or could not be.
    pub(in crate::studio) fn camera_read(
        &mut self,
        source: &MotionSource,
        outcome: Result<(Arc<Clip>, String), String>,
    ) {
        if self.content.camera_source.as_ref() != Some(source) {
            return;
        }
        self.content.camera = match outcome {
            Ok((clip, hash)) => {
                let chosen = self.project().animation.camera.take.as_ref();
                let is_another = chosen.is_some_and(|take| take.hash != hash);
                self.warn_of_another(source, is_another);
                Loaded::Ready(clip)
            }
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    fn warn_of_another(&mut self, source: &MotionSource, is_another: bool) {
        if is_another {
            let what = format!("{} is another file than when it was chosen", source.name());
            self.toasts.say(Level::WARN, what);
        }
    }

    /// Sends a worker for a motion file whose camera is followed as soon as it is there.
    pub(in crate::studio) fn open_camera(&self, source: MotionSource) {
        self.workers.jobs.start(format!("Opening {}", source.name()), move |_| {
            Some(match CameraTake::load(&source) {
                Ok((clip, hash)) => Event::NewCamera(source, Arc::new(clip), hash),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// A motion file is there whose camera is to be followed: it is, from the first frame on.
    pub(in crate::studio) fn new_camera(
        &mut self,
        ctx: &egui::Context,
        source: MotionSource,
        clip: Arc<Clip>,
        hash: String,
    ) {
        let label = format!("Take the camera of {}", source.name());
        let mut project = Project::clone(self.project());
        project.animation = project.animation.with_camera(CameraTake::new(source.clone(), hash), &clip);
        (self.content.camera_source, self.content.camera) = (Some(source), Loaded::Ready(clip));
        self.change(ctx, &label, project, None);
        self.playback.seek(0);
        self.playback.state = PlayState::Playing;
        ctx.request_repaint();
    }

    /// Sends a worker for a motion, which is played as soon as it is there.
    pub(in crate::studio) fn open_motion(&self, source: MotionSource) {
        self.open_motion_as(source, Event::NewMotion);
    }

    /// Sends a worker for a motion that the one that is there goes over into, as soon as it is there too.
    pub(in crate::studio) fn open_second(&self, source: MotionSource) {
        self.open_motion_as(source, Event::SecondMotion);
    }

    fn open_motion_as(
        &self,
        source: MotionSource,
        event: impl FnOnce(MotionSource, Arc<MotionFile>, String) -> Event + Send + 'static,
    ) {
        self.workers.jobs.start(format!("Opening {}", source.name()), move |_| {
            Some(match source.load() {
                Ok((file, hash)) => event(source, Arc::new(file), hash),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// A second motion is there: the first goes over into it.
    pub(in crate::studio) fn second_motion(
        &mut self,
        ctx: &egui::Context,
        source: MotionSource,
        file: Arc<MotionFile>,
        hash: String,
    ) {
        let moved = |clip: &Clip| clip.vmd().is_some_and(|vmd| vmd.is_camera());
        let Some(first) = self.project().animation.take.as_ref().map(|take| take.source.clone()) else {
            return self.new_motion(ctx, source, file, hash);
        };
        let first_s = match self.content.take.there(true) {
            Ok(Some(first)) => first.clip().duration_s(),
            // It goes on where the first one ends: that is not known yet.
            Err(Comes) => return self.content.after_first = Some(Waiting { first, source, file, hash }),
            Ok(None) => return self.new_motion(ctx, source, file, hash),
        };
        if file.clips.first().is_some_and(moved) {
            let what = format!("{} moves the camera alone: open it as a camera motion", source.name());
            return self.toasts.say(Level::ERROR, what);
        }
        for warning in &file.warnings {
            self.toasts.say(Level::WARN, format!("{}: {warning}", source.name()));
        }
        let label = format!("Go over into {}", source.name());
        let mut project = Project::clone(self.project());
        project.animation = project.animation.with_fade(Take::new(source.clone(), hash), first_s);
        self.content.second.hold(source, file);
        self.change(ctx, &label, project, None);
        self.playback.range = None;
        ctx.request_repaint();
    }

    /// Lets the motion that waits for the first one follow as soon as that is there or can't be had.
    pub(in crate::studio) fn follow_first(&mut self, ctx: &egui::Context) {
        let Some(Waiting { first, source, file, hash }) = self.content.after_first.take() else { return };
        if self.project().animation.take.as_ref().is_some_and(|take| take.source == first) {
            self.second_motion(ctx, source, file, hash);
        } else {
            let what = format!("{} is not taken: the motion that it was to follow is gone", source.name());
            self.toasts.say(Level::INFO, what);
        }
    }

    /// A motion that was asked for is there: it plays.
    pub(in crate::studio) fn new_motion(
        &mut self,
        ctx: &egui::Context,
        source: MotionSource,
        file: Arc<MotionFile>,
        hash: String,
    ) {
        let moved = file.clips.first().filter(|clip| clip.vmd().is_some_and(|vmd| vmd.is_camera()));
        if let Some(clip) = moved.cloned() {
            return self.new_camera(ctx, source, Arc::new(clip), hash);
        }
        for warning in &file.warnings {
            self.toasts.say(Level::WARN, format!("{}: {warning}", source.name()));
        }
        let label = format!("Take the motion {}", source.name());
        let mut project = Project::clone(self.project());
        let clip = file.clips.first();
        project.animation = Animation { fade: None, ..project.animation };
        project.animation = project.animation.with_take(Take::new(source.clone(), hash), clip);
        // Whoever brings a motion wants to see somebody move.
        if project.figure.is_none() {
            project.figure = Some(FigureSource::BuiltIn);
        }
        self.content.take.hold(source, file);
        self.change(ctx, &label, project, None);
        self.playback.range = None;
        self.playback.seek(0);
        self.playback.state = PlayState::Playing;
        ctx.request_repaint();
    }
}

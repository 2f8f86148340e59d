//! Takes: the motion that a project refers to is read and fitted by workers, and hair and skirts swing in it.

use super::content::Loaded;
use super::events::Event;
use super::workers::JobHandle;
use super::{PlayState, Studio};
use crate::dynamics::{Chains, Run, Settings, Source};
use crate::motion::vmd::Shots;
use crate::motion::{Clip, MotionFile, NameMap, Performance};
use crate::project::{Animation, CameraTake, FigureSource, MotionSource, Project, Take};
use crate::raster::Subject;
use crate::text;
use std::sync::Arc;
use tracing::Level;

/// Of what a take was fitted.
pub struct Fitting {
    take: Take,
    file: Arc<MotionFile>,
    subject: Arc<Subject>,
}

impl Studio {
    /// Sends a worker to let hair and skirts swing in all frames.
    pub(super) fn bake(
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
            Some(Event::Swung(animation, subject, Arc::new(bake)))
        });
        Some(job)
    }

    /// Has the motion of the project's take read.
    pub(super) fn read_motion(&mut self, take: Option<&Take>) {
        // This is asked in every frame of the window.
        let wanted = take.map(|take| (&take.source, &take.names));
        if self.content.motion_source.as_ref().map(|(source, names)| (source, names)) == wanted {
            return;
        }
        let wanted = wanted.map(|(source, names)| (source.clone(), names.clone()));
        let before = std::mem::replace(&mut self.content.motion_source, wanted.clone());
        let Some(of) = wanted else {
            (self.content.motion, self.content.performance) = (Loaded::None, Loaded::None);
            return;
        };
        // The same file is seen and moves on until it is read again.
        if before.is_none_or(|(before, _)| before != of.0) {
            (self.content.motion, self.content.performance) = (Loaded::Loading, Loaded::None);
        }
        let (title, lost) = (format!("Opening {}", of.0.name()), of.clone());
        let or_else = move |why| Event::Motion(lost, Err(why));
        self.workers.jobs.start_or_else(title, or_else, move |_| {
            let (source, names) = &of;
            let read = source.load_with(names).map_err(|error| error.to_string());
            Some(Event::Motion(of, read.map(|(file, hash)| (Arc::new(file), hash))))
        });
    }

    /// Has the take fitted to the figure.
    pub(super) fn fit_motion(&mut self, take: Option<&Take>) {
        let ready = self.content.motion.ready().cloned().zip(self.content.subject().cloned());
        let Some((take, (file, subject))) = take.zip(ready) else {
            self.content.fitting = None;
            // What could not be read is known already.
            self.content.performance = match &self.content.motion {
                Loaded::Failed(why) => Loaded::Failed(why.clone()),
                _ => Loaded::None,
            };
            return;
        };
        let known = self.content.fitting.as_ref().is_some_and(|known| {
            known.take == *take && Arc::ptr_eq(&known.file, &file) && Arc::ptr_eq(&known.subject, &subject)
        });
        if known {
            return;
        }
        let clip = take.clip(&file).cloned();
        let fitting = Arc::new(Fitting { take: take.clone(), file, subject });
        self.content.fitting = Some(fitting.clone());
        let Some(clip) = clip else {
            let why = format!("{} has no clip called `{}` any more", take.source.name(), text::line(&take.clip));
            self.content.performance = Loaded::Failed(why.clone());
            self.toasts.say(Level::ERROR, why);
            return;
        };
        self.content.performance = Loaded::Loading;
        let lost = fitting.clone();
        let or_else = move |why| Event::Performance(lost, Err(why));
        self.workers.jobs.start_quietly_or_else("Fitting the motion", or_else, move |_| {
            let subject = &fitting.subject;
            let performance = Performance::edited(&clip, &fitting.take.edits(), subject.figure(), subject.rig());
            Some(Event::Performance(fitting, performance.map(Arc::new).map_err(|error| error.to_string())))
        });
    }

    /// The project's motion was read, or could not be.
    pub(super) fn motion_read(
        &mut self,
        of: &(MotionSource, NameMap),
        outcome: Result<(Arc<MotionFile>, String), String>,
    ) {
        if self.content.motion_source.as_ref() != Some(of) {
            return;
        }
        let (source, _) = of;
        self.content.motion = match outcome {
            Ok((file, hash)) => {
                let chosen = self.project().animation.take.as_ref().map(|take| take.hash.clone());
                self.warn_of_another(source, chosen, &hash);
                Loaded::Ready(file)
            }
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    /// The take was fitted to the figure, or could not be.
    pub(super) fn motion_fitted(&mut self, of: &Arc<Fitting>, outcome: Result<Arc<Performance>, String>) {
        if !self.content.fitting.as_ref().is_some_and(|known| Arc::ptr_eq(known, of)) {
            return;
        }
        self.content.performance = match outcome {
            Ok(performance) => Loaded::Ready(performance),
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    /// Has the motion file read that the camera follows.
    pub(super) fn read_camera(&mut self, source: Option<&MotionSource>) {
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
    pub(super) fn camera_read(&mut self, source: &MotionSource, outcome: Result<(Arc<Clip>, String), String>) {
        if self.content.camera_source.as_ref() != Some(source) {
            return;
        }
        self.content.camera = match outcome {
            Ok((clip, hash)) => {
                let chosen = self.project().animation.camera.take.as_ref().map(|take| take.hash.clone());
                self.warn_of_another(source, chosen, &hash);
                Loaded::Ready(clip)
            }
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    fn warn_of_another(&mut self, source: &MotionSource, chosen: Option<String>, hash: &str) {
        if chosen.is_some_and(|chosen| chosen != hash) {
            let what = format!("{} is another file than when it was chosen", source.name());
            self.toasts.say(Level::WARN, what);
        }
    }

    /// Sends a worker for a motion file whose camera is followed as soon as it is there.
    pub(super) fn open_camera(&self, source: MotionSource) {
        self.workers.jobs.start(format!("Opening {}", source.name()), move |_| {
            Some(match CameraTake::load(&source) {
                Ok((clip, hash)) => Event::NewCamera(source, Arc::new(clip), hash),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// A motion file is there whose camera is to be followed: it is, from the first frame on.
    pub(super) fn new_camera(&mut self, ctx: &egui::Context, source: MotionSource, clip: Arc<Clip>, hash: String) {
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
    pub(super) fn open_motion(&self, source: MotionSource) {
        self.workers.jobs.start(format!("Opening {}", source.name()), move |_| {
            Some(match source.load() {
                Ok((file, hash)) => Event::NewMotion(source, Arc::new(file), hash),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// A motion that was asked for is there: it plays.
    pub(super) fn new_motion(
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
        project.animation = project.animation.with_take(Take::new(source.clone(), hash), clip);
        // Whoever brings a motion wants to see somebody move.
        if project.figure.is_none() {
            project.figure = Some(FigureSource::BuiltIn);
        }
        (self.content.motion_source, self.content.motion) = (Some((source, NameMap::default())), Loaded::Ready(file));
        self.change(ctx, &label, project, None);
        self.playback.range = None;
        self.playback.seek(0);
        self.playback.state = PlayState::Playing;
        ctx.request_repaint();
    }
}

//! Playing: the motion that a project refers to is read and fitted by workers, the pose at the playhead is worked out, and
//! the painter is asked for frames that nobody has painted yet.

use super::commands::Edit;
use super::content::Loaded;
use super::events::Event;
use super::workers::JobHandle;
use super::{PlayState, Studio};
use crate::dynamics::{Bake, Chains, Run, Settings, Source};
use crate::engine::Motif;
use crate::figure::LocalPose;
use crate::motion::{Moment, MotionFile, Performance};
use crate::project::{Animation, FigureSource, MotionSource, Project, Take};
use crate::raster::Subject;
use crate::text;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Level;

/// How long a frame of the window may look for painted frames that hold no longer.
const LOOK: Duration = Duration::from_millis(2);

/// What moves the figure, worked out where it is asked.
pub(super) struct Scene {
    animation: Animation,
    performance: Option<Arc<Performance>>,
    subject: Arc<Subject>,
    /// The last frame that moves.
    pub(super) last: i64,
    /// Whether the last of these frames shows what the first does.
    closed: Option<([i64; 2], bool)>,
    /// The frame that was worked out last, with what the figure does there.
    now: Option<(i64, Option<Arc<Moment>>)>,
    /// What of the figure swings, beside what its file says.
    sway: Settings,
    /// How it swings, as soon as that is worked out.
    bake: Option<Arc<Bake>>,
    /// Who works it out.
    baking: Option<JobHandle>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.baking.iter().for_each(JobHandle::stop);
    }
}

impl Scene {
    /// What the figure does at a frame; `None`: nothing moves it.
    fn at(&self, frame: i64) -> Option<Moment> {
        let (figure, rig) = (self.subject.figure(), self.subject.rig());
        let mut moment = self.animation.at(self.performance.as_deref(), figure, frame)?;
        if let Some(sway) = self.bake.as_ref().and_then(|bake| bake.at(frame)) {
            moment.local = Some(LocalPose { sway, ..moment.spelled_out(figure, rig) });
        }
        Some(moment)
    }

    /// It is of these.
    fn is_of(
        &self,
        animation: &Animation,
        performance: Option<&Arc<Performance>>,
        subject: &Arc<Subject>,
        sway: &Settings,
    ) -> bool {
        let same_take = match (&self.performance, performance) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        };
        same_take && Arc::ptr_eq(&self.subject, subject) && self.animation == *animation && self.sway == *sway
    }

    fn closes(&mut self, span: [i64; 2]) -> bool {
        if let Some((known, closed)) = self.closed
            && known == span
        {
            return closed;
        }
        let closed = span[0] < span[1] && self.at(span[0]) == self.at(span[1]);
        self.closed = Some((span, closed));
        closed
    }
}

/// Of what a take was fitted.
pub struct Fitting {
    take: Take,
    file: Arc<MotionFile>,
    subject: Arc<Subject>,
}

impl Studio {
    /// Lets the playhead run to the time it is.
    pub(super) fn run_playhead(&mut self, ctx: &egui::Context) {
        if self.content.reel.doubted().is_some() {
            ctx.request_repaint();
        }
        if !self.playback.is_playing() {
            return;
        }
        let project = self.project().clone();
        let fps = project.animation.fps;
        // What was changed just now is worked out first.
        if let Some(scene) = self.scene.as_mut().filter(|scene| scene.animation == project.animation) {
            let closed = scene.closes(self.playback.span(scene.last));
            self.playback.run(ctx.input(|input| input.time), fps, scene.last, closed);
        }
        ctx.request_repaint_after(Duration::from_secs_f64(self.playback.next_s(fps)));
    }

    /// Reads and fits what the project's animation refers to, and works out what the figure does at the playhead.
    pub(super) fn follow_motion(&mut self) {
        let project = self.project().clone();
        let take = project.animation.take.as_ref();
        self.read_motion(take.map(|take| &take.source));
        self.fit_motion(take);
        let Some(subject) = self.content.subject().cloned() else {
            (self.scene, self.playback.moment) = (None, None);
            return;
        };
        // A take that can't be had leaves the keys alone; one that is on its way is waited for.
        let performance = self.content.performance.ready().cloned();
        if take.is_some() && performance.is_none() && !matches!(self.content.performance, Loaded::Failed(_)) {
            (self.scene, self.playback.moment) = (None, None);
            return;
        }
        if !self
            .scene
            .as_ref()
            .is_some_and(|s| s.is_of(&project.animation, performance.as_ref(), &subject, &project.sway))
        {
            let last = project.animation.last_frame(performance.as_ref().map(|performance| performance.clip()));
            let animation = project.animation.clone();
            let baking = self.bake(&animation, performance.as_ref(), &subject, &project.sway, last);
            self.scene = Some(Scene {
                animation,
                performance,
                subject,
                last,
                closed: None,
                now: None,
                sway: project.sway.clone(),
                bake: None,
                baking,
            });
            self.content.reel.doubt();
        }
        let Some(scene) = &mut self.scene else { return };
        if !self.playback.is_on() {
            self.playback.moment = None;
        } else {
            let frame = self.playback.frame();
            if scene.now.as_ref().is_none_or(|(known, _)| *known != frame) {
                scene.now = Some((frame, scene.at(frame).map(Arc::new)));
            }
            self.playback.moment = scene.now.as_ref().and_then(|(_, moment)| moment.clone());
            self.content.reel.check(frame, self.playback.moment.as_deref());
        }
        let begun = Instant::now();
        while let Some(frame) = self.content.reel.doubted().filter(|_| begun.elapsed() < LOOK) {
            self.content.reel.check(frame, scene.at(frame).as_ref());
        }
    }

    /// Sends a worker to let hair and skirts swing in all frames.
    fn bake(
        &self,
        animation: &Animation,
        performance: Option<&Arc<Performance>>,
        subject: &Arc<Subject>,
        sway: &Settings,
        last: i64,
    ) -> Option<JobHandle> {
        if !animation.moves() || subject.figure().springs.is_empty() && sway.chains.is_empty() {
            return None;
        }
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

    /// Hair and skirts swing in what is played, unless that was changed meanwhile.
    pub(super) fn swung(&mut self, animation: &Animation, subject: &Arc<Subject>, bake: Arc<Bake>) {
        let Some(scene) = &mut self.scene else { return };
        let same = scene.animation == *animation
            && Arc::ptr_eq(&scene.subject, subject)
            && scene.sway == bake.source().settings
            && scene.last as u64 + 1 == bake.source().frames;
        if same {
            (scene.bake, scene.now, scene.closed) = (Some(bake), None, None);
            self.content.reel.doubt();
        }
    }

    fn read_motion(&mut self, source: Option<&MotionSource>) {
        if self.content.motion_source.as_ref() == source {
            return;
        }
        self.content.motion_source = source.cloned();
        (self.content.motion, self.content.performance) = (Loaded::None, Loaded::None);
        let Some(source) = source.cloned() else { return };
        self.content.motion = Loaded::Loading;
        let (title, lost) = (format!("Opening {}", source.name()), source.clone());
        let or_else = move |why| Event::Motion(lost, Err(why));
        self.workers.jobs.start_or_else(title, or_else, move |_| {
            let read = source.load().map_err(|error| error.to_string());
            Some(Event::Motion(source, read.map(|(file, hash)| (Arc::new(file), hash))))
        });
    }

    fn fit_motion(&mut self, take: Option<&Take>) {
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
    pub(super) fn motion_read(&mut self, source: &MotionSource, outcome: Result<(Arc<MotionFile>, String), String>) {
        if self.content.motion_source.as_ref() != Some(source) {
            return;
        }
        self.content.motion = match outcome {
            Ok((file, hash)) => {
                let chosen = self.project().animation.take.as_ref().map(|take| take.hash.as_str());
                if chosen.is_some_and(|chosen| chosen != hash) {
                    let what = format!("{} is another file than when it was chosen", source.name());
                    self.toasts.say(Level::WARN, what);
                }
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
        (self.content.motion_source, self.content.motion) = (Some(source), Loaded::Ready(file));
        self.change(ctx, &label, project, None);
        self.playback.range = None;
        self.playback.seek(0);
        self.playback.state = PlayState::Playing;
        ctx.request_repaint();
    }

    /// What an edit becomes: a pose at the playhead is keyed there.
    pub(super) fn keyed(&mut self, edit: Edit) -> Edit {
        match edit {
            Edit::Pose(pose) if self.keys_poses() => {
                self.playback.pause();
                let mut animation = self.project().animation.clone();
                animation.keys.set(self.playback.frame(), pose);
                Edit::Animation(animation)
            }
            edit => edit,
        }
    }

    fn keys_poses(&self) -> bool {
        self.playback.is_on() && self.playback.auto_key && self.project().animation.moves()
    }

    /// Whoever changed the project's own pose sees it.
    pub(super) fn show_own_pose_unless(&mut self, held: &Project) {
        if self.playback.is_on() && self.project().pose != held.pose {
            self.playback.stop();
        }
    }

    /// The painted frame that is shown, while something is played.
    pub(super) fn show_film(&mut self) {
        if !self.playback.is_on() {
            self.content.film = None;
            return;
        }
        match self.content.reel.get(self.playback.frame()) {
            Some(frame) => self.content.film = Some(frame.clone()),
            // While it runs the last one stays: another is on its way.
            None if self.playback.is_playing() => {}
            None => self.content.film = None,
        }
    }

    /// The next frame that nobody has painted yet, with what the figure does in it.
    pub(super) fn unpainted(&self, motif: &Motif) -> Option<(i64, Arc<Moment>, Motif)> {
        let scene = self.scene.as_ref()?;
        let ([first, end], hold) = (self.playback.span(scene.last), self.playback.exposure.max(1));
        let frames = (first..=end).filter(|frame| frame % hold == 0 && self.content.reel.get(*frame).is_none());
        let frame = frames.min_by_key(|frame| self.playback.ahead(*frame, scene.last))?;
        let moment = Arc::new(scene.at(frame)?);
        let stance = motif.shot.stance().subject().stand_so(&moment.pose, moment.local.as_ref());
        let shot = Arc::new(stance.seen(*motif.shot.camera()));
        Some((frame, moment, Motif { shot, ..motif.clone() }))
    }
}

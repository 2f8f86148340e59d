//! What the window does when workers have news.

use super::Studio;
use super::commands::{Edit, OwnChange, framing};
use super::content::{DrawingThumbnail, Loaded, WindowImage};
use super::document::Document;
use super::events::{Event, Reading};
use super::playback::Playback;
use crate::engine::Tuned;
use crate::project::session::leftovers;
use crate::project::{Drawing, DrawingSource, FigureSource};
use std::sync::Arc;
use tracing::Level;

/// More warnings of one figure than these are read in the log.
const TOASTS_A_FIGURE: usize = 3;

impl Studio {
    /// Takes in one piece of news.
    pub(super) fn on_event(&mut self, ctx: &egui::Context, event: Event) {
        match event {
            Event::Command(command) => self.outbox.send(command),
            Event::Notice(text) => self.toasts.say(Level::INFO, text),
            Event::Warning(text) => self.toasts.say(Level::WARN, text),
            Event::Failed(text) => self.toasts.say(Level::ERROR, text),
            Event::NotSaved(text) => {
                self.closing.not_saved();
                self.toasts.say(Level::ERROR, text);
            }
            Event::SavedElsewhere(path) => self.closing.ask_about(path),
            Event::TakenOver(project) => {
                self.change(ctx, "Take what was saved elsewhere", *project, None);
                self.document.history.saved(self.document.project().clone());
            }
            Event::Figure(source, outcome) => {
                if self.content.figure_source.as_ref() != Some(&source) {
                    return;
                }
                match outcome {
                    Ok(subject) => {
                        self.introduce(&subject);
                        self.content.figure = Loaded::Ready(subject);
                        if !self.document.framed {
                            self.frame_figure_quietly();
                        }
                    }
                    Err(problem) => {
                        self.toasts.say(Level::ERROR, problem.clone());
                        self.content.figure = Loaded::Failed(problem);
                    }
                }
            }
            Event::NewFigure(source, subject) => self.new_figure(ctx, source, subject),
            Event::Motion(of, outcome) => self.motion_read(&of, outcome),
            Event::NewMotion(source, file, hash) => self.new_motion(ctx, source, file, hash),
            Event::SecondMotion(source, file, hash) => self.second_motion(ctx, source, file, hash),
            Event::Bones(which, names) => self.bones_read(ctx, which, names),
            Event::Camera(source, outcome) => self.camera_read(&source, outcome),
            Event::NewCamera(source, clip, hash) => self.new_camera(ctx, source, clip, hash),
            Event::Sound(file, outcome) => self.sound_read(&file, outcome),
            Event::NewSound(file, wave) => self.new_sound(ctx, file, wave),
            Event::Swung(animation, subject, bake) => self.swung(&animation, &subject, bake),
            Event::Performance(of, outcome) => self.motion_fitted(&of, outcome),
            Event::Drawing { source, asked, outcome, missing } => {
                let revision = self.content.next_revision();
                let state = self.content.drawings.entry(source).or_default();
                if state.asked != asked {
                    return;
                }
                (state.loading, state.missing) = (false, missing);
                match outcome {
                    Ok(reading) => {
                        state.problem = reading.problem;
                        (state.detected, state.spread, state.belief) = (None, None, None);
                        (state.otherwise, state.stale) = (None, None);
                        state.revision = revision;
                        state.view = Some(Arc::new(reading.view));
                        state.before = reading.before.map(Arc::new);
                    }
                    // The last reading stays on screen, and in use, until the file is whole again.
                    Err(problem) if state.view.is_some() => state.stale = Some(problem),
                    Err(problem) => state.problem = Some(problem),
                }
            }
            Event::Unread { sources, asked, why } => {
                self.toasts.say(Level::WARN, why.clone());
                for source in sources {
                    let state = self.content.drawings.get_mut(&source).filter(|state| state.asked == asked);
                    let Some(state) = state else { continue };
                    state.loading = false;
                    let problem = if state.view.is_some() { &mut state.stale } else { &mut state.problem };
                    *problem = Some(why.clone());
                }
            }
            Event::DrawingThumbnail(source, of, thumbnail) => {
                let revision = self.content.next_revision();
                if let Some(state) = self.content.drawings.get_mut(&source).filter(|s| s.revision == of) {
                    state.thumbnail = Some(DrawingThumbnail { revision, ..thumbnail });
                }
            }
            Event::CutOut(errand, outcome) => self.overlays.cutout.done(errand, outcome),
            Event::Landmarks(errand, piece) => self.overlays.landmarks.take(errand, piece),
            Event::NewDrawings(readings) => self.new_drawings(ctx, readings),
            Event::Changed(path) => {
                let source = DrawingSource::File(path);
                if self.content.drawings.contains_key(&source) {
                    self.read_drawings(vec![source]);
                }
            }
            Event::Gone(path) => {
                if let Some(state) = self.content.drawings.get_mut(&DrawingSource::File(path)) {
                    state.missing = true;
                }
            }
            Event::TracingChanged(path) => {
                if self.content.tracing_source == Some(DrawingSource::File(path)) {
                    self.read_tracing();
                }
            }
            Event::Tracing(source, outcome) => {
                if self.content.tracing_source.as_ref() == Some(&source) {
                    self.content.tracing = match outcome {
                        Ok(image) => Loaded::Ready(WindowImage { image, revision: self.content.next_revision() }),
                        Err(problem) => {
                            self.toasts.say(Level::ERROR, problem.clone());
                            Loaded::Failed(problem)
                        }
                    };
                }
            }
            Event::Opened { project, path, on_disk, session, recovered, otherwise } => {
                if session.is_none() && path.is_some() {
                    let what = "this project is open in another window; who saves after the other is asked".to_owned();
                    self.toasts.say(Level::WARN, what);
                }
                if let Some(path) = path.as_ref().filter(|_| !recovered) {
                    self.settings.now.remember(path);
                }
                if recovered {
                    self.toasts.say(Level::INFO, "Recovered; save it to keep it".into());
                }
                if let Some(otherwise) = otherwise {
                    self.toasts.say(Level::INFO, otherwise);
                }
                self.begin(Document::new(*project, path, on_disk, session, recovered));
                self.overlays.windows.missing = true;
            }
            Event::Weights(graph, path) => {
                let mut painting = self.project().painting.clone();
                painting.weights.set(graph, Some(path));
                self.outbox.edit("Load weights", Edit::Painting(painting));
            }
            Event::Calibrated(fitted) => {
                self.toasts.say(Level::INFO, fitted.words());
                self.outbox.edit("Fit the encoding", Edit::Encoding(Some(fitted.encoding)));
            }
            Event::Tuned(path) => {
                let mut painting = self.project().painting.clone();
                painting.tuned = Tuned { file: Some(path), ..Tuned::default() };
                self.outbox.edit("Paint as tuned to the drawings", Edit::Painting(painting));
            }
            Event::Saved { project, path, session } => self.saved(project, path, session),
            Event::Kept(project) => self.document.kept(project),
            Event::Leftovers(leftovers) => {
                leftovers.damaged.into_iter().for_each(|what| self.toasts.say(Level::WARN, what));
                self.overlays.windows.leftovers = leftovers.found;
            }
            Event::Outside(target, files) => self.overlays.windows.outside = Some((target, files)),
            Event::Poses(poses) => {
                let names: Vec<&str> = poses.iter().map(|pose| pose.name.as_str()).collect();
                self.toasts.say(Level::INFO, format!("{} is in the pose library now", names.join(", ")));
                self.change_own_poses(OwnChange::Keep(poses));
            }
            Event::OwnPoses(asked, poses) if asked == self.content.own_poses_asked => {
                self.content.own_poses = poses.into();
            }
            // A later change is under way.
            Event::OwnPoses(..) => {}
            Event::Trainings(trainings) => self.content.trainings = Some(trainings.into()),
            Event::Renders(jobs) => {
                self.content.render_pictures.retain(|path, _| jobs.iter().any(|job| job.path == *path));
                self.content.renders = Some(jobs.into());
            }
            Event::RenderPicture { job, image } => {
                let revision = self.content.next_revision();
                self.content.render_pictures.insert(job, WindowImage { image, revision });
            }
            Event::ExportAdded(outcome) => self.overlays.export.answered(outcome),
            Event::Ffmpeg(there) => self.content.ffmpeg = Some(there),
            Event::TrainingBegun(path) => self.display.training = Some(path),
            Event::TrainingRefused => self.content.trainings_refused += 1,
            Event::Samples { training, step, image } => {
                if self.content.samples_of.as_ref() != Some(&training) {
                    self.content.samples_of = Some(training);
                    self.content.samples.clear();
                }
                let revision = self.content.next_revision();
                self.content.samples.insert(step, WindowImage { image, revision });
            }
            Event::Thumbnail { subject, key, image } => {
                if self.content.subject().is_some_and(|current| Arc::ptr_eq(current, &subject)) {
                    let revision = self.content.next_revision();
                    self.content.pose_thumbnails.insert(key, WindowImage { image, revision });
                }
            }
        }
    }

    /// Another project takes this one's place; what was read stays read.
    pub(super) fn begin(&mut self, mut document: Document) {
        std::mem::swap(&mut self.document, &mut document);
        self.workers.jobs.start_quietly("Closing a project", move |_| {
            document.close();
            None
        });
        self.display.selected = None;
        self.playback = Playback::default();
        self.content.reel.clear();
        self.content.painted = None;
        self.content.mirror = None;
        self.content.udp = None;
        self.content.after_first = None;
        self.content.painting_failed = None;
        self.asked.leave();
        self.closing.agreed = false;
    }

    /// Says what a figure's user has to know.
    fn introduce(&mut self, subject: &crate::raster::Subject) {
        let figure = subject.figure();
        for (i, warning) in figure.warnings.iter().enumerate() {
            let text = format!("{}: {warning}", figure.name);
            if i < TOASTS_A_FIGURE { self.toasts.say(Level::WARN, text) } else { self.toasts.note(Level::WARN, text) }
        }
        if !figure.licence.forbids.is_empty() {
            self.overlays.windows.licence = true;
        }
    }

    /// Takes in stand-ins. Somebody drags on while they are made: each is nearer to what is wanted than the one before.
    pub(super) fn hear_stand_ins(&mut self) {
        while let Some(made) = self.workers.stand_ins.poll() {
            if !matches!(self.content.figure_source, Some(FigureSource::StandIn(_))) {
                continue;
            }
            match made {
                Ok(subject) => {
                    self.content.figure = Loaded::Ready(subject);
                    if !self.document.framed {
                        self.frame_figure_quietly();
                    }
                }
                Err(problem) => {
                    self.toasts.say(Level::ERROR, problem.clone());
                    self.content.figure = Loaded::Failed(problem);
                }
            }
        }
    }

    fn new_figure(&mut self, ctx: &egui::Context, source: FigureSource, subject: Arc<crate::raster::Subject>) {
        self.introduce(&subject);
        self.content.figure = Loaded::Ready(subject.clone());
        self.content.figure_source = Some(source.clone());
        self.content.pose_thumbnails.clear();
        self.display.selected = None;
        let mut project = (**self.document.project()).clone();
        project.figure = Some(source);
        if let Some(camera) = framing(&subject.stand(self.shown_pose()), &project) {
            project.camera = camera;
        }
        self.change(ctx, "Open figure", project, None);
    }

    /// Frames the first figure of a project without making a step of it.
    fn frame_figure_quietly(&mut self) {
        let Some(subject) = self.content.subject().cloned() else { return };
        self.document.framed = true;
        let mut project = (**self.document.project()).clone();
        if let Some(camera) = framing(&subject.stand(self.shown_pose()), &project) {
            project.camera = camera;
            self.document.history.amend(project);
        }
    }

    fn new_drawings(&mut self, ctx: &egui::Context, readings: Vec<Reading>) {
        let mut sheet = self.document.project().sheet.clone();
        // The example's drawings show somebody else.
        if sheet.iter().all(|drawing| matches!(drawing.source, DrawingSource::BuiltIn(_))) {
            sheet.clear();
        }
        let mut added = 0;
        for Reading { view, problem, before } in readings {
            let Some(path) = view.path.clone() else { continue };
            let source = DrawingSource::File(path);
            let revision = self.content.next_revision();
            let state = self.content.drawings.entry(source.clone()).or_default();
            state.problem = problem;
            state.view = Some(Arc::new(view));
            state.before = before.map(Arc::new);
            (state.loading, state.missing, state.stale) = (false, false, None);
            (state.revision, state.asked) = (revision, revision);
            if !sheet.iter().any(|drawing| drawing.source == source) {
                sheet.push(Drawing::new(source));
                added += 1;
            }
        }
        let label = if added == 1 { "Add a drawing".to_owned() } else { format!("Add {added} drawings") };
        let mut project = (**self.document.project()).clone();
        project.sheet = sheet;
        // Most artists have no figure: their drawings move with Settei's own until they open another.
        if added > 0 && project.figure.is_none() {
            project.figure = Some(FigureSource::BuiltIn);
        }
        self.change(ctx, &label, project, None);
    }

    /// Asks a worker for what dead windows left behind.
    pub(super) fn look_for_leftovers(&self) {
        let sessions = self.settings.sessions();
        self.workers.jobs.start_quietly("Looking for unsaved work", move |_| {
            let found = leftovers(&sessions);
            Some(Event::Leftovers(found))
        });
    }

    fn saved(
        &mut self,
        project: Arc<crate::project::Project>,
        path: std::path::PathBuf,
        session: Option<crate::project::session::Session>,
    ) {
        let known = self.document.path.as_ref() == Some(&path);
        if let Some(session) = session {
            self.document.claimed(session, &self.workers.jobs);
        } else if !known {
            let what = "this project is open in another window as well; who saves after the other is asked".to_owned();
            self.toasts.say(Level::WARN, what);
        }
        self.document.saved(project, &path);
        self.settings.now.remember(&path);
        self.toasts.say(Level::INFO, format!("Saved {}", path.display()));
        self.closing.saved(&mut self.outbox);
    }
}

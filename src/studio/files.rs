//! Commands that read and write files: a worker does it, the answer comes back as an event.

use super::Studio;
use super::command::{Command, Edit};
use super::dialogs::FileKind;
use super::events::{Event, Reading};
use super::follow::{read_drawing, read_figure};
use super::workers::Job;
use crate::pose::{Rig, vpd};
use crate::progress::Progress as _;
use crate::project::session::{Leftover, Session};
use crate::project::{FigureSource, Project, file};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing::Level;

/// Drawings that one drop may bring; a whole disk is a mistake.
const MOST_DRAWINGS: usize = 1000;

impl Studio {
    /// Opens files by their kind.
    pub(super) fn open(&mut self, paths: Vec<PathBuf>) {
        let mut drawings = Vec::new();
        let mut poses = Vec::new();
        for path in paths {
            let path = file::absolute(&path);
            match FileKind::of(&path) {
                FileKind::Project => {
                    if self.may_replace(Command::Open(vec![path.clone()])) {
                        self.open_project(path);
                    }
                }
                FileKind::Figure => self.open_figure(path),
                FileKind::Weights => {
                    let mut painting = self.project().painting.clone();
                    // Of the authors' four files one was chosen: their folder is meant.
                    let folder = path.parent().filter(|_| path.extension().is_some_and(|e| e != "safetensors"));
                    painting.weights = Some(folder.unwrap_or(&path).to_owned());
                    self.outbox.edit("Load weights", Edit::Painting(painting));
                }
                FileKind::Pose => poses.push(path),
                FileKind::Drawing => drawings.push(path),
            }
        }
        if let [pose] = &poses[..] {
            let pose = pose.clone();
            self.workers.jobs.start("Opening a pose", move |_| match read_pose(&pose) {
                Ok((name, pose)) => Some(Event::Command(Command::TakePose { name, pose, only: None })),
                Err(problem) => Some(Event::Failed(problem)),
            });
        } else if !poses.is_empty() {
            self.import_poses(poses);
        }
        self.add_drawings(drawings);
    }

    /// True if the open project may give way; otherwise the user is asked, and `command` comes again.
    pub(super) fn may_replace(&mut self, command: Command) -> bool {
        if self.document.unsaved() && !self.may_close {
            self.windows.unsaved_before = Some(command);
            return false;
        }
        true
    }

    fn open_project(&self, path: PathBuf) {
        let sessions = self.data.join("sessions");
        self.workers.jobs.start(format!("Opening {}", path.display()), move |_| {
            let project = match Project::load(&path) {
                Ok(project) => Box::new(project),
                Err(error) => return Some(Event::Failed(error.to_string())),
            };
            let session = Session::claim(&sessions, Some(&path)).unwrap_or_else(|error| {
                tracing::warn!("{} can't be written: {error}", sessions.display());
                None
            });
            Some(Event::Opened { project, path: Some(path), session, recovered: false })
        });
    }

    /// Begins with a project that has no file yet.
    pub(super) fn open_fresh(&self, project: Project) {
        let sessions = self.data.join("sessions");
        self.workers.jobs.start_quietly("Beginning a project", move |_| {
            let session = Session::claim(&sessions, None).ok().flatten();
            Some(Event::Opened { project: Box::new(project), path: None, session, recovered: false })
        });
    }

    /// Opens what a dead window left behind. The new window's copy comes first; only then the old one goes.
    pub(super) fn open_leftover(&self, leftover: Leftover) {
        let sessions = self.data.join("sessions");
        self.workers.jobs.start("Recovering", move |_| {
            let session = Session::claim(&sessions, None).ok().flatten();
            let kept = session.as_ref().map(|session| session.keep(&leftover.project, leftover.path.as_deref()));
            if matches!(kept, Some(Ok(()))) {
                leftover.forget();
            }
            let (project, path) = (leftover.project, leftover.path);
            Some(Event::Opened { project, path, session, recovered: true })
        });
    }

    fn open_figure(&self, path: PathBuf) {
        let (raster, map) = (self.raster_choice(), self.project().landmarks);
        let source = FigureSource::File(path);
        self.workers.jobs.start(format!("Opening {}", source.name()), move |job| {
            Some(match read_figure(&source, raster, map, job) {
                Ok(subject) => Event::NewFigure(source, Arc::new(subject)),
                Err(problem) => Event::Failed(problem),
            })
        });
    }

    /// Reads drawings first and adds those that can be used.
    pub(super) fn add_drawings(&self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.workers.jobs.start("Reading drawings", move |job| {
            let paths = match crate::sheet::drawing_files(&paths) {
                Ok(paths) => paths,
                Err(error) => return Some(Event::Failed(error.to_string())),
            };
            if paths.is_empty() {
                return Some(Event::Failed("there is no picture in what was dropped".into()));
            }
            if paths.len() > MOST_DRAWINGS {
                let what = format!("{} pictures at once are too many for a character sheet", paths.len());
                return Some(Event::Failed(format!("{what}; choose up to {MOST_DRAWINGS}")));
            }
            job.stage("Reading drawings", paths.len() as u64);
            let mut views = Vec::new();
            for path in paths {
                if job.cancelled() {
                    return None;
                }
                match read_drawing(&path).0 {
                    Ok(view) => views.push(Reading::of(view)),
                    Err(problem) => job.send(Event::Failed(problem)),
                }
                job.advance(1);
            }
            (!views.is_empty()).then_some(Event::NewDrawings(views))
        });
    }

    /// Saves the project; the claim on a new name is taken on the way.
    pub(super) fn save_as(&mut self, path: PathBuf) {
        let path = file::absolute(&path);
        let project = self.project().clone();
        let sessions = (self.document.path.as_ref() != Some(&path)).then(|| self.data.join("sessions"));
        self.workers.jobs.start(format!("Saving {}", path.display()), move |_| {
            if let Err(error) = project.save(&path) {
                return Some(Event::NotSaved(error.to_string()));
            }
            let session = sessions.and_then(|sessions| Session::claim(&sessions, Some(&path)).ok().flatten());
            Some(Event::Saved { project, path, session })
        });
    }

    /// Collects the project with all its files.
    pub(super) fn collect(&self, target: PathBuf) {
        let (project, name) = (self.project().clone(), self.document.name());
        self.workers.jobs.start("Collecting", move |job| {
            Some(match crate::project::collect::collect(&project, &name, &target, job) {
                Ok(collected) if collected.missing.is_empty() => {
                    Event::Notice(format!("Collected {} files in {}", collected.files, collected.path.display()))
                }
                Ok(collected) => {
                    let missing: Vec<_> = collected.missing.iter().map(|path| path.display().to_string()).collect();
                    Event::Warning(format!("Collected, but these were missing: {}", missing.join(", ")))
                }
                Err(error) => Event::Failed(format!("can't collect the project: {error}")),
            })
        });
    }

    /// Saves the painted picture, or waits for the full one first.
    pub(super) fn save_picture(&mut self, path: PathBuf) {
        let painted = self.content.painted.as_ref().filter(|painted| !painted.draft && self.content.painting.is_none());
        let Some(painted) = painted else {
            if self.content.painting.is_none() && self.content.painted.is_none() {
                self.toasts
                    .say(Level::ERROR, "there is no picture to save yet: add drawings and a figure first".into());
            } else {
                self.picture_wanted = Some(path);
                if self.content.painting.is_none() {
                    // A draft is all there is: painting was stopped.
                    self.paint_again();
                }
            }
            return;
        };
        let picture = painted.picture.clone();
        self.write(path, move |path| picture.save_png(path).map_err(|error| error.to_string()));
    }

    /// Saves the UDP of the painted picture.
    pub(super) fn save_udp(&mut self, path: PathBuf) {
        match &self.content.udp {
            Some(seen) => {
                let udp = seen.udp.clone();
                self.write(path, move |path| udp.save(path).map_err(|error| error.to_string()));
            }
            None => self.toasts.say(Level::ERROR, "there is no UDP to save yet: open a figure first".into()),
        }
    }

    /// Saves the current pose.
    pub(super) fn export_pose(&mut self, path: PathBuf) {
        let (pose, name) = (self.project().pose.clone(), stem(&path));
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vpd")) {
            self.write(path, move |path| pose.save(path, &name).map_err(|error| error.to_string()));
            return;
        }
        // MMD wants to be told the height at which a figure stands, which takes a figure.
        let Some(subject) = self.content.subject().cloned() else {
            self.toasts.say(Level::ERROR, "an MMD pose needs a figure that holds it: open one first".into());
            return;
        };
        self.write(path, move |path| {
            let figure = subject.figure();
            vpd::save(&pose, path, figure, &Rig::new(figure)).map_err(|error| error.to_string())
        });
    }

    /// Reads poses for the library.
    pub(super) fn import_poses(&self, paths: Vec<PathBuf>) {
        self.workers.jobs.start("Reading poses", move |job: &Job| {
            let mut poses = Vec::new();
            for path in &paths {
                match read_pose(path) {
                    Ok(read) => poses.push(read),
                    Err(problem) => job.send(Event::Failed(problem)),
                }
            }
            (!poses.is_empty()).then_some(Event::Poses(poses))
        });
    }

    fn write(&self, path: PathBuf, save: impl FnOnce(&Path) -> Result<(), String> + Send + 'static) {
        self.workers.jobs.start(format!("Saving {}", path.display()), move |_| {
            Some(match save(&path) {
                Ok(()) => Event::Notice(format!("Saved {}", path.display())),
                Err(problem) => Event::Failed(format!("can't save {}: {problem}", path.display())),
            })
        });
    }
}

fn read_pose(path: &Path) -> Result<(String, crate::pose::Pose), String> {
    crate::pose::named_or_file(&path.to_string_lossy()).map_err(|error| error.to_string())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

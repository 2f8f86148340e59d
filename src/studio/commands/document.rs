//! The project: begun, opened, saved, changed step by step.

use super::{Edit, PaintCommand};
use crate::project::collect::Collection;
use crate::project::file::{self, Stamp};
use crate::project::session::{Leftover, Session};
use crate::project::{FigureSource, History, MotionSource, Project};
use crate::studio::Studio;
use crate::studio::dialogs::{Ask, FileKind, ask};
use crate::studio::events::Event;
use crate::studio::follow::read_figure;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

/// What can be done with a project as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum DocumentCommand {
    /// An empty project.
    New,
    /// The built-in example.
    OpenExample,
    /// The built-in drawings of which nothing is known.
    OpenDrawnExample,
    /// Opens files by their kind: a project, a figure, drawings, poses, motions, sounds, weights; folders of drawings.
    Open(Vec<PathBuf>),
    /// Saves under the known name, or asks for one. Asks first where somebody else saved there meanwhile.
    Save,
    /// Saves under this name, whatever is there.
    SaveAs(PathBuf),
    /// Takes over what somebody else saved in the project's file meanwhile; undoing brings one's own work back.
    TakeSaved,
    /// Collects the project with all its files into a folder or a zip.
    Collect(PathBuf, Outside),
    /// Takes over what a dead window left behind (an index into the offered list).
    Recover(usize),
    /// Throws the offered leftover away.
    DiscardLeftover(usize),
    /// Closes the window, asking first if work is unsaved.
    Quit,
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Changes the project, as one step of that name (one step a drag).
    Edit {
        /// What the step is called in the menu: "Rotate left hand".
        label: String,
        /// The change.
        edit: Edit,
    },
}

/// What becomes of files that lie outside the folder of a project that is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// They are listed, and the user is asked.
    Ask,
    /// They are copied too.
    Take,
    /// They stay where they are.
    Leave,
}

/// What saving may take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overwrite {
    /// What was opened or saved here last.
    OwnState,
    /// Anything: the user said so.
    Whatever,
}

impl Studio {
    pub(super) fn apply_document(&mut self, ctx: &egui::Context, command: DocumentCommand, gesture: Option<u64>) {
        match command {
            DocumentCommand::New => self.replace(command, Project::default()),
            DocumentCommand::OpenExample => self.replace(command, Project::example()),
            DocumentCommand::OpenDrawnExample => self.replace(command, Project::drawn_example()),
            DocumentCommand::Open(paths) => self.open(paths),
            DocumentCommand::Save => match self.document.path.clone() {
                Some(path) => self.save(path, Overwrite::OwnState),
                None => self.ask(Ask::SaveProject),
            },
            DocumentCommand::SaveAs(path) => self.save(path, Overwrite::Whatever),
            DocumentCommand::TakeSaved => self.take_saved(),
            DocumentCommand::Collect(target, outside) => self.collect(target, outside),
            DocumentCommand::Recover(i) => {
                if i < self.overlays.windows.leftovers.len() && self.may_replace(command) {
                    let leftover = self.overlays.windows.leftovers.remove(i);
                    self.open_leftover(leftover);
                }
            }
            DocumentCommand::DiscardLeftover(i) => {
                if i < self.overlays.windows.leftovers.len() {
                    let leftover = self.overlays.windows.leftovers.remove(i);
                    self.workers.jobs.start_quietly("Throwing a copy away", move |_| {
                        leftover.forget();
                        None
                    });
                }
            }
            DocumentCommand::Quit => {
                if self.may_replace(command) {
                    self.closing.agreed = true;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            }
            DocumentCommand::Undo => self.step(ctx, History::undo),
            DocumentCommand::Redo => self.step(ctx, History::redo),
            DocumentCommand::Edit { label, edit } => self.edit(ctx, &label, edit, gesture),
        }
    }

    /// Replaces one part of the project.
    pub(super) fn edit(&mut self, ctx: &egui::Context, label: &str, edit: Edit, gesture: Option<u64>) {
        let Some(edit) = self.keyed(edit) else { return };
        let project = edit.of(self.document.project());
        self.change(ctx, label, project, gesture);
    }

    /// One step of the project's history.
    pub(in crate::studio) fn change(
        &mut self,
        ctx: &egui::Context,
        label: &str,
        project: Project,
        gesture: Option<u64>,
    ) {
        let held = self.project().clone();
        if self.document.history.change(label, project, gesture) {
            self.show_own_pose_unless(&held);
            self.document.touched(ctx.input(|input| input.time));
            self.display.dragging |= gesture.is_some() && ctx.input(|input| input.pointer.any_down());
            ctx.request_repaint();
        }
    }

    fn step(&mut self, ctx: &egui::Context, step: impl FnOnce(&mut History) -> Option<String>) {
        let held = self.project().clone();
        if step(&mut self.document.history).is_some() {
            self.show_own_pose_unless(&held);
            self.document.touched(ctx.input(|input| input.time));
            ctx.request_repaint();
        }
    }

    /// Asks for a file, beside the project's own.
    pub(super) fn ask(&mut self, what: Ask) {
        if what == Ask::SavePicture && self.says_there_is_no_picture() {
            return;
        }
        if what == Ask::SaveStandIn && self.has_no_stand_in() {
            return;
        }
        let folder = self.document.path.as_ref().and_then(|path| path.parent()).map(PathBuf::from);
        let name = match (&what, &self.document.path) {
            (Ask::SaveProject | Ask::SaveStandIn, None) => "character".to_owned(),
            (Ask::SaveBones(which), _) => {
                let take = which.take(&self.project().animation);
                let name = take.map_or_else(String::new, |take| take.source.name());
                format!("{}-bones", crate::files::clean_stem(&name))
            }
            (Ask::SavePicture | Ask::SaveUdp | Ask::SavePose, None) => "picture".to_owned(),
            (Ask::SaveWeights(training, step), _) => {
                let name = training.file_name().unwrap_or_default().to_string_lossy();
                format!("{}-{step}", crate::files::clean_stem(&name))
            }
            _ => self.document.name(),
        };
        ask(&self.workers.jobs, what, folder, &name);
    }

    /// True if the open project may give way; otherwise the user is asked, and `command` comes again.
    fn may_replace(&mut self, command: DocumentCommand) -> bool {
        if self.document.unsaved() && !self.closing.agreed {
            self.closing.ask_before(command);
            return false;
        }
        true
    }

    /// A project without a file takes this one's place.
    fn replace(&mut self, command: DocumentCommand, project: Project) {
        if !self.may_replace(command) {
            return;
        }
        let sessions = self.settings.sessions();
        self.workers.jobs.start_quietly("Beginning a project", move |_| {
            let session = Session::claim(&sessions, None).ok().flatten();
            Some(Event::Opened {
                project: Box::new(project),
                path: None,
                on_disk: None,
                session,
                recovered: false,
                otherwise: None,
            })
        });
    }

    /// Opens files by their kind.
    fn open(&mut self, paths: Vec<PathBuf>) {
        let mut drawings = Vec::new();
        let mut poses = Vec::new();
        for path in paths {
            let path = file::absolute(&path);
            match FileKind::of(&path) {
                FileKind::Project => {
                    if self.may_replace(DocumentCommand::Open(vec![path.clone()])) {
                        self.open_project(path);
                    }
                }
                FileKind::Figure => self.open_figure(FigureSource::File(path)),
                FileKind::Weights => {
                    // Of the authors' four files one was chosen: their folder is meant.
                    let whole = crate::weights::by_name(&path).is_none_or(|format| format.reader.whole);
                    let folder = path.parent().filter(|_| !whole);
                    self.outbox.send(PaintCommand::Weights(folder.unwrap_or(&path).to_owned()));
                }
                FileKind::Motion => self.open_motion(MotionSource::File(path)),
                FileKind::Sound => self.open_sound(path),
                FileKind::Pose => poses.push(path),
                FileKind::Drawing => drawings.push(path),
            }
        }
        self.open_poses(poses);
        self.add_drawings(drawings);
    }

    fn open_project(&self, path: PathBuf) {
        let sessions = self.settings.sessions();
        self.workers.jobs.start(format!("Opening {}", path.display()), move |_| {
            let on_disk = Stamp::of_file(&path);
            let project = match Project::load(&path) {
                Ok(project) => Box::new(project),
                Err(error) => return Some(Event::Failed(error.to_string())),
            };
            let session = Session::claim(&sessions, Some(&path)).unwrap_or_else(|error| {
                tracing::warn!("{} can't be written: {error}", sessions.display());
                None
            });
            let otherwise = project.painted_otherwise(&path);
            Some(Event::Opened { project, path: Some(path), on_disk, session, recovered: false, otherwise })
        });
    }

    /// Opens what a dead window left behind. The new window's copy comes first; only then the old one goes.
    fn open_leftover(&self, leftover: Leftover) {
        let sessions = self.settings.sessions();
        self.workers.jobs.start("Recovering", move |_| {
            let session = Session::claim(&sessions, None).ok().flatten();
            let kept = session.as_ref().map(|session| session.keep(&leftover.project, leftover.path.as_deref()));
            if matches!(kept, Some(Ok(()))) {
                leftover.forget();
            }
            let (project, path) = (leftover.project, leftover.path);
            let on_disk = path.as_deref().and_then(Stamp::of_file);
            Some(Event::Opened { project, path, on_disk, session, recovered: true, otherwise: None })
        });
    }

    fn open_figure(&self, source: FigureSource) {
        let (raster, map) = (self.raster_choice(), self.project().map());
        self.workers.jobs.start(format!("Opening {}", source.name()), move |job| {
            Some(match read_figure(&source, raster, map, job) {
                Ok(subject) => Event::NewFigure(source, Arc::new(subject)),
                Err(problem) => source.path().and_then(Event::motion_instead).unwrap_or(Event::Failed(problem)),
            })
        });
    }

    /// Saves the project; the claim on a new name is taken on the way.
    fn save(&mut self, path: PathBuf, overwrite: Overwrite) {
        let path = file::absolute(&path);
        let project = self.project().clone();
        let sessions = (self.document.path.as_ref() != Some(&path)).then(|| self.settings.sessions());
        let on_disk = self.document.on_disk.clone();
        self.workers.jobs.start_or_else(format!("Saving {}", path.display()), Event::NotSaved, move |_| {
            // One saving after the other: the next must not take the last one for somebody else's.
            let mut on_disk = on_disk.lock().unwrap_or_else(PoisonError::into_inner);
            if overwrite == Overwrite::OwnState
                && let Some(there) = Stamp::of_file(&path)
                && *on_disk != Some(there)
            {
                return Some(Event::SavedElsewhere(path));
            }
            match project.save(&path) {
                Ok(stamp) => *on_disk = Some(stamp),
                Err(error) => return Some(Event::NotSaved(error.to_string())),
            }
            let session = sessions.and_then(|sessions| Session::claim(&sessions, Some(&path)).ok().flatten());
            Some(Event::Saved { project, path, session })
        });
    }

    /// Reads what somebody else saved in the project's file.
    fn take_saved(&mut self) {
        let Some(path) = self.document.path.clone() else { return };
        let on_disk = self.document.on_disk.clone();
        self.workers.jobs.start(format!("Opening {}", path.display()), move |_| {
            let stamp = Stamp::of_file(&path);
            let project = match Project::load(&path) {
                Ok(project) => Box::new(project),
                Err(error) => return Some(Event::Failed(error.to_string())),
            };
            *on_disk.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
            Some(Event::TakenOver(project))
        });
    }

    /// Collects the project with all its files. One that was never saved has no folder that they could lie outside of.
    fn collect(&self, target: PathBuf, outside: Outside) {
        let (project, name) = (self.project().clone(), self.document.name());
        let folder = self.document.path.as_ref().and_then(|path| path.parent()).map(PathBuf::from);
        self.workers.jobs.start("Collecting", move |job| {
            let within = folder.as_deref().filter(|_| outside == Outside::Leave);
            let collection = Collection::of(&project, within);
            if let (Outside::Ask, Some(folder)) = (outside, &folder) {
                let elsewhere: Vec<_> = collection.outside(folder).into_iter().map(PathBuf::from).collect();
                if !elsewhere.is_empty() {
                    return Some(Event::Outside(target, elsewhere));
                }
            }
            Some(match collection.write(&name, &target, job) {
                Ok(collected) if collected.left_out.is_empty() => {
                    Event::Notice(format!("Collected {} files in {}", collected.files, collected.path.display()))
                }
                Ok(collected) => Event::Warning(format!("Collected, but {}", collected.left_out.join("; "))),
                Err(error) => Event::Failed(format!("can't collect the project: {error}")),
            })
        });
    }
}

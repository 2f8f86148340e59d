//! Exports: wished for in a dialog, worked off by the render queue.

use super::training::throw_away;
use crate::export::ffmpeg_is_there;
use crate::queue::{JobFolder, Wish};
use crate::studio::Studio;
use crate::studio::events::Event;
use crate::studio::panels::PanelKind;
use crate::studio::workers::renders::stop;
use std::path::{Path, PathBuf};

/// What can be done with exports.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportCommand {
    /// Asks what is to be exported.
    Dialog,
    /// A file or folder was chosen for the dialog; whether it may be replaced was asked.
    Target(PathBuf),
    /// Puts an export at the end of the queue.
    Add(Box<Wish>),
    /// Has a job wait; what it painted is kept.
    Pause(PathBuf),
    /// Lets a job go on, or once more.
    Resume(PathBuf),
    /// Ends a job and takes it from the queue; what it exported stays.
    Remove(PathBuf),
    /// Shows what a job made in the system's file manager.
    Reveal(PathBuf),
}

impl Studio {
    pub(super) fn apply_export(&mut self, command: ExportCommand) {
        match command {
            ExportCommand::Dialog => {
                let folder = self.document.path.as_deref().and_then(Path::parent).map(PathBuf::from);
                self.overlays.export.begin(&self.document.name(), folder, self.document.project(), &self.playback);
                self.workers.jobs.start_quietly("Looking for ffmpeg", |_| Some(Event::Ffmpeg(ffmpeg_is_there())));
            }
            ExportCommand::Target(path) => self.overlays.export.take_target(path),
            ExportCommand::Add(wish) => self.add_export(*wish),
            ExportCommand::Pause(path) => self.on_render("Pausing", path, |job| {
                job.pause().map_err(|error| error.to_string())?;
                stop(job).map(|()| None)
            }),
            ExportCommand::Resume(path) => self.on_render("Starting", path, |job| {
                job.resume();
                Ok(None)
            }),
            ExportCommand::Remove(path) => {
                let bin = self.launch.trash.clone();
                self.on_render("Removing", path, move |job| {
                    job.pause().map_err(|error| error.to_string())?;
                    stop(job)?;
                    throw_away(job.path(), bin.as_deref()).map(|_| None)
                });
            }
            ExportCommand::Reveal(target) => {
                self.workers.jobs.start_quietly("Opening a folder", move |_| {
                    let folder = if target.is_dir() { &*target } else { target.parent().unwrap_or(&target) };
                    let failed = open::that_detached(folder).err()?;
                    Some(Event::Failed(format!("no program opens {}: {failed}", folder.display())))
                });
            }
        }
    }

    /// Where the queue's jobs lie.
    pub(in crate::studio) fn renders_folder(&self) -> PathBuf {
        self.settings.folder.join("renders")
    }

    fn add_export(&mut self, wish: Wish) {
        let (folder, project) = (self.renders_folder(), self.document.project().clone());
        let look = self.workers.renders.look();
        self.dock.show(PanelKind::Renders);
        self.workers.jobs.start(format!("Adding {}", wish.name), move |_| {
            let taken = wish.kind.ending().is_some() && !wish.replace && wish.target.exists();
            let made = match taken {
                true => Err(format!("{} is there already: choose another name", wish.target.display())),
                false => JobFolder::create(&folder, &wish, &project).map(drop).map_err(|error| error.to_string()),
            };
            look.now();
            Some(Event::ExportAdded(made))
        });
    }

    /// Sends a worker to a job's folder; whatever became of it shows at once.
    fn on_render(
        &self,
        doing: &str,
        path: PathBuf,
        work: impl FnOnce(&JobFolder) -> Result<Option<Event>, String> + Send + 'static,
    ) {
        let look = self.workers.renders.look();
        self.workers.jobs.start(format!("{doing} an export"), move |_| {
            let outcome = JobFolder::open(&path).map_err(|error| error.to_string()).and_then(|(job, _)| work(&job));
            look.now();
            outcome.unwrap_or_else(|why| Some(Event::Failed(why)))
        });
    }
}

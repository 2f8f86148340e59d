//! Which joint of a motion is which bone, kept in files for other motions with the same skeleton.

use super::Edit;
use crate::motion::NameMap;
use crate::project::Take;
use crate::studio::takes::Which;
use crate::studio::{Event, Studio};
use std::path::PathBuf;
use tracing::Level;

impl Studio {
    /// Has a worker read which joint of a motion is which bone.
    pub(super) fn open_bones(&self, which: Which, path: PathBuf) {
        self.workers.jobs.start(format!("Opening {}", path.display()), move |_| {
            Some(match NameMap::load(&path) {
                Ok(names) => Event::Bones(which, names),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// Takes what was read so.
    pub(in crate::studio) fn bones_read(&mut self, ctx: &egui::Context, which: Which, names: NameMap) {
        let project = self.project().clone();
        let Some(take) = which.take(&project.animation) else { return };
        let known = which.content(&self.content).file.ready().map_or(&[][..], |file| &file.joints);
        let strange = names.0.values().filter(|joint| !known.contains(joint)).count();
        if strange > 0 {
            let of = format!("{strange} of the {} joints in that file are not in this motion", names.0.len());
            self.toasts.say(Level::WARN, of);
        }
        let animation = which.changed(&project.animation, Take { names, ..take.clone() });
        self.edit(ctx, "Say which joint is which bone", Edit::Animation(Box::new(animation)), None);
    }

    /// Has a worker write which joint of a motion is which bone.
    pub(super) fn save_bones(&self, which: Which, path: PathBuf) {
        let told = which.take(&self.project().animation).map(|take| take.names.clone());
        let guessed = which.content(&self.content).file.ready().map(|file| file.bones.clone());
        let Some(names) = told.filter(|names| !names.is_empty()).or(guessed) else { return };
        self.write(path, move |path| {
            crate::files::write(path, names.to_json().as_bytes()).map_err(|error| error.to_string())
        });
    }
}

//! The project's sound: read by a worker, heard where the playhead is.

use super::Studio;
use super::content::Loaded;
use super::events::Event;
use crate::project::{Project, SoundTrack};
use crate::sound::Wave;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing::Level;

impl Studio {
    /// Has the project's sound read.
    pub(super) fn read_sound(&mut self) {
        let file = self.project().sound.as_ref().map(|sound| sound.file.clone());
        if self.content.sound_file == file {
            return;
        }
        if let Some(job) = self.content.sound_job.take() {
            job.stop();
        }
        (self.content.sound_file, self.content.sound) = (file.clone(), Loaded::None);
        let Some(file) = file else { return };
        self.content.sound = Loaded::Loading;
        let lost = file.clone();
        let or_else = move |why| Event::Sound(lost, Err(why));
        let job = self.workers.jobs.start_or_else(format!("Opening {}", file.display()), or_else, move |job| {
            let wave = Wave::read(&file, job).map(Arc::new).map_err(|error| error.to_string());
            Some(Event::Sound(file, wave))
        });
        self.content.sound_job = Some(job);
    }

    /// The project's sound was read, or could not be.
    pub(super) fn sound_read(&mut self, file: &Path, outcome: Result<Arc<Wave>, String>) {
        if self.content.sound_file.as_deref() != Some(file) {
            return;
        }
        self.content.sound = match outcome {
            Ok(wave) => Loaded::Ready(wave),
            Err(problem) => {
                self.toasts.say(Level::ERROR, problem.clone());
                Loaded::Failed(problem)
            }
        };
    }

    /// Sends a worker for a sound, which is taken as soon as it is there.
    pub(super) fn open_sound(&self, file: PathBuf) {
        self.workers.jobs.start(format!("Opening {}", file.display()), move |job| {
            Some(match Wave::read(&file, job) {
                Ok(wave) => Event::NewSound(file, Arc::new(wave)),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// A sound that was asked for is there: it begins with the first frame, or where one began that can't be read any more.
    pub(super) fn new_sound(&mut self, ctx: &egui::Context, file: PathBuf, wave: Arc<Wave>) {
        let lost = self.project().sound.as_ref().filter(|_| matches!(self.content.sound, Loaded::Failed(_)));
        let begins_s = lost.map_or(0.0, |lost| lost.begins_s);
        let sound = SoundTrack::new(file.clone()).at(begins_s);
        let label = format!("Take the sound {}", sound.name());
        let project = Project { sound: Some(sound), ..Project::clone(self.project()) };
        (self.content.sound_file, self.content.sound) = (Some(file), Loaded::Ready(wave));
        self.change(ctx, &label, project, None);
    }

    /// Lets the sound be heard from where the playhead is, while it runs.
    #[cfg(feature = "sound")]
    pub(super) fn hear_sound(&mut self) {
        let project = self.project();
        let runs = self.playback.is_playing() && !self.playback.is_backwards();
        let heard = project.sound.as_ref().filter(|_| runs).and_then(|sound| {
            let at_s = self.playback.place() / project.animation.fps - sound.begins_s;
            let within = (0.0..self.content.sound.ready()?.duration_s()).contains(&at_s);
            within.then(|| crate::sound::Heard { file: sound.file.clone(), at_s, speed: self.playback.speed })
        });
        self.workers.speaker.play(heard);
        if let Some(why) = self.workers.speaker.trouble() {
            self.toasts.say(Level::WARN, why);
        }
    }
}

//! The painted picture and its UDP: saved, copied, painted over.

use crate::studio::Studio;
use crate::studio::events::Event;
use crate::studio::images::image;
use std::path::{Path, PathBuf};
use tracing::Level;

/// What can be done with the painted picture.
#[derive(Clone, Debug, PartialEq)]
pub enum PaintCommand {
    /// Saves the painted picture as PNG, straight alpha.
    SavePicture(PathBuf),
    /// Copies the painted picture to the clipboard.
    CopyPicture,
    /// Saves the current UDP.
    SaveUdp(PathBuf),
    /// Paints the picture over, such as after a failure.
    Again,
}

impl Studio {
    pub(super) fn apply_paint(&mut self, ctx: &egui::Context, command: PaintCommand) {
        match command {
            PaintCommand::SavePicture(path) => self.save_picture(path),
            PaintCommand::CopyPicture => match &self.content.painted {
                Some(painted) => {
                    ctx.copy_image(image(&painted.picture));
                    self.toasts.say(Level::INFO, "The picture is on the clipboard".into());
                }
                None => self.toasts.say(Level::INFO, "There is no picture to copy yet".into()),
            },
            PaintCommand::SaveUdp(path) => self.save_udp(path),
            PaintCommand::Again => self.paint_again(),
        }
    }

    /// Saves the painted picture, or waits for the full one first.
    fn save_picture(&mut self, path: PathBuf) {
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
    fn save_udp(&mut self, path: PathBuf) {
        match &self.content.udp {
            Some(seen) => {
                let udp = seen.udp.clone();
                self.write(path, move |path| udp.save(path).map_err(|error| error.to_string()));
            }
            None => self.toasts.say(Level::ERROR, "there is no UDP to save yet: open a figure first".into()),
        }
    }

    /// Has a worker write a file and say so.
    pub(super) fn write(&self, path: PathBuf, save: impl FnOnce(&Path) -> Result<(), String> + Send + 'static) {
        self.workers.jobs.start(format!("Saving {}", path.display()), move |_| {
            Some(match save(&path) {
                Ok(()) => Event::Notice(format!("Saved {}", path.display())),
                Err(problem) => Event::Failed(format!("can't save {}: {problem}", path.display())),
            })
        });
    }
}

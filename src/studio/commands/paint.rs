//! The painted picture and its UDP: saved, copied, painted over.

use super::InventCommand;
use crate::engine::{CalibrateError, GraphKind, calibrate};
use crate::project::{FigureSource, file};
use crate::psgan::Generator;
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
    /// Finds out how a graph's weights have the body's places as landmarks, and keeps that in the project.
    Calibrate(GraphKind),
    /// Paints with these weights: a file, or the folder of the authors' four.
    Weights(PathBuf),
}

impl Studio {
    pub(super) fn apply_paint(&mut self, ctx: &egui::Context, command: PaintCommand) {
        match command {
            PaintCommand::SavePicture(path) => self.save_picture(path),
            PaintCommand::CopyPicture => self.copy_picture(ctx),
            PaintCommand::SaveUdp(path) => self.save_udp(path),
            PaintCommand::Again => self.paint_again(),
            PaintCommand::Calibrate(graph) => self.calibrate(graph),
            PaintCommand::Weights(path) => {
                let path = file::absolute(&path);
                self.workers.jobs.start_quietly("Looking at weights", move |_| {
                    Some(match GraphKind::of_tuning(&path) {
                        Some(_) => Event::Tuned(path),
                        None if Generator::is_in(&path) => Event::Command(InventCommand::Weights(path).into()),
                        None => Event::Weights(GraphKind::of_weights(&path), path),
                    })
                });
            }
        }
    }

    fn calibrate(&self, graph: GraphKind) {
        let (painting, figure) = (self.project().painting.clone(), self.project().figure.clone());
        self.workers.jobs.start(format!("Fitting the encoding of {graph}"), move |job| {
            let source = figure.unwrap_or(FigureSource::BuiltIn);
            let fitted = source
                .load()
                .map_err(CalibrateError::from)
                .and_then(|figure| calibrate(&figure, graph, &painting, job));
            Some(match fitted {
                Ok(fitted) => Event::Calibrated(fitted),
                Err(error) => Event::Failed(error.to_string()),
            })
        });
    }

    /// Saves the painted picture, or waits for the full one first.
    fn save_picture(&mut self, path: PathBuf) {
        if let Some(picture) = self.finished_for(PaintCommand::SavePicture(path.clone())) {
            self.write(path, move |path| picture.save_png(path).map_err(|error| error.to_string()));
        }
    }

    /// Copies the painted picture to the clipboard, or waits for the full one first.
    fn copy_picture(&mut self, ctx: &egui::Context) {
        if let Some(picture) = self.finished_for(PaintCommand::CopyPicture) {
            ctx.copy_image(image(&picture));
            self.toasts.say(Level::INFO, "The picture is on the clipboard".into());
        }
    }

    /// Saves the UDP that the picture is painted from.
    fn save_udp(&mut self, path: PathBuf) {
        self.follow();
        match &self.content.wanted {
            Some(wanted) => {
                let (shot, size_px) = (wanted.shot.clone(), wanted.size_px);
                self.write(path, move |path| {
                    let udp = shot.udp(size_px).map_err(|error| error.to_string())?;
                    udp.save(path).map_err(|error| error.to_string())
                });
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

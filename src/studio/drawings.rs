//! Commands that concern single drawings.

use super::Studio;
use super::command::Command;
use super::cutout::save_new;
use super::events::Event;
use crate::picture::Picture;
use crate::project::DrawingSource;
use std::path::PathBuf;
use std::sync::Arc;
use tracing::Level;

impl Studio {
    /// Saves a picture from the clipboard as a drawing of its own, beside the project if that has a place.
    pub(super) fn paste_drawing(&self, image: &Arc<egui::ColorImage>) {
        let folder = self.drawings_folder();
        let image = image.clone();
        self.workers.jobs.start("Pasting a drawing", move |_| {
            let pixels = image.pixels.iter().map(|colour| colour.to_srgba_unmultiplied()).collect();
            let [width_px, height_px] = image.size.map(|side| side as u32);
            Some(match save_new(&folder, "pasted", &Picture { width_px, height_px, pixels }) {
                Ok(path) => Event::Command(Command::AddDrawings(vec![path])),
                Err(error) => Event::Failed(format!("can't save the pasted drawing in {}: {error}", folder.display())),
            })
        });
    }

    /// Opens a drawing in the system's paint program.
    pub(super) fn edit_drawing(&mut self, source: &DrawingSource) {
        let Some(path) = source.path().map(PathBuf::from) else {
            let what = "a built-in drawing can't be changed; `settei example` writes it as a file".to_owned();
            self.toasts.say(Level::INFO, what);
            return;
        };
        self.workers.jobs.start_quietly("Opening a paint program", move |_| {
            let failed = open::that_detached(&path).err()?;
            Some(Event::Failed(format!("no program opens {}: {failed}", path.display())))
        });
    }

    /// Opens the cut-out tool on a drawing.
    pub(super) fn cut_out(&mut self, source: DrawingSource) {
        match self.content.drawing(&source).and_then(|state| state.view.clone()) {
            Some(view) => self.cutout.open(source, view),
            None => self.toasts.say(Level::INFO, "this drawing is not read yet".into()),
        }
    }

    /// The current pose's UDP, seen as the drawing is, becomes the drawing's.
    pub(super) fn save_traced_udp(&mut self, source: &DrawingSource) {
        let project = self.project().clone();
        let traced = project.tracing.as_ref().is_some_and(|tracing| tracing.source == *source);
        let view = self.content.drawing(source).and_then(|state| state.view.clone());
        let (Some(subject), Some(view), Some(path), true) =
            (self.content.subject().cloned(), view, source.path().map(PathBuf::from), traced)
        else {
            let what = "first choose Trace on this drawing and pose the figure over it".to_owned();
            self.toasts.say(Level::INFO, what);
            return;
        };
        let source = source.clone();
        self.workers.jobs.start("Saving the UDP", move |_| {
            let sidecar = path.with_extension("udp.npz");
            if let Some(there) = crate::sheet::sidecar(&path) {
                let what = "is there already; take it away first if the new one should count";
                return Some(Event::Failed(format!("{} {what}", there.display())));
            }
            let size = [view.picture.width_px, view.picture.height_px];
            let camera = project.camera.camera(size[0] as f32 / size[1] as f32, 1.0);
            let udp = subject.udp_seen(&project.pose.resolve(subject.figure()), &camera, size);
            let saved = udp
                .map_err(|error| error.to_string())
                .and_then(|udp| udp.save(&sidecar).map_err(|error| error.to_string()));
            Some(match saved {
                Ok(()) => Event::Command(Command::ReloadDrawing(source)),
                Err(problem) => Event::Failed(problem),
            })
        });
    }

    /// Where drawings go that have no place yet.
    pub(super) fn drawings_folder(&self) -> PathBuf {
        let beside = self.document.path.as_ref().and_then(|path| path.parent());
        beside.map_or_else(|| self.data.join("drawings"), PathBuf::from)
    }
}

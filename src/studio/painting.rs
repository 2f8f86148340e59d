//! Between the window and the painter: what is asked for, and what comes of its news.

use super::Studio;
use super::commands::PaintCommand;
use super::workers::painter::News;
use crate::engine::Subject;
use crate::engine::live::{LiveEngine, LiveRequest, Views};
use crate::project::{EngineChoice, Project};
use std::sync::Arc;
use tracing::Level;

/// What the painter was asked for last, and how that stands.
#[derive(Default)]
pub(super) struct Asked {
    wish: Option<Wish>,
    /// Counts up with each wish: failures of older ones are of no interest.
    id: u64,
    /// The picture is still to come.
    waiting: bool,
}

/// What pictures depend on, cheap to compare.
struct Wish {
    project: Arc<Project>,
    subject: Arc<Subject>,
    views: Views,
    dragging: bool,
    contributions: bool,
}

impl Asked {
    /// Asks again, whatever was asked for last.
    pub(super) fn forget(&mut self) {
        self.wish = None;
    }
}

impl Studio {
    /// Asks the painter for the picture of what the project is now.
    pub(super) fn ask_painter(&mut self) {
        let Some(subject) = self.content.subject() else { return };
        let project = self.document.project();
        // Drawings come one by one: what is painted from some of them is wrong soon.
        let reading = project.sheet.iter().any(|drawing| {
            drawing.enabled && self.content.drawing(&drawing.source).is_none_or(|d| d.loading && d.view.is_none())
        });
        let same = self.asked.wish.as_ref().is_some_and(|wish| {
            Arc::ptr_eq(&wish.project, project)
                && Arc::ptr_eq(&wish.subject, subject)
                && Arc::ptr_eq(&wish.views, &self.content.views)
                && (wish.dragging, wish.contributions) == (self.display.dragging, self.display.contributions)
        });
        if reading || same {
            return;
        }
        let wish = Wish {
            project: project.clone(),
            subject: subject.clone(),
            views: self.content.views.clone(),
            dragging: self.display.dragging,
            contributions: self.display.contributions,
        };
        let (painting, size_px) = (&project.painting, project.frame_px);
        let request = LiveRequest {
            id: self.asked.id + 1,
            subject: subject.clone(),
            pose: Arc::new(self.document.shown_pose().clone()),
            camera: project.camera.camera(size_px[0] as f32 / size_px[1] as f32, 1.0),
            size_px,
            views: wish.views.clone(),
            engine: match painting.engine {
                EngineChoice::Conr => LiveEngine::Conr,
                EngineChoice::Auto if painting.conr_weights().is_some() => LiveEngine::Conr,
                EngineChoice::Auto | EngineChoice::Landmark => LiveEngine::Landmark,
            },
            weights: painting.conr_weights().cloned(),
            working_px: painting.size_px,
            device: painting.device,
            storage: painting.storage,
            dragging: wish.dragging,
            contributions: wish.contributions,
        };
        let anew = self.asked.wish.is_none();
        let mut asked = self.workers.painter.request(request);
        if !asked && anew {
            self.workers.painter.again();
            asked = true;
        } else if asked {
            self.asked.id += 1;
        }
        self.asked.waiting |= asked;
        self.asked.wish = Some(wish);
        self.note_painting();
    }

    /// Does the last picture over.
    pub(super) fn paint_again(&mut self) {
        self.asked.forget();
        self.content.painting_failed = None;
        self.ask_painter();
    }

    /// Stops painting; the last picture stays.
    pub(super) fn stop_painting(&mut self) {
        self.workers.painter.cancel();
        self.asked.waiting = false;
        self.note_painting();
    }

    /// Takes in the painter's news.
    pub(super) fn hear_painter(&mut self) {
        while let Some(news) = self.workers.painter.poll() {
            match news {
                News::Udp(seen) => self.content.udp = Some(seen),
                News::Painted(id, painted) => {
                    self.content.painting_failed = None;
                    if !painted.draft && id == self.asked.id {
                        self.asked.waiting = false;
                        if let Some(path) = self.picture_wanted.take() {
                            self.outbox.send(PaintCommand::SavePicture(path));
                        }
                    }
                    self.content.painted = Some(painted);
                }
                News::Failed(id, sentence) if id == self.asked.id => {
                    self.asked.waiting = false;
                    if self.picture_wanted.take().is_some() {
                        self.toasts.say(Level::ERROR, format!("the picture was not saved: {sentence}"));
                    }
                    self.content.painting_failed = Some(sentence);
                }
                News::Failed(..) => {}
                News::Detected(view, udp) => {
                    let of = |known: &Option<Arc<_>>| known.as_ref().is_some_and(|known| Arc::ptr_eq(known, &view));
                    if let Some(state) = self.content.drawings.values_mut().find(|state| of(&state.view)) {
                        state.detected = Some(udp);
                    }
                }
            }
        }
        self.note_painting();
    }

    fn note_painting(&mut self) {
        let painter = &self.workers.painter;
        let busy = self.asked.waiting && painter.busy();
        self.content.painting = busy.then(|| painter.progress().unwrap_or_else(|| ("painting".into(), 0, 0)));
    }
}

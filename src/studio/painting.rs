//! Between the window and the painter: what is asked for, and what comes of its news.

use super::Studio;
use super::commands::PaintCommand;
use super::workers::painter::News;
use crate::engine::Motif;
use crate::engine::live::LiveRequest;
use crate::picture::Picture;
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
    /// What is to be done with the full picture as soon as it is there.
    then: Option<PaintCommand>,
}

/// What pictures depend on, cheap to compare.
struct Wish {
    motif: Motif,
    dragging: bool,
    contributions: bool,
}

impl Asked {
    /// Asks again, whatever was asked for last.
    pub(super) fn forget(&mut self) {
        self.wish = None;
    }

    /// Another project takes the place of the one that was asked for.
    pub(super) fn leave(&mut self) {
        (self.wish, self.then) = (None, None);
    }
}

impl Studio {
    /// Asks the painter for the picture of what the project is now.
    pub(super) fn ask_painter(&mut self) {
        let project = self.document.project();
        let (views, hints) = (self.content.views.clone(), self.content.hints.clone());
        let (settings, size_px) = (project.painting.clone(), project.frame_px);
        let camera = project.camera.camera(size_px[0] as f32 / size_px[1] as f32, 1.0);
        let motif = self.content.stance.as_ref().map(|stance| {
            let shot = Arc::new(stance.seen(camera));
            // What was worked out for the last picture serves this one too.
            let known = self.content.wanted.as_ref().map(|wanted| &wanted.shot).filter(|known| known.same(&shot));
            Motif { shot: known.cloned().unwrap_or(shot), size_px, views, hints, settings }
        });
        // Drawings come one by one: what is painted from some of them is wrong soon.
        let reading = project.sheet.iter().any(|drawing| {
            drawing.enabled && self.content.drawing(&drawing.source).is_none_or(|d| d.loading && d.view.is_none())
        });
        self.content.want(motif.clone());
        let Some(motif) = motif else { return };
        let (dragging, contributions) = (self.display.dragging, self.display.contributions);
        let same = self.asked.wish.as_ref().is_some_and(|wish| {
            wish.motif.same(&motif) && (wish.dragging, wish.contributions) == (dragging, contributions)
        });
        if reading || same {
            return;
        }
        let request = LiveRequest { id: self.asked.id + 1, motif: motif.clone(), dragging, contributions };
        let anew = self.asked.wish.is_none();
        let mut asked = self.workers.painter.request(request);
        if !asked && anew {
            self.workers.painter.again();
            asked = true;
        } else if asked {
            self.asked.id += 1;
        }
        self.asked.waiting |= asked;
        self.asked.wish = Some(Wish { motif, dragging, contributions });
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
        (self.asked.waiting, self.asked.then) = (false, None);
        self.note_painting();
    }

    /// The finished picture. Where it is still to come `command` comes again with it; where none will, that is said.
    pub(super) fn finished_for(&mut self, command: PaintCommand) -> Option<Arc<Picture>> {
        if self.says_there_is_no_picture() {
            return None;
        }
        if let Some(painted) = self.content.finished() {
            return Some(painted.picture.clone());
        }
        self.asked.then = Some(command);
        if self.content.painting.is_none() {
            // Painting was stopped, or waits for drawings.
            self.paint_again();
        }
        None
    }

    /// True, and said why, if there is no picture to save or copy and none will come.
    pub(super) fn says_there_is_no_picture(&mut self) -> bool {
        // What was changed in this very frame counts.
        self.follow();
        let why = match (&self.content.wanted, &self.content.painting_failed) {
            (None, _) => "there is no picture to save or copy yet: add drawings and a figure first".to_owned(),
            (Some(_), Some(why)) if self.content.finished().is_none() && self.content.painting.is_none() => {
                format!("there is no picture to save or copy: {why}")
            }
            _ => return false,
        };
        self.toasts.say(Level::ERROR, why);
        true
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
                        if let Some(command) = self.asked.then.take() {
                            self.outbox.send(command);
                        }
                    }
                    self.content.painted = Some(painted);
                    self.content.want(self.content.wanted.clone());
                }
                News::Failed(id, sentence) if id == self.asked.id => {
                    self.asked.waiting = false;
                    if self.asked.then.take().is_some() {
                        self.toasts.say(Level::ERROR, format!("there is no picture to save or copy: {sentence}"));
                    }
                    self.content.painting_failed = Some(sentence);
                }
                News::Failed(..) => {}
                News::Otherwise(view, image) => {
                    if let Some(state) = self.content.state_of(&view) {
                        state.otherwise = Some(image);
                    }
                }
                News::Detected(view, found) => {
                    if let Some(state) = self.content.state_of(&view) {
                        (state.detected, state.spread, state.belief) = (Some(found.udp), found.spread, found.belief);
                        // What was made of the answer before.
                        (state.otherwise, state.thumbnail_asked) = (None, None);
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

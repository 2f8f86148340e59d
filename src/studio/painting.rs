//! Between the window and the painter: what is asked for, and what comes of its news.

use super::Studio;
use super::commands::PaintCommand;
use super::workers::painter::News;
use crate::engine::Motif;
use crate::engine::live::LiveRequest;
use crate::motion::Moment;
use crate::picture::Picture;
use std::collections::BTreeMap;
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
    /// Of which frames the last requests are, by their numbers, with what the figure does there.
    frames: BTreeMap<u64, (i64, Arc<Moment>)>,
    /// Also what was painted already.
    anyway: bool,
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
        (self.wish, self.anyway) = (None, true);
    }

    /// The last request is of a frame of what is played, or of none.
    fn frame_of(&mut self, frame: Option<(i64, Arc<Moment>)>) {
        self.frames.retain(|id, _| id + KEPT_FRAMES > self.id);
        match frame {
            Some(frame) => drop(self.frames.insert(self.id, frame)),
            None => drop(self.frames.remove(&self.id)),
        }
    }

    /// Another project takes the place of the one that was asked for.
    pub(super) fn leave(&mut self) {
        (self.wish, self.then) = (None, None);
        self.frames.clear();
    }
}

/// So many requests are remembered: news of older ones come no more.
const KEPT_FRAMES: u64 = 8;

impl Studio {
    /// Asks the painter for the picture of what the project is now.
    pub(super) fn ask_painter(&mut self) {
        let project = self.document.project();
        let (views, hints) = (self.content.views.clone(), self.content.hints.clone());
        let (settings, size_px) = (project.painting.clone(), project.frame_px);
        let camera = self.playback.seen(project).camera(project.aspect());
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
        let Some(motif) = motif else {
            self.content.film = None;
            return;
        };
        let moves = self.scene.as_ref().is_some_and(|scene| scene.act.moves_camera());
        self.content.reel.be_of(&motif, moves);
        self.show_film();
        if self.playback.is_playing() {
            if !reading {
                self.paint_ahead(&motif);
            }
            return;
        }
        // What was painted while it was played need not be painted again.
        let frame = self.playback.moment.clone().map(|moment| (self.playback.frame(), moment));
        let painted = frame.as_ref().and_then(|(frame, _)| self.content.reel.get(*frame));
        if painted.is_some_and(|known| !known.draft && (known.sources.is_some() || !self.display.contributions))
            && !self.asked.anyway
        {
            self.asked.wish = None;
            return;
        }
        let moves = self.display.dragging || self.playback.moves();
        let (dragging, contributions) = (moves, self.display.contributions);
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
        self.asked.anyway = false;
        self.asked.frame_of(frame);
        self.asked.wish = Some(Wish { motif, dragging, contributions });
        self.note_painting();
    }

    /// Asks for a rough picture of the next frame that nobody has painted, once the painter has done the last.
    fn paint_ahead(&mut self, motif: &Motif) {
        self.asked.wish = None;
        if self.workers.painter.busy() {
            return;
        }
        let Some((frame, moment, motif)) = self.unpainted(motif) else { return };
        let (id, contributions) = (self.asked.id + 1, self.display.contributions);
        if self.workers.painter.request(LiveRequest { id, motif, dragging: true, contributions }) {
            self.asked.id = id;
            self.asked.frame_of(Some((frame, moment)));
        }
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
                    if let (Some((frame, moment)), Some(scene)) = (self.asked.frames.get(&id), &self.scene) {
                        let (playback, last) = (&self.playback, scene.last());
                        self.content.reel.keep(*frame, moment.clone(), &painted, |frame| playback.ahead(frame, last));
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

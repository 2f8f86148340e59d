//! Painted frames of what is played, within a bound of memory.

use super::content::Painted;
use crate::engine::Motif;
use crate::motion::Moment;
use crate::pose::Camera;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Bytes that painted frames may take.
pub const MOST_BYTES: usize = 384 << 20;

/// A painted frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What the figure does in it.
    moment: Arc<Moment>,
    /// As the window wants it.
    pub image: Arc<egui::ColorImage>,
    /// Which drawing contributed where, as a picture.
    pub sources: Option<Arc<egui::ColorImage>>,
    /// A rough one.
    pub draft: bool,
    /// How long it took, and what painted it.
    pub took: Duration,
    /// By what.
    pub by: String,
    /// Another one for each picture.
    pub revision: u64,
}

impl Frame {
    fn bytes(&self) -> usize {
        let bytes = |image: &egui::ColorImage| 4 * image.pixels.len();
        bytes(&self.image) + self.sources.as_deref().map_or(0, bytes)
    }
}

/// How a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// Not painted.
    None,
    /// Painted before something was changed; whether it still holds is not known yet.
    Stale,
    /// A rough picture.
    Draft,
    /// The full one.
    Full,
}

/// Painted frames by their numbers. All show one character by the same means from one place.
#[derive(Default)]
pub struct Reel {
    /// What all are of, but for the pose.
    means: Option<Motif>,
    frames: BTreeMap<i64, Frame>,
    /// Those that were painted before what moves the figure was changed.
    stale: BTreeSet<i64>,
    bytes: usize,
}

impl Reel {
    /// Frames of another character, by other means or from another place are thrown away.
    pub(super) fn be_of(&mut self, motif: &Motif) {
        let same = |known: &Motif| {
            known.same_means(motif)
                && known.size_px == motif.size_px
                && camera(known) == camera(motif)
                && Arc::ptr_eq(known.shot.stance().subject(), motif.shot.stance().subject())
        };
        if !self.means.as_ref().is_some_and(same) {
            self.clear();
            self.means = Some(motif.clone());
        }
    }

    /// Nothing is painted.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// What moves the figure was changed: each frame has to show that it still holds.
    pub(super) fn doubt(&mut self) {
        self.stale = self.frames.keys().copied().collect();
    }

    /// A frame about which nobody knows whether it holds.
    pub(super) fn doubted(&self) -> Option<i64> {
        self.stale.first().copied()
    }

    /// The figure does this at a frame: what was painted of something else goes.
    pub(super) fn check(&mut self, frame: i64, moment: Option<&Moment>) {
        self.stale.remove(&frame);
        if self.frames.get(&frame).is_some_and(|known| Some(&*known.moment) != moment) {
            self.remove(frame);
        }
    }

    /// A picture that holds for a frame.
    pub fn get(&self, frame: i64) -> Option<&Frame> {
        self.frames.get(&frame).filter(|_| !self.stale.contains(&frame))
    }

    /// How a frame stands.
    pub fn strip(&self, frame: i64) -> Strip {
        match self.frames.get(&frame) {
            None => Strip::None,
            Some(_) if self.stale.contains(&frame) => Strip::Stale,
            Some(known) if known.draft => Strip::Draft,
            Some(_) => Strip::Full,
        }
    }

    /// All painted frames with how they stand.
    pub fn strips(&self) -> impl Iterator<Item = (i64, Strip)> + '_ {
        self.frames.keys().map(|frame| (*frame, self.strip(*frame)))
    }

    /// How many frames are painted, and the bytes they take.
    pub fn size(&self) -> (usize, usize) {
        (self.frames.len(), self.bytes)
    }

    /// Keeps a picture. What is wanted latest gives way where there is no room; `ahead` tells how long it takes until a frame
    /// is shown. A rough picture doesn't take a full one's place.
    pub(super) fn keep(&mut self, frame: i64, moment: Arc<Moment>, painted: &Painted, ahead: impl Fn(i64) -> i64) {
        let better = self.get(frame).is_some_and(|known| !known.draft && painted.draft && known.moment == moment);
        let same = self.means.as_ref().is_some_and(|means| means.same_means(&painted.motif));
        if better || !same {
            return;
        }
        let Painted { image, sources, draft, took, by, revision, .. } = painted.clone();
        let new = Frame { moment, image, sources, draft, took, by, revision };
        self.remove(frame);
        while self.bytes + new.bytes() > MOST_BYTES {
            let latest = self.frames.keys().copied().max_by_key(|&known| (self.stale.contains(&known), ahead(known)));
            match latest {
                Some(latest) if self.stale.contains(&latest) || ahead(latest) > ahead(frame) => self.remove(latest),
                _ => return,
            }
        }
        self.bytes += new.bytes();
        self.frames.insert(frame, new);
    }

    fn remove(&mut self, frame: i64) {
        self.stale.remove(&frame);
        if let Some(gone) = self.frames.remove(&frame) {
            self.bytes -= gone.bytes();
        }
    }
}

fn camera(motif: &Motif) -> &Camera {
    motif.shot.camera()
}

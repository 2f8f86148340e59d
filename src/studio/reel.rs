//! Painted frames of what is played, within a bound of memory.

use super::content::Painted;
use crate::engine::Motif;
use crate::motion::Moment;
use crate::pose::Camera;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// Bytes that painted frames may take.
pub(super) const MOST_BYTES: usize = 384 << 20;

/// A painted frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What the figure does in it.
    moment: Arc<Moment>,
    /// From where it is seen.
    camera: Camera,
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

/// Painted frames by their numbers. All show one character by the same means, from one place unless the camera moves.
#[derive(Default)]
pub struct Reel {
    /// What all are of, but for the pose.
    means: Option<Motif>,
    /// Each is from a place of its own.
    moves: bool,
    frames: BTreeMap<i64, Frame>,
    /// Those that were painted before what moves the figure was changed.
    stale: BTreeSet<i64>,
    bytes: usize,
}

impl Reel {
    /// Frames of another character, by other means or, unless the camera `moves`, from another place are thrown away.
    pub(super) fn be_of(&mut self, motif: &Motif, moves: bool) {
        if !self.holds(motif) || self.moves != moves {
            self.clear();
            (self.means, self.moves) = (Some(motif.clone()), moves);
        }
    }

    /// A picture of this character, by these means and from this place belongs here.
    fn holds(&self, motif: &Motif) -> bool {
        self.means.as_ref().is_some_and(|known| {
            known.same_means(motif)
                && known.size_px == motif.size_px
                && (self.moves || camera(known) == camera(motif))
                && Arc::ptr_eq(known.shot.stance().subject(), motif.shot.stance().subject())
        })
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

    /// The figure does this at a frame, seen by a camera that moves, if it does: what was painted of something else goes.
    pub(super) fn check(&mut self, frame: i64, moment: Option<&Moment>, moved: Option<&Camera>) {
        self.stale.remove(&frame);
        let other = |known: &Frame| {
            Some(&*known.moment) != moment || self.moves && moved.is_none_or(|moved| *moved != known.camera)
        };
        if self.frames.get(&frame).is_some_and(other) {
            self.remove(frame);
        }
    }

    /// A picture that holds for a frame.
    pub fn get(&self, frame: i64) -> Option<&Frame> {
        self.frames.get(&frame).filter(|_| !self.stale.contains(&frame))
    }

    /// The first of these frames, of which every `hold`-th is shown, that has no picture that holds; `backwards`: the last.
    /// What is painted is gone through, not what is still to be painted.
    pub(super) fn gap(&self, [from, to]: [i64; 2], hold: i64, backwards: bool) -> Option<i64> {
        if from > to {
            return None;
        }
        let mut wanted = (-(-from).div_euclid(hold)..=to.div_euclid(hold)).map(|i| i * hold);
        let painted = self.frames.range(from..=to).map(|(frame, _)| *frame);
        let mut holding = painted.filter(|frame| frame % hold == 0 && !self.stale.contains(frame));
        if backwards {
            wanted.rev().find(|frame| holding.next_back() != Some(*frame))
        } else {
            wanted.find(|frame| holding.next() != Some(*frame))
        }
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
        let from = *camera(&painted.motif);
        let better = self
            .get(frame)
            .is_some_and(|known| !known.draft && painted.draft && known.moment == moment && known.camera == from);
        if better || !self.holds(&painted.motif) {
            return;
        }
        let Painted { image, sources, draft, took, by, revision, .. } = painted.clone();
        let new = Frame { moment, camera: from, image, sources, draft, took, by, revision };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::landmarks::MapPreset;
    use crate::picture::Picture;
    use crate::pose::{Orbit, Pose, library};
    use crate::raster::{RasterChoice, Rasterizer, Subject};
    use crate::udp::Udp;

    fn moment(name: &str) -> Arc<Moment> {
        Arc::new(library::find(name).unwrap().1.into())
    }

    fn painted(motif: &Motif, side: usize, draft: bool) -> Painted {
        Painted {
            motif: motif.clone(),
            picture: Arc::new(Picture::new(1, 1)),
            image: Arc::new(egui::ColorImage::filled([side, side], egui::Color32::RED)),
            udp: Arc::new(Udp::new(1, 1)),
            contributions: None,
            sources: None,
            draft,
            took: Duration::from_millis(3),
            by: String::new(),
            notes: Vec::new(),
            revision: 1,
        }
    }

    #[test]
    fn frames_are_kept_within_bounds_and_while_they_hold() {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        let figure = crate::example::figure().unwrap();
        let subject = Arc::new(Subject::new(rasterizer, figure, MapPreset::default()).unwrap());
        let motif = |camera: Orbit| Motif {
            shot: Arc::new(subject.stand(&Pose::default()).seen(camera.camera(1.0, 1.0))),
            size_px: [64, 64],
            views: Arc::new([]),
            hints: Arc::new([]),
            settings: Default::default(),
        };
        let front = motif(Orbit::default());
        let (mut reel, ahead) = (Reel::default(), |frame: i64| frame.rem_euclid(100));
        reel.be_of(&front, false);
        reel.keep(5, moment("walk"), &painted(&front, 64, false), ahead);
        reel.keep(5, moment("walk"), &painted(&front, 32, true), ahead);
        assert_eq!(reel.strip(5), Strip::Full, "a rough picture takes no full one's place");
        reel.keep(6, moment("run"), &painted(&front, 32, true), ahead);
        assert_eq!(reel.size(), (2, 4 * (64 * 64 + 32 * 32)));
        reel.doubt();
        assert!(reel.get(5).is_none() && reel.strip(5) == Strip::Stale && reel.doubted() == Some(5));
        reel.check(5, Some(&moment("walk")), None);
        reel.check(6, Some(&moment("sit")), None);
        assert!(reel.get(5).is_some() && reel.strip(6) == Strip::None && reel.doubted().is_none());

        // Where there is no room, what is shown latest gives way, and what is shown later still is not kept.
        let side = 2048;
        let room = (MOST_BYTES / (4 * side * side)) as i64;
        (10..10 + room).for_each(|frame| reel.keep(frame, moment("t"), &painted(&front, side, false), ahead));
        assert!(reel.size().1 <= MOST_BYTES && reel.strip(10) == Strip::Full);
        let kept = reel.size().0;
        reel.keep(90, moment("t"), &painted(&front, side, false), ahead);
        assert_eq!((reel.strip(90), reel.size().0), (Strip::None, kept));
        reel.keep(1, moment("t"), &painted(&front, side, false), ahead);
        assert_eq!(reel.strip(1), Strip::Full);
        assert!(reel.size().1 <= MOST_BYTES);

        let gap = |reel: &Reel, backwards| reel.gap([0, 12], 2, backwards);
        assert_eq!([gap(&reel, false), gap(&reel, true)], [Some(0), Some(8)], "on twos 10 and 12 are painted");
        assert_eq!([reel.gap([10, 11], 1, false), reel.gap([9, 11], 1, true)], [None, Some(9)]);
        assert_eq!(reel.gap([5, 4], 1, false), None);

        reel.be_of(&motif(Orbit { yaw_deg: 90.0, ..Orbit::default() }), false);
        assert_eq!(reel.size(), (0, 0), "from elsewhere");
        reel.keep(1, moment("t"), &painted(&front, 8, false), ahead);
        assert_eq!(reel.size(), (0, 0), "what was asked for before comes too late");

        // Where the camera moves, each frame holds as long as it is seen from where it was painted.
        let aside = motif(Orbit { yaw_deg: 20.0, ..Orbit::default() });
        reel.be_of(&front, true);
        reel.keep(1, moment("t"), &painted(&front, 8, false), ahead);
        reel.keep(2, moment("t"), &painted(&aside, 8, false), ahead);
        reel.be_of(&aside, true);
        reel.check(1, Some(&moment("t")), Some(camera(&front)));
        reel.check(2, Some(&moment("t")), Some(camera(&front)));
        assert_eq!([reel.strip(1), reel.strip(2)], [Strip::Full, Strip::None]);
        reel.be_of(&front, false);
        assert_eq!(reel.size(), (0, 0), "it stands still by now");
    }
}

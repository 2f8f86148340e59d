//! What is played, and where the playhead is: no part of a document, neither saved nor undone.

use crate::motion::{LAST_FRAME, Moment, Parts};
use crate::pose::Pose;
use crate::project::{Project, Seen};
use std::sync::Arc;

/// A picture of what is sent should be there so soon, seconds.
const LIVE_S: f64 = 1.0 / 30.0;

/// What happens at the end of what is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// It stops there.
    Once,
    /// It begins anew.
    #[default]
    Loop,
    /// It goes back the same way.
    PingPong,
}

impl Repeat {
    /// All with what they are called.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Once, "Once"), (Self::Loop, "Over and over"), (Self::PingPong, "To and fro")];
}

/// Whether the figure holds its own pose or one of what moves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayState {
    /// It holds the project's pose.
    #[default]
    Stopped,
    /// It does what it does at the playhead.
    Paused,
    /// The playhead runs.
    Playing,
}

/// The playhead and how it runs.
#[derive(Clone, Debug)]
pub struct Playback {
    /// Whether the figure holds its own pose.
    pub state: PlayState,
    /// What happens at the end.
    pub repeat: Repeat,
    /// 1: as fast as it is.
    pub speed: f64,
    /// Each picture stays for so many frames: on ones, twos, threes.
    pub exposure: i64,
    /// First and last frame of what is played; `None`: from the beginning to the end.
    pub range: Option<[i64; 2]>,
    /// Edits at the playhead become keys.
    pub auto_key: bool,
    /// What of the body keys set.
    pub parts: Parts,
    /// Where the playhead is, frames.
    at: f64,
    /// It runs backwards, to and fro.
    backwards: bool,
    /// When it was moved last, the window's seconds.
    moved_s: Option<f64>,
    /// What the figure does there.
    pub(super) moment: Option<Arc<Moment>>,
    /// From where it is seen there, if the camera moves.
    pub(super) seen: Option<Seen>,
    /// The pose that another program sends, if one does.
    pub(super) live: Option<Arc<Pose>>,
    /// It goes on sending.
    pub(super) live_moves: bool,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            state: PlayState::Stopped,
            repeat: Repeat::Loop,
            speed: 1.0,
            exposure: 1,
            range: None,
            auto_key: true,
            parts: Parts::ALL,
            at: 0.0,
            backwards: false,
            moved_s: None,
            moment: None,
            seen: None,
            live: None,
            live_moves: false,
        }
    }
}

impl Playback {
    /// The pose that is shown: what is played, else what is sent, else the project's. Panels, painter and commands ask here
    /// and nowhere else.
    pub fn shown<'a>(&'a self, project: &'a Project) -> &'a Pose {
        let played = self.moment.as_ref().map(|moment| &moment.pose);
        played.or(self.live.as_deref()).unwrap_or(&project.pose)
    }

    /// What is shown is sent by another program.
    pub fn is_live(&self) -> bool {
        self.live.is_some() && !self.is_on()
    }

    /// What is shown moves by itself: it is played, or sent.
    pub fn moves(&self) -> bool {
        self.is_playing() || self.is_live() && self.live_moves
    }

    /// From where the figure is seen: by a camera that moves, else by the project's. Panels, painter and commands ask here.
    pub fn seen(&self, project: &Project) -> Seen {
        self.seen.unwrap_or(Seen::Orbit(project.camera))
    }

    /// The playhead runs.
    pub fn is_playing(&self) -> bool {
        self.state == PlayState::Playing
    }

    /// The figure does what it does at the playhead, which may run.
    pub fn is_on(&self) -> bool {
        self.state != PlayState::Stopped
    }

    /// Where the playhead is, frames: between two while it runs.
    #[cfg(feature = "sound")]
    pub(super) fn place(&self) -> f64 {
        self.at
    }

    /// It runs backwards.
    #[cfg(feature = "sound")]
    pub(super) fn is_backwards(&self) -> bool {
        self.backwards
    }

    /// The frame at the playhead.
    pub fn head(&self) -> i64 {
        (self.at + 1e-6).floor() as i64
    }

    /// The frame that is shown: held as long as pictures stay.
    pub fn frame(&self) -> i64 {
        let hold = self.exposure.max(1);
        self.head().div_euclid(hold) * hold
    }

    /// First and last frame of what is played; `last`: the last that moves.
    pub fn span(&self, last: i64) -> [i64; 2] {
        let [first, end] = self.range.unwrap_or([0, last]);
        let first = first.clamp(0, last.max(0));
        [first, end.clamp(first, last.max(first))]
    }

    /// Puts the playhead at a frame, where the figure then is.
    pub fn seek(&mut self, frame: i64) {
        self.at = frame.clamp(0, LAST_FRAME) as f64;
        self.moved_s = None;
        if self.state == PlayState::Stopped {
            self.state = PlayState::Paused;
        }
    }

    /// Begins at the playhead; at the end, from the start.
    pub fn play(&mut self, last: i64) {
        let [first, end] = self.span(last);
        if self.head() < first || self.head() >= end {
            self.at = first as f64;
        }
        (self.state, self.moved_s, self.backwards) = (PlayState::Playing, None, false);
    }

    /// Stays where it is.
    pub fn pause(&mut self) {
        if self.state == PlayState::Playing {
            (self.state, self.at) = (PlayState::Paused, self.frame() as f64);
        }
        self.moved_s = None;
    }

    /// The figure takes the project's pose again.
    pub fn stop(&mut self) {
        self.state = PlayState::Stopped;
        (self.moved_s, self.moment, self.seen) = (None, None, None);
    }

    /// Lets the playhead run to the time it is. `closed`: the last frame shows what the first does.
    pub fn run(&mut self, now_s: f64, fps: f64, last: i64, closed: bool) {
        if self.state != PlayState::Playing {
            return;
        }
        let [first, end] = self.span(last);
        let before = self.moved_s.replace(now_s).unwrap_or(now_s);
        // Whoever was away for long does not come back to another place for that.
        let frames = (now_s - before).clamp(0.0, 0.5) * fps * self.speed;
        let (first, end) = (first as f64, end as f64);
        let length = end - first;
        if length <= 0.0 {
            return self.pause_at(first);
        }
        let way = if self.backwards { -frames } else { frames };
        self.at = self.at.clamp(first, end + 1.0) + way;
        match self.repeat {
            Repeat::Once if self.at >= end => self.pause_at(end),
            Repeat::Once => {}
            Repeat::Loop => {
                // The last frame has its time, too, unless the first is the same.
                let period = if closed { length } else { length + 1.0 };
                self.at = first + (self.at - first).rem_euclid(period);
            }
            Repeat::PingPong => {
                let place = (self.at - first).rem_euclid(2.0 * length);
                if place > length || self.at < first {
                    self.backwards = !self.backwards;
                }
                self.at = first + if place > length { 2.0 * length - place } else { place };
            }
        }
    }

    fn pause_at(&mut self, frame: f64) {
        (self.state, self.at, self.moved_s) = (PlayState::Paused, frame, None);
    }

    /// Seconds until the next frame is shown.
    pub fn next_s(&self, fps: f64) -> f64 {
        let left = if self.backwards { self.at - self.at.floor() } else { self.at.floor() + 1.0 - self.at };
        (left / (fps * self.speed).max(0.1)).clamp(0.001, 0.2)
    }

    /// How long a picture is shown while it moves, seconds.
    pub fn shown_s(&self, fps: f64) -> f64 {
        match self.is_live() {
            true => LIVE_S,
            false => (self.exposure.max(1) as f64 / (fps * self.speed).max(0.1)).clamp(0.01, 0.1),
        }
    }

    /// What is played from here on and then from the other end, as two runs of frames (the second may be empty); true: each is
    /// gone through backwards.
    pub fn runs(&self, last: i64) -> ([[i64; 2]; 2], bool) {
        let [first, end] = self.span(last);
        let here = self.frame().clamp(first, end);
        match self.backwards {
            false => ([[here, end], [first, here - 1]], false),
            true => ([[first, here], [here + 1, end]], true),
        }
    }

    /// How long it takes until a frame is shown, in frames, as what is played goes on from here.
    pub fn ahead(&self, frame: i64, last: i64) -> i64 {
        let [first, end] = self.span(last);
        let length = end - first + 1;
        if self.backwards {
            (self.frame() - frame).rem_euclid(length)
        } else {
            (frame - self.frame()).rem_euclid(length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(repeat: Repeat, closed: bool, seconds: &[f64]) -> Vec<i64> {
        let mut playback = Playback { repeat, ..Playback::default() };
        playback.play(9);
        playback.run(100.0, 10.0, 9, closed);
        let mut frame = |s: &f64| {
            playback.run(100.0 + s, 10.0, 9, closed);
            playback.frame()
        };
        seconds.iter().map(&mut frame).collect()
    }

    #[test]
    fn the_playhead_runs_as_it_is_told() {
        let times: Vec<f64> = (1..=24).map(|i| f64::from(i) * 0.1 + 0.001).collect();
        let over = played(Repeat::Loop, false, &times);
        assert_eq!(over[..12], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2]);
        assert_eq!(played(Repeat::Loop, true, &times)[..11], [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2]);
        let to_and_fro = played(Repeat::PingPong, false, &times);
        assert_eq!(to_and_fro[6..12], [7, 8, 8, 7, 6, 5], "{to_and_fro:?}");
        assert!(to_and_fro[17..].iter().zip(&to_and_fro[18..]).any(|(a, b)| b > a), "and on again: {to_and_fro:?}");
        assert_eq!(played(Repeat::Once, false, &times)[8..], [9; 16]);
    }

    #[test]
    fn pictures_stay_for_their_frames_and_the_range_holds() {
        let mut playback = Playback { exposure: 3, range: Some([4, 400]), ..Playback::default() };
        playback.seek(8);
        assert_eq!((playback.state, playback.head(), playback.frame()), (PlayState::Paused, 8, 6));
        assert_eq!(playback.span(20), [4, 20]);
        assert_eq!(playback.span(2), [2, 2], "a shorter motion");
        playback.exposure = 1;
        assert_eq!([playback.ahead(8, 20), playback.ahead(10, 20), playback.ahead(7, 20)], [0, 2, 16]);
        assert_eq!(playback.runs(20), ([[8, 20], [4, 7]], false), "in the order in which it is shown");
        playback.seek(-4);
        assert_eq!(playback.frame(), 0);
        playback.play(20);
        assert_eq!(playback.frame(), 4, "from the first frame of the range");
        playback.run(1.0, 24.0, 20, false);
        playback.run(900.0, 24.0, 20, false);
        assert!(playback.frame() <= 20, "whoever was away comes back near");
        playback.pause();
        playback.stop();
        assert!(!playback.is_on() && playback.moment.is_none());
    }
}

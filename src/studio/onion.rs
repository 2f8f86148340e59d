//! Onion skin: which neighbours of the shown frame are seen with it, as ghosts under the figure.

use super::workers::ghosts::Ghost;
use crate::motion::Keys;

/// Most ghosts before and after.
pub(super) const MOST_GHOSTS: usize = 5;
/// Frames from one ghost to the next, at most.
pub(super) const MOST_FRAMES: i64 = 24;
/// How strongly the nearest ghost and the farthest are seen.
const STRENGTH: [f32; 2] = [0.5, 0.16];

/// Whose ghosts are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// Every so many pictures.
    Frames(i64),
    /// Those that are keyed.
    Keys,
}

/// What is seen of the frames around the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Onion {
    /// Anything.
    pub on: bool,
    /// Ghosts of earlier frames.
    pub before: usize,
    /// Ghosts of later ones.
    pub after: usize,
    /// Which.
    pub of: Neighbours,
}

impl Default for Onion {
    fn default() -> Self {
        Self { on: false, before: 2, after: 2, of: Neighbours::Frames(4) }
    }
}

impl Onion {
    /// With numbers that can be used.
    pub(super) fn sane(self) -> Self {
        let of = match self.of {
            Neighbours::Frames(step) => Neighbours::Frames(step.clamp(1, MOST_FRAMES)),
            Neighbours::Keys => Neighbours::Keys,
        };
        Self { before: self.before.min(MOST_GHOSTS), after: self.after.min(MOST_GHOSTS), of, ..self }
    }

    /// The ghosts around a frame of what is played from 0 to `last`, the farthest first; each picture stays for `hold` frames.
    pub fn ghosts(&self, frame: i64, last: i64, hold: i64, keys: &Keys) -> Vec<Ghost> {
        let side = |count: usize, later: bool| {
            let frames: Vec<i64> = match self.of {
                Neighbours::Frames(step) => {
                    let step = step * hold.max(1) * if later { 1 } else { -1 };
                    (1..=count as i64).map(|i| frame + i * step).filter(|at| (0..=last).contains(at)).collect()
                }
                Neighbours::Keys if later => keys.0.range(frame + 1..).map(|(at, _)| *at).take(count).collect(),
                Neighbours::Keys => keys.0.range(..frame).rev().map(|(at, _)| *at).take(count).collect(),
            };
            let strength = |i: usize| STRENGTH[0] + (STRENGTH[1] - STRENGTH[0]) * i as f32 / MOST_GHOSTS as f32;
            frames.into_iter().enumerate().map(move |(i, frame)| Ghost { frame, later, strength: strength(i) })
        };
        let mut ghosts: Vec<Ghost> = side(self.before, false).chain(side(self.after, true)).collect();
        ghosts.sort_by(|a, b| a.strength.total_cmp(&b.strength));
        ghosts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::Pose;

    #[test]
    fn neighbours_are_counted_in_pictures_or_keys_and_the_nearest_are_seen_best() {
        let mut keys = Keys::default();
        [0, 7, 20, 31, 40].into_iter().for_each(|frame| keys.set(frame, Pose::default()));
        let frames = |onion: Onion, frame: i64, hold: i64| {
            let ghosts = onion.ghosts(frame, 40, hold, &keys);
            assert!(ghosts.windows(2).all(|pair| pair[0].strength <= pair[1].strength), "the nearest lie on top");
            assert!(ghosts.iter().all(|ghost| ghost.later == (ghost.frame > frame)));
            let mut frames: Vec<i64> = ghosts.iter().map(|ghost| ghost.frame).collect();
            frames.sort_unstable();
            frames
        };
        let onion = Onion { before: 2, after: 3, of: Neighbours::Frames(4), on: true };
        assert_eq!(frames(onion, 20, 1), [12, 16, 24, 28, 32]);
        assert_eq!(frames(onion, 20, 2), [4, 12, 28, 36], "on twos there is every second picture");
        assert_eq!(frames(onion, 2, 1), [6, 10, 14], "nothing is before the first frame");
        let onion = Onion { of: Neighbours::Keys, ..onion };
        assert_eq!(frames(onion, 20, 1), [0, 7, 31, 40]);
        assert_eq!(frames(onion, 25, 1), [7, 20, 31, 40]);
        let sane = Onion { before: 99, of: Neighbours::Frames(0), ..onion }.sane();
        assert_eq!((sane.before, sane.of), (MOST_GHOSTS, Neighbours::Frames(1)));
    }
}

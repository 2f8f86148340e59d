//! Whether a training still learns, or has broken off.
//!
//! Networks without norms now and then fall over an edge: from one step to the next the loss is a hundred times what it was,
//! and what was learned does not come back. AdamW's long memory of slopes lets one steep lesson go several rates far.

use serde::{Deserialize, Serialize};

/// How much of the long mean and of the short one stays at a step.
const STAY: [f64; 2] = [0.99, 0.8];
/// Steps until the long mean is worth anything.
const SETTLED: u64 = 100;
/// The short mean is so many times the long one where learning broke off; lessons alone differ by less.
const BROKE_OFF: f64 = 4.0;
/// And up to so many times where a state may be gone back to.
const SOUND: f64 = 1.5;

/// How far off a training was of late, and over a longer time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// Steps that were felt.
    steps: u64,
    /// The long and the short mean.
    means: [f64; 2],
}

impl Pulse {
    /// Feels how far off a step was: something that is never below zero and falls as is learned.
    pub(super) fn feel(&mut self, off: f64) {
        for (mean, stay) in self.means.iter_mut().zip(STAY) {
            // The first steps are a plain mean.
            let stay = stay.min(self.steps as f64 / (self.steps + 1) as f64);
            *mean = stay * *mean + (1.0 - stay) * off;
        }
        self.steps += 1;
    }

    /// Whether learning broke off.
    pub(super) fn broke_off(&self) -> bool {
        self.rises_above(BROKE_OFF)
    }

    /// Whether there is no sign that learning is about to break off.
    pub(super) fn is_sound(&self) -> bool {
        !self.rises_above(SOUND)
    }

    fn rises_above(&self, times: f64) -> bool {
        let [long, short] = self.means;
        self.steps > SETTLED && short > times * long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_off_is_told_from_what_varies() {
        let mut pulse = Pulse::default();
        // Falls fast in the beginning, and lessons differ by half.
        for step in 0..1000 {
            let varies = 1.0 + 0.5 * f64::from(step % 7 - 3) / 3.0;
            pulse.feel((0.1 + (-f64::from(step) / 20.0).exp()) * varies);
            assert!(pulse.is_sound() && !pulse.broke_off(), "{step}: {pulse:?}");
        }
        // As one was seen to fall over.
        let sound = pulse;
        pulse.feel(39.4);
        assert!(pulse.broke_off() && !pulse.is_sound());
        // One hard lesson is none, three that are worse and worse are no state to go back to.
        pulse = sound;
        pulse.feel(0.5);
        assert!(!pulse.broke_off());
        [0.2, 0.3, 0.4].into_iter().for_each(|off| pulse.feel(off));
        assert!(!pulse.broke_off() && !pulse.is_sound());
        // Nobody knows what is usual in the first steps.
        let mut young = Pulse::default();
        [1.0, 100.0].into_iter().for_each(|off| young.feel(off));
        assert!(!young.broke_off());
    }
}

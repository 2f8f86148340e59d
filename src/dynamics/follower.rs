//! What swings along poses that come while they are shown: nobody knows the next one, and nobody asks for an earlier one.

use super::chains::Chains;
use super::run::rest;
use super::solver::{Solver, solver};
use super::step::{Air, Moment};
use super::{STEP_S, STEPS_A_SECOND};
use crate::figure::{Figure, LocalPose, skinning};

/// After so long nobody knows what was in between, seconds: all hangs as it does in the new pose.
const LONGEST_S: f64 = 0.5;
/// Free ends that move slower, metres a step, are at rest to whoever looks.
const STILL_M: f32 = 2e-5;

/// All that swings of a figure whose poses come one by one. What it answers depends on when it is asked, so it is for
/// looking at; what is kept comes from a [`super::Run`].
pub struct Follower {
    chains: Chains,
    now: Option<Now>,
}

struct Now {
    state: Box<dyn Solver>,
    /// The pose until which all was moved, and when that was shown, seconds.
    led: LocalPose,
    at_s: f64,
    step: i64,
    still: bool,
}

impl Follower {
    /// Of what swings. It hangs in the first pose that comes.
    pub fn new(chains: Chains) -> Self {
        Self { chains, now: None }
    }

    /// The pose that is shown at a time, with all that swings. Poses of one figure, times that rise; seconds.
    pub fn follow(&mut self, figure: &Figure, led: LocalPose, seconds: f64) -> LocalPose {
        let joints = &figure.joints;
        let known = self.now.take().filter(|now| (0.0..LONGEST_S).contains(&(seconds - now.at_s)));
        let mut now = known.unwrap_or_else(|| {
            let moment = Moment::new(joints, skinning::settled(figure, &led));
            let mut state = solver(joints, &self.chains, &moment);
            rest(state.as_mut(), joints, &self.chains, &moment);
            Now { state, led: led.clone(), at_s: seconds, step: 0, still: true }
        });
        let steps = ((seconds - now.at_s) * STEPS_A_SECOND) as i64;
        for i in 1..=steps {
            let led = now.led.between(&led, i as f32 / steps as f32);
            let moment = Moment::new(joints, skinning::settled(figure, &led));
            now.step += 1;
            let moved = now.state.step(joints, &self.chains, &moment, Air { step: now.step, calm: 1.0 });
            now.still = moved < STILL_M;
        }
        if steps > 0 {
            now.led.clone_from(&led);
            now.at_s += steps as f64 * f64::from(STEP_S);
        }
        let sway = self.chains.joints().into_iter().zip(now.state.turns()).collect();
        self.now = Some(now);
        LocalPose { sway, ..led }
    }

    /// Nothing moves by itself any more.
    pub fn is_still(&self) -> bool {
        self.now.as_ref().is_none_or(|now| now.still)
    }
}

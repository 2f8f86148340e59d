//! What moves all that swings from step to step: light chains alone, or an engine of rigid bodies before them.

use super::Chains;
use super::step::{Air, Moment, State};
use crate::figure::Joint;
use glam::Quat;

/// Moves all that swings of one figure.
pub(super) trait Solver: Send {
    /// Goes on by a step to where the motion has everything now. Tells how far the farthest free end went, metres.
    fn step(&mut self, joints: &[Joint], chains: &Chains, moment: &Moment, air: Air) -> f32;

    /// Local rotations of [`Chains::joints`], in their order.
    fn turns(&self) -> Vec<Quat>;
}

/// Everything where the motion has it, at rest.
pub(super) fn solver(joints: &[Joint], chains: &Chains, moment: &Moment) -> Box<dyn Solver> {
    #[cfg(feature = "rigid")]
    if let Some(plan) = &chains.rigid {
        return Box::new(super::rigid::World::new(joints, chains, plan, moment));
    }
    Box::new(State::new(joints, chains, moment))
}

impl Solver for State {
    fn step(&mut self, joints: &[Joint], chains: &Chains, moment: &Moment, air: Air) -> f32 {
        State::step(self, joints, chains, moment, air)
    }

    fn turns(&self) -> Vec<Quat> {
        self.turns.clone()
    }
}

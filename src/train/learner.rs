//! A net that learns: the half of a step that is the same whatever it learns.

use super::optimiser::{self, Adam};
use super::{Settings, State};
use crate::nn::kernels::{Batch, Pool};
use crate::nn::layers::{LearningNet, Net, Run};
use std::collections::BTreeMap;
use std::ops::Range;

/// How much of a batch's statistics goes into those that stay.
const REMEMBERED: f32 = 0.05;

/// A net that learns, with all memory it takes.
pub struct Learner {
    net: LearningNet,
    pool: Pool,
    gradients: Vec<f32>,
    /// Values that shrink: weights of convolutions, no biases and gains.
    decaying: Vec<Range<usize>>,
}

/// Something in a step was not a number.
#[derive(Debug)]
pub struct NotANumber;

impl Learner {
    /// One of this net.
    ///
    /// # Panics
    /// When the net has something that doesn't learn, which is an error of the program.
    pub fn new(net: Net) -> Self {
        Self::of(LearningNet::new(net))
    }

    /// One of this net, of which only some may learn.
    pub fn of(net: LearningNet) -> Self {
        let decaying = net.parameters().iter().filter(|p| p.learns && p.shape.len() > 1);
        let decaying = decaying.map(|p| p.at.clone()).collect();
        Self { gradients: vec![0.0; net.len()], decaying, pool: Pool::default(), net }
    }

    /// The net.
    pub fn net(&self) -> &LearningNet {
        &self.net
    }

    /// How many numbers change.
    pub fn learning(&self) -> usize {
        self.net.parameters().iter().filter(|p| p.learns).map(|p| p.at.len()).sum()
    }

    /// How many there are, with those that don't.
    pub fn numbers(&self) -> usize {
        self.net.len()
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        State::fresh(&self.net, seed)
    }

    /// A fresh state that answers as a weight file, to these inputs exactly so.
    pub fn unfolded(&self, mut state: State, weights: &BTreeMap<String, Vec<f32>>, inputs: Batch) -> State {
        state.statistics = self.net.unfold(weights, &mut state.values, [inputs], &self.pool);
        State { averaged: state.values.clone(), averaged_statistics: state.statistics.clone(), ..state }
    }

    /// Memory for pictures.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Forwards with a state's values.
    pub fn run(&self, state: &State, inputs: impl IntoIterator<Item = Batch>) -> Run {
        self.net.run(&state.values, inputs, &self.pool)
    }

    /// The gradients by all values, from those by a run's results.
    pub fn gradients(
        &mut self,
        state: &State,
        run: Run,
        of_results: impl IntoIterator<Item = Option<Batch>>,
    ) -> &[f32] {
        self.gradients.fill(0.0);
        self.net.back(&state.values, run, of_results, &mut self.gradients, &self.pool);
        &self.gradients
    }

    /// A step of AdamW along the gradients that follow from those by a run's results, and of the averages. Answers the
    /// gradient's length before it was shortened.
    ///
    /// # Errors
    /// When it has none: the state was not changed then.
    pub fn follow(
        &mut self,
        state: &mut State,
        settings: &Settings,
        run: Run,
        of_results: impl IntoIterator<Item = Option<Batch>>,
    ) -> Result<f64, NotANumber> {
        let mut statistics = state.statistics.clone();
        self.net.remember(&run, REMEMBERED, &mut statistics);
        self.gradients(state, run, of_results);
        let (length, factor) = optimiser::clip(&self.gradients, settings.clip);
        if !length.is_finite() {
            return Err(NotANumber);
        }
        state.statistics = statistics;
        let step = state.progress.step;
        let rate = settings.rates.at(step) * state.progress.rate_factor;
        let moments = [&mut state.first[..], &mut state.second[..]];
        let along = (&self.gradients[..], factor);
        optimiser::adam(Adam::usual(step, rate), settings.decay, &self.decaying, &mut state.values, along, moments);
        let kept = optimiser::kept(settings.average, step);
        optimiser::average(&mut state.averaged, &state.values, 1.0 - kept);
        optimiser::average(&mut state.averaged_statistics, &state.statistics, 1.0 - kept);
        state.progress.step += 1;
        Ok(length)
    }
}

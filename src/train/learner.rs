//! One step of learning.

use super::data::Lesson;
use super::loss::{self, Losses};
use super::{Settings, State, optimiser};
use crate::fude::hints::INPUTS;
use crate::fude::wiring::{self, result};
use crate::nn::kernels::Pool;
use crate::nn::layers::LearningNet;
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

/// Something in a step was not a number; the state was not changed.
#[derive(Debug)]
pub struct NotANumber;

impl Learner {
    /// One of the detector.
    pub fn detector() -> Self {
        let net = LearningNet::new(wiring::detector(true));
        let decaying = net.parameters().iter().filter(|p| p.shape.len() > 1).map(|p| p.at.clone()).collect();
        Self { gradients: vec![0.0; net.len()], decaying, pool: Pool::default(), net }
    }

    /// The net.
    pub fn net(&self) -> &LearningNet {
        &self.net
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        State::fresh(&self.net, seed)
    }

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number.
    pub fn step(
        &mut self,
        state: &mut State,
        lesson: &Lesson,
        settings: &Settings,
    ) -> Result<(Losses, f64), NotANumber> {
        let size = lesson.size_px;
        let mut input = self.pool.take([lesson.views_deg.len(), size, size, INPUTS]);
        input.pixels_mut().zip(&lesson.inputs).for_each(|(to, from)| to.copy_from_slice(from));
        let run = self.net.run(&state.values, [input], &self.pool);
        let results = [result::YAW, result::COARSE, result::FINE].map(|which| run.result(which));
        let (losses, of_results) = loss::of_detector(results, lesson, &self.pool);
        if !losses.total.is_finite() {
            return Err(NotANumber);
        }
        self.net.remember(&run, REMEMBERED, &mut state.statistics);
        self.gradients.fill(0.0);
        self.net.back(&state.values, run, of_results.map(Some), &mut self.gradients, &self.pool);
        let (length, factor) = optimiser::clip(&self.gradients, settings.clip);
        if !length.is_finite() {
            return Err(NotANumber);
        }
        let step = state.progress.step;
        let rate = settings.rates.at(step) * state.progress.rate_factor;
        let moments = [&mut state.first[..], &mut state.second[..]];
        let along = (&self.gradients[..], factor);
        optimiser::adam(step, rate, settings.decay, &self.decaying, &mut state.values, along, moments);
        // The first steps weigh less, so that the average soon is of what was learned.
        let kept = settings.average.min((step + 1) as f32 / (step + 20) as f32);
        optimiser::average(&mut state.averaged, &state.values, 1.0 - kept);
        optimiser::average(&mut state.averaged_statistics, &state.statistics, 1.0 - kept);
        state.progress.step += 1;
        Ok((losses, length))
    }
}

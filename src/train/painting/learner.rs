//! One step of the renderer's learning.

use super::super::learner::NotANumber;
use super::super::state::State;
use super::super::{Settings, TrainError, optimiser};
use super::lesson::PaintLesson;
use super::loss::{self, PaintLosses};
use crate::correspondence::Source;
use crate::fude::renderer::{prepare, seen, wiring};
use crate::fude::{Eyes, Renderer};
use crate::nn::kernels::Pool;
use crate::nn::layers::{LearningNet, Run};
use std::ops::Range;

/// How much of a batch's statistics goes into those that stay.
const REMEMBERED: f32 = 0.05;
/// What copying counts, in the first third of a training and then: copies come before what is made of them.
const OF_COPY: [f32; 2] = [1.0, 0.5];

/// The renderer as it learns behind an encoder that doesn't.
pub struct PaintLearner {
    eyes: Eyes,
    net: LearningNet,
    pool: Pool,
    gradients: Vec<f32>,
    decaying: Vec<Range<usize>>,
}

impl PaintLearner {
    /// One behind this encoder.
    pub fn new(eyes: Eyes) -> Self {
        let net = LearningNet::new(wiring::learning());
        let decaying = net.parameters().iter().filter(|p| p.shape.len() > 1).map(|p| p.at.clone()).collect();
        Self { eyes, gradients: vec![0.0; net.len()], decaying, pool: Pool::default(), net }
    }

    /// The net.
    pub fn net(&self) -> &LearningNet {
        &self.net
    }

    /// The encoder, with the detector that it belongs to.
    pub fn eyes(&self) -> &Eyes {
        &self.eyes
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        State::fresh(&self.net, seed)
    }

    /// The renderer as a state's average has it.
    ///
    /// # Errors
    /// None, where the state is this net's.
    pub fn renderer(&self, state: &State, size_px: usize) -> Result<Renderer, TrainError> {
        let folded = self.net.folded(&state.averaged, &state.averaged_statistics);
        let shapes = self.net.parameters().iter().map(|p| (p.name.clone(), p.shape.clone()));
        self.eyes.renderer(folded, shapes, size_px).map_err(|e| TrainError::Network(e.to_string()))
    }

    fn forwards(&self, state: &State, lesson: &PaintLesson) -> Run {
        let size = lesson.size_px;
        let features = seen(self.eyes.net(), &lesson.drawings, size, &self.pool);
        let [whole, rest @ ..] = prepare::known(&lesson.drawings, size, &self.pool);
        let sources: Vec<Source> = lesson.drawings.iter().map(prepare::Known::source).collect();
        let each = lesson.wanted.len() / (lesson.drawings.len() / lesson.views);
        let poses: Vec<_> = lesson
            .wanted
            .iter()
            .enumerate()
            .map(|(i, wanted)| (&wanted.udp, &sources[i / each * lesson.views..][..lesson.views]))
            .collect();
        let (places, poses) = prepare::poses(&poses, &self.pool);
        let inputs = features.into_iter().chain(rest).chain([whole]).chain(places).chain(poses);
        self.net.run(&state.values, inputs, &self.pool)
    }

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number.
    pub fn step(
        &mut self,
        state: &mut State,
        lesson: &PaintLesson,
        settings: &Settings,
    ) -> Result<(PaintLosses, f64), NotANumber> {
        let run = self.forwards(state, lesson);
        let step = state.progress.step;
        let of_copy = OF_COPY[usize::from(step * 3 >= settings.rates.steps)];
        let [picture, offer] = [wiring::result::PICTURE, wiring::result::OFFER].map(|which| run.result(which));
        let (losses, [of_picture, of_offer]) = loss::of_painter(picture, offer, &lesson.wanted, of_copy, &self.pool);
        if !losses.total.is_finite() {
            return Err(NotANumber);
        }
        self.net.remember(&run, REMEMBERED, &mut state.statistics);
        self.gradients.fill(0.0);
        let of_results = [Some(of_picture), Some(of_offer), None];
        self.net.back(&state.values, run, of_results, &mut self.gradients, &self.pool);
        let (length, factor) = optimiser::clip(&self.gradients, settings.clip);
        if !length.is_finite() {
            return Err(NotANumber);
        }
        let rate = settings.rates.at(step) * state.progress.rate_factor;
        let moments = [&mut state.first[..], &mut state.second[..]];
        let along = (&self.gradients[..], factor);
        optimiser::adam(step, rate, settings.decay, &self.decaying, &mut state.values, along, moments);
        let kept = settings.average.min((step + 1) as f32 / (step + 20) as f32);
        optimiser::average(&mut state.averaged, &state.values, 1.0 - kept);
        optimiser::average(&mut state.averaged_statistics, &state.statistics, 1.0 - kept);
        state.progress.step += 1;
        Ok((losses, length))
    }
}

#[cfg(test)]
impl PaintLearner {
    fn losses(&self, run: &Run, lesson: &PaintLesson) -> (PaintLosses, [crate::nn::kernels::Batch; 2]) {
        let [picture, offer] = [wiring::result::PICTURE, wiring::result::OFFER].map(|which| run.result(which));
        loss::of_painter(picture, offer, &lesson.wanted, OF_COPY[0], &self.pool)
    }

    pub(super) fn loss_of(&self, state: &State, lesson: &PaintLesson) -> f64 {
        self.losses(&self.forwards(state, lesson), lesson).0.total
    }

    pub(super) fn gradients_of(&mut self, state: &State, lesson: &PaintLesson) -> Vec<f32> {
        let run = self.forwards(state, lesson);
        let [of_picture, of_offer] = self.losses(&run, lesson).1;
        let mut gradients = vec![0.0; self.net.len()];
        self.net.back(&state.values, run, [Some(of_picture), Some(of_offer), None], &mut gradients, &self.pool);
        gradients
    }

    pub(super) fn pictures(&self, state: &State, lesson: &PaintLesson) -> Vec<Vec<[u8; 4]>> {
        let run = self.forwards(state, lesson);
        let map = run.result(wiring::result::PICTURE);
        let [n, h, w, _] = map.size();
        let pixel = |image: usize, i: usize| crate::fude::renderer::premultiplied(map.pixel(image, i / w, i % w));
        (0..n).map(|image| (0..h * w).map(|i| pixel(image, i)).collect()).collect()
    }
}

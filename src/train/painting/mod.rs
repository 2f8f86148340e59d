//! The renderer learns: characters drawn from several sides as sheets, others of their pictures as what is wanted.
//!
//! ```text
//! Cast ─ a character's views ─▶ PaintLesson ─ encoder, frozen ─▶ Painting ─▶ State
//! ```

mod feed;
mod lesson;
mod loss;
mod measure;

pub use lesson::PaintLesson;
pub use loss::PaintLosses;
pub use measure::{Against, PaintMeasured};

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::Cast;
use super::dice::Dice;
use super::learner::NotANumber;
use super::{Learner, Settings, State, TrainError};
use crate::correspondence::Source;
use crate::fude::renderer::{prepare, seen, wiring};
use crate::fude::{Eyes, Renderer, RendererGraph};
use crate::nn::kernels::Batch;
use crate::nn::layers::Run;
use crate::progress::Silent;
use crate::weights::{Schema, WeightError};
use feed::{Feed, Maker};
use measure::Examination;
use std::collections::BTreeMap;
use std::sync::Arc;
use wiring::result::{OFFER, PICTURE};

/// What copying counts, in the first third of a training and then: copies come before what is made of them.
const OF_COPY: [f32; 2] = [1.0, 0.5];

/// The renderer's way of learning, behind an encoder that doesn't.
pub struct Painting {
    eyes: Eyes,
    learner: Learner,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Painting {
    /// Behind this encoder.
    pub fn new(eyes: Eyes) -> Self {
        Self { eyes, learner: Learner::new(wiring::learning()), examination: None }
    }

    /// Behind that of the detector that a training was given, or one by lot.
    ///
    /// # Errors
    /// A file of weights that can't be read.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        let size_px = settings.stages.iter().map(|stage| stage.size_px).max().unwrap_or(settings.measure_px);
        let eyes = match &settings.detector {
            Some(path) => Eyes::load(path, size_px, &Silent)?,
            None => {
                let mut dice = Dice::of(&[settings.seed, 5]);
                Eyes::by_lot(size_px, || dice.normal()).map_err(network)?
            }
        };
        Ok(Self::new(eyes))
    }

    /// The renderer as a state's average has it.
    ///
    /// # Errors
    /// None, where the state is this net's.
    pub fn renderer(&self, state: &State, size_px: usize) -> Result<Renderer, TrainError> {
        let net = self.learner.net();
        let folded = net.folded(&state.averaged, &state.averaged_statistics);
        let shapes = net.parameters().iter().map(|p| (p.name.clone(), p.shape.clone()));
        self.eyes.renderer(folded, shapes, size_px).map_err(network)
    }

    fn forwards(&self, state: &State, lesson: &PaintLesson) -> Run {
        let (size, pool) = (lesson.size_px, self.learner.pool());
        let features = seen(self.eyes.net(), &lesson.drawings, size, pool);
        let [whole, rest @ ..] = prepare::known(&lesson.drawings, size, pool);
        let sources: Vec<Source> = lesson.drawings.iter().map(prepare::Known::source).collect();
        let each = lesson.wanted.len() / (lesson.drawings.len() / lesson.views);
        let poses: Vec<_> = lesson
            .wanted
            .iter()
            .enumerate()
            .map(|(i, wanted)| (&wanted.udp, &sources[i / each * lesson.views..][..lesson.views]))
            .collect();
        let (places, poses) = prepare::poses(&poses, pool);
        let inputs = features.into_iter().chain(rest).chain([whole]).chain(places).chain(poses);
        self.learner.run(state, inputs)
    }

    /// The losses of a run, and the gradients by its results.
    fn losses(&self, run: &Run, lesson: &PaintLesson, of_copy: f32) -> (PaintLosses, [Option<Batch>; 3]) {
        let [picture, offer] = [PICTURE, OFFER].map(|which| run.result(which));
        let pool = self.learner.pool();
        let (losses, [of_picture, of_offer]) = loss::of_painter(picture, offer, &lesson.wanted, of_copy, pool);
        (losses, [Some(of_picture), Some(of_offer), None])
    }

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number; the state was not changed then.
    pub fn learn(
        &mut self,
        state: &mut State,
        lesson: &PaintLesson,
        settings: &Settings,
    ) -> Result<(PaintLosses, f64), NotANumber> {
        let run = self.forwards(state, lesson);
        let of_copy = OF_COPY[usize::from(state.progress.step * 3 >= settings.rates.steps)];
        let (losses, of_results) = self.losses(&run, lesson, of_copy);
        if !losses.total.is_finite() {
            return Err(NotANumber);
        }
        let length = self.learner.follow(state, settings, run, of_results)?;
        Ok((losses, length))
    }
}

fn network(error: impl std::fmt::Display) -> TrainError {
    TrainError::Network(error.to_string())
}

impl Course for Painting {
    type Lesson = PaintLesson;

    fn learner(&self) -> &Learner {
        &self.learner
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<PaintLesson>, TrainError> {
        let cast = Arc::new(Cast::new(settings.seed, settings.figures.clone())?);
        let detector = match &settings.detector {
            Some(_) => Some(Arc::new(self.eyes.detector(settings.measure_px).map_err(network)?)),
            None => None,
        };
        let mut feed = Feed::start(settings.makers, first_step, || Maker {
            cast: Arc::clone(&cast),
            detector: detector.clone(),
            seed: settings.seed,
            stages: settings.stages.clone(),
            known: BTreeMap::new(),
        });
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &PaintLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Renderer(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let renderer = self.renderer(state, size_px)?;
        let examination = match &mut self.examination {
            Some(examination) => examination,
            none => none.insert(Examination::new(size_px)?),
        };
        Ok(Found::Renderer(examination.of(&renderer)))
    }

    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let mut tensors = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        let schema = Schema::of::<RendererGraph>()?;
        for name in schema.tensors.keys() {
            if let Some(values) = self.eyes.values(name) {
                tensors.entry(name.clone()).or_insert(values);
            }
        }
        Ok((schema, tensors))
    }
}

#[cfg(test)]
mod tests;

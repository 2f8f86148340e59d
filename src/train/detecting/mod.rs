//! The detector learns: drawings of figures, of which every pixel's place on the body is known.

mod loss;
mod measure;

pub use loss::{Losses, Measures};
pub use measure::{Finding, Measured, findings};

use super::course::{self, Course, Found, Lessons, StepLosses};
use super::data::{Cast, Feed, Lesson};
use super::learner::NotANumber;
use super::{Learner, Settings, State, Taught, TrainError};
use crate::fude::hints::INPUTS;
use crate::fude::wiring::{self, result};
use crate::fude::{Detector, DetectorGraph, RefinerGraph};
use crate::nn::kernels::Batch;
use crate::picture::Picture;
use crate::progress::Silent;
use crate::weights::{Schema, WeightError};
use measure::Examination;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The detector's way of learning.
pub struct Detecting {
    learner: Learner,
    /// Who looks first, where a second look is what is learned.
    first: Option<Arc<Detector>>,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Default for Detecting {
    fn default() -> Self {
        Self { learner: Learner::new(wiring::detector(true)), first: None, examination: None }
    }
}

impl Detecting {
    /// What these settings teach.
    ///
    /// # Errors
    /// A detector for a refiner that can't be read or isn't there.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        let first = (settings.graph == Taught::Refiner).then(|| {
            let found = Detector::of_file_or_shipped(settings.detector.as_deref(), settings.measure_px / 2, &Silent)?;
            found.map(Detector::first).ok_or(TrainError::NoneShipped)
        });
        Ok(match first.transpose()? {
            Some(first) => Self { learner: Learner::new(wiring::refiner(true)), first: Some(first), examination: None },
            None => Self::default(),
        })
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        self.learner.fresh(seed)
    }

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number; the state was not changed then.
    pub fn learn(
        &mut self,
        state: &mut State,
        lesson: &Lesson,
        settings: &Settings,
    ) -> Result<(Losses, f64), NotANumber> {
        let run = self.learner.run(state, [self.batch(lesson)]);
        let results = [result::YAW, result::COARSE, result::FINE].map(|which| run.result(which));
        let (losses, of_results) = loss::of_detector(results, lesson, self.learner.pool());
        if !losses.total.is_finite() {
            return Err(NotANumber);
        }
        let length = self.learner.follow(state, settings, run, of_results.map(Some))?;
        Ok((losses, length))
    }

    /// What a state's average finds in drawings of `size_px` squared.
    ///
    /// # Errors
    /// None, where the state is this net's.
    pub(super) fn detector(&self, state: &State, size_px: usize) -> Result<Detector, TrainError> {
        let (net, values, statistics) = (self.learner.net(), &state.averaged, &state.averaged_statistics);
        let learned = match &self.first {
            Some(first) => Detector::learned_refiner(first, net, values, statistics, size_px),
            None => Detector::learned(net, values, statistics, size_px),
        };
        learned.map_err(|e| TrainError::Network(e.to_string()))
    }

    /// What a lesson puts into the net.
    fn batch(&self, lesson: &Lesson) -> Batch {
        let size = lesson.size_px;
        let mut input = self.learner.pool().take([lesson.views_deg.len(), size, size, INPUTS]);
        input.pixels_mut().zip(&lesson.inputs).for_each(|(to, from)| to.copy_from_slice(from));
        input
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        Ok(match &mut self.examination {
            Some(examination) => examination,
            none => none.insert(Examination::new(size_px)?),
        })
    }
}

impl Course for Detecting {
    type Lesson = Lesson;

    fn learning(&self) -> usize {
        self.learner.learning()
    }

    fn numbers(&self) -> usize {
        self.learner.numbers()
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        let kin = self.first.as_ref().map(|_| Schema::of::<DetectorGraph>()).transpose()?;
        course::begun(self, &self.learner, kin.as_ref(), |lesson| self.batch(lesson), settings)
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<Lesson>, TrainError> {
        let largest_px = settings.stages.iter().map(|stage| stage.size_px).max().unwrap_or(0);
        let cast = Cast::new(settings.seed, settings.figures.clone())?.for_pictures(largest_px);
        let (stages, first) = (settings.stages.clone(), self.first.clone());
        let feed = Feed::start(cast, settings.seed, stages, first_step, settings.makers, first);
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &Lesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Detector(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let detector = self.detector(state, size_px)?;
        Ok(Found::Detector(self.examination(size_px)?.of(&detector)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let detector = self.detector(state, size_px)?;
        Ok(self.examination(size_px)?.samples(&detector))
    }

    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let folded = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        let schema = if self.first.is_some() { Schema::of::<RefinerGraph>()? } else { Schema::of::<DetectorGraph>()? };
        Ok((schema, folded))
    }
}

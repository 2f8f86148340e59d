//! The renderer's last layers learn on the drawings of one character, so that its colours, lines and eyes come out as they
//! are drawn (Texler et al. 2020 learn from one painting so; what keeps the rest from being forgotten are other characters
//! in between, as in DreamBooth, Ruiz et al. 2023).
//!
//! ```text
//! RUN/sheet ─ detector ─▶ Sheet: drawings ─ one from others, warped, in patches ─┐
//!                         Cast: characters as before ────────────────────────────┴─▶ PaintLesson ─▶ State ─▶ changes
//! ```

mod lesson;
mod measure;
mod sheet;

pub use measure::{Change, SheetMeasured};
pub use sheet::{MOST as MOST_DRAWINGS, begin as begin_sheet};

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::Cast;
use super::learner::NotANumber;
use super::painting::{self, Feed, PaintLesson};
use super::{Learner, RunFolder, Settings, State, TrainError};
use crate::fude::renderer::{tuning_schema, wiring};
use crate::fude::{self, Detector, Renderer, RendererGraph};
use crate::nn::layers::LearningNet;
use crate::picture::Picture;
use crate::progress::Silent;
use crate::weights::{Schema, WeightError};
use lesson::Maker;
use measure::Examination;
use sheet::Sheet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// By how much sharpness counts, a fifth of what it did before: lines of ink ask for more of it than their places are known,
/// and in few steps that makes all pictures worse.
const SHARP: f32 = painting::OF_SHARPNESS / 5.0;

/// The renderer's way of learning a character.
pub struct Tuning {
    sheet: Arc<Sheet>,
    detector: Arc<Detector>,
    learner: Learner,
    /// The weights that it begins with, and what tells them from others.
    begins: Vec<f32>,
    of: String,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Tuning {
    /// On the drawings in a training's folder, from the weights that are part of the program.
    ///
    /// # Errors
    /// Drawings that can't be read, or in which nothing is found; a program without weights.
    pub fn open(folder: &RunFolder, settings: &Settings) -> Result<Self, TrainError> {
        let detector = Detector::of_file_or_shipped(settings.detector.as_deref(), Detector::LOOKS_PX, &Silent)?;
        let base = fude::shipped::<RendererGraph>()?;
        let (base, detector) = base.zip(detector).ok_or_else(|| none(folder))?;
        let size_px = settings.stages.first().map_or(settings.measure_px, |stage| stage.size_px);
        let sheet = Sheet::open(folder, size_px, settings.measure_px, &detector)?;
        let net = LearningNet::of_some(wiring::painter().folded(), wiring::is_tuned);
        let mut values = base.values(&Schema::of::<RendererGraph>()?)?;
        let begins = net.parameters().iter().flat_map(|p| values.remove(&p.name).unwrap_or_default()).collect();
        Ok(Self {
            sheet: Arc::new(sheet),
            detector: Arc::new(detector),
            learner: Learner::of(net),
            begins,
            of: base.fingerprint()?,
            examination: None,
        })
    }

    /// The fingerprint of the weights that are tuned.
    pub(super) fn of(&self) -> &str {
        &self.of
    }

    fn renderer(&self, values: &[f32], size_px: usize) -> Result<Renderer, TrainError> {
        let learned = Renderer::learned(self.learner.net(), values, &[], size_px);
        learned.map_err(|error| TrainError::Network(error.to_string()))
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        if self.examination.is_none() {
            let before = self.renderer(&self.begins, size_px)?;
            self.examination = Some(Examination::new(&self.sheet, &self.detector, &before, size_px)?);
        }
        self.examination.as_ref().ok_or(TrainError::NoLesson)
    }
}

fn none(folder: &RunFolder) -> TrainError {
    let what = "this program was built without weights, and they are what is tuned".into();
    TrainError::Sheet { path: folder.path().to_owned(), what }
}

impl Course for Tuning {
    type Lesson = PaintLesson;

    fn learning(&self) -> usize {
        self.learner.learning()
    }

    fn numbers(&self) -> usize {
        self.learner.numbers()
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        let fresh = self.learner.fresh(settings.seed);
        Ok(State { values: self.begins.clone(), averaged: self.begins.clone(), ..fresh })
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<PaintLesson>, TrainError> {
        let cast = Arc::new(Cast::new(settings.seed, vec![])?);
        let mut feed = Feed::start(settings.makers, first_step, || {
            let (sheet, detector) = (Arc::clone(&self.sheet), Arc::clone(&self.detector));
            let mut maker = Maker::new(sheet, Arc::clone(&cast), detector, settings);
            move |step| maker.lesson(step)
        });
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &PaintLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        let learned = painting::learn(&mut self.learner, state, lesson, SHARP, settings);
        learned.map(|(losses, length)| (StepLosses::Renderer(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let renderer = self.renderer(&state.averaged, size_px)?;
        Ok(Found::Sheet(self.examination(size_px)?.of(&renderer)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let renderer = self.renderer(&state.averaged, size_px)?;
        Ok(self.examination(size_px)?.samples(&renderer))
    }

    /// What is added to the weights that it began with.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let tuned = self.learner.net().parameters().iter().filter(|p| p.learns);
        let change = |at: usize| state.averaged[at] - self.begins[at];
        let changes = tuned.map(|p| (p.name.clone(), p.at.clone().map(change).collect())).collect();
        Ok((tuning_schema()?, changes))
    }
}

#[cfg(test)]
mod tests;

//! The renderer learns: characters drawn from several sides as sheets, others of their pictures as what is wanted.
//!
//! ```text
//! Cast ─ a character's views ─ landmark transfer ─▶ PaintLesson ─▶ Painting ─▶ State
//! ```

mod feed;
mod findings;
mod lesson;
mod loss;
mod measure;
mod sitting;

pub(super) use feed::{Feed, Gallery};
pub use findings::{PaintFinding, paint_findings};
pub use lesson::PaintLesson;
pub(super) use lesson::{Wanted, pictured, shaken};
pub(super) use loss::OF_SHARPNESS;
pub use loss::PaintLosses;
pub use measure::{Against, PaintMeasured};
pub use sitting::Told;
pub(super) use sitting::{alike, psnr, sitter};

use super::course::{self, Course, Found, Lessons, StepLosses};
use super::data::Cast;
use super::learner::NotANumber;
use super::{Learner, Settings, State, TrainError};
use crate::fude::renderer::wiring::{self, INPUTS};
use crate::fude::{Detector, Renderer, RendererGraph};
use crate::nn::kernels::Batch;
use crate::nn::layers::Run;
use crate::picture::Picture;
use crate::progress::Silent;
use crate::weights::{Schema, WeightError};
use feed::Maker;
use measure::Examination;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The renderer's way of learning.
pub struct Painting {
    /// Who finds UDPs in sheets, where somebody does.
    detector: Option<Arc<Detector>>,
    learner: Learner,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Painting {
    /// From sheets whose UDPs this detector finds.
    pub fn new(detector: Option<Arc<Detector>>) -> Self {
        Self { detector, learner: Learner::new(wiring::painter()), examination: None }
    }

    /// With the detector that a training was given.
    ///
    /// # Errors
    /// A file of weights that can't be read.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        let load = |path| Detector::load(path, settings.measure_px, &Silent).map(Arc::new);
        Ok(Self::new(settings.detector.as_deref().map(load).transpose()?))
    }

    /// The renderer as a state's average has it.
    ///
    /// # Errors
    /// None, where the state is this net's.
    pub fn renderer(&self, state: &State, size_px: usize) -> Result<Renderer, TrainError> {
        let learned = Renderer::learned(self.learner.net(), &state.averaged, &state.averaged_statistics, size_px);
        learned.map_err(|error| TrainError::Network(error.to_string()))
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        Ok(match &mut self.examination {
            Some(examination) => examination,
            none => none.insert(Examination::new(size_px, self.detector.as_deref())?),
        })
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
        learn(&mut self.learner, state, lesson, OF_SHARPNESS, settings)
    }
}

/// What a lesson puts into a net of [`wiring::painter`].
pub(super) fn batch(learner: &Learner, lesson: &PaintLesson) -> Batch {
    let size = lesson.size_px;
    let mut batch = learner.pool().take([lesson.proposed.len(), size, size, INPUTS]);
    batch.pixels_mut().zip(lesson.proposed.iter().flatten()).for_each(|(to, from)| to.copy_from_slice(from));
    batch
}

fn forwards(learner: &Learner, state: &State, lesson: &PaintLesson) -> Run {
    learner.run(state, [batch(learner, lesson)])
}

/// A step of a net of [`wiring::painter`], as [`Painting::learn`]; `sharp`: by how much sharpness counts.
pub(super) fn learn(
    learner: &mut Learner,
    state: &mut State,
    lesson: &PaintLesson,
    sharp: f32,
    settings: &Settings,
) -> Result<(PaintLosses, f64), NotANumber> {
    let run = forwards(learner, state, lesson);
    let (losses, of_picture) = loss::of_painter(run.result(0), &lesson.wanted, sharp, learner.pool());
    if !losses.total.is_finite() {
        return Err(NotANumber);
    }
    let length = learner.follow(state, settings, run, [Some(of_picture)])?;
    Ok((losses, length))
}

impl Course for Painting {
    type Lesson = PaintLesson;

    fn learning(&self) -> usize {
        self.learner.learning()
    }

    fn numbers(&self) -> usize {
        self.learner.numbers()
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        course::begun(self, &self.learner, None, |lesson| batch(&self.learner, lesson), settings)
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<PaintLesson>, TrainError> {
        let cast = Arc::new(Cast::new(settings.seed, settings.figures.clone())?);
        let mut feed = Feed::start(settings.makers, first_step, || {
            let cast = Arc::clone(&cast);
            let mut maker = Maker {
                gallery: Gallery::new(move |number| cast.portraits(number)),
                detector: self.detector.clone(),
                seed: settings.seed,
                stages: settings.stages.clone(),
            };
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
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Renderer(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let renderer = self.renderer(state, size_px)?;
        Ok(Found::Renderer(self.examination(size_px)?.of(&renderer)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let renderer = self.renderer(state, size_px)?;
        Ok(self.examination(size_px)?.samples(&renderer))
    }

    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let tensors = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        Ok((Schema::of::<RendererGraph>()?, tensors))
    }
}

#[cfg(test)]
mod tests;

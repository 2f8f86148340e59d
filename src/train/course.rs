//! What differs between the nets that learn: lessons, losses, and by what they are judged.

use super::collaborating::{CinnLosses, CinnMeasured};
use super::detecting::{Losses, Measured};
use super::guiding::{GuidedLosses, GuidedMeasured};
use super::inventing::{InventLosses, InventMeasured};
use super::learner::NotANumber;
use super::painting::{PaintLosses, PaintMeasured};
use super::pointing::{PointLosses, PointsMeasured};
use super::tuning::SheetMeasured;
use super::{Learner, Settings, State, TrainError};
use crate::nn::kernels::Batch;
use crate::picture::Picture;
use crate::progress::Progress;
use crate::weights::{Schema, WeightError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lessons one after the other, each waited for until it is made.
pub(super) type Lessons<L> = Box<dyn FnMut() -> Result<L, TrainError>>;

/// A net's way of learning.
pub(super) trait Course {
    /// What one step learns from.
    type Lesson;

    /// How many numbers change.
    fn learning(&self) -> usize;

    /// How many numbers a state has, with those that don't.
    fn numbers(&self) -> usize;

    /// The state before the first step: by lot, which follows from the seed, or what weights say that it begins from.
    ///
    /// # Errors
    /// Weights that can't be read or are another graph's, a figure that can't be drawn.
    fn begun(&self, settings: &Settings) -> Result<State, TrainError>;

    /// Does what takes a while before the first lesson, and tells `progress` of it; false where that was cancelled.
    ///
    /// # Errors
    /// A figure that can't be drawn, a data set that can't be read.
    fn ready(&mut self, _settings: &Settings, _progress: &dyn Progress) -> Result<bool, TrainError> {
        Ok(true)
    }

    /// Lessons from a step on, each a function of the settings and its step alone.
    ///
    /// # Errors
    /// Networks that can't be put together.
    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<Self::Lesson>, TrainError>;

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number; the state may be half a step further then, and is of no use.
    fn step(
        &mut self,
        state: &mut State,
        lesson: &Self::Lesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber>;

    /// Measures a state's average, folded as it would be shipped, on figures that nothing is learned from.
    ///
    /// # Errors
    /// Figures that can't be drawn.
    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError>;

    /// Six of these figures: above what is drawn, in the middle what the state's average answers, below what is true. The
    /// same six at every step, each `size_px` squared.
    ///
    /// # Errors
    /// Figures that can't be drawn.
    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError>;

    /// What weight files of it hold: their schema, and the tensors of a state's average by their names.
    ///
    /// # Errors
    /// None but for an error of the program.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError>;
}

/// The state before the first step of a net that may begin from weights: those of its own graph or of its `kin`, which has
/// the same tensors. `batch`: what a lesson puts into the net.
///
/// # Errors
/// Weights that can't be read or are another graph's, a figure that can't be drawn.
pub(super) fn begun<C: Course>(
    course: &C,
    learner: &Learner,
    kin: Option<&Schema>,
    batch: impl Fn(&C::Lesson) -> Batch,
    settings: &Settings,
) -> Result<State, TrainError> {
    let state = learner.fresh(settings.seed);
    let Some(origin) = &settings.from else { return Ok(state) };
    let (schema, _) = course.weights(&state)?;
    let tensors = origin.values(&schema, kin)?;
    let lesson = course.lessons(settings, 0)?()?;
    Ok(learner.unfolded(state, &tensors, batch(&lesson)))
}

/// Losses, of whatever learns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StepLosses {
    /// The detector's.
    Detector(Losses),
    /// The renderer's.
    Renderer(PaintLosses),
    /// Of what invents characters.
    Psgan(InventLosses),
    /// Of the paper's renderer.
    Cinn(CinnLosses),
    /// Of PG².
    Pg2(GuidedLosses),
    /// Of what finds keypoints.
    Keypoints(PointLosses),
}

impl StepLosses {
    /// All together; of networks that learn against each other, the discriminator's,
    /// if there is one yet.
    pub fn total(&self) -> f64 {
        match self {
            Self::Detector(losses) => losses.total,
            Self::Renderer(losses) => losses.total,
            Self::Psgan(losses) if losses.alone() => losses.generator,
            Self::Psgan(losses) => losses.discriminator,
            Self::Cinn(losses) => losses.total,
            Self::Pg2(losses) => losses.generator,
            Self::Keypoints(losses) => losses.points_off,
        }
    }

    /// How far off it was: never below zero, and less as is learned. None of networks that learn against each other.
    pub(super) fn off(&self) -> Option<f64> {
        match self {
            Self::Detector(losses) => Some(losses.landmark),
            Self::Renderer(losses) => Some(losses.colour),
            Self::Cinn(losses) => Some(losses.total),
            Self::Keypoints(losses) => Some(losses.points_off),
            Self::Psgan(_) | Self::Pg2(_) => None,
        }
    }

    /// The means of several, which are of one kind; none of none.
    pub(super) fn mean(all: &[Self]) -> Option<Self> {
        let sum = all.iter().copied().reduce(|a, b| a.mixed(b, |a, b| a + b))?;
        Some(sum.mixed(sum, |sum, _| sum / all.len() as f64))
    }

    fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Detector(a), Self::Detector(b)) => Self::Detector(a.mixed(b, mix)),
            (Self::Renderer(a), Self::Renderer(b)) => Self::Renderer(a.mixed(b, mix)),
            (Self::Psgan(a), Self::Psgan(b)) => Self::Psgan(a.mixed(b, mix)),
            (Self::Cinn(a), Self::Cinn(b)) => Self::Cinn(a.mixed(b, mix)),
            (Self::Pg2(a), Self::Pg2(b)) => Self::Pg2(a.mixed(b, mix)),
            (Self::Keypoints(a), Self::Keypoints(b)) => {
                Self::Keypoints(PointLosses { points_off: mix(a.points_off, b.points_off) })
            }
            _ => self,
        }
    }
}

/// What was found on figures held out, of whatever learns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Found {
    /// Of the detector.
    Detector(Measured),
    /// Of the renderer.
    Renderer(PaintMeasured),
    /// Of the renderer on a sheet.
    Sheet(SheetMeasured),
    /// Of what invents characters.
    Psgan(InventMeasured),
    /// Of the paper's renderer.
    Cinn(CinnMeasured),
    /// Of PG².
    Pg2(GuidedMeasured),
    /// Of what finds keypoints.
    Keypoints(PointsMeasured),
}

impl Found {
    /// Lower is better.
    pub fn score(&self) -> f64 {
        match self {
            Self::Detector(measured) => measured.score(),
            Self::Renderer(measured) => measured.score(),
            Self::Sheet(measured) => measured.score(),
            Self::Psgan(measured) => measured.score(),
            Self::Cinn(measured) => measured.score(),
            Self::Pg2(measured) => measured.score(),
            Self::Keypoints(measured) => measured.score(),
        }
    }
}

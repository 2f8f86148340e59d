//! What finds the twenty points of bodies learns (`psgan::regressor`): an instrument of the experiments, which says whether
//! invented characters stand as they were told.

mod loss;
mod measure;

pub use measure::PointsMeasured;

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::Split;
use super::inventing::{InventLesson, Source, maker, source};
use super::learner::NotANumber;
use super::painting::Feed;
use super::{Learner, RunFolder, Settings, State, Taught, TrainError};
use crate::nn::kernels::{Batch, Pool};
use crate::nn::layers::LearningNet;
use crate::picture::Picture;
use crate::psgan::{Keypoints, regressor};
use crate::weights::{Schema, WeightError};
use measure::Examination;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a step was off by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PointLosses {
    /// The mean distance of points from where they are, as share of the picture's side.
    pub points_off: f64,
}

/// Its way of learning.
pub struct Pointing {
    source: Arc<dyn Source>,
    settings: Settings,
    learner: Learner,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

/// It, ready to look.
pub struct Finder {
    net: LearningNet,
    values: Vec<f32>,
    size_px: usize,
    pool: Pool,
}

impl Finder {
    /// Of the latest checkpoint of a training.
    ///
    /// # Errors
    /// A folder that is none of such a training, has no checkpoint, or a damaged one.
    pub fn open(folder: &RunFolder) -> Result<Self, TrainError> {
        let (settings, state) = folder.learned(Taught::Keypoints, "nothing that finds keypoints learns in it")?;
        let pointing = Pointing::of(&settings)?;
        state.check(pointing.learner.numbers(), folder.path())?;
        Ok(pointing.finder(&state))
    }

    /// Side of the pictures that it sees.
    pub fn size_px(&self) -> usize {
        self.size_px
    }

    /// The points in a picture of that side: colours of −1 to 1, row by row.
    ///
    /// # Panics
    /// When there are not as many.
    pub fn find(&self, colours: &[[f32; 3]]) -> Keypoints {
        let run = self.net.run(&self.values, [batch(colours, self.size_px, &self.pool)], &self.pool);
        loss::places(run.result(0)).swap_remove(0)
    }
}

/// Pictures one after the other as the net sees them.
fn batch(colours: &[[f32; 3]], size_px: usize, pool: &Pool) -> Batch {
    let count = colours.len() / (size_px * size_px);
    assert_eq!(colours.len(), count * size_px * size_px);
    let mut batch = pool.take([count, size_px, size_px, 3]);
    batch.pixels_mut().zip(colours).for_each(|(to, from)| to.copy_from_slice(from));
    batch
}

impl Pointing {
    /// From what a source shows.
    pub fn new(source: Arc<dyn Source>, settings: &Settings) -> Self {
        let learner = Learner::new(regressor(settings.measure_px));
        Self { source, settings: settings.clone(), learner, examination: None }
    }

    /// From what a training's settings name.
    ///
    /// # Errors
    /// A data set that can't be read.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        Ok(Self::new(source(settings, Split::Train)?, settings))
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        self.learner.fresh(seed)
    }

    /// It as a state's average has it.
    pub fn finder(&self, state: &State) -> Finder {
        let size_px = self.settings.measure_px;
        let mut folded = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        let net = LearningNet::new(regressor(size_px).folded());
        let values = net.parameters().iter().flat_map(|p| folded.remove(&p.name).unwrap_or_default()).collect();
        Finder { net, values, size_px, pool: Pool::default() }
    }

    /// Learns from a lesson; answers by how much it was off, and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number; the state was not changed then.
    pub fn learn(
        &mut self,
        state: &mut State,
        lesson: &InventLesson,
        settings: &Settings,
    ) -> Result<(PointLosses, f64), NotANumber> {
        let pictures = batch(&lesson.colours, lesson.size_px, self.learner.pool());
        let run = self.learner.run(state, [pictures]);
        let (points_off, of_maps) = loss::of(run.result(0), &lesson.keypoints, self.learner.pool());
        if !points_off.is_finite() {
            return Err(NotANumber);
        }
        let length = self.learner.follow(state, settings, run, [Some(of_maps)])?;
        Ok((PointLosses { points_off }, length))
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        Ok(match &mut self.examination {
            Some(examination) => examination,
            none => {
                let held_out = source(&self.settings, Split::HeldOut)?;
                none.insert(Examination::new(&*self.source, &*held_out, size_px)?)
            }
        })
    }
}

impl Course for Pointing {
    type Lesson = InventLesson;

    fn learning(&self) -> usize {
        self.learner.learning()
    }

    fn numbers(&self) -> usize {
        self.learner.numbers()
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        Ok(self.fresh(settings.seed))
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<InventLesson>, TrainError> {
        let source = &self.source;
        let mut feed = Feed::start(settings.makers, first_step, || maker(Arc::clone(source), &settings.stages));
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &InventLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Keypoints(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let finder = self.finder(state);
        Ok(Found::Keypoints(self.examination(size_px)?.of(&finder)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let finder = self.finder(state);
        Ok(self.examination(size_px)?.samples(&finder))
    }

    /// Nothing but its own run folder reads them.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let tensors = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        let shapes = self.learner.net().parameters().iter().filter(|p| tensors.contains_key(&p.name));
        let shapes = shapes.map(|p| (p.name.clone(), p.shape.clone())).collect();
        Ok((Schema { graph: "keypoints", version: 1, parts: &["regressor"], tensors: shapes }, tensors))
    }
}

#[cfg(test)]
mod tests;

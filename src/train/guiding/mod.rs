//! PG² learns (Ma et al. 2017; `psgan::pg2`), what PSGAN is compared with: somebody in one pose and the points of another to
//! the picture in that pose. The first stage learns a coarse picture, the second what has to change in it, against a
//! discriminator.
//!
//! ```text
//! the same actor twice ─▶ GuidedLesson ─▶ stage I: differences of colours ─▶ stage II: the same + adversaries ─▶ State
//! ```
//!
//! A state's values are those of stage I's network, then stage II's, then the discriminator's.

mod guide;
mod lesson;
mod loss;
mod measure;

pub use guide::Guide;
pub use lesson::{GuidedLesson, Pair, Pairs};
pub use loss::GuidedLosses;
pub use measure::GuidedMeasured;

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::{Split, Stage};
use super::learner::NotANumber;
use super::optimiser::{self, Adam};
use super::painting::Feed;
use super::{Settings, State, TrainError};
use crate::nn::kernels::{self, Batch, Map, Pool};
use crate::nn::layers::{LearningNet, Parameter};
use crate::picture::Picture;
use crate::psgan::{keypoint_inputs, pg2};
use crate::weights::{Schema, WeightError};
use measure::Examination;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// PG², section 4.2: β₁ = 0.5, β₂ = 0.999.
const BETAS: [f32; 2] = [0.5, 0.999];
const EPSILON: f32 = 1e-8;

/// All networks, among the values of all of them.
struct Nets {
    coarse: LearningNet,
    refine: LearningNet,
    judge: LearningNet,
    /// The judge where it is not to learn.
    referee: LearningNet,
    /// Where the values of the first, the first two, and all end.
    ends: [usize; 3],
}

impl Nets {
    fn new(settings: &Settings) -> Self {
        let (widths, size_px) = (&settings.growing.widths, settings.measure_px);
        let wirings = [pg2::coarse(widths, size_px), pg2::refine(widths, size_px), pg2::judge(widths, size_px)];
        let (mut known, mut ends): (Vec<Parameter>, _) = (vec![], [0; 3]);
        for (end, net) in ends.iter_mut().zip(&wirings) {
            known = LearningNet::among(&known, net.clone(), |_| true).parameters().to_vec();
            *end = known.last().map_or(0, |parameter| parameter.at.end);
        }
        let [coarse, refine, judge] = wirings;
        let among = |net, learns: bool| LearningNet::among(&known, net, |_| learns);
        let referee = among(judge.clone(), false);
        Self { coarse: among(coarse, true), refine: among(refine, true), judge: among(judge, true), referee, ends }
    }
}

/// Its way of learning.
pub struct Guiding {
    source: Arc<dyn Pairs>,
    settings: Settings,
    nets: Nets,
    pool: Pool,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

/// Pictures one after the other as the nets see them.
fn batch(colours: &[[f32; 3]], size_px: usize, pool: &Pool) -> Batch {
    let count = colours.len() / (size_px * size_px);
    assert_eq!(colours.len(), count * size_px * size_px);
    let mut batch = pool.take([count, size_px, size_px, 3]);
    batch.pixels_mut().zip(colours).for_each(|(to, from)| to.copy_from_slice(from));
    batch
}

fn copied(map: Map, pool: &Pool) -> Batch {
    let mut copy = pool.take(map.size());
    kernels::copy(map, &mut copy.map_mut());
    copy
}

impl Guiding {
    /// From what a source shows.
    pub fn new(source: Arc<dyn Pairs>, settings: &Settings) -> Self {
        let (nets, settings, pool) = (Nets::new(settings), settings.clone(), Pool::default());
        Self { source, settings, nets, pool, examination: None }
    }

    /// From characters that are drawn while they are needed.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        Ok(Self::new(lesson::source(settings, Split::Train)?, settings))
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        State::fresh(&self.nets.coarse, seed)
    }

    /// Learns from a lesson; answers its losses and the length of the generator's gradient.
    ///
    /// # Errors
    /// When something was not a number; the state may be half a step further then, and is of no use.
    pub fn learn(
        &self,
        state: &mut State,
        lesson: &GuidedLesson,
        settings: &Settings,
    ) -> Result<(GuidedLosses, f64), NotANumber> {
        let step = state.progress.step;
        let (stage, _) = Stage::at(&settings.stages, step);
        if step == stage.from {
            state.first.fill(0.0);
            state.second.fill(0.0);
        }
        let rate = settings.rates.at(step) * state.progress.rate_factor;
        let adam = Adam { step: step - stage.from, rate, betas: BETAS, epsilon: EPSILON };
        let [coarse_end, refine_end, _] = self.nets.ends;
        let mut gradients = vec![0.0; state.values.len()];
        let (losses, length) = if stage.from == 0 {
            let losses = self.coarsely(&state.values, lesson, &mut gradients);
            (losses, follow(state, 0..coarse_end, &gradients, adam, settings)?)
        } else {
            let adversaries = self.adversaries(&state.values, lesson);
            let discriminator = adversaries.judge(&state.values, &mut gradients);
            follow(state, refine_end..gradients.len(), &gradients, adam, settings)?;
            gradients.fill(0.0);
            let losses = adversaries.deceive(&state.values, &mut gradients);
            let length = follow(state, coarse_end..refine_end, &gradients, adam, settings)?;
            (GuidedLosses { discriminator, ..losses }, length)
        };
        if !losses.are_numbers() {
            return Err(NotANumber);
        }
        let kept = optimiser::kept(settings.average, step);
        optimiser::average(&mut state.averaged, &state.values, 1.0 - kept);
        state.progress.step += 1;
        Ok((losses, length))
    }

    /// Stage I's loss, and its gradients.
    fn coarsely(&self, values: &[f32], lesson: &GuidedLesson, gradients: &mut [f32]) -> GuidedLosses {
        let (nets, pool) = (&self.nets, &self.pool);
        let sources = batch(&lesson.sources, lesson.size_px, pool);
        let run = nets.coarse.run(values, [sources, keypoint_inputs(&lesson.keypoints, pool)], pool);
        let (colours, of_picture) = loss::colours(run.result(0), lesson, pool);
        nets.coarse.back(values, run, [Some(of_picture)], gradients, pool);
        GuidedLosses { generator: colours, colours_off: colours, ..GuidedLosses::default() }
    }

    /// Stage II's network, which made its pictures, and its judge.
    fn adversaries<'a>(&'a self, values: &[f32], lesson: &'a GuidedLesson) -> loss::Adversaries<'a> {
        let (nets, pool) = (&self.nets, &self.pool);
        let sources = || batch(&lesson.sources, lesson.size_px, pool);
        let run = nets.coarse.run(values, [sources(), keypoint_inputs(&lesson.keypoints, pool)], pool);
        let made = nets.refine.run(values, [copied(run.result(0), pool), sources()], pool);
        loss::Adversaries { nets, lesson, pool, made }
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        Ok(match &mut self.examination {
            Some(examination) => examination,
            none => none.insert(Examination::new(&*lesson::source(&self.settings, Split::HeldOut)?, size_px)?),
        })
    }
}

/// A step of those values that lie in a range. Answers the gradient's length.
fn follow(
    state: &mut State,
    whose: Range<usize>,
    gradients: &[f32],
    adam: Adam,
    settings: &Settings,
) -> Result<f64, NotANumber> {
    let (length, factor) = optimiser::clip(&gradients[whose.clone()], settings.clip);
    if !length.is_finite() {
        return Err(NotANumber);
    }
    let moments = [&mut state.first[whose.clone()], &mut state.second[whose.clone()]];
    optimiser::adam(adam, 0.0, &[], &mut state.values[whose.clone()], (&gradients[whose], factor), moments);
    Ok(length)
}

impl Course for Guiding {
    type Lesson = GuidedLesson;

    fn learning(&self) -> usize {
        self.numbers()
    }

    fn numbers(&self) -> usize {
        self.nets.ends[2]
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        Ok(self.fresh(settings.seed))
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<GuidedLesson>, TrainError> {
        let source = &self.source;
        let mut feed = Feed::start(settings.makers, first_step, || lesson::maker(Arc::clone(source), &settings.stages));
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &GuidedLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Pg2(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let guide = self.guide(state);
        Ok(Found::Pg2(self.examination(size_px)?.of(&guide)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let guide = self.guide(state);
        Ok(self.examination(size_px)?.samples(&guide))
    }

    /// Nothing but its own run folder reads them.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let of = |net: &LearningNet| net.folded(&state.averaged, &[]);
        let tensors: BTreeMap<_, _> = of(&self.nets.coarse).into_iter().chain(of(&self.nets.refine)).collect();
        let shapes = self.nets.coarse.parameters().iter().chain(self.nets.refine.parameters());
        let shapes = shapes.filter(|p| tensors.contains_key(&p.name)).map(|p| (p.name.clone(), p.shape.clone()));
        Ok((Schema { graph: "pg2", version: 1, parts: &["coarse", "refine"], tensors: shapes.collect() }, tensors))
    }
}

#[cfg(test)]
mod tests;

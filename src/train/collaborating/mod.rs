//! The renderer of CoNR's paper and its ablations learn (`cinn`): sheets of m drawings, and a picture of the same character
//! in another pose, of whose UDP they are told.
//!
//! ```text
//! Cast ─ a character's views ─ m drawings, one that is wanted ─▶ CinnLesson ─▶ Collaborating ─▶ State
//! ```

mod finding;
mod found;
mod lesson;
mod loss;
mod measure;
mod sitters;
mod study;

pub use finding::FoundMeasured;
pub use lesson::CinnLesson;
pub use loss::CinnLosses;
pub use measure::{Baseline, CinnMeasured, Gauge, Trial};
pub use study::{Encoding, Learns, LossWeights, Study};

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::Cast;
use super::learner::NotANumber;
use super::painting::Feed;
use super::{Learner, RunFolder, Settings, State, TrainError};
use crate::cinn::detector;
use crate::cinn::wiring::{self, COLOURS, DRAWN, WANTED};
use crate::nn::kernels::{Batch, Pool};
use crate::nn::layers::{LearningNet, Net, Run};
use crate::picture::Picture;
use crate::weights::{Schema, WeightError};
use lesson::Maker;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Characters that are measured on while it learns.
const CHARACTERS: u64 = 8;

/// Its way of learning.
pub struct Collaborating {
    study: Study,
    learner: Learner,
    /// Drawn when it is first wanted.
    gauge: Option<Gauge>,
}

/// A net that learns no more.
struct Ready {
    net: LearningNet,
    values: Vec<f32>,
}

/// A renderer as it was learned, ready to paint, a detector, or both.
pub struct Painter {
    study: Study,
    renderer: Option<Ready>,
    detector: Option<Ready>,
    parameters: usize,
    pool: Pool,
}

impl Painter {
    /// Of the latest checkpoint of a training.
    ///
    /// # Errors
    /// A folder that is none of such a training, has no checkpoint, or a damaged one.
    pub fn open(folder: &RunFolder) -> Result<Self, TrainError> {
        let (settings, state) = folder.learned(super::Taught::Cinn, "nothing of the paper's renderer learns in it")?;
        let course = Collaborating::new(settings.study);
        state.check(course.learner.numbers(), folder.path())?;
        Ok(course.painter(&state))
    }

    /// What it was taught.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// How many numbers it has.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// The UDP that is found in a picture of `size_px` squared on any background: landmarks times occupancy, and occupancy;
    /// none where nobody learned to find one.
    pub fn find(&self, picture: &[[f32; DRAWN]], size_px: usize) -> Option<Vec<[f32; WANTED]>> {
        let Ready { net, values } = self.detector.as_ref()?;
        let mut inputs = [0; 2].map(|_| self.pool.take([1, size_px, size_px, DRAWN]));
        for input in &mut inputs {
            input.pixels_mut().zip(picture).for_each(|(to, from)| to.copy_from_slice(from));
        }
        let run = net.run(values, inputs, &self.pool);
        let found = run.result(detector::result::EACH);
        let pixel = |i: usize| found.pixel(0, i / size_px, i % size_px);
        Some((0..size_px * size_px).map(|i| [0, 1, 2, 3].map(|c| pixel(i)[c])).collect())
    }

    /// Colours on white for each pixel, from drawings and a pose of `size_px` squared, both as lessons have them.
    ///
    /// # Panics
    /// When there are no drawings, or another number of them than a design that doesn't collaborate can see, or nobody
    /// learned to paint.
    pub fn paint(
        &self,
        drawings: &[Vec<[f32; DRAWN]>],
        wanted: &[[f32; WANTED]],
        size_px: usize,
    ) -> Vec<[f32; COLOURS]> {
        let inputs = inputs(drawings, &[wanted], drawings.len(), size_px, &self.study, &self.pool);
        let Some(Ready { net, values }) = &self.renderer else { panic!("a detector alone paints nothing") };
        let run = net.run(values, inputs, &self.pool);
        let colours = run.result(0);
        let pixel = |i: usize| colours.pixel(0, i / size_px, i % size_px);
        (0..size_px * size_px).map(|i| [0, 1, 2].map(|c| pixel(i)[c])).collect()
    }
}

/// What goes into the net: all drawings of a sheet after those of another, or side by side.
fn inputs(
    drawings: &[Vec<[f32; DRAWN]>],
    wanted: &[impl AsRef<[[f32; WANTED]]>],
    views: usize,
    size_px: usize,
    study: &Study,
    pool: &Pool,
) -> [Batch; 2] {
    let design = &study.design;
    assert!(design.collaborates || views == design.views, "{views} drawings for a net of {}", design.views);
    let (sheets, area) = (wanted.len(), size_px * size_px);
    assert!(views > 0 && drawings.len() == sheets * views && drawings.iter().all(|d| d.len() == area));
    let aside = if design.collaborates { 1 } else { views };
    let mut seen = pool.take([sheets * views / aside, size_px, size_px, DRAWN * aside]);
    for (i, pixel) in seen.pixels_mut().enumerate() {
        for (view, to) in pixel.chunks_mut(DRAWN).enumerate() {
            to.copy_from_slice(&drawings[i / area * aside + view][i % area]);
        }
    }
    let mut target = pool.take([sheets, size_px, size_px, WANTED]);
    let all = wanted.iter().flat_map(|of| of.as_ref());
    target.pixels_mut().zip(all).for_each(|(to, from)| to.copy_from_slice(from));
    [seen, target]
}

impl Collaborating {
    /// Of a design, with its losses.
    pub fn new(study: Study) -> Self {
        Self { study, learner: Learner::new(study.net()), gauge: None }
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        self.learner.fresh(seed)
    }

    /// The renderer as a state's average has it.
    pub fn painter(&self, state: &State) -> Painter {
        let (known, design) = (self.learner.net().parameters(), &self.study.design);
        let mut statistics = &state.averaged_statistics[..];
        // Where both have one encoder, each has statistics of its own for it.
        let mut alone = |net: Net| {
            let learned = LearningNet::among(known, net.clone(), |_| true);
            let (own, rest) = statistics.split_at(learned.fresh_statistics().len());
            statistics = rest;
            let mut folded = learned.folded(&state.averaged, own);
            let net = LearningNet::new(net.folded());
            let values = net.parameters().iter().flat_map(|p| folded.remove(&p.name).unwrap_or_default()).collect();
            Ready { net, values }
        };
        // In this order they lie in the net that learned.
        let shared = self.study.learns == Learns::Shared;
        let detector = self.study.detects().then(|| alone(detector::detector(design, shared)));
        let renderer = self.study.paints().then(|| alone(wiring::renderer(design)));
        Painter { study: self.study, renderer, detector, parameters: self.numbers(), pool: Pool::default() }
    }

    fn gauge(&mut self, size_px: usize) -> Result<&Gauge, TrainError> {
        Ok(match &mut self.gauge {
            Some(gauge) => gauge,
            none => none.insert(Gauge::new(size_px, CHARACTERS)?),
        })
    }

    fn inputs(&self, lesson: &CinnLesson) -> Vec<Batch> {
        let (size_px, pool) = (lesson.size_px, self.learner.pool());
        let [drawings, poses] =
            inputs(&lesson.drawings, &lesson.wanted, lesson.views, size_px, &self.study, self.learner.pool());
        let mut all = if self.study.paints() { vec![drawings] } else { vec![] };
        if self.study.detects() {
            let mut pictures = pool.take([lesson.pasted.len(), size_px, size_px, DRAWN]);
            let pixels = pictures.pixels_mut().zip(lesson.pasted.iter().flatten());
            pixels.for_each(|(to, from)| to.copy_from_slice(from));
            all.push(pictures);
        }
        all.push(poses);
        all
    }

    /// The losses of a run, and the gradients by its results.
    fn losses(&self, run: &Run, lesson: &CinnLesson) -> (CinnLosses, Vec<Option<Batch>>) {
        let (weights, pool) = (&self.study.losses, self.learner.pool());
        let mut losses = CinnLosses::default();
        let mut of_results = vec![];
        if self.study.paints() {
            let which = if self.study.detects() { detector::result::COLOURS } else { 0 };
            let of_picture;
            (losses, of_picture) = loss::of(run.result(which), &lesson.colours, weights, pool);
            of_results.push(Some(of_picture));
        }
        if self.study.detects() {
            let [each, mean] = [detector::result::EACH, detector::result::MEAN].map(|which| run.result(which));
            let of_found = found::add(&mut losses, each, mean, &lesson.wanted, weights, pool);
            of_results = of_found.map(Some).into_iter().chain(of_results).collect();
        }
        (losses, of_results)
    }

    /// Learns from a lesson; answers its losses and the length of the gradient.
    ///
    /// # Errors
    /// When something was not a number; the state was not changed then.
    pub fn learn(
        &mut self,
        state: &mut State,
        lesson: &CinnLesson,
        settings: &Settings,
    ) -> Result<(CinnLosses, f64), NotANumber> {
        let run = self.learner.run(state, self.inputs(lesson));
        let (losses, of_results) = self.losses(&run, lesson);
        if !losses.total.is_finite() {
            return Err(NotANumber);
        }
        let length = self.learner.follow(state, settings, run, of_results)?;
        Ok((losses, length))
    }
}

impl Course for Collaborating {
    type Lesson = CinnLesson;

    fn learning(&self) -> usize {
        self.learner.learning()
    }

    fn numbers(&self) -> usize {
        self.learner.numbers()
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        Ok(self.learner.fresh(settings.seed))
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<CinnLesson>, TrainError> {
        let cast = Arc::new(Cast::new(settings.seed, settings.figures.clone())?.without_parts());
        let mut feed = Feed::start(settings.makers, first_step, || {
            let mut maker = Maker::new(Arc::clone(&cast), self.study, settings.seed, settings.stages.clone());
            move |step| maker.lesson(step)
        });
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &CinnLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Cinn(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let painter = self.painter(state);
        Ok(Found::Cinn(self.gauge(size_px)?.measured(&painter)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let painter = self.painter(state);
        Ok(self.gauge(size_px)?.samples(&painter))
    }

    /// Nothing but its own run folder reads them: the schema is that of the run's design.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let tensors = self.learner.net().folded(&state.averaged, &state.averaged_statistics);
        let shapes = self.learner.net().parameters().iter().filter(|p| tensors.contains_key(&p.name));
        let shapes = shapes.map(|p| (p.name.clone(), p.shape.clone())).collect();
        Ok((Schema { graph: "cinn", version: 1, parts: &["encoder", "decoder", "end"], tensors: shapes }, tensors))
    }
}

#[cfg(test)]
mod tests;

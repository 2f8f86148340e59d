//! A generator and a discriminator learn against each other to invent characters (PSGAN, section 3.2), scale by scale.
//!
//! ```text
//! pictures with keypoints ─▶ InventLesson ─▶ real ─┐
//! latents by lot + keypoints ─ generator ─▶ fake ──┴─▶ discriminator, penalty ─▶ Adam: first it, then the generator ─▶ State
//! ```
//!
//! Beyond the paper, the generator may know characters ([`Likeness`]): half of what it makes is then to be like them.
//!
//! A state's values are those of both, at all scales there may ever be: the generator's, then the discriminator's. What is
//! averaged is the generator alone.

mod adversaries;
mod lesson;
mod likeness;
mod measure;
mod phase;
mod wasserstein;

pub use adversaries::InventLosses;
pub use lesson::{InventLesson, Source};
pub(super) use lesson::{POSES, maker, source};
pub use likeness::Likeness;
pub use measure::InventMeasured;
pub use phase::Growing;

use super::course::{Course, Found, Lessons, StepLosses};
use super::data::Split;
use super::learner::NotANumber;
use super::optimiser::{self, Adam};
use super::painting::Feed;
use super::{Dice, RunFolder, Settings, State, Taught, TrainError};
use crate::nn::kernels::Pool;
use crate::nn::layers::{LearningNet, Parameter};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::psgan::wiring::{self, Growth};
use crate::psgan::{Design, Generator, LARGEST_PX, Latent, scales, schema};
use crate::weights::{Schema, WeightError};
use adversaries::{Adversaries, Known, Nets};
use measure::Examination;
use phase::Phase;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// PSGAN, section 3.2.
const BETAS: [f32; 2] = [0.0, 0.99];
/// Where nobody judges there is nobody to run after: with momentum, 500 steps of 32² bring what is known as near as 900 do
/// without.
const BETAS_ALONE: [f32; 2] = [0.9, 0.99];
/// And so many times as fast move weights that see pose maps, in which one pixel among many says all: He's constant makes them
/// a twelfth of what they meet. After 1,200 steps of 32², what is known is off by 4.16 instead of 4.47 and the body's large
/// shapes by a sixth less; at 4 times it learns as fast, at 32 later.
const PACE_OF_MAPS_ALONE: f32 = 8.0;
/// Karras et al. 2018, appendix A.1.
const EPSILON: f32 = 1e-8;

/// The way of learning of networks that invent.
pub struct Inventing {
    source: Arc<dyn Source>,
    settings: Settings,
    /// Latents of characters that it knows, by number; empty where there are none and before they were looked at.
    known: Arc<[Latent]>,
    /// Of both networks at all scales.
    parameters: Vec<Parameter>,
    /// Where the generator's values end and the discriminator's begin.
    generators: usize,
    pool: Pool,
    /// Those of the last step.
    nets: Mutex<Option<Arc<Nets>>>,
    /// Drawn when it is first wanted.
    examination: Option<Examination>,
}

impl Inventing {
    /// From what a source shows.
    pub fn new(source: Arc<dyn Source>, settings: &Settings) -> Self {
        let design = settings.growing.design();
        let grown = |known, wiring: fn(Design, Growth) -> _| {
            scales(LARGEST_PX).fold(known, |known: Vec<Parameter>, size_px| {
                let net = wiring(design, Growth { size_px, share: 0.5 });
                LearningNet::among(&known, net, |_| true).parameters().to_vec()
            })
        };
        let generator = grown(vec![], wiring::generator);
        let generators = generator.last().map_or(0, |p| p.at.end);
        let parameters = grown(generator, wiring::discriminator);
        let (settings, pool) = (settings.clone(), Pool::default());
        let (known, nets) = (Arc::new([]), Mutex::default());
        Self { source, settings, known, parameters, generators, pool, nets, examination: None }
    }

    /// From what a training's settings name.
    ///
    /// # Errors
    /// A data set that can't be read.
    pub fn of(settings: &Settings) -> Result<Self, TrainError> {
        Ok(Self::new(lesson::source(settings, Split::Train)?, settings))
    }

    /// The generator of a training's latest checkpoint.
    ///
    /// # Errors
    /// A folder that is none of such a training, has no checkpoint, or a damaged one.
    pub fn learned(folder: &RunFolder) -> Result<Generator, TrainError> {
        let (settings, state) = folder.learned(Taught::Psgan, "nothing that invents learns in it")?;
        let inventing = Self::of(&settings)?;
        state.check(inventing.numbers(), folder.path())?;
        inventing.generator(&state)
    }

    /// The pictures of these numbers as a lesson.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub fn lesson(&self, numbers: impl IntoIterator<Item = u64>, size_px: usize) -> Result<InventLesson, TrainError> {
        InventLesson::of(&*self.source, numbers, size_px)
    }

    /// A state before the first step.
    pub fn fresh(&self, seed: u64) -> State {
        let state = State::fresh(&self.net(Growth::whole(LARGEST_PX)), seed);
        let averaged = state.values[..self.generators].to_vec();
        State { averaged, ..state }
    }

    /// The generator's net among the values of both.
    fn net(&self, growth: Growth) -> LearningNet {
        LearningNet::among(&self.parameters, wiring::generator(self.design(), growth), |_| true)
    }

    /// Both networks, grown so far: put together when they grow, not in every step.
    fn nets(&self, growth: Growth) -> Arc<Nets> {
        let mut known = self.nets.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(nets) if nets.growth() == growth => Arc::clone(nets),
            _ => Arc::clone(known.insert(Arc::new(Nets::new(&self.parameters, self.design(), growth)))),
        }
    }

    fn design(&self) -> Design {
        self.settings.growing.design()
    }

    /// Learns from a lesson; answers its losses and the length of the discriminator's gradient, of the generator's where there
    /// is no judge yet.
    ///
    /// # Errors
    /// When something was not a number; the state may be half a step further then, and is of no use.
    pub fn learn(
        &self,
        state: &mut State,
        lesson: &InventLesson,
        settings: &Settings,
    ) -> Result<(InventLosses, f64), NotANumber> {
        let step = state.progress.step;
        let phase = Phase::at(settings, step);
        if phase.step == 0 {
            // What was new is no more, and moments of other pictures would mislead.
            state.first.fill(0.0);
            state.second.fill(0.0);
        }
        let dice = &mut Dice::of(&[settings.seed, 9, step]);
        let nets = self.nets(phase.growth);
        let adversaries = Adversaries { nets: &nets, lesson, pool: &self.pool };
        let likeness = settings.growing.likeness.as_ref();
        // Every second picture is of somebody known, all where nobody judges.
        let who = |i: usize| lesson.known.get(i).filter(|_| !phase.judged || i.is_multiple_of(2));
        let (known, latents): (Vec<bool>, Vec<Latent>) = (0..lesson.keypoints.len())
            .map(|i| (who(i).is_some(), who(i).cloned().unwrap_or_else(|| Latent::by_lot(dice))))
            .unzip();
        let shares: Vec<f32> = lesson.keypoints.iter().map(|_| dice.share()).collect();
        let rate = settings.rates.at(step) * state.progress.rate_factor * phase.rate_share();
        let mut gradients = vec![0.0; state.values.len()];

        let made = adversaries.make(&state.values, &latents, likeness);
        let (betas, of_maps) = if phase.judged { (BETAS, 1.0) } else { (BETAS_ALONE, PACE_OF_MAPS_ALONE) };
        let adam = Adam { step: phase.step, rate, betas, epsilon: EPSILON };
        let mut losses = InventLosses::default();
        let mut length = None;
        if phase.judged {
            losses = adversaries.judge(&state.values, made.result(0), &shares, &mut gradients);
            length = Some(self.follow(state, self.generators..gradients.len(), &gradients, adam, of_maps, settings)?);
            gradients.fill(0.0);
        }
        let known = likeness.map(|likeness| Known { likeness, pictures: &known });
        let [generator, unlike] = adversaries.deceive(&state.values, made, phase.judged, known, &mut gradients);
        let of_generator = self.follow(state, 0..self.generators, &gradients, adam, of_maps, settings)?;
        let length = length.unwrap_or(of_generator);
        let losses = InventLosses { generator: generator + unlike, unlike, ..losses };
        if !losses.are_numbers() {
            return Err(NotANumber);
        }
        let kept = optimiser::kept(settings.average, step);
        optimiser::average(&mut state.averaged, &state.values[..self.generators], 1.0 - kept);
        state.progress.step += 1;
        Ok((losses, length))
    }

    /// A step of one of the two, whose values lie in a range, with equalized learning rates (Karras et al. 2018, section
    /// 4.1): not a weight w moves but ŵ = w / c, with c He's constant of its layer. A step of Adam on ŵ is one on w
    /// with c times the rate and 1 / c of epsilon, so ŵ needs no place of its own. Weights that see pose maps move so many times
    /// as fast. Answers the gradient's length.
    fn follow(
        &self,
        state: &mut State,
        whose: Range<usize>,
        gradients: &[f32],
        adam: Adam,
        of_maps: f32,
        settings: &Settings,
    ) -> Result<f64, NotANumber> {
        let (length, factor) = optimiser::clip(&gradients[whose.clone()], settings.clip);
        if !length.is_finite() {
            return Err(NotANumber);
        }
        for parameter in self.parameters.iter().filter(|p| whose.contains(&p.at.start)) {
            let at = || parameter.at.clone();
            let constant = if parameter.deviation > 0.0 { parameter.deviation } else { 1.0 };
            let pace = if wiring::sees_maps(&parameter.name) { of_maps } else { 1.0 };
            let adam = Adam { rate: pace * constant * adam.rate, epsilon: adam.epsilon / constant, ..adam };
            let moments = [&mut state.first[at()], &mut state.second[at()]];
            optimiser::adam(adam, 0.0, &[], &mut state.values[at()], (&gradients[at()], factor), moments);
        }
        Ok(length)
    }

    /// A state's average, for latents as they are.
    fn averaged(&self, state: &State) -> Vec<f32> {
        let mut averaged = state.averaged.clone();
        if let Some(likeness) = &self.settings.growing.likeness {
            let sees_latents = |p: &&Parameter| p.name == wiring::SEES_LATENTS;
            let weights = self.parameters.iter().find(sees_latents).map(|parameter| parameter.at.clone());
            likeness.fold(&mut averaged[weights.unwrap_or_default()]);
        }
        averaged
    }

    /// What a state's average invents.
    ///
    /// # Errors
    /// None, where the state is this one's.
    fn generator(&self, state: &State) -> Result<Generator, TrainError> {
        let growth = Phase::at(&self.settings, state.progress.step).growth;
        let learned = Generator::learned(&self.net(growth), &self.averaged(state), self.design(), growth);
        learned.map_err(|error| TrainError::Network(error.to_string()))
    }

    fn examination(&mut self, size_px: usize) -> Result<&Examination, TrainError> {
        Ok(match &mut self.examination {
            Some(examination) => examination,
            none => none.insert(Examination::new(&*lesson::source(&self.settings, Split::HeldOut)?, size_px)?),
        })
    }
}

impl Course for Inventing {
    type Lesson = InventLesson;

    fn learning(&self) -> usize {
        self.numbers()
    }

    fn numbers(&self) -> usize {
        self.parameters.last().map_or(0, |parameter| parameter.at.end)
    }

    fn begun(&self, settings: &Settings) -> Result<State, TrainError> {
        Ok(self.fresh(settings.seed))
    }

    fn ready(&mut self, settings: &Settings, progress: &dyn Progress) -> Result<bool, TrainError> {
        let Some(likeness) = &settings.growing.likeness else { return Ok(true) };
        let looks = self.source.looks(progress)?;
        let all = looks.is_some();
        self.known = looks.map(|looks| likeness.latents(&looks, settings.seed)).unwrap_or_default().into();
        Ok(all)
    }

    fn lessons(&self, settings: &Settings, first_step: u64) -> Result<Lessons<InventLesson>, TrainError> {
        let (source, known) = (&self.source, &self.known);
        let mut feed = Feed::start(settings.makers, first_step, || {
            let (mut make, known) = (lesson::maker(Arc::clone(source), &settings.stages), Arc::clone(known));
            move |step| Ok(make(step)?.of_known(&known))
        });
        Ok(Box::new(move || feed.next()))
    }

    fn step(
        &mut self,
        state: &mut State,
        lesson: &InventLesson,
        settings: &Settings,
    ) -> Result<(StepLosses, f64), NotANumber> {
        self.learn(state, lesson, settings).map(|(losses, length)| (StepLosses::Psgan(losses), length))
    }

    fn examine(&mut self, state: &State, size_px: usize) -> Result<Found, TrainError> {
        let generator = self.generator(state)?;
        Ok(Found::Psgan(self.examination(size_px)?.of(&generator)))
    }

    fn samples(&mut self, state: &State, size_px: usize) -> Result<Picture, TrainError> {
        let generator = self.generator(state)?;
        Ok(self.examination(size_px)?.samples(&generator))
    }

    /// The generator at the scale that it has grown to.
    fn weights(&self, state: &State) -> Result<(Schema, BTreeMap<String, Vec<f32>>), WeightError> {
        let size_px = Phase::at(&self.settings, state.progress.step).growth.size_px;
        let tensors = self.net(Growth::whole(size_px)).folded(&self.averaged(state), &[]);
        Ok((schema(self.design(), size_px)?, tensors))
    }
}

#[cfg(test)]
pub(super) mod tests;

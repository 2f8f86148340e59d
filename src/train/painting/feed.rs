//! Lessons in their order, drawn by threads of their own while the last one is learned from.

use super::super::TrainError;
use super::super::data::{Portraits, Stage};
use super::super::dice::Dice;
use super::lesson::PaintLesson;
use crate::fude::Detector;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

/// Lessons until there is a new character among those that are learned from.
const LESSONS: u64 = 2;
/// Characters that are learned from at a time.
const CHARACTERS: u64 = 24;
/// Pictures that are wanted of each character in a lesson.
const WANTED: usize = 3;

/// Lessons from a step on.
pub(in super::super) struct Feed<L> {
    makers: Vec<Receiver<Result<L, TrainError>>>,
    next: u64,
}

/// The characters that a lesson may show.
fn window(step: u64) -> std::ops::Range<u64> {
    let first = step / LESSONS;
    first..first + CHARACTERS.min(4 + first)
}

/// Characters that lessons show, as far as they are drawn: of each what a lesson is made from.
pub(in super::super) struct Gallery<T> {
    draw: Box<Draw<T>>,
    known: BTreeMap<u64, T>,
}

/// Draws the character of a number.
type Draw<T> = dyn Fn(u64) -> Result<T, TrainError> + Send;

impl<T> Gallery<T> {
    /// An empty one.
    pub(in super::super) fn new(draw: impl Fn(u64) -> Result<T, TrainError> + Send + 'static) -> Self {
        Self { draw: Box::new(draw), known: BTreeMap::new() }
    }

    /// So many different characters by lot among those that the lesson of a step may show, or all of them.
    pub(in super::super) fn pick(&mut self, step: u64, count: usize, dice: &mut Dice) -> Result<Vec<&T>, TrainError> {
        let window = window(step);
        self.known = self.known.split_off(&window.start);
        let mut numbers: Vec<u64> = vec![];
        while numbers.len() < count.min((window.end - window.start) as usize) {
            let number = window.start + dice.below((window.end - window.start) as usize) as u64;
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        for &number in &numbers {
            if !self.known.contains_key(&number) {
                self.known.insert(number, (self.draw)(number)?);
            }
        }
        Ok(numbers.iter().filter_map(|number| self.known.get(number)).collect())
    }
}

/// What a maker knows.
pub(super) struct Maker {
    pub gallery: Gallery<Portraits>,
    pub detector: Option<Arc<Detector>>,
    pub seed: u64,
    pub stages: Vec<Stage>,
}

impl Maker {
    /// The lesson of a step: a function of seed and step alone.
    pub(super) fn lesson(&mut self, step: u64) -> Result<PaintLesson, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 4, step]);
        let (stage, _) = Stage::at(&self.stages, step);
        let characters = self.gallery.pick(step, stage.batch, dice)?;
        PaintLesson::by_lot(&characters, WANTED, stage.size_px, self.detector.as_deref(), dice)
    }
}

impl<L: Send + 'static> Feed<L> {
    /// Starts threads that take turns; `maker` makes what makes the lessons of one.
    pub(in super::super) fn start<M>(makers: usize, first_step: u64, maker: impl Fn() -> M) -> Self
    where
        M: FnMut(u64) -> Result<L, TrainError> + Send + 'static,
    {
        let makers = makers.max(1) as u64;
        let one = |at: u64| {
            let (send, receive) = sync_channel(1);
            let mut maker = maker();
            let mut work = move || {
                let mut step = first_step + at;
                // Ends when nobody listens any more.
                while send.send(maker(step)).is_ok() {
                    step += makers;
                }
            };
            std::thread::spawn(move || match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
                Ok(pool) => pool.install(work),
                Err(_) => work(),
            });
            receive
        };
        Self { makers: (0..makers).map(one).collect(), next: 0 }
    }

    /// The next lesson.
    pub(in super::super) fn next(&mut self) -> Result<L, TrainError> {
        let at = (self.next % self.makers.len() as u64) as usize;
        self.next += 1;
        self.makers[at].recv().unwrap_or(Err(TrainError::NoLesson))
    }
}

//! Lessons in their order, made by threads of their own while the last one is learned from.

use super::super::TrainError;
use super::super::dice::Dice;
use super::{Block, Cast, Item, Manner, VIEWS, item, side_px};
use crate::fude::Detector;
use crate::fude::hints::Pixel;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How often a view is learned from, each time changed in another way.
const REUSE: u64 = 8;
/// Figures whose views are learned from at a time, once there are as many: the next lesson sees other ones.
const FIGURES: u64 = 128;
/// … of which so many are there from the start.
const FIRST: u64 = 4;
/// Items until there is one more of them.
const GROWTH: u64 = 96;
/// Bytes of the views that are learned from at a time, for pictures of this side.
pub(in crate::train) fn kept_bytes(picture_px: usize) -> u64 {
    // Colours, landmarks and parts.
    const OF_PIXEL: u64 = 11;
    FIGURES * VIEWS as u64 * OF_PIXEL * (side_px(picture_px) as u64).pow(2)
}

/// Lessons that may lie ready.
const AHEAD: usize = 2;

/// What one step learns from.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Pictures and hints.
    pub size_px: usize,
    /// Pictures one after the other.
    pub inputs: Vec<Pixel>,
    /// What is to be answered at half the size: landmark and occupancy.
    pub fine: Vec<[f32; 4]>,
    /// And at a sixteenth.
    pub coarse: Vec<[f32; 4]>,
    /// From where each figure is seen, degrees, where it can be said.
    pub views_deg: Vec<Option<f32>>,
}

impl Lesson {
    /// The lesson of these items.
    pub fn of(items: Vec<Item>, size_px: usize) -> Self {
        let mut lesson = Self { size_px, inputs: vec![], fine: vec![], coarse: vec![], views_deg: vec![] };
        for item in items {
            lesson.inputs.extend(item.input);
            lesson.fine.extend(item.fine);
            lesson.coarse.extend(item.coarse);
            lesson.views_deg.push(item.view_deg);
        }
        lesson
    }
}

/// How large and how many pictures are from some step on.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stage {
    /// The first step.
    pub from: u64,
    /// Side of the pictures.
    pub size_px: usize,
    /// Pictures a step.
    pub batch: usize,
}

impl Stage {
    /// The one that a step belongs to, and how many items came before that step.
    ///
    /// # Panics
    /// When there is none.
    pub fn at(stages: &[Self], step: u64) -> (Self, u64) {
        let (mut at, mut items) = (stages[0], 0);
        for (i, stage) in stages.iter().enumerate().filter(|(_, stage)| stage.from <= step) {
            let until = stages.get(i + 1).map_or(step, |next| next.from.min(step));
            (at, items) = (*stage, items + (until - stage.from) * stage.batch as u64);
        }
        (at, items)
    }
}

/// The figures that an item may show.
fn window(item: u64) -> std::ops::Range<u64> {
    let first = item / (VIEWS as u64 * REUSE);
    first..first + FIGURES.min(FIRST + item / GROWTH)
}

/// Lessons from a step on.
pub struct Feed {
    lessons: Receiver<Result<Lesson, TrainError>>,
    stop: Arc<AtomicBool>,
    shelf: Arc<Shelf>,
}

/// Views of figures, as far as they are needed.
#[derive(Default)]
struct Shelf {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    blocks: BTreeMap<u64, Arc<Block>>,
    next: u64,
    wanted: std::ops::Range<u64>,
    failed: Option<TrainError>,
}

impl Shelf {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    /// Starts `makers` threads that draw figures, and one that makes lessons of what they drew; what `first` finds in them
    /// lies over the drawings, if there is one.
    pub fn start(
        cast: Cast,
        seed: u64,
        stages: Vec<Stage>,
        first_step: u64,
        makers: usize,
        first: Option<Arc<Detector>>,
    ) -> Self {
        let (cast, shelf, stop) = (Arc::new(cast), Arc::new(Shelf::default()), Arc::new(AtomicBool::new(false)));
        let (_, items) = Stage::at(&stages, first_step);
        shelf.state().next = window(items).start;
        shelf.state().wanted = window(items);
        for _ in 0..makers.max(1) {
            let (cast, shelf, stop) = (Arc::clone(&cast), Arc::clone(&shelf), Arc::clone(&stop));
            std::thread::spawn(move || alone(|| draw(&cast, &shelf, &stop)));
        }
        let (send, lessons) = sync_channel(AHEAD);
        {
            let (shelf, stop) = (Arc::clone(&shelf), Arc::clone(&stop));
            std::thread::spawn(move || {
                alone(|| teach(seed, &stages, first_step, first.as_deref(), &shelf, &stop, &send))
            });
        }
        Self { lessons, stop, shelf }
    }

    /// The next lesson.
    ///
    /// # Errors
    /// A figure that can't be drawn.
    pub fn next(&self) -> Result<Lesson, TrainError> {
        self.lessons.recv().unwrap_or(Err(TrainError::NoLesson))
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.shelf.changed.notify_all();
        // Whoever waits for room in the channel gets it.
        while self.lessons.try_recv().is_ok() {}
    }
}

/// Runs with one thread: the others learn.
fn alone(work: impl FnOnce() + Send) {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn draw(cast: &Cast, shelf: &Shelf, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let number = {
            let mut state = shelf.state();
            // A figure ahead of what is wanted, so that nobody waits.
            if state.next > state.wanted.end || state.failed.is_some() {
                let wait = shelf.changed.wait_timeout(state, std::time::Duration::from_millis(200));
                drop(wait);
                continue;
            }
            state.next += 1;
            state.next - 1
        };
        let block = cast.block(number);
        let mut state = shelf.state();
        match block {
            Ok(block) => drop(state.blocks.insert(number, Arc::new(block))),
            Err(error) => state.failed = Some(error),
        }
        shelf.changed.notify_all();
    }
}

fn teach(
    seed: u64,
    stages: &[Stage],
    first_step: u64,
    looks: Option<&Detector>,
    shelf: &Shelf,
    stop: &AtomicBool,
    send: &SyncSender<Result<Lesson, TrainError>>,
) {
    for step in first_step.. {
        let (stage, first) = Stage::at(stages, step);
        let mut items = Vec::with_capacity(stage.batch);
        for index in first..first + stage.batch as u64 {
            let dice = &mut Dice::of(&[seed, 2, index]);
            let window = window(index);
            let number = window.start + dice.below((window.end - window.start) as usize) as u64;
            let block = match wait_for(shelf, stop, window, number) {
                Ok(Some(block)) => block,
                Ok(None) => return,
                Err(error) => {
                    // Where nobody listens any more, nobody needs to know.
                    let _ = send.send(Err(error));
                    return;
                }
            };
            let view = &block[dice.below(block.len())];
            items.push(item(view, stage.size_px, Manner::Learning, dice));
        }
        let mut lesson = Lesson::of(items, stage.size_px);
        if let Some(looks) = looks {
            looks.lay(&mut lesson.inputs, stage.size_px);
        }
        if stop.load(Ordering::Relaxed) || send.send(Ok(lesson)).is_err() {
            return;
        }
    }
}

/// The block of a number; none once nobody learns any more.
fn wait_for(
    shelf: &Shelf,
    stop: &AtomicBool,
    wanted: std::ops::Range<u64>,
    number: u64,
) -> Result<Option<Arc<Block>>, TrainError> {
    let mut state = shelf.state();
    if state.wanted != wanted {
        state.blocks = state.blocks.split_off(&wanted.start);
        state.wanted = wanted;
        shelf.changed.notify_all();
    }
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        if let Some(block) = state.blocks.get(&number) {
            return Ok(Some(Arc::clone(block)));
        }
        state = shelf
            .changed
            .wait_timeout(state, std::time::Duration::from_millis(200))
            .unwrap_or_else(PoisonError::into_inner)
            .0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_one_another() {
        let stages = [(0, 64, 10), (5, 96, 4), (9, 128, 2)];
        let stages = stages.map(|(from, size_px, batch)| Stage { from, size_px, batch });
        let at = |step| {
            let (stage, items) = Stage::at(&stages, step);
            (stage.size_px, items)
        };
        assert_eq!(
            [at(0), at(4), at(5), at(8), at(9), at(11)],
            [(64, 0), (64, 40), (96, 50), (96, 62), (128, 66), (128, 70)]
        );
    }

    #[test]
    fn windows_only_move_on() {
        let mut last = window(0);
        for item in (0..100_000).step_by(24) {
            let next = window(item);
            assert!(next.start >= last.start && next.end >= last.end && !next.is_empty());
            last = next;
        }
        assert_eq!(last.end - last.start, FIGURES);
    }
}

//! What one step learns from: patches of the character's drawings, each painted from others, and other characters as before.

use super::super::data::{Cast, Portraits, Stage};
use super::super::dice::Dice;
use super::super::painting::{PaintLesson, Wanted};
use super::super::{Settings, TrainError};
use super::sheet::{Sheet, moved};
use crate::fude::Detector;
use crate::fude::renderer::prepare::{self, Known};
use crate::fude::renderer::wiring::INPUTS;
use crate::progress::Silent;
use crate::transfer::Transfer;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One in so many pictures is of another character.
const REPLAYED: usize = 3;
/// So many other characters there are.
const CHARACTERS: usize = 12;
/// How often a drawing is turned, stretched and leaned.
const MOVED: f32 = 0.5;
/// How often a drawing is painted from itself, too, as far as it is not masked.
const OWN: f32 = 0.15;
/// How often one of the others is among those that are painted from.
const OTHERS: f32 = 0.75;
/// Sheets that stay ready.
const KEPT: usize = 40;
/// What is masked: this share of so many blocks along a side.
const MASKED: (f32, usize) = (0.3, 8);

/// What makes lessons.
pub(super) struct Maker {
    sheet: Arc<Sheet>,
    cast: Arc<Cast>,
    detector: Arc<Detector>,
    seed: u64,
    stages: Vec<Stage>,
    characters: BTreeMap<u64, Portraits>,
    /// By size and drawings.
    transfers: BTreeMap<(usize, u32), Transfer>,
}

impl Maker {
    pub(super) fn new(sheet: Arc<Sheet>, cast: Arc<Cast>, detector: Arc<Detector>, settings: &Settings) -> Self {
        let (seed, stages) = (settings.seed, settings.stages.clone());
        Self { sheet, cast, detector, seed, stages, characters: BTreeMap::new(), transfers: BTreeMap::new() }
    }

    /// The lesson of a step: a function of drawings, seed and step alone.
    pub(super) fn lesson(&mut self, step: u64) -> Result<PaintLesson, TrainError> {
        let dice = &mut Dice::of(&[self.seed, 5, step]);
        let (stage, _) = Stage::at(&self.stages, step);
        let replayed = stage.batch / REPLAYED;
        let number = dice.below(CHARACTERS) as u64;
        if !self.characters.contains_key(&number) {
            self.characters.insert(number, self.cast.portraits(number)?);
        }
        let characters: Vec<&Portraits> = self.characters.get(&number).into_iter().collect();
        let detector = Some(&*self.detector);
        let mut lesson = PaintLesson::by_lot(&characters, replayed, stage.size_px, detector, dice)?;
        for _ in replayed..stage.batch {
            let (wanted, proposed) = self.patch(stage.size_px, dice)?;
            lesson.wanted.push(wanted);
            lesson.proposed.push(proposed);
        }
        Ok(lesson)
    }

    /// A patch of a drawing, and what the net sees of it.
    fn patch(&mut self, size_px: usize, dice: &mut Dice) -> Result<(Wanted, Vec<[f32; INPUTS]>), TrainError> {
        let sheet = Arc::clone(&self.sheet);
        let learned: Vec<usize> = sheet.learned().collect();
        let at = learned[dice.below(learned.len())];
        let which = dice.below(2);
        let work_px = size_px << which;
        let drawing = &sheet.drawings[at];
        let wanted = if dice.chance(MOVED) {
            let (turn, middle) = lean(dice);
            moved(&drawing.large, work_px, turn, middle)
        } else {
            drawing.wanted[which].clone()
        };
        let others: Vec<usize> = learned.into_iter().filter(|&i| i != at).collect();
        let mut from: Vec<usize> = others.iter().copied().filter(|_| dice.chance(OTHERS)).collect();
        if from.is_empty() && !others.is_empty() {
            from.push(others[dice.below(others.len())]);
        }
        let proposed = if from.is_empty() || dice.chance(OWN) {
            let mut known: Vec<Known> = from.iter().map(|&i| sheet.drawings[i].known[which].clone()).collect();
            known.push(masked(&drawing.known[which], dice));
            prepare::proposed(&transfer(&known)?, &wanted.udp, &Silent)
        } else {
            prepare::proposed(self.transfer(which, &from)?, &wanted.udp, &Silent)
        };
        let (proposed, _) = proposed.map_err(|_| nothing())?;
        Ok(cut(wanted, proposed, size_px, dice))
    }

    fn transfer(&mut self, which: usize, from: &[usize]) -> Result<&Transfer, TrainError> {
        let key = (which, from.iter().map(|i| 1 << i).sum());
        if !self.transfers.contains_key(&key) {
            if self.transfers.len() >= KEPT {
                self.transfers.pop_first();
            }
            let known: Vec<Known> = from.iter().map(|&i| self.sheet.drawings[i].known[which].clone()).collect();
            self.transfers.insert(key, transfer(&known)?);
        }
        self.transfers.get(&key).ok_or_else(nothing)
    }
}

fn transfer(known: &[Known]) -> Result<Transfer, TrainError> {
    prepare::transfer(known, None, &Silent).map_err(|_| nothing())
}

fn nothing() -> TrainError {
    TrainError::Network("a drawing shows nothing".into())
}

/// A turn of up to 15°, stretched by up to 15 % and leaned by up to 5°, around a place beside the middle.
fn lean(dice: &mut Dice) -> ([[f32; 2]; 2], [f32; 2]) {
    let (sine, cosine) = dice.between(-15.0, 15.0).to_radians().sin_cos();
    let (size, lean) = (dice.between(0.9, 1.2), dice.between(-5.0, 5.0).to_radians().tan());
    let turn = [[cosine * size, (lean * cosine - sine) * size], [sine * size, (lean * sine + cosine) * size]];
    (turn, [0, 1].map(|_| dice.between(-0.05, 0.05)))
}

/// A drawing of which blocks are gone, so that what is to be painted can't be copied from it.
fn masked(known: &Known, dice: &mut Dice) -> Known {
    let (share, blocks) = MASKED;
    let gone: Vec<bool> = (0..blocks * blocks).map(|_| dice.chance(share)).collect();
    let mut known = known.clone();
    let side = known.udp.width_px as usize;
    let block = |i: usize| i / side * blocks / side * blocks + i % side * blocks / side;
    let mut left = known.udp.surface_points();
    for i in (0..side * side).filter(|&i| gone[block(i)]) {
        let there = usize::from(known.udp.pixels[i][3] > 0.5);
        // Something has to stay.
        if left > there {
            left -= there;
            (known.udp.pixels[i], known.picture.pixels[i]) = ([0.0; 4], [0; 4]);
        }
    }
    known
}

/// A patch of this size around a pixel of the figure.
fn cut(wanted: Wanted, proposed: Vec<[f32; INPUTS]>, size_px: usize, dice: &mut Dice) -> (Wanted, Vec<[f32; INPUTS]>) {
    let side = wanted.udp.width_px as usize;
    if side <= size_px {
        return (wanted, proposed);
    }
    let seen: Vec<usize> = (0..side * side).filter(|&i| wanted.udp.pixels[i][3] > 0.5).collect();
    let middle = seen.get(dice.below(seen.len())).copied().unwrap_or(side * side / 2);
    let [left, top] = [middle % side, middle / side].map(|v| v.saturating_sub(size_px / 2).min(side - size_px));
    fn part<T: Copy>(all: &[T], side: usize, [left, top]: [usize; 2], size: usize) -> Vec<T> {
        (0..size).flat_map(|y| all[(top + y) * side + left..][..size].iter().copied()).collect()
    }
    let mut udp = crate::udp::Udp::new(size_px as u32, size_px as u32);
    udp.pixels = part(&wanted.udp.pixels, side, [left, top], size_px);
    let colours = part(&wanted.colours, side, [left, top], size_px);
    let counts = part(&wanted.counts, side, [left, top], size_px);
    (Wanted { udp, colours, counts }, part(&proposed, side, [left, top], size_px))
}

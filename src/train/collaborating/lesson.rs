//! What one step learns from: sheets of drawings, and of each character a picture in another pose.

use super::super::TrainError;
use super::super::data::{Block, Cast, Stage, background};
use super::super::dice::Dice;
use super::super::painting::{Gallery, Wanted, pictured, shaken};
use super::{Encoding, Study};
use crate::cinn::wiring::{COLOURS, DRAWN, WANTED};
use crate::udp::Udp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sheets, and what is wanted from each.
#[derive(Clone, Debug)]
pub struct CinnLesson {
    /// Side of all pictures.
    pub size_px: usize,
    /// Drawings of a sheet.
    pub views: usize,
    /// Of one sheet after the other: colours on white, and opacity.
    pub drawings: Vec<Vec<[f32; DRAWN]>>,
    /// Of each sheet: where on the body a pixel is, and occupancy.
    pub wanted: Vec<Vec<[f32; WANTED]>>,
    /// Of each sheet: the true colours on white.
    pub colours: Vec<Vec<[f32; COLOURS]>>,
    /// Where UDPs are found: the wanted pictures, each on several backgrounds.
    pub pasted: Vec<Vec<[f32; DRAWN]>>,
}

/// A character, of whom lessons want the same views again and again.
struct Character {
    views: Block,
    /// Views framed for pictures of a size, as far as they were wanted; none of what shows nothing.
    framed: RefCell<BTreeMap<(usize, usize), Option<Arc<Wanted>>>>,
}

impl Character {
    /// A view framed.
    fn framed(&self, view: usize, size_px: usize) -> Result<Arc<Wanted>, TrainError> {
        let mut framed = self.framed.borrow_mut();
        let found = framed.entry((view, size_px)).or_insert_with(|| {
            let (picture, udp) = pictured(&self.views[view], [0, 1, 2]);
            Wanted::framed(&picture, &udp, size_px).map(Arc::new)
        });
        let nothing = || TrainError::Network("a figure shows nothing from some side".into());
        found.clone().ok_or_else(nothing)
    }
}

/// Makes lessons.
pub(super) struct Maker {
    gallery: Gallery<Character>,
    study: Study,
    seed: u64,
    stages: Vec<Stage>,
}

impl Maker {
    pub(super) fn new(cast: Arc<Cast>, study: Study, seed: u64, stages: Vec<Stage>) -> Self {
        let draw = move |number| {
            let views = cast.portraits(number)?.views;
            Ok(Character { views, framed: RefCell::default() })
        };
        Self { gallery: Gallery::new(draw), study, seed, stages }
    }

    /// The lesson of a step: a function of study, seed and step alone. Who is wanted in which pose, and which drawings there
    /// are, is the same for all studies of a seed; who has fewer drawings has the first of them.
    pub(super) fn lesson(&mut self, step: u64) -> Result<CinnLesson, TrainError> {
        let (stage, _) = Stage::at(&self.stages, step);
        let (study, seed) = (self.study, self.seed);
        let characters = self.gallery.pick(step, stage.batch, &mut Dice::of(&[seed, 8, step]))?;
        let views = study.design.views;
        let mut lesson = CinnLesson {
            size_px: stage.size_px,
            views,
            drawings: vec![],
            wanted: vec![],
            colours: vec![],
            pasted: vec![],
        };
        for (sheet, character) in characters.into_iter().enumerate() {
            let dice = &mut Dice::of(&[seed, 9, step, sheet as u64]);
            let mut order: Vec<usize> = (0..character.views.len()).collect();
            let mut channels = [0, 1, 2];
            (1..order.len()).rev().for_each(|i| order.swap(i, dice.below(i + 1)));
            (1..3).rev().for_each(|i| channels.swap(i, dice.below(i + 1)));
            let framed = |at: usize| character.framed(order[at % order.len()], stage.size_px);
            // Other colours by other channels, which framing treats alike.
            let coloured = |of: &Wanted| -> Vec<[u8; 4]> {
                of.colours.iter().map(|c| [c[channels[0]], c[channels[1]], c[channels[2]], c[3]]).collect()
            };
            let wanted = framed(0)?;
            for at in 1..=views {
                lesson.drawings.push(drawn(&coloured(&*framed(at)?)));
            }
            let (mut udp, colours) = (wanted.udp.clone(), coloured(&wanted));
            lesson.colours.push(on_white(&colours));
            if study.udp_noise > 0.0 {
                let strength = dice.between(0.0, study.udp_noise);
                shaken(&mut udp, strength, dice);
            }
            lesson.wanted.push(asked(&udp, study.encoding));
            if study.detects() {
                let dice = &mut Dice::of(&[seed, 10, step, sheet as u64]);
                // In other light.
                let light: [f32; 3] = std::array::from_fn(|_| dice.between(0.8, 1.2));
                let lit = |&[r, g, b, a]: &[u8; 4]| {
                    let [r, g, b] =
                        [(r, 0), (g, 1), (b, 2)].map(|(v, c)| (f32::from(v) * light[c]).min(f32::from(a)) as u8);
                    [r, g, b, a]
                };
                let colours: Vec<[u8; 4]> = colours.iter().map(lit).collect();
                lesson.pasted.extend((0..study.detections).map(|_| pasted(&colours, stage.size_px, dice)));
            }
        }
        Ok(lesson)
    }
}

/// What the net sees of a drawing, of premultiplied colours.
pub(super) fn drawn(colours: &[[u8; 4]]) -> Vec<[f32; DRAWN]> {
    let opacity = colours.iter().map(|colour| f32::from(colour[3]) / 255.0);
    on_white(colours).into_iter().zip(opacity).map(|([r, g, b], a)| [r, g, b, a]).collect()
}

/// What a detector sees: premultiplied colours on a background by lot, of which nothing is transparent.
pub(super) fn pasted(colours: &[[u8; 4]], size_px: usize, dice: &mut Dice) -> Vec<[f32; DRAWN]> {
    let on = |(colour, behind): (&[u8; 4], [f32; 3])| {
        let [r, g, b, a] = colour.map(|v| f32::from(v) / 255.0);
        let over = |v: f32, c: usize| v + (1.0 - a) * behind[c];
        [over(r, 0), over(g, 1), over(b, 2), 1.0]
    };
    colours.iter().zip(background(size_px, dice)).map(on).collect()
}

/// Premultiplied colours on white.
pub(super) fn on_white(colours: &[[u8; 4]]) -> Vec<[f32; COLOURS]> {
    let on_white = |colour: &[u8; 4]| {
        let [r, g, b, a] = colour.map(|v| f32::from(v) / 255.0);
        [r, g, b].map(|v| v + 1.0 - a)
    };
    colours.iter().map(on_white).collect()
}

/// What the net is told of a pose.
pub(super) fn asked(udp: &Udp, encoding: Encoding) -> Vec<[f32; WANTED]> {
    let told = |&[x, y, z, there]: &[f32; 4]| {
        if there > 0.5 {
            let [a, b, c] = encoding.of([x, y, z]);
            [a, b, c, 1.0]
        } else {
            [0.0; WANTED]
        }
    };
    udp.pixels.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of a view is what would be made of it anew, whichever channels are asked for.
    #[test]
    fn views_are_framed_once_for_all_channels() {
        let cast = Cast::new(4, vec![]).unwrap().without_parts();
        let character = Character { views: cast.portraits(1).unwrap().views, framed: RefCell::default() };
        let channels = [2, 0, 1];
        for view in [0, 5, 0] {
            let kept = character.framed(view, 48).unwrap();
            let (picture, udp) = pictured(&character.views[view], channels);
            let anew = Wanted::framed(&picture, &udp, 48).unwrap();
            let coloured: Vec<[u8; 4]> =
                kept.colours.iter().map(|c| [c[channels[0]], c[channels[1]], c[channels[2]], c[3]]).collect();
            assert_eq!((coloured, &kept.udp), (anew.colours, &anew.udp));
        }
        assert_eq!(character.framed.borrow().len(), 2);
    }
}

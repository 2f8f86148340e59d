//! What one step learns from: sheets of drawings, and of each character a picture in another pose.

use super::super::TrainError;
use super::super::data::{Portraits, Stage, background};
use super::super::dice::Dice;
use super::super::painting::{Gallery, Wanted, pictured, shaken};
use super::{Encoding, Study};
use crate::cinn::wiring::{COLOURS, DRAWN, WANTED};
use crate::udp::Udp;

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

/// Makes lessons.
pub(super) struct Maker {
    gallery: Gallery,
    study: Study,
    seed: u64,
    stages: Vec<Stage>,
}

impl Maker {
    pub(super) fn new(gallery: Gallery, study: Study, seed: u64, stages: Vec<Stage>) -> Self {
        Self { gallery, study, seed, stages }
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
        for (sheet, Portraits { views: block, .. }) in characters.into_iter().enumerate() {
            let dice = &mut Dice::of(&[seed, 9, step, sheet as u64]);
            let mut order: Vec<usize> = (0..block.len()).collect();
            let mut channels = [0, 1, 2];
            (1..order.len()).rev().for_each(|i| order.swap(i, dice.below(i + 1)));
            (1..3).rev().for_each(|i| channels.swap(i, dice.below(i + 1)));
            let framed = |at: usize| {
                let (picture, udp) = pictured(&block[order[at % order.len()]], channels);
                let nothing = || TrainError::Network("a figure shows nothing from some side".into());
                Wanted::framed(&picture, &udp, stage.size_px).ok_or_else(nothing)
            };
            let mut wanted = framed(0)?;
            for at in 1..=views {
                lesson.drawings.push(drawn(&framed(at)?.colours));
            }
            lesson.colours.push(on_white(&wanted.colours));
            if study.udp_noise > 0.0 {
                let strength = dice.between(0.0, study.udp_noise);
                shaken(&mut wanted.udp, strength, dice);
            }
            lesson.wanted.push(asked(&wanted.udp, study.encoding));
            if study.detects() {
                let dice = &mut Dice::of(&[seed, 10, step, sheet as u64]);
                // In other light.
                let light: [f32; 3] = std::array::from_fn(|_| dice.between(0.8, 1.2));
                let lit = |&[r, g, b, a]: &[u8; 4]| {
                    let [r, g, b] =
                        [(r, 0), (g, 1), (b, 2)].map(|(v, c)| (f32::from(v) * light[c]).min(f32::from(a)) as u8);
                    [r, g, b, a]
                };
                let colours: Vec<[u8; 4]> = wanted.colours.iter().map(lit).collect();
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

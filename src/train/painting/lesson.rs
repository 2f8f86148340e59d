//! What one step learns from: a few characters, of each a sheet and pictures that are wanted.

use super::super::TrainError;
use super::super::data::{Portraits, Rendering};
use super::super::dice::Dice;
use crate::fude::renderer::prepare::{self, Known};
use crate::fude::renderer::wiring::INPUTS;
use crate::fude::{Detector, Hints, SheetDrawing};
use crate::picture::Picture;
use crate::progress::Silent;
use crate::sheet::framing::{Frame, premultiplied};
use crate::udp::Udp;

/// How many drawings a sheet has: one of these, the same for all characters of a lesson.
const DRAWINGS: [usize; 5] = [1, 2, 3, 4, 6];
/// How often what is wanted is a drawing of the sheet itself.
const OWN: f32 = 0.1;
/// How often a sheet's UDPs are exact: seldom, as there is little to mend then.
const EXACT: f32 = 0.15;

/// Characters in poses, and what landmark transfer proposes for each from a sheet.
#[derive(Clone, Debug)]
pub struct PaintLesson {
    /// Side of all pictures.
    pub size_px: usize,
    /// Drawings of a sheet.
    pub views: usize,
    /// What is wanted.
    pub wanted: Vec<Wanted>,
    /// For each that is wanted, what the net sees of its pixels.
    pub proposed: Vec<Vec<[f32; INPUTS]>>,
}

/// A pose and its picture.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of the lesson's size.
    pub udp: Udp,
    /// Premultiplied.
    pub colours: Vec<[u8; 4]>,
    /// What each pixel counts; nothing where all count the same.
    pub counts: Vec<f32>,
}

/// A view as a picture and its UDP.
pub(in super::super) fn pictured(view: &Rendering, channels: [usize; 3]) -> (Picture, Udp) {
    let side_px = view.side_px as u32;
    let (mut picture, mut udp) = (Picture::new(side_px, side_px), Udp::new(side_px, side_px));
    for (i, colour) in view.colours.iter().enumerate() {
        let [r, g, b] = channels.map(|channel| colour[channel]);
        picture.pixels[i] = [r, g, b, colour[3]];
        if view.parts[i] > 0 {
            let [x, y, z] = view.landmarks[i].map(|v| f32::from(v) / 65535.0);
            udp.pixels[i] = [x, y, z, 1.0];
        }
    }
    (picture, udp)
}

/// A drawing framed as the renderer frames it.
pub(super) fn drawn(picture: &Picture, udp: &Udp, size_px: usize) -> Option<Known> {
    Known::framed(&SheetDrawing { picture, udp, spread: None }, size_px)
}

impl Wanted {
    /// A picture framed by its pose; none where it shows nothing.
    pub(in super::super) fn framed(picture: &Picture, udp: &Udp, size_px: usize) -> Option<Self> {
        let size = size_px as u32;
        let frame = Frame::around(udp.width_px, udp.height_px, |i| udp.pixels[i][3] > 0.5)?;
        let mut shown = Udp::new(size, size);
        shown.pixels = frame.cut_nearest(&udp.pixels, size);
        Some(Self { udp: shown, colours: frame.cut(&premultiplied(picture), size), counts: vec![] })
    }
}

impl PaintLesson {
    /// Of characters' views: `wanted` pictures each, from sheets of so many drawings as the lot says. Where there is a
    /// `detector`, half of the sheets have UDPs that it found, with hints by lot.
    ///
    /// # Errors
    /// Views that show nothing.
    pub fn by_lot(
        characters: &[&Portraits],
        wanted: usize,
        size_px: usize,
        detector: Option<&Detector>,
        dice: &mut Dice,
    ) -> Result<Self, TrainError> {
        let views = dice.pick(DRAWINGS);
        let mut lesson = Self { size_px, views, wanted: vec![], proposed: vec![] };
        for Portraits { views: block, parts } in characters {
            let mut order: Vec<usize> = (0..block.len()).collect();
            for i in (1..order.len()).rev() {
                order.swap(i, dice.below(i + 1));
            }
            let exact = dice.chance(EXACT);
            let mut channels = [0, 1, 2];
            for i in [2, 1] {
                channels.swap(i, dice.below(i + 1));
            }
            let one = |at: usize| pictured(&block[order[at % order.len()]], channels);
            let mut sheet = vec![];
            for at in 0..views {
                let (picture, udp) = one(at);
                let mut known = drawn(&picture, &udp, size_px).ok_or_else(nothing)?;
                if !exact {
                    match detector {
                        Some(detector) => {
                            let told = block[order[at]].view_deg.filter(|_| dice.chance(0.5));
                            detected(&mut known, told, detector);
                        }
                        None => doubted(&mut known, dice),
                    }
                }
                sheet.push(known);
            }
            let transfer = prepare::transfer(&sheet, parts.clone(), &Silent).map_err(|_| nothing())?;
            for i in 0..wanted {
                let at = if dice.chance(OWN) { dice.below(views) } else { views + i };
                let (picture, udp) = one(at);
                let wanted = Wanted::framed(&picture, &udp, size_px).ok_or_else(nothing)?;
                let proposed = prepare::proposed(&transfer, &wanted.udp, &Silent).map_err(|_| nothing())?;
                lesson.wanted.push(wanted);
                lesson.proposed.push(proposed.0);
            }
        }
        Ok(lesson)
    }
}

fn nothing() -> TrainError {
    TrainError::Network("a figure shows nothing from some side".into())
}

/// Gives a drawing the UDP that a detector finds, who may be told the side that it shows.
pub(super) fn detected(known: &mut Known, view_deg: Option<f32>, detector: &Detector) {
    let told = Hints { view_deg, ..Hints::default() };
    let found = detector.detect(&known.picture, &told, Detector::LOOKS_PX.min(known.udp.width_px as usize));
    // Who finds nothing at all tells nothing.
    if found.udp.surface_points() > 0 {
        (known.udp, known.spread) = (found.udp, Some(found.spread));
    }
}

/// Moves a drawing's landmarks as an unsure eye would: smoothly, and told how far.
fn doubted(known: &mut Known, dice: &mut Dice) {
    let strength = dice.between(0.0, 0.04);
    let away = shaken(&mut known.udp, strength, dice);
    let there = known.udp.pixels.iter().map(|pixel| pixel[3] > 0.5);
    let told = |(away, there): (f32, bool)| {
        if there { (away * dice.between(0.6, 1.6)).max(0.003) } else { strength }
    };
    known.spread = Some(away.into_iter().zip(there).map(told).collect());
}

/// Moves the landmarks of a square UDP smoothly, by a normal lot of this deviation on each axis; answers how far, the mean of
/// the axes.
pub(in super::super) fn shaken(udp: &mut Udp, strength: f32, dice: &mut Dice) -> Vec<f32> {
    const GRID: usize = 5;
    let size_px = udp.width_px as usize;
    let noise: Vec<[f32; 3]> = (0..GRID * GRID).map(|_| [0; 3].map(|_| strength * dice.normal())).collect();
    let mut all = vec![0.0; udp.pixels.len()];
    for (i, pixel) in udp.pixels.iter_mut().enumerate().filter(|(_, pixel)| pixel[3] > 0.5) {
        let at = [i % size_px, i / size_px].map(|v| v as f32 / size_px as f32 * (GRID - 1) as f32);
        let [column, row] = at.map(|v| (v as usize).min(GRID - 2));
        let [s, t] = [at[0] - column as f32, at[1] - row as f32];
        let corner = |dx: usize, dy: usize, axis: usize| noise[(row + dy) * GRID + column + dx][axis];
        for (axis, value) in pixel[..3].iter_mut().enumerate() {
            let above = corner(0, 0, axis) * (1.0 - s) + corner(1, 0, axis) * s;
            let below = corner(0, 1, axis) * (1.0 - s) + corner(1, 1, axis) * s;
            let by = above * (1.0 - t) + below * t;
            *value = (*value + by).clamp(0.0, 1.0);
            all[i] += by.abs() / 3.0;
        }
    }
    all
}

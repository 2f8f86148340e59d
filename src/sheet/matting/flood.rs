//! Background removal from the border inwards.
//!
//! What looks like background is open ground, the rest walls. A flood from the border takes the ground; so that it doesn't
//! run through gaps of an outline, it is first done with a wide front that fits through no gap, then the front's margin
//! is added. Crevices too narrow for the front that lead nowhere, as between strands of hair, are flooded afterwards.

use super::background::Background;
use super::colour::lab_row;
use super::marks::{Mark, Marks};
use super::mask::{Mask, spread};
use super::{Cutout, MattingError, go_on};
use crate::picture::Picture;
use crate::progress::Progress;
use rayon::prelude::*;

pub(super) fn flood(
    picture: &Picture,
    settings: &Cutout,
    marks: &Marks,
    progress: &dyn Progress,
) -> Result<Mask, MattingError> {
    let mut walls = walls(picture, settings, marks, progress)?;
    progress.stage("Removing the background", 0);
    let stays = |at: usize| marks.at(at) == Mark::Character;
    walls.drop_specks(settings.specks_px as usize, stays, progress)?;

    // With a front of `margin` pixels to each side nothing passes a gap of twice as many.
    let margin = settings.gap_px.div_ceil(2).min(100) as u8;
    let room = walls.steps_to(true);
    let mut flooded = vec![false; walls.inside.len()];
    let start = |at: &usize| room[*at] > margin || (marks.at(*at) == Mark::Background && !walls.inside[*at]);
    let marked = (0..marks.marks.len()).filter(|&at| marks.at(at) == Mark::Background);
    let queue: Vec<usize> = walls.border().chain(marked).filter(start).collect();
    queue.iter().for_each(|&at| flooded[at] = true);
    let enter = |at: usize| room[at] > margin && !std::mem::replace(&mut flooded[at], true);
    spread(&walls, queue, enter, progress)?;
    grow(&walls, &mut flooded, margin, progress)?;
    take_what_is_left(&walls, &room, margin, &mut flooded, settings, progress)?;

    walls.inside = flooded.into_iter().map(|gone| !gone).collect();
    // Noise that stood in open ground.
    walls.drop_specks(settings.specks_px as usize, stays, progress)?;
    Ok(walls)
}

/// What can't be background by its colour, or mustn't be by the user's strokes.
fn walls(picture: &Picture, settings: &Cutout, marks: &Marks, progress: &dyn Progress) -> Result<Mask, MattingError> {
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    progress.stage("Looking at colours", height as u64);
    let background = Background::of(picture, marks, settings.tolerance.clamp(0.0, 100.0) / 100.0);
    let mut inside = vec![false; picture.pixels.len()];
    let rows = inside.par_chunks_exact_mut(width).zip(picture.pixels.par_chunks_exact(width)).enumerate();
    rows.try_for_each(|(y, (walls, pixels))| {
        go_on(progress)?;
        let colours = lab_row(pixels);
        for (x, wall) in walls.iter_mut().enumerate() {
            *wall = match marks.at(y * width + x) {
                Mark::Background => false,
                Mark::Character => true,
                Mark::None | Mark::Erased => pixels[x][3] > 0 && !background.accepts(x, y, colours[x]),
            };
        }
        progress.advance(1);
        Ok(())
    })?;
    Ok(Mask { width, height, inside })
}

/// Lets the flood grow by some pixels over open ground.
fn grow(walls: &Mask, flooded: &mut [bool], pixels: u8, progress: &dyn Progress) -> Result<(), MattingError> {
    let shore = |flooded: &[bool], at: usize| {
        flooded[at] && walls.all_neighbours(at).any(|other| !flooded[other] && !walls.inside[other])
    };
    let mut front: Vec<usize> = match pixels {
        0 => Vec::new(),
        _ => (0..flooded.len()).into_par_iter().filter(|&at| shore(flooded, at)).collect(),
    };
    for _ in 0..pixels {
        go_on(progress)?;
        let mut next = Vec::new();
        for at in front {
            for other in walls.all_neighbours(at) {
                if !walls.inside[other] && !flooded[other] {
                    flooded[other] = true;
                    next.push(other);
                }
            }
        }
        front = next;
    }
    Ok(())
}

/// Open ground that the flood didn't reach: crevices beside it are taken, rooms behind gaps only as holes.
fn take_what_is_left(
    walls: &Mask,
    room: &[u8],
    margin: u8,
    flooded: &mut [bool],
    settings: &Cutout,
    progress: &dyn Progress,
) -> Result<(), MattingError> {
    let mut seen = vec![false; flooded.len()];
    let on_border = |at: usize| {
        let (x, y) = (at % walls.width, at / walls.width);
        x == 0 || y == 0 || x + 1 == walls.width || y + 1 == walls.height
    };
    for start in 0..flooded.len() {
        if flooded[start] || walls.inside[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut area = vec![start];
        let enter = |at: usize| {
            let new = !walls.inside[at] && !flooded[at] && !std::mem::replace(&mut seen[at], true);
            if new {
                area.push(at);
            }
            new
        };
        spread(walls, vec![start], enter, progress)?;
        let is_crevice = area.iter().all(|&at| room[at] <= margin)
            && area.iter().any(|&at| on_border(at) || walls.neighbours(at).any(|other| flooded[other]));
        if is_crevice || (settings.holes && area.len() >= settings.specks_px as usize) {
            area.iter().for_each(|&at| flooded[at] = true);
        }
    }
    Ok(())
}

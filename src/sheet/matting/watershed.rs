//! Watershed from strokes (Meyer 1991): the strokes are sources, the strength of edges is the ground's height; water rises
//! from all sources at once, lowest ground first, and where two kinds meet the character ends.

use super::colour::{Lab, lab_row};
use super::marks::{Mark, Marks};
use super::mask::Mask;
use super::{MattingError, go_on};
use crate::picture::Picture;
use crate::progress::Progress;
use rayon::prelude::*;
use std::collections::VecDeque;

/// Rows that one thread converts at once.
const ROWS: usize = 64;

pub(super) fn watershed(picture: &Picture, marks: &Marks, progress: &dyn Progress) -> Result<Mask, MattingError> {
    if !marks.marks.contains(&Mark::Character) {
        return Err(MattingError::NoForeground);
    }
    let heights = heights(picture, progress)?;
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let mut mask = Mask { width, height, inside: vec![false; heights.len()] };
    // What is erased is so afterwards: it is no source of anything.
    let source = |&mark: &Mark| if mark == Mark::Erased { Mark::None } else { mark };
    let mut owners: Vec<Mark> = marks.marks.iter().map(source).collect();
    if !owners.contains(&Mark::Background) {
        mask.border().filter(|&at| owners[at] == Mark::None).collect::<Vec<_>>().into_iter().for_each(|at| {
            owners[at] = Mark::Background;
        });
    }
    let transparent = |at: usize| picture.pixels[at][3] == 0;
    (0..owners.len()).filter(|&at| transparent(at)).for_each(|at| owners[at] = Mark::Background);

    // One queue a height, first in first out: over flat ground both kinds advance at the same speed.
    let mut queues: Vec<VecDeque<u32>> = vec![VecDeque::new(); 256];
    let reaches_out = |owners: &[Mark], at: usize| mask.neighbours(at).any(|other| owners[other] == Mark::None);
    for at in (0..owners.len()).filter(|&at| owners[at] != Mark::None && reaches_out(&owners, at)) {
        queues[usize::from(heights[at])].push_back(at as u32);
    }
    progress.stage("Growing the strokes", 256);
    let mut visited = 0u32;
    for level in 0..queues.len() {
        while let Some(at) = queues[level].pop_front() {
            visited += 1;
            if visited.is_multiple_of(1 << 20) {
                go_on(progress)?;
            }
            for other in mask.neighbours(at as usize) {
                if owners[other] == Mark::None {
                    owners[other] = owners[at as usize];
                    queues[level.max(usize::from(heights[other]))].push_back(other as u32);
                }
            }
        }
        queues[level] = VecDeque::new();
        progress.advance(1);
    }
    mask.inside = owners.into_iter().map(|owner| owner == Mark::Character).collect();
    Ok(mask)
}

/// The strength of the edge at each pixel: Sobel's gradient over the three channels of OKLab, weak edges finely told apart.
fn heights(picture: &Picture, progress: &dyn Progress) -> Result<Vec<u8>, MattingError> {
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    progress.stage("Looking for edges", height as u64);
    let mut heights = vec![0u8; picture.pixels.len()];
    let row = |y: isize| {
        let y = y.clamp(0, height as isize - 1) as usize;
        lab_row(&picture.pixels[y * width..(y + 1) * width])
    };
    heights.par_chunks_mut(ROWS * width).enumerate().try_for_each(|(block, heights)| {
        let first = (block * ROWS) as isize;
        let mut rows: [Vec<Lab>; 3] = [row(first - 1), row(first), row(first + 1)];
        for (y, line) in (first..).zip(heights.chunks_exact_mut(width)) {
            go_on(progress)?;
            if y > first {
                rows.rotate_left(1);
                rows[2] = row(y + 1);
            }
            for (x, value) in line.iter_mut().enumerate() {
                *value = ((sobel(&rows, x) / 4.0).sqrt() * 255.0).min(255.0) as u8;
            }
            progress.advance(1);
        }
        Ok(())
    })?;
    Ok(heights)
}

fn sobel(rows: &[Vec<Lab>; 3], x: usize) -> f32 {
    let (left, right) = (x.saturating_sub(1), (x + 1).min(rows[1].len() - 1));
    let square = |c: usize| {
        let column = |x: usize| rows[0][x][c] + 2.0 * rows[1][x][c] + rows[2][x][c];
        let line = |row: &[Lab]| row[left][c] + 2.0 * row[x][c] + row[right][c];
        (column(right) - column(left)).powi(2) + (line(&rows[2]) - line(&rows[0])).powi(2)
    };
    (square(0) + square(1) + square(2)).sqrt()
}

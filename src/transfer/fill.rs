//! Colours for what no drawing shows well: they come from the nearest place on the same surface that one does show.

use super::Colour;
use super::surface::Surface;
use crate::progress::Progress;
use glam::Vec4;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Colours with at least this weight stay as they are.
const SURE: f32 = 0.05;
/// Weight of a neighbour's colour.
const NEIGHBOUR: f32 = 0.1;
/// Borders between colours from two places are softened over about the root of this many pixels.
const ROUNDS: usize = 12;

/// A pixel that the flood has reached.
struct Reached {
    /// How far along the surface, in landmark space.
    distance: f32,
    pixel: u32,
    /// The sure pixel it came from.
    origin: u32,
}

impl PartialEq for Reached {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Reached {}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        self.distance.total_cmp(&other.distance).then(self.pixel.cmp(&other.pixel))
    }
}

/// Is this pixel's colour the drawings' own?
pub(super) fn sure(colour: &Colour) -> bool {
    colour.weight >= SURE
}

/// For every unsure pixel the sure one that is nearest along the surface, if any is on the same surface (Dijkstra), over
/// links of which `joined` says that nothing ends there. Pixels that are sure or show nothing have none.
pub(super) fn origins(
    surface: &Surface,
    colours: &[Colour],
    joined: impl Fn(usize, usize) -> bool,
) -> Vec<Option<u32>> {
    let unsure = |i: usize| surface.seen(i) && !sure(&colours[i]);
    let mut origins = vec![None; colours.len()];
    let mut heap = BinaryHeap::new();
    let step = |i: usize, j: usize| surface.landmarks[i].distance(surface.landmarks[j]);
    for i in (0..colours.len()).filter(|&i| unsure(i)) {
        for j in surface.neighbours(i).filter(|&j| sure(&colours[j]) && joined(i, j)) {
            heap.push(Reverse(Reached { distance: step(i, j), pixel: i as u32, origin: j as u32 }));
        }
    }
    while let Some(Reverse(Reached { distance, pixel, origin })) = heap.pop() {
        let i = pixel as usize;
        if origins[i].is_some() {
            continue;
        }
        origins[i] = Some(origin);
        for j in surface.neighbours(i).filter(|&j| unsure(j) && origins[j].is_none() && joined(i, j)) {
            heap.push(Reverse(Reached { distance: distance + step(i, j), pixel: j as u32, origin }));
        }
    }
    origins
}

/// Lets each unsure colour become the mean of what was found there and of its neighbours, each by its weight
/// (Gauss–Seidel, there and back), over links that are `joined`.
pub(super) fn soften(
    surface: &Surface,
    colours: &mut [Colour],
    joined: impl Fn(usize, usize) -> bool,
    progress: &dyn Progress,
) {
    let mut unsure: Vec<(usize, Vec4)> = (0..colours.len())
        .filter(|&i| surface.seen(i) && !sure(&colours[i]))
        .map(|i| (i, colours[i].premultiplied))
        .collect();
    for _ in 0..ROUNDS {
        if progress.cancelled() {
            return;
        }
        for (i, found) in &unsure {
            let start = (*found * NEIGHBOUR, NEIGHBOUR);
            let (sum, weight) = surface
                .neighbours(*i)
                .filter(|&j| joined(*i, j))
                .fold(start, |(sum, weight), j| (sum + colours[j].premultiplied * NEIGHBOUR, weight + NEIGHBOUR));
            colours[*i].premultiplied = sum / weight;
        }
        unsure.reverse();
    }
}

/// Which part of a colour with this weight comes from drawings at this very place.
pub(super) fn known(weight: f32) -> f32 {
    (weight / SURE).min(1.0)
}

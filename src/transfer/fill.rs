//! Colours for what no drawing shows well: they flow in from the surroundings on the surface.

use super::Colour;
use super::surface::Surface;
use crate::progress::Progress;

/// Colours with at least this weight stay as they are.
const SURE: f32 = 0.2;
/// Weight of a neighbour's colour.
const NEIGHBOUR: f32 = 0.1;
/// Colours spread by about the root of this many pixels.
const ROUNDS: usize = 200;

/// Lets each unsure colour become the mean of what was found there and of its neighbours, each by its weight
/// (Gauss–Seidel, there and back).
pub(super) fn spread(surface: &Surface, colours: &mut [Colour], progress: &dyn Progress) {
    let mut unsure: Vec<(usize, Colour)> =
        (0..colours.len()).filter(|&i| surface.seen(i) && colours[i].weight < SURE).map(|i| (i, colours[i])).collect();
    for _ in 0..ROUNDS {
        if progress.cancelled() {
            return;
        }
        for (i, found) in &unsure {
            let start = (found.premultiplied * found.weight, found.weight + 1e-9);
            let (sum, weight) = surface
                .neighbours(*i)
                .fold(start, |(sum, weight), j| (sum + colours[j].premultiplied * NEIGHBOUR, weight + NEIGHBOUR));
            colours[*i].premultiplied = sum / weight;
        }
        unsure.reverse();
    }
}

/// Which part of a colour with this weight comes from drawings, the rest being its neighbours'.
pub(super) fn known(weight: f32) -> f32 {
    if weight >= SURE { 1.0 } else { weight / (weight + 4.0 * NEIGHBOUR) }
}

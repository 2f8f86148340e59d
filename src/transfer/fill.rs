//! Colours for what no drawing shows, from around it on the same surface.

use super::surface::Surface;
use glam::Vec4;

/// Below this confidence a pixel listens to its neighbours.
const UNSURE: f32 = 0.2;
/// How much a neighbour's colour counts against the pixel's own confidence.
const NEIGHBOUR: f32 = 0.1;
const ROUNDS: usize = 200;

/// Lets unsure pixels take colour from their neighbours on the same surface, in place, forwards and backwards in turn.
pub(super) fn spread(surface: &Surface, colours: &mut [(Vec4, f32)]) {
    let unsure: Vec<(usize, Vec4)> = (0..colours.len())
        .filter(|&i| surface.seen(i) && colours[i].1 < UNSURE)
        .map(|i| (i, colours[i].0 * colours[i].1))
        .collect();
    let settle = |colours: &mut [(Vec4, f32)], &(i, own): &(usize, Vec4)| {
        let (mut sum, mut total) = (own, colours[i].1 + 1e-9);
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            if let Some(neighbour) = surface.step(i, dx, dy) {
                sum += colours[neighbour].0 * NEIGHBOUR;
                total += NEIGHBOUR;
            }
        }
        // With neither confidence nor neighbours it stays as it was guessed.
        if total > 1e-6 {
            colours[i].0 = sum / total;
        }
    };
    for round in 0..ROUNDS {
        if round % 2 == 0 {
            unsure.iter().for_each(|pixel| settle(colours, pixel));
        } else {
            unsure.iter().rev().for_each(|pixel| settle(colours, pixel));
        }
    }
}

//! What drawings show along a silhouette beside the surface itself: ink lines, and how the edge was antialiased.

use super::cells::{Cells, narrow};
use super::contour::{Contour, coverage};
use super::surface::{DEEP, Surface};
use glam::{Vec3, Vec4};

/// Size of a region that shares a profile, in landmark space.
const REGION: f32 = 0.04;
/// A profile reaches from here …
const FIRST_PX: f32 = -1.5;
/// … in steps of a quarter of a pixel …
const STEPS_PER_PX: f32 = 4.0;
/// … so far: 3.25 pixels outside.
const STEPS: usize = 20;

/// Premultiplied RGBA by distance from the silhouette: what has to be added to the surface's own colour times its
/// coverage to get what is drawn. Sums and how many pixels they are from.
type Profile = [(Vec4, f32); STEPS];

/// The profiles of a character, by landmark.
pub(super) struct Rim {
    regions: Cells<Profile>,
    everywhere: Profile,
}

impl Rim {
    pub(super) fn new() -> Self {
        Self { regions: Cells::new(REGION), everywhere: Profile::default() }
    }

    /// Adds what one drawing shows; `colour` is its premultiplied colour at a pixel.
    pub(super) fn learn(&mut self, surface: &Surface, colour: impl Fn(usize) -> Vec4) {
        let contour = Contour::new(surface);
        for (i, owner) in contour.band(surface) {
            let distance_px = contour.distance_px[i];
            let inner = deepest(surface, owner);
            if distance_px < FIRST_PX || surface.depth[inner] == 0 {
                continue;
            }
            let rest = colour(i) - colour(inner) * coverage(distance_px);
            let region = self.regions.entry(surface.landmarks[owner]);
            let (step, part) = step_of(distance_px);
            for (step, share) in [(step, 1.0 - part), (step + 1, part)] {
                for (sum, weight) in [&mut region[step], &mut self.everywhere[step]] {
                    *sum += rest * share;
                    *weight += share;
                }
            }
        }
    }

    /// What lies along a silhouette at this landmark, beside the surface's share of the pixel; premultiplied.
    pub(super) fn at(&self, landmark: Vec3, distance_px: f32) -> Vec4 {
        let (step, part) = step_of(distance_px);
        let mean = |step: usize| {
            let (sum, weight) = self.everywhere[step];
            // Counts little, but is always there.
            let (mut sum, mut weight) = (sum / weight.max(1.0) * 0.01, 0.01);
            self.regions.around(landmark, |offset, region| {
                sum += region[step].0 * narrow(offset);
                weight += region[step].1 * narrow(offset);
            });
            sum / weight
        };
        mean(step).lerp(mean(step + 1), part)
    }
}

/// The step below and the share of the one above.
fn step_of(distance_px: f32) -> (usize, f32) {
    let at = ((distance_px - FIRST_PX) * STEPS_PER_PX).clamp(0.0, (STEPS - 1) as f32 - 1e-3);
    (at as usize, at.fract())
}

/// The pixel, a few links from `i`, that lies deepest inside: its colour isn't mixed with the edge's.
fn deepest(surface: &Surface, i: usize) -> usize {
    let mut here = i;
    for _ in 0..=DEEP {
        here = surface.neighbours(here).fold(here, |a, b| if surface.depth[b] > surface.depth[a] { b } else { a });
    }
    here
}

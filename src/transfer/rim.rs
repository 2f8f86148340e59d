//! What drawings show along a silhouette beside the surface itself: ink lines, and how the edge was antialiased.

use super::cells::{Cells, narrow};
use super::contour::{Contour, REACH_PX, coverage};
use super::edges::{mixed, seam};
use super::surface::{DEEP, Surface};
use glam::{Vec3, Vec4};
use rayon::prelude::*;
use std::collections::HashMap;

/// Size of a region that shares a profile, in landmark space.
const REGION: f32 = 0.04;
/// A profile reaches from here …
const FIRST_PX: f32 = -1.5;
/// … in steps of a quarter of a pixel …
const STEPS_PER_PX: f32 = 4.0;
/// … so far: 3.25 pixels outside.
const STEPS: usize = 20;

/// Less alpha is no character any more.
const CLEAR: f32 = 0.05;

/// Premultiplied RGBA by distance from the silhouette: what has to be added to the surface's own colour times its
/// coverage to get what is drawn. Sums and how many pixels they are from.
type Profile = [(Vec4, f32); STEPS];

/// The profiles of a character, by landmark.
pub(super) struct Rim {
    regions: Cells<Profile>,
    everywhere: Profile,
    /// What is drawn where one surface meets another beside the mean of both, by part.
    seams: HashMap<u16, Cells<Seams>>,
}

/// What is drawn along the seams of a region.
#[derive(Default)]
struct Seams {
    /// Of the steps from a pixel and a half inside to the seam itself.
    steps: [(Vec4, f32); 8],
    /// Landmarks on the other side, their sum and how many.
    across: (Vec3, f32),
}

/// So many pixels of drawn seams are as good as what silhouettes say.
const ENOUGH: f32 = 4.0;
/// So far apart are landmarks on the other side of a seam that is hardly the same one: an arm before the body meets other
/// places in each pose, and the line is that of a silhouette then.
const ANOTHER: f32 = 0.1;

impl Rim {
    pub(super) fn new() -> Self {
        Self { regions: Cells::new(REGION), everywhere: Profile::default(), seams: HashMap::new() }
    }

    /// Adds what one drawing shows; `colour` is its premultiplied colour at a pixel. Where what is drawn goes on beyond
    /// the UDP's silhouette, there is no rim to learn from.
    pub(super) fn learn(&mut self, surface: &Surface, parts: &[u16], colour: impl Fn(usize) -> Vec4 + Sync) {
        self.learn_seams(surface, parts, &colour);
        let clear = near_clear(surface, |i| colour(i).w < CLEAR);
        let contour = Contour::new(surface);
        for (i, owner) in contour.band(surface) {
            let distance_px = contour.distance_px[i];
            let inner = deepest(surface, owner);
            if distance_px < FIRST_PX || surface.depth[inner] == 0 || !clear[i] {
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

    fn learn_seams(&mut self, surface: &Surface, parts: &[u16], colour: &(impl Fn(usize) -> Vec4 + Sync)) {
        let shown = |i: usize| {
            let seam = seam(surface, i)?;
            let (own, other) = (deepest(surface, i), deepest(surface, seam.other));
            let deep = surface.depth[own] > 0 && surface.depth[other] > 0;
            let rest = colour(i) - mixed(colour(own), colour(other), seam.inside_px());
            deep.then_some((i, seam, rest))
        };
        let all: Vec<_> = (0..surface.len()).into_par_iter().filter_map(shown).collect();
        for (i, seam, rest) in all {
            let region = self.seams.entry(parts[i]).or_insert_with(|| Cells::new(REGION)).entry(surface.landmarks[i]);
            region.across.0 += surface.landmarks[seam.other];
            region.across.1 += 1.0;
            let (step, part) = step_of(seam.inside_px());
            for (step, share) in [(step, 1.0 - part), (step + 1, part)] {
                if let Some((sum, weight)) = region.steps.get_mut(step) {
                    *sum += rest * share;
                    *weight += share;
                }
            }
        }
    }

    /// What drawings show on this side of a seam, with the landmark `across` on the other, beside the mean of both
    /// surfaces, premultiplied, and how far (0 to 1) it is known.
    pub(super) fn seam(&self, part: u16, landmark: Vec3, across: Vec3, inside_px: f32) -> (Vec4, f32) {
        let Some(regions) = self.seams.get(&part) else { return (Vec4::ZERO, 0.0) };
        let (step, share) = step_of(inside_px);
        let (mut sum, mut weight) = (Vec4::ZERO, 0.0);
        regions.around(landmark, |offset, region| {
            let (others, count) = region.across;
            let alike = (-(others / count - across).length_squared() / (ANOTHER * ANOTHER)).exp();
            for (step, share) in [(step, 1.0 - share), (step + 1, share)] {
                if let Some((s, w)) = region.steps.get(step) {
                    sum += *s * share * alike * narrow(offset);
                    weight += w * share * alike * narrow(offset);
                }
            }
        });
        if weight > 0.0 { (sum / weight, weight / (weight + ENOUGH)) } else { (Vec4::ZERO, 0.0) }
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

/// For each pixel whether one that is clear lies within reach of a profile.
fn near_clear(surface: &Surface, clear: impl Fn(usize) -> bool) -> Vec<bool> {
    let (width, height) = (surface.width, surface.height);
    let along = |found: &[bool], i: usize, place: usize, count: usize, stride: usize| {
        let first = i - place.min(REACH_PX) * stride;
        (0..=place.min(REACH_PX) + (count - 1 - place).min(REACH_PX)).any(|k| found[first + k * stride])
    };
    let found: Vec<bool> = (0..surface.len()).map(clear).collect();
    let rows: Vec<bool> = (0..surface.len()).map(|i| along(&found, i, i % width, width, 1)).collect();
    (0..surface.len()).map(|i| along(&rows, i, i / width, height, width)).collect()
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

//! The silhouette at sub-pixel precision, and what drawings show just outside of it: antialiasing and ink lines.

use super::surface::Surface;
use glam::{Vec3, Vec4};
use std::collections::HashMap;

/// So far outside a drawing may still show something that belongs to it, in pixels.
pub(super) const REACH_PX: isize = 4;

/// Where the silhouette runs.
pub(super) struct Contour {
    /// Per pixel, in pixels: distance from the silhouette, negative inside; only near it, else ±∞.
    pub(super) distance: Vec<f32>,
    /// For pixels outside within reach: the nearest seen pixel; else `u32::MAX`.
    nearest: Vec<u32>,
}

impl Contour {
    pub(super) fn new(surface: &Surface) -> Self {
        let (w, h) = (surface.width, surface.height);
        let count = w * h;
        let at = |x: isize, y: isize| {
            if x < 0 || y < 0 || x >= w as isize || y >= h as isize {
                0.0
            } else {
                f32::from(u8::from(surface.seen(y as usize * w + x as usize)))
            }
        };
        // Binomial smoothing, σ = 1 pixel; only needed near the silhouette.
        const KERNEL: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];
        let mut rows = vec![0.0f32; count];
        for y in 0..h {
            for x in 0..w {
                rows[y * w + x] = (0..5).map(|k| KERNEL[k] * at(x as isize + k as isize - 2, y as isize)).sum();
            }
        }
        let mut smooth = vec![0.0f32; count];
        for y in 0..h {
            for x in 0..w {
                smooth[y * w + x] = (0..5)
                    .map(|k| {
                        let yy = y as isize + k as isize - 2;
                        if yy < 0 || yy >= h as isize { 0.0 } else { KERNEL[k] * rows[yy as usize * w + x] }
                    })
                    .sum();
            }
        }
        let mut distance = vec![f32::INFINITY; count];
        let mut nearest = vec![u32::MAX; count];
        for y in 0..h as isize {
            for x in 0..w as isize {
                let i = y as usize * w + x as usize;
                let g = smooth[i];
                let seen = surface.seen(i);
                if seen {
                    distance[i] = f32::NEG_INFINITY;
                }
                if g <= 0.0 || g >= 1.0 {
                    continue;
                }
                // The distance of a straight edge that is smoothed to this value (logistic approximation of the
                // normal distribution).
                let d = probit(g);
                // The pixel's centre itself is known to be inside or outside.
                distance[i] = if seen { d.clamp(-1.5, 0.0) } else { d.clamp(0.0, 1.5) };
            }
        }
        let border: Vec<usize> = (0..count).filter(|&i| surface.seen(i) && distance[i] > -1.5).collect();
        let mut reach = vec![f32::INFINITY; count];
        for &q in &border {
            let (qx, qy) = ((q % w) as isize, (q / w) as isize);
            for y in (qy - REACH_PX).max(0)..=(qy + REACH_PX).min(h as isize - 1) {
                for x in (qx - REACH_PX).max(0)..=(qx + REACH_PX).min(w as isize - 1) {
                    let p = y as usize * w + x as usize;
                    if surface.seen(p) {
                        continue;
                    }
                    let d = (((x - qx).pow(2) + (y - qy).pow(2)) as f32).sqrt();
                    if d < reach[p] {
                        reach[p] = d;
                        nearest[p] = q as u32;
                    }
                }
            }
        }
        for p in 0..count {
            if reach[p] > 1.5 && reach[p].is_finite() {
                distance[p] = reach[p] + distance[nearest[p] as usize];
            }
        }
        Self { distance, nearest }
    }

    /// The seen pixel nearest to one outside, within reach.
    pub(super) fn nearest(&self, i: usize) -> Option<usize> {
        (self.nearest[i] != u32::MAX).then_some(self.nearest[i] as usize)
    }

    /// Share of the pixel that the surface covers.
    pub(super) fn coverage(&self, i: usize) -> f32 {
        (0.5 - self.distance[i]).clamp(0.0, 1.0)
    }
}

/// Distance from a straight edge, in pixels and positive outside, that binomial smoothing turns into this share.
pub(super) fn probit(share: f32) -> f32 {
    ((1.0 - share) / share.max(1e-6)).max(1e-6).ln() / 1.702
}

const BINS: usize = 20;
const PER_PX: f32 = 4.0;
const FIRST: f32 = -1.5;
const CELL: f32 = 0.04;

/// What lies outside silhouettes, by landmark and distance.
pub(super) struct Rim {
    cells: HashMap<[i16; 3], [(Vec4, f32); BINS]>,
    all: [(Vec4, f32); BINS],
}

fn cell_of(landmark: Vec3) -> [i16; 3] {
    (landmark / CELL).floor().to_array().map(|v| v as i16)
}

fn bin_of(distance: f32) -> f32 {
    ((distance - FIRST) * PER_PX).clamp(0.0, BINS as f32 - 1.0)
}

impl Rim {
    pub(super) fn new() -> Self {
        Self { cells: HashMap::new(), all: [(Vec4::ZERO, 0.0); BINS] }
    }

    /// Adds what one drawing (premultiplied) shows around its silhouette.
    pub(super) fn learn(&mut self, surface: &Surface, contour: &Contour, colour: impl Fn(usize) -> Vec4) {
        for i in 0..surface.landmarks.len() {
            let d = contour.distance[i];
            if !d.is_finite() || d < FIRST {
                continue;
            }
            let owner = if surface.seen(i) { Some(i) } else { contour.nearest(i) };
            let Some(q) = owner else { continue };
            let deep = inner(surface, q);
            if surface.depth[deep] == 0 {
                continue;
            }
            let rest = colour(i) - colour(deep) * contour.coverage(i);
            let bin = bin_of(d);
            let (low, part) = (bin.floor() as usize, bin.fract());
            let cell = self.cells.entry(cell_of(surface.landmarks[q])).or_insert([(Vec4::ZERO, 0.0); BINS]);
            for (b, w) in [(low, 1.0 - part), ((low + 1).min(BINS - 1), part)] {
                for slot in [&mut cell[b], &mut self.all[b]] {
                    slot.0 += rest * w;
                    slot.1 += w;
                }
            }
        }
    }

    /// What is expected `distance` pixels outside a silhouette at this landmark, premultiplied.
    pub(super) fn at(&self, landmark: Vec3, distance: f32) -> Vec4 {
        let bin = bin_of(distance);
        let (low, part) = (bin.floor() as usize, bin.fract());
        let high = (low + 1).min(BINS - 1);
        let mut sums = [(Vec4::ZERO, 1e-6f32); 2];
        let centre = cell_of(landmark);
        for (sum, b) in sums.iter_mut().zip([low, high]) {
            if self.all[b].1 > 0.0 {
                *sum = (self.all[b].0 / self.all[b].1 * 0.01, 0.01);
            }
        }
        for dz in -1..=1 {
            for dy in -1..=1 {
                for dx in -1..=1 {
                    let key = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
                    let Some(cell) = self.cells.get(&key) else { continue };
                    let middle = (Vec3::from_array(key.map(f32::from)) + 0.5) * CELL;
                    let w = (-middle.distance_squared(landmark) / (2.0 * (0.5 * CELL).powi(2))).exp();
                    for (sum, b) in sums.iter_mut().zip([low, high]) {
                        sum.0 += cell[b].0 * w;
                        sum.1 += cell[b].1 * w;
                    }
                }
            }
        }
        let [a, b] = sums.map(|(c, w)| c / w);
        a.lerp(b, part)
    }
}

/// The pixel linked to `q` by at most two steps that lies deepest inside.
fn inner(surface: &Surface, q: usize) -> usize {
    let mut best = q;
    for _ in 0..3 {
        let here = best;
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
            if surface.linked(here, dx, dy) {
                let j = (here as isize + dx + dy * surface.width as isize) as usize;
                if surface.depth[j] > surface.depth[best] {
                    best = j;
                }
            }
        }
    }
    best
}

//! What a wrong picture costs, and which way it would be less.

use super::lesson::Wanted;
use crate::nn::kernels::{Batch, Map, Pool};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Differences of neighbouring pixels count by so much, at full and half the size. More of it makes blurs: where an edge lies
/// is not known to the pixel, and no edge is then less wrong than one beside its place.
const OF_EDGES: f32 = 0.15;
/// By so much counts that windows of a picture have more or less of edges, wherever in them, than those of the true one.
pub(in super::super) const OF_SHARPNESS: f32 = 0.5;
/// Side of these windows, pixels: wider than landmarks are usually off.
const WINDOW: usize = 8;
/// Pixels around the figure that count as well.
const AROUND: usize = 2;

/// A step's losses, weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PaintLosses {
    /// All together.
    pub total: f64,
    /// Mean difference of colours over white, in and around the figure.
    pub colour: f64,
    /// Of the differences of neighbours.
    pub edges: f64,
    /// Of opacity.
    pub opacity: f64,
    /// Of how much of edges there is.
    #[serde(default)]
    pub sharpness: f64,
}

impl PaintLosses {
    /// Each number with that of `other`.
    pub(in super::super) fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            total: mix(self.total, other.total),
            colour: mix(self.colour, other.colour),
            edges: mix(self.edges, other.edges),
            opacity: mix(self.opacity, other.opacity),
            sharpness: mix(self.sharpness, other.sharpness),
        }
    }
}

/// The losses of pictures, and the gradient by them; `sharp`: by how much sharpness counts.
///
/// # Panics
/// When the sizes don't fit.
pub(super) fn of_painter(picture: Map, wanted: &[Wanted], sharp: f32, pool: &Pool) -> (PaintLosses, Batch) {
    let [n, h, w, _] = picture.size();
    assert!(wanted.len() == n && wanted.iter().all(|v| v.colours.len() == h * w));
    let counted: Vec<Vec<f32>> = wanted.par_iter().map(|wanted| around(wanted, h, w)).collect();
    let total: f32 = counted.iter().flatten().sum::<f32>().max(1.0);
    let each = Each { sharp, size: [w, h], colours: 1.0 / (3.0 * total), opacity: 1.0 / (n * h * w) as f32 };
    let mut of_picture = pool.take(picture.size());
    let mut pictures: Vec<&mut [f32]> = of_picture.pixels_mut().collect();
    let losses: Vec<PaintLosses> = pictures
        .par_chunks_mut(h * w)
        .enumerate()
        .map(|(image, pictures)| each.image(picture.images(image, 1), &wanted[image], &counted[image], pictures))
        .collect();
    let mut sum = losses.into_iter().fold(PaintLosses::default(), |a, b| a.mixed(b, |a, b| a + b));
    sum.total = sum.colour + sum.edges + sum.opacity + sum.sharpness;
    (sum, of_picture)
}

fn sign(v: f32) -> f32 {
    if v == 0.0 { 0.0 } else { v.signum() }
}

/// What pixels in the figure and close around it count.
fn around(wanted: &Wanted, h: usize, w: usize) -> Vec<f32> {
    let there = |x: usize, y: usize| wanted.colours[y * w + x][3] > 0;
    let near = |at: usize, side: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(side);
    (0..h * w)
        .map(|i| {
            let (x, y) = (i % w, i / w);
            let counts = wanted.counts.get(i).copied().unwrap_or(1.0);
            if near(y, h).any(|y| near(x, w).any(|x| there(x, y))) { counts } else { 0.0 }
        })
        .collect()
}

/// What a pixel counts.
struct Each {
    sharp: f32,
    size: [usize; 2],
    colours: f32,
    opacity: f32,
}

impl Each {
    fn image(&self, picture: Map, wanted: &Wanted, counted: &[f32], of_picture: &mut [&mut [f32]]) -> PaintLosses {
        let [w, h] = self.size;
        let mut losses = PaintLosses::default();
        let truth: Vec<[f32; 3]> = (0..h * w)
            .map(|i| {
                let to = wanted.colours[i].map(|v| f32::from(v) / 255.0);
                [0, 1, 2].map(|c| to[c] + 1.0 - to[3])
            })
            .collect();
        let seen: Vec<[f32; 3]> = (0..h * w)
            .map(|i| {
                let from = picture.pixel(0, i / w, i % w);
                [0, 1, 2].map(|c| from[c] * from[3] + 1.0 - from[3])
            })
            .collect();
        let off: Vec<[f32; 3]> = seen.iter().zip(&truth).map(|(a, b)| [0, 1, 2].map(|c| a[c] - b[c])).collect();
        let mut slopes: Vec<[f32; 3]> = vec![[0.0; 3]; h * w];
        for i in 0..h * w {
            for c in 0..3 {
                losses.colour += f64::from(self.colours * counted[i] * off[i][c].abs());
                slopes[i][c] = self.colours * counted[i] * sign(off[i][c]);
            }
        }
        losses.edges += edges(&off, counted, [w, h], OF_EDGES * self.colours, &mut slopes);
        losses.sharpness += sharpness([&seen, &truth], counted, [w, h], self.sharp * self.colours, &mut slopes);
        let half = [w / 2, h / 2];
        let corners = |i: usize| {
            let at = i / half[0] * 2 * w + i % half[0] * 2;
            [at, at + 1, at + w, at + w + 1]
        };
        let cells = half[0] * half[1];
        let coarse: Vec<[f32; 3]> =
            (0..cells).map(|i| [0, 1, 2].map(|c| corners(i).map(|k| off[k][c]).iter().sum::<f32>() / 4.0)).collect();
        let of_coarse: Vec<f32> =
            (0..cells).map(|i| corners(i).map(|k| counted[k]).into_iter().fold(0.0, f32::max)).collect();
        let mut of_cells = vec![[0.0; 3]; cells];
        // A cell stands for four pixels.
        losses.edges += edges(&coarse, &of_coarse, half, 4.0 * OF_EDGES * self.colours, &mut of_cells);
        for (i, of_cell) in of_cells.iter().enumerate() {
            for k in corners(i) {
                (0..3).for_each(|c| slopes[k][c] += of_cell[c] / 4.0);
            }
        }
        for i in 0..h * w {
            let from = picture.pixel(0, i / w, i % w);
            let to = &mut of_picture[i];
            let opacity = from[3] - f32::from(wanted.colours[i][3]) / 255.0;
            losses.opacity += f64::from(self.opacity * opacity.abs());
            to[3] = self.opacity * sign(opacity);
            for c in 0..3 {
                to[c] = slopes[i][c] * from[3];
                to[3] += slopes[i][c] * (from[c] - 1.0);
            }
        }
        losses
    }
}

/// The loss of windows with more or less of edges than the true ones, and the gradients that it adds.
fn sharpness(
    [seen, truth]: [&[[f32; 3]]; 2],
    counted: &[f32],
    [w, h]: [usize; 2],
    each: f32,
    slopes: &mut [[f32; 3]],
) -> f64 {
    let mut loss = 0.0;
    for window in 0..w.div_ceil(WINDOW) * h.div_ceil(WINDOW) {
        let [left, top] = [window % w.div_ceil(WINDOW) * WINDOW, window / w.div_ceil(WINDOW) * WINDOW];
        for step in [1, w] {
            // Pixels and the ones to the left, or above.
            let pairs = || {
                let rows = top.max(step / w)..(top + WINDOW).min(h);
                let columns = left.max(usize::from(step == 1))..(left + WINDOW).min(w);
                rows.flat_map(move |y| columns.clone().map(move |x| y * w + x)).filter(|&i| counted[i] > 0.0)
            };
            for c in 0..3 {
                let steps = |of: &[[f32; 3]]| pairs().map(|i| (of[i][c] - of[i - step][c]).abs()).sum::<f32>();
                let more = steps(seen) - steps(truth);
                loss += f64::from(each * more.abs());
                for i in pairs() {
                    let slope = each * sign(more) * sign(seen[i][c] - seen[i - step][c]);
                    slopes[i][c] += slope;
                    slopes[i - step][c] -= slope;
                }
            }
        }
    }
    loss
}

/// The loss of differences between neighbours, and the gradients that it adds.
fn edges(off: &[[f32; 3]], counted: &[f32], [w, h]: [usize; 2], each: f32, slopes: &mut [[f32; 3]]) -> f64 {
    let mut loss = 0.0;
    let mut pair = |a: usize, b: usize| {
        for c in 0..3 {
            let step = off[b][c] - off[a][c];
            let weight = each * counted[b];
            loss += f64::from(weight * step.abs());
            slopes[b][c] += weight * sign(step);
            slopes[a][c] -= weight * sign(step);
        }
    };
    for i in 0..w * h {
        if i % w > 0 {
            pair(i - 1, i);
        }
        if i >= w {
            pair(i - w, i);
        }
    }
    loss
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Dice;
    use crate::udp::Udp;

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let (pool, dice) = (Pool::default(), &mut Dice::of(&[5]));
        let wanted: Vec<Wanted> = (0..2)
            .map(|_| {
                let colours = (0..64).map(|i| {
                    let a = if i % 8 < 3 { 0 } else { 255 };
                    [0; 3].map(|_| (dice.share() * f32::from(a as u8)) as u8)
                });
                let colours = colours.enumerate().map(|(i, [r, g, b])| [r, g, b, if i % 8 < 3 { 0 } else { 255 }]);
                Wanted { udp: Udp::new(8, 8), colours: colours.collect(), counts: vec![] }
            })
            .collect();
        let mut batch = pool.take([2, 8, 8, 4]);
        batch.pixels_mut().flatten().for_each(|v| *v = dice.share());
        let loss = |batch: &Batch| of_painter(batch.map(), &wanted, OF_SHARPNESS, &pool);
        let (losses, gradient) = loss(&batch);
        assert!(losses.colour > 0.1 && losses.edges > 0.015 && losses.opacity > 0.05, "{losses:?}");
        assert!(losses.sharpness > 1e-3, "{losses:?}");
        for (pixel, channel) in (0..512).step_by(7).map(|i| (i / 4, i % 4)) {
            let known = f64::from(gradient.pixels().nth(pixel).unwrap()[channel]);
            let mut moved = |by: f32| {
                batch.pixels_mut().nth(pixel).unwrap()[channel] += by;
                let loss = loss(&batch).0.total;
                batch.pixels_mut().nth(pixel).unwrap()[channel] -= by;
                loss
            };
            let (up, middle, down) = (moved(1e-3), moved(0.0), moved(-1e-3));
            let slope = (up - down) / 2e-3;
            let corner = ((up - middle) - (middle - down)).abs() / 1e-3;
            let off = (slope - known).abs();
            assert!(off < 0.02 * known.abs() + 2e-5 + corner, "{pixel} {channel}: {known} for {slope}");
        }
    }
}

//! The sheet's own cel shading, learned from what several drawings show of the same point.

use glam::{Mat3, Vec3, Vec4};
use std::collections::HashMap;

const BINS: usize = 16;
const CELL: f32 = 0.05;

/// The same point in two drawings.
pub(super) struct Pair {
    pub(super) landmark: Vec3,
    /// Normals in view space.
    pub(super) normals: [Vec3; 2],
    pub(super) colours: [Vec4; 2],
}

/// How colours depend on where a surface faces.
pub(super) struct Shade {
    light: Vec3,
    /// Tone by cosine to the light, 0 to 1.
    tone: [f32; BINS],
    /// Logarithm of the colour's change from tone 0 to 1, per landmark cell.
    depth: HashMap<[i16; 3], (Vec3, f32)>,
    usual: Vec3,
}

fn cell_of(landmark: Vec3) -> [i16; 3] {
    (landmark / CELL).floor().to_array().map(|v| v as i16)
}

fn log(c: Vec4) -> Vec3 {
    let c = c.truncate() + 0.03;
    Vec3::new(c.x.ln(), c.y.ln(), c.z.ln())
}

impl Shade {
    /// The shading that explains the pairs best; none where they are few, or show no shading.
    pub(super) fn new(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 200 {
            return None;
        }
        let change: Vec<f32> =
            pairs.iter().map(|p| (log(p.colours[1]) - log(p.colours[0])).dot(Vec3::splat(1.0 / 3.0))).collect();
        let mut square = Mat3::from_diagonal(Vec3::splat(1e-3 * pairs.len() as f32));
        let mut cross = Vec3::ZERO;
        for (p, &y) in pairs.iter().zip(&change) {
            let d = p.normals[1] - p.normals[0];
            let y = y.clamp(-0.5, 0.5);
            square += Mat3::from_cols(d * d.x, d * d.y, d * d.z);
            cross += d * y;
        }
        let mut light = (square.inverse() * cross).try_normalize()?;
        let (mut curve, mut error) = fit(pairs, &change, light);
        let mut step = 0.3;
        while step > 0.03 {
            let (u, v) = light.any_orthonormal_pair();
            let better = (0..8)
                .map(|k| {
                    let (s, c) = (k as f32 * std::f32::consts::FRAC_PI_4).sin_cos();
                    let l = (light + (u * c + v * s) * step).normalize();
                    let (f, e) = fit(pairs, &change, l);
                    (l, f, e)
                })
                .min_by(|a, b| a.2.total_cmp(&b.2))?;
            if better.2 < error {
                (light, curve, error) = better;
            } else {
                step *= 0.5;
            }
        }
        let low = curve.iter().copied().fold(f32::INFINITY, f32::min);
        let high = curve.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        // Also where a damaged pair has made it no number.
        if (high - low).partial_cmp(&0.01) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let mut shade =
            Self { light, tone: curve.map(|v| (v - low) / (high - low)), depth: HashMap::new(), usual: Vec3::ZERO };
        let mut all = (Vec3::ZERO, 1e-6);
        for p in pairs {
            let d = shade.tone(p.normals[1]) - shade.tone(p.normals[0]);
            let y = log(p.colours[1]) - log(p.colours[0]);
            let cell = shade.depth.entry(cell_of(p.landmark)).or_insert((Vec3::ZERO, 0.0));
            for slot in [cell, &mut all] {
                slot.0 += y * d;
                slot.1 += d * d;
            }
        }
        shade.usual = all.0 / all.1;
        Some(shade)
    }

    /// How lit a surface is that faces this way in view space, 0 to 1.
    pub(super) fn tone(&self, normal: Vec3) -> f32 {
        let (low, part) = bin(self.light.dot(normal));
        self.tone[low] + (self.tone[low + 1] - self.tone[low]) * part
    }

    /// What a colour is multiplied with when its tone changes by `change`.
    pub(super) fn factor(&self, landmark: Vec3, change: f32) -> Vec3 {
        let mut sum = (self.usual * 2.0, 2.0);
        let centre = cell_of(landmark);
        for dz in -1..=1 {
            for dy in -1..=1 {
                for dx in -1..=1 {
                    let key = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
                    let Some(cell) = self.depth.get(&key) else { continue };
                    let middle = (Vec3::from_array(key.map(f32::from)) + 0.5) * CELL;
                    let w = (-middle.distance_squared(landmark) / (2.0 * (0.5 * CELL).powi(2))).exp();
                    sum.0 += cell.0 * w;
                    sum.1 += cell.1 * w;
                }
            }
        }
        let e = sum.0 / sum.1 * change;
        Vec3::new(e.x.exp(), e.y.exp(), e.z.exp())
    }
}

fn bin(cosine: f32) -> (usize, f32) {
    let at = ((cosine + 1.0) * 0.5).clamp(0.0, 0.9999) * (BINS - 1) as f32;
    (at as usize, at.fract())
}

/// The curve by which brightness follows the cosine, least squares over pairs, and what it leaves unexplained.
#[allow(clippy::needless_range_loop, reason = "rows and columns of one matrix")]
fn fit(pairs: &[Pair], change: &[f32], light: Vec3) -> ([f32; BINS], f32) {
    let mut a = [[0.0f32; BINS]; BINS];
    let mut b = [0.0f32; BINS];
    for (p, &y) in pairs.iter().zip(change) {
        let y = y.clamp(-0.5, 0.5);
        let mut row = [(0usize, 0.0f32); 4];
        for (k, (n, sign)) in p.normals.iter().zip([-1.0, 1.0]).enumerate() {
            let (low, part) = bin(light.dot(*n));
            row[2 * k] = (low, sign * (1.0 - part));
            row[2 * k + 1] = (low + 1, sign * part);
        }
        for (i, u) in row {
            b[i] += u * y;
            for (j, v) in row {
                a[i][j] += u * v;
            }
        }
    }
    // A little smoothness decides what no pair shows.
    let n = pairs.len() as f32;
    for i in 0..BINS {
        a[i][i] += 1e-5 * n;
    }
    for i in 0..BINS - 1 {
        for (p, q, s) in [(i, i, 1.0), (i + 1, i + 1, 1.0), (i, i + 1, -1.0), (i + 1, i, -1.0)] {
            a[p][q] += s * 3e-4 * n;
        }
    }
    // Gauss elimination; the matrix is positive definite.
    for i in 0..BINS {
        for j in i + 1..BINS {
            let f = a[j][i] / a[i][i];
            for k in i..BINS {
                a[j][k] -= f * a[i][k];
            }
            b[j] -= f * b[i];
        }
    }
    let mut x = [0.0f32; BINS];
    for i in (0..BINS).rev() {
        let s: f32 = (i + 1..BINS).map(|k| a[i][k] * x[k]).sum();
        x[i] = (b[i] - s) / a[i][i];
    }
    let value = |n: Vec3| {
        let (low, part) = bin(light.dot(n));
        x[low] + (x[low + 1] - x[low]) * part
    };
    let error = pairs
        .iter()
        .zip(change)
        .map(|(p, y)| (y.clamp(-0.5, 0.5) - value(p.normals[1]) + value(p.normals[0])).powi(2))
        .sum();
    (x, error)
}

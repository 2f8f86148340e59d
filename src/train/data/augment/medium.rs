//! Paper, scanners and cut-out tools; what lies over and behind a figure.

use super::super::super::dice::Dice;

/// What the whole picture goes through.
pub(super) struct Medium {
    /// Sampled at this part of the size, then grown.
    coarse: f32,
    grey: bool,
    gamma: f32,
    contrast: f32,
    noise: f32,
    levels: Option<f32>,
    /// Alpha hardened about this level.
    cut: Option<[f32; 2]>,
    /// Colour that shines through soft edges.
    fringe: Option<f32>,
}

impl Medium {
    pub(super) fn by_lot(learning: bool, dice: &mut Dice) -> Self {
        let mut chance = |share: f32| learning && dice.chance(share);
        let [coarse, grey, gamma, contrast, noise, levels, cut, fringe] =
            [0.25, 0.06, 0.4, 0.3, 0.3, 0.1, 0.3, 0.15].map(&mut chance);
        Self {
            coarse: if coarse { dice.between(0.4, 0.9) } else { 1.0 },
            grey,
            gamma: if gamma { dice.between(0.7, 1.4) } else { 1.0 },
            contrast: if contrast { dice.between(0.6, 1.2) } else { 1.0 },
            noise: if noise { dice.between(0.0, 0.06) } else { 0.0 },
            levels: levels.then(|| dice.between(5.0, 20.0)),
            cut: cut.then(|| [dice.between(0.15, 0.85), dice.between(1.5, 8.0)]),
            fringe: fringe.then(|| dice.pick([0.0, 1.0])),
        }
    }

    /// The size at which the figure is to be sampled.
    pub(super) fn sampled_px(&self, size_px: usize) -> usize {
        ((size_px as f32 * self.coarse) as usize).clamp(16, size_px)
    }

    /// The picture in `size_px` squared, premultiplied.
    pub(super) fn finished(&self, sampled: &[[f32; 4]], size_px: usize, dice: &mut Dice) -> Vec<[f32; 4]> {
        let mut picture = grown(sampled, size_px);
        for pixel in &mut picture {
            let alpha = pixel[3];
            if alpha <= 0.0 {
                continue;
            }
            let mut rgb = [pixel[0], pixel[1], pixel[2]].map(|v| (v / alpha).clamp(0.0, 1.0));
            if self.grey {
                rgb = [0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]; 3];
            }
            for v in &mut rgb {
                *v = (*v - 0.5) * self.contrast + 0.5;
                *v = v.clamp(0.0, 1.0);
                if self.gamma != 1.0 {
                    *v = v.powf(self.gamma);
                }
                if let Some(levels) = self.levels {
                    *v = (*v * levels).round() / levels;
                }
            }
            if self.noise > 0.0 {
                let by = self.noise * dice.normal();
                rgb = rgb.map(|v| (v + by).clamp(0.0, 1.0));
            }
            let mut new = alpha;
            if let Some([level, slope]) = self.cut {
                new = ((alpha - level) * slope + 0.5).clamp(0.0, 1.0);
            }
            if let Some(light) = self.fringe {
                rgb = rgb.map(|v| v * alpha + light * (1.0 - alpha));
            }
            *pixel = [rgb[0] * new, rgb[1] * new, rgb[2] * new, new];
        }
        picture
    }
}

/// A square picture bilinearly in another size.
pub(super) fn grown(from: &[[f32; 4]], size_px: usize) -> Vec<[f32; 4]> {
    let side = from.len().isqrt();
    if side == size_px {
        return from.to_vec();
    }
    let place = |i: usize| {
        let at = ((i as f32 + 0.5) * side as f32 / size_px as f32 - 0.5).clamp(0.0, (side - 1) as f32);
        let first = (at as usize).min(side.saturating_sub(2));
        (first, at - first as f32)
    };
    (0..size_px * size_px)
        .map(|i| {
            let ((x, s), (y, t)) = (place(i % size_px), place(i / size_px));
            std::array::from_fn(|c| {
                let at = |dx: usize, dy: usize| from[(y + dy) * side + x + dx][c];
                let (above, below) = (at(0, 0) * (1.0 - s) + at(1, 0) * s, at(0, 1) * (1.0 - s) + at(1, 1) * s);
                above * (1.0 - t) + below * t
            })
        })
        .collect()
}

/// Things that are not the figure's: what lies over it, and what a cut-out tool left.
pub(super) fn strewn(picture: &mut [[f32; 4]], udp: &mut [[f32; 4]], size_px: usize, dice: &mut Dice) {
    let size = size_px as f32;
    let count = if dice.chance(0.15) { 1 + dice.below(2) } else { 0 };
    for _ in 0..count {
        let over = dice.chance(0.6);
        let (colour, second) = (dice.colour(), dice.colour());
        let centre = [dice.between(0.0, size), dice.between(0.0, size)];
        let (long, thin) = (dice.between(0.05, 0.5) * size, dice.between(0.02, 0.12) * size);
        let (sine, cosine) = dice.between(0.0, std::f32::consts::TAU).sin_cos();
        let (round, stripes) = (dice.chance(0.5), dice.between(0.0, 0.6));
        for i in 0..picture.len() {
            let (dx, dy) = ((i % size_px) as f32 - centre[0], (i / size_px) as f32 - centre[1]);
            let (a, b) = ((dx * cosine + dy * sine) / long, (dy * cosine - dx * sine) / thin);
            let inside = if round { a * a + b * b < 1.0 } else { a.abs() < 1.0 && b.abs() < 1.0 };
            if inside && (over || picture[i][3] < 0.5) {
                let [r, g, b] = if (a * 7.0).sin() < stripes { colour } else { second };
                picture[i] = [r, g, b, 1.0];
                udp[i] = [0.0; 4];
            }
        }
    }
}

/// A background: one colour, a gradient, clouds, or a pattern.
pub(in crate::train) fn background(size_px: usize, dice: &mut Dice) -> Vec<[f32; 3]> {
    let (first, second) = (dice.colour(), dice.colour());
    let kind = dice.below(4);
    let cells = dice.pick([2usize, 4, 8, 16, 32]);
    let noise: Vec<[f32; 3]> =
        (0..(cells + 1) * (cells + 1)).map(|_| [dice.share(), dice.share(), dice.share()]).collect();
    let (sine, cosine) = dice.between(0.0, std::f32::consts::TAU).sin_cos();
    let strength = dice.between(0.2, 1.0);
    (0..size_px * size_px)
        .map(|i| {
            let (u, v) = ((i % size_px) as f32 / size_px as f32, (i / size_px) as f32 / size_px as f32);
            let share = match kind {
                0 => 0.0,
                1 => (0.5 + (u - 0.5) * cosine + (v - 0.5) * sine).clamp(0.0, 1.0),
                2 => f32::from(((u * cells as f32) as usize + (v * cells as f32) as usize).is_multiple_of(2)),
                _ => {
                    let (x, y) = (u * cells as f32, v * cells as f32);
                    let (column, row, s, t) = (x as usize, y as usize, x.fract(), y.fract());
                    let corner = |dx: usize, dy: usize| noise[(row + dy) * (cells + 1) + column + dx];
                    return std::array::from_fn(|c| {
                        let above = corner(0, 0)[c] * (1.0 - s) + corner(1, 0)[c] * s;
                        let below = corner(0, 1)[c] * (1.0 - s) + corner(1, 1)[c] * s;
                        (first[c] + strength * (above * (1.0 - t) + below * t - first[c])).clamp(0.0, 1.0)
                    });
                }
            };
            std::array::from_fn(|c| first[c] + share * (second[c] - first[c]))
        })
        .collect()
}

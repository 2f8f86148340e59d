//! Resizing 8-bit images with OpenCV's arithmetic, which the published weights' program uses on both ways.
//!
//! An axis is a table of [`Taps`]: which source positions an output position reads, and with what weights. Tables
//! can be cut to the part of a source that exists and to the part of a result that is wanted, so a small box far
//! outside a huge image costs no more than the pixels that are there.

use std::ops::Range;

/// The source positions one output position reads, with their weights; empty where there is nothing but zeros.
pub(super) type Taps = Vec<(usize, f32)>;

/// How the weights of the taps become a byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Arithmetic {
    /// Two taps an axis, weights in 1/2048, fixed point throughout.
    FixedPoint,
    /// Weights that sum to one, in floats.
    Mean,
    /// Whole pixels: sums over squares of this many pixels a side, divided once.
    Blocks(u32),
}

/// Which of OpenCV's rules to follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    /// `INTER_LINEAR`: half-pixel centres.
    Linear,
    /// `INTER_AREA`: the mean of the covered area; a linear blend with positions of its own where it enlarges.
    Area,
}

/// The scaling of a square of `src_px` to one of `dst_px`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) src_px: u32,
    pub(super) dst_px: u32,
    pub(super) rule: Rule,
}

impl Scale {
    pub(super) fn arithmetic(&self) -> Arithmetic {
        if self.rule == Rule::Linear || self.dst_px > self.src_px {
            Arithmetic::FixedPoint
        } else if self.src_px.is_multiple_of(self.dst_px) {
            Arithmetic::Blocks(self.src_px / self.dst_px)
        } else {
            Arithmetic::Mean
        }
    }

    /// The taps of the given output positions, of which only source positions inside `visible` are kept, counted
    /// from its start.
    pub(super) fn taps(&self, outputs: Range<u32>, visible: Range<i64>) -> Vec<Taps> {
        outputs
            .map(|output| {
                let mut taps = self.taps_of(output);
                taps.retain_mut(|(position, _)| {
                    let inside = visible.contains(&(*position as i64));
                    if inside {
                        *position = (*position as i64 - visible.start) as usize;
                    }
                    inside
                });
                taps
            })
            .collect()
    }

    fn taps_of(&self, output: u32) -> Taps {
        match self.arithmetic() {
            Arithmetic::FixedPoint => self.blend(output),
            Arithmetic::Mean => self.covered(output),
            Arithmetic::Blocks(n) => (output * n..(output + 1) * n).map(|p| (p as usize, 1.0)).collect(),
        }
    }

    fn blend(&self, output: u32) -> Taps {
        let (scale, inverse) = (self.ratio(), f64::from(self.dst_px) / f64::from(self.src_px));
        let (position, fraction) = match self.rule {
            Rule::Linear => {
                let at = (f64::from(output) + 0.5) * scale - 0.5;
                (at.floor(), (at - at.floor()) as f32)
            }
            Rule::Area => {
                let at = (f64::from(output) * scale).floor();
                let fraction = (f64::from(output + 1) - (at + 1.0) * inverse) as f32;
                (at, if fraction <= 0.0 { 0.0 } else { fraction - fraction.floor() })
            }
        };
        let clamped = |p: f64| p.clamp(0.0, f64::from(self.src_px - 1)) as usize;
        let coefficient = |weight: f32| (weight * 2048.0).round_ties_even();
        vec![(clamped(position), coefficient(1.0 - fraction)), (clamped(position + 1.0), coefficient(fraction))]
    }

    fn covered(&self, output: u32) -> Taps {
        let scale = self.ratio();
        let source = f64::from(self.src_px);
        let (from, to) = (f64::from(output) * scale, (f64::from(output) + 1.0) * scale);
        let cell = scale.min(source - from);
        let last = to.floor().min(source - 1.0);
        let first = from.ceil().min(last);
        // OpenCV leaves out slivers below a thousandth of a pixel.
        let mut taps = Taps::new();
        if first - from > 1e-3 {
            taps.push((first as usize - 1, ((first - from) / cell) as f32));
        }
        taps.extend((first as usize..last as usize).map(|p| (p, (1.0 / cell) as f32)));
        if to - last > 1e-3 {
            taps.push((last as usize, ((to - last).min(1.0).min(cell) / cell) as f32));
        }
        taps
    }

    fn ratio(&self) -> f64 {
        f64::from(self.src_px) / f64::from(self.dst_px)
    }
}

/// The picture that `columns` × `rows` make of `pixels` (`width` of them in a row): four channels, row-major.
pub(super) fn resample(
    pixels: &[[u8; 4]],
    width: usize,
    columns: &[Taps],
    rows: &[Taps],
    arithmetic: Arithmetic,
) -> Vec<[u8; 4]> {
    // Sums of products of bytes with whole 1/2048ths stay exact in a float; only the second pass has to round.
    let squeezed: Vec<[f32; 4]> = if width == 0 {
        Vec::new()
    } else {
        pixels
            .chunks_exact(width)
            .flat_map(|row| columns.iter().map(|taps| weighted(taps, |p| row[p].map(f32::from))))
            .collect()
    };
    let at = |row: usize, column: usize| squeezed[row * columns.len() + column];
    let mut result = Vec::with_capacity(rows.len() * columns.len());
    for taps in rows {
        result.extend((0..columns.len()).map(|column| match arithmetic {
            Arithmetic::FixedPoint => fixed_point(taps, |row| at(row, column)),
            Arithmetic::Mean => weighted(taps, |row| at(row, column)).map(byte),
            Arithmetic::Blocks(2) => weighted(taps, |row| at(row, column)).map(|sum| ((sum + 2.0) / 4.0) as u8),
            Arithmetic::Blocks(n) => {
                let share = 1.0 / (n * n) as f32;
                weighted(taps, |row| at(row, column)).map(|sum| byte(sum * share))
            }
        }));
    }
    result
}

fn weighted(taps: &Taps, value: impl Fn(usize) -> [f32; 4]) -> [f32; 4] {
    let mut sum = [0.0; 4];
    for &(position, weight) in taps {
        let value = value(position);
        for c in 0..4 {
            sum[c] += weight * value[c];
        }
    }
    sum
}

fn fixed_point(taps: &Taps, value: impl Fn(usize) -> [f32; 4]) -> [u8; 4] {
    let mut sum = [2; 4];
    for &(position, weight) in taps {
        let value = value(position);
        for c in 0..4 {
            sum[c] += (weight as i32 * (value[c] as i32 >> 4)) >> 16;
        }
    }
    sum.map(|s| (s >> 2).clamp(0, 255) as u8)
}

fn byte(value: f32) -> u8 {
    value.round_ties_even() as u8
}

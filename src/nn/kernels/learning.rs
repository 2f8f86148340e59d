//! What learning takes besides convolutions: batch norm and activations in both directions, and the ways back of what
//! lies between layers. Sums are taken over runs of pixels, always the same ones, so that results don't depend on how
//! many threads there are.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::resize::for_channels;
use super::sums::sums;
use super::{Map, MapMut, Output};
use rayon::prelude::*;

const EPSILON: f64 = 1e-5;
/// Pixels whose sum is taken in single precision.
const RUN: usize = 64;

/// Mean and deviation of every channel over all pixels of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Means.
    pub means: Vec<f32>,
    /// Variances, biased.
    pub variances: Vec<f32>,
}

impl Moments {
    /// One over the deviation of a channel, with 1e-5 added to its variance.
    pub fn inverse_deviation(&self, channel: usize) -> f32 {
        (1.0 / (f64::from(self.variances[channel]) + EPSILON).sqrt()) as f32
    }
}

/// Two sums over all pixels for each channel; `sums` gets a run's pixel by pixel.
fn sums_of(pixels: usize, channels: usize, sums: impl Fn(std::ops::Range<usize>, &mut [f32]) + Sync) -> [Vec<f64>; 2] {
    let padded = channels.next_multiple_of(16);
    let runs = pixels.div_ceil(RUN);
    let mut partial = vec![0.0f32; runs * 2 * padded];
    partial.par_chunks_mut(2 * padded).enumerate().with_min_len(8).for_each(|(run, partial)| {
        sums(run * RUN..(run * RUN + RUN).min(pixels), partial);
    });
    [0, padded].map(|first| {
        let mut total = vec![0.0; channels];
        for run in partial.chunks(2 * padded) {
            total.iter_mut().zip(&run[first..]).for_each(|(total, &v)| *total += f64::from(v));
        }
        total
    })
}

/// The moments of a batch.
///
/// # Panics
/// When there are no pixels.
pub fn moments(x: Map) -> Moments {
    let pixels = x.n * x.h * x.w;
    let pivot = x.pixel(0, 0, 0);
    // Differences from the first pixel, so that a large mean costs no precision.
    let [sums, squares] = sums_of(pixels, x.c, |run, sums| {
        // SAFETY: the sums have room for whole registers of channels, the run lies in the batch.
        unsafe { dispatch(Isa::best(), SquareSums { x, pivot, run, sums }) }
    });
    let count = pixels as f64;
    let mean = |channel: usize| sums[channel] / count;
    Moments {
        means: (0..x.c).map(|channel| (mean(channel) + f64::from(pivot[channel])) as f32).collect(),
        variances: (0..x.c).map(|c| (squares[c] / count - mean(c) * mean(c)).max(0.0) as f32).collect(),
    }
}

struct SquareSums<'a> {
    x: Map<'a>,
    pivot: &'a [f32],
    run: std::ops::Range<usize>,
    sums: &'a mut [f32],
}

impl Kernel for SquareSums<'_> {
    /// # Safety
    /// The sums have room for whole registers of channels, the run lies in the batch.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let padded = self.sums.len() / 2;
        let sums = self.sums.as_mut_ptr();
        for pixel in self.run {
            // SAFETY: this function's contract.
            unsafe {
                let values = self.x.data.as_ptr().add(pixel * self.x.pitch);
                for_channels::<V>(self.x.c, |channel, lanes| {
                    let pivot = V::load_some(self.pivot.as_ptr().add(channel), lanes);
                    let value = V::load_some(values.add(channel), lanes).sub(pivot);
                    let (sum, square) = (sums.add(channel), sums.add(padded + channel));
                    V::load(sum).add(value).store(sum);
                    V::load(square).mul_add(value, value).store(square);
                });
            }
        }
    }
}

/// `out` = activation of (`x` · `scale` + `shift` + `before`), with this slope below zero (1: none).
///
/// # Panics
/// When the sizes don't fit.
pub fn scale_and_activate(x: Map, scale: &[f32], shift: &[f32], before: Option<Map>, slope: f32, out: &mut MapMut) {
    assert!(x.size() == out.view().size() && before.is_none_or(|b| b.size() == x.size()));
    assert!(scale.len() == x.c && shift.len() == x.c);
    let (w, pitch) = (x.w, out.pitch);
    let to = Output(out.data.as_mut_ptr());
    (0..x.n * x.h).into_par_iter().with_min_len(4).for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `out`.
        unsafe {
            let out = to.at(row * w * pitch);
            dispatch(Isa::best(), ActivateRow { x, scale, shift, before, slope, row, out, pitch });
        }
    });
}

struct ActivateRow<'a> {
    x: Map<'a>,
    scale: &'a [f32],
    shift: &'a [f32],
    before: Option<Map<'a>>,
    slope: f32,
    row: usize,
    out: *mut f32,
    pitch: usize,
}

impl Kernel for ActivateRow<'_> {
    /// # Safety
    /// `out` is a row with the channels of `x`.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { x, scale, shift, before, slope, row, out, pitch } = self;
        // SAFETY: this function's contract.
        unsafe {
            let (zero, slope) = (V::splat(0.0), V::splat(slope));
            for column in 0..x.w {
                let from = x.data.as_ptr().add((row * x.w + column) * x.pitch);
                let before = before.map(|b| b.data.as_ptr().add((row * x.w + column) * b.pitch));
                for_channels::<V>(x.c, |channel, lanes| {
                    let scale = V::load_some(scale.as_ptr().add(channel), lanes);
                    let shift = V::load_some(shift.as_ptr().add(channel), lanes);
                    let mut v = shift.mul_add(V::load_some(from.add(channel), lanes), scale);
                    if let Some(before) = before {
                        v = v.add(V::load_some(before.add(channel), lanes));
                    }
                    v.max(zero).mul_add(v.min(zero), slope).store_some(out.add(column * pitch + channel), lanes);
                });
            }
        }
    }
}

/// The way back through an activation, in place: the gradient by what went into it, from the one by its result `y`.
/// Answers the sums over all pixels of that gradient, and of it times `with` (where it is not given, zeros).
///
/// # Panics
/// When the sizes don't fit.
pub fn activation_gradient(gradient: &mut MapMut, y: Map, slope: f32, with: Option<Map>) -> [Vec<f64>; 2] {
    assert!(y.size() == gradient.view().size() && with.is_none_or(|with| with.size() == y.size()));
    let pitch = gradient.pitch;
    let to = Output(gradient.data.as_mut_ptr());
    sums_of(y.n * y.h * y.w, y.c, |run, sums| {
        // SAFETY: each pixel is written by one task, and the sums have room for whole registers of channels.
        unsafe { dispatch(Isa::best(), GradientRun { gradient: to, pitch, y, slope, with, run, sums }) }
    })
}

struct GradientRun<'a> {
    gradient: Output,
    pitch: usize,
    y: Map<'a>,
    slope: f32,
    with: Option<Map<'a>>,
    run: std::ops::Range<usize>,
    sums: &'a mut [f32],
}

impl Kernel for GradientRun<'_> {
    /// # Safety
    /// The run lies in all pictures; the sums have room for whole registers of channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { gradient, pitch, y, slope, with, run, sums } = self;
        let padded = sums.len() / 2;
        let sums = sums.as_mut_ptr();
        // SAFETY: this function's contract.
        unsafe {
            let (zero, one, slope) = (V::splat(0.0), V::splat(1.0), V::splat(slope));
            for pixel in run {
                let gradient = gradient.at(pixel * pitch);
                let y = y.data.as_ptr().add(pixel * y.pitch);
                let with = with.map(|with| with.data.as_ptr().add(pixel * with.pitch));
                for_channels::<V>(self.y.c, |channel, lanes| {
                    // 1 where the result is above zero, 0 elsewhere.
                    let above = V::load_some(y.add(channel), lanes).mul(V::splat(f32::MAX)).max(zero).min(one);
                    let factor = slope.mul_add(one.sub(slope), above);
                    let g = V::load_some(gradient.add(channel), lanes).mul(factor);
                    g.store_some(gradient.add(channel), lanes);
                    let sum = sums.add(channel);
                    V::load(sum).add(g).store(sum);
                    if let Some(with) = with {
                        let product = sums.add(padded + channel);
                        let with = V::load_some(with.add(channel), lanes);
                        V::load(product).mul_add(g, with).store(product);
                    }
                });
            }
        }
    }
}

/// `gradient` = `of_gradient` · `gradient` + `of_x` · `x` + `shift`, channel by channel: the way back through a norm.
///
/// # Panics
/// When the sizes don't fit.
pub fn norm_gradient(gradient: &mut MapMut, x: Map, of_gradient: &[f32], of_x: &[f32], shift: &[f32]) {
    assert_eq!(x.size(), gradient.view().size());
    assert!([of_gradient, of_x, shift].iter().all(|factors| factors.len() == x.c));
    let pitch = gradient.pitch;
    let to = Output(gradient.data.as_mut_ptr());
    (0..x.n * x.h).into_par_iter().with_min_len(4).for_each(|row| {
        let pixels = row * x.w..(row + 1) * x.w;
        // SAFETY: each row is written by one task.
        unsafe { dispatch(Isa::best(), NormGradientRow { gradient: to, pitch, x, of_gradient, of_x, shift, pixels }) }
    });
}

struct NormGradientRow<'a> {
    gradient: Output,
    pitch: usize,
    x: Map<'a>,
    of_gradient: &'a [f32],
    of_x: &'a [f32],
    shift: &'a [f32],
    pixels: std::ops::Range<usize>,
}

impl Kernel for NormGradientRow<'_> {
    /// # Safety
    /// The pixels lie in both pictures.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        // SAFETY: this function's contract.
        unsafe {
            for pixel in self.pixels {
                let at = self.gradient.at(pixel * self.pitch);
                let x = self.x.data.as_ptr().add(pixel * self.x.pitch);
                for_channels::<V>(self.x.c, |channel, lanes| {
                    let shift = V::load_some(self.shift.as_ptr().add(channel), lanes);
                    let of_x = V::load_some(self.of_x.as_ptr().add(channel), lanes);
                    let of_gradient = V::load_some(self.of_gradient.as_ptr().add(channel), lanes);
                    shift
                        .mul_add(V::load_some(x.add(channel), lanes), of_x)
                        .mul_add(V::load_some(at.add(channel), lanes), of_gradient)
                        .store_some(at.add(channel), lanes);
                });
            }
        }
    }
}

/// Adds `x` to `out`.
///
/// # Panics
/// When the sizes differ.
pub fn add(x: Map, out: &mut MapMut) {
    assert_eq!(x.size(), out.view().size());
    sums(x, out, true, |sum, [image, y, column]| sum.add(image, y, column, 1.0));
}

/// The way back through bilinear growing to twice the size.
///
/// # Panics
/// When `gradient` is not twice as large.
pub fn double_gradient(gradient: Map, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(gradient.size(), [n, 2 * h, 2 * w, c]);
    // Pixels of the grown picture that see pixel `i` of `count`, and how much of them is it.
    let seen = |i: usize, count: usize| {
        let (edge, last) = (|at: bool| if at { 1.0 } else { 0.75 }, i + 1 == count);
        [
            (i > 0).then(|| (2 * i - 1, 0.25)),
            Some((2 * i, edge(i == 0))),
            Some((2 * i + 1, edge(last))),
            (!last).then_some((2 * i + 2, 0.25)),
        ]
    };
    sums(gradient, out, false, |sum, [image, y, column]| {
        for (y, share_y) in seen(y, h).into_iter().flatten() {
            for (column, share_x) in seen(column, w).into_iter().flatten() {
                sum.add(image, y, column, share_x * share_y);
            }
        }
    });
}

/// Calls `f` with each pixel's image, row and column, and its channels.
pub(super) fn rows(out: &mut MapMut, f: impl Fn(usize, usize, usize, &mut [f32]) + Sync) {
    let (h, w, c, pitch) = (out.h, out.w, out.c, out.pitch);
    let lines = out.data.par_chunks_mut((w * pitch).max(1)).take(out.n * h).enumerate().with_min_len(2);
    lines.for_each(|(row, line)| {
        for (column, pixel) in line.chunks_mut(pitch.max(1)).take(w).enumerate() {
            f(row / h, row % h, column, &mut pixel[..c]);
        }
    });
}

//! Norms and activations that are not part of a convolution.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::resize::for_channels;
use super::{Join, Map, MapMut, Output};
use rayon::prelude::*;

const EPSILON: f64 = 1e-5;
/// Pixels whose sum is taken in single precision.
const RUN: usize = 64;

/// Instance norm in place: every channel of every image less its mean, over its standard deviation (biased, with 1e-5
/// added to the variance), times `gain`, plus `bias`; then what is joined before the activation, the activation with
/// these slopes below zero (zeros are ReLU), and what is joined after it.
///
/// # Panics
/// When the sizes don't fit.
pub fn instance_norm(x: &mut MapMut, gain: &[f32], bias: &[f32], join: Join, slopes: Option<&[f32]>) {
    let (area, channels) = (x.h * x.w, x.c);
    assert!(gain.len() == channels && bias.len() == channels);
    assert!(slopes.is_none_or(|slopes| slopes.len() == channels));
    assert!([join.before, join.after].iter().flatten().all(|m| m.size() == x.view().size()));
    if area * channels == 0 {
        return;
    }
    let view = x.view();
    let runs = area.div_ceil(RUN);
    // Sums of differences from the image's first pixel, so that a large mean costs no precision.
    let partial: Vec<Vec<f32>> = (0..x.n * runs)
        .into_par_iter()
        .map(|run| {
            let (image, pixels) = (run / runs, run % runs * RUN..(run % runs * RUN + RUN).min(area));
            let mut sums = vec![0.0; 2 * channels.next_multiple_of(16)];
            // SAFETY: the sums have room for whole registers of channels.
            unsafe { dispatch(Isa::best(), SumRun { x: &view, image, pixels, sums: &mut sums }) };
            sums
        })
        .collect();
    let factors: Vec<[Vec<f32>; 2]> = partial
        .chunks(runs)
        .enumerate()
        .map(|(image, partial)| {
            let pivot = view.pixel(image, 0, 0);
            let factor = |channel: usize| {
                let mean_of = |at: usize| partial.iter().map(|p| f64::from(p[at])).sum::<f64>() / area as f64;
                let (mean, square) = (mean_of(channel), mean_of(channels.next_multiple_of(16) + channel));
                let variance = (square - mean * mean).max(0.0);
                let scale = f64::from(gain[channel]) / (variance + EPSILON).sqrt();
                let mean = mean + f64::from(pivot[channel]);
                (mean as f32, scale as f32)
            };
            let (means, scales) = (0..channels).map(factor).unzip();
            [means, scales]
        })
        .collect();
    let (to, w, pitch) = (Output(x.data.as_mut_ptr()), x.w, x.pitch);
    (0..x.n * x.h).into_par_iter().for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `x`, whose slice covers all its pixels.
        unsafe {
            let pixels = to.at(row * w * pitch);
            let factors = &factors[row / (area / w)];
            dispatch(Isa::best(), NormRow { pixels, w, pitch, row, factors, bias, join, slopes });
        }
    });
}

struct SumRun<'a> {
    x: &'a Map<'a>,
    image: usize,
    pixels: std::ops::Range<usize>,
    /// Sums, then sums of squares, each of whole registers of channels.
    sums: &'a mut [f32],
}

impl Kernel for SumRun<'_> {
    /// # Safety
    /// The sums have room for whole registers of channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let SumRun { x, image, pixels, sums } = self;
        let pivot = x.pixel(image, 0, 0).as_ptr();
        let squares = sums.len() / 2;
        let sums = sums.as_mut_ptr();
        for pixel in pixels {
            let values = x.pixel(image, pixel / x.w, pixel % x.w).as_ptr();
            for_channels::<V>(x.c, |channel, lanes| {
                // SAFETY: the pixels have these channels, and the sums whole registers of them.
                unsafe {
                    let pivot = V::load_some(pivot.add(channel), lanes);
                    let value = V::load_some(values.add(channel), lanes).sub(pivot);
                    let (sum, square) = (sums.add(channel), sums.add(squares + channel));
                    V::load(sum).add(value).store(sum);
                    V::load(square).mul_add(value, value).store(square);
                }
            });
        }
    }
}

struct NormRow<'a> {
    pixels: *mut f32,
    w: usize,
    pitch: usize,
    row: usize,
    /// Means and scales.
    factors: &'a [Vec<f32>; 2],
    bias: &'a [f32],
    join: Join<'a>,
    slopes: Option<&'a [f32]>,
}

impl Kernel for NormRow<'_> {
    /// # Safety
    /// `pixels` is a row with as many channels as there are factors.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let NormRow { pixels, w, pitch, row, factors: [means, scales], bias, join, slopes } = self;
        for column in 0..w {
            let joined = |m: Map| m.pixel(row / m.h, row % m.h, column).as_ptr();
            let (before, after) = (join.before.map(joined), join.after.map(joined));
            for_channels::<V>(scales.len(), |channel, lanes| {
                // SAFETY: this function's contract.
                unsafe {
                    let at = pixels.add(column * pitch + channel);
                    let scale = V::load_some(scales.as_ptr().add(channel), lanes);
                    let mean = V::load_some(means.as_ptr().add(channel), lanes);
                    let bias = V::load_some(bias.as_ptr().add(channel), lanes);
                    let mut x = bias.mul_add(V::load_some(at, lanes).sub(mean), scale);
                    if let Some(before) = before {
                        x = x.add(V::load_some(before.add(channel), lanes));
                    }
                    if let Some(slopes) = slopes {
                        let zero = V::splat(0.0);
                        x = x.max(zero).mul_add(x.min(zero), V::load_some(slopes.as_ptr().add(channel), lanes));
                    }
                    if let Some(after) = after {
                        x = x.add(V::load_some(after.add(channel), lanes));
                    }
                    x.store_some(at, lanes);
                }
            });
        }
    }
}

/// `1 / (1 + e^−x)` in place.
pub fn sigmoid(x: &mut MapMut) {
    let (w, channels, pitch) = (x.w, x.c, x.pitch);
    let to = Output(x.data.as_mut_ptr());
    (0..x.n * x.h).into_par_iter().for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `x`, whose slice covers all its pixels.
        unsafe { dispatch(Isa::best(), SigmoidRow { pixels: to.at(row * w * pitch), w, channels, pitch }) }
    });
}

struct SigmoidRow {
    pixels: *mut f32,
    w: usize,
    channels: usize,
    pitch: usize,
}

impl Kernel for SigmoidRow {
    /// # Safety
    /// `pixels` is a row with these channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        for column in 0..self.w {
            for_channels::<V>(self.channels, |channel, lanes| {
                // SAFETY: this function's contract.
                unsafe {
                    let at = self.pixels.add(column * self.pitch + channel);
                    let (zero, one) = (V::splat(0.0), V::splat(1.0));
                    let power = zero.sub(V::load_some(at, lanes)).exp();
                    one.div(one.add(power)).store_some(at, lanes);
                }
            });
        }
    }
}

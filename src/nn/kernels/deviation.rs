//! How much the pictures of a batch differ from one another: the minibatch standard deviation (Karras et al. 2018,
//! section 3), which tells a discriminator of pictures that are all alike.

use super::learning::rows;
use super::{Map, MapMut};

const EPSILON: f64 = 1e-8;

/// The standard deviation over the images of a batch of each channel at each place, in the mean over all of them.
pub fn deviation(x: Map) -> f32 {
    let mut total = 0.0;
    for (y, column) in (0..x.h).flat_map(|y| (0..x.w).map(move |column| (y, column))) {
        total += (0..x.c).map(|channel| over_images(x, y, column, channel).1).sum::<f64>();
    }
    (total / (x.h * x.w * x.c) as f64) as f32
}

/// The way back through [`deviation`].
///
/// # Panics
/// When the sizes differ.
pub fn deviation_gradient(x: Map, gradient: f32, out: &mut MapMut) {
    assert_eq!(x.size(), out.view().size());
    let share = f64::from(gradient) / (x.n * x.h * x.w * x.c) as f64;
    rows(out, |image, y, column, to| {
        for (channel, (to, &v)) in to.iter_mut().zip(x.pixel(image, y, column)).enumerate() {
            let (mean, deviation) = over_images(x, y, column, channel);
            *to = (share * (f64::from(v) - mean) / deviation) as f32;
        }
    });
}

/// By how much [`deviation`] changes for each step of `x` along a change.
///
/// # Panics
/// When the sizes differ.
pub fn deviation_change(x: Map, change: Map) -> f32 {
    assert_eq!(x.size(), change.size());
    let mut total = 0.0;
    for (y, column) in (0..x.h).flat_map(|y| (0..x.w).map(move |column| (y, column))) {
        total += (0..x.c).map(|channel| change_over_images(x, change, y, column, channel).1).sum::<f64>();
    }
    (total / (x.h * x.w * x.c) as f64) as f32
}

/// By how much [`deviation_gradient`] changes for each step of `x` along a change: the way back through
/// [`deviation_change`] to `x`.
///
/// # Panics
/// When the sizes differ.
pub fn deviation_curvature(x: Map, change: Map, gradient: f32, out: &mut MapMut) {
    assert!(x.size() == change.size() && x.size() == out.view().size());
    let share = f64::from(gradient) / (x.n * x.h * x.w * x.c) as f64;
    rows(out, |image, y, column, to| {
        let both = x.pixel(image, y, column).iter().zip(change.pixel(image, y, column));
        for (channel, (to, (&v, &moved))) in to.iter_mut().zip(both).enumerate() {
            let (mean, deviation) = over_images(x, y, column, channel);
            let (mean_change, deviation_change) = change_over_images(x, change, y, column, channel);
            let (centred, moved) = (f64::from(v) - mean, f64::from(moved) - mean_change);
            *to = (share * (moved - centred * deviation_change / deviation) / deviation) as f32;
        }
    });
}

/// By how much the mean and the deviation of a channel at a place change.
fn change_over_images(x: Map, change: Map, y: usize, column: usize, channel: usize) -> (f64, f64) {
    let (mean, deviation) = over_images(x, y, column, channel);
    let value = |map: Map, image: usize| f64::from(map.pixel(image, y, column)[channel]);
    let along = (0..x.n).map(|image| (value(x, image) - mean) * value(change, image)).sum::<f64>();
    let moved = (0..x.n).map(|image| value(change, image)).sum::<f64>();
    (moved / x.n as f64, along / x.n as f64 / deviation)
}

/// Mean and deviation of a channel at a place.
fn over_images(x: Map, y: usize, column: usize, channel: usize) -> (f64, f64) {
    let values = || (0..x.n).map(|image| f64::from(x.pixel(image, y, column)[channel]));
    let mean = values().sum::<f64>() / x.n as f64;
    let variance = values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / x.n as f64;
    (mean, (variance + EPSILON).sqrt())
}

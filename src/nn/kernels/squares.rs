//! Four pixels for one and one for four: the corners of 2×2 squares, in both directions.

use super::learning::rows;
use super::sums::sums;
use super::{Map, MapMut};

const CORNERS: [(usize, usize); 4] = [(0, 0), (0, 1), (1, 0), (1, 1)];

/// The mean of 2×2 pixels for four.
///
/// # Panics
/// When `x` is not twice as large.
pub fn halve(x: Map, out: &mut MapMut) {
    gather(x, 0.25, out);
}

/// The way back through [`halve`].
///
/// # Panics
/// When `out` is not twice as large.
pub fn halve_gradient(gradient: Map, out: &mut MapMut) {
    spread(gradient, 0.25, out);
}

/// Each pixel four times.
///
/// # Panics
/// When `out` is not twice as large.
pub fn repeat(x: Map, out: &mut MapMut) {
    spread(x, 1.0, out);
}

/// The way back through [`repeat`].
///
/// # Panics
/// When the gradient is not twice as large.
pub fn repeat_gradient(gradient: Map, out: &mut MapMut) {
    gather(gradient, 1.0, out);
}

/// The pixels of 2×2 squares, row by row, become four channels each: the inverse of
/// [`pixel_shuffle`](super::pixel_shuffle), and so its way back.
///
/// # Panics
/// When the sizes don't fit.
pub fn pixel_unshuffle(x: Map, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(x.size(), [n, 2 * h, 2 * w, c / 4]);
    rows(out, |image, y, column, to| {
        for (corner, (i, j)) in CORNERS.into_iter().enumerate() {
            let from = x.pixel(image, 2 * y + i, 2 * column + j);
            to[corner..].iter_mut().step_by(4).zip(from).for_each(|(to, from)| *to = *from);
        }
    });
}

/// The sum of 2×2 pixels, times `share`, for four.
fn gather(x: Map, share: f32, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(x.size(), [n, 2 * h, 2 * w, c]);
    sums(x, out, false, |sum, [image, y, column]| {
        CORNERS.iter().for_each(|(i, j)| sum.add(image, 2 * y + i, 2 * column + j, share));
    });
}

/// Each pixel four times, times `share`.
fn spread(x: Map, share: f32, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(x.size(), [n, h / 2, w / 2, c]);
    sums(x, out, false, |sum, [image, y, column]| sum.add(image, y / 2, column / 2, share));
}

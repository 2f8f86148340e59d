//! Convolutions of one-hot maps: a plane a point, +1 at the pixel where it lies and −1 elsewhere. As nearly all of them is
//! one number, their convolution is that of this number, which differs at the border alone, and nine pixels a point.

use super::learning::rows;
use super::{Map, MapMut};
use rayon::prelude::*;

/// Of a convolution, along a side.
const TAPS: usize = 3;

/// The convolution of 3×3 taps, with zeros around the maps. `points`: N×1×1×2P, the x and y of each as shares of the
/// sides; one outside 0..1 lies nowhere. `weights`: outputs×P×3×3.
///
/// # Panics
/// When sizes don't fit.
pub fn one_hot(points: Map, weights: &[f32], out: &mut MapMut) {
    let (planes, [_, h, w, channels]) = (planes(points, out.view()), out.view().size());
    assert_eq!(weights.len(), channels * planes * TAPS * TAPS);
    let weight = |channel: usize, plane: usize, tap: usize| weights[(channel * planes + plane) * TAPS * TAPS + tap];
    let of_tap = |tap| move |channel| -> f32 { (0..planes).map(|plane| weight(channel, plane, tap)).sum() };
    // What is left where no point is near: at the left border, within, and at the right one, and so from top to bottom.
    let mut still = vec![0.0; TAPS * TAPS * channels];
    for (place, still) in still.chunks_mut(channels.max(1)).enumerate() {
        let reached = |tap: &usize| reaches(place / TAPS, tap / TAPS) && reaches(place % TAPS, tap % TAPS);
        for tap in (0..TAPS * TAPS).filter(reached) {
            still.iter_mut().enumerate().for_each(|(channel, still)| *still -= of_tap(tap)(channel));
        }
    }
    rows(out, |_, y, x, to| {
        let place = (TAPS * border(y, h) + border(x, w)) * channels;
        to.copy_from_slice(&still[place..][..channels]);
    });
    for (image, plane) in (0..points.n).flat_map(|image| (0..planes).map(move |plane| (image, plane))) {
        for (tap, y, x) in seen_by(points, image, plane, [h, w]) {
            let to = out.pixel_mut(image, y, x);
            to.iter_mut().enumerate().for_each(|(channel, to)| *to += 2.0 * weight(channel, plane, tap));
        }
    }
}

/// Adds the gradient by the weights of [`one_hot`], from that by its result.
///
/// # Panics
/// When sizes don't fit.
pub fn add_one_hot_gradient(points: Map, gradient: Map, of_weights: &mut [f32]) {
    let (planes, [n, h, w, channels]) = (planes(points, gradient), gradient.size());
    assert_eq!(of_weights.len(), channels * planes * TAPS * TAPS);
    // The sum of all pixels in each of the nine places, image by image, so that results don't depend on threads.
    let sums: Vec<Vec<f64>> = (0..n).into_par_iter().map(|image| sums_of_places(gradient, image)).collect();
    let mut all = vec![0.0; TAPS * TAPS * channels];
    sums.iter().for_each(|sums| all.iter_mut().zip(sums).for_each(|(all, v)| *all += v));
    let still = |channel: usize, tap: usize| -> f64 {
        let reached = |place: &usize| reaches(place / TAPS, tap / TAPS) && reaches(place % TAPS, tap % TAPS);
        (0..TAPS * TAPS).filter(reached).map(|place| all[place * channels + channel]).sum()
    };
    for (i, of_weight) in of_weights.iter_mut().enumerate() {
        *of_weight -= still(i / (planes * TAPS * TAPS), i % (TAPS * TAPS)) as f32;
    }
    for (image, plane) in (0..n).flat_map(|image| (0..planes).map(move |plane| (image, plane))) {
        for (tap, y, x) in seen_by(points, image, plane, [h, w]) {
            for (channel, &v) in gradient.pixel(image, y, x).iter().enumerate() {
                of_weights[(channel * planes + plane) * TAPS * TAPS + tap] += 2.0 * v;
            }
        }
    }
}

/// The maps themselves, N×`h`×`w`×P: for whoever has no other convolution than one of pictures.
///
/// # Panics
/// When sizes don't fit.
pub fn one_hot_maps(points: Map, out: &mut MapMut) {
    let planes = planes(points, out.view());
    let [_, h, w, channels] = out.view().size();
    assert_eq!(channels, planes);
    rows(out, |_, _, _, to| to.fill(-1.0));
    for (image, plane) in (0..points.n).flat_map(|image| (0..planes).map(move |plane| (image, plane))) {
        if let Some([y, x]) = pixel_of(points, image, plane, [h, w]) {
            out.pixel_mut(image, y, x)[plane] = 1.0;
        }
    }
}

fn planes(points: Map, result: Map) -> usize {
    let [n, one, also_one, twice] = points.size();
    assert!([one, also_one, twice % 2] == [1, 1, 0] && n == result.n, "points are N×1×1×2P");
    assert!(result.h > 1 && result.w > 1, "a border on each side");
    twice / 2
}

/// The pixel of a point: the one that holds its pixel of any map that is larger by a power of two, so that these are
/// what pooling the largest map gives. None outside of the picture.
fn pixel_of(points: Map, image: usize, plane: usize, [h, w]: [usize; 2]) -> Option<[usize; 2]> {
    let point = &points.pixel(image, 0, 0)[2 * plane..][..2];
    let inside = point.iter().all(|share| (0.0..1.0).contains(share));
    inside.then(|| [(point[1] * h as f32) as usize, (point[0] * w as f32) as usize])
}

/// The pixels of a result that see a point, each with the tap that does.
fn seen_by(
    points: Map,
    image: usize,
    plane: usize,
    size: [usize; 2],
) -> impl Iterator<Item = (usize, usize, usize)> + use<> {
    let at = pixel_of(points, image, plane, size);
    (0..TAPS * TAPS).filter_map(move |tap| {
        let [y, x] = at?;
        let along = |at: usize, tap: usize, length: usize| (at + 1).checked_sub(tap).filter(|i| *i < length);
        Some((tap, along(y, tap / TAPS, size[0])?, along(x, tap % TAPS, size[1])?))
    })
}

/// Whether a tap at a place along a side lies within the picture.
fn reaches(place: usize, tap: usize) -> bool {
    (place, tap) != (0, 0) && (place, tap) != (TAPS - 1, TAPS - 1)
}

/// Places along a side: the first pixel, those between, the last.
fn border(i: usize, length: usize) -> usize {
    if i == 0 { 0 } else { 1 + usize::from(i + 1 == length) }
}

fn sums_of_places(gradient: Map, image: usize) -> Vec<f64> {
    let [_, h, w, channels] = gradient.size();
    let mut sums = vec![0.0; TAPS * TAPS * channels];
    let mut within = vec![0.0f32; channels];
    for y in 0..h {
        let sums = &mut sums[TAPS * border(y, h) * channels..][..TAPS * channels];
        within.fill(0.0);
        for x in 1..w - 1 {
            within.iter_mut().zip(gradient.pixel(image, y, x)).for_each(|(sum, &v)| *sum += v);
        }
        let parts = [gradient.pixel(image, y, 0), &within[..], gradient.pixel(image, y, w - 1)];
        for (sums, part) in sums.chunks_mut(channels.max(1)).zip(parts) {
            sums.iter_mut().zip(part).for_each(|(sum, &v)| *sum += f64::from(v));
        }
    }
    sums
}

//! What several views of one character go through together: looking up where each shows a pose's points, agreeing on what
//! they say, and hearing what all agreed on. With the ways back.
//!
//! Images of views lie one after the other for each pose, poses one after the other for each character:
//! `(character · poses + pose) · views + view`. What is looked into has one image a view: `character · views + view`.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::resize::for_channels;
use super::{Map, MapMut, Target};
use rayon::prelude::*;

/// How the images of a batch belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cast {
    views: usize,
    /// Of each character.
    poses: usize,
}

impl Cast {
    fn of(x: usize, images: usize, poses: usize) -> Self {
        assert!(poses > 0 && images.is_multiple_of(poses), "{images} images for {poses} poses");
        let views = images / poses;
        assert!(x > 0 && x.is_multiple_of(views) && poses.is_multiple_of(x / views), "{x} images of {views} views");
        Self { views, poses: poses / (x / views) }
    }

    fn source(self, image: usize) -> usize {
        image / self.views / self.poses * self.views + image % self.views
    }
}

/// The pixels around a place, clockwise by rows, none outside the picture, and their shares; then how far the place is
/// between columns and rows.
#[inline(always)]
fn corners(place: &[f32], h: usize, w: usize) -> ([Option<usize>; 4], [f32; 4], [f32; 2]) {
    // `max` comes first: of what is no number it makes a place outside.
    let x = (place[0] * w as f32 - 0.5).max(-2.0).min(w as f32 + 1.0);
    let y = (place[1] * h as f32 - 0.5).max(-2.0).min(h as f32 + 1.0);
    let (left, top) = ((x + 2.0) as i32 - 2, (y + 2.0) as i32 - 2);
    let (s, t) = (x - left as f32, y - top as f32);
    let at = |dx: i32, dy: i32| {
        let (x, y) = (left + dx, top + dy);
        (0 <= x && (x as usize) < w && 0 <= y && (y as usize) < h).then(|| y as usize * w + x as usize)
    };
    let shares = [(1.0 - s) * (1.0 - t), s * (1.0 - t), (1.0 - s) * t, s * t];
    ([at(0, 0), at(1, 0), at(0, 1), at(1, 1)], shares, [s, t])
}

/// `out` = what `x` shows at `places` (from its left and upper edge, in its sides), bilinearly, nothing outside.
///
/// # Panics
/// When the sizes don't fit, or images are no views of `poses` poses.
pub fn look(x: Map, places: Map, poses: usize, out: &mut MapMut) {
    let cast = Cast::of(x.n, places.n, poses);
    let [n, h, w, c] = out.view().size();
    assert!((places.size(), x.c) == ([n, h, w, 2], c));
    let pitch = out.pitch;
    let to = Target(out.data.as_mut_ptr());
    (0..n * h).into_par_iter().with_min_len(4).for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `out`.
        unsafe {
            let out = to.at(row * w * pitch);
            dispatch(Isa::best(), LookRow { x, places, source: cast.source(row / h), row, out, pitch });
        }
    });
}

struct LookRow<'a> {
    x: Map<'a>,
    places: Map<'a>,
    source: usize,
    row: usize,
    out: *mut f32,
    pitch: usize,
}

impl Kernel for LookRow<'_> {
    /// # Safety
    /// `out` is a row with the channels of `x`, `source` one of its images.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { x, places, source, row, out, pitch } = self;
        let image = x.pixel(source, 0, 0).as_ptr();
        for column in 0..places.w {
            let place = places.pixel(row / places.h, row % places.h, column);
            let (at, shares, _) = corners(place, x.h, x.w);
            // SAFETY: this function's contract; corners lie in the image.
            unsafe {
                let out = out.add(column * pitch);
                for_channels::<V>(x.c, |channel, lanes| {
                    let mut sum = V::splat(0.0);
                    for i in 0..4 {
                        if let Some(pixel) = at[i] {
                            let value = V::load_some(image.add(pixel * x.pitch + channel), lanes);
                            sum = sum.mul_add(value, V::splat(shares[i]));
                        }
                    }
                    sum.store_some(out.add(channel), lanes);
                });
            }
        }
    }
}

/// The way back through [`look`]: the gradient by what is looked into, where it is wanted, and that by the places.
///
/// # Panics
/// When the sizes don't fit.
pub fn look_gradient(
    x: Map,
    places: Map,
    poses: usize,
    gradient: Map,
    of_x: Option<&mut MapMut>,
    of_places: &mut MapMut,
) {
    let cast = Cast::of(x.n, places.n, poses);
    let [n, h, w, c] = gradient.size();
    assert!((places.size(), of_places.view().size(), x.c) == ([n, h, w, 2], [n, h, w, 2], c));
    super::learning::rows(of_places, |image, row, column, to| {
        let (at, _, [s, t]) = corners(places.pixel(image, row, column), x.h, x.w);
        let gradient = gradient.pixel(image, row, column);
        let along = at.map(|pixel| {
            pixel.map_or(0.0, |pixel| {
                let value = x.pixel(cast.source(image), pixel / x.w, pixel % x.w);
                value.iter().zip(gradient).map(|(a, b)| a * b).sum::<f32>()
            })
        });
        let [a, b, c, d] = along;
        to[0] = x.w as f32 * ((b - a) * (1.0 - t) + (d - c) * t);
        to[1] = x.h as f32 * ((c - a) * (1.0 - s) + (d - b) * s);
    });
    let Some(of_x) = of_x else { return };
    assert_eq!(of_x.view().size(), x.size());
    let (pitch, area) = (of_x.pitch, x.h * x.w);
    // An image is written by one task, in the order of its pixels: results don't depend on the threads.
    of_x.data.par_chunks_mut((area * pitch).max(1)).take(x.n).enumerate().for_each(|(source, data)| {
        data.fill(0.0);
        for image in (0..n).filter(|&image| cast.source(image) == source) {
            for i in 0..h * w {
                let (row, column) = (i / w, i % w);
                let (at, shares, _) = corners(places.pixel(image, row, column), x.h, x.w);
                let gradient = gradient.pixel(image, row, column);
                for (pixel, share) in at.iter().zip(shares) {
                    if let Some(pixel) = pixel {
                        let to = &mut data[pixel * pitch..][..c];
                        to.iter_mut().zip(gradient).for_each(|(to, g)| *to += share * g);
                    }
                }
            }
        }
    });
}

/// The shares of all views of a pose at a pixel: the softmax of their weights.
#[inline(always)]
fn shares(weights: Map, views: usize, pose: usize, row: usize, column: usize, shares: &mut [f32]) {
    let mut most = f32::NEG_INFINITY;
    for (view, share) in shares.iter_mut().enumerate().take(views) {
        *share = weights.pixel(pose * views + view, row, column)[0];
        most = most.max(*share);
    }
    let mut total = 0.0;
    for share in shares.iter_mut() {
        *share = (*share - most).exp();
        total += *share;
    }
    shares.iter_mut().for_each(|share| *share /= total);
}

/// One picture a pose: the mean over its views by the softmax of `weights`, which have one channel.
///
/// # Panics
/// When the sizes don't fit.
pub fn blend_views(x: Map, weights: Map, out: &mut MapMut) {
    let views = views_of(x, weights, out.n);
    super::learning::rows(out, |pose, row, column, to| {
        let mut room = [0.0; MOST_VIEWS];
        let shares_of = &mut room[..views];
        shares(weights, views, pose, row, column, shares_of);
        to.fill(0.0);
        for (view, share) in shares_of.iter().enumerate() {
            let from = x.pixel(pose * views + view, row, column);
            to.iter_mut().zip(from).for_each(|(to, v)| *to += share * v);
        }
    });
}

/// Views of one character at most.
pub const MOST_VIEWS: usize = 64;

fn views_of(x: Map, weights: Map, poses: usize) -> usize {
    assert_eq!(weights.size(), [x.n, x.h, x.w, 1]);
    assert!(poses > 0 && x.n.is_multiple_of(poses) && x.n / poses <= MOST_VIEWS, "{} images, {poses} poses", x.n);
    x.n / poses
}

/// The way back through [`blend_views`].
///
/// # Panics
/// When the sizes don't fit.
pub fn blend_views_gradient(x: Map, weights: Map, gradient: Map, of_x: &mut MapMut, of_weights: &mut MapMut) {
    let views = views_of(x, weights, gradient.n);
    let share_of = |pose: usize, row: usize, column: usize, room: &mut [f32; MOST_VIEWS]| {
        shares(weights, views, pose, row, column, &mut room[..views]);
    };
    super::learning::rows(of_x, |image, row, column, to| {
        let mut room = [0.0; MOST_VIEWS];
        share_of(image / views, row, column, &mut room);
        let gradient = gradient.pixel(image / views, row, column);
        to.iter_mut().zip(gradient).for_each(|(to, g)| *to = room[image % views] * g);
    });
    super::learning::rows(of_weights, |image, row, column, to| {
        let (pose, view) = (image / views, image % views);
        let mut room = [0.0; MOST_VIEWS];
        share_of(pose, row, column, &mut room);
        let gradient = gradient.pixel(pose, row, column);
        let along = |view: usize| -> f32 {
            x.pixel(pose * views + view, row, column).iter().zip(gradient).map(|(a, b)| a * b).sum()
        };
        let mean: f32 = (0..views).map(|view| room[view] * along(view)).sum();
        to[0] = room[view] * (along(view) - mean);
    });
}

/// Each picture of a pose for all its views.
///
/// # Panics
/// When the sizes don't fit.
pub fn repeat(x: Map, out: &mut MapMut) {
    assert!(x.n > 0 && out.n.is_multiple_of(x.n) && [x.h, x.w, x.c] == [out.h, out.w, out.c]);
    let views = out.n / x.n;
    super::learning::rows(out, |image, row, column, to| to.copy_from_slice(x.pixel(image / views, row, column)));
}

/// The way back through [`repeat`].
///
/// # Panics
/// When the sizes don't fit.
pub fn repeat_gradient(gradient: Map, out: &mut MapMut) {
    assert!(out.n > 0 && gradient.n.is_multiple_of(out.n));
    let views = gradient.n / out.n;
    super::learning::rows(out, |pose, row, column, to| {
        to.fill(0.0);
        for view in 0..views {
            let from = gradient.pixel(pose * views + view, row, column);
            to.iter_mut().zip(from).for_each(|(to, g)| *to += g);
        }
    });
}

/// Calls `f` for every pixel with the channels of all pictures there, which have one size, and those of `out`.
///
/// # Panics
/// When the sizes differ, or there are more than eight pictures.
pub fn for_pixels(pictures: &[Map], out: &mut MapMut, f: impl Fn(&[&[f32]], &mut [f32]) + Sync) {
    assert!(pictures.len() <= MOST_PICTURES);
    assert!(pictures.iter().all(|x| (x.n, x.h, x.w) == (out.n, out.h, out.w)), "pictures of one size");
    super::learning::rows(out, |image, row, column, to| {
        let mut pixels: [&[f32]; MOST_PICTURES] = [&[]; MOST_PICTURES];
        pixels.iter_mut().zip(pictures).for_each(|(pixel, x)| *pixel = x.pixel(image, row, column));
        f(&pixels[..pictures.len()], to);
    });
}

/// Pictures that a function of pixels sees at most.
const MOST_PICTURES: usize = 8;

#[cfg(test)]
mod tests {
    use super::super::{Batch, Pool};
    use super::*;

    fn filled(size: [usize; 4], pool: &Pool, seed: u64) -> Batch {
        let mut state = seed;
        let mut batch = pool.take(size);
        batch.pixels_mut().flatten().for_each(|v| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *v = (state >> 40) as f32 / (1 << 23) as f32 - 1.0;
        });
        batch
    }

    fn values(batch: &Batch) -> Vec<f64> {
        batch.pixels().flatten().map(|&v| f64::from(v)).collect()
    }

    /// The gradients by inputs are those of finite differences of Σ weights · result.
    fn check(
        inputs: &mut [Batch],
        weights: &Batch,
        run: impl Fn(&[Batch], &mut MapMut),
        gradients: &[Batch],
        pool: &Pool,
    ) {
        let of = |inputs: &[Batch]| -> f64 {
            let mut out = pool.take(weights.size());
            run(inputs, &mut out.map_mut());
            values(&out).iter().zip(values(weights)).map(|(a, b)| a * b).sum()
        };
        for which in 0..inputs.len() {
            let known = values(&gradients[which]);
            for i in (0..known.len()).step_by(known.len() / 60 + 1) {
                let mut moved = |by: f32| {
                    *inputs[which].pixels_mut().flatten().nth(i).unwrap() += by;
                    let value = of(inputs);
                    *inputs[which].pixels_mut().flatten().nth(i).unwrap() -= by;
                    value
                };
                let step = 2e-3;
                let (up, middle, down) = (moved(step), moved(0.0), moved(-step));
                let slope = (up - down) / f64::from(2.0 * step);
                // Places may lie beside a corner of what they look into.
                let corner = ((up - middle) - (middle - down)).abs() / f64::from(step);
                let off = (slope - known[i]).abs();
                assert!(off < 5e-3 * (1.0 + slope.abs()) + corner, "{which} {i}: {} for {slope}", known[i]);
            }
        }
    }

    #[test]
    fn ways_back_are_those_of_finite_differences() {
        let pool = Pool::default();
        // Two characters in three poses each, from two views.
        let (poses, views) = (6, 2);
        let mut places = filled([poses * views, 3, 4, 2], &pool, 5);
        places.pixels_mut().flatten().for_each(|v| *v = 0.5 + 0.6 * *v);
        let weights = filled([poses * views, 3, 4, 5], &pool, 6);
        let mut inputs = [filled([4, 6, 5, 5], &pool, 7), places];
        let [mut of_x, mut of_places] = [0, 1].map(|i: usize| pool.take(inputs[i].size()));
        let of = (Some(&mut of_x.map_mut()), &mut of_places.map_mut());
        look_gradient(inputs[0].map(), inputs[1].map(), poses, weights.map(), of.0, of.1);
        let run = |inputs: &[Batch], out: &mut MapMut| look(inputs[0].map(), inputs[1].map(), poses, out);
        check(&mut inputs, &weights, run, &[of_x, of_places], &pool);

        let weights = filled([2, 3, 4, 5], &pool, 8);
        let mut inputs = [filled([6, 3, 4, 5], &pool, 9), filled([6, 3, 4, 1], &pool, 10)];
        let [mut of_x, mut of_weights] = [0, 1].map(|i: usize| pool.take(inputs[i].size()));
        let maps = (inputs[0].map(), inputs[1].map());
        blend_views_gradient(maps.0, maps.1, weights.map(), &mut of_x.map_mut(), &mut of_weights.map_mut());
        let run = |inputs: &[Batch], out: &mut MapMut| blend_views(inputs[0].map(), inputs[1].map(), out);
        check(&mut inputs, &weights, run, &[of_x, of_weights], &pool);

        let weights = filled([6, 3, 4, 5], &pool, 11);
        let mut inputs = [filled([2, 3, 4, 5], &pool, 12)];
        let mut of_x = pool.take(inputs[0].size());
        repeat_gradient(weights.map(), &mut of_x.map_mut());
        check(&mut inputs, &weights, |inputs, out| repeat(inputs[0].map(), out), &[of_x], &pool);
    }

    #[test]
    fn each_view_of_each_pose_looks_into_its_own_drawing() {
        let pool = Pool::default();
        let mut x = pool.take([4, 2, 2, 1]);
        x.pixels_mut().enumerate().for_each(|(i, v)| v[0] = (i / 4) as f32);
        let mut places = pool.take([12, 1, 3, 2]);
        places.pixels_mut().enumerate().for_each(|(i, v)| {
            v.copy_from_slice(&[[0.5, 0.5], [-3.0, f32::NAN], [0.75, 0.25]][i % 3]);
        });
        let mut out = pool.take([12, 1, 3, 1]);
        look(x.map(), places.map(), 6, &mut out.map_mut());
        let seen: Vec<f32> = out.pixels().map(|v| v[0]).collect();
        let wanted = [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3];
        for (seen, wanted) in seen.chunks(3).zip(wanted) {
            assert_eq!(seen, [wanted as f32, 0.0, wanted as f32]);
        }
    }
}

//! Pictures of another size.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::sums::sums;
use super::{Map, MapMut, Output};
use rayon::prelude::*;

/// Where an output row or column lies between two of the source's: the first, the second, and the second's share.
/// Half-pixel centres.
#[inline(always)]
pub(super) fn blend(i: usize, from: usize, to: usize) -> (usize, usize, f32) {
    let at = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).max(0.0);
    let first = (at as usize).min(from - 1);
    (first, (first + 1).min(from - 1), (at - first as f64) as f32)
}

/// Resizes a batch to `out`'s size: bilinear, half-pixel centres, no antialiasing.
///
/// # Panics
/// When images or channels differ, or the source has no pixels.
pub fn lerp(x: Map, out: &mut MapMut) {
    lerp_scaled(x, 1.0, out);
}

/// As [`lerp`], and times `scale`: flows are longer in a larger picture.
///
/// # Panics
/// As [`lerp`].
pub fn lerp_scaled(x: Map, scale: f32, out: &mut MapMut) {
    assert_eq!((x.n, x.c), (out.n, out.c));
    assert!(x.h * x.w > 0);
    let to = Output(out.data.as_mut_ptr());
    let (h, w, pitch) = (out.h, out.w, out.pitch);
    (0..out.n * h).into_par_iter().for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `out`, whose slice covers all its pixels.
        unsafe {
            let out = to.at(row * w * pitch);
            dispatch(Isa::best(), LerpRow { x: &x, scale, image: row / h, at: blend(row % h, x.h, h), w, out, pitch });
        }
    });
}

/// One output row of `w` pixels, which lies `at` between two of the picture's.
pub(super) struct LerpRow<'a> {
    pub x: &'a Map<'a>,
    pub scale: f32,
    pub image: usize,
    pub at: (usize, usize, f32),
    pub w: usize,
    pub out: *mut f32,
    pub pitch: usize,
}

impl Kernel for LerpRow<'_> {
    /// # Safety
    /// `out` has room for the row.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let LerpRow { x, scale, image, at: (upper, lower, share_y), w, out, pitch } = self;
        for column in 0..w {
            let (left, right, share_x) = blend(column, x.w, w);
            let corner = |y, column| x.pixel(image, y, column).as_ptr();
            let corners = [corner(upper, left), corner(upper, right), corner(lower, left), corner(lower, right)];
            // SAFETY: each corner has the picture's channels behind it.
            unsafe {
                let out = out.add(column * pitch);
                for_channels::<V>(x.c, |channel, lanes| {
                    blend_corners::<V>(corners, channel, lanes, V::splat(share_x), V::splat(share_y))
                        .mul(V::splat(scale))
                        .store_some(out.add(channel), lanes);
                });
            }
        }
    }
}

/// Calls `f` with each register's first channel and how many channels are left from there on.
#[inline(always)]
pub(super) fn for_channels<V: Lanes>(channels: usize, mut f: impl FnMut(usize, usize)) {
    let mut channel = 0;
    while channel < channels {
        f(channel, channels - channel);
        channel += V::WIDTH;
    }
}

/// The bilinear blend of four pixels' channels from `channel` on.
///
/// # Safety
/// All four have `channel + min(lanes, V::WIDTH)` channels.
#[inline(always)]
unsafe fn blend_corners<V: Lanes>(corners: [*const f32; 4], channel: usize, lanes: usize, share_x: V, share_y: V) -> V {
    // SAFETY: this function's contract.
    unsafe {
        // Not `map`: what it calls might stay a function of its own, outside the instruction set.
        let [a, b, c, d] = corners;
        let (a, b) = (V::load_some(a.add(channel), lanes), V::load_some(b.add(channel), lanes));
        let (c, d) = (V::load_some(c.add(channel), lanes), V::load_some(d.add(channel), lanes));
        let above = a.mul_add(b.sub(a), share_x);
        let below = c.mul_add(d.sub(c), share_x);
        above.mul_add(below.sub(above), share_y)
    }
}

/// The same pixels elsewhere: in channels of a wider picture, say.
///
/// # Panics
/// When the sizes differ.
pub fn copy(x: Map, out: &mut MapMut) {
    assert_eq!(x.size(), out.view().size());
    sums(x, out, false, |sum, [image, y, column]| sum.add(image, y, column, 1.0));
}

/// Every four channels become one of twice the size: the pixels of a 2×2 square, row by row.
///
/// # Panics
/// When the sizes don't fit.
pub fn pixel_shuffle(x: Map, out: &mut MapMut) {
    let [n, h, w, c] = out.view().size();
    assert_eq!(x.size(), [n, h / 2, w / 2, 4 * c]);
    each_pixel(out, |[image, y, column], out| {
        let corner = y % 2 * 2 + column % 2;
        let from = x.pixel(image, y / 2, column / 2)[corner..].iter().step_by(4);
        out.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    });
}

/// Calls `f` with each pixel's place (image, row, column) and its channels.
fn each_pixel(out: &mut MapMut, f: impl Fn([usize; 3], &mut [f32]) + Sync) {
    let (h, w, c, pitch) = (out.h, out.w, out.c, out.pitch);
    let rows = out.data.par_chunks_mut((w * pitch).max(1)).take(out.n * h).enumerate();
    rows.for_each(|(row, line)| {
        for (column, pixel) in line.chunks_mut(pitch.max(1)).take(w).enumerate() {
            f([row / h, row % h, column], &mut pixel[..c]);
        }
    });
}

/// The greatest of 3×3 pixels around every other one.
///
/// # Panics
/// When the sizes don't fit.
pub fn max_pool_3x3_s2(x: Map, out: &mut MapMut) {
    assert_eq!([out.n, out.h, out.w, out.c], [x.n, x.h.div_ceil(2), x.w.div_ceil(2), x.c]);
    let (h, w, pitch) = (out.h, out.w, out.pitch);
    let rows = out.data.chunks_mut((w * pitch).max(1)).take(x.n * h);
    rows.enumerate().par_bridge().for_each(|(row, line)| {
        let (image, y) = (row / h, row % h);
        for (column, out) in line.chunks_mut(pitch).enumerate() {
            let out = &mut out[..x.c];
            out.fill(f32::NEG_INFINITY);
            for y in (2 * y).saturating_sub(1)..(2 * y + 2).min(x.h) {
                for column in (2 * column).saturating_sub(1)..(2 * column + 2).min(x.w) {
                    out.iter_mut().zip(x.pixel(image, y, column)).for_each(|(out, &v)| *out = out.max(v));
                }
            }
        }
    });
}

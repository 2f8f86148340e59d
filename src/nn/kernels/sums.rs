//! Pictures whose pixels are sums of other pictures' pixels: copied, added, grown, halved, spread.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::resize::for_channels;
use super::{Map, MapMut, Output};
use rayon::prelude::*;

/// Pixels that are summed at a time.
pub(super) const MOST: usize = 16;

/// What a pixel is the sum of.
pub(super) struct Sum<'a> {
    x: Map<'a>,
    count: usize,
    from: [*const f32; MOST],
    shares: [f32; MOST],
}

impl Sum<'_> {
    /// Adds a pixel, times its share.
    ///
    /// # Panics
    /// When there is no such pixel, or there are more than [`MOST`].
    #[inline(always)]
    pub(super) fn add(&mut self, image: usize, y: usize, column: usize, share: f32) {
        self.from[self.count] = self.x.pixel(image, y, column).as_ptr();
        self.shares[self.count] = share;
        self.count += 1;
    }
}

/// Each pixel of `out` becomes a sum of pixels of `x`, or is raised by it: those that `of` adds for its image, row and column.
///
/// # Panics
/// When channels differ.
pub(super) fn sums(x: Map, out: &mut MapMut, raise: bool, of: impl Fn(&mut Sum, [usize; 3]) + Sync) {
    assert_eq!(x.c, out.c);
    let (h, w, pitch) = (out.h, out.w, out.pitch);
    let to = Output(out.data.as_mut_ptr());
    (0..out.n * h).into_par_iter().with_min_len(4).for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `out`, whose slice covers all its pixels.
        unsafe {
            let out = to.at(row * w * pitch);
            dispatch(Isa::best(), SumRow { x, of: &of, place: [row / h, row % h, w], raise, out, pitch });
        }
    });
}

struct SumRow<'a, F> {
    x: Map<'a>,
    of: &'a F,
    /// Image and row, and how many pixels there are.
    place: [usize; 3],
    raise: bool,
    out: *mut f32,
    pitch: usize,
}

impl<F: Fn(&mut Sum, [usize; 3])> Kernel for SumRow<'_, F> {
    /// # Safety
    /// `out` is a row with the channels of `x`.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { x, of, place: [image, row, w], raise, out, pitch } = self;
        let mut sum = Sum { x, count: 0, from: [std::ptr::null(); MOST], shares: [0.0; MOST] };
        for column in 0..w {
            sum.count = 0;
            of(&mut sum, [image, row, column]);
            // SAFETY: this function's contract; each pixel was looked up in `x`.
            unsafe {
                let out = out.add(column * pitch);
                for_channels::<V>(x.c, |channel, lanes| {
                    let at = out.add(channel);
                    let mut total = if raise { V::load_some(at, lanes) } else { V::splat(0.0) };
                    for i in 0..sum.count {
                        let from = V::load_some(sum.from[i].add(channel), lanes);
                        total = total.mul_add(from, V::splat(sum.shares[i]));
                    }
                    total.store_some(at, lanes);
                });
            }
        }
    }
}

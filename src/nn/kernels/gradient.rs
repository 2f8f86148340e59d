//! The gradient of a convolution's weights: for each tap a matrix product that sums over pixels, of pictures as they
//! lie. Nothing is unfolded: a block of pixels stays in the cache while all taps and channels go over it.

use super::Map;
use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::memory::Aligned;
use rayon::prelude::*;
use std::ops::Range;

/// Floats of both pictures that a block of pixels takes: three quarters of a second-level cache of 512 KiB (AMD EPYC,
/// two cores). There a training step of eight 3×3 layers with norms takes a third of the time that it took with
/// unfolded samples.
const CACHE_FLOATS: usize = 96 << 10;

/// Columns of a block, so that wide pictures have blocks too.
const MOST_COLUMNS: usize = 128;

/// A window of taps that moves over a picture, as in [`Shape::Square`](super::Shape::Square).
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Taps along a side.
    pub taps: usize,
    /// From one place to the next.
    pub stride: usize,
    /// Zeros around the picture.
    pub pad: usize,
}

/// Σ over all places of `places[place, o] · seen[what tap (y, x) sees there, i]`: in the order `o × i × y × x`, that is
/// `cout × cin × taps × taps` where `seen` is a convolution's input and `places` the gradient of its result.
///
/// # Panics
/// When the sizes don't fit.
pub fn weight_gradient(seen: Map, places: Map, window: Window) -> Vec<f32> {
    let (side, sees) = (window.taps, seen.c);
    assert_eq!(seen.n, places.n);
    let taps = side * side;
    let mut gradient = vec![0.0; places.c * sees * taps];
    if gradient.is_empty() || places.n * places.h * places.w == 0 {
        return gradient;
    }
    let columns = places.w.min(MOST_COLUMNS);
    let a_row = columns * (places.c + sees * window.stride * window.stride);
    let rows = (CACHE_FLOATS / a_row).clamp(1, places.h);
    let (down, across) = (places.h.div_ceil(rows), places.w.div_ceil(columns));
    let blocks = places.n * down * across;
    let padded = sees.next_multiple_of(Isa::best().width());
    let parts = rayon::current_num_threads().min(blocks);
    let sums: Vec<Aligned<f32>> = (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut sums = Aligned::zeroed(taps * places.c * padded);
            for block in part * blocks / parts..(part + 1) * blocks / parts {
                let (image, y, x) = (block / (down * across), block / across % down * rows, block % across * columns);
                let (rows, columns) = (y..(y + rows).min(places.h), x..(x + columns).min(places.w));
                let sums = sums.as_mut_slice().as_mut_ptr();
                // SAFETY: the block lies in the picture, and there is a sum for each tap and pair of channels.
                unsafe { dispatch(Isa::best(), Block { seen, places, window, image, rows, columns, sums, padded }) };
            }
            sums
        })
        .collect();
    gradient.par_chunks_mut(sees * taps).enumerate().for_each(|(o, gradient)| {
        for sums in &sums {
            for tap in 0..taps {
                let row = &sums.as_slice()[(tap * places.c + o) * padded..][..sees];
                gradient[tap..].iter_mut().step_by(taps).zip(row).for_each(|(to, from)| *to += from);
            }
        }
    });
    gradient
}

/// Some pixels of one image.
struct Block<'a> {
    seen: Map<'a>,
    places: Map<'a>,
    window: Window,
    image: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    /// By tap, channel of `places` and channel of `seen`, of which there are `padded`: whole registers.
    sums: *mut f32,
    padded: usize,
}

impl Kernel for Block<'_> {
    /// # Safety
    /// Rows and columns lie in `places`, and there is a sum for each tap and pair of channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Window { taps, stride, pad } = self.window;
        for tap in 0..taps * taps {
            let (dy, dx) = (tap / taps, tap % taps);
            // The places whose tap is inside the picture.
            let inside = |range: &Range<usize>, d: usize, length: usize| {
                let first = pad.saturating_sub(d).div_ceil(stride);
                let past = (length + pad).saturating_sub(d).div_ceil(stride);
                range.start.max(first)..range.end.min(past)
            };
            let rows = inside(&self.rows, dy, self.seen.h);
            let columns = inside(&self.columns, dx, self.seen.w);
            if rows.is_empty() || columns.is_empty() {
                continue;
            }
            let (y, x) = (rows.start * stride + dy - pad, columns.start * stride + dx - pad);
            let run = Run {
                seen: self.seen.pixel(self.image, y, x).as_ptr(),
                seen_steps: [stride * self.seen.w * self.seen.pitch, stride * self.seen.pitch],
                places: self.places.pixel(self.image, rows.start, columns.start).as_ptr(),
                places_steps: [self.places.w * self.places.pitch, self.places.pitch],
                rows: rows.len(),
                columns: columns.len(),
            };
            for i in (0..self.seen.c).step_by(2 * V::WIDTH) {
                let lanes = self.seen.c - i;
                let mut o = 0;
                while o < self.places.c {
                    // SAFETY: this function's contract, and as many channels are left as the tile has rows.
                    unsafe {
                        let sums = self.sums.add((tap * self.places.c + o) * self.padded + i);
                        let left = self.places.c - o;
                        o += if lanes > V::WIDTH {
                            run.tiles::<V, 2>(i, o, left, lanes, sums, self.padded)
                        } else {
                            run.tiles::<V, 1>(i, o, left, lanes, sums, self.padded)
                        };
                    }
                }
            }
        }
    }
}

/// Pixels of both pictures that belong together: where they begin, and the steps from row to row and pixel to pixel.
struct Run {
    seen: *const f32,
    seen_steps: [usize; 2],
    places: *const f32,
    places_steps: [usize; 2],
    rows: usize,
    columns: usize,
}

impl Run {
    /// Adds to the sums of as many channels of `places` from `o` on as a tile has rows; says how many.
    ///
    /// # Safety
    /// As [`Run::tile`], with `left` rows.
    #[inline(always)]
    unsafe fn tiles<V: Lanes, const NV: usize>(
        &self,
        i: usize,
        o: usize,
        left: usize,
        lanes: usize,
        sums: *mut f32,
        padded: usize,
    ) -> usize {
        // SAFETY: this function's contract.
        unsafe {
            match left {
                14.. if V::ROWS >= 14 => self.tile::<V, 14, NV>(i, o, lanes, sums, padded),
                8.. if V::ROWS >= 8 => self.tile::<V, 8, NV>(i, o, lanes, sums, padded),
                6.. => self.tile::<V, 6, NV>(i, o, lanes, sums, padded),
                4.. => self.tile::<V, 4, NV>(i, o, lanes, sums, padded),
                2.. => self.tile::<V, 2, NV>(i, o, lanes, sums, padded),
                _ => self.tile::<V, 1, NV>(i, o, lanes, sums, padded),
            }
        }
    }

    /// # Safety
    /// Pixels of `seen` have `lanes` channels from `i` on, those of `places` `MR` from `o` on; `sums` has `MR` rows of
    /// `padded` floats, with `NV` registers in each.
    #[inline(always)]
    unsafe fn tile<V: Lanes, const MR: usize, const NV: usize>(
        &self,
        i: usize,
        o: usize,
        lanes: usize,
        sums: *mut f32,
        padded: usize,
    ) -> usize {
        // SAFETY: this function's contract; steps stay inside the pictures.
        unsafe {
            let mut acc = [[V::splat(0.0); NV]; MR];
            for row in 0..self.rows {
                let mut seen = self.seen.add(row * self.seen_steps[0] + i);
                let mut places = self.places.add(row * self.places_steps[0] + o);
                for _ in 0..self.columns {
                    let mut x = [V::splat(0.0); NV];
                    for (j, x) in x.iter_mut().enumerate() {
                        *x = V::load_some(seen.add(j * V::WIDTH), lanes - j * V::WIDTH);
                    }
                    for r in 0..MR {
                        let g = V::splat(*places.add(r));
                        for j in 0..NV {
                            acc[r][j] = acc[r][j].mul_add(g, x[j]);
                        }
                    }
                    seen = seen.wrapping_add(self.seen_steps[1]);
                    places = places.wrapping_add(self.places_steps[1]);
                }
            }
            for (r, acc) in acc.iter().enumerate() {
                for (j, &sum) in acc.iter().enumerate() {
                    let at = sums.add(r * padded + j * V::WIDTH);
                    V::load(at).add(sum).store(at);
                }
            }
        }
        MR
    }
}

//! The gradient of a convolution's weights: products of two pictures' channels, summed over pixels.
//!
//! Both ways run over blocks of neighbouring pixels that stay in the cache, each thread with sums of its own: taps one
//! after the other, for any window; and tiles in Winograd's transformed space for 3×3 taps on many pixels, with a
//! quarter of the multiplications.

mod direct;
mod tiles;

use super::Map;
use super::lanes::Lanes;
use super::memory::Aligned;
use rayon::prelude::*;

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

/// How weight gradients are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Tap by tap.
    Direct,
    /// Transformed tiles of 4×4 places: 3×3 taps of stride 1 alone.
    Tiles,
}

impl Way {
    /// The one that is expected to be faster. Tiles have sums for 36 products instead of 9 taps, which only many tiles
    /// make up for: on two cores with AVX-512 and 96 to 128 channels both take the same at about 80 tiles.
    fn choose(places: Map, window: Window) -> Self {
        const WORTH_TRANSFORMING: usize = 96;
        let tiles = places.n * places.h.div_ceil(4) * places.w.div_ceil(4);
        let full = 2 * places.h * places.w >= places.h.next_multiple_of(4) * places.w.next_multiple_of(4);
        match window {
            Window { taps: 3, stride: 1, pad: 1 } if full && tiles >= WORTH_TRANSFORMING => Way::Tiles,
            _ => Way::Direct,
        }
    }
}

/// Σ over all places of `places[place, o] · seen[what tap (y, x) sees there, i]`: in the order `o × i × y × x`, that is
/// `cout × cin × taps × taps` where `seen` is a convolution's input and `places` the gradient of its result.
///
/// # Panics
/// When the sizes don't fit.
pub fn weight_gradient(seen: Map, places: Map, window: Window) -> Vec<f32> {
    let mut gradient = vec![0.0; places.c * seen.c * window.taps * window.taps];
    add_weight_gradient(seen, places, window, &mut gradient);
    gradient
}

/// Adds a [`weight_gradient`] to another.
///
/// # Panics
/// When the sizes don't fit.
pub fn add_weight_gradient(seen: Map, places: Map, window: Window, gradient: &mut [f32]) {
    assert_eq!(seen.n, places.n);
    assert_eq!(gradient.len(), places.c * seen.c * window.taps * window.taps);
    if gradient.is_empty() || places.n * places.h * places.w == 0 {
        return;
    }
    add_in_way(Way::choose(places, window), seen, places, window, gradient);
}

pub(super) fn add_in_way(way: Way, seen: Map, places: Map, window: Window, gradient: &mut [f32]) {
    match way {
        Way::Direct => direct::add(seen, places, window, gradient),
        Way::Tiles => tiles::add(seen, places, gradient),
    }
}

/// Shares `count` blocks among the threads and gives each sums of `len` floats; `work` adds a block to them.
fn summed(count: usize, len: usize, work: impl Fn(usize, &mut [f32]) + Sync) -> Vec<Aligned<f32>> {
    let parts = rayon::current_num_threads().min(count);
    (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut sums = Aligned::zeroed(len);
            (part * count / parts..(part + 1) * count / parts).for_each(|block| work(block, sums.as_mut_slice()));
            sums
        })
        .collect()
}

/// Floats of a row of channels in packed pictures and sums: whole registers of the widest kind.
fn padded(channels: usize) -> usize {
    channels.next_multiple_of(16)
}

/// Two packed pictures whose pixels belong together.
#[derive(Clone, Copy)]
struct Pair {
    /// Channels that become rows of the sums, and the floats from pixel to pixel.
    rows: *const f32,
    rows_pitch: usize,
    /// Channels that become columns: `panel_width` of them side by side, padded to whole registers.
    columns: *const f32,
    columns_pitch: usize,
    pixels: usize,
}

impl Pair {
    /// Adds the products of `count` rows with a panel of one or two registers of columns to `sums`, which has `pitch`
    /// floats a row.
    ///
    /// # Safety
    /// Pixels have these channels, and `sums` these rows.
    #[inline(always)]
    unsafe fn add_products<V: Lanes>(self, count: usize, registers: usize, sums: *mut f32, pitch: usize) {
        // Tiles of about equal height: short ones leave the multipliers waiting for one another.
        let tiles = count.div_ceil(V::ROWS);
        let (mut row, mut left) = (0, tiles);
        while left > 0 {
            let height = ((count - row).div_ceil(left).next_multiple_of(2)).min(count - row);
            // SAFETY: this function's contract.
            unsafe {
                let part = Pair { rows: self.rows.add(row), ..self };
                let sums = sums.add(row * pitch);
                if registers == 2 {
                    part.tall::<V, 2>(height, sums, pitch);
                } else {
                    part.tall::<V, 1>(height, sums, pitch);
                }
            }
            row += height;
            left -= 1;
        }
        debug_assert_eq!(row, count);
    }

    /// # Safety
    /// As [`Pair::tile`], for `height` rows, which are even or the last one.
    #[inline(always)]
    unsafe fn tall<V: Lanes, const NV: usize>(self, height: usize, sums: *mut f32, pitch: usize) {
        // SAFETY: this function's contract.
        unsafe {
            let even = height / 2 * 2;
            match even {
                14 if V::ROWS >= 14 => self.tile::<V, 14, NV>(sums, pitch),
                12 if V::ROWS >= 12 => self.tile::<V, 12, NV>(sums, pitch),
                10 if V::ROWS >= 10 => self.tile::<V, 10, NV>(sums, pitch),
                8 if V::ROWS >= 8 => self.tile::<V, 8, NV>(sums, pitch),
                6 => self.tile::<V, 6, NV>(sums, pitch),
                4 => self.tile::<V, 4, NV>(sums, pitch),
                2 => self.tile::<V, 2, NV>(sums, pitch),
                _ => {}
            }
            if height > even {
                Pair { rows: self.rows.add(even), ..self }.tile::<V, 1, NV>(sums.add(even * pitch), pitch);
            }
        }
    }

    /// # Safety
    /// Pixels have `MR` channels for rows and `NV` registers of columns; `sums` has as many, `pitch` floats a row.
    #[inline(always)]
    unsafe fn tile<V: Lanes, const MR: usize, const NV: usize>(self, sums: *mut f32, pitch: usize) {
        // SAFETY: this function's contract.
        unsafe {
            let mut acc = [[V::splat(0.0); NV]; MR];
            let (mut rows, mut columns) = (self.rows, self.columns);
            for _ in 0..self.pixels {
                let mut x = [V::splat(0.0); NV];
                for (j, x) in x.iter_mut().enumerate() {
                    *x = V::load(columns.add(j * V::WIDTH));
                }
                for r in 0..MR {
                    let g = V::splat(*rows.add(r));
                    for j in 0..NV {
                        acc[r][j] = acc[r][j].mul_add(g, x[j]);
                    }
                }
                rows = rows.wrapping_add(self.rows_pitch);
                columns = columns.wrapping_add(self.columns_pitch);
            }
            for (r, acc) in acc.iter().enumerate() {
                for (j, &sum) in acc.iter().enumerate() {
                    let at = sums.add(r * pitch + j * V::WIDTH);
                    V::load(at).add(sum).store(at);
                }
            }
        }
    }
}

/// Registers of the panel that begins where so many channels are left.
#[inline(always)]
fn registers<V: Lanes>(left: usize) -> usize {
    if left > V::WIDTH { 2 } else { 1 }
}

//! Tap by tap: what a tap sees is packed for a block of places, a panel of channels at a time, so that borders and
//! strides cost nothing where it is multiplied.

use super::super::Map;
use super::super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::super::memory::with_scratch;
use super::{Pair, Window, padded, registers, summed};
use rayon::prelude::*;
use std::ops::Range;

/// Places of a block: with 32 channels of what they see they fill two thirds of a first-level cache of 48 KiB.
const PLACES: usize = 256;

pub(super) fn add(seen: Map, places: Map, window: Window, gradient: &mut [f32]) {
    let area = window.taps * window.taps;
    let (all, pitch) = (places.n * places.h * places.w, padded(seen.c));
    let blocks = all.div_ceil(PLACES);
    let sums = summed(blocks, area * places.c * pitch, |block, sums| {
        let range = block * all / blocks..(block + 1) * all / blocks;
        with_scratch([range.len() * 2 * Isa::best().width()], |[packed]| {
            for tap in 0..area {
                let sums = sums[tap * places.c * pitch..][..places.c * pitch].as_mut_ptr();
                let tap = Tap { seen, places, window, tap, range: range.clone(), packed, sums, pitch };
                // SAFETY: the range lies in `places`, and there is a sum for each pair of channels.
                unsafe { dispatch(Isa::best(), tap) };
            }
        });
    });
    gradient.par_chunks_mut(seen.c * area).enumerate().for_each(|(o, gradient)| {
        for sums in &sums {
            for tap in 0..area {
                let row = &sums.as_slice()[(tap * places.c + o) * pitch..][..seen.c];
                gradient[tap..].iter_mut().step_by(area).zip(row).for_each(|(to, from)| *to += from);
            }
        }
    });
}

/// One tap at some places.
struct Tap<'a> {
    seen: Map<'a>,
    places: Map<'a>,
    window: Window,
    tap: usize,
    range: Range<usize>,
    /// Room for two registers of each place.
    packed: *mut f32,
    sums: *mut f32,
    pitch: usize,
}

impl Kernel for Tap<'_> {
    /// # Safety
    /// The range lies in `places`, and there is a sum for each pair of channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let pixels = self.range.len();
        let mut first = 0;
        while first < self.seen.c {
            let registers = registers::<V>(self.seen.c - first);
            // SAFETY: this function's contract.
            unsafe {
                self.pack::<V>(first, registers);
                let pair = Pair {
                    rows: self.places.data.as_ptr().add(self.range.start * self.places.pitch),
                    rows_pitch: self.places.pitch,
                    columns: self.packed,
                    columns_pitch: registers * V::WIDTH,
                    pixels,
                };
                pair.add_products::<V>(self.places.c, registers, self.sums.add(first), self.pitch);
            }
            first += 2 * V::WIDTH;
        }
    }
}

impl Tap<'_> {
    /// What the tap sees at each place: a panel of channels, zeros outside the picture.
    ///
    /// # Safety
    /// As [`Kernel::run`].
    #[inline(always)]
    unsafe fn pack<V: Lanes>(&self, first: usize, registers: usize) {
        let Self { seen, places, window: Window { taps, stride, pad }, tap, .. } = self;
        let (dy, dx) = (tap / taps, tap % taps);
        let (mut row, mut column) = (self.range.start / places.w, self.range.start % places.w);
        let mut to = self.packed;
        for _ in 0..self.range.len() {
            let (image, y) = (row / places.h, (row % places.h * stride + dy).wrapping_sub(*pad));
            let x = (column * stride + dx).wrapping_sub(*pad);
            let inside = y < seen.h && x < seen.w;
            let from = if inside { seen.pixel(image, y, x)[first..].as_ptr() } else { std::ptr::null() };
            for register in 0..registers {
                // SAFETY: this function's contract; what is behind the last channel is not read.
                unsafe {
                    let at = register * V::WIDTH;
                    let value = if inside { V::load_some(from.add(at), seen.c - first - at) } else { V::splat(0.0) };
                    value.store(to.add(at));
                }
            }
            to = to.wrapping_add(registers * V::WIDTH);
            column += 1;
            if column == places.w {
                (row, column) = (row + 1, 0);
            }
        }
    }
}

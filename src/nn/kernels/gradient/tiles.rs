//! In transformed space (Lavin & Gray 2016): with Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A, the gradient by g is
//! Gᵀ[Σ (A ∂Y Aᵀ) ⊙ (Bᵀ d B)]G, the sum being over tiles.

use super::super::Map;
use super::super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::super::memory::{Aligned, with_scratch};
use super::super::scheme::{F43, MOST, Scheme};
use super::{Pair, padded, registers, summed};
use rayon::prelude::*;

const PRODUCTS: usize = F43::PRODUCTS * F43::PRODUCTS;
/// Floats of a block's transformed tiles, about: they share a second-level cache of 1 MiB with sums that pass by.
const CACHE_FLOATS: usize = 192 << 10;

/// Adds the gradient by 3×3 taps of stride 1.
pub(super) fn add(seen: Map, places: Map, gradient: &mut [f32]) {
    let (rows, pitch) = (padded(places.c), padded(seen.c));
    let (down, across) = (places.h.div_ceil(4), places.w.div_ceil(4));
    let tiles = places.n * down * across;
    let size = (CACHE_FLOATS / (PRODUCTS * (rows + pitch))).clamp(16, 96);
    let blocks = tiles.div_ceil(size);
    let sums = summed(blocks, PRODUCTS * places.c * pitch, |block, sums| {
        let (first, last) = (block * tiles / blocks, (block + 1) * tiles / blocks);
        let count = last - first;
        with_scratch([PRODUCTS * count * rows, PRODUCTS * count * pitch], |[spread, windows]| {
            let tiles = Tiles { first, count, down, across };
            // SAFETY: the buffers hold all products of these tiles, and there is a sum for each pair of channels.
            unsafe {
                dispatch(Isa::best(), Windows { x: seen, tiles, to: windows });
                dispatch(Isa::best(), Spread { y: places, tiles, to: spread });
                let sums = sums.as_mut_ptr();
                dispatch(Isa::best(), Products { spread, windows, count, o: places.c, i: seen.c, sums });
            }
        });
    });
    let inputs = seen.c;
    gradient.par_chunks_mut(inputs * 9).enumerate().for_each(|(o, gradient)| {
        // SAFETY: all sums have the rows of all products.
        unsafe { dispatch(Isa::best(), Fold { sums: &sums, o, outputs: places.c, pitch, gradient }) }
    });
}

#[derive(Clone, Copy)]
struct Tiles {
    first: usize,
    count: usize,
    down: usize,
    across: usize,
}

impl Tiles {
    /// Image, and the first place's row and column.
    #[inline(always)]
    fn place(self, t: usize) -> (usize, usize, usize) {
        let (t, area) = (self.first + t, self.down * self.across);
        (t / area, t % area / self.across * 4, t % self.across * 4)
    }
}

/// Where the `SIDE`² pixels of a tile lie, the first at (y, x); what is outside of the picture is nowhere.
#[inline(always)]
fn pixels<const SIDE: usize>(map: &Map, image: usize, y: usize, x: usize) -> [[*const f32; SIDE]; SIDE] {
    let mut pixels = [[std::ptr::null(); SIDE]; SIDE];
    for (r, row) in pixels.iter_mut().enumerate() {
        for (c, pixel) in row.iter_mut().enumerate() {
            let (y, x) = (y.wrapping_add(r), x.wrapping_add(c));
            if y < map.h && x < map.w {
                *pixel = map.pixel(image, y, x).as_ptr();
            }
        }
    }
    pixels
}

/// The registers of one row of pixels.
///
/// # Safety
/// The pixels that are somewhere have these lanes from `channel` on.
#[inline(always)]
unsafe fn load_row<V: Lanes, const SIDE: usize>(row: &[*const f32; SIDE], channel: usize, lanes: usize) -> [V; MOST] {
    // SAFETY: this function's contract.
    unsafe {
        let mut values = [V::splat(0.0); MOST];
        for i in 0..SIDE {
            if !row[i].is_null() {
                values[i] = V::load_some(row[i].add(channel), lanes);
            }
        }
        values
    }
}

/// Transforms what 6×6 pixels around 4×4 places show, panel by panel: `[product][panel][tile][channel]`.
struct Windows<'a> {
    x: Map<'a>,
    tiles: Tiles,
    to: *mut f32,
}

impl Kernel for Windows<'_> {
    /// # Safety
    /// `to` has room for all products.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { x, tiles, to } = self;
        let product = tiles.count * padded(x.c);
        for t in 0..tiles.count {
            let (image, y, column) = tiles.place(t);
            let pixels = pixels::<6>(&x, image, y.wrapping_sub(1), column.wrapping_sub(1));
            let mut first = 0;
            while first < x.c {
                let registers = registers::<V>(x.c - first);
                for register in 0..registers {
                    let channel = first + register * V::WIDTH;
                    // SAFETY: this function's contract.
                    unsafe {
                        let none = V::splat(0.0);
                        let mut half = [[none; MOST]; MOST];
                        for r in 0..6 {
                            half[r] = F43::input(load_row::<V, 6>(&pixels[r], channel, x.c - channel));
                        }
                        let at = to.add(first * tiles.count + t * registers * V::WIDTH + register * V::WIDTH);
                        for c in 0..6 {
                            let mut rows = [none; MOST];
                            for r in 0..6 {
                                rows[r] = half[r][c];
                            }
                            let rows = F43::input(rows);
                            for r in 0..6 {
                                rows[r].store(at.add((r * 6 + c) * product));
                            }
                        }
                    }
                }
                first += 2 * V::WIDTH;
            }
        }
    }
}

/// Spreads the gradient at 4×4 places over the products: `[product][tile][channel]`.
struct Spread<'a> {
    y: Map<'a>,
    tiles: Tiles,
    to: *mut f32,
}

impl Kernel for Spread<'_> {
    /// # Safety
    /// `to` has room for all products.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { y: map, tiles, to } = self;
        let pitch = padded(map.c);
        let product = tiles.count * pitch;
        for t in 0..tiles.count {
            let (image, y, column) = tiles.place(t);
            let pixels = pixels::<4>(&map, image, y, column);
            let mut channel = 0;
            while channel < map.c {
                // SAFETY: this function's contract.
                unsafe {
                    let none = V::splat(0.0);
                    let mut half = [[none; MOST]; 4];
                    for r in 0..4 {
                        let [a, b, c, d, ..] = load_row::<V, 4>(&pixels[r], channel, map.c - channel);
                        half[r] = spread([a, b, c, d]);
                    }
                    let at = to.add(t * pitch + channel);
                    for c in 0..6 {
                        let rows = spread([half[0][c], half[1][c], half[2][c], half[3][c]]);
                        for r in 0..6 {
                            rows[r].store(at.add((r * 6 + c) * product));
                        }
                    }
                }
                channel += V::WIDTH;
            }
        }
    }
}

/// The matrix A of [`F43`]: its outputs' transform the other way round.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn spread<V: Lanes>([a, b, c, d]: [V; 4]) -> [V; MOST] {
    // SAFETY: this function's contract.
    unsafe {
        let (two, four) = (V::splat(2.0), V::splat(4.0));
        let (even, odd) = (a.add(c), b.add(d));
        let (even2, odd2) = (a.mul_add(c, four), b.mul_add(d, four).mul(two));
        [a, even.add(odd), even.sub(odd), even2.add(odd2), even2.sub(odd2), d]
    }
}

/// All products of a block.
struct Products {
    spread: *const f32,
    windows: *const f32,
    count: usize,
    o: usize,
    i: usize,
    sums: *mut f32,
}

impl Kernel for Products {
    /// # Safety
    /// The buffers hold the transformed tiles, `sums` a row of each product and channel.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { spread, windows, count, o, i, sums } = self;
        let (rows, pitch) = (padded(o), padded(i));
        for product in 0..PRODUCTS {
            let mut first = 0;
            while first < i {
                let registers = registers::<V>(i - first);
                // SAFETY: this function's contract.
                unsafe {
                    let pair = Pair {
                        rows: spread.add(product * count * rows),
                        rows_pitch: rows,
                        columns: windows.add(product * count * pitch + first * count),
                        columns_pitch: registers * V::WIDTH,
                        pixels: count,
                    };
                    pair.add_products::<V>(o, registers, sums.add(product * o * pitch + first), pitch);
                }
                first += 2 * V::WIDTH;
            }
        }
    }
}

/// From the sums of an output channel to its taps.
struct Fold<'a> {
    sums: &'a [Aligned<f32>],
    o: usize,
    outputs: usize,
    pitch: usize,
    gradient: &'a mut [f32],
}

impl Kernel for Fold<'_> {
    /// # Safety
    /// All sums have a row of `pitch` floats for each product and output.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { sums, o, outputs, pitch, gradient } = self;
        let inputs = gradient.len() / 9;
        for first in (0..inputs).step_by(V::WIDTH) {
            // SAFETY: this function's contract.
            unsafe {
                let none = V::splat(0.0);
                let mut half = [[none; 6]; 3];
                for c in 0..6 {
                    for r in 0..6 {
                        let at = ((r * 6 + c) * outputs + o) * pitch + first;
                        let mut sum = none;
                        for sums in sums {
                            sum = sum.add(V::load(sums.as_ptr().add(at)));
                        }
                        for tap in 0..3 {
                            half[tap][c] = half[tap][c].mul_add(sum, V::splat(F43::G[r][tap] as f32));
                        }
                    }
                }
                let mut taps = [[0.0; 16]; 9];
                for y in 0..3 {
                    for x in 0..3 {
                        let mut sum = none;
                        for c in 0..6 {
                            sum = sum.mul_add(half[y][c], V::splat(F43::G[c][x] as f32));
                        }
                        sum.store(taps[y * 3 + x].as_mut_ptr());
                    }
                }
                for (lane, to) in gradient[first * 9..].chunks_exact_mut(9).take(V::WIDTH).enumerate() {
                    to.iter_mut().zip(&taps).for_each(|(to, tap)| *to += tap[lane]);
                }
            }
        }
    }
}

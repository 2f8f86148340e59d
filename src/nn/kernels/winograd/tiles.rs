//! What a task does with its tiles: transform them, multiply, transform back.

use super::super::Map;
use super::super::finish::Finish;
use super::super::gemm::{Stored, multiply_panel, packed_at, packed_rows_len};
use super::super::lanes::{Isa, Kernel, Lanes, dispatch, prefetch};
use super::super::scheme::{F22, F23, F41, F42, F43, MOST, Scheme};
use super::CHUNK;
use super::tiling::{Name, Pass, Shape, shape, with_schemes};

/// One tile: its image and its first output of a phase.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub image: usize,
    pub y: usize,
    pub x: usize,
}

/// Neighbouring tiles of a batch.
#[derive(Clone, Copy)]
pub(super) struct Tiles {
    pub first: usize,
    pub count: usize,
    /// Tiles of one image, top to bottom and left to right.
    pub down: usize,
    pub across: usize,
    /// Outputs along a tile's side.
    pub outputs: usize,
}

impl Tiles {
    fn iter(self) -> impl Iterator<Item = (usize, Tile)> {
        (self.first..self.first + self.count).map(move |t| self.place(t)).enumerate()
    }

    #[inline(always)]
    fn place(self, t: usize) -> Tile {
        let (image, at) = (t / (self.down * self.across), t % (self.down * self.across));
        Tile { image, y: at / self.across * self.outputs, x: at % self.across * self.outputs }
    }
}

/// A kernel that is generic over the schemes of a pass besides.
pub(super) trait TileKernel {
    /// # Safety
    /// As [`Kernel::run`]; the schemes are the pass's.
    unsafe fn run<R: Scheme, C: Scheme, V: Lanes>(self);
}

/// A [`TileKernel`] whose schemes are chosen.
struct Chosen<K, R, C>(K, std::marker::PhantomData<(R, C)>);

impl<K: TileKernel, R: Scheme, C: Scheme> Kernel for Chosen<K, R, C> {
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        // SAFETY: the same contract.
        unsafe { self.0.run::<R, C, V>() }
    }
}

/// Runs a kernel compiled for `isa` and the schemes of `pass`.
///
/// # Safety
/// `isa` is present, and the kernel's own contract holds.
pub(super) unsafe fn dispatch_tiles(isa: Isa, pass: &Pass, kernel: impl TileKernel) {
    unsafe fn chosen<R: Scheme, C: Scheme>(isa: Isa, kernel: impl TileKernel) {
        // SAFETY: the outer function's contract.
        unsafe { dispatch(isa, Chosen::<_, R, C>(kernel, std::marker::PhantomData)) }
    }
    // SAFETY: this function's contract.
    unsafe { with_schemes!(pass, chosen, isa, kernel) }
}

/// What lies outside a picture.
static ZEROS: [f32; CHUNK + 16] = [0.0; CHUNK + 16];

/// Transforms a slice of the input channels into packed rows.
pub(super) struct Pack<'a> {
    pub x: &'a Map<'a>,
    pub start: usize,
    pub channels: usize,
    pub tiles: Tiles,
    pub pass: &'a Pass,
    pub step: usize,
    pub packed: *mut f32,
}

impl TileKernel for Pack<'_> {
    /// # Safety
    /// `packed` holds the packed rows of all products of these tiles.
    #[inline(always)]
    unsafe fn run<R: Scheme, C: Scheme, V: Lanes>(self) {
        let Pack { x, start, channels, tiles, pass, step, packed } = self;
        let (window_r, window_c) = (R::OUTPUTS + R::TAPS - 1, C::OUTPUTS + C::TAPS - 1);
        let all_rows = shape::<R, C>().rows_per_tile * tiles.count;
        let matrix = packed_rows_len(all_rows, channels, V::ROWS);
        let pixels_of = |tile: Tile| {
            let mut pixels = [[ZEROS.as_ptr(); MOST]; MOST];
            for (r, row) in pixels.iter_mut().enumerate().take(window_r) {
                let y = (step * (tile.y + r)) as isize + pass.rows.offset;
                for (c, pixel) in row.iter_mut().enumerate().take(window_c) {
                    let column = (step * (tile.x + c)) as isize + pass.cols.offset;
                    if (0..x.h as isize).contains(&y) && (0..x.w as isize).contains(&column) {
                        *pixel = x.pixel(tile.image, y as usize, column as usize)[start..].as_ptr();
                    }
                }
            }
            pixels
        };
        let mut next = pixels_of(tiles.place(tiles.first));
        for t in 0..tiles.count {
            let pixels = next;
            // What the next tile needs is asked for while this one is transformed.
            if t + 1 < tiles.count {
                next = pixels_of(tiles.place(tiles.first + t + 1));
            }
            // SAFETY: every pointer has `channels` floats behind it; the packed places lie in the buffer.
            unsafe {
                let none = V::splat(0.0);
                let mut channel = 0;
                while channel < channels {
                    let lanes = channels - channel;
                    let mut half = [[none; MOST]; MOST];
                    for r in 0..window_r {
                        let mut row = [none; MOST];
                        for c in 0..window_c {
                            let at = pixels[r][c].add(channel);
                            prefetch(next[r][c].add(channel));
                            row[c] = V::load_some(at, lanes);
                        }
                        half[r] = C::input(row);
                    }
                    for c in 0..C::PRODUCTS {
                        let mut column = [none; MOST];
                        for r in 0..window_r {
                            column[r] = half[r][c];
                        }
                        let column = R::input(column);
                        for r in 0..R::PRODUCTS {
                            let (weight_r, copy_r) = (r % R::WEIGHTS, r / R::WEIGHTS);
                            let (weight_c, copy_c) = (c % C::WEIGHTS, c / C::WEIGHTS);
                            let copy = copy_r * (C::PRODUCTS / C::WEIGHTS) + copy_c;
                            let row = copy * tiles.count + t;
                            let at = (weight_r * C::WEIGHTS + weight_c) * matrix;
                            column[r].store(packed.add(at + packed_at(row, channel, channels, V::ROWS)));
                        }
                    }
                    channel += V::WIDTH;
                }
            }
        }
    }
}

/// All products of one panel of output channels.
pub(super) struct Multiply<W> {
    pub packed: *const f32,
    pub shape: Shape,
    pub tiles: usize,
    pub channels: usize,
    pub weights: *const W,
    pub registers: usize,
    pub sums: *mut f32,
}

impl<W: Stored> Kernel for Multiply<W> {
    /// # Safety
    /// The buffers hold what the shape says.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let rows = self.shape.rows_per_tile * self.tiles;
        let width = self.registers * V::WIDTH;
        for i in 0..self.shape.weights {
            // SAFETY: this function's contract.
            unsafe {
                let packed = self.packed.add(i * packed_rows_len(rows, self.channels, V::ROWS));
                let weights = self.weights.add(i * self.channels * width);
                let sums = self.sums.add(i * rows.next_multiple_of(2) * width);
                if self.registers == 2 {
                    multiply_panel::<V, W, 2>(packed, rows, self.channels, weights, sums, false);
                } else {
                    multiply_panel::<V, W, 1>(packed, rows, self.channels, weights, sums, false);
                }
            }
        }
    }
}

/// Transforms one panel's products back and writes or keeps the outputs.
pub(super) struct Unpack<'a> {
    pub sums: *const f32,
    pub tiles: Tiles,
    pub pass: &'a Pass,
    pub size: (usize, usize),
    pub step: usize,
    pub channel: usize,
    pub channels: usize,
    pub registers: usize,
    pub partial: *mut f32,
    pub first: bool,
    pub last: bool,
    pub finish: &'a Finish,
}

impl TileKernel for Unpack<'_> {
    /// # Safety
    /// `sums` holds all products of these tiles and this panel, `partial` room for their outputs unless
    /// `first && last`; `finish` fits the output.
    #[inline(always)]
    unsafe fn run<R: Scheme, C: Scheme, V: Lanes>(self) {
        let Unpack { sums, tiles, pass, size: (h, w), step, channel, channels, registers, .. } = self;
        let Unpack { partial, first, last, finish, .. } = self;
        let width = registers * V::WIDTH;
        let all_rows = shape::<R, C>().rows_per_tile * tiles.count;
        let matrix = all_rows.next_multiple_of(2) * width;
        for (t, tile) in tiles.iter() {
            for register in 0..registers {
                let channel = channel + register * V::WIDTH;
                if channel >= channels {
                    break;
                }
                // SAFETY: this function's contract.
                unsafe {
                    let none = V::splat(0.0);
                    let sums = sums.add(register * V::WIDTH);
                    let mut half = [[none; MOST]; 4];
                    for c in 0..C::PRODUCTS {
                        let mut column = [none; MOST];
                        for (r, product) in column.iter_mut().enumerate().take(R::PRODUCTS) {
                            let (weight_r, copy_r) = (r % R::WEIGHTS, r / R::WEIGHTS);
                            let (weight_c, copy_c) = (c % C::WEIGHTS, c / C::WEIGHTS);
                            let copy = copy_r * (C::PRODUCTS / C::WEIGHTS) + copy_c;
                            let row = copy * tiles.count + t;
                            let at = (weight_r * C::WEIGHTS + weight_c) * matrix + row * width;
                            *product = V::load(sums.add(at));
                        }
                        let column = R::output(column);
                        for r in 0..R::OUTPUTS {
                            half[r][c] = column[r];
                        }
                    }
                    for (r, row) in half.iter().enumerate().take(R::OUTPUTS) {
                        let out = C::output(*row);
                        let y = (tile.y + r) * step + pass.phase.0;
                        for (c, &value) in out.iter().enumerate().take(C::OUTPUTS) {
                            let column = (tile.x + c) * step + pass.phase.1;
                            let kept = partial.add(((t * 4 + r) * 4 + c) * 2 * V::WIDTH + register * V::WIDTH);
                            let value = if first { value } else { value.add(V::load(kept)) };
                            if !last {
                                value.store(kept);
                            } else if y < h && column < w {
                                finish.write(value, (tile.image * h + y) * w + column, channel, channels - channel);
                            }
                        }
                    }
                }
            }
        }
    }
}

//! Convolutions through transformed tiles: 3×3 of stride 1 and 2, and transposed 4×4 of stride 2.
//!
//! A stride-2 filter is the sum of four filters on every other row and column (2×2, 2×1, 1×2 and 1×1 taps); a
//! transposed one of stride 2 is four 2×2 filters, one for each parity of the output. So all three kinds are *passes*
//! of nested one-dimensional schemes, of which each output pixel needs one or several.
//!
//! A task takes a block of tiles through all passes: transform a slice of the input channels into packed rows (they
//! stay in the second-level cache), then for one panel of output channels after the other multiply and transform back.

use super::Map;
use super::finish::Finish;
use super::gemm::{Panels, Stored, multiply_panel, packed_at, packed_rows_len};
use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::memory::{Aligned, with_scratch};
use super::scheme::{F22, F23, F41, F42, F43, MOST, Scheme};
use rayon::prelude::*;
use std::ops::Range;

/// Which tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tiling {
    /// 3×3, stride 1, 4×4 outputs a tile.
    Same4,
    /// 3×3, stride 1, 2×2 outputs a tile: more multiplications, more accurate, less waste on small pictures.
    Same2,
    /// 3×3, stride 2, 4×4 outputs a tile.
    Half,
    /// Transposed 4×4, stride 2, 4×4 inputs (8×8 outputs) a tile.
    Double4,
    /// The same with 2×2 inputs (4×4 outputs) a tile.
    Double2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    F43,
    F23,
    F22,
    F42,
    F41,
}

/// Calls a generic function with the type a [`Name`] stands for.
macro_rules! with_schemes {
    ($rows:expr, $cols:expr, $call:ident, $($arg:expr),*) => {
        match ($rows, $cols) {
            (Name::F43, _) => $call::<F43, F43>($($arg),*),
            (Name::F23, _) => $call::<F23, F23>($($arg),*),
            (Name::F22, _) => $call::<F22, F22>($($arg),*),
            (Name::F42, Name::F42) => $call::<F42, F42>($($arg),*),
            (Name::F42, _) => $call::<F42, F41>($($arg),*),
            (Name::F41, Name::F42) => $call::<F41, F42>($($arg),*),
            (Name::F41, _) => $call::<F41, F41>($($arg),*),
        }
    };
}

/// One direction of a pass: output `i` of a phase is `Σ_t weight[taps[t]] · input[step · (i + t) + offset]`.
#[derive(Clone, Copy, Debug)]
struct Axis {
    name: Name,
    taps: &'static [usize],
    offset: isize,
}

/// One set of products: its two axes, and which of the output's phases it adds to.
#[derive(Clone, Copy, Debug)]
struct Pass {
    rows: Axis,
    cols: Axis,
    phase: (usize, usize),
}

impl Tiling {
    fn axes(self) -> &'static [(usize, Axis)] {
        const fn axis(name: Name, taps: &'static [usize], offset: isize) -> Axis {
            Axis { name, taps, offset }
        }
        match self {
            Tiling::Same4 => const { &[(0, axis(Name::F43, &[0, 1, 2], -1))] },
            Tiling::Same2 => const { &[(0, axis(Name::F23, &[0, 1, 2], -1))] },
            Tiling::Half => const { &[(0, axis(Name::F42, &[0, 2], -1)), (0, axis(Name::F41, &[1], 0))] },
            Tiling::Double4 => const { &[(0, axis(Name::F42, &[3, 1], -1)), (1, axis(Name::F42, &[2, 0], 0))] },
            Tiling::Double2 => const { &[(0, axis(Name::F22, &[3, 1], -1)), (1, axis(Name::F22, &[2, 0], 0))] },
        }
    }

    fn passes(self) -> Vec<Pass> {
        let axes = self.axes();
        let all = axes.iter().flat_map(|&(a, rows)| axes.iter().map(move |&(b, cols)| (a, b, rows, cols)));
        all.map(|(a, b, rows, cols)| Pass { rows, cols, phase: (a, b) }).collect()
    }

    fn doubles(self) -> bool {
        matches!(self, Tiling::Double4 | Tiling::Double2)
    }

    /// From one tile element to the next in the input.
    fn in_step(self) -> usize {
        if self == Tiling::Half { 2 } else { 1 }
    }

    /// From one tile element to the next in the output.
    fn out_step(self) -> usize {
        if self.doubles() { 2 } else { 1 }
    }

    /// Outputs of one phase along one side of a tile.
    fn outputs(self) -> usize {
        if matches!(self, Tiling::Same2 | Tiling::Double2) { 2 } else { 4 }
    }
}

/// Sizes of a pass that follow from its schemes.
#[derive(Clone, Copy)]
struct Shape {
    /// Different transformed weight matrices.
    weights: usize,
    /// Packed rows of each such matrix for one tile.
    rows_per_tile: usize,
}

fn shape<R: Scheme, C: Scheme>() -> Shape {
    let weights = R::WEIGHTS * C::WEIGHTS;
    Shape { weights, rows_per_tile: R::PRODUCTS * C::PRODUCTS / weights }
}

impl Pass {
    fn shape(&self) -> Shape {
        with_schemes!(self.rows.name, self.cols.name, shape,)
    }
}

/// Input channels of one slice of the sum: all of them where they are few, else about `CHUNK`, in equal parts.
const CHUNK: usize = 256;

fn chunks(channels: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let size = channels.div_ceil(channels.div_ceil(CHUNK)).next_multiple_of(16);
    (0..channels).step_by(size).map(move |start| (start, size.min(channels - start)))
}

/// Transformed and packed weights of one convolution.
pub(super) struct Winograd<W> {
    tiling: Tiling,
    passes: Vec<Pass>,
    cin: usize,
    panels: Panels,
    isa: Isa,
    weights: Aligned<W>,
}

impl<W: Stored> Winograd<W> {
    /// Transforms weights; `weight(o, i, y, x)` is the tap at (y, x) from input channel `i` to output channel `o`.
    pub(super) fn new(
        tiling: Tiling,
        isa: Isa,
        cin: usize,
        cout: usize,
        weight: &(dyn Fn(usize, usize, usize, usize) -> f32 + Sync),
    ) -> Self {
        let passes = tiling.passes();
        let panels = Panels { columns: cout, width: isa.width() };
        let len: usize = passes.iter().map(|p| p.shape().weights * cin * panels.padded()).sum();
        let mut weights = Aligned::zeroed(len);
        let mut rest = weights.as_mut_slice();
        for pass in &passes {
            for (start, channels) in chunks(cin) {
                let (slice, tail) = rest.split_at_mut(pass.shape().weights * channels * panels.padded());
                let panel_len = pass.shape().weights * channels * 2 * panels.width;
                slice.par_chunks_mut(panel_len).enumerate().for_each(|(i, panel)| {
                    let columns = panels.registers(i) * panels.width;
                    with_schemes!(
                        pass.rows.name,
                        pass.cols.name,
                        transform_weights,
                        pass,
                        (panels.start(i), columns.min(cout - panels.start(i)), columns),
                        (start, channels),
                        weight,
                        panel
                    );
                });
                rest = tail;
            }
        }
        Winograd { tiling, passes, cin, panels, isa, weights }
    }

    /// Bytes of transformed weights.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }

    /// Runs the convolution on a batch; the output is `h`×`w` pixels an image, written through `finish`.
    ///
    /// # Safety
    /// `finish` must fit a batch of `x.n` images of `h`×`w` pixels with this convolution's output channels.
    pub(super) unsafe fn run(&self, x: &Map, h: usize, w: usize, finish: &Finish) {
        let outputs = self.tiling.outputs();
        let (phase_h, phase_w) = (h / self.tiling.out_step(), w / self.tiling.out_step());
        let (down, across) = (phase_h.div_ceil(outputs), phase_w.div_ceil(outputs));
        let tiles = x.n * down * across;
        let size = self.tiles_a_block(tiles);
        let blocks = tiles.div_ceil(size);
        let threads = rayon::current_num_threads();
        let share = |i: usize, of: usize, parts: usize| i * of / parts;
        // Few tiles leave cores idle unless the output channels are shared out as well.
        let groups = if blocks >= 2 * threads { 1 } else { (2 * threads).div_ceil(blocks).min(self.panels.count()) };
        // Passes that write different outputs are separate tasks, so that fewer weights are in use at a time.
        let parts = if self.tiling.doubles() { self.passes.len() } else { 1 };
        (0..parts * blocks * groups).into_par_iter().for_each(|task| {
            let (part, task) = (task / (blocks * groups), task % (blocks * groups));
            let (block, group) = (task / groups, task % groups);
            let passes = share(part, self.passes.len(), parts)..share(part + 1, self.passes.len(), parts);
            // Whole register tiles, but for the last block.
            let (first, count) = (block * size, size.min(tiles - block * size));
            let places = Tiles { first, count, down, across, outputs };
            let columns = share(group, self.panels.count(), groups)..share(group + 1, self.panels.count(), groups);
            // SAFETY: tasks have different tiles or different panels, so no two write the same output.
            unsafe { self.run_block(x, (h, w), passes, places, columns, finish) };
        });
    }

    /// As many tiles as the second-level cache holds of the widest pass.
    fn tiles_a_block(&self, tiles: usize) -> usize {
        const CACHE_FLOATS: usize = 160_000;
        let channels = chunks(self.cin).next().map_or(0, |c| c.1).next_multiple_of(16);
        let a_tile = self.passes.iter().map(|p| p.shape().weights * p.shape().rows_per_tile * channels).max();
        let rows = self.isa.rows();
        let fit = (CACHE_FLOATS / a_tile.unwrap_or(1).max(1) / rows * rows).clamp(rows, 16 * rows);
        // No more than leaves every thread a share.
        let share = tiles.div_ceil(2 * rayon::current_num_threads()).next_multiple_of(rows);
        fit.min(share)
    }

    /// # Safety
    /// As [`Winograd::run`]; no other task may have these tiles and panels.
    unsafe fn run_block(
        &self,
        x: &Map,
        size: (usize, usize),
        passes: Range<usize>,
        tiles: Tiles,
        panels: Range<usize>,
        finish: &Finish,
    ) {
        let rows = self.isa.rows();
        let most_channels = chunks(self.cin).map(|c| c.1).max().unwrap_or(0);
        let panel_width = 2 * self.panels.width;
        let packed_len = |pass: &Pass, channels| {
            let shape = pass.shape();
            shape.weights * packed_rows_len(shape.rows_per_tile * tiles.count, channels, rows)
        };
        let sums_len = |pass: &Pass| {
            let shape = pass.shape();
            shape.weights * (shape.rows_per_tile * tiles.count).next_multiple_of(2) * panel_width
        };
        let before: usize = self.passes[..passes.start].iter().map(|p| p.shape().weights).sum();
        let passes = &self.passes[passes];
        let packed = passes.iter().map(|p| packed_len(p, most_channels)).max().unwrap_or(0);
        let sums = passes.iter().map(sums_len).max().unwrap_or(0);
        let slices = chunks(self.cin).count();
        let alone = slices * passes.len() == 1;
        let partial_panel = tiles.count * 16 * panel_width;
        let partial = if alone { 0 } else { partial_panel * panels.len() };
        with_scratch([packed, sums, partial], |[packed, sums, partial]| {
            let mut weights = self.weights.as_slice()[before * self.cin * self.panels.padded()..].as_ptr();
            for (p, pass) in passes.iter().enumerate() {
                for (s, (start, channels)) in chunks(self.cin).enumerate() {
                    let (first, last) = (s + p == 0, s + 1 == slices && p + 1 == passes.len());
                    let shape = pass.shape();
                    let pack = Pack { x, start, channels, tiles, pass, step: self.tiling.in_step(), packed };
                    // SAFETY: the buffers have the lengths computed above; weights follow in the order of `new`.
                    unsafe {
                        with_schemes!(pass.rows.name, pass.cols.name, pack_tiles, self.isa, pack);
                        for panel in panels.clone() {
                            let multiply = Multiply {
                                packed,
                                shape,
                                tiles: tiles.count,
                                channels,
                                weights: weights.add(shape.weights * channels * self.panels.start(panel)),
                                registers: self.panels.registers(panel),
                                sums,
                            };
                            dispatch(self.isa, multiply);
                            let unpack = Unpack {
                                sums,
                                tiles,
                                pass,
                                size,
                                step: self.tiling.out_step(),
                                channel: self.panels.start(panel),
                                channels: self.panels.columns,
                                registers: self.panels.registers(panel),
                                partial: partial.add(if alone { 0 } else { (panel - panels.start) * partial_panel }),
                                first,
                                last,
                                finish,
                            };
                            with_schemes!(pass.rows.name, pass.cols.name, unpack_tiles, self.isa, unpack);
                        }
                        weights = weights.add(shape.weights * channels * self.panels.padded());
                    }
                }
            }
        });
    }
}

fn transform_weights<R: Scheme, C: Scheme>(
    pass: &Pass,
    (first, columns, padded): (usize, usize, usize),
    (start, channels): (usize, usize),
    weight: &(dyn Fn(usize, usize, usize, usize) -> f32 + Sync),
    panel: &mut [impl Stored],
) {
    for column in 0..columns {
        for channel in 0..channels {
            let taps: [[f64; 3]; 3] = std::array::from_fn(|a| {
                std::array::from_fn(|b| match (pass.rows.taps.get(a), pass.cols.taps.get(b)) {
                    (Some(&y), Some(&x)) => f64::from(weight(first + column, start + channel, y, x)),
                    _ => 0.0,
                })
            });
            for r in 0..R::WEIGHTS {
                for c in 0..C::WEIGHTS {
                    let mut sum = 0.0;
                    for (a, row) in taps.iter().enumerate() {
                        for (b, tap) in row.iter().enumerate() {
                            sum += R::G[r][a] * C::G[c][b] * tap;
                        }
                    }
                    panel[((r * C::WEIGHTS + c) * channels + channel) * padded + column] = Stored::from_f32(sum as f32);
                }
            }
        }
    }
}

/// One tile: its image and its first output of a phase.
#[derive(Clone, Copy)]
struct Tile {
    image: usize,
    y: usize,
    x: usize,
}

/// Neighbouring tiles of a batch.
#[derive(Clone, Copy)]
struct Tiles {
    first: usize,
    count: usize,
    /// Tiles of one image, top to bottom and left to right.
    down: usize,
    across: usize,
    /// Outputs along a tile's side.
    outputs: usize,
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

/// What lies outside a picture.
static ZEROS: [f32; CHUNK + 16] = [0.0; CHUNK + 16];

/// Transforms a slice of the input channels into packed rows.
struct Pack<'a> {
    x: &'a Map<'a>,
    start: usize,
    channels: usize,
    tiles: Tiles,
    pass: &'a Pass,
    step: usize,
    packed: *mut f32,
}

struct PackAs<'a, R, C>(Pack<'a>, std::marker::PhantomData<(R, C)>);

unsafe fn pack_tiles<R: Scheme, C: Scheme>(isa: Isa, pack: Pack<'_>) {
    // SAFETY: the contract of `Pack`'s kernel.
    unsafe { dispatch(isa, PackAs::<R, C>(pack, std::marker::PhantomData)) }
}

impl<R: Scheme, C: Scheme> Kernel for PackAs<'_, R, C> {
    /// # Safety
    /// `packed` holds the packed rows of all products of these tiles.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Pack { x, start, channels, tiles, pass, step, packed } = self.0;
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
                            V::prefetch(next[r][c].add(channel));
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
struct Multiply<W> {
    packed: *const f32,
    shape: Shape,
    tiles: usize,
    channels: usize,
    weights: *const W,
    registers: usize,
    sums: *mut f32,
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
struct Unpack<'a> {
    sums: *const f32,
    tiles: Tiles,
    pass: &'a Pass,
    size: (usize, usize),
    step: usize,
    channel: usize,
    channels: usize,
    registers: usize,
    partial: *mut f32,
    first: bool,
    last: bool,
    finish: &'a Finish,
}

struct UnpackAs<'a, R, C>(Unpack<'a>, std::marker::PhantomData<(R, C)>);

unsafe fn unpack_tiles<R: Scheme, C: Scheme>(isa: Isa, unpack: Unpack<'_>) {
    // SAFETY: the contract of `Unpack`'s kernel.
    unsafe { dispatch(isa, UnpackAs::<R, C>(unpack, std::marker::PhantomData)) }
}

impl<R: Scheme, C: Scheme> Kernel for UnpackAs<'_, R, C> {
    /// # Safety
    /// `sums` holds all products of these tiles and this panel, `partial` room for their outputs unless
    /// `first && last`; `finish` fits the output.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Unpack { sums, tiles, pass, size: (h, w), step, channel, channels, registers, .. } = self.0;
        let Unpack { partial, first, last, finish, .. } = self.0;
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

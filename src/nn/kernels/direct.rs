//! Convolutions as one matrix product: rows are output pixels, the sum runs over taps and input channels.
//!
//! There is no picture-sized column buffer: a task gathers a block of rows for a slice of the sum, multiplies it with
//! the panels it was given, and goes on to the next slice. A transposed 4×4 convolution of stride 2 is four 2×2 ones.

use super::Map;
use super::finish::Finish;
use super::gemm::{K_STEP, Panels, Stored, multiply_panel, packed_at, packed_rows_len};
use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::memory::{Aligned, with_scratch};
use super::taps::Taps;
use rayon::prelude::*;
use std::ops::Range;

/// Where the taps of a convolution lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// A square of taps, moved by `stride` from output to output, `pad` pixels outside of the picture at its start.
    Square { taps: usize, stride: usize, pad: usize },
    /// Transposed 4×4 of stride 2 and padding 1.
    Double,
}

impl Window {
    fn taps(self) -> usize {
        match self {
            Window::Square { taps, .. } => taps,
            Window::Double => 2,
        }
    }

    /// Phases of the output along one side.
    fn phases(self) -> usize {
        if self == Window::Double { 2 } else { 1 }
    }

    /// The weight's index for tap `t` of a phase.
    fn weight_tap(self, phase: usize, t: usize) -> usize {
        if self == Window::Double { 3 - phase - 2 * t } else { t }
    }

    /// The first input row (or column) that output `i` of a phase sees.
    fn start(self, phase: usize, i: usize) -> isize {
        match self {
            Window::Square { stride, pad, .. } => (i * stride) as isize - pad as isize,
            Window::Double => (i + phase) as isize - 1,
        }
    }
}

/// Values of the sum in one slice: the packed rows of a block and one panel of weights fit the second-level cache.
const SLICE: usize = 1024;
/// Output channels a task handles at most, so that its sums stay in the cache.
const MOST_COLUMNS: usize = 512;

fn slices(k: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    (0..k).step_by(SLICE).map(move |start| (start, SLICE.min(k - start)))
}

/// Packed weights of one convolution.
pub(super) struct Direct<W> {
    window: Window,
    cin: usize,
    panels: Panels,
    isa: Isa,
    weights: Aligned<W>,
}

impl<W: Stored> Direct<W> {
    /// Packs weights.
    pub(super) fn new(window: Window, isa: Isa, from: &Taps) -> Self {
        let (cin, panels) = (from.cin, Panels { columns: from.cout, width: isa.width() });
        let (taps, phases) = (window.taps(), window.phases());
        let k = taps * taps * cin;
        let mut weights = Aligned::zeroed(phases * phases * k * panels.padded());
        for (phase, of_phase) in weights.as_mut_slice().chunks_mut((k * panels.padded()).max(1)).enumerate() {
            for (start, len) in slices(k) {
                let slice = &mut of_phase[start * panels.padded()..][..len * panels.padded()];
                slice.par_chunks_mut(len * 2 * panels.width).enumerate().for_each(|(i, panel)| {
                    let padded = panels.registers(i) * panels.width;
                    for (row, at) in panel.chunks_exact_mut(padded).zip(start..) {
                        let (tap, channel) = (at / cin, at % cin);
                        let y = window.weight_tap(phase / phases, tap / taps);
                        let x = window.weight_tap(phase % phases, tap % taps);
                        W::store_all(&from.row(channel, y, x, panels.start(i))[..padded], row);
                    }
                });
            }
        }
        Direct { window, cin, panels, isa, weights }
    }

    /// Bytes of packed weights.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.weights.as_slice())
    }

    /// Runs the convolution on a batch; the output is `h`×`w` pixels an image, written through `finish`.
    ///
    /// # Safety
    /// `finish` must fit a batch of `x.n` images of `h`×`w` pixels with this convolution's output channels.
    pub(super) unsafe fn run(&self, x: &Map, h: usize, w: usize, finish: &Finish) {
        let phases = self.window.phases();
        let grid = Grid { h: h / phases, w: w / phases };
        let rows = x.n * grid.h * grid.w;
        let tile = self.isa.rows();
        let threads = rayon::current_num_threads();
        // Whole register tiles, but for the last block.
        let size = (112 / tile * tile).min(rows.div_ceil(threads).next_multiple_of(tile));
        let blocks = rows.div_ceil(size);
        let wanted = (2 * threads).div_ceil(blocks * phases * phases);
        let groups = wanted.max(self.panels.padded().div_ceil(MOST_COLUMNS)).min(self.panels.count());
        (0..phases * phases * blocks * groups).into_par_iter().for_each(|task| {
            let (phase, task) = (task / (blocks * groups), task % (blocks * groups));
            let (group, block) = (task / blocks, task % blocks);
            let share = |i: usize, of: usize, parts: usize| i * of / parts;
            let block = Block {
                phase: (phase / phases, phase % phases),
                rows: block * size..rows.min((block + 1) * size),
                panels: share(group, self.panels.count(), groups)..share(group + 1, self.panels.count(), groups),
            };
            // SAFETY: tasks differ in rows, panels or phase, so no two write the same output.
            unsafe { self.run_block(x, grid, &block, finish) };
        });
    }

    /// # Safety
    /// As [`Direct::run`]; no other task may have this block.
    unsafe fn run_block(&self, x: &Map, grid: Grid, block: &Block, finish: &Finish) {
        let rows = block.rows.len();
        let k = self.window.taps().pow(2) * self.cin;
        let packed = packed_rows_len(rows, SLICE.min(k), self.isa.rows());
        let panel_sums = rows.next_multiple_of(2) * 2 * self.panels.width;
        let phase = block.phase.0 * self.window.phases() + block.phase.1;
        with_scratch([packed, panel_sums * block.panels.len()], |[packed, sums]| {
            // SAFETY: the buffers have the lengths computed above; weights lie in the order of `new`.
            unsafe {
                let of_phase = self.weights.as_ptr().add(phase * k * self.panels.padded());
                for (start, len) in slices(k) {
                    let window = self.window;
                    dispatch(self.isa, Gather { x, window, grid, block, cin: self.cin, start, len, packed });
                    for panel in block.panels.clone() {
                        let at = start * self.panels.padded() + len * self.panels.start(panel);
                        let multiply = Multiply {
                            packed,
                            rows,
                            len,
                            weights: of_phase.add(at),
                            registers: self.panels.registers(panel),
                            sums: sums.add((panel - block.panels.start) * panel_sums),
                            add: start > 0,
                        };
                        dispatch(self.isa, multiply);
                    }
                }
                let write =
                    Write { sums, panel_sums, panels: self.panels, block, grid, phases: self.window.phases(), finish };
                dispatch(self.isa, write);
            }
        });
    }
}

/// Size of one phase of the output.
#[derive(Clone, Copy)]
struct Grid {
    h: usize,
    w: usize,
}

impl Grid {
    /// Image, row and column of packed row `row`.
    fn place(self, row: usize) -> (usize, usize, usize) {
        let (image, at) = (row / (self.h * self.w), row % (self.h * self.w));
        (image, at / self.w, at % self.w)
    }
}

/// One task's part of the output.
struct Block {
    phase: (usize, usize),
    rows: Range<usize>,
    panels: Range<usize>,
}

/// Gathers a slice of the sum for a block of output pixels.
struct Gather<'a> {
    x: &'a Map<'a>,
    window: Window,
    grid: Grid,
    block: &'a Block,
    cin: usize,
    start: usize,
    len: usize,
    packed: *mut f32,
}

impl Kernel for Gather<'_> {
    /// # Safety
    /// `packed` holds the block's rows for `len` values.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Gather { x, window, grid, block, cin, start, len, packed } = self;
        let taps = window.taps();
        for (i, row) in block.rows.clone().enumerate() {
            let (image, y, column) = grid.place(row);
            let (first_y, first_x) = (window.start(block.phase.0, y), window.start(block.phase.1, column));
            let mut k = 0;
            while k < len {
                let (tap, channel) = ((start + k) / cin, (start + k) % cin);
                let (tap_row, tap) = (tap / taps, tap % taps);
                let (y, column) = (first_y + tap_row as isize, first_x + tap as isize);
                let inside = (0..x.h as isize).contains(&y) && (0..x.w as isize).contains(&column);
                // Neighbouring pixels' channels follow one another where a pixel has no others: all taps of a row that
                // lie in the picture are one run then.
                let near = match column {
                    _ if x.pitch != cin => 1,
                    _ if inside => (x.w as isize - column) as usize,
                    ..0 => column.unsigned_abs(),
                    _ => taps,
                };
                let run = (near.min(taps - tap) * cin - channel).min(len - k);
                let from = inside.then(|| x.pixel(image, y as usize, column as usize)[channel..].as_ptr());
                let mut done = 0;
                while done < run {
                    let lanes = (run - done).min(K_STEP - (k + done) % K_STEP).min(V::WIDTH);
                    // SAFETY: `lanes` values lie in the run, and in the packed step of the row.
                    unsafe {
                        let value = match from {
                            Some(from) if lanes == V::WIDTH => V::load(from.add(done)),
                            Some(from) => V::load_partial(from.add(done), lanes),
                            None => V::splat(0.0),
                        };
                        let to = packed.add(packed_at(i, k + done, len, V::ROWS));
                        if lanes == V::WIDTH { value.store(to) } else { value.store_partial(to, lanes) }
                    }
                    done += lanes;
                }
                k += run;
            }
        }
    }
}

/// A block's rows times one panel of weights.
struct Multiply<W> {
    packed: *const f32,
    rows: usize,
    len: usize,
    weights: *const W,
    registers: usize,
    sums: *mut f32,
    add: bool,
}

impl<W: Stored> Kernel for Multiply<W> {
    /// # Safety
    /// As [`multiply_panel`].
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Multiply { packed, rows, len, weights, registers, sums, add } = self;
        // SAFETY: this function's contract.
        unsafe {
            if registers == 2 {
                multiply_panel::<V, W, 2>(packed, rows, len, weights, sums, add);
            } else {
                multiply_panel::<V, W, 1>(packed, rows, len, weights, sums, add);
            }
        }
    }
}

/// Writes a block's sums.
struct Write<'a> {
    sums: *const f32,
    panel_sums: usize,
    panels: Panels,
    block: &'a Block,
    grid: Grid,
    phases: usize,
    finish: &'a Finish,
}

impl Kernel for Write<'_> {
    /// # Safety
    /// `sums` holds the block's sums; `finish` fits the output.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Write { sums, panel_sums, panels, block, grid, phases, finish } = self;
        for (i, row) in block.rows.clone().enumerate() {
            let (image, y, x) = grid.place(row);
            let (y, x) = (y * phases + block.phase.0, x * phases + block.phase.1);
            let pixel = (image * grid.h * phases + y) * grid.w * phases + x;
            for (p, panel) in block.panels.clone().enumerate() {
                let registers = panels.registers(panel);
                for register in 0..registers {
                    let channel = panels.start(panel) + register * V::WIDTH;
                    if channel < panels.columns {
                        // SAFETY: this function's contract.
                        unsafe {
                            let sum = V::load(sums.add(p * panel_sums + (i * registers + register) * V::WIDTH));
                            finish.write(sum, pixel, channel, panels.columns - channel);
                        }
                    }
                }
            }
        }
    }
}

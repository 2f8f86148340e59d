//! Convolutions through transformed tiles: 3×3 of stride 1 and 2, and transposed 4×4 of stride 2.
//!
//! A stride-2 filter is the sum of four filters on every other row and column (2×2, 2×1, 1×2 and 1×1 taps); a
//! transposed one of stride 2 is four 2×2 filters, one for each parity of the output. So all three kinds are *passes*
//! of nested one-dimensional schemes, of which each output pixel needs one or several.
//!
//! A task takes a block of tiles through all passes: transform a slice of the input channels into packed rows (they
//! stay in the second-level cache), then for one panel of output channels after the other multiply and transform back.

mod tiles;
mod tiling;

pub(super) use tiling::Tiling;

use super::Map;
use super::finish::Finish;
use super::gemm::{Panels, Stored, packed_rows_len};
use super::lanes::{Isa, dispatch};
use super::memory::{Aligned, with_scratch};
use super::taps::Taps;
use rayon::prelude::*;
use std::ops::Range;
use tiles::{Multiply, Pack, Tiles, Unpack, dispatch_tiles};
use tiling::{Pass, Transform};

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
    /// Transforms weights.
    pub(super) fn new(tiling: Tiling, isa: Isa, taps: &Taps) -> Self {
        let (cin, cout) = (taps.cin, taps.cout);
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
                    let columns = panels.start(i)..panels.start(i) + panels.registers(i) * panels.width;
                    let transform = Transform { pass, taps, columns, first: start, channels, panel };
                    // SAFETY: the panel has room for all products of these channels and columns.
                    unsafe { dispatch_tiles(isa, pass, transform) };
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
                        dispatch_tiles(self.isa, pass, pack);
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
                            dispatch_tiles(self.isa, pass, unpack);
                        }
                        weights = weights.add(shape.weights * channels * self.panels.padded());
                    }
                }
            }
        });
    }
}

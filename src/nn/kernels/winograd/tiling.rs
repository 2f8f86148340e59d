//! Which passes a convolution takes, of which schemes, and their transformed weights.

use super::super::gemm::Stored;
use super::super::lanes::Lanes;
use super::super::scheme::{F22, F23, F41, F42, F43, MOST, Scheme};
use super::super::taps::Taps;
use super::tiles::TileKernel;
use std::ops::Range;

/// Which tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Tiling {
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
pub(super) enum Name {
    F43,
    F23,
    F22,
    F42,
    F41,
}

/// Calls a generic function with the schemes of a pass.
macro_rules! with_schemes {
    ($pass:expr, $call:ident, $($arg:expr),*) => {
        match ($pass.rows.name, $pass.cols.name) {
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
pub(super) use with_schemes;

/// One direction of a pass: output `i` of a phase is `Σ_t weight[taps[t]] · input[step · (i + t) + offset]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    pub name: Name,
    taps: &'static [usize],
    pub offset: isize,
}

/// One set of products: its two axes, and which of the output's phases it adds to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    pub rows: Axis,
    pub cols: Axis,
    pub phase: (usize, usize),
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

    pub(super) fn passes(self) -> Vec<Pass> {
        let axes = self.axes();
        let all = axes.iter().flat_map(|&(a, rows)| axes.iter().map(move |&(b, cols)| (a, b, rows, cols)));
        all.map(|(a, b, rows, cols)| Pass { rows, cols, phase: (a, b) }).collect()
    }

    pub(super) fn doubles(self) -> bool {
        matches!(self, Tiling::Double4 | Tiling::Double2)
    }

    /// From one tile element to the next in the input.
    pub(super) fn in_step(self) -> usize {
        if self == Tiling::Half { 2 } else { 1 }
    }

    /// From one tile element to the next in the output.
    pub(super) fn out_step(self) -> usize {
        if self.doubles() { 2 } else { 1 }
    }

    /// Outputs of one phase along one side of a tile.
    pub(super) fn outputs(self) -> usize {
        if matches!(self, Tiling::Same2 | Tiling::Double2) { 2 } else { 4 }
    }
}

/// Sizes of a pass that follow from its schemes.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Different transformed weight matrices.
    pub weights: usize,
    /// Packed rows of each such matrix for one tile.
    pub rows_per_tile: usize,
}

pub(super) fn shape<R: Scheme, C: Scheme>() -> Shape {
    let weights = R::WEIGHTS * C::WEIGHTS;
    Shape { weights, rows_per_tile: R::PRODUCTS * C::PRODUCTS / weights }
}

impl Pass {
    pub(super) fn shape(&self) -> Shape {
        with_schemes!(self, shape,)
    }
}

/// Transforms one panel's weights.
pub(super) struct Transform<'a, W> {
    pub pass: &'a Pass,
    pub taps: &'a Taps,
    /// Output channels, padding included.
    pub columns: Range<usize>,
    /// The first input channel.
    pub first: usize,
    pub channels: usize,
    pub panel: &'a mut [W],
}

impl<W: Stored> TileKernel for Transform<'_, W> {
    /// # Safety
    /// The panel has room for all products of these channels and columns, which are whole registers.
    #[inline(always)]
    unsafe fn run<R: Scheme, C: Scheme, V: Lanes>(self) {
        let Self { pass, taps, columns, first, channels, panel } = self;
        let padded = columns.len();
        assert_eq!(panel.len(), R::WEIGHTS * C::WEIGHTS * channels * padded);
        for channel in 0..channels {
            for register in (0..padded).step_by(V::WIDTH) {
                // SAFETY: rows of taps have whole registers of columns, and the panel was looked at above.
                unsafe {
                    let none = V::splat(0.0);
                    let mut half = [[none; 3]; MOST];
                    for (b, &x) in pass.cols.taps.iter().enumerate().take(C::TAPS) {
                        let mut column = [none; 3];
                        for (a, &y) in pass.rows.taps.iter().enumerate().take(R::TAPS) {
                            column[a] = V::load(taps.row(first + channel, y, x, columns.start + register).as_ptr());
                        }
                        for r in 0..R::WEIGHTS {
                            for a in 0..R::TAPS {
                                half[r][b] = half[r][b].mul_add(column[a], V::splat(R::G[r][a] as f32));
                            }
                        }
                    }
                    for r in 0..R::WEIGHTS {
                        for c in 0..C::WEIGHTS {
                            let mut sum = none;
                            for b in 0..C::TAPS {
                                sum = sum.mul_add(half[r][b], V::splat(C::G[c][b] as f32));
                            }
                            let at = ((r * C::WEIGHTS + c) * channels + channel) * padded + register;
                            W::store(sum, panel.as_mut_ptr().add(at));
                        }
                    }
                }
            }
        }
    }
}

//! The matrix product under every convolution: packed rows times packed panels of weights.
//!
//! *Rows* (pixels, or Winograd tiles) are packed in groups of `ROWS`, and within a group in steps of [`K_STEP`] along
//! the sum: `[group][k / K_STEP][row in group][k % K_STEP]`. So the micro-kernel reads them from one pointer with
//! constant displacements, and whoever packs writes whole registers.
//! *Weights* are packed in panels of two registers' width (the last one perhaps of one): `[panel][k][column]`.

use super::lanes::{Lanes, prefetch};
use half::{bf16, f16};

/// Values of one row that lie side by side in packed rows.
pub(super) const K_STEP: usize = 16;

/// Lanes of the widest register.
const MOST_LANES: usize = 16;

/// A number type that weights are stored in; sums are always f32.
pub(super) trait Stored: Copy + Send + Sync + 'static {
    fn from_f32(x: f32) -> Self;
    /// Numbers of `from` as this type.
    fn store_all(from: &[f32], to: &mut [Self]) {
        to.iter_mut().zip(from).for_each(|(to, &from)| *to = Self::from_f32(from));
    }
    /// # Safety
    /// As [`Lanes::load`].
    unsafe fn load<V: Lanes>(p: *const Self) -> V;
    /// # Safety
    /// As [`Lanes::store`].
    #[inline(always)]
    unsafe fn store<V: Lanes>(v: V, p: *mut Self) {
        let mut lanes = [0.0; MOST_LANES];
        // SAFETY: no register is wider, and this function's contract.
        unsafe {
            v.store(lanes.as_mut_ptr());
            for (i, &lane) in lanes.iter().enumerate().take(V::WIDTH) {
                *p.add(i) = Self::from_f32(lane);
            }
        }
    }
}

impl Stored for f32 {
    fn from_f32(x: f32) -> Self {
        x
    }
    fn store_all(from: &[f32], to: &mut [Self]) {
        to.copy_from_slice(from);
    }
    #[inline(always)]
    unsafe fn load<V: Lanes>(p: *const Self) -> V {
        // SAFETY: the trait's contract.
        unsafe { V::load(p) }
    }
    #[inline(always)]
    unsafe fn store<V: Lanes>(v: V, p: *mut Self) {
        // SAFETY: the trait's contract.
        unsafe { v.store(p) }
    }
}

impl Stored for f16 {
    fn from_f32(x: f32) -> Self {
        f16::from_f32(x)
    }
    #[inline(always)]
    unsafe fn load<V: Lanes>(p: *const Self) -> V {
        // SAFETY: the trait's contract.
        unsafe { V::load_f16(p.cast()) }
    }
}

impl Stored for bf16 {
    fn from_f32(x: f32) -> Self {
        bf16::from_f32(x)
    }
    #[inline(always)]
    unsafe fn load<V: Lanes>(p: *const Self) -> V {
        // SAFETY: the trait's contract.
        unsafe { V::load_bf16(p.cast()) }
    }
}

/// Floats that `rows` packed rows of `k` values take, for register tiles of `tile_rows` rows.
pub(super) fn packed_rows_len(rows: usize, k: usize, tile_rows: usize) -> usize {
    rows.div_ceil(tile_rows) * k.div_ceil(K_STEP) * tile_rows * K_STEP
}

/// Where value `k` of row `row` lies in rows packed for a sum of `k_total` values.
#[inline(always)]
pub(super) fn packed_at(row: usize, k: usize, k_total: usize, tile_rows: usize) -> usize {
    let (group, in_group) = (row / tile_rows, row % tile_rows);
    ((group * k_total.div_ceil(K_STEP) + k / K_STEP) * tile_rows + in_group) * K_STEP + k % K_STEP
}

/// How `columns` are cut into panels: all two registers wide, the last one of one register where that is enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Panels {
    pub columns: usize,
    pub width: usize,
}

impl Panels {
    pub(super) fn count(self) -> usize {
        self.columns.div_ceil(2 * self.width)
    }

    /// Registers across panel `i`: 2, or 1 for a narrow last one.
    pub(super) fn registers(self, i: usize) -> usize {
        if self.columns - i * 2 * self.width <= self.width { 1 } else { 2 }
    }

    /// Columns of all panels before `i`, padding included (only the last panel is ever narrow).
    pub(super) fn start(self, i: usize) -> usize {
        i * 2 * self.width
    }

    /// Columns with padding.
    pub(super) fn padded(self) -> usize {
        self.columns.next_multiple_of(self.width)
    }
}

/// `sums[row][column] = Σ_k rows[row][k] · panel[k][column]` for one panel of `NV` registers, added to what is there
/// if `add`. `sums` has no gaps: `NV · WIDTH` floats a row.
///
/// # Safety
/// `packed` holds `rows` rows packed for `k` values, `panel` `k · NV · WIDTH` weights, `sums` room for
/// `rows` rounded up to even rows.
#[inline(always)]
pub(super) unsafe fn multiply_panel<V: Lanes, W: Stored, const NV: usize>(
    packed: *const f32,
    rows: usize,
    k: usize,
    panel: *const W,
    sums: *mut f32,
    add: bool,
) {
    let group_len = k.div_ceil(K_STEP) * V::ROWS * K_STEP;
    let mut done = 0;
    let mut group = packed;
    while done < rows {
        // SAFETY: the group lies inside `packed`, its sums inside `sums` (an odd last row has a spare one behind it;
        // the row it multiplies is inside the group, since tiles have an even number of rows).
        unsafe {
            let out = sums.add(done * NV * V::WIDTH);
            match (rows - done).min(V::ROWS) {
                14.. => tile::<V, W, 14, NV>(group, k, panel, out, add),
                13 => tile::<V, W, 14, NV>(group, k, panel, out, add),
                11 | 12 => tile::<V, W, 12, NV>(group, k, panel, out, add),
                9 | 10 => tile::<V, W, 10, NV>(group, k, panel, out, add),
                7 | 8 => tile::<V, W, 8, NV>(group, k, panel, out, add),
                5 | 6 => tile::<V, W, 6, NV>(group, k, panel, out, add),
                3 | 4 => tile::<V, W, 4, NV>(group, k, panel, out, add),
                _ => tile::<V, W, 2, NV>(group, k, panel, out, add),
            }
            group = group.add(group_len);
        }
        done += V::ROWS;
    }
}

/// The register tile: `MR` rows times `NV` registers of columns, summed over all `k`.
#[inline(always)]
unsafe fn tile<V: Lanes, W: Stored, const MR: usize, const NV: usize>(
    mut rows: *const f32,
    k: usize,
    mut panel: *const W,
    sums: *mut f32,
    add: bool,
) {
    if MR > V::ROWS {
        return; // an arm of the match above that this register file never reaches
    }
    // SAFETY: contract of `multiply_panel`.
    unsafe {
        let mut acc = [[V::splat(0.0); NV]; MR];
        let mut left = k;
        // Weights mostly come from afar, one panel after the other.
        let next_panel = k * NV * V::WIDTH;
        while left > 0 {
            let step = left.min(K_STEP);
            for i in 0..step {
                prefetch(panel.wrapping_add(next_panel));
                if NV * V::WIDTH * size_of::<W>() > 64 {
                    prefetch(panel.wrapping_add(next_panel + 64 / size_of::<W>()));
                }
                let mut w = [V::splat(0.0); NV];
                for (j, w) in w.iter_mut().enumerate() {
                    *w = W::load(panel.add(j * V::WIDTH));
                }
                for r in 0..MR {
                    let x = V::splat(*rows.add(r * K_STEP + i));
                    for j in 0..NV {
                        acc[r][j] = acc[r][j].mul_add(x, w[j]);
                    }
                }
                panel = panel.add(NV * V::WIDTH);
            }
            rows = rows.add(V::ROWS * K_STEP);
            left -= step;
        }
        for (r, acc) in acc.iter().enumerate() {
            for (j, &sum) in acc.iter().enumerate() {
                let out = sums.add((r * NV + j) * V::WIDTH);
                if add { sum.add(V::load(out)).store(out) } else { sum.store(out) }
            }
        }
    }
}

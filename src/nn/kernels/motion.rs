//! Warps by flows, and what several views make of the same place.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::look::{GROUPS, Sight, Spots};
use super::memory::with_scratch;
use super::resize::{LerpRow, blend, for_channels};
use super::{Map, MapMut, Output};
use rayon::prelude::*;

/// A flow field: channels 2g and 2g + 1 (of an even number) move the g-th of equal groups of a picture's channels, by
/// `scale` times their value in pixels of the output.
#[derive(Clone, Copy)]
pub struct Flow<'a> {
    /// The field.
    pub field: Map<'a>,
    /// What its values are multiplied by.
    pub scale: f32,
}

/// `x` looked up bilinearly at (column + flow₀, row + flow₁), clamped to the border. `x` and the field may be smaller
/// than `out`: they are seen as if they were grown first (see `lerp`).
///
/// # Panics
/// When the sizes don't fit.
pub fn warp(x: Map, flow: Flow, out: &mut MapMut) {
    let (h, w, pitch) = (out.h, out.w, out.pitch);
    assert_eq!((x.n, x.c), (out.n, out.c));
    if out.n * h * w == 0 {
        return;
    }
    let warp = Warp::new(x, flow, h, w);
    let to = Output(out.data.as_mut_ptr());
    (0..out.n * h).into_par_iter().for_each(|row| {
        with_scratch([warp.field_len()], |[field]| {
            // SAFETY: each row is written by one task, and lies in `out`, whose slice covers all its pixels; there is
            // room for a row of the field.
            unsafe { warp.run(row, field, Row { pixels: to.at(row * w * pitch), pitch }) }
        });
    });
}

/// A picture to be moved row by row.
struct Warp<'a> {
    sight: Sight<'a>,
    flow: Flow<'a>,
    h: usize,
    w: usize,
}

impl<'a> Warp<'a> {
    fn new(x: Map<'a>, flow: Flow<'a>, h: usize, w: usize) -> Self {
        let groups = flow.field.c / 2;
        assert!(flow.field.n == x.n && groups > 0 && flow.field.c.is_multiple_of(2) && x.c.is_multiple_of(groups));
        Warp { sight: Sight::new(x, h, w), flow, h, w }
    }

    /// Floats that a row of the field takes when it is grown.
    fn field_len(&self) -> usize {
        grown_len(&self.flow.field, self.h, self.w)
    }

    /// Moves row `row` of the batch.
    ///
    /// # Safety
    /// `out` has room for it, and `field` for a row of the field.
    unsafe fn run(&self, row: usize, field: *mut f32, out: Row) {
        // SAFETY: this function's contract.
        unsafe {
            let shifts = grown_row(&self.flow.field, row, (self.h, self.w), field);
            match self.sight.taps() {
                2 => dispatch(Isa::best(), WarpRow::<2> { warp: self, shifts, row, out }),
                _ => dispatch(Isa::best(), WarpRow::<3> { warp: self, shifts, row, out }),
            }
        }
    }
}

struct WarpRow<'a, const TAPS: usize> {
    warp: &'a Warp<'a>,
    shifts: RowOf,
    row: usize,
    out: Row,
}

impl<const TAPS: usize> Kernel for WarpRow<'_, TAPS> {
    /// # Safety
    /// `out` has room for the row, `TAPS` are the sight's, and `shifts` is a row of the field.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let WarpRow { warp: Warp { sight, flow, h, w }, shifts, row, out } = self;
        let groups = flow.field.c / 2;
        let width = sight.x.c / groups;
        for column in 0..*w {
            for first in (0..groups).step_by(GROUPS) {
                let count = GROUPS.min(groups - first);
                // SAFETY: this function's contract.
                unsafe {
                    let shifts = std::slice::from_raw_parts(shifts.at(column).add(2 * first), 2 * count);
                    let spots = Spots::of(sight, row / h, (row % h, column), shifts, flow.scale);
                    for g in 0..count {
                        let start = (first + g) * width;
                        let out = out.pixels.add(column * out.pitch + start);
                        for_channels::<V>(width, |channel, lanes| {
                            spots.look::<V, TAPS>(g, start + channel, lanes).store_some(out.add(channel), lanes);
                        });
                    }
                }
            }
        }
    }
}

/// Adds one view to what all views say: `sums` holds Σ mask · e^mask · x in its first half of channels and Σ e^mask in
/// its second, of which [`settle`] makes Σ mask · softmax(mask) · x. Masks lie in [0, 1], so that no power overflows.
///
/// `x` is looked up by its flow on the way, where there is one; `mask` has as many channels as `x`, or one for all;
/// all three may be smaller than `sums`, as in [`warp`], but `x` alone can't. `first` says that `sums` is to be started.
///
/// # Panics
/// When the sizes don't fit.
pub fn agree(x: Map, flow: Option<Flow>, mask: Map, sums: &mut MapMut, first: bool) {
    let (h, w) = (sums.h, sums.w);
    assert_eq!((x.n, mask.n, sums.n, sums.c), (1, 1, 1, 2 * x.c));
    assert!(mask.c == x.c || mask.c == 1);
    assert!(flow.is_some() || (x.h, x.w) == (h, w));
    if h * w == 0 {
        return;
    }
    let to = Output(sums.data.as_mut_ptr());
    let pitch = sums.pitch;
    let warp = flow.map(|flow| Warp::new(x, flow, h, w));
    let lens = [w * x.c, warp.as_ref().map_or(0, Warp::field_len), grown_len(&mask, h, w)];
    (0..h).into_par_iter().for_each(|row| {
        with_scratch(lens, |[moved, field, grown]| {
            // SAFETY: each row is written by one task, and lies in `sums`, whose slice covers all its pixels; there is
            // room for a row of everything else.
            unsafe {
                let values = match &warp {
                    Some(warp) => {
                        warp.run(row, field, Row { pixels: moved, pitch: x.c });
                        RowOf { pixels: moved, pitch: x.c }
                    }
                    None => RowOf { pixels: x.pixel(0, row, 0).as_ptr(), pitch: x.pitch },
                };
                let masks = grown_row(&mask, row, (h, w), grown);
                let sums = Row { pixels: to.at(row * w * pitch), pitch };
                dispatch(Isa::best(), AgreeRow { values, masks, size: (w, x.c), single: mask.c == 1, sums, first });
            }
        });
    });
}

/// Floats that a row of `x` takes when it is grown; none where it has the size already.
fn grown_len(x: &Map, h: usize, w: usize) -> usize {
    if (x.h, x.w) == (h, w) { 0 } else { w * x.c }
}

/// Row `row` of a batch of `h`×`w` pixels that `x` is seen as: where it lies, or grown in `room`.
///
/// # Safety
/// `room` has [`grown_len`] floats.
unsafe fn grown_row(x: &Map, row: usize, (h, w): (usize, usize), room: *mut f32) -> RowOf {
    let (image, y) = (row / h, row % h);
    if (x.h, x.w) == (h, w) {
        return RowOf { pixels: x.pixel(image, y, 0).as_ptr(), pitch: x.pitch };
    }
    // SAFETY: this function's contract.
    unsafe { dispatch(Isa::best(), LerpRow { x, scale: 1.0, image, at: blend(y, x.h, h), w, out: room, pitch: x.c }) };
    RowOf { pixels: room, pitch: x.c }
}

/// A row of pixels to read.
#[derive(Clone, Copy)]
struct RowOf {
    pixels: *const f32,
    pitch: usize,
}

impl RowOf {
    /// # Safety
    /// As for pointers.
    #[inline(always)]
    unsafe fn at(self, column: usize) -> *const f32 {
        // SAFETY: this function's contract.
        unsafe { self.pixels.add(column * self.pitch) }
    }
}

/// A row of pixels to write to.
struct Row {
    pixels: *mut f32,
    pitch: usize,
}

struct AgreeRow {
    values: RowOf,
    masks: RowOf,
    /// Pixels and channels.
    size: (usize, usize),
    /// One mask for all channels.
    single: bool,
    sums: Row,
    first: bool,
}

impl Kernel for AgreeRow {
    /// # Safety
    /// All are rows of this size, `sums` of twice the channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let AgreeRow { values, masks, size: (w, channels), single, sums, first } = self;
        for column in 0..w {
            // SAFETY: this function's contract.
            unsafe {
                let (values, masks) = (values.at(column), masks.at(column));
                let sums = sums.pixels.add(column * sums.pitch);
                for_channels::<V>(channels, |channel, lanes| {
                    let value = V::load_some(values.add(channel), lanes);
                    let mask = if single { V::splat(*masks) } else { V::load_some(masks.add(channel), lanes) };
                    let (power, sum_at) = (mask.exp(), sums.add(channel));
                    let total_at = sum_at.add(channels);
                    let (mut sum, mut total) = (mask.mul(power).mul(value), power);
                    if !first {
                        sum = sum.add(V::load_some(sum_at, lanes));
                        total = total.add(V::load_some(total_at, lanes));
                    }
                    sum.store_some(sum_at, lanes);
                    total.store_some(total_at, lanes);
                });
            }
        }
    }
}

/// What all views say together, of the sums of [`agree`].
///
/// # Panics
/// When the sizes don't fit.
pub fn settle(sums: Map, out: &mut MapMut) {
    assert_eq!((sums.n, sums.h, sums.w, sums.c), (out.n, out.h, out.w, 2 * out.c));
    let (w, channels, pitch) = (out.w, out.c, out.pitch);
    out.data.par_chunks_mut((w * pitch).max(1)).take(sums.n * sums.h).enumerate().for_each(|(row, line)| {
        for (column, out) in line.chunks_mut(pitch).enumerate() {
            let (sum, total) = sums.pixel(row / sums.h, row % sums.h, column).split_at(channels);
            out.iter_mut().zip(sum.iter().zip(total)).for_each(|(out, (sum, total))| *out = sum / total);
        }
    });
}

//! Warps by flows, and what several views make of the same place.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::memory::with_scratch;
use super::resize::{blend_corners, for_channels};
use super::{Map, MapMut, Target};
use rayon::prelude::*;

/// A flow field: channels 2g and 2g + 1 (of an even number) move the g-th of equal groups of a picture's channels, by
/// `scale` times their value in pixels.
#[derive(Clone, Copy)]
pub struct Flow<'a> {
    /// The field.
    pub field: Map<'a>,
    /// What its values are multiplied by.
    pub scale: f32,
}

impl Flow<'_> {
    fn fits(&self, x: &Map) -> bool {
        let field = &self.field;
        (field.n, field.h, field.w) == (x.n, x.h, x.w)
            && field.c > 0
            && field.c.is_multiple_of(2)
            && x.c.is_multiple_of(field.c / 2)
    }
}

/// `x` looked up bilinearly at (column + flow₀, row + flow₁), clamped to the border.
///
/// # Panics
/// When the sizes don't fit.
pub fn warp(x: Map, flow: Flow, out: &mut MapMut) {
    assert!(flow.fits(&x) && out.view().size() == x.size());
    let to = Target(out.data.as_mut_ptr());
    let pitch = out.pitch;
    (0..x.n * x.h).into_par_iter().for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `out`, whose slice covers all its pixels.
        unsafe { dispatch(Isa::best(), WarpRow { x: &x, flow: &flow, row, out: to.at(row * x.w * pitch), pitch }) }
    });
}

struct WarpRow<'a> {
    x: &'a Map<'a>,
    flow: &'a Flow<'a>,
    row: usize,
    out: *mut f32,
    pitch: usize,
}

impl Kernel for WarpRow<'_> {
    /// # Safety
    /// `out` has room for the row.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let WarpRow { x, flow, row, out, pitch } = self;
        let width = x.c / (flow.field.c / 2);
        for column in 0..x.w {
            let shift = flow.field.pixel(row / x.h, row % x.h, column);
            for (block, shifts) in shift.chunks(2 * GROUPS).enumerate() {
                let spots = Spots::of(x, row, column, shifts, flow.scale);
                for g in 0..shifts.len() / 2 {
                    // SAFETY: the group's channels lie behind the corners and in `out`.
                    unsafe {
                        let start = (block * GROUPS + g) * width;
                        let out = out.add(column * pitch + start);
                        for_channels::<V>(width, |channel, lanes| {
                            spots.look::<V>(g, x.pitch, start + channel, lanes).store_some(out.add(channel), lanes);
                        });
                    }
                }
            }
        }
    }
}

/// Groups whose look-ups are computed at a time.
const GROUPS: usize = 16;

/// Where a pixel looks for up to [`GROUPS`] groups: offsets of the upper left neighbours, the steps to the right and
/// lower ones (none at an edge), and their shares. One array for each, so that lanes can be groups.
struct Spots {
    data: *const f32,
    corner: [i32; GROUPS],
    x: [f32; GROUPS],
    y: [f32; GROUPS],
    right: usize,
    down: usize,
}

impl Spots {
    /// For the groups that `shifts` (pairs) has, at most [`GROUPS`], of the pixel at `column` of row `row` of the batch.
    #[inline(always)]
    fn of(x: &Map, row: usize, column: usize, shifts: &[f32], scale: f32) -> Self {
        let (image, own_y) = (row / x.h, row % x.h);
        let (last_x, last_y) = ((x.w - 1) as f32, (x.h - 1) as f32);
        // The last pixel is looked at from its left or upper neighbour, where there is one.
        let (first_x, first_y) = (x.w.saturating_sub(2) as f32, x.h.saturating_sub(2) as f32);
        let mut spots = Spots {
            data: x.pixel(image, 0, 0).as_ptr(),
            corner: [0; GROUPS],
            x: [0.0; GROUPS],
            y: [0.0; GROUPS],
            right: if x.w > 1 { x.pitch } else { 0 },
            down: if x.h > 1 { x.w * x.pitch } else { 0 },
        };
        let groups = (shifts.len() / 2).min(GROUPS);
        for g in 0..groups {
            // `max` comes first: of a number that is none it makes zero.
            let at_x = (column as f32 + shifts[2 * g] * scale).max(0.0).min(last_x);
            let at_y = (own_y as f32 + shifts[2 * g + 1] * scale).max(0.0).min(last_y);
            // SAFETY: both lie between zero and a picture's side, so that they fit.
            let (left, upper): (i32, i32) =
                unsafe { (at_x.min(first_x).to_int_unchecked(), at_y.min(first_y).to_int_unchecked()) };
            (spots.x[g], spots.y[g]) = (at_x - left as f32, at_y - upper as f32);
            spots.corner[g] = upper * x.w as i32 + left;
        }
        spots
    }

    /// The look-up of group `g` for the picture's channels from `channel` on.
    ///
    /// # Safety
    /// The picture, of this pitch, has `channel + min(lanes, V::WIDTH)` channels.
    #[inline(always)]
    unsafe fn look<V: Lanes>(&self, g: usize, pitch: usize, channel: usize, lanes: usize) -> V {
        // SAFETY: corners and their neighbours lie in the picture.
        unsafe {
            let upper = self.data.add(self.corner[g] as usize * pitch);
            let lower = upper.add(self.down);
            let corners = [upper, upper.add(self.right), lower, lower.add(self.right)];
            blend_corners::<V>(corners, channel, lanes, V::splat(self.x[g]), V::splat(self.y[g]))
        }
    }
}

/// Adds one view to what all views say: `sums` holds Σ mask · e^mask · x in its first half of channels and Σ e^mask in
/// its second, of which [`settle`] makes Σ mask · softmax(mask) · x. Masks lie in [0, 1], so that no power overflows.
///
/// `x` is looked up by its flow on the way, where there is one; `mask` has as many channels as `x`, or one for all;
/// `first` says that `sums` is to be started.
///
/// # Panics
/// When the sizes don't fit.
pub fn agree(x: Map, flow: Option<Flow>, mask: Map, sums: &mut MapMut, first: bool) {
    assert!(flow.is_none_or(|f| f.fits(&x)));
    assert_eq!((mask.n, mask.h, mask.w), (x.n, x.h, x.w));
    assert!(x.n == 1 && (mask.c == x.c || mask.c == 1));
    assert_eq!((sums.n, sums.h, sums.w, sums.c), (1, x.h, x.w, 2 * x.c));
    let to = Target(sums.data.as_mut_ptr());
    let sums_pitch = sums.pitch;
    let warped = if flow.is_some() { x.w * x.c } else { 0 };
    (0..x.h).into_par_iter().for_each(|row| {
        with_scratch([warped], |[warped]| {
            // SAFETY: each row is written by one task, and lies in `sums`, whose slice covers all its pixels; a row of
            // `x` is where it lies, or is warped into memory for it.
            unsafe {
                let (mut values, mut pitch) = (x.pixel(0, row, 0).as_ptr(), x.pitch);
                if let Some(flow) = &flow {
                    (values, pitch) = (warped, x.c);
                    dispatch(Isa::best(), WarpRow { x: &x, flow, row, out: warped, pitch });
                }
                let sums = Row { pixels: to.at(row * x.w * sums_pitch), pitch: sums_pitch };
                let size = (x.w, x.c);
                dispatch(Isa::best(), AgreeRow { values, pitch, size, mask: &mask, row, sums, first });
            }
        });
    });
}

/// A row of pixels to write to.
struct Row {
    pixels: *mut f32,
    pitch: usize,
}

struct AgreeRow<'a> {
    values: *const f32,
    pitch: usize,
    /// Pixels and channels.
    size: (usize, usize),
    mask: &'a Map<'a>,
    row: usize,
    sums: Row,
    first: bool,
}

impl Kernel for AgreeRow<'_> {
    /// # Safety
    /// `values` and `sums` are rows of this size, of `sums` twice the channels.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let AgreeRow { values, pitch, size: (w, channels), mask, row, sums, first } = self;
        for column in 0..w {
            let masks = mask.pixel(0, row, column);
            // SAFETY: this function's contract.
            unsafe {
                let (values, sums) = (values.add(column * pitch), sums.pixels.add(column * sums.pitch));
                for_channels::<V>(channels, |channel, lanes| {
                    let value = V::load_some(values.add(channel), lanes);
                    let mask = match mask.c {
                        1 => V::splat(masks[0]),
                        _ => V::load_some(masks.as_ptr().add(channel), lanes),
                    };
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

//! Warps by flows, and what several views make of the same place.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
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
        let groups = flow.field.c / 2;
        let width = x.c / groups;
        for column in 0..x.w {
            let shift = flow.field.pixel(row / x.h, row % x.h, column);
            for group in 0..groups {
                let spot = Spot::of(x, row, column, shift, group, flow.scale);
                // SAFETY: the group's channels lie behind the corners and in `out`.
                unsafe {
                    let out = out.add(column * pitch + group * width);
                    for_channels::<V>(width, |channel, lanes| {
                        spot.look::<V>(group * width + channel, lanes).store_some(out.add(channel), lanes);
                    });
                }
            }
        }
    }
}

/// Where a pixel looks: four neighbours and the shares of the right and lower ones.
struct Spot {
    corners: [*const f32; 4],
    x: f32,
    y: f32,
}

impl Spot {
    #[inline(always)]
    fn of(x: &Map, row: usize, column: usize, shift: &[f32], group: usize, scale: f32) -> Self {
        let axis = |own: usize, shift: f32, length: usize| {
            let at = (own as f32 + shift * scale).clamp(0.0, (length - 1) as f32);
            let first = (at as usize).min(length.saturating_sub(2));
            (first, (first + 1).min(length - 1), at - first as f32)
        };
        let (left, right, share_x) = axis(column, shift[2 * group], x.w);
        let (upper, lower, share_y) = axis(row % x.h, shift[2 * group + 1], x.h);
        let corner = |y, column| x.pixel(row / x.h, y, column).as_ptr();
        let corners = [corner(upper, left), corner(upper, right), corner(lower, left), corner(lower, right)];
        Spot { corners, x: share_x, y: share_y }
    }

    /// # Safety
    /// The picture has `channel + min(lanes, V::WIDTH)` channels.
    #[inline(always)]
    unsafe fn look<V: Lanes>(&self, channel: usize, lanes: usize) -> V {
        // SAFETY: this function's contract.
        unsafe { blend_corners::<V>(self.corners, channel, lanes, V::splat(self.x), V::splat(self.y)) }
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
    let pitch = sums.pitch;
    (0..x.h).into_par_iter().for_each(|row| {
        // SAFETY: each row is written by one task, and lies in `sums`, whose slice covers all its pixels.
        unsafe {
            let sums = to.at(row * x.w * pitch);
            dispatch(Isa::best(), AgreeRow { x: &x, flow: flow.as_ref(), mask: &mask, row, sums, pitch, first });
        }
    });
}

struct AgreeRow<'a> {
    x: &'a Map<'a>,
    flow: Option<&'a Flow<'a>>,
    mask: &'a Map<'a>,
    row: usize,
    sums: *mut f32,
    pitch: usize,
    first: bool,
}

impl Kernel for AgreeRow<'_> {
    /// # Safety
    /// `sums` has room for the row.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let AgreeRow { x, flow, mask, row, sums, pitch, first } = self;
        let groups = flow.map_or(1, |f| f.field.c / 2);
        let width = x.c / groups;
        for column in 0..x.w {
            let masks = mask.pixel(0, row, column);
            let own = x.pixel(0, row, column).as_ptr();
            for group in 0..groups {
                let spot = flow.map(|f| Spot::of(x, row, column, f.field.pixel(0, row, column), group, f.scale));
                // SAFETY: the group's channels lie behind all these pointers.
                unsafe {
                    for_channels::<V>(width, |channel, lanes| {
                        let channel = group * width + channel;
                        let value = match &spot {
                            Some(spot) => spot.look::<V>(channel, lanes),
                            None => V::load_some(own.add(channel), lanes),
                        };
                        let mask = match mask.c {
                            1 => V::splat(masks[0]),
                            _ => V::load_some(masks.as_ptr().add(channel), lanes),
                        };
                        let (power, to) = (mask.exp(), sums.add(column * pitch + channel));
                        let (sum, total) = if first {
                            (mask.mul(power).mul(value), power)
                        } else {
                            let total = V::load_some(to.add(x.c), lanes).add(power);
                            (V::load_some(to, lanes).mul_add(mask.mul(power), value), total)
                        };
                        sum.store_some(to, lanes);
                        total.store_some(to.add(x.c), lanes);
                    });
                }
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

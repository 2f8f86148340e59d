//! Where a moved pixel looks in a picture, which may be smaller than the output and is then seen as if it were grown.
//!
//! Growing is bilinear, and so is looking: along each axis, a position between two neighbours of the grown picture is
//! a blend of at most three of its own pixels. So the grown picture, which would not fit into any cache, never exists.

use super::Map;
use super::lanes::{Lanes, prefetch};
use super::resize::blend;

/// The pixels along one axis that a position between `i` and `i + 1` of the output lies between: `TAPS` from `first`
/// on, whose shares at `i + t` are `shares + t · slopes`.
#[derive(Clone, Copy)]
struct Place {
    shares: [f32; 4],
    slopes: [f32; 4],
    first: usize,
}

/// One axis of a picture of `from` pixels that is seen with `to`.
struct Axis {
    places: Vec<Place>,
    from: usize,
    to: usize,
}

impl Axis {
    fn new(from: usize, to: usize) -> Self {
        assert!(0 < from && from <= to, "{from} pixels can't be seen as {to}");
        let taps = if from == to { 2 } else { 3 };
        let place = |i: usize| {
            let first = blend(i, from, to).0.min(from.saturating_sub(taps));
            let shares = |i: usize| {
                let (one, other, share) = blend(i.min(to - 1), from, to);
                let mut shares = [0.0; 4];
                shares[one - first] += 1.0 - share;
                shares[other - first] += share;
                shares
            };
            let (shares, next) = (shares(i), shares(i + 1));
            Place { shares, slopes: std::array::from_fn(|k| next[k] - shares[k]), first }
        };
        // The last pixel is looked at from its neighbour, where there is one.
        Axis { places: (0..(to - 1).max(1)).map(place).collect(), from, to }
    }

    /// The first pixel at a position, and the shares of it and its followers.
    #[inline(always)]
    fn at(&self, position: f32) -> (usize, [f32; 4]) {
        // `max` comes first: of a number that is none it makes zero.
        let position = position.max(0.0).min((self.to - 1) as f32);
        // SAFETY: it lies between zero and a picture's side, so that it fits.
        let i = (unsafe { position.to_int_unchecked::<i32>() } as usize).min(self.places.len() - 1);
        let (place, t) = (&self.places[i], position - i as f32);
        (place.first, std::array::from_fn(|k| place.shares[k] + t * place.slopes[k]))
    }

    /// How far the followers of a first pixel are from it, `step` apart. There may be fewer than taps.
    fn offsets(&self, step: usize) -> [usize; 3] {
        [0, 1, 2].map(|k: usize| k.min(self.from - 1) * step)
    }
}

/// A picture as an output of another size sees it.
pub(super) struct Sight<'a> {
    pub x: Map<'a>,
    rows: Axis,
    columns: Axis,
}

impl<'a> Sight<'a> {
    /// # Panics
    /// When the picture is larger than `h`×`w`, has no pixels, or grows along one axis alone.
    pub(super) fn new(x: Map<'a>, h: usize, w: usize) -> Self {
        assert_eq!(x.h == h, x.w == w);
        Sight { x, rows: Axis::new(x.h, h), columns: Axis::new(x.w, w) }
    }

    /// Pixels that a look-up blends along each axis.
    pub(super) fn taps(&self) -> usize {
        if self.rows.from == self.rows.to { 2 } else { 3 }
    }
}

/// Groups whose look-ups are computed at a time.
pub(super) const GROUPS: usize = 16;

/// Pixels.
const AHEAD: usize = 4;

/// Where one output pixel looks for up to [`GROUPS`] groups.
pub(super) struct Spots {
    corners: [*const f32; GROUPS],
    shares: [([f32; 4], [f32; 4]); GROUPS],
    right: [usize; 3],
    down: [usize; 3],
}

impl Spots {
    /// For the groups that `shifts` (pairs) has, at most [`GROUPS`], of the pixel at (`row`, `column`).
    #[inline(always)]
    pub(super) fn of(sight: &Sight, image: usize, (row, column): (usize, usize), shifts: &[f32], scale: f32) -> Self {
        let x = &sight.x;
        let image = x.pixel(image, 0, 0).as_ptr();
        let mut spots = Spots {
            corners: [image; GROUPS],
            shares: [([0.0; 4], [0.0; 4]); GROUPS],
            right: sight.columns.offsets(x.pitch),
            down: sight.rows.offsets(x.w * x.pitch),
        };
        for g in 0..(shifts.len() / 2).min(GROUPS) {
            let (left, across) = sight.columns.at(column as f32 + shifts[2 * g] * scale);
            let (upper, along) = sight.rows.at(row as f32 + shifts[2 * g + 1] * scale);
            spots.corners[g] = image.wrapping_add((upper * x.w + left) * x.pitch);
            spots.shares[g] = (across, along);
        }
        spots
    }

    /// The look-up of group `g` for the picture's channels from `channel` on.
    ///
    /// # Safety
    /// `TAPS` is the sight's, and its picture has `channel + min(lanes, V::WIDTH)` channels.
    #[inline(always)]
    pub(super) unsafe fn look<V: Lanes, const TAPS: usize>(&self, g: usize, channel: usize, lanes: usize) -> V {
        let (across, along) = &self.shares[g];
        // Neighbours mostly look at neighbours: what those to come will see first is asked for now.
        prefetch(self.corners[g].wrapping_add(self.down[TAPS - 1] + AHEAD * self.right[1] + channel));
        // SAFETY: this function's contract; all taps lie in the picture.
        unsafe {
            let mut sum = V::splat(0.0);
            for i in 0..TAPS {
                let mut line = V::splat(0.0);
                for j in 0..TAPS {
                    let at = self.corners[g].add(self.down[i] + self.right[j] + channel);
                    line = line.mul_add(V::load_some(at, lanes), V::splat(across[j]));
                }
                sum = sum.mul_add(line, V::splat(along[i]));
            }
            sum
        }
    }
}

//! What happens to a finished sum on its way to memory: bias, a partial sum computed elsewhere, activation, residual.

use super::lanes::Lanes;

/// A picture in memory seen by raw pointer: `pitch` floats from pixel to pixel.
#[derive(Clone, Copy)]
pub(super) struct Pixels {
    pub data: *const f32,
    pub pitch: usize,
}

impl Pixels {
    /// A function and no closure: one that stayed outside of a kernel would have no such registers.
    ///
    /// # Safety
    /// As for pointers.
    #[inline(always)]
    unsafe fn at(self, pixel: usize, channel: usize) -> *const f32 {
        // SAFETY: this function's contract.
        unsafe { self.data.add(pixel * self.pitch + channel) }
    }
}

/// The last step of a convolution, in this order: `sum + bias + before`, PReLU, `+ after`.
#[derive(Clone, Copy)]
pub(super) struct Finish {
    /// One value an output channel, padded to whole panels.
    pub bias: *const f32,
    /// PReLU's slopes, padded likewise (zeros are ReLU); null for none.
    pub slopes: *const f32,
    /// Added before the activation, with the pixel index it starts over at (one image for all, or the whole batch).
    pub before: Option<(Pixels, usize)>,
    /// Added after it.
    pub after: Option<Pixels>,
    pub out: *mut f32,
    pub out_pitch: usize,
}

// SAFETY: the pointers are read, or written at pixels and channels that only one task has (see `Conv::run`).
unsafe impl Send for Finish {}
// SAFETY: as above.
unsafe impl Sync for Finish {}

impl Finish {
    /// Writes the first `lanes` lanes of `sum` for output channels from `channel` on, at pixel `pixel` of the batch.
    ///
    /// # Safety
    /// Pixel and channels lie inside every picture named here; `channel` is a multiple of a register's width.
    #[inline(always)]
    pub(super) unsafe fn write<V: Lanes>(&self, sum: V, pixel: usize, channel: usize, lanes: usize) {
        // SAFETY: this function's contract.
        unsafe {
            let mut x = sum.add(V::load(self.bias.add(channel)));
            if let Some((before, period)) = self.before {
                let pixel = if pixel < period { pixel } else { pixel % period };
                x = x.add(V::load_some(before.at(pixel, channel), lanes));
            }
            if !self.slopes.is_null() {
                let zero = V::splat(0.0);
                x = x.max(zero).mul_add(x.min(zero), V::load(self.slopes.add(channel)));
            }
            if let Some(after) = self.after {
                x = x.add(V::load_some(after.at(pixel, channel), lanes));
            }
            let out = self.out.add(pixel * self.out_pitch + channel);
            x.store_some(out, lanes);
        }
    }
}

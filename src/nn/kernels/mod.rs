//! Convolutions and what lies between them, for processors: plain slices in, plain slices out.
//!
//! Pictures are [`Map`]s: batches with the channels of a pixel side by side (N×H×W×C). So a register holds channels,
//! a warp moves whole pixels, and several kernels may write channels of one wide picture instead of concatenating.
//! Kernels are written once, generic over the instruction set (see `lanes`), and share rayon's threads.
#![allow(unsafe_code)] // SIMD, and threads that write parts of one picture; each place says why it is sound.
#![allow(clippy::needless_range_loop)] // an index here names a row or a column of several arrays at once.

mod conv;
mod deviation;
mod direct;
mod finish;
mod gemm;
mod gradient;
mod grid;
mod lanes;
mod learning;
mod look;
mod memory;
mod motion;
mod one_hot;
mod pixels;
mod pointwise;
mod pool;
mod resize;
mod scheme;
mod squares;
mod sums;
mod taps;
mod views;
mod winograd;

#[cfg(test)]
mod tests;

pub use conv::{Activation, Conv, Join, Method, Precision, Shape, Weights, all};
pub use deviation::{deviation, deviation_change, deviation_curvature, deviation_gradient};
pub use gradient::{Window, add_weight_gradient, weight_gradient};
pub use grid::warp_gradient;
pub use lanes::Isa;
pub use learning::{Moments, activation_gradient, add, double_gradient, moments, norm_gradient, scale_and_activate};
pub use motion::{Flow, agree, settle, warp};
pub use one_hot::{add_one_hot_gradient, one_hot, one_hot_maps};
pub use pixels::for_pixels;
pub use pointwise::{instance_norm, sigmoid};
pub use pool::{Batch, Pool};
pub use resize::{copy, lerp, lerp_scaled, max_pool_3x3_s2, pixel_shuffle};
pub use squares::{halve, halve_gradient, pixel_unshuffle, repeat, repeat_gradient};
pub use views::{gather_views, spread_views, thin, thin_gradient};

/// A batch of pictures: `n` images of `h`×`w` pixels, `c` channels of a pixel side by side, `pitch` floats from one
/// pixel to the next (more than `c` where it is part of a wider picture).
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    data: &'a [f32],
    n: usize,
    h: usize,
    w: usize,
    c: usize,
    pitch: usize,
}

/// A [`Map`] to write to.
#[derive(Debug)]
pub struct MapMut<'a> {
    data: &'a mut [f32],
    n: usize,
    h: usize,
    w: usize,
    c: usize,
    pitch: usize,
}

/// A pointer that several threads write through, each to other places.
#[derive(Clone, Copy)]
struct Output(*mut f32);

// SAFETY: whoever makes one sees to it that tasks write to different places.
unsafe impl Send for Output {}
// SAFETY: as above.
unsafe impl Sync for Output {}

impl Output {
    /// # Safety
    /// As for pointers.
    #[inline(always)]
    unsafe fn at(self, i: usize) -> *mut f32 {
        // SAFETY: this function's contract.
        unsafe { self.0.add(i) }
    }
}

fn check(len: usize, [n, h, w, c]: [usize; 4], pitch: usize) {
    let pixels = n * h * w;
    assert!(c <= pitch && (pixels == 0 || (pixels - 1) * pitch + c <= len), "{len} floats for {n}×{h}×{w}×{c}");
}

impl<'a> Map<'a> {
    /// A batch without gaps.
    ///
    /// # Panics
    /// When `data` is too short.
    pub fn new(data: &'a [f32], size: [usize; 4]) -> Self {
        Self::strided(data, size, size[3])
    }

    /// Some channels of a batch: `data` starts at the first one.
    ///
    /// # Panics
    /// When `data` is too short.
    pub fn strided(data: &'a [f32], [n, h, w, c]: [usize; 4], pitch: usize) -> Self {
        check(data.len(), [n, h, w, c], pitch);
        Map { data, n, h, w, c, pitch }
    }

    /// `count` channels from `first` on.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn channels(self, first: usize, count: usize) -> Self {
        assert!(first + count <= self.c);
        Map { data: &self.data[first.min(self.data.len())..], c: count, ..self }
    }

    /// `count` images from `first` on.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn images(self, first: usize, count: usize) -> Self {
        assert!(first + count <= self.n);
        Map { data: &self.data[(first * self.h * self.w * self.pitch).min(self.data.len())..], n: count, ..self }
    }

    /// Images, height, width and channels.
    pub fn size(&self) -> [usize; 4] {
        [self.n, self.h, self.w, self.c]
    }

    /// The channels of one pixel.
    #[inline(always)]
    pub fn pixel(&self, image: usize, y: usize, x: usize) -> &'a [f32] {
        &self.data[((image * self.h + y) * self.w + x) * self.pitch..][..self.c]
    }
}

impl<'a> MapMut<'a> {
    /// A batch without gaps.
    ///
    /// # Panics
    /// When `data` is too short.
    pub fn new(data: &'a mut [f32], size: [usize; 4]) -> Self {
        Self::strided(data, size, size[3])
    }

    /// Some channels of a batch: `data` starts at the first one.
    ///
    /// # Panics
    /// When `data` is too short.
    pub fn strided(data: &'a mut [f32], [n, h, w, c]: [usize; 4], pitch: usize) -> Self {
        check(data.len(), [n, h, w, c], pitch);
        MapMut { data, n, h, w, c, pitch }
    }

    /// `count` channels from `first` on.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn channels(&mut self, first: usize, count: usize) -> MapMut<'_> {
        assert!(first + count <= self.c);
        let first = first.min(self.data.len());
        MapMut { data: &mut self.data[first..], n: self.n, h: self.h, w: self.w, c: count, pitch: self.pitch }
    }

    /// `count` images from `first` on.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn images(&mut self, first: usize, count: usize) -> MapMut<'_> {
        assert!(first + count <= self.n);
        let first = (first * self.h * self.w * self.pitch).min(self.data.len());
        MapMut { data: &mut self.data[first..], n: count, h: self.h, w: self.w, c: self.c, pitch: self.pitch }
    }

    /// The channels of one pixel.
    fn pixel_mut(&mut self, image: usize, y: usize, x: usize) -> &mut [f32] {
        &mut self.data[((image * self.h + y) * self.w + x) * self.pitch..][..self.c]
    }

    /// The same pictures to read.
    pub fn view(&self) -> Map<'_> {
        Map { data: self.data, n: self.n, h: self.h, w: self.w, c: self.c, pitch: self.pitch }
    }
}

//! Images as matrices: `unfold` lays the pixels that every place of a sliding window sees into a matrix, `fold` is its
//! transpose. With a matrix product between, they give the gradients of every convolution.

use super::planes::{Planes, as_planes, result};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// A square window that slides over an image.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) k: usize,
    pub(super) stride: usize,
    pub(super) padding: usize,
}

impl Window {
    pub(super) fn is_pixel(&self) -> bool {
        self.k == 1 && self.stride == 1 && self.padding == 0
    }

    /// How many places it takes along `length` pixels.
    pub(super) fn count(&self, length: usize) -> usize {
        (length + 2 * self.padding - self.k) / self.stride + 1
    }

    /// Of `places`, those from which the window's cell `offset` falls on one of `length` pixels, and the pixel of the
    /// first.
    fn inside(&self, offset: usize, places: usize, length: usize) -> (usize, usize, usize) {
        let first = self.padding.saturating_sub(offset).div_ceil(self.stride).min(places);
        let past = (length + self.padding).saturating_sub(offset).div_ceil(self.stride).clamp(first, places);
        (first, past, (first * self.stride + offset).saturating_sub(self.padding))
    }
}

/// N×C×H×W to N×C×k²×(places): what each place of the window sees, zeros outside the image.
pub(super) struct Unfold {
    pub(super) window: Window,
}

impl CustomOp1 for Unfold {
    fn name(&self) -> &'static str {
        "unfold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = Planes::of(storage, layout)?;
        let (rows, columns) = (self.window.count(x.h), self.window.count(x.w));
        let (cells, stride) = (self.window.k * self.window.k, self.window.stride);
        let mut matrix = vec![0.0; x.n * x.c * cells * rows * columns];
        matrix.par_chunks_mut(rows * columns).enumerate().for_each(|(line, out)| {
            let plane = x.plane(line / cells);
            let (dy, dx) = (line % cells / self.window.k, line % cells % self.window.k);
            let (first_row, past_row, first_y) = self.window.inside(dy, rows, x.h);
            let (first, past, first_x) = self.window.inside(dx, columns, x.w);
            for row in first_row..past_row {
                let y = first_y + (row - first_row) * stride;
                let (from, to) = (&plane[y * x.w + first_x..(y + 1) * x.w], &mut out[row * columns..][first..past]);
                if stride == 1 {
                    to.copy_from_slice(&from[..to.len()]);
                } else {
                    to.iter_mut().zip(from.iter().step_by(stride)).for_each(|(to, from)| *to = *from);
                }
            }
        });
        result(matrix, (x.n, x.c, cells, rows * columns))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, s1: &candle_core::CudaStorage, l1: &Layout) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let ((n, c, h, w), Window { k, stride, padding }) = (l1.shape().dims4()?, self.window);
        let (rows, columns) = (self.window.count(h), self.window.count(w));
        let sizes = [h, w, rows, columns, k, stride, padding];
        call("unfold", Work::Values, &[(s1, l1)], &sizes, (n, c, k * k, rows * columns))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, h, w) = x.dims4()?;
        as_planes(gradient)?.apply_op1(Fold { window: self.window, h, w }).map(Some)
    }
}

/// The transpose of [`Unfold`]: N×C×k²×(places) to N×C×H×W, every pixel the sum of what lies on it.
pub(super) struct Fold {
    pub(super) window: Window,
    pub(super) h: usize,
    pub(super) w: usize,
}

impl CustomOp1 for Fold {
    fn name(&self) -> &'static str {
        "fold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let matrix = Planes::of(storage, layout)?;
        let (rows, columns) = (self.window.count(self.h), self.window.count(self.w));
        let stride = self.window.stride;
        let mut image = vec![0.0; matrix.n * matrix.c * self.h * self.w];
        image.par_chunks_mut(self.h * self.w).enumerate().for_each(|(index, out)| {
            for (cell, line) in matrix.plane(index).chunks_exact(rows * columns).enumerate() {
                let (dy, dx) = (cell / self.window.k, cell % self.window.k);
                let (first_row, past_row, first_y) = self.window.inside(dy, rows, self.h);
                let (first, past, first_x) = self.window.inside(dx, columns, self.w);
                for row in first_row..past_row {
                    let y = first_y + (row - first_row) * stride;
                    let (from, to) = (&line[row * columns..][first..past], &mut out[y * self.w + first_x..]);
                    to.iter_mut().step_by(stride).zip(from).for_each(|(to, from)| *to += from);
                }
            }
        });
        result(image, (matrix.n, matrix.c, self.h, self.w))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, s1: &candle_core::CudaStorage, l1: &Layout) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let ((n, c, _, _), Window { k, stride, padding }) = (l1.shape().dims4()?, self.window);
        let (rows, columns) = (self.window.count(self.h), self.window.count(self.w));
        let sizes = [self.h, self.w, rows, columns, k, stride, padding];
        call("fold", Work::Values, &[(s1, l1)], &sizes, (n, c, self.h, self.w))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        as_planes(gradient)?.apply_op1(Unfold { window: self.window }).map(Some)
    }
}

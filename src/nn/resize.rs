//! Bilinear resizing, half-pixel centres, no antialiasing (PyTorch's `interpolate(align_corners=False)`).

use super::planes::{Planes, as_planes, kernel_takes, result};
use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// `x` (N×C×H×W) resized to N×C×`h`×`w`.
pub fn lerp(x: &Tensor, h: usize, w: usize) -> Result<Tensor> {
    let (_, _, from_h, from_w) = x.dims4()?;
    if (from_h, from_w) == (h, w) {
        Ok(x.clone())
    } else if kernel_takes(x) {
        as_planes(x)?.apply_op1(Lerp { h, w })
    } else {
        composed(x, h, w)
    }
}

/// Where one output pixel lies between two of the source's.
#[derive(Clone, Copy)]
struct Blend {
    first: usize,
    second: usize,
    /// The second's share.
    share: f32,
}

fn blends(from: usize, to: usize) -> Vec<Blend> {
    let blend = |i: usize| {
        let at = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).max(0.0);
        let first = (at as usize).min(from - 1);
        Blend { first, second: (first + 1).min(from - 1), share: (at - first as f64) as f32 }
    };
    (0..to).map(blend).collect()
}

fn composed(x: &Tensor, h: usize, w: usize) -> Result<Tensor> {
    let along = |x: &Tensor, dim: usize, to: usize| -> Result<Tensor> {
        let (x, blends) = (x.contiguous()?, blends(x.dim(dim)?, to));
        let pick = |which: fn(&Blend) -> usize| {
            let indices: Vec<u32> = blends.iter().map(|b| which(b) as u32).collect();
            x.index_select(&Tensor::new(indices, x.device())?, dim)
        };
        let shares = Tensor::from_iter(blends.iter().map(|b| b.share), &Device::Cpu)?;
        let shape = if dim == 2 { (1, 1, to, 1) } else { (1, 1, 1, to) };
        let shares = shares.reshape(shape)?.to_dtype(x.dtype())?.to_device(x.device())?;
        let first = pick(|b| b.first)?;
        &first + (pick(|b| b.second)? - &first)?.broadcast_mul(&shares)?
    };
    along(&along(x, 2, h)?, 3, w)
}

struct Lerp {
    h: usize,
    w: usize,
}

impl CustomOp1 for Lerp {
    fn name(&self) -> &'static str {
        "lerp"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = Planes::of(storage, layout)?;
        let (rows, columns) = (blends(x.h, self.h), blends(x.w, self.w));
        let mut values = vec![0.0; x.n * x.c * self.h * self.w];
        values.par_chunks_mut(self.h * self.w).enumerate().for_each(|(index, out)| {
            let image = x.plane(index);
            let mut between = vec![0.0; x.w];
            for (row, out) in rows.iter().zip(out.chunks_exact_mut(self.w)) {
                let (upper, lower) = (&image[row.first * x.w..][..x.w], &image[row.second * x.w..][..x.w]);
                for ((mixed, a), b) in between.iter_mut().zip(upper).zip(lower) {
                    *mixed = a + (b - a) * row.share;
                }
                for (out, column) in out.iter_mut().zip(&columns) {
                    let (a, b) = (between[column.first], between[column.second]);
                    *out = a + (b - a) * column.share;
                }
            }
        });
        result(values, (x.n, x.c, self.h, self.w))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, s1: &candle_core::CudaStorage, l1: &Layout) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let (n, c, h, w) = l1.shape().dims4()?;
        call("lerp", Work::Values, &[(s1, l1)], &[h, w, self.h, self.w], (n, c, self.h, self.w))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, h, w) = x.dims4()?;
        as_planes(gradient)?.apply_op1_no_bwd(&Spread { h, w }).map(Some)
    }
}

/// The transpose of [`Lerp`].
struct Spread {
    h: usize,
    w: usize,
}

impl CustomOp1 for Spread {
    fn name(&self) -> &'static str {
        "lerp-gradient"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let gradient = Planes::of(storage, layout)?;
        let (rows, columns) = (blends(self.h, gradient.h), blends(self.w, gradient.w));
        let mut values = vec![0.0; gradient.n * gradient.c * self.h * self.w];
        values.par_chunks_mut(self.h * self.w).enumerate().for_each(|(index, out)| {
            for (row, line) in rows.iter().zip(gradient.plane(index).chunks_exact(gradient.w)) {
                for (column, &value) in columns.iter().zip(line) {
                    let (left, right) = (value * (1.0 - column.share), value * column.share);
                    out[row.first * self.w + column.first] += left * (1.0 - row.share);
                    out[row.first * self.w + column.second] += right * (1.0 - row.share);
                    out[row.second * self.w + column.first] += left * row.share;
                    out[row.second * self.w + column.second] += right * row.share;
                }
            }
        });
        result(values, (gradient.n, gradient.c, self.h, self.w))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(&self, s1: &candle_core::CudaStorage, l1: &Layout) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let (n, c, h, w) = l1.shape().dims4()?;
        let work = Work::Added(l1.shape().elem_count());
        call("lerp_gradient", work, &[(s1, l1)], &[self.h, self.w, h, w], (n, c, self.h, self.w))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(x: &Array, h: usize, w: usize) -> Array {
        let [n, c, from_h, from_w] = x.dims;
        Array::from_fn([n, c, h, w], |[n, c, row, column]| {
            let neighbours = |i: usize, from: usize, to: usize| {
                let at = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, (from - 1) as f64);
                let first = at.floor();
                [(first as usize, 1.0 - (at - first)), ((first as usize + 1).min(from - 1), at - first)]
            };
            let mut sum = 0.0;
            for (y, share_y) in neighbours(row, from_h, h) {
                for (x_, share_x) in neighbours(column, from_w, w) {
                    sum += share_y * share_x * x.at([n, c, y, x_]);
                }
            }
            sum
        })
    }

    #[test]
    fn agrees_with_the_naive_resize() {
        let mut dice = Dice(3);
        for _ in 0..12 {
            let dims = [dice.whole(1, 2), dice.whole(1, 3), dice.whole(1, 6), dice.whole(1, 6)];
            let (h, w) = (dice.whole(1, 13), dice.whole(1, 13));
            check(|a| lerp(&a[0], h, w), |a| naive(&a[0], h, w), &[dice.array(dims, 1.0)]);
        }
    }
}

//! Instance norm: every image of every sample on its own.

use super::planes::{Planes, as_planes, kernel_takes, result, vector};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

const EPSILON: f64 = 1e-5;

/// Every image of `x` (N×C×H×W) less its mean, over its standard deviation (biased, with 1e-5 added to the variance),
/// times `gain` plus `bias` (one value per channel each).
pub fn instance_norm(x: &Tensor, gain: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if kernel_takes(x) {
        return as_planes(x)?.apply_op3(&gain.contiguous()?, &bias.contiguous()?, InstanceNorm);
    }
    composed(x, gain, bias)
}

fn composed(x: &Tensor, gain: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let (normed, _) = standardized(x)?;
    normed.broadcast_mul(&gain.reshape((1, (), 1, 1))?)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

/// `x` with mean 0 and deviation 1, and what it was divided by.
fn standardized(x: &Tensor) -> Result<(Tensor, Tensor)> {
    let centred = x.broadcast_sub(&x.mean_keepdim((2, 3))?)?;
    let deviation = (centred.sqr()?.mean_keepdim((2, 3))? + EPSILON)?.sqrt()?;
    Ok((centred.broadcast_div(&deviation)?, deviation))
}

struct InstanceNorm;

impl CustomOp3 for InstanceNorm {
    fn name(&self) -> &'static str {
        "instance-norm"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, gains, biases) = (Planes::of(s1, l1)?, vector(s2, l2)?, vector(s3, l3)?);
        let count = x.area() as f64;
        let mut values = vec![0.0; x.n * x.c * x.area()];
        values.par_chunks_mut(x.area()).enumerate().for_each(|(index, out)| {
            let image = x.plane(index);
            let mean = image.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
            let variance = image.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
            let factor = (f64::from(gains[index % x.c]) / (variance + EPSILON).sqrt()) as f32;
            let (mean, bias) = (mean as f32, biases[index % x.c]);
            out.iter_mut().zip(image).for_each(|(out, &v)| *out = (v - mean) * factor + bias);
        });
        result(values, l1.shape().clone())
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        s1: &candle_core::CudaStorage,
        l1: &Layout,
        s2: &candle_core::CudaStorage,
        l2: &Layout,
        s3: &candle_core::CudaStorage,
        l3: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let (n, c, h, w) = l1.shape().dims4()?;
        call("instance_norm", Work::Images(n * c), &[(s1, l1), (s2, l2), (s3, l3)], &[c, h * w], l1.shape().clone())
    }

    fn bwd(
        &self,
        x: &Tensor,
        gain: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (normed, deviation) = standardized(x)?;
        let product = (gradient * &normed)?;
        let along = normed.broadcast_mul(&product.mean_keepdim((2, 3))?)?;
        let inner = (gradient.broadcast_sub(&gradient.mean_keepdim((2, 3))?)? - along)?;
        let of_x = inner.broadcast_div(&deviation)?.broadcast_mul(&gain.reshape((1, (), 1, 1))?)?;
        Ok((Some(of_x), Some(product.sum((0, 2, 3))?), Some(gradient.sum((0, 2, 3))?)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(args: &[Array]) -> Array {
        let [x, gain, bias] = args else { unreachable!() };
        let area = x.dims[2] * x.dims[3];
        Array::from_fn(x.dims, |[n, c, row, column]| {
            let image = &x.values[x.index([n, c, 0, 0])..][..area];
            let mean = image.iter().sum::<f64>() / area as f64;
            let variance = image.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / area as f64;
            (x.at([n, c, row, column]) - mean) / (variance + 1e-5).sqrt() * gain.values[c] + bias.values[c]
        })
    }

    #[test]
    fn agrees_with_the_naive_norm() {
        let mut dice = Dice(4);
        for _ in 0..8 {
            let (n, c, h, w) = (dice.whole(1, 3), dice.whole(1, 4), dice.whole(2, 6), dice.whole(2, 6));
            let args = [dice.array([n, c, h, w], 2.0), dice.array([c, 1, 1, 1], 1.0), dice.array([c, 1, 1, 1], 1.0)];
            check(|a| instance_norm(&a[0], &a[1].flatten_all()?, &a[2].flatten_all()?), naive, &args);
        }
    }
}

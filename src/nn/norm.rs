//! Instance norm: every image of every sample on its own.

use super::planes::{Planes, as_planes, kernel_takes, processor_takes, result, vector};
use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Storage, Tensor, bail};
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
        let mut values = vec![0.0; x.n * x.c * x.area()];
        values.par_chunks_mut(x.area().max(1)).enumerate().for_each(|(index, out)| {
            let image = x.plane(index);
            let Moments { mean, deviation } = Moments::of(image);
            let factor = (f64::from(gains[index % x.c]) / deviation) as f32;
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
        if processor_takes(x) {
            let [of_x, of_gain, of_bias] = gradients(&as_planes(x)?, gain, &as_planes(gradient)?)?;
            return Ok((Some(of_x), Some(of_gain), Some(of_bias)));
        }
        let (normed, deviation) = standardized(x)?;
        let product = (gradient * &normed)?;
        let along = normed.broadcast_mul(&product.mean_keepdim((2, 3))?)?;
        let inner = (gradient.broadcast_sub(&gradient.mean_keepdim((2, 3))?)? - along)?;
        let of_x = inner.broadcast_div(&deviation)?.broadcast_mul(&gain.reshape((1, (), 1, 1))?)?;
        Ok((Some(of_x), Some(product.sum((0, 2, 3))?), Some(gradient.sum((0, 2, 3))?)))
    }
}

/// An image's mean and deviation.
struct Moments {
    mean: f64,
    deviation: f64,
}

impl Moments {
    fn of(image: &[f32]) -> Self {
        let count = image.len() as f64;
        let mean = sum(image, |v| v) / count;
        let variance = sum(image, |v| (v - mean) * (v - mean)) / count;
        Self { mean, deviation: (variance + EPSILON).sqrt() }
    }
}

/// Values whose sums run side by side: one alone would wait for each addition.
const ABREAST: usize = 8;

/// Σ f(v) in double precision.
fn sum(values: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    let (whole, rest) = values.as_chunks::<ABREAST>();
    let mut sums = [0.0; ABREAST];
    for values in whole {
        sums.iter_mut().zip(values).for_each(|(sum, &v)| *sum += f(f64::from(v)));
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&v| f(f64::from(v))).sum::<f64>()
}

/// Σ g and Σ g · (v − mean), likewise.
fn sums_of(values: &[f32], gradient: &[f32], mean: f64) -> [f64; 2] {
    let ((values, values_left), (gradient, gradient_left)) =
        (values.as_chunks::<ABREAST>(), gradient.as_chunks::<ABREAST>());
    let (mut sums, mut products) = ([0.0; ABREAST], [0.0; ABREAST]);
    for (values, gradient) in values.iter().zip(gradient) {
        for i in 0..ABREAST {
            let g = f64::from(gradient[i]);
            sums[i] += g;
            products[i] += g * (f64::from(values[i]) - mean);
        }
    }
    let (mut sum, mut product) = (sums.iter().sum::<f64>(), products.iter().sum::<f64>());
    for (&v, &g) in values_left.iter().zip(gradient_left) {
        sum += f64::from(g);
        product += f64::from(g) * (f64::from(v) - mean);
    }
    [sum, product]
}

/// The gradients by `x`, by the gain and by the bias, image by image, without a picture in between.
fn gradients(x: &Tensor, gain: &Tensor, gradient: &Tensor) -> Result<[Tensor; 3]> {
    let ((x_at, of_x), (g_at, of_g)) = (x.storage_and_layout(), gradient.storage_and_layout());
    let (Storage::Cpu(x_at), Storage::Cpu(g_at)) = (&*x_at, &*g_at) else { bail!("the pictures are on a card") };
    let (images, upstream) = (Planes::of(x_at, of_x)?, Planes::of(g_at, of_g)?);
    let (gains, area) = (gain.to_vec1::<f32>()?, images.area());
    let mut values = vec![0.0; images.n * images.c * area];
    let mut sums = vec![[0.0; 2]; images.n * images.c];
    values.par_chunks_mut(area.max(1)).zip(&mut sums).enumerate().for_each(|(index, (out, sums))| {
        let (image, upstream) = (images.plane(index), upstream.plane(index));
        let Moments { mean, deviation } = Moments::of(image);
        let [of_bias, product] = sums_of(image, upstream, mean);
        *sums = [product / deviation, of_bias];
        let factor = f64::from(gains[index % images.c]) / deviation;
        let (level, slope) = (of_bias / area as f64, product / (area as f64 * deviation * deviation));
        let (factor, level, slope, mean) = (factor as f32, level as f32, (slope * factor) as f32, mean as f32);
        for ((out, &v), &g) in out.iter_mut().zip(image).zip(upstream) {
            *out = (g - level) * factor - (v - mean) * slope;
        }
    });
    let per_channel = |which: usize| {
        let of =
            |channel: usize| sums.iter().skip(channel).step_by(images.c).map(|sums| sums[which]).sum::<f64>() as f32;
        Tensor::from_vec((0..images.c).map(of).collect::<Vec<_>>(), images.c, x.device())
    };
    Ok([Tensor::from_vec(values, x.shape(), x.device())?, per_channel(0)?, per_channel(1)?])
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

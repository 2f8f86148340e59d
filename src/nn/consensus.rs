//! What several samples say together: the message passing between a sheet's drawings.

use super::planes::{Planes, as_planes, kernel_takes, result};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use candle_nn::ops::softmax;
use rayon::prelude::*;

/// Σ over the samples of each group of `each` of `mask · softmax(mask) · x`, the softmax being over the same samples:
/// (N / `each`)×C×H×W.
///
/// `x` is N×C×H×W, `mask` the same, or N×1×H×W for all channels. The kernel sums in doubles, so that the samples' order
/// cannot be told from the result.
pub fn consensus(mask: &Tensor, x: &Tensor, each: usize) -> Result<Tensor> {
    let ((n, c, h, w), (mask_n, mask_c, mask_h, mask_w)) = (x.dims4()?, mask.dims4()?);
    if (n, h, w) != (mask_n, mask_h, mask_w) || (mask_c != c && mask_c != 1) {
        bail!("a mask of shape {:?} does not weigh {:?}", mask.shape(), x.shape());
    }
    if n == each {
        return of_one_group(mask, x);
    }
    if each == 0 || !n.is_multiple_of(each) {
        bail!("{n} samples are no groups of {each}");
    }
    let group = |start: usize| of_one_group(&mask.narrow(0, start, each)?, &x.narrow(0, start, each)?);
    Tensor::cat(&(0..n).step_by(each).map(group).collect::<Result<Vec<_>>>()?, 0)
}

fn of_one_group(mask: &Tensor, x: &Tensor) -> Result<Tensor> {
    if kernel_takes(x) { as_planes(mask)?.apply_op2(&as_planes(x)?, Consensus) } else { composed(mask, x) }
}

fn composed(mask: &Tensor, x: &Tensor) -> Result<Tensor> {
    (mask * softmax(mask, 0)?)?.broadcast_mul(x)?.sum_keepdim(0)
}

struct Consensus;

impl CustomOp2 for Consensus {
    fn name(&self) -> &'static str {
        "consensus"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (mask, x) = (Planes::of(s1, l1)?, Planes::of(s2, l2)?);
        let mut values = vec![0.0; x.c * x.area()];
        values.par_chunks_mut(x.area()).enumerate().for_each(|(channel, out)| {
            let masks: Vec<_> = (0..x.n).map(|v| mask.plane(v * mask.c + channel % mask.c)).collect();
            let images: Vec<_> = (0..x.n).map(|v| x.plane(v * x.c + channel)).collect();
            for (pixel, out) in out.iter_mut().enumerate() {
                let greatest = masks.iter().map(|m| m[pixel]).fold(f32::NEG_INFINITY, f32::max);
                let (mut sum, mut total) = (0.0, 0.0);
                for (mask, image) in masks.iter().zip(&images) {
                    let share = f64::from((mask[pixel] - greatest).exp());
                    total += share;
                    sum += share * f64::from(mask[pixel]) * f64::from(image[pixel]);
                }
                *out = (sum / total) as f32;
            }
        });
        result(values, (1, x.c, x.h, x.w))
    }

    #[cfg(feature = "cuda")]
    fn cuda_fwd(
        &self,
        s1: &candle_core::CudaStorage,
        l1: &Layout,
        s2: &candle_core::CudaStorage,
        l2: &Layout,
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let ((_, mask_c, _, _), (n, c, h, w)) = (l1.shape().dims4()?, l2.shape().dims4()?);
        call("consensus", Work::Values, &[(s1, l1), (s2, l2)], &[n, mask_c, c, h * w], (1, c, h, w))
    }

    fn bwd(
        &self,
        mask: &Tensor,
        x: &Tensor,
        sum: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let shares = softmax(mask, 0)?;
        let of_x = (mask * &shares)?.broadcast_mul(gradient)?.broadcast_as(x.shape())?.contiguous()?;
        let spread = x.broadcast_mul(&(mask + 1.0)?)?.broadcast_sub(sum)?;
        let of_mask = spread.broadcast_mul(&shares)?.broadcast_mul(gradient)?;
        let of_mask = if mask.dim(1)? == 1 { of_mask.sum_keepdim(1)? } else { of_mask };
        Ok((Some(of_mask), Some(of_x)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(args: &[Array], each: usize) -> Array {
        let [mask, x] = args else { unreachable!() };
        let [n, c, h, w] = x.dims;
        Array::from_fn([n / each, c, h, w], |[group, c, row, column]| {
            let samples = group * each..(group + 1) * each;
            let mask = |v: usize| mask.at([v, c % mask.dims[1], row, column]);
            let total: f64 = samples.clone().map(|v| mask(v).exp()).sum();
            samples.map(|v| mask(v) * mask(v).exp() / total * x.at([v, c, row, column])).sum()
        })
    }

    #[test]
    fn agrees_with_the_naive_consensus() {
        let mut dice = Dice(10);
        for one_mask in [true, false] {
            for groups in [1, 1, 2, 3] {
                let each = dice.whole(1, 4);
                let dims = [groups * each, dice.whole(1, 3), dice.whole(1, 4), dice.whole(1, 4)];
                let mask = [dims[0], if one_mask { 1 } else { dims[1] }, dims[2], dims[3]];
                let values = [dice.array(mask, 1.0), dice.array(dims, 1.0)];
                check(|a| consensus(&a[0], &a[1], each), |a| naive(a, each), &values);
            }
        }
    }
}

//! PReLU with one slope per channel.

use super::planes::{Planes, as_planes, kernel_takes, result, vector};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// `x` (N×C×H×W) where it is positive, `slope · x` elsewhere; `slope` has one value per channel.
pub fn prelu(x: &Tensor, slope: &Tensor) -> Result<Tensor> {
    if kernel_takes(x) {
        return as_planes(x)?.apply_op2(&slope.contiguous()?, Prelu);
    }
    composed(x, slope)
}

fn composed(x: &Tensor, slope: &Tensor) -> Result<Tensor> {
    x.relu()? - x.neg()?.relu()?.broadcast_mul(&slope.reshape((1, (), 1, 1))?)?
}

struct Prelu;

impl CustomOp2 for Prelu {
    fn name(&self) -> &'static str {
        "prelu"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, slopes) = (Planes::of(s1, l1)?, vector(s2, l2)?);
        let mut values = vec![0.0; x.n * x.c * x.area()];
        values.par_chunks_mut(x.area()).enumerate().for_each(|(index, out)| {
            let slope = slopes[index % x.c];
            for (out, &value) in out.iter_mut().zip(x.plane(index)) {
                *out = if value > 0.0 { value } else { slope * value };
            }
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
    ) -> Result<(candle_core::CudaStorage, Shape)> {
        use super::cuda::{Work, call};
        let (_, c, h, w) = l1.shape().dims4()?;
        call("prelu", Work::Values, &[(s1, l1), (s2, l2)], &[c, h * w], l1.shape().clone())
    }

    fn bwd(
        &self,
        x: &Tensor,
        slope: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let below = x.le(0.0)?.to_dtype(x.dtype())?;
        let factor = (below.broadcast_mul(&slope.reshape((1, (), 1, 1))?)? + below.affine(-1.0, 1.0)?)?;
        let slope_gradient = ((gradient * x)? * below)?.sum((0, 2, 3))?;
        Ok((Some((gradient * factor)?), Some(slope_gradient)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(args: &[Array]) -> Array {
        let [x, slope] = args else { unreachable!() };
        Array::from_fn(x.dims, |place| x.at(place) * if x.at(place) > 0.0 { 1.0 } else { slope.values[place[1]] })
    }

    #[test]
    fn agrees_with_the_naive_prelu() {
        let mut dice = Dice(5);
        for _ in 0..8 {
            let dims = [dice.whole(1, 3), dice.whole(1, 4), dice.whole(1, 6), dice.whole(1, 6)];
            let args = [dice.array(dims, 1.0), dice.array([dims[1], 1, 1, 1], 0.5)];
            check(|a| prelu(&a[0], &a[1].flatten_all()?), naive, &args);
        }
    }
}

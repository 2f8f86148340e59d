//! Backward warp: every output pixel looks up where its flow points to.

use super::planes::{Planes, as_planes, kernel_takes, result};
use candle_core::{CpuStorage, CustomOp2, CustomOp3, DType, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// `x` (N×C×H×W) looked up bilinearly at (column + flow₀, row + flow₁) in pixels, clamped to the border.
///
/// `flow` is N×2G×H×W: its channels 2g and 2g + 1 move the g-th of G equal groups of `x`'s channels.
pub fn warp(x: &Tensor, flow: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let (flow_n, flow_c, flow_h, flow_w) = flow.dims4()?;
    if (n, h, w) != (flow_n, flow_h, flow_w) || flow_c == 0 || !flow_c.is_multiple_of(2) || c % (flow_c / 2) != 0 {
        candle_core::bail!("a flow of shape {:?} cannot warp an image of {:?}", flow.shape(), x.shape());
    }
    if kernel_takes(x) { as_planes(x)?.apply_op2(&as_planes(flow)?, Warp) } else { composed(x, flow) }
}

fn composed(x: &Tensor, flow: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    let groups = flow.dim(1)? / 2;
    let flow = flow.reshape((n, groups, 2, h * w))?;
    let position = |axis: usize, length: usize, own: Tensor| -> Result<(Tensor, Tensor, Tensor)> {
        let at = flow.narrow(2, axis, 1)?.broadcast_add(&own.to_dtype(x.dtype())?.reshape((1, 1, 1, h * w))?)?;
        let at = at.clamp(0.0, (length - 1) as f64)?;
        let first = at.detach().floor()?.clamp(0.0, length.saturating_sub(2) as f64)?;
        let share = (at - &first)?;
        let first = first.to_dtype(DType::U32)?;
        let second = if length > 1 { first.affine(1.0, 1.0)? } else { first.clone() };
        Ok((first, second, share))
    };
    let pixels = |length: usize| Tensor::arange(0, length as u32, x.device());
    let columns = pixels(w)?.reshape((1, w))?.broadcast_as((h, w))?.contiguous()?;
    let rows = pixels(h)?.reshape((h, 1))?.broadcast_as((h, w))?.contiguous()?;
    let (left, right, share_x) = position(0, w, columns)?;
    let (upper, lower, share_y) = position(1, h, rows)?;
    let x = x.contiguous()?.reshape((n, groups, c / groups, h * w))?;
    let look_up = |row: &Tensor, column: &Tensor| -> Result<Tensor> {
        let index = (row.affine(w as f64, 0.0)? + column)?;
        x.gather(&index.broadcast_as(x.shape())?.contiguous()?, 3)
    };
    let blend = |a: Tensor, b: Tensor, share: &Tensor| -> Result<Tensor> { &a + (b - &a)?.broadcast_mul(share)? };
    let above = blend(look_up(&upper, &left)?, look_up(&upper, &right)?, &share_x)?;
    let below = blend(look_up(&lower, &left)?, look_up(&lower, &right)?, &share_x)?;
    blend(above, below, &share_y)?.reshape((n, c, h, w))
}

/// Where a pixel looks: the upper left of four neighbours, and the shares of the right and lower ones.
#[derive(Clone, Copy)]
struct Spot {
    corner: u32,
    x: f32,
    y: f32,
    /// Whether the value changes as the flow does: not where the border holds it.
    free: [bool; 2],
}

/// The look-ups of all pixels under one group's flow, and the steps to the right and lower neighbours.
struct Spots {
    all: Vec<Spot>,
    right: usize,
    down: usize,
}

impl Spots {
    fn of(flow: &Planes, group: usize) -> Self {
        let (h, w) = (flow.h, flow.w);
        let (flow_x, flow_y) = (flow.plane(2 * group), flow.plane(2 * group + 1));
        let axis = |own: usize, flow: f32, length: usize| {
            let (at, last) = (own as f32 + flow, (length - 1) as f32);
            let free = at > 0.0 && at < last;
            let at = at.clamp(0.0, last);
            let first = (at as usize).min(length.saturating_sub(2));
            (first, at - first as f32, free)
        };
        let spot = |pixel: usize| {
            let (x, share_x, free_x) = axis(pixel % w, flow_x[pixel], w);
            let (y, share_y, free_y) = axis(pixel / w, flow_y[pixel], h);
            Spot { corner: (y * w + x) as u32, x: share_x, y: share_y, free: [free_x, free_y] }
        };
        Self { all: (0..h * w).map(spot).collect(), right: usize::from(w > 1), down: if h > 1 { w } else { 0 } }
    }

    fn of_all(flow: &Planes) -> Vec<Self> {
        (0..flow.n * flow.c / 2).into_par_iter().map(|group| Self::of(flow, group)).collect()
    }

    /// The four neighbours: upper left and right, lower left and right.
    fn neighbours(&self, spot: &Spot) -> [usize; 4] {
        let corner = spot.corner as usize;
        [corner, corner + self.right, corner + self.down, corner + self.down + self.right]
    }
}

struct Warp;

impl CustomOp2 for Warp {
    fn name(&self) -> &'static str {
        "warp"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, flow) = (Planes::of(s1, l1)?, Planes::of(s2, l2)?);
        let (spots, in_group) = (Spots::of_all(&flow), x.c / (flow.c / 2));
        let mut values = vec![0.0; x.n * x.c * x.area()];
        values.par_chunks_mut(x.area()).enumerate().for_each(|(index, out)| {
            let (image, spots) = (x.plane(index), &spots[index / in_group]);
            for (out, spot) in out.iter_mut().zip(&spots.all) {
                let [a, b, c, d] = spots.neighbours(spot).map(|i| image[i]);
                let (above, below) = (a + (b - a) * spot.x, c + (d - c) * spot.x);
                *out = above + (below - above) * spot.y;
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
        let ((_, c, h, w), groups) = (l1.shape().dims4()?, l2.dims()[1] / 2);
        call("warp", Work::Values, &[(s1, l1), (s2, l2)], &[c, groups, h, w], l1.shape().clone())
    }

    fn bwd(
        &self,
        x: &Tensor,
        flow: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = as_planes(gradient)?;
        let (x, flow) = (as_planes(x)?, &as_planes(flow)?);
        let of_x = gradient.apply_op2_no_bwd(flow, &Scatter)?;
        let of_flow = gradient.apply_op3_no_bwd(&x, flow, &Slope)?;
        Ok((Some(of_x), Some(of_flow)))
    }
}

/// The gradient for the image: every output pixel's is shared out among the four it was blended of.
struct Scatter;

impl CustomOp2 for Scatter {
    fn name(&self) -> &'static str {
        "warp-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (gradient, flow) = (Planes::of(s1, l1)?, Planes::of(s2, l2)?);
        let (spots, in_group) = (Spots::of_all(&flow), gradient.c / (flow.c / 2));
        let mut values = vec![0.0; gradient.n * gradient.c * gradient.area()];
        values.par_chunks_mut(gradient.area()).enumerate().for_each(|(index, out)| {
            let spots = &spots[index / in_group];
            for (value, spot) in gradient.plane(index).iter().zip(&spots.all) {
                let [a, b, c, d] = spots.neighbours(spot);
                let (above, below) = (value * (1.0 - spot.y), value * spot.y);
                out[a] += above * (1.0 - spot.x);
                out[b] += above * spot.x;
                out[c] += below * (1.0 - spot.x);
                out[d] += below * spot.x;
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
        let ((_, c, h, w), groups) = (l1.shape().dims4()?, l2.dims()[1] / 2);
        let (work, sizes) = (Work::Added(l1.shape().elem_count()), [c, groups, h, w]);
        call("warp_gradient", work, &[(s1, l1), (s2, l2)], &sizes, l1.shape().clone())
    }
}

/// The gradient for the flow: how fast the image changes where a pixel looks, summed over the group's channels.
struct Slope;

impl CustomOp3 for Slope {
    fn name(&self) -> &'static str {
        "warp-flow-gradient"
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
        let (gradient, x, flow) = (Planes::of(s1, l1)?, Planes::of(s2, l2)?, Planes::of(s3, l3)?);
        let in_group = x.c / (flow.c / 2);
        let mut values = vec![0.0; flow.n * flow.c * flow.area()];
        values.par_chunks_mut(2 * flow.area()).enumerate().for_each(|(group, out)| {
            let spots = Spots::of(&flow, group);
            let (out_x, out_y) = out.split_at_mut(flow.area());
            for index in group * in_group..(group + 1) * in_group {
                let (image, gradient) = (x.plane(index), gradient.plane(index));
                for (pixel, spot) in spots.all.iter().enumerate() {
                    let [a, b, c, d] = spots.neighbours(spot).map(|i| image[i]);
                    if spot.free[0] {
                        out_x[pixel] += gradient[pixel] * ((b - a) * (1.0 - spot.y) + (d - c) * spot.y);
                    }
                    if spot.free[1] {
                        out_y[pixel] += gradient[pixel] * ((c - a) * (1.0 - spot.x) + (d - b) * spot.x);
                    }
                }
            }
        });
        result(values, l3.shape().clone())
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
        let ((_, c, h, w), groups) = (l1.shape().dims4()?, l3.dims()[1] / 2);
        let inputs = [(s1, l1), (s2, l2), (s3, l3)];
        call("warp_flow_gradient", Work::Values, &inputs, &[c, groups, h, w], l3.shape().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(args: &[Array]) -> Array {
        let [x, flow] = args else { unreachable!() };
        let in_group = x.dims[1] / (flow.dims[1] / 2);
        Array::from_fn(x.dims, |[n, c, row, column]| {
            let towards = |axis: usize| flow.at([n, c / in_group * 2 + axis, row, column]);
            let at_x = (column as f64 + towards(0)).clamp(0.0, (x.dims[3] - 1) as f64);
            let at_y = (row as f64 + towards(1)).clamp(0.0, (x.dims[2] - 1) as f64);
            let mut sum = 0.0;
            for y in 0..x.dims[2] {
                for x_ in 0..x.dims[3] {
                    let share = |at: f64, own: usize| (1.0 - (at - own as f64).abs()).max(0.0);
                    sum += share(at_x, x_) * share(at_y, y) * x.at([n, c, y, x_]);
                }
            }
            sum
        })
    }

    #[test]
    fn agrees_with_the_naive_warp() {
        let mut dice = Dice(1);
        for _ in 0..12 {
            let (n, groups, in_group) = (dice.whole(1, 3), dice.whole(1, 3), dice.whole(1, 3));
            let (h, w) = (dice.whole(1, 6), dice.whole(1, 6));
            let x = dice.array([n, groups * in_group, h, w], 1.0);
            let flow = dice.array([n, 2 * groups, h, w], 3.0);
            check(|a| warp(&a[0], &a[1]), naive, &[x, flow]);
        }
    }

    #[test]
    fn whole_pixels_move_by_whole_pixels() {
        let x = Tensor::arange(0.0_f32, 12.0, &candle_core::Device::Cpu).unwrap().reshape((1, 1, 3, 4)).unwrap();
        let flow = Tensor::cat(&[x.ones_like().unwrap(), x.zeros_like().unwrap()], 1).unwrap();
        let moved: Vec<f32> = warp(&x, &flow).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        assert_eq!(moved, [1.0, 2.0, 3.0, 3.0, 5.0, 6.0, 7.0, 7.0, 9.0, 10.0, 11.0, 11.0]);
    }

    #[test]
    fn numbers_that_are_none_do_no_harm() {
        let x = Tensor::ones((1, 1, 3, 4), DType::F32, &candle_core::Device::Cpu).unwrap();
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
            let flow = Tensor::full(value, (1, 2, 3, 4), &candle_core::Device::Cpu).unwrap();
            assert_eq!(warp(&x, &flow).unwrap().dims(), [1, 1, 3, 4]);
        }
    }
}

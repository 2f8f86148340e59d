//! Convolutions with their gradients. On the CPU they run on the kernels, and candle's graph keeps nothing but their
//! arguments; the gradients are convolutions again where they can be, else matrix products over unfolded images.

use super::kernels::{self, Activation, Conv, Join, Map, MapMut, Precision, Weights, all};
use super::planes::{Planes, as_planes, card_takes, from_pixels, processor_takes, result, vector};
use super::unfold::{Fold, Unfold, Window};
use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

/// The convolution of `x` (N×C×H×W) with `weight` (O×C×k×k), plus `bias` (O): N×O×H'×W'.
pub fn conv2d(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, stride: usize, padding: usize) -> Result<Tensor> {
    let taps = weight.dim(3)?;
    let y = if processor_takes(x) {
        convolved(x, weight, kernels::Shape::Square { taps, stride, pad: padding })?
    } else if by_matrices(x) {
        each_sample(x, |x| unfolded(x, weight, Window { k: taps, stride, padding }))?
    } else {
        x.conv2d(weight, padding, stride, 1, 1)?
    };
    plus_bias(y, bias)
}

/// The transposed convolution that doubles an image: 4×4, stride 2, padding 1, of `x` (N×C×H×W) with `weight`
/// (C×O×4×4), plus `bias` (O): N×O×2H×2W.
pub fn conv_transpose2d_4x4_s2(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let y = if processor_takes(x) {
        convolved(x, weight, kernels::Shape::Double)?
    } else if by_matrices(x) {
        each_sample(x, |x| folded(x, weight))?
    } else {
        x.conv_transpose2d(weight, 1, 0, 2, 1)?
    };
    plus_bias(y, bias)
}

fn plus_bias(y: Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    match bias {
        Some(bias) => y.broadcast_add(&bias.reshape((1, (), 1, 1))?),
        None => Ok(y),
    }
}

/// Whether a convolution is a matrix product over an unfolded image: on cards, unless cuDNN is there.
fn by_matrices(x: &Tensor) -> bool {
    card_takes(x) && !cfg!(feature = "cudnn")
}

/// The matrices are many times the size of the images, so there is one sample's at a time.
fn each_sample(x: &Tensor, f: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    match x.dim(0)? {
        1 => f(x),
        n => Tensor::cat(&(0..n).map(|i| f(&x.narrow(0, i, 1)?)).collect::<Result<Vec<_>>>()?, 0),
    }
}

fn unfolded(x: &Tensor, weight: &Tensor, window: Window) -> Result<Tensor> {
    let ((_, c, h, w), (outputs, _, k, _)) = (x.dims4()?, weight.dims4()?);
    let (rows, columns) = (window.count(h), window.count(w));
    let matrix = if window.is_pixel() {
        x.contiguous()?.reshape((c, h * w))?
    } else {
        as_planes(x)?.apply_op1(Unfold { window })?.reshape((c * k * k, rows * columns))?
    };
    weight.contiguous()?.reshape((outputs, c * k * k))?.matmul(&matrix)?.reshape((1, outputs, rows, columns))
}

fn folded(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let ((_, c, h, w), (_, outputs, k, _)) = (x.dims4()?, weight.dims4()?);
    let window = Window { k, stride: 2, padding: 1 };
    let weight = weight.contiguous()?.reshape((c, outputs * k * k))?.t()?;
    let matrix = weight.matmul(&x.contiguous()?.reshape((c, h * w))?)?;
    matrix.reshape((1, outputs, k * k, h * w))?.apply_op1(Fold { window, h: 2 * h, w: 2 * w })
}

fn convolved(x: &Tensor, weight: &Tensor, shape: kernels::Shape) -> Result<Tensor> {
    as_planes(x)?.apply_op2(&weight.contiguous()?, Convolution { shape })
}

/// A convolution without bias of N×C×H×W by weights in the order of [`Weights`].
struct Convolution {
    shape: kernels::Shape,
}

impl CustomOp2 for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(&self, x: &CpuStorage, of_x: &Layout, w: &CpuStorage, of_w: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, values) = (Planes::of(x, of_x)?, vector(w, of_w)?);
        let (first, second, taps, _) = of_w.shape().dims4()?;
        let (cin, cout) = if self.shape == kernels::Shape::Double { (first, second) } else { (second, first) };
        if x.c != cin || taps * taps != self.shape.taps() {
            candle_core::bail!("weights of {:?} don't fit {} channels", of_w.shape(), x.c);
        }
        let (h, w) = self.shape.output_size(x.h, x.w);
        let method = Conv::choose(self.shape, x.n * h * w, cin);
        let weights = Weights { values, cin, cout };
        let (inputs, outputs) = (all(cin), all(cout));
        let conv = Conv::new(self.shape, method, Precision::F32, weights, &inputs, &outputs, None, Activation::None);
        let (pixels, size) = (x.pixels(), [x.n, h, w, cout]);
        let mut out = vec![0.0; size.iter().product()];
        let x = Map::new(&pixels, [x.n, x.h, x.w, x.c]);
        conv.run(x, Join::default(), &mut MapMut::new(&mut out, size));
        result(from_pixels(&out, h * w, cout), (size[0], cout, h, w))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        // Nobody differentiates twice: a graph of the gradients would only hold memory.
        let (x, weight, gradient) = (x.detach(), weight.detach(), as_planes(&gradient.detach())?);
        Ok((Some(self.of_input(&x, &weight, &gradient)?), Some(self.of_weight(&x, &weight, &gradient)?)))
    }
}

impl Convolution {
    /// The gradient by `x`, from the one by the result.
    fn of_input(&self, x: &Tensor, weight: &Tensor, gradient: &Tensor) -> Result<Tensor> {
        let (_, c, h, w) = x.dims4()?;
        match self.shape {
            kernels::Shape::Square { taps, stride: 1, pad } if 2 * pad + 1 == taps => {
                convolved(gradient, &weight.transpose(0, 1)?.contiguous()?.flip(&[2, 3])?, self.shape)
            }
            // The fourth tap is nought; a picture of odd sides is one shorter than twice the gradient.
            kernels::Shape::Square { taps: 3, stride: 2, pad: 1 } => {
                let weight = weight.pad_with_zeros(2, 0, 1)?.pad_with_zeros(3, 0, 1)?;
                convolved(gradient, &weight, kernels::Shape::Double)?.narrow(2, 0, h)?.narrow(3, 0, w)?.contiguous()
            }
            kernels::Shape::Square { taps, stride, pad } => {
                let window = Window { k: taps, stride, padding: pad };
                let (n, outputs, rows, columns) = gradient.dims4()?;
                let weight = weight.reshape((outputs, c * taps * taps))?.t()?;
                let of_samples = (0..n).map(|sample| {
                    let gradient = gradient.narrow(0, sample, 1)?.contiguous()?.reshape((outputs, rows * columns))?;
                    let matrix = weight.matmul(&gradient)?.reshape((1, c, taps * taps, rows * columns))?;
                    matrix.apply_op1_no_bwd(&Fold { window, h, w })
                });
                Tensor::cat(&of_samples.collect::<Result<Vec<_>>>()?, 0)
            }
            kernels::Shape::Double => {
                convolved(gradient, weight, kernels::Shape::Square { taps: 4, stride: 2, pad: 1 })
            }
        }
    }

    /// The gradient by the weights.
    fn of_weight(&self, x: &Tensor, weight: &Tensor, gradient: &Tensor) -> Result<Tensor> {
        // Where the convolution doubles, its result is what the window slides over.
        let (seen, places, window) = match self.shape {
            kernels::Shape::Square { taps, stride, pad } => (x, gradient, kernels::Window { taps, stride, pad }),
            kernels::Shape::Double => (gradient, x, kernels::Window { taps: 4, stride: 2, pad: 1 }),
        };
        as_planes(seen)?.apply_op2_no_bwd(&as_planes(places)?, &WeightGradient { window })?.reshape(weight.shape())
    }
}

/// The gradient by the weights of a convolution, of what its window slides over and what lies at its places.
struct WeightGradient {
    window: kernels::Window,
}

impl CustomOp2 for WeightGradient {
    fn name(&self) -> &'static str {
        "weight-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (seen, places) = (Planes::of(s1, l1)?, Planes::of(s2, l2)?);
        let (seen_pixels, places_pixels) = (seen.pixels(), places.pixels());
        let seen_map = Map::new(&seen_pixels, [seen.n, seen.h, seen.w, seen.c]);
        let places_map = Map::new(&places_pixels, [places.n, places.h, places.w, places.c]);
        let values = kernels::weight_gradient(seen_map, places_map, self.window);
        result(values, (places.c, seen.c, self.window.taps, self.window.taps))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check, doubles};
    use super::*;
    use candle_core::{DType, Var};

    fn naive(args: &[Array], stride: usize, padding: usize) -> Array {
        let [x, weight, bias] = args else { unreachable!() };
        let k = weight.dims[2];
        let places = |length: usize| (length + 2 * padding - k) / stride + 1;
        Array::from_fn([x.dims[0], weight.dims[0], places(x.dims[2]), places(x.dims[3])], |[n, o, row, column]| {
            let mut sum = bias.values[o];
            for (c, dy, dx) in cells(x.dims[1], k) {
                let (y, x_) = ((row * stride + dy).wrapping_sub(padding), (column * stride + dx).wrapping_sub(padding));
                if y < x.dims[2] && x_ < x.dims[3] {
                    sum += x.at([n, c, y, x_]) * weight.at([o, c, dy, dx]);
                }
            }
            sum
        })
    }

    fn naive_transposed(args: &[Array]) -> Array {
        let [x, weight, bias] = args else { unreachable!() };
        let [n, channels, h, w] = x.dims;
        let mut out = Array::from_fn([n, weight.dims[1], 2 * h, 2 * w], |[_, o, _, _]| bias.values[o]);
        for n in 0..n {
            for (o, dy, dx) in cells(weight.dims[1], 4) {
                for (c, y, x_) in (0..channels).flat_map(|c| (0..h * w).map(move |i| (c, i / w, i % w))) {
                    let (to_y, to_x) = ((2 * y + dy).wrapping_sub(1), (2 * x_ + dx).wrapping_sub(1));
                    if to_y < 2 * h && to_x < 2 * w {
                        let to = out.index([n, o, to_y, to_x]);
                        out.values[to] += x.at([n, c, y, x_]) * weight.at([c, o, dy, dx]);
                    }
                }
            }
        }
        out
    }

    fn cells(channels: usize, k: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..channels * k * k).map(move |i| (i / (k * k), i / k % k, i % k))
    }

    #[test]
    fn agrees_with_the_naive_convolution() {
        let mut dice = Dice(6);
        for (k, stride, padding) in [(1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (7, 2, 3), (3, 1, 0)] {
            for _ in 0..3 {
                let (n, c, outputs) = (dice.whole(1, 2), dice.whole(1, 3), dice.whole(1, 3));
                // Squares: on others candle's own gradient, which the doubles take, can fail.
                let side = dice.whole(3, 6);
                let args = [
                    dice.array([n, c, side, side], 1.0),
                    dice.array([outputs, c, k, k], 1.0),
                    dice.array([outputs, 1, 1, 1], 1.0),
                ];
                let op = |a: &[Tensor]| conv2d(&a[0], &a[1], Some(&a[2].flatten_all()?), stride, padding);
                check(op, |a| naive(a, stride, padding), &args);
            }
        }
    }

    #[test]
    fn agrees_with_the_naive_transposed_convolution() {
        let mut dice = Dice(8);
        for _ in 0..6 {
            let (n, c, outputs) = (dice.whole(1, 2), dice.whole(1, 3), dice.whole(1, 3));
            let (h, w) = (dice.whole(1, 4), dice.whole(1, 4));
            let args = [
                dice.array([n, c, h, w], 1.0),
                dice.array([c, outputs, 4, 4], 1.0),
                dice.array([outputs, 1, 1, 1], 1.0),
            ];
            let op = |a: &[Tensor]| conv_transpose2d_4x4_s2(&a[0], &a[1], Some(&a[2].flatten_all()?));
            check(op, naive_transposed, &args);
        }
    }

    /// Large enough for the kernels with transformed tiles, against candle's own in double precision.
    #[test]
    fn tiled_kernels_have_the_gradients_of_candles_own() {
        let mut dice = Dice(12);
        for (k, stride, c, outputs, side) in
            [(3, 1, 17, 18, 25), (3, 2, 16, 20, 68), (4, 2, 16, 17, 46), (7, 2, 3, 9, 34)]
        {
            let n = 2;
            // Squares: see above.
            let x = dice.array([n, c, side, side], 1.0);
            let weight = dice.array(if k == 4 { [c, outputs, k, k] } else { [outputs, c, k, k] }, 0.1);
            let run = |dtype: DType| {
                let [x, weight] = [&x, &weight].map(|a| Var::from_tensor(&a.tensor(dtype)).unwrap());
                let y = match k {
                    4 => conv_transpose2d_4x4_s2(&x, &weight, None).unwrap(),
                    _ => conv2d(&x, &weight, None, stride, k / 2).unwrap(),
                };
                let (_, _, rows, columns) = y.dims4().unwrap();
                let upstream = Dice(3).array([n, outputs, rows, columns], 1.0).tensor(dtype);
                let gradients = (&y * upstream).unwrap().sum_all().unwrap().backward().unwrap();
                [y, gradients.get(&x).unwrap().clone(), gradients.get(&weight).unwrap().clone()]
            };
            for (ours, exact) in run(DType::F32).iter().zip(run(DType::F64)) {
                let (ours, exact) = (doubles(ours), doubles(&exact));
                let size = (exact.iter().map(|v| v * v).sum::<f64>() / exact.len() as f64).sqrt();
                for (a, b) in ours.iter().zip(&exact) {
                    assert!((a - b).abs() < 1e-4 * size, "{k}×{k}: {a} for {b}");
                }
            }
        }
    }
}

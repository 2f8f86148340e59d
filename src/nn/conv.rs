//! Convolutions as matrix products: `unfold` lays the pixels that every output sees into a matrix, `fold` is its
//! transpose, and with the product between them they give both kinds of convolution and all their gradients.

use super::planes::{Planes, as_planes, kernel_takes, result};
use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

/// The convolution of `x` (N×C×H×W) with `weight` (O×C×k×k), plus `bias` (O): N×O×H'×W'.
pub fn conv2d(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, stride: usize, padding: usize) -> Result<Tensor> {
    let y = if kernel_takes(x) {
        each_sample(x, |x| convolve(x, weight, stride, padding))?
    } else {
        x.conv2d(weight, padding, stride, 1, 1)?
    };
    plus_bias(y, bias)
}

/// The transposed convolution that doubles an image: 4×4, stride 2, padding 1, of `x` (N×C×H×W) with `weight`
/// (C×O×4×4), plus `bias` (O): N×O×2H×2W.
pub fn conv_transpose2d_4x4_s2(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let y = if kernel_takes(x) {
        each_sample(x, |x| convolve_transposed(x, weight))?
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

/// The matrices are many times the size of the images, so there is one sample's at a time.
fn each_sample(x: &Tensor, f: impl Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    match x.dim(0)? {
        1 => f(x),
        n => Tensor::cat(&(0..n).map(|i| f(&x.narrow(0, i, 1)?)).collect::<Result<Vec<_>>>()?, 0),
    }
}

fn convolve(x: &Tensor, weight: &Tensor, stride: usize, padding: usize) -> Result<Tensor> {
    let (_, c, h, w) = x.dims4()?;
    let (outputs, _, k, _) = weight.dims4()?;
    let window = Window { k, stride, padding };
    let (rows, columns) = (window.count(h), window.count(w));
    let matrix = if window.is_pixel() {
        x.contiguous()?.reshape((c, h * w))?
    } else {
        as_planes(x)?.apply_op1(Unfold { window })?.reshape((c * k * k, rows * columns))?
    };
    weight.contiguous()?.reshape((outputs, c * k * k))?.matmul(&matrix)?.reshape((1, outputs, rows, columns))
}

fn convolve_transposed(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let (_, c, h, w) = x.dims4()?;
    let (_, outputs, k, _) = weight.dims4()?;
    let window = Window { k, stride: 2, padding: 1 };
    let weight = weight.contiguous()?.reshape((c, outputs * k * k))?.t()?;
    let matrix = weight.matmul(&x.contiguous()?.reshape((c, h * w))?)?;
    let op = Fold { window, h: 2 * h, w: 2 * w };
    matrix.reshape((1, outputs, k * k, h * w))?.apply_op1(op)
}

/// A square window that slides over an image.
#[derive(Clone, Copy)]
struct Window {
    k: usize,
    stride: usize,
    padding: usize,
}

impl Window {
    fn is_pixel(&self) -> bool {
        self.k == 1 && self.stride == 1 && self.padding == 0
    }

    /// How many places it takes along `length` pixels.
    fn count(&self, length: usize) -> usize {
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
struct Unfold {
    window: Window,
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

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, h, w) = x.dims4()?;
        as_planes(gradient)?.apply_op1(Fold { window: self.window, h, w }).map(Some)
    }
}

/// The transpose of [`Unfold`]: N×C×k²×(places) to N×C×H×W, every pixel the sum of what lies on it.
struct Fold {
    window: Window,
    h: usize,
    w: usize,
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

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        as_planes(gradient)?.apply_op1(Unfold { window: self.window }).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

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
}

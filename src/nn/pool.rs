//! Max pooling with overlapping windows, which candle can run but not differentiate.

use candle_core::{Result, Tensor, bail};

/// The maximum over 3×3 windows, stride 2, padding 1: N×C×H×W to N×C×H/2×W/2, for even H and W.
pub fn max_pool2d_3x3_s2(x: &Tensor) -> Result<Tensor> {
    let (n, c, h, w) = x.dims4()?;
    if h % 2 + w % 2 != 0 {
        bail!("pooling halves even sizes, not {h}×{w}");
    }
    let rows = largest_of_three(&x.reshape((n, c, h / 2, 2, w))?, 3)?;
    largest_of_three(&rows.reshape((n, c, h / 2, w / 2, 2))?, 4)
}

/// Of pairs along `dim`: the greatest of both and of the one before them.
fn largest_of_three(pairs: &Tensor, dim: usize) -> Result<Tensor> {
    let (first, second) = (pairs.narrow(dim, 0, 1)?.squeeze(dim)?, pairs.narrow(dim, 1, 1)?.squeeze(dim)?);
    let along = dim - 1;
    // There is nothing before the first pair; its own second one, already in the window, changes nothing.
    let before = Tensor::cat(&[second.narrow(along, 0, 1)?, second.narrow(along, 0, second.dim(along)? - 1)?], along)?;
    first.maximum(&second)?.maximum(&before)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Array, Dice, check};
    use super::*;

    fn naive(x: &Array) -> Array {
        let [n, c, h, w] = x.dims;
        Array::from_fn([n, c, h / 2, w / 2], |[n, c, row, column]| {
            let window = |at: usize, length: usize| (2 * at).saturating_sub(1)..(2 * at + 2).min(length);
            let pixels = window(row, h).flat_map(|y| window(column, w).map(move |x_| x.at([n, c, y, x_])));
            pixels.fold(f64::NEG_INFINITY, f64::max)
        })
    }

    #[test]
    fn agrees_with_the_naive_pooling() {
        let mut dice = Dice(9);
        for _ in 0..8 {
            let dims = [dice.whole(1, 2), dice.whole(1, 3), 2 * dice.whole(1, 4), 2 * dice.whole(1, 4)];
            check(|a| max_pool2d_3x3_s2(&a[0]), |a| naive(&a[0]), &[dice.array(dims, 1.0)]);
        }
    }
}

//! One number a pixel, and what measures do with it: blurs, slopes, halves.

use rayon::prelude::*;

/// Row-major from the top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f64>,
}

/// What a kernel does where it reaches beyond the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    /// Nothing is computed there: the result is smaller.
    Cropped,
    /// The outermost values go on for ever.
    Held,
}

impl Plane {
    /// Each value of its own.
    pub(super) fn map(&self, of: impl Fn(f64) -> f64 + Sync) -> Self {
        Self { values: self.values.par_iter().map(|v| of(*v)).collect(), ..*self }
    }

    /// Each of two planes of one size.
    pub(super) fn zip(&self, other: &Self, of: impl Fn(f64, f64) -> f64 + Sync) -> Self {
        let values = self.values.par_iter().zip(&other.values).map(|(a, b)| of(*a, *b)).collect();
        Self { values, ..*self }
    }

    pub(super) fn mean(&self) -> f64 {
        mean(&self.values)
    }

    /// Half the size: the mean of each two by two pixels; of an odd side the last ones are as many as there are.
    pub(super) fn halved(&self) -> Self {
        let (width, height) = (self.width.div_ceil(2), self.height.div_ceil(2));
        let mut values = vec![0.0; width * height];
        values.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
            let below = (2 * y + 1).min(self.height - 1);
            for (x, value) in row.iter_mut().enumerate() {
                let right = (2 * x + 1).min(self.width - 1);
                let at = |x: usize, y: usize| self.values[y * self.width + x];
                *value = (at(2 * x, 2 * y) + at(right, 2 * y) + at(2 * x, below) + at(right, below)) / 4.0;
            }
        });
        Self { width, height, values }
    }

    /// Every place's neighbourhood weighed by `down` × `across`, both of an odd length. Cropped, the plane must be as
    /// large as the kernels.
    pub(super) fn weighed(&self, across: &[f64], down: &[f64], border: Border) -> Self {
        let reach = across.len() / 2;
        let width = if border == Border::Held { self.width } else { self.width - 2 * reach };
        let mut values = vec![0.0; width * self.height];
        values.par_chunks_exact_mut(width).zip(self.values.par_chunks_exact(self.width)).for_each(|(to, row)| {
            let held = |x: usize| row[x.saturating_sub(reach).min(self.width - 1)];
            let wide: Vec<f64> = match border {
                Border::Held => (0..self.width + 2 * reach).map(held).collect(),
                Border::Cropped => row.to_vec(),
            };
            for (to, near) in to.iter_mut().zip(wide.windows(across.len())) {
                *to = near.iter().zip(across).map(|(v, k)| v * k).sum();
            }
        });
        let across = Self { width, height: self.height, values };
        let reach = down.len() / 2;
        let height = if border == Border::Held { self.height } else { self.height - 2 * reach };
        let mut values = vec![0.0; width * height];
        values.par_chunks_exact_mut(width).enumerate().for_each(|(y, to)| {
            for (i, k) in down.iter().enumerate() {
                let from = if border == Border::Held { (y + i).saturating_sub(reach) } else { y + i };
                let row = &across.values[from.min(self.height - 1) * width..][..width];
                to.iter_mut().zip(row).for_each(|(to, v)| *to += k * v);
            }
        });
        Self { width, height, values }
    }
}

/// The arithmetic mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// A Gaussian of this deviation on `2 · reach + 1` pixels; its sum is 1.
pub(super) fn gaussian(sigma: f64, reach: usize) -> Vec<f64> {
    let at = |i: usize| (-(i as f64 - reach as f64).powi(2) / (2.0 * sigma * sigma)).exp();
    let bell: Vec<f64> = (0..=2 * reach).map(at).collect();
    let sum: f64 = bell.iter().sum();
    bell.iter().map(|v| v / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(width: usize, height: usize) -> Plane {
        Plane { width, height, values: (0..width * height).map(|i| i as f64).collect() }
    }

    #[test]
    fn halves_take_what_is_there() {
        let half = counting(3, 3).halved();
        assert_eq!((half.width, half.height), (2, 2));
        assert_eq!(half.values, [2.0, 3.5, 6.5, 8.0]);
    }

    #[test]
    fn kernels_are_cropped_or_held() {
        let (box3, plane) = ([1.0 / 3.0; 3], counting(4, 3));
        let cropped = plane.weighed(&box3, &box3, Border::Cropped);
        assert_eq!((cropped.width, cropped.height), (2, 1));
        assert!(cropped.values.iter().zip([5.0, 6.0]).all(|(a, b)| (a - b).abs() < 1e-12));
        let held = plane.weighed(&[0.0, 0.0, 1.0], &[1.0, 0.0, 0.0], Border::Held);
        assert_eq!(held.values, [1.0, 2.0, 3.0, 3.0, 1.0, 2.0, 3.0, 3.0, 5.0, 6.0, 7.0, 7.0]);
    }

    #[test]
    fn a_gaussian_sums_to_one_and_is_even() {
        let bell = gaussian(1.5, 5);
        assert!((bell.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((0..5).all(|i| bell[i] == bell[10 - i] && bell[i] < bell[i + 1]));
    }
}

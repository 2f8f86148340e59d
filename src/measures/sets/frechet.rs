//! The Fréchet distance of Heusel et al. 2017.

use super::eigenvalues;

/// Mean and deviations of a set of features: row by row, each feature less the mean, divided by √(n − 1).
struct Cloud {
    mean: Vec<f64>,
    rows: Vec<Vec<f64>>,
}

impl Cloud {
    fn of(features: &[Vec<f32>]) -> Option<Self> {
        let length = features.first()?.len();
        let count = features.len();
        assert!(features.iter().all(|feature| feature.len() == length));
        if count < 2 {
            return None;
        }
        let mut mean = vec![0.0; length];
        for feature in features {
            mean.iter_mut().zip(feature).for_each(|(mean, v)| *mean += f64::from(*v) / count as f64);
        }
        let scale = ((count - 1) as f64).sqrt().recip();
        let less = |feature: &Vec<f32>| feature.iter().zip(&mean).map(|(v, m)| scale * (f64::from(*v) - m)).collect();
        let rows = features.iter().map(less).collect();
        Some(Self { mean, rows })
    }

    /// The trace of the covariance.
    fn trace(&self) -> f64 {
        self.rows.iter().flatten().map(|v| v * v).sum()
    }

    /// At most as many rows as a feature has numbers, with the same covariance.
    fn short(self) -> Self {
        let length = self.mean.len();
        if self.rows.len() <= length {
            return self;
        }
        let mut covariance = vec![0.0; length * length];
        for row in &self.rows {
            for (i, v) in row.iter().enumerate() {
                covariance[i * length..][..length].iter_mut().zip(row).for_each(|(sum, w)| *sum += v * w);
            }
        }
        Self { rows: halves(covariance, length), ..self }
    }
}

/// The columns of a matrix's Cholesky factor L, whose L·Lᵀ it is. Where nothing is left to take a root of, a column is zero.
fn halves(mut matrix: Vec<f64>, side: usize) -> Vec<Vec<f64>> {
    let least = 1e-14 * (0..side).map(|i| matrix[i * side + i]).fold(0.0, f64::max);
    let mut columns = vec![];
    for k in 0..side {
        let left = matrix[k * side + k];
        let root = if left > least { left.sqrt().recip() } else { 0.0 };
        let column: Vec<f64> = (0..side).map(|i| if i < k { 0.0 } else { root * matrix[i * side + k] }).collect();
        for i in k..side {
            for j in k..side {
                matrix[i * side + j] -= column[i] * column[j];
            }
        }
        columns.push(column);
    }
    columns
}

/// |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁Σ₂)^½) of two sets of features, were both normally distributed: 0 for sets alike. Small
/// sets are further apart than what they are samples of, so only numbers of equally large sets compare. `None`: a set has
/// fewer than two.
///
/// # Panics
/// When features are not equally long.
pub fn frechet(a: &[Vec<f32>], b: &[Vec<f32>]) -> Option<f64> {
    let (a, b) = (Cloud::of(a)?, Cloud::of(b)?);
    assert_eq!(a.mean.len(), b.mean.len());
    let means: f64 = a.mean.iter().zip(&b.mean).map(|(a, b)| (a - b) * (a - b)).sum();
    let traces = a.trace() + b.trace();
    // Where Σ₁ = AᵀA and Σ₂ = BᵀB, the eigenvalues of Σ₁Σ₂ are those of (ABᵀ)(ABᵀ)ᵀ, which is as large as A has rows.
    let (a, b) = (a.short(), b.short());
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let products: Vec<Vec<f64>> = a.rows.iter().map(|x| b.rows.iter().map(|y| dot(x, y)).collect()).collect();
    let side = products.len();
    let square = (0..side * side).map(|i| dot(&products[i / side], &products[i % side])).collect();
    let roots: f64 = eigenvalues::of_symmetric(square, side).into_iter().map(|value| value.max(0.0).sqrt()).sum();
    Some((means + traces - 2.0 * roots).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Features along one axis each, so that means and variances are known.
    fn crosses(middle: [f32; 2], reach: [f32; 2]) -> Vec<Vec<f32>> {
        let [x, y] = middle;
        vec![vec![x + reach[0], y], vec![x - reach[0], y], vec![x, y + reach[1]], vec![x, y - reach[1]]]
    }

    #[test]
    fn it_is_the_one_that_is_known() {
        let near = |a: &[Vec<f32>], b: &[Vec<f32>], known: f64| {
            let ours = frechet(a, b).unwrap();
            assert!((ours - known).abs() < 1e-6, "{ours} for {known}");
        };
        let set = crosses([1.0, 2.0], [3.0, 0.5]);
        near(&set, &set, 0.0);
        near(&set, &crosses([4.0, 6.0], [3.0, 0.5]), 25.0);
        // Variances are 2/3 of the squared reach along each axis: (√(2/3)·Δ)² for each.
        near(&set, &crosses([1.0, 2.0], [1.0, 2.5]), 2.0 / 3.0 * (4.0 + 4.0));
        near(&crosses([1.0, 2.0], [1.0, 2.5]), &set, 2.0 / 3.0 * (4.0 + 4.0));
        assert_eq!(frechet(&set[..1], &set), None);
    }

    /// The distance in two dimensions, where the trace of a root is √(trace + 2 √determinant).
    fn in_the_plane(a: &[Vec<f32>], b: &[Vec<f32>]) -> f64 {
        let moments = |set: &[Vec<f32>]| {
            let count = set.len() as f64;
            let mean = [0, 1].map(|axis| set.iter().map(|of| f64::from(of[axis])).sum::<f64>() / count);
            let covariance = |i: usize, j: usize| {
                let product = |of: &Vec<f32>| (f64::from(of[i]) - mean[i]) * (f64::from(of[j]) - mean[j]);
                set.iter().map(product).sum::<f64>() / (count - 1.0)
            };
            (mean, [covariance(0, 0), covariance(0, 1), covariance(1, 1)])
        };
        let ((m, [a, b, c]), (n, [d, e, f])) = (moments(a), moments(b));
        let determinant = (a * c - b * b) * (d * f - e * e);
        let trace = a * d + 2.0 * b * e + c * f;
        let means = (m[0] - n[0]).powi(2) + (m[1] - n[1]).powi(2);
        means + a + c + d + f - 2.0 * (trace + 2.0 * determinant.sqrt()).sqrt()
    }

    #[test]
    fn more_features_than_numbers_in_them_or_fewer_make_no_difference() {
        let set = |seed: usize, count: usize| -> Vec<Vec<f32>> {
            let number = |i: usize| ((i + seed) * (i + 3 * seed) * 37 % 101) as f32 / 50.0;
            (0..count).map(|i| vec![number(2 * i), number(2 * i + 1) + number(2 * i)]).collect()
        };
        // Along ten axes of which only two are used there are fewer features than numbers.
        let wide =
            |set: &[Vec<f32>]| -> Vec<Vec<f32>> { set.iter().map(|of| [&of[..], &[0.25; 8]].concat()).collect() };
        let (a, b) = (set(1, 7), set(2, 9));
        let known = in_the_plane(&a, &b);
        let [narrow, wide] = [frechet(&a, &b), frechet(&wide(&a), &wide(&b))].map(Option::unwrap);
        assert!(known > 1e-3 && (narrow - known).abs() < 1e-6, "{narrow} for {known}");
        assert!((wide - known).abs() < 1e-6, "{wide} for {known}");
    }
}

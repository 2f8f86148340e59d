//! What tells the members of a set apart.

use super::eigenvalues;
use rayon::prelude::*;

/// Where features lie along so many axes at most, those along which they differ most (principal components), each a
/// coordinate of mean 0 and variance 1: fewer where they don't differ along as many.
///
/// # Panics
/// When features are not equally long.
pub fn principal_coordinates(features: &[Vec<f32>], axes: usize) -> Vec<Vec<f32>> {
    let (count, length) = (features.len(), features.first().map_or(0, Vec::len));
    assert!(features.iter().all(|feature| feature.len() == length));
    let mut mean = vec![0.0; length];
    for feature in features {
        mean.iter_mut().zip(feature).for_each(|(mean, v)| *mean += f64::from(*v) / count as f64);
    }
    let product = |i: usize| -> f64 {
        let pair = features[i / count].iter().zip(&features[i % count]);
        pair.zip(&mean).map(|((a, b), mean)| (f64::from(*a) - mean) * (f64::from(*b) - mean)).sum()
    };
    // There are fewer members than numbers in a feature: their products have the same axes.
    let products: Vec<f64> = (0..count * count).into_par_iter().map(product).collect();
    let found = eigenvalues::with_directions(products, count);
    let least = found.first().map_or(0.0, |(largest, _)| 1e-9 * largest);
    let axes: Vec<&Vec<f64>> =
        found.iter().take(axes).take_while(|(value, _)| *value > least).map(|(_, direction)| direction).collect();
    let scale = (count as f64).sqrt();
    (0..count).map(|i| axes.iter().map(|axis| (scale * axis[i]) as f32).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_along_the_axes_that_features_differ_along() {
        // Four times as far along a slanted axis as across it, and nowhere else.
        let features: Vec<Vec<f32>> = [(-4.0, 1.0), (4.0, 1.0), (-4.0, -1.0), (4.0, -1.0)]
            .iter()
            .map(|(along, across)| vec![3.0 + 0.6 * along - 0.8 * across, 0.8 * along + 0.6 * across, 7.0])
            .collect();
        let all = principal_coordinates(&features, 3);
        assert!(all.iter().all(|coordinates| coordinates.len() == 2), "{all:?}");
        let [a, b] = [0, 1].map(|axis| all.iter().map(|coordinates| coordinates[axis]).collect::<Vec<_>>());
        let signs = |of: &[f32], known: [f32; 4]| {
            let agrees = |sign: f32| of.iter().zip(known).all(|(v, known)| (sign * v - known).abs() < 1e-5);
            assert!(agrees(1.0) || agrees(-1.0), "{of:?} for {known:?}");
        };
        signs(&a, [-1.0, 1.0, -1.0, 1.0]);
        signs(&b, [1.0, 1.0, -1.0, -1.0]);
        assert_eq!(principal_coordinates(&features, 1)[0].len(), 1);
        assert_eq!(principal_coordinates(&[], 2), Vec::<Vec<f32>>::new());
        assert_eq!(principal_coordinates(&[vec![1.0], vec![1.0]], 2), [[], []] as [[f32; 0]; 2]);
    }
}

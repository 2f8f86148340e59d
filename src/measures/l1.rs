//! Mean absolute difference, of colours.

use super::Pair;

/// The mean over the three colours in [0, 1]; 0 for equal pictures.
pub fn l1(pair: &Pair) -> f64 {
    let (a, b) = (pair.drawn.colours.as_flattened(), pair.truth.colours.as_flattened());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::filled;

    #[test]
    fn l1_is_the_mean_over_colours() {
        let of = |pixel| l1(&Pair::whole(&filled([255; 4]), &filled(pixel)).unwrap());
        assert_eq!(of([255; 4]), 0.0);
        assert_eq!(of([0, 0, 0, 255]), 1.0);
        assert!((of([255, 0, 255, 255]) - 1.0 / 3.0).abs() < 1e-12);
        assert!((of([0, 0, 0, 51]) - 0.2).abs() < 1e-12, "a fifth of black on white paper");
    }
}

//! Gradient magnitude similarity deviation.

use super::Pair;
use super::plane::{Border, Plane, mean};

/// 170 of 255², where values end at 1.
const C: f64 = 170.0 / (255.0 * 255.0);

/// How unevenly the slopes of luma differ (Xue et al. 2014, "Gradient magnitude similarity deviation"): the standard
/// deviation of their similarity over the picture at half its size; 0 for equal pictures, at most about .5. What
/// reaches beyond the border isn't measured. `None` where fewer than 5 pixels are measured one way.
pub fn gmsd(pair: &Pair) -> Option<f64> {
    let (a, b) = (pair.drawn.luma().halved(), pair.truth.luma().halved());
    if a.width.min(a.height) < 3 {
        return None;
    }
    let alike = slopes(&a).zip(&slopes(&b), |a, b| (2.0 * a * b + C) / (a * a + b * b + C)).values;
    let middle = mean(&alike);
    Some((alike.iter().map(|v| (v - middle).powi(2)).sum::<f64>() / alike.len() as f64).sqrt())
}

/// How steep each place is, by Prewitt's operator.
fn slopes(plane: &Plane) -> Plane {
    let (even, odd) = ([1.0 / 3.0; 3], [-1.0, 0.0, 1.0]);
    let (right, down) = (plane.weighed(&odd, &even, Border::Cropped), plane.weighed(&even, &odd, Border::Cropped));
    right.zip(&down, f64::hypot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::references;
    use crate::picture::Picture;

    #[test]
    fn gmsd_is_what_others_compute() {
        for (of, pair) in references() {
            assert!((gmsd(&pair).unwrap() - of.gmsd).abs() < 1e-6, "{:?}", gmsd(&pair));
        }
    }

    #[test]
    fn it_needs_room() {
        let of = |side| gmsd(&Pair::whole(&Picture::new(side, 9), &Picture::new(side, 9)).unwrap());
        assert_eq!((of(4), of(5)), (None, Some(0.0)));
    }
}

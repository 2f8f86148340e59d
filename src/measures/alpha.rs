//! How alike outlines are.

use super::Pair;

/// The share of what either shows that both show; 1 where neither shows anything.
pub(super) fn overlap(shown: impl Iterator<Item = (bool, bool)>) -> f64 {
    let (both, either) =
        shown.fold((0u64, 0u64), |(both, either), (a, b)| (both + u64::from(a && b), either + u64::from(a || b)));
    if either == 0 { 1.0 } else { both as f64 / either as f64 }
}

/// Mean absolute difference of opacity in [0, 1]; 0 for equal outlines.
pub fn alpha_l1(pair: &Pair) -> f64 {
    let (a, b) = (&pair.drawn.alpha, &pair.truth.alpha);
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

/// Intersection over union of what is more than half opaque; 1 for equal outlines.
pub fn alpha_iou(pair: &Pair) -> f64 {
    overlap(pair.drawn.alpha.iter().zip(&pair.truth.alpha).map(|(a, b)| (*a > 0.5, *b > 0.5)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::filled;
    use crate::picture::Picture;

    #[test]
    fn outlines_overlap_as_far_as_they_do() {
        let (mut left, mut right) = (filled([9, 9, 9, 0]), filled([200, 9, 9, 0]));
        for y in 0..10 {
            (0..12).for_each(|x| *left.at_mut(x, y) = [0, 0, 0, 255]);
            (8..20).for_each(|x| *right.at_mut(x, y) = [0, 0, 0, 255]);
        }
        let of = |a: &Picture, b: &Picture| Pair::whole(a, b).map(|pair| (alpha_l1(&pair), alpha_iou(&pair))).unwrap();
        assert_eq!(of(&left, &left), (0.0, 1.0));
        assert_eq!(of(&left, &right), (0.8, 0.2));
        assert_eq!(of(&filled([0; 4]), &filled([255, 0, 0, 0])), (0.0, 1.0), "nothing is as empty as nothing");
        let (l1, iou) = of(&filled([0, 0, 0, 102]), &filled([0, 0, 0, 255]));
        assert!((l1 - 0.6).abs() < 1e-9 && iou == 0.0, "{l1} {iou}");
    }
}

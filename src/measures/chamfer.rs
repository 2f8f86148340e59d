//! How far lines are from lines.

use super::Pair;
use super::plane::{Border, Plane, gaussian};
use crate::picture::distance::distances;

/// Height of the pictures whose lines are a pixel of this blur wide.
const LINES_PX: f64 = 540.0;
const FINEST_SIGMA: f64 = 0.5;

/// The mean distance between the lines of two drawings, both ways, as a share of the diagonal and times 10⁵ (Chen &
/// Zwicker 2022, "Improving the perceptual quality of 2D animation interpolation"); 0 where the lines are the same.
/// Where only one has lines, each of its pixels is a diagonal away.
pub fn line_chamfer(pair: &Pair) -> f64 {
    let (a, b) = (pair.drawn.luma(), pair.truth.luma());
    let diagonal = (a.width as f64).hypot(a.height as f64);
    let (lines_a, lines_b) = (lines(&a), lines(&b));
    let away = |from: &[bool], to: &[bool]| -> f64 {
        let distances = distances(to, a.width);
        from.iter().zip(distances).filter(|(line, _)| **line).fold(0.0, |sum, (_, d)| sum + d.min(diagonal))
    };
    let both = (away(&lines_a, &lines_b) + away(&lines_b, &lines_a)) / 2.0;
    1e5 * both / lines_a.len() as f64 / diagonal
}

/// Where luma is darker than around it, by the difference of two Gaussians.
fn lines(luma: &Plane) -> Vec<bool> {
    let sigma = (luma.height as f64 / LINES_PX).max(FINEST_SIGMA);
    let blurred = |sigma: f64| {
        let bell = gaussian(sigma, (4.0 * sigma).round() as usize);
        luma.weighed(&bell, &bell, Border::Held)
    };
    let (fine, coarse) = (blurred(sigma), blurred(1.6 * sigma));
    fine.values.iter().zip(&coarse.values).map(|(fine, coarse)| 2.0 * (coarse - fine) > 0.01).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::{filled, references};
    use crate::picture::Picture;

    #[test]
    fn chamfer_is_what_others_compute() {
        for (of, pair) in references() {
            let (ours, theirs) = (line_chamfer(&pair), of.chamfer);
            assert!((ours - theirs).abs() < 1e-6 * theirs.max(1.0), "{ours} {theirs}");
        }
    }

    /// A black column on white paper, 20×10 pixels.
    fn column(x: u32) -> Picture {
        let mut picture = filled([255; 4]);
        (0..10).for_each(|y| *picture.at_mut(x, y) = [0, 0, 0, 255]);
        picture
    }

    #[test]
    fn distance_grows_with_the_shift() {
        let of = |a: &Picture, b: &Picture| line_chamfer(&Pair::whole(a, b).unwrap());
        assert_eq!(of(&column(9), &column(9)), 0.0);
        // A line is the one pixel, ten of 200 each way.
        let shifted = |by: f64| 1e5 * by * 10.0 / 200.0 / 500f64.sqrt();
        for by in [1, 2, 5] {
            assert!((of(&column(9 + by), &column(9)) - shifted(by.into())).abs() < 1e-9, "{by}");
        }
        // A line that isn't there is a diagonal away, one way.
        let lost = of(&filled([255; 4]), &column(9));
        assert!((lost - shifted(500f64.sqrt()) / 2.0).abs() < 1e-9, "{lost}");
        assert_eq!(of(&filled([255; 4]), &filled([9, 9, 9, 255])), 0.0, "neither has lines");
    }
}

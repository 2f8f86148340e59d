//! Peak signal-to-noise ratio, of colours and of edges.

use super::Pair;
use super::pair::Seen;

/// Peak signal-to-noise ratio in dB over the three colours; infinite for equal pictures.
pub fn psnr(pair: &Pair) -> f64 {
    let (a, b) = (pair.drawn.colours.as_flattened(), pair.truth.colours.as_flattened());
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    -10.0 * (squares / a.len() as f64).log10()
}

/// PSNR in dB of the steps of luma to the right and downwards, over the pixels at which either picture has a step of a
/// twelfth or more: what is wrong with lines and borders, also with those that only one picture has. Infinite for equal
/// pictures and for such without an edge.
pub fn edge_psnr(pair: &Pair) -> f64 {
    const EDGE: f64 = 1.0 / 12.0;
    let steps = |seen: &Seen| -> Vec<[f64; 2]> {
        let (luma, width) = (seen.luma().values, seen.width);
        let right = |i: usize| if (i + 1).is_multiple_of(width) { 0.0 } else { luma[i + 1] - luma[i] };
        (0..luma.len()).map(|i| [right(i), luma.get(i + width).map_or(0.0, |below| below - luma[i])]).collect()
    };
    let (mut squares, mut edges) = (0.0, 0);
    for (a, b) in steps(&pair.drawn).into_iter().zip(steps(&pair.truth)) {
        if a.iter().chain(&b).any(|step| step.abs() >= EDGE) {
            squares += (0..2).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>();
            edges += 2;
        }
    }
    -10.0 * (squares / f64::from(edges.max(1))).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::testing::filled;
    use crate::picture::Picture;

    fn psnr_of(a: &Picture, b: &Picture) -> f64 {
        psnr(&Pair::whole(a, b).unwrap())
    }

    fn edges_of(a: &Picture, b: &Picture) -> f64 {
        edge_psnr(&Pair::whole(a, b).unwrap())
    }

    #[test]
    fn psnr_has_its_known_values() {
        let white = filled([255; 4]);
        assert_eq!(psnr_of(&white, &white), f64::INFINITY);
        // Transparent black on white paper is white.
        assert_eq!(psnr_of(&white, &filled([0; 4])), f64::INFINITY);
        assert!(psnr_of(&white, &filled([0, 0, 0, 255])).abs() < 1e-9);
        // A tenth off everywhere: 20 dB.
        assert!((psnr_of(&white, &filled([0, 0, 0, 26])) - 19.83).abs() < 0.01);
        let mut one = white.clone();
        *one.at_mut(3, 3) = [0, 0, 0, 255];
        assert!((psnr_of(&white, &one) - 10.0 * 200f64.log10()).abs() < 1e-9);
    }

    #[test]
    fn edges_count_that_only_one_picture_has() {
        let white = filled([255; 4]);
        assert_eq!(edges_of(&white, &white), f64::INFINITY);
        let mut line = white.clone();
        (0..10).for_each(|y| *line.at_mut(8, y) = [0, 0, 0, 255]);
        assert_eq!(edges_of(&line, &line), f64::INFINITY);
        // Half of the steps at the line's two borders are across it, each wrong by 1: 3 dB.
        assert!((edges_of(&white, &line) - 10.0 * 2f64.log10()).abs() < 1e-9);
        assert_eq!(edges_of(&white, &line), edges_of(&line, &white));
        // What has no edge doesn't count.
        assert_eq!(edges_of(&white, &filled([200, 200, 200, 255])), f64::INFINITY);
    }
}

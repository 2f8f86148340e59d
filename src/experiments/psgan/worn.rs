//! How much characters differ, and whether one keeps its clothes in other poses.

use crate::measures::ColourHistogram;
use crate::picture::Picture;

/// The mean of a distance over all pairs.
fn mean_of_pairs<T>(of: &[T], apart: impl Fn(&T, &T) -> Option<f64>) -> Option<f64> {
    let pairs = of.iter().enumerate().flat_map(|(i, a)| of[..i].iter().map(move |b| (a, b)));
    mean(pairs.filter_map(|(a, b)| apart(a, b)))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// How far characters are apart in the same pose: mean differences of colours, 0 to 1. `grid`: a row a character.
pub(super) fn diversity(grid: &[Vec<Picture>]) -> Option<f64> {
    let apart = |a: &&Picture, b: &&Picture| {
        let pairs = a.pixels.as_flattened().iter().zip(b.pixels.as_flattened());
        Some(pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / (255 * 3 * a.pixels.len()) as f64)
    };
    let frames = grid.first().map_or(0, Vec::len);
    mean((0..frames).filter_map(|at| mean_of_pairs(&grid.iter().map(|row| &row[at]).collect::<Vec<_>>(), apart)))
}

/// How far the colours of clothes are apart.
pub(super) struct Worn {
    /// Of one character in different poses.
    pub within: Option<f64>,
    /// Of different characters in one pose.
    pub between: Option<f64>,
}

/// Of characters in poses: a row a character.
pub(super) fn worn(grid: &[Vec<Picture>]) -> Worn {
    let histograms: Vec<Vec<Option<ColourHistogram>>> =
        grid.iter().map(|row| row.iter().map(ColourHistogram::of).collect()).collect();
    let apart = |a: &&Option<ColourHistogram>, b: &&Option<ColourHistogram>| Some(a.as_ref()?.apart(b.as_ref()?));
    let of = |these: Vec<&Option<ColourHistogram>>| mean_of_pairs(&these, apart);
    let frames = grid.first().map_or(0, Vec::len);
    Worn {
        within: mean(histograms.iter().filter_map(|row| of(row.iter().collect()))),
        between: mean((0..frames).filter_map(|at| of(histograms.iter().map(|row| &row[at]).collect()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(colour: [u8; 3]) -> Picture {
        let [r, g, b] = colour;
        Picture { width_px: 2, height_px: 2, pixels: vec![[r, g, b, 255]; 4] }
    }

    #[test]
    fn clothes_that_stay_are_near_and_characters_apart() {
        let (red, green) = ([255, 0, 0], [0, 255, 0]);
        let grid = [red, green].map(|colour| vec![plain(colour), plain(colour), plain(colour)]);
        let Worn { within, between } = worn(&grid);
        assert_eq!((within, between), (Some(0.0), Some(1.0)));
        assert!((diversity(&grid).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        let changing = [vec![plain(red), plain(green)], vec![plain(green), plain(red)]];
        assert_eq!(worn(&changing).within, Some(1.0));
        // Where there is one of something, nothing is known.
        assert_eq!(diversity(&grid[..1]), None);
        let Worn { within, between } = worn(&[vec![plain(red)], vec![plain(green)]]);
        assert_eq!((within, between), (None, Some(1.0)));
    }
}

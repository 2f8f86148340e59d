//! What colours somebody wears, and how sharp a picture is: what is measured of pictures that nobody knows the truth of.

use crate::picture::Picture;

/// Levels of each of three colours.
const LEVELS: usize = 4;
/// As light as this all over, a pixel shows paper.
const PAPER: u8 = 250;

/// How much of a figure on white has which colour: shares of 4×4×4 colours, each pixel shared by those around it, together 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ColourHistogram([f64; LEVELS * LEVELS * LEVELS]);

impl ColourHistogram {
    /// Of all pixels that are not white; `None`: all are.
    pub fn of(picture: &Picture) -> Option<Self> {
        let mut shares = [0.0; LEVELS * LEVELS * LEVELS];
        let mut count = 0;
        for [colour @ .., _] in picture.pixels.iter().filter(|[r, g, b, _]| [*r, *g, *b].iter().any(|v| *v < PAPER)) {
            count += 1;
            let places = colour.map(|v| f64::from(v) / 255.0 * (LEVELS - 1) as f64);
            for corner in 0..8 {
                let (mut at, mut share) = (0, 1.0);
                for (axis, place) in places.iter().enumerate() {
                    let low = place.floor().min((LEVELS - 2) as f64);
                    let upper = corner >> axis & 1;
                    at = at * LEVELS + low as usize + upper;
                    share *= if upper == 1 { place - low } else { 1.0 - (place - low) };
                }
                shares[at] += share;
            }
        }
        shares.iter_mut().for_each(|share| *share /= f64::from(count));
        (count > 0).then_some(Self(shares))
    }

    /// How much of one would have to change its colour to be the other: 0 to 1.
    pub fn apart(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
    }
}

/// How sharp a picture is: the mean size of the Laplacian of its light (of 4 neighbours; light from 0 to 1), in thousandths.
/// 0 for pictures of fewer than three rows or columns.
pub fn sharpness(picture: &Picture) -> f64 {
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    if width < 3 || height < 3 {
        return 0.0;
    }
    let light = |[r, g, b, _]: [u8; 4]| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    let light: Vec<f64> = picture.pixels.iter().map(|pixel| light(*pixel) / 255.0).collect();
    let at = |x: usize, y: usize| light[y * width + x];
    let inner = (1..height - 1).flat_map(|y| (1..width - 1).map(move |x| (x, y)));
    let bends = inner.map(|(x, y)| (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y)).abs());
    1e3 * bends.sum::<f64>() / ((width - 2) * (height - 2)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: &[[u8; 3]]) -> Picture {
        let pixels: Vec<[u8; 4]> = pixels.iter().map(|&[r, g, b]| [r, g, b, 255]).collect();
        Picture { width_px: pixels.len() as u32, height_px: 1, pixels }
    }

    #[test]
    fn histograms_are_as_far_apart_as_colours_are_others() {
        const WHITE: [u8; 3] = [255; 3];
        let of = |pixels: &[[u8; 3]]| ColourHistogram::of(&picture(pixels)).unwrap();
        let (red, half) = (of(&[[255, 0, 0], WHITE]), of(&[[255, 0, 0], [0, 0, 255]]));
        assert!((red.0.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(red, of(&[[255, 0, 0], [255, 0, 0], WHITE, WHITE]), "neither size nor paper counts");
        assert!(red.apart(&red) == 0.0 && (red.apart(&half) - 0.5).abs() < 1e-12);
        assert!((red.apart(&of(&[[0, 255, 0]])) - 1.0).abs() < 1e-12);
        // A shade is near.
        assert!(red.apart(&of(&[[250, 3, 2]])) < 0.15);
        assert_eq!(ColourHistogram::of(&picture(&[WHITE])), None);
    }

    #[test]
    fn one_dot_bends_the_light_at_five_places() {
        let dot = |v: u8| {
            let mut picture = Picture { width_px: 7, height_px: 7, pixels: vec![[0, 0, 0, 255]; 49] };
            *picture.at_mut(3, 3) = [v, v, v, 255];
            picture
        };
        // 4 in the middle and 1 at each of its neighbours, of 25 inner pixels.
        assert!((sharpness(&dot(255)) - 1e3 * 8.0 / 25.0).abs() < 1e-9);
        assert_eq!(sharpness(&dot(0)), 0.0);
        assert_eq!(sharpness(&Picture::new(2, 9)), 0.0);
    }
}

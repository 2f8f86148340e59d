//! Which drawing of a sheet a painted picture owes each of its pixels to.

use crate::picture::Picture;

/// Per pixel the share of every drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Width of the picture in pixels.
    pub width_px: u32,
    /// Height of the picture in pixels.
    pub height_px: u32,
    /// For each drawing, in the sheet's order, its share of every pixel, 0 to 255. What a pixel's shares lack to 255
    /// was filled in from its surroundings; where nothing is drawn all are 0.
    pub views: Vec<Vec<u8>>,
}

/// Colours that people of all kinds of sight tell apart (Okabe and Ito, 2008), without black.
const COLOURS: [[u8; 3]; 7] =
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0], [204, 121, 167]];

impl Shares {
    /// From weights of any scale: `weight` says how much drawing `view` weighs at a pixel, `known` which part of the
    /// pixel (0 to 1) comes from drawings at all.
    pub fn new(
        [width_px, height_px]: [u32; 2],
        views: usize,
        weight: impl Fn(usize, usize) -> f32,
        known: impl Fn(usize) -> f32,
    ) -> Self {
        let pixels = width_px as usize * height_px as usize;
        let mut planes = vec![vec![0; pixels]; views];
        for i in 0..pixels {
            let total: f32 = (0..views).map(|view| weight(view, i)).sum();
            let scale = 255.0 * known(i).clamp(0.0, 1.0) / total;
            if scale.is_finite() {
                for (view, plane) in planes.iter_mut().enumerate() {
                    plane[i] = (weight(view, i) * scale).round() as u8;
                }
            }
        }
        Self { width_px, height_px, views: planes }
    }

    /// The colour that [`Shares::picture`] gives a drawing.
    pub fn colour(view: usize) -> [u8; 3] {
        // Another round is darker.
        let darker = |v: u8| (f32::from(v) * 0.6_f32.powi((view / COLOURS.len()).min(3) as i32)) as u8;
        COLOURS[view % COLOURS.len()].map(darker)
    }

    /// One colour a drawing, mixed by their shares (the leading ones stand out), faint where colours were filled in.
    pub fn picture(&self) -> Picture {
        let mut picture = Picture::new(self.width_px, self.height_px);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            let (mut sum, mut total, mut shares) = ([0.0; 3], 0.0, 0);
            for (view, plane) in self.views.iter().enumerate().filter(|(_, plane)| plane[i] > 0) {
                let weight = f32::from(plane[i]).powi(4);
                let colour = Self::colour(view);
                (0..3).for_each(|c| sum[c] += weight * f32::from(colour[c]));
                total += weight;
                shares += u32::from(plane[i]);
            }
            if total > 0.0 {
                let [r, g, b] = sum.map(|v| (v / total).round() as u8);
                *pixel = [r, g, b, shares.min(255) as u8];
            }
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_become_shares_and_a_picture() {
        let weights = [[3.0, 0.0, 1.0, f32::NAN], [1.0, 0.0, 1.0, 1.0]];
        let shares = Shares::new([2, 2], 2, |view, i| weights[view][i], |i| if i == 2 { 0.5 } else { 1.0 });
        assert_eq!(shares.views, [[191, 0, 64, 0], [64, 0, 64, 0]]);
        let picture = shares.picture();
        assert_eq!(picture.pixels[1], [0; 4]);
        assert_eq!((picture.pixels[0][3], picture.pixels[2][3]), (255, 128));
        let [r, g, b] = Shares::colour(0);
        let away = picture.pixels[0].iter().zip([r, g, b]).map(|(a, b)| a.abs_diff(b)).max();
        assert!(away < Some(8), "{:?}", picture.pixels[0]);
    }

    #[test]
    fn colours_differ() {
        for a in 0..20 {
            assert!((0..a).all(|b| Shares::colour(a) != Shares::colour(b)), "{a}");
        }
    }
}

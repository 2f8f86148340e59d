//! Colour under transparent pixels: programs that filter straight alpha would else draw it dark along every outline.

use crate::picture::Picture;
use crate::picture::distance::{NONE, nearest};

/// Gives every fully transparent pixel the colour of a nearest visible one; alpha stays. Where nothing is visible, black.
pub fn bleed(picture: &mut Picture) {
    let visible: Vec<bool> = picture.pixels.iter().map(|pixel| pixel[3] > 0).collect();
    if visible.iter().all(|visible| *visible) {
        return;
    }
    let nearest = nearest(&visible, picture.width_px as usize);
    for (i, nearest) in nearest.into_iter().enumerate().filter(|(i, _)| !visible[*i]) {
        let [r, g, b, _] = if nearest == NONE { [0; 4] } else { picture.pixels[nearest as usize] };
        picture.pixels[i] = [r, g, b, 0];
    }
}

/// The same picture with nothing under its transparent pixels: it packs better, and pictures that look the same are.
pub(super) fn cleaned(picture: &Picture) -> Picture {
    let clean = |&pixel: &[u8; 4]| if pixel[3] == 0 { [0; 4] } else { pixel };
    Picture { pixels: picture.pixels.iter().map(clean).collect(), ..*picture }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transparent_pixel_takes_the_colour_of_a_nearest_visible_one() {
        let mut picture = Picture::new(40, 30);
        let seeds = [([3, 4], [200, 10, 10, 255]), ([35, 7], [10, 200, 10, 40]), ([20, 28], [10, 10, 200, 1])];
        for ([x, y], colour) in seeds {
            *picture.at_mut(x, y) = colour;
        }
        let before = picture.clone();
        bleed(&mut picture);
        for y in 0..30 {
            for x in 0..40 {
                assert_eq!(picture.at(x, y)[3], before.at(x, y)[3]);
                let away = |[sx, sy]: [u32; 2]| sx.abs_diff(x).pow(2) + sy.abs_diff(y).pow(2);
                let least = seeds.iter().map(|(at, _)| away(*at)).min().unwrap();
                let fits = seeds.iter().any(|(at, c)| away(*at) == least && c[..3] == picture.at(x, y)[..3]);
                assert!(fits, "{x} {y}: {:?}", picture.at(x, y));
            }
        }
        let mut empty = Picture { pixels: vec![[9, 9, 9, 0]; 6], ..Picture::new(3, 2) };
        bleed(&mut empty);
        assert_eq!(empty, Picture::new(3, 2));
        assert_eq!(cleaned(&picture).at(0, 0), [0; 4]);
    }
}

//! OKLab (Ottosson 2020): a colour space in which distances are about as large as they look.

use std::sync::LazyLock;

/// Lightness, green–red, blue–yellow; black and white are 1 apart.
pub(super) type Lab = [f32; 3];

static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|value| {
        let v = value as f32 / 255.0;
        if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
});

/// An sRGB colour in OKLab.
pub(super) fn lab(pixel: [u8; 4]) -> Lab {
    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(|v| LINEAR[usize::from(v)]);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// A row of pixels in OKLab; neighbours of one colour, as drawings have them, cost one conversion.
pub(super) fn lab_row(pixels: &[[u8; 4]]) -> Vec<Lab> {
    let mut last = ([0; 4], lab([0; 4]));
    pixels
        .iter()
        .map(|&pixel| {
            if pixel != last.0 {
                last = (pixel, lab(pixel));
            }
            last.1
        })
        .collect()
}

/// The square of the distance of two colours.
pub(super) fn distance_squared(a: Lab, b: Lab) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_published_places() {
        // Ottosson's table: white, and red at L 0.628, a 0.225, b 0.126.
        for (pixel, expected) in
            [([255, 255, 255, 255], [1.0, 0.0, 0.0]), ([255, 0, 0, 255], [0.628, 0.225, 0.126]), ([0; 4], [0.0; 3])]
        {
            let found = lab(pixel);
            assert!(distance_squared(found, expected).sqrt() < 1e-3, "{pixel:?}: {found:?}");
        }
        assert_eq!(lab_row(&[[1, 2, 3, 4], [1, 2, 3, 4], [9, 9, 9, 9]])[1], lab([1, 2, 3, 4]));
    }
}

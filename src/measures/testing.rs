//! Pictures made by formula, and what other programs compute of them.

use super::Pair;
use crate::picture::Picture;

/// 20×10 pixels of one colour.
pub(super) fn filled(pixel: [u8; 4]) -> Picture {
    Picture { width_px: 20, height_px: 10, pixels: vec![pixel; 200] }
}

/// A disc, a band of waves and slanted lines on a shaded ground, opaque.
pub(super) fn drawing([width_px, height_px]: [u32; 2], seed: u32) -> Picture {
    let at = |i: u32| {
        let (x, y) = (i % width_px, i / width_px);
        let from_centre = (x as i32 - 50 - (seed % 17) as i32).pow(2) + (y as i32 - 40).pow(2);
        let [r, g, b] = if (x + 2 * y + seed) % 37 < 2 {
            [40, 20, 30]
        } else if from_centre < 30 * 30 {
            [230, 180 - (y % 64), 120 + x % 32]
        } else if (60..80).contains(&y) {
            [60, (x * x / 8 + seed) % 200, 210]
        } else {
            [200 + x % 50, 255 - y % 90, 240]
        };
        [r as u8, g as u8, b as u8, 255]
    };
    Picture { width_px, height_px, pixels: (0..width_px * height_px).map(at).collect() }
}

/// Every colour away by up to half of `strength`, up or down.
pub(super) fn noisy(picture: &Picture, strength: u32) -> Picture {
    let mut noisy = picture.clone();
    for (i, pixel) in (0u32..).zip(&mut noisy.pixels) {
        for (c, v) in (0u32..).zip(&mut pixel[..3]) {
            let dice = (3 * i + c).wrapping_mul(2_654_435_761) >> 16;
            *v = (i32::from(*v) + (dice % (strength + 1)) as i32 - (strength / 2) as i32).clamp(0, 255) as u8;
        }
    }
    noisy
}

/// What others compute of one pair.
#[derive(Clone, Copy)]
pub(super) struct Reference {
    pub(super) ssim: f64,
    pub(super) ms_ssim: f64,
    pub(super) scales: usize,
    pub(super) gmsd: f64,
    pub(super) flip: f64,
    pub(super) chamfer: f64,
}

/// Of SSIM scikit-image 0.26.0, of FLIP flip-evaluator 1.7; the others by their formulas with SciPy 1.17.1's Gaussian,
/// Prewitt and distance transform.
const REFERENCES: [Reference; 4] = [
    Reference {
        ssim: 0.382932026,
        ms_ssim: 0.809749535,
        scales: 5,
        gmsd: 0.250197164,
        flip: 0.1076245,
        chamfer: 25.4445739,
    },
    Reference {
        ssim: 0.770063689,
        ms_ssim: 0.980626845,
        scales: 4,
        gmsd: 0.0232621995,
        flip: 0.1281866,
        chamfer: 314.012844,
    },
    Reference {
        ssim: 0.946589565,
        ms_ssim: 0.917480618,
        scales: 5,
        gmsd: 0.0784739005,
        flip: 0.6834398,
        chamfer: 12.1544646,
    },
    Reference { ssim: -0.237979755, ms_ssim: 0.0, scales: 4, gmsd: 0.0217265025, flip: 0.9379604, chamfer: 113.916551 },
];

/// Something moved, noise, colours that changed places, a noisy negative; odd sizes, even ones, and one large enough
/// for wide lines. Each with what others compute of it.
pub(super) fn references() -> Vec<(Reference, Pair)> {
    let changed = |picture: &Picture, of: fn([u8; 4]) -> [u8; 4]| Picture {
        pixels: picture.pixels.iter().map(|p| of(*p)).collect(),
        ..picture.clone()
    };
    let truths = [([181, 167], 5), ([120, 101], 11), ([176, 190], 3), ([97, 640], 3)];
    let truths = truths.map(|(size, seed)| drawing(size, seed));
    let drawn = [
        drawing([181, 167], 7),
        noisy(&truths[1], 60),
        changed(&truths[2], |[r, g, b, a]| [g, b, r, a]),
        changed(&noisy(&truths[3], 30), |[r, g, b, a]| [255 - r, 255 - g, 255 - b, a]),
    ];
    let pairs = drawn.iter().zip(&truths).map(|(drawn, truth)| Pair::whole(drawn, truth).unwrap());
    REFERENCES.into_iter().zip(pairs).collect()
}

//! How alike two pictures are: PSNR and SSIM of what a viewer sees, composited over white.

use super::Picture;

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub left_px: u32,
    /// First row.
    pub top_px: u32,
    /// Columns.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
}

impl Region {
    /// The smallest one that holds all of a picture that isn't fully transparent; `None` where nothing is.
    pub fn of_content(picture: &Picture) -> Option<Self> {
        let (mut low, mut high) = ([u32::MAX; 2], [0; 2]);
        for (y, row) in (0..).zip(picture.pixels.chunks_exact(picture.width_px.max(1) as usize)) {
            for (x, pixel) in (0..).zip(row) {
                if pixel[3] > 0 {
                    low = [low[0].min(x), low[1].min(y)];
                    high = [high[0].max(x + 1), high[1].max(y + 1)];
                }
            }
        }
        (low[0] < high[0]).then(|| Self {
            left_px: low[0],
            top_px: low[1],
            width_px: high[0] - low[0],
            height_px: high[1] - low[1],
        })
    }
}

/// Peak signal-to-noise ratio in dB over the three colours inside `region`; infinite for equal pictures. Both pictures
/// must contain the region.
pub fn psnr(a: &Picture, b: &Picture, region: Region) -> f64 {
    let (a, b) = (over_white(a, region), over_white(b, region));
    let squares: f64 = a.iter().zip(&b).flat_map(|(a, b)| (0..3).map(move |c| f64::from(a[c] - b[c]).powi(2))).sum();
    -10.0 * (squares / (3 * a.len()) as f64).log10()
}

/// PSNR in dB of the steps of luma to the right and downwards, over the pixels inside `region` at which either picture has a step
/// of a twelfth or more: what is wrong with lines and borders, also with those that only one picture has. Infinite for
/// equal pictures and for such without an edge.
pub fn edge_psnr(a: &Picture, b: &Picture, region: Region) -> f64 {
    const EDGE: f32 = 1.0 / 12.0;
    let width = region.width_px as usize;
    let steps = |picture: &Picture| -> Vec<[f32; 2]> {
        let luma: Vec<f32> =
            over_white(picture, region).iter().map(|p| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]).collect();
        let right = |i: usize| if (i + 1).is_multiple_of(width) { 0.0 } else { luma[i + 1] - luma[i] };
        (0..luma.len()).map(|i| [right(i), luma.get(i + width).map_or(0.0, |below| below - luma[i])]).collect()
    };
    let (mut squares, mut edges) = (0.0, 0);
    for (a, b) in steps(a).into_iter().zip(steps(b)) {
        if a.iter().chain(&b).any(|step| step.abs() >= EDGE) {
            squares += (0..2).map(|k| f64::from(a[k] - b[k]).powi(2)).sum::<f64>();
            edges += 2;
        }
    }
    -10.0 * (squares / f64::from(edges.max(1))).log10()
}

/// Structural similarity (Wang et al. 2004) of the luma inside `region`: mean over windows of 8×8 pixels at every second
/// position, 1 for equal pictures.
pub fn ssim(a: &Picture, b: &Picture, region: Region) -> f64 {
    const WINDOW: usize = 8;
    let luma = |p: &[f32; 3]| f64::from(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
    let a: Vec<f64> = over_white(a, region).iter().map(luma).collect();
    let b: Vec<f64> = over_white(b, region).iter().map(luma).collect();
    let (width, height) = (region.width_px as usize, region.height_px as usize);
    let (window_w, window_h) = (WINDOW.min(width), WINDOW.min(height));
    let n = (window_w * window_h) as f64;
    let (mut total, mut windows) = (0.0, 0);
    for top in (0..=height - window_h).step_by(2) {
        for left in (0..=width - window_w).step_by(2) {
            let [mut sum_a, mut sum_b, mut sum_aa, mut sum_bb, mut sum_ab] = [0.0; 5];
            for y in top..top + window_h {
                for i in y * width + left..y * width + left + window_w {
                    sum_a += a[i];
                    sum_b += b[i];
                    sum_aa += a[i] * a[i];
                    sum_bb += b[i] * b[i];
                    sum_ab += a[i] * b[i];
                }
            }
            let (mean_a, mean_b) = (sum_a / n, sum_b / n);
            let (var_a, var_b) = (sum_aa / n - mean_a * mean_a, sum_bb / n - mean_b * mean_b);
            let covariance = sum_ab / n - mean_a * mean_b;
            let (c1, c2) = (0.01f64.powi(2), 0.03f64.powi(2));
            total += (2.0 * mean_a * mean_b + c1) * (2.0 * covariance + c2)
                / ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
            windows += 1;
        }
    }
    total / f64::from(windows)
}

/// Colours in [0, 1] as seen on white paper, row-major inside the region.
fn over_white(picture: &Picture, region: Region) -> Vec<[f32; 3]> {
    let mut seen = Vec::with_capacity(region.width_px as usize * region.height_px as usize);
    for y in region.top_px..region.top_px + region.height_px {
        for x in region.left_px..region.left_px + region.width_px {
            let [r, g, b, a] = picture.at(x, y).map(|v| f32::from(v) / 255.0);
            seen.push([r, g, b].map(|v| v * a + 1.0 - a));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pixel: [u8; 4]) -> (Picture, Region) {
        let mut picture = Picture::new(20, 10);
        picture.pixels.fill(pixel);
        (picture, Region { left_px: 0, top_px: 0, width_px: 20, height_px: 10 })
    }

    #[test]
    fn psnr_has_its_known_values() {
        let (white, region) = filled([255; 4]);
        assert_eq!(psnr(&white, &white, region), f64::INFINITY);
        // Transparent black on white paper is white.
        assert_eq!(psnr(&white, &filled([0; 4]).0, region), f64::INFINITY);
        assert!((psnr(&white, &filled([0, 0, 0, 255]).0, region) - 0.0).abs() < 1e-9);
        // A tenth off everywhere: 20 dB.
        assert!((psnr(&white, &filled([0, 0, 0, 26]).0, region) - 19.83).abs() < 0.01);
        let mut one = white.clone();
        *one.at_mut(3, 3) = [0, 0, 0, 255];
        assert!((psnr(&white, &one, region) - 10.0 * 200f64.log10()).abs() < 1e-4);
    }

    #[test]
    fn edges_count_that_only_one_picture_has() {
        let (white, region) = filled([255; 4]);
        assert_eq!(edge_psnr(&white, &white, region), f64::INFINITY);
        let mut line = white.clone();
        (0..10).for_each(|y| *line.at_mut(8, y) = [0, 0, 0, 255]);
        assert_eq!(edge_psnr(&line, &line, region), f64::INFINITY);
        // Half of the steps at the line's two borders are across it, each wrong by 1: 3 dB.
        assert!((edge_psnr(&white, &line, region) - 10.0 * 2f64.log10()).abs() < 1e-3);
        assert_eq!(edge_psnr(&white, &line, region), edge_psnr(&line, &white, region));
        // What has no edge doesn't count.
        let (grey, _) = filled([200, 200, 200, 255]);
        assert_eq!(edge_psnr(&white, &grey, region), f64::INFINITY);
    }

    #[test]
    fn ssim_sees_structure() {
        let (mut a, region) = filled([200, 200, 200, 255]);
        for (i, pixel) in a.pixels.iter_mut().enumerate() {
            pixel[1] = ((i * 97) % 251) as u8;
        }
        let mut inverse = a.clone();
        inverse.pixels.iter_mut().for_each(|p| p[1] = 250 - p[1]);
        assert!((ssim(&a, &a, region) - 1.0).abs() < 1e-9);
        assert!(ssim(&a, &inverse, region) < 0.1);
    }

    #[test]
    fn content_is_what_is_not_transparent() {
        let mut picture = Picture::new(20, 10);
        assert_eq!(Region::of_content(&picture), None);
        *picture.at_mut(4, 7) = [0, 0, 0, 1];
        *picture.at_mut(11, 3) = [0, 0, 0, 255];
        let expected = Region { left_px: 4, top_px: 3, width_px: 8, height_px: 5 };
        assert_eq!(Region::of_content(&picture), Some(expected));
    }
}

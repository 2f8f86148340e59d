//! Where the silhouette runs, at sub-pixel precision although a UDP only knows yes and no.

use super::surface::Surface;

/// So far outside a drawing may still show something that belongs to it (ink lines), in pixels.
pub(super) const REACH_PX: usize = 4;
/// Binomial weights: nearly a normal distribution of one pixel's standard deviation.
pub(super) const KERNEL: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

/// The silhouette of a surface.
pub(super) struct Contour {
    /// Per pixel its distance from the silhouette in pixels, negative inside; ±∞ away from it.
    pub(super) distance_px: Vec<f32>,
    /// For pixels outside within reach: the nearest seen pixel.
    nearest: Vec<u32>,
}

/// No pixel.
const NONE: u32 = u32::MAX;

impl Contour {
    pub(super) fn new(surface: &Surface) -> Self {
        let (width, height) = (surface.width, surface.height);
        let smooth = smoothed(surface);
        let near = |i: usize| {
            let (seen, share) = (surface.seen(i), smooth[i]);
            let edge = distance_of(share);
            // The pixel's middle itself is known to be inside or outside.
            match (seen, share > 1e-3 && share < 0.999) {
                (true, true) => edge.clamp(-1.5, 0.0),
                (true, false) => f32::NEG_INFINITY,
                (false, true) => edge.clamp(0.0, 1.5),
                (false, false) => f32::INFINITY,
            }
        };
        let mut distance_px: Vec<f32> = (0..surface.len()).map(near).collect();
        let mut nearest = vec![NONE; surface.len()];
        let mut reached_px = vec![f32::INFINITY; surface.len()];
        for q in (0..surface.len()).filter(|&q| surface.seen(q) && distance_px[q] > -1.5) {
            let (qx, qy) = (q % width, q / width);
            for y in qy.saturating_sub(REACH_PX)..(qy + REACH_PX + 1).min(height) {
                for x in qx.saturating_sub(REACH_PX)..(qx + REACH_PX + 1).min(width) {
                    let p = y * width + x;
                    let away_px = (x.abs_diff(qx) as f32).hypot(y.abs_diff(qy) as f32);
                    if !surface.seen(p) && away_px <= REACH_PX as f32 && away_px < reached_px[p] {
                        reached_px[p] = away_px;
                        nearest[p] = q as u32;
                    }
                }
            }
        }
        // Farther out than the smoothing reaches.
        for p in 0..surface.len() {
            if nearest[p] != NONE && reached_px[p] > 1.5 {
                distance_px[p] = reached_px[p] + distance_px[nearest[p] as usize];
            }
        }
        Self { distance_px, nearest }
    }

    /// The pixels near the silhouette, each with the nearest seen pixel (itself, inside).
    pub(super) fn band(&self, surface: &Surface) -> Vec<(usize, usize)> {
        let owner = |i: usize| match self.nearest[i] {
            _ if !self.distance_px[i].is_finite() => None,
            _ if surface.seen(i) => Some((i, i)),
            NONE => None,
            nearest => Some((i, nearest as usize)),
        };
        (0..self.nearest.len()).filter_map(owner).collect()
    }
}

/// How much of each pixel's surroundings is seen.
fn smoothed(surface: &Surface) -> Vec<f32> {
    let (width, height) = (surface.width, surface.height);
    let along = |values: &[f32], i: usize, place: usize, count: usize, stride: usize| -> f32 {
        let inside = (0..5).filter(|k| (2..count + 2).contains(&(place + k)));
        inside.map(|k| KERNEL[k] * values[i + k * stride - 2 * stride]).sum()
    };
    let seen: Vec<f32> = (0..surface.len()).map(|i| f32::from(u8::from(surface.seen(i)))).collect();
    let rows: Vec<f32> = (0..surface.len()).map(|i| along(&seen, i, i % width, width, 1)).collect();
    (0..surface.len()).map(|i| along(&rows, i, i / width, height, width)).collect()
}

/// How far outside a straight edge a point lies (pixels, negative inside) if smoothing makes its share this: the
/// logistic approximation of the normal distribution's inverse.
pub(super) fn distance_of(share: f32) -> f32 {
    ((1.0 - share).max(1e-6) / share.max(1e-6)).ln() / 1.702
}

/// Share of a pixel that a surface covers whose edge is this far from the pixel's middle.
pub(super) fn coverage(distance_px: f32) -> f32 {
    (0.5 - distance_px).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::Udp;

    /// A disc that touches no grid line in particular.
    fn disc() -> (Surface, Vec<f32>) {
        let mut udp = Udp::new(60, 50);
        let mut distance_px = Vec::new();
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            let (x, y) = ((i % 60) as f32, (i / 60) as f32);
            distance_px.push((x - 29.3).hypot(y - 24.8) - 18.4);
            if distance_px[i] < 0.0 {
                *pixel = [0.5 + 0.005 * (x - 30.0), 0.5 + 0.005 * (y - 25.0), 0.5, 1.0];
            }
        }
        (Surface::new(&udp), distance_px)
    }

    #[test]
    fn a_disc_keeps_its_radius() {
        let (surface, truth) = disc();
        let contour = Contour::new(&surface);
        let mut errors = Vec::new();
        for (i, owner) in contour.band(&surface) {
            assert!(surface.seen(owner));
            if truth[i].abs() < 0.9 {
                errors.push((coverage(contour.distance_px[i]) - coverage(truth[i])).abs());
            } else if truth[i] > 0.0 {
                assert!((contour.distance_px[i] - truth[i]).abs() < 0.8, "{} {}", contour.distance_px[i], truth[i]);
            }
        }
        let mean = errors.iter().sum::<f32>() / errors.len() as f32;
        // Yes and no alone are wrong by a quarter of a pixel.
        assert!(mean < 0.1, "coverage wrong by {mean} on average");
    }

    #[test]
    fn far_pixels_are_left_alone() {
        let (surface, truth) = disc();
        let band = Contour::new(&surface).band(&surface);
        assert!(band.iter().all(|&(i, _)| truth[i].abs() < REACH_PX as f32 + 1.0));
        assert!(Contour::new(&Surface::new(&Udp::new(9, 9))).band(&Surface::new(&Udp::new(9, 9))).is_empty());
    }
}

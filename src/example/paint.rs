//! A small painter: filled outlines with smooth edges, any colour a function of the place.

use super::params::Rgb;
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};

/// An opaque picture being painted; places are in [0, 1]² from the top left.
pub(super) struct Canvas {
    width_px: u32,
    height_px: u32,
    pixels: Vec<Vec3>,
}

/// sRGB in [0, 1].
pub(super) fn colour(rgb: Rgb) -> Vec3 {
    Vec3::from(rgb.0.map(|c| f32::from(c) / 255.0))
}

impl Canvas {
    /// Every pixel by its place.
    pub(super) fn new(width_px: u32, height_px: u32, paint: impl Fn(Vec2) -> Vec3) -> Self {
        let size = Vec2::new(width_px as f32, height_px as f32);
        let pixels = (0..height_px)
            .flat_map(|y| (0..width_px).map(move |x| Vec2::new(x as f32 + 0.5, y as f32 + 0.5)))
            .map(|p| paint(p / size))
            .collect();
        Self { width_px, height_px, pixels }
    }

    /// Covers every pixel with a colour (red, green, blue, opacity) that depends on the place: shades and glows.
    pub(super) fn glaze(&mut self, paint: impl Fn(Vec2) -> Vec4) {
        let size = Vec2::new(self.width_px as f32, self.height_px as f32);
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            let p = Vec2::new((i as u32 % self.width_px) as f32 + 0.5, (i as u32 / self.width_px) as f32 + 0.5) / size;
            let top = paint(p);
            *pixel = pixel.lerp(top.truncate(), top.w.clamp(0.0, 1.0));
        }
    }

    /// Fills a closed outline (non-zero winding), edges smooth: exact along rows, eight lines a row across them.
    pub(super) fn fill(&mut self, outline: &[Vec2], paint: impl Fn(Vec2) -> Vec4) {
        const LINES: u32 = 8;
        let size = Vec2::new(self.width_px as f32, self.height_px as f32);
        let points: Vec<Vec2> = outline.iter().map(|&p| p * size).collect();
        let mut coverage = vec![0.0f32; self.width_px as usize];
        let (low, high) = points.iter().fold((f32::MAX, f32::MIN), |(low, high), p| (low.min(p.y), high.max(p.y)));
        let rows = low.floor().max(0.0) as u32..(high.ceil().max(0.0) as u32).min(self.height_px);
        for row in rows {
            coverage.fill(0.0);
            for line in 0..LINES {
                let y = row as f32 + (line as f32 + 0.5) / LINES as f32;
                let mut crossings: Vec<(f32, i32)> = Vec::new();
                for (i, &a) in points.iter().enumerate() {
                    let b = points[(i + 1) % points.len()];
                    if (a.y <= y) != (b.y <= y) {
                        crossings.push((a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x), if a.y < b.y { 1 } else { -1 }));
                    }
                }
                crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
                let mut winding = 0;
                for pair in crossings.windows(2) {
                    winding += pair[0].1;
                    if winding != 0 {
                        cover(&mut coverage, pair[0].0, pair[1].0, 1.0 / LINES as f32);
                    }
                }
            }
            for (x, &covered) in coverage.iter().enumerate().filter(|(_, c)| **c > 0.0) {
                let top = paint(Vec2::new(x as f32 + 0.5, row as f32 + 0.5) / size);
                let pixel = &mut self.pixels[row as usize * self.width_px as usize + x];
                *pixel = pixel.lerp(top.truncate(), (top.w * covered).clamp(0.0, 1.0));
            }
        }
    }

    pub(super) fn ellipse(&mut self, centre: Vec2, radii: Vec2, turn_deg: f32, paint: impl Fn(Vec2) -> Vec4) {
        self.fill(&ellipse(centre, radii, turn_deg), paint);
    }

    pub(super) fn finish(self) -> Picture {
        let pixels = self.pixels.iter().map(|p| {
            let [r, g, b] = (p.clamp(Vec3::ZERO, Vec3::ONE) * 255.0).round().to_array().map(|c| c as u8);
            [r, g, b, 255]
        });
        Picture { width_px: self.width_px, height_px: self.height_px, pixels: pixels.collect() }
    }
}

fn cover(coverage: &mut [f32], from: f32, to: f32, weight: f32) {
    let (from, to) = (from.clamp(0.0, coverage.len() as f32), to.clamp(0.0, coverage.len() as f32));
    for (x, slot) in coverage.iter_mut().enumerate().take(to.ceil() as usize).skip(from as usize) {
        let inside = (to.min(x as f32 + 1.0) - from.max(x as f32)).max(0.0);
        *slot = (*slot + weight * inside).min(1.0);
    }
}

pub(super) fn ellipse(centre: Vec2, radii: Vec2, turn_deg: f32) -> Vec<Vec2> {
    let turn = Vec2::from_angle(turn_deg.to_radians());
    (0..64)
        .map(|i| {
            let angle = std::f32::consts::TAU * i as f32 / 64.0;
            centre + turn.rotate(Vec2::new(angle.cos(), angle.sin()) * radii)
        })
        .collect()
}

/// How much of a soft spot is at `p`: 1 in its middle, 0 from the edge of the ellipse on.
pub(super) fn spot(p: Vec2, centre: Vec2, radii: Vec2) -> f32 {
    let d = (p - centre) / radii;
    (1.0 - d.length_squared()).max(0.0).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_as_covered_as_they_should_be() {
        let mut canvas = Canvas::new(4, 4, |_| Vec3::ZERO);
        let half = [Vec2::new(0.125, 0.125), Vec2::new(0.875, 0.125), Vec2::new(0.875, 0.875), Vec2::new(0.125, 0.875)];
        canvas.fill(&half, |_| Vec4::ONE);
        let picture = canvas.finish();
        assert_eq!(picture.at(1, 1)[0], 255);
        assert_eq!(picture.at(0, 1)[0], 128);
        assert_eq!(picture.at(0, 0)[0], 64);
    }

    #[test]
    fn an_ellipse_has_its_area() {
        let mut canvas = Canvas::new(200, 100, |_| Vec3::ZERO);
        canvas.ellipse(Vec2::new(0.5, 0.5), Vec2::new(0.3, 0.4), 0.0, |_| Vec4::ONE);
        let sum: f64 = canvas.finish().pixels.iter().map(|p| f64::from(p[0]) / 255.0).sum();
        let area = std::f64::consts::PI * 0.3 * 0.4 * 200.0 * 100.0;
        assert!((sum / area - 1.0).abs() < 0.005, "{sum} against {area}");
    }
}

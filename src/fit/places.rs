//! Where a place of the body lies in a picture, by its UDP alone.

use crate::udp::Udp;
use glam::{Vec2, Vec3, vec2};

/// A pixel speaks for a place as far as its landmark is no farther than the nearest one by this.
const NEAR: f32 = 0.03;
/// Nothing of the picture is that far from the place.
const FAR: f32 = 0.12;

/// Where in a picture, in pixels from its left and upper edge, the place of a landmark is seen or lies below what is seen: the
/// middle of the pixels whose landmarks are nearest to it. `spread` as [`super::Seen::spread`]. `None` where no pixel's is
/// near.
pub fn place_in(udp: &Udp, spread: Option<&[f32]>, landmark: Vec3) -> Option<Vec2> {
    let width = udp.width_px.max(1) as usize;
    let spread = spread.filter(|spread| spread.len() == udp.pixels.len());
    let away = |pixel: &[f32; 4]| Vec3::new(pixel[0], pixel[1], pixel[2]).distance(landmark);
    let there = || udp.pixels.iter().enumerate().filter(|(_, pixel)| pixel[3] > 0.5);
    let nearest = there().map(|(_, pixel)| away(pixel)).fold(f32::INFINITY, f32::min);
    if nearest > FAR {
        return None;
    }
    let (mut sum, mut total) = (Vec2::ZERO, 0.0);
    for (i, pixel) in there() {
        let off = (away(pixel) - nearest) / NEAR;
        if off < 3.0 {
            let sure = spread.map_or(1.0, |spread| (0.02 / spread[i].max(1e-3)).min(1.0));
            let weight = sure * (-0.5 * off * off).exp();
            sum += weight * vec2((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
            total += weight;
        }
    }
    (total > 0.0).then(|| sum / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_where_its_landmarks_are() {
        let mut udp = Udp::new(40, 20);
        for y in 5..15 {
            for x in 10..30 {
                udp.pixels[y * 40 + x] = [x as f32 / 40.0, y as f32 / 20.0, 0.55, 1.0];
            }
        }
        let at = place_in(&udp, None, Vec3::new(0.5, 0.5, 0.5)).unwrap();
        assert!(at.distance(vec2(20.5, 10.5)) < 0.1, "{at}");
        assert_eq!(place_in(&udp, None, Vec3::new(0.5, 0.0, 0.5)), None);
        assert_eq!(place_in(&Udp::new(0, 0), None, Vec3::splat(0.5)), None);
    }
}

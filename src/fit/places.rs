//! Where a place of the body lies in a picture, by its UDP alone.

use crate::udp::Udp;
use glam::{Vec2, Vec3, vec2};

/// A pixel speaks for a place as far as its landmark is no farther than the nearest one by this.
const NEAR: f32 = 0.03;
/// Nothing of the picture is that far from the place.
const FAR: f32 = 0.12;

/// At most about so many pixels are looked at for many places.
const LOOKED_AT: usize = 40_000;

/// Where a place is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeenPlace {
    /// In pixels from the picture's left and upper edge.
    pub at: Vec2,
    /// How far off the landmarks there may be, in landmark units; 0 where nobody tells.
    pub spread: f32,
    /// How far the nearest pixel's landmark is from the place, in landmark units: about the thickness of a limb where the
    /// place is seen at all, more where it lies behind what is seen.
    pub away: f32,
}

/// A pixel that shows the body.
struct Sample {
    landmark: Vec3,
    at: Vec2,
    spread: f32,
}

/// Where in a picture, in pixels from its left and upper edge, the place of a landmark is seen or lies below what is seen: the
/// middle of the pixels whose landmarks are nearest to it. `spread` as [`super::Seen::spread`]. `None` where no pixel's is
/// near.
pub fn place_in(udp: &Udp, spread: Option<&[f32]>, landmark: Vec3) -> Option<Vec2> {
    among(&samples(udp, spread, 1), landmark).map(|seen| seen.at)
}

/// As [`place_in`] for many places, and how sure each is; of a large picture not every pixel is looked at.
pub fn places_in(udp: &Udp, spread: Option<&[f32]>, landmarks: &[Vec3]) -> Vec<Option<SeenPlace>> {
    let step = ((udp.pixels.len() / LOOKED_AT) as f32).sqrt().ceil().max(1.0) as usize;
    let samples = samples(udp, spread, step);
    landmarks.iter().map(|&landmark| among(&samples, landmark)).collect()
}

/// Each `step`-th pixel of each `step`-th row that shows the body.
fn samples(udp: &Udp, spread: Option<&[f32]>, step: usize) -> Vec<Sample> {
    let width = udp.width_px.max(1) as usize;
    let spread = spread.filter(|spread| spread.len() == udp.pixels.len());
    let rows = udp.pixels.chunks_exact(width).enumerate().step_by(step);
    let pixels = rows.flat_map(|(y, row)| row.iter().enumerate().step_by(step).map(move |(x, pixel)| (x, y, pixel)));
    let there = pixels.filter(|(.., pixel)| pixel[3] > 0.5);
    let sample = |(x, y, pixel): (usize, usize, &[f32; 4])| Sample {
        landmark: Vec3::new(pixel[0], pixel[1], pixel[2]),
        at: vec2(x as f32 + 0.5, y as f32 + 0.5),
        spread: spread.map_or(0.0, |spread| spread[y * width + x]),
    };
    there.map(sample).collect()
}

fn among(samples: &[Sample], landmark: Vec3) -> Option<SeenPlace> {
    let away = |sample: &Sample| sample.landmark.distance(landmark);
    let nearest = samples.iter().map(away).fold(f32::INFINITY, f32::min);
    if nearest > FAR {
        return None;
    }
    let (mut at, mut spread, mut total) = (Vec2::ZERO, 0.0, 0.0);
    for sample in samples {
        let off = (away(sample) - nearest) / NEAR;
        if off < 3.0 {
            let weight = (0.02 / sample.spread.max(1e-3)).min(1.0) * (-0.5 * off * off).exp();
            at += weight * sample.at;
            spread += weight * sample.spread;
            total += weight;
        }
    }
    (total > 0.0).then(|| SeenPlace { at: at / total, spread: spread / total, away: nearest })
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
        assert_eq!(places_in(&Udp::new(0, 0), None, &[Vec3::splat(0.5)]), [None]);
    }

    #[test]
    fn many_places_of_a_large_picture_are_where_each_is_and_as_sure() {
        let mut udp = Udp::new(800, 600);
        let mut spread = vec![0.0; 800 * 600];
        for y in 100..500 {
            for x in 100..700 {
                udp.pixels[y * 800 + x] = [x as f32 / 800.0, y as f32 / 600.0, 0.5, 1.0];
                spread[y * 800 + x] = if x < 400 { 0.01 } else { 0.08 };
            }
        }
        let wanted = [Vec3::new(0.3, 0.5, 0.5), Vec3::new(0.8, 0.3, 0.5), Vec3::new(0.5, 0.99, 0.5)];
        let found = places_in(&udp, Some(&spread), &wanted);
        for (place, sure) in [(0, 0.01), (1, 0.08)] {
            let seen = found[place].unwrap();
            assert!(seen.at.distance(wanted[place].truncate() * vec2(800.0, 600.0)) < 2.0, "{seen:?}");
            assert!((seen.spread - sure).abs() < 1e-3, "{seen:?}");
        }
        assert_eq!(found[2], None);
    }
}

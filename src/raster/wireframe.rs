//! The edges of a figure's triangles, those turned away from the eye fainter.

use crate::picture::Picture;
use crate::pose::Camera;
use glam::{Vec2, Vec3};

/// Edges of triangles that face the eye, and of those that face away.
const COLOURS: [[u8; 4]; 2] = [[120, 190, 255, 230], [120, 150, 190, 60]];

/// Draws the edges of triangles between posed points.
pub(super) fn draw(triangles: &[[u32; 3]], points: &[Vec3], camera: &Camera, [width, height]: [u32; 2]) -> Picture {
    let mut picture = Picture::new(width, height);
    let matrix = camera.projection * camera.view;
    let half = Vec2::new(width as f32, height as f32) / 2.0;
    // Behind the eye there is no place on the screen.
    let placed: Vec<Option<Vec2>> = points
        .iter()
        .map(|&p| {
            let clip = matrix * p.extend(1.0);
            let at = Vec2::new(clip.x, -clip.y) / clip.w * half + half;
            (clip.w > 1e-4 && at.is_finite()).then_some(at)
        })
        .collect();
    for pass in [1, 0] {
        for triangle in triangles {
            let [Some(a), Some(b), Some(c)] = triangle.map(|i| placed.get(i as usize).copied().flatten()) else {
                continue;
            };
            // y points down on the screen, so what faces the eye runs clockwise there.
            let away = (b - a).perp_dot(c - a) > 0.0;
            if usize::from(away) == pass {
                for (from, to) in [(a, b), (b, c), (c, a)] {
                    line(&mut picture, from, to, COLOURS[pass]);
                }
            }
        }
    }
    picture
}

/// One pixel wide, nothing smoothed.
fn line(picture: &mut Picture, from: Vec2, to: Vec2, colour: [u8; 4]) {
    let size = Vec2::new(picture.width_px as f32, picture.height_px as f32);
    let Some((from, to)) = clipped(from, to, size - 1.0) else { return };
    let steps = (to - from).abs().max_element().ceil().max(1.0);
    for i in 0..=steps as u32 {
        let at = from.lerp(to, i as f32 / steps);
        *picture.at_mut(at.x as u32, at.y as u32) = colour;
    }
}

/// The part of a line within the picture (Liang and Barsky).
fn clipped(from: Vec2, to: Vec2, high: Vec2) -> Option<(Vec2, Vec2)> {
    let along = to - from;
    let (mut begin, mut end) = (0.0f32, 1.0f32);
    for axis in 0..2 {
        for (p, q) in [(-along[axis], from[axis]), (along[axis], high[axis] - from[axis])] {
            if p == 0.0 {
                if q < 0.0 {
                    return None;
                }
            } else if p < 0.0 {
                begin = begin.max(q / p);
            } else {
                end = end.min(q / p);
            }
        }
    }
    let at = |t: f32| (from + along * t).clamp(Vec2::ZERO, high);
    (begin <= end).then(|| (at(begin), at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_in_the_picture() {
        let mut picture = Picture::new(8, 8);
        for (from, to) in [
            (Vec2::new(-1e6, -1e6), Vec2::new(1e6, 1e6)),
            (Vec2::new(3.0, -5.0), Vec2::new(3.0, 50.0)),
            (Vec2::new(-5.0, 3.0), Vec2::new(-1.0, 3.0)),
            (Vec2::new(2.0, 2.0), Vec2::new(2.0, 2.0)),
        ] {
            line(&mut picture, from, to, [255; 4]);
        }
        assert_eq!(picture.at(5, 5)[3], 255);
        assert_eq!(picture.at(3, 7)[3], 255);
        assert_eq!(picture.at(0, 3)[3], 0);
    }
}

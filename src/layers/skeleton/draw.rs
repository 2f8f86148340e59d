//! The skeleton as a picture, as ControlNet's networks learned it: coloured limbs and joints on black.

use super::{Keypoints, Point};
use crate::layers::hue;
use crate::picture::Picture;
use glam::Vec2;

/// Limbs by the points that they join, from 0: the i-th in the i-th colour.
const LIMBS: [[usize; 2]; 17] = [
    [1, 2],
    [1, 5],
    [2, 3],
    [3, 4],
    [5, 6],
    [6, 7],
    [1, 8],
    [8, 9],
    [9, 10],
    [1, 11],
    [11, 12],
    [12, 13],
    [1, 0],
    [0, 14],
    [14, 16],
    [0, 15],
    [15, 17],
];
/// How bright limbs are; joints are at full colour.
const DIMMED: f32 = 0.6;
/// Half the width of a limb, and a joint's radius, at a canvas of 512 pixels.
const JOINT_PX: f32 = 4.0;
const FACE_PX: f32 = 3.0;
const FINGER_PX: f32 = 1.0;
/// The short side at which that is so; larger canvases have larger marks.
const USUAL_PX: f32 = 512.0;

impl Keypoints {
    /// The picture.
    pub(in crate::layers) fn picture(&self, [width, height]: [u32; 2]) -> Picture {
        let mut picture =
            Picture { pixels: vec![[0, 0, 0, 255]; width as usize * height as usize], ..Picture::new(width, height) };
        let scale = (width.min(height) as f32 / USUAL_PX).max(1.0);
        for (i, [from, to]) in LIMBS.into_iter().enumerate() {
            limb(&mut picture, self.body[from], self.body[to], JOINT_PX * scale, colour(i).map(|v| v * DIMMED));
        }
        for (i, point) in self.body.iter().enumerate() {
            disc(&mut picture, *point, JOINT_PX * scale, colour(i));
        }
        for hand in &self.hands {
            for finger in 0..5 {
                for bone in 0..4 {
                    // Each finger begins at the wrist.
                    let [from, to] = [if bone == 0 { 0 } else { 4 * finger + bone }, 4 * finger + bone + 1];
                    let colour = hue((4 * finger + bone) as f32 / 20.0);
                    stroke(&mut picture, hand[from], hand[to], FINGER_PX * scale, colour);
                }
            }
            hand.iter().for_each(|point| disc(&mut picture, *point, JOINT_PX * scale, [0.0, 0.0, 1.0]));
        }
        self.pupils.iter().for_each(|point| disc(&mut picture, *point, FACE_PX * scale, [1.0; 3]));
        picture
    }
}

/// The i-th of OpenPose's 18 colours, once round the circle.
fn colour(i: usize) -> [f32; 3] {
    hue(i as f32 / 18.0)
}

fn there(a: Point, b: Point) -> bool {
    a.sure > 0.0 && b.sure > 0.0
}

/// A filled ellipse from point to point.
fn limb(picture: &mut Picture, a: Point, b: Point, half_width: f32, colour: [f32; 3]) {
    if !there(a, b) {
        return;
    }
    let (middle, along) = ((a.at + b.at) / 2.0, (b.at - a.at) / 2.0);
    let (length, across) = (along.length().max(half_width), along.perp().normalize_or(Vec2::X));
    let way = along.normalize_or(Vec2::Y);
    fill(picture, middle, length, colour, |at| {
        let away = at - middle;
        (away.dot(way) / length).powi(2) + (away.dot(across) / half_width).powi(2) <= 1.0
    });
}

/// A line of even width.
fn stroke(picture: &mut Picture, a: Point, b: Point, half_width: f32, colour: [f32; 3]) {
    if !there(a, b) {
        return;
    }
    let (middle, along) = ((a.at + b.at) / 2.0, b.at - a.at);
    fill(picture, middle, along.length() / 2.0 + half_width, colour, |at| {
        let share = ((at - a.at).dot(along) / along.length_squared().max(1e-6)).clamp(0.0, 1.0);
        at.distance(a.at + along * share) <= half_width
    });
}

fn disc(picture: &mut Picture, point: Point, radius: f32, colour: [f32; 3]) {
    if point.sure > 0.0 {
        fill(picture, point.at, radius, colour, |at| at.distance(point.at) <= radius);
    }
}

/// Colours the pixels around a point whose middles are inside of something.
fn fill(picture: &mut Picture, middle: Vec2, reach: f32, colour: [f32; 3], inside: impl Fn(Vec2) -> bool) {
    let [r, g, b] = colour.map(|v| (v * 255.0).round() as u8);
    let range = |middle: f32, side: u32| {
        (middle - reach).floor().max(0.0) as u32..((middle + reach).ceil().max(0.0) as u32 + 1).min(side)
    };
    for y in range(middle.y, picture.height_px) {
        for x in range(middle.x, picture.width_px) {
            if inside(Vec2::new(x as f32, y as f32) + 0.5) {
                *picture.at_mut(x, y) = [r, g, b, 255];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_openposes() {
        let bytes = |i: usize| colour(i).map(|v| (v * 255.0).round() as u8);
        assert_eq!([0, 1, 2, 3].map(bytes), [[255, 0, 0], [255, 85, 0], [255, 170, 0], [255, 255, 0]]);
        assert_eq!([4, 5, 6, 7].map(bytes), [[170, 255, 0], [85, 255, 0], [0, 255, 0], [0, 255, 85]]);
        assert_eq!([8, 9, 10, 11].map(bytes), [[0, 255, 170], [0, 255, 255], [0, 170, 255], [0, 85, 255]]);
        assert_eq!([12, 13, 14, 15].map(bytes), [[0, 0, 255], [85, 0, 255], [170, 0, 255], [255, 0, 255]]);
        assert_eq!([16, 17].map(bytes), [[255, 0, 170], [255, 0, 85]]);
    }
}

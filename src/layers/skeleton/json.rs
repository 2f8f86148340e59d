//! The skeleton as OpenPose writes it (version 1.3), in pixels of the canvas.

use super::{Keypoints, Point};
use crate::export::kept::KEYWORD;
use serde_json::{Value, json};

/// OpenPose's points of a face: contour, brows, nose, eyes and mouth, then the pupils. Bones know the last two.
const FACE_POINTS: usize = 70;

impl Keypoints {
    /// The file of a frame: with 25 points of the body, or COCO's 18.
    pub(in crate::layers) fn json(&self, [width, height]: [u32; 2], all: bool, fingerprint: &str) -> Vec<u8> {
        let mut face = vec![Point::default(); FACE_POINTS];
        face[FACE_POINTS - 2..].copy_from_slice(&self.pupils);
        let body = if all { self.body_25() } else { self.body.to_vec() };
        let [left, right] = &self.hands;
        let json = json!({
            KEYWORD: fingerprint,
            "version": 1.3,
            "people": [{
                "person_id": [-1],
                "pose_keypoints_2d": flat(&body),
                "face_keypoints_2d": flat(&face),
                "hand_left_keypoints_2d": flat(left),
                "hand_right_keypoints_2d": flat(right),
                "pose_keypoints_3d": [],
                "face_keypoints_3d": [],
                "hand_left_keypoints_3d": [],
                "hand_right_keypoints_3d": [],
            }],
            "canvas_width": width,
            "canvas_height": height,
        });
        json.to_string().into_bytes()
    }

    /// BODY_25: COCO's with the hips' middle behind the arms, and the feet.
    fn body_25(&self) -> Vec<Point> {
        let [left, right] = &self.feet;
        [&self.body[..8], &[self.mid_hip], &self.body[8..], left, right].concat()
    }
}

/// x, y and how sure, one point after the other, to a thousandth of a pixel.
fn flat(points: &[Point]) -> Value {
    let number = |value: f32| (f64::from(value) * 1000.0).round() / 1000.0;
    points.iter().flat_map(|point| [point.at.x, point.at.y, point.sure].map(number)).collect()
}

//! A drawing as the search looks at it: small, with the pose and the camera that were found in it.

use super::{Drawn, DressError};
use crate::figure::HumanBone;
use crate::figure::landmarks::{LandmarkMap, MapPreset};
use crate::fit::{Fitted, place_in};
use crate::picture::Picture;
use crate::pose::{Orbit, Pose};
use crate::raster::Subject;
use glam::{Vec2, Vec3, vec2};

/// How high a character is looked at, pixels, and the largest side of the picture around it.
const HEIGHT_PX: f32 = 112.0;
const LARGEST_PX: f32 = 384.0;
/// Joints that say where a body lies in a picture.
const ANCHORS: [HumanBone; 12] = {
    use HumanBone::*;
    [
        Hips,
        Neck,
        Head,
        LeftUpperArm,
        RightUpperArm,
        LeftLowerArm,
        RightLowerArm,
        LeftLowerLeg,
        RightLowerLeg,
        LeftFoot,
        RightFoot,
        Chest,
    ]
};

/// A drawing.
pub(super) struct Target {
    pub(super) size_px: [u32; 2],
    /// Whether a pixel shows the character.
    pub(super) inside: Vec<bool>,
    /// Its colour there, sRGB from 0 to 1.
    pub(super) colours: Vec<Vec3>,
    /// The point of the body that it shows.
    pub(super) landmarks: Vec<Option<Vec3>>,
    /// How far landmarks are to be believed: 1, all the way.
    pub(super) belief: f32,
    /// Where joints are seen, in halves of the picture's height from its middle, right and up.
    pub(super) anchors: Vec<(HumanBone, Vec2)>,
    pub(super) pose: Pose,
    pub(super) camera: Orbit,
}

impl Target {
    /// `base`: whose pose was fitted.
    pub(super) fn new(drawn: &Drawn<'_>, fitted: &Fitted, base: &Subject) -> Result<Self, DressError> {
        let (picture, udp) = (drawn.picture, drawn.udp);
        let [width, height] = [picture.width_px, picture.height_px];
        let rows: Vec<u32> = (0..height).filter(|&y| row(picture, y).iter().any(|pixel| pixel[3] > 127)).collect();
        let tall = rows.last().zip(rows.first()).map_or(0, |(last, first)| last - first + 1);
        if tall < 16 || [udp.width_px, udp.height_px] != [width, height] {
            return Err(DressError::Nothing(drawn.name.to_owned()));
        }
        let scale = (HEIGHT_PX / tall as f32).min(LARGEST_PX / width.max(height) as f32);
        let size_px = [width, height].map(|side| ((side as f32 * scale).round() as u32).max(1));
        let count = (size_px[0] * size_px[1]) as usize;
        let (mut inside, mut colours, mut landmarks) =
            (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        let span = |i: u32, small: u32, large: u32| {
            let at = |i: u32| (u64::from(i) * u64::from(large) / u64::from(small)) as u32;
            at(i)..at(i + 1).max(at(i) + 1).min(large)
        };
        for y in 0..size_px[1] {
            let ys = span(y, size_px[1], height);
            for x in 0..size_px[0] {
                let xs = span(x, size_px[0], width);
                let (mut sum, mut alpha, mut area) = (Vec3::ZERO, 0.0, 0.0);
                for v in ys.clone() {
                    for pixel in &row(picture, v)[xs.start as usize..xs.end as usize] {
                        let share = f32::from(pixel[3]) / 255.0;
                        sum += share * Vec3::from([pixel[0], pixel[1], pixel[2]].map(f32::from)) / 255.0;
                        (alpha, area) = (alpha + share, area + 1.0);
                    }
                }
                inside.push(alpha > 0.5 * area);
                colours.push(sum / f32::max(alpha, 1e-3));
                let middle = |range: &std::ops::Range<u32>| (range.start + range.end - 1) / 2;
                let [a, b, c, there] = udp.pixels[(middle(&ys) * width + middle(&xs)) as usize];
                landmarks.push((there > 0.5).then_some(Vec3::new(a, b, c)));
            }
        }
        let map = LandmarkMap::new(base.figure(), MapPreset::Body);
        let halves = height as f32 / 2.0;
        let middle = vec2(width as f32, height as f32) / 2.0;
        let anchors = ANCHORS.into_iter().filter_map(|bone| {
            let joint = base.figure().humanoid.joint(bone)?;
            let place = base.rig().t_world()[joint as usize].w_axis.truncate();
            let at = place_in(udp, drawn.spread, map.joint_landmark(bone, place))?;
            Some((bone, (at - middle) * vec2(1.0, -1.0) / halves))
        });
        let anchors: Vec<_> = anchors.collect();
        if anchors.len() < 3 {
            return Err(DressError::Nothing(drawn.name.to_owned()));
        }
        let belief = if drawn.spread.is_some() { 0.4 } else { 1.0 };
        let (pose, camera) = (fitted.pose.clone(), fitted.camera);
        Ok(Self { size_px, inside, colours, landmarks, belief, anchors, pose, camera })
    }

    /// The pose and the camera as they were found with somebody who is more like the drawing.
    pub(super) fn pose_anew(&mut self, fitted: &Fitted) {
        (self.pose, self.camera) = (fitted.pose.clone(), fitted.camera);
    }

    /// A pixel and its neighbours within the character.
    pub(super) fn around(&self, i: usize) -> impl Iterator<Item = usize> {
        let width = self.size_px[0] as usize;
        let near = [i, i.wrapping_sub(1), i + 1, i.wrapping_sub(width), i + width];
        near.into_iter().filter(|&j| self.inside.get(j).is_some_and(|inside| *inside))
    }

    pub(super) fn aspect(&self) -> f32 {
        self.size_px[0] as f32 / self.size_px[1] as f32
    }
}

fn row(picture: &Picture, y: u32) -> &[[u8; 4]] {
    let width = picture.width_px as usize;
    &picture.pixels[y as usize * width..(y as usize + 1) * width]
}

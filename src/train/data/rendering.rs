//! A figure drawn once: colours, places on the body, parts.

use super::super::TrainError;
use super::super::dice::Dice;
use crate::fude::hints::quarter;
use crate::pose::{CameraView, HumanBone, Pose, library, limits};
use crate::raster::{Outlines, Subject, ToonStyle};
use glam::{Quat, Vec3};
use std::sync::Arc;

/// Side of a view, pixels: a quarter larger than the pictures of 128² that are learned from, so that turning and cropping
/// cost no sharpness.
pub(in crate::train) const SIDE_PX: usize = 160;

/// Side of the views that pictures of this side are made of.
pub(in crate::train) fn side_px(picture_px: usize) -> usize {
    SIDE_PX.max(picture_px * 5 / 4)
}

/// Side of a roughly laid figure, pixels.
pub(super) const ROUGH_PX: usize = 80;

/// A figure in a pose before a camera.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendering {
    /// Width and height, pixels.
    pub side_px: usize,
    /// Straight alpha.
    pub colours: Vec<[u8; 4]>,
    /// Landmarks, 65535 for 1; nothing where no part is.
    pub landmarks: Vec<[u16; 3]>,
    /// Which part of the figure is seen, from 1 on (where parts aren't told apart, 1); 0: none.
    pub parts: Vec<u8>,
    /// From where the hips are seen, degrees from the front by way of the left; none where the body lies.
    pub view_deg: Option<f32>,
    /// A figure of another build that stands about as this one, 80 × 80 pixels, with its occupancy: what an
    /// artist would lay over the drawing. Not of portraits.
    pub rough: Option<Vec<[u16; 4]>>,
}

/// A pose from the library, or between two, either way round, with noise that a body allows.
pub fn pose(dice: &mut Dice) -> Pose {
    pose_with(22.0, dice)
}

/// The same with noise of so many degrees at the most.
pub fn pose_with(most_noise_deg: f32, dice: &mut Dice) -> Pose {
    let poses: Vec<Pose> = library::all().map(|(_, pose)| pose).collect();
    let one = |dice: &mut Dice| {
        let pose = &poses[dice.below(poses.len())];
        if dice.chance(0.5) { pose.mirrored() } else { pose.clone() }
    };
    let mut pose = one(dice);
    if dice.chance(0.4) {
        let other = one(dice);
        pose = Pose::blend(&pose, &other, dice.share());
    }
    let noise_deg = dice.between(0.0, most_noise_deg);
    shaken(&pose, noise_deg, dice)
}

/// The same with every joint turned a little.
fn shaken(pose: &Pose, noise_deg: f32, dice: &mut Dice) -> Pose {
    use HumanBone::*;
    let mut pose = pose.clone();
    let bones = [
        Spine,
        Chest,
        Neck,
        Head,
        LeftShoulder,
        RightShoulder,
        LeftUpperArm,
        RightUpperArm,
        LeftLowerArm,
        RightLowerArm,
        LeftHand,
        RightHand,
        LeftUpperLeg,
        RightUpperLeg,
        LeftLowerLeg,
        RightLowerLeg,
        LeftFoot,
        RightFoot,
    ];
    for bone in bones {
        let turn = Vec3::new(dice.normal(), dice.normal(), dice.normal()) * noise_deg.to_radians() * 0.6;
        let turned = (pose.rotation(bone) * Quat::from_scaled_axis(turn)).normalize();
        pose.bones.insert(bone, limits::clamp(bone, turned));
    }
    pose
}

/// From anywhere around: most from where sheets are drawn, a third from behind.
pub fn camera(dice: &mut Dice) -> CameraView {
    let yaw_deg = match dice.share() {
        v if v < 0.35 => dice.between(-60.0, 60.0),
        v if v < 0.65 => dice.between(-180.0, 180.0),
        _ => dice.pick([-1.0, 1.0]) * dice.between(120.0, 180.0),
    };
    let pitch_deg = (8.0 * dice.normal()).clamp(-25.0, 25.0);
    CameraView { yaw_deg, pitch_deg, fov_deg: dice.between(15.0, 55.0) }
}

/// A painter's habits.
pub fn style(dice: &mut Dice) -> ToonStyle {
    let shade = dice.between(0.62, 0.97);
    let tint = dice.between(-0.08, 0.08);
    ToonStyle {
        shading: if dice.chance(0.25) { 0.0 } else { dice.between(0.5, 1.0) },
        light: Vec3::new(dice.between(-1.0, 1.0), dice.between(-0.3, 1.0), dice.between(0.2, 1.0)),
        boundary: dice.between(-0.1, 0.45),
        softness: if dice.chance(0.3) { dice.between(0.1, 0.6) } else { dice.between(0.0, 0.05) },
        shade_colour: [shade - tint, shade - 0.06, shade + tint],
        outline: match dice.below(5) {
            0 => Outlines::Off,
            1 | 2 => Outlines::File,
            _ => Outlines::All,
        },
        line_width_m: dice.between(0.001, 0.006),
        least_line_width_px: dice.between(0.2, 1.4),
        samples_per_axis: 2,
    }
}

/// What is drawn besides colours and landmarks.
#[derive(Clone, Copy)]
struct Besides<'a> {
    /// Who stands in as the figure laid roughly, now and then.
    rough: Option<&'a Arc<Subject>>,
    /// Which part is seen.
    parts: bool,
}

impl Rendering {
    /// The subject in some pose, style and light, seen from somewhere, `side_px` squared; `other` stands in as the figure
    /// laid roughly.
    ///
    /// # Errors
    /// None for a sound figure.
    pub fn of(
        subject: &Arc<Subject>,
        other: &Arc<Subject>,
        side_px: usize,
        dice: &mut Dice,
    ) -> Result<Self, TrainError> {
        let (pose, camera, style) = (pose(dice), camera(dice), style(dice));
        Self::taken(subject, Besides { rough: Some(other), parts: true }, side_px, &pose, camera, &style, dice)
    }

    /// The same in a painter's style, with its parts told apart or not.
    ///
    /// # Errors
    /// As [`Rendering::of`].
    pub fn in_style(
        subject: &Arc<Subject>,
        style: &ToonStyle,
        parts: bool,
        side_px: usize,
        dice: &mut Dice,
    ) -> Result<Self, TrainError> {
        let (pose, camera) = (pose(dice), camera(dice));
        Self::taken(subject, Besides { rough: None, parts }, side_px, &pose, camera, style, dice)
    }

    fn taken(
        subject: &Arc<Subject>,
        besides: Besides,
        side_px: usize,
        pose: &Pose,
        camera: CameraView,
        style: &ToonStyle,
        dice: &mut Dice,
    ) -> Result<Self, TrainError> {
        let size_px = [side_px as u32; 2];
        let stance = subject.stand(pose);
        let shot = stance.framed(&camera, size_px, 0.02)?;
        let (picture, udp) = (shot.toon(size_px, style)?, shot.udp(size_px)?);
        let seen = |pixel: &[f32; 4]| pixel[3] > 0.5;
        let mut parts: Vec<u8> = udp.pixels.iter().map(|pixel| u8::from(seen(pixel))).collect();
        if besides.parts {
            let ids = subject.rasterizer().ids(subject.model(), stance.local(), shot.camera(), size_px)?;
            for (part, id) in parts.iter_mut().zip(&ids.pixels).filter(|(part, _)| **part > 0) {
                *part = id.map_or(1, |id| (id.submesh % 254) as u8 + 1);
            }
        }
        let view_deg = {
            let joint = stance.figure().humanoid.joint(HumanBone::Hips);
            let turn = joint.map_or(Quat::IDENTITY, |joint| {
                let [now, rest] = [stance.world(), stance.rig().t_world()]
                    .map(|w| w.get(joint as usize).map_or(Quat::IDENTITY, |m| m.to_scale_rotation_translation().1));
                now * rest.inverse()
            });
            let ahead = turn * Vec3::Z;
            let level = Vec3::new(ahead.x, 0.0, ahead.z).length();
            (level > 0.5).then(|| wrapped(camera.yaw_deg - ahead.x.atan2(ahead.z).to_degrees()))
        };
        let rough = dice.chance(0.35).then(|| {
            // By lot even where nobody asks for it, so that what comes next is the same.
            let camera = CameraView { yaw_deg: camera.yaw_deg + 12.0 * dice.normal(), ..camera };
            let pose = shaken(pose, 7.0, dice);
            let size_px = [ROUGH_PX as u32; 2];
            besides.rough.map(|other| {
                let udp = other.stand(&pose).framed(&camera, size_px, 0.02)?.udp(size_px)?;
                Ok::<_, TrainError>(udp.pixels.iter().map(|p| p.map(whole)).collect())
            })
        });
        Ok(Self {
            side_px,
            parts,
            colours: picture.pixels,
            landmarks: udp.pixels.iter().map(|p| [p[0], p[1], p[2]].map(whole)).collect(),
            view_deg,
            rough: rough.flatten().transpose()?,
        })
    }

    /// The quarter turn that an artist would call it.
    pub fn tag_deg(&self) -> Option<f32> {
        self.view_deg.map(quarter)
    }
}

/// [0, 1] to 16 bits.
fn whole(v: f32) -> u16 {
    (v.clamp(0.0, 1.0) * 65535.0 + 0.5) as u16
}

/// An angle between −180° and 180°.
pub fn wrapped(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

//! The gaze: neck, head and eyes turned towards something.

use super::{HumanBone, Pose};
use crate::figure::{Figure, skinning, tpose};
use glam::{Quat, Vec3};

/// Where the figure looks, seen from its own chest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gaze {
    /// Degrees to the figure's left.
    pub yaw_deg: f32,
    /// Degrees upwards.
    pub pitch_deg: f32,
}

/// How far a gaze can go to either side, degrees.
pub const YAW_DEG: f32 = 100.0;
/// How far a gaze can go up and down, degrees.
pub const PITCH_DEG: f32 = 60.0;

/// How far eyes turn by themselves: the rest is done by the head.
const EYES_YAW_DEG: f32 = 25.0;
const EYES_PITCH_DEG: f32 = 15.0;
/// The eyes' share of a small gaze.
const EYES_SHARE: f32 = 0.3;
/// The neck's share of what head and neck turn together.
const NECK_SHARE: f32 = 0.4;

impl Gaze {
    /// The gaze of a pose.
    pub fn of(pose: &Pose) -> Self {
        let head = pose.rotation(HumanBone::Neck) * pose.rotation(HumanBone::Head);
        let eyes = pose.rotation(HumanBone::LeftEye).slerp(pose.rotation(HumanBone::RightEye), 0.5);
        let (head, eyes) = (Self::along(head * Vec3::Z), Self::along(eyes * Vec3::Z));
        Self { yaw_deg: head.yaw_deg + eyes.yaw_deg, pitch_deg: head.pitch_deg + eyes.pitch_deg }
    }

    /// The pose with this gaze; a tilt of the head goes.
    pub fn on(&self, pose: &Pose) -> Pose {
        let (yaw, pitch) = (self.yaw_deg.clamp(-YAW_DEG, YAW_DEG), self.pitch_deg.clamp(-PITCH_DEG, PITCH_DEG));
        let eyes = Self {
            yaw_deg: (yaw * EYES_SHARE).clamp(-EYES_YAW_DEG, EYES_YAW_DEG),
            pitch_deg: (pitch * EYES_SHARE).clamp(-EYES_PITCH_DEG, EYES_PITCH_DEG),
        };
        let head = Self { yaw_deg: yaw - eyes.yaw_deg, pitch_deg: pitch - eyes.pitch_deg }.rotation();
        let neck = Quat::IDENTITY.slerp(head, NECK_SHARE);
        let mut pose = pose.clone();
        let parts = [
            (HumanBone::Neck, neck),
            (HumanBone::Head, (neck.inverse() * head).normalize()),
            (HumanBone::LeftEye, eyes.rotation()),
            (HumanBone::RightEye, eyes.rotation()),
        ];
        for (bone, rotation) in parts {
            if rotation == Quat::IDENTITY {
                pose.bones.remove(&bone);
            } else {
                pose.bones.insert(bone, rotation);
            }
        }
        pose
    }

    /// The gaze that meets a point of the world (metres), from where the posed figure's head is; `None`: it has no head.
    pub fn towards(figure: &Figure, pose: &Pose, target: Vec3) -> Option<Self> {
        let head = figure.humanoid.joint(HumanBone::Head)? as usize;
        let straight = Self::default().on(pose).resolve(figure);
        let at = skinning::world_transforms(figure, &straight)[head];
        let rest = skinning::world_transforms(figure, &tpose::t_pose(figure))[head];
        let turn = |m: glam::Mat4| m.to_scale_rotation_translation().1;
        let way = (turn(at) * turn(rest).inverse()).inverse() * (target - at.w_axis.truncate());
        way.is_finite().then(|| Self::along(way))
    }

    /// The angles of a direction.
    fn along(way: Vec3) -> Self {
        let level = way.x.hypot(way.z);
        if level + way.y.abs() < 1e-6 {
            return Self::default();
        }
        Self { yaw_deg: way.x.atan2(way.z).to_degrees(), pitch_deg: way.y.atan2(level).to_degrees() }
    }

    fn rotation(&self) -> Quat {
        Quat::from_rotation_y(self.yaw_deg.to_radians()) * Quat::from_rotation_x(-self.pitch_deg.to_radians())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_set_is_read(yaw_deg in -YAW_DEG..YAW_DEG, pitch_deg in -PITCH_DEG..PITCH_DEG) {
            let gaze = Gaze { yaw_deg, pitch_deg };
            let read = Gaze::of(&gaze.on(&Pose::default()));
            prop_assert!((read.yaw_deg - yaw_deg).abs() < 0.05 && (read.pitch_deg - pitch_deg).abs() < 0.05, "{read:?}");
        }
    }

    #[test]
    fn the_figure_looks_at_what_it_should_whatever_its_pose() {
        let figure = crate::pose::testing::figure();
        for (name, pose) in crate::pose::library::all().filter(|(name, _)| *name != "lie") {
            let head = figure.humanoid.joint(HumanBone::Head).unwrap() as usize;
            let world = |pose: &Pose| skinning::world_transforms(&figure, &pose.resolve(&figure));
            let straight = world(&Gaze::default().on(&pose))[head];
            // A metre before the face, somewhat to the left and up.
            let rest = skinning::world_transforms(&figure, &tpose::t_pose(&figure))[head];
            let target = straight
                .transform_point3(rest.inverse().transform_point3(rest.w_axis.truncate() + Vec3::new(0.5, 0.2, 1.0)));
            let gaze = Gaze::towards(&figure, &pose, target).unwrap();
            assert!((gaze.yaw_deg - 26.6).abs() < 0.5 && (gaze.pitch_deg - 10.1).abs() < 0.5, "{name}: {gaze:?}");
            let looking = gaze.on(&pose);
            assert_eq!(looking.rotation(HumanBone::LeftFoot), pose.rotation(HumanBone::LeftFoot));
            let eye = figure.humanoid.joint(HumanBone::LeftEye).unwrap() as usize;
            let turn = |m: glam::Mat4| m.to_scale_rotation_translation().1;
            let forward = turn(world(&looking)[eye])
                * turn(skinning::world_transforms(&figure, &tpose::t_pose(&figure))[eye]).inverse()
                * Vec3::Z;
            let wanted = (target - straight.w_axis.truncate()).normalize();
            assert!(forward.angle_between(wanted).to_degrees() < 2.0, "{name}");
        }
    }
}

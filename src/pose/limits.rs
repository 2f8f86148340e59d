//! What a human joint can do.
//!
//! The ranges are those of the American Academy of Orthopaedic Surgeons (*Joint Motion: Method of Measuring and
//! Recording*, 1965), spread over the bones that share a movement, with the slack that drawn figures take: they sit in
//! seiza, do the splits and look over their shoulder.
//!
//! A rotation is read as a *swing* of the bone's direction and a *twist* about it. The swing's axis and angle make a
//! vector, the twist adds its angle along the bone: three angles about x, y and z that a box holds.

use super::{HumanBone, Pose};
use glam::{Quat, Vec3};

/// What a bone may do, as [`angles`] tells it, degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The bone's direction in T-pose: the axis of its twist.
    pub along: Vec3,
    /// The least angle about each axis.
    pub low_deg: Vec3,
    /// The greatest.
    pub high_deg: Vec3,
}

/// The limit of a bone; none of the hips, which turn with the whole body.
pub fn limit(bone: HumanBone) -> Option<Limit> {
    use HumanBone::*;
    let left = if bone.name().starts_with("right") { bone.mirrored() } else { bone };
    // Of the left side. x: forwards for what stands up, backwards for what hangs down, the twist of an arm. y: the twist
    // of torso, head and legs, which is to the left; an arm backwards. z: up for an arm, out for a leg.
    let (along, x, y, z) = match left {
        Hips => return None,
        Spine | Chest | UpperChest => (Vec3::Y, [-30., 45.], [-30., 30.], [-25., 25.]),
        Neck | Head => (Vec3::Y, [-45., 45.], [-55., 55.], [-35., 35.]),
        LeftEye => (Vec3::Z, [-35., 35.], [-50., 50.], [-10., 10.]),
        Jaw => (Vec3::Z, [-10., 45.], [-15., 15.], [-10., 10.]),
        LeftShoulder => (Vec3::X, [-25., 25.], [-35., 30.], [-20., 45.]),
        LeftUpperArm => (Vec3::X, [-130., 130.], [-150., 65.], [-115., 125.]),
        LeftLowerArm => (Vec3::X, [-110., 110.], [-160., 8.], [-15., 15.]),
        LeftHand => (Vec3::X, [-50., 50.], [-45., 45.], [-95., 90.]),
        LeftUpperLeg => (Vec3::Y, [-150., 50.], [-75., 75.], [-50., 110.]),
        LeftLowerLeg => (Vec3::Y, [-8., 165.], [-35., 35.], [-12., 12.]),
        LeftFoot => (Vec3::Y, [-50., 90.], [-55., 55.], [-45., 45.]),
        LeftToes => (Vec3::Z, [-90., 50.], [-20., 20.], [-20., 20.]),
        LeftThumbMetacarpal => (Vec3::X, [-30., 75.], [-50., 65.], [-50., 50.]),
        LeftThumbProximal | LeftThumbDistal => (Vec3::X, [-20., 20.], [-45., 95.], [-35., 35.]),
        LeftIndexProximal | LeftMiddleProximal | LeftRingProximal | LeftLittleProximal => {
            (Vec3::X, [-30., 30.], [-40., 40.], [-105., 50.])
        }
        LeftIndexIntermediate | LeftMiddleIntermediate | LeftRingIntermediate | LeftLittleIntermediate => {
            (Vec3::X, [-8., 8.], [-10., 10.], [-125., 12.])
        }
        // Distal bones of the fingers; the right side was mirrored away.
        _ => (Vec3::X, [-8., 8.], [-10., 10.], [-95., 25.]),
    };
    let (low, high) = (Vec3::new(x[0], y[0], z[0]), Vec3::new(x[1], y[1], z[1]));
    Some(if left == bone {
        Limit { along, low_deg: low, high_deg: high }
    } else {
        // In a mirror, turns about y and z change their sense.
        let mirrored = |v: Vec3| Vec3::new(v.x, -v.y, -v.z);
        let (a, b) = (mirrored(low), mirrored(high));
        Limit { along, low_deg: a.min(b), high_deg: a.max(b) }
    })
}

/// Swing and twist of a rotation as angles about x, y and z, degrees.
pub fn angles(rotation: Quat, along: Vec3) -> Vec3 {
    let sine = Vec3::from(rotation.to_array().first_chunk::<3>().copied().unwrap_or_default()).dot(along);
    let twist = Quat::from_xyzw(sine * along.x, sine * along.y, sine * along.z, rotation.w);
    // A half swing away there is no telling what the twist is.
    let twist = if twist.length_squared() > 1e-12 { twist.normalize() } else { Quat::IDENTITY };
    let short = |q: Quat| if q.w < 0.0 { -q } else { q };
    let swing = short(rotation * twist.inverse()).normalize();
    (swing.to_scaled_axis() + short(twist).to_scaled_axis()).map(f32::to_degrees)
}

/// The rotation of these [`angles`].
pub fn rotation(angles_deg: Vec3, along: Vec3) -> Quat {
    let twist = angles_deg.dot(along) * along;
    let radians = |v: Vec3| Quat::from_scaled_axis(v.map(f32::to_radians));
    (radians(angles_deg - twist) * radians(twist)).normalize()
}

/// The rotation that a bone may have, nearest to this one; the same where it is within its limit.
pub fn clamp(bone: HumanBone, turned: Quat) -> Quat {
    let Some(limit) = limit(bone) else { return turned };
    let wanted = angles(turned, limit.along);
    let held = wanted.clamp(limit.low_deg, limit.high_deg);
    if held.abs_diff_eq(wanted, 1e-3) { turned } else { rotation(held, limit.along) }
}

/// How far a rotation is beyond what a bone may do, degrees.
pub fn excess_deg(bone: HumanBone, turned: Quat) -> f32 {
    let Some(limit) = limit(bone) else { return 0.0 };
    let wanted = angles(turned, limit.along);
    (wanted - wanted.clamp(limit.low_deg, limit.high_deg)).length()
}

impl Pose {
    /// The pose with every bone held to what a human joint can do.
    pub fn limited(&self) -> Pose {
        let mut pose = self.clone();
        for (&bone, rotation) in &mut pose.bones {
            *rotation = clamp(bone, *rotation);
        }
        pose
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::library;
    use proptest::prelude::*;

    #[test]
    fn no_built_in_pose_is_beyond_a_human_body() {
        let mut beyond = String::new();
        for (name, pose) in library::all() {
            for (&bone, &turned) in &pose.bones {
                let excess = excess_deg(bone, turned);
                if excess > 0.05 {
                    let along = limit(bone).map_or(Vec3::X, |l| l.along);
                    beyond += &format!("{name}: {bone:?} by {excess:.1}° ({:.0})\n", angles(turned, along));
                }
            }
        }
        assert!(beyond.is_empty(), "{beyond}");
    }

    #[test]
    fn elbows_and_knees_do_not_bend_backwards() {
        let wrong = [
            (HumanBone::LeftLowerArm, Quat::from_rotation_y(0.8)),
            (HumanBone::RightLowerArm, Quat::from_rotation_y(-0.8)),
            (HumanBone::LeftLowerLeg, Quat::from_rotation_x(-0.8)),
        ];
        for (bone, rotation) in wrong {
            assert!(clamp(bone, rotation).to_axis_angle().1.to_degrees() < 8.1, "{bone:?}");
            assert_eq!(clamp(bone, rotation.inverse()), rotation.inverse(), "{bone:?} bends the other way");
        }
    }

    proptest! {
        #[test]
        fn what_is_held_is_within_and_stays(
            axis in prop::array::uniform3(-1f32..1.0), angle in -3.1f32..3.1, i in 0usize..55,
        ) {
            let axis = Vec3::from(axis);
            prop_assume!(axis.length() > 0.1);
            let (bone, turned) = (HumanBone::ALL[i], Quat::from_axis_angle(axis.normalize(), angle));
            let held = clamp(bone, turned);
            prop_assert!(held.is_normalized() && excess_deg(bone, held) < 0.1);
            prop_assert!(clamp(bone, held).dot(held).abs() > 1.0 - 1e-5);
            let other = clamp(bone.mirrored(), crate::pose::edit::mirror(turned));
            prop_assert!(crate::pose::edit::mirror(other).dot(held).abs() > 1.0 - 1e-4);
        }
    }
}

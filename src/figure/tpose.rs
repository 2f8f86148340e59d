//! The T-pose: the stance in which landmarks are measured and poses start.

use super::{Figure, HumanBone, LocalPose, skinning};
use glam::{Mat4, Quat, Vec3};
use std::f32::consts::FRAC_PI_4;

/// Legs that stand this far from the vertical at rest still count as straight: feet apart, knees eased.
const LEG_TOLERANCE_RAD: f32 = 0.35;
/// Backs and necks have curves; what leans farther sits, lies or crouches.
const SPINE_TOLERANCE_RAD: f32 = FRAC_PI_4;
/// Feet that point this far from forwards and somewhat down do so on purpose.
const FOOT_TOLERANCE_RAD: f32 = 0.7;
/// Palms that look this far from downwards at rest are left so.
const PALM_TOLERANCE_RAD: f32 = 0.45;

/// The figure's T-pose: its rest with both arm chains turned until upper arm, forearm and hand lie along ±x, palms down.
/// Where the rest sits, lies or crouches, back and legs are straightened as well. Each bone takes the shortest way, and
/// whatever hangs on it (fingers, twist bones, cloth) comes along. Morphs at their rest weights, IK off but for helpers.
/// What a figure lacks stays at rest.
pub fn t_pose(figure: &Figure) -> LocalPose {
    stretched_out(figure, LEG_TOLERANCE_RAD)
}

/// The T-pose of a skeleton whose rest is anything, such as a motion file's: legs are straightened wholly, and feet that
/// don't point forwards are turned there.
pub(crate) fn straightened(figure: &Figure) -> LocalPose {
    use HumanBone::*;
    let mut pose = stretched_out(figure, 0.0);
    let forwards = Vec3::new(0.0, -0.35, 1.0).normalize();
    for foot in [[LeftFoot, LeftToes], [RightFoot, RightToes]] {
        align(figure, &mut pose, &foot, forwards, FOOT_TOLERANCE_RAD);
    }
    pose
}

fn stretched_out(figure: &Figure, leg_tolerance_rad: f32) -> LocalPose {
    use HumanBone::*;
    let mut pose = LocalPose::rest(figure);
    stand_up(figure, &mut pose);
    align(figure, &mut pose, &[Spine, Chest, UpperChest, Neck, Head], Vec3::Y, SPINE_TOLERANCE_RAD);
    for leg in [[LeftUpperLeg, LeftLowerLeg, LeftFoot], [RightUpperLeg, RightLowerLeg, RightFoot]] {
        align(figure, &mut pose, &leg, Vec3::NEG_Y, leg_tolerance_rad);
    }
    let arms = [
        (Vec3::X, [LeftUpperArm, LeftLowerArm, LeftHand, LeftMiddleProximal], [LeftIndexProximal, LeftLittleProximal]),
        (
            Vec3::NEG_X,
            [RightUpperArm, RightLowerArm, RightHand, RightMiddleProximal],
            [RightIndexProximal, RightLittleProximal],
        ),
    ];
    for (outwards, arm, knuckles) in arms {
        align(figure, &mut pose, &arm, outwards, 0.0);
        turn_palm_down(figure, &mut pose, outwards, [arm[1], arm[2]], knuckles);
    }
    pose
}

/// Turns the hips until the lower back is upright. It is seen from the legs' roots to the chest: some skeletons have their
/// hips above the spine's first bone.
fn stand_up(figure: &Figure, pose: &mut LocalPose) {
    use HumanBone::*;
    let joint = |bone| figure.humanoid.joint(bone);
    let (Some(hips), Some(left), Some(right)) = (joint(Hips), joint(LeftUpperLeg), joint(RightUpperLeg)) else {
        return;
    };
    let Some(chest) = [Chest, UpperChest, Neck, Head].into_iter().find_map(joint) else { return };
    let world = skinning::world_transforms(figure, pose);
    let pelvis = (place(&world, left) + place(&world, right)) / 2.0;
    if let Some(up) = (place(&world, chest) - pelvis).try_normalize()
        && up.angle_between(Vec3::Y) > SPINE_TOLERANCE_RAD
    {
        turn_in_world(figure, pose, &world, hips, Quat::from_rotation_arc(up, Vec3::Y));
    }
}

/// Turns each bone of a chain that points away from `direction` by more than `tolerance_rad` until the next one that the
/// figure has lies there.
fn align(figure: &Figure, pose: &mut LocalPose, chain: &[HumanBone], direction: Vec3, tolerance_rad: f32) {
    let joints: Vec<u32> = chain.iter().filter_map(|&bone| figure.humanoid.joint(bone)).collect();
    for pair in joints.windows(2) {
        let world = skinning::world_transforms(figure, pose);
        let along = (place(&world, pair[1]) - place(&world, pair[0])).try_normalize();
        if let Some(along) = along.filter(|along| along.angle_between(direction) > tolerance_rad) {
            turn_in_world(figure, pose, &world, pair[0], Quat::from_rotation_arc(along, direction));
        }
    }
}

/// Turns forearm and hand, half each, about the level arm until the knuckles lie one behind the other, the index
/// finger's in front.
fn turn_palm_down(
    figure: &Figure,
    pose: &mut LocalPose,
    outwards: Vec3,
    twisted: [HumanBone; 2],
    knuckles: [HumanBone; 2],
) {
    let [Some(index), Some(little)] = knuckles.map(|bone| figure.humanoid.joint(bone)) else { return };
    let world = skinning::world_transforms(figure, pose);
    let across = (place(&world, index) - place(&world, little)).reject_from(outwards);
    let Some(across) = across.try_normalize() else { return };
    let angle = across.cross(Vec3::Z).dot(outwards).atan2(across.z);
    if angle.abs() > PALM_TOLERANCE_RAD {
        let twisted: Vec<u32> = twisted.iter().filter_map(|&bone| figure.humanoid.joint(bone)).collect();
        let turn = Quat::from_axis_angle(outwards, angle / twisted.len().max(1) as f32);
        for joint in twisted {
            let world = skinning::world_transforms(figure, pose);
            turn_in_world(figure, pose, &world, joint, turn);
        }
    }
}

fn place(world: &[Mat4], joint: u32) -> Vec3 {
    world[joint as usize].w_axis.truncate()
}

/// Turns `joint` by `turn`, given in world axes, about its own place.
pub fn turn_in_world(figure: &Figure, pose: &mut LocalPose, world: &[Mat4], joint: u32, turn: Quat) {
    let joint = joint as usize;
    let parent = match figure.joints[joint].parent {
        Some(p) => world_rotation(&world[p as usize]),
        None => Quat::IDENTITY,
    };
    pose.rotations[joint] = (parent.inverse() * turn * parent * pose.rotations[joint]).normalize();
}

/// The rotation in a transform, without its scale.
pub fn world_rotation(transform: &Mat4) -> Quat {
    transform.to_scale_rotation_translation().1
}

#[cfg(test)]
mod tests {
    use super::super::Joint;
    use super::*;
    use HumanBone::*;

    /// A skeleton from bones with their absolute places; each hangs on the nearest human parent before it.
    fn skeleton(bones: &[(HumanBone, [f32; 3])]) -> Figure {
        let mut figure = Figure::default();
        for (i, &(bone, at)) in bones.iter().enumerate() {
            let mut above = bone.parent();
            let parent = loop {
                match above {
                    Some(bone) if figure.humanoid.joint(bone).is_some() => break figure.humanoid.joint(bone),
                    Some(bone) => above = bone.parent(),
                    None => break None,
                }
            };
            let origin = parent.map_or(Vec3::ZERO, |p| Vec3::from(bones[p as usize].1));
            figure.joints.push(Joint::new(bone.name(), parent, Vec3::from(at) - origin));
            figure.humanoid.set(bone, i as u32);
        }
        figure
    }

    fn places(figure: &Figure) -> impl Fn(HumanBone) -> Vec3 {
        let world = skinning::world_transforms(figure, &t_pose(figure));
        let joints = figure.humanoid.clone();
        move |bone| place(&world, joints.joint(bone).unwrap())
    }

    #[test]
    fn arms_from_anywhere_end_level_with_palms_down() {
        // Left arm hanging with the palm forwards, right arm stretched to the front with the thumb up.
        let figure = skeleton(&[
            (Hips, [0.0, 1.0, 0.0]),
            (Head, [0.0, 1.6, 0.0]),
            (LeftUpperArm, [0.2, 1.4, 0.0]),
            (LeftLowerArm, [0.25, 1.1, 0.0]),
            (LeftHand, [0.25, 0.8, 0.1]),
            (LeftMiddleProximal, [0.25, 0.7, 0.1]),
            (LeftIndexProximal, [0.28, 0.7, 0.1]),
            (LeftLittleProximal, [0.22, 0.7, 0.1]),
            (RightUpperArm, [-0.2, 1.4, 0.0]),
            (RightLowerArm, [-0.2, 1.4, 0.3]),
            (RightHand, [-0.2, 1.4, 0.6]),
            (RightMiddleProximal, [-0.2, 1.4, 0.7]),
            (RightIndexProximal, [-0.2, 1.43, 0.7]),
            (RightLittleProximal, [-0.2, 1.37, 0.7]),
        ]);
        let at = places(&figure);
        for (arm, side) in [
            ([LeftUpperArm, LeftLowerArm, LeftHand, LeftMiddleProximal], 1.0),
            ([RightUpperArm, RightLowerArm, RightHand, RightMiddleProximal], -1.0),
        ] {
            for pair in arm.windows(2) {
                let along = (at(pair[1]) - at(pair[0])).normalize();
                assert!(along.distance(side * Vec3::X) < 1e-3, "{pair:?} lies along {along}");
            }
        }
        for (index, little) in [(LeftIndexProximal, LeftLittleProximal), (RightIndexProximal, RightLittleProximal)] {
            let across = (at(index) - at(little)).normalize();
            assert!(across.distance(Vec3::Z) < 1e-2, "{index:?} lies {across} from the little finger");
        }
    }

    #[test]
    fn who_sits_at_rest_stands_in_t_pose() {
        let figure = skeleton(&[
            (Hips, [0.0, 0.5, 0.0]),
            (Spine, [0.0, 0.6, 0.0]),
            (Chest, [0.0, 0.75, 0.05]),
            (Head, [0.0, 0.8, 0.4]),
            (LeftUpperLeg, [0.1, 0.5, 0.0]),
            (LeftLowerLeg, [0.1, 0.5, 0.4]),
            (LeftFoot, [0.1, 0.1, 0.4]),
            (LeftToes, [0.1, 0.05, 0.5]),
            (RightUpperLeg, [-0.1, 0.5, 0.0]),
        ]);
        let at = places(&figure);
        assert!(at(Chest).distance(Vec3::new(0.0, 0.75, 0.05)) < 1e-6);
        assert!((at(Head) - at(Chest)).normalize().distance(Vec3::Y) < 1e-3);
        assert!((at(LeftFoot) - at(LeftUpperLeg)).normalize().distance(Vec3::NEG_Y) < 1e-3);
        assert!((at(LeftToes) - at(LeftFoot)).distance(Vec3::new(0.0, -0.05, 0.1)) < 1e-3);
    }

    #[test]
    fn who_lies_at_rest_stands_in_t_pose() {
        let figure = skeleton(&[
            (Hips, [0.0, 0.1, 0.0]),
            (Spine, [0.0, 0.1, -0.1]),
            (Head, [0.0, 0.1, -0.6]),
            (LeftUpperLeg, [0.1, 0.1, 0.0]),
            (LeftLowerLeg, [0.1, 0.1, 0.4]),
            (RightUpperLeg, [-0.1, 0.1, 0.0]),
        ]);
        let at = places(&figure);
        for (from, to, direction) in [(Hips, Head, Vec3::Y), (LeftUpperLeg, LeftLowerLeg, Vec3::NEG_Y)] {
            assert!((at(to) - at(from)).normalize().distance(direction) < 1e-3);
        }
        assert!((at(LeftUpperLeg) - at(RightUpperLeg)).normalize().distance(Vec3::X) < 1e-3);
    }

    #[test]
    fn a_natural_stance_is_left_alone() {
        let figure = skeleton(&[
            // Above the spine, as some rigs have them.
            (Hips, [0.0, 1.15, 0.05]),
            (Spine, [0.0, 1.1, 0.02]),
            (Neck, [0.0, 1.4, -0.03]),
            (Head, [0.0, 1.5, 0.0]),
            (LeftUpperLeg, [0.1, 0.95, 0.0]),
            (LeftLowerLeg, [0.14, 0.5, 0.03]),
            (LeftFoot, [0.18, 0.1, -0.03]),
        ]);
        assert_eq!(t_pose(&figure), LocalPose::rest(&figure));
    }
}

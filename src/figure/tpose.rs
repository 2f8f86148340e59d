//! The T-pose: the stance in which landmarks are measured and poses start.

use super::{Figure, HumanBone, LocalPose, skinning};
use glam::{Mat4, Quat, Vec3};

/// The figure's T-pose: its rest with both arm chains turned until upper arm, forearm and hand lie along ±x.
/// Morphs at their rest weights, IK off. A figure without arms stays at rest.
pub fn t_pose(figure: &Figure) -> LocalPose {
    use HumanBone::*;
    let mut pose = LocalPose::rest(figure);
    let sides = [
        (Vec3::X, [LeftUpperArm, LeftLowerArm, LeftHand, LeftMiddleProximal]),
        (Vec3::NEG_X, [RightUpperArm, RightLowerArm, RightHand, RightMiddleProximal]),
    ];
    for (outwards, chain) in sides {
        for pair in chain.windows(2) {
            let (Some(from), Some(to)) = (figure.humanoid.joint(pair[0]), figure.humanoid.joint(pair[1])) else {
                break;
            };
            let world = skinning::world_transforms(figure, &pose);
            let along = world[to as usize].w_axis.truncate() - world[from as usize].w_axis.truncate();
            if let Some(direction) = along.try_normalize() {
                turn_in_world(figure, &mut pose, &world, from, Quat::from_rotation_arc(direction, outwards));
            }
        }
    }
    pose
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

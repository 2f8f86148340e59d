//! Inverse kinematics by cyclic coordinate descent, as MikuMikuDance evaluates the chains its models bring along.
//!
//! MMD's own solver is not documented. What is done here is what programs that play its motions found out: each link in
//! turn, from the effector upwards, turns so that the effector points at the goal, by a step that grows along the chain;
//! links with limits are held to them after each turn as Euler angles; and during the first half of the iterations a
//! link that may bend about one axis alone turns about that axis, and an angle beyond a limit is reflected at it, which
//! gets straight knees bending the right way.

use super::skinning::Locals;
use super::{IkChain, IkLink, Joint};
use glam::{Affine3A, EulerRot, Quat, Vec3, Vec3A};
use std::f32::consts::FRAC_PI_2;

/// The effector has arrived: metres.
const NEAR_M: f32 = 1e-5;

/// Turns the links of `chain` so that its effector reaches for its goal.
pub(super) fn solve(joints: &[Joint], chain: &IkChain, locals: &mut Locals) {
    let Some(top) = chain.links.last() else { return };
    let goal = locals.world(joints, chain.goal).translation;
    // From the effector up to the topmost link; everything above stays as it is.
    let mut path = vec![chain.effector];
    let mut base = Affine3A::IDENTITY;
    let topmost = chain.links.iter().map(|l| l.joint).min().unwrap_or(top.joint);
    while let Some(parent) = path.last().and_then(|&j| joints[j as usize].parent) {
        if path.last() == Some(&topmost) {
            base = locals.world(joints, parent);
            break;
        }
        path.push(parent);
    }
    let Some(places) = chain.links.iter().map(|l| path.iter().position(|&j| j == l.joint)).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    // World transform of each joint of the path, and the effector's place.
    let mut world = vec![Affine3A::IDENTITY; path.len()];
    place(joints, locals, &path, base, path.len(), &mut world);
    for iteration in 0..chain.iterations {
        let early = iteration < chain.iterations / 2;
        for (i, (link, &at)) in chain.links.iter().zip(&places).enumerate() {
            let effector = world[0].translation;
            if effector.distance_squared(goal) < NEAR_M * NEAR_M {
                return;
            }
            let parent = world.get(at + 1).copied().unwrap_or(base);
            let step = chain.step_rad * (i + 1) as f32;
            if let Some(rotation) = turned(link, locals, &parent, &world[at], effector, goal, step, early) {
                locals.rotations[link.joint as usize] = rotation;
                place(joints, locals, &path, base, at + 1, &mut world);
            }
        }
    }
}

/// Brings the first `count` entries of `world` up to date, downwards.
fn place(joints: &[Joint], locals: &Locals, path: &[u32], base: Affine3A, count: usize, world: &mut [Affine3A]) {
    for i in (0..count).rev() {
        let parent = world.get(i + 1).copied().unwrap_or(base);
        world[i] = parent * locals.local(joints, path[i]);
    }
}

/// The link's new local rotation; `None` where it has nothing to turn.
fn turned(
    link: &IkLink,
    locals: &Locals,
    parent: &Affine3A,
    own: &Affine3A,
    effector: Vec3A,
    goal: Vec3A,
    step_rad: f32,
    early: bool,
) -> Option<Quat> {
    // Directions in the parent's space, in which the link's local rotation acts.
    let into_parent = parent.inverse();
    let direction = |to: Vec3A| Vec3::from(into_parent.transform_vector3a(to - own.translation)).try_normalize();
    let (now, wanted) = (direction(effector)?, direction(goal)?);
    let angle = now.dot(wanted).clamp(-1.0, 1.0).acos().min(step_rad);
    let cross = now.cross(wanted);
    let rotation = locals.rotations[link.joint as usize];
    let axis = match link.limits.and_then(only_axis).filter(|_| early) {
        Some(axis) => axis * if axis.dot(cross) < 0.0 { -1.0 } else { 1.0 },
        None => cross.try_normalize()?,
    };
    if angle < 1e-6 {
        return None;
    }
    let rotation = (Quat::from_axis_angle(axis, angle) * rotation).normalize();
    Some(match link.limits {
        Some(limits) => limited(rotation, limits, early),
        None => rotation,
    })
}

/// The axis of a hinge: the one about which alone the limits leave room.
fn only_axis((low, high): (Vec3, Vec3)) -> Option<Vec3> {
    let free = [0, 1, 2].map(|axis| low[axis] != 0.0 || high[axis] != 0.0);
    match free {
        [true, false, false] => Some(Vec3::X),
        [false, true, false] => Some(Vec3::Y),
        [false, false, true] => Some(Vec3::Z),
        _ => None,
    }
}

/// `rotation` held to Euler limits. The order of the angles is chosen so that the limits keep the middle one, which
/// can't pass a quarter turn, within it.
fn limited(rotation: Quat, (low, high): (Vec3, Vec3), reflect: bool) -> Quat {
    let within_quarter = |axis: usize| low[axis] > -FRAC_PI_2 && high[axis] < FRAC_PI_2;
    let (order, axes) = if within_quarter(0) {
        (EulerRot::YXZ, [1, 0, 2])
    } else if within_quarter(1) {
        (EulerRot::ZYX, [2, 1, 0])
    } else {
        (EulerRot::XZY, [0, 2, 1])
    };
    let (a, b, c) = rotation.to_euler(order);
    let held = |angle: f32, axis: usize| {
        let (low, high) = (low[axis], high[axis]);
        if (low..=high).contains(&angle) {
            return angle;
        }
        let limit = if angle < low { low } else { high };
        let reflected = 2.0 * limit - angle;
        if reflect && (low..=high).contains(&reflected) { reflected } else { limit }
    };
    Quat::from_euler(order, held(a, axes[0]), held(b, axes[1]), held(c, axes[2]))
}

#[cfg(test)]
mod tests {
    use super::super::{Figure, LocalPose, skinning};
    use super::*;

    fn joint(parent: Option<u32>, translation: Vec3) -> Joint {
        Joint::new("", parent, translation)
    }

    /// A straight leg, hip at 1 m, with a knee that bends backwards (towards +x rotations), and a goal at the ankle.
    fn leg() -> Figure {
        let knee = Some((Vec3::ZERO, Vec3::new(3.0, 0.0, 0.0)));
        Figure {
            joints: vec![
                joint(None, Vec3::Y),
                joint(Some(0), Vec3::new(0.0, -0.5, 0.0)),
                joint(Some(1), Vec3::new(0.0, -0.5, 0.0)),
                joint(None, Vec3::ZERO),
            ],
            ik_chains: vec![IkChain {
                goal: 3,
                effector: 2,
                links: vec![IkLink { joint: 1, limits: knee }, IkLink { joint: 0, limits: None }],
                iterations: 40,
                step_rad: 2.0,
                helper: false,
            }],
            ..Figure::default()
        }
    }

    #[test]
    fn a_straight_leg_bends_at_the_knee_and_reaches_its_goal() {
        let figure = leg();
        for goal in [Vec3::new(0.0, 0.3, 0.01), Vec3::new(0.1, 0.2, 0.3), Vec3::new(-0.2, 0.4, -0.3)] {
            let mut pose = LocalPose::rest(&figure);
            pose.translations[3] = goal;
            pose.ik[0] = true;
            let world = skinning::world_transforms(&figure, &pose);
            let place = |i: usize| world[i].w_axis.truncate();
            assert!(place(2).distance(goal) < 1e-3, "{} instead of {goal}", place(2));
            // The knee stands in front of the line from hip to ankle.
            let along = (place(2) - place(0)).normalize();
            let out = (place(1) - place(0)).reject_from(along);
            assert!(out.z > 0.05, "the knee is at {out}");
        }
    }

    #[test]
    fn a_goal_out_of_reach_stretches_the_leg_towards_it() {
        let figure = leg();
        let mut pose = LocalPose::rest(&figure);
        pose.translations[3] = Vec3::new(0.0, 1.0, 2.0);
        pose.ik[0] = true;
        let world = skinning::world_transforms(&figure, &pose);
        assert!(world[2].w_axis.truncate().distance(Vec3::new(0.0, 1.0, 1.0)) < 1e-2);
    }

    #[test]
    fn limits_hold_and_reflect() {
        let limits = (Vec3::ZERO, Vec3::new(2.0, 0.0, 0.0));
        let x = |rotation: Quat| rotation.to_euler(EulerRot::XZY).0;
        assert!(x(limited(Quat::from_rotation_x(-0.5), limits, false)).abs() < 1e-6);
        assert!((x(limited(Quat::from_rotation_x(-0.5), limits, true)) - 0.5).abs() < 1e-6);
        assert!((x(limited(Quat::from_rotation_x(1.5), limits, true)) - 1.5).abs() < 1e-6);
        assert!((x(limited(Quat::from_rotation_x(2.5), limits, false)) - 2.0).abs() < 1e-6);
    }
}

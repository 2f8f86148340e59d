//! Node constraints: joints that turn with another one, or towards it, when a pose is done.
//!
//! As VRM defines them:
//! <https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_node_constraint-1.0>.

use super::skinning::Locals;
use super::{Constraint, ConstraintKind, Joint};
use glam::{Quat, Vec3};

/// Turns the joints that `constraints`, in their order, hold.
pub(super) fn apply(joints: &[Joint], constraints: &[Constraint], locals: &mut Locals) {
    for constraint in constraints {
        let (joint, source) = (constraint.joint as usize, constraint.source as usize);
        let (rest, source_rest) = (joints[joint].rotation, joints[source].rotation);
        let now = locals.rotations[source];
        let target = match constraint.kind {
            ConstraintKind::Rotation => rest * source_rest.inverse() * now,
            ConstraintKind::Roll(axis) => {
                // What the source has turned, as seen from the joint at rest; less what takes the axis elsewhere.
                let turn = rest.inverse() * (now * source_rest.inverse()) * rest;
                rest * Quat::from_rotation_arc(axis, (turn * axis).normalize_or(axis)).inverse() * turn
            }
            ConstraintKind::Aim(axis) => {
                let place = |joint: u32| Vec3::from(locals.world(joints, joint).translation);
                let Some(to) = (place(constraint.source) - place(constraint.joint)).try_normalize() else { continue };
                let parent = joints[joint]
                    .parent
                    .map_or(Quat::IDENTITY, |parent| locals.world(joints, parent).to_scale_rotation_translation().1);
                let from = (parent * rest * axis).normalize_or(axis);
                parent.inverse() * Quat::from_rotation_arc(from, to) * parent * rest
            }
        };
        let turned = rest.slerp(target, constraint.weight);
        if turned.is_finite() {
            locals.rotations[joint] = turned.normalize();
        }
    }
}

/// The constraints, each after those that it depends on, and how many were left out: those of joints with another
/// already, and those that depend on themselves.
pub(super) fn in_order(joints: &[Joint], mut constraints: Vec<Constraint>) -> (Vec<Constraint>, usize) {
    let all = constraints.len();
    let mut of_joint: Vec<Option<usize>> = vec![None; joints.len()];
    constraints.retain({
        let mut constrained = vec![false; joints.len()];
        move |c| c.joint != c.source && !std::mem::replace(&mut constrained[c.joint as usize], true)
    });
    for (i, constraint) in constraints.iter().enumerate() {
        of_joint[constraint.joint as usize] = Some(i);
    }
    // The next constraint at or above each joint: whoever looks at a place looks at all that carries it.
    let mut carried_by: Vec<Option<usize>> = Vec::with_capacity(joints.len());
    for (i, joint) in joints.iter().enumerate() {
        carried_by.push(of_joint[i].or_else(|| joint.parent.and_then(|parent| carried_by[parent as usize])));
    }
    let above = |joint: u32| joints[joint as usize].parent.and_then(|parent| carried_by[parent as usize]);
    let needs = |i: usize| -> Vec<usize> {
        let Constraint { joint, source, kind, .. } = constraints[i];
        match kind {
            ConstraintKind::Roll(_) | ConstraintKind::Rotation => of_joint[source as usize].into_iter().collect(),
            ConstraintKind::Aim(_) => {
                let of_place = |start: Option<usize>| {
                    std::iter::successors(start, |&c| above(constraints[c].joint)).collect::<Vec<usize>>()
                };
                let mut needs = of_place(carried_by[source as usize]);
                needs.extend(of_place(above(joint)));
                // A joint may aim at what it carries.
                needs.retain(|&other| other != i);
                needs
            }
        }
    };
    let needs: Vec<Vec<usize>> = (0..constraints.len()).map(needs).collect();
    let mut wanted_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (i, needs) in needs.iter().enumerate() {
        needs.iter().for_each(|&other| wanted_by[other].push(i));
    }
    // Taking away again and again whom nobody waits for leaves the loops and what lies between them.
    let mut in_loop = vec![true; needs.len()];
    for i in peel(&wanted_by, &needs).into_iter().chain(peel(&needs, &wanted_by)) {
        in_loop[i] = false;
    }
    let in_loop = &in_loop;
    let without_loops = |lists: &[Vec<usize>]| -> Vec<Vec<usize>> {
        let kept = |i: usize| move |&other: &usize| !in_loop[i] && !in_loop[other];
        lists.iter().enumerate().map(|(i, list)| list.iter().copied().filter(kept(i)).collect()).collect()
    };
    let order = peel(&without_loops(&needs), &without_loops(&wanted_by));
    let ordered: Vec<Constraint> = order.into_iter().filter(|&i| !in_loop[i]).map(|i| constraints[i]).collect();
    let left_out = all - ordered.len();
    (ordered, left_out)
}

/// Those that need nothing, then those that need nothing but these, and so on; `wanted_by` says the same as `needs` from
/// the other end.
fn peel(needs: &[Vec<usize>], wanted_by: &[Vec<usize>]) -> Vec<usize> {
    let mut wanting: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..needs.len()).filter(|&i| wanting[i] == 0).collect();
    let mut next = 0;
    while let Some(&done) = order.get(next) {
        for &i in &wanted_by[done] {
            wanting[i] -= 1;
            if wanting[i] == 0 {
                order.push(i);
            }
        }
        next += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::{Figure, LocalPose, skinning, tpose::world_rotation};
    use super::*;
    use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

    fn joint(parent: Option<u32>, translation: Vec3, rotation: Quat) -> Joint {
        Joint {
            name: String::new(),
            parent,
            translation,
            rotation,
            scale: Vec3::ONE,
            order: 0,
            movable: true,
            may_rotate: true,
            may_translate: true,
        }
    }

    fn constraint(joint: u32, source: u32, kind: ConstraintKind, weight: f32) -> Constraint {
        Constraint { joint, source, kind, weight }
    }

    /// World rotations of a root, a source and a constrained joint that both hang on it.
    fn posed(rest: Quat, kind: ConstraintKind, weight: f32, turn: Quat) -> [Quat; 3] {
        let tilt = Quat::from_rotation_y(0.4);
        let figure = Figure {
            joints: vec![
                joint(None, Vec3::Y, Quat::from_rotation_z(0.3)),
                joint(Some(0), Vec3::X, tilt),
                joint(Some(0), Vec3::Z, rest),
            ],
            constraints: vec![constraint(2, 1, kind, weight)],
            ..Figure::default()
        };
        let mut pose = LocalPose::rest(&figure);
        pose.rotations[1] *= turn;
        let world = skinning::world_transforms(&figure, &pose);
        [0, 1, 2].map(|i| world_rotation(&world[i]))
    }

    #[test]
    fn rotation_copies_what_the_source_turned_in_its_own_axes() {
        let (turn, rest) = (Quat::from_rotation_x(1.0), Quat::from_rotation_z(0.7));
        let [root, _, joint] = posed(rest, ConstraintKind::Rotation, 1.0, turn);
        assert!(joint.angle_between(root * rest * turn) < 1e-3);
        let [root, _, half] = posed(rest, ConstraintKind::Rotation, 0.5, turn);
        assert!(half.angle_between(root * rest * Quat::from_rotation_x(0.5)) < 1e-3);
        let [root, _, none] = posed(rest, ConstraintKind::Rotation, 0.0, turn);
        assert!(none.angle_between(root * rest) < 1e-3);
    }

    #[test]
    fn roll_takes_the_turn_about_one_axis_alone() {
        // The source stands turned by 0.4 about y; a turn about the joint's x is one about (cos, 0, sin) there.
        let about = |axis: Vec3| {
            let tilt = Quat::from_rotation_y(0.4);
            tilt.inverse() * Quat::from_axis_angle(axis, FRAC_PI_2) * tilt
        };
        let [root, _, joint] = posed(Quat::IDENTITY, ConstraintKind::Roll(Vec3::X), 0.5, about(Vec3::X));
        assert!(joint.angle_between(root * Quat::from_rotation_x(FRAC_PI_4)) < 1e-3);
        let [root, _, joint] = posed(Quat::IDENTITY, ConstraintKind::Roll(Vec3::X), 1.0, about(Vec3::Z));
        assert!(joint.angle_between(root) < 1e-3);
    }

    #[test]
    fn aim_looks_at_its_source_by_the_shortest_way() {
        for (axis, rest) in [(Vec3::X, Quat::IDENTITY), (Vec3::NEG_Z, Quat::from_rotation_y(1.0))] {
            let figure = |weight| Figure {
                joints: vec![
                    joint(None, Vec3::Y, Quat::from_rotation_z(0.3)),
                    joint(Some(0), Vec3::new(1.0, 2.0, 0.0), Quat::IDENTITY),
                    joint(Some(0), Vec3::Z, rest),
                ],
                constraints: vec![constraint(2, 1, ConstraintKind::Aim(axis), weight)],
                ..Figure::default()
            };
            let look = |weight| {
                let figure = figure(weight);
                let mut pose = LocalPose::rest(&figure);
                pose.translations[1].z = 3.0;
                let world = skinning::world_transforms(&figure, &pose);
                let way = (world[1].w_axis - world[2].w_axis).truncate().normalize();
                (way, world[2].transform_vector3(axis).normalize())
            };
            let ((way, full), (_, half), (_, none)) = (look(1.0), look(0.5), look(0.0));
            assert!(full.distance(way) < 1e-3);
            assert!((half.angle_between(way) - none.angle_between(way) / 2.0).abs() < 1e-3);
        }
    }

    #[test]
    fn each_comes_after_what_it_needs_and_loops_are_left_out() {
        let joints: Vec<Joint> = (0..7).map(|i| joint((i == 6).then_some(3), Vec3::X, Quat::IDENTITY)).collect();
        let list = vec![
            constraint(1, 2, ConstraintKind::Rotation, 1.0),
            constraint(2, 3, ConstraintKind::Rotation, 1.0),
            // Aims at what 3 carries.
            constraint(0, 6, ConstraintKind::Aim(Vec3::X), 1.0),
            constraint(3, 4, ConstraintKind::Rotation, 1.0),
            constraint(3, 5, ConstraintKind::Rotation, 1.0),
            constraint(5, 5, ConstraintKind::Rotation, 1.0),
        ];
        let (ordered, left_out) = in_order(&joints, list.clone());
        let order: Vec<u32> = ordered.iter().map(|c| c.joint).collect();
        assert_eq!((order, left_out), (vec![3, 2, 0, 1], 2));
        let mut list = list;
        list[3] = constraint(3, 1, ConstraintKind::Rotation, 1.0);
        list.push(constraint(4, 0, ConstraintKind::Rotation, 1.0));
        list.push(constraint(5, 4, ConstraintKind::Rotation, 1.0));
        let (ordered, left_out) = in_order(&joints, list);
        let order: Vec<u32> = ordered.iter().map(|c| c.joint).collect();
        assert_eq!((order, left_out), (vec![0, 4, 5], 5));
    }
}

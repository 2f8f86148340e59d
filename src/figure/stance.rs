//! Which way a figure stands: exporters mirror their armatures, lay them down and turn them by any angle.
//!
//! Poses count on joints that turn as they are told, on the left hand at +x and on a figure that looks along +z. What is
//! done here changes the joints alone: a mirrored mesh stays as mirrored as its file has it.

use super::{ConstraintKind, Figure, HumanBone, Humanoid, LocalPose, skinning};
use glam::{Mat3, Mat4, Quat, Vec3};
use std::f32::consts::{FRAC_PI_2, PI};

/// Hips and shoulders that agree so well are square to the body, and say exactly where it looks.
const SQUARE_RAD: f32 = 0.07;
/// A figure that looks this far aside is left so: nobody sees it.
const STRAIGHT_RAD: f32 = 0.01;
/// Bodies that lean farther lie; T-poses straighten what leans less …
const LYING_RAD: f32 = 1.0;
/// … but for a whole body that is as straight as a post, and leans farther than this: its file is turned.
const ASLANT_RAD: f32 = 0.1;
const POST_RAD: f32 = 0.05;

/// Who lies along an axis leans from it by less.
const LEANING_RAD: f32 = 0.3;

/// The mirror that mirrored joints lose.
const MIRROR: Vec3 = Vec3::new(-1.0, 1.0, 1.0);

/// Takes negative scales out of the joints, which keep their places: a mirrored joint turns the wrong way round. What is
/// bound to them stays where it is. Tells for each joint whether it was mirrored.
pub(super) fn unmirror(figure: &mut Figure) -> Vec<bool> {
    let mut mirrored = Vec::with_capacity(figure.joints.len());
    if figure.joints.iter().all(|joint| joint.scale.min_element() > 0.0) {
        mirrored.resize(figure.joints.len(), false);
        return mirrored;
    }
    let mirror = |mirrored: bool| if mirrored { MIRROR } else { Vec3::ONE };
    for joint in &mut figure.joints {
        let above = joint.parent.is_some_and(|p| mirrored[p as usize]);
        let own = above != (joint.scale.x * joint.scale.y * joint.scale.z < 0.0);
        mirrored.push(own);
        // The local transform between its parent's mirror and its own, which undo each other in the world.
        joint.translation *= mirror(above);
        if above {
            let [x, y, z, w] = joint.rotation.to_array();
            joint.rotation = Quat::from_xyzw(x, -y, -z, w);
        }
        let scale = mirror(above) * joint.scale * mirror(own);
        // Two negative scales are half a turn about the third axis.
        let half_turn = match scale.to_array().map(|s| s < 0.0) {
            [false, true, true] => Quat::from_rotation_x(PI),
            [true, false, true] => Quat::from_rotation_y(PI),
            [true, true, false] => Quat::from_rotation_z(PI),
            _ => Quat::IDENTITY,
        };
        joint.rotation = (joint.rotation * half_turn).normalize();
        joint.scale = scale.abs();
    }
    for bind in &mut figure.binds {
        if mirrored[bind.joint as usize] {
            bind.inverse_bind = Mat4::from_scale(MIRROR) * bind.inverse_bind;
        }
    }
    for constraint in &mut figure.constraints {
        if let ConstraintKind::Aim(axis) = &mut constraint.kind {
            *axis *= mirror(mirrored[constraint.joint as usize]);
        }
    }
    mirrored
}

/// Stands a figure up and turns it until it looks along +z; `mirrored` as [`unmirror`] told it. Figures whose skeleton says
/// nothing stay as they are.
pub(super) fn straighten(figure: &mut Figure, mirrored: &[bool]) {
    stand_up(figure);
    let Some(left) = Sides::of(figure) else { return };
    let was_mirrored = figure.humanoid.joint(HumanBone::Hips).is_some_and(|hips| mirrored[hips as usize]);
    if was_mirrored && figure.binds.iter().any(|bind| Mat3::from_mat4(bind.inverse_bind).determinant() < 0.0) {
        // The left bones may be on the side that is right now. Feet tell; without any that do, it looks forwards.
        let forwards = forwards(figure).unwrap_or(Vec3::Z);
        if left.direction.dot(Vec3::Y.cross(forwards)) < 0.0 {
            figure.humanoid = swapped(&figure.humanoid);
        }
    }
    if let Some(left) = Sides::of(figure) {
        let angle = left.yaw();
        let turned = if left.square { angle } else { (angle / FRAC_PI_2).round() * FRAC_PI_2 };
        if turned.abs() > STRAIGHT_RAD {
            turn(figure, Quat::from_rotation_y(-turned));
        }
    }
}

/// Turns the whole figure about the origin, by its roots: nothing else of it knows where it looks.
pub(super) fn turn(figure: &mut Figure, turn: Quat) {
    for root in figure.joints.iter_mut().filter(|j| j.parent.is_none()) {
        root.translation = turn * root.translation;
        root.rotation = turn * root.rotation;
    }
}

/// Raises a figure that lies: from the legs' roots to the head is up.
fn stand_up(figure: &mut Figure) {
    use HumanBone::{Head, LeftFoot, LeftUpperLeg, RightFoot, RightUpperLeg};
    let place = places(figure);
    let between = |left, right| Some((place(left)? + place(right)?) / 2.0);
    let (Some(head), Some(legs)) = (place(Head), between(LeftUpperLeg, RightUpperLeg)) else { return };
    let Some(up) = (head - legs).try_normalize() else { return };
    // Who lies, lies with back and legs: who sits at rest has the legs alone across.
    let Some(down) = between(LeftFoot, RightFoot).and_then(|feet| (legs - feet).try_normalize()) else { return };
    let (leaning, bent) = (up.angle_between(Vec3::Y), up.angle_between(down));
    if !(leaning >= LYING_RAD && bent <= LYING_RAD || leaning > ASLANT_RAD && bent < POST_RAD) {
        return;
    }
    // A back has curves: near a quarter the quarter is meant.
    let axes = [Vec3::X, Vec3::NEG_X, Vec3::Z, Vec3::NEG_Z, Vec3::NEG_Y];
    let quarter = axes.into_iter().find(|axis| axis.angle_between(up) < LEANING_RAD);
    turn(figure, Quat::from_rotation_arc(quarter.unwrap_or(up), Vec3::Y));
}

/// From the right side to the left.
struct Sides {
    /// Level.
    direction: Vec3,
    /// Hips and shoulders say the same.
    square: bool,
}

impl Sides {
    fn of(figure: &Figure) -> Option<Self> {
        use HumanBone::{LeftUpperArm, LeftUpperLeg, RightUpperArm, RightUpperLeg};
        let place = places(figure);
        let level = |left, right| {
            let across: Vec3 = place(left)? - place(right)?;
            (across.x.hypot(across.z) > 1e-6).then(|| across.with_y(0.0).normalize())
        };
        let (legs, arms) = (level(LeftUpperLeg, RightUpperLeg), level(LeftUpperArm, RightUpperArm));
        let square = legs.zip(arms).is_some_and(|(legs, arms)| legs.angle_between(arms) < SQUARE_RAD);
        Some(Self { direction: legs.or(arms)?, square })
    }

    /// How far left lies away from +x, seen from above, counter-clockwise.
    fn yaw(&self) -> f32 {
        (-self.direction.z).atan2(self.direction.x)
    }
}

fn places(figure: &Figure) -> impl Fn(HumanBone) -> Option<Vec3> + use<> {
    let world = skinning::world_transforms(figure, &LocalPose::rest(figure));
    let humanoid = figure.humanoid.clone();
    move |bone| humanoid.joint(bone).map(|joint| world[joint as usize].w_axis.truncate())
}

/// Where the feet point, level: to the toes, or to where the soles reach before the ankles.
fn forwards(figure: &Figure) -> Option<Vec3> {
    use HumanBone::{LeftFoot, LeftToes, RightFoot, RightToes};
    let place = places(figure);
    let skinned = skinning::skin(figure, &LocalPose::rest(figure));
    let mut sum = Vec3::ZERO;
    for (foot, toes) in [(LeftFoot, LeftToes), (RightFoot, RightToes)] {
        let Some(joint) = figure.humanoid.joint(foot) else { continue };
        let ankle = place(foot)?;
        if let Some(toes) = place(toes) {
            sum += toes - ankle;
            continue;
        }
        let of_foot = |vertex: &super::Vertex| figure.binds[vertex.binds[0] as usize].joint == joint;
        let soles = figure.vertices.iter().zip(&skinned.positions).filter(|(vertex, _)| of_foot(vertex));
        let (total, count) = soles.fold((Vec3::ZERO, 0.0), |(sum, n), (_, place)| (sum + (place - ankle), n + 1.0));
        sum += total / f32::max(count, 1.0);
    }
    sum.with_y(0.0).try_normalize().filter(|_| sum.with_y(0.0).length() > 0.01)
}

/// The same with left and right exchanged.
fn swapped(humanoid: &Humanoid) -> Humanoid {
    let mut swapped = Humanoid::default();
    for (bone, joint) in humanoid.iter() {
        swapped.set(bone.mirrored(), joint);
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::super::gltf::testing::{Glb, skeleton};
    use super::*;
    use crate::figure::tpose;
    use serde_json::{Value, json};

    /// A human whose feet point forwards, with a triangle skinned to its left hand, under a node that `edit` may change.
    fn human(edit: Value) -> Glb {
        let mut glb = Glb::triangle();
        let nodes = skeleton(&mut glb, 1.0);
        let node = |name: &str| nodes.iter().find(|(n, _)| *n == name).unwrap().1;
        let (hips, hand) = (node("hips"), node("leftHand"));
        let joints = glb.accessor(5121, "VEC4", 3, &[0; 12]);
        let weights = glb.floats("VEC4", &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        // As bound: where the hand is without the node above all.
        let matrix = glb.floats("MAT4", &Mat4::from_translation(-Vec3::new(0.6, 1.3, 0.0)).to_cols_array());
        glb.primitive()["attributes"]["JOINTS_0"] = json!(joints);
        glb.primitive()["attributes"]["WEIGHTS_0"] = json!(weights);
        glb.add("skins", json!({"joints": [hand], "inverseBindMatrices": matrix}));
        glb.json["nodes"][0]["skin"] = json!(0);
        let mut armature = edit;
        armature["children"] = json!([hips, 0]);
        armature["name"] = json!("armature");
        let armature = glb.add("nodes", armature);
        glb.json["scenes"][0]["nodes"] = json!([armature]);
        glb
    }

    fn check_stance(figure: &Figure, what: &str) {
        use HumanBone::*;
        assert!(figure.joints.iter().all(|joint| joint.scale.min_element() > 0.0), "{what}");
        let place = places(figure);
        let at = |bone| place(bone).unwrap();
        assert!((at(Head) - at(Hips)).normalize().distance(Vec3::Y) < 1e-3, "{what}: {}", at(Head) - at(Hips));
        let across = (at(LeftUpperLeg) - at(RightUpperLeg)).normalize();
        assert!(across.distance(Vec3::X) < 1e-3, "{what}: {across}");
        if let Some(toes) = place(LeftToes).or(place(RightToes)) {
            assert!(toes.z > at(LeftFoot).z + 1e-4, "{what}");
        }
        let world = skinning::world_transforms(figure, &tpose::t_pose(figure));
        let arm = |upper, hand| {
            let joint = |bone| figure.humanoid.joint(bone).unwrap() as usize;
            (world[joint(hand)].w_axis - world[joint(upper)].w_axis).truncate().normalize()
        };
        assert!(arm(LeftUpperArm, LeftHand).distance(Vec3::X) < 1e-3, "{what}");
        assert!(arm(RightUpperArm, RightHand).distance(Vec3::NEG_X) < 1e-3, "{what}");
    }

    #[test]
    fn however_it_was_exported_it_stands_and_looks_forwards() {
        let about = |axis: Vec3, degrees: f32| json!(Quat::from_axis_angle(axis, degrees.to_radians()).to_array());
        let cases = [
            ("as it is", json!({})),
            ("backwards", json!({"rotation": about(Vec3::Y, 180.0)})),
            ("sideways", json!({"rotation": about(Vec3::Y, 90.0)})),
            ("aslant", json!({"rotation": about(Vec3::Y, 37.0)})),
            ("aslant to the other side", json!({"rotation": about(Vec3::Y, -128.0)})),
            ("on its back", json!({"rotation": about(Vec3::X, -90.0)})),
            ("on its face", json!({"rotation": about(Vec3::X, 90.0), "scale": [0.01, 0.01, 0.01]})),
            ("on its side", json!({"rotation": about(Vec3::Z, 90.0)})),
            ("leaning", json!({"rotation": about(Vec3::X, 20.0)})),
            (
                "leaning to the side, turned",
                json!({"rotation": (Quat::from_rotation_z(0.6) * Quat::from_rotation_y(2.0)).to_array()}),
            ),
            ("upside down", json!({"rotation": about(Vec3::X, 180.0)})),
            (
                "on its back, turned",
                json!({"rotation": (Quat::from_rotation_y(0.6) * Quat::from_rotation_x(-FRAC_PI_2)).to_array()}),
            ),
            ("mirrored", json!({"scale": [-1, 1, 1]})),
            ("mirrored in depth", json!({"scale": [1, 1, -1]})),
            ("mirrored in height", json!({"scale": [1, -1, 1]})),
            ("mirrored through a point", json!({"scale": [-1, -1, -1]})),
            ("mirrored and turned", json!({"scale": [-2, 2, 2], "rotation": about(Vec3::Y, 71.0)})),
            ("twice mirrored", json!({"scale": [-1, 1, -1]})),
            ("mirrored by a matrix", json!({"matrix": Mat4::from_scale(Vec3::new(1.0, 1.0, -3.0)).to_cols_array()})),
        ];
        for (what, edit) in cases {
            let figure = human(edit).read().unwrap();
            assert!(figure.humanoid.is_humanoid(), "{what}");
            check_stance(&figure, what);
        }
    }

    #[test]
    fn mirrored_joints_leave_the_mesh_where_it_was_and_its_outside_outside() {
        for scale in [[-1.0, 1.0, 1.0], [1.0, 1.0, -1.0], [1.0, -1.0, 1.0], [2.0, 1.0, 0.5], [-1.0, -1.0, 1.0]] {
            let glb = human(json!({"scale": scale}));
            let figure = glb.read().unwrap();
            let skinned = skinning::skin(&figure, &LocalPose::rest(&figure));
            // The triangle's normal and its winding say the same, whatever mirrored and turned it.
            let [a, b, c] = figure.triangles[0].map(|i| skinned.positions[i as usize]);
            assert!((b - a).cross(c - a).dot(skinned.normals[0]) > 0.0, "{scale:?}");
            let lengths = [b - a, c - a].map(|edge| edge.length());
            let right_angle = figure.triangles[0][0];
            assert_eq!(right_angle, 0, "the corner at the origin comes first");
            assert!(
                lengths.iter().all(|l| scale.iter().any(|s: &f32| (s.abs() - l).abs() < 1e-4)),
                "{scale:?}: {lengths:?}"
            );
        }
    }

    #[test]
    fn a_stance_is_no_reason_to_turn_a_figure() {
        let mut glb = human(json!({}));
        let names = |glb: &Glb| glb.json["nodes"].as_array().unwrap().clone();
        let spine = names(&glb).iter().position(|n| n["name"] == "spine").unwrap();
        // Shoulders turned against the hips.
        glb.json["nodes"][spine]["rotation"] = json!(Quat::from_rotation_y(0.3).to_array());
        let hips = names(&glb).iter().position(|n| n["name"] == "hips").unwrap();
        glb.json["nodes"][hips]["rotation"] = json!(Quat::from_rotation_y(0.1).to_array());
        let figure = glb.read().unwrap();
        let root = figure.joints.iter().find(|j| j.parent.is_none()).unwrap();
        assert!(root.rotation.angle_between(Quat::IDENTITY) < 1e-4);
    }
}

//! A solution in the camera's axes as a pose on the floor and a camera that looks at it.

use super::How;
use super::body::{Body, State};
use crate::figure::HumanBone;
use crate::pose::hand::{Hand, Side};
use crate::pose::{LimbLengths, Orbit, Pose, Rig, limits};
use glam::{Quat, Vec3};

/// A body that leans to or from the camera by no more than this leans; else the camera looks from above or below.
const LEANS_DEG: f32 = 15.0;
/// From steeper nobody looks: the body lies.
const STEEPEST_DEG: f32 = 60.0;
/// A body that is tilted sideways by more than this says nothing of the camera.
const TILTED_DEG: f32 = 40.0;

/// Pose, camera and lengths of a state.
pub(super) fn placed(body: &Body, rig: &Rig, state: &State, how: &How) -> (Pose, Orbit, LimbLengths) {
    let lengths = body.lengths(state);
    let pitch_deg = pitch_deg(body, state);
    let orbit =
        Orbit { pitch_deg, yaw_deg: yaw_deg(state.turns[0], pitch_deg), fov_deg: how.fov_deg, ..Orbit::default() };
    let mut pose = Pose { ground: 1.0, ..Pose::default() };
    for (i, (bone, &turn)) in body.bones.iter().zip(&state.turns).enumerate() {
        let turn = if i == 0 { orbit.rotation() * turn } else { limits::clamp(bone.bone, turn) };
        pose.bones.insert(bone.bone, turn.normalize());
    }
    for side in Side::BOTH {
        pose = Hand::RELAXED.on(&pose, side);
    }
    let stretched;
    let rig = if lengths.are_own() {
        rig
    } else {
        stretched = Rig::stretched(&body.figure, &lengths);
        &stretched
    };
    let world = rig.world(&body.figure, &pose);
    let hips = body.figure.humanoid.joint(HumanBone::Hips).map_or(Vec3::ZERO, |j| world[j as usize].w_axis.truncate());
    let eye = hips - orbit.rotation() * state.root;
    let distance_m = -state.root.z;
    let camera = Orbit { target: eye + orbit.forward() * distance_m, distance_m, ..orbit }.sane();
    (pose, camera, lengths)
}

/// The state of a pose that a camera sees.
pub(super) fn state(body: &Body, rig: &Rig, pose: &Pose, camera: &Orbit, lengths: &LimbLengths) -> State {
    let stretched;
    let rig = if lengths.are_own() {
        rig
    } else {
        stretched = Rig::stretched(&body.figure, lengths);
        &stretched
    };
    let into = camera.rotation().inverse();
    let world = rig.world(&body.figure, pose);
    let hips = body.figure.humanoid.joint(HumanBone::Hips).map_or(Vec3::ZERO, |j| world[j as usize].w_axis.truncate());
    let turn = |(i, bone): (usize, &super::body::Bone)| match i {
        0 => into * pose.rotation(bone.bone),
        _ => pose.rotation(bone.bone),
    };
    let mut root = into * (hips - camera.eye());
    root.z = root.z.min(-0.05 * body.height_m);
    let turns = body.bones.iter().enumerate().map(turn).collect();
    let of = |part: &crate::pose::BodyPart| lengths.of(*part);
    let mut all = [1.0; super::body::PARTS];
    all.iter_mut().zip(crate::pose::BodyPart::ALL).for_each(|(length, part)| *length = of(part));
    State { turns, root, lengths: all }
}

/// How far from above the camera looks. A single picture doesn't tell a body that leans from a camera that is raised; most
/// bodies stand upright, and most cameras are level.
fn pitch_deg(body: &Body, state: &State) -> f32 {
    let placed = body.placed(state);
    let place = |bone| body.index(bone).map(|i| placed.places[i]);
    let trunk = placed.turns[0] * Vec3::Y;
    let upwards = match (place(HumanBone::Hips), place(HumanBone::Head)) {
        (Some(hips), Some(head)) => (head - hips).normalize_or(trunk),
        _ => trunk,
    };
    let tilted_deg = upwards.x.abs().min(1.0).asin().to_degrees();
    let pitch_deg = upwards.z.atan2(upwards.y).to_degrees();
    let looks = tilted_deg <= TILTED_DEG && (LEANS_DEG..=STEEPEST_DEG).contains(&pitch_deg.abs());
    if looks { pitch_deg } else { 0.0 }
}

/// From which side the camera looks, so that the body faces forwards in the world.
fn yaw_deg(turn: Quat, pitch_deg: f32) -> f32 {
    let level = Quat::from_rotation_x(-pitch_deg.to_radians());
    let forwards = level * turn * Vec3::Z;
    // Who lies on back or face looks where the head is not.
    let forwards =
        if forwards.x.hypot(forwards.z) > 0.5 { forwards } else { level * turn * Vec3::NEG_Y * forwards.y.signum() };
    if forwards.x.hypot(forwards.z) < 1e-3 { 0.0 } else { (-forwards.x).atan2(forwards.z).to_degrees() }
}

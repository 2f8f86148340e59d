//! What the keys of a VMD file say at a time: of two keys the later one's curve counts. Before the first key and after the
//! last everything holds still.

use super::document::{BoneKey, CameraKey, Key, MorphKey, Name, PropertyKey, Vmd};
use glam::{EulerRot, Quat, Vec3};

/// A bone's shift (MMD's units) and turn, in MMD's axes.
pub(super) fn bone(keys: &[BoneKey], frame: f64) -> (Vec3, Quat) {
    match around(keys, frame) {
        None => (Vec3::ZERO, Quat::IDENTITY),
        Some(At::Key(key)) => (key.shift, turn(key)),
        Some(At::Between(a, b, time)) => {
            let [x, y, z, r] = b.curves.map(|curve| curve.at(time));
            let along = |from: f32, to: f32, share: f64| (f64::from(from) + f64::from(to - from) * share) as f32;
            let shift = Vec3::new(
                along(a.shift.x, b.shift.x, x),
                along(a.shift.y, b.shift.y, y),
                along(a.shift.z, b.shift.z, z),
            );
            (shift, turn(a).slerp(turn(b), r as f32).normalize())
        }
    }
}

fn turn(key: &BoneKey) -> Quat {
    key.turn.normalize()
}

/// A morph's weight.
pub(super) fn morph(keys: &[MorphKey], frame: f64) -> f32 {
    match around(keys, frame) {
        None => 0.0,
        Some(At::Key(key)) => key.weight,
        Some(At::Between(a, b, time)) => a.weight + (b.weight - a.weight) * time as f32,
    }
}

/// The switches that hold: those of the last key, of the first before that.
pub(super) fn switches(keys: &[PropertyKey], frame: f64) -> Option<&PropertyKey> {
    let next = keys.partition_point(|key| f64::from(key.frame) <= frame);
    keys.get(next.saturating_sub(1))
}

/// Whether an IK bone is on; those that no key names are.
pub(super) fn ik_on(vmd: &Vmd, frame: f64, is: impl Fn(&Name) -> bool) -> bool {
    let switch = switches(&vmd.properties, frame);
    switch.and_then(|key| key.ik.iter().find(|(name, _)| is(name))).is_none_or(|(_, on)| *on)
}

/// A camera at a moment, in MMD's units and axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Where it is.
    pub place: Vec3,
    /// What it looks at.
    pub target: Vec3,
    /// From its own axes (x to the right, y up, looking along z) to the world's.
    pub turn: Quat,
    /// Field of view from bottom to top, degrees.
    pub fov_deg: f32,
    /// Parallel lines meet.
    pub perspective: bool,
}

/// The camera of a file that moves one.
pub(super) fn camera(keys: &[CameraKey], frame: f64) -> Option<Camera> {
    let of = |distance: f32, target: Vec3, angles: Vec3, fov_deg: f32, perspective: bool| {
        let turn = Quat::from_euler(EulerRot::YXZ, -angles.y, -angles.x, -angles.z);
        Camera { place: target + turn * (distance * Vec3::Z), target, turn, fov_deg, perspective }
    };
    Some(match around(keys, frame)? {
        // Keys of neighbouring frames are a cut.
        At::Key(key) => of(key.distance, key.target, key.angles, key.fov_deg as f32, key.perspective),
        At::Between(a, b, _) if b.frame - a.frame <= 1 => {
            of(a.distance, a.target, a.angles, a.fov_deg as f32, a.perspective)
        }
        At::Between(a, b, time) => {
            let [x, y, z, r, d, f] = b.curves.map(|curve| curve.at(time) as f32);
            let target = a.target + (b.target - a.target) * Vec3::new(x, y, z);
            let fov_deg = a.fov_deg as f32 + (b.fov_deg as f32 - a.fov_deg as f32) * f;
            let distance = a.distance + (b.distance - a.distance) * d;
            of(distance, target, a.angles.lerp(b.angles, r), fov_deg, a.perspective)
        }
    })
}

enum At<'a, K> {
    Key(&'a K),
    /// And the share of the time between them, in (0, 1).
    Between(&'a K, &'a K, f64),
}

fn around<K: Key>(keys: &[K], frame: f64) -> Option<At<'_, K>> {
    let next = keys.partition_point(|key| f64::from(key.frame()) <= frame);
    let before = next.checked_sub(1).map(|i| &keys[i]);
    Some(match (before, keys.get(next)) {
        (Some(a), Some(b)) => {
            let (from, to) = (f64::from(a.frame()), f64::from(b.frame()));
            let time = (frame - from) / (to - from);
            if time > 0.0 { At::Between(a, b, time) } else { At::Key(a) }
        }
        (Some(key), None) | (None, Some(key)) => At::Key(key),
        (None, None) => return None,
    })
}

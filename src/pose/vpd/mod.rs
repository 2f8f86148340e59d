//! MikuMikuDance's pose files (VPD).
//!
//! MMD turns bones against the rest of its models, arms hanging, all axes parallel to the model's; a [`Pose`] turns them
//! against the T-pose. The two differ by what takes each bone from the one to the other (`rest`). Legs follow
//! targets (足ＩＫ) in MMD: they are solved on reading, and targets are written besides the turns. What has no place in
//! a pose is dropped: shifts of human bones other than the body's, and the targets of toes.

mod legs;
mod rest;
mod text;

use super::{HumanBone, JointPose, Pose, PoseError, Posed, Rig};
use crate::figure::{Figure, Humanoid, expressions, mmd_names};
use glam::{Affine3A, Quat, Vec3};
use std::collections::HashMap;
use std::path::Path;

pub(crate) use rest::{METRES_PER_UNIT, Rest};
pub(crate) use text::{Document, Motion};

/// An ankle this near to its height in rest stands on the floor, metres.
const STANDS_M: f32 = 0.02;

/// Whether these bytes are a VPD file's.
pub fn is_vpd(bytes: &[u8]) -> bool {
    text::is_vpd(bytes)
}

/// Reads a VPD file as posing `model`, or MMD's standard model where that is not known or not one of MMD's; `path` is
/// for the messages.
///
/// # Errors
/// Bytes that are no VPD file, or a damaged one.
pub fn read(bytes: &[u8], path: &Path, model: Option<(&Figure, &Rig)>) -> Result<Pose, PoseError> {
    let document = text::read(bytes).map_err(|what| PoseError::Invalid {
        path: path.to_owned(),
        what: what + ". Save it again in MMD, or choose another file",
    })?;
    let rest = model.map_or_else(Rest::standard, |(figure, rig)| Rest::of(figure, rig));
    let known: Vec<Known> = document.bones.iter().map(|(name, _)| Known::new(name)).collect();
    let (mut pose, stands) = pose_of(known.iter().zip(document.bones.iter().map(|(_, motion)| *motion)), &rest, None);
    // Whoever stands stands, whatever the build of the figure that takes the pose on.
    pose.ground = if stands { 1.0 } else { 0.0 };
    for (name, weight) in &document.morphs {
        let known = expressions::of_morph(name).unwrap_or(name);
        pose.expressions.entry(known.to_owned()).or_insert(weight.clamp(0.0, 1.0));
    }
    Ok(pose)
}

/// The bytes of a VPD file: the pose as `figure` holds it. If the figure is an MMD model the file is made for that,
/// else for MMD's standard model.
pub fn write(pose: &Pose, figure: &Figure, rig: &Rig) -> Vec<u8> {
    // A pose may leave its height to the floor; a file has to say it.
    let mut posed = Posed::new(figure, rig, pose.clone());
    posed.lift_off();
    text::write(&document_of(&posed.pose, &Rest::of(figure, rig), figure))
}

/// Writes a VPD file, whole or not at all; see [`write()`].
///
/// # Errors
/// Whatever the file system says.
pub fn save(pose: &Pose, path: &Path, figure: &Figure, rig: &Rig) -> Result<(), PoseError> {
    crate::files::write(path, &write(pose, figure, rig)).map_err(|source| PoseError::Io {
        verb: "write",
        path: path.to_owned(),
        source,
    })
}

/// MMD's axes (z backwards) and ours are each other's mirror images.
pub(crate) fn turn_across(q: Quat) -> Quat {
    Quat::from_xyzw(-q.x, -q.y, q.z, q.w)
}

pub(crate) fn shift_across(v: Vec3) -> Vec3 {
    Vec3::new(v.x, v.y, -v.z)
}

/// A bone's name, understood.
pub(crate) struct Known {
    name: String,
    /// In the usual spelling.
    pub(crate) plain: String,
    pub(crate) human: Option<HumanBone>,
}

impl Known {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), plain: mmd_names::plain(name), human: mmd_names::bone(name) }
    }
}

/// A file's bones, in our axes and metres. Of several of one name the first counts.
struct Bones<'a> {
    human: HashMap<HumanBone, Motion>,
    /// By the usual spelling of their names.
    named: HashMap<&'a str, (&'a str, Motion)>,
}

impl<'a> Bones<'a> {
    fn of(document: impl Iterator<Item = (&'a Known, Motion)>) -> Self {
        let mut bones = Self { human: HashMap::new(), named: HashMap::new() };
        for (known, motion) in document {
            let shift = METRES_PER_UNIT * shift_across(motion.shift);
            let motion = Motion { shift, turn: turn_across(motion.turn) };
            match known.human {
                Some(bone) => {
                    bones.human.entry(bone).or_insert(motion);
                }
                None => {
                    bones.named.entry(&known.plain).or_insert((&known.name, motion));
                }
            }
        }
        bones
    }

    fn turn(&self, bone: HumanBone) -> Quat {
        self.human.get(&bone).map_or(Quat::IDENTITY, |motion| motion.turn)
    }

    /// A bone that is none of the human ones; it is taken out, and so counts as understood.
    fn take(&mut self, name: &str) -> Motion {
        self.named.remove(name).map_or_else(Motion::default, |(_, motion)| motion)
    }
}

/// The pose that bones in MMD's axes and units make on a rest, and whether a foot stands on the floor. `led` says of both
/// legs whether they follow their targets; where it is not said, what the bones look like tells.
pub(crate) fn pose_of<'a>(
    bones: impl Iterator<Item = (&'a Known, Motion)>,
    rest: &Rest,
    led: Option<[bool; 2]>,
) -> (Pose, bool) {
    use HumanBone::*;
    let mut bones = Bones::of(bones);
    // From the floor up to the waist, and the pelvis below it.
    let mother = Affine3A::IDENTITY * step(bones.take("全ての親"), Vec3::ZERO);
    let centre = mother * step(bones.take("センター"), rest.centre);
    let groove = centre * step(bones.take("グルーブ"), Vec3::ZERO);
    let waist = groove * step(bones.take("腰"), rest.waist - rest.centre);
    let lower = waist * step(bones.take("下半身"), Vec3::ZERO);
    let turned = |transform: &Affine3A| Quat::from_mat3a(&transform.matrix3).normalize();

    let mut turns = [Quat::IDENTITY; 55];
    let mut extra = HashMap::new();
    let both_eyes = bones.take("両目").turn;
    for (kanji, bones_of) in [
        ("左", [LeftShoulder, LeftUpperArm, LeftLowerArm, LeftHand, LeftEye]),
        ("右", [RightShoulder, RightUpperArm, RightLowerArm, RightHand, RightEye]),
    ] {
        let [shoulder, upper, lower, _, eye] = bones_of;
        // 肩P turns the shoulder alone, 肩C takes it back out of the arm; twists turn what the bone before them does.
        let shrug = bones.take(&format!("{kanji}肩p")).turn;
        extra.insert(shoulder, [shrug, Quat::IDENTITY]);
        extra.insert(upper, [shrug.inverse(), bones.take(&format!("{kanji}腕捩")).turn]);
        extra.insert(lower, [Quat::IDENTITY, bones.take(&format!("{kanji}手捩")).turn]);
        extra.insert(eye, [both_eyes, Quat::IDENTITY]);
    }
    for bone in HumanBone::ALL {
        let above = match bone {
            Hips => turned(&lower),
            Spine => turned(&waist),
            _ => bone.parent().map_or(Quat::IDENTITY, |parent| turns[parent as usize]),
        };
        let [before, after] = extra.get(&bone).copied().unwrap_or_default();
        turns[bone as usize] = above * before * bones.turn(bone) * after;
    }
    let stands = legs::place(&mut bones, &mut turns, rest, &mother, &lower, led);

    // From turns in the world against MMD's rest to turns against the parent and the T-pose.
    let mut pose = Pose::default();
    let against_t = |bone: HumanBone| turns[bone as usize] * rest.raised(bone).inverse();
    for bone in HumanBone::ALL {
        let above = bone.parent().map_or(Quat::IDENTITY, against_t);
        let turn = (above.inverse() * against_t(bone)).normalize();
        if !is_none(turn) {
            pose.bones.insert(bone, turn);
        }
    }
    let hips = Vec3::from(lower.transform_point3a((rest.hips - rest.waist).into()));
    pose.hips = (hips - rest.hips) / rest.hips.y.max(0.1);
    for (plain, (name, motion)) in bones.named {
        let nothing = is_none(motion.turn) && motion.shift.length() < 1e-6;
        if !nothing && !is_machinery(plain) {
            let raised = rest.joint_raised(name);
            let rotation = (raised * motion.turn * raised.inverse()).normalize();
            pose.joints.insert(name.to_owned(), JointPose { rotation, translation: raised * motion.shift });
        }
    }
    (pose, stands)
}

/// The file that a pose makes on a rest, for `figure` if the rest is one of its own.
pub(crate) fn document_of(pose: &Pose, rest: &Rest, figure: &Figure) -> Document {
    use HumanBone::*;
    let own = |bone: HumanBone| Some(figure.joints[figure.humanoid.joint(bone)? as usize].name.as_str());
    // MMD's standard model has two bones for the back.
    let mut standard = Humanoid::default();
    for bone in HumanBone::ALL.into_iter().filter(|&bone| bone != UpperChest) {
        standard.set(bone, 0);
    }
    let humanoid = if rest.of_model { &figure.humanoid } else { &standard };
    let against_t = pose.world_turns(humanoid);
    let turns: Vec<Quat> = HumanBone::ALL.iter().map(|&b| against_t[b as usize] * rest.raised(b)).collect();
    let hips = rest.hips + pose.hips * rest.hips.y;
    let pelvis = turns[Hips as usize];

    let mut document = Document::default();
    let mut put = |name: &str, shift: Vec3, turn: Quat| {
        let shift = shift_across(shift) / METRES_PER_UNIT;
        document.bones.push((name.to_owned(), Motion { shift, turn: turn_across(turn) }));
    };
    put("センター", hips - rest.waist - pelvis * (rest.hips - rest.waist), Quat::IDENTITY);
    put("下半身", Vec3::ZERO, pelvis);
    for bone in HumanBone::ALL.into_iter().filter(|&bone| bone != Hips && humanoid.joint(bone).is_some()) {
        let above = std::iter::successors(bone.parent(), |bone| bone.parent()).find(|&b| humanoid.joint(b).is_some());
        let above = above.filter(|_| bone != Spine).map_or(Quat::IDENTITY, |above| turns[above as usize]);
        let name =
            own(bone).filter(|_| rest.of_model).map_or_else(|| mmd_names::japanese(bone), |name| Some(name.to_owned()));
        if let Some(name) = name {
            put(&name, Vec3::ZERO, (above.inverse() * turns[bone as usize]).normalize());
        }
    }
    for (name, bones, leg) in [
        ("左足ＩＫ", [LeftUpperLeg, LeftLowerLeg, LeftFoot], rest.legs[0]),
        ("右足ＩＫ", [RightUpperLeg, RightLowerLeg, RightFoot], rest.legs[1]),
    ] {
        let [upper, lower, foot] = bones.map(|bone| turns[bone as usize]);
        let root = hips + pelvis * (leg.root - rest.hips);
        let ankle = root + upper * (leg.knee - leg.root) + lower * (leg.ankle - leg.knee);
        put(name, ankle - leg.ankle, foot);
    }
    for (name, joint) in &pose.joints {
        let raised = rest.joint_raised(name);
        let back = raised.inverse();
        put(name, back * joint.translation, (back * joint.rotation * raised).normalize());
    }
    for (name, &weight) in pose.expressions.iter().filter(|(_, weight)| **weight > 0.0) {
        document.morphs.push((expressions::usual_morph(name).unwrap_or(name).to_owned(), weight));
    }
    document
}

/// A bone `out` from its parent that has moved.
fn step(motion: Motion, out: Vec3) -> Affine3A {
    Affine3A::from_rotation_translation(motion.turn, out + motion.shift)
}

/// Too little to tell from the rounding of six decimals.
fn is_none(turn: Quat) -> bool {
    turn.w.abs() > 1.0 - 1e-9 || Vec3::new(turn.x, turn.y, turn.z).length() < 3e-6
}

/// Bones that only carry or drive others: their work is done by then.
fn is_machinery(plain: &str) -> bool {
    plain.ends_with("ik") || plain.ends_with("ik親") || plain.ends_with("肩c") || plain.contains("キャンセル")
}

#[cfg(test)]
mod tests;

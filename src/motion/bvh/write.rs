//! BVH files that are written: the human bones of a figure in T-pose, centimetres, thirty frames or more a second.

use crate::figure::{Figure, HumanBone};
use crate::motion::{MotionError, Take};
use crate::pose::{Posed, Rig};
use glam::{EulerRot, Quat, Vec3};
use std::fmt::Write as _;

const CENTIMETRES: f32 = 100.0;

/// The text of a BVH file: what the take does on `figure`, as far as human bones do it. A bone that the figure lacks hands
/// its turn on to those that hang on it.
///
/// # Errors
/// A figure without hips.
pub fn write(take: &Take, figure: &Figure, rig: &Rig) -> Result<String, MotionError> {
    let place = |bone: HumanBone| {
        let joint = figure.humanoid.joint(bone)?;
        Some(CENTIMETRES * rig.t_world()[joint as usize].w_axis.truncate())
    };
    let Some(hips) = place(HumanBone::Hips) else {
        return Err(MotionError::Wrong(format!("{} has no hips, which a BVH file begins with", figure.name)));
    };
    // Eyes and jaw are no part of captured motions.
    let face = [HumanBone::LeftEye, HumanBone::RightEye, HumanBone::Jaw];
    let bones = HumanBone::ALL.into_iter().filter(|bone| place(*bone).is_some() && !face.contains(bone));
    let bones: Vec<HumanBone> = bones.collect();
    let above = |bone: HumanBone| {
        std::iter::successors(bone.parent(), |bone| bone.parent()).find(|above| bones.contains(above))
    };
    let mut text = String::from("HIERARCHY\n");
    let mut order = Vec::with_capacity(bones.len());
    branch(&mut text, &mut order, HumanBone::Hips, 0, &|bone| {
        let children = bones.iter().copied().filter(|&child| above(child) == Some(bone)).collect();
        let offset = place(bone).unwrap_or(hips) - above(bone).and_then(place).unwrap_or(Vec3::ZERO);
        (offset, children)
    });
    let frame_time = 1.0 / take.fps;
    // Writing into a string can't fail.
    let _ = write!(text, "MOTION\nFrames: {}\nFrame Time: {frame_time:.9}\n", take.poses.len());
    for pose in &take.poses {
        let mut posed = Posed::new(figure, rig, pose.clone());
        posed.lift_off();
        let pose = posed.pose;
        let turns = pose.world_turns(&figure.humanoid);
        let at = hips + pose.hips * hips.y;
        let _ = write!(text, "{:.5} {:.5} {:.5}", at.x, at.y, at.z);
        for &bone in &order {
            let above = above(bone).map_or(Quat::IDENTITY, |above| turns[above as usize]);
            let (z, x, y) = (above.inverse() * turns[bone as usize]).normalize().to_euler(EulerRot::ZXY);
            let [z, x, y] = [z, x, y].map(f32::to_degrees);
            let _ = write!(text, " {z:.5} {x:.5} {y:.5}");
        }
        text.push('\n');
    }
    Ok(text)
}

/// Writes a bone and all that hangs on it, and notes the order.
fn branch(
    text: &mut String,
    order: &mut Vec<HumanBone>,
    bone: HumanBone,
    depth: usize,
    of: &dyn Fn(HumanBone) -> (Vec3, Vec<HumanBone>),
) {
    let (offset, children) = of(bone);
    let tab = "\t".repeat(depth);
    let position = if depth == 0 { "6 Xposition Yposition Zposition" } else { "3" };
    let kind = if depth == 0 { "ROOT" } else { "JOINT" };
    let (name, Vec3 { x, y, z }) = (name(bone), offset);
    let _ = write!(
        text,
        "{tab}{kind} {name}\n{tab}{{\n{tab}\tOFFSET {x:.5} {y:.5} {z:.5}\n{tab}\tCHANNELS {position} Zrotation \
         Xrotation Yrotation\n"
    );
    order.push(bone);
    for child in &children {
        branch(text, order, *child, depth + 1, of);
    }
    if children.is_empty() {
        let end = end(bone);
        let _ = write!(
            text,
            "{tab}\tEnd Site\n{tab}\t{{\n{tab}\t\tOFFSET {:.5} {:.5} {:.5}\n{tab}\t}}\n",
            end.x, end.y, end.z
        );
    }
    let _ = writeln!(text, "{tab}}}");
}

/// `LeftUpperLeg` for `leftUpperLeg`, by which most programs know it.
fn name(bone: HumanBone) -> String {
    let name = bone.name();
    name[..1].to_uppercase() + &name[1..]
}

/// Where a bone that nothing hangs on ends, centimetres from where it begins.
fn end(bone: HumanBone) -> Vec3 {
    use HumanBone::*;
    match bone {
        Head => 15.0 * Vec3::Y,
        LeftToes | RightToes => 5.0 * Vec3::Z,
        LeftFoot | RightFoot => Vec3::new(0.0, -6.0, 12.0),
        bone if bone.name().starts_with("left") => 3.0 * Vec3::X,
        bone if bone.name().starts_with("right") => 3.0 * Vec3::NEG_X,
        _ => 10.0 * Vec3::Y,
    }
}

//! Legs of MMD poses, which follow targets.

use super::rest::{Leg, Rest};
use super::{Bones, STANDS_M, is_none};
use crate::figure::HumanBone;
use glam::{Affine3A, Mat3, Quat, Vec3};

/// Bones turned as the file says put the ankle on its target if it is no farther off than this, metres.
const AGREES_M: f32 = 0.01;

/// Turns the legs so that the ankles are where their targets want them; whether one foot stands on the floor.
///
/// A file gives turns, targets, or both. If they agree, or the targets were left where they rest while a knee is bent
/// (saved with the targets switched off), the turns are right; else the targets are, and the turns only tell where the
/// knees point. Targets that are not in the file keep the feet planted, unless the legs are. Where it is known of both legs
/// whether they are `led` by their targets, nothing of that is guessed.
pub(super) fn place(
    bones: &mut Bones<'_>,
    turns: &mut [Quat; 55],
    rest: &Rest,
    mother: &Affine3A,
    lower: &Affine3A,
    led: Option<[bool; 2]>,
) -> bool {
    use HumanBone::*;
    let mut stands = false;
    for (side, (kanji, [upper, shin, foot, toes], leg)) in [
        ("左", [LeftUpperLeg, LeftLowerLeg, LeftFoot, LeftToes], rest.legs[0]),
        ("右", [RightUpperLeg, RightLowerLeg, RightFoot, RightToes], rest.legs[1]),
    ]
    .into_iter()
    .enumerate()
    {
        let listed = bones.named.contains_key(format!("{kanji}足ik").as_str());
        let parent = bones.take(&format!("{kanji}足ik親"));
        let goal = bones.take(&format!("{kanji}足ik"));
        let root = Vec3::from(lower.transform_point3a((leg.root - rest.waist).into()));
        let ankle =
            root + turns[upper as usize] * (leg.knee - leg.root) + turns[shin as usize] * (leg.ankle - leg.knee);
        let shifted = leg.ankle + parent.shift + goal.shift;
        let target = Vec3::from(mother.transform_point3a(shifted.into()));
        let moved = goal.shift.length() + parent.shift.length() > 1e-4 || !is_none(goal.turn);
        let turned = [upper, shin].iter().any(|&bone| !is_none(bones.turn(bone)));
        let (by_turns, agree) = match led {
            Some(led) => (!led[side], false),
            None => {
                (if listed { !moved && !is_none(bones.turn(shin)) } else { turned }, ankle.distance(target) < AGREES_M)
            }
        };
        if !by_turns && !agree {
            (turns[upper as usize], turns[shin as usize]) = solve(&leg, root, target, turns[upper as usize]);
        }
        if !by_turns && (listed || !agree) {
            let toes_against_foot = turns[foot as usize].inverse() * turns[toes as usize];
            turns[foot as usize] = Quat::from_mat3a(&mother.matrix3).normalize() * parent.turn * goal.turn;
            turns[toes as usize] = turns[foot as usize] * toes_against_foot;
        }
        let end = root + turns[upper as usize] * (leg.knee - leg.root) + turns[shin as usize] * (leg.ankle - leg.knee);
        stands |= (end.y - leg.ankle.y).abs() < STANDS_M;
    }
    stands
}

/// The turns of thigh and shin that bring the ankle to `target`, or stretch towards it; the knee bends to where the
/// thigh, turned by `thigh`, has its front.
fn solve(leg: &Leg, root: Vec3, target: Vec3, thigh: Quat) -> (Quat, Quat) {
    let (along_thigh, along_shin) = (leg.knee - leg.root, leg.ankle - leg.knee);
    let (a, b) = (along_thigh.length().max(1e-4), along_shin.length().max(1e-4));
    let wanted = target - root;
    let aim = wanted.normalize_or(Vec3::NEG_Y);
    let far = wanted.length().clamp((a - b).abs() + 1e-4 * a, a + b);
    let cos = ((a * a + far * far - b * b) / (2.0 * a * far)).clamp(-1.0, 1.0);
    let sin = (1.0 - cos * cos).sqrt();
    // A leg swung up to the front has its own front upwards.
    let swung = Quat::from_rotation_arc(thigh * Vec3::NEG_Y, aim) * thigh * Vec3::Z;
    let front = swung.reject_from(aim).try_normalize().unwrap_or_else(|| aim.any_orthonormal_vector());
    let (new_thigh, new_front) = (cos * aim + sin * front, cos * front - sin * aim);
    let upper = frame(new_thigh, new_front) * frame(along_thigh / a, Vec3::Z).inverse();
    let shin_now = upper * along_shin / b;
    let shin_wanted = (far * aim - a * new_thigh).normalize_or(shin_now);
    (upper.normalize(), (Quat::from_rotation_arc(shin_now, shin_wanted) * upper).normalize())
}

/// The rotation whose y is `along` and whose z lies towards `side`.
fn frame(along: Vec3, side: Vec3) -> Quat {
    let z = side.reject_from(along).try_normalize().unwrap_or_else(|| along.any_orthonormal_vector());
    Quat::from_mat3(&Mat3::from_cols(along.cross(z), along, z))
}

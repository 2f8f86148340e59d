//! Taking the figure by the hand: hands, feet, hips, chest and head follow to where they are pulled.
//!
//! Arms and legs are solved as two bones whose bend keeps its plane (law of cosines); torso and neck share a bend by
//! damped least squares. Each answer is looked at on the figure itself and corrected until it is right there, so that
//! bones between, missing ones and those that follow others make no difference.

use super::{HumanBone, Pose, Posed, Rig, limits};
use crate::figure::Figure;
use glam::{Mat3, Quat, Vec3};

/// What can be pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Goal {
    LeftHand,
    RightHand,
    LeftFoot,
    RightFoot,
    /// The direction an elbow or knee points in; the hand or foot stays.
    LeftElbow,
    RightElbow,
    LeftKnee,
    RightKnee,
    /// The whole body; feet that stand stay where they are.
    Hips,
    Chest,
    Head,
}

/// How to get there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reach {
    /// Joints keep to human limits, at the price of not getting there.
    pub limits: bool,
    /// The direction in which elbow or knee should point; none: as it does now.
    pub bend: Option<Vec3>,
}

/// As near as it has to be, metres.
const NEAR_M: f32 = 2e-4;
/// Corrections at most.
const ROUNDS: usize = 12;
/// A foot stands if its ankle is no higher than this above its place in T-pose, in multiples of the hips' height.
const STANDS: f32 = 0.16;

impl Goal {
    /// All of them.
    pub const ALL: [Goal; 11] = [
        Goal::LeftHand,
        Goal::RightHand,
        Goal::LeftFoot,
        Goal::RightFoot,
        Goal::LeftElbow,
        Goal::RightElbow,
        Goal::LeftKnee,
        Goal::RightKnee,
        Goal::Hips,
        Goal::Chest,
        Goal::Head,
    ];

    /// In words: `Left hand`.
    pub fn label(self) -> &'static str {
        match self {
            Goal::LeftHand => "Left hand",
            Goal::RightHand => "Right hand",
            Goal::LeftFoot => "Left foot",
            Goal::RightFoot => "Right foot",
            Goal::LeftElbow => "Left elbow",
            Goal::RightElbow => "Right elbow",
            Goal::LeftKnee => "Left knee",
            Goal::RightKnee => "Right knee",
            Goal::Hips => "Hips",
            Goal::Chest => "Chest",
            Goal::Head => "Head",
        }
    }

    /// Only a direction: of an elbow or a knee.
    pub fn is_direction(self) -> bool {
        matches!(self, Goal::LeftElbow | Goal::RightElbow | Goal::LeftKnee | Goal::RightKnee)
    }

    /// The bone to which it belongs.
    pub fn bone(self) -> HumanBone {
        match self {
            Goal::LeftHand => HumanBone::LeftHand,
            Goal::RightHand => HumanBone::RightHand,
            Goal::LeftFoot => HumanBone::LeftFoot,
            Goal::RightFoot => HumanBone::RightFoot,
            Goal::LeftElbow => HumanBone::LeftLowerArm,
            Goal::RightElbow => HumanBone::RightLowerArm,
            Goal::LeftKnee => HumanBone::LeftLowerLeg,
            Goal::RightKnee => HumanBone::RightLowerLeg,
            Goal::Hips => HumanBone::Hips,
            Goal::Chest => HumanBone::Chest,
            Goal::Head => HumanBone::Head,
        }
    }

    /// Where it is on a posed figure; `None` where the figure has no such part.
    pub fn place(self, posed: &Posed<'_>) -> Option<Vec3> {
        let humanoid = &posed.figure.humanoid;
        let t_place = |joint: u32| posed.rig.t_world()[joint as usize].w_axis.truncate();
        let place = match self {
            Goal::Chest => {
                let arms = [HumanBone::LeftUpperArm, HumanBone::RightUpperArm].map(|b| humanoid.joint(b));
                let [Some(left), Some(right)] = arms else { return None };
                posed.point(bones(posed, &TORSO).last()?.1, (t_place(left) + t_place(right)) / 2.0)
            }
            Goal::Head => {
                let head = humanoid.joint(HumanBone::Head)?;
                posed.point(head, t_place(head) + Vec3::Y * 0.09 * t_place(head).y)
            }
            _ => {
                if self.is_direction() {
                    limb(posed, self)?;
                }
                posed.place(humanoid.joint(self.bone())?)
            }
        };
        place.is_finite().then_some(place)
    }
}

const TORSO: [HumanBone; 3] = [HumanBone::Spine, HumanBone::Chest, HumanBone::UpperChest];
const NECK: [HumanBone; 2] = [HumanBone::Neck, HumanBone::Head];

/// The pose in which `goal` is at `target` (world, metres), or as near as the body gets.
pub fn reach(figure: &Figure, rig: &Rig, pose: &Pose, goal: Goal, target: Vec3, how: Reach) -> Pose {
    let mut posed = Posed::new(figure, rig, pose.clone());
    if !target.is_finite() || goal.place(&posed).is_none() {
        return posed.pose;
    }
    // While something is pulled the floor must not push back; afterwards the figure stands again if it still can.
    let held = posed.lift_off();
    match goal {
        Goal::Hips => pull_hips(&mut posed, target, how),
        Goal::Chest => bend(&mut posed, goal, &TORSO, target, how),
        Goal::Head => bend(&mut posed, goal, &NECK, target, how),
        _ => {
            if let Some(limb) = limb(&posed, goal) {
                if goal.is_direction() {
                    let (root, end) = (posed.place(limb.upper), posed.place(limb.end));
                    let away = (target - root).reject_from((end - root).normalize_or(Vec3::Y));
                    let how = Reach { bend: away.try_normalize(), ..how };
                    stretch(&mut posed, &limb, end, how);
                } else {
                    stretch(&mut posed, &limb, target, how);
                }
            }
        }
    }
    posed.land(held);
    if posed.world().iter().all(|m| m.is_finite()) { posed.pose } else { pose.clone() }
}

/// The pose on the floor, or where it is now by a height of its own.
pub fn stand(figure: &Figure, rig: &Rig, pose: &Pose, on_the_floor: bool) -> Pose {
    let mut posed = Posed::new(figure, rig, pose.clone());
    if on_the_floor {
        posed.pose.ground = 1.0;
    } else {
        posed.lift_off();
    }
    posed.pose
}

/// The bones of a chain that the figure has and may turn, with their joints.
fn bones(posed: &Posed<'_>, chain: &[HumanBone]) -> Vec<(HumanBone, u32)> {
    let joint = |&bone: &HumanBone| Some((bone, posed.figure.humanoid.joint(bone)?));
    chain.iter().filter_map(joint).filter(|&(_, j)| posed.figure.joints[j as usize].may_rotate).collect()
}

/// An arm or a leg.
struct Limb {
    upper: u32,
    lower: u32,
    end: u32,
    /// Where elbow or knee points in T-pose.
    bend: Vec3,
    /// The forearm can twist for the hand.
    twists: bool,
}

fn limb(posed: &Posed<'_>, goal: Goal) -> Option<Limb> {
    use HumanBone::*;
    let ([upper, lower, end], bend) = match goal {
        Goal::LeftHand | Goal::LeftElbow => ([LeftUpperArm, LeftLowerArm, LeftHand], Vec3::NEG_Z),
        Goal::RightHand | Goal::RightElbow => ([RightUpperArm, RightLowerArm, RightHand], Vec3::NEG_Z),
        Goal::LeftFoot | Goal::LeftKnee => ([LeftUpperLeg, LeftLowerLeg, LeftFoot], Vec3::Z),
        Goal::RightFoot | Goal::RightKnee => ([RightUpperLeg, RightLowerLeg, RightFoot], Vec3::Z),
        _ => return None,
    };
    let turnable = bones(posed, &[upper, lower]);
    let end = posed.figure.humanoid.joint(end)?;
    // A limb of one bone, or with a joint that may not turn, is pointed instead of bent.
    let (upper, lower) = match turnable[..] {
        [(_, upper), (_, lower)] => (upper, lower),
        [(_, only)] if !goal.is_direction() => (only, only),
        _ => return None,
    };
    Some(Limb { upper, lower, end, bend, twists: bend == Vec3::NEG_Z })
}

/// Brings the end of a limb to `target`; it keeps looking where it looks.
fn stretch(posed: &mut Posed<'_>, limb: &Limb, target: Vec3, how: Reach) {
    let looks = posed.turn(limb.end);
    let mut last = f32::INFINITY;
    for round in 0..ROUNDS {
        let (upper, lower) =
            if limb.upper == limb.lower { (point(posed, limb, target), None) } else { two(posed, limb, target, how) };
        posed.turn_by(limb.upper, upper);
        if let Some(lower) = lower {
            posed.turn_by(limb.lower, lower);
        }
        let left = posed.place(limb.end).distance(target);
        if left < NEAR_M || (round > 1 && left > last - 1e-6) {
            break;
        }
        last = left;
    }
    if how.limits {
        posed.limit(limb.upper);
        posed.limit(limb.lower);
    }
    posed.turn_by(limb.end, looks * posed.turn(limb.end).inverse());
    if how.limits {
        share_twist(posed, limb);
        posed.limit(limb.end);
    }
}

/// The turn that points a single bone at the target.
fn point(posed: &Posed<'_>, limb: &Limb, target: Vec3) -> Quat {
    let root = posed.place(limb.upper);
    arc(posed.place(limb.end) - root, target - root)
}

/// The turns of both bones of a limb, in the world, the second after the first.
fn two(posed: &Posed<'_>, limb: &Limb, target: Vec3, how: Reach) -> (Quat, Option<Quat>) {
    let (root, joint, end) = (posed.place(limb.upper), posed.place(limb.lower), posed.place(limb.end));
    let (a, b) = (root.distance(joint), joint.distance(end));
    if a < 1e-5 || b < 1e-5 {
        return (arc(end - root, target - root), None);
    }
    let upper = (joint - root) / a;
    let along = (end - root).try_normalize().unwrap_or(upper);
    // Which way it bends: as it does, unless it is straight or bent the wrong way by a little.
    let natural = posed.turn(limb.upper) * limb.bend;
    let natural = natural.reject_from(upper).try_normalize().unwrap_or_else(|| upper.any_orthonormal_vector());
    let out = (joint - root).reject_from(along);
    let bent = out.length() / a.min(b);
    let side = if bent < 0.02 || (bent < 0.12 && out.dot(natural) < 0.0) {
        None
    } else {
        Some((end - joint).reject_from(upper))
    };
    let side = side.and_then(|inner| (-inner).try_normalize()).unwrap_or(natural);
    let pole = out.try_normalize().filter(|_| side != natural).unwrap_or(natural);

    let wanted = target - root;
    let aim = wanted.try_normalize().unwrap_or(along);
    let far = wanted.length().clamp((a - b).abs().max(1e-4 * a), a + b);
    let cos = ((a * a + far * far - b * b) / (2.0 * a * far)).clamp(-1.0, 1.0);
    let sin = (1.0 - cos * cos).sqrt();
    // The bend goes along as the limb swings, or to where it was asked for.
    let carried = arc(along, aim) * pole;
    let pole = how.bend.unwrap_or(carried).reject_from(aim).try_normalize();
    let pole = pole.or(carried.reject_from(aim).try_normalize()).unwrap_or_else(|| aim.any_orthonormal_vector());

    let turns = |swivel: f32| {
        let pole = Quat::from_axis_angle(aim, swivel) * pole;
        let (new_upper, new_side) = (cos * aim + sin * pole, cos * pole - sin * aim);
        let first = frame(new_upper, new_side) * frame(upper, side).inverse();
        let second = arc(first * (end - joint), far * aim - a * new_upper);
        (first, second)
    };
    let (first, second) = if how.limits { easiest(posed, limb, turns) } else { turns(0.0) };
    (first, Some(second))
}

/// Of all ways round, the nearest in which the joints stay within their limits; else that which exceeds them least.
fn easiest(posed: &Posed<'_>, limb: &Limb, turns: impl Fn(f32) -> (Quat, Quat)) -> (Quat, Quat) {
    let bone = |joint| posed.rig.bone(joint);
    let excess = |joint, rotation| bone(joint).map_or(0.0, |bone| limits::excess_deg(bone, rotation));
    let beyond = |&(first, second): &(Quat, Quat)| {
        excess(limb.upper, posed.would_be(limb.upper, Quat::IDENTITY, first))
            + excess(limb.lower, posed.would_be(limb.lower, first, second))
    };
    let mut best = turns(0.0);
    let mut least = beyond(&best);
    for step in 1..=30 {
        for sign in [1.0, -1.0] {
            // What lies farther round has to be better by a little, so that noise decides nothing.
            let candidate = turns(sign * step as f32 * 6f32.to_radians());
            let exceeds = beyond(&candidate);
            if exceeds < least - 0.5 {
                (best, least) = (candidate, exceeds);
            }
        }
        if least < 0.5 {
            break;
        }
    }
    best
}

/// What a wrist can't twist, the forearm does.
fn share_twist(posed: &mut Posed<'_>, limb: &Limb) {
    let (Some(hand), Some(fore)) = (posed.rig.bone(limb.end), posed.rig.bone(limb.lower)) else { return };
    let (Some(limit), true) = (limits::limit(hand), limb.twists && limb.upper != limb.lower) else { return };
    let twist = limits::angles(posed.pose.rotation(hand), limit.along).x;
    let over = twist - twist.clamp(limit.low_deg.x, limit.high_deg.x);
    let turned = limits::clamp(fore, posed.pose.rotation(fore) * Quat::from_rotation_x(over.to_radians()));
    let looks = posed.turn(limb.end);
    posed.set_rotation(limb.lower, turned);
    posed.turn_by(limb.end, looks * posed.turn(limb.end).inverse());
}

/// Moves the hips; feet that stand stay.
fn pull_hips(posed: &mut Posed<'_>, target: Vec3, how: Reach) {
    let Some(hips) = posed.figure.humanoid.joint(HumanBone::Hips) else { return };
    let height = posed.rig.t_world()[hips as usize].w_axis.y.abs();
    let standing: Vec<(Limb, Vec3)> = [Goal::LeftFoot, Goal::RightFoot]
        .into_iter()
        .filter_map(|foot| limb(posed, foot))
        .map(|limb| (posed.place(limb.end), limb))
        .filter(|(place, limb)| place.y - posed.rig.t_world()[limb.end as usize].w_axis.y < STANDS * height)
        .map(|(place, limb)| (limb, place))
        .collect();
    for _ in 0..4 {
        let way = target - posed.place(hips);
        if way.length() < NEAR_M {
            break;
        }
        posed.move_by(hips, way);
    }
    for (limb, place) in standing {
        stretch(posed, &limb, place, how);
    }
}

/// Bends a chain of bones until `goal`, which hangs on it, is as near to the target as it gets.
fn bend(posed: &mut Posed<'_>, goal: Goal, chain: &[HumanBone], target: Vec3, how: Reach) {
    let chain = bones(posed, chain);
    for _ in 0..2 * ROUNDS {
        let Some(place) = goal.place(posed) else { return };
        let levers: Vec<Vec3> = chain.iter().map(|&(_, joint)| place - posed.place(joint)).collect();
        let reach_m = levers.iter().map(|lever| lever.length()).fold(0.0, f32::max);
        let way = target - place;
        // Not more at a time than what a small angle does.
        let way = way.clamp_length_max(0.35 * reach_m);
        if way.length() < NEAR_M || reach_m < 1e-4 {
            break;
        }
        // Least squares: turns w with Σ w × lever = way, the smallest there are; damped where the levers point at the target.
        let damping = Mat3::from_diagonal(Vec3::splat(2e-3 * reach_m * reach_m));
        let sum = levers.iter().fold(damping, |sum, lever| {
            let across = Mat3::from_cols(Vec3::X.cross(*lever), Vec3::Y.cross(*lever), Vec3::Z.cross(*lever));
            sum + across * across.transpose()
        });
        let pull = sum.inverse() * way;
        let mut moved = 0.0f32;
        for (&(_, joint), lever) in chain.iter().zip(levers) {
            let turn = lever.cross(pull);
            moved = moved.max(turn.length());
            posed.turn_by(joint, Quat::from_scaled_axis(turn));
            if how.limits {
                posed.limit(joint);
            }
        }
        if moved < 1e-4 {
            break;
        }
    }
}

/// The shortest turn from one direction to another.
fn arc(from: Vec3, to: Vec3) -> Quat {
    match (from.try_normalize(), to.try_normalize()) {
        (Some(from), Some(to)) => Quat::from_rotation_arc(from, to),
        _ => Quat::IDENTITY,
    }
}

/// The rotation that takes x and y to two directions at right angles.
fn frame(x: Vec3, y: Vec3) -> Quat {
    let y = y.reject_from(x).normalize_or(x.any_orthonormal_vector());
    Quat::from_rotation_axes(x, y, x.cross(y))
}

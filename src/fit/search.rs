//! From no idea to a solution: which way the body is turned, then limb by limb, then all at once.

use super::body::{Body, State};
use super::marks::{Mark, Marks, SEEN};
use super::solve::{Free, Problem};
use super::{FitError, How};
use crate::figure::HumanBone;
use crate::pose::limits;
use crate::progress::Progress;
use glam::{Quat, Vec2, Vec3};
use std::f32::consts::{FRAC_PI_2, PI};

/// Turns of the body that are followed up.
const FOLLOWED: usize = 3;
/// Turns nearer to each other than this lead to the same place.
const ALIKE_RAD: f32 = 0.4;
/// Beginnings of a limb that are followed up.
const BEGINNINGS: usize = 4;
/// Bends of elbows and knees that are tried, degrees.
const BENDS_DEG: [f32; 3] = [8.0, 65.0, 125.0];

/// An arm or a leg from its root to its end, and which way its hinge turns.
const LIMBS: [([HumanBone; 3], Vec3); 4] = {
    use HumanBone::*;
    [
        ([LeftUpperArm, LeftLowerArm, LeftHand], Vec3::NEG_Y),
        ([RightUpperArm, RightLowerArm, RightHand], Vec3::Y),
        ([LeftUpperLeg, LeftLowerLeg, LeftFoot], Vec3::X),
        ([RightUpperLeg, RightLowerLeg, RightFoot], Vec3::X),
    ]
};

/// What does not belong to a limb.
fn is_trunk(bone: HumanBone) -> bool {
    use HumanBone::*;
    matches!(bone, Hips | Spine | Chest | UpperChest | Neck | Head | LeftShoulder | RightShoulder)
}

/// A solution for marks, and the distance in metres that half of the picture's height is at the body.
pub(super) fn search(
    body: &Body,
    marks: &Marks,
    views_deg: &[f32],
    how: &How,
    progress: &dyn Progress,
) -> Result<State, FitError> {
    let all: Vec<usize> = (0..marks.chosen.len()).collect();
    let mut trunk: Vec<usize> = of_bones(body, &marks.chosen, is_trunk);
    if trunk.len() < 2 * SEEN {
        trunk.clone_from(&all);
    }
    let focal = how.focal();
    let rough = Problem::new(body, marks, focal, rough_scale(body, &marks.chosen, &trunk));
    let only = |wanted: &dyn Fn(HumanBone) -> bool, root| Free {
        bones: body.bones.iter().map(|bone| wanted(bone.bone)).collect(),
        root,
        lengths: false,
    };
    let turned = only(&|bone| bone == HumanBone::Hips, true);
    let rolls = [0.0, FRAC_PI_2, -FRAC_PI_2, PI];
    let turns = views_deg.iter().flat_map(|view_deg| {
        rolls.map(|roll| Quat::from_rotation_z(roll) * Quat::from_rotation_y(-view_deg.to_radians()))
    });
    let begin = |turn: Quat| {
        let state = laid(&rough, rough.at_rest(turn), &trunk)?;
        let state = rough.solve(state, &turned, &trunk, 8);
        Some((rough.misfit(&state, &trunk), state))
    };
    let mut begun: Vec<(f64, State)> = turns.filter_map(begin).collect();
    begun.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut followed: Vec<State> = Vec::new();
    for (_, state) in begun {
        let alike = |other: &State| other.turns[0].angle_between(state.turns[0]) < ALIKE_RAD;
        if followed.len() < FOLLOWED && !followed.iter().any(alike) {
            followed.push(state);
        }
    }
    let Some(first) = followed.first() else { return Err(FitError::TooLittle { pixels: marks.chosen.len() }) };
    let problem = Problem::new(body, marks, focal, -first.root.z / focal);
    let mut best: Option<(f64, State)> = None;
    for state in followed {
        if progress.cancelled() {
            return Err(FitError::Stopped);
        }
        let whole = |free: Free| Free { lengths: how.proportions, ..free };
        let mut state = problem.solve(state, &whole(only(&is_trunk, true)), &trunk, 10);
        // A limb that was too long for its place is looked at again once its length is known.
        for _ in 0..if how.proportions { 2 } else { 1 } {
            state = LIMBS.iter().fold(state, |state, limb| with_limb(&problem, state, *limb));
            state = problem.solve(state, &whole(only(&|_| true, true)), &all, 12);
        }
        let cost = problem.misfit(&state, &all);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, state));
        }
    }
    let state = best.map_or_else(|| problem.at_rest(Quat::IDENTITY), |(_, state)| state);
    Ok(settled(body, marks, state, how))
}

/// A state near to a solution brought there.
pub(super) fn settled(body: &Body, marks: &Marks, state: State, how: &How) -> State {
    let focal = how.focal();
    let problem = Problem::new(body, marks, focal, -state.root.z / focal);
    let all: Vec<usize> = (0..marks.chosen.len()).collect();
    let free = Free { bones: vec![true; body.bones.len()], root: true, lengths: how.proportions };
    problem.solve(state, &free, &all, 25)
}

fn of_bones(body: &Body, marks: &[Mark], wanted: impl Fn(HumanBone) -> bool) -> Vec<usize> {
    (0..marks.len()).filter(|&i| wanted(body.bones[marks[i].owner()].bone)).collect()
}

/// About how many metres half of the picture's height is: the marks are spread as far as their places on the figure.
fn rough_scale(body: &Body, marks: &[Mark], chosen: &[usize]) -> f32 {
    let place = |mark: &Mark| -> Vec3 {
        mark.holds.iter().map(|hold| hold.weight * body.bones[hold.bone].place + hold.offset).sum()
    };
    let count = chosen.len().max(1) as f32;
    let of = |i: &usize| (&marks[*i].at, place(&marks[*i]));
    let (seen, there) = chosen.iter().map(of).fold((Vec2::ZERO, Vec3::ZERO), |(a, b), (at, p)| (a + at, b + p));
    let (seen, there) = (seen / count, there / count);
    let (wide, deep) = chosen.iter().map(of).fold((0.0, 0.0), |(a, b), (at, place)| {
        (a + at.distance_squared(seen), b + place.truncate().distance_squared(there.truncate()))
    });
    (deep / f32::max(wide, 1e-9)).sqrt().clamp(1e-3, 1e3)
}

/// With the hips where the marks are seen best, as far away as if no perspective were there.
fn laid(problem: &Problem<'_>, mut state: State, marks: &[usize]) -> Option<State> {
    state.root = Vec3::ZERO;
    let placed = problem.body.placed(&state);
    let pairs: Vec<(Vec2, Vec2, f32)> = marks
        .iter()
        .map(|&i| &problem.marks[i])
        .map(|mark| (problem.point(mark, &state, &placed).truncate(), mark.at, mark.weight))
        .collect();
    let total: f32 = pairs.iter().map(|pair| pair.2).sum();
    let mean = |of: fn(&(Vec2, Vec2, f32)) -> Vec2| pairs.iter().map(|pair| pair.2 * of(pair)).sum::<Vec2>() / total;
    let (there, seen) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let (mut both, mut own) = (0.0, 0.0);
    for (place, at, weight) in &pairs {
        both += weight * (*place - there).dot(*at - seen);
        own += weight * place.distance_squared(there);
    }
    let larger = both / own;
    // Upside down, or edge on: no beginning.
    if !larger.is_finite() || larger * problem.scale_m < 0.2 {
        return None;
    }
    let depth = problem.focal / larger;
    state.root = ((seen - there * larger) * depth / problem.focal).extend(-depth);
    Some(state)
}

/// With the best that was found for one limb.
fn with_limb(problem: &Problem<'_>, state: State, (bones, hinge): ([HumanBone; 3], Vec3)) -> State {
    let body = problem.body;
    let [Some(upper), lower, _] = bones.map(|bone| body.index(bone)) else { return state };
    let marks = of_bones(body, problem.marks, |bone| bones.contains(&bone));
    if marks.len() < SEEN {
        return state;
    }
    let mut begun: Vec<(f64, State)> = vec![(problem.misfit(&state, &marks), state.clone())];
    for turn in beginnings(bones[0]) {
        for bend_deg in BENDS_DEG {
            let mut state = state.clone();
            state.turns[upper] = turn;
            if let Some(lower) = lower {
                state.turns[lower] = Quat::from_axis_angle(hinge, bend_deg.to_radians());
            }
            begun.push((problem.misfit(&state, &marks), state));
        }
    }
    begun.sort_by(|a, b| a.0.total_cmp(&b.0));
    let free =
        Free { bones: body.bones.iter().map(|bone| bones.contains(&bone.bone)).collect(), root: false, lengths: false };
    let solved = begun.into_iter().take(BEGINNINGS).map(|(_, begun)| {
        let state = problem.solve(begun, &free, &marks, 8);
        (problem.misfit(&state, &marks), state)
    });
    solved.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(state, |(_, state)| state)
}

/// Rotations spread over what a bone can do.
fn beginnings(bone: HumanBone) -> Vec<Quat> {
    let Some(limit) = limits::limit(bone) else { return Vec::new() };
    let steps = |axis: usize| -> Vec<f32> {
        let (low, high) = (limit.low_deg[axis], limit.high_deg[axis]);
        // The twist needs fewer, and its ends are rare.
        let (many, within) = if limit.along[axis] != 0.0 { (3, 0.5) } else { (5, 0.85) };
        let middle = (low + high) / 2.0;
        (0..many).map(|i| middle + (high - low) * within * (i as f32 / (many - 1) as f32 - 0.5)).collect()
    };
    let mut turns = Vec::with_capacity(75);
    for x in steps(0) {
        for y in steps(1) {
            turns.extend(steps(2).into_iter().map(|z| limits::rotation(Vec3::new(x, y, z), limit.along)));
        }
    }
    turns
}

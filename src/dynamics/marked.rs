//! Chains that an artist marked on a figure whose file knows of none: every joint below the marked one swings, and the body
//! is in its way.

use super::STEP_S;
use super::chains::{Builder, Point};
use super::{Feel, MarkedChain, Stuff};
use crate::figure::springs::{Collider, Shape};
use crate::figure::{Figure, HumanBone, LocalPose, skinning};
use glam::Vec3;

/// The free end of the last joint of a chain, at most, metres.
const LEAF_M: f32 = 0.07;
/// On earth, m/s².
const GRAVITY: f32 = 9.8;

/// Adds marked chains.
pub(super) fn add(builder: &mut Builder, chains: &[MarkedChain]) {
    let figure = builder.figure;
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); figure.joints.len()];
    for (i, joint) in figure.joints.iter().enumerate() {
        joint.parent.into_iter().for_each(|parent| children[parent as usize].push(i as u32));
    }
    let mut body: Option<Vec<u32>> = None;
    for (number, chain) in chains.iter().enumerate() {
        let Some(root) = figure.joints.iter().position(|joint| joint.name == chain.root) else {
            builder.warnings.push(format!("it has no joint “{}” that could swing", chain.root));
            continue;
        };
        if body.is_none() {
            body = Some(in_the_way(builder));
        }
        let mut waiting = vec![root as u32];
        while let Some(joint) = waiting.pop() {
            // Limbs are the motion's.
            if figure.humanoid.bone_at(joint).is_some() {
                continue;
            }
            waiting.extend(children[joint as usize].iter().rev());
            let tail = children[joint as usize].iter().map(|&child| figure.joints[child as usize].translation);
            let tail = tail.into_iter().find(|tail| tail.length() > 1e-6).unwrap_or_else(|| leaf(builder, joint));
            let long_m = builder.rest[joint as usize].transform_vector3(tail).length();
            let point = Point { joint, tail, chain: number as u32, ..swinging(chain, long_m) };
            builder.swing(point, body.clone().unwrap_or_default(), false);
        }
    }
}

/// Where a chain ends: as far on as its last joint is from the one before, but not farther than hair is thick.
fn leaf(builder: &Builder, joint: u32) -> Vec3 {
    let own = &builder.figure.joints[joint as usize];
    let along = (own.rotation.inverse() * own.translation).normalize_or(Vec3::Y);
    let scale = builder.rest[joint as usize].transform_vector3(along).length().max(1e-6);
    let before =
        own.parent.map_or(LEAF_M, |parent| builder.rest[parent as usize].transform_vector3(own.translation).length());
    along * (before.clamp(0.01, LEAF_M) / scale)
}

/// The numbers of a mark.
fn swinging(chain: &MarkedChain, long_m: f32) -> Point {
    // Against gravity, so that hair keeps its shape and a skirt falls.
    let (shape, drag, weight, radius) = match chain.stuff {
        Stuff::Hair => (1.2, 0.25, 0.4, 0.012),
        Stuff::Skirt => (0.25, 0.3, 1.0, 0.012),
        Stuff::Ribbon => (0.4, 0.15, 0.6, 0.006),
    };
    let (shape, drag) = match chain.feel {
        Feel::Soft => (0.3 * shape, 0.7 * drag),
        Feel::Normal => (shape, drag),
        Feel::Stiff => (4.0 * shape, 1.3 * drag),
    };
    Point {
        joint: 0,
        tail: Vec3::ZERO,
        radius: f32::min(radius, 0.3 * long_m),
        stiffness: shape * GRAVITY * STEP_S,
        keep: 1.0 - drag,
        gravity: Vec3::NEG_Y * weight * GRAVITY * STEP_S,
        centre: None,
        limits: None,
        hits: 0..0,
        chain: 0,
    }
}

/// Limbs, trunk and head as capsules as thick as the surface that is bound to them.
fn in_the_way(builder: &mut Builder) -> Vec<u32> {
    use HumanBone::*;
    const PARTS: [(HumanBone, HumanBone); 12] = [
        (LeftUpperLeg, LeftLowerLeg),
        (LeftLowerLeg, LeftFoot),
        (RightUpperLeg, RightLowerLeg),
        (RightLowerLeg, RightFoot),
        (LeftUpperArm, LeftLowerArm),
        (LeftLowerArm, LeftHand),
        (RightUpperArm, RightLowerArm),
        (RightLowerArm, RightHand),
        (Hips, Spine),
        (Spine, Chest),
        (Chest, Neck),
        (Neck, Head),
    ];
    let figure = builder.figure;
    let places = skinning::skin(figure, &LocalPose::rest(figure)).positions;
    let mut members = Vec::new();
    for (from, to) in PARTS {
        let (Some(joint), Some(end)) = (figure.humanoid.joint(from), figure.humanoid.joint(to)) else { continue };
        let world = builder.rest[joint as usize];
        let ends = [world.translation, builder.rest[end as usize].translation].map(Vec3::from);
        let thick = thick(figure, &places, joint, ends);
        members.extend(thick.map(|radius| capsule(builder, joint, ends, radius)));
    }
    if let Some(head) = figure.humanoid.joint(Head) {
        let own: Vec<Vec3> = bound(figure, head).map(|i| places[i]).collect();
        if own.len() >= 8 {
            let centre = own.iter().sum::<Vec3>() / own.len() as f32;
            members.extend(
                thick(figure, &places, head, [centre; 2]).map(|radius| capsule(builder, head, [centre; 2], radius)),
            );
        }
    }
    members
}

fn capsule(builder: &mut Builder, joint: u32, ends: [Vec3; 2], radius: f32) -> u32 {
    let into = builder.rest[joint as usize].inverse();
    let scale = into.transform_vector3(Vec3::Y).length();
    let ends = ends.map(|end| into.transform_point3(end));
    builder.collider(Collider { joint, shape: Shape::Capsule { ends, radius: radius * scale, inside: false } })
}

/// The vertices that follow a joint more than any other.
fn bound(figure: &Figure, joint: u32) -> impl Iterator<Item = usize> + '_ {
    figure.vertices.iter().enumerate().filter_map(move |(i, vertex)| {
        let heaviest = (0..4).fold(0, |best, k| if vertex.weights[k] > vertex.weights[best] { k } else { best });
        let bind = figure.binds.get(vertex.binds[heaviest] as usize)?;
        (bind.joint == joint).then_some(i)
    })
}

/// How far from a line the surface that is bound to a joint lies, of half of it: sleeves and skirts lie farther out.
fn thick(figure: &Figure, places: &[Vec3], joint: u32, [a, b]: [Vec3; 2]) -> Option<f32> {
    let along = b - a;
    let away = |i: usize| {
        let share = (places[i] - a).dot(along) / along.length_squared().max(1e-9);
        places[i].distance(a + along * share.clamp(0.0, 1.0))
    };
    let mut distances: Vec<f32> = bound(figure, joint).map(away).filter(|away| away.is_finite()).collect();
    if distances.len() < 8 {
        return None;
    }
    distances.sort_by(f32::total_cmp);
    Some(distances[distances.len() / 2].clamp(0.005, 0.3))
}

//! MMD's bodies as light chains: a bone that follows its body, or turns with it, swings about its own place as a pendulum of
//! the body's mass, spring, damping and limits; bodies that follow their bones are what it doesn't pass through.
//!
//! What this leaves to an engine of rigid bodies (the feature `rigid`): bodies that lead push each other.

use super::chains::{Builder, Limits, Point, Swinging};
use super::{MMD_GRAVITY, MMD_UNIT_M, STEP_S};
use crate::figure::Figure;
use crate::figure::springs::{BodyKind, Collider, Springs, Tie};
use glam::{Quat, Vec3};

/// No spring swings faster, squared radians a second: steps could not follow.
const FASTEST: f32 = 900.0;
/// Nothing turns farther where its file sets no limit, radians.
const FARTHEST: f32 = 2.1;
/// What may turn less about all axes across it is fixed, radians.
const FIXED: f32 = 0.01;

/// Adds what leads its bones among the bodies of an MMD model.
pub(super) fn add(builder: &mut Builder) {
    let figure = builder.figure;
    let bodies = &figure.springs.bodies;
    let Leading { held, body_of } = Leading::new(builder);
    let children = children(figure);
    let mut colliders = vec![None; bodies.len()];
    for (i, body) in bodies.iter().enumerate() {
        let (true, Some(tie)) = (body_of[body.joint as usize] == Some(i), held[i]) else { continue };
        let next = |&&child: &&u32| body_of[child as usize].is_some();
        let below = &children[body.joint as usize];
        let child = below.iter().find(next).or(below.first());
        let tail = child.map(|&child| figure.joints[child as usize].translation);
        let Some(tail) = tail.into_iter().chain([2.0 * middle(body)]).find(|tail| tail.length() > 1e-3) else {
            continue;
        };
        let Some(limits) = limits(tie, i as u32, &builder.rest[body.joint as usize], tail) else { continue };
        let long_m = tail.length();
        let across = across(tie, &limits, tail);
        let moment = body.mass * (long_m / MMD_UNIT_M).powi(2);
        let swiftness = (across / moment.max(1e-6)).clamp(0.0, FASTEST);
        // Bullet takes a share of the speed away each second.
        let lost = body.damping[0].max(body.damping[1]).min(0.9999);
        let mut members = Vec::new();
        for (k, other) in bodies.iter().enumerate().filter(|(_, other)| other.kind == BodyKind::Follows) {
            let meets = |mask: u16, group: u8| (mask >> group) & 1 == 1;
            if meets(body.mask, other.group) && meets(other.mask, body.group) {
                let collider = Collider { joint: other.joint, shape: other.shape };
                members.push(*colliders[k].get_or_insert_with(|| builder.collider(collider)));
            }
        }
        let point = Point {
            joint: body.joint,
            tail,
            radius: girth(body).min(0.5 * long_m),
            stiffness: swiftness * long_m * STEP_S,
            keep: (1.0 - lost).powf(STEP_S),
            gravity: Vec3::NEG_Y * MMD_GRAVITY * STEP_S,
            centre: None,
            limits: Some(limits),
            hits: 0..0,
            chain: root_of(figure, &body_of, body.joint),
        };
        builder.swing(point, members, false);
    }
    neighbours(builder, &held, &body_of);
}

/// Which bodies lead.
pub(super) struct Leading<'a> {
    /// For each body what holds it: the tie to whoever is nearer to the bodies that follow; `None`: nothing does.
    pub held: Vec<Option<&'a Tie>>,
    /// For each joint the body that leads it, if one does.
    pub body_of: Vec<Option<usize>>,
}

impl<'a> Leading<'a> {
    /// Of the builder's figure. What hangs on nothing is among the warnings.
    pub(super) fn new(builder: &mut Builder<'a>) -> Self {
        let figure = builder.figure;
        let Springs { bodies, ties, .. } = &figure.springs;
        let mut ties_of: Vec<Vec<(&Tie, u32)>> = vec![Vec::new(); bodies.len()];
        for tie in ties {
            let [a, b] = tie.bodies;
            ties_of[a as usize].push((tie, b));
            ties_of[b as usize].push((tie, a));
        }
        let held = held(figure, &ties_of);
        let mut body_of = vec![None; figure.joints.len()];
        for (i, body) in bodies.iter().enumerate() {
            if body.kind != BodyKind::Follows && figure.humanoid.bone_at(body.joint).is_none() {
                body_of[body.joint as usize].get_or_insert(i);
            }
        }
        let leads = |i: usize| body_of[bodies[i].joint as usize] == Some(i);
        let mut loose = (0..bodies.len()).filter(|&i| leads(i) && held[i].is_none());
        if let Some(first) = loose.next() {
            let (count, name) = (1 + loose.count(), &bodies[first].name);
            builder.warnings.push(format!("{count} of its bodies hang on nothing and stay where they are (“{name}”)"));
        }
        Self { held, body_of }
    }
}

/// For each body that leads, what holds it: the tie to whoever is nearer to the bodies that follow; `None`: nothing does.
fn held<'a>(figure: &Figure, ties_of: &[Vec<(&'a Tie, u32)>]) -> Vec<Option<&'a Tie>> {
    let bodies = &figure.springs.bodies;
    let mut held: Vec<Option<&Tie>> = vec![None; bodies.len()];
    let mut reached: Vec<bool> = bodies.iter().map(|body| body.kind == BodyKind::Follows).collect();
    let mut waiting: Vec<usize> = (0..bodies.len()).filter(|&i| reached[i]).collect();
    let mut next = 0;
    while let Some(&i) = waiting.get(next) {
        next += 1;
        for &(tie, other) in &ties_of[i] {
            let other = other as usize;
            if !std::mem::replace(&mut reached[other], true) {
                held[other] = Some(tie);
                waiting.push(other);
            }
        }
    }
    held
}

fn children(figure: &Figure) -> Vec<Vec<u32>> {
    let mut children = vec![Vec::new(); figure.joints.len()];
    for (i, joint) in figure.joints.iter().enumerate() {
        joint.parent.into_iter().for_each(|parent| children[parent as usize].push(i as u32));
    }
    children
}

fn middle(body: &crate::figure::springs::Body) -> Vec3 {
    use crate::figure::springs::Shape::*;
    match body.shape {
        Sphere { centre, .. } | Cuboid { centre, .. } => centre,
        Capsule { ends: [a, b], .. } => (a + b) / 2.0,
        Plane { point, .. } => point,
    }
}

fn girth(body: &crate::figure::springs::Body) -> f32 {
    use crate::figure::springs::Shape::*;
    match body.shape {
        Sphere { radius, .. } | Capsule { radius, .. } => radius,
        Cuboid { half, .. } => half.min_element(),
        Plane { .. } => 0.0,
    }
}

/// The topmost joint of a line of such as have bodies.
pub(super) fn root_of(figure: &Figure, body_of: &[Option<usize>], joint: u32) -> u32 {
    let up = std::iter::successors(Some(joint), |&j| figure.joints[j as usize].parent);
    up.take_while(|&j| body_of[j as usize].is_some()).last().unwrap_or(joint)
}

/// How far the tie lets the body's bone turn; `None`: not at all.
fn limits(tie: &Tie, body: u32, rest: &glam::Affine3A, tail: Vec3) -> Option<Limits> {
    let [mut low, mut high] = tie.turns;
    if tie.bodies[0] == body {
        // Seen from the other side.
        (low, high) = (-high, -low);
    }
    let axes = rest.to_scale_rotation_translation().1.inverse() * tie.rotation;
    for axis in 0..3 {
        (low[axis], high[axis]) = match low[axis] > high[axis] {
            true => (-FARTHEST, FARTHEST),
            false => (low[axis].clamp(-FARTHEST, 0.0), high[axis].clamp(0.0, FARTHEST)),
        };
    }
    let along = (axes.inverse() * tail).normalize_or(Vec3::Y);
    let swings = (0..3).any(|axis| along[axis].abs() < 0.9 && high[axis] - low[axis] > FIXED);
    (swings && axes.is_finite() && low.is_finite() && high.is_finite()).then_some(Limits { axes, low, high })
}

/// The tie's spring about axes across the bone.
fn across(tie: &Tie, limits: &Limits, tail: Vec3) -> f32 {
    let axes: Quat = limits.axes;
    let along = (axes.inverse() * tail).normalize_or(Vec3::Y);
    let spring = (tie.springs * (Vec3::ONE - along * along)).element_sum() / 2.0;
    if spring.is_finite() { spring.max(0.0) } else { 0.0 }
}

/// What ties beside those that hold chains, such as between the columns of a skirt, keeps together.
fn neighbours(builder: &mut Builder, held: &[Option<&Tie>], body_of: &[Option<usize>]) {
    let Springs { bodies, ties, .. } = &builder.figure.springs;
    let mut tails: Vec<Option<Vec3>> = vec![None; builder.figure.joints.len()];
    for Swinging { point, .. } in &builder.swinging {
        tails[point.joint as usize] = Some(builder.tail_at_rest(point.joint, point.tail));
    }
    for tie in ties {
        let holds = |body: u32| held[body as usize].is_some_and(|held| std::ptr::eq(held, tie));
        let [a, b] = tie.bodies.map(|body| bodies[body as usize].joint);
        let lead = tie.bodies.iter().all(|&body| body_of[bodies[body as usize].joint as usize] == Some(body as usize));
        let above = |low: u32, high: u32| {
            std::iter::successors(Some(low), |&j| builder.figure.joints[j as usize].parent).any(|j| j == high)
        };
        if !lead || tie.bodies.into_iter().any(holds) || above(a, b) || above(b, a) {
            continue;
        }
        let (Some(from), Some(to)) = (tails[a as usize], tails[b as usize]) else { continue };
        let apart = from.distance(to);
        let room = tie.shifts[1] - tie.shifts[0];
        if (0..3).any(|axis| (0.0..apart).contains(&room[axis])) {
            builder.links.push(([a, b], [0.7 * apart, 1.3 * apart]));
        }
    }
}

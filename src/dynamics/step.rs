//! One step of all that swings: VRM's formula, in the order of the joints.

use super::chains::{Chains, Limits};
use super::{STEP_S, shapes, wind};
use crate::figure::springs::Shape;
use crate::figure::{Joint, skinning::Locals};
use glam::{Affine3A, Quat, Vec3};

/// A joint that moves farther in one step was put elsewhere: what hangs on it comes along.
pub(super) const JUMP_M: f32 = 1.0;
/// Times that a free end is pushed out of what it is in; one push may lead into the next shape, and what is then brought
/// back to its length, into the first again.
const PUSHES: usize = 6;
/// What is farther below the floor, metres, doesn't lie on it.
const SUNK_M: f32 = 0.1;
/// Depths that nobody sees, metres.
const TOUCH_M: f32 = 1e-5;

/// Where everything is after a step.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// For each point its free end, in the world, now and a step before.
    tails: Vec<[Vec3; 2]>,
    /// The places that points swing about.
    heads: Vec<Vec3>,
    /// Local rotations of the points' joints.
    pub turns: Vec<Quat>,
    /// All joints in the world, with what swings, and their rotations.
    world: Vec<Affine3A>,
    turned: Vec<Quat>,
    /// Where the motion had them.
    plain: Vec<Affine3A>,
    /// Joints that swing or hang on such: each, and all in rising order.
    is_carried: Vec<bool>,
    carried: Vec<u32>,
    point_of: Vec<Option<u32>>,
}

/// Where a motion has everything at a moment.
pub(super) struct Moment {
    pub led: Locals,
    /// All joints in the world, and their rotations.
    pub plain: Vec<Affine3A>,
    pub turned: Vec<Quat>,
}

impl Moment {
    /// `led`: local transforms.
    pub(super) fn new(joints: &[Joint], led: Locals) -> Self {
        let mut plain: Vec<Affine3A> = Vec::with_capacity(joints.len());
        let mut turned: Vec<Quat> = Vec::with_capacity(joints.len());
        for (i, joint) in joints.iter().enumerate() {
            let local = Affine3A::from_scale_rotation_translation(joint.scale, led.rotations[i], led.translations[i]);
            plain.push(joint.parent.map_or(local, |parent| plain[parent as usize] * local));
            let above = joint.parent.map_or(Quat::IDENTITY, |parent| turned[parent as usize]);
            turned.push((above * led.rotations[i]).normalize());
        }
        Self { led, plain, turned }
    }
}

/// What a step is made under.
#[derive(Clone, Copy)]
pub(super) struct Air {
    /// The step's number from the start, which says what gusts there are.
    pub step: i64,
    /// Factor of the speed that is left after each step: less than 1 lets all come to rest soon.
    pub calm: f32,
}

impl State {
    /// Everything where the motion has it, at rest.
    pub(super) fn new(joints: &[Joint], chains: &Chains, moment: &Moment) -> Self {
        let mut point_of = vec![None; joints.len()];
        let mut is_carried = vec![false; joints.len()];
        for (i, point) in chains.points.iter().enumerate() {
            point_of[point.joint as usize] = Some(i as u32);
            is_carried[point.joint as usize] = true;
        }
        for (i, joint) in joints.iter().enumerate() {
            is_carried[i] |= joint.parent.is_some_and(|parent| is_carried[parent as usize]);
        }
        let carried = (0..joints.len() as u32).filter(|&joint| is_carried[joint as usize]).collect();
        let Moment { led, plain, turned } = moment;
        let at = |joint: u32, place: Vec3| plain[joint as usize].transform_point3(place);
        Self {
            tails: chains.points.iter().map(|point| [at(point.joint, point.tail); 2]).collect(),
            heads: chains.points.iter().map(|point| at(point.joint, Vec3::ZERO)).collect(),
            turns: chains.points.iter().map(|point| led.rotations[point.joint as usize]).collect(),
            world: plain.clone(),
            turned: turned.clone(),
            plain: plain.clone(),
            is_carried,
            carried,
            point_of,
        }
    }

    /// Goes on by a step to where the motion has everything now. Tells how far the farthest free end went, metres.
    pub(super) fn step(&mut self, joints: &[Joint], chains: &Chains, moment: &Moment, air: Air) -> f32 {
        let Moment { led, plain, turned } = moment;
        // Shapes on what swings are where they were.
        let placed: Vec<Shape> = chains
            .colliders
            .iter()
            .map(|collider| {
                let joint = collider.joint as usize;
                let world = if self.is_carried[joint] { &self.world[joint] } else { &plain[joint] };
                shapes::placed(&collider.shape, world)
            })
            .collect();
        let pulls = self.pulls(chains);
        self.world.clone_from(plain);
        self.turned.clone_from(turned);
        let mut farthest = 0.0f32;
        for c in 0..self.carried.len() {
            let i = self.carried[c] as usize;
            let joint = &joints[i];
            let above = joint.parent.map(|parent| (self.turned[parent as usize], self.world[parent as usize]));
            let (parent_turn, parent) = above.unwrap_or((Quat::IDENTITY, Affine3A::IDENTITY));
            let mut rotation = led.rotations[i];
            let local =
                |rotation| Affine3A::from_scale_rotation_translation(joint.scale, rotation, led.translations[i]);
            if let Some(p) = self.point_of[i].map(|p| p as usize) {
                let point = &chains.points[p];
                let stands = parent * local(rotation);
                let head = Vec3::from(stands.translation);
                let own = (parent_turn * rotation).normalize();
                let (axis, out) = (point.tail.normalize(), stands.transform_vector3(point.tail));
                let (length, rest) = (out.length(), own * axis);
                self.come_along(
                    p,
                    head,
                    point.centre.map(|centre| (self.plain[centre as usize], plain[centre as usize])),
                );
                let [now, before] = self.tails[p];
                let mut forces = point.stiffness * rest + point.gravity;
                if let Some(wind) = &chains.wind {
                    forces += STEP_S * wind::at(wind, air.step, point.chain);
                }
                let next = now + (now - before) * (point.keep * air.calm) + STEP_S * forces + pulls[p];
                let hold = |to: Vec3| -> Vec3 {
                    let direction = (to - head).try_normalize().unwrap_or(rest);
                    let limited = point.limits.as_ref().and_then(|limits| limits.hold(own, axis, direction));
                    head + limited.unwrap_or(direction) * length
                };
                let mut next = hold(if next.is_finite() { next } else { head + rest });
                // What hangs lies on the floor, unless all of it is far below.
                let ground = if head.y > -SUNK_M { point.radius.min(head.y) } else { f32::NEG_INFINITY };
                for push in 0..PUSHES {
                    let mut touched = false;
                    let hits = chains.hits[point.hits.clone()].iter().map(|&(collider, deep)| (Some(collider), deep));
                    for (collider, deep) in hits.chain(chains.floor.then_some((None, 0.0))) {
                        let (away, out) = match collider {
                            Some(i) => shapes::distance(&placed[i as usize], next, point.radius),
                            None => (next.y - ground, Vec3::Y),
                        };
                        let depth = -(away + deep);
                        if depth > TOUCH_M {
                            // Straight out as VRM has it; then as far aside as its length allows no other way.
                            let aside = out.reject_from_normalized((next - head).normalize_or(rest));
                            let steep = aside.length();
                            let way =
                                if push == 0 || steep < 0.2 { depth * out } else { aside * (depth / (steep * steep)) };
                            next = hold(next + way);
                            touched = true;
                        }
                    }
                    if !touched {
                        break;
                    }
                }
                let arc = Quat::from_rotation_arc(axis, (own.inverse() * (next - head)).normalize_or(axis));
                let turn = (rotation * arc).normalize();
                if turn.is_finite() && next.is_finite() {
                    rotation = turn;
                    farthest = farthest.max(next.distance(now));
                    self.tails[p] = [next, now];
                } else {
                    self.tails[p] = [head + rest * length; 2];
                }
                self.heads[p] = head;
                self.turns[p] = rotation;
            }
            self.turned[i] = (parent_turn * rotation).normalize();
            self.world[i] = parent * local(rotation);
        }
        self.plain.clone_from(plain);
        farthest
    }

    /// What moves with its centre, and what was put elsewhere.
    fn come_along(&mut self, point: usize, head: Vec3, centre: Option<(Affine3A, Affine3A)>) {
        let way = head - self.heads[point];
        if let Some((before, now)) = centre {
            let moved = now * before.inverse();
            if moved.is_finite() {
                self.tails[point] = self.tails[point].map(|tail| moved.transform_point3(tail));
            }
        } else if way.length() > JUMP_M {
            self.tails[point] = self.tails[point].map(|tail| tail + way);
        }
    }

    /// How neighbours draw each other's free ends back to the distances that they keep.
    fn pulls(&self, chains: &Chains) -> Vec<Vec3> {
        let mut pulls = vec![Vec3::ZERO; chains.points.len()];
        for link in &chains.links {
            let [a, b] = link.points;
            let apart = self.tails[b][0] - self.tails[a][0];
            let distance = apart.length();
            let wanted = distance.clamp(link.least, link.most);
            if wanted != distance && distance > 1e-6 {
                // Each comes half the way, softly: they swing on.
                let way = apart * (0.25 * (1.0 - wanted / distance));
                pulls[a] += way;
                pulls[b] -= way;
            }
        }
        pulls
    }
}

impl Limits {
    /// The nearest direction that is allowed to what points along `axis` of a joint turned by `own`; `None`: it is.
    fn hold(&self, own: Quat, axis: Vec3, direction: Vec3) -> Option<Vec3> {
        let arc = Quat::from_rotation_arc(axis, (own.inverse() * direction).normalize_or(axis));
        let turn = self.axes.inverse() * arc.to_scaled_axis();
        let held = turn.clamp(self.low, self.high);
        (held != turn).then(|| own * (Quat::from_scaled_axis(self.axes * held) * axis))
    }
}

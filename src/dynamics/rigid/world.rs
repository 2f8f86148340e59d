//! The bodies at one moment, and how a step moves them.

use super::{Held, Member, Plan};
use crate::dynamics::chains::Chains;
use crate::dynamics::solver::Solver;
use crate::dynamics::step::{Air, JUMP_M, Moment, State};
use crate::dynamics::{MMD_GRAVITY, MMD_UNIT_M, STEP_S, wind};
use crate::figure::Joint;
use crate::figure::springs::{Shape, Tie};
use glam::{Quat, Vec3};
use rapier3d::prelude::*;
use std::sync::Arc;

/// The engine's steps in one of ours: 120 a second, as MMD's models are made for.
const PARTS: u32 = 2;
/// Rounds in which the engine solves a step.
const ROUNDS: usize = 8;
/// No body moves faster against the bone that it hangs on, metres a second: long hair would fly.
const FASTEST: f32 = 3.0;
/// No bone turns farther from where the motion has it, radians.
const FARTHEST: f32 = 2.1;
/// Shapes without a size, metres.
const THINNEST_M: f32 = 1e-3;
/// Limits that lie so near hold an axis, metres or radians.
const TIGHT: f32 = 1e-5;

const AXES: [[JointAxis; 3]; 2] =
    [[JointAxis::LinX, JointAxis::LinY, JointAxis::LinZ], [JointAxis::AngX, JointAxis::AngY, JointAxis::AngZ]];

/// All bodies at a moment, and the light chains that hang beside them.
pub(in crate::dynamics) struct World {
    plan: Arc<Plan>,
    world: PhysicsWorld,
    /// One a body of the plan.
    handles: Vec<RigidBodyHandle>,
    /// Where all joints were at the end of the last step.
    places: Vec<Pose>,
    /// Local rotations of the joints that are led.
    turns: Vec<Quat>,
    /// What swings lightly, on what the bodies turned.
    light: State,
    /// For each joint that swings, in rising order: whose turn it takes.
    order: Vec<Source>,
}

#[derive(Clone, Copy)]
enum Source {
    Body(usize),
    Point(usize),
}

impl World {
    /// Everything where the motion has it, at rest.
    pub(in crate::dynamics) fn new(joints: &[Joint], chains: &Chains, plan: &Arc<Plan>, moment: &Moment) -> Self {
        let turns: Vec<Quat> = plan.joints().map(|joint| moment.led.rotations[joint as usize]).collect();
        let places = places(joints, plan, moment, &turns);
        let mut world = PhysicsWorld::new();
        world.gravity = Vec3::NEG_Y * MMD_GRAVITY * plan.gravity;
        world.integration_parameters.dt = STEP_S / PARTS as f32;
        world.integration_parameters.num_solver_iterations = ROUNDS;
        // Tolerances are those of things as large as a body; these are as large as a hand.
        world.integration_parameters.length_unit = 0.1;
        let handles: Vec<RigidBodyHandle> = plan
            .bodies
            .iter()
            .map(|member| {
                let place = places[member.body.joint as usize];
                world.insert(body(member).pose(place), collider(member)).0
            })
            .collect();
        for held in &plan.ties {
            let [a, b] = held.tie.bodies.map(|body| body as usize);
            if plan.bodies[a].free || plan.bodies[b].free {
                world.impulse_joints.insert(handles[a], handles[b], hold(held), true);
            }
        }
        let light = State::new(joints, chains, moment);
        let mut order: Vec<(u32, Source)> =
            plan.joints().enumerate().map(|(i, joint)| (joint, Source::Body(i))).collect();
        order.extend(chains.points.iter().enumerate().map(|(i, point)| (point.joint, Source::Point(i))));
        order.sort_unstable_by_key(|&(joint, _)| joint);
        let order = order.into_iter().map(|(_, source)| source).collect();
        Self { plan: plan.clone(), world, handles, places, turns, light, order }
    }

    /// Puts a body where its bone is, at rest.
    fn put(&mut self, body: usize, place: Pose) {
        let body = &mut self.world.bodies[self.handles[body]];
        body.set_position(place, true);
        body.set_linvel(Vec3::ZERO, true);
        body.set_angvel(Vec3::ZERO, true);
    }
}

impl Solver for World {
    fn step(&mut self, joints: &[Joint], chains: &Chains, moment: &Moment, air: Air) -> f32 {
        let now = places(joints, &self.plan, moment, &self.turns);
        let joint_of = |body: usize| self.plan.bodies[body].body.joint as usize;
        let bodies: Vec<(usize, usize)> = (0..self.handles.len()).map(|body| (body, joint_of(body))).collect();
        let before: Vec<Vec3> =
            bodies.iter().map(|&(body, _)| self.world.bodies[self.handles[body]].center_of_mass()).collect();
        // Who was put elsewhere takes along what hangs on them.
        let jumped = |joint: usize| now[joint].translation.distance(self.places[joint].translation) > JUMP_M;
        let jumped: Vec<(usize, usize)> = bodies.iter().copied().filter(|&(_, joint)| jumped(joint)).collect();
        for (body, joint) in jumped {
            self.put(body, now[joint]);
            self.places[joint] = now[joint];
        }
        for part in 1..=PARTS {
            for &(body, joint) in &bodies {
                let share = part as f32 / PARTS as f32;
                let member = &self.plan.bodies[body];
                let body = &mut self.world.bodies[self.handles[body]];
                if !member.free {
                    body.set_next_kinematic_position(self.places[joint].lerp(&now[joint], share));
                } else if let Some(wind) = &chains.wind {
                    body.reset_forces(true);
                    body.add_force(wind::at(wind, air.step, member.chain) * body.mass(), true);
                }
            }
            self.world.step();
        }
        let mut farthest = 0.0f32;
        for &(body, joint) in &bodies {
            if !self.plan.bodies[body].free {
                continue;
            }
            let carried = (now[joint].translation - self.places[joint].translation) / STEP_S;
            let moved = &mut self.world.bodies[self.handles[body]];
            let sound = moved.is_enabled() && moved.position().is_finite() && moved.linvel().is_finite();
            if !sound {
                moved.set_enabled(true);
                self.put(body, now[joint]);
                continue;
            }
            farthest = farthest.max(moved.center_of_mass().distance(before[body]));
            let own = (moved.linvel() - carried).clamp_length_max(FASTEST);
            moved.set_linvel(carried + own * air.calm, true);
            let spin = moved.angvel() * air.calm;
            moved.set_angvel(spin, true);
        }
        self.turn_bones(joints, moment);
        let mut led = moment.led.clone();
        for (&(joint, _), &turn) in self.plan.leads.iter().zip(&self.turns) {
            led.rotations[joint as usize] = turn;
        }
        let farthest_light = self.light.step(joints, chains, &Moment::new(joints, led), air);
        farthest.max(farthest_light)
    }

    fn turns(&self) -> Vec<Quat> {
        let turn = |source: &Source| match *source {
            Source::Body(i) => self.turns[i],
            Source::Point(i) => self.light.turns[i],
        };
        self.order.iter().map(turn).collect()
    }
}

impl World {
    /// Bones take their bodies' turns.
    fn turn_bones(&mut self, joints: &[Joint], moment: &Moment) {
        let mut turned: Vec<Quat> = Vec::with_capacity(joints.len());
        let mut next = 0;
        for (i, joint) in joints.iter().enumerate() {
            let above = joint.parent.map_or(Quat::IDENTITY, |parent| turned[parent as usize]);
            let mut turn = moment.led.rotations[i];
            if let Some(&(_, body)) = self.plan.leads.get(next).filter(|&&(led, _)| led as usize == i) {
                let asked = above.inverse() * *self.world.bodies[self.handles[body]].rotation();
                let away = turn.angle_between(asked);
                if asked.is_finite() && away.is_finite() {
                    turn = turn.slerp(asked, (FARTHEST / away).min(1.0)).normalize();
                }
                self.turns[next] = turn;
                next += 1;
            }
            turned.push((above * turn).normalize());
        }
        self.places = places(joints, &self.plan, moment, &self.turns);
    }
}

/// All joints in the world, with what the bodies turned.
fn places(joints: &[Joint], plan: &Plan, moment: &Moment, turns: &[Quat]) -> Vec<Pose> {
    let mut led = moment.led.clone();
    for (joint, &turn) in plan.joints().zip(turns) {
        led.rotations[joint as usize] = turn;
    }
    let Moment { plain, turned, .. } = Moment::new(joints, led);
    plain.iter().zip(turned).map(|(place, turn)| Pose::from_parts(place.translation.into(), turn)).collect()
}

fn body(member: &Member) -> RigidBodyBuilder {
    if !member.free {
        return RigidBodyBuilder::kinematic_position_based();
    }
    // The share of speed that Bullet takes away each second, as rapier's v / (1 + Δt·d) has it.
    let part_s = STEP_S / PARTS as f32;
    let [speed, turning] = member.body.damping.map(|share| ((1.0 - share.min(0.9999)).powf(-part_s) - 1.0) / part_s);
    RigidBodyBuilder::dynamic().linear_damping(speed).angular_damping(turning).can_sleep(false)
}

fn collider(member: &Member) -> ColliderBuilder {
    let body = &member.body;
    let shape = match body.shape {
        Shape::Sphere { centre, radius, .. } => ColliderBuilder::ball(radius.max(THINNEST_M)).translation(centre),
        Shape::Capsule { ends: [a, b], radius, .. } => {
            ColliderBuilder::capsule_from_endpoints(a, b, radius.max(THINNEST_M))
        }
        Shape::Cuboid { centre, rotation, half } => {
            let half = half.max(Vec3::splat(THINNEST_M));
            ColliderBuilder::cuboid(half.x, half.y, half.z).position(Pose::from_parts(centre, rotation))
        }
        Shape::Plane { point, .. } => ColliderBuilder::ball(THINNEST_M).translation(point),
    };
    let group = |bits: u16| Group::from_bits_truncate(u32::from(bits));
    let groups = InteractionGroups::new(group(1 << body.group.min(15)), group(body.mask), InteractionTestMode::And);
    shape.mass(body.mass).restitution(body.bounce).friction(body.friction).collision_groups(groups)
}

/// A tie as the engine's joint with six degrees of freedom.
fn hold(held: &Held) -> GenericJoint {
    let Held { tie, seen } = held;
    let Tie { shifts, turns, pulls, springs, .. } = tie;
    let [a, b] = seen.map(|(place, turn)| Pose::from_parts(place, turn));
    let mut joint = GenericJointBuilder::new(JointAxesMask::empty()).local_frame1(a).local_frame2(b).build();
    // Whether they meet is for their masks to say, as in MMD.
    joint.contacts_enabled = true;
    let torques = *springs * (MMD_UNIT_M * MMD_UNIT_M);
    for (axes, [low, high], springs) in [(AXES[0], shifts, *pulls), (AXES[1], turns, torques)] {
        for (i, axis) in axes.into_iter().enumerate() {
            let (low, high) = (low[i], high[i]);
            if low.abs() < TIGHT && high.abs() < TIGHT {
                joint.lock_axes(axis.into());
                continue;
            }
            if low <= high {
                joint.set_limits(axis, [low, high]);
            }
            if springs[i] > 0.0 {
                joint.set_motor_model(axis, MotorModel::ForceBased);
                joint.set_motor_position(axis, 0.0, springs[i], 0.0);
            }
        }
    }
    joint
}

//! What of a figure swings, wherever that is said, in one form.

use super::{Run, Settings, Wind, bodies, marked, rigid, shapes, vrm};
use crate::figure::springs::Collider;
use crate::figure::{Figure, LocalPose, skinning};
use glam::{Affine3A, Quat, Vec3};
use std::sync::Arc;

/// Pairs of what swings and what is in its way that are looked at in each step, at most.
const MOST_HITS: usize = 200_000;

/// A figure whose joints lie farther below height 0, metres, doesn't stand there.
const FLOOR_M: f32 = 0.05;

const TOO_MANY: &str = "more is in the way of what swings than can be looked at: some of it passes through";

/// What of a figure swings. Each method wants the figure that it was made of.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    /// In rising order of joints.
    pub(super) points: Vec<Point>,
    pub(super) colliders: Vec<Collider>,
    /// For each point's [`Point::hits`]: a collider, and how deep the point lies in it at rest, metres.
    pub(super) hits: Vec<(u32, f32)>,
    pub(super) links: Vec<Link>,
    /// There is a floor, at height 0, on which the figure stands at rest.
    pub(super) floor: bool,
    pub(super) wind: Option<Wind>,
    /// Bodies that push each other.
    pub(super) rigid: Option<Arc<rigid::Plan>>,
    /// What an artist should know: marks that mean nothing, bodies that nothing holds.
    pub warnings: Vec<String>,
}

/// A joint that swings about its place.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub joint: u32,
    /// The free end in the joint's space.
    pub tail: Vec3,
    /// How far it collides, in the figure's metres.
    pub radius: f32,
    /// VRM's, as what follows.
    pub stiffness: f32,
    /// The share of its speed that is left after a step.
    pub keep: f32,
    /// Direction and power.
    pub gravity: Vec3,
    /// The joint whose movement doesn't swing it.
    pub centre: Option<u32>,
    pub limits: Option<Limits>,
    /// Which of [`Chains::hits`] are its own.
    pub hits: std::ops::Range<usize>,
    /// Points of a chain feel the same gust.
    pub chain: u32,
}

/// How far a joint may turn from where the motion has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The axes that the limits are about, in the joint's.
    pub axes: Quat,
    /// Radians.
    pub low: Vec3,
    pub high: Vec3,
}

/// Free ends of neighbours that keep a distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// Indices of points.
    pub points: [usize; 2],
    /// Metres.
    pub least: f32,
    pub most: f32,
}

/// A point with what it may collide with: indices of colliders.
pub(super) struct Swinging {
    pub point: Point,
    pub colliders: Vec<u32>,
    /// It leaves its shapes wholly, as VRM has it, even those it lies in at rest.
    pub strict: bool,
}

/// What the builders add to.
pub(super) struct Builder<'a> {
    pub figure: &'a Figure,
    /// World transforms at rest.
    pub rest: Vec<Affine3A>,
    pub colliders: Vec<Collider>,
    pub swinging: Vec<Swinging>,
    /// Distances at rest of free ends of joints that keep them: least, most.
    pub links: Vec<([u32; 2], [f32; 2])>,
    pub warnings: Vec<String>,
    taken: Vec<bool>,
    still: Vec<bool>,
}

impl Builder<'_> {
    /// Whether a joint is left to swing.
    pub(super) fn free(&self, joint: u32) -> bool {
        !self.taken[joint as usize] && !self.still[joint as usize]
    }

    /// Takes a joint that is free for something that moves it by itself.
    pub(super) fn take(&mut self, joint: u32) {
        self.taken[joint as usize] = true;
    }

    /// Adds a joint that swings, unless it does already or is to be still.
    pub(super) fn swing(&mut self, point: Point, colliders: Vec<u32>, strict: bool) {
        let long = self.rest[point.joint as usize].transform_vector3(point.tail).length();
        if self.free(point.joint) && long.is_finite() && long > 1e-6 {
            self.taken[point.joint as usize] = true;
            self.swinging.push(Swinging { point, colliders, strict });
        }
    }

    /// Adds a collider.
    pub(super) fn collider(&mut self, collider: Collider) -> u32 {
        self.colliders.push(collider);
        self.colliders.len() as u32 - 1
    }

    /// Where a joint's free end is at rest.
    pub(super) fn tail_at_rest(&self, joint: u32, tail: Vec3) -> Vec3 {
        self.rest[joint as usize].transform_point3(tail)
    }
}

impl Chains {
    /// What of `figure` swings by its file and by `settings`.
    pub fn new(figure: &Figure, settings: &Settings) -> Self {
        let mut rest: Vec<Affine3A> = Vec::with_capacity(figure.joints.len());
        for joint in &figure.joints {
            let local = Affine3A::from_scale_rotation_translation(joint.scale, joint.rotation, joint.translation);
            rest.push(joint.parent.map_or(local, |parent| rest[parent as usize] * local));
        }
        let mut still: Vec<bool> = figure.joints.iter().map(|joint| settings.still.contains(&joint.name)).collect();
        for i in 0..still.len() {
            still[i] |= figure.joints[i].parent.is_some_and(|parent| still[parent as usize]);
        }
        let (colliders, swinging, links, warnings) = Default::default();
        let taken = vec![false; rest.len()];
        let mut builder = Builder { figure, rest, colliders, swinging, links, warnings, taken, still };
        vrm::add(&mut builder);
        let rigid = rigid::Plan::new(&mut builder, settings).map(Arc::new);
        if rigid.is_none() {
            bodies::add(&mut builder);
        }
        marked::add(&mut builder, &settings.chains);
        Self { rigid, ..Self::built(builder, settings) }
    }

    fn built(builder: Builder, settings: &Settings) -> Self {
        let Builder { figure, rest, colliders, mut swinging, links, warnings, .. } = builder;
        let gravity = settings.gravity();
        swinging.sort_by_key(|swinging| swinging.point.joint);
        let mut point_of = vec![None; figure.joints.len()];
        let floor = rest.iter().all(|joint| joint.translation.y > -FLOOR_M);
        let mut chains = Self { colliders, warnings, floor, wind: settings.wind, ..Self::default() };
        for Swinging { mut point, colliders, strict } in swinging {
            let tail = rest[point.joint as usize].transform_point3(point.tail);
            let first = chains.hits.len();
            let room = MOST_HITS - first;
            if colliders.len() > room && chains.warnings.last().is_none_or(|last| last != TOO_MANY) {
                chains.warnings.push(TOO_MANY.to_owned());
            }
            for collider in colliders.into_iter().take(room) {
                let Collider { joint, shape } = chains.colliders[collider as usize];
                // What lies within a shape at rest was drawn so: it comes no deeper.
                let placed = shapes::placed(&shape, &rest[joint as usize]);
                let (away, _) = shapes::distance(&placed, tail, point.radius);
                let deep = if strict { 0.0 } else { (-away).max(0.0) };
                chains.hits.push((collider, deep));
            }
            point.hits = first..chains.hits.len();
            point.gravity *= gravity;
            point_of[point.joint as usize] = Some(chains.points.len());
            chains.points.push(point);
        }
        for ([a, b], [least, most]) in links {
            if let (Some(a), Some(b)) = (point_of[a as usize], point_of[b as usize]) {
                chains.links.push(Link { points: [a, b], least, most });
            }
        }
        chains
    }

    /// Nothing swings.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.rigid.is_none()
    }

    /// The joints that swing, in rising order.
    pub fn joints(&self) -> Vec<u32> {
        let mut joints: Vec<u32> = self.points.iter().map(|point| point.joint).collect();
        if let Some(rigid) = &self.rigid {
            joints.extend(rigid.joints());
            joints.sort_unstable();
        }
        joints
    }

    /// `pose` with all that swings where it comes to rest.
    pub fn settle(&self, figure: &Figure, pose: LocalPose) -> LocalPose {
        if self.is_empty() {
            return pose;
        }
        let still = |_: f64| pose.clone();
        let sway = Run::new(figure, self, &still).at(0.0);
        LocalPose { sway, ..pose }
    }

    /// How far from their shapes the free ends are at worst, metres (negative: within), in a pose of the figure; for those
    /// that measure.
    pub fn clearance(&self, figure: &Figure, pose: &LocalPose) -> f32 {
        let world: Vec<Affine3A> =
            skinning::world_transforms(figure, pose).iter().map(|m| Affine3A::from_mat4(*m)).collect();
        let mut worst = f32::INFINITY;
        for point in &self.points {
            let tail = world[point.joint as usize].transform_point3(point.tail);
            for &(collider, deep) in &self.hits[point.hits.clone()] {
                let Collider { joint, shape } = self.colliders[collider as usize];
                let (away, _) = shapes::distance(&shapes::placed(&shape, &world[joint as usize]), tail, point.radius);
                worst = worst.min(away + deep);
            }
        }
        worst
    }
}

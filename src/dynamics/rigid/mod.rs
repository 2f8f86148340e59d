//! MMD's bodies as rigid bodies that push each other, moved by rapier.
//!
//! A [`Plan`] says which bodies there are and which of them lead; a [`World`] (with the feature `rigid`) moves them. Bones
//! take their bodies' turns and stay in their places.

#[cfg(test)]
mod tests;
#[cfg(feature = "rigid")]
mod world;

use super::bodies::Leading;
use super::chains::Builder;
use super::{Bodies, Settings};
use crate::figure::springs::{Body, BodyKind, Springs, Tie};
use glam::{Quat, Vec3};
#[cfg(feature = "rigid")]
pub(super) use world::World;

const NOT_BUILT_IN: &str =
    "this Settei was built without its engine of rigid bodies (the feature rigid): its bodies swing lightly";

/// The bodies of a figure and what holds them.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "rigid"), expect(dead_code, reason = "nothing moves it"))]
pub(super) struct Plan {
    bodies: Vec<Member>,
    ties: Vec<Held>,
    /// In rising order; each is led by the body of that index.
    leads: Vec<(u32, usize)>,
    /// Multiple of gravity.
    gravity: f32,
}

/// A body of a figure.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "rigid"), expect(dead_code, reason = "nothing moves it"))]
struct Member {
    body: Body,
    /// It moves by itself, its bone doesn't move it.
    free: bool,
    /// Bodies of a chain feel the same gust.
    chain: u32,
}

/// What holds two bodies, seen from each: its place and its axes in the space of the body's joint.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "rigid"), expect(dead_code, reason = "nothing moves it"))]
struct Held {
    tie: Tie,
    seen: [(Vec3, Quat); 2],
}

impl Plan {
    /// Of the builder's figure, if they are wanted, there are some that lead, and this program can move them.
    pub(super) fn new(builder: &mut Builder, settings: &Settings) -> Option<Self> {
        if settings.bodies != Bodies::Rigid || builder.figure.springs.bodies.is_empty() {
            return None;
        }
        if cfg!(not(feature = "rigid")) {
            builder.warnings.push(NOT_BUILT_IN.into());
            return None;
        }
        let figure = builder.figure;
        let Springs { bodies, ties, .. } = &figure.springs;
        let Leading { held, body_of } = Leading::new(builder);
        let moves = |i: usize, body: &Body| {
            let bare = figure.humanoid.bone_at(body.joint).is_none();
            body.kind != BodyKind::Follows && bare && held[i].is_some() && builder.free(body.joint)
        };
        let members: Vec<Member> = bodies
            .iter()
            .enumerate()
            .map(|(i, body)| Member {
                body: body.clone(),
                free: moves(i, body),
                chain: super::bodies::root_of(figure, &body_of, body.joint),
            })
            .collect();
        let leads: Vec<(u32, usize)> = (0..figure.joints.len() as u32)
            .filter_map(|joint| Some((joint, body_of[joint as usize].filter(|&i| members[i].free)?)))
            .collect();
        let seen = |tie: &Tie, body: u32| {
            let (_, turn, place) = builder.rest[bodies[body as usize].joint as usize].to_scale_rotation_translation();
            (turn.inverse() * (tie.place - place), (turn.inverse() * tie.rotation).normalize())
        };
        let ties = ties.iter().map(|tie| Held { tie: *tie, seen: tie.bodies.map(|body| seen(tie, body)) }).collect();
        leads.iter().for_each(|&(joint, _)| builder.take(joint));
        let gravity = settings.gravity();
        (!leads.is_empty()).then_some(Self { bodies: members, ties, leads, gravity })
    }

    /// Those that are led, in rising order.
    pub(super) fn joints(&self) -> impl Iterator<Item = u32> {
        self.leads.iter().map(|&(joint, _)| joint)
    }
}

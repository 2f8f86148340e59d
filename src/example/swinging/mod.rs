//! What of a character swings: joints for hair, ribbons, skirts and capes, and the surface that goes with them.
//!
//! The surface stays where it was made; only what it follows changes. Each chain of joints hangs on a bone. Where the body
//! moves under what hangs there, the chain's first joint is led by it (a constraint): a skirt's rises with the thigh, long
//! hair's stays over the back when the head nods. So the surface is right without springs, and they start from there.

mod body;
mod curtain;
mod lines;

pub(super) use body::{Measured, Shape};

use super::mesh::{Part, Skin, smoothstep};
use super::skin::Bone;
use crate::figure::HumanBone;
use glam::Vec3;
use std::ops::Range;

/// How a part hangs.
#[derive(Clone, Debug)]
pub(super) enum Hang {
    /// Along a line of its own, from where it hangs to its free end.
    Along(Strand, Vec<Vec3>),
    /// Around the hips and from there down.
    Skirt,
    /// From the shoulders down the back.
    Cape,
}

/// What hangs along a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strand {
    /// Hair that falls from the skull: neighbours go together.
    Fall,
    /// Hair that is tied, braided or curled.
    Tail,
    /// The end of a ribbon or scarf on this bone.
    Ribbon(HumanBone),
    /// An animal's tail.
    Grown,
}

/// A joint of what swings.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) parent: Bone,
    /// Metres.
    pub(super) place: Vec3,
    /// What turns it before it swings.
    pub(super) led: Option<(Lead, Bone, f32)>,
}

/// How a joint is led by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// It turns with it.
    Turns,
    /// Its downward axis points there.
    Points,
}

/// How a chain swings, in VRM's terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Feel {
    pub(super) stiffness: f32,
    pub(super) drag: f32,
    pub(super) gravity: f32,
    /// How far it keeps from the body, at most, metres.
    pub(super) radius: f32,
}

/// A chain of joints.
#[derive(Clone, Debug)]
pub(super) struct Spring {
    pub(super) name: String,
    /// Numbers of [`Node`]s, the last of which is the free end.
    pub(super) nodes: Range<usize>,
    pub(super) feel: Feel,
    /// Indices of [`Shape`]s.
    pub(super) shapes: Vec<usize>,
}

/// Everything that swings.
#[derive(Clone, Debug, Default)]
pub(super) struct Swinging {
    pub(super) nodes: Vec<Node>,
    pub(super) springs: Vec<Spring>,
    /// What is in the way.
    pub(super) shapes: Vec<Shape>,
}

/// Gives what hangs among `parts` joints to hang on.
pub(super) fn swinging(parts: &mut [Part], body: &Measured) -> Swinging {
    let mut swinging = Swinging { shapes: body.shapes(), ..Swinging::default() };
    lines::add(&mut swinging, parts, body);
    curtain::add(&mut swinging, parts, body);
    swinging
}

impl Swinging {
    /// A chain from the first place of `line` to the last. `lead`: what turns it, and how far; [`Lead::Points`] looks to a
    /// place below the chain that goes with the bone.
    fn chain(
        &mut self,
        name: String,
        hangs_on: Bone,
        lead: Option<(Lead, HumanBone, f32)>,
        line: &[Vec3],
        feel: Feel,
        shapes: Range<usize>,
    ) -> Chain {
        let mut parent = hangs_on;
        if let Some((lead, leader, share)) = lead {
            let led = match lead {
                Lead::Turns => (lead, Bone::Human(leader), share),
                Lead::Points => {
                    let below = line[0] - Vec3::Y * (line[0].y - line[line.len() - 1].y).max(0.1);
                    (lead, self.node(format!("{name} aim"), Bone::Human(leader), below, None), share)
                }
            };
            parent = self.node(name.clone(), parent, line[0], Some(led));
        }
        let first = self.nodes.len();
        for (i, &place) in line.iter().enumerate() {
            let end = i + 1 == line.len();
            let name = if end { format!("{name}-end") } else { format!("{name}-{}", i + 1) };
            parent = self.node(name, parent, place, None);
        }
        // What it lies in or on when it hangs as it was made doesn't push it.
        let clear =
            |shape: usize| line[1..].iter().map(|&p| self.shapes[shape].distance(p)).fold(f32::INFINITY, f32::min);
        let near: Vec<(usize, f32)> = shapes.map(|shape| (shape, clear(shape))).filter(|near| near.1 > 0.0).collect();
        let radius = near.iter().map(|near| 0.9 * near.1).fold(feel.radius, f32::min);
        let feel = Feel { radius, ..feel };
        let nodes = first..self.nodes.len();
        self.springs.push(Spring { name, nodes, feel, shapes: near.into_iter().map(|near| near.0).collect() });
        let length = line.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
        Chain { first: first as u16, joints: line.len() as u16 - 1, top: line[0], length }
    }

    fn node(&mut self, name: String, parent: Bone, place: Vec3, led: Option<(Lead, Bone, f32)>) -> Bone {
        self.nodes.push(Node { name, parent, place, led });
        Bone::Swings(self.nodes.len() as u16 - 1)
    }
}

/// A chain that surface can be bound to.
#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u16,
    joints: u16,
    /// Where it begins.
    top: Vec3,
    /// Metres.
    length: f32,
}

impl Chain {
    /// Its free end, which another one may hang on.
    fn end(&self) -> Bone {
        Bone::Swings(self.first + self.joints)
    }

    /// What a place follows that lies at a share of the chain's length, and how far; the rest is for what it hangs on.
    fn at(&self, share: f32) -> (Skin, f32) {
        let along = share * f32::from(self.joints);
        // A joint is at its strongest half-way to the next one.
        let above = (along - 0.5).clamp(0.0, f32::from(self.joints - 1));
        let joint = (above as u16).min(self.joints - 1);
        let next = (joint + 1).min(self.joints - 1);
        let part = above - f32::from(joint);
        let [joint, next] = [joint, next].map(|i| Bone::Swings(self.first + i));
        let skin = if part > 0.0 { Skin::mix(&[(joint, 1.0 - part), (next, part)]) } else { Skin::one(joint) };
        (skin, smoothstep(0.0, 0.5, along))
    }
}

/// Places at equal distances along a line, its ends among them.
fn evenly(line: &[Vec3], pieces: usize) -> Vec<Vec3> {
    let steps: Vec<f32> = line.windows(2).map(|pair| pair[0].distance(pair[1])).collect();
    let whole: f32 = steps.iter().sum();
    (0..=pieces)
        .map(|i| {
            let mut left = whole * i as f32 / pieces as f32;
            for (pair, &step) in line.windows(2).zip(&steps) {
                if left <= step {
                    return pair[0].lerp(pair[1], if step > 0.0 { left / step } else { 0.0 });
                }
                left -= step;
            }
            line[line.len() - 1]
        })
        .collect()
}

#[cfg(test)]
mod tests;

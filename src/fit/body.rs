//! A figure as far as fitting moves it: some twenty bones, their lengths, and where that puts a point of the surface.

use super::FitError;
use super::surface::Point;
use crate::figure::{ConstraintKind, Figure, HumanBone, skinning};
use crate::pose::{BodyPart, LimbLengths, limits};
use crate::raster::Subject;
use glam::{Quat, Vec3};
use std::sync::Arc;

/// The bones that pictures tell something about; parents first. Fingers, toes and eyes go with theirs.
pub(super) const BONES: [HumanBone; 20] = {
    use HumanBone::*;
    [
        Hips,
        Spine,
        Chest,
        UpperChest,
        Neck,
        Head,
        LeftUpperLeg,
        LeftLowerLeg,
        LeftFoot,
        RightUpperLeg,
        RightLowerLeg,
        RightFoot,
        LeftShoulder,
        LeftUpperArm,
        LeftLowerArm,
        LeftHand,
        RightShoulder,
        RightUpperArm,
        RightLowerArm,
        RightHand,
    ]
};

/// How many lengths there are.
pub(super) const PARTS: usize = BodyPart::ALL.len();

/// A bone that turns.
pub(super) struct Bone {
    pub(super) bone: HumanBone,
    pub(super) parent: Option<usize>,
    /// It and all that it hangs on, from itself upwards.
    pub(super) chain: Vec<usize>,
    /// Its place in T-pose, metres.
    pub(super) place: Vec3,
    /// From its parent's place there.
    pub(super) offset: Vec3,
    /// Which length it is stretched by, and which way; all round where there is none.
    pub(super) part: Option<(usize, Option<Vec3>)>,
    /// The axis of its twist.
    pub(super) along: Vec3,
}

/// How a point of the surface hangs on a bone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    /// Which of [`Body::bones`].
    pub(super) bone: usize,
    pub(super) weight: f32,
    /// From the bone's place in T-pose, times the weight.
    pub(super) offset: Vec3,
}

/// What is fitted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    /// Each bone's rotation relative to its parent's; the first in the camera's axes.
    pub(super) turns: Vec<Quat>,
    /// Where the hips are in the camera's axes, metres.
    pub(super) root: Vec3,
    /// Multiples of the figure's own lengths, as [`BodyPart::ALL`] has them.
    pub(super) lengths: [f32; PARTS],
}

/// Where a state puts the bones, in the camera's axes.
pub(super) struct Placed {
    pub(super) turns: Vec<Quat>,
    pub(super) places: Vec<Vec3>,
}

/// The bones of one figure.
pub(super) struct Body {
    pub(super) bones: Vec<Bone>,
    pub(super) figure: Arc<Figure>,
    /// Where each bind puts what is bound to it in T-pose, and which bones that goes with, and how far.
    binds: Vec<(glam::Mat4, [(usize, f32); 2])>,
    /// Where vertices lie before they are bound.
    positions: Vec<Vec3>,
    /// From the soles to the head's top in T-pose, metres.
    pub(super) height_m: f32,
}

impl Body {
    /// Of a subject with lengths of its own.
    pub(super) fn new(subject: &Subject) -> Result<Self, FitError> {
        let (figure, rig) = (Arc::clone(subject.figure()), subject.rig());
        if !figure.humanoid.is_humanoid() {
            return Err(FitError::NoHuman(figure.name.clone()));
        }
        let place = |bone| {
            let joint = figure.humanoid.joint(bone)?;
            Some(rig.t_world()[joint as usize].w_axis.truncate()).filter(|place| place.is_finite())
        };
        let mut bones: Vec<Bone> = Vec::new();
        for bone in BONES {
            let Some(at) = place(bone) else { continue };
            let parent = bone_above(&bones, bone.parent());
            let along_part = |beyond: &[HumanBone]| {
                let to = beyond.iter().find_map(|&bone| place(bone))?;
                (to - at).try_normalize()
            };
            let part = BodyPart::of(bone).and_then(|(part, beyond)| {
                let along = along_part(beyond);
                // A part that runs somewhere, but nothing says where, stays as it is.
                (beyond.is_empty() || along.is_some()).then_some((part as usize, along))
            });
            let mut chain = vec![bones.len()];
            chain.extend(parent.iter().flat_map(|&parent: &usize| bones[parent].chain.clone()));
            let offset = parent.map_or(Vec3::ZERO, |parent| at - bones[parent].place);
            let along = limits::limit(bone).map_or(Vec3::Y, |limit| limit.along);
            bones.push(Bone { bone, parent, chain, place: at, offset, part, along });
        }
        let owners = rig.owners(&figure);
        let local = rig.resolve(&figure, &crate::pose::Pose::default());
        let matrices = skinning::bind_matrices(&figure, rig.t_world());
        let owner = |joint: u32| bone_above(&bones, owners[joint as usize]).unwrap_or(0);
        let bind = |(bind, matrix): (&crate::figure::Bind, glam::Mat4)| {
            // What another joint leads, as a thigh leads a skirt, goes with that as far as it is led.
            let led = leader(&figure, bind.joint).map_or((0, 0.0), |(source, share)| (owner(source), share));
            (matrix, [(owner(bind.joint), 1.0 - led.1), led])
        };
        let binds = figure.binds.iter().zip(matrices).map(bind).collect();
        let positions = skinning::morphed_vertices(&figure, &local).into_iter().map(|(position, _)| position).collect();
        let head = bones.iter().find(|bone| bone.bone == HumanBone::Head).map_or(1.0, |bone| bone.place.y);
        let feet = bones.iter().map(|bone| bone.place.y).fold(f32::INFINITY, f32::min);
        // A head is about a seventh of a body, and ankles lie a twentieth of it above the floor.
        let height_m = ((head - feet) / 0.8).max(1e-2);
        Ok(Self { bones, figure, binds, positions, height_m })
    }

    /// Which of the bones it is.
    pub(super) fn index(&self, bone: HumanBone) -> Option<usize> {
        self.bones.iter().position(|known| known.bone == bone)
    }

    /// How a point of the surface hangs on the bones, the one that holds it most first.
    pub(super) fn holds(&self, point: &Point) -> Vec<Hold> {
        let mut holds: Vec<Hold> = Vec::with_capacity(4);
        for (&corner, share) in point.corners.iter().zip(point.shares) {
            let (vertex, position) = (&self.figure.vertices[corner as usize], self.positions[corner as usize]);
            for (&bind, &weight) in vertex.binds.iter().zip(&vertex.weights) {
                let Some((matrix, goes_with)) = self.binds.get(bind as usize) else { continue };
                let place = matrix.transform_point3(position);
                for &(bone, part) in goes_with {
                    let weight = weight * share * part;
                    let offset = place - self.bones[bone].place;
                    if weight <= 0.0 || !offset.is_finite() {
                        continue;
                    }
                    match holds.iter_mut().find(|hold| hold.bone == bone) {
                        Some(hold) => {
                            hold.weight += weight;
                            hold.offset += weight * offset;
                        }
                        None => holds.push(Hold { bone, weight, offset: weight * offset }),
                    }
                }
            }
        }
        let sum: f32 = holds.iter().map(|hold| hold.weight).sum();
        for hold in &mut holds {
            hold.weight /= sum;
            hold.offset /= sum;
        }
        holds.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        holds
    }

    /// A point goes with the body, not with what swings or is led and only tells roughly where the body is.
    pub(super) fn is_firm(&self, point: &Point) -> bool {
        let led = |corner: u32| -> f32 {
            let vertex = &self.figure.vertices[corner as usize];
            let binds = vertex.binds.iter().zip(&vertex.weights);
            binds
                .filter_map(|(&bind, weight)| {
                    Some(if self.binds.get(bind as usize)?.1[1].1 > 0.0 { *weight } else { 0.0 })
                })
                .sum()
        };
        point.corners.iter().zip(point.shares).map(|(&corner, share)| share * led(corner)).sum::<f32>() < 0.3
    }

    /// The outside of the surface at a point, in T-pose.
    pub(super) fn normal(&self, point: &Point) -> Vec3 {
        let at = |corner: u32| {
            let vertex = &self.figure.vertices[corner as usize];
            let heaviest = (0..4).fold(0, |best, i| if vertex.weights[i] > vertex.weights[best] { i } else { best });
            let matrix = self.binds.get(vertex.binds[heaviest] as usize).map(|(matrix, _)| *matrix);
            matrix.unwrap_or_default().transform_vector3(vertex.normal).normalize_or_zero()
        };
        let normals = point.corners.iter().zip(point.shares).map(|(&corner, share)| share * at(corner));
        let normal = normals.sum::<Vec3>().normalize_or_zero();
        if normal.is_finite() { normal } else { Vec3::ZERO }
    }

    /// A vector of a bone in T-pose, stretched with it.
    pub(super) fn stretched(&self, bone: usize, lengths: &[f32; PARTS], v: Vec3) -> Vec3 {
        match self.bones[bone].part {
            None => v,
            Some((part, None)) => lengths[part] * v,
            Some((part, Some(along))) => v + (lengths[part] - 1.0) * along * along.dot(v),
        }
    }

    /// Where a state puts the bones.
    pub(super) fn placed(&self, state: &State) -> Placed {
        let mut placed = Placed { turns: Vec::with_capacity(20), places: Vec::with_capacity(20) };
        for (bone, &turn) in self.bones.iter().zip(&state.turns) {
            let (turn, place) = match bone.parent {
                None => (turn, state.root),
                Some(parent) => {
                    let above = placed.turns[parent];
                    let offset = self.stretched(parent, &state.lengths, bone.offset);
                    (above * turn, placed.places[parent] + above * offset)
                }
            };
            placed.turns.push(turn);
            placed.places.push(place);
        }
        placed
    }

    /// The lengths as poses have them; what is nearly the figure's own is its own.
    pub(super) fn lengths(&self, state: &State) -> LimbLengths {
        let mut lengths = LimbLengths::default();
        for (&part, &length) in BodyPart::ALL.iter().zip(&state.lengths) {
            if (length - 1.0).abs() > 0.02 {
                lengths.set(part, length);
            }
        }
        lengths
    }
}

/// What leads a joint that is no bone, or the joints between it and its bone, and how far.
fn leader(figure: &Figure, joint: u32) -> Option<(u32, f32)> {
    let up = std::iter::successors(Some(joint), |&j| figure.joints[j as usize].parent);
    up.take_while(|&j| figure.humanoid.bone_at(j).is_none())
        .find_map(|j| figure.constraints.iter().find(|constraint| constraint.joint == j))
        .filter(|constraint| !matches!(constraint.kind, ConstraintKind::Roll(_)))
        .map(|constraint| (constraint.source, constraint.weight))
}

/// The bone among these, or the next above it that is.
fn bone_above(bones: &[Bone], bone: Option<HumanBone>) -> Option<usize> {
    let mut next = bone;
    while let Some(bone) = next {
        if let Some(at) = bones.iter().position(|known| known.bone == bone) {
            return Some(at);
        }
        next = bone.parent();
    }
    None
}

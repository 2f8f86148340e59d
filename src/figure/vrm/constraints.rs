//! The `VRMC_node_constraint` extension of nodes
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_node_constraint-1.0>).

use crate::figure::gltf::document::Document;
use crate::figure::gltf::lenient;
use crate::figure::gltf::scene::Scene;
use crate::figure::{Constraint, ConstraintKind, constraint};
use glam::Vec3;
use serde::Deserialize;

#[derive(Deserialize)]
struct Extension {
    constraint: Kinds,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Kinds {
    roll: Option<Source>,
    aim: Option<Source>,
    rotation: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    source: usize,
    #[serde(default)]
    roll_axis: String,
    #[serde(default)]
    aim_axis: String,
    #[serde(default = "one")]
    weight: f32,
}

fn one() -> f32 {
    1.0
}

/// The constraints of all nodes in the order in which they are to be applied. What can't be is noted among the scene's
/// faults.
pub(in crate::figure) fn read(document: &Document, scene: &mut Scene) -> Vec<Constraint> {
    const NAME: &str = "VRMC_node_constraint";
    let mut constraints = Vec::new();
    for (node, source) in document.root.nodes.iter().enumerate() {
        let Some(value) = source.extensions.as_ref().and_then(|e| e.others.get(NAME)) else { continue };
        let joint = scene.joint_of_node[node];
        let mut value = value.clone();
        lenient::tidy(&mut value);
        match Extension::deserialize(value).ok().and_then(|e| e.constraint.read(joint, scene)) {
            Some(constraint) => constraints.push(constraint),
            None => scene.faults.note_at("constraints that make no sense", &scene.joints[joint as usize].name),
        }
    }
    let (ordered, left_out) = constraint::in_order(&scene.joints, constraints);
    scene.faults.add("constraints that depend on themselves or are one too many", left_out, None);
    ordered
}

impl Kinds {
    fn read(&self, joint: u32, scene: &Scene) -> Option<Constraint> {
        let (kind, from) = match (&self.roll, &self.aim, &self.rotation) {
            (Some(roll), ..) => (ConstraintKind::Roll(axis(&roll.roll_axis)?), roll),
            (_, Some(aim), _) => {
                let sign = if aim.aim_axis.starts_with("Negative") { -1.0 } else { 1.0 };
                let name = aim.aim_axis.trim_start_matches("Negative").trim_start_matches("Positive");
                (ConstraintKind::Aim(sign * axis(name)?), aim)
            }
            (.., Some(rotation)) => (ConstraintKind::Rotation, rotation),
            _ => return None,
        };
        let source = *scene.joint_of_node.get(from.source)?;
        let weight = if from.weight.is_finite() { from.weight.clamp(0.0, 1.0) } else { return None };
        Some(Constraint { joint, source, kind, weight })
    }
}

fn axis(name: &str) -> Option<Vec3> {
    match name {
        "X" => Some(Vec3::X),
        "Y" => Some(Vec3::Y),
        "Z" => Some(Vec3::Z),
        _ => None,
    }
}

//! What swings as a VRM 1.0 file has it: `VRMC_springBone` and `VRMC_node_constraint`
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification>).

use super::skin::Bone;
use super::swinging::{Lead, Node, Shape, Spring, Swinging};
use super::vrm_writer::steady;
use crate::figure::HumanBone;
use glam::Vec3;
use serde_json::{Value, json};

/// Where all joints are: the file's first node is the root, then come the bones, then what swings.
pub(super) struct Places<'a> {
    pub(super) bones: &'a [(HumanBone, Vec3)],
    pub(super) nodes: &'a [Node],
}

impl Places<'_> {
    /// The file's node.
    pub(super) fn node(&self, bone: Bone) -> usize {
        match bone {
            Bone::Human(bone) => self.bones.iter().position(|b| b.0 == bone).map_or(0, |i| i + 1),
            Bone::Swings(node) => self.bones.len() + 1 + usize::from(node),
        }
    }

    fn place(&self, bone: Bone) -> Vec3 {
        match bone {
            Bone::Human(bone) => self.bones.iter().find(|b| b.0 == bone).map_or(Vec3::ZERO, |b| b.1),
            Bone::Swings(node) => self.nodes[usize::from(node)].place,
        }
    }

    /// A joint of what swings, with what leads it.
    pub(super) fn document(&self, node: &Node) -> Value {
        let from = steady(self.place(node.parent));
        let mut made = json!({"name": node.name, "translation": (steady(node.place) - from).to_array()});
        if let Some((lead, source, weight)) = node.led {
            let (source, weight) = (self.node(source), hundredths(weight));
            let constraint = match lead {
                Lead::Turns => json!({"rotation": {"source": source, "weight": weight}}),
                Lead::Points => json!({"aim": {"source": source, "aimAxis": "NegativeY", "weight": weight}}),
            };
            made["extensions"] = json!({"VRMC_node_constraint": {"specVersion": "1.0", "constraint": constraint}});
        }
        made
    }

    /// The file's extension.
    pub(super) fn springs(&self, swinging: &Swinging) -> Value {
        json!({
            "specVersion": "1.0",
            "colliders": swinging.shapes.iter().map(|shape| self.collider(shape)).collect::<Vec<_>>(),
            // Springs differ in what they meet: each shape is a group.
            "colliderGroups": (0..swinging.shapes.len()).map(|i| json!({"colliders": [i]})).collect::<Vec<_>>(),
            "springs": swinging.springs.iter().map(|spring| self.spring(spring)).collect::<Vec<_>>(),
        })
    }

    fn collider(&self, shape: &Shape) -> Value {
        let bone = Bone::Human(shape.bone);
        let [offset, tail] = shape.ends.map(|end| steady(end - self.place(bone)).to_array());
        let radius = thousandths(shape.radius);
        json!({"node": self.node(bone), "shape": {"capsule": {"offset": offset, "radius": radius, "tail": tail}}})
    }

    fn spring(&self, spring: &Spring) -> Value {
        let joints = spring.nodes.clone().map(|node| {
            json!({
                "node": self.node(Bone::Swings(node as u16)),
                "hitRadius": thousandths(spring.feel.radius),
                "stiffness": spring.feel.stiffness,
                "gravityPower": spring.feel.gravity,
                "gravityDir": [0, -1, 0],
                "dragForce": spring.feel.drag,
            })
        });
        json!({"name": spring.name, "joints": joints.collect::<Vec<_>>(), "colliderGroups": spring.shapes})
    }
}

fn hundredths(value: f32) -> f64 {
    (f64::from(value) * 100.0).round() / 100.0
}

/// In tenths of them, downwards: what is near is not to be touched.
fn thousandths(value: f32) -> f64 {
    (f64::from(value) * 1e4).floor() / 1e4
}

//! VRM animations: glTF files whose extension says which node is which human bone, expression and gaze.
//!
//! Specification: <https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm_animation-1.0>.

use super::{MotionError, Take};
use crate::figure::{Figure, HumanBone, LocalPose};
use crate::pose::{Pose, Posed, Rig};
use glam::{EulerRot, Quat, Vec3};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const FLOAT: u32 = 5126;
/// How far eyes turn, degrees.
const EYES_DEG: f32 = 30.0;

/// What a VRM animation moves besides bones.
pub(super) struct Extras {
    /// Expressions by name, each with the joint whose way along x is its weight.
    expressions: Vec<(String, usize)>,
    /// The joint whose turn is the gaze's.
    look: Option<usize>,
}

impl Extras {
    /// Of the extension; joints have one more above them all.
    pub(super) fn new(extension: &Value, joint_of_node: &[u32]) -> Self {
        let joint = |value: &Value| {
            let node = usize::try_from(value.get("node")?.as_u64()?).ok()?;
            Some(*joint_of_node.get(node)? as usize + 1)
        };
        let kinds = ["preset", "custom"].into_iter().filter_map(|kind| extension["expressions"][kind].as_object());
        let expressions = kinds.flatten().filter_map(|(name, value)| Some((name.clone(), joint(value)?))).collect();
        Self { expressions, look: joint(&extension["lookAt"]) }
    }

    /// Puts them on a pose.
    pub(super) fn on(&self, pose: &mut Pose, local: &LocalPose, moved: &[bool]) {
        for (name, joint) in self.expressions.iter().filter(|(_, joint)| moved[*joint]) {
            let weight = local.translations[*joint].x.clamp(0.0, 1.0);
            if weight > 0.0 {
                pose.expressions.insert(name.clone(), weight);
            }
        }
        if let Some(joint) = self.look.filter(|&joint| moved[joint]) {
            let (yaw, pitch, _) = local.rotations[joint].to_euler(EulerRot::YXZ);
            let [yaw, pitch] = [yaw, pitch].map(|angle| angle.clamp(-EYES_DEG.to_radians(), EYES_DEG.to_radians()));
            let turn = Quat::from_rotation_y(yaw) * Quat::from_rotation_x(pitch);
            for eye in [HumanBone::LeftEye, HumanBone::RightEye] {
                if turn.xyz().length() > 1e-7 {
                    pose.bones.insert(eye, turn);
                }
            }
        }
    }
}

/// The bytes of a VRM animation: what the take does on `figure`, whose build the file has. All nodes rest without turns,
/// so that every reader agrees on what its numbers mean.
///
/// # Errors
/// A figure without hips.
pub fn write(take: &Take, figure: &Figure, rig: &Rig) -> Result<Vec<u8>, MotionError> {
    let place =
        |bone: HumanBone| figure.humanoid.joint(bone).map(|joint| rig.t_world()[joint as usize].w_axis.truncate());
    let Some(hips_rest) = place(HumanBone::Hips) else {
        return Err(MotionError::Wrong(format!("{} has no hips, which a VRM animation begins with", figure.name)));
    };
    let eyes = [HumanBone::LeftEye, HumanBone::RightEye];
    let bones = HumanBone::ALL.into_iter().filter(|bone| place(*bone).is_some() && !eyes.contains(bone));
    let bones: Vec<HumanBone> = bones.collect();
    let mut glb = Glb::default();
    let mut human = serde_json::Map::new();
    let above = |bone: HumanBone| {
        std::iter::successors(bone.parent(), |bone| bone.parent()).find(|above| bones.contains(above))
    };
    let mut node_of = BTreeMap::new();
    for &bone in &bones {
        let above = above(bone);
        let out = place(bone).unwrap_or_default() - above.and_then(place).unwrap_or(Vec3::ZERO);
        let node = glb.node(bone.name(), out, above.map(|above| node_of[&above]));
        node_of.insert(bone, node);
        human.insert(bone.name().into(), json!({"node": node}));
    }
    let poses = standing(take, figure, rig);
    let times: Vec<f32> = (0..poses.len()).map(|frame| (frame as f64 / take.fps) as f32).collect();
    let times = glb.floats("SCALAR", 1, &times, true);
    let travels = poses.iter().any(|pose| pose.hips.length() > 1e-6);
    if travels {
        let way = poses.iter().flat_map(|pose| (hips_rest + pose.hips * hips_rest.y).to_array());
        let way: Vec<f32> = way.collect();
        let way = glb.floats("VEC3", 3, &way, false);
        glb.channel(times, way, node_of[&HumanBone::Hips], "translation");
    }
    let turns: Vec<[Quat; 55]> = poses.iter().map(|pose| pose.world_turns(&figure.humanoid)).collect();
    for &bone in &bones {
        let turn = |turns: &[Quat; 55]| {
            let above = above(bone).map_or(Quat::IDENTITY, |above| turns[above as usize]);
            (above.inverse() * turns[bone as usize]).normalize()
        };
        // Each on the side of the one before: readers that take the long way round otherwise are not rare.
        let turns = turns.iter().map(turn).scan(Quat::IDENTITY, |before, turn| {
            *before = if before.dot(turn) < 0.0 { -turn } else { turn };
            Some(*before)
        });
        let turns: Vec<Quat> = turns.collect();
        // A motion without any channel would be none.
        if bone == HumanBone::Hips || turns.iter().any(|turn| turn.xyz().length() > 1e-7) {
            let turns: Vec<f32> = turns.iter().flat_map(|turn| turn.to_array()).collect();
            let turns = glb.floats("VEC4", 4, &turns, false);
            glb.channel(times, turns, node_of[&bone], "rotation");
        }
    }
    let expressions = faces(&mut glb, &poses, times);
    let look = gaze(&mut glb, &poses, times);
    let mut extension = json!({"specVersion": "1.0", "humanoid": {"humanBones": human}});
    if let Some(expressions) = expressions {
        extension["expressions"] = expressions;
    }
    if let Some(look) = look {
        extension["lookAt"] = look;
    }
    Ok(glb.bytes(&take.name, &extension))
}

/// The take's poses with heights of their own.
fn standing(take: &Take, figure: &Figure, rig: &Rig) -> Vec<Pose> {
    let stand = |pose: &Pose| {
        if pose.ground <= 0.0 {
            return pose.clone();
        }
        let mut posed = Posed::new(figure, rig, pose.clone());
        posed.lift_off();
        posed.pose
    };
    take.poses.iter().map(stand).collect()
}

/// Nodes and channels for the expressions that show; VRM's presets apart from all others.
fn faces(glb: &mut Glb, poses: &[Pose], times: usize) -> Option<Value> {
    const PRESETS: [&str; 14] = [
        "happy",
        "angry",
        "sad",
        "relaxed",
        "surprised",
        "aa",
        "ih",
        "ou",
        "ee",
        "oh",
        "blink",
        "blinkLeft",
        "blinkRight",
        "neutral",
    ];
    let names = poses.iter().flat_map(|pose| &pose.expressions).filter(|(_, weight)| **weight > 0.0);
    let names: BTreeSet<&String> = names.map(|(name, _)| name).collect();
    let mut expressions = json!({});
    for name in &names {
        let node = glb.node(name, Vec3::ZERO, None);
        let weights = poses.iter().flat_map(|pose| [pose.expressions.get(*name).copied().unwrap_or(0.0), 0.0, 0.0]);
        let weights: Vec<f32> = weights.collect();
        let weights = glb.floats("VEC3", 3, &weights, false);
        glb.channel(times, weights, node, "translation");
        let kind = if PRESETS.contains(&name.as_str()) { "preset" } else { "custom" };
        expressions[kind][name.as_str()] = json!({"node": node});
    }
    (!names.is_empty()).then_some(expressions)
}

/// A node and a channel for the eyes, if they move.
fn gaze(glb: &mut Glb, poses: &[Pose], times: usize) -> Option<Value> {
    let turn = |pose: &Pose| pose.rotation(HumanBone::LeftEye).slerp(pose.rotation(HumanBone::RightEye), 0.5);
    let turns: Vec<Quat> = poses.iter().map(turn).collect();
    if turns.iter().all(|turn| turn.xyz().length() < 1e-6) {
        return None;
    }
    let node = glb.node("lookAt", Vec3::ZERO, None);
    let turns: Vec<f32> = turns.iter().flat_map(|turn| turn.to_array()).collect();
    let turns = glb.floats("VEC4", 4, &turns, false);
    glb.channel(times, turns, node, "rotation");
    Some(json!({"node": node, "offsetFromHeadBone": [0.0, 0.06, 0.0]}))
}

/// A GLB in the making.
#[derive(Default)]
struct Glb {
    binary: Vec<u8>,
    views: Vec<Value>,
    accessors: Vec<Value>,
    nodes: Vec<Value>,
    roots: Vec<usize>,
    samplers: Vec<Value>,
    channels: Vec<Value>,
}

impl Glb {
    fn node(&mut self, name: &str, out: Vec3, parent: Option<usize>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(json!({"name": name, "translation": out.to_array()}));
        match parent.and_then(|parent| self.nodes[parent].as_object_mut()) {
            Some(parent) => {
                let children = parent.entry("children").or_insert_with(|| json!([]));
                children.as_array_mut().into_iter().for_each(|children| children.push(json!(node)));
            }
            None => self.roots.push(node),
        }
        node
    }

    fn floats(&mut self, kind: &str, width: usize, values: &[f32], bounds: bool) -> usize {
        let at = self.binary.len();
        values.iter().for_each(|value| self.binary.extend(value.to_le_bytes()));
        self.views.push(json!({"buffer": 0, "byteOffset": at, "byteLength": 4 * values.len()}));
        let (view, count) = (self.views.len() - 1, values.len() / width);
        let mut accessor = json!({"bufferView": view, "componentType": FLOAT, "count": count, "type": kind});
        if bounds {
            accessor["min"] = json!([values.first()]);
            accessor["max"] = json!([values.last()]);
        }
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }

    fn channel(&mut self, times: usize, values: usize, node: usize, path: &str) {
        let sampler = self.samplers.len();
        self.samplers.push(json!({"input": times, "output": values, "interpolation": "LINEAR"}));
        self.channels.push(json!({"sampler": sampler, "target": {"node": node, "path": path}}));
    }

    fn bytes(self, name: &str, extension: &Value) -> Vec<u8> {
        let root = json!({
            "asset": {"version": "2.0", "generator": "Settei"},
            "extensionsUsed": ["VRMC_vrm_animation"],
            "extensions": {"VRMC_vrm_animation": extension},
            "scene": 0,
            "scenes": [{"nodes": self.roots}],
            "nodes": self.nodes,
            "animations": [{"name": name, "samplers": self.samplers, "channels": self.channels}],
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": self.binary.len()}],
        });
        let mut text = root.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(4), b' ');
        let mut bytes = b"glTF\x02\0\0\0".to_vec();
        bytes.extend((28 + text.len() as u32 + self.binary.len() as u32).to_le_bytes());
        for (kind, chunk) in [(b"JSON", &text), (b"BIN\0", &self.binary)] {
            bytes.extend((chunk.len() as u32).to_le_bytes());
            bytes.extend(kind);
            bytes.extend(chunk);
        }
        bytes
    }
}

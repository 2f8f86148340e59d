//! What of a glTF file moves: its nodes as joints, and its animations' keys, checked and in order.
//!
//! Specification: <https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#animations>.

use super::accessors::Accessors;
use super::document::Document;
use super::meshes::target_names;
use super::scene::Scene;
use crate::figure::faults::Faults;
use crate::figure::resources::Folder;
use crate::figure::{FigureError, HumanBone, Humanoid, Joint};
use gltf::json;
use gltf::json::animation::{Interpolation as Way, Property as Path_};
use gltf::json::validation::Checked;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// Animations a file may have.
const MOST_ANIMATIONS: usize = 10_000;

/// Numbers that all samplers together may look at, those of shared accessors each time.
const MOST_WORK: usize = 1 << 28;
/// Copies cost so much more than looks.
const COPY: usize = 16;

/// A file's nodes and their motions.
#[derive(Debug, Default)]
pub struct Animated {
    /// All nodes, parents first.
    pub joints: Vec<Joint>,
    /// Index into `joints` of each node.
    pub joint_of_node: Vec<u32>,
    /// Which joint is which human bone, if the file is one of VRM's and says so.
    pub humanoid: Option<Humanoid>,
    /// In the file's order.
    pub animations: Vec<Animation>,
    /// Names of the morph targets of joints that carry a mesh.
    pub morphs: HashMap<u32, Vec<String>>,
    /// The file's `VRMC_vrm_animation`.
    pub vrm_animation: Option<Value>,
    /// What a user should know.
    pub warnings: Vec<String>,
}

/// One motion.
#[derive(Clone, Debug, Default)]
pub struct Animation {
    /// Its name; empty: it has none.
    pub name: String,
    /// What moves; each joint's each property once.
    pub channels: Vec<Channel>,
}

/// The keys of one property of one joint.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Index into [`Animated::joints`].
    pub joint: u32,
    /// What moves.
    pub property: Property,
    /// Seconds, rising; at least one.
    pub times: Arc<[f32]>,
    /// `width` numbers a key; with tangents three times as many: the one before it, the value, the one after it.
    pub values: Arc<[f32]>,
    /// Numbers of a value.
    pub width: usize,
    /// What lies between keys.
    pub interpolation: Interpolation,
}

/// A property of a node that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Property {
    /// Three numbers.
    Translation,
    /// A quaternion, xyzw.
    Rotation,
    /// As many as the mesh has morph targets.
    Weights,
}

/// How keys are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// Evenly; rotations the short way round.
    Linear,
    /// Each value holds until the next key.
    Step,
    /// Cubic Hermite splines.
    Cubic,
}

/// Reads a glTF, GLB, VRM or VRMA file for its motions; buffers lie beside `path`.
///
/// # Errors
/// Everything in [`FigureError`], naming `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Animated, FigureError> {
    let document = Document::parse_moving(path, bytes, Folder::of(path))?;
    let mut scene = Scene::read(&document);
    let mut faults = std::mem::take(&mut scene.faults);
    let mut animated = Animated { morphs: morphs(&document, &scene), ..Animated::default() };
    if document.root.animations.len() > MOST_ANIMATIONS {
        return Err(document.unsupported(format!("it has more than {MOST_ANIMATIONS} motions")));
    }
    let mut keys = Keys { accessors: Accessors::new(&document), known: HashMap::new(), work: MOST_WORK };
    for animation in &document.root.animations {
        let mut channels: Vec<Channel> = Vec::new();
        let mut known = HashSet::new();
        for channel in &animation.channels {
            let Some(&joint) = scene.joint_of_node.get(channel.target.node.value()) else {
                faults.note("motions of nodes that aren't there");
                continue;
            };
            let property = match channel.target.path {
                Checked::Valid(Path_::Translation) => Property::Translation,
                Checked::Valid(Path_::Rotation) => Property::Rotation,
                Checked::Valid(Path_::MorphTargetWeights) => Property::Weights,
                // Scales say nothing about a pose.
                Checked::Valid(Path_::Scale) | Checked::Invalid => continue,
            };
            let targets = animated.morphs.get(&joint).map_or(0, Vec::len);
            let sampler = animation.samplers.get(channel.sampler.value());
            match sampler.and_then(|sampler| keys.read(sampler, property, targets, &mut faults)) {
                Some((times, values, width, interpolation)) => {
                    if known.insert((joint, property)) {
                        channels.push(Channel { joint, property, times, values, width, interpolation });
                    }
                }
                None => faults.note_at("motions of nodes that can't be read", &scene.joints[joint as usize].name),
            }
        }
        animated.animations.push(Animation { name: animation.name.clone().unwrap_or_default(), channels });
    }
    drop(keys);
    let extension = |name: &str| document.root.extensions.as_ref().and_then(|extensions| extensions.others.get(name));
    animated.vrm_animation = extension("VRMC_vrm_animation").cloned();
    let human = ["VRMC_vrm_animation", "VRMC_vrm", "VRM"].into_iter().find_map(|name| {
        let humanoid = humanoid(extension(name)?.get("humanoid")?.get("humanBones")?, &scene);
        let some = humanoid.iter().next().is_some();
        some.then_some(humanoid)
    });
    animated.humanoid = human;
    for skin in &document.root.skins {
        for joint in &skin.joints {
            if let Some(&joint) = scene.joint_of_node.get(joint.value()) {
                scene.joints[joint as usize].movable = true;
            }
        }
    }
    (animated.joints, animated.joint_of_node) = (scene.joints, scene.joint_of_node);
    animated.warnings.extend(faults.warning());
    Ok(animated)
}

fn morphs(document: &Document, scene: &Scene) -> HashMap<u32, Vec<String>> {
    let mut morphs = HashMap::new();
    for (node, &joint) in document.root.nodes.iter().zip(&scene.joint_of_node) {
        let mesh = node.mesh.and_then(|mesh| document.root.meshes.get(mesh.value()));
        let Some(mesh) = mesh else { continue };
        let count = mesh.primitives.iter().map(|p| p.targets.as_ref().map_or(0, Vec::len)).max().unwrap_or(0);
        if count > 0 {
            let names = target_names(mesh);
            let name = |i: usize| names.get(i).cloned().unwrap_or_else(|| format!("morph {i}"));
            morphs.insert(joint, (0..count).map(name).collect());
        }
    }
    morphs
}

/// VRM 1.0 and VRM animations list bones by name; VRM 0.x has a list of pairs, in which thumbs count from another joint.
fn humanoid(bones: &Value, scene: &Scene) -> Humanoid {
    let mut humanoid = Humanoid::default();
    let mut set = |bone: Option<HumanBone>, node: &Value| {
        let joint = node.as_u64().and_then(|node| scene.joint_of_node.get(usize::try_from(node).ok()?));
        if let (Some(bone), Some(&joint)) = (bone, joint) {
            humanoid.set(bone, joint);
        }
    };
    match bones {
        Value::Object(bones) => bones.iter().for_each(|(name, bone)| set(HumanBone::from_name(name), &bone["node"])),
        Value::Array(bones) => {
            for bone in bones {
                let name = bone["bone"].as_str().unwrap_or_default();
                let name =
                    name.replace("ThumbProximal", "ThumbMetacarpal").replace("ThumbIntermediate", "ThumbProximal");
                set(HumanBone::from_name(&name), &bone["node"]);
            }
        }
        _ => {}
    }
    humanoid
}

type Read = (Arc<[f32]>, Arc<[f32]>, usize, Interpolation);

/// Reads samplers; those of one accessor share it.
struct Keys<'a> {
    accessors: Accessors<'a>,
    known: HashMap<usize, Arc<[f32]>>,
    /// What of [`MOST_WORK`] is left.
    work: usize,
}

impl Keys<'_> {
    fn array(&mut self, index: json::Index<json::Accessor>, role: &str, widths: &[usize]) -> Option<Arc<[f32]>> {
        let array = self.accessors.floats(index, role, widths).ok()?;
        let shared = self.known.entry(index.value()).or_insert_with(|| array.values.as_slice().into());
        Some(Arc::clone(shared))
    }

    /// `None`: it is no use.
    fn read(
        &mut self,
        sampler: &json::animation::Sampler,
        property: Property,
        targets: usize,
        faults: &mut Faults,
    ) -> Option<Read> {
        let Checked::Valid(way) = sampler.interpolation else { return None };
        let interpolation = match way {
            Way::Linear => Interpolation::Linear,
            Way::Step => Interpolation::Step,
            Way::CubicSpline => Interpolation::Cubic,
        };
        let width = match property {
            Property::Translation => 3,
            Property::Rotation => 4,
            Property::Weights => targets,
        };
        let mut times = self.array(sampler.input, "times", &[1])?;
        let component = if property == Property::Weights { 1 } else { width };
        let mut values = self.array(sampler.output, "values", &[component])?;
        let per_key = width * if interpolation == Interpolation::Cubic { 3 } else { 1 };
        if per_key == 0 {
            return None;
        }
        self.work = self.work.checked_sub(times.len() + values.len())?;
        let count = times.len().min(values.len() / per_key);
        let sound = count > 0 && values.iter().chain(times.iter()).all(|v| v.abs() <= 1e9);
        if !sound {
            return None;
        }
        if count != times.len() || values.len() != count * per_key {
            faults.note("keys without a time or a value");
            self.work = self.work.checked_sub(COPY * count * (1 + per_key))?;
            times = times[..count].into();
            values = values[..count * per_key].into();
        }
        if times.windows(2).any(|pair| pair[0] >= pair[1]) {
            faults.note("keys that are out of order");
            self.work = self.work.checked_sub(COPY * count * (1 + per_key))?;
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
            order.dedup_by(|a, b| times[*a] == times[*b]);
            values = order.iter().flat_map(|&i| &values[i * per_key..(i + 1) * per_key]).copied().collect();
            times = order.iter().map(|&i| times[i]).collect();
        }
        Some((times, values, width, interpolation))
    }
}

impl Channel {
    /// The last key's time, seconds.
    pub fn end_s(&self) -> f32 {
        self.times.last().copied().unwrap_or(0.0)
    }

    /// Puts what holds at a time into `value`, which has `width` numbers. Rotations may need to be normalized.
    pub fn at(&self, seconds: f64, value: &mut [f32]) {
        // Who asks for the time of a key, which is rounded in the file, means that key.
        let rounding = 1e-6 + 1e-7 * seconds.abs();
        let next = self.times.partition_point(|&time| f64::from(time) <= seconds + rounding);
        let (before, after) = (next.saturating_sub(1), next.min(self.times.len() - 1));
        let (from, to) = (f64::from(self.times[before]), f64::from(self.times[after]));
        let share = if to > from { ((seconds - from) / (to - from)).clamp(0.0, 1.0) as f32 } else { 0.0 };
        let (width, length) = (self.width, (to - from) as f32);
        let value_of = |key: usize, part: usize| {
            let parts = if self.interpolation == Interpolation::Cubic { 3 } else { 1 };
            let part = if parts == 3 { part } else { 0 };
            &self.values[(key * parts + part) * width..][..width]
        };
        let (a, b) = (value_of(before, 1), value_of(after, 1));
        match self.interpolation {
            Interpolation::Step => value.copy_from_slice(a),
            Interpolation::Linear if self.property == Property::Rotation => {
                let quaternion = |v: &[f32]| glam::Quat::from_xyzw(v[0], v[1], v[2], v[3]);
                let (a, b) = (sound(quaternion(a)), sound(quaternion(b)));
                value.copy_from_slice(&a.slerp(b, share).to_array());
            }
            Interpolation::Linear => (0..width).for_each(|i| value[i] = a[i] + (b[i] - a[i]) * share),
            Interpolation::Cubic => {
                let (out, into) = (value_of(before, 2), value_of(after, 0));
                let (s, s2, s3) = (share, share * share, share * share * share);
                for i in 0..width {
                    value[i] = (2.0 * s3 - 3.0 * s2 + 1.0) * a[i]
                        + (s3 - 2.0 * s2 + s) * length * out[i]
                        + (3.0 * s2 - 2.0 * s3) * b[i]
                        + (s3 - s2) * length * into[i];
                }
            }
        }
    }
}

fn sound(q: glam::Quat) -> glam::Quat {
    let length = q.length();
    if length.is_finite() && length > 1e-6 { q / length } else { glam::Quat::IDENTITY }
}

//! The node hierarchy: which nodes there are, parents first, and which of them the scene shows.

use super::document::Document;
use crate::figure::faults::Faults;
use crate::figure::{FigureError, Joint};
use glam::{Mat4, Quat, Vec3};
use gltf::json::{Index, Node};

/// A document's nodes as joints.
pub(in crate::figure) struct Scene {
    /// All nodes, parents first.
    pub(in crate::figure) joints: Vec<Joint>,
    /// Index into `joints` of each node.
    pub(in crate::figure) joint_of_node: Vec<u32>,
    /// The nodes that the default scene shows, in its order.
    pub(in crate::figure) shown: Vec<usize>,
    /// What was wrong with the nodes.
    pub(in crate::figure) faults: Faults,
}

impl Scene {
    /// Every node becomes a joint, since skins may use nodes that no scene shows.
    pub(in crate::figure) fn read(document: &Document) -> Result<Self, FigureError> {
        let nodes = &document.root.nodes;
        let parents = parents(document)?;
        let roots: Vec<usize> = (0..nodes.len()).filter(|&n| parents[n].is_none()).collect();
        let order = descendants(nodes, &roots);
        if order.len() < nodes.len() {
            let mut reached = vec![false; nodes.len()];
            order.iter().for_each(|&n| reached[n] = true);
            let node = reached.iter().position(|r| !r).unwrap_or_default();
            return Err(document.damaged(format!("node {node} is its own ancestor")));
        }
        let mut joint_of_node = vec![0; nodes.len()];
        let mut joints = Vec::with_capacity(nodes.len());
        let mut faults = Faults::default();
        for &node in &order {
            joint_of_node[node] = joints.len() as u32;
            joints.push(joint(&nodes[node], node, parents[node].map(|p| joint_of_node[p]), &mut faults));
        }
        let shown = shown(document, order)?;
        Ok(Self { joints, joint_of_node, shown, faults })
    }
}

/// The parent of each node, the indices of all children checked.
fn parents(document: &Document) -> Result<Vec<Option<usize>>, FigureError> {
    let nodes = &document.root.nodes;
    let mut parents = vec![None; nodes.len()];
    for (n, node) in nodes.iter().enumerate() {
        for child in node.children.iter().flatten() {
            document.get(nodes, child.value(), "node")?;
            if let Some(other) = parents[child.value()].replace(n) {
                return Err(document.damaged(format!("node {child} has two parents, {other} and {n}")));
            }
        }
    }
    Ok(parents)
}

/// `roots` and all below them, parents first, in the file's order. Each node at most once.
fn descendants(nodes: &[Node], roots: &[usize]) -> Vec<usize> {
    let mut seen = vec![false; nodes.len()];
    let mut order = Vec::with_capacity(nodes.len());
    let mut waiting: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(node) = waiting.pop() {
        if !std::mem::replace(&mut seen[node], true) {
            order.push(node);
            waiting.extend(nodes[node].children.iter().flatten().rev().map(Index::value));
        }
    }
    order
}

/// The nodes of the default scene, else of the first; where that has no mesh at all, those of the first scene that has
/// one, or else `all` of them. What [`KHR_node_visibility`] hides is not among them.
///
/// [`KHR_node_visibility`]: <https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Khronos/KHR_node_visibility>
fn shown(document: &Document, all: Vec<usize>) -> Result<Vec<usize>, FigureError> {
    let (nodes, scenes) = (&document.root.nodes, &document.root.scenes);
    let first = document.root.scene.map(|scene| document.get(scenes, scene.value(), "scene")).transpose()?;
    for node in first.or(scenes.first()).into_iter().flat_map(|scene| &scene.nodes) {
        document.get(nodes, node.value(), "node")?;
    }
    let in_scenes = first.into_iter().chain(scenes).map(|scene| {
        let roots: Vec<usize> = scene.nodes.iter().map(Index::value).filter(|&node| node < nodes.len()).collect();
        descendants(nodes, &roots)
    });
    let visible = |reached: Vec<usize>| {
        let mut hidden = vec![false; nodes.len()];
        for &node in &reached {
            let extension = nodes[node].extensions.as_ref().and_then(|e| e.others.get("KHR_node_visibility"));
            hidden[node] |= extension.is_some_and(|e| e["visible"] == false);
            for child in nodes[node].children.iter().flatten() {
                hidden[child.value()] |= hidden[node];
            }
        }
        reached.into_iter().filter(|&node| !hidden[node]).collect::<Vec<_>>()
    };
    let has_mesh = |reached: &Vec<usize>| reached.iter().any(|&node| nodes[node].mesh.is_some());
    Ok(in_scenes.map(visible).find(has_mesh).unwrap_or_else(|| visible(all)))
}

fn joint(node: &Node, index: usize, parent: Option<u32>, faults: &mut Faults) -> Joint {
    let name = node.name.clone().unwrap_or_else(|| format!("node {index}"));
    let (scale, rotation, translation) = match &node.matrix {
        Some(matrix) => Mat4::from_cols_array(matrix).to_scale_rotation_translation(),
        None => (
            node.scale.map_or(Vec3::ONE, Vec3::from),
            node.rotation.map_or(Quat::IDENTITY, |r| Quat::from_array(r.0)),
            node.translation.map_or(Vec3::ZERO, Vec3::from),
        ),
    };
    let length = rotation.length();
    // A matrix without volume, which hides what it carries, has no rotation, and is none the worse for it.
    let turns = length.is_finite() && length > 1e-6;
    if !(translation.is_finite() && scale.is_finite() && (turns || node.matrix.is_some_and(is_finite))) {
        faults.note_at("transforms that are none", &name);
    }
    let number = |value: Vec3, none: Vec3| if value.is_finite() { value } else { none };
    Joint {
        name,
        parent,
        translation: number(translation, Vec3::ZERO),
        rotation: if turns { rotation.normalize() } else { Quat::IDENTITY },
        scale: Vec3::from_array(number(scale, Vec3::ONE).to_array().map(visible)),
        order: 0,
        movable: false,
        may_rotate: true,
        may_translate: true,
    }
}

fn is_finite(matrix: [f32; 16]) -> bool {
    matrix.iter().all(|v| v.is_finite())
}

/// Files hide nodes by a scale of zero; then nothing could be said about directions below them.
fn visible(scale: f32) -> f32 {
    const LEAST: f32 = 1e-6;
    if scale.abs() < LEAST { LEAST.copysign(scale) } else { scale }
}

//! The node hierarchy: which nodes there are, parents first, and which of them the scene shows.

use super::document::Document;
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
        for &node in &order {
            joint_of_node[node] = joints.len() as u32;
            joints.push(joint(document, node, parents[node].map(|p| joint_of_node[p]))?);
        }
        let shown = match default_scene(document)? {
            Some(scene_roots) => descendants(nodes, &scene_roots),
            None => order,
        };
        Ok(Self { joints, joint_of_node, shown })
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

/// The roots of the default scene, else of the first; `None` where the file has no scene at all.
fn default_scene(document: &Document) -> Result<Option<Vec<usize>>, FigureError> {
    let root = &document.root;
    let index = match root.scene {
        None if root.scenes.is_empty() => return Ok(None),
        scene => scene.map_or(0, |s| s.value()),
    };
    let scene = document.get(&root.scenes, index, "scene")?;
    for node in &scene.nodes {
        document.get(&root.nodes, node.value(), "node")?;
    }
    Ok(Some(scene.nodes.iter().map(Index::value).collect()))
}

fn joint(document: &Document, index: usize, parent: Option<u32>) -> Result<Joint, FigureError> {
    let node = &document.root.nodes[index];
    let (scale, rotation, translation) = match &node.matrix {
        Some(matrix) => Mat4::from_cols_array(matrix).to_scale_rotation_translation(),
        None => (
            node.scale.map_or(Vec3::ONE, Vec3::from),
            node.rotation.map_or(Quat::IDENTITY, |r| Quat::from_array(r.0)),
            node.translation.map_or(Vec3::ZERO, Vec3::from),
        ),
    };
    if !(translation.is_finite() && scale.is_finite() && node.matrix.is_none_or(|m| m.iter().all(|v| v.is_finite()))) {
        return Err(document.damaged(format!("node {index} has a transform that is no number")));
    }
    let length = rotation.length();
    Ok(Joint {
        name: node.name.clone().unwrap_or_else(|| format!("node {index}")),
        parent,
        translation,
        rotation: if length.is_finite() && length > 1e-6 { rotation.normalize() } else { Quat::IDENTITY },
        scale: Vec3::from_array(scale.to_array().map(visible)),
        order: 0,
        movable: false,
        may_rotate: true,
        may_translate: true,
    })
}

/// Files hide nodes by a scale of zero; then nothing could be said about directions below them.
fn visible(scale: f32) -> f32 {
    const LEAST: f32 = 1e-6;
    if scale.abs() < LEAST { LEAST.copysign(scale) } else { scale }
}

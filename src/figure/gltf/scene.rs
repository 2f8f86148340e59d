//! The node hierarchy: which nodes there are, parents first, and which of them the scene shows.

use super::document::Document;
use crate::figure::Joint;
use crate::figure::faults::Faults;
use glam::{Mat4, Quat, Vec3};
use gltf::json::{Index, Node};
use std::collections::HashSet;

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
    pub(in crate::figure) fn read(document: &Document) -> Self {
        let nodes = &document.root.nodes;
        let mut faults = Faults::default();
        let Links { parents, children } = Links::of(document, &mut faults);
        let roots: Vec<usize> = (0..nodes.len()).filter(|&n| parents[n].is_none()).collect();
        let order = descendants(&children, &roots);
        let mut joint_of_node = vec![0; nodes.len()];
        let mut joints = Vec::with_capacity(nodes.len());
        for &node in &order {
            joint_of_node[node] = joints.len() as u32;
            joints.push(joint(&nodes[node], node, parents[node].map(|p| joint_of_node[p]), &mut faults));
        }
        let shown = shown(document, &children, order, &mut faults);
        Self { joints, joint_of_node, shown, faults }
    }
}

/// Which node hangs on which, as a forest.
struct Links {
    parents: Vec<Option<usize>>,
    /// In the file's order.
    children: Vec<Vec<usize>>,
}

impl Links {
    /// The document's links, but for those that lead nowhere, to what hangs elsewhere already, or round in a circle.
    fn of(document: &Document, faults: &mut Faults) -> Self {
        let nodes = &document.root.nodes;
        let mut links = Self { parents: vec![None; nodes.len()], children: vec![Vec::new(); nodes.len()] };
        for (n, node) in nodes.iter().enumerate() {
            for child in node.children.iter().flatten().map(Index::value) {
                match links.parents.get(child) {
                    None => faults.note_at("nodes below others that aren't there", &name(node, n)),
                    Some(Some(other)) if *other == n => {}
                    Some(Some(_)) => faults.note_at("second parents of nodes", &name(&nodes[child], child)),
                    Some(None) => {
                        links.parents[child] = Some(n);
                        links.children[n].push(child);
                    }
                }
            }
        }
        let mut reached = vec![false; nodes.len()];
        let roots: Vec<usize> = (0..nodes.len()).filter(|&n| links.parents[n].is_none()).collect();
        links.reach(&roots, &mut reached);
        // What no root bears hangs on a circle. What a scene begins with is its upper end.
        let begun = document.root.scenes.iter().flat_map(|scene| &scene.nodes).map(Index::value);
        let begun: HashSet<usize> = begun.collect();
        for n in 0..nodes.len() {
            if reached[n] {
                continue;
            }
            let (mut seen, mut on_it) = (HashSet::new(), n);
            while seen.insert(on_it) {
                on_it = links.parents[on_it].unwrap_or(on_it);
            }
            let further = std::iter::successors(links.parents[on_it], |&n| links.parents[n]);
            let circle: Vec<usize> = further.take_while(|&n| n != on_it).chain([on_it]).collect();
            let first = circle.iter().find(|n| begun.contains(n)).or(circle.iter().min());
            let top = first.copied().unwrap_or(on_it);
            if let Some(parent) = links.parents[top].take() {
                links.children[parent].retain(|&child| child != top);
            }
            faults.note_at("nodes that hang on themselves", &name(&nodes[top], top));
            links.reach(&[top], &mut reached);
        }
        links
    }

    fn reach(&self, roots: &[usize], reached: &mut [bool]) {
        descendants(&self.children, roots).into_iter().for_each(|n| reached[n] = true);
    }
}

/// `roots` and all below them, parents first, in the file's order. Each node at most once.
fn descendants(children: &[Vec<usize>], roots: &[usize]) -> Vec<usize> {
    let mut seen = vec![false; children.len()];
    let mut order = Vec::with_capacity(children.len());
    let mut waiting: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(node) = waiting.pop() {
        if !std::mem::replace(&mut seen[node], true) {
            order.push(node);
            waiting.extend(children[node].iter().rev());
        }
    }
    order
}

/// The nodes of the default scene, else of the first; where that has no mesh at all, those of the first scene that has
/// one, or else `all` of them. What [`KHR_node_visibility`] hides is not among them.
///
/// [`KHR_node_visibility`]: <https://github.com/KhronosGroup/glTF/tree/main/extensions/2.0/Khronos/KHR_node_visibility>
fn shown(document: &Document, children: &[Vec<usize>], all: Vec<usize>, faults: &mut Faults) -> Vec<usize> {
    let (nodes, scenes) = (&document.root.nodes, &document.root.scenes);
    let first = document.root.scene.map(|scene| scene.value());
    faults.add("scenes that aren't there", first.is_some_and(|scene| scene >= scenes.len()).into(), None);
    let first = first.and_then(|scene| scenes.get(scene));
    let missing = first.or(scenes.first()).into_iter().flat_map(|scene| &scene.nodes);
    faults.add("nodes of scenes that aren't there", missing.filter(|node| node.value() >= nodes.len()).count(), None);
    let in_scenes = first.into_iter().chain(scenes).map(|scene| {
        let roots: Vec<usize> = scene.nodes.iter().map(Index::value).filter(|&node| node < nodes.len()).collect();
        descendants(children, &roots)
    });
    let visible = |reached: Vec<usize>| {
        let mut hidden = vec![false; nodes.len()];
        for &node in &reached {
            let extension = nodes[node].extensions.as_ref().and_then(|e| e.others.get("KHR_node_visibility"));
            hidden[node] |= extension.is_some_and(|e| e["visible"] == false);
            for &child in &children[node] {
                hidden[child] |= hidden[node];
            }
        }
        reached.into_iter().filter(|&node| !hidden[node]).collect::<Vec<_>>()
    };
    let has_mesh = |reached: &Vec<usize>| reached.iter().any(|&node| nodes[node].mesh.is_some());
    in_scenes.map(visible).find(has_mesh).unwrap_or_else(|| visible(all))
}

/// A node's name, or its number.
fn name(node: &Node, index: usize) -> String {
    node.name.clone().unwrap_or_else(|| format!("node {index}"))
}

fn joint(node: &Node, index: usize, parent: Option<u32>, faults: &mut Faults) -> Joint {
    let name = name(node, index);
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

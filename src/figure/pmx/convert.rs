//! From an MMD model to a [`Figure`]: metres, right-handed, looking along +z.
//!
//! MMD is left-handed with y up, and its figures look along −z with their left at +x. Turning the sign of z gives our
//! axes at once: the figure looks along +z and its left stays at +x. Under that mirror a rotation (x, y, z, w) becomes
//! (−x, −y, z, w), and triangles, which Direct3D winds clockwise, turn counter-clockwise by swapping two corners.

use super::bodies;
use super::looks;
use super::mend;
use super::model::{self, Model, Offsets};
use super::skeleton::{self, Skeleton};
use crate::figure::resources::Folder;
use crate::figure::{Bind, FacePart, Figure, Licence, Morph, Submesh, Vertex, VertexOffset, expressions, normals};
use glam::{Mat4, Quat, Vec3, Vec4};
use std::path::Path;

/// MMD's unit: a model of 20 units is 1.6 m tall.
pub(super) const METRES_PER_UNIT: f32 = 0.08;

/// A place or offset of the file in our space.
pub(super) fn place(units: Vec3) -> Vec3 {
    METRES_PER_UNIT * direction(units)
}

/// A direction of the file in our space.
pub(super) fn direction(v: Vec3) -> Vec3 {
    Vec3::new(v.x, v.y, -v.z)
}

/// A rotation of the file in our space.
pub(super) fn rotation(q: Quat) -> Quat {
    Quat::from_xyzw(-q.x, -q.y, q.z, q.w)
}

/// The figure that `model`, read from `path`, describes; textures are looked for in `folder`.
///
/// # Errors
/// What was wrong in plain words; parts that can be done without are left out with a warning.
pub(in crate::figure) fn figure(mut model: Model, path: &Path, folder: &Folder) -> Result<Figure, String> {
    let mut faults = mend::mend(&mut model)?;
    let skeleton = skeleton::build(std::mem::take(&mut model.bones), &mut faults)?;
    let mut warnings = Vec::from_iter(faults.warning());
    let triangles: Vec<[u32; 3]> = model.triangles.iter().map(|&[a, b, c]| [a, c, b]).collect();
    let submeshes = submeshes(&model);
    let vertices = vertices(&model, &skeleton, &triangles);
    let looks = looks::read(&model, &vertices, &triangles, &submeshes, folder, &mut warnings);
    let morphs = morphs(&model, &skeleton, &looks);
    let names = morphs.iter().zip(&model.morphs).map(|(morph, source)| [morph.name.as_str(), source.name[1].as_str()]);
    let expressions = expressions::of_morphs(names);
    if triangles.is_empty() {
        warnings.push("it has bones but no surface: there is nothing to see of it".into());
    }
    let springs = bodies::read(&model, &skeleton);
    let Model { name, comment, .. } = model;
    let title = name.iter().find(|n| !n.trim().is_empty()).map(|n| n.trim().to_owned()).unwrap_or_default();
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Figure {
        name: if title.is_empty() { stem() } else { title.clone() },
        vertices,
        emission_uvs: Vec::new(),
        triangles,
        submeshes,
        materials: looks.materials,
        textures: looks.textures,
        binds: skeleton
            .places
            .iter()
            .enumerate()
            .map(|(joint, &place)| Bind { joint: joint as u32, inverse_bind: Mat4::from_translation(-place) })
            .collect(),
        expressions,
        morphs,
        joints: skeleton.joints,
        humanoid: skeleton.humanoid,
        appends: skeleton.appends,
        ik_chains: skeleton.ik_chains,
        constraints: Vec::new(),
        springs,
        licence: licence(title, comment),
        sources: folder.sources(),
        warnings,
    })
}

fn submeshes(model: &Model) -> Vec<Submesh> {
    let mut first = 0;
    let mut submeshes = Vec::with_capacity(model.materials.len());
    for (i, material) in model.materials.iter().enumerate() {
        let count = material.triangles as u32;
        submeshes.push(Submesh { name: material.name.clone(), first, count, material: i as u32 });
        first += count;
    }
    submeshes
}

fn vertices(model: &Model, skeleton: &Skeleton, triangles: &[[u32; 3]]) -> Vec<Vertex> {
    let mut vertices = Vec::with_capacity(model.vertices.len());
    for vertex in &model.vertices {
        let (binds, weights) = binding(vertex, skeleton);
        vertices.push(Vertex {
            position: place(vertex.position),
            normal: direction(vertex.normal).try_normalize().unwrap_or(Vec3::ZERO),
            uv: vertex.uv,
            colour: Vec4::ONE,
            binds,
            weights,
        });
    }
    if vertices.iter().any(|v| v.normal == Vec3::ZERO) {
        let positions: Vec<Vec3> = vertices.iter().map(|v| v.position).collect();
        for (vertex, smooth) in vertices.iter_mut().zip(normals::smooth(&positions, triangles)) {
            if vertex.normal == Vec3::ZERO {
                vertex.normal = smooth;
            }
        }
    }
    vertices
}

/// Joints and weights that sum to one; a vertex without any goes with the first joint.
fn binding(vertex: &model::Vertex, skeleton: &Skeleton) -> ([u16; 4], [f32; 4]) {
    let mut binds = [0; 4];
    let mut weights = [0.0; 4];
    for slot in 0..4 {
        let weight = vertex.weights[slot].clamp(0.0, 1.0);
        // Without any bone in the file, the root that stands in carries all.
        let joint = usize::try_from(vertex.bones[slot]).ok().and_then(|bone| skeleton.joint_of.get(bone));
        if let Some(&joint) = joint.filter(|_| weight > 0.0) {
            (binds[slot], weights[slot]) = (joint as u16, weight);
        }
    }
    let sum: f32 = weights.iter().sum();
    if sum > 0.0 { (binds, weights.map(|w| w / sum)) } else { ([0; 4], [1.0, 0.0, 0.0, 0.0]) }
}

fn morphs(model: &Model, skeleton: &Skeleton, looks: &looks::Looks) -> Vec<Morph> {
    let mut morphs = Vec::with_capacity(model.morphs.len());
    for source in &model.morphs {
        let name = if source.name[0].is_empty() { &source.name[1] } else { &source.name[0] };
        let mut morph = Morph { name: name.clone(), part: FacePart::of_mmd(source.panel), ..Morph::default() };
        match &source.offsets {
            Offsets::Vertices(offsets) => {
                let offset = |&(vertex, offset)| VertexOffset { vertex, position: place(offset), normal: Vec3::ZERO };
                morph.vertices = offsets.iter().map(offset).collect();
            }
            Offsets::Uvs(offsets) => morph.uvs = offsets.clone(),
            Offsets::Bones(offsets) => {
                for &(bone, offset, turn) in offsets {
                    if let Some(&joint) = usize::try_from(bone).ok().and_then(|bone| skeleton.joint_of.get(bone)) {
                        morph.joints.push((joint, place(offset), rotation(turn)));
                    }
                }
            }
            Offsets::Materials(offsets) => {
                morph.materials = offsets.iter().filter_map(|offset| looks.offset(offset).ok()).collect();
            }
            Offsets::Group(parts) => {
                let part = |&(part, factor): &(i32, f32)| Some((u32::try_from(part).ok()?, factor));
                morph.group = parts.iter().filter_map(part).collect();
            }
            Offsets::Nothing => {}
        }
        morphs.push(morph);
    }
    morphs
}

/// MMD models state their terms in prose: both comments are shown as they are.
fn licence(title: String, [japanese, english]: [String; 2]) -> Licence {
    let mut terms = Vec::new();
    for (field, text) in [("comment", japanese), ("comment (English)", english)] {
        if !text.trim().is_empty() && terms.iter().all(|(_, known)| *known != text.trim()) {
            terms.push((field.to_owned(), text.trim().to_owned()));
        }
    }
    Licence { title, terms, ..Licence::default() }
}

//! From an MMD model to a [`Figure`]: metres, right-handed, looking along +z.
//!
//! MMD is left-handed with y up, and its figures look along −z with their left at +x. Turning the sign of z gives our
//! axes at once: the figure looks along +z and its left stays at +x. Under that mirror a rotation (x, y, z, w) becomes
//! (−x, −y, z, w), and triangles, which Direct3D winds clockwise, turn counter-clockwise by swapping two corners.

use super::looks;
use super::model::{self, Model, Offsets};
use super::skeleton::{self, Skeleton};
use crate::figure::resources::Folder;
use crate::figure::{Bind, Figure, Licence, Morph, Submesh, Vertex, VertexOffset, expressions, normals};
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
fn rotation(q: Quat) -> Quat {
    Quat::from_xyzw(-q.x, -q.y, q.z, q.w)
}

/// The figure that `model`, read from `path`, describes; textures are looked for in `folder`.
///
/// # Errors
/// What was wrong in plain words.
pub(in crate::figure) fn figure(mut model: Model, path: &Path, folder: &Folder) -> Result<Figure, String> {
    let skeleton = skeleton::build(std::mem::take(&mut model.bones))?;
    let mut warnings = skeleton.warnings.clone();
    let triangles = triangles(&model)?;
    let submeshes = submeshes(&model)?;
    let vertices = vertices(&model, &skeleton, &triangles)?;
    let looks = looks::read(&model, &vertices, &triangles, &submeshes, folder, &mut warnings);
    let morphs = morphs(&model, &skeleton, &looks)?;
    let names = morphs.iter().zip(&model.morphs).map(|(morph, source)| [morph.name.as_str(), source.name[1].as_str()]);
    let expressions = expressions::of_morphs(names);
    if triangles.is_empty() {
        warnings.push("it has bones but no surface: there is nothing to see of it".into());
    }
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
        licence: licence(title, comment),
        sources: folder.sources(),
        warnings,
    })
}

fn triangles(model: &Model) -> Result<Vec<[u32; 3]>, String> {
    let n = model.vertices.len();
    if let Some(i) = model.triangles.iter().flatten().find(|&&i| i as usize >= n) {
        return Err(format!("a triangle has a corner at vertex {i}, and there are {n} vertices"));
    }
    let drawn = model.materials.iter().map(|m| m.triangles).try_fold(0usize, usize::checked_add);
    let drawn = drawn
        .filter(|&drawn| drawn <= model.triangles.len())
        .ok_or_else(|| format!("its materials cover more triangles than the {} there are", model.triangles.len()))?;
    Ok(model.triangles[..drawn].iter().map(|&[a, b, c]| [a, c, b]).collect())
}

fn submeshes(model: &Model) -> Result<Vec<Submesh>, String> {
    let mut first = 0;
    let mut submeshes = Vec::with_capacity(model.materials.len());
    for (i, material) in model.materials.iter().enumerate() {
        let count = material.triangles as u32;
        submeshes.push(Submesh { name: material.name.clone(), first, count, material: i as u32 });
        first += count;
    }
    Ok(submeshes)
}

fn vertices(model: &Model, skeleton: &Skeleton, triangles: &[[u32; 3]]) -> Result<Vec<Vertex>, String> {
    let mut vertices = Vec::with_capacity(model.vertices.len());
    for (i, vertex) in model.vertices.iter().enumerate() {
        let (binds, weights) = binding(vertex, skeleton)
            .map_err(|bone| format!("vertex {i} is bound to bone {bone}, and there are {}", skeleton.joint_of.len()))?;
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
    Ok(vertices)
}

/// Joints and weights that sum to one; a vertex without any goes with the first joint. Or the bone that isn't there.
fn binding(vertex: &model::Vertex, skeleton: &Skeleton) -> Result<([u16; 4], [f32; 4]), usize> {
    let mut binds = [0; 4];
    let mut weights = [0.0; 4];
    for slot in 0..4 {
        let weight = vertex.weights[slot].clamp(0.0, 1.0);
        let Ok(bone) = usize::try_from(vertex.bones[slot]) else { continue };
        // Without any bone in the file, the root that stands in carries all.
        match skeleton.joint_of.get(bone) {
            Some(&joint) if weight > 0.0 => (binds[slot], weights[slot]) = (joint as u16, weight),
            None if weight > 0.0 && !skeleton.joint_of.is_empty() => return Err(bone),
            _ => {}
        }
    }
    let sum: f32 = weights.iter().sum();
    if sum > 0.0 { Ok((binds, weights.map(|w| w / sum))) } else { Ok(([0; 4], [1.0, 0.0, 0.0, 0.0])) }
}

fn morphs(model: &Model, skeleton: &Skeleton, looks: &looks::Looks) -> Result<Vec<Morph>, String> {
    let (vertices, count) = (model.vertices.len(), model.morphs.len());
    let mut morphs = Vec::with_capacity(count);
    for source in &model.morphs {
        let name = if source.name[0].is_empty() { &source.name[1] } else { &source.name[0] };
        let beyond = |what: &str, index: usize, there: usize| {
            format!("the morph “{name}” changes {what} {index}, and there are {there}")
        };
        let vertex = |index: u32| {
            if (index as usize) < vertices { Ok(index) } else { Err(beyond("vertex", index as usize, vertices)) }
        };
        let mut morph = Morph { name: name.clone(), ..Morph::default() };
        match &source.offsets {
            Offsets::Vertices(offsets) => {
                morph.vertices = offsets
                    .iter()
                    .map(|&(i, offset)| {
                        Ok(VertexOffset { vertex: vertex(i)?, position: place(offset), normal: Vec3::ZERO })
                    })
                    .collect::<Result<_, String>>()?;
            }
            Offsets::Uvs(offsets) => {
                morph.uvs =
                    offsets.iter().map(|&(i, offset)| Ok((vertex(i)?, offset))).collect::<Result<_, String>>()?;
            }
            Offsets::Bones(offsets) => {
                for &(bone, offset, turn) in offsets {
                    let Ok(bone) = usize::try_from(bone) else { continue };
                    let joint = skeleton.joint_of.get(bone);
                    let joint = *joint.ok_or_else(|| beyond("bone", bone, skeleton.joint_of.len()))?;
                    morph.joints.push((joint, place(offset), rotation(turn)));
                }
            }
            Offsets::Materials(offsets) => {
                morph.materials = offsets
                    .iter()
                    .map(|offset| looks.offset(offset).map_err(|i| beyond("material", i, model.materials.len())))
                    .collect::<Result<_, String>>()?;
            }
            Offsets::Group(parts) => {
                for &(part, factor) in parts {
                    let Ok(part) = usize::try_from(part) else { continue };
                    if part >= count {
                        return Err(beyond("morph", part, count));
                    }
                    morph.group.push((part as u32, factor));
                }
            }
            Offsets::Nothing => {}
        }
        morphs.push(morph);
    }
    match crate::figure::skinning::groups_first(&morphs) {
        Ok(_) => Ok(morphs),
        Err(i) => Err(format!("the morph “{}” drives itself (cyclic groups)", morphs[i].name)),
    }
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

//! Primitives into one list of vertices: triangulated, compacted, bound to joints, with their morphs.

use super::accessors::{Accessors, Array};
use super::document::Document;
use super::materials::Surface;
use super::scene::Scene;
use crate::figure::{Bind, Figure, FigureError, Morph, Submesh, Vertex, VertexOffset, normals, skinning};
use glam::{Mat4, Vec2, Vec3, Vec4};
use gltf::json;
use gltf::json::mesh::{Mode, Semantic};
use gltf::json::validation::Checked;
use std::collections::HashMap;
use std::rc::Rc;

/// Morphs a figure may have; the richest real ones have a few thousand.
const MAX_MORPHS: usize = 100_000;
/// Vertices times morph targets: a second's work, far beyond any real figure.
const MAX_MORPH_WORK: usize = 1 << 30;
/// So many remarks are enough to know that a file is odd.
const MAX_WARNINGS: usize = 50;

/// What later steps need to know about the meshes that were read.
#[derive(Default)]
pub(in crate::figure) struct Meshes {
    /// First morph of each node that has some, and how many.
    pub(in crate::figure) morphs_of_node: HashMap<usize, (u32, u32)>,
    /// Texture coordinates as in the file, before the materials' transforms, one a vertex.
    pub(in crate::figure) raw_uvs: Vec<Vec2>,
    /// Material and vertices of each primitive.
    pub(in crate::figure) parts: Vec<(u32, std::ops::Range<u32>)>,
}

/// One primitive before the drawing order is known.
struct Part {
    submesh: Submesh,
    triangles: Vec<[u32; 3]>,
}

/// Reads the meshes of all shown nodes into `figure`, whose joints are there already.
pub(in crate::figure) fn read(
    document: &Document,
    scene: &Scene,
    surfaces: &mut Vec<Surface>,
    figure: &mut Figure,
) -> Result<Meshes, FigureError> {
    let mut reader = Reader {
        document,
        scene,
        accessors: Accessors::new(document),
        world: skinning::world_transforms(figure, &crate::figure::LocalPose::rest(figure)),
        figure,
        surfaces,
        meshes: Meshes::default(),
        parts: Vec::new(),
        bind_ids: HashMap::new(),
        emission_uvs: Vec::new(),
        skins: HashMap::new(),
        new_of_old: Vec::new(),
        part_count: 0,
        corner_count: 0,
        morph_work: 0,
        offset_count: 0,
    };
    if reader.world.iter().any(|m| !m.is_finite()) {
        return Err(document.damaged("its nodes' transforms multiply to no number"));
    }
    for &node in &scene.shown {
        if let Some(mesh) = document.root.nodes[node].mesh {
            reader.node(node, mesh)?;
        }
    }
    Ok(reader.finish())
}

struct Reader<'a> {
    document: &'a Document<'a>,
    scene: &'a Scene,
    accessors: Accessors<'a>,
    world: Vec<Mat4>,
    figure: &'a mut Figure,
    surfaces: &'a mut Vec<Surface>,
    meshes: Meshes,
    parts: Vec<Part>,
    /// Joint and inverse bind matrix, bit for bit, to bind.
    bind_ids: HashMap<(u32, [u32; 16]), u16>,
    emission_uvs: Vec<Vec2>,
    skins: HashMap<usize, Rc<Vec<Bind>>>,
    /// Scratch of [`Reader::compact`]: `u32::MAX` throughout between two calls.
    new_of_old: Vec<u32>,
    /// What was read so far, to be held against the file's size.
    part_count: usize,
    corner_count: usize,
    morph_work: usize,
    offset_count: usize,
}

/// How a primitive's vertices follow the joints.
enum Binding {
    /// All of them one joint.
    Rigid(u16),
    /// By the primitive's joint sets, which index these.
    Skin(Rc<Vec<Bind>>),
}

impl Reader<'_> {
    fn node(&mut self, node: usize, mesh: json::Index<json::Mesh>) -> Result<(), FigureError> {
        let document = self.document;
        let source = &document.root.nodes[node];
        let mesh = document.get(&document.root.meshes, mesh.value(), "mesh")?;
        let skin = source.skin.map(|s| self.skin(s.value())).transpose()?;
        let joint = self.scene.joint_of_node[node];
        let morphs = self.add_morphs(node, mesh)?;
        for primitive in &mesh.primitives {
            let skinned = attribute(primitive, Semantic::Joints(0)).is_some();
            let binding = match &skin {
                Some(skin) if skinned && !skin.is_empty() => Binding::Skin(skin.clone()),
                _ => Binding::Rigid(self.bind(Bind { joint, inverse_bind: Mat4::IDENTITY })?),
            };
            let name = mesh.name.clone().unwrap_or_else(|| self.figure.joints[joint as usize].name.clone());
            // A mirrored node turns its triangles' winding (glTF 2.0, 3.7.4).
            let mirrored = matches!(binding, Binding::Rigid(_)) && self.world[joint as usize].determinant() < 0.0;
            self.primitive(primitive, name, binding, mirrored, morphs)?;
        }
        Ok(())
    }

    /// One empty morph for each target of the mesh; returns the first.
    fn add_morphs(&mut self, node: usize, mesh: &json::Mesh) -> Result<usize, FigureError> {
        let first = self.figure.morphs.len();
        let count = mesh.primitives.iter().map(|p| p.targets.as_ref().map_or(0, Vec::len)).max().unwrap_or(0);
        if first + count > MAX_MORPHS {
            return Err(self.document.unsupported(format!("it has more than {MAX_MORPHS} morphs")));
        }
        let names = target_names(mesh);
        let weights = self.document.root.nodes[node].weights.as_ref().or(mesh.weights.as_ref());
        for target in 0..count {
            let name = names.get(target).cloned().unwrap_or_else(|| format!("morph {target}"));
            let weight = weights.and_then(|w| w.get(target)).copied().filter(|w| w.is_finite()).unwrap_or(0.0);
            self.figure.morphs.push(Morph { name, rest_weight: weight, ..Morph::default() });
        }
        if count > 0 {
            self.meshes.morphs_of_node.insert(node, (first as u32, count as u32));
        }
        Ok(first)
    }

    fn primitive(
        &mut self,
        primitive: &json::mesh::Primitive,
        name: String,
        binding: Binding,
        mirrored: bool,
        first_morph: usize,
    ) -> Result<(), FigureError> {
        let document = self.document;
        self.part_count += 1;
        self.check_size(self.part_count, "parts")?;
        let Checked::Valid(mode @ (Mode::Triangles | Mode::TriangleStrip | Mode::TriangleFan)) = primitive.mode else {
            // Points and lines are no surface.
            self.warn(format!("“{name}” has points or lines, which are not drawn"));
            return Ok(());
        };
        let Some(positions) = attribute(primitive, Semantic::Positions) else {
            self.warn(format!("a part of “{name}” has no positions and is not drawn"));
            return Ok(());
        };
        let positions = self.accessors.floats(positions, "POSITION", &[3])?;
        let count = positions.len();
        let material = self.material(primitive)?;
        let mut triangles = self.triangles(primitive, mode, count)?;
        let old_of_new = self.compact(&mut triangles, count);
        let surface = &self.surfaces[material as usize];
        let first = self.figure.vertices.len();
        self.check_size(first + old_of_new.len(), "vertices")?;

        let per_vertex = |semantic, role: &str, widths: &[usize]| -> Result<Option<Rc<Array<f32>>>, FigureError> {
            let Some(index) = attribute(primitive, semantic) else { return Ok(None) };
            let array = self.accessors.floats(index, role, widths)?;
            if array.len() < count {
                return Err(
                    document.damaged(format!("“{name}” has {count} positions, but only {} {role}", array.len()))
                );
            }
            Ok(Some(array))
        };
        let uvs = per_vertex(Semantic::TexCoords(surface.uv_set), "TEXCOORD", &[2])?;
        let file_normals = per_vertex(Semantic::Normals, "NORMAL", &[3])?;
        let colours = match surface.vertex_colours {
            true => per_vertex(Semantic::Colors(0), "COLOR_0", &[3, 4])?,
            false => None,
        };
        let uv_transform = surface.uv_transform;
        let (emission_uv, inside_out) = (surface.emission_uv, surface.inside_out);
        let emission_uvs = match emission_uv {
            Some((set, _)) if set != surface.uv_set => per_vertex(Semantic::TexCoords(set), "TEXCOORD", &[2])?,
            _ => uvs.clone(),
        };
        let textured = surface.material.texture.or(surface.material.emission_texture).is_some();
        let uv_missing = (textured && uvs.is_none()).then_some(surface.uv_set);
        if let Some(set) = uv_missing {
            self.warn(format!("“{name}” has no texture coordinates {set}, by which its texture is looked up"));
        }

        let places: Vec<Vec3> = old_of_new.iter().map(|&old| vec3(&positions, old)).collect();
        let computed = match file_normals {
            Some(_) => Vec::new(),
            None => normals::smooth(&places, &triangles),
        };
        // Only the winding turns: normals are mirrored together with the node.
        if mirrored != inside_out {
            triangles.iter_mut().for_each(|t| t.swap(1, 2));
        }
        let binds = self.bindings(primitive, &binding, &old_of_new, count, &name)?;
        for (new, &old) in old_of_new.iter().enumerate() {
            let raw_uv = uvs.as_ref().map_or(Vec2::ZERO, |a| Vec2::from_slice(a.element(old as usize)));
            let (binds, weights) = binds[new];
            self.meshes.raw_uvs.push(raw_uv);
            let emission_uv = emission_uv.map(|(_, transform)| {
                let raw = emission_uvs.as_ref().map_or(Vec2::ZERO, |a| Vec2::from_slice(a.element(old as usize)));
                transform.transform_point2(raw)
            });
            self.emission_uvs.push(emission_uv.unwrap_or_else(|| uv_transform.transform_point2(raw_uv)));
            self.figure.vertices.push(Vertex {
                position: places[new],
                normal: match &file_normals {
                    Some(a) => vec3(a, old).try_normalize().unwrap_or(Vec3::Y),
                    None => computed[new],
                },
                uv: uv_transform.transform_point2(raw_uv),
                colour: colours.as_ref().map_or(Vec4::ONE, |a| match *a.element(old as usize) {
                    [r, g, b, a] => Vec4::new(r, g, b, a),
                    [r, g, b] => Vec4::new(r, g, b, 1.0),
                    _ => Vec4::ONE,
                }),
                binds,
                weights,
            });
        }
        let first = first as u32;
        self.morph_targets(primitive, first_morph, first, &old_of_new, count, &name)?;
        self.meshes.parts.push((material, first..self.figure.vertices.len() as u32));
        triangles.iter_mut().flatten().for_each(|i| *i += first);
        let submesh = Submesh { name, first: 0, count: triangles.len() as u32, material };
        self.parts.push(Part { submesh, triangles });
        Ok(())
    }

    fn material(&mut self, primitive: &json::mesh::Primitive) -> Result<u32, FigureError> {
        let declared = self.document.root.materials.len();
        Ok(match primitive.material {
            Some(material) => {
                self.document.get(&self.document.root.materials, material.value(), "material")?;
                material.value() as u32
            }
            None => {
                if self.surfaces.len() == declared {
                    self.surfaces.push(Surface::plain());
                }
                declared as u32
            }
        })
    }

    /// The primitive's triangles as the file has them, without those that have no area by their indices.
    fn triangles(
        &mut self,
        primitive: &json::mesh::Primitive,
        mode: Mode,
        vertices: usize,
    ) -> Result<Vec<[u32; 3]>, FigureError> {
        let corners = match primitive.indices {
            Some(indices) => self.accessors.integers(indices, "indices", 1)?,
            None => Rc::new(Array { values: (0..vertices as u32).collect(), width: 1 }),
        };
        let corners = &corners.values;
        self.corner_count += corners.len();
        self.check_size(self.corner_count / 3, "triangles")?;
        if let Some(&wrong) = corners.iter().find(|&&i| i as usize >= vertices) {
            return Err(self
                .document
                .damaged(format!("a triangle uses vertex {wrong}, but there are only {vertices}")));
        }
        let mut triangles: Vec<[u32; 3]> = match mode {
            Mode::TriangleStrip => corners
                .windows(3)
                .enumerate()
                .map(|(i, w)| if i % 2 == 0 { [w[0], w[1], w[2]] } else { [w[1], w[0], w[2]] })
                .collect(),
            Mode::TriangleFan => match corners.split_first() {
                Some((&centre, rim)) => rim.windows(2).map(|w| [centre, w[0], w[1]]).collect(),
                None => Vec::new(),
            },
            _ => corners.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect(),
        };
        triangles.retain(|[a, b, c]| a != b && b != c && c != a);
        Ok(triangles)
    }

    /// Binds and weights of the vertices `old_of_new`: the four largest of all joint sets.
    fn bindings(
        &mut self,
        primitive: &json::mesh::Primitive,
        binding: &Binding,
        old_of_new: &[u32],
        count: usize,
        name: &str,
    ) -> Result<Vec<([u16; 4], [f32; 4])>, FigureError> {
        let skin = match binding {
            Binding::Rigid(bind) => return Ok(vec![([*bind; 4], [1.0, 0.0, 0.0, 0.0]); old_of_new.len()]),
            Binding::Skin(skin) => skin.clone(),
        };
        let document = self.document;
        let mut sets = Vec::new();
        for set in 0.. {
            let (Some(joints), Some(weights)) =
                (attribute(primitive, Semantic::Joints(set)), attribute(primitive, Semantic::Weights(set)))
            else {
                break;
            };
            let joints = self.accessors.integers(joints, "JOINTS", 4)?;
            let weights = self.accessors.floats(weights, "WEIGHTS", &[4])?;
            if joints.len() < count || weights.len() < count {
                return Err(document.damaged(format!("“{name}” has fewer joints or weights than positions")));
            }
            sets.push((joints, weights));
        }
        let mut bind_of_slot: Vec<Option<u16>> = vec![None; skin.len()];
        let mut result = Vec::with_capacity(old_of_new.len());
        let mut influences: Vec<(f32, u32)> = Vec::new();
        for &old in old_of_new {
            influences.clear();
            for (joints, weights) in &sets {
                let old = old as usize;
                let weighted = weights.element(old).iter().copied().zip(joints.element(old).iter().copied());
                influences.extend(weighted.filter(|&(weight, _)| weight > 0.0));
            }
            if influences.len() > 4 {
                influences.sort_by(|a, b| b.0.total_cmp(&a.0));
                influences.truncate(4);
            }
            if influences.is_empty() {
                influences.push((1.0, 0));
            }
            let sum: f64 = influences.iter().map(|i| f64::from(i.0)).sum();
            let (mut binds, mut weights) = ([0; 4], [0.0; 4]);
            for (i, &(weight, slot)) in influences.iter().enumerate() {
                let known = bind_of_slot.get_mut(slot as usize).ok_or_else(|| {
                    document.damaged(format!("“{name}” uses joint {slot} of a skin with only {}", skin.len()))
                })?;
                binds[i] = match known {
                    Some(bind) => *bind,
                    None => *known.insert(self.bind(skin[slot as usize])?),
                };
                weights[i] = (f64::from(weight) / sum) as f32;
            }
            // Unused places name a bind that is there.
            let first = binds[0];
            binds[influences.len()..].fill(first);
            result.push((binds, weights));
        }
        Ok(result)
    }

    /// The index of `bind` in the figure, which gets it unless it has it.
    fn bind(&mut self, bind: Bind) -> Result<u16, FigureError> {
        let key = (bind.joint, bind.inverse_bind.to_cols_array().map(f32::to_bits));
        if let Some(&known) = self.bind_ids.get(&key) {
            return Ok(known);
        }
        let id = u16::try_from(self.figure.binds.len())
            .map_err(|_| self.document.unsupported("its meshes are bound to more than 65536 joints"))?;
        self.figure.binds.push(bind);
        self.bind_ids.insert(key, id);
        Ok(id)
    }

    /// Joints and inverse bind matrices of a skin.
    fn skin(&mut self, index: usize) -> Result<Rc<Vec<Bind>>, FigureError> {
        if let Some(known) = self.skins.get(&index) {
            return Ok(known.clone());
        }
        let document = self.document;
        let skin = document.get(&document.root.skins, index, "skin")?;
        let matrices = match skin.inverse_bind_matrices {
            Some(accessor) => Some(self.accessors.floats(accessor, "inverseBindMatrices", &[16])?),
            None => None,
        };
        if let Some(m) = &matrices
            && m.len() < skin.joints.len()
        {
            return Err(document.damaged(format!(
                "skin {index} has {} joints, but only {} inverse bind matrices",
                skin.joints.len(),
                m.len()
            )));
        }
        let mut binds = Vec::with_capacity(skin.joints.len());
        for (slot, node) in skin.joints.iter().enumerate() {
            document.get(&document.root.nodes, node.value(), "node")?;
            let joint = self.scene.joint_of_node[node.value()];
            self.figure.joints[joint as usize].movable = true;
            let inverse_bind = matrices.as_ref().map_or(Mat4::IDENTITY, |m| Mat4::from_cols_slice(m.element(slot)));
            binds.push(Bind { joint, inverse_bind });
        }
        let binds = Rc::new(binds);
        self.skins.insert(index, binds.clone());
        Ok(binds)
    }

    fn morph_targets(
        &mut self,
        primitive: &json::mesh::Primitive,
        first_morph: usize,
        first_vertex: u32,
        old_of_new: &[u32],
        count: usize,
        name: &str,
    ) -> Result<(), FigureError> {
        for (t, target) in primitive.targets.iter().flatten().enumerate() {
            let read = |index: Option<json::Index<json::Accessor>>, role: &str| match index {
                Some(index) => self.accessors.floats(index, role, &[3]).map(Some),
                None => Ok(None),
            };
            let positions = read(target.positions, "morph POSITION")?;
            let normals = read(target.normals, "morph NORMAL")?;
            if [&positions, &normals].into_iter().flatten().any(|a| a.len() < count) {
                return Err(self.document.damaged(format!("morph {t} of “{name}” is shorter than the mesh")));
            }
            self.morph_work += old_of_new.len() + 1;
            if self.morph_work > MAX_MORPH_WORK {
                return Err(self.document.unsupported("its morphs are too many for its meshes"));
            }
            let offset = |array: &Option<Rc<Array<f32>>>, old| array.as_ref().map_or(Vec3::ZERO, |a| vec3(a, old));
            let morph = &mut self.figure.morphs[first_morph + t];
            let before = morph.vertices.len();
            morph.vertices.extend((first_vertex..).zip(old_of_new).filter_map(|(vertex, &old)| {
                let (position, normal) = (offset(&positions, old), offset(&normals, old));
                (position != Vec3::ZERO || normal != Vec3::ZERO).then_some(VertexOffset { vertex, position, normal })
            }));
            self.offset_count += morph.vertices.len() - before;
            self.check_size(self.offset_count, "morph offsets")?;
        }
        Ok(())
    }

    /// A mesh may be used many times, yet not without end: the figure stays within a multiple of the file.
    fn check_size(&self, count: usize, what: &str) -> Result<(), FigureError> {
        let limit = 1_000_000 + self.document.bytes / 2;
        if count > limit {
            return Err(self.document.unsupported(format!("it grows to more than {limit} {what} by repetition")));
        }
        Ok(())
    }

    /// Renumbers the triangles' vertices in order of first use; returns the old number of each.
    /// Exporters let all primitives of a mesh share one long vertex list, of which each uses a part.
    fn compact(&mut self, triangles: &mut [[u32; 3]], count: usize) -> Vec<u32> {
        if self.new_of_old.len() < count {
            self.new_of_old.resize(count, u32::MAX);
        }
        let mut old_of_new = Vec::new();
        for corner in triangles.iter_mut().flatten() {
            let new = &mut self.new_of_old[*corner as usize];
            if *new == u32::MAX {
                *new = old_of_new.len() as u32;
                old_of_new.push(*corner);
            }
            *corner = *new;
        }
        for &old in &old_of_new {
            self.new_of_old[old as usize] = u32::MAX;
        }
        old_of_new
    }

    fn warn(&mut self, what: String) {
        if self.figure.warnings.len() < MAX_WARNINGS && !self.figure.warnings.contains(&what) {
            self.figure.warnings.push(what);
        }
    }

    /// Puts the parts in drawing order.
    fn finish(mut self) -> Meshes {
        if self.surfaces.iter().any(|surface| surface.emission_uv.is_some()) {
            self.figure.emission_uvs = std::mem::take(&mut self.emission_uvs);
        }
        self.parts.retain(|part| !part.triangles.is_empty());
        self.parts.sort_by_key(|part| self.surfaces[part.submesh.material as usize].drawing_rank());
        for part in self.parts {
            let first = self.figure.triangles.len() as u32;
            self.figure.submeshes.push(Submesh { first, ..part.submesh });
            self.figure.triangles.extend(part.triangles);
        }
        self.meshes
    }
}

fn attribute(primitive: &json::mesh::Primitive, semantic: Semantic) -> Option<json::Index<json::Accessor>> {
    primitive.attributes.get(&Checked::Valid(semantic)).copied()
}

fn vec3(array: &Array<f32>, i: u32) -> Vec3 {
    Vec3::from_slice(array.element(i as usize))
}

/// Exporters agree on `targetNames` in `extras`, some of the mesh, some of its first primitive.
fn target_names(mesh: &json::Mesh) -> Vec<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Extras {
        target_names: Vec<String>,
    }
    let primitives = mesh.primitives.iter().map(|p| &p.extras);
    std::iter::once(&mesh.extras)
        .chain(primitives)
        .flatten()
        .find_map(|extras| serde_json::from_str::<Extras>(extras.get()).ok())
        .map_or_else(Vec::new, |extras| extras.target_names)
}

//! Primitives into one list of vertices: triangulated, compacted, bound to joints, with their morphs.

use super::accessors::{Accessors, Array};
use super::document::Document;
use super::materials::Surface;
use super::scene::Scene;
use crate::figure::faults::Faults;
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
/// A place farther out than this is a damaged number rather than a place.
const FARTHEST: f32 = 1e12;
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
        faults: scene.faults.clone(),
        lost: None,
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
    reader.finish()
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
    /// What was wrong, and what the first lost mesh or part suffered from.
    faults: Faults,
    lost: Option<FigureError>,
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
        let joint = self.scene.joint_of_node[node];
        let mesh = match document.get(&document.root.meshes, mesh.value(), "mesh") {
            Ok(mesh) => mesh,
            Err(error) => return self.lose(error, &self.figure.joints[joint as usize].name.clone()),
        };
        let name = mesh.name.clone().unwrap_or_else(|| self.figure.joints[joint as usize].name.clone());
        let skin = match source.skin.map(|skin| self.skin(skin.value())).transpose() {
            Ok(skin) => skin,
            Err(FigureError::Damaged { .. }) => {
                self.faults.note_at("skins that can't be read", &name);
                None
            }
            Err(error) => return Err(error),
        };
        let morphs = self.add_morphs(node, mesh)?;
        for primitive in &mesh.primitives {
            let skinned = attribute(primitive, Semantic::Joints(0)).is_some();
            let binding = match &skin {
                Some(skin) if skinned && !skin.is_empty() => Binding::Skin(skin.clone()),
                _ => Binding::Rigid(self.bind(Bind { joint, inverse_bind: Mat4::IDENTITY })?),
            };
            // What mirrors a mesh turns its triangles' winding (glTF 2.0, 3.7.4).
            let mirrored = match &binding {
                Binding::Rigid(_) => self.world[joint as usize].determinant() < 0.0,
                Binding::Skin(skin) => {
                    let mirror = |b: &Bind| (self.world[b.joint as usize] * b.inverse_bind).determinant() < 0.0;
                    2 * skin.iter().filter(|bind| mirror(bind)).count() > skin.len()
                }
            };
            if let Err(error) = self.primitive(primitive, name.clone(), binding, mirrored, morphs) {
                self.lose(error, &name)?;
            }
        }
        Ok(())
    }

    /// Does without the mesh or part `name`, which is damaged; the error itself where it is of another kind.
    fn lose(&mut self, error: FigureError, name: &str) -> Result<(), FigureError> {
        if !matches!(error, FigureError::Damaged { .. }) {
            return Err(error);
        }
        self.faults.note_at("parts of meshes that can't be read", name);
        self.lost.get_or_insert(error);
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
        let material = self.material(primitive);
        let mut triangles = self.triangles(primitive, mode, count)?;
        self.drop_placeless(&mut triangles, &positions, &name)?;
        let old_of_new = self.compact(&mut triangles, count);
        let surface = &self.surfaces[material as usize];
        let first = self.figure.vertices.len();
        self.check_size(first + old_of_new.len(), "vertices")?;

        let uv_set = surface.uv_set;
        let (vertex_colours, inside_out) = (surface.vertex_colours, surface.inside_out);
        let uv_transform = surface.uv_transform;
        let accessors = &self.accessors;
        let faults = &mut self.faults;
        let mut per_vertex = |semantic, role: &str, widths: &[usize]| -> Result<Option<Rc<Array<f32>>>, FigureError> {
            let Some(index) = attribute(primitive, semantic) else { return Ok(None) };
            match accessors.floats(index, role, widths) {
                Ok(array) if array.len() < count => {
                    faults.note_at("normals, texture coordinates or colours that are too few", &name);
                    Ok(None)
                }
                Ok(array) => {
                    let wrong = |&&old: &&u32| !array.element(old as usize).iter().all(|v| v.is_finite());
                    let count = old_of_new.iter().filter(wrong).count();
                    faults.add("normals, texture coordinates or colours that are no numbers", count, Some(&name));
                    Ok(Some(array))
                }
                Err(FigureError::Damaged { .. }) => {
                    faults.note_at("normals, texture coordinates or colours that can't be read", &name);
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        };
        let uvs = per_vertex(Semantic::TexCoords(uv_set), "TEXCOORD", &[2])?;
        let file_normals = per_vertex(Semantic::Normals, "NORMAL", &[3])?;
        let colours = match vertex_colours {
            true => per_vertex(Semantic::Colors(0), "COLOR_0", &[3, 4])?,
            false => None,
        };
        let emission_uv = surface.emission_uv;
        let emission_uvs = match emission_uv {
            Some((set, _)) if set != uv_set => per_vertex(Semantic::TexCoords(set), "TEXCOORD", &[2])?,
            _ => uvs.clone(),
        };
        let textured = surface.material.texture.or(surface.material.emission_texture).is_some();
        if textured && uvs.is_none() {
            self.warn(format!("“{name}” has no texture coordinates {uv_set}, by which its texture is looked up"));
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
        let binds = self.bindings(primitive, &binding, &old_of_new, &name)?;
        for (new, &old) in old_of_new.iter().enumerate() {
            let raw_uv = uvs.as_ref().map(|a| Vec2::from_slice(a.element(old as usize)));
            let raw_uv = raw_uv.filter(|uv| uv.is_finite()).unwrap_or(Vec2::ZERO);
            let (binds, weights) = binds[new];
            self.meshes.raw_uvs.push(raw_uv);
            let emission_uv = emission_uv.map(|(_, transform)| {
                let raw = emission_uvs.as_ref().map(|a| Vec2::from_slice(a.element(old as usize)));
                transform.transform_point2(raw.filter(|uv| uv.is_finite()).unwrap_or(Vec2::ZERO))
            });
            self.emission_uvs.push(emission_uv.unwrap_or_else(|| uv_transform.transform_point2(raw_uv)));
            self.figure.vertices.push(Vertex {
                position: places[new],
                normal: match &file_normals {
                    Some(a) => vec3(a, old).try_normalize().unwrap_or(Vec3::Y),
                    None => computed[new],
                },
                uv: uv_transform.transform_point2(raw_uv),
                colour: colours
                    .as_ref()
                    .map(|a| match *a.element(old as usize) {
                        [r, g, b, a] => Vec4::new(r, g, b, a),
                        [r, g, b] => Vec4::new(r, g, b, 1.0),
                        _ => Vec4::ONE,
                    })
                    .filter(|colour| colour.is_finite())
                    .unwrap_or(Vec4::ONE),
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

    fn material(&mut self, primitive: &json::mesh::Primitive) -> u32 {
        let declared = self.document.root.materials.len();
        let material = primitive.material.map(|material| material.value());
        self.faults.add("uses of materials that aren't there", material.is_some_and(|m| m >= declared).into(), None);
        match material.filter(|&material| material < declared) {
            Some(material) => material as u32,
            None => {
                if self.surfaces.len() == declared {
                    self.surfaces.push(Surface::plain());
                }
                declared as u32
            }
        }
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
        let all = triangles.len();
        triangles.retain(|triangle| triangle.iter().all(|&i| (i as usize) < vertices));
        let wrong = corners.iter().find(|&&i| i as usize >= vertices);
        if let (Some(wrong), true) = (wrong, triangles.is_empty()) {
            let what = format!("a triangle uses vertex {wrong}, but there are only {vertices}");
            return Err(self.document.damaged(what));
        }
        self.faults.add("triangles of vertices that aren't there", all - triangles.len(), None);
        triangles.retain(|[a, b, c]| a != b && b != c && c != a);
        Ok(triangles)
    }

    /// Drops the triangles with a corner that has no place.
    fn drop_placeless(
        &mut self,
        triangles: &mut Vec<[u32; 3]>,
        positions: &Array<f32>,
        name: &str,
    ) -> Result<(), FigureError> {
        let is_place = |&i: &u32| positions.element(i as usize).iter().all(|v| v.abs() <= FARTHEST);
        let all = triangles.len();
        let placeless = triangles.iter().flatten().find(|i| !is_place(i)).copied();
        triangles.retain(|triangle| triangle.iter().all(is_place));
        if let (Some(wrong), true) = (placeless, triangles.is_empty()) {
            return Err(self.document.damaged(format!("vertex {wrong} of “{name}” is at no place (POSITION)")));
        }
        self.faults.add("triangles at no place", all - triangles.len(), Some(name));
        Ok(())
    }

    /// Binds and weights of the vertices `old_of_new`: the four largest of all joint sets.
    fn bindings(
        &mut self,
        primitive: &json::mesh::Primitive,
        binding: &Binding,
        old_of_new: &[u32],
        name: &str,
    ) -> Result<Vec<([u16; 4], [f32; 4])>, FigureError> {
        let skin = match binding {
            Binding::Rigid(bind) => return Ok(vec![([*bind; 4], [1.0, 0.0, 0.0, 0.0]); old_of_new.len()]),
            Binding::Skin(skin) => skin.clone(),
        };
        let mut sets = Vec::new();
        for set in 0.. {
            let (Some(joints), Some(weights)) =
                (attribute(primitive, Semantic::Joints(set)), attribute(primitive, Semantic::Weights(set)))
            else {
                break;
            };
            let joints = self.accessors.integers(joints, "JOINTS", 4)?;
            let weights = self.accessors.floats(weights, "WEIGHTS", &[4])?;
            sets.push((joints, weights));
        }
        let mut bind_of_slot: Vec<Option<u16>> = vec![None; skin.len()];
        let mut result = Vec::with_capacity(old_of_new.len());
        let mut influences: Vec<(f32, u32)> = Vec::new();
        let (mut no_numbers, mut no_joints, mut missing) = (0, 0, 0);
        for &old in old_of_new {
            influences.clear();
            let old = old as usize;
            let mut first = None;
            for (joints, weights) in &sets {
                if old >= joints.len().min(weights.len()) {
                    missing += 1;
                    continue;
                }
                for (&weight, &slot) in weights.element(old).iter().zip(joints.element(old)) {
                    first = first.or(Some(slot).filter(|&slot| (slot as usize) < skin.len()));
                    match weight {
                        _ if !weight.is_finite() => no_numbers += 1,
                        _ if weight <= 0.0 => {}
                        _ if slot as usize >= skin.len() => no_joints += 1,
                        _ => influences.push((weight, slot)),
                    }
                }
            }
            if influences.len() > 4 {
                influences.sort_by(|a, b| b.0.total_cmp(&a.0));
                influences.truncate(4);
            }
            if influences.is_empty() {
                influences.push((1.0, first.unwrap_or(0)));
            }
            let sum: f64 = influences.iter().map(|i| f64::from(i.0)).sum();
            let (mut binds, mut weights) = ([0; 4], [0.0; 4]);
            for (i, &(weight, slot)) in influences.iter().enumerate() {
                let known = &mut bind_of_slot[slot as usize];
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
        self.faults.add("weights that are no numbers", no_numbers, Some(name));
        self.faults.add("weights for joints that aren't there", no_joints, Some(name));
        self.faults.add("vertices without weights", missing, Some(name));
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
        // Without any, the vertices are in the joints' own spaces (glTF 2.0, 3.7.3.1).
        let matrices = match skin.inverse_bind_matrices {
            Some(accessor) => match self.accessors.floats(accessor, "inverseBindMatrices", &[16]) {
                Ok(matrices) => Some(matrices),
                Err(FigureError::Damaged { .. }) => Some(Rc::new(Array { values: Vec::new(), width: 16 })),
                Err(error) => return Err(error),
            },
            None => None,
        };
        let mut binds: Vec<Bind> = Vec::with_capacity(skin.joints.len());
        for (slot, node) in skin.joints.iter().enumerate() {
            let Some(&joint) = self.scene.joint_of_node.get(node.value()) else {
                self.faults.note("joints of skins that aren't there");
                // The slots after it keep their numbers.
                let stand_in = binds.first().copied();
                binds.extend(stand_in.or_else(|| self.first_joint(&skin.joints)));
                continue;
            };
            self.figure.joints[joint as usize].movable = true;
            let inverse_bind = match &matrices {
                None => Mat4::IDENTITY,
                Some(matrices) => {
                    let stored = (slot < matrices.len()).then(|| Mat4::from_cols_slice(matrices.element(slot)));
                    stored.filter(|m| m.is_finite() && m.determinant() != 0.0).unwrap_or_else(|| {
                        self.faults.note("inverse bind matrices that are none");
                        self.inverse_rest(joint)
                    })
                }
            };
            binds.push(Bind { joint, inverse_bind });
        }
        let binds = Rc::new(binds);
        self.skins.insert(index, binds.clone());
        Ok(binds)
    }

    /// Where a joint's matrix is lost, the mesh is taken to have been bound as the joints stand.
    fn inverse_rest(&self, joint: u32) -> Mat4 {
        let inverse = self.world[joint as usize].inverse();
        if inverse.is_finite() { inverse } else { Mat4::IDENTITY }
    }

    /// A skin's first joint that there is.
    fn first_joint(&self, joints: &[json::Index<json::Node>]) -> Option<Bind> {
        let joint = joints.iter().find_map(|node| self.scene.joint_of_node.get(node.value()).copied())?;
        Some(Bind { joint, inverse_bind: self.inverse_rest(joint) })
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
            let (accessors, faults) = (&self.accessors, &mut self.faults);
            let mut read = |index: Option<json::Index<json::Accessor>>, role: &str| match index
                .map(|index| accessors.floats(index, role, &[3]))
                .transpose()
            {
                Err(FigureError::Damaged { .. }) => {
                    faults.note_at("morphs that can't be read", name);
                    Ok(None)
                }
                Ok(Some(array)) => {
                    faults.add("morphs with fewer vertices than their mesh", (array.len() < count).into(), Some(name));
                    let wrong = array.values.iter().filter(|v| !v.is_finite()).count();
                    faults.add("numbers of morphs that are none", wrong, Some(name));
                    Ok(Some(array))
                }
                other => other,
            };
            let positions = read(target.positions, "morph POSITION")?;
            let normals = read(target.normals, "morph NORMAL")?;
            self.morph_work += old_of_new.len() + 1;
            if self.morph_work > MAX_MORPH_WORK {
                return Err(self.document.unsupported("its morphs are too many for its meshes"));
            }
            let offset = |array: &Option<Rc<Array<f32>>>, old: u32| {
                let there = array.as_ref().filter(|a| (old as usize) < a.len()).map(|a| vec3(a, old));
                there
                    .filter(|offset| offset.is_finite() && offset.abs().max_element() <= FARTHEST)
                    .unwrap_or(Vec3::ZERO)
            };
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
    ///
    /// # Errors
    /// What was wrong with the first part, where all that could be drawn is lost.
    fn finish(mut self) -> Result<Meshes, FigureError> {
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
        if let Some(error) = self.lost.filter(|_| self.figure.triangles.is_empty()) {
            return Err(error);
        }
        self.figure.warnings.extend(self.faults.warning());
        Ok(self.meshes)
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

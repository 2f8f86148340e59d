//! Primitives into one list of vertices: triangulated, compacted, bound to joints, with their morphs.

mod skins;
mod targets;

use super::accessors::{Accessors, Array};
use super::document::Document;
use super::materials::Surface;
use super::scene::Scene;
use crate::figure::faults::Faults;
use crate::figure::{Bind, Figure, FigureError, Submesh, Vertex, normals, skinning};
use glam::{Mat4, Vec2, Vec3, Vec4};
use gltf::json;
use gltf::json::mesh::{Mode, Semantic};
use gltf::json::validation::Checked;
use serde_json::Value;
use skins::Binding;
use std::collections::HashMap;
use std::rc::Rc;

pub(super) use targets::target_names;

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
        let material = primitive.material.map(|material| material.value()).or_else(|| first_variant(primitive));
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

/// The material of a primitive that names none of its own: the one that it has in the file's first variant, else in any
/// (KHR_materials_variants).
fn first_variant(primitive: &json::mesh::Primitive) -> Option<usize> {
    let mappings = primitive.extensions.as_ref()?.others.get("KHR_materials_variants")?.get("mappings")?.as_array()?;
    let first = |mapping: &&Value| mapping["variants"].as_array().is_some_and(|v| v.iter().any(|v| v == 0));
    let mapping = mappings.iter().find(first).or(mappings.first())?;
    usize::try_from(mapping.get("material")?.as_u64()?).ok()
}

fn vec3(array: &Array<f32>, i: u32) -> Vec3 {
    Vec3::from_slice(array.element(i as usize))
}

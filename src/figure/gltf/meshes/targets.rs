//! Morph targets: their names, and how far they move vertices.

use super::{FARTHEST, Reader, vec3};
use crate::figure::gltf::accessors::Array;
use crate::figure::{FigureError, Morph, VertexOffset};
use glam::Vec3;
use gltf::json;
use std::rc::Rc;

/// Morphs a figure may have; the richest real ones have a few thousand.
const MAX_MORPHS: usize = 100_000;
/// Vertices times morph targets: a second's work, far beyond any real figure.
const MAX_MORPH_WORK: usize = 1 << 30;

impl Reader<'_> {
    /// One empty morph for each target of the mesh; returns the first.
    pub(super) fn add_morphs(&mut self, node: usize, mesh: &json::Mesh) -> Result<usize, FigureError> {
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

    pub(super) fn morph_targets(
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
}

/// Exporters agree on `targetNames` in `extras`, some of the mesh, some of its first primitive.
pub(in crate::figure::gltf) fn target_names(mesh: &json::Mesh) -> Vec<String> {
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

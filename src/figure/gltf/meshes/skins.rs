//! How vertices follow the joints: skins, their matrices and weights.

use super::{Reader, attribute};
use crate::figure::gltf::accessors::Array;
use crate::figure::{Bind, FigureError};
use glam::Mat4;
use gltf::json;
use gltf::json::mesh::Semantic;
use std::rc::Rc;

/// How a primitive's vertices follow the joints.
pub(super) enum Binding {
    /// All of them one joint.
    Rigid(u16),
    /// By the primitive's joint sets, which index these.
    Skin(Rc<Vec<Bind>>),
}

impl Reader<'_> {
    /// Binds and weights of the vertices `old_of_new`: the four largest of all joint sets.
    pub(super) fn bindings(
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
    pub(super) fn bind(&mut self, bind: Bind) -> Result<u16, FigureError> {
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
    pub(super) fn skin(&mut self, index: usize) -> Result<Rc<Vec<Bind>>, FigureError> {
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
}

//! From a pose in joint terms to world transforms and skinned vertices: the reference that every faster path must agree with.

use super::{Figure, VertexOffset};
use glam::{Mat4, Quat, Vec3};

/// A pose spelled out for one figure: a local transform a joint and a weight a morph.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalPose {
    /// Local rotations, relative to the joint's parent (they replace the rest rotation).
    pub rotations: Vec<Quat>,
    /// Local translations in metres (they replace the rest translation).
    pub translations: Vec<Vec3>,
    /// Weights of [`Figure::morphs`], before groups are spread out.
    pub morph_weights: Vec<f32>,
    /// Which of [`Figure::ik_chains`] are solved. Poses given as rotations leave them off.
    pub ik: Vec<bool>,
}

impl LocalPose {
    /// The figure as its file has it, IK off.
    pub fn rest(figure: &Figure) -> Self {
        Self {
            rotations: figure.joints.iter().map(|j| j.rotation).collect(),
            translations: figure.joints.iter().map(|j| j.translation).collect(),
            morph_weights: figure.morphs.iter().map(|m| m.rest_weight).collect(),
            ik: vec![false; figure.ik_chains.len()],
        }
    }
}

/// World transform of every joint.
pub fn world_transforms(figure: &Figure, pose: &LocalPose) -> Vec<Mat4> {
    let mut world: Vec<Mat4> = Vec::with_capacity(figure.joints.len());
    for (i, joint) in figure.joints.iter().enumerate() {
        let local = Mat4::from_scale_rotation_translation(joint.scale, pose.rotations[i], pose.translations[i]);
        world.push(match joint.parent {
            Some(p) => world[p as usize] * local,
            None => local,
        });
    }
    world
}

/// The matrix each bind multiplies its vertices with: world · inverse bind.
pub fn bind_matrices(figure: &Figure, world: &[Mat4]) -> Vec<Mat4> {
    figure.binds.iter().map(|b| world[b.joint as usize] * b.inverse_bind).collect()
}

/// Positions and normals of all vertices in world space.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skinned {
    /// Metres.
    pub positions: Vec<Vec3>,
    /// Unit length.
    pub normals: Vec<Vec3>,
}

/// Morphs, then skins the whole mesh (linear blending).
pub fn skin(figure: &Figure, pose: &LocalPose) -> Skinned {
    let matrices = bind_matrices(figure, &world_transforms(figure, pose));
    let mut positions: Vec<Vec3> = figure.vertices.iter().map(|v| v.position).collect();
    let mut normals: Vec<Vec3> = figure.vertices.iter().map(|v| v.normal).collect();
    for (morph, &weight) in figure.morphs.iter().zip(&pose.morph_weights) {
        if weight != 0.0 {
            for &VertexOffset { vertex, position, normal } in &morph.vertices {
                positions[vertex as usize] += weight * position;
                normals[vertex as usize] += weight * normal;
            }
        }
    }
    for (i, vertex) in figure.vertices.iter().enumerate() {
        let mut blended = Mat4::ZERO;
        for (&bind, &weight) in vertex.binds.iter().zip(&vertex.weights) {
            if weight != 0.0 {
                blended += matrices[bind as usize] * weight;
            }
        }
        positions[i] = blended.transform_point3(positions[i]);
        normals[i] = blended.transform_vector3(normals[i]).normalize_or_zero();
    }
    Skinned { positions, normals }
}

//! What a pass draws, decided once for the GPU and the CPU: which surfaces count, in which order, with which colours.

use super::{Model, RasterError, ToonStyle, style};
use crate::figure::{Alpha, Figure, LocalPose, Morph, Vertex, skinning};
use crate::pose::Camera;
use bytemuck::{Pod, Zeroable};
use glam::{Mat4, Vec2, Vec3, Vec4};

/// Alpha under which a blended surface isn't one, in passes that know only yes and no (UDP, ids, outlines).
const SOLID_ALPHA: f32 = 0.5;
/// Alpha under which a blended surface leaves no trace in a picture, not even in the depth buffer.
const VISIBLE_ALPHA: f32 = 1.0 / 255.0;
/// Coordinates (metres) and weights beyond this are a broken pose.
const BROKEN: f32 = 1e6;

/// A figure in one pose before one camera: everything that changes from picture to picture.
pub(super) struct Frame {
    /// One matrix a bind, finite.
    pub(super) matrices: Vec<Mat4>,
    /// The morphed mesh; `None` where no morph moves it.
    pub(super) shape: Option<Shape>,
    /// Linear RGBA of each material, morphs applied, 0 to 1.
    pub(super) base_colours: Vec<Vec4>,
    /// World to view space.
    pub(super) view: Mat4,
    /// World to clip space.
    pub(super) clip_from_world: Mat4,
    /// Metres that one pixel's height covers at clip w = 1.
    pub(super) metres_per_pixel: f32,
}

/// Vertices in bind space after morphs.
pub(super) struct Shape {
    /// Position in metres, normal of any length.
    pub(super) vertices: Vec<(Vec3, Vec3)>,
    /// Texture coordinates.
    pub(super) uvs: Vec<Vec2>,
}

impl Frame {
    /// Poisoned numbers end here: a joint whose transform isn't finite stays at rest, a weight that isn't counts as 0.
    pub(super) fn new(
        model: &Model,
        pose: &LocalPose,
        camera: &Camera,
        size_px: [u32; 2],
    ) -> Result<Self, RasterError> {
        let figure = model.figure();
        if pose.rotations.len() != figure.joints.len()
            || pose.translations.len() != figure.joints.len()
            || pose.morph_weights.len() != figure.morphs.len()
            || pose.ik.len() != figure.ik_chains.len()
        {
            return Err(RasterError::ForeignPose);
        }
        let clip_from_world = camera.projection * camera.view;
        if !clip_from_world.is_finite() {
            return Err(RasterError::Camera);
        }
        let mut sound_pose = pose.clone();
        sound_pose.morph_weights.iter_mut().filter(|w| w.is_nan() || w.abs() >= BROKEN).for_each(|w| *w = 0.0);
        let pose = &sound_pose;
        let mut matrices = skinning::bind_matrices(figure, &skinning::world_transforms(figure, pose));
        if !matrices.iter().all(sound) {
            let rest = skinning::bind_matrices(figure, &skinning::world_transforms(figure, &LocalPose::rest(figure)));
            for (matrix, rest) in matrices.iter_mut().zip(rest) {
                if !sound(matrix) {
                    *matrix = if sound(&rest) { rest } else { Mat4::IDENTITY };
                }
            }
        }
        Ok(Self {
            matrices,
            shape: morphed(figure, pose),
            base_colours: skinning::morphed_colours(figure, pose),
            view: camera.view,
            clip_from_world,
            metres_per_pixel: 2.0 / (camera.projection.y_axis.y.abs().max(1e-6) * size_px[1] as f32),
        })
    }
}

fn sound(matrix: &Mat4) -> bool {
    matrix.to_cols_array().iter().all(|v| v.abs() < BROKEN)
}

/// The mesh under the pose's morphs; `None` where none moves it.
fn morphed(figure: &Figure, pose: &LocalPose) -> Option<Shape> {
    let weights = skinning::effective_weights(figure, &pose.morph_weights);
    let moves =
        |(morph, &weight): (&Morph, &f32)| weight != 0.0 && !(morph.vertices.is_empty() && morph.uvs.is_empty());
    figure
        .morphs
        .iter()
        .zip(&weights)
        .any(moves)
        .then(|| Shape { vertices: skinning::morphed_vertices(figure, pose), uvs: skinning::morphed_uvs(figure, pose) })
}

/// Which question a pass asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Which surface point is here (UDP, ids): a surface is there or not.
    Points,
    /// What does it look like: translucent surfaces are blended.
    Looks,
    /// The inverted hull round the figure.
    Outline,
}

/// A run of triangles drawn alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draw {
    /// Index into the figure's submeshes.
    pub(super) submesh: u32,
    /// First triangle.
    pub(super) first: u32,
    /// Number of triangles.
    pub(super) count: u32,
    /// Index into the figure's materials.
    pub(super) material: u32,
    /// Seen from behind too.
    pub(super) double_sided: bool,
    /// Fragments whose alpha is below this are not there; `None`: no test is needed.
    pub(super) cutoff: Option<f32>,
    /// Blended over what was drawn before.
    pub(super) blended: bool,
}

/// All draws of a pass in order: solid ones first, then blended ones, both in the file's order. The depth test is
/// *less or equal*, so of two coplanar surfaces the later one is seen.
pub(super) fn draws(model: &Model, frame: &Frame, pass: Pass, style: &ToonStyle) -> Vec<Draw> {
    let figure = model.figure();
    let mut solid = Vec::new();
    let mut blended = Vec::new();
    for (index, submesh) in figure.submeshes.iter().enumerate() {
        let Some(material) = figure.materials.get(submesh.material as usize) else { continue };
        if pass == Pass::Outline && style.outline_of(material).is_none() {
            continue;
        }
        let base_alpha = frame.base_colours[submesh.material as usize].w;
        let uniform = model.uniform_alpha(submesh.material);
        let (mut cutoff, mut blend) = match (material.alpha, pass) {
            (Alpha::Opaque, _) => (None, false),
            (Alpha::Mask { cutoff }, _) => (Some(cutoff), false),
            (Alpha::Blend, Pass::Points | Pass::Outline) => (Some(SOLID_ALPHA), false),
            (Alpha::Blend, Pass::Looks) => (Some(VISIBLE_ALPHA), true),
        };
        if let Some(limit) = cutoff {
            if base_alpha <= 0.0 || base_alpha < limit {
                continue;
            }
            if uniform {
                cutoff = None;
                blend &= base_alpha < 1.0;
            }
        }
        let draw = Draw {
            submesh: index as u32,
            first: submesh.first,
            count: submesh.count,
            material: submesh.material,
            double_sided: material.double_sided,
            cutoff,
            blended: blend,
        };
        if blend { &mut blended } else { &mut solid }.push(draw);
    }
    solid.append(&mut blended);
    solid
}

/// How a material looks in the toon pass; one layout for Rust and WGSL. Colours are sRGB-encoded: the pass works on
/// encoded values throughout, as MMD and drawing programs do.
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Looks {
    /// Multiplier of the texture, RGB and alpha.
    pub(super) base: [f32; 4],
    /// Multiplier of the texture in shade, RGB; w: 1 where the surface is lit at all, else 0.
    pub(super) shade: [f32; 4],
    /// Outline RGB; w: how far the surface's own colour multiplies it.
    pub(super) outline: [f32; 4],
    /// Outline width in metres, then padding.
    pub(super) outline_width_m: [f32; 4],
}

/// The looks of every material in this frame.
pub(super) fn looks(figure: &Figure, frame: &Frame, style: &ToonStyle) -> Vec<Looks> {
    let encode = |c: Vec3| c.to_array().map(style::encode_srgb);
    figure
        .materials
        .iter()
        .zip(&frame.base_colours)
        .map(|(material, colour)| {
            let base = encode(colour.truncate());
            let shade = material.shade_colour.map_or(style.shade_colour, encode);
            let outline = style.outline_of(material);
            Looks {
                base: [base[0], base[1], base[2], colour.w],
                shade: [
                    base[0] * shade[0],
                    base[1] * shade[1],
                    base[2] * shade[2],
                    if material.unlit { 0.0 } else { style.shading },
                ],
                outline: outline.map_or([0.0; 4], |o| [o.colour[0], o.colour[1], o.colour[2], o.surface_mix]),
                outline_width_m: [outline.map_or(0.0, |o| o.width_m), 0.0, 0.0, 0.0],
            }
        })
        .collect()
}

/// A vertex's colour, sRGB-encoded like all of the toon pass.
pub(super) fn encoded_vertex_colour(vertex: &Vertex) -> Vec4 {
    let rgb = vertex.colour.truncate().to_array().map(style::encode_srgb);
    Vec3::from_array(rgb).extend(vertex.colour.w)
}

/// Hermite step from 0 at the first to 1 at the second, as in WGSL.
pub(super) fn smooth_step([low, high]: [f32; 2], value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Premultiplied colour to a pixel of straight alpha.
pub(super) fn straight(premultiplied: Vec4) -> [u8; 4] {
    let colour = premultiplied / if premultiplied.w > 0.0 { premultiplied.w } else { 1.0 };
    let byte = |v: f32| (v * 255.0 + 0.5) as u8;
    [byte(colour.x), byte(colour.y), byte(colour.z), byte(premultiplied.w)]
}

/// The joint that moves a vertex most.
pub(super) fn dominant_joint(figure: &Figure, vertex: &Vertex) -> u32 {
    let shares = vertex.binds.into_iter().zip(vertex.weights);
    // The first of the greatest.
    let bind = shares.reduce(|a, b| if b.1 > a.1 { b } else { a }).map_or(0, |(bind, _)| bind);
    figure.binds.get(bind as usize).map_or(0, |b| b.joint)
}

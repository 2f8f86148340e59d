//! A figure in one pose before one camera, and the colours it is drawn with, decided once for the GPU and the CPU.

use super::{Model, RasterError, ToonStyle};
use crate::figure::colour::linear_rgb;
use crate::figure::{Figure, LocalPose, Material, Morph, Tint, Vertex, material_morphs, skinning};
use crate::picture::floats::encode_srgb;
use crate::pose::Camera;
use bytemuck::{Pod, Zeroable};
use glam::{Mat4, Vec2, Vec3, Vec4};
use std::borrow::Cow;
use std::sync::Arc;

/// Coordinates (metres) and weights beyond this are a broken pose.
const BROKEN: f32 = 1e6;

/// A figure in one pose, whatever camera sees it: what skinning and drawing take.
pub(super) struct Deformed {
    /// One matrix a bind, finite.
    pub(super) matrices: Vec<Mat4>,
    /// The morphed mesh; `None` where no morph moves it.
    pub(super) shape: Option<Shape>,
    /// The materials under the pose's morphs; `None` where no morph changes them.
    materials: Option<Vec<Material>>,
}

/// A figure in one pose before one camera: everything that changes from picture to picture.
pub(super) struct Frame {
    /// The figure in its pose.
    pub(super) deformed: Arc<Deformed>,
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

impl Deformed {
    /// `world`: the joints' world transforms in this pose, where they are known. Poisoned numbers end here: a joint whose
    /// transform isn't finite stays at rest, a weight that isn't counts as 0.
    pub(super) fn new(model: &Model, pose: &LocalPose, world: Option<&[Mat4]>) -> Result<Self, RasterError> {
        let figure = model.figure();
        if pose.rotations.len() != figure.joints.len()
            || pose.translations.len() != figure.joints.len()
            || pose.morph_weights.len() != figure.morphs.len()
            || pose.ik.len() != figure.ik_chains.len()
        {
            return Err(RasterError::ForeignPose);
        }
        let broken = |w: &f32| w.is_nan() || w.abs() >= BROKEN;
        let mut sound_pose = Cow::Borrowed(pose);
        if pose.morph_weights.iter().any(broken) {
            sound_pose.to_mut().morph_weights.iter_mut().filter(|w| broken(w)).for_each(|w| *w = 0.0);
        }
        let world = match (world, &sound_pose) {
            (Some(world), Cow::Borrowed(_)) => Cow::Borrowed(world),
            _ => Cow::Owned(skinning::world_transforms(figure, &sound_pose)),
        };
        let mut matrices = skinning::bind_matrices(figure, &world);
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
            shape: morphed(figure, &sound_pose),
            materials: material_morphs::morphed(figure, &sound_pose),
        })
    }
}

impl Frame {
    pub(super) fn new(deformed: Arc<Deformed>, camera: &Camera, size_px: [u32; 2]) -> Result<Self, RasterError> {
        let clip_from_world = camera.projection * camera.view;
        if !clip_from_world.is_finite() {
            return Err(RasterError::Camera);
        }
        Ok(Self {
            deformed,
            view: camera.view,
            clip_from_world,
            metres_per_pixel: 2.0 / (camera.projection.y_axis.y.abs().max(1e-6) * size_px[1] as f32),
        })
    }
}

impl Frame {
    /// The materials as they look here.
    pub(super) fn materials<'f>(&'f self, figure: &'f Figure) -> &'f [Material] {
        self.deformed.materials.as_deref().unwrap_or(&figure.materials)
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
    /// Outline width in metres, outline alpha, then padding.
    pub(super) outline_width_m: [f32; 4],
    /// Linear RGB added to what is lit; w: padding.
    pub(super) emission: [f32; 4],
    /// [`crate::figure::Tint::multiply`].
    pub(super) tint_multiply: [f32; 4],
    /// [`crate::figure::Tint::add`].
    pub(super) tint_add: [f32; 4],
}

impl Looks {
    /// The surface has more to it than texture, shade and line.
    pub(super) fn rich(material: &Material) -> bool {
        material.emission != Vec3::ZERO || material.tint != Tint::default()
    }
}

/// The looks of every material in this frame.
pub(super) fn looks(figure: &Figure, frame: &Frame, style: &ToonStyle) -> Vec<Looks> {
    let encode = |c: Vec3| c.to_array().map(encode_srgb);
    let materials = frame.materials(figure).iter();
    materials
        .map(|material| {
            let base = encode(material.base_colour.truncate());
            let shade = material.shade_colour.map_or(style.shade_colour, encode);
            let outline = style.outline_of(material);
            Looks {
                base: [base[0], base[1], base[2], material.base_colour.w],
                shade: [
                    base[0] * shade[0],
                    base[1] * shade[1],
                    base[2] * shade[2],
                    if material.unlit { 0.0 } else { style.shading },
                ],
                outline: outline.map_or([0.0; 4], |o| [o.colour[0], o.colour[1], o.colour[2], o.surface_mix]),
                outline_width_m: outline.map_or([0.0; 4], |o| [o.width_m, o.alpha, 0.0, 0.0]),
                emission: material.emission.extend(0.0).to_array(),
                tint_multiply: material.tint.multiply.to_array(),
                tint_add: material.tint.add.to_array(),
            }
        })
        .collect()
}

/// What [`crate::figure::Tint`] makes of a texture's colour.
pub(super) fn tinted(looks: &Looks, texel: Vec4) -> Vec4 {
    let (multiply, add) = (Vec4::from(looks.tint_multiply), Vec4::from(looks.tint_add));
    let colour = Vec3::ONE.lerp(texel.truncate() * multiply.truncate(), multiply.w);
    let colour = (colour + (colour - Vec3::ONE) * add.w).clamp(Vec3::ZERO, Vec3::ONE) + add.truncate();
    colour.clamp(Vec3::ZERO, Vec3::ONE).extend(texel.w)
}

/// Light added to an encoded colour, where light adds up: linear.
pub(super) fn shining(colour: Vec3, emission: Vec3) -> Vec3 {
    Vec3::from_array((linear_rgb(colour) + emission).to_array().map(encode_srgb))
}

/// The place of every vertex on its emission texture, from that on the others.
pub(super) fn emission_uv_offset(figure: &Figure, vertex: usize) -> Vec2 {
    figure.emission_uvs.get(vertex).map_or(Vec2::ZERO, |uv| *uv - figure.vertices[vertex].uv)
}

/// A vertex's colour, sRGB-encoded like all of the toon pass.
pub(super) fn encoded_vertex_colour(vertex: &Vertex) -> Vec4 {
    let rgb = vertex.colour.truncate().to_array().map(encode_srgb);
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

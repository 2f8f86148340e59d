//! What PMX and PMD files hold, in their own terms: MMD units, left-handed, y up, the figure looking along −z.

use crate::figure::faults::Faults;
use glam::{Quat, Vec2, Vec3, Vec4};

/// Everything of a model that a figure needs. Indices are checked by [`super::mend`], not before.
#[derive(Default)]
pub(in crate::figure) struct Model {
    /// Japanese and English.
    pub name: [String; 2],
    /// Japanese and English.
    pub comment: [String; 2],
    pub vertices: Vec<Vertex>,
    pub triangles: Vec<[u32; 3]>,
    /// References to image files.
    pub textures: Vec<String>,
    pub materials: Vec<Material>,
    pub bones: Vec<Bone>,
    pub morphs: Vec<Morph>,
    pub bodies: Vec<Body>,
    pub ties: Vec<Tie>,
    /// What was wrong with parts that were left out already.
    pub faults: Faults,
    /// How many numbers were none.
    pub no_numbers: usize,
}

pub(in crate::figure) struct Vertex {
    /// NaN: at no place.
    pub position: Vec3,
    pub normal: Vec3,
    pub uv: Vec2,
    /// Bones, negative: none.
    pub bones: [i32; 4],
    pub weights: [f32; 4],
}

#[derive(Default)]
pub(in crate::figure) struct Material {
    pub name: String,
    pub diffuse: Vec4,
    pub ambient: Vec3,
    pub double_sided: bool,
    /// sRGB and multiples of MMD's edge width.
    pub edge: Option<(Vec4, f32)>,
    /// Index into the textures, negative: none.
    pub texture: i32,
    pub toon: Toon,
    pub has_sphere_map: bool,
    pub triangles: usize,
}

#[derive(Clone, Copy, Default)]
pub(in crate::figure) enum Toon {
    /// None, or one of the ten that MMD brings along.
    #[default]
    BuiltIn,
    /// Index into the textures.
    Texture(i32),
}

#[derive(Default)]
pub(in crate::figure) struct Bone {
    /// Japanese and English.
    pub name: [String; 2],
    /// Absolute.
    pub position: Vec3,
    /// Negative: none.
    pub parent: i32,
    pub layer: i32,
    pub after_physics: bool,
    pub may_rotate: bool,
    pub may_translate: bool,
    /// Visible and enabled for the user.
    pub operable: bool,
    pub append: Option<Append>,
    pub ik: Option<Ik>,
}

pub(in crate::figure) struct Append {
    pub source: i32,
    pub ratio: f32,
    pub rotation: bool,
    pub translation: bool,
    pub local: bool,
}

pub(in crate::figure) struct Ik {
    pub effector: i32,
    pub iterations: i32,
    pub step_rad: f32,
    pub links: Vec<Link>,
}

pub(in crate::figure) struct Link {
    pub bone: i32,
    /// Euler angles, radians.
    pub limits: Option<(Vec3, Vec3)>,
}

pub(in crate::figure) struct Morph {
    /// Japanese and English.
    pub name: [String; 2],
    /// Its group in MMD: 1 brows, 2 eyes, 3 lips, 4 others.
    pub panel: u8,
    pub offsets: Offsets,
}

pub(in crate::figure) enum Offsets {
    Vertices(Vec<(u32, Vec3)>),
    Uvs(Vec<(u32, Vec2)>),
    Bones(Vec<(i32, Vec3, Quat)>),
    Materials(Vec<MaterialOffset>),
    Group(Vec<(i32, f32)>),
    /// Additional texture coordinates, flips and impulses: known, and without effect on a still picture.
    Nothing,
}

pub(in crate::figure) struct MaterialOffset {
    /// Negative: all.
    pub material: i32,
    pub multiply: bool,
    pub diffuse: Vec4,
    pub ambient: Vec3,
    /// Colour and multiples of MMD's edge width.
    pub edge: (Vec4, f32),
    /// Factor of the texture.
    pub texture: Vec4,
    /// Factor of the toon texture.
    pub toon: Vec3,
}

/// A rigid body.
#[derive(Clone)]
pub(in crate::figure) struct Body {
    pub name: String,
    /// Negative: none.
    pub bone: i32,
    pub group: u8,
    pub mask: u16,
    /// 0 sphere, 1 box, 2 capsule along y.
    pub shape: u8,
    /// Radius; half sizes; radius and the cylinder's height.
    pub size: Vec3,
    /// Absolute; NaN: at no place.
    pub position: Vec3,
    /// Euler angles, radians: about z, then x, then y.
    pub rotation: Vec3,
    pub mass: f32,
    /// Of speed and of turning speed.
    pub damping: [f32; 2],
    /// How much of its speed it keeps when it bounces, and its friction.
    pub surface: [f32; 2],
    /// 0 follows its bone, 1 leads it, 2 turns it.
    pub mode: u8,
}

/// What holds two bodies together.
#[derive(Clone)]
pub(in crate::figure) struct Tie {
    pub name: String,
    pub bodies: [i32; 2],
    /// As a body's.
    pub position: Vec3,
    pub rotation: Vec3,
    /// Low and high.
    pub shifts: [Vec3; 2],
    pub turns: [Vec3; 2],
    /// Force for a unit.
    pub pulls: Vec3,
    /// Torque for a radian.
    pub springs: Vec3,
}

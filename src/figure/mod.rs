//! A rigged mesh in memory, one form for every file format: `shared` vocabulary of the readers, the poser and the rasterizer.
//!
//! Everything is in metres, y up, right-handed, the figure looking along +z (its left hand is at +x). Readers convert
//! once. Quaternions are xyzw ([`glam::Quat`]).

mod body_map;
pub mod colour;
mod constraint;
pub(crate) mod expressions;
mod face;
mod faults;
pub mod gltf;
pub mod humanoid;
mod ik;
pub mod landmarks;
pub mod load;
mod material;
pub mod material_morphs;
pub(crate) mod mmd_names;
pub mod names;
pub mod normals;
pub mod obj;
pub mod places;
pub mod pmd;
pub mod pmx;
pub mod resources;
pub mod skinning;
mod spelling;
pub mod springs;
mod stance;
pub mod stl;
mod surfaces;
pub(crate) mod textures;
pub mod tpose;
mod vrm;

pub use face::FacePart;
pub use humanoid::{HumanBone, Humanoid};
pub use landmarks::LandmarkMap;
pub use load::{from_bytes, load};
pub use material::{Alpha, Blending, Material, MmdColours, Outline, Texture, Tint, Wrap};
pub use skinning::LocalPose;
pub use springs::Springs;
pub use vrm::presets as vrm_presets;

use glam::{Mat4, Quat, Vec2, Vec3, Vec4};
use std::path::PathBuf;

/// A figure: mesh, skeleton, looks and what its author allows.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// Its name: the model's own where it has one, else the file's stem.
    pub name: String,
    /// One entry per mesh vertex, of all submeshes.
    pub vertices: Vec<Vertex>,
    /// Vertex indices, three a triangle, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
    /// Texture coordinates of emission textures, one a vertex; empty: those of the vertices.
    pub emission_uvs: Vec<Vec2>,
    /// Consecutive runs of `triangles`, one material each, in drawing order.
    pub submeshes: Vec<Submesh>,
    /// Looks.
    pub materials: Vec<Material>,
    /// Decoded images that materials refer to.
    pub textures: Vec<Texture>,
    /// The node hierarchy; parents come before their children.
    pub joints: Vec<Joint>,
    /// What vertices are bound to: `Vertex::binds` index this list.
    pub binds: Vec<Bind>,
    /// Shape keys.
    pub morphs: Vec<Morph>,
    /// Named combinations of morphs (VRM expressions); where a format has none, those that morphs' names make, and one per
    /// named morph (`expressions`).
    pub expressions: Vec<Expression>,
    /// Which joint is which human bone.
    pub humanoid: Humanoid,
    /// Joints that copy a share of another joint's motion (PMX append/inherit), evaluated in [`Joint::order`].
    pub appends: Vec<Append>,
    /// Inverse kinematics the model brings along (PMX/PMD).
    pub ik_chains: Vec<IkChain>,
    /// Joints that turn with others when all else is done (VRM), each after those that it depends on.
    pub constraints: Vec<Constraint>,
    /// What moves by itself: hair, skirts, ribbons.
    pub springs: Springs,
    /// Who made it and what is allowed.
    pub licence: Licence,
    /// The files beside its own that were read for it, or that it names and that are there: buffers, material libraries,
    /// pictures, drawn or not. Each once; not the figure's own file. Paths begin with the figure's folder as it was given
    /// and may climb out of it by up to two `..` (pictures alone). Where such a picture lies in the figure's folder under
    /// the same path without the `..`, it is found as well.
    pub sources: Vec<PathBuf>,
    /// What a user should know about the file although it could be read (a missing texture, a skipped feature).
    pub warnings: Vec<String>,
}

impl Figure {
    /// A skeleton without a surface, such as motions have: upright and looking forwards. Which joint is which human bone is
    /// guessed where it isn't told.
    pub(crate) fn skeleton(joints: Vec<Joint>, humanoid: Option<Humanoid>) -> Self {
        let humanoid = humanoid.unwrap_or_else(|| names::guess(&joints));
        let mut figure = Self { joints, humanoid, ..Self::default() };
        let mirrored = stance::unmirror(&mut figure);
        stance::straighten(&mut figure, &mirrored);
        figure
    }
}

/// One mesh vertex in its bind space (for a rigid piece: the space of its node).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vertex {
    /// Metres.
    pub position: Vec3,
    /// Unit length.
    pub normal: Vec3,
    /// Texture coordinate, (0, 0) is the top left; may leave [0, 1].
    pub uv: Vec2,
    /// Linear multiplier of the material's colour, RGBA; white where the file has none.
    pub colour: Vec4,
    /// Indices into [`Figure::binds`].
    pub binds: [u16; 4],
    /// Weights of the four binds, sum 1.
    pub weights: [f32; 4],
}

/// A run of triangles with one material.
#[derive(Clone, Debug, PartialEq)]
pub struct Submesh {
    /// The part's name (mesh or material name), for the id pass and lists.
    pub name: String,
    /// First triangle.
    pub first: u32,
    /// Number of triangles.
    pub count: u32,
    /// Index into [`Figure::materials`].
    pub material: u32,
}

/// A node of the skeleton (or any scene node that carries something).
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// Name in the file, unique only by convention.
    pub name: String,
    /// Index of the parent, always smaller than the joint's own.
    pub parent: Option<u32>,
    /// Rest transform relative to the parent: metres.
    pub translation: Vec3,
    /// Rest rotation relative to the parent.
    pub rotation: Quat,
    /// Rest scale relative to the parent.
    pub scale: Vec3,
    /// Evaluation rank for appends and IK (PMX layer, after-physics flag); 0 elsewhere. Lower first, ties by index.
    pub order: i32,
    /// A bone a user may want to move (skinned, humanoid or flagged so by the file), not a mere scene node.
    pub movable: bool,
    /// The channels the file allows a user to change: rotation, translation.
    pub may_rotate: bool,
    /// See `may_rotate`.
    pub may_translate: bool,
}

impl Joint {
    /// A joint at a place in its parent's axes, which it shares; a user may turn and move it.
    pub fn new(name: &str, parent: Option<u32>, translation: Vec3) -> Self {
        Self {
            name: name.to_owned(),
            parent,
            translation,
            rotation: Quat::IDENTITY,
            scale: Vec3::ONE,
            order: 0,
            movable: true,
            may_rotate: true,
            may_translate: true,
        }
    }

    /// The one joint of a figure without a skeleton.
    fn root() -> Self {
        Self::new("root", None, Vec3::ZERO)
    }
}

/// A joint together with the transform from mesh space to that joint's rest space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bind {
    /// Index into [`Figure::joints`].
    pub joint: u32,
    /// Mesh space → joint space at rest.
    pub inverse_bind: Mat4,
}

/// A shape key: everything that moves by its weight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Morph {
    /// Name in the file.
    pub name: String,
    /// Vertex offsets in bind space.
    pub vertices: Vec<VertexOffset>,
    /// Texture coordinate offsets.
    pub uvs: Vec<(u32, Vec2)>,
    /// Joint offsets: index, translation, rotation.
    pub joints: Vec<(u32, Vec3, Quat)>,
    /// Material changes.
    pub materials: Vec<MaterialOffset>,
    /// Other morphs driven by this one: index, factor. Never cyclic (readers see to that).
    pub group: Vec<(u32, f32)>,
    /// Weight before anyone moves it; 0 but for glTF's `weights`.
    pub rest_weight: f32,
    /// The part of the face in whose group an MMD file lists it.
    pub part: Option<FacePart>,
}

/// How far a morph at weight 1 moves one vertex.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VertexOffset {
    /// Index into [`Figure::vertices`].
    pub vertex: u32,
    /// Metres, bind space.
    pub position: Vec3,
    /// Added to the normal before it is normalized.
    pub normal: Vec3,
}

/// What a material morph does at weight 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaterialOffset {
    /// Index into [`Figure::materials`]; `None`: all.
    pub material: Option<u32>,
    /// True: all values are multiplied by `mix(1, channel, weight)`; false: `channel · weight` is added.
    pub multiply: bool,
    /// By how much.
    pub channels: MaterialChannels,
}

/// What a morph changes of a material. Colours are linear, those of MMD's materials sRGB, as both are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaterialChannels {
    /// Of [`Material::base_colour`], or of [`MmdColours::diffuse`].
    pub colour: Vec4,
    /// Of [`MmdColours::ambient`].
    pub ambient: Vec3,
    /// Of [`Material::emission`].
    pub emission: Vec3,
    /// Of [`Material::shade_colour`], where there is one.
    pub shade: Vec3,
    /// Of [`Outline::colour`], or of [`MmdColours::edge`].
    pub outline_colour: Vec4,
    /// Of [`Outline::width_m`]; added widths are metres.
    pub outline_width: f32,
    /// Of [`Material::tint`].
    pub texture: Vec4,
}

/// A named face or state: weights of morphs, of which some may change colours and texture coordinates only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    /// VRM 1.0 preset name (`happy`, `blink`, `aa` …) or the file's own.
    pub name: String,
    /// Morph index, weight at full expression.
    pub morphs: Vec<(u32, f32)>,
    /// On or off only: weights above one half count as one (VRM `isBinary`).
    pub binary: bool,
    /// What becomes of the figure's blinks, gazes and visemes while this expression shows.
    pub overrides: Overrides,
}

/// What an expression does to those that programs move by themselves (VRM 1.0 `overrideBlink` …): a face that shuts its
/// eyes blinks no further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// To `blink`, `blinkLeft` and `blinkRight`.
    pub blink: Override,
    /// To `lookUp`, `lookDown`, `lookLeft` and `lookRight`.
    pub look_at: Override,
    /// To `aa`, `ih`, `ou`, `ee` and `oh`.
    pub mouth: Override,
}

/// How an expression holds others back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Override {
    /// Not at all.
    #[default]
    None,
    /// Wholly, as soon as it shows.
    Block,
    /// By as much as it shows.
    Blend,
}

/// `joint` copies a share of `source`'s motion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Append {
    /// The joint that follows.
    pub joint: u32,
    /// The joint it copies.
    pub source: u32,
    /// Share, may be negative.
    pub ratio: f32,
    /// Copy the rotation.
    pub rotation: bool,
    /// Copy the translation.
    pub translation: bool,
    /// Copy the source's whole local motion including what its parents' chain gives it (PMX "local append").
    pub local: bool,
}

/// A joint that turns with another, or towards it (VRM's `VRMC_node_constraint`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constraint {
    /// The joint that turns.
    pub joint: u32,
    /// What it turns by.
    pub source: u32,
    /// How.
    pub kind: ConstraintKind,
    /// In [0, 1]: from the joint's rest rotation to all that the kind asks for.
    pub weight: f32,
}

/// What a [`Constraint`] takes from its source. Axes are unit vectors in the joint's own space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstraintKind {
    /// The turn about this axis alone.
    Roll(Vec3),
    /// The place: this axis points there.
    Aim(Vec3),
    /// The whole turn since rest, each in its own axes.
    Rotation,
}

/// A chain that reaches for a goal joint (CCD, as MMD evaluates it).
#[derive(Clone, Debug, PartialEq)]
pub struct IkChain {
    /// The joint whose place is to be reached.
    pub goal: u32,
    /// The end of the chain that should get there.
    pub effector: u32,
    /// From the effector's parent upwards.
    pub links: Vec<IkLink>,
    /// Iterations at most.
    pub iterations: u32,
    /// Largest turn of the first link in one iteration, radians; the next may turn twice as far, and so on.
    pub step_rad: f32,
    /// Solved in every pose: it takes cloth and the like along with a limb, and moves no human bone itself.
    pub helper: bool,
}

/// One link of an [`IkChain`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IkLink {
    /// The joint that turns.
    pub joint: u32,
    /// Euler limits (low, high) in radians about the joint's x, y, z.
    pub limits: Option<(Vec3, Vec3)>,
}

/// What the file says about its author and permitted use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licence {
    /// Title of the model.
    pub title: String,
    /// Authors, in order.
    pub authors: Vec<String>,
    /// Everything the meta says, `field: value`, in the file's order, in plain words.
    pub terms: Vec<(String, String)>,
    /// Uses that the meta forbids, one plain sentence each, to be shown when the figure opens.
    pub forbids: Vec<String>,
}

/// Why a figure file can't be used. Every message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The file (or one it refers to) can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes contradict the format.
    #[error("{path} is damaged: {what}. Export or download it again", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was wrong, lower case, no full stop.
        what: String,
    },
    /// A sound file that needs something Settei doesn't do.
    #[error("{path} can't be used: {what}", path = path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What it needs and the remedy.
        what: String,
    },
    /// The file moves figures and is none.
    #[error(transparent)]
    Motion(#[from] crate::files::motions::Motion),
}

//! How a surface looks.

use glam::{Vec3, Vec4};

/// How a surface looks, as far as a toon picture needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Name in the file.
    pub name: String,
    /// **Linear** RGBA multiplier of the texture (files' sRGB diffuse colours are converted on reading).
    pub base_colour: Vec4,
    /// Index into [`Figure::textures`](super::Figure::textures), sRGB.
    pub texture: Option<u32>,
    /// Coverage of the surface.
    pub alpha: Alpha,
    /// Drawn from behind as well.
    pub double_sided: bool,
    /// Linear RGB multiplier of the base colour on the side away from the light, where the file knows one
    /// (MToon's shade colour, PMX's toon texture); `None`: the renderer's default.
    pub shade_colour: Option<Vec3>,
    /// Texture that takes the base texture's place in shade (MToon), sRGB.
    pub shade_texture: Option<u32>,
    /// Not lit at all.
    pub unlit: bool,
    /// Outline asked for by the file.
    pub outline: Option<Outline>,
    /// Light that the surface gives off whatever falls on it: linear RGB, which may exceed 1.
    pub emission: Vec3,
    /// Texture that multiplies the emission, sRGB; its coordinates are [`Figure::emission_uvs`](super::Figure::emission_uvs).
    pub emission_texture: Option<u32>,
    /// What becomes of the base texture's colours.
    pub tint: Tint,
    /// Its place among blended surfaces.
    pub blending: Blending,
    /// Where its colours come from in an MMD model, whose morphs change those.
    pub mmd: Option<MmdColours>,
}

impl Default for Material {
    fn default() -> Self {
        Self {
            name: String::new(),
            base_colour: Vec4::ONE,
            texture: None,
            alpha: Alpha::Opaque,
            double_sided: false,
            shade_colour: None,
            shade_texture: None,
            unlit: false,
            outline: None,
            emission: Vec3::ZERO,
            emission_texture: None,
            tint: Tint::default(),
            blending: Blending::default(),
            mmd: None,
        }
    }
}

/// MMD's texture factors, on sRGB-encoded colours: the texture's is multiplied by the first RGB as far as the first alpha
/// says; then it is drawn towards black as far as the second alpha says, and the second RGB is added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tint {
    /// Neutral: 1.
    pub multiply: Vec4,
    /// Neutral: 0.
    pub add: Vec4,
}

impl Default for Tint {
    fn default() -> Self {
        Self { multiply: Vec4::ONE, add: Vec4::ZERO }
    }
}

/// When a blended surface is drawn and what it hides. The default is glTF's: the farthest first, hiding nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blending {
    /// Lower ones are drawn first.
    pub queue: i64,
    /// Within a queue the farthest comes first; else those in the file's order.
    pub by_distance: bool,
    /// What is drawn later and lies behind it is hidden.
    pub writes_depth: bool,
}

impl Default for Blending {
    fn default() -> Self {
        Self { queue: 0, by_distance: true, writes_depth: false }
    }
}

/// The colours of an MMD material as the file has them, sRGB; [`MmdColours::surface`] makes the surface's of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmdColours {
    /// RGBA, lit.
    pub diffuse: Vec4,
    /// RGB, whatever the light.
    pub ambient: Vec3,
    /// RGBA of the outline.
    pub edge: Vec4,
    /// Coverage while the diffuse alpha is 1: what the texture asks for.
    pub whole: Alpha,
}

/// Coverage of a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alpha {
    /// Alpha is ignored.
    Opaque,
    /// Texels whose alpha is below `cutoff` are not there.
    Mask {
        /// In [0, 1].
        cutoff: f32,
    },
    /// Blended over what lies behind it.
    Blend,
}

/// An inverted-hull outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outline {
    /// Linear RGBA.
    pub colour: Vec4,
    /// In metres.
    pub width_m: f32,
    /// 0: the colour is the line's; 1: it multiplies the surface's own colour (MToon's outline lighting mix).
    pub surface_mix: f32,
}

/// A decoded image, row-major RGBA from the top, straight alpha, sRGB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texture {
    /// File or image name, for messages.
    pub name: String,
    /// The pixels.
    pub picture: crate::picture::Picture,
    /// What happens outside [0, 1] in u and v.
    pub wrap: [Wrap; 2],
}

/// Texture addressing outside [0, 1].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wrap {
    /// Tiles.
    #[default]
    Repeat,
    /// Tiles, every second one mirrored.
    Mirror,
    /// The border goes on.
    Clamp,
}

//! Materials and the images they use.

use super::document::Document;
use crate::figure::spelling::percent_decode;
use crate::figure::textures::{self, ImageSource};
use crate::figure::{Alpha, Blending, Material, Texture, Wrap};
use glam::{Affine2, Vec3, Vec4};
use gltf::json;
use gltf::json::extensions::texture::TextureTransform;
use gltf::json::material::{AlphaCutoff, AlphaMode};
use gltf::json::texture::WrappingMode;
use gltf::json::validation::Checked;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;

/// Material extensions of which everything that a cel shows is read.
const READ: &[&str] = &[
    "KHR_materials_emissive_strength",
    "KHR_materials_pbrSpecularGlossiness",
    "KHR_materials_unlit",
    // The variant that a file begins with is what its primitives name anyhow.
    "KHR_materials_variants",
    "VRMC_materials_hdr_emissiveMultiplier",
    "VRMC_materials_mtoon",
];
/// Those that change reflections and highlights alone, of which a cel has none.
const REFLECTIONS: &[&str] = &[
    "KHR_materials_anisotropy",
    "KHR_materials_clearcoat",
    "KHR_materials_dispersion",
    "KHR_materials_ior",
    "KHR_materials_iridescence",
    "KHR_materials_sheen",
    "KHR_materials_specular",
];
/// No surface shines brighter than this many times white.
pub(in crate::figure) const BRIGHTEST: f32 = 1e4;

/// Where in Unity's order of drawing a blended surface stands whose material says nothing; VRM's materials go by it.
pub(in crate::figure) fn unity_queue(writes_depth: bool) -> i64 {
    if writes_depth { 2501 } else { 3000 }
}

/// True if a file may require this material extension: it is drawn as far as a cel can show it.
pub(super) fn understood(extension: &str) -> bool {
    READ.contains(&extension) || REFLECTIONS.contains(&extension)
}

/// The material extensions that would change the picture and aren't drawn, in one warning.
pub(super) fn unread(document: &Document) -> Option<String> {
    let extensions = document.root.materials.iter().filter_map(|m| m.extensions.as_ref());
    let mut unread: Vec<&str> = extensions.flat_map(|e| e.others.keys().map(String::as_str)).collect();
    unread.retain(|name| name.contains("_materials_") && !understood(name));
    unread.sort_unstable();
    unread.dedup();
    let names = unread.join(", ");
    (!unread.is_empty()).then(|| format!("what {names} adds to its materials is not drawn: they may look plainer"))
}

/// A material together with what the mesh reader must know to use it.
#[derive(Clone, Debug)]
pub(in crate::figure) struct Surface {
    /// The looks.
    pub(in crate::figure) material: Material,
    /// Which TEXCOORD set the base texture uses.
    pub(in crate::figure) uv_set: u32,
    /// What happens to those coordinates before the texture is looked up.
    pub(in crate::figure) uv_transform: Affine2,
    /// COLOR_0 counts; MToon ignores it.
    pub(in crate::figure) vertex_colours: bool,
    /// The outline's width is a share of the view's height, not yet metres.
    pub(in crate::figure) screen_outline: bool,
    /// Only the inside is drawn (MToon's front culling): triangles are turned round.
    pub(in crate::figure) inside_out: bool,
    /// Set and transform of the emission texture, where they are others than the base texture's.
    pub(in crate::figure) emission_uv: Option<(u32, Affine2)>,
}

impl Surface {
    fn new(material: Material) -> Self {
        Self {
            material,
            uv_set: 0,
            uv_transform: Affine2::IDENTITY,
            vertex_colours: true,
            screen_outline: false,
            inside_out: false,
            emission_uv: None,
        }
    }

    /// For primitives that name no material.
    pub(in crate::figure) fn plain() -> Self {
        Self::new(Material { name: "default".into(), ..Material::default() })
    }

    /// Sort key of the drawing order: solid before cut out before blended.
    pub(in crate::figure) fn drawing_rank(&self) -> (u8, i64) {
        match self.material.alpha {
            Alpha::Opaque => (0, 0),
            Alpha::Mask { .. } => (1, 0),
            Alpha::Blend => (2, self.material.blending.queue),
        }
    }

    /// Shows a texture as the base colour's.
    fn show(&mut self, shown: Option<TextureUse>) {
        let shown = shown.map_or((None, 0, Affine2::IDENTITY), |t| (Some(t.texture), t.uv_set, t.transform));
        (self.material.texture, self.uv_set, self.uv_transform) = shown;
    }

    /// Lets the surface shine as the file has it (glTF 2.0, 3.9.3, and KHR_materials_emissive_strength).
    pub(in crate::figure) fn emit(&mut self, source: &json::Material, textures: &mut Textures) {
        let strength = |extension: &str, key: &str| {
            let extensions = source.extensions.as_ref()?;
            extensions.others.get(extension)?.get(key)?.as_f64().map(|strength| strength as f32)
        };
        let strength = strength("KHR_materials_emissive_strength", "emissiveStrength")
            .or_else(|| strength("VRMC_materials_hdr_emissiveMultiplier", "emissiveMultiplier"))
            .unwrap_or(1.0);
        let shine = |factor: f32| if factor * strength > 0.0 { (factor * strength).min(BRIGHTEST) } else { 0.0 };
        let emission = Vec3::from(source.emissive_factor.0.map(shine));
        let texture = source.emissive_texture.as_ref().filter(|_| emission != Vec3::ZERO);
        self.shine(emission, texture.map(|info| TextureUse::new(info, textures)));
    }

    /// Lets the surface shine.
    pub(in crate::figure) fn shine(&mut self, emission: Vec3, texture: Option<TextureUse>) {
        self.material.emission = emission;
        self.material.emission_texture = texture.map(|t| t.texture);
        self.emission_uv = None;
        let Some(texture) = texture else { return };
        let coordinates = (texture.uv_set, texture.transform);
        if self.material.texture.is_none() && self.material.shade_texture.is_none() {
            (self.uv_set, self.uv_transform) = coordinates;
        } else if coordinates != (self.uv_set, self.uv_transform) {
            self.emission_uv = Some(coordinates);
        }
    }
}

/// A texture with the coordinates that it is looked up by.
#[derive(Clone, Copy, Debug)]
pub(in crate::figure) struct TextureUse {
    /// Index into [`crate::figure::Figure::textures`].
    pub(in crate::figure) texture: u32,
    /// The TEXCOORD set.
    pub(in crate::figure) uv_set: u32,
    /// What happens to those coordinates (KHR_texture_transform).
    pub(in crate::figure) transform: Affine2,
}

impl TextureUse {
    fn new(info: &json::texture::Info, textures: &mut Textures) -> Self {
        let texture = textures.index(info.index.value());
        match info.extensions.as_ref().and_then(|e| e.texture_transform.as_ref()) {
            Some(t) => Self { texture, uv_set: t.tex_coord.unwrap_or(info.tex_coord), transform: uv_transform(t) },
            None => Self { texture, uv_set: info.tex_coord, transform: Affine2::IDENTITY },
        }
    }
}

/// The textures that materials asked for so far; each image is decoded once, however many materials use it.
pub(in crate::figure) struct Textures<'a> {
    document: &'a Document<'a>,
    known: HashMap<(usize, [u8; 2]), u32>,
    sources: Vec<ImageSource<'a>>,
}

impl<'a> Textures<'a> {
    pub(in crate::figure) fn new(document: &'a Document<'a>) -> Self {
        Self { document, known: HashMap::new(), sources: Vec::new() }
    }

    /// Index into [`crate::figure::Figure::textures`] of a glTF texture. Whatever is wrong with it is a warning later.
    pub(in crate::figure) fn index(&mut self, texture: usize) -> u32 {
        let document = self.document;
        let root = &document.root;
        let Some(texture) = root.textures.get(texture) else {
            return self.missing(format!("texture {texture}"), "the file has no such texture");
        };
        let sampler = texture.sampler.and_then(|sampler| root.samplers.get(sampler.value()));
        let wrap = sampler.map_or([Wrap::Repeat; 2], |sampler| [wrap(sampler.wrap_s), wrap(sampler.wrap_t)]);
        // Images of other formats are named by extensions of their own, with or without a fallback in `source`.
        let named = |extension: &str| {
            let extensions = texture.extensions.as_ref()?;
            usize::try_from(extensions.others.get(extension)?.get("source")?.as_u64()?).ok()
        };
        let fallback = Some(texture.source.value()).filter(|&source| source != u32::MAX as usize);
        let source = named("EXT_texture_webp").or(fallback).or_else(|| named("MSFT_texture_dds"));
        let Some(source) = source else {
            let name = texture.name.clone().unwrap_or_else(|| "unnamed".into());
            return self.missing(name, "its image is in a format Settei doesn't read (KTX2? AVIF?); export it as PNG");
        };
        let Some(image) = root.images.get(source) else {
            return self.missing(format!("image {source}"), "the file has no such image");
        };
        // Files list the same picture more than once.
        let same = |other: &json::Image| match (image.buffer_view, &image.uri) {
            (Some(view), _) => other.buffer_view.is_some_and(|other| other.value() == view.value()),
            (None, Some(uri)) => other.buffer_view.is_none() && other.uri.as_ref() == Some(uri),
            (None, None) => false,
        };
        let first = root.images[..source].iter().position(same).unwrap_or(source);
        let key = (first, wrap.map(|w| w as u8));
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let index = self.push(image_source(document, source, image, wrap));
        self.known.insert(key, index);
        index
    }

    /// A texture that can't be shown.
    fn missing(&mut self, name: String, why: &str) -> u32 {
        self.push(ImageSource { name, bytes: Err(why.into()), wrap: [Wrap::Repeat; 2] })
    }

    /// A texture that is white all over: for surfaces that show one colour in shade whatever their texture.
    pub(in crate::figure) fn white(&mut self) -> u32 {
        /// A TGA of one pixel.
        const WHITE: [u8; 21] = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 24, 0, 255, 255, 255];
        let key = (usize::MAX, [0; 2]);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let bytes = Ok(Cow::Borrowed(&WHITE[..]));
        let index = self.push(ImageSource { name: "white".into(), bytes, wrap: [Wrap::Repeat; 2] });
        self.known.insert(key, index);
        index
    }

    fn push(&mut self, source: ImageSource<'a>) -> u32 {
        self.sources.push(source);
        self.sources.len() as u32 - 1
    }

    /// Decodes everything asked for.
    pub(in crate::figure) fn decode(self, warnings: &mut Vec<String>) -> Vec<Texture> {
        // What isn't drawn (normals, roughness) belongs to the figure all the same.
        let external = self.document.root.images.iter().filter_map(|image| image.uri.as_deref());
        external.filter(|uri| !uri.starts_with("data:")).for_each(|uri| self.document.folder.mention_picture(uri));
        textures::textures(self.sources, warnings)
    }
}

fn image_source<'a>(
    document: &'a Document<'a>,
    index: usize,
    image: &'a json::Image,
    wrap: [Wrap; 2],
) -> ImageSource<'a> {
    let external = image.uri.as_deref().filter(|uri| !uri.starts_with("data:"));
    let name = match (&image.name, external) {
        (_, Some(uri)) => percent_decode(uri).into_owned(),
        (Some(name), None) if !name.is_empty() => name.clone(),
        _ => format!("image {index}"),
    };
    let bytes = match (image.buffer_view, &image.uri) {
        (Some(view), _) => match document.view(view) {
            Ok((bytes, _)) => Ok(Cow::Borrowed(bytes)),
            Err(_) => Err(format!("buffer view {view} is not there or too short")),
        },
        (None, Some(uri)) if external.is_some() => document.folder.read_picture(uri).map(Cow::Owned),
        (None, Some(uri)) => document.resource(uri).map(Cow::Owned),
        (None, None) => Err("it has no data".into()),
    };
    ImageSource { name, bytes, wrap }
}

fn wrap(mode: Checked<WrappingMode>) -> Wrap {
    match mode {
        Checked::Valid(WrappingMode::ClampToEdge) => Wrap::Clamp,
        Checked::Valid(WrappingMode::MirroredRepeat) => Wrap::Mirror,
        Checked::Valid(WrappingMode::Repeat) | Checked::Invalid => Wrap::Repeat,
    }
}

/// The core glTF materials, in the file's order.
pub(in crate::figure) fn read(document: &Document, textures: &mut Textures) -> Vec<Surface> {
    document.root.materials.iter().enumerate().map(|(i, m)| surface(i, m, textures)).collect()
}

fn surface(index: usize, source: &json::Material, textures: &mut Textures) -> Surface {
    let extensions = source.extensions.as_ref();
    let pbr = &source.pbr_metallic_roughness;
    let mut base_colour = pbr.base_color_factor.0;
    let mut texture = pbr.base_color_texture.as_ref().map(Cow::Borrowed);
    // The older description of surfaces; where a file has both it is the one meant.
    if let Some(diffuse) = extensions.and_then(|e| e.others.get("KHR_materials_pbrSpecularGlossiness")) {
        let factor = diffuse.get("diffuseFactor").and_then(|f| <[f32; 4]>::deserialize(f).ok());
        base_colour = factor.unwrap_or([1.0; 4]);
        let info = diffuse.get("diffuseTexture").and_then(|info| json::texture::Info::deserialize(info).ok());
        texture = info.map(Cow::Owned);
    }
    let mut surface = Surface::new(Material {
        name: source.name.clone().unwrap_or_else(|| format!("material {index}")),
        base_colour: colour4(base_colour),
        alpha: match source.alpha_mode {
            Checked::Valid(AlphaMode::Mask) => {
                Alpha::Mask { cutoff: unit(source.alpha_cutoff.unwrap_or(AlphaCutoff(0.5)).0) }
            }
            Checked::Valid(AlphaMode::Blend) => Alpha::Blend,
            Checked::Valid(AlphaMode::Opaque) | Checked::Invalid => Alpha::Opaque,
        },
        double_sided: source.double_sided,
        unlit: extensions.is_some_and(|e| e.unlit.is_some()),
        blending: Blending { queue: unity_queue(false), ..Blending::default() },
        ..Material::default()
    });
    surface.show(texture.map(|info| TextureUse::new(&info, textures)));
    // Unlit surfaces show their base colour alone (KHR_materials_unlit).
    if !surface.material.unlit {
        surface.emit(source, textures);
    }
    surface
}

/// KHR_texture_transform: scale, then rotation, then offset. Its angle turns the other way than the matrix of the same
/// name in a space with y up, since v runs downwards.
fn uv_transform(t: &TextureTransform) -> Affine2 {
    let transform = Affine2::from_scale_angle_translation(t.scale.0.into(), -t.rotation.0, t.offset.0.into());
    if transform.is_finite() { transform } else { Affine2::IDENTITY }
}

/// A number in [0, 1]; what is none at all counts as 0.
pub(in crate::figure) fn unit(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) }
}

/// A linear colour with its components in [0, 1].
pub(in crate::figure) fn colour4(linear: [f32; 4]) -> Vec4 {
    Vec4::from(linear.map(unit))
}

/// A linear colour with its components in [0, 1].
pub(in crate::figure) fn colour3(linear: [f32; 3]) -> Vec3 {
    Vec3::from(linear.map(unit))
}

#[cfg(test)]
mod tests;

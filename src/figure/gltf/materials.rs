//! Materials and the images they use.

use super::document::Document;
use crate::figure::spelling::percent_decode;
use crate::figure::textures::{self, ImageSource};
use crate::figure::{Alpha, FigureError, Material, Texture, Wrap};
use glam::{Affine2, Vec3, Vec4};
use gltf::json;
use gltf::json::extensions::texture::TextureTransform;
use gltf::json::material::{AlphaCutoff, AlphaMode};
use gltf::json::texture::WrappingMode;
use gltf::json::validation::Checked;
use std::borrow::Cow;
use std::collections::HashMap;

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
    /// Blended surfaces that write depth are drawn before those that don't.
    pub(in crate::figure) writes_depth: bool,
    /// Order within those of a kind, lower first.
    pub(in crate::figure) queue: i64,
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
            writes_depth: false,
            queue: 0,
        }
    }

    /// For primitives that name no material.
    pub(in crate::figure) fn plain() -> Self {
        Self::new(Material { name: "default".into(), ..Material::default() })
    }

    /// Sort key of the drawing order: solid before cut out before blended.
    pub(in crate::figure) fn drawing_rank(&self) -> (u8, i64) {
        let kind = match (self.material.alpha, self.writes_depth) {
            (Alpha::Opaque, _) => 0,
            (Alpha::Mask { .. }, _) => 1,
            (Alpha::Blend, true) => 2,
            (Alpha::Blend, false) => 3,
        };
        (kind, self.queue)
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

    /// Index into [`crate::figure::Figure::textures`] of a glTF texture.
    ///
    /// # Errors
    /// An index out of range; whatever is wrong with the image itself is a warning later.
    pub(in crate::figure) fn index(&mut self, texture: usize) -> Result<u32, FigureError> {
        let document = self.document;
        let texture = document.get(&document.root.textures, texture, "texture")?;
        let wrap = match texture.sampler {
            None => [Wrap::Repeat; 2],
            Some(sampler) => {
                let sampler = document.get(&document.root.samplers, sampler.value(), "sampler")?;
                [wrap(sampler.wrap_s), wrap(sampler.wrap_t)]
            }
        };
        // WebP images are named by an extension of their own, with or without a fallback in `source`.
        let webp = texture
            .extensions
            .as_ref()
            .and_then(|e| e.others.get("EXT_texture_webp")?.get("source")?.as_u64())
            .and_then(|i| usize::try_from(i).ok());
        let source = webp.unwrap_or_else(|| texture.source.value());
        let key = (source, wrap.map(|w| w as u8));
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let index = match document.root.images.get(source) {
            Some(image) => self.push(image_source(document, source, image, wrap)),
            // A texture whose only image is in an extension's format.
            None if source == u32::MAX as usize => self.push(ImageSource {
                name: texture.name.clone().unwrap_or_else(|| "unnamed".into()),
                bytes: Err("its image is in a format Settei doesn't read (KTX2?); export it as PNG".into()),
                wrap,
            }),
            None => return Err(document.damaged(format!("it refers to image {source}, which it doesn't have"))),
        };
        self.known.insert(key, index);
        Ok(index)
    }

    /// A texture that is white all over: for surfaces that show one colour in shade whatever their texture.
    pub(in crate::figure) fn white(&mut self) -> Result<u32, FigureError> {
        let key = (usize::MAX, [0; 2]);
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let png = textures::white().to_png().map_err(|e| self.document.damaged(e.to_string()))?;
        let source = ImageSource { name: "white".into(), bytes: Ok(Cow::Owned(png)), wrap: [Wrap::Repeat; 2] };
        let index = self.push(source);
        self.known.insert(key, index);
        Ok(index)
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
pub(in crate::figure) fn read(document: &Document, textures: &mut Textures) -> Result<Vec<Surface>, FigureError> {
    document.root.materials.iter().enumerate().map(|(i, m)| surface(i, m, textures)).collect()
}

fn surface(index: usize, source: &json::Material, textures: &mut Textures) -> Result<Surface, FigureError> {
    let pbr = &source.pbr_metallic_roughness;
    let mut surface = Surface::new(Material {
        name: source.name.clone().unwrap_or_else(|| format!("material {index}")),
        base_colour: colour4(pbr.base_color_factor.0),
        alpha: match source.alpha_mode {
            Checked::Valid(AlphaMode::Mask) => {
                Alpha::Mask { cutoff: unit(source.alpha_cutoff.unwrap_or(AlphaCutoff(0.5)).0) }
            }
            Checked::Valid(AlphaMode::Blend) => Alpha::Blend,
            Checked::Valid(AlphaMode::Opaque) | Checked::Invalid => Alpha::Opaque,
        },
        double_sided: source.double_sided,
        unlit: source.extensions.as_ref().is_some_and(|e| e.unlit.is_some()),
        ..Material::default()
    });
    if let Some(info) = &pbr.base_color_texture {
        surface.material.texture = Some(textures.index(info.index.value())?);
        surface.uv_set = info.tex_coord;
        if let Some(transform) = info.extensions.as_ref().and_then(|e| e.texture_transform.as_ref()) {
            surface.uv_set = transform.tex_coord.unwrap_or(info.tex_coord);
            surface.uv_transform = uv_transform(transform);
        }
    }
    Ok(surface)
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

//! Materials and textures of an MMD model.

use super::model::{self, Model, Toon};
use crate::figure::colour::{linear, linear_rgb, linear_rgba};
use crate::figure::resources::{self, Folder, ImageSource};
use crate::figure::{Alpha, Material, MaterialOffset, Outline, Submesh, Texture, Vertex, Wrap};
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;

/// What [`super::convert`] needs of materials and textures.
pub(super) struct Looks {
    pub materials: Vec<Material>,
    pub textures: Vec<Texture>,
}

/// MMD's light, unless a scene changes it: 154 of 255 in each channel.
const LIGHT: f32 = 154.0 / 255.0;
/// An edge of width 1 is about this wide when MMD's camera shows a whole figure.
const EDGE_WIDTH_M: f32 = 0.0024;

/// Reads and decodes everything that the model's surfaces show. What can't be found or decoded is a warning.
///
/// # Errors
/// A reference to a texture that the file doesn't list.
pub(super) fn read(
    model: &Model,
    vertices: &[Vertex],
    triangles: &[[u32; 3]],
    submeshes: &[Submesh],
    folder: &Folder,
    warnings: &mut Vec<String>,
) -> Result<Looks, String> {
    // Index in the file → index in the figure, which holds only what its surfaces show.
    let mut used: HashMap<usize, u32> = HashMap::new();
    let mut sources = Vec::new();
    for material in &model.materials {
        let Some((index, reference)) = reference(model, material.texture, &material.name)? else { continue };
        used.entry(index).or_insert_with(|| {
            let bytes = folder.read(reference).map(Cow::Owned);
            sources.push(ImageSource { name: reference.to_owned(), bytes, wrap: [Wrap::Repeat; 2] });
            sources.len() as u32 - 1
        });
    }
    let textures = resources::textures(sources, warnings);
    let clear: Vec<bool> = textures.iter().map(|t| t.picture.pixels.iter().any(|p| p[3] < 255)).collect();
    let fading = fading_materials(model);
    let mut shades: HashMap<usize, Option<Vec3>> = HashMap::new();

    let mut materials = Vec::with_capacity(model.materials.len());
    for (i, source) in model.materials.iter().enumerate() {
        let texture = usize::try_from(source.texture).ok().and_then(|index| used.get(&index)).copied();
        let shade_colour = match source.toon {
            Toon::BuiltIn => None,
            Toon::Texture(index) => match reference(model, index, &source.name)? {
                None => None,
                Some((index, name)) => *shades.entry(index).or_insert_with(|| shade(name, folder, warnings)),
            },
        };
        materials.push(Material {
            name: source.name.clone(),
            base_colour: base_colour(source.diffuse, source.ambient),
            texture,
            alpha: if source.diffuse.w < 1.0 || fading[i] { Alpha::Blend } else { Alpha::Opaque },
            double_sided: source.double_sided,
            shade_colour,
            outline: source.edge.filter(|(_, width)| *width > 0.0).map(|(colour, width)| Outline {
                colour: linear_rgba(colour),
                width_m: EDGE_WIDTH_M * width,
                surface_mix: 0.0,
            }),
            ..Material::default()
        });
    }
    let covered: Vec<Option<Alpha>> = (materials.par_iter(), submeshes)
        .into_par_iter()
        .map(|(material, part)| {
            let texture = material.texture.filter(|&t| material.alpha == Alpha::Opaque && clear[t as usize])?;
            let part = &triangles[part.first as usize..][..part.count as usize];
            let corners = part.iter().map(|t| t.map(|i| vertices[i as usize].uv));
            Some(coverage(&textures[texture as usize].picture, corners))
        })
        .collect();
    for (material, alpha) in materials.iter_mut().zip(covered) {
        material.alpha = alpha.unwrap_or(material.alpha);
    }
    let spheres = model.materials.iter().filter(|m| m.has_sphere_map).count();
    if spheres > 0 {
        warnings.push(format!("sphere maps (on {spheres} of its materials) are not drawn"));
    }
    Ok(Looks { materials, textures })
}

impl Looks {
    /// A material morph in our terms, or the index of a material that isn't there.
    pub(super) fn offset(&self, model: &Model, offset: &model::MaterialOffset) -> Result<MaterialOffset, usize> {
        let &model::MaterialOffset { material, multiply, diffuse, ambient } = offset;
        let Ok(index) = usize::try_from(material) else {
            return Ok(MaterialOffset { material: None, multiply, colour: linear_rgba(diffuse) });
        };
        let source = model.materials.get(index).ok_or(index)?;
        let before = self.materials[index].base_colour;
        let colour = if multiply {
            let after = base_colour(source.diffuse * diffuse, source.ambient * ambient);
            let ratio = |c: usize| if before[c] > 1e-4 { after[c] / before[c] } else { linear(diffuse[c]) };
            Vec4::new(ratio(0), ratio(1), ratio(2), diffuse.w)
        } else {
            let after = base_colour(source.diffuse + diffuse, source.ambient + ambient);
            (after - before).truncate().extend(diffuse.w)
        };
        Ok(MaterialOffset { material: Some(index as u32), multiply, colour })
    }
}

/// The name of the texture that `user` refers to, if it refers to one.
fn reference<'a>(model: &'a Model, index: i32, user: &str) -> Result<Option<(usize, &'a str)>, String> {
    let Ok(index) = usize::try_from(index) else { return Ok(None) };
    let name = model.textures.get(index).ok_or_else(|| {
        format!("the material “{user}” shows texture {index}, and there are {}", model.textures.len())
    })?;
    Ok((!name.trim().is_empty()).then_some((index, name.trim())))
}

/// A surface's colour before its texture as MMD's shader has it: the light on the diffuse colour plus the ambient one.
fn base_colour(diffuse: Vec4, ambient: Vec3) -> Vec4 {
    let lit = (LIGHT * diffuse.truncate() + ambient).clamp(Vec3::ZERO, Vec3::ONE);
    linear_rgb(lit).extend(diffuse.w.clamp(0.0, 1.0))
}

/// Materials whose coverage a morph changes: they have to be blended, even where they rest opaque.
fn fading_materials(model: &Model) -> Vec<bool> {
    let mut fading = vec![false; model.materials.len()];
    for morph in &model.morphs {
        let model::Offsets::Materials(offsets) = &morph.offsets else { continue };
        for offset in offsets {
            let neutral = if offset.multiply { 1.0 } else { 0.0 };
            let material = usize::try_from(offset.material).ok().and_then(|i| fading.get_mut(i));
            if let Some(material) = material.filter(|_| offset.diffuse.w != neutral) {
                *material = true;
            }
        }
    }
    fading
}

/// The colour on the side away from the light: the lowest row of the toon texture.
fn shade(reference: &str, folder: &Folder, warnings: &mut Vec<String>) -> Option<Vec3> {
    let picture = folder.read(reference).and_then(|bytes| resources::decode(reference, &bytes));
    let picture = match picture {
        Ok(picture) => picture,
        // toon00.bmp to toon10.bmp come with MMD and are not copied into a model's folder.
        Err(_) if is_shared_toon(reference) => return None,
        Err(what) => {
            warnings.push(format!("the toon texture “{reference}” is left out: {what}"));
            return None;
        }
    };
    let row = picture.pixels.rchunks(picture.width_px.max(1) as usize).next()?;
    let sum: Vec3 = row.iter().map(|p| Vec3::new(p[0].into(), p[1].into(), p[2].into())).sum();
    Some(linear_rgb(sum / (255.0 * row.len() as f32)))
}

fn is_shared_toon(reference: &str) -> bool {
    let name = reference.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let number = name.strip_prefix("toon").and_then(|rest| rest.split('.').next());
    number.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// How a texture covers the triangles that show it. MMD blends everything in the file's order; most surfaces need only
/// an opaque or a cut-out material, which hide what lies behind them whatever the order.
fn coverage(picture: &Picture, triangles: impl Iterator<Item = [Vec2; 3]>) -> Alpha {
    // Texels between fully there and not there at all may make a cut-out's soft rim, but no more of it than this.
    const MOST_RIM: f64 = 0.05;
    const LEAST_HOLE: f64 = 0.001;
    let size = Vec2::new(picture.width_px as f32, picture.height_px as f32);
    let (mut solid, mut partly, mut hole) = (0.0f64, 0.0f64, 0.0f64);
    for corners in triangles {
        let [a, b, c] = corners.map(|uv| uv * size);
        let longest = (b - a).length().max((c - b).length()).max((a - c).length());
        let steps = (longest / 2.0).ceil().clamp(1.0, 24.0);
        let area = f64::from((b - a).perp_dot(c - a).abs().max(1.0) / (steps * steps));
        for i in 0..steps as u32 {
            for j in 0..steps as u32 - i {
                let at = a + (b - a) * ((i as f32 + 1.0 / 3.0) / steps) + (c - a) * ((j as f32 + 1.0 / 3.0) / steps);
                let wrapped = (at / size - (at / size).floor()) * size;
                let (x, y) = (wrapped.x as u32, wrapped.y as u32);
                match picture.at(x.min(picture.width_px - 1), y.min(picture.height_px - 1))[3] {
                    0..=8 => hole += area,
                    9..=246 => partly += area,
                    247..=255 => solid += area,
                }
            }
        }
    }
    if partly + hole < LEAST_HOLE * (partly + hole + solid) {
        Alpha::Opaque
    } else if partly > MOST_RIM * (partly + solid) {
        Alpha::Blend
    } else {
        Alpha::Mask { cutoff: 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left half solid, then a quarter with the given alpha, then nothing.
    fn thirds(alpha: u8) -> Picture {
        let mut picture = Picture::new(64, 8);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            pixel[3] = match i % 64 {
                0..32 => 255,
                32..48 => alpha,
                _ => 0,
            };
        }
        picture
    }

    #[test]
    fn coverage_looks_only_where_the_triangles_lie() {
        let triangle =
            |low: f32, high: f32| std::iter::once([Vec2::new(low, 0.1), Vec2::new(high, 0.1), Vec2::new(low, 0.9)]);
        let picture = thirds(128);
        assert_eq!(coverage(&picture, triangle(0.0, 0.49)), Alpha::Opaque);
        assert_eq!(coverage(&picture, triangle(0.2, 0.7)), Alpha::Blend);
        assert_eq!(coverage(&thirds(0), triangle(0.2, 0.7)), Alpha::Mask { cutoff: 0.5 });
        // Wrapped around, and degenerate.
        assert_eq!(coverage(&picture, triangle(-2.0, -1.51)), Alpha::Opaque);
        assert_eq!(coverage(&picture, triangle(0.1, 0.1)), Alpha::Opaque);
    }

    #[test]
    fn diffuse_and_ambient_add_up_as_in_mmd() {
        assert_eq!(base_colour(Vec4::ONE, Vec3::splat(0.5)), Vec4::ONE);
        let half = base_colour(Vec4::new(0.5, 0.0, 0.0, 0.25), Vec3::ZERO);
        assert!((half.x - linear(0.5 * LIGHT)).abs() < 1e-6 && half.y == 0.0 && half.w == 0.25);
    }

    #[test]
    fn shared_toons_are_known_by_name() {
        assert!(is_shared_toon("toon03.bmp") && is_shared_toon("tex\\Toon10.BMP"));
        assert!(!is_shared_toon("toon.bmp") && !is_shared_toon("toonhair.bmp"));
    }
}

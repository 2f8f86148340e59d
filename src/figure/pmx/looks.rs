//! Materials and textures of an MMD model.

use super::model::{self, Model, Toon};
use crate::figure::colour::{linear, linear_rgb, linear_rgba};
use crate::figure::resources::Folder;
use crate::figure::surfaces::{self, ImageList};
use crate::figure::textures as pictures;
use crate::figure::{Alpha, Material, MaterialOffset, Outline, Submesh, Texture, Vertex, Wrap};
use glam::{Vec3, Vec4};
use std::collections::HashMap;
use std::path::PathBuf;

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
    let mut images = ImageList::new(folder);
    let mut shown = Vec::with_capacity(model.materials.len());
    for material in &model.materials {
        let file = reference(model, material.texture, &material.name)?;
        shown.push(file.map(|file| images.index(file, Wrap::Repeat)));
    }
    let textures = images.decode(warnings);
    let fading = fading_materials(model);
    let mut shades: HashMap<Result<PathBuf, String>, Option<Vec3>> = HashMap::new();

    let mut materials = Vec::with_capacity(model.materials.len());
    for (i, source) in model.materials.iter().enumerate() {
        let toon = match source.toon {
            Toon::BuiltIn => None,
            Toon::Texture(index) => reference(model, index, &source.name)?,
        };
        let shade_colour = toon
            .and_then(|file| *shades.entry(folder.find_picture(file)).or_insert_with(|| shade(file, folder, warnings)));
        materials.push(Material {
            name: source.name.clone(),
            base_colour: base_colour(source.diffuse, source.ambient),
            texture: shown[i],
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
    // Sphere maps and what nothing shows belong to the model all the same.
    model.textures.iter().for_each(|file| folder.mention_picture(file));
    surfaces::cover(&mut materials, &textures, submeshes, triangles, vertices);
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

/// The file that the material `user` shows as its texture `index`, if any.
fn reference<'a>(model: &'a Model, index: i32, user: &str) -> Result<Option<&'a str>, String> {
    let Ok(index) = usize::try_from(index) else { return Ok(None) };
    let name = model.textures.get(index).ok_or_else(|| {
        format!("the material “{user}” shows texture {index}, and there are {}", model.textures.len())
    })?;
    Ok(Some(name.trim()).filter(|name| !name.is_empty()))
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
    let picture = folder.read_picture(reference).and_then(|bytes| pictures::decode(reference, &bytes));
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

#[cfg(test)]
mod tests {
    use super::*;

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

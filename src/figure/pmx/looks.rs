//! Materials and textures of an MMD model.

use super::model::{self, Model, Toon};
use crate::figure::colour::{linear_rgb, linear_rgba};
use crate::figure::resources::Folder;
use crate::figure::surfaces::{self, ImageList};
use crate::figure::textures as pictures;
use crate::figure::{
    Blending, Material, MaterialChannels, MaterialOffset, MmdColours, Outline, Submesh, Texture, Vertex, Wrap,
};
use glam::{Vec3, Vec4};
use std::collections::HashMap;
use std::path::PathBuf;

/// What [`super::convert`] needs of materials and textures.
pub(super) struct Looks {
    pub materials: Vec<Material>,
    pub textures: Vec<Texture>,
}

/// An edge of width 1 is about this wide when MMD's camera shows a whole figure.
const EDGE_WIDTH_M: f32 = 0.0024;

/// Reads and decodes everything that the model's surfaces show. What can't be found or decoded is a warning.
pub(super) fn read(
    model: &Model,
    vertices: &[Vertex],
    triangles: &[[u32; 3]],
    submeshes: &[Submesh],
    folder: &Folder,
    warnings: &mut Vec<String>,
) -> Looks {
    let mut images = ImageList::new(folder);
    let mut shown = Vec::with_capacity(model.materials.len());
    let mut beyond = Vec::new();
    for material in &model.materials {
        let file = reference(model, material.texture, &material.name, &mut beyond);
        shown.push(file.map(|file| images.index(file, Wrap::Repeat)));
    }
    let textures = images.decode(warnings);
    let mut shades: HashMap<Result<PathBuf, String>, Option<Vec3>> = HashMap::new();

    let mut materials = Vec::with_capacity(model.materials.len());
    for (i, source) in model.materials.iter().enumerate() {
        let toon = match source.toon {
            Toon::BuiltIn => None,
            Toon::Texture(index) => reference(model, index, &source.name, &mut beyond),
        };
        let shade_colour = toon
            .and_then(|file| *shades.entry(folder.find_picture(file)).or_insert_with(|| shade(file, folder, warnings)));
        materials.push(Material {
            name: source.name.clone(),
            texture: shown[i],
            double_sided: source.double_sided,
            shade_colour,
            outline: source.edge.filter(|(_, width)| *width > 0.0).map(|(colour, width)| Outline {
                colour: linear_rgba(colour),
                width_m: EDGE_WIDTH_M * width,
                surface_mix: 0.0,
            }),
            // MMD draws one material after the other and lets each hide what comes later and lies behind it.
            blending: Blending { queue: 0, by_distance: false, writes_depth: true },
            ..Material::default()
        });
    }
    surfaces::cover(&mut materials, &textures, submeshes, triangles, vertices);
    for (material, source) in materials.iter_mut().zip(&model.materials) {
        let edge = source.edge.map_or(Vec4::ZERO, |(colour, _)| colour);
        let mmd = MmdColours { diffuse: source.diffuse, ambient: source.ambient, edge, whole: material.alpha };
        (material.base_colour, material.alpha) = mmd.surface();
        material.mmd = Some(mmd);
    }
    // Sphere maps and what nothing shows belong to the model all the same.
    model.textures.iter().for_each(|file| folder.mention_picture(file));
    let spheres = model.materials.iter().filter(|m| m.has_sphere_map).count();
    if spheres > 0 {
        warnings.push(format!("sphere maps (on {spheres} of its materials) are not drawn"));
    }
    if !beyond.is_empty() {
        let count = model.textures.len();
        warnings.push(format!(
            "some materials show textures that aren't among its {count} and are drawn without: {}",
            beyond.join(", ")
        ));
    }
    Looks { materials, textures }
}

impl Looks {
    /// A material morph in our terms, or the index of a material that isn't there.
    pub(super) fn offset(&self, offset: &model::MaterialOffset) -> Result<MaterialOffset, usize> {
        let &model::MaterialOffset { material, multiply, diffuse, ambient, edge: (edge, width), texture, toon } =
            offset;
        // A negative index means all materials.
        let material = usize::try_from(material).ok();
        if let Some(index) = material.filter(|&index| index >= self.materials.len()) {
            return Err(index);
        }
        let neutral = MaterialChannels::splat(if multiply { 1.0 } else { 0.0 });
        let outline_width = if multiply { width } else { EDGE_WIDTH_M * width };
        // The shade is the toon texture's, in linear light: a product stays one there, as nearly as sRGB is a power.
        let shade = linear_rgb(toon);
        let channels = MaterialChannels {
            colour: diffuse,
            ambient,
            outline_colour: edge,
            outline_width,
            texture,
            shade,
            ..neutral
        };
        Ok(MaterialOffset { material: material.map(|index| index as u32), multiply, channels })
    }
}

/// The file that the material `user` shows as its texture `index`, if any; `user` joins `beyond` if there is no such one.
fn reference<'a>(model: &'a Model, index: i32, user: &str, beyond: &mut Vec<String>) -> Option<&'a str> {
    let index = usize::try_from(index).ok()?;
    match model.textures.get(index) {
        Some(name) => Some(name.trim()).filter(|name| !name.is_empty()),
        None => {
            let user = format!("“{user}”");
            if !beyond.contains(&user) {
                beyond.push(user);
            }
            None
        }
    }
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
    fn a_morph_of_the_toon_texture_changes_the_shade() {
        let looks = Looks { materials: vec![Material::default()], textures: Vec::new() };
        let morph = |multiply| model::MaterialOffset {
            material: 0,
            multiply,
            diffuse: Vec4::ONE,
            ambient: Vec3::ONE,
            edge: (Vec4::ONE, 1.0),
            texture: Vec4::ONE,
            toon: Vec3::new(1.0, 0.5, 0.0),
        };
        for multiply in [true, false] {
            let shade = looks.offset(&morph(multiply)).unwrap().channels.shade;
            assert_eq!(shade, linear_rgb(Vec3::new(1.0, 0.5, 0.0)));
        }
    }

    #[test]
    fn shared_toons_are_known_by_name() {
        assert!(is_shared_toon("toon03.bmp") && is_shared_toon("tex\\Toon10.BMP"));
        assert!(!is_shared_toon("toon.bmp") && !is_shared_toon("toonhair.bmp"));
    }
}

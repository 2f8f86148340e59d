//! Wavefront material libraries.
//!
//! Format: <https://paulbourke.net/dataformats/mtl/>.

use super::text::{Statement, statements};
use crate::figure::Wrap;
use glam::Vec3;

/// One material, its colours sRGB.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MtlMaterial {
    pub name: String,
    pub diffuse: Vec3,
    pub opacity: f32,
    pub texture: Option<(String, Wrap)>,
    /// What the surface gives off, and the picture that multiplies it.
    pub emission: Vec3,
    pub emission_texture: Option<(String, Wrap)>,
    /// Other pictures that it names: bumps, highlights and the like.
    pub pictures: Vec<String>,
}

/// The materials of a library. What can't be understood is passed over: a figure is worth seeing in the wrong colour.
pub(super) fn parse(text: &str) -> Vec<MtlMaterial> {
    let mut materials: Vec<MtlMaterial> = Vec::new();
    for Statement { keyword, rest, .. } in statements(text) {
        if keyword.eq_ignore_ascii_case("newmtl") {
            let name = rest.to_owned();
            materials.push(MtlMaterial {
                name,
                diffuse: Vec3::ONE,
                opacity: 1.0,
                texture: None,
                emission: Vec3::ZERO,
                emission_texture: None,
                pictures: Vec::new(),
            });
            continue;
        }
        let Some(material) = materials.last_mut() else { continue };
        let numbers: Vec<f32> =
            rest.split_whitespace().map_while(|n| n.parse().ok()).filter(|n: &f32| n.is_finite()).take(3).collect();
        match (keyword.to_ascii_lowercase().as_str(), numbers.as_slice()) {
            ("kd", &[grey]) => material.diffuse = Vec3::splat(grey),
            ("kd", &[r, g, b]) => material.diffuse = Vec3::new(r, g, b),
            ("ke", &[grey]) => material.emission = Vec3::splat(grey),
            ("ke", &[r, g, b]) => material.emission = Vec3::new(r, g, b),
            ("map_ke", _) => material.emission_texture = texture(rest),
            ("d", &[opacity]) => material.opacity = opacity,
            ("tr", &[transparency]) => material.opacity = 1.0 - transparency,
            ("map_kd", _) => material.texture = texture(rest),
            (keyword, _)
                if keyword.starts_with("map_") || matches!(keyword, "bump" | "disp" | "decal" | "norm" | "refl") =>
            {
                material.pictures.extend(texture(rest).map(|(file, _)| file));
            }
            _ => {}
        }
    }
    for material in &mut materials {
        material.diffuse = material.diffuse.clamp(Vec3::ZERO, Vec3::ONE);
        material.opacity = material.opacity.clamp(0.0, 1.0);
        material.emission = material.emission.clamp(Vec3::ZERO, Vec3::splat(100.0));
        // Black under a texture is how some exporters say that the colour doesn't count.
        if material.texture.is_some() && material.diffuse == Vec3::ZERO {
            material.diffuse = Vec3::ONE;
        }
        if material.emission_texture.is_some() && material.emission == Vec3::ZERO {
            material.emission = Vec3::ONE;
        }
    }
    materials
}

/// The file, whose name may contain spaces, behind any options.
fn texture(rest: &str) -> Option<(String, Wrap)> {
    let mut rest = rest;
    let mut wrap = Wrap::Repeat;
    while let Some(option) = rest.split_whitespace().next().filter(|word| word.starts_with('-') && word.len() > 1) {
        rest = rest[option.len()..].trim_start();
        // The options with up to three numbers, of which all but the first may be missing, and those with one argument.
        let most = if matches!(option, "-o" | "-s" | "-t") { 3 } else { 1 + usize::from(option == "-mm") };
        for i in 0..most {
            let Some(argument) = rest.split_whitespace().next() else { break };
            if i > 0 && argument.parse::<f32>().is_err() {
                break;
            }
            if option == "-clamp" && argument == "on" {
                wrap = Wrap::Clamp;
            }
            rest = rest[argument.len()..].trim_start();
        }
    }
    (!rest.is_empty()).then(|| (rest.to_owned(), wrap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_files_may_contain_spaces_and_options_come_before_files() {
        let materials = parse(
            "Kd 9 9 9\nnewmtl two words \n Kd 0.5 0 2 # red\r\nd 0.25\n\
             newmtl b\nKd 0 0 0\nTr 0.5\nmap_Kd -s 1 2 -clamp on -bm 0.3 tex\\my face.png\nKd nonsense",
        );
        assert_eq!(materials.len(), 2);
        assert_eq!(materials[0].name, "two words");
        assert_eq!((materials[0].diffuse, materials[0].opacity), (Vec3::new(0.5, 0.0, 1.0), 0.25));
        assert_eq!(materials[1].texture, Some(("tex\\my face.png".into(), Wrap::Clamp)));
        assert_eq!((materials[1].diffuse, materials[1].opacity), (Vec3::ONE, 0.5));
    }

    #[test]
    fn surfaces_may_shine_and_name_pictures_that_nothing_draws() {
        let materials = parse("newmtl a\nKe 0 0.5 1\nmap_Bump n.png\nnewmtl b\nKe 0 0 0\nmap_Ke glow.png\nnewmtl c");
        assert_eq!(materials[0].emission, Vec3::new(0.0, 0.5, 1.0));
        assert_eq!(materials[0].pictures, ["n.png"]);
        assert_eq!(materials[1].emission_texture, Some(("glow.png".into(), Wrap::Repeat)));
        assert_eq!((materials[1].emission, materials[2].emission), (Vec3::ONE, Vec3::ZERO));
    }
}

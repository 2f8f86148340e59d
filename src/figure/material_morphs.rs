//! Looks under the morphs of a pose.
//!
//! PMX 2.0's material morphs multiply or add, each to one material or to all; VRM's expressions add. As in MMD, all that
//! multiplies comes before all that is added.

use super::colour::linear_rgba;
use super::{Alpha, Figure, LocalPose, Material, MaterialChannels, MmdColours, skinning};
use glam::{Vec3, Vec4};

/// MMD's light, unless a scene changes it: 154 of 255 in each channel.
const MMD_LIGHT: f32 = 154.0 / 255.0;

/// All materials as the pose's morphs change them; `None`: as the figure has them.
pub fn morphed(figure: &Figure, pose: &LocalPose) -> Option<Vec<Material>> {
    let weights = skinning::effective_weights(figure, &pose.morph_weights);
    let active = || {
        let morphs = figure.morphs.iter().zip(&weights).filter(|(_, weight)| **weight != 0.0);
        morphs.flat_map(|(morph, &weight)| morph.materials.iter().map(move |offset| (offset, weight)))
    };
    active().next()?;
    let neutral = (MaterialChannels::splat(1.0), MaterialChannels::splat(0.0));
    let mut changes = vec![neutral; figure.materials.len()];
    for (offset, weight) in active() {
        let change = |(factor, summand): &mut (MaterialChannels, MaterialChannels)| {
            if offset.multiply {
                *factor = factor.zip(&offset.channels, |factor, value| factor * (1.0 + (value - 1.0) * weight));
            } else {
                *summand = summand.zip(&offset.channels, |summand, value| summand + value * weight);
            }
        };
        match offset.material {
            Some(i) => changes.get_mut(i as usize).into_iter().for_each(change),
            None => changes.iter_mut().for_each(change),
        }
    }
    Some(figure.materials.iter().zip(&changes).map(|(material, change)| changed(material, change)).collect())
}

fn changed(material: &Material, (factor, summand): &(MaterialChannels, MaterialChannels)) -> Material {
    let mut material = material.clone();
    let zero_to_one = |v: Vec4| v.clamp(Vec4::ZERO, Vec4::ONE);
    let outline_colour = |before: Vec4| zero_to_one(before * factor.outline_colour + summand.outline_colour);
    match material.mmd {
        Some(mmd) => {
            let diffuse = mmd.diffuse * factor.colour + summand.colour;
            let ambient = mmd.ambient * factor.ambient + summand.ambient;
            let edge = outline_colour(mmd.edge);
            (material.base_colour, material.alpha) = MmdColours { diffuse, ambient, edge, ..mmd }.surface();
            if let Some(outline) = &mut material.outline {
                outline.colour = linear_rgba(edge);
            }
        }
        None => {
            material.base_colour = zero_to_one(material.base_colour * factor.colour + summand.colour);
            if let Some(outline) = &mut material.outline {
                outline.colour = outline_colour(outline.colour);
            }
        }
    }
    if let Some(outline) = &mut material.outline {
        outline.width_m = (outline.width_m * factor.outline_width + summand.outline_width).max(0.0);
    }
    if let Some(shade) = &mut material.shade_colour {
        *shade = (*shade * factor.shade + summand.shade).max(Vec3::ZERO);
    }
    material.emission = (material.emission * factor.emission + summand.emission).max(Vec3::ZERO);
    (material.tint.multiply, material.tint.add) = (factor.texture, summand.texture);
    material
}

impl MmdColours {
    /// The colour before the texture as MMD's shader has it, linear, and the coverage: the light on the diffuse colour plus
    /// the ambient one; whatever isn't fully there is blended.
    pub fn surface(&self) -> (Vec4, Alpha) {
        let lit = (MMD_LIGHT * self.diffuse.truncate() + self.ambient).clamp(Vec3::ZERO, Vec3::ONE);
        let alpha = self.diffuse.w.clamp(0.0, 1.0);
        (linear_rgba(lit.extend(alpha)), if alpha < 1.0 { Alpha::Blend } else { self.whole })
    }
}

impl MaterialChannels {
    /// The same number in all of them.
    pub fn splat(value: f32) -> Self {
        let (three, four) = (Vec3::splat(value), Vec4::splat(value));
        Self {
            colour: four,
            ambient: three,
            emission: three,
            shade: three,
            outline_colour: four,
            outline_width: value,
            texture: four,
        }
    }

    fn zip(&self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Self {
        let three = |a: Vec3, b: Vec3| Vec3::new(f(a.x, b.x), f(a.y, b.y), f(a.z, b.z));
        let four = |a: Vec4, b: Vec4| three(a.truncate(), b.truncate()).extend(f(a.w, b.w));
        Self {
            colour: four(self.colour, other.colour),
            ambient: three(self.ambient, other.ambient),
            emission: three(self.emission, other.emission),
            shade: three(self.shade, other.shade),
            outline_colour: four(self.outline_colour, other.outline_colour),
            outline_width: f(self.outline_width, other.outline_width),
            texture: four(self.texture, other.texture),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MaterialOffset, Morph, Outline};
    use super::*;
    use crate::figure::colour::linear;

    fn offset(material: Option<u32>, multiply: bool, edit: impl FnOnce(&mut MaterialChannels)) -> MaterialOffset {
        let mut channels = MaterialChannels::splat(if multiply { 1.0 } else { 0.0 });
        edit(&mut channels);
        MaterialOffset { material, multiply, channels }
    }

    /// Two materials, MMD's and another; one morph with the given changes, another that drives it by half.
    fn figure(offsets: Vec<MaterialOffset>) -> Figure {
        let outline = Some(Outline { colour: Vec4::new(0.0, 0.0, 0.0, 1.0), width_m: 0.01, surface_mix: 0.0 });
        let mmd = MmdColours {
            diffuse: Vec4::new(0.5, 0.5, 0.5, 1.0),
            ambient: Vec3::splat(0.25),
            edge: Vec4::new(0.0, 0.0, 0.0, 1.0),
            whole: Alpha::Mask { cutoff: 0.5 },
        };
        let (base_colour, alpha) = mmd.surface();
        Figure {
            materials: vec![
                Material { mmd: Some(mmd), base_colour, alpha, outline, ..Material::default() },
                Material { base_colour: Vec4::splat(0.5), outline, emission: Vec3::X, ..Material::default() },
            ],
            morphs: vec![
                Morph { materials: offsets, ..Morph::default() },
                Morph { group: vec![(0, 0.5)], ..Morph::default() },
            ],
            ..Figure::default()
        }
    }

    fn at(figure: &Figure, weights: [f32; 2]) -> Vec<Material> {
        let mut pose = LocalPose::rest(figure);
        pose.morph_weights = weights.to_vec();
        morphed(figure, &pose).unwrap()
    }

    #[test]
    fn a_morph_of_all_materials_reaches_all_channels() {
        let figure = figure(vec![
            offset(None, true, |c| {
                c.colour = Vec4::new(1.0, 0.0, 1.0, 0.0);
                c.outline_width = 3.0;
                c.texture = Vec4::new(0.0, 1.0, 1.0, 1.0);
            }),
            offset(None, false, |c| {
                c.colour = Vec4::new(0.25, 0.0, 0.0, 0.0);
                c.outline_colour = Vec4::new(1.0, 0.0, 0.0, -0.5);
                c.emission = Vec3::Y;
            }),
        ]);
        assert!(morphed(&figure, &LocalPose::rest(&figure)).is_none());
        let half = at(&figure, [0.0, 1.0]);
        // MMD's colours change as the file has them, encoded, and are lit afterwards.
        let lit = |diffuse: f32| linear(diffuse * MMD_LIGHT + 0.25);
        let expected = Vec4::new(lit(0.5 + 0.125), lit(0.25), lit(0.5), 0.5);
        assert!(half[0].base_colour.distance(expected) < 1e-5, "{}", half[0].base_colour);
        assert_eq!(half[0].alpha, Alpha::Blend, "what is half there is blended");
        assert!(half[1].base_colour.distance(Vec4::new(0.625, 0.25, 0.5, 0.25)) < 1e-6);
        let line = half[0].outline.unwrap();
        assert!((line.width_m - 0.02).abs() < 1e-6);
        assert!(line.colour.distance(Vec4::new(linear(0.5), 0.0, 0.0, 0.75)) < 1e-6, "{}", line.colour);
        assert_eq!(half[0].tint.multiply, Vec4::new(0.5, 1.0, 1.0, 1.0));
        assert_eq!(half[1].emission, Vec3::new(1.0, 0.5, 0.0));
        let full = at(&figure, [1.0, 0.0]);
        assert!(full.iter().all(|material| material.base_colour.w == 0.0));
    }

    #[test]
    fn what_multiplies_comes_before_what_is_added_and_each_keeps_to_its_material() {
        let figure = figure(vec![
            offset(Some(1), false, |c| c.colour = Vec4::new(0.25, 0.0, 0.0, 0.0)),
            offset(Some(1), true, |c| c.colour = Vec4::new(0.0, 1.0, 1.0, 1.0)),
            offset(Some(7), true, |c| c.colour = Vec4::ZERO),
        ]);
        let full = at(&figure, [1.0, 0.0]);
        assert_eq!(full[0], figure.materials[0]);
        assert!(full[1].base_colour.distance(Vec4::new(0.25, 0.5, 0.5, 0.5)) < 1e-6);
        assert_eq!(full[0].alpha, Alpha::Mask { cutoff: 0.5 });
    }

    #[test]
    fn diffuse_and_ambient_add_up_as_in_mmd() {
        let colours = |diffuse, ambient| MmdColours { diffuse, ambient, edge: Vec4::ONE, whole: Alpha::Opaque };
        assert_eq!(colours(Vec4::ONE, Vec3::splat(0.5)).surface(), (Vec4::ONE, Alpha::Opaque));
        let (half, alpha) = colours(Vec4::new(0.5, 0.0, 0.0, 0.25), Vec3::ZERO).surface();
        assert!((half.x - linear(0.5 * MMD_LIGHT)).abs() < 1e-6 && half.y == 0.0 && half.w == 0.25);
        assert_eq!(alpha, Alpha::Blend);
    }
}

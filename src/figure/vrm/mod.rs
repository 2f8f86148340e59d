//! What VRM adds to glTF: humanoid, expressions, MToon looks, licence. Both versions say the same in different words.

pub(super) mod constraints;
pub mod presets;
mod salvage;
mod springs;
#[cfg(test)]
mod springs_tests;
#[cfg(test)]
mod tests;
mod v0;
mod v1;

use super::gltf::document::Document;
use super::gltf::lenient;
use super::gltf::materials::{Surface, Textures};
use super::gltf::meshes::Meshes;
use super::gltf::scene::Scene;
use super::{Expression, Figure, FigureError, HumanBone, MaterialChannels, MaterialOffset, Morph, gltf};
use glam::{Affine2, Vec2, Vec3, Vec4};
use serde::de::DeserializeOwned;
use std::cell::Cell;

/// The VRM extension of a file.
pub(super) struct Vrm {
    version: Version,
    /// How many of its parts were no use.
    broken: Cell<usize>,
}

enum Version {
    /// `VRM`: <https://github.com/vrm-c/vrm-specification/tree/master/specification/0.0>.
    Zero(Box<v0::Vrm0>),
    /// `VRMC_vrm`: <https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm-1.0>.
    One(Box<v1::Vrm1>),
}

impl Vrm {
    /// The file's VRM extension, if it has one; 1.0 where a file carries both.
    ///
    /// # Errors
    /// An extension that isn't as its specification has it all over; a broken part of it is left out.
    pub(super) fn read(document: &Document) -> Result<Option<Self>, FigureError> {
        let extensions = document.root.extensions.as_ref().map(|e| &e.others);
        let Some(extensions) = extensions else { return Ok(None) };
        if let Some(value) = extensions.get("VRMC_vrm") {
            let (vrm, broken) = parse(document, "VRMC_vrm", value)?;
            return Ok(Some(Vrm { version: Version::One(Box::new(vrm)), broken: broken.into() }));
        }
        let Some(value) = extensions.get("VRM") else { return Ok(None) };
        let (vrm, broken) = parse(document, "VRM", value)?;
        Ok(Some(Vrm { version: Version::Zero(Box::new(vrm)), broken: broken.into() }))
    }

    /// Nodes whose meshes only their wearer sees, such as a body without its head: no picture shows them.
    pub(super) fn first_person_only(&self, document: &Document) -> Vec<usize> {
        match &self.version {
            Version::Zero(vrm) => vrm.first_person_only(document),
            Version::One(vrm) => vrm.first_person_only(),
        }
    }

    /// Gives the materials the looks that VRM has for them.
    pub(super) fn dress(&self, document: &Document, surfaces: &mut [Surface], textures: &mut Textures) {
        match &self.version {
            Version::Zero(vrm) => vrm.dress(surfaces, textures),
            Version::One(_) => self.broken.update(|n| n + v1::dress(document, surfaces, textures)),
        }
    }

    /// Humanoid, expressions, springs, licence and name.
    pub(super) fn complete(
        &self,
        document: &Document,
        scene: &Scene,
        meshes: &Meshes,
        surfaces: &[Surface],
        mirrored: &[bool],
        figure: &mut Figure,
    ) {
        let mut builder = Builder { document, scene, meshes, surfaces, mirrored, figure, broken: self.broken.get() };
        match &self.version {
            Version::Zero(vrm) => vrm.complete(&mut builder),
            Version::One(vrm) => vrm.complete(&mut builder),
        }
        if builder.broken > 0 {
            let what = format!("what is damaged in its VRM part was left out (in {} places)", builder.broken);
            builder.warn(what);
        }
        if !figure.licence.title.is_empty() {
            figure.name = figure.licence.title.clone();
        }
    }
}

/// Deserializes an extension's JSON, as far as it can be used; tells how many parts can't.
fn parse<T: DeserializeOwned>(
    document: &Document,
    name: &str,
    value: &serde_json::Value,
) -> Result<(T, usize), FigureError> {
    let error = match T::deserialize(value) {
        Ok(extension) => return Ok((extension, 0)),
        Err(error) => error,
    };
    let mut tidy = value.clone();
    lenient::tidy(&mut tidy);
    let damaged = || document.damaged(format!("its {name} part isn't as VRM has it: {error}"));
    salvage::salvage(&tidy).ok_or_else(damaged)
}

/// What both versions use to complete a figure.
struct Builder<'a, 'd> {
    document: &'a Document<'d>,
    scene: &'a Scene,
    meshes: &'a Meshes,
    surfaces: &'a [Surface],
    /// Joints whose space was mirrored when the file was read.
    mirrored: &'a [bool],
    figure: &'a mut Figure,
    /// How many parts of the extension were no use.
    broken: usize,
}

impl Builder<'_, '_> {
    fn set_bone(&mut self, bone: HumanBone, node: usize) {
        match self.scene.joint_of_node.get(node) {
            Some(&joint) => self.figure.humanoid.set(bone, joint),
            None => self.broken += 1,
        }
    }

    /// Adds `weight` of one morph target to an expression.
    fn bind_morph(&mut self, expression: &mut Expression, node: usize, target: usize, weight: f32) {
        match gltf::morph_of_target(self.meshes, node, target) {
            Some(morph) if weight.is_finite() => {
                // Expressions say all about the morphs they move, whatever weights the mesh was saved with.
                self.figure.morphs[morph as usize].rest_weight = 0.0;
                expression.morphs.push((morph, weight));
            }
            _ => self.warn(format!("the expression “{}” moves a morph that isn't there", expression.name)),
        }
    }

    /// Lets `looks` take a colour of `material` to the linear `colour`.
    fn bind_colour(&mut self, looks: &mut Morph, material: usize, kind: BoundColour, colour: Vec4) {
        let Some(surface) = self.surfaces.get(material) else {
            return self.warn(format!("{} changes a material that isn't there", looks.name));
        };
        let from = &surface.material;
        let mut channels = MaterialChannels::splat(0.0);
        match kind {
            BoundColour::Base => channels.colour = colour - from.base_colour,
            BoundColour::Emission => channels.emission = colour.truncate() - from.emission,
            BoundColour::Shade => {
                let shade = shade_ratio(from.base_colour, colour.truncate());
                channels.shade = shade - from.shade_colour.unwrap_or(shade);
            }
            BoundColour::Outline => {
                let to = colour.truncate() - from.outline.map_or(Vec3::ZERO, |outline| outline.colour.truncate());
                channels.outline_colour = to.extend(0.0);
            }
        }
        looks.materials.push(MaterialOffset { material: Some(material as u32), multiply: false, channels });
    }

    /// Lets `looks` move the texture coordinates of `material`. `full` makes the transform at weight 1 from the one at
    /// rest; in between both the transform and the coordinates go straight.
    fn bind_uv(&mut self, looks: &mut Morph, material: usize, full: impl Fn(Affine2) -> Affine2) {
        let Some(surface) = self.surfaces.get(material) else {
            return self.warn(format!("{} moves a texture that isn't there", looks.name));
        };
        let full = full(surface.uv_transform);
        for (_, range) in self.meshes.parts.iter().filter(|(m, _)| *m as usize == material) {
            for i in range.clone() {
                let moved = full.transform_point2(self.meshes.raw_uvs[i as usize]);
                let offset = moved - self.figure.vertices[i as usize].uv;
                if offset.is_finite() && offset != Vec2::ZERO {
                    looks.uvs.push((i, offset));
                }
            }
        }
    }

    /// Adds an expression with what it does to colours and textures, which is a morph of its own.
    fn add_expression(&mut self, mut expression: Expression, looks: Morph) {
        if !looks.uvs.is_empty() || !looks.materials.is_empty() {
            expression.morphs.push((self.figure.morphs.len() as u32, 1.0));
            self.figure.morphs.push(looks);
        }
        self.figure.expressions.push(expression);
    }

    fn warn(&mut self, what: String) {
        if !self.figure.warnings.contains(&what) {
            self.figure.warnings.push(what);
        }
    }
}

/// The colours that expressions change and pictures show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BoundColour {
    Base,
    Emission,
    Shade,
    Outline,
}

/// The morph for what an expression does to looks.
fn looks_of(expression: &str) -> Morph {
    Morph { name: format!("{expression} (looks)"), ..Morph::default() }
}

/// Puts MToon's shade on a surface: a colour of its own, which is no multiplier of the base colour, and a texture of
/// its own, without which the shade is of one colour whatever the base texture shows.
fn shade(surface: &mut Surface, colour: Vec3, texture: Option<usize>, textures: &mut Textures) {
    surface.material.shade_colour = Some(shade_ratio(surface.material.base_colour, colour));
    surface.material.shade_texture = match texture {
        Some(texture) => Some(textures.index(texture)),
        None if surface.material.texture.is_some() => Some(textures.white()),
        None => None,
    };
}

/// What the base colour is multiplied by to become the shade's.
fn shade_ratio(base: Vec4, shade: Vec3) -> Vec3 {
    let ratio = |axis: usize| if base[axis] > 1e-3 { shade[axis] / base[axis] } else { 1.0 };
    Vec3::new(ratio(0), ratio(1), ratio(2))
}

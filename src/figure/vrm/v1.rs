//! VRM 1.0: the `VRMC_vrm` and `VRMC_materials_mtoon` extensions
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification>).

use super::{BoundColour, Builder, looks_of, parse, springs};
use crate::figure::gltf::document::Document;
use crate::figure::gltf::licence;
use crate::figure::gltf::materials::{Surface, Textures, colour3, colour4, unity_queue};
use crate::figure::{Blending, Expression, HumanBone, Outline, Override, Overrides};
use glam::{Affine2, Vec2};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vrm1 {
    #[serde(default)]
    meta: licence::Meta1,
    #[serde(default)]
    humanoid: Humanoid,
    #[serde(default)]
    first_person: FirstPerson,
    #[serde(default)]
    expressions: Expressions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FirstPerson {
    mesh_annotations: Vec<MeshAnnotation>,
}

#[derive(Deserialize)]
struct MeshAnnotation {
    node: usize,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Humanoid {
    human_bones: BTreeMap<String, HumanBoneNode>,
}

#[derive(Deserialize)]
struct HumanBoneNode {
    node: usize,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Expressions {
    preset: BTreeMap<String, ExpressionSource>,
    custom: BTreeMap<String, ExpressionSource>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ExpressionSource {
    is_binary: bool,
    override_blink: String,
    override_look_at: String,
    override_mouth: String,
    morph_target_binds: Vec<MorphTargetBind>,
    material_color_binds: Vec<MaterialColorBind>,
    texture_transform_binds: Vec<TextureTransformBind>,
}

#[derive(Deserialize)]
struct MorphTargetBind {
    node: usize,
    index: usize,
    weight: f32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MaterialColorBind {
    material: usize,
    #[serde(rename = "type")]
    kind: String,
    target_value: [f32; 4],
}

#[derive(Deserialize)]
struct TextureTransformBind {
    material: usize,
    #[serde(default = "one")]
    scale: [f32; 2],
    #[serde(default)]
    offset: [f32; 2],
}

fn one() -> [f32; 2] {
    [1.0; 2]
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Mtoon {
    transparent_with_z_write: bool,
    render_queue_offset_number: i64,
    shade_color_factor: [f32; 3],
    shade_multiply_texture: Option<TextureIndex>,
    outline_width_mode: String,
    outline_width_factor: f32,
    outline_color_factor: [f32; 3],
    outline_lighting_mix_factor: Option<f32>,
}

#[derive(Deserialize)]
struct TextureIndex {
    index: usize,
}

/// Adds MToon's looks to the materials that have them; tells how many of their parts were no use.
pub(super) fn dress(document: &Document, surfaces: &mut [Surface], textures: &mut Textures) -> usize {
    const NAME: &str = "VRMC_materials_mtoon";
    let mut broken = 0;
    for (surface, source) in surfaces.iter_mut().zip(&document.root.materials) {
        let Some(value) = source.extensions.as_ref().and_then(|e| e.others.get(NAME)) else { continue };
        let (mtoon, lost): (Mtoon, usize) = parse(document, NAME, value).unwrap_or_else(|_| (Mtoon::default(), 1));
        broken += lost;
        let texture = mtoon.shade_multiply_texture.map(|t| t.index);
        super::shade(surface, colour3(mtoon.shade_color_factor), texture, textures);
        // Unlit is the fallback for programs that don't know MToon, and hides that the surface may shine.
        surface.material.unlit = false;
        surface.emit(source, textures);
        surface.vertex_colours = false;
        let writes_depth = mtoon.transparent_with_z_write;
        // Offsets go from 0 to 9 with depth and from −9 to 0 without.
        let (low, high) = if writes_depth { (0, 9) } else { (-9, 0) };
        let queue = unity_queue(writes_depth) + mtoon.render_queue_offset_number.clamp(low, high);
        surface.material.blending = Blending { queue, by_distance: true, writes_depth };
        let share = mtoon.outline_width_mode == "screenCoordinates";
        let width_m = mtoon.outline_width_factor;
        if (share || mtoon.outline_width_mode == "worldCoordinates") && width_m.is_finite() && width_m > 0.0 {
            let colour = colour3(mtoon.outline_color_factor).extend(1.0);
            let surface_mix = mtoon.outline_lighting_mix_factor.unwrap_or(1.0).clamp(0.0, 1.0);
            surface.material.outline = Some(Outline { colour, width_m, surface_mix });
            surface.screen_outline = share;
        }
    }
    broken
}

impl Vrm1 {
    pub(super) fn first_person_only(&self) -> Vec<usize> {
        let annotations = self.first_person.mesh_annotations.iter();
        annotations.filter(|a| a.kind == "firstPersonOnly").map(|a| a.node).collect()
    }

    pub(super) fn complete(&self, builder: &mut Builder) {
        for (name, bone) in &self.humanoid.human_bones {
            if let Some(human_bone) = HumanBone::from_name(name) {
                builder.set_bone(human_bone, bone.node);
            }
        }
        for (name, source) in self.expressions.preset.iter().chain(&self.expressions.custom) {
            source.add(name, builder);
        }
        springs::read_v1(builder);
        builder.figure.licence = licence::v1(&self.meta);
    }
}

impl ExpressionSource {
    fn add(&self, name: &str, builder: &mut Builder) {
        let mut looks = looks_of(name);
        let overrides = Overrides {
            blink: held_back(&self.override_blink),
            look_at: held_back(&self.override_look_at),
            mouth: held_back(&self.override_mouth),
        };
        let mut expression =
            Expression { name: name.to_owned(), binary: self.is_binary, overrides, morphs: Vec::new() };
        for bind in &self.morph_target_binds {
            builder.bind_morph(&mut expression, bind.node, bind.index, bind.weight);
        }
        for bind in &self.material_color_binds {
            let kind = match bind.kind.as_str() {
                "color" => BoundColour::Base,
                "emissionColor" => BoundColour::Emission,
                "shadeColor" => BoundColour::Shade,
                "outlineColor" => BoundColour::Outline,
                // Rims and matcaps are no part of a cel.
                _ => continue,
            };
            builder.bind_colour(&mut looks, bind.material, kind, colour4(bind.target_value));
        }
        for bind in &self.texture_transform_binds {
            let (scale, offset) = (Vec2::from(bind.scale), Vec2::from(bind.offset));
            builder.bind_uv(&mut looks, bind.material, |rest| {
                // Rotation is not the bind's to change; a transform without area has none.
                let angle = rest.matrix2.x_axis.try_normalize().map_or(0.0, |x| x.y.atan2(x.x));
                Affine2::from_scale_angle_translation(scale, angle, offset)
            });
        }
        builder.add_expression(expression, looks);
    }
}

fn held_back(name: &str) -> Override {
    match name {
        "block" => Override::Block,
        "blend" => Override::Blend,
        _ => Override::None,
    }
}

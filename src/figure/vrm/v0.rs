//! VRM 0.x: the `VRM` extension
//! (<https://github.com/vrm-c/vrm-specification/tree/master/specification/0.0>).

use super::{BoundColour, Builder, looks_of, presets, springs};
use crate::figure::colour::linear_rgba;
use crate::figure::gltf::document::Document;
use crate::figure::gltf::licence;
use crate::figure::gltf::materials::{BRIGHTEST, Surface, TextureUse, Textures, unit, unity_queue};
use crate::figure::{Alpha, Blending, Expression, HumanBone, Morph, Outline, stance};
use glam::{Affine2, Quat, Vec2, Vec3, Vec4};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vrm0 {
    #[serde(default)]
    meta: Map<String, Value>,
    #[serde(default)]
    humanoid: Humanoid,
    #[serde(default)]
    blend_shape_master: BlendShapeMaster,
    #[serde(default)]
    first_person: FirstPerson,
    #[serde(default)]
    material_properties: Vec<MaterialProperties>,
    #[serde(default)]
    secondary_animation: springs::SecondaryAnimation,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Humanoid {
    human_bones: Vec<HumanBoneNode>,
}

#[derive(Deserialize)]
struct HumanBoneNode {
    bone: String,
    /// −1 where nothing is assigned.
    node: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BlendShapeMaster {
    blend_shape_groups: Vec<BlendShapeGroup>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BlendShapeGroup {
    name: String,
    preset_name: String,
    is_binary: bool,
    binds: Vec<Bind>,
    material_values: Vec<MaterialValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FirstPerson {
    mesh_annotations: Vec<MeshAnnotation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MeshAnnotation {
    mesh: i64,
    #[serde(default)]
    first_person_flag: String,
}

#[derive(Deserialize)]
struct Bind {
    mesh: i64,
    index: i64,
    /// In percent.
    weight: f32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MaterialValue {
    material_name: String,
    property_name: String,
    target_value: Vec<f32>,
}

/// Unity's view of a material: names of shader properties and their values.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MaterialProperties {
    shader: String,
    render_queue: i64,
    float_properties: BTreeMap<String, f32>,
    vector_properties: BTreeMap<String, Vec<f32>>,
    texture_properties: BTreeMap<String, i64>,
    tag_map: Map<String, Value>,
}

impl Vrm0 {
    /// Replaces the glTF looks, which are only a fallback there, by those of `materialProperties`.
    pub(super) fn dress(&self, surfaces: &mut [Surface], textures: &mut Textures) {
        for (surface, properties) in surfaces.iter_mut().zip(&self.material_properties) {
            match properties.shader.as_str() {
                "VRM/MToon" => {
                    properties.base(surface, textures);
                    properties.mtoon(surface, textures);
                }
                shader if shader.starts_with("VRM/Unlit") => {
                    properties.base(surface, textures);
                    surface.material.unlit = true;
                    surface.shine(Vec3::ZERO, None);
                }
                _ => {}
            }
        }
    }

    pub(super) fn first_person_only(&self, document: &Document) -> Vec<usize> {
        let annotations = self.first_person.mesh_annotations.iter();
        annotations
            .filter(|a| a.first_person_flag == "FirstPersonOnly")
            .flat_map(|a| users_of_mesh(document, a.mesh))
            .collect()
    }

    pub(super) fn complete(&self, builder: &mut Builder) {
        for entry in &self.humanoid.human_bones {
            if let (Some(bone), Ok(node)) = (bone(&entry.bone), usize::try_from(entry.node)) {
                builder.set_bone(bone, node);
            }
        }
        for group in &self.blend_shape_master.blend_shape_groups {
            group.add(builder);
        }
        self.secondary_animation.add(builder);
        builder.figure.licence = licence::v0(&self.meta);
        // VRM 0 figures look along −z.
        stance::turn(builder.figure, Quat::from_rotation_y(std::f32::consts::PI));
    }
}

/// The nodes that show a mesh.
fn users_of_mesh(document: &Document, mesh: i64) -> Vec<usize> {
    let nodes = document.root.nodes.iter().enumerate();
    nodes.filter(|(_, node)| node.mesh.is_some_and(|m| m.value() as i64 == mesh)).map(|(n, _)| n).collect()
}

/// VRM 0 counts the thumb's bones from its tip's side of the hand, VRM 1 by anatomy.
fn bone(name: &str) -> Option<HumanBone> {
    HumanBone::from_name(match name {
        "leftThumbProximal" => "leftThumbMetacarpal",
        "leftThumbIntermediate" => "leftThumbProximal",
        "rightThumbProximal" => "rightThumbMetacarpal",
        "rightThumbIntermediate" => "rightThumbProximal",
        same => same,
    })
}

impl BlendShapeGroup {
    fn add(&self, builder: &mut Builder) {
        let preset = presets::find(&self.preset_name);
        // Version 1.0 made a preset of what authors of 0.x had to call their own.
        let preset = preset.or_else(|| presets::find(&self.name).filter(|preset| *preset == "surprised"));
        let name = preset.map_or_else(|| self.name.clone(), str::to_owned);
        let mut expression = Expression { name, binary: self.is_binary, ..Expression::default() };
        for bind in &self.binds {
            // The target is named by its mesh, which several nodes may show.
            for node in users_of_mesh(builder.document, bind.mesh) {
                builder.bind_morph(&mut expression, node, bind.index.max(0) as usize, bind.weight / 100.0);
            }
        }
        let mut looks = looks_of(&expression.name);
        for value in &self.material_values {
            let material = builder.surfaces.iter().position(|s| s.material.name == value.material_name);
            value.bind(material.unwrap_or(usize::MAX), &mut looks, builder);
        }
        builder.add_expression(expression, looks);
    }
}

impl MaterialValue {
    fn bind(&self, material: usize, looks: &mut Morph, builder: &mut Builder) {
        let &[x, y, z, w] = self.target_value.as_slice() else { return };
        let whole = uv_transform(Vec2::new(x, y), Vec2::new(z, w));
        // `_MainTex_ST_S` and `_T` move one coordinate and leave the other.
        let only = |axis: usize| {
            move |mut rest: Affine2| {
                rest.translation[axis] = whole.translation[axis];
                rest.matrix2.x_axis[axis] = whole.matrix2.x_axis[axis];
                rest.matrix2.y_axis[axis] = whole.matrix2.y_axis[axis];
                rest
            }
        };
        let colour = linear(Vec4::new(x, y, z, w));
        match self.property_name.as_str() {
            "_Color" => builder.bind_colour(looks, material, BoundColour::Base, colour),
            "_EmissionColor" => {
                let light = Vec4::new(x, y, z, w).clamp(Vec4::ZERO, Vec4::splat(BRIGHTEST));
                builder.bind_colour(looks, material, BoundColour::Emission, light);
            }
            "_ShadeColor" => builder.bind_colour(looks, material, BoundColour::Shade, colour),
            "_OutlineColor" => builder.bind_colour(looks, material, BoundColour::Outline, colour),
            "_MainTex_ST" => builder.bind_uv(looks, material, |_| whole),
            "_MainTex_ST_S" => builder.bind_uv(looks, material, only(0)),
            "_MainTex_ST_T" => builder.bind_uv(looks, material, only(1)),
            // Rims are no part of a cel.
            _ => {}
        }
    }
}

impl MaterialProperties {
    fn float(&self, name: &str, default: f32) -> f32 {
        self.float_properties.get(name).copied().filter(|v| v.is_finite()).unwrap_or(default)
    }

    /// A colour property, which Unity stores in sRGB, made linear.
    fn colour(&self, name: &str, default: [f32; 4]) -> Vec4 {
        let stored = match self.vector_properties.get(name).map(Vec::as_slice) {
            Some(&[r, g, b, a]) => [r, g, b, a],
            _ => default,
        };
        linear(Vec4::from(stored))
    }

    /// Index of a glTF texture; some exporters write −1 for none.
    fn texture(&self, name: &str) -> Option<usize> {
        usize::try_from(*self.texture_properties.get(name)?).ok()
    }

    /// What MToon and the unlit shaders have in common.
    fn base(&self, surface: &mut Surface, textures: &mut Textures) {
        let material = &mut surface.material;
        // Shaders without that property are white, and so is then the colour that glTF has; others wrote no more than that.
        if self.vector_properties.contains_key("_Color") {
            material.base_colour = self.colour("_Color", [1.0; 4]);
        }
        material.texture = self.texture("_MainTex").map(|t| textures.index(t));
        surface.uv_set = 0;
        surface.uv_transform = match self.vector_properties.get("_MainTex").map(Vec::as_slice) {
            Some(&[x, y, scale_x, scale_y]) => uv_transform(Vec2::new(scale_x, scale_y), Vec2::new(x, y)),
            _ => Affine2::IDENTITY,
        };
        let cutoff = unit(self.float("_Cutoff", 0.5));
        let mode = self.float("_BlendMode", -1.0) as i32;
        let tag = self.tag_map.get("RenderType").and_then(Value::as_str).unwrap_or_default();
        let (alpha, writes_depth) = match (mode, self.shader.as_str(), tag) {
            (0, ..) | (_, "VRM/UnlitTexture", _) => (Alpha::Opaque, false),
            (1, ..) | (_, "VRM/UnlitCutout", _) => (Alpha::Mask { cutoff }, false),
            (2, ..) | (_, "VRM/UnlitTransparent", _) => (Alpha::Blend, false),
            (3, ..) | (_, "VRM/UnlitTransparentZWrite", _) => (Alpha::Blend, true),
            (.., "Opaque") => (Alpha::Opaque, false),
            (.., "TransparentCutout") => (Alpha::Mask { cutoff }, false),
            (.., "Transparent") => (Alpha::Blend, false),
            _ => (material.alpha, false),
        };
        material.alpha = alpha;
        let writes_depth = match self.float_properties.get("_ZWrite") {
            Some(&written) => written != 0.0,
            None => writes_depth,
        };
        // Without a queue of its own a material is in its shader's.
        let queue = if self.render_queue > 0 { self.render_queue } else { unity_queue(writes_depth) };
        material.blending = Blending { queue, by_distance: true, writes_depth };
    }

    fn mtoon(&self, surface: &mut Surface, textures: &mut Textures) {
        let shade = self.colour("_ShadeColor", [0.97, 0.81, 0.86, 1.0]).truncate();
        super::shade(surface, shade, self.texture("_ShadeTexture"), textures);
        // Brighter than white where the artist wished, and so, unlike other colours, stored as linear light (as UniVRM's
        // migration to version 1 takes it); the texture has the base texture's coordinates.
        let emission = match self.vector_properties.get("_EmissionColor").map(Vec::as_slice) {
            Some(&[r, g, b, ..]) => Vec3::new(r, g, b).clamp(Vec3::ZERO, Vec3::splat(BRIGHTEST)),
            _ => Vec3::ZERO,
        };
        let texture = self.texture("_EmissionMap").filter(|_| emission != Vec3::ZERO).map(|texture| TextureUse {
            texture: textures.index(texture),
            uv_set: surface.uv_set,
            transform: surface.uv_transform,
        });
        surface.shine(if emission.is_nan() { Vec3::ZERO } else { emission }, texture);
        let material = &mut surface.material;
        material.unlit = false;
        surface.vertex_colours = false;
        // Unity's cull mode: 0 nothing, 1 the outside, 2 the inside.
        let cull = self.float("_CullMode", 2.0) as i32;
        material.double_sided = cull == 0;
        surface.inside_out = cull == 1;
        // Widths are in centimetres of the world, or in percent of half the screen.
        let width = self.float("_OutlineWidth", 0.0).max(0.0) * 0.01;
        let width = match self.float("_OutlineWidthMode", 0.0) as i32 {
            1 => Some((width, false)),
            2 => Some((width * 0.5, true)),
            _ => None,
        };
        if let Some((width_m, share)) = width.filter(|(w, _)| *w > 0.0) {
            // Colour mode 0 is the colour alone, 1 takes the surface's into account.
            let mixed = self.float("_OutlineColorMode", 0.0) == 1.0;
            let surface_mix = if mixed { self.float("_OutlineLightingMix", 1.0).clamp(0.0, 1.0) } else { 0.0 };
            let colour = self.colour("_OutlineColor", [0.0, 0.0, 0.0, 1.0]);
            material.outline = Some(Outline { colour, width_m, surface_mix });
            surface.screen_outline = share;
        }
    }
}

/// Unity counts v upwards from the bottom: its offset and scale in glTF's terms.
fn uv_transform(scale: Vec2, offset: Vec2) -> Affine2 {
    let offset = Vec2::new(offset.x, 1.0 - scale.y - offset.y);
    let transform = Affine2::from_scale_angle_translation(scale, 0.0, offset);
    if transform.is_finite() { transform } else { Affine2::IDENTITY }
}

/// A colour of the file, made linear and held in [0, 1].
fn linear(srgb: Vec4) -> Vec4 {
    linear_rgba(Vec4::from_array(srgb.to_array().map(unit)))
}

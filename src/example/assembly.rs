//! A character as a figure in memory, as a reader would have read it from the file.

use super::Detail;
use super::character::{Character, Style, styles};
use super::face::expressions;
use super::mesh::{Look, Part};
use super::params::CharacterParams;
use super::skin::Bone;
use super::swinging::{Lead, Swinging};
use super::vrm_writer::{linear, merged};
use crate::figure::springs::{self, Collider, Spring, SpringJoint};
use crate::figure::{
    Bind, Constraint, ConstraintKind, Expression, Figure, HumanBone, Joint, Licence, Material, Morph, Outline,
    Override, Overrides, Submesh, Texture, Vertex, VertexOffset, Wrap,
};
use glam::{Mat4, Vec3, Vec4};

pub(super) fn figure(params: &CharacterParams, character: &Character, detail: Detail) -> Figure {
    let mut figure = Figure { name: params.name.clone(), licence: licence(params), ..Figure::default() };
    skeleton(&mut figure, &character.joints);
    swinging(&mut figure, &character.swinging);
    if detail == Detail::Fine {
        figure.morphs = expressions().map(|name| Morph { name: name.into(), ..Morph::default() }).collect();
        figure.expressions = expressions().enumerate().map(|(i, name)| expression(name, i as u32)).collect();
    }
    let mut styles = styles(params, character, detail);
    // What shape keys move comes last, as in the file.
    styles.sort_by_key(|(look, _)| look.is_face());
    for (look, style) in styles {
        let parts: Vec<&Part> = character.parts.iter().filter(|p| p.look == look).collect();
        if !parts.is_empty() {
            surface(&mut figure, &parts, look, style);
        }
    }
    figure
}

/// The root, then every bone; each bone is a bind of the same number.
fn skeleton(figure: &mut Figure, joints: &[(HumanBone, Vec3)]) {
    figure.joints.push(Joint { movable: false, ..Joint::new("Root", None, Vec3::ZERO) });
    for (i, &(bone, place)) in joints.iter().enumerate() {
        let parent = bone.parent().and_then(|p| joints.iter().position(|j| j.0 == p));
        let from = parent.map_or(Vec3::ZERO, |p| joints[p].1);
        let parent = Some(parent.map_or(0, |p| p as u32 + 1));
        figure.joints.push(Joint::new(bone.name(), parent, place - from));
        figure.humanoid.set(bone, i as u32 + 1);
        figure.binds.push(Bind { joint: i as u32 + 1, inverse_bind: Mat4::from_translation(-place) });
    }
}

/// What swings, after the bones: joint by joint with its bind, its constraint and its spring.
fn swinging(figure: &mut Figure, swinging: &Swinging) {
    let bones = figure.joints.len() as u32;
    let of_bone = figure.humanoid.clone();
    let joint = |bone: Bone| match bone {
        Bone::Human(bone) => of_bone.joint(bone).unwrap_or_default(),
        Bone::Swings(node) => bones + u32::from(node),
    };
    // Places of all joints, which hang on each other.
    let mut places: Vec<Vec3> = figure.binds.iter().map(|bind| -bind.inverse_bind.w_axis.truncate()).collect();
    places.insert(0, Vec3::ZERO);
    for node in &swinging.nodes {
        let parent = joint(node.parent);
        let own = figure.joints.len() as u32;
        figure.joints.push(Joint::new(&node.name, Some(parent), node.place - places[parent as usize]));
        figure.binds.push(Bind { joint: own, inverse_bind: Mat4::from_translation(-node.place) });
        places.push(node.place);
        figure.constraints.extend(node.led.map(|(lead, source, weight)| {
            let kind = match lead {
                Lead::Turns => ConstraintKind::Rotation,
                Lead::Points => ConstraintKind::Aim(Vec3::NEG_Y),
            };
            Constraint { joint: own, source: joint(source), kind, weight }
        }));
    }
    figure.springs.colliders.extend(swinging.shapes.iter().map(|shape| {
        let joint = joint(Bone::Human(shape.bone));
        let ends = shape.ends.map(|end| end - places[joint as usize]);
        Collider { joint, shape: springs::Shape::Capsule { ends, radius: shape.radius, inside: false } }
    }));
    figure.springs.chains.extend(swinging.springs.iter().map(|spring| {
        Spring {
            name: spring.name.clone(),
            joints: (spring.nodes.start..spring.nodes.end - 1)
                .map(|node| SpringJoint {
                    joint: bones + node as u32,
                    tail: swinging.nodes[node + 1].place - swinging.nodes[node].place,
                    radius: spring.feel.radius,
                    stiffness: spring.feel.stiffness,
                    drag: spring.feel.drag,
                    gravity: Vec3::NEG_Y * spring.feel.gravity,
                })
                .collect(),
            colliders: spring.shapes.iter().map(|&shape| shape as u32).collect(),
            centre: None,
        }
    }));
}

/// All parts of one look as one submesh with a material and a texture of its own.
fn surface(figure: &mut Figure, parts: &[&Part], look: Look, style: Style) {
    let part = merged(parts);
    let first = figure.vertices.len() as u32;
    let mut of_bone = [0u16; 55];
    for (i, b) in figure.binds.iter().enumerate() {
        if let Some(bone) = figure.humanoid.bone_at(b.joint) {
            of_bone[bone as usize] = i as u16;
        }
    }
    let bones = figure.humanoid.iter().count() as u16;
    let bind = |bone: Bone| match bone {
        Bone::Human(bone) => of_bone[bone as usize],
        Bone::Swings(node) => bones + node,
    };
    figure.vertices.extend(part.positions.iter().enumerate().map(|(i, &position)| Vertex {
        position,
        normal: part.normals[i].normalize_or(Vec3::Y),
        uv: part.uvs[i],
        colour: Vec4::ONE,
        binds: part.skins[i].0.map(|(bone, share)| if share > 0.0 { bind(bone) } else { 0 }),
        weights: part.skins[i].0.map(|(_, share)| share),
    }));
    if look.is_face() {
        for (morph, (_, offsets)) in figure.morphs.iter_mut().zip(&part.morphs) {
            morph.vertices.extend(offsets.iter().map(|&(vertex, position)| VertexOffset {
                vertex: first + vertex,
                position,
                normal: Vec3::ZERO,
            }));
        }
    }
    let material = figure.materials.len() as u32;
    let outline_colour = Vec3::from(linear(style.outline)).extend(1.0);
    figure.materials.push(Material {
        name: style.name.to_string(),
        texture: Some(material),
        double_sided: style.double_sided,
        shade_colour: Some(linear(style.shade).into()),
        shade_texture: Some(material),
        outline: (style.outline_m > 0.0).then_some(Outline {
            colour: outline_colour,
            width_m: style.outline_m,
            surface_mix: 0.0,
        }),
        ..Material::default()
    });
    figure.textures.push(Texture {
        name: style.name.to_string(),
        picture: style.texture,
        wrap: [Wrap::Repeat, Wrap::Clamp],
    });
    figure.submeshes.push(Submesh {
        name: style.name.to_string(),
        first: figure.triangles.len() as u32,
        count: part.triangles.len() as u32,
        material,
    });
    figure.triangles.extend(part.triangles.iter().map(|t| t.map(|i| i + first)));
}

fn expression(name: &str, morph: u32) -> Expression {
    let blocks = if name == "happy" { Override::Block } else { Override::None };
    Expression {
        name: name.into(),
        morphs: vec![(morph, 1.0)],
        binary: false,
        overrides: Overrides { blink: blocks, look_at: Override::None, mouth: blocks },
    }
}

fn licence(params: &CharacterParams) -> Licence {
    Licence {
        title: params.name.clone(),
        authors: vec!["Settei".into()],
        terms: vec![("copyright".into(), super::LICENCE.into())],
        forbids: Vec::new(),
    }
}

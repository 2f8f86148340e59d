//! A character put together: parts, skeleton, looks.

use super::body::Body;
use super::clothes::clothes;
use super::garments::Bow;
use super::mesh::{Look, Part};
use super::params::{CharacterParams, HairStyle, OutfitKind, Rgb};
use super::skeleton::Frame;
use super::{face, hair, hands, textures};
use crate::figure::HumanBone;
use crate::picture::Picture;
use glam::Vec3;

/// Everything that the file is written from, in metres of the finished figure.
pub(super) struct Character {
    pub(super) parts: Vec<Part>,
    /// Place of every joint.
    pub(super) joints: Vec<(HumanBone, Vec3)>,
}

/// How a look is drawn.
pub(super) struct Style {
    pub(super) name: &'static str,
    pub(super) texture: Picture,
    /// What the texture is multiplied with in shade, sRGB.
    pub(super) shade: Rgb,
    /// Width of the outline, metres; none if 0.
    pub(super) outline_m: f32,
    pub(super) outline: Rgb,
    pub(super) double_sided: bool,
}

impl Character {
    pub(super) fn new(params: &CharacterParams) -> Self {
        let frame = Frame::new(&params.build);
        let body = Body::new(&params.build);
        let mut parts = Vec::new();
        let place = |part: Part, map: &dyn Fn(Vec3) -> Vec3| {
            let mut part = part;
            part.positions.iter_mut().for_each(|p| *p = map(*p));
            part
        };
        let head = |part: Part| {
            let mut part = place(part, &|p| frame.head(p));
            part.morphs.iter_mut().flat_map(|m| &mut m.1).for_each(|o| o.1 *= params.build.head);
            part
        };
        let clothes = clothes(params, &body);
        let trunk = clothes.trunk.into_iter().chain([body.neck(params.build.head)]);
        parts.extend(trunk.map(|p| place(p, &|p| frame.trunk(p))));
        let arm = clothes.arm.into_iter().chain([body.left_arm()]).chain(hands::left());
        parts.extend(arm.map(|p| place(p, &|p| frame.arm(p))).flat_map(Part::both));
        let leg = clothes.leg.into_iter().chain([body.left_leg()]);
        parts.extend(leg.map(|p| place(p, &|p| frame.leg(p))).flat_map(Part::both));
        parts.extend(face::parts(params).into_iter().map(head));
        parts.extend(hair::parts(params).into_iter().map(head));
        if params.accessories.hair_ribbon {
            parts.extend(hair_ribbons(params).into_iter().map(head));
        }
        let scale = frame.scale();
        let floor = parts.iter().flat_map(|p| &p.positions).map(|p| p.y).fold(f32::INFINITY, f32::min);
        let raise = Vec3::new(0.0, -floor * scale, 0.0);
        let parts = parts.into_iter().map(|p| p.moved(scale, raise)).collect();
        let bones = HumanBone::ALL.into_iter().filter(|b| *b != HumanBone::Jaw);
        let joints = bones.map(|b| (b, frame.joint(b) * scale + raise)).collect();
        Self { parts, joints }
    }
}

fn hair_ribbons(params: &CharacterParams) -> Vec<Part> {
    let bow = |azimuth: f32, polar: f32, over: f32, size: f32, tails: f32| {
        let centre = hair::skull(azimuth, polar, over);
        let (side, up) = Bow::facing(centre - hair::skull(azimuth, polar, 0.0));
        Bow { centre, side, up, size, tails, bone: HumanBone::Head }.build("hair ribbon")
    };
    match params.hair.style {
        HairStyle::Ponytail => bow(180.0, 50.0, 0.034, 0.075, 0.10),
        HairStyle::Twintails => [112.0, -112.0].into_iter().flat_map(|a| bow(a, 60.0, 0.036, 0.050, 0.06)).collect(),
        _ => bow(62.0, 48.0, 0.034, 0.050, 0.055),
    }
}

/// The style of each look, in the order of [`Look::ALL`].
pub(super) fn styles(params: &CharacterParams) -> Vec<(Look, Style)> {
    let outfit = &params.outfit;
    let lines = textures::line_colour(params);
    let skin_lines = Rgb::hex(0x8a4038).mix(lines, 0.3);
    let style = |name, texture, shade: u32, outline_m, outline, double_sided| Style {
        name,
        texture,
        shade: Rgb::hex(shade),
        outline_m,
        outline,
        double_sided,
    };
    let cloth = |name, colour: Rgb, stripes: &[(f32, f32)], shade: u32, outline_m| {
        let outline = colour.mix(Rgb::hex(0x231c38), 0.78);
        style(name, textures::cloth(colour, stripes, outfit.trim), shade, outline_m, outline, false)
    };
    Look::ALL
        .into_iter()
        .map(|look| {
            let style = match look {
                Look::Skin => style("skin", textures::flat(params.skin), 0xf3bdb4, 0.0011, skin_lines, false),
                Look::Face => style("face", textures::face(params), 0xf3bdb4, 0.0011, skin_lines, false),
                Look::Mouth => style("mouth", textures::mouth(params), 0xffffff, 0.0, lines, true),
                Look::EyeWhite => style("eye white", textures::eye_white(params), 0xf2e6f2, 0.0, lines, true),
                Look::Iris => style("iris", textures::iris(params), 0xffffff, 0.0, lines, true),
                Look::FaceLines => style("face lines", textures::face_lines(params), 0xffffff, 0.0, lines, true),
                Look::Hair => {
                    let outline = params.hair.colour.mix(Rgb::hex(0x3a2150), 0.72);
                    style("hair", textures::hair(params), 0xb9a4da, 0.0010, outline, false)
                }
                Look::Main => cloth("main cloth", outfit.main, &[], 0xc6c2e6, 0.0011),
                Look::Second => {
                    let stripes: &[(f32, f32)] =
                        if outfit.kind == OutfitKind::Sailor { &[(0.885, 0.912)] } else { &[] };
                    cloth("second cloth", outfit.second, stripes, 0x9c92cc, 0.0011)
                }
                Look::Trim => cloth("trim", outfit.trim, &[], 0xc6c2e6, 0.0),
                Look::Accent => cloth("accent", outfit.accent, &[], 0xc98bb0, 0.0010),
                Look::Socks => cloth("socks", outfit.socks, &[], 0x9c92cc, 0.0010),
                Look::Shoes => cloth("shoes", outfit.shoes, &[(0.93, 1.1)], 0xa886b4, 0.0011),
            };
            (look, style)
        })
        .collect()
}

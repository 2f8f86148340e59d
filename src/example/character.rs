//! A character put together: parts, skeleton, looks.

use super::body::Body;
use super::clothes::{Clothes, clothes};
use super::garments::Bow;
use super::mesh::{Look, Part};
use super::params::{CharacterParams, HairStyle, OutfitKind, Rgb};
use super::skeleton::{Frame, Uneven};
use super::skin::Bone;
use super::swinging::{Measured, Swinging, swinging};
use super::wardrobe;
use super::wear::Dye;
use super::{Detail, face, hair, hands, textures};
use crate::figure::HumanBone::{self, LeftFoot, LeftToes, RightFoot, RightToes};
use crate::picture::Picture;
use glam::Vec3;
use std::borrow::Cow;

/// Everything that the file is written from, in metres of the finished figure.
pub(super) struct Character {
    pub(super) parts: Vec<Part>,
    /// Place of every joint.
    pub(super) joints: Vec<(HumanBone, Vec3)>,
    /// What swings.
    pub(super) swinging: Swinging,
    /// What [`Look::Dyed`] counts.
    pub(super) dyes: Vec<Dye>,
}

/// How a look is drawn.
pub(super) struct Style {
    pub(super) name: Cow<'static, str>,
    pub(super) texture: Picture,
    /// What the texture is multiplied with in shade, sRGB.
    pub(super) shade: Rgb,
    /// Width of the outline, metres; none if 0.
    pub(super) outline_m: f32,
    pub(super) outline: Rgb,
    pub(super) double_sided: bool,
}

impl Character {
    pub(super) fn new(params: &CharacterParams, detail: Detail) -> Self {
        let frame = Frame::new(&params.build);
        let body = Body::new(&params.build);
        let mut parts = Vec::new();
        let place = |part: Part, map: &dyn Fn(Vec3) -> Vec3| {
            let mut part = part;
            part.put(map);
            part
        };
        let head = |part: Part| {
            let mut part = place(part, &|p| frame.head(p));
            part.morphs.iter_mut().flat_map(|m| &mut m.1).for_each(|o| o.1 *= frame.head_scale());
            part
        };
        let dressed = wardrobe::dress(params, &body);
        let clothes = if params.wear.is_empty() { clothes(params, &body) } else { Clothes::none() };
        let trunk = clothes.trunk.into_iter().chain([body.neck(params.build.head)]).chain(dressed.trunk);
        parts.extend(trunk.map(|p| place(p, &|p| frame.trunk(p))));
        let arm = clothes.arm.into_iter().chain(params.wear.is_empty().then(|| body.left_arm(clothes.sleeve_x)));
        let arm = arm.chain(hands::left()).flat_map(Part::both).chain(dressed.arms);
        parts.extend(arm.map(|p| place(p, &|p| frame.arm(p))));
        let skin = || body.left_leg(clothes.hem_y, clothes.skirt_y, clothes.sock_y);
        let leg = clothes.leg.into_iter().chain(params.wear.is_empty().then(skin));
        let leg = leg.flat_map(Part::both).chain(dressed.legs);
        parts.extend(leg.map(|part| {
            let side = part.positions.iter().map(|p| p.x).sum::<f32>().signum();
            place(part, &|p| frame.leg(p, side))
        }));
        parts.extend(dressed.head.into_iter().map(head));
        parts.extend(face::parts(params, detail).into_iter().map(head));
        parts.extend(hair::parts(params, detail).into_iter().map(head));
        if params.accessories.hair_ribbon && params.wear.is_empty() {
            parts.extend(hair_ribbons(params).into_iter().map(head));
        }
        let scale = frame.scale();
        // The figure stands on its feet, whatever else hangs down.
        let on_foot =
            |p: &Part, i: usize| matches!(p.skins[i].0[0].0, Bone::Human(LeftFoot | LeftToes | RightFoot | RightToes));
        let feet =
            parts.iter().flat_map(|p| (0..p.positions.len()).filter(|&i| on_foot(p, i)).map(|i| p.positions[i].y));
        let floor = feet.fold(f32::INFINITY, f32::min);
        let raise = Vec3::new(0.0, -floor * scale, 0.0);
        let mut parts: Vec<Part> = parts.into_iter().map(|p| p.moved(scale, raise)).collect();
        let uneven = (params.build.uneven > 0.0).then(|| Uneven::new(&params.build, params.build.height_m));
        let uneven = |p: Vec3| uneven.as_ref().map_or(p, |uneven| uneven.place(p));
        if params.build.uneven > 0.0 {
            parts.iter_mut().for_each(|part| part.put(uneven));
        }
        let finished = |p: Vec3| uneven(p * scale + raise);
        let bones = HumanBone::ALL.into_iter().filter(|b| *b != HumanBone::Jaw);
        let joints: Vec<_> = bones.map(|b| (b, finished(frame.joint(b)))).collect();
        let body = Measured { body: &body, frame: &frame, finished: &finished };
        let swinging = swinging(&mut parts, &body);
        Self { parts, joints, swinging, dyes: dressed.dyes }
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
        _ => bow(70.0, 56.0, 0.036, 0.046, 0.052),
    }
}

/// The style of each look, in the order of [`Look::ALL`].
pub(super) fn styles(params: &CharacterParams, character: &Character, detail: Detail) -> Vec<(Look, Style)> {
    let outfit = &params.outfit;
    let lines = textures::line_colour(params);
    let skin_lines = Rgb::hex(0x8a4038).mix(lines, 0.3);
    let style = |name: &'static str, texture, shade: u32, outline_m, outline, double_sided| Style {
        name: name.into(),
        texture,
        shade: Rgb::hex(shade),
        outline_m,
        outline,
        double_sided,
    };
    let dark = |colour: Rgb| colour.mix(Rgb::hex(0x231c38), 0.78);
    let cloth = |name, colour: Rgb, edge: Option<Rgb>, shade: u32, outline_m| {
        style(name, textures::cloth(colour, edge), shade, outline_m, dark(colour), false)
    };
    let dyed = character.dyes.iter().enumerate().map(|(i, dye)| {
        let style = Style {
            name: format!("cloth {}", i + 1).into(),
            texture: dye.texture(detail),
            shade: Rgb::hex(0xb4a8d4),
            outline_m: 0.0011,
            outline: dark(dye.colour),
            double_sided: false,
        };
        (Look::Dyed(i as u8), style)
    });
    Look::ALL
        .into_iter()
        .filter(|look| character.parts.iter().any(|p| p.look == *look))
        .map(|look| {
            let style = match look {
                Look::Skin => style("skin", textures::skin(params), 0xf4cbc8, 0.0011, skin_lines, false),
                Look::Face => style("face", textures::face(params, detail), 0xf4cbc8, 0.0011, skin_lines, false),
                Look::Mouth => style("mouth", textures::mouth(params), 0xffffff, 0.0, lines, true),
                Look::EyeWhite => style("eye white", textures::eye_white(), 0xf2e6f2, 0.0, lines, true),
                Look::Iris => style("iris", textures::iris(params, detail), 0xffffff, 0.0, lines, true),
                Look::FaceLines => style("face lines", textures::face_lines(params), 0xffffff, 0.0, lines, true),
                Look::Hair => {
                    let outline = params.hair.colour.mix(Rgb::hex(0x3a2150), 0.72);
                    style("hair", textures::hair(params, detail), 0xb9a4da, 0.0010, outline, false)
                }
                Look::Main => {
                    style("top", textures::top(outfit.main, detail), 0xc6c2e6, 0.0011, dark(outfit.main), false)
                }
                Look::Second => cloth("second cloth", outfit.second, None, 0x9c92cc, 0.0011),
                Look::Skirt => {
                    let (colour, trim) = match outfit.kind {
                        OutfitKind::Dress => (outfit.main, None),
                        _ => (outfit.second, Some(outfit.trim)),
                    };
                    style("skirt", textures::pleats(colour, trim, detail), 0x9c92cc, 0.0011, dark(colour), false)
                }
                Look::Trim => cloth("trim", outfit.trim, None, 0xc6c2e6, 0.0),
                Look::Accent => style(
                    "ribbons",
                    textures::ribbon(outfit.accent, detail),
                    0xc98bb0,
                    0.0010,
                    dark(outfit.accent),
                    false,
                ),
                Look::Socks => cloth("socks", outfit.socks, None, 0x9c92cc, 0.0010),
                Look::Dyed(_) | Look::Shoes => cloth("shoes", outfit.shoes, Some(Rgb::hex(0xf1e9e2)), 0xa886b4, 0.0011),
            };
            (look, style)
        })
        .chain(dyed)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::mesh::key;
    use std::collections::HashMap;

    /// Edges that don't have exactly as many triangles on one side as on the other.
    fn open_edges(parts: &[&Part]) -> usize {
        let mut sides: HashMap<_, i32> = HashMap::new();
        for part in parts {
            let place = |i: u32| key(part.positions[i as usize]);
            for [a, b, c] in &part.triangles {
                for (from, to) in [(place(*a), place(*b)), (place(*b), place(*c)), (place(*c), place(*a))] {
                    *sides.entry((from.min(to), from.max(to))).or_default() += if from < to { 1 } else { -1 };
                }
            }
        }
        sides.values().filter(|&&count| count != 0).count()
    }

    fn some_characters() -> Vec<Character> {
        let mut all = vec![Character::new(&CharacterParams::default(), Detail::Fine)];
        all.extend((0..8).map(|seed| Character::new(&CharacterParams::random(seed), Detail::Fine)));
        all
    }

    #[test]
    fn closed_pieces_are_closed_and_face_outwards() {
        for character in some_characters() {
            for part in character.parts.iter().filter(|p| p.closed) {
                assert_eq!(open_edges(&[part]), 0, "{}", part.name);
                assert!(part.volume() > 0.0, "{}: {}", part.name, part.volume());
            }
        }
        let character = Character::new(&CharacterParams::default(), Detail::Fine);
        let closed = character.parts.iter().filter(|p| p.closed).count();
        assert!(closed > 80, "{closed}");
    }

    #[test]
    fn eyes_close_the_head() {
        for character in some_characters() {
            let of = |look| character.parts.iter().filter(move |p| p.look == look);
            let head: Vec<&Part> = of(Look::Face).chain(of(Look::EyeWhite)).collect();
            assert_eq!(head.len(), 3);
            assert_eq!(open_edges(&head), 0);
            assert!(head.iter().map(|p| p.volume()).sum::<f32>() > 0.0);
        }
    }

    #[test]
    fn the_body_is_symmetric() {
        let character = Character::new(&CharacterParams::default(), Detail::Fine);
        let body = [Look::Skin, Look::Face, Look::EyeWhite, Look::Iris, Look::Main, Look::Socks, Look::Shoes];
        let of_body = character.parts.iter().filter(|p| body.contains(&p.look));
        let places: Vec<Vec3> = of_body.flat_map(|p| p.positions.iter().copied()).collect();
        let cell = |p: Vec3| (p * 2000.0).round().as_ivec3();
        let known: std::collections::HashSet<_> = places.iter().map(|&p| cell(p)).collect();
        for p in places {
            let other = cell(p * Vec3::new(-1.0, 1.0, 1.0));
            let near =
                (-1..=1).flat_map(|x| (-1..=1).flat_map(move |y| (-1..=1).map(move |z| glam::IVec3::new(x, y, z))));
            assert!(near.into_iter().any(|d| known.contains(&(other + d))), "nothing opposite {p}");
        }
    }

    #[test]
    fn no_triangle_is_degenerate() {
        for character in some_characters() {
            for part in &character.parts {
                for t in &part.triangles {
                    let [a, b, c] = t.map(|i| part.positions[i as usize]);
                    assert!((b - a).cross(c - a).length() > 1e-12, "{}: {a} {b} {c}", part.name);
                }
            }
        }
    }
}

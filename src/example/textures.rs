//! The pictures that are painted onto the surface.

use super::mesh::{lerp, smoothstep};
use super::paint::{Canvas, colour, spot};
use super::params::{CharacterParams, Lot, Rgb};
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use std::f32::consts::{PI, TAU};

fn with_alpha(c: Vec3, alpha: f32) -> Vec4 {
    c.extend(alpha)
}

/// Colour of lines on and around the face: dark, with the hair's hue in it.
pub(super) fn line_colour(params: &CharacterParams) -> Rgb {
    Rgb::hex(0x3a2430).mix(params.hair.colour, 0.12)
}

/// The face from the front, 0.2 m square (see `head::face_uv`).
pub(super) fn face(params: &CharacterParams) -> Picture {
    let skin = colour(params.skin);
    let at = |x: f32, y: f32| Vec2::new(0.5 + x / 0.2, (0.215 - y) / 0.2);
    let size = |x: f32, y: f32| Vec2::new(x, y) / 0.2;
    let blush = colour(params.skin.mix(Rgb::hex(0xff5a6a), 0.55));
    let shade = colour(params.skin.mix(Rgb::hex(0xc96a70), 0.5));
    let mut canvas = Canvas::new(1024, 1024, |_| skin);
    canvas.glaze(|p| {
        let left = spot(p, at(0.043, 0.0655), size(0.024, 0.014));
        let right = spot(p, at(-0.043, 0.0655), size(0.024, 0.014));
        with_alpha(blush, 0.55 * (left + right))
    });
    // Shade that the hair throws on the forehead.
    canvas.glaze(|p| with_alpha(shade, 0.28 * smoothstep(at(0.0, 0.160).y, at(0.0, 0.185).y, p.y)));
    // Three short strokes on each cheek.
    for side in [-1.0, 1.0] {
        for i in 0..3 {
            let x = side * (0.0385 + 0.0048 * i as f32);
            canvas.ellipse(at(x, 0.0655), size(0.00055, 0.0026), 24.0, |_| with_alpha(blush, 0.75));
        }
    }
    // Under the tip of the nose, and the light on it.
    canvas.ellipse(at(0.0, 0.0612), size(0.0026, 0.0011), 0.0, |_| with_alpha(shade, 0.75));
    canvas.glaze(|p| with_alpha(Vec3::ONE, 0.75 * spot(p, at(0.0012, 0.0685), size(0.0028, 0.0034))));
    // Under the lower lip.
    canvas.glaze(|p| with_alpha(shade, 0.30 * spot(p, at(0.0, 0.0315), size(0.0085, 0.0026))));
    canvas.finish()
}

/// The iris with pupil and highlights, filling the square as an ellipse.
pub(super) fn iris(params: &CharacterParams) -> Picture {
    let top = colour(params.eyes.colour);
    let glow = colour(params.eyes.glow);
    let dark = colour(params.eyes.colour.mix(Rgb::hex(0x1a1030), 0.62));
    let middle = Vec2::splat(0.5);
    let mut canvas = Canvas::new(512, 512, |_| dark);
    let inner = |p: Vec2| {
        let t = smoothstep(0.22, 0.92, p.y);
        top.lerp(glow, t * t * 0.9)
    };
    canvas.ellipse(middle, Vec2::splat(0.455), 0.0, |p| with_alpha(inner(p), 1.0));
    // Fibres, brighter and darker, from the pupil outwards.
    let mut lot = Lot::new(11);
    for i in 0..46 {
        let angle = TAU * (i as f32 + lot.between(-0.3, 0.3)) / 46.0;
        let along = Vec2::from_angle(angle);
        let (from, to, half) = (lot.between(0.16, 0.24), lot.between(0.36, 0.44), lot.between(0.006, 0.014));
        let across = along.perp() * half;
        let outline = [
            middle + along * from,
            middle + along * (from + to) / 2.0 + across,
            middle + along * to,
            middle + along * (from + to) / 2.0 - across,
        ];
        let lighter = angle.sin() > -0.2 && i % 2 == 0;
        let tint = if lighter { glow.lerp(Vec3::ONE, 0.35) } else { dark };
        canvas.fill(&outline, |_| with_alpha(tint, if lighter { 0.40 } else { 0.22 }));
    }
    // Light gathered below.
    canvas.glaze(|p| {
        let inside = smoothstep(0.45, 0.42, p.distance(middle));
        with_alpha(glow.lerp(Vec3::ONE, 0.45), 0.80 * inside * spot(p, Vec2::new(0.5, 0.84), Vec2::new(0.36, 0.24)))
    });
    // Pupil.
    canvas.ellipse(Vec2::new(0.5, 0.49), Vec2::new(0.170, 0.195), 0.0, |p| {
        with_alpha(dark.lerp(top, 0.35 * smoothstep(0.45, 0.70, p.y)) * 0.75, 0.96)
    });
    canvas.ellipse(Vec2::new(0.5, 0.49), Vec2::new(0.085, 0.105), 0.0, |_| with_alpha(dark * 0.5, 0.85));
    // Shade of the upper lid.
    canvas.glaze(|p| with_alpha(dark * 0.7, 0.80 * smoothstep(0.46, 0.10, p.y + 0.05 * (PI * p.x).sin())));
    // Highlights: one large, one small opposite, one faint.
    canvas.ellipse(Vec2::new(0.345, 0.275), Vec2::new(0.118, 0.142), 18.0, |_| Vec4::ONE);
    canvas.ellipse(Vec2::new(0.665, 0.735), Vec2::new(0.060, 0.068), 0.0, |_| with_alpha(Vec3::ONE, 0.95));
    canvas.ellipse(Vec2::new(0.575, 0.225), Vec2::new(0.034, 0.040), 0.0, |_| with_alpha(Vec3::ONE, 0.85));
    canvas.finish()
}

/// The white of the eye, under the lid's shade, and the rim behind the lids.
pub(super) fn eye_white(params: &CharacterParams) -> Picture {
    let rim = colour(line_colour(params).mix(params.skin, 0.35));
    let mut canvas = Canvas::new(256, 256, |_| rim);
    let white = |p: Vec2| {
        let shade = Vec3::new(0.72, 0.72, 0.86);
        Vec3::new(0.992, 0.988, 0.99).lerp(shade, 1.0 - smoothstep(0.26, 0.46, p.y))
    };
    canvas.ellipse(Vec2::splat(0.5), Vec2::splat(0.37), 0.0, |p| with_alpha(white(p), 1.0));
    canvas.finish()
}

/// Four flat colours in bands: lash, lid crease, brow, spare.
pub(super) fn face_lines(params: &CharacterParams) -> Picture {
    let lash = colour(line_colour(params));
    let crease = colour(params.skin.mix(Rgb::hex(0x9a4a50), 0.62));
    let brow = colour(params.hair.colour.mix(Rgb::hex(0x3a2430), 0.45));
    let warm = colour(Rgb::hex(0x8a4a4a).mix(line_colour(params), 0.45));
    Canvas::new(64, 64, |p| match (p.y * 4.0) as u32 {
        // Lashes turn warmer towards both ends.
        0 => lash.lerp(warm, 0.75 * (2.0 * p.x - 1.0).abs().powi(4)),
        1 => crease,
        _ => brow,
    })
    .finish()
}

/// The mouth, upper edge to lower edge: line, dark, tongue, line.
pub(super) fn mouth(params: &CharacterParams) -> Picture {
    let line = colour(Rgb::hex(0x8a3c40).mix(params.skin, 0.08));
    let inside = colour(Rgb::hex(0xa8434c));
    let tongue = colour(Rgb::hex(0xf08a88));
    let mut canvas = Canvas::new(128, 128, |_| inside);
    canvas.ellipse(Vec2::new(0.5, 1.02), Vec2::new(0.40, 0.50), 0.0, |_| with_alpha(tongue, 1.0));
    canvas.glaze(|p| with_alpha(line, if p.y < 0.085 || p.y > 0.915 { 1.0 } else { 0.0 }));
    canvas.finish()
}

/// Hair: v runs from the crown (0) over the highlight to the tips (1), u across locks.
pub(super) fn hair(params: &CharacterParams) -> Picture {
    let main = params.hair.colour;
    let tips = colour(params.hair.tips);
    let root = colour(main.mix(Rgb::hex(0x3b2a6b), 0.30));
    let body = colour(main);
    let light = colour(main.mix(Rgb::hex(0xfff8f2), 0.72));
    let deep = colour(main.mix(Rgb::hex(0x45306f), 0.42));
    let mut canvas = Canvas::new(1024, 512, |p| {
        let base = root.lerp(body, smoothstep(0.0, 0.22, p.y));
        base.lerp(tips, 0.9 * smoothstep(0.62, 1.0, p.y))
    });
    let mut lot = Lot::new(3);
    // Single hairs: long thin spindles, darker and lighter.
    for i in 0..220 {
        let x = lot.share();
        let (from, length) = (lot.between(-0.1, 0.8), lot.between(0.15, 0.5));
        let half = lot.between(0.0008, 0.0026);
        let (tint, alpha) = if i % 3 == 0 { (light, 0.16) } else { (deep, 0.20) };
        let at = |t: f32, side: f32| Vec2::new(x + side * half * (PI * t).sin(), from + length * t);
        let outline: Vec<Vec2> =
            (0..=8).map(|k| at(k as f32 / 8.0, 1.0)).chain((0..=8).rev().map(|k| at(k as f32 / 8.0, -1.0))).collect();
        canvas.fill(&outline, |_| with_alpha(tint, alpha));
    }
    // The ring of light around the crown: a band whose edges run out in points along the strands.
    let mut x = 0.0;
    while x < 1.0 {
        let width = lot.between(0.006, 0.022);
        let (up, down) = (lot.between(0.010, 0.030), lot.between(0.014, 0.060));
        let spindle = |centre: f32, up: f32, down: f32, half: f32| {
            [
                Vec2::new(centre, RING - up),
                Vec2::new(centre + half, RING),
                Vec2::new(centre + half * 0.35, RING + down * 0.6),
                Vec2::new(centre, RING + down),
                Vec2::new(centre - half * 0.35, RING + down * 0.6),
                Vec2::new(centre - half, RING),
            ]
        };
        let centre = x + width / 2.0;
        if lot.share() < 0.88 {
            canvas.fill(&spindle(centre, up * 1.6, down * 1.7, width * 0.75), |_| with_alpha(light, 0.35));
            canvas.fill(&spindle(centre, up, down, width * 0.62), |_| with_alpha(light, 0.85));
        }
        x += width;
    }
    canvas.finish()
}

/// Where on the hair's v the ring of light is.
const RING: f32 = 0.27;

/// Cloth in one colour, a little livelier below (v = 1), with stripes at given v.
pub(super) fn cloth(main: Rgb, stripes: &[(f32, f32)], trim: Rgb) -> Picture {
    let (light, deep) = (colour(main), colour(main.mix(Rgb::hex(0x4a4a90), 0.10)));
    let trim = colour(trim);
    Canvas::new(64, 512, |p| {
        let base = light.lerp(deep, lerp(0.0, 1.0, smoothstep(0.2, 1.0, p.y)));
        let soft =
            |from: f32, to: f32| smoothstep(from - 0.001, from + 0.001, p.y) * smoothstep(to + 0.001, to - 0.001, p.y);
        let on: f32 = stripes.iter().map(|&(from, to)| soft(from, to)).sum();
        base.lerp(trim, on.min(1.0))
    })
    .finish()
}

/// One colour.
pub(super) fn flat(colour_: Rgb) -> Picture {
    Canvas::new(4, 4, |_| colour(colour_)).finish()
}

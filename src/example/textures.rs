//! The pictures that are painted onto the surface.

use super::Detail;
use super::facepaint;
use super::mesh::{lerp, smoothstep};
use super::paint::{Canvas, colour, spot};
use super::params::{CharacterParams, Face, Iris, Rgb};
use crate::lot::Lot;
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
pub(super) fn face(params: &CharacterParams, detail: Detail) -> Picture {
    let plain = Face::default();
    let Face { paint, nose, blush, marks, .. } = &params.face;
    if (paint, nose, blush, marks) != (&plain.paint, &plain.nose, &plain.blush, &plain.marks) {
        return facepaint::face(params, detail);
    }
    let skin = colour(params.skin);
    let at = |x: f32, y: f32| Vec2::new(0.5 + x / 0.2, (0.210 - y) / 0.2);
    let size = |x: f32, y: f32| Vec2::new(x, y) / 0.2;
    let blush = colour(params.skin.mix(Rgb::hex(0xff5a6a), 0.55));
    let shade = colour(params.skin.mix(Rgb::hex(0xc96a70), 0.5));
    let mut canvas = Canvas::new(detail.texture_px(1024), detail.texture_px(1024), |_| skin);
    canvas.glaze(|p| {
        let left = spot(p, at(0.044, 0.0600), size(0.022, 0.0125));
        let right = spot(p, at(-0.044, 0.0600), size(0.022, 0.0125));
        with_alpha(blush, 0.55 * (left + right))
    });
    // Shade that the hair throws on the forehead.
    canvas.glaze(|p| with_alpha(shade, 0.28 * smoothstep(at(0.0, 0.150).y, at(0.0, 0.175).y, p.y)));
    // Three short strokes on each cheek.
    for side in [-1.0, 1.0] {
        for i in 0..3 {
            let x = side * (0.0385 + 0.0048 * i as f32);
            canvas.ellipse(at(x, 0.0600), size(0.00055, 0.0026), 24.0, |_| with_alpha(blush, 0.75));
        }
    }
    // Under the tip of the nose, and the light on it.
    canvas.ellipse(at(0.0, 0.0570), size(0.0026, 0.0011), 0.0, |_| with_alpha(shade, 0.75));
    canvas.glaze(|p| with_alpha(Vec3::ONE, 0.75 * spot(p, at(0.0012, 0.0640), size(0.0028, 0.0034))));
    // Under the lower lip.
    canvas.glaze(|p| with_alpha(shade, 0.30 * spot(p, at(0.0, 0.0292), size(0.0085, 0.0026))));
    canvas.finish()
}

/// The iris with pupil and highlights, filling the square as an ellipse.
pub(super) fn iris(params: &CharacterParams, detail: Detail) -> Picture {
    if params.eyes.iris != Iris::Bright {
        return facepaint::iris(params, detail);
    }
    let top = colour(params.eyes.colour);
    let glow = colour(params.eyes.glow);
    let dark = colour(params.eyes.colour.mix(Rgb::hex(0x1a1030), 0.62));
    let middle = Vec2::splat(0.5);
    let mut canvas = Canvas::new(detail.texture_px(512), detail.texture_px(512), |_| dark);
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

/// The white of the eye, under the lid's shade.
pub(super) fn eye_white() -> Picture {
    let (white, shade) = (Vec3::new(0.996, 0.990, 0.992), Vec3::new(0.74, 0.72, 0.86));
    Canvas::new(64, 256, |p| white.lerp(shade, 1.0 - smoothstep(0.27, 0.40, p.y))).finish()
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

/// How many different locks the texture of hair has, side by side.
pub(super) const LOCKS: usize = 6;

/// Hair: v runs from the crown (0) over the highlight to the tips (1); u across one of [`LOCKS`] different locks.
pub(super) fn hair(params: &CharacterParams, detail: Detail) -> Picture {
    let main = params.hair.colour;
    let tips = colour(params.hair.tips);
    let root = colour(main.mix(Rgb::hex(0x46288a), 0.26));
    let body = colour(main);
    let light = colour(main.mix(Rgb::hex(0xfff6f8), 0.58));
    let deep = colour(main.mix(Rgb::hex(0x55309a), 0.40));
    let lane = 1.0 / LOCKS as f32;
    let mut canvas = Canvas::new(detail.texture_px(1536), detail.texture_px(512), |p| {
        let base = root.lerp(body, smoothstep(0.0, 0.16, p.y)).lerp(tips, 0.9 * smoothstep(0.62, 1.0, p.y));
        // Locks are a little darker towards their edges.
        let across = ((p.x / lane).fract() - 0.5).abs() * 2.0;
        let tone = [1.0, 0.955, 1.02, 0.97, 1.01, 0.94][((p.x / lane) as usize).min(LOCKS - 1)];
        let dark: f32 = tone * lerp(1.0, 0.88, smoothstep(0.55, 1.0, across));
        base * Vec3::new(dark, dark.powf(1.25), dark.powf(0.75))
    });
    let mut lot = Lot::new(3);
    for lock in 0..LOCKS {
        let left = lock as f32 * lane;
        let at = |x: f32, y: f32| Vec2::new(left + x.clamp(0.0, 1.0) * lane, y);
        let spindle = |x: f32, bend: f32, from: f32, to: f32, half: f32| -> Vec<Vec2> {
            let edge = |t: f32, side: f32| at(x + bend * t * t + side * half * (PI * t).sin(), lerp(from, to, t));
            (0..=10)
                .map(|k| edge(k as f32 / 10.0, 1.0))
                .chain((0..=10).rev().map(|k| edge(k as f32 / 10.0, -1.0)))
                .collect()
        };
        // Strands: a few long dark ones, more fine ones.
        for i in 0..15 {
            let (x, bend) = (lot.between(0.06, 0.94), lot.between(-0.08, 0.08));
            let (from, length) = (lot.between(-0.1, 0.75), lot.between(0.25, 0.6));
            let bold = i < 3;
            let (half, alpha) =
                if bold { (lot.between(0.022, 0.040), 0.50) } else { (lot.between(0.007, 0.016), 0.28) };
            let (tint, alpha) = if i % 4 == 3 { (light, 0.20) } else { (deep, alpha) };
            canvas.fill(&spindle(x, bend, from, from + length, half), |_| with_alpha(tint, alpha));
        }
        // The ring of light around the crown: its edges run out in points along the strands.
        let count = 5 + lot.below(3);
        for i in 0..count {
            let x = (i as f32 + lot.between(0.30, 0.70)) / count as f32;
            let middle = 1.0 - (2.0 * x - 1.0).abs();
            let (up, down) = (lot.between(0.006, 0.014) + 0.010 * middle, lot.between(0.008, 0.022) + 0.030 * middle);
            let half = lot.between(0.40, 0.62) / count as f32;
            let drop = |up: f32, down: f32, half: f32| -> Vec<Vec2> {
                let right = [(0.0, -up), (0.55, -up * 0.45), (1.0, 0.0), (0.62, down * 0.34), (0.24, down * 0.72)];
                let both = right
                    .iter()
                    .map(|&(x, y)| (x, y))
                    .chain([(0.0, down)])
                    .chain(right[1..].iter().rev().map(|&(x, y)| (-x, y)));
                both.map(|(dx, dy)| at(x + dx * half, RING + dy)).collect()
            };
            canvas.fill(&drop(up * 1.5, down * 1.6, half * 1.15), |_| with_alpha(light, 0.30));
            canvas.fill(&drop(up, down, half), |_| with_alpha(light, 0.80));
        }
    }
    canvas.finish()
}

/// Where on the hair's v the ring of light is.
const RING: f32 = 0.335;

/// Cloth in one colour, a little livelier below (v = 1), the lowest part in another if asked for.
pub(super) fn cloth(main: Rgb, edge: Option<Rgb>) -> Picture {
    let (light, deep) = (colour(main), colour(main.mix(Rgb::hex(0x4a4a90), 0.10)));
    Canvas::new(8, 256, |p| {
        let base = light.lerp(deep, smoothstep(0.2, 1.0, p.y));
        edge.map_or(base, |edge| base.lerp(colour(edge), smoothstep(0.925, 0.935, p.y)))
    })
    .finish()
}

/// Skin: in the light above (v below 0.4), in the shade of clothes and chin below (v over 0.6).
pub(super) fn skin(params: &CharacterParams) -> Picture {
    let (light, shade) = (colour(params.skin), colour(skin_shade(params)));
    Canvas::new(8, 128, |p| light.lerp(shade, smoothstep(0.42, 0.58, p.y))).finish()
}

fn skin_shade(params: &CharacterParams) -> Rgb {
    params.skin.mix(Rgb::hex(0xe08f96), 0.38)
}

/// A ribbon: creased at the knot (v = 0).
pub(super) fn ribbon(main: Rgb, detail: Detail) -> Picture {
    let (light, deep) = (colour(main), colour(main.mix(Rgb::hex(0x4a1a50), 0.40)));
    let mut canvas = Canvas::new(detail.texture_px(256), detail.texture_px(256), |p| {
        light.lerp(deep, 0.55 * smoothstep(0.45, 0.0, p.y))
    });
    let mut lot = Lot::new(5);
    for i in 0..14 {
        let x = (i as f32 + lot.between(0.2, 0.8)) / 14.0;
        let (length, half) = (lot.between(0.25, 0.55), lot.between(0.010, 0.020));
        let outline = [Vec2::new(x - half, -0.02), Vec2::new(x + half, -0.02), Vec2::new(x, length)];
        canvas.fill(&outline, |_| with_alpha(deep, 0.75));
    }
    canvas.finish()
}

/// Pleats: u from the fold's depth (0) to its edge (1); v from waist to hem, with a stripe.
pub(super) fn pleats(main: Rgb, trim: Option<Rgb>, detail: Detail) -> Picture {
    let light = colour(main);
    let deep = light * Vec3::new(0.70, 0.66, 0.82);
    let bright = colour(main.mix(Rgb::hex(0xffffff), 0.10));
    Canvas::new(detail.texture_px(128), detail.texture_px(512), |p| {
        let fold = light.lerp(deep, 0.85 * smoothstep(0.42, 0.06, p.x)).lerp(bright, smoothstep(0.86, 0.94, p.x));
        let on = smoothstep(0.884, 0.886, p.y) * smoothstep(0.916, 0.914, p.y);
        let waist = fold.lerp(deep, 0.5 * smoothstep(0.10, 0.0, p.y));
        match trim {
            Some(trim) => waist.lerp(colour(trim) * lerp(0.80, 1.0, smoothstep(0.1, 0.4, p.x)), on),
            None => waist,
        }
    })
    .finish()
}

/// A top, around the trunk (u: front, left, back, right) from neck (v = 0) to hem, with painted folds.
pub(super) fn top(main: Rgb, detail: Detail) -> Picture {
    let (light, deep) = (colour(main), colour(main.mix(Rgb::hex(0x6a62b0), 0.30)));
    let faint = colour(main.mix(Rgb::hex(0x6a62b0), 0.10));
    let mut canvas =
        Canvas::new(detail.texture_px(1024), detail.texture_px(512), |p| light.lerp(faint, smoothstep(0.35, 1.0, p.y)));
    // From where, to where, bend, half width. Mirrored to the right side.
    const FOLDS: [[f32; 6]; 9] = [
        [0.105, 0.50, 0.060, 0.76, 0.010, 0.0050],
        [0.150, 0.54, 0.120, 0.84, -0.008, 0.0060],
        [0.215, 0.62, 0.180, 0.88, 0.010, 0.0075],
        [0.245, 0.30, 0.205, 0.52, 0.010, 0.0065],
        [0.285, 0.32, 0.320, 0.60, -0.010, 0.0060],
        [0.290, 0.66, 0.330, 0.90, 0.008, 0.0070],
        [0.400, 0.58, 0.420, 0.86, 0.008, 0.0055],
        [0.460, 0.40, 0.445, 0.62, -0.006, 0.0045],
        [0.035, 0.78, 0.045, 0.97, 0.004, 0.0050],
    ];
    for fold in FOLDS {
        for mirror in [false, true] {
            let [x0, y0, x1, y1, bend, half] = fold;
            let at = |t: f32, side: f32| {
                let x = lerp(x0, x1, t) + bend * (PI * t).sin() + side * half * (PI * t.powf(0.7)).sin();
                Vec2::new(if mirror { 1.0 - x } else { x }, lerp(y0, y1, t))
            };
            let outline: Vec<Vec2> = (0..=12)
                .map(|k| at(k as f32 / 12.0, 1.0))
                .chain((0..=12).rev().map(|k| at(k as f32 / 12.0, -1.0)))
                .collect();
            canvas.fill(&outline, |_| with_alpha(deep, 0.55));
        }
    }
    canvas.finish()
}

//! Faces and irises by other painters than the built-in figure's.

use super::Detail;
use super::mesh::smoothstep;
use super::paint::{Canvas, colour, spot};
use super::params::{Blush, CharacterParams, FacePaint, Iris, Mark, Nose, Rgb};
use crate::lot::Lot;
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use std::f32::consts::{PI, TAU};

/// A place of the view from the front, head space, on the texture (see `head::face_uv`).
fn at(x: f32, y: f32) -> Vec2 {
    Vec2::new(0.5 + x / 0.2, (0.210 - y) / 0.2)
}

fn size(x: f32, y: f32) -> Vec2 {
    Vec2::new(x, y) / 0.2
}

/// A stroke between two places, `half` metres thick.
fn stroke(canvas: &mut Canvas, from: (f32, f32), to: (f32, f32), half: f32, ink: Vec4) {
    let (a, b) = (Vec2::new(from.0, from.1), Vec2::new(to.0, to.1));
    let across = (b - a).perp().normalize_or_zero() * half;
    let outline = [a + across, b + across * 0.5, b - across * 0.5, a - across].map(|p| at(p.x, p.y));
    canvas.fill(&outline, |_| ink);
}

pub(super) fn face(params: &CharacterParams, detail: Detail) -> Picture {
    let skin = colour(params.skin);
    let shade = colour(params.skin.mix(Rgb::hex(0xc06070), 0.42));
    let blush = colour(params.skin.mix(Rgb::hex(0xff5a6a), 0.55));
    let line = colour(params.skin.mix(Rgb::hex(0x7a3038), 0.72));
    let lot = &mut Lot::new(params.hair.seed ^ 0x5eed);
    let waves: [f32; 4] = std::array::from_fn(|_| lot.between(0.0, TAU));
    let mut canvas = Canvas::new(detail.texture_px(1024), detail.texture_px(1024), |p| match params.face.paint {
        FacePaint::Watercolour => {
            let run =
                (9.0 * p.x + waves[0]).sin() + (11.0 * p.y + waves[1]).sin() + (17.0 * (p.x + p.y) + waves[2]).sin();
            skin.lerp(shade, 0.16 * (run / 3.0 + 0.4).max(0.0)).lerp(Vec3::ONE, 0.10 * (-run / 3.0).max(0.0))
        }
        _ => skin,
    });
    match params.face.paint {
        FacePaint::Cel => {
            // Hard shade under the hair in points, and along the right side.
            let below = |x: f32| 0.138 - 0.010 * ((x * 260.0 + waves[3]).sin().abs());
            canvas.glaze(|p| {
                let (x, y) = ((p.x - 0.5) * 0.2, 0.210 - p.y * 0.2);
                let hair = smoothstep(-0.0006, 0.0006, y - below(x));
                let side = smoothstep(-0.0006, 0.0006, -x - 0.060 - 0.10 * (y - 0.03).max(0.0));
                shade.extend(0.75 * hair.max(side))
            });
        }
        FacePaint::Sketch => {
            for side in [-1.0, 1.0] {
                for i in 0..9 {
                    let x = side * (0.030 + 0.0042 * i as f32);
                    let y = 0.056 + lot.between(-0.003, 0.003);
                    stroke(&mut canvas, (x + 0.004, y + 0.008), (x - 0.004, y - 0.006), 0.0006, line.extend(0.30));
                }
            }
            for i in 0..24 {
                let x = -0.070 + 0.006 * i as f32;
                stroke(
                    &mut canvas,
                    (x + 0.006, 0.165),
                    (x - 0.004, 0.140 + lot.between(-0.004, 0.004)),
                    0.0006,
                    line.extend(0.28),
                );
            }
        }
        FacePaint::Watercolour => {
            canvas.glaze(|p| shade.extend(0.35 * smoothstep(at(0.0, 0.140).y, at(0.0, 0.165).y, p.y)));
        }
        FacePaint::Soft => {
            canvas.glaze(|p| shade.extend(0.25 * smoothstep(at(0.0, 0.150).y, at(0.0, 0.175).y, p.y)));
        }
        FacePaint::Flat => {}
    }
    cheeks(&mut canvas, params.face.blush, blush);
    match params.face.nose {
        Nose::Soft => {
            canvas.ellipse(at(0.0, 0.0570), size(0.0026, 0.0011), 0.0, |_| shade.extend(0.75));
            canvas.glaze(|p| Vec3::ONE.extend(0.6 * spot(p, at(0.0012, 0.0640), size(0.0028, 0.0034))));
        }
        Nose::Dot => canvas.ellipse(at(0.0, 0.0600), size(0.0013, 0.0011), 0.0, |_| line.extend(0.9)),
        Nose::Line => {
            stroke(&mut canvas, (0.0005, 0.0700), (0.0030, 0.0590), 0.0007, line.extend(0.85));
            stroke(&mut canvas, (0.0032, 0.0588), (-0.0012, 0.0575), 0.0006, line.extend(0.85));
        }
        Nose::None => {}
    }
    for mark in &params.face.marks {
        self::mark(&mut canvas, *mark, params, lot);
    }
    canvas.finish()
}

fn cheeks(canvas: &mut Canvas, kind: Blush, blush: Vec3) {
    for side in [-1.0, 1.0] {
        if matches!(kind, Blush::Both | Blush::Soft) {
            canvas.glaze(|p| blush.extend(0.55 * spot(p, at(side * 0.044, 0.0600), size(0.022, 0.0125))));
        }
        if matches!(kind, Blush::Both | Blush::Strokes) {
            for i in 0..3 {
                let x = side * (0.0385 + 0.0048 * i as f32);
                canvas.ellipse(at(x, 0.0600), size(0.0007, 0.0030), 24.0, |_| blush.extend(0.85));
            }
        }
        if kind == Blush::Discs {
            canvas.ellipse(at(side * 0.046, 0.0580), size(0.0105, 0.0085), 0.0, |_| blush.extend(0.7));
        }
    }
    if kind == Blush::Band {
        canvas.glaze(|p| blush.extend(0.6 * spot(p, at(0.0, 0.0640), size(0.070, 0.013)).sqrt()));
    }
}

fn mark(canvas: &mut Canvas, mark: Mark, params: &CharacterParams, lot: &mut Lot) {
    let dark = colour(params.skin.mix(Rgb::hex(0x3a2028), 0.85)).extend(0.95);
    let scar = colour(params.skin.mix(Rgb::hex(0xb04048), 0.65)).extend(0.9);
    let paint = colour(params.eyes.glow.mix(params.hair.colour, 0.3)).extend(1.0);
    let red = colour(Rgb::hex(0xc8323c)).extend(0.95);
    let side = if matches!(mark, Mark::MoleRight | Mark::ScarRight | Mark::PaintRight | Mark::PlasterRight) {
        -1.0
    } else {
        1.0
    };
    match mark {
        Mark::MoleLeft | Mark::MoleRight => {
            canvas.ellipse(at(side * 0.047, 0.0660), size(0.0016, 0.0016), 0.0, |_| dark);
        }
        Mark::Freckles => {
            for _ in 0..22 {
                let (x, y) = (lot.between(-0.055, 0.055), lot.between(0.052, 0.072));
                canvas.ellipse(at(x, y), size(0.0009, 0.0008), 0.0, |_| scar.truncate().extend(0.55));
            }
        }
        Mark::ScarLeft | Mark::ScarRight => {
            stroke(canvas, (side * 0.030, 0.132), (side * 0.046, 0.050), 0.0016, scar);
            stroke(canvas, (side * 0.033, 0.062), (side * 0.048, 0.066), 0.0010, scar);
        }
        Mark::Whiskers => {
            for s in [-1.0, 1.0] {
                for i in 0..3 {
                    let y = 0.060 - 0.008 * i as f32;
                    stroke(canvas, (s * 0.034, y), (s * 0.064, y + 0.004 * (1.0 - i as f32)), 0.0011, dark);
                }
            }
        }
        Mark::PaintLeft | Mark::PaintRight => {
            let drop = [(0.030, 0.068), (0.040, 0.064), (0.050, 0.068), (0.041, 0.030)];
            let outline: Vec<Vec2> = drop.iter().map(|&(x, y)| at(side * x, y)).collect();
            canvas.fill(&outline, |_| paint);
        }
        Mark::WarPaint => {
            let band = [(-0.075, 0.070), (0.075, 0.070), (0.075, 0.056), (-0.075, 0.056)];
            canvas.fill(&band.map(|(x, y)| at(x, y)), |_| red);
        }
        Mark::PlasterLeft | Mark::PlasterRight => {
            let cream = colour(Rgb::hex(0xf2dcb0)).extend(1.0);
            stroke(canvas, (side * 0.030, 0.050), (side * 0.056, 0.062), 0.0055, cream);
            stroke(canvas, (side * 0.040, 0.0545), (side * 0.047, 0.0578), 0.0055, scar.truncate().extend(0.3));
        }
        Mark::Forehead => {
            let gem = [(0.0, 0.158), (0.007, 0.148), (0.0, 0.136), (-0.007, 0.148)];
            canvas.fill(&gem.map(|(x, y)| at(x, y)), |_| paint);
        }
        Mark::Stubble => {
            let grey = colour(params.skin.mix(params.hair.colour.mix(Rgb::hex(0x404048), 0.6), 0.5));
            canvas.glaze(|p| {
                let d = (p - at(0.0, 0.040)) / size(0.060, 0.030);
                let jaw = smoothstep(0.7, 1.1, d.length()) * smoothstep(at(0.0, 0.058).y, at(0.0, 0.046).y, p.y);
                grey.extend(0.6 * jaw)
            });
        }
        Mark::Tear => {
            canvas.ellipse(at(0.040, 0.0620), size(0.0028, 0.0042), 0.0, |_| Vec3::new(0.62, 0.82, 0.98).extend(0.95))
        }
    }
}

/// Irises that are not [`Iris::Bright`], filling the square.
pub(super) fn iris(params: &CharacterParams, detail: Detail) -> Picture {
    let (top, glow) = (colour(params.eyes.colour), colour(params.eyes.glow));
    let dark = colour(params.eyes.colour.mix(Rgb::hex(0x120c20), 0.72));
    let middle = Vec2::splat(0.5);
    let kind = params.eyes.iris;
    let side = detail.texture_px(512);
    let mut canvas = Canvas::new(side, side, |_| dark);
    let fill = |canvas: &mut Canvas, radius: f32, tint: Vec3| {
        canvas.ellipse(middle, Vec2::splat(radius), 0.0, |_| tint.extend(1.0));
    };
    match kind {
        Iris::Dot => {}
        Iris::Hollow => {
            fill(&mut canvas, 0.47, top);
            canvas.glaze(|p| glow.extend(0.7 * smoothstep(0.45, 0.9, p.y)));
        }
        Iris::Ring => {
            fill(&mut canvas, 0.46, top);
            fill(&mut canvas, 0.34, glow);
            fill(&mut canvas, 0.16, dark);
        }
        _ => {
            fill(&mut canvas, 0.455, top);
            canvas.ellipse(Vec2::new(0.5, 0.74), Vec2::new(0.34, 0.20), 0.0, |_| glow.extend(1.0));
        }
    }
    match kind {
        Iris::Flat => canvas.ellipse(Vec2::new(0.5, 0.48), Vec2::new(0.17, 0.19), 0.0, |_| dark.extend(1.0)),
        Iris::Slit => canvas.ellipse(middle, Vec2::new(0.065, 0.36), 0.0, |_| dark.extend(1.0)),
        Iris::Star => {
            let star: Vec<Vec2> = (0..10)
                .map(|i| {
                    let r = if i % 2 == 0 { 0.28 } else { 0.12 };
                    middle + Vec2::from_angle(PI * i as f32 / 5.0 - PI / 2.0) * r
                })
                .collect();
            canvas.fill(&star, |_| Vec4::ONE);
        }
        _ => {}
    }
    if !matches!(kind, Iris::Hollow) {
        canvas.ellipse(Vec2::new(0.35, 0.28), Vec2::new(0.11, 0.13), 0.0, |_| Vec4::ONE);
    }
    canvas.finish()
}

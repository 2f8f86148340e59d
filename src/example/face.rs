//! What is drawn on the face: lashes, brows, mouth, and the expressions that move them.

use super::Detail;
use super::eyes::{self, EyeLine, Lids};
use super::head::{self, HeadShape};
use super::mesh::{Look, Part, Skin, lerp, smoothstep, spline};
use super::params::{CharacterParams, HairStyle};
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};

/// A mouth: half width, height of the corners, and of upper and lower lip over their line (positive: away from it).
#[derive(Clone, Copy, Debug)]
struct Mouth {
    half_width: f32,
    corners: f32,
    upper: f32,
    lower: f32,
}

/// One face. Brows: (raised by, inner end raised by more), metres.
struct Face {
    name: &'static str,
    lids: [Lids; 2],
    brows: Vec2,
    mouth: Mouth,
    pupil: f32,
}

const REST: Mouth = Mouth { half_width: 0.0104, corners: 0.0018, upper: -0.0005, lower: 0.0005 };
const OPEN: Lids = Lids { upper: 0.0, lower: 0.0, arc: 0.0, corners: 0.0, tilt: 0.0 };
const SHUT: Lids = Lids { upper: 1.0, lower: 1.0, arc: -0.56, corners: -0.14, tilt: 0.0 };

/// The VRM 1.0 preset expressions, in the order of the shape keys.
const FACES: [Face; 13] = {
    const fn face(name: &'static str, lids: Lids, brows: Vec2, mouth: Mouth) -> Face {
        Face { name, lids: [lids, lids], brows, mouth, pupil: 1.0 }
    }
    const fn mouth(half_width: f32, corners: f32, upper: f32, lower: f32) -> Mouth {
        Mouth { half_width, corners, upper, lower }
    }
    const STILL: Vec2 = Vec2::ZERO;
    [
        face(
            "happy",
            Lids { upper: 1.0, lower: 1.0, arc: 0.42, corners: -0.12, tilt: 0.0 },
            Vec2::new(0.0035, 0.0),
            mouth(0.0135, 0.0030, -0.0010, 0.0105),
        ),
        face(
            "angry",
            Lids { upper: 0.20, lower: 0.10, arc: 0.0, corners: 0.0, tilt: -0.30 },
            Vec2::new(-0.0030, -0.0060),
            mouth(0.0085, -0.0028, 0.0008, 0.0007),
        ),
        face(
            "sad",
            Lids { upper: 0.24, lower: 0.0, arc: -0.2, corners: -0.05, tilt: 0.22 },
            Vec2::new(0.0010, 0.0055),
            mouth(0.0080, -0.0026, 0.0006, 0.0005),
        ),
        face(
            "relaxed",
            Lids { upper: 0.46, lower: 0.12, arc: -0.4, corners: -0.06, tilt: 0.0 },
            Vec2::new(0.0015, 0.0012),
            mouth(0.0110, 0.0024, -0.0008, 0.0008),
        ),
        Face {
            name: "surprised",
            lids: [Lids { upper: -0.12, lower: -0.08, arc: 0.0, corners: 0.0, tilt: 0.0 }; 2],
            brows: Vec2::new(0.0070, 0.0),
            mouth: mouth(0.0062, 0.0, 0.0045, 0.0080),
            pupil: 0.82,
        },
        face("aa", OPEN, STILL, mouth(0.0102, 0.0012, 0.0018, 0.0135)),
        face("ih", OPEN, STILL, mouth(0.0125, 0.0016, 0.0008, 0.0050)),
        face("ou", OPEN, STILL, mouth(0.0048, 0.0, 0.0028, 0.0052)),
        face("ee", OPEN, STILL, mouth(0.0120, 0.0006, 0.0022, 0.0062)),
        face("oh", OPEN, STILL, mouth(0.0072, 0.0, 0.0036, 0.0105)),
        face("blink", SHUT, STILL, REST),
        Face { name: "blinkLeft", lids: [SHUT, OPEN], brows: STILL, mouth: REST, pupil: 1.0 },
        Face { name: "blinkRight", lids: [OPEN, SHUT], brows: STILL, mouth: REST, pupil: 1.0 },
    ]
};

/// Names of the expressions, all of them shape keys as well.
pub(super) fn expressions() -> impl Iterator<Item = &'static str> {
    FACES.iter().map(|f| f.name)
}

/// All of the face in head space: skin, eyes, lines, mouth.
pub(super) fn parts(params: &CharacterParams, detail: Detail) -> Vec<Part> {
    let shape = &HeadShape::new(params.build.face, detail);
    let eye = &EyeLine::new(&params.eyes);
    let faces: &Vec<&Face> = &FACES
        .iter()
        .filter(|f| detail == Detail::Fine || params.face.rest.get(f.name).is_some_and(|&w| w > 0.0))
        .collect();
    let warps: Vec<(&'static str, Box<dyn Fn(Vec2) -> Vec2 + '_>)> = faces
        .iter()
        .map(|face| {
            // Half of the head stands for both; one-eyed faces lose the other half's offsets below.
            let lids = if face.lids[0].upper != 0.0 { face.lids[0] } else { face.lids[1] };
            (face.name, Box::new(move |p| eye.warp(p, lids)) as Box<dyn Fn(Vec2) -> Vec2>)
        })
        .collect();
    let mut skin = head::skin(shape, eye, &warps, detail);
    for (face, (_, offsets)) in faces.iter().zip(&mut skin.morphs) {
        let positions = &skin.positions;
        offsets.retain(|&(i, _)| {
            let side = usize::from(positions[i as usize].x < 0.0);
            face.lids[side].upper != 0.0
        });
    }
    let mut all = vec![skin, mouth(shape, faces)];
    // Long hair hides the ears, and they would only show through it.
    if !matches!(
        params.hair.style,
        HairStyle::Long | HairStyle::Bob | HairStyle::Hime | HairStyle::Drills | HairStyle::Afro
    ) {
        all.extend(head::ear().both());
    }
    for part in eye_parts(shape, eye, faces, params.face.brows) {
        let mut other = part.mirrored();
        if part.look == Look::Iris {
            // Highlights sit on the same side of both eyes: the light is one.
            other.uvs.iter_mut().for_each(|uv| uv.x = 1.0 - uv.x);
        }
        for (part, side) in [(part, 0), (other, 1)] {
            let mut part = part;
            part.morphs.retain(|(name, _)| !matches!((*name, side), ("blinkLeft", 1) | ("blinkRight", 0)));
            all.push(part);
        }
    }
    all.iter_mut().for_each(|part| rest(part, params, detail));
    all
}

/// Lays the face's expression at rest into the places themselves.
fn rest(part: &mut Part, params: &CharacterParams, detail: Detail) {
    for (name, &weight) in &params.face.rest {
        for (_, offsets) in part.morphs.iter_mut().filter(|(n, _)| n == name) {
            for (i, offset) in offsets {
                part.positions[*i as usize] += *offset * weight;
                // What is left of the way to the whole expression.
                *offset *= 1.0 - weight;
            }
        }
    }
    if detail != Detail::Fine {
        part.morphs.clear();
    }
}

/// The left eye and brow with every shape key of either side.
fn eye_parts(shape: &HeadShape, eye: &EyeLine, faces: &[&Face], brows: f32) -> Vec<Part> {
    let lids: Vec<(&'static str, Lids)> = faces
        .iter()
        .map(|f| (f.name, if f.lids[0].upper != 0.0 { f.lids[0] } else { f.lids[1] }))
        .filter(|(_, lids)| lids.upper != 0.0)
        .collect();
    let pupils: Vec<(&'static str, f32)> = faces.iter().filter(|f| f.pupil != 1.0).map(|f| (f.name, f.pupil)).collect();
    let rise = |share: f32| {
        let lids = lids.clone();
        move |name: &str, p: Vec2, upper: bool| {
            let found = lids.iter().find(|(n, _)| *n == name);
            let u = (p.x - eye.centre.x) / eye.half.x;
            found.map_or(0.0, |(_, l)| eye.lid_shift(u, upper, *l) * share)
        }
    };
    let lash_rise = rise(1.0);
    let lash_move = |name: &str, p: Vec2| p + Vec2::Y * lash_rise(name, p, true);
    let crease_rise = rise(0.55);
    let crease_move = |name: &str, p: Vec2| p + Vec2::Y * crease_rise(name, p, true);
    let below_rise = rise(1.0);
    let below_move = |name: &str, p: Vec2| p + Vec2::Y * below_rise(name, p, false);
    let brow_move = |name: &str, p: Vec2| {
        let brows = faces.iter().find(|f| f.name == name).map_or(Vec2::ZERO, |f| f.brows);
        let inner = 1.0 - smoothstep(0.012, 0.058, p.x);
        p + Vec2::Y * (brows.x + brows.y * inner)
    };
    let mut parts = vec![eyes::white(shape, eye, &lids), eyes::iris(shape, eye, &pupils)];
    parts.push(strip("left lash", shape, &lash(eye), 0.0011, LASH, &lash_move, faces));
    for (i, spike) in spikes(eye).iter().enumerate() {
        parts.push(strip(&format!("left lash spike {i}"), shape, spike, 0.0009, LASH, &lash_move, faces));
    }
    parts.push(strip("left lower lash", shape, &lower_lash(eye), 0.0007, CREASE, &below_move, faces));
    parts.push(strip("left lid crease", shape, &crease(eye), 0.0007, CREASE, &crease_move, faces));
    if brows > 0.0 {
        parts.push(strip("left brow", shape, &brow(eye, brows), 0.0013, BROW, &brow_move, faces));
    }
    parts
}

/// Rows of the texture of lines.
const LASH: f32 = 0.125;
const CREASE: f32 = 0.375;
const BROW: f32 = 0.625;

/// A strip between two edges, drawn on the face `height` above the skin.
fn strip(
    name: &str,
    shape: &HeadShape,
    edges: &[[Vec2; 2]],
    height: f32,
    row: f32,
    moved: &dyn Fn(&str, Vec2) -> Vec2,
    faces: &[&Face],
) -> Part {
    let mut part = Part::new(name, Look::FaceLines);
    let last = (edges.len() - 1) as f32;
    for (i, edge) in edges.iter().enumerate() {
        for p in edge {
            part.push(shape.front(p.x, p.y, height), Vec2::new(i as f32 / last, row));
        }
    }
    for i in 0..edges.len() as u32 - 1 {
        let [a, b, c, d] = [2 * i, 2 * i + 1, 2 * i + 2, 2 * i + 3];
        part.triangles.extend([[a, c, d], [a, d, b]]);
    }
    // Thin lashes of narrow eyes meet before their ends.
    let positions = &part.positions;
    part.triangles.retain(|t| {
        let [a, b, c] = t.map(|i| positions[i as usize]);
        (b - a).cross(c - a).length() > 1e-11
    });
    for name in faces.iter().map(|f| f.name) {
        let offsets: Vec<(u32, Vec3)> = edges
            .iter()
            .flatten()
            .enumerate()
            .filter_map(|(i, &p)| {
                let to = moved(name, p);
                (to.distance(p) > 1e-6).then(|| (i as u32, shape.front(to.x, to.y, height) - part.positions[i]))
            })
            .collect();
        if !offsets.is_empty() {
            part.morphs.push((name, offsets));
        }
    }
    part.normals = vec![Vec3::Z; part.positions.len()];
    part.skinned(|_| Skin::one(HumanBone::Head))
}

/// The upper lash: along the lid, thickening outwards, drawn out into a wing.
fn lash(eye: &EyeLine) -> Vec<[Vec2; 2]> {
    let h = eye.half.y;
    let tip = Vec2::new(eye.x(1.24), eye.base(1.0) + 0.26 * h);
    let corner = Vec2::new(eye.x(1.0), eye.base(1.0));
    let thick = |u: f32| spline(&[[0.0008], [0.0034], [0.0048], [0.0056], [0.0060]], (u + 1.0) * 2.0)[0] * eye.lashes;
    let turn = 0.5;
    let from = Vec2::new(eye.x(turn), eye.upper(turn) + thick(turn));
    let slope = (eye.upper(turn + 0.05) - eye.upper(turn - 0.05)) / (0.1 * eye.half.x);
    (0..=30)
        .map(|i| {
            let t = i as f32 / 30.0;
            let lower = if t < 0.84 {
                let u = -(std::f32::consts::PI * t / 0.84).cos();
                Vec2::new(eye.x(u), eye.upper(u) - 0.0005)
            } else {
                corner.lerp(tip, (t - 0.84) / 0.16)
            };
            let u = lerp(-1.05, 1.24, t);
            let upper = if u < turn {
                Vec2::new(eye.x(u), eye.upper(u.max(-1.0)) + thick(u))
            } else {
                let f = (u - turn) / (1.24 - turn);
                let run = tip.x - from.x;
                let y = hermite(from.y, tip.y, slope * run, -0.35 * run, f);
                Vec2::new(lerp(from.x, tip.x, f), y)
            };
            [lower, upper]
        })
        .collect()
}

fn hermite(a: f32, b: f32, slope_a: f32, slope_b: f32, t: f32) -> f32 {
    let (t2, t3) = (t * t, t * t * t);
    a * (2.0 * t3 - 3.0 * t2 + 1.0) + slope_a * (t3 - 2.0 * t2 + t) + b * (3.0 * t2 - 2.0 * t3) + slope_b * (t3 - t2)
}

/// Two short pointed lashes under the wing.
fn spikes(eye: &EyeLine) -> [Vec<[Vec2; 2]>; 2] {
    [(0.97, 0.20, 1.17, 0.02), (0.90, 0.36, 1.24, 0.46)].map(|(u, v, tip_u, tip_v)| {
        let at = |u: f32, v: f32| Vec2::new(eye.x(u), eye.base(1.0) + v * eye.half.y);
        let (root, tip) = (at(u, v), at(tip_u, tip_v));
        (0..=4)
            .map(|i| {
                let t = i as f32 / 4.0;
                let sag = Vec2::new(0.0, -0.0008 * (t * (1.0 - t)) * 4.0);
                let half = Vec2::new(0.0, 0.0013 * (1.0 - t).max(0.02));
                let p = root.lerp(tip, t) + sag;
                [p - half, p + half]
            })
            .collect()
    })
}

fn lower_lash(eye: &EyeLine) -> Vec<[Vec2; 2]> {
    (0..=14)
        .map(|i| {
            let t = i as f32 / 14.0;
            let u = lerp(-0.35, 0.985, t);
            let p = Vec2::new(eye.x(u), eye.lower(u));
            let half = 0.00035 + 0.00055 * smoothstep(0.2, 0.95, t);
            [p - Vec2::Y * half * 1.6, p + Vec2::Y * half * 0.4]
        })
        .collect()
}

fn crease(eye: &EyeLine) -> Vec<[Vec2; 2]> {
    (0..=16)
        .map(|i| {
            let t = i as f32 / 16.0;
            let u = lerp(-0.72, 0.86, t);
            let p = Vec2::new(eye.x(u * 1.02), eye.upper(u * 0.93) + 0.0078 + 0.0006 * t);
            let half = Vec2::Y * (0.00004 + 0.00034 * (std::f32::consts::PI * t).sin());
            [p - half, p + half]
        })
        .collect()
}

fn brow(eye: &EyeLine, thick: f32) -> Vec<[Vec2; 2]> {
    let y = 0.1313 + (eye.half.y - 0.0194) * 0.6 + (eye.centre.y - 0.0933);
    let apart = eye.centre.x / 0.0378;
    let line = [[0.0165, y - 0.0030], [0.030, y + 0.0012], [0.046, y + 0.0020], [0.0610, y - 0.0052]];
    (0..=18)
        .map(|i| {
            let t = i as f32 / 18.0;
            let p = Vec2::from(spline(&line, t * 3.0)) * Vec2::new(apart, 1.0);
            let half = Vec2::Y * (0.00005 + 0.0014 * smoothstep(-0.04, 0.22, t) * (1.0 - t.powi(3))) * thick;
            [p - half, p + half]
        })
        .collect()
}

/// The mouth: a line at rest, whose inside opens between an upper and a lower edge.
fn mouth(shape: &HeadShape, faces: &[&Face]) -> Part {
    const COLUMNS: usize = 20;
    let centre = Vec2::new(0.0, shape.mouth_y());
    let place = |mouth: Mouth, i: usize, row: usize| {
        let s = 2.0 * i as f32 / COLUMNS as f32 - 1.0;
        let s = (s * std::f32::consts::FRAC_PI_2).sin();
        let round = (1.0 - s * s).max(0.0).powf(0.6);
        let middle = mouth.corners * (s * s - 0.3);
        let (upper, lower) = (middle + mouth.upper * round, middle - mouth.lower * round);
        let line = 0.00018 + 0.00062 * (1.0 - s * s).sqrt();
        let y = match row {
            0 => upper + line,
            1 => upper.max(lower) - 0.00005,
            2 => lower.min(upper) + 0.00005,
            _ => lower - line,
        };
        centre + Vec2::new(s * (mouth.half_width + if row == 0 || row == 3 { 0.0003 } else { -0.0004 }), y)
    };
    let mut part = Part::new("mouth", Look::Mouth);
    const V: [f32; 4] = [0.02, 0.10, 0.90, 0.98];
    let all = |mouth: Mouth| (0..=COLUMNS).flat_map(move |i| (0..4).map(move |row| place(mouth, i, row)));
    for (n, p) in all(REST).enumerate() {
        part.push(shape.front(p.x, p.y, 0.0009), Vec2::new((n / 4) as f32 / COLUMNS as f32, V[n % 4]));
    }
    for i in 0..COLUMNS as u32 {
        for row in 0..3 {
            let [a, b, c, d] = [4 * i + row, 4 * i + row + 1, 4 * i + row + 4, 4 * i + row + 5];
            part.triangles.extend([[a, b, d], [a, d, c]]);
        }
    }
    for face in faces.iter().filter(|f| f.mouth.half_width != REST.half_width) {
        let offsets = all(face.mouth).enumerate();
        let offsets = offsets.map(|(n, p)| (n as u32, shape.front(p.x, p.y, 0.0009) - part.positions[n])).collect();
        part.morphs.push((face.name, offsets));
    }
    part.normals = vec![Vec3::Z; part.positions.len()];
    part.skinned(|_| Skin::one(HumanBone::Head))
}

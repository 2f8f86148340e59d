//! The head: a smooth surface given by its cross-sections, and the skin over it with openings for the eyes.
//!
//! Head space: metres, origin under the chin on the axis of the skull, y up, z forward.

use super::Detail;
use super::delaunay::triangulate;
use super::eyes::EyeLine;
use super::mesh::{Look, Oval, Part, Ring, Skin, lerp, smoothstep, spline};
use crate::figure::HumanBone;
use glam::{DVec2, Vec2, Vec3};
use std::f32::consts::{FRAC_PI_2, PI};

/// Cross-sections from crown to throat, each a curved line around the head:
/// height in front, at the side and behind; centre z; depth to the front, half width, depth to the back; front and back
/// power of the outline.
const SECTIONS: [[f32; 9]; 15] = [
    [0.2297, 0.2297, 0.2297, -0.0080, 0.0030, 0.0030, 0.0030, 2.00, 2.00],
    [0.2248, 0.2248, 0.2248, -0.0080, 0.0310, 0.0250, 0.0300, 2.00, 2.00],
    [0.2097, 0.2097, 0.2097, -0.0080, 0.0590, 0.0470, 0.0570, 2.10, 2.00],
    [0.1867, 0.1867, 0.1867, -0.0080, 0.0805, 0.0640, 0.0790, 2.20, 2.00],
    [0.1588, 0.1588, 0.1588, -0.0080, 0.0930, 0.0750, 0.0920, 2.30, 2.00],
    [0.1308, 0.1308, 0.1308, -0.0080, 0.0970, 0.0790, 0.0970, 2.45, 2.00],
    [0.1027, 0.1027, 0.1027, -0.0080, 0.0955, 0.0785, 0.0940, 2.55, 2.00],
    [0.0767, 0.0777, 0.0777, -0.0070, 0.0945, 0.0755, 0.0850, 2.50, 2.00],
    [0.0558, 0.0595, 0.0595, -0.0040, 0.0920, 0.0718, 0.0720, 2.40, 2.00],
    [0.0381, 0.0465, 0.0502, 0.0000, 0.0885, 0.0648, 0.0600, 2.25, 2.00],
    [0.0223, 0.0367, 0.0437, 0.0050, 0.0820, 0.0562, 0.0520, 2.10, 2.00],
    [0.0093, 0.0298, 0.0400, 0.0090, 0.0745, 0.0472, 0.0460, 2.00, 2.00],
    [0.0014, 0.0260, 0.0381, 0.0110, 0.0650, 0.0390, 0.0400, 2.00, 2.00],
    [0.0028, 0.0260, 0.0381, 0.0110, 0.0480, 0.0280, 0.0290, 2.00, 2.00],
    [0.0223, 0.0279, 0.0381, 0.0080, 0.0060, 0.0060, 0.0060, 2.00, 2.00],
];
/// The section at the lower edge of the chin.
const CHIN: f32 = 12.0;
const THROAT: f32 = 14.0;

/// The surface of the head without hair.
#[derive(Clone, Debug)]
pub(super) struct HeadShape {
    sections: [[f32; 9]; 15],
    face: f32,
    detail: Detail,
}

impl HeadShape {
    /// `face`: length of the lower face, factor.
    pub(super) fn new(face: f32, detail: Detail) -> Self {
        let mut sections = SECTIONS;
        // A shorter lower face is drawn up towards the nose.
        for section in &mut sections {
            for y in &mut section[..3] {
                *y -= (0.070 - *y).max(0.0) * (face - 1.0);
            }
        }
        Self { sections, face, detail }
    }

    /// Height of the line of the mouth.
    pub(super) fn mouth_y(&self) -> f32 {
        0.0367 - (0.070 - 0.0367) * (self.face - 1.0)
    }

    /// The place in direction `angle` (0: front, π: back) of section `t` (fractional index from the crown).
    pub(super) fn at(&self, angle: f32, t: f32) -> Vec3 {
        let [front_y, side_y, back_y, centre, front, half_width, back, front_power, back_power] =
            spline(&self.sections, t);
        if t <= 0.0 || t >= THROAT {
            // The lines around crown and throat are points.
            return Vec3::new(0.0, front_y, centre);
        }
        let (s, c) = angle.sin_cos();
        let bend = 1.0 - c.abs();
        let y = if c >= 0.0 { lerp(front_y, side_y, bend) } else { lerp(back_y, side_y, bend) };
        let power = if c >= 0.0 { front_power } else { back_power };
        let (x, z) = Oval::new(half_width.max(1e-3), front.max(1e-3), back.max(1e-3), power).at(angle);
        let p = Vec3::new(if s.abs() < 1e-6 { 0.0 } else { x }, y, centre + z);
        if c > 0.0 { p + Vec3::Z * relief(p.x, p.y) } else { p }
    }

    /// Angle and section of the place on the front that lies at `x`, `y` in the view from the front (Newton's method).
    fn locate(&self, x: f32, y: f32) -> (f32, f32) {
        let wanted = Vec2::new(x.abs(), y);
        let off = |at: Vec2| {
            let p = self.at(at.x, at.y);
            Vec2::new(p.x, p.y) - wanted
        };
        let below = self.sections.iter().position(|s| s[0] < y).unwrap_or(CHIN as usize).clamp(1, CHIN as usize);
        let [above, under] = [self.sections[below - 1][0], self.sections[below][0]];
        let share = ((above - y) / (above - under)).clamp(0.0, 1.0);
        let mut at = Vec2::new((x.abs() / 0.085).clamp(0.0, 0.98).asin(), below as f32 - 1.0 + share);
        for _ in 0..12 {
            const STEP: f32 = 1e-3;
            let here = off(at);
            if here.length() < 1e-7 {
                break;
            }
            let (by_angle, by_section) =
                ((off(at + Vec2::X * STEP) - here) / STEP, (off(at + Vec2::Y * STEP) - here) / STEP);
            let determinant = by_angle.perp_dot(by_section);
            if determinant.abs() < 1e-12 {
                break;
            }
            let step = Vec2::new(here.perp_dot(by_section), by_angle.perp_dot(here)) / determinant;
            at = (at - step.clamp(Vec2::splat(-0.5), Vec2::splat(0.5)))
                .clamp(Vec2::new(0.0, 0.05), Vec2::new(FRAC_PI_2, CHIN));
        }
        at.into()
    }

    /// The place on the front at `x`, `y` in the view from the front, raised by `height` along the surface's normal.
    pub(super) fn front(&self, x: f32, y: f32, height: f32) -> Vec3 {
        if self.detail != Detail::Fine {
            let (angle, t) = self.locate(x, y);
            let p = self.at(angle, t);
            let [around, down] = [self.at(angle + 0.01, t) - p, self.at(angle, t + 0.02) - p];
            let normal = down.cross(around).normalize_or(Vec3::Z);
            let mirror = Vec3::new(if x < 0.0 { -1.0 } else { 1.0 }, 1.0, 1.0);
            return Vec3::new(x, y, p.z) + normal * mirror * height;
        }
        let z = |x: f32, y: f32| {
            let (angle, t) = self.locate(x, y);
            self.at(angle, t).z
        };
        const STEP: f32 = 0.002;
        let slope = Vec2::new(z(x + STEP, y) - z(x - STEP, y), z(x, y + STEP) - z(x, y - STEP)) / (2.0 * STEP);
        let normal = Vec3::new(-slope.x, -slope.y, 1.0).normalize();
        Vec3::new(x, y, z(x, y)) + normal * height
    }
}

/// What stands out of the smooth face: the nose, and the hollows of the eyes.
fn relief(x: f32, y: f32) -> f32 {
    let bell = |d: f32, width: f32| (-(d / width).powi(2)).exp();
    let above = if y > NOSE_Y { 0.0125 } else { 0.0050 };
    let nose = 0.0086 * bell(x, 0.0060) * bell(y - NOSE_Y, above);
    let bridge = 0.0022 * bell(x, 0.0075) * bell(y - 0.083, 0.014);
    let hollow = -0.0020 * bell(x.abs() - 0.036, 0.020) * bell(y - 0.099, 0.018);
    let lips = 0.0012 * bell(x, 0.014) * bell(y - 0.0355, 0.008);
    let cheeks = 0.0020 * bell(x.abs() - 0.044, 0.018) * bell(y - 0.054, 0.018);
    nose + bridge + hollow + lips + cheeks
}

/// Height of the tip of the nose.
const NOSE_Y: f32 = 0.0618;

/// Where head skin is placed on its texture: the view from the front, 0.2 m wide and high.
pub(super) fn face_uv(p: Vec3) -> Vec2 {
    Vec2::new(0.5 + p.x / 0.2, (0.210 - p.y) / 0.2)
}

/// The head's skin. `warps`: by shape key, where a place of the front view (beside an eye) goes.
pub(super) fn skin(
    shape: &HeadShape,
    eye: &EyeLine,
    warps: &[(&'static str, Box<dyn Fn(Vec2) -> Vec2 + '_>)],
    detail: Detail,
) -> Part {
    // Half of the head, unrolled; eye rings first, so that the lid's edge is where it was drawn.
    let mut plane: Vec<(f32, f32)> = Vec::new();
    let mut front: Vec<Option<Vec2>> = Vec::new();
    for distance in [0.0, 0.0016, 0.0036, 0.0062, 0.0094] {
        for p in eye.outline(distance) {
            plane.push(shape.locate(p.x, p.y));
            front.push(Some(p));
        }
    }
    let coarse = if detail == Detail::Fine { 1.0 } else { 1.7 };
    let rows: Vec<f32> = rows(shape, coarse);
    for (i, &t) in rows.iter().enumerate() {
        let fine = t > 3.2 && t < 13.0;
        let columns = ((if fine { 28.0 } else { 20.0 }) / coarse) as usize;
        for j in 0..=columns {
            let share = (j as f32 + if i % 2 == 1 && j != 0 && j != columns { 0.5 } else { 0.0 }) / columns as f32;
            let angle = if fine { PI * (0.62 * share + 0.38 * share * share) } else { PI * share };
            if i % 2 == 1 && j + 1 == columns {
                continue;
            }
            let p = shape.at(angle, t);
            if angle < FRAC_PI_2 && eye.distance(Vec2::new(p.x, p.y)) < 0.0122 {
                continue;
            }
            plane.push((angle, t));
            front.push(None);
        }
    }
    let lengths = lengths(shape, &rows);
    let unrolled: Vec<DVec2> = plane
        .iter()
        .map(|&(angle, t)| DVec2::new(f64::from(angle * 0.085), -f64::from(length_at(&rows, &lengths, t))))
        .collect();
    let mut half = Part::new("head", Look::Face);
    for (&(angle, t), drawn) in plane.iter().zip(&front) {
        let p = drawn.map_or_else(|| shape.at(angle, t), |p| shape.front(p.x, p.y, 0.0));
        half.push(p, Vec2::ZERO);
    }
    half.triangles = triangulate(&unrolled);
    half.triangles.retain(|t| {
        let middle = t.iter().map(|&i| half.positions[i as usize]).sum::<Vec3>() / 3.0;
        middle.z < 0.02 || !eye.contains(Vec2::new(middle.x, middle.y))
    });
    for (name, warp) in warps {
        let offsets =
            half.positions.iter().zip(&plane).enumerate().filter(|(_, (p, at))| p.z > 0.0 && at.1 > 3.0 && at.1 < CHIN);
        let offsets = offsets.filter_map(|(i, (&p, _))| {
            let from = front[i].unwrap_or(Vec2::new(p.x, p.y));
            let to = warp(from);
            (to.distance(from) > 2e-5).then(|| (i as u32, shape.front(to.x, to.y, 0.0) - p))
        });
        half.morphs.push((name, offsets.collect()));
    }
    whole(half)
}

/// Both halves of the head in one piece, with the smooth normals that toon shading wants.
fn whole(half: Part) -> Part {
    let other = half.mirrored();
    let mut part = half;
    let offset = part.positions.len() as u32;
    part.positions.extend(other.positions);
    part.uvs.extend(other.uvs);
    part.skins.extend(other.skins);
    part.triangles.extend(other.triangles.iter().map(|t| t.map(|i| i + offset)));
    for ((_, offsets), (_, more)) in part.morphs.iter_mut().zip(other.morphs) {
        offsets.extend(more.into_iter().map(|(i, o)| (i + offset, o)));
    }
    part.skins.iter_mut().for_each(|s| *s = Skin::one(HumanBone::Head));
    part.triangles.retain(|t| {
        let [a, b, c] = t.map(|i| part.positions[i as usize]);
        a != b && b != c && c != a
    });
    let flip = part.triangles.iter().map(|t| t.map(|i| part.positions[i as usize])).map(|[a, b, c]| {
        let middle = Vec3::new(0.0, 0.12, -0.01);
        (b - a).cross(c - a).dot((a + b + c) / 3.0 - middle)
    });
    if flip.sum::<f32>() < 0.0 {
        part.triangles.iter_mut().for_each(|t| t.swap(1, 2));
    }
    part.uvs = part.positions.iter().map(|&p| face_uv(p)).collect();
    part.normals = part.positions.iter().map(|&p| soft_normal(p)).collect();
    part
}

/// Normals of a simpler head, those of the face turned towards the viewer: a toon shadow then keeps to the jaw and the
/// far cheek instead of following every dent.
fn soft_normal(p: Vec3) -> Vec3 {
    let radii = Vec3::new(0.079, 0.112, 0.100);
    let centre = Vec3::new(0.0, lerp(0.095, 0.120, smoothstep(0.05, 0.15, p.y)), -0.012);
    let normal = ((p - centre) / (radii * radii)).normalize_or(Vec3::Z);
    let face = smoothstep(0.01, 0.05, p.z) * smoothstep(-0.005, 0.012, p.y);
    normal.lerp(Vec3::new(normal.x * 0.6, 0.30, 0.90), 0.62 * face).normalize()
}

/// The left ear: a shell whose outer side is hollow.
pub(super) fn ear() -> Part {
    // Distance from the middle of the head, size, how far back.
    const SHELL: [[f32; 3]; 8] = [
        [0.0640, 0.40, 0.000],
        [0.0700, 0.72, 0.000],
        [0.0760, 0.95, -0.002],
        [0.0800, 1.00, -0.005],
        [0.0818, 0.92, -0.007],
        [0.0808, 0.74, -0.006],
        [0.0788, 0.52, -0.004],
        [0.0780, 0.20, -0.003],
    ];
    let rings: Vec<Ring> = SHELL
        .iter()
        .map(|&[x, size, back]| {
            let points = (0..16).map(|j| {
                let angle = std::f32::consts::TAU * j as f32 / 16.0;
                let (z, y) = (angle.sin(), angle.cos());
                // Narrower towards the lobe.
                let wide = lerp(0.0075, 0.0118, (y + 1.0) / 2.0);
                Vec3::new(x, 0.0735 + 0.0175 * y * size, -0.014 + back + wide * z * size - 0.004 * y)
            });
            Ring { points: points.collect(), v: size }
        })
        .collect();
    Part::loft("left ear", Look::Skin, &rings, 180.0)
        .mapped(|p, uv| Vec2::new(0.5, if p.x < 0.0795 && uv.y < 0.8 && p.x > 0.077 { 0.7 } else { 0.1 }))
        .skinned(|_| Skin::one(HumanBone::Head))
}

/// Sections at which the skin has rows, `coarse` times as far apart as they are at their finest.
fn rows(shape: &HeadShape, coarse: f32) -> Vec<f32> {
    let mut rows = Vec::new();
    let mut t = 0.0;
    while t < THROAT {
        rows.push(t);
        let here = shape.at(0.0, t);
        let speed = (shape.at(0.0, t + 0.05) - here).length() / 0.05;
        let step = if t > 3.2 && t < 12.0 { 0.0057 } else { 0.012 };
        t += (step * coarse / speed.max(0.01)).min(0.6);
    }
    rows.push(THROAT);
    rows
}

fn lengths(shape: &HeadShape, rows: &[f32]) -> Vec<f32> {
    let mut sum = 0.0;
    let mut lengths = vec![0.0];
    for pair in rows.windows(2) {
        sum += (shape.at(0.4, pair[1]) - shape.at(0.4, pair[0])).length();
        lengths.push(sum);
    }
    lengths
}

fn length_at(rows: &[f32], lengths: &[f32], t: f32) -> f32 {
    let i = rows.partition_point(|&r| r <= t).clamp(1, rows.len() - 1);
    lerp(lengths[i - 1], lengths[i], (t - rows[i - 1]) / (rows[i] - rows[i - 1]))
}

//! Pieces that outfits are put together from.

use super::body::{Body, arm_skin, leg_skin, trunk_skin};
use super::mesh::{Look, Oval, Part, Ring, Skin, lerp, ring, smoothstep, spline};
use super::skeleton::LEG_TOP_Y;
use super::swinging::{Hang, Strand};
use crate::figure::HumanBone::{self, *};
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// Cloth around the trunk: heights from bottom to top with the distance from the skin; the bottom is open and hemmed.
pub(super) fn top(body: &Body, name: &str, look: Look, sections: &[[f32; 2]]) -> Part {
    const AROUND: usize = 44;
    let [bottom, over] = sections[0];
    let span = sections[sections.len() - 1][0] - bottom;
    let mut rings: Vec<Ring> = [(0.030, 0.012), (0.002, 0.007)]
        .map(|(up, in_)| body.trunk_ring(bottom + up, over - in_, AROUND, 1.0, true))
        .into();
    rings.extend(sections.iter().map(|&[y, over]| body.trunk_ring(y, over, AROUND, 1.0 - (y - bottom) / span, true)));
    Part::loft(name, look, &rings, 60.0).skinned(trunk_skin)
}

/// Cloth around the left arm: x and radius from the shoulder out, hemmed at the end.
pub(super) fn sleeve(name: &str, look: Look, sections: &[[f32; 2]]) -> Part {
    let [start, _] = sections[0];
    let [end, radius] = sections[sections.len() - 1];
    let mut rings: Vec<Ring> =
        sections.iter().map(|&[x, radius]| Body::arm_ring(x, radius, (x - start) / (end - start))).collect();
    rings.push(Body::arm_ring(end - 0.001, radius - 0.004, 1.0));
    rings.push(Body::arm_ring(end - 0.022, radius - 0.006, 1.0));
    Part::loft(name, look, &rings, 60.0).skinned(arm_skin)
}

/// Cloth around the left leg: height and distance from the skin, from top to bottom, hemmed at the top if `hem`.
pub(super) fn stocking(body: &Body, name: &str, look: Look, sections: &[[f32; 2]], hem: bool) -> Part {
    let [start, over] = sections[0];
    let [end, _] = sections[sections.len() - 1];
    let mut rings = Vec::new();
    if hem {
        rings
            .extend([body.leg_ring(start - 0.014, over - 0.003, 0.0), body.leg_ring(start - 0.001, over - 0.002, 0.0)]);
    }
    rings.extend(sections.iter().map(|&[y, over]| body.leg_ring(y, over, (start - y) / (start - end))));
    Part::loft(name, look, &rings, 60.0).skinned(leg_skin)
}

/// How a skirt falls.
pub(super) struct Skirt {
    pub(super) waist_y: f32,
    pub(super) hem_y: f32,
    /// Half width, depth to front and to back at the hem.
    pub(super) hem: [f32; 3],
    pub(super) pleats: usize,
    /// Depth of pleats at the hem.
    pub(super) pleat_depth: f32,
    /// Knife pleats, else soft waves.
    pub(super) sharp: bool,
}

impl Skirt {
    /// A closed shell, bound to hips and thighs.
    pub(super) fn build(&self, body: &Body) -> Part {
        const ROWS: usize = 10;
        let steps = if self.sharp { 4 } else { 6 };
        let columns = self.pleats * steps;
        // A pleat's leading edge hangs over the next pleat's root: how far out it is, and how far it is turned ahead.
        let fold = |j: usize| match (self.sharp, j % steps) {
            (true, step) => ([0.0, 0.40, 0.75, 1.0][step], [0.0, 0.02, 0.05, 0.17][step]),
            (false, step) => (0.5 - 0.5 * (TAU * step as f32 / steps as f32).cos(), 0.0),
        };
        let (waist, waist_z) = body.trunk(self.waist_y, 0.006);
        let rows: Vec<Vec<Vec3>> = (0..=ROWS)
            .map(|i| {
                let t = i as f32 / ROWS as f32;
                let y = lerp(self.waist_y, self.hem_y, t);
                // Out over the hips first, then straight down.
                let out = 0.55 * t + 0.45 * (1.0 - (1.0 - t).powi(3));
                let oval = Oval::new(
                    lerp(waist.half_width, self.hem[0], out),
                    lerp(waist.front, self.hem[1], out),
                    lerp(waist.back, self.hem[2], out),
                    2.0 + 0.2 * (1.0 - t),
                );
                let depth = self.pleat_depth * lerp(0.15, 1.0, t);
                (0..=columns)
                    .map(|j| {
                        let (swing, turn) = fold(j);
                        let angle = TAU * ((j % columns) as f32 + turn * steps as f32) / columns as f32;
                        let (x, z) = oval.at(angle);
                        let out = Vec3::new(x, 0.0, z).normalize_or_zero() * depth * (swing - 0.5);
                        Vec3::new(x, y, z + waist_z * (1.0 - t)) + out
                    })
                    .collect()
            })
            .collect();
        let mut sheet = Part::sheet("skirt", Look::Skirt, &rows);
        for (i, uv) in sheet.uvs.iter_mut().enumerate() {
            uv.x = lerp(0.02, 0.98, fold(i % (columns + 1)).0);
        }
        sheet.thickened(-0.0022, if self.sharp { 42.0 } else { 70.0 }).skinned(skirt_skin).hung(Hang::Skirt)
    }
}

/// Skirts stay with the hips above and follow the thigh of their side below: just so far that a hem lies on a thigh
/// that is raised by a quarter turn, instead of standing up from it.
pub(super) fn skirt_skin(p: Vec3) -> Skin {
    const THIGH: f32 = 0.093;
    let below = p.y - LEG_TOP_Y;
    let out = Vec2::new((p.x.abs() - 0.074).max(0.0), p.z).length();
    let leg = ((THIGH - below) / (out - below).max(0.02)).clamp(0.0, 0.92) * smoothstep(0.950, 0.895, p.y);
    let left = smoothstep(-0.075, 0.075, p.x);
    Skin::mix(&[(Hips, 1.0 - leg), (LeftUpperLeg, leg * left), (RightUpperLeg, leg * (1.0 - left))])
}

/// The left shoe: low, laced or slipped on. `collar`: height of its opening's edge.
pub(super) fn shoe(collar: f32) -> Vec<Part> {
    // z, half width, height of the upper.
    const LAST: [[f32; 3]; 12] = [
        [-0.0660, 0.0050, 0.030],
        [-0.0640, 0.0170, 0.046],
        [-0.0570, 0.0255, 0.058],
        [-0.0420, 0.0305, 0.066],
        [-0.0200, 0.0325, 0.069],
        [0.0060, 0.0335, 0.066],
        [0.0300, 0.0360, 0.057],
        [0.0560, 0.0395, 0.048],
        [0.0800, 0.0395, 0.041],
        [0.1000, 0.0335, 0.036],
        [0.1110, 0.0230, 0.032],
        [0.1150, 0.0060, 0.026],
    ];
    let bend = |z: f32| Vec3::new(0.0680 + 0.05 * z - 0.20 * (z - 0.02).max(0.0) * (z - 0.02).max(0.0), 0.0, z);
    let skin = |p: Vec3| Skin::chain(p.z, LeftFoot, &[(LeftToes, 0.064, 0.018)]);
    let upper: Vec<Ring> = LAST
        .iter()
        .map(|&[z, half_width, height]| {
            let height = 0.026 + (height - 0.026) * collar;
            let oval = Oval::new(half_width, height - 0.016, 0.012, 2.5);
            ring(bend(z) + Vec3::Y * 0.016, Vec3::X, Vec3::Y, oval, 22, 0.0)
        })
        .collect();
    let sole: Vec<Ring> = LAST
        .iter()
        .map(|&[z, half_width, _]| {
            // A heel, and a toe that rises a little.
            let bottom = if z > 0.09 { (z - 0.09) * 0.20 } else { 0.0 };
            let oval = Oval::new(half_width + 0.0030, 0.0085, 0.0075, 5.0);
            ring(bend(z * 1.025) + Vec3::Y * (0.0075 + bottom), Vec3::X, Vec3::Y, oval, 22, 1.0)
        })
        .collect();
    // A strap across the instep.
    let strap: Vec<Vec<Vec3>> = [0.014, 0.018, 0.030, 0.034]
        .iter()
        .map(|&z| {
            let i = LAST.iter().rposition(|row| row[0] <= z).unwrap_or(0).min(LAST.len() - 2);
            let t = (z - LAST[i][0]) / (LAST[i + 1][0] - LAST[i][0]);
            let [half_width, height] = [1, 2].map(|k| lerp(LAST[i][k], LAST[i + 1][k], t));
            let height = 0.026 + (height - 0.026) * collar;
            let over = if z == 0.014 || z == 0.034 { 0.0004 } else { 0.0016 };
            let oval = Oval::new(half_width + over, height - 0.016 + over, 0.012, 2.5);
            (0..=12)
                .map(|j| {
                    let (x, y) = oval.at(lerp(-1.75, 1.75, j as f32 / 12.0));
                    bend(z) + Vec3::new(x, 0.016 + y, 0.0)
                })
                .collect()
        })
        .collect();
    vec![
        Part::loft("left shoe", Look::Shoes, &upper, 70.0).skinned(skin),
        Part::loft("left sole", Look::Shoes, &sole, 40.0).mapped(|_, _| Vec2::new(0.5, 0.98)).skinned(skin),
        Part::sheet("left strap", Look::Shoes, &strap)
            .mapped(|_, _| Vec2::new(0.5, 0.80))
            .thickened(-0.0012, 60.0)
            .skinned(skin),
    ]
}

/// A tied ribbon: knot, two loops, two tails. It lies in the plane of `side` and `up` and looks along their cross product.
pub(super) struct Bow {
    pub(super) centre: Vec3,
    pub(super) side: Vec3,
    pub(super) up: Vec3,
    /// Half width over both loops.
    pub(super) size: f32,
    /// Length of the tails; none if 0.
    pub(super) tails: f32,
    pub(super) bone: HumanBone,
}

impl Bow {
    pub(super) fn build(&self, name: &str) -> Vec<Part> {
        let out = self.side.cross(self.up);
        let size = self.size;
        let mut parts = Vec::new();
        for hand in [1.0, -1.0] {
            // Loop: a flattened drop, thin at the knot, with a dent along its middle.
            let rings: Vec<Ring> = (0..=11)
                .map(|i| {
                    let t = i as f32 / 11.0;
                    let end = (1.0 - (t.max(0.72) - 0.72).powi(2) / 0.0785).max(0.0).sqrt();
                    let full = spline(&[[0.15], [0.27], [0.42], [0.52], [0.56], [0.56]], t * 5.0)[0] * end;
                    let thick = spline(&[[0.11], [0.17], [0.22], [0.23], [0.20], [0.16]], t * 5.0)[0] * end;
                    let along = self.side * hand * (0.06 + 0.94 * t) * size;
                    let rise = self.up * 0.12 * size * t - out * 0.20 * size * t * t;
                    let oval = Oval::new(full * size + 1e-5, thick * size + 1e-5, thick * size * 0.8 + 1e-5, 2.3);
                    let centre = self.centre + along + rise;
                    let mut made = ring(centre, self.up, out, oval, 14, t);
                    for p in &mut made.points {
                        let (off, height) = ((*p - centre).dot(self.up) / (0.2 * size), (*p - centre).dot(out));
                        if height > 0.0 {
                            *p -= out * height * 0.55 * (-off * off).exp() * smoothstep(0.9, 0.3, t);
                        }
                    }
                    made
                })
                .collect();
            parts.push(Part::loft(&format!("{name} loop"), Look::Accent, &rings, 180.0));
            if self.tails > 0.0 {
                let middle = |t: f32| {
                    self.centre + self.side * hand * (0.10 * size + 0.42 * self.tails * t.powf(1.2))
                        - self.up * self.tails * t
                        + out * (0.05 * size * (PI * t).sin() - 0.10 * size)
                };
                let rows: Vec<Vec<Vec3>> = (0..=8)
                    .map(|i| {
                        let t = i as f32 / 8.0;
                        let middle = middle(t);
                        let half = lerp(0.10, 0.27, t.powf(0.7)) * size;
                        (0..=4)
                            .map(|j| {
                                let s = j as f32 / 2.0 - 1.0;
                                // The end is cut slanting.
                                let cut = if i == 8 { s * hand * 0.16 * size } else { 0.0 };
                                middle + self.side * s * half + out * 0.06 * size * (1.0 - s * s) + self.up * cut
                            })
                            .collect()
                    })
                    .collect();
                let line = (0..=4).map(|i| middle(i as f32 / 4.0)).collect();
                let tail = Part::sheet(&format!("{name} tail"), Look::Accent, &rows).thickened(0.0022, 60.0);
                parts.push(tail.hung(Hang::Along(Strand::Ribbon(self.bone), line)));
            }
        }
        let rings: Vec<Ring> = (0..=6)
            .map(|i| {
                let t = i as f32 / 3.0 - 1.0;
                let full = (1.0 - t.abs().powf(3.0)).max(0.0004).powf(0.5);
                let oval = Oval::new(0.19 * size * full, 0.22 * size * full, 0.16 * size * full, 2.8);
                ring(self.centre + self.side * t * 0.17 * size + out * 0.05 * size, self.up, out, oval, 12, 0.3)
            })
            .collect();
        parts.push(Part::loft(&format!("{name} knot"), Look::Accent, &rings, 180.0));
        parts.into_iter().map(|p| p.skinned(|_| Skin::one(self.bone))).collect()
    }

    /// The frame of an upright bow that lies on something whose normal is `out`.
    pub(super) fn facing(out: Vec3) -> (Vec3, Vec3) {
        let out = out.normalize();
        let up = (Vec3::Y - out * out.y).normalize_or(Vec3::Z);
        (up.cross(out), up)
    }
}

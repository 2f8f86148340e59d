//! What is laid over the rest: capes, scarves, hoods, aprons, collars and ties.

use super::shapes::{Panel, blob, cloth, slab, tapered, through, tube};
use super::trunk::{draped, hanging};
use super::{Fitting, Region, hand};
use crate::example::body::trunk_skin;
use crate::example::mesh::{Oval, Part, Ring, Skin, lerp, ring, smoothstep};
use crate::example::swinging::{Hang, Strand};
use crate::example::wear::Piece;
use crate::figure::HumanBone::*;
use glam::Vec3;
use std::f32::consts::{PI, TAU};

impl Fitting<'_> {
    /// How far outside of the skin what is laid over everything lies.
    fn outermost(&self) -> f32 {
        self.over[Region::Trunk as usize] + 0.012
    }

    pub(super) fn cape(&mut self) {
        let (body, garment, over) = (self.body, self.garment, self.outermost());
        if garment.piece == Piece::Capelet {
            return self.capelet();
        }
        let hem = lerp(0.80, 0.10, garment.length / 2.0);
        let flare = lerp(0.06, 0.26, garment.width / 2.0);
        // A one-sided cape hangs from one shoulder only.
        let [from, to] = match garment.side {
            crate::example::wear::Side::Both => [0.50, 1.50],
            crate::example::wear::Side::Left => [0.30, 1.02],
            crate::example::wear::Side::Right => [0.98, 1.70],
        };
        let part = cloth("cape", self.look, [24, 20], 0.004, |u, v| {
            let y = lerp(1.268, hem, v);
            let t = smoothstep(0.0, 0.25, v);
            let angle = PI * lerp(from, to, u);
            let out = over + 0.010 + 0.035 * t;
            let shoulders = hanging(body, y, out, angle, flare);
            // Down from the shoulder blades it falls free of the waist.
            let p = body.trunk_at(y.max(1.16), out, angle);
            let free = Vec3::new(p.x, y, p.z);
            let away = Vec3::new(p.x, 0.0, p.z).normalize_or(Vec3::NEG_Z);
            let fold = 0.012 * (9.0 * PI * u).cos() * v;
            let drop = (1.16 - y).max(0.0);
            shoulders.lerp(free + away * (flare * drop / 1.1 + fold), smoothstep(1.20, 1.12, y))
        });
        let skin = |p: Vec3| {
            let whole = trunk_skin(p);
            whole.towards(draped(p), smoothstep(0.99, 0.80, p.y) * 0.6)
        };
        self.dressed.trunk.push(part.on(Panel::Body).mapped(|_, uv| uv).skinned(skin).hung(Hang::Cape));
        let line: Vec<(Vec3, f32)> =
            (0..=20).map(|i| (body.trunk_at(1.262, over, TAU * i as f32 / 20.0), 0.009)).collect();
        let part = tube("cape collar", self.look, &line, 0.8, Vec3::Y, 8);
        self.dressed.trunk.push(part.on(Panel::Edge).skinned(trunk_skin));
    }

    /// A short cone over the shoulders; its hem goes with the upper arms.
    fn capelet(&mut self) {
        let (garment, over) = (self.garment, self.outermost());
        let wide = lerp(0.165, 0.215, garment.width / 2.0);
        let hem = lerp(1.165, 1.075, garment.length / 2.0);
        let part = cloth("capelet", self.look, [40, 8], -0.004, |u, v| {
            let angle = TAU * u + PI;
            let (s, c) = angle.sin_cos();
            let out = v.powf(0.6);
            let neck = Vec3::new(0.050 * s, 1.272, -0.016 + 0.046 * c);
            let depth = if c > 0.0 { 0.118 + 0.02 * self.params.build.bust.min(1.5) } else { 0.112 };
            let edge = Vec3::new(wide * s, lerp(hem, hem + 0.03, s * s), -0.012 + (depth + over) * c);
            let p = neck.lerp(edge, out);
            Vec3::new(p.x, lerp(neck.y, edge.y, v.powf(1.5)), p.z)
        });
        let skin = |p: Vec3| {
            let share = smoothstep(0.07, 0.16, p.x.abs()) * 0.9;
            let [shoulder, arm] = if p.x > 0.0 { [LeftShoulder, LeftUpperArm] } else { [RightShoulder, RightUpperArm] };
            Skin::one(UpperChest).towards(Skin::mix(&[(shoulder, 0.35), (arm, 0.65)]), share)
        };
        self.dressed.trunk.push(part.on(Panel::Body).skinned(skin));
    }

    pub(super) fn scarf(&mut self) {
        let over = self.outermost();
        let thick = lerp(0.012, 0.032, self.garment.width / 2.0);
        for (n, y) in [1.272, 1.250].into_iter().enumerate() {
            let line: Vec<(Vec3, f32)> = (0..=24)
                .map(|i| {
                    let angle = TAU * i as f32 / 24.0 + PI;
                    let r = 0.052 + 0.012 * n as f32 + 0.4 * thick;
                    (
                        Vec3::new(r * angle.sin(), y + 0.010 * angle.cos() * n as f32, -0.016 + r * 1.05 * angle.cos()),
                        thick,
                    )
                })
                .collect();
            let wrap = tube("scarf", self.look, &line, 1.0, Vec3::Y, 10);
            self.dressed.trunk.push(wrap.on(Panel::Limb).skinned(|_| Skin::mix(&[(UpperChest, 0.7), (Neck, 0.3)])));
        }
        let side = hand(self.garment.side);
        let length = lerp(0.16, 0.55, self.garment.length / 2.0);
        let behind = self.garment.dye.repeats.is_multiple_of(2);
        let place = |u: f32, v: f32| {
            let y = lerp(1.255, 1.255 - length, v);
            let x = side * lerp(0.040, 0.055, v) + 0.034 * (2.0 * u - 1.0);
            let z = if behind { -0.06 } else { 0.06 };
            let p = self.body.onto_trunk(Vec3::new(x, y.max(0.90), z), over + 0.020 * smoothstep(0.0, 0.1, v));
            Vec3::new(p.x, y, p.z)
        };
        let end = cloth("scarf end", self.look, [4, 14], 0.006, place).on(Panel::Limb).skinned(draped);
        let line = (0..=6).map(|i| place(0.5, i as f32 / 6.0)).collect();
        self.dressed.trunk.push(end.hung(Hang::Along(Strand::Ribbon(UpperChest), line)));
    }

    pub(super) fn hood(&mut self) {
        let over = self.outermost();
        if self.garment.piece == Piece::HoodUp {
            // Around the head, open before the face.
            let part = cloth("hood", self.look, [26, 14], 0.006, |u, v| {
                let open = lerp(0.62, 0.50, v);
                let angle = lerp(open, TAU - open, u);
                let (s, c) = angle.sin_cos();
                let polar = lerp(0.10, 2.35, v);
                let peak = 0.030 * smoothstep(0.5, 0.0, v) * smoothstep(-0.2, -1.0, c);
                let wide = Vec3::new(0.116, 0.142, 0.132) * (1.0 + 0.04 * self.garment.width);
                Vec3::new(0.0, 0.124, -0.010)
                    + wide * Vec3::new(polar.sin() * s, polar.cos(), polar.sin() * c)
                    + Vec3::new(0.0, peak, -peak)
            });
            self.dressed.head.push(part.on(Panel::Limb).skinned(|_| Skin::one(Head)));
        }
        let up = self.garment.piece == Piece::HoodUp;
        let rows: Vec<Ring> = (0..=20)
            .map(|i| {
                let t = i as f32 / 20.0;
                let (s, c) = (lerp(0.13, 0.87, t) * TAU).sin_cos();
                let behind = smoothstep(0.4, -1.0, c);
                let thick = lerp(0.012, if up { 0.016 } else { 0.034 }, behind)
                    * (t * (1.0 - t) * 14.0).min(1.0).sqrt().max(0.03);
                let reach = over - 0.012;
                let centre = Vec3::new(s * (0.064 + reach), lerp(1.250, 1.262, behind), -0.018 + c * (0.068 + reach));
                ring(centre, Vec3::Y, Vec3::new(s, 0.0, c), Oval::new(thick * 1.1, thick, thick, 2.2), 10, t)
            })
            .collect();
        let part = Part::loft("hood fold", self.look, &rows, 180.0).on(Panel::Plain);
        self.dressed.trunk.push(part.skinned(|_| Skin::one(UpperChest)));
    }

    /// Aprons before the skirt, tabards before and behind.
    pub(super) fn apron(&mut self) {
        let (body, garment) = (self.body, self.garment);
        let tabard = garment.piece == Piece::Tabard;
        let over = self.over[Region::Trunk as usize] + 0.012;
        let hem = lerp(0.74, 0.30, garment.length / 2.0);
        let top = if tabard || garment.width > 1.0 { 1.215 } else { 0.985 };
        let flare = 0.20;
        for (front, name) in [(true, "apron"), (false, "back apron")] {
            if !front && !tabard {
                continue;
            }
            let part = cloth(name, self.look, [14, 18], 0.004, |u, v| {
                let y = lerp(top, hem, v);
                let half = if tabard { 0.55 } else { lerp(0.50, 0.85, smoothstep(1.0, 0.9, y)) };
                let angle = half * (2.0 * u - 1.0) + if front { 0.0 } else { PI };
                hanging(body, y, over + 0.014 * smoothstep(1.0, 0.93, y), angle, flare)
            });
            self.dressed.trunk.push(part.on(Panel::Limb).skinned(draped).hung(Hang::Skirt));
        }
        if !tabard {
            let behind = body.trunk_at(0.985, over + 0.006, PI);
            let bow = super::bow(self.look, behind - Vec3::Z * 0.008, Vec3::NEG_Z, 0.085, 0.16, Spine);
            self.dressed.trunk.extend(bow);
            let rings: Vec<Ring> = [(0.974, -0.004), (0.975, 0.002), (0.996, 0.002), (0.997, -0.004)]
                .iter()
                .map(|&(y, out)| body.trunk_ring(y, over + out, 32, 0.5, true))
                .collect();
            let band = Part::loft("apron band", self.look, &rings, 50.0).on(Panel::Plain).skinned(trunk_skin);
            self.dressed.trunk.push(band);
        }
    }

    /// Two leaves around the neck, pointed or round by their width.
    pub(super) fn collar(&mut self) {
        let over = self.over[Region::Trunk as usize] + 0.006;
        let wide = lerp(0.022, 0.085, self.garment.length / 2.0);
        for side in [1.0, -1.0] {
            let leaf = cloth("collar", self.look, [18, 4], 0.003, |u, v| {
                let angle = side * lerp(0.06, PI - 0.01, u);
                let (s, c) = angle.sin_cos();
                let point = if self.garment.width > 1.0 {
                    1.0 + 0.7 * (-(u / 0.16).powi(2)).exp()
                } else {
                    (u * 9.0).min(1.0).sqrt()
                };
                let d = wide * point * v;
                let p = Vec3::new(s * (0.042 + d), 1.2735 - 0.72 * d, -0.017 + c * (0.038 + 0.9 * d));
                self.body.onto_trunk(p, over)
            });
            self.dressed.trunk.push(leaf.on(Panel::Limb).skinned(trunk_skin));
        }
    }

    pub(super) fn tie(&mut self) {
        let over = self.over[Region::Trunk as usize] + 0.010;
        let length = lerp(0.12, 0.27, self.garment.length / 2.0);
        let place = |u: f32, v: f32| {
            let half = lerp(0.010, 0.024, v) * if v > 0.9 { (1.0 - v) * 10.0 + 0.05 } else { 1.0 };
            let p = Vec3::new(half * (2.0 * u - 1.0), lerp(1.245, 1.245 - length, v), 0.05);
            self.body.onto_trunk(p, over)
        };
        let part = cloth("tie", self.look, [2, 12], 0.004, place).on(Panel::Limb).skinned(trunk_skin);
        let line = (0..=6).map(|i| place(0.5, i as f32 / 6.0)).collect();
        self.dressed.trunk.push(part.hung(Hang::Along(Strand::Ribbon(UpperChest), line)));
        let knot = slab(
            "tie knot",
            self.look,
            self.body.onto_trunk(Vec3::new(0.0, 1.248, 0.05), over),
            Vec3::new(0.014, 0.013, 0.010),
            3.0,
        );
        self.dressed.trunk.push(knot.on(Panel::Plain).skinned(trunk_skin));
    }

    pub(super) fn bow(&mut self) {
        let over = self.over[Region::Trunk as usize] + 0.016;
        let y = lerp(1.24, 1.11, self.garment.length / 2.0);
        let front = self.body.onto_trunk(Vec3::new(0.0, y, 0.05), over);
        let size = lerp(0.028, 0.085, self.garment.width / 2.0);
        let parts = super::bow(self.look, front, Vec3::new(0.0, 0.2, 1.0), size, size * 1.3, UpperChest);
        self.dressed.trunk.extend(parts);
        self.stud(front + Vec3::Z * size * 0.18, size * 0.16, UpperChest);
    }

    pub(super) fn choker(&mut self) {
        let line: Vec<(Vec3, f32)> = (0..=20)
            .map(|i| {
                let (s, c) = (TAU * i as f32 / 20.0).sin_cos();
                (Vec3::new(0.034 * s, 1.285 + 0.004 * c, -0.0155 + 0.034 * c), 0.006)
            })
            .collect();
        let part = tube("choker", self.look, &line, 0.5, Vec3::X, 8);
        self.dressed.trunk.push(part.on(Panel::Plain).skinned(|_| Skin::one(Neck)));
        if self.garment.length > 1.0 {
            let pendant = blob("pendant", self.look, Vec3::new(0.0, 1.268, 0.030), Vec3::splat(0.010), 10);
            self.dressed.trunk.push(pendant.on(Panel::Edge).skinned(|_| Skin::one(Neck)));
        }
        if self.garment.length > 1.6 {
            let chain = through(
                &[
                    Vec3::new(0.044, 1.272, 0.0),
                    Vec3::new(0.028, 1.20, 0.07),
                    Vec3::new(0.0, 1.15, 0.08),
                    Vec3::new(-0.028, 1.20, 0.07),
                    Vec3::new(-0.044, 1.272, 0.0),
                ],
                24,
            );
            let over = self.over[Region::Trunk as usize] + 0.006;
            let chain = chain.into_iter().map(|p| self.body.onto_trunk(p, over)).collect();
            let part = tube("necklace", self.look, &tapered(chain, &[0.004, 0.006, 0.004]), 0.9, Vec3::Z, 6);
            self.dressed.trunk.push(part.on(Panel::Edge).skinned(trunk_skin));
        }
    }
}

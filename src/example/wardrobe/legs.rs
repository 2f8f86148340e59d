//! Trousers, stockings, shoes. Made for the left leg.

use super::shapes::{Panel, blob, cloth};
use super::{Fitting, Region};
use crate::example::body::leg_skin;
use crate::example::garments::{shoe, stocking};
use crate::example::mesh::{Look, Part, Ring, Skin, lerp, smoothstep};
use crate::example::wear::Piece;
use crate::figure::HumanBone::*;
use glam::{Vec2, Vec3};
use std::f32::consts::PI;

/// Heights at which cloth around the leg has a ring, closer at the knee.
const HEIGHTS: [f32; 24] = [
    0.903, 0.880, 0.850, 0.810, 0.770, 0.730, 0.680, 0.630, 0.580, 0.530, 0.500, 0.480, 0.465, 0.452, 0.439, 0.424,
    0.400, 0.360, 0.320, 0.280, 0.230, 0.180, 0.130, 0.090,
];

/// From `top` to `bottom`, `over(y)` outside of the skin.
fn sections(top: f32, bottom: f32, over: &dyn Fn(f32) -> f32) -> Vec<[f32; 2]> {
    let inner = HEIGHTS.iter().copied().filter(|&y| y < top - 0.008 && y > bottom + 0.008);
    [top].into_iter().chain(inner).chain([bottom]).map(|y| [y, over(y)]).collect()
}

/// Where a leg's garment of `length` (0 to 2) ends: over the ankle, the knee or high on the thigh.
fn height(length: f32) -> f32 {
    if length < 1.0 { lerp(0.115, 0.44, length) } else { lerp(0.44, 0.76, length - 1.0) }
}

/// The foot without a shoe.
pub(super) fn bare_foot() -> Part {
    let mut foot = shoe(0.92).swap_remove(0);
    foot.name = "left foot".into();
    foot.look = Look::Skin;
    foot.mapped(|_, _| Vec2::new(0.5, 0.1)).moved(1.0, Vec3::new(0.0, -0.004, 0.0))
}

impl Fitting<'_> {
    pub(super) fn trousers(&mut self) {
        let garment = self.garment;
        let over = self.layer(Region::Leg, 0.006) + 0.001;
        let (length, width) = (garment.length, garment.width);
        let bottom = match garment.piece {
            Piece::Shorts => lerp(0.80, 0.47, length / 2.0),
            Piece::Bloomers => lerp(0.62, 0.16, length / 2.0),
            _ => lerp(0.34, 0.090, (length / 1.2).min(1.0)),
        };
        let loose = match garment.piece {
            Piece::Leggings => 0.0,
            Piece::Hakama => 0.030 + 0.012 * width,
            Piece::Bloomers => 0.024 + 0.016 * width,
            Piece::Shorts => 0.006 + 0.016 * width,
            _ => 0.006 + 0.011 * width,
        };
        let outside = |y: f32| {
            let t = (0.90 - y) / (0.90 - bottom);
            let fall = match garment.piece {
                Piece::Flares => 0.004 + loose * 0.3 + (0.02 + 0.035 * width) * smoothstep(0.48, 0.09, y),
                Piece::Hakama => loose * (0.3 + 0.9 * t),
                Piece::Bloomers => loose * (PI * t.max(0.0).powf(0.8)).sin().max(0.0) + 0.002,
                _ => loose * (0.45 + 0.55 * t),
            };
            over + fall * smoothstep(0.905, 0.84, y)
        };
        let mut made = sections(0.903, bottom, &outside);
        let end = outside(bottom);
        made.extend([[bottom - 0.002, end - 0.003], [bottom + 0.014, end - 0.006]]);
        let leg = stocking(self.body, "left trouser leg", self.look, &made, false).on(Panel::Limb);
        self.on_legs(leg);
        let rings: Vec<Ring> = [0.782, 0.800, 0.826, 0.856, 0.886, 0.922, 0.955, 0.975, 0.976]
            .iter()
            .map(|&y| {
                let hem = if y > 0.9755 { -0.006 } else { 0.0 };
                self.body.trunk_ring(
                    y,
                    over + 0.35 * loose.min(0.03) * smoothstep(0.97, 0.88, y) + 0.002 + hem,
                    32,
                    0.2,
                    false,
                )
            })
            .collect();
        let seat = Part::loft("seat", self.look, &rings, 60.0).on(Panel::Limb).skinned(|_| Skin::one(Hips));
        self.dressed.trunk.push(seat);
    }

    pub(super) fn socks(&mut self) {
        let over = self.layer(Region::Leg, 0.0012);
        let top = height(self.garment.length);
        let slack = 0.006 * (self.garment.width - 1.0).max(0.0);
        let mut made = vec![[top, over + 0.0014 + slack], [top - 0.016, over + 0.0014 + slack]];
        made.extend(sections(top - 0.018, 0.055, &|y| over + slack * smoothstep(0.05, 0.2, top - y)));
        let part = stocking(self.body, "left sock", self.look, &made, true).on(Panel::Limb);
        // Trims are at the upper edge.
        let part = part.mapped(|_, uv| Vec2::new(uv.x, 1.0 - uv.y));
        self.on_legs(part);
    }

    pub(super) fn shoes(&mut self) {
        let collar = lerp(0.85, 1.35, self.garment.length / 2.0);
        let parts = shoe(collar);
        let strap = self.garment.length < 1.2;
        for (i, mut part) in parts.into_iter().enumerate().filter(|(i, _)| *i < 2 || strap) {
            part.look = self.look;
            let part = part.on(if i == 0 { Panel::Plain } else { Panel::Edge });
            self.on_legs(part);
        }
    }

    pub(super) fn boots(&mut self) {
        let over = self.layer(Region::Leg, 0.004) + 0.003;
        let top = height(self.garment.length).max(0.17);
        let slack = 0.010 * self.garment.width;
        for (i, mut part) in shoe(1.35).into_iter().enumerate().take(2) {
            part.look = self.look;
            let part = part.on(if i == 0 { Panel::Plain } else { Panel::Edge });
            self.on_legs(part);
        }
        let made = sections(top, 0.050, &|y| {
            over + slack * smoothstep(0.08, 0.2, y) * (0.6 + 0.4 * smoothstep(0.12, 0.0, top - y))
        });
        let part = stocking(self.body, "left boot", self.look, &made, true).on(Panel::Limb);
        let part = part.mapped(|_, uv| Vec2::new(uv.x, uv.y.min(0.9)));
        self.on_legs(part);
        if self.garment.dye.trim > 0.0 {
            let cuff = [top + 0.004, top - 0.002, top - 0.034, top - 0.040];
            let rings: Vec<Ring> = cuff
                .iter()
                .enumerate()
                .map(|(i, &y)| self.body.leg_ring(y, over + slack + if i == 0 || i == 3 { 0.0 } else { 0.008 }, 0.5))
                .collect();
            let cuff = Part::loft("left boot cuff", self.look, &rings, 60.0).on(Panel::Edge).skinned(leg_skin);
            self.on_legs(cuff);
        }
    }

    pub(super) fn sandals(&mut self) {
        let parts = shoe(0.92);
        for mut part in parts.into_iter().skip(1) {
            part.look = self.look;
            let panel = if part.name.ends_with("sole") { Panel::Plain } else { Panel::Edge };
            let part = part.on(panel);
            self.on_legs(part);
        }
        let ankle = [[0.118, 0.002], [0.116, 0.006], [0.100, 0.006], [0.098, 0.002]];
        let strap = stocking(self.body, "left ankle strap", self.look, &ankle, false).on(Panel::Edge);
        self.on_legs(strap);
    }

    /// Plates before shin and knee.
    pub(super) fn greaves(&mut self) {
        let over = self.over[Region::Leg as usize] + 0.005;
        let top = lerp(0.36, 0.42, self.garment.length / 2.0);
        let body = self.body;
        let shin = cloth("left greave", self.look, [12, 10], 0.005, |u, v| {
            let y = lerp(top, 0.11, v);
            let ring = body.leg_ring(y, over + 0.008 * self.garment.width * (1.0 - v), 0.0);
            // Points 0 in front; the plate reaches around to both sides.
            let count = ring.points.len() as f32;
            let at = (lerp(-0.31, 0.31, u) * count).rem_euclid(count);
            let (i, share) = (at.floor() as usize, at.fract());
            ring.points[i % ring.points.len()].lerp(ring.points[(i + 1) % ring.points.len()], share)
        });
        self.on_legs(shin.on(Panel::Limb).skinned(leg_skin));
        let knee =
            blob("left knee plate", self.look, Vec3::new(0.071, 0.452, 0.030), Vec3::new(0.042, 0.046, 0.030), 14);
        self.on_legs(knee.on(Panel::Edge).skinned(leg_skin));
    }
}

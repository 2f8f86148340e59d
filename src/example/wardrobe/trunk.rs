//! What covers the trunk: shirts and their necklines, what is open in front, robes, belts.

use super::shapes::{Panel, blob, cloth, slab, tube};
use super::{Fitting, Region};
use crate::example::body::{Body, trunk_skin};
use crate::example::garments::skirt_skin;
use crate::example::mesh::{Look, Part, Ring, Skin, lerp, smoothstep};
use crate::example::swinging::Hang;
use crate::example::wear::Piece;
use crate::figure::HumanBone::{self, *};
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// Heights at which cloth around the trunk has a ring.
const HEIGHTS: [f32; 20] = [
    0.800, 0.826, 0.856, 0.886, 0.922, 0.960, 1.000, 1.040, 1.080, 1.105, 1.128, 1.155, 1.180, 1.205, 1.222, 1.238,
    1.250, 1.258, 1.265, 1.271,
];

/// Bones of what covers trunk and thighs in one.
pub(super) fn draped(p: Vec3) -> Skin {
    if p.y > 0.99 { trunk_skin(p) } else { skirt_skin(p) }
}

/// Cloth around the trunk from `bottom` to `top`, as far from the skin as `over` says.
fn shell(body: &Body, look: Look, bottom: f32, top: f32, over: &dyn Fn(f32) -> f32) -> Part {
    const AROUND: usize = 32;
    let span = top - bottom;
    let mut heights: Vec<(f32, f32)> = vec![(bottom + 0.028, -0.010), (bottom + 0.002, -0.005), (bottom, 0.0)];
    heights.extend(HEIGHTS.iter().filter(|&&y| y > bottom + 0.006 && y < top - 0.004).map(|&y| (y, 0.0)));
    heights.extend([(top, 0.0), (top + 0.0005, -0.004)]);
    let rings: Vec<Ring> = heights
        .iter()
        .map(|&(y, inside)| {
            let over = (over(y) + inside).max(0.0008);
            let mut made = body.trunk_ring(y.min(1.2715), over, AROUND, 1.0 - (y - bottom) / span, true);
            // From the middle of the back around the front.
            made.points.rotate_left(AROUND / 2);
            made
        })
        .collect();
    Part::loft("top", look, &rings, 60.0).on(Panel::Body).skinned(trunk_skin)
}

impl Fitting<'_> {
    /// What nobody sees unless everything else is left away.
    pub(super) fn underwear(&mut self) {
        let vest = shell(self.body, self.look, 0.80, 1.16, &|_| 0.0014);
        let seat: Vec<Ring> = [0.788, 0.800, 0.826, 0.856, 0.886, 0.922, 0.950]
            .iter()
            .map(|&y| self.body.trunk_ring(y, 0.0014, 28, 0.5, false))
            .collect();
        let seat = Part::loft("seat", self.look, &seat, 180.0).on(Panel::Plain).skinned(|_| Skin::one(Hips));
        let leg = [[0.895, 0.001], [0.880, 0.002], [0.850, 0.002], [0.815, 0.002], [0.812, -0.002]];
        let leg = crate::example::garments::stocking(self.body, "left brief", self.look, &leg, false).on(Panel::Plain);
        self.dressed.trunk.extend([vest, seat]);
        self.dressed.legs.extend(leg.both());
    }

    pub(super) fn top(&mut self) {
        let (body, look, garment) = (self.body, self.look, self.garment);
        let piece = garment.piece;
        let bulk = match piece {
            Piece::Pullover => 0.014,
            Piece::Breastplate => 0.010,
            _ => 0.0035,
        };
        let base = self.layer(Region::Trunk, bulk);
        let top = match piece {
            Piece::OffShoulder => 1.192,
            Piece::Tank => 1.232,
            Piece::Breastplate => 1.238,
            _ => 1.271,
        };
        let bottom = match piece {
            Piece::CropTop => lerp(1.08, 1.02, garment.length / 2.0),
            Piece::Breastplate => lerp(1.04, 0.94, garment.length / 2.0),
            _ => lerp(1.0, 0.86, (garment.length / 2.0).min(1.0)),
        };
        let loose = 0.022 * garment.width;
        let over = move |y: f32| {
            let neck = smoothstep(1.275, 1.235, y);
            // Cloth hangs from the chest; a band at a pullover's hem draws it in again.
            let hang = smoothstep(1.17, 1.0, y) * loose;
            let band = if piece == Piece::Pullover { smoothstep(bottom + 0.03, bottom + 0.035, y) } else { 1.0 };
            let thick = if piece == Piece::Pullover { 0.008 } else { 0.0 };
            base + (hang * lerp(0.3, 1.0, band)) + (thick + 0.002) * neck
        };
        self.dressed.trunk.push(shell(body, look, bottom, top, &over));
        match piece {
            Piece::VNeck => self.neckline(&over, &|t| (lerp(0.048, 0.006, t), lerp(1.277, 1.150, t))),
            Piece::ScoopNeck | Piece::CropTop => {
                self.neckline(&over, &|t| (0.052 * (1.0 - t * t).sqrt().max(0.12), lerp(1.277, 1.185, t)));
            }
            Piece::Tank => self.straps(base + 0.002),
            Piece::Breastplate => self.ridges(base + bulk, bottom),
            _ => {}
        }
    }

    /// Skin laid on cloth: half width and height from the neck (0) to the lowest place (1).
    fn neckline(&mut self, over: &dyn Fn(f32) -> f32, edge: &dyn Fn(f32) -> (f32, f32)) {
        let patch = cloth("neckline", Look::Skin, [8, 9], 0.001, |u, v| {
            let (half, y) = edge(v);
            let tuck = if v == 0.0 { -0.012 } else { 0.0016 };
            let p = Vec3::new(half * (2.0 * u - 1.0), y, 0.05);
            self.body.onto_trunk(p, over(y) + tuck)
        });
        self.dressed.trunk.push(patch.mapped(|_, _| Vec2::new(0.5, 0.1)).skinned(trunk_skin));
    }

    fn straps(&mut self, over: f32) {
        for side in [1.0, -1.0] {
            let strap = cloth("strap", self.look, [2, 12], 0.0025, |u, v| {
                let angle = PI * v;
                let (y, z) = (lerp(1.205, 1.262, angle.sin()), 0.05 * angle.cos());
                let x = side * lerp(0.062, 0.074, u) + side * 0.006 * angle.sin();
                self.body.onto_trunk(Vec3::new(x, y, z - 0.013), over)
            });
            self.dressed.trunk.push(strap.on(Panel::Plain).skinned(trunk_skin));
        }
    }

    /// Edges of a breastplate: along the waist and down the middle.
    fn ridges(&mut self, over: f32, bottom: f32) {
        let middle = cloth("ridge", self.look, [2, 10], 0.006, |u, v| {
            let p = Vec3::new(lerp(-0.006, 0.006, u), lerp(1.22, bottom, v), 0.05);
            self.body.onto_trunk(p, over)
        });
        self.dressed.trunk.push(middle.on(Panel::Edge).skinned(trunk_skin));
        self.band(bottom, bottom + 0.022, over, Panel::Edge);
    }

    /// A band around the trunk.
    fn band(&mut self, low: f32, high: f32, over: f32, panel: Panel) {
        let rings: Vec<Ring> = [(low, -0.006), (low + 0.001, 0.0), (high - 0.001, 0.0), (high, -0.006)]
            .iter()
            .map(|&(y, inside)| self.body.trunk_ring(y, over + 0.004 + inside, 32, (high - y) / (high - low), true))
            .collect();
        self.dressed.trunk.push(Part::loft("band", self.look, &rings, 50.0).on(panel).skinned(trunk_skin));
    }

    /// Vests, jackets and coats: around the back, open in front, lapels folded over.
    pub(super) fn open_front(&mut self) {
        let (body, look, garment) = (self.body, self.look, self.garment);
        let base = self.layer(Region::Trunk, 0.010) + 0.006;
        let (hem, gap) = match garment.piece {
            Piece::Vest => (lerp(1.0, 0.92, garment.length / 2.0), 0.30),
            Piece::Jacket => (lerp(1.02, 0.86, garment.length / 2.0), 0.24),
            _ => (lerp(0.72, 0.20, garment.length / 2.0), 0.20),
        };
        let loose = 0.020 * garment.width;
        let flare = if garment.piece == Piece::Coat { lerp(0.03, 0.16, garment.width / 2.0) } else { 0.01 };
        let open = |y: f32| gap + 0.35 * smoothstep(1.15, 1.27, y) + 0.10 * smoothstep(0.95, 0.60, y);
        let place = |u: f32, v: f32| {
            let y = lerp(1.268, hem, v);
            let angle = lerp(open(y), TAU - open(y), u);
            let hang = smoothstep(1.17, 0.98, y) * loose;
            hanging(body, y, base + hang, angle, flare)
        };
        let rows = if hem < 0.8 { 20 } else { 13 };
        let part = cloth("jacket", look, [28, rows], 0.005, place);
        // The front opens where the shirt shows; the back is the middle of the sheet.
        let part = part.mapped(|_, uv| Panel::Body.uv(Vec2::new((uv.x + 0.5).fract(), uv.y)));
        self.dressed.trunk.push(part.skinned(draped).hung(Hang::Skirt));
        for side in [0.0, 1.0] {
            let turn = |u: f32| if side == 0.0 { u } else { 1.0 - u };
            let lapel = cloth("lapel", look, [4, 9], 0.004, |u, v| {
                let y = lerp(1.266, 1.08, v);
                let wide = 0.62 * (1.0 - v).max(0.02).powf(0.7);
                let angle = open(y) + wide * turn(u);
                let angle = if side == 0.0 { angle } else { TAU - angle };
                hanging(body, y, base + 0.008 + smoothstep(1.17, 0.98, y) * loose, angle, flare)
            });
            self.dressed.trunk.push(lapel.on(Panel::Edge).skinned(draped));
        }
    }

    /// Crossed in front, down the legs, with a broad edge.
    pub(super) fn robe(&mut self) {
        let (body, look, garment) = (self.body, self.look, self.garment);
        let base = self.layer(Region::Trunk, 0.008) + 0.004;
        let hem = lerp(0.66, 0.10, garment.length / 2.0);
        let flare = lerp(0.005, 0.09, garment.width / 2.0);
        let part = cloth("robe", look, [32, 24], 0.004, |u, v| {
            // One side lies over the other: the sheet goes around more than once.
            let y = lerp(1.262, hem, v);
            let angle = PI + lerp(-PI - 0.25, PI + 0.25, u);
            hanging(body, y, base + 0.010 * smoothstep(1.15, 0.95, y) + 0.004 * u, angle, flare)
        });
        let part = part.mapped(|_, uv| Panel::Body.uv(Vec2::new((uv.x + 0.5).fract(), uv.y)));
        self.dressed.trunk.push(part.skinned(draped).hung(Hang::Skirt));
        self.neckline(&|_| base + 0.006, &|t| (lerp(0.046, 0.004, t), lerp(1.277, 1.120, t)));
        for side in [1.0, -1.0] {
            let edge = cloth("robe edge", look, [3, 16], 0.004, |u, v| {
                let angle = PI * (1.0 - v).powf(0.8);
                let front = smoothstep(0.25, 1.0, v);
                let x = lerp(0.044 * angle.sin().max(0.0) + 0.012, -0.030, front) + lerp(0.0, 0.026, u);
                let y = lerp(1.272 - 0.016 * u, 1.075, front);
                let z = if v < 0.45 { -0.06 * angle.cos().abs() } else { 0.05 };
                let lift = if side > 0.0 { 0.009 } else { 0.0055 };
                body.onto_trunk(Vec3::new(side * x, y, z), base + lift)
            });
            self.dressed.trunk.push(edge.on(Panel::Edge).skinned(trunk_skin));
        }
    }

    pub(super) fn belt(&mut self) {
        let sash = self.garment.piece == Piece::Sash;
        let over = self.over[Region::Trunk as usize] + 0.020 * self.garment.width.min(1.0) + 0.004;
        self.over[Region::Trunk as usize] += 0.002;
        let high = if sash { lerp(0.05, 0.12, self.garment.length / 2.0) } else { 0.026 };
        let low = if sash { 0.985 } else { lerp(0.985, 0.925, self.garment.length / 2.0) };
        self.band(low, low + high, over, Panel::Limb);
        if sash {
            let behind = self.body.trunk_at(low + high / 2.0, over + 0.012, PI);
            let knot = slab("knot", self.look, behind - Vec3::Z * 0.012, Vec3::new(0.075, high * 0.75, 0.026), 4.0);
            self.dressed.trunk.push(knot.on(Panel::Limb).skinned(|_| Skin::one(Spine)));
            let cord = low + high / 2.0;
            self.band(cord - 0.006, cord + 0.006, over + 0.003, Panel::Edge);
        } else {
            let front = self.body.trunk_at(low + high / 2.0, over + 0.005, 0.0);
            let buckle = slab("buckle", self.look, front, Vec3::new(0.020, 0.017, 0.006), 4.0);
            self.dressed.trunk.push(buckle.on(Panel::Edge).skinned(|_| Skin::one(Hips)));
        }
    }

    /// A ball or stud in the second colour.
    pub(super) fn stud(&mut self, centre: Vec3, radius: f32, bone: HumanBone) {
        let stud = blob("stud", self.look, centre, Vec3::splat(radius), 8);
        self.dressed.trunk.push(stud.on(Panel::Edge).skinned(|_| Skin::one(bone)));
    }

    pub(super) fn suspenders(&mut self) {
        let over = self.over[Region::Trunk as usize] + 0.018;
        for side in [1.0, -1.0] {
            let line: Vec<(Vec3, f32)> = (0..=18)
                .map(|i| {
                    let t = i as f32 / 18.0;
                    let angle = PI * t;
                    let y = lerp(0.96, 1.262, angle.sin().max(0.0).powf(0.6));
                    let x = side * lerp(lerp(0.062, 0.070, angle.sin()), -0.02, smoothstep(0.55, 1.0, t));
                    (
                        self.body.onto_trunk(
                            Vec3::new(x, y, 0.06 * angle.cos() - 0.013),
                            over * smoothstep(1.27, 1.2, y) + 0.008,
                        ),
                        0.010,
                    )
                })
                .collect();
            let strap = tube("suspender", self.look, &line, 0.22, Vec3::Z, 8);
            self.dressed.trunk.push(strap.on(Panel::Plain).skinned(trunk_skin));
        }
    }
}

/// A place of cloth that lies around the trunk down to the hips and falls freely from there, wider by `flare` metres at
/// the floor.
pub(super) fn hanging(body: &Body, y: f32, over: f32, angle: f32, flare: f32) -> Vec3 {
    const FREE_Y: f32 = 0.865;
    if y >= FREE_Y {
        return body.trunk_at(y, over, angle);
    }
    let p = body.trunk_at(FREE_Y, over, angle);
    let down = FREE_Y - y;
    let out = Vec3::new(p.x, 0.0, p.z).normalize_or(Vec3::Z);
    let fold = 0.16 * flare * (8.0 * angle).cos() * smoothstep(0.0, 0.3, down);
    p - Vec3::Y * down + out * (flare * (down / FREE_Y).powf(0.8) + fold + 0.012 * smoothstep(0.0, 0.1, down))
}

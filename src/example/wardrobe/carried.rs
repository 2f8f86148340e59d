//! Things on the body: tails, wings, bags, arms.

use super::shapes::{Panel, blob, cloth, slab, tapered, through, tube};
use super::{Fitting, Region, hand};
use crate::example::body::trunk_skin;
use crate::example::mesh::{Look, Part, Skin, lerp, smoothstep};
use crate::example::swinging::{Hang, Strand};
use crate::example::wear::{Extra, Thing};
use crate::figure::HumanBone::{self, *};
use glam::Vec3;
use std::f32::consts::{PI, TAU};

impl Fitting<'_> {
    pub(super) fn carry(&mut self, extra: &Extra) {
        let (look, size) = (self.look, extra.size);
        let side = hand(extra.side);
        let over = self.over[Region::Trunk as usize] + 0.010;
        let back = |y: f32, out: f32| self.body.trunk_at(y, over + out, PI);
        let bound = |part: Part, bone: HumanBone| part.skinned(move |_| Skin::one(bone));
        let trunk: Vec<Part> = match extra.thing {
            Thing::CatTail => tail(look, back(0.90, -0.02), size, &[0.012, 0.016, 0.016, 0.015, 0.010], false),
            Thing::FoxTail => tail(look, back(0.90, -0.02), size, &[0.016, 0.045, 0.075, 0.070, 0.002], true),
            Thing::DevilTail => {
                let mut parts = tail(look, back(0.90, -0.02), size, &[0.010, 0.009, 0.008, 0.007, 0.006], false);
                let all = tail_line(back(0.90, -0.02), size);
                let tip = all[18];
                let line = [-0.02, 0.0, 0.03, 0.07].map(|y| tip + Vec3::Y * y).to_vec();
                let tip = tube("tip", look, &tapered(line, &[0.004, 0.034, 0.026, 0.001]), 0.3, Vec3::Z, 8);
                parts.push(tip.on(Panel::Edge).hung(Hang::Along(Strand::Grown, all)));
                parts.into_iter().map(|p| bound(p, Hips)).collect()
            }
            Thing::FeatherWings | Thing::BatWings => wings(look, extra, back(1.17, 0.0)),
            Thing::Backpack => self.backpack(look, size, over),
            Thing::ShoulderBag => self.shoulder_bag(look, side, size, over),
            Thing::Quiver => {
                let low = back(1.02, 0.035) - Vec3::X * 0.05 * side;
                let high = back(1.26, 0.045) + Vec3::X * 0.09 * side;
                let mut parts = vec![
                    tube("quiver", look, &tapered(through(&[low, high], 6), &[0.028, 0.036]), 1.0, Vec3::Z, 12)
                        .on(Panel::Plain),
                ];
                for i in 0..3 {
                    let aside = Vec3::new(0.012 * (i as f32 - 1.0), 0.0, 0.010 * (i % 2) as f32);
                    let line = through(&[high + aside, high.lerp(low, -0.45) + aside], 3);
                    parts.push(
                        tube("arrow", look, &tapered(line, &[0.003, 0.003, 0.011]), 0.5, Vec3::Z, 6).on(Panel::Edge),
                    );
                }
                parts.into_iter().map(|p| bound(p, UpperChest)).collect()
            }
            Thing::SwordAtBelt => {
                let hilt = self.body.trunk_at(0.965, over + 0.022, side * 1.35) + Vec3::Z * 0.06;
                blade(look, hilt, Vec3::new(0.10 * side, -0.62, -0.62).normalize(), 0.66 * size, true)
                    .into_iter()
                    .map(|p| bound(p, Hips))
                    .collect()
            }
            Thing::SwordOnBack => {
                let hilt = back(1.24, 0.030) + Vec3::X * 0.11 * side;
                blade(look, hilt, Vec3::new(-0.42 * side, -0.9, -0.05).normalize(), 0.78 * size, true)
                    .into_iter()
                    .map(|p| bound(p, UpperChest))
                    .collect()
            }
            Thing::Pouch => {
                let at = self.body.trunk_at(0.925, over + 0.022, side * 1.2);
                let bag = slab("pouch", look, at, Vec3::new(0.036, 0.040, 0.026) * size, 3.5).on(Panel::Plain);
                let flap = slab(
                    "flap",
                    look,
                    at + Vec3::new(0.0, 0.020, 0.002) * size,
                    Vec3::new(0.038, 0.020, 0.028) * size,
                    3.5,
                )
                .on(Panel::Edge);
                vec![bound(bag, Hips), bound(flap, Hips)]
            }
            Thing::Staff => {
                let parts = staff(look, size);
                let bone = if side > 0.0 { LeftHand } else { RightHand };
                let parts = parts.into_iter().map(|p| if side > 0.0 { p } else { p.mirrored() });
                self.dressed.arms.extend(parts.map(|p| bound(p, bone)));
                return;
            }
            Thing::Shield => {
                let centre = Vec3::new(side * 0.47, 1.206, 0.055);
                let plate = blob("shield", look, centre, Vec3::new(0.13, 0.17, 0.022) * size, 20).on(Panel::Plain);
                let boss = blob("boss", look, centre + Vec3::Z * 0.014, Vec3::new(0.05, 0.06, 0.022) * size, 14)
                    .on(Panel::Edge);
                let bone = if side > 0.0 { LeftLowerArm } else { RightLowerArm };
                self.dressed.arms.extend([bound(plate, bone), bound(boss, bone)]);
                return;
            }
            _ => return,
        };
        self.dressed.trunk.extend(trunk);
    }

    fn backpack(&self, look: Look, size: f32, over: f32) -> Vec<Part> {
        let half = Vec3::new(0.105, 0.135, 0.052) * size;
        let at = self.body.trunk_at(1.12, over, PI) - Vec3::Z * half.z;
        let mut parts = vec![
            slab("backpack", look, at, half, 4.0).on(Panel::Plain),
            slab("pocket", look, at - Vec3::new(0.0, half.y * 0.4, half.z * 0.9), half * Vec3::new(0.7, 0.4, 0.4), 4.0)
                .on(Panel::Edge),
        ];
        for side in [1.0, -1.0] {
            let line: Vec<(Vec3, f32)> = (0..=16)
                .map(|i| {
                    let angle = PI * lerp(-0.10, 1.05, i as f32 / 16.0);
                    let y = lerp(1.08, 1.262, angle.sin().max(0.0).powf(0.5));
                    let p = Vec3::new(side * 0.074, y, 0.06 * angle.cos() - 0.013);
                    (self.body.onto_trunk(p, over * smoothstep(1.275, 1.22, y) + 0.006), 0.013)
                })
                .collect();
            parts.push(tube("strap", look, &line, 0.3, Vec3::Z, 8).on(Panel::Edge));
        }
        parts.into_iter().map(|p| p.skinned(|_| Skin::one(UpperChest))).collect()
    }

    /// A bag at one hip on a strap over the other shoulder.
    fn shoulder_bag(&self, look: Look, side: f32, size: f32, over: f32) -> Vec<Part> {
        let at = self.body.trunk_at(0.875, over + 0.045, side * 1.45);
        let bag = slab("bag", look, at, Vec3::new(0.040, 0.085, 0.105) * size, 4.0).on(Panel::Plain);
        let flap = slab(
            "flap",
            look,
            at + Vec3::new(side * 0.004, 0.040 * size, 0.0),
            Vec3::new(0.042, 0.045, 0.108) * size,
            4.0,
        );
        let strap: Vec<(Vec3, f32)> = (0..=40)
            .map(|i| {
                let angle = TAU * i as f32 / 40.0;
                // Highest at the far shoulder, lowest at the bag.
                let y = lerp(0.93, 1.258, 0.5 - 0.5 * angle.cos());
                let around = angle + side * PI / 2.0;
                let p = self.body.trunk_at(y.min(1.25), over * smoothstep(1.27, 1.20, y) + 0.008, around);
                (Vec3::new(p.x - side * 0.02 * smoothstep(1.1, 1.25, y), y, p.z), 0.012)
            })
            .collect();
        let strap = tube("bag strap", look, &strap, 0.3, Vec3::Z, 8).on(Panel::Edge);
        vec![
            bag.skinned(|_| Skin::one(Hips)),
            flap.on(Panel::Edge).skinned(|_| Skin::one(Hips)),
            strap.skinned(trunk_skin),
        ]
    }
}

fn tail_line(root: Vec3, size: f32) -> Vec<Vec3> {
    let points = [
        root,
        root + Vec3::new(0.03, -0.06, -0.10) * size,
        root + Vec3::new(0.10, -0.16, -0.22) * size,
        root + Vec3::new(0.20, -0.10, -0.30) * size,
        root + Vec3::new(0.24, 0.08, -0.28) * size,
    ];
    through(&points, 18)
}

fn tail(look: Look, root: Vec3, size: f32, radii: &[f32], tipped: bool) -> Vec<Part> {
    let line = tail_line(root, size);
    let sized: Vec<f32> = radii.iter().map(|r| r * size.sqrt()).collect();
    let part = tube("tail", look, &tapered(line.clone(), &sized), 1.0, Vec3::X, 12);
    let part = part.hung(Hang::Along(Strand::Grown, line));
    // A white tip: the last quarter of the length in the second colour.
    let panel = |v: f32| if tipped && v > 0.76 { Panel::Edge } else { Panel::Plain };
    vec![part.mapped(move |_, uv| panel(uv.y).uv(uv)).skinned(|_| Skin::one(Hips))]
}

/// Wings: fans of feathers, or webs between fingers. They spread sideways behind the arms.
fn wings(look: Look, extra: &Extra, root: Vec3) -> Vec<Part> {
    let feathered = extra.thing == Thing::FeatherWings;
    let size = extra.size;
    let mut parts = Vec::new();
    for left in super::sides(extra.side) {
        let side = if left { 1.0 } else { -1.0 };
        let root = root + Vec3::new(side * 0.035, 0.0, -0.012);
        // Along the leading edge: out and up.
        let edge = |t: f32| {
            root + Vec3::new(side * (0.34 * t), 0.26 * (1.15 * PI * t / 2.0).sin() - 0.05 * t, -0.05 - 0.16 * t) * size
        };
        if feathered {
            for (row, count) in [(0, 9), (1, 7)] {
                for i in 0..count {
                    let t = lerp(0.12, 1.0, i as f32 / (count - 1) as f32);
                    let start = edge(t);
                    let length = size * lerp(0.16, 0.36, t) * if row == 0 { 1.0 } else { 0.55 };
                    let down = Vec3::new(side * lerp(0.12, 0.75, t * t), -1.0, -0.1).normalize();
                    let line = (0..=5)
                        .map(|k| start + down * length * k as f32 / 5.0 - Vec3::Z * 0.008 * row as f32)
                        .collect();
                    let radii = [0.016, 0.026, 0.028, 0.022, 0.003].map(|r| r * size);
                    let panel = if row == 0 { Panel::Plain } else { Panel::Edge };
                    parts.push(tube("feather", look, &tapered(line, &radii), 0.22, Vec3::Z, 8).on(panel));
                }
            }
        } else {
            let web = cloth("web", look, [18, 8], 0.004, |u, v| {
                let scallop = 1.0 - 0.28 * (3.0 * PI * u).sin().abs();
                let down = Vec3::new(side * 0.10 * u, -0.34 * scallop * (0.45 + 0.55 * u), 0.02) * size;
                edge(u) + down * v
            });
            parts.push(web.on(Panel::Plain));
            for finger in [0.34, 0.67, 1.0] {
                let end = edge(finger) + Vec3::new(side * 0.10 * finger, -0.34 * (0.45 + 0.55 * finger), 0.02) * size;
                let line = through(&[edge(finger), end], 5);
                parts.push(tube("finger", look, &tapered(line, &[0.008, 0.002]), 1.0, Vec3::Z, 6).on(Panel::Edge));
            }
        }
        let bone = tapered((0..=10).map(|i| edge(i as f32 / 10.0)).collect(), &[0.022, 0.018, 0.010].map(|r| r * size));
        parts.push(tube("wing bone", look, &bone, 1.0, Vec3::Z, 8).on(if feathered {
            Panel::Plain
        } else {
            Panel::Edge
        }));
    }
    parts.into_iter().map(|p| p.skinned(|_| Skin::one(UpperChest))).collect()
}

/// A sword in its sheath: `hilt` is where the guard is, `along` points to the tip.
fn blade(look: Look, hilt: Vec3, along: Vec3, length: f32, sheathed: bool) -> Vec<Part> {
    let at = |d: f32| hilt + along * d;
    let wide = if sheathed { 0.020 } else { 0.016 };
    let sheath = (0..=6).map(|i| at(length * i as f32 / 6.0)).collect();
    let grip = vec![at(-0.005), at(-0.05), at(-0.15), at(-0.16)];
    let guard = along.any_orthonormal_vector() * 0.045;
    vec![
        tube("sheath", look, &tapered(sheath, &[wide, wide, wide * 0.9, wide * 0.25]), 0.6, Vec3::Z, 8)
            .on(Panel::Plain),
        tube("grip", look, &tapered(grip, &[0.011, 0.012, 0.011, 0.015]), 0.8, Vec3::Z, 8).on(Panel::Edge),
        tube(
            "guard",
            look,
            &tapered(vec![at(-0.008) - guard, at(-0.008), at(-0.008) + guard], &[0.009, 0.012, 0.009]),
            0.7,
            along,
            8,
        )
        .on(Panel::Edge),
    ]
}

/// Upright in the left hand, in the arm's design space.
fn staff(look: Look, size: f32) -> Vec<Part> {
    let at = |y: f32| Vec3::new(0.605, 1.185 + y * size, 0.012);
    let shaft = vec![at(-0.62), at(-0.60), at(0.45), at(0.50)];
    vec![
        tube("staff", look, &tapered(shaft, &[0.009, 0.012, 0.012, 0.010]), 1.0, Vec3::Z, 8).on(Panel::Plain),
        blob("head of the staff", look, at(0.55), Vec3::new(0.045, 0.062, 0.045) * size, 12).on(Panel::Edge),
    ]
}

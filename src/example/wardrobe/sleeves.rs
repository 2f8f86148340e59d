//! Sleeves, gloves and plates of the arms. Made for the left arm.

use super::shapes::{Panel, blob};
use super::{Fitting, Region};
use crate::example::body::{Body, arm_skin};
use crate::example::garments::sleeve;
use crate::example::hands;
use crate::example::mesh::{Oval, Part, Ring, Skin, lerp, ring, smoothstep};
use crate::example::skeleton::ARM_Y;
use crate::example::wear::Piece;
use crate::figure::HumanBone::*;
use glam::Vec3;
use std::f32::consts::PI;

const WRIST_X: f32 = 0.555;

impl Fitting<'_> {
    /// Radii along the arm from the shoulder to `end`, `wide(t)` metres outside of the skin.
    fn along_arm(&self, start: f32, end: f32, wide: &dyn Fn(f32) -> f32) -> Vec<[f32; 2]> {
        const STEPS: [f32; 16] = [
            0.088, 0.096, 0.106, 0.122, 0.150, 0.185, 0.225, 0.265, 0.300, 0.330, 0.345, 0.360, 0.400, 0.440, 0.485,
            0.528,
        ];
        let inner = STEPS.iter().copied().filter(|&x| x > start + 0.004 && x < end - 0.006);
        [start]
            .into_iter()
            .chain(inner)
            .chain([end])
            .map(|x| [x, self.radius(x) + wide((x - start) / (end - start))])
            .collect()
    }

    /// Of the bare arm; where it rounds off inside the trunk, what a sleeve wants there.
    fn radius(&self, x: f32) -> f32 {
        let full = self.body.arm_radius(x.max(0.122));
        full * lerp(0.35, 1.0, smoothstep(0.080, 0.115, x))
    }

    pub(super) fn sleeve(&mut self) {
        let garment = self.garment;
        let base = self.layer(Region::Arm, 0.006) + 0.002;
        let (length, width) = (garment.length / 2.0, garment.width);
        if garment.piece == Piece::WideSleeve {
            return self.wide_sleeve(base);
        }
        let end = match garment.piece {
            Piece::PuffedSleeve => lerp(0.19, 0.27, length),
            Piece::BellSleeve => lerp(0.34, 0.56, length),
            _ => lerp(0.16, 0.556, length.powf(0.8)),
        };
        let loose = 0.009 * width;
        let sections = match garment.piece {
            Piece::PuffedSleeve => self
                .along_arm(0.088, end, &|t| base + (0.014 + 0.020 * width) * (PI * t.powf(0.8)).sin().max(0.0) + 0.003),
            Piece::BellSleeve => {
                self.along_arm(0.088, end, &|t| base + 0.003 + (0.03 + 0.035 * width) * smoothstep(0.45, 1.05, t))
            }
            _ => self.along_arm(0.088, end, &|t| base + loose * smoothstep(0.0, 0.5, t)),
        };
        let part = sleeve("left sleeve", self.look, &sections).on(Panel::Limb);
        self.on_arms(part);
    }

    /// Hangs from the arm like a bag.
    fn wide_sleeve(&mut self, base: f32) {
        let garment = self.garment;
        let end = lerp(0.40, 0.60, garment.length / 2.0);
        let drop = lerp(0.06, 0.26, garment.width / 2.0);
        let inside = [(end - 0.001, 0.93), (end - 0.10, 0.90)];
        let rows = (0..=12).map(|i| (lerp(0.095, end, i as f32 / 12.0), 1.0)).chain(inside);
        let rings: Vec<Ring> = rows
            .map(|(x, wide)| {
                let t = (x - 0.095) / (end - 0.095);
                let radius = self.radius(x) + base + 0.006;
                let low = radius + drop * smoothstep(0.0, 0.75, t);
                let deep = (radius + 0.012 * t) * wide;
                // The outline's own axes: y up (so that "front" is up) and z.
                ring(
                    Vec3::new(x, ARM_Y, -0.014),
                    Vec3::Z,
                    Vec3::Y,
                    Oval::new(deep, radius * wide, low * wide, 3.0),
                    20,
                    t,
                )
            })
            .collect();
        let part = Part::loft("left wide sleeve", self.look, &rings, 60.0).on(Panel::Limb).skinned(arm_skin);
        self.on_arms(part);
    }

    /// The hand itself, a little larger, and a cuff up the forearm.
    pub(super) fn glove(&mut self) {
        let over = self.layer(Region::Arm, 0.003);
        let start = lerp(0.53, 0.24, self.garment.length / 2.0);
        for part in hands::left() {
            let normals = part.normals.clone();
            let mut part = part;
            for (p, n) in part.positions.iter_mut().zip(normals) {
                *p += n * 0.0016;
            }
            part.look = self.look;
            let part = part.on(Panel::Plain);
            self.on_arms(part);
        }
        let wide = 0.010 * self.garment.width;
        let sections: Vec<[f32; 2]> =
            self.along_arm(start, WRIST_X, &|t| over + 0.0015 + wide * smoothstep(0.35, 0.0, t)).into_iter().collect();
        let mut rings: Vec<Ring> = vec![Body::arm_ring(start + 0.012, sections[0][1] - 0.004, 0.0)];
        let span = WRIST_X - start;
        rings.extend(sections.iter().map(|&[x, r]| Body::arm_ring(x, r, (WRIST_X - x) / span)));
        let part = Part::loft("left glove", self.look, &rings, 60.0).on(Panel::Limb).skinned(arm_skin);
        self.on_arms(part);
    }

    pub(super) fn bracer(&mut self) {
        let over = self.layer(Region::Arm, 0.005) + 0.004;
        let (start, end) = (lerp(0.46, 0.36, self.garment.length / 2.0), 0.535);
        let sections = self.along_arm(start, end, &|t| over + 0.010 * (1.0 - t) * self.garment.width);
        let part = sleeve("left bracer", self.look, &sections).on(Panel::Limb);
        self.on_arms(part);
    }

    /// Plates like scales over the shoulder.
    pub(super) fn pauldron(&mut self) {
        let over = self.over[Region::Arm as usize] + 0.010;
        let size = lerp(0.040, 0.085, self.garment.width / 2.0);
        let plates = 1 + (self.garment.length * 1.4) as usize;
        for n in 0..plates {
            let centre = Vec3::new(0.125 + 0.045 * n as f32, ARM_Y + 0.006, -0.014);
            let wide = size * (1.0 - 0.12 * n as f32);
            let radii = Vec3::new(wide, self.radius(0.13) + over + 0.016 * self.garment.width, wide * 0.95);
            let panel = if n % 2 == 1 { Panel::Edge } else { Panel::Plain };
            let mut plate = blob("left pauldron", self.look, centre, radii, 18);
            // Only its upper half: what is below the arm's axis is drawn up to it.
            plate.positions.iter_mut().for_each(|p| p.y = p.y.max(ARM_Y - 0.012));
            plate.drop_slivers();
            let plate = plate.smooth(50.0).on(panel);
            let plate = plate.skinned(|_| Skin::mix(&[(LeftShoulder, 0.35), (LeftUpperArm, 0.65)]));
            self.on_arms(plate);
        }
    }
}

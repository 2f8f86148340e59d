//! Skirts: closed shells hung from a ring around the waist.

use super::shapes::{Panel, cloth};
use super::{Fitting, Region};
use crate::example::garments::skirt_skin;
use crate::example::mesh::{Oval, lerp, smoothstep};
use crate::example::swinging::Hang;
use crate::example::wear::{Garment, Piece};
use glam::Vec3;
use std::f32::consts::{PI, TAU};

const WAIST_Y: f32 = 0.975;

/// How a skirt falls.
struct Fall {
    hem_y: f32,
    /// Half width, depth to front and back at the hem.
    hem: [f32; 3],
    /// Folds around and their depth at the hem.
    folds: f32,
    depth: f32,
    /// How soon it is at its widest: 1 straight, more: a bell.
    bell: f32,
    /// Half the angle left open over the left leg.
    slit: f32,
}

fn fall(garment: &Garment) -> Option<Fall> {
    use Piece::*;
    let (length, width) = (garment.length / 2.0, garment.width / 2.0);
    let hem = |least: f32, most: f32| {
        let wide = lerp(least, most, width);
        [wide, wide * 0.87, wide * 0.92]
    };
    let made = |short: f32, long: f32, hem, folds, depth, bell| Fall {
        hem_y: WAIST_Y - lerp(short, long, length),
        hem,
        folds,
        depth,
        bell,
        slit: 0.0,
    };
    Some(match garment.piece {
        Skirt => made(0.20, 0.84, hem(0.155, 0.30), 9.0, 0.010, 1.4),
        PleatedSkirt => made(0.20, 0.62, hem(0.170, 0.26), 20.0, 0.012, 1.6),
        TieredSkirt => made(0.24, 0.70, hem(0.180, 0.30), 16.0, 0.012, 1.5),
        PencilSkirt => made(0.26, 0.66, hem(0.128, 0.150), 0.0, 0.0, 1.8),
        SlitSkirt => Fall { slit: 0.55, ..made(0.40, 0.86, hem(0.140, 0.24), 5.0, 0.008, 1.6) },
        BallSkirt => made(0.45, 0.88, hem(0.26, 0.42), 12.0, 0.018, 2.6),
        _ => return None,
    })
}

/// The height of a skirt's hem; `None` for what is no skirt.
pub(super) fn hem_of(garment: &Garment) -> Option<f32> {
    fall(garment).map(|fall| fall.hem_y)
}

impl Fitting<'_> {
    pub(super) fn skirt(&mut self) {
        let Some(whole) = fall(self.garment) else { return };
        let over = self.layer(Region::Trunk, 0.004) + 0.003;
        let tiers = if self.garment.piece == Piece::TieredSkirt { 3 } else { 1 };
        for tier in (0..tiers).rev() {
            // Inner tiers reach further down and are drawn in a little.
            let share = (tier + 1) as f32 / tiers as f32;
            self.tier(&whole, over + 0.003 * (tiers - tier) as f32, share);
        }
    }

    fn tier(&mut self, fall: &Fall, over: f32, share: f32) {
        let (waist, waist_z) = self.body.trunk(WAIST_Y, over);
        let hips = self.body.trunk(0.87, over + 0.006).0;
        let columns = if fall.folds > 14.0 { (fall.folds * 4.0) as usize } else { 48 };
        let hem_y = lerp(WAIST_Y, fall.hem_y, share);
        let flounce = 1.0 + 0.05 * (1.0 - share);
        let part = cloth("skirt", self.look, [columns, 12], -0.0025, |u, v| {
            let y = lerp(WAIST_Y, hem_y, v);
            let t = v * share;
            let out = 1.0 - (1.0 - t).powf(fall.bell);
            // Never inside of the hips.
            let near = smoothstep(WAIST_Y, 0.90, y);
            let wide = |waist: f32, hips: f32, hem: f32| (lerp(waist, hem, out) * flounce).max(lerp(waist, hips, near));
            let oval = Oval::new(
                wide(waist.half_width, hips.half_width, fall.hem[0]),
                wide(waist.front, hips.front, fall.hem[1]),
                wide(waist.back, hips.back, fall.hem[2]),
                2.1,
            );
            // The seam is at the side, over the left leg, where a slit may be.
            let angle = PI / 2.6 + lerp(fall.slit * t, TAU - fall.slit * t, u);
            let (x, z) = oval.at(angle);
            let fold = match self.garment.piece {
                Piece::PleatedSkirt => (u * fall.folds).fract() - 0.5,
                _ => 0.5 * (TAU * fall.folds * u).cos(),
            };
            let deep = fall.depth * lerp(0.1, 1.0, t) * fold;
            Vec3::new(x, y, z + waist_z * (1.0 - t)) + Vec3::new(x, 0.0, z).normalize_or_zero() * deep
        });
        self.dressed.trunk.push(part.on(Panel::Limb).skinned(skirt_skin).hung(Hang::Skirt));
    }
}

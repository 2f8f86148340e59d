//! Hair: a cap over the scalp and tapered locks, each a closed solid that follows a line.

use super::mesh::{Look, Part, Ring, Skin, lerp, smoothstep, spline};
use super::params::{Bangs, CharacterParams, HairStyle, Lot};
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// The skull under the hair, head space.
const CENTRE: Vec3 = Vec3::new(0.0, 0.125, -0.008);
const RADII: Vec3 = Vec3::new(0.079, 0.110, 0.0975);
/// Texture v where hair leaves the skull.
const V_FREE: f32 = 0.55;

/// The place over the skull at `azimuth` (0: front, positive: left) and `polar` (0: crown) degrees, `over` metres above.
pub(super) fn skull(azimuth: f32, polar: f32, over: f32) -> Vec3 {
    let (a, p) = (azimuth.to_radians(), polar.to_radians());
    CENTRE + (RADII + Vec3::splat(over)) * Vec3::new(p.sin() * a.sin(), p.cos(), p.sin() * a.cos())
}

/// A tapered strand.
struct Lock {
    /// Places and texture v from root to tip.
    line: Vec<[f32; 4]>,
    half_width: f32,
    /// Thickness as a share of the width.
    thick: f32,
    /// Width at the root as a share of the greatest.
    root: f32,
    /// How late the lock tapers: 1 early, 4 late.
    taper: f32,
}

impl Lock {
    fn new(line: Vec<[f32; 4]>, half_width: f32) -> Self {
        Self { line, half_width, thick: 0.34, root: 0.55, taper: 2.2 }
    }

    fn build(&self, name: &str, u: f32) -> Part {
        const AROUND: usize = 8;
        let last = (self.line.len() - 1) as f32;
        let length: f32 = (0..24)
            .map(|i| {
                let p = |k: usize| place(spline(&self.line, last * k as f32 / 24.0));
                p(i).distance(p(i + 1))
            })
            .sum();
        let rows = ((length / 0.016) as usize).clamp(8, 26);
        let rings: Vec<Ring> = (0..=rows)
            .map(|i| {
                let t = i as f32 / rows as f32;
                let here = spline(&self.line, t * last);
                let step = 0.02 * last;
                let along = (place(spline(&self.line, (t * last + step).min(last)))
                    - place(spline(&self.line, (t * last - step).max(0.0))))
                .normalize_or(Vec3::NEG_Y);
                let p = place(here);
                let out = Vec3::new(p.x, (p.y - CENTRE.y).max(0.0), p.z - CENTRE.z) / RADII;
                let out = (out - along * out.dot(along)).normalize_or(Vec3::Z);
                let side = along.cross(out);
                let full = lerp(self.root, 1.0, smoothstep(0.0, 0.3, t)) * (1.0 - t.powf(self.taper)).powf(0.85);
                let width = self.half_width * if i == rows { 0.0 } else { full.max(0.02) };
                let points = (0..AROUND)
                    .map(|j| {
                        let angle = TAU * j as f32 / AROUND as f32;
                        let depth = if angle.sin() > 0.0 { self.thick } else { self.thick * 0.45 };
                        p + side * width * angle.cos() + out * width * depth * angle.sin()
                    })
                    .collect();
                Ring { points, v: here[3] }
            })
            .collect();
        let across = 2.2 * self.half_width;
        Part::loft(name, Look::Hair, &rings, 180.0)
            .mapped(|_, uv| Vec2::new(u + across * (0.5 - 0.5 * (TAU * uv.x).cos()), uv.y))
            .skinned(hair_skin)
    }
}

fn place(knot: [f32; 4]) -> Vec3 {
    Vec3::new(knot[0], knot[1], knot[2])
}

fn knot(p: Vec3, v: f32) -> [f32; 4] {
    [p.x, p.y, p.z, v]
}

fn skull_v(polar: f32) -> f32 {
    V_FREE * polar / 100.0
}

/// Hair moves with the head; what hangs below the neck stays partly with the chest.
fn hair_skin(p: Vec3) -> Skin {
    let down = smoothstep(0.02, -0.16, p.y);
    let behind = lerp(0.45, 0.85, smoothstep(0.02, -0.06, p.z));
    Skin::one(HumanBone::Head).towards(Skin::one(HumanBone::UpperChest), down * behind)
}

/// All of the hair in head space.
pub(super) fn parts(params: &CharacterParams) -> Vec<Part> {
    let lot = &mut Lot::new(params.hair.seed);
    let mut locks: Vec<Lock> = Vec::new();
    bangs(params, lot, &mut locks);
    let length = params.hair.length;
    match params.hair.style {
        HairStyle::Long => {
            side_locks(lot, 0.20 * length.min(1.3), &mut locks);
            back(lot, 0.40 * length, 0.008, &mut locks);
        }
        HairStyle::Bob => {
            side_locks(lot, 0.105, &mut locks);
            back(lot, 0.085 + 0.03 * length, -0.012, &mut locks);
        }
        HairStyle::Short => {
            side_locks(lot, 0.045, &mut locks);
            back(lot, 0.035 + 0.02 * length, 0.016, &mut locks);
        }
        HairStyle::Ponytail => {
            side_locks(lot, 0.12, &mut locks);
            let tie = skull(180.0, 52.0, 0.012);
            gathered(lot, tie, -180.0, 180.0, &mut locks);
            tail(lot, tie, Vec3::new(0.0, 0.03, -0.075), 0.40 * length, &mut locks);
        }
        HairStyle::Twintails => {
            side_locks(lot, 0.11, &mut locks);
            for side in [1.0, -1.0] {
                let tie = skull(side * 112.0, 62.0, 0.012);
                gathered(lot, tie, side * 4.0, side * 180.0, &mut locks);
                tail(lot, tie, Vec3::new(side * 0.075, 0.015, -0.015), 0.44 * length, &mut locks);
            }
        }
    }
    let mut parts = vec![cap()];
    parts.extend(locks.iter().enumerate().map(|(i, lock)| lock.build(&format!("lock {i}"), lot.share())));
    parts
}

/// Hair-coloured scalp: a closed form that lies over the skull above the hairline and inside the head below it.
fn cap() -> Part {
    const AROUND: usize = 44;
    let hairline = |azimuth: f32| {
        let a = azimuth.abs();
        let knots = [[58.0], [62.0], [72.0], [86.0], [104.0], [128.0], [140.0], [142.0], [142.0]];
        spline(&knots, a / 180.0 * 8.0)[0]
    };
    let rings: Vec<Ring> = (0..=30)
        .map(|i| {
            let polar = 180.0 * i as f32 / 30.0;
            let points = (0..AROUND).map(|j| {
                let azimuth = 360.0 * j as f32 / AROUND as f32;
                let azimuth = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
                let inside = smoothstep(hairline(azimuth) - 5.0, hairline(azimuth) + 5.0, polar);
                if i == 0 || i == 30 {
                    skull(0.0, polar, if i == 0 { 0.007 } else { -0.05 })
                } else {
                    skull(azimuth, polar, lerp(0.007, -0.014 - 0.0003 * polar * smoothstep(90.0, 140.0, polar), inside))
                }
            });
            Ring { points: points.collect(), v: skull_v(polar).min(0.6) }
        })
        .collect();
    Part::loft("hair cap", Look::Hair, &rings, 180.0).skinned(hair_skin)
}

/// A line that leaves the crown, follows the skull to `polar` and hangs down from there.
/// `over`: height over the skull at crown, half-way and where it leaves.
fn fall(azimuths: [f32; 2], polar: f32, over: [f32; 3], hang: f32, flare: f32) -> Vec<[f32; 4]> {
    const ON_SKULL: usize = 5;
    let mut line: Vec<[f32; 4]> = (0..=ON_SKULL)
        .map(|i| {
            let t = i as f32 / ON_SKULL as f32;
            let p = lerp(9.0, polar, t);
            let o = if t < 0.5 { lerp(over[0], over[1], t * 2.0) } else { lerp(over[1], over[2], t * 2.0 - 1.0) };
            knot(skull(lerp(azimuths[0], azimuths[1], t), p, o), skull_v(p))
        })
        .collect();
    if hang > 0.0 {
        let edge = place(line[ON_SKULL]);
        let out = Vec3::new(edge.x, 0.0, edge.z - CENTRE.z).normalize_or(Vec3::Z);
        let v = line[ON_SKULL][3];
        let pieces = (hang / 0.07).ceil().clamp(2.0, 6.0) as usize;
        for i in 1..=pieces {
            let t = i as f32 / pieces as f32;
            let bulge = 0.010 * (PI * t).sin();
            let p = edge - Vec3::Y * hang * t + out * (flare * t * t + if flare < 0.0 { bulge } else { 0.0 });
            line.push(knot(p, lerp(v, 1.0, t)));
        }
    }
    line
}

fn bangs(params: &CharacterParams, lot: &mut Lot, locks: &mut Vec<Lock>) {
    // Per lock: azimuth where it ends, polar angle of its tip, half width.
    let (ends, drift): (Vec<[f32; 3]>, fn(f32) -> f32) = match params.hair.bangs {
        Bangs::Full => (
            vec![
                [-62.0, 96.0, 0.019],
                [-46.0, 88.0, 0.019],
                [-30.0, 86.0, 0.020],
                [-14.0, 85.0, 0.018],
                [1.0, 93.0, 0.015],
                [15.0, 85.0, 0.019],
                [31.0, 87.0, 0.020],
                [47.0, 89.0, 0.019],
                [63.0, 97.0, 0.019],
            ],
            |a| a * 0.75,
        ),
        Bangs::Swept => (
            vec![
                [-64.0, 98.0, 0.019],
                [-50.0, 91.0, 0.020],
                [-36.0, 88.0, 0.021],
                [-21.0, 87.0, 0.021],
                [-6.0, 86.0, 0.020],
                [10.0, 84.0, 0.019],
                [26.0, 83.0, 0.019],
                [45.0, 88.0, 0.019],
                [62.0, 97.0, 0.018],
            ],
            |a| a * 0.5 + 26.0,
        ),
        Bangs::Parted => (
            vec![
                [-66.0, 99.0, 0.021],
                [-54.0, 96.0, 0.021],
                [-42.0, 90.0, 0.020],
                [-29.0, 80.0, 0.018],
                [29.0, 80.0, 0.018],
                [42.0, 90.0, 0.020],
                [54.0, 96.0, 0.021],
                [66.0, 99.0, 0.021],
            ],
            |a| a * 0.25,
        ),
    };
    for [azimuth, polar, half_width] in ends {
        let shake = lot.between(-2.0, 2.0);
        let from = drift(azimuth);
        let line = fall([from, azimuth + shake], polar + lot.between(-1.5, 1.5), [0.004, 0.021, 0.0125], 0.0, 0.0);
        locks.push(Lock { thick: 0.30, taper: 3.0, ..Lock::new(line, half_width) });
        // A thinner one beneath and beside it.
        let aside = lot.between(5.0, 9.0) * if lot.share() < 0.5 { 1.0 } else { -1.0 };
        let line = fall([from, azimuth + aside], polar - lot.between(1.0, 6.0), [0.003, 0.016, 0.0095], 0.0, 0.0);
        locks.push(Lock { thick: 0.30, taper: 2.4, ..Lock::new(line, half_width * 0.62) });
    }
}

/// The locks before the ears that frame the face.
fn side_locks(lot: &mut Lot, hang: f32, locks: &mut Vec<Lock>) {
    for side in [1.0, -1.0] {
        for (azimuth, share, half_width, over) in [
            (72.0, 1.0, 0.0185, 0.0135),
            (82.0, 0.86, 0.021, 0.016),
            (66.0, 0.62, 0.0125, 0.0125),
            (92.0, 0.7, 0.020, 0.013),
        ] {
            let azimuth = side * (azimuth + lot.between(-2.0, 2.0));
            let hang = hang * share * lot.between(0.94, 1.06);
            let line = fall([azimuth * 0.8, azimuth], 96.0, [0.003, 0.020, over], hang, -0.012);
            locks.push(Lock { taper: 2.6, ..Lock::new(line, half_width) });
        }
    }
}

/// What falls from the crown over the back of the head, in three layers from the inside out.
fn back(lot: &mut Lot, hang: f32, flare: f32, locks: &mut Vec<Lock>) {
    for (count, half_width, over, share, spread) in
        [(9, 0.034, 0.004, 1.0, 84.0), (10, 0.028, 0.012, 0.94, 82.0), (9, 0.025, 0.019, 0.84, 78.0)]
    {
        for i in 0..count {
            let t = i as f32 / (count - 1) as f32 * 2.0 - 1.0;
            let azimuth = 180.0 + t * spread + lot.between(-2.5, 2.5);
            let outer = 1.0 - 0.16 * t.abs().powi(2);
            let hang = hang * share * outer * lot.between(0.90, 1.04);
            let line = fall(
                [180.0 + t * spread * 0.8, azimuth],
                100.0,
                [0.002, over + 0.004, over],
                hang,
                flare * lot.between(0.7, 1.4),
            );
            locks.push(Lock { thick: 0.26, taper: 3.2, ..Lock::new(line, half_width * lot.between(0.92, 1.08)) });
        }
    }
}

/// Locks from the hairline between two azimuths, over the skull, to a knot.
fn gathered(lot: &mut Lot, tie: Vec3, from: f32, to: f32, locks: &mut Vec<Lock>) {
    let count = ((to - from).abs() / 20.0) as usize;
    for i in 0..=count {
        let azimuth = lerp(from, to, i as f32 / count as f32) + lot.between(-2.0, 2.0);
        let front = azimuth.abs() < 60.0;
        let start_polar = if front { 30.0 } else { lerp(92.0, 132.0, smoothstep(70.0, 140.0, azimuth.abs())) };
        let start = skull(azimuth, start_polar, 0.0015);
        let line = (0..=6)
            .map(|k| {
                let t = k as f32 / 6.0;
                let straight = start.lerp(tie, t) - CENTRE;
                let on_skull = straight / (straight / RADII).length();
                let over = 0.006 + 0.008 * (PI * t).sin();
                knot(CENTRE + on_skull + on_skull.normalize() * over, lerp(0.12, 0.5, t))
            })
            .collect();
        locks.push(Lock { thick: 0.24, root: 0.8, taper: 5.0, ..Lock::new(line, 0.021) });
    }
}

/// A tail from a knot: out, then down.
fn tail(lot: &mut Lot, tie: Vec3, out: Vec3, length: f32, locks: &mut Vec<Lock>) {
    for i in 0..13 {
        let inner = i < 4;
        let angle = TAU * i as f32 / if inner { 4.0 } else { 9.0 };
        let spread = if inner { 0.008 } else { 0.024 };
        let along = out.normalize();
        let (side, up) = (along.any_orthonormal_vector(), along.cross(along.any_orthonormal_vector()));
        let aside = (side * angle.cos() + up * angle.sin()) * spread;
        let length = length * lot.between(0.82, 1.04);
        let line = [
            (0.0, 0.0, 0.25),
            (0.55, 0.06, 1.0),
            (1.0, -0.10, 1.5),
            (1.15, -0.38, 1.7),
            (1.05, -0.70, 1.35),
            (0.9, -1.0, 0.5),
        ]
        .iter()
        .enumerate()
        .map(|(k, &(forth, down, wide))| {
            let p = tie + out * forth + Vec3::Y * down * length + aside * wide;
            knot(p, lerp(0.20, 1.0, k as f32 / 5.0))
        })
        .collect();
        locks.push(Lock { thick: 0.45, root: 0.5, taper: 2.6, ..Lock::new(line, if inner { 0.026 } else { 0.019 }) });
    }
}

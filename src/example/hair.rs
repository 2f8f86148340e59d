//! Hair: a cap over the scalp and tapered locks, each a closed solid that follows a line.

use super::Detail;
use super::hairstyles;
use super::mesh::{Look, Part, Ring, Skin, lerp, smoothstep, spline};
use super::params::{Bangs, CharacterParams, Hair, HairStyle};
use super::skeleton::Frame;
use super::swinging::{Hang, Strand};
use super::textures::LOCKS;
use crate::figure::HumanBone;
use crate::lot::Lot;
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// The skull under the hair, head space.
pub(super) const CENTRE: Vec3 = Vec3::new(0.0, 0.1198, -0.008);
const RADII: Vec3 = Vec3::new(0.079, 0.110, 0.0975);
/// Texture v where hair leaves the skull.
const V_FREE: f32 = 0.55;

/// The place over the skull at `azimuth` (0: front, positive: left) and `polar` (0: crown) degrees, `over` metres above.
pub(super) fn skull(azimuth: f32, polar: f32, over: f32) -> Vec3 {
    let (a, p) = (azimuth.to_radians(), polar.to_radians());
    CENTRE + (RADII + Vec3::splat(over)) * Vec3::new(p.sin() * a.sin(), p.cos(), p.sin() * a.cos())
}

/// A tapered strand.
pub(super) struct Lock {
    /// Places and texture v from root to tip.
    pub(super) line: Vec<[f32; 4]>,
    pub(super) half_width: f32,
    /// Thickness as a share of the width.
    pub(super) thick: f32,
    /// Width at the root as a share of the greatest.
    pub(super) root: f32,
    /// How late the lock tapers: 1 early, 4 late.
    pub(super) taper: f32,
    /// Points around.
    pub(super) around: usize,
    /// As what it swings, and from which knot on, if it does.
    pub(super) hangs: Option<(Strand, usize)>,
}

impl Lock {
    pub(super) fn new(line: Vec<[f32; 4]>, half_width: f32) -> Self {
        Self { line, half_width, thick: 0.34, root: 0.55, taper: 2.2, around: 8, hangs: None }
    }

    /// `lane`: which of the texture's locks it looks like.
    pub(super) fn build(&self, name: &str, lane: usize, detail: Detail) -> Part {
        let last = (self.line.len() - 1) as f32;
        let at = |t: f32| spline(&self.line, t.clamp(0.0, 1.0) * last);
        let length: f32 = (0..24).map(|i| place(at(i as f32 / 24.0)).distance(place(at((i + 1) as f32 / 24.0)))).sum();
        let rows = ((length / if length < 0.2 { 0.0115 } else { 0.0155 }) as usize).clamp(9, 26);
        let rows = if detail == Detail::Fine { rows } else { rows * 2 / 3 };
        let around = if detail == Detail::Fine { self.around } else { self.around.min(6) };
        let rings: Vec<Ring> = (0..=rows)
            .map(|i| {
                let t = i as f32 / rows as f32;
                let here = at(t);
                let along = (place(at(t + 0.02)) - place(at(t - 0.02))).normalize_or(Vec3::NEG_Y);
                let p = place(here);
                let out = Vec3::new(p.x, (p.y - CENTRE.y).max(0.0), p.z - CENTRE.z) / RADII;
                let out = (out - along * out.dot(along)).normalize_or(Vec3::Z);
                let side = along.cross(out);
                let full = lerp(self.root, 1.0, smoothstep(0.0, 0.35, t)) * (1.0 - t.powf(self.taper)).powf(0.85);
                let width = self.half_width * if i == rows { 0.0 } else { full.max(0.02) };
                let points = (0..around)
                    .map(|j| {
                        let angle = TAU * j as f32 / around as f32;
                        let depth = if angle.sin() > 0.0 { self.thick } else { self.thick * 0.45 };
                        p + side * width * angle.cos() + out * width * depth * angle.sin()
                    })
                    .collect();
                Ring { points, v: here[3] }
            })
            .collect();
        let across = |u: f32| (lane as f32 + lerp(0.03, 0.97, 0.5 - 0.5 * (TAU * u).cos())) / LOCKS as f32;
        let mut part = Part::loft(name, Look::Hair, &rings, 180.0);
        part.hang = self
            .hangs
            .map(|(strand, from)| Hang::Along(strand, self.line[from..].iter().map(|&knot| place(knot)).collect()));
        part.mapped(|_, uv| Vec2::new(across(uv.x), uv.y)).skinned(hair_skin)
    }
}

fn place(knot: [f32; 4]) -> Vec3 {
    Vec3::new(knot[0], knot[1], knot[2])
}

pub(super) fn knot(p: Vec3, v: f32) -> [f32; 4] {
    [p.x, p.y, p.z, v]
}

fn skull_v(polar: f32) -> f32 {
    V_FREE * polar / 100.0
}

/// Hair moves with the head; what hangs below the neck stays partly with the chest.
pub(super) fn hair_skin(p: Vec3) -> Skin {
    let down = smoothstep(0.02, -0.16, p.y);
    let behind = lerp(0.45, 0.85, smoothstep(0.02, -0.06, p.z));
    Skin::one(HumanBone::Head).towards(Skin::one(HumanBone::UpperChest), down * behind)
}

/// All of the hair in head space.
pub(super) fn parts(params: &CharacterParams, detail: Detail) -> Vec<Part> {
    let lot = &mut Lot::new(params.hair.seed);
    let mut locks: Vec<Lock> = Vec::new();
    bangs(params, lot, &mut locks);
    // However large the head, hair ends above the floor.
    let longest = 0.8 * Frame::new(&params.build).chin_y_m() / Frame::new(&params.build).head_scale();
    let length = params.hair.length.min(longest / 0.44);
    let hair = &Hair { length, ..params.hair.clone() };
    match params.hair.style {
        HairStyle::Long => {
            side_locks(hair, lot, 0.20 * length.min(1.3), &mut locks);
            back(lot, 0.40 * length, 0.030 * hair.flare, &mut locks);
        }
        HairStyle::Bob => {
            side_locks(hair, lot, 0.105, &mut locks);
            back(lot, 0.085 + 0.03 * length, -0.012, &mut locks);
        }
        HairStyle::Short => {
            side_locks(hair, lot, 0.045, &mut locks);
            back(lot, 0.035 + 0.02 * length, 0.016, &mut locks);
        }
        HairStyle::Ponytail => {
            side_locks(hair, lot, 0.12, &mut locks);
            let tie = skull(180.0, 52.0, 0.012);
            gathered(lot, tie, -180.0, 180.0, &mut locks);
            tail(lot, tie, Vec3::new(0.0, 0.03, -0.075), 0.40 * length, &mut locks);
        }
        HairStyle::Twintails => {
            side_locks(hair, lot, 0.11, &mut locks);
            for side in [1.0, -1.0] {
                let tie = skull(side * 112.0, 62.0, 0.012);
                gathered(lot, tie, side * 4.0, side * 180.0, &mut locks);
                tail(lot, tie, Vec3::new(side * 0.075, 0.015, -0.015), 0.44 * length, &mut locks);
            }
        }
        _ => return hairstyles::parts(hair, lot, locks, detail),
    }
    let mut parts = vec![cap()];
    parts.extend(locks.iter().enumerate().map(|(i, lock)| lock.build(&format!("lock {i}"), lot.below(LOCKS), detail)));
    parts
}

/// Hair-coloured scalp: a closed form that lies over the skull above the hairline and inside the head below it.
pub(super) fn cap() -> Part {
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
    Part::loft("hair cap", Look::Hair, &rings, 180.0)
        .mapped(|_, uv| Vec2::new((0.5 + 0.45 * (8.0 * PI * uv.x).sin()) / LOCKS as f32, uv.y))
        .skinned(hair_skin)
}

/// A line that leaves the crown, follows the skull to `polar` and hangs down from there.
pub(super) struct Fall {
    /// At the crown, where it leaves the skull, and how much the tip of what stays on the skull bends aside.
    pub(super) azimuths: [f32; 2],
    pub(super) bend: f32,
    pub(super) polar: f32,
    /// Height over the skull at crown, half-way and where it leaves.
    pub(super) over: [f32; 3],
    pub(super) hang: f32,
    /// How far the end swings outwards (or inwards), forwards, and sideways.
    pub(super) flare: f32,
    pub(super) sway: f32,
}

impl Fall {
    /// Pieces of the line that lie on the skull.
    const ON_SKULL: usize = 6;
    /// What hangs less than this stays as it is, head space.
    const SHORT: f32 = 0.07;

    /// A lock along the line; it swings if it hangs far enough.
    pub(super) fn lock(&self, half_width: f32) -> Lock {
        let hangs = (self.hang > Self::SHORT).then_some((Strand::Fall, Self::ON_SKULL));
        Lock { hangs, ..Lock::new(self.line(), half_width) }
    }

    fn line(&self) -> Vec<[f32; 4]> {
        const ON_SKULL: usize = Fall::ON_SKULL;
        let mut line: Vec<[f32; 4]> = (0..=ON_SKULL)
            .map(|i| {
                let t = i as f32 / ON_SKULL as f32;
                let polar = lerp(9.0, self.polar, t);
                let [root, middle, end] = self.over;
                let over = if t < 0.5 { lerp(root, middle, t * 2.0) } else { lerp(middle, end, t * 2.0 - 1.0) };
                let azimuth = lerp(self.azimuths[0], self.azimuths[1], t) + self.bend * t.powi(4);
                knot(skull(azimuth, polar, over), skull_v(polar))
            })
            .collect();
        if self.hang > 0.0 {
            let edge = place(line[ON_SKULL]);
            let out = Vec3::new(edge.x, 0.0, edge.z - CENTRE.z).normalize_or(Vec3::Z);
            let aside = Vec3::Y.cross(out);
            let v = line[ON_SKULL][3];
            let pieces = (self.hang / 0.06).ceil().clamp(2.0, 7.0) as usize;
            for i in 1..=pieces {
                let t = i as f32 / pieces as f32;
                let bulge = if self.flare < 0.0 { 0.012 * (PI * t.powf(0.8)).sin() } else { 0.0 };
                let swing = out * (self.flare * t * t + bulge) + aside * self.sway * (PI * 1.4 * t).sin() * t.sqrt();
                line.push(knot(edge - Vec3::Y * self.hang * t + swing, lerp(v, 1.0, t)));
            }
        }
        line
    }
}

fn bangs(params: &CharacterParams, lot: &mut Lot, locks: &mut Vec<Lock>) {
    // Per lock: azimuth where it ends, polar angle of its tip, half width, bend of the tip.
    let (ends, drift): (Vec<[f32; 4]>, fn(f32) -> f32) = match params.hair.bangs {
        Bangs::Full => (
            vec![
                [-66.0, 101.0, 0.021, 5.0],
                [-50.0, 93.0, 0.024, 6.0],
                [-32.0, 90.0, 0.026, 5.0],
                [-14.0, 88.0, 0.022, 8.0],
                [3.0, 97.0, 0.020, -5.0],
                [17.0, 87.0, 0.022, 5.0],
                [34.0, 90.0, 0.026, -6.0],
                [51.0, 93.0, 0.024, -6.0],
                [67.0, 101.0, 0.021, -5.0],
            ],
            |a| a * 0.75,
        ),
        Bangs::Swept => (
            vec![
                [-66.0, 101.0, 0.021, 4.0],
                [-54.0, 97.0, 0.023, -4.0],
                [-40.0, 94.0, 0.026, -6.0],
                [-24.0, 92.0, 0.027, -8.0],
                [-7.0, 89.0, 0.026, -9.0],
                [11.0, 85.0, 0.024, -9.0],
                [28.0, 83.0, 0.022, -6.0],
                [48.0, 91.0, 0.022, 4.0],
                [65.0, 101.0, 0.021, -4.0],
            ],
            |a| a * 0.5 + 26.0,
        ),
        Bangs::Parted => (
            vec![
                [-68.0, 103.0, 0.022, 4.0],
                [-56.0, 101.0, 0.024, -4.0],
                [-43.0, 96.0, 0.025, -6.0],
                [-28.0, 84.0, 0.022, -9.0],
                [4.0, 93.0, 0.010, 8.0],
                [28.0, 84.0, 0.022, 9.0],
                [43.0, 96.0, 0.025, 6.0],
                [56.0, 101.0, 0.024, 4.0],
                [68.0, 103.0, 0.022, -4.0],
            ],
            |a| a * 0.3,
        ),
        Bangs::Blunt => (
            [-66.0, -49.0, -33.0, -17.0, 0.0, 17.0, 33.0, 49.0, 66.0].map(|a: f32| [a, 89.0, 0.027, 0.0]).into(),
            |a| a * 0.9,
        ),
        Bangs::OverLeft => (hairstyles::over_eye(1.0), |a| a * 0.5 - 24.0),
        Bangs::OverRight => (hairstyles::over_eye(-1.0), |a| a * 0.5 + 24.0),
        Bangs::Back => (Vec::new(), |a| a),
    };
    let blunt = params.hair.bangs == Bangs::Blunt;
    for [azimuth, polar, half_width, bend] in ends {
        let fall = Fall {
            azimuths: [drift(azimuth), azimuth + lot.between(-1.5, 1.5)],
            bend,
            polar: polar + lot.between(-1.0, 1.0),
            over: [0.006, 0.026, 0.0135],
            hang: 0.0,
            flare: 0.0,
            sway: 0.0,
        };
        let taper = if blunt { 9.0 } else { 2.7 };
        locks.push(Lock { thick: 0.28, taper, ..fall.lock(half_width) });
        // A thinner one beneath and beside it.
        let aside = lot.between(6.0, 10.0) * if lot.share() < 0.5 { 1.0 } else { -1.0 };
        let under = Fall {
            azimuths: [drift(azimuth), azimuth + aside],
            polar: polar - lot.between(0.0, 5.0),
            over: [0.004, 0.019, 0.0095],
            ..fall
        };
        locks.push(Lock { thick: 0.26, taper: 2.4, around: 6, ..under.lock(half_width * 0.7) });
    }
    if params.hair.bangs == Bangs::Back {
        hairstyles::combed_back(lot, locks);
    }
    if params.hair.ahoge == 0.0 {
        return;
    }
    // One that will not lie down.
    let root = skull(-24.0, 10.0, 0.016);
    let stray = [
        (Vec3::new(0.0, -0.010, 0.0), 0.14),
        (Vec3::new(0.004, 0.016, 0.010), 0.18),
        (Vec3::new(0.016, 0.030, 0.030), 0.22),
        (Vec3::new(0.034, 0.026, 0.048), 0.25),
        (Vec3::new(0.044, 0.012, 0.056), 0.28),
    ];
    let line = stray.iter().map(|&(p, v)| knot(root + p * params.hair.ahoge, v)).collect();
    let half_width = 0.0065 * params.hair.ahoge.sqrt();
    locks.push(Lock { thick: 0.5, root: 0.7, taper: 1.8, around: 6, ..Lock::new(line, half_width) });
}

/// The locks before the ears that frame the face.
pub(super) fn side_locks(hair: &Hair, lot: &mut Lot, hang: f32, locks: &mut Vec<Lock>) {
    for side in [1.0, -1.0] {
        for (azimuth, share, half_width, over) in [
            (74.0, 1.0, 0.0200, 0.0145),
            (86.0, 0.84, 0.0220, 0.0165),
            (66.0, 0.58, 0.0115, 0.0125),
            (95.0, 0.7, 0.0210, 0.0135),
        ] {
            let azimuth = side * (azimuth + lot.between(-2.0, 2.0));
            let fall = Fall {
                azimuths: [azimuth * 0.8, azimuth],
                bend: 0.0,
                polar: 97.0,
                over: [0.004, 0.024, over],
                hang: hang * share * lot.between(0.94, 1.06) * (1.0 + 0.7 * side * hair.lopsided),
                flare: -0.014,
                sway: side * lot.between(-0.010, -0.002),
            };
            locks.push(Lock { taper: 2.6, ..fall.lock(half_width) });
        }
    }
}

/// What falls from the crown over the back of the head, in three layers from the inside out.
pub(super) fn back(lot: &mut Lot, hang: f32, flare: f32, locks: &mut Vec<Lock>) {
    for (count, half_width, over, share, spread, around) in
        [(8, 0.038, 0.005, 1.0, 84.0, 6), (9, 0.031, 0.013, 0.95, 82.0, 8), (9, 0.026, 0.020, 0.84, 78.0, 8)]
    {
        for i in 0..count {
            let t = i as f32 / (count - 1) as f32 * 2.0 - 1.0;
            let fall = Fall {
                azimuths: [180.0 + t * spread * 0.8, 180.0 + t * spread + lot.between(-2.5, 2.5)],
                bend: 0.0,
                polar: 100.0,
                over: [0.004, over + 0.008, over],
                hang: hang * share * (1.0 - 0.16 * t * t) * lot.between(0.86, 1.04),
                flare: flare * lot.between(0.6, 1.5),
                sway: hang * lot.between(-0.05, 0.05),
            };
            let half_width = half_width * lot.between(0.90, 1.10);
            locks.push(Lock { thick: 0.26, taper: 3.0, around, ..fall.lock(half_width) });
        }
    }
}

/// Locks from the hairline between two azimuths, over the skull, to a knot.
pub(super) fn gathered(lot: &mut Lot, tie: Vec3, from: f32, to: f32, locks: &mut Vec<Lock>) {
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
pub(super) fn tail(lot: &mut Lot, tie: Vec3, out: Vec3, length: f32, locks: &mut Vec<Lock>) {
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
        let hangs = Some((Strand::Tail, 0));
        let half_width = if inner { 0.026 } else { 0.019 };
        locks.push(Lock { thick: 0.45, root: 0.5, taper: 2.6, hangs, ..Lock::new(line, half_width) });
    }
}

//! Hairstyles beyond falling and tied hair: braids, knots, drills, crests, curls.

use super::Detail;
use super::hair::{CENTRE, Fall, Lock, back, cap, gathered, hair_skin, knot, side_locks, skull, tail};
use super::mesh::{Look, Oval, Part, Ring, lerp, ring, smoothstep};
use super::params::{Hair, HairStyle};
use super::swinging::{Hang, Strand};
use super::textures::LOCKS;
use crate::lot::Lot;
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// Bangs that cover the eye on `side` (1: left): per lock azimuth, polar angle of the tip, half width, bend.
pub(super) fn over_eye(side: f32) -> Vec<[f32; 4]> {
    [
        [-66.0, 101.0, 0.021, 4.0],
        [-50.0, 93.0, 0.022, 5.0],
        [-32.0, 86.0, 0.022, 8.0],
        [-14.0, 84.0, 0.023, 9.0],
        [6.0, 96.0, 0.024, 6.0],
        [18.0, 108.0, 0.026, 2.0],
        [31.0, 116.0, 0.027, -2.0],
        [44.0, 112.0, 0.026, -4.0],
        [60.0, 106.0, 0.022, -4.0],
    ]
    .map(|[azimuth, polar, half, bend]| [side * azimuth, polar, half, side * bend])
    .into()
}

/// From the hairline over the crown to behind it.
pub(super) fn combed_back(lot: &mut Lot, locks: &mut Vec<Lock>) {
    for i in 0..11 {
        let azimuth = lerp(-68.0, 68.0, i as f32 / 10.0) + lot.between(-2.0, 2.0);
        let start = lerp(54.0, 66.0, (azimuth / 68.0).abs());
        let line = (0..=7)
            .map(|k| {
                let t = k as f32 / 7.0;
                let over = 0.004 + 0.016 * (PI * t).sin();
                let p = if t < 0.5 {
                    skull(azimuth, lerp(start, 14.0, t * 2.0), over)
                } else {
                    skull(180.0 - azimuth, lerp(14.0, 62.0, t * 2.0 - 1.0), over)
                };
                knot(p, lerp(0.10, 0.6, t))
            })
            .collect();
        locks.push(Lock { thick: 0.26, root: 0.75, taper: 3.5, ..Lock::new(line, 0.021) });
    }
}

/// The styles of this file, with the bangs already in `locks`.
pub(super) fn parts(hair: &Hair, lot: &mut Lot, mut locks: Vec<Lock>, detail: Detail) -> Vec<Part> {
    let length = hair.length;
    let mut solid: Vec<Part> = Vec::new();
    let mut shaved = false;
    match hair.style {
        HairStyle::SideTail => {
            let side = if hair.lopsided < 0.0 { -1.0 } else { 1.0 };
            side_locks(hair, lot, 0.11, &mut locks);
            let tie = skull(side * 108.0, 66.0, 0.012);
            gathered(lot, tie, -180.0, 180.0, &mut locks);
            tail(lot, tie, Vec3::new(side * 0.078, 0.012, -0.010), 0.42 * length, &mut locks);
        }
        HairStyle::LowTails => {
            side_locks(hair, lot, 0.12, &mut locks);
            for side in [1.0, -1.0] {
                let tie = skull(side * 142.0, 108.0, 0.010);
                gathered(lot, tie, side * 6.0, side * 180.0, &mut locks);
                tail(lot, tie, Vec3::new(side * 0.040, -0.022, 0.034), 0.34 * length, &mut locks);
            }
        }
        HairStyle::Braids => {
            side_locks(hair, lot, 0.08, &mut locks);
            for side in [1.0, -1.0] {
                let tie = skull(side * 136.0, 106.0, 0.008);
                gathered(lot, tie, side * 6.0, side * 180.0, &mut locks);
                let forward = Vec3::new(side * 0.075, -0.10, 0.10);
                solid.push(braid(
                    &[tie, tie + forward, tie + forward * Vec3::new(0.9, 1.0, 1.1) - Vec3::Y * 0.36 * length],
                    0.026,
                ));
            }
        }
        HairStyle::Braid => {
            side_locks(hair, lot, 0.10, &mut locks);
            let tie = skull(180.0, 108.0, 0.010);
            gathered(lot, tie, -180.0, 180.0, &mut locks);
            let down = Vec3::new(0.0, -0.46 * length, -0.02);
            solid.push(braid(&[tie, tie + Vec3::new(0.0, -0.06, -0.045), tie + down], 0.036));
        }
        HairStyle::Buns | HairStyle::Bun => {
            side_locks(hair, lot, 0.10 * length, &mut locks);
            let size = 0.038 + 0.020 * length.min(1.5);
            let ties: &[(f32, f32)] =
                if hair.style == HairStyle::Bun { &[(180.0, 34.0)] } else { &[(82.0, 40.0), (-82.0, 40.0)] };
            for &(azimuth, polar) in ties {
                let tie = skull(azimuth, polar, 0.010);
                let spread =
                    if azimuth == 180.0 { [-180.0, 180.0] } else { [azimuth.signum() * 4.0, azimuth.signum() * 180.0] };
                gathered(lot, tie, spread[0], spread[1], &mut locks);
                solid.push(bun(skull(azimuth, polar, 0.012 + size * 0.7), size));
            }
        }
        HairStyle::Drills => {
            side_locks(hair, lot, 0.06, &mut locks);
            back(lot, 0.10, 0.0, &mut locks);
            for side in [1.0, -1.0] {
                for (azimuth, polar, size) in [(96.0, 88.0, 1.0), (138.0, 92.0, 0.85)] {
                    let top = skull(side * azimuth, polar, 0.016);
                    let long = 0.30 * length * size * (1.0 + 0.5 * side * hair.lopsided);
                    solid.push(drill(top, side, long, 0.042 * size));
                }
            }
        }
        HairStyle::Hime => {
            for side in [1.0, -1.0] {
                for azimuth in [66.0, 78.0, 90.0] {
                    let fall = Fall {
                        azimuths: [side * azimuth * 0.85, side * azimuth],
                        bend: 0.0,
                        polar: 97.0,
                        over: [0.004, 0.024, 0.016],
                        hang: 0.085 * (1.0 + 0.5 * side * hair.lopsided),
                        flare: -0.004,
                        sway: 0.0,
                    };
                    locks.push(Lock { taper: 11.0, root: 0.8, ..fall.lock(0.019) });
                }
            }
            back(lot, 0.46 * length, 0.008, &mut locks);
        }
        HairStyle::Afro => {
            locks.clear();
            solid.push(afro(0.05 + 0.035 * length));
        }
        HairStyle::Mohawk => {
            locks.clear();
            shaved = true;
            for i in 0..15 {
                let t = i as f32 / 14.0;
                let polar = lerp(-58.0, 105.0, t);
                let (azimuth, polar) = if polar < 0.0 { (0.0, -polar) } else { (180.0, polar) };
                let root = skull(azimuth, polar, -0.004);
                let out = (root - CENTRE).normalize();
                let high = (0.06 + 0.10 * length) * (0.55 + 0.45 * (PI * (0.1 + 0.8 * t)).sin());
                let line = (0..=4)
                    .map(|k| {
                        let s = k as f32 / 4.0;
                        knot(root + out * high * s - Vec3::Z * 0.05 * s * s + Vec3::X * lot.between(-0.004, 0.004), s)
                    })
                    .collect();
                locks.push(Lock { thick: 0.9, root: 0.9, taper: 2.0, ..Lock::new(line, 0.020) });
            }
        }
        HairStyle::Spiky => {
            side_locks(hair, lot, 0.04, &mut locks);
            for (polar, count) in [(8.0, 3), (34.0, 8), (62.0, 10), (88.0, 9), (112.0, 7)] {
                for i in 0..count {
                    let azimuth = 360.0 * (i as f32 + lot.between(-0.2, 0.2)) / count as f32;
                    let front = if azimuth > 180.0 { 360.0 - azimuth } else { azimuth };
                    if front < lerp(0.0, 100.0, smoothstep(30.0, 80.0, polar)) {
                        continue;
                    }
                    let root = skull(azimuth, polar, -0.002);
                    let out = (root - CENTRE).normalize();
                    let point = (out + Vec3::Y * 0.35 - Vec3::Z * 0.2).normalize();
                    let long = (0.055 + 0.060 * length) * lot.between(0.75, 1.2);
                    let line = (0..=4)
                        .map(|k| {
                            let s = k as f32 / 4.0;
                            knot(root + out.lerp(point, s) * long * s, 0.1 + 0.9 * s)
                        })
                        .collect();
                    locks.push(Lock { thick: 0.55, root: 1.0, taper: 1.25, around: 6, ..Lock::new(line, 0.031) });
                }
            }
        }
        _ => {
            locks.clear();
            shaved = true;
        }
    }
    let mut parts: Vec<Part> = if shaved { Vec::new() } else { vec![cap()] };
    parts.extend(locks.iter().enumerate().map(|(i, lock)| lock.build(&format!("lock {i}"), lot.below(LOCKS), detail)));
    parts.extend(solid);
    parts
}

/// Hair as one solid over rings; u across one lock of the texture.
fn solid(name: &str, rings: &[Ring], lane: usize) -> Part {
    let across = move |u: f32| (lane as f32 + lerp(0.05, 0.95, 0.5 - 0.5 * (TAU * u).cos())) / LOCKS as f32;
    Part::loft(name, Look::Hair, rings, 70.0).mapped(move |_, uv| Vec2::new(across(uv.x), uv.y)).skinned(hair_skin)
}

/// Along a line: swells and thins from strand to strand.
fn braid(points: &[Vec3], radius: f32) -> Part {
    let knots: Vec<[f32; 3]> = points.iter().map(|p| p.to_array()).collect();
    let at = |t: f32| Vec3::from(super::mesh::spline(&knots, t * (knots.len() - 1) as f32));
    let length: f32 = (0..16).map(|i| at(i as f32 / 16.0).distance(at((i + 1) as f32 / 16.0))).sum();
    let strands = (length / (radius * 1.7)).max(3.0).round();
    let rows = (strands * 5.0) as usize;
    let rings: Vec<Ring> = (0..=rows)
        .map(|i| {
            let t = i as f32 / rows as f32;
            let along = (at((t + 0.02).min(1.0)) - at((t - 0.02).max(0.0))).normalize_or(Vec3::NEG_Y);
            let (side, out) = frame(along);
            let tip = smoothstep(1.0, 0.96, t);
            let swell = 0.62 + 0.42 * (PI * strands * t).sin().abs().powf(0.6);
            let r = radius * swell * lerp(1.0, 0.62, t) * tip.max(0.02);
            let sway = side * 0.18 * radius * (PI * strands * t).cos();
            ring(at(t) + sway, side, out, Oval::new(r, r * 0.8, r * 0.8, 2.2), 10, lerp(0.3, 1.0, t))
        })
        .collect();
    solid("braid", &rings, 1).hung(Hang::Along(Strand::Tail, (0..=8).map(|i| at(i as f32 / 8.0)).collect()))
}

fn frame(along: Vec3) -> (Vec3, Vec3) {
    let out = (Vec3::Z - along * along.z).try_normalize().unwrap_or(Vec3::X);
    (along.cross(out), out)
}

fn bun(centre: Vec3, size: f32) -> Part {
    let rings: Vec<Ring> = (0..=10)
        .map(|i| {
            let polar = PI * i as f32 / 10.0;
            let points = (0..16).map(|j| {
                let angle = TAU * j as f32 / 16.0;
                let wide = if i == 0 || i == 10 { 0.0 } else { polar.sin() };
                let groove = 1.0 + 0.05 * wide * (3.0 * angle + 5.0 * polar).sin();
                centre + Vec3::new(wide * angle.sin(), polar.cos(), wide * angle.cos()) * size * groove
            });
            Ring { points: points.collect(), v: 0.2 + 0.4 * i as f32 / 10.0 }
        })
        .collect();
    solid("bun", &rings, 2)
}

/// A curl: a thick strand wound around an axis, narrower below.
fn drill(top: Vec3, side: f32, length: f32, radius: f32) -> Part {
    let turns = (length / (radius * 1.25)).max(2.0);
    let rows = (turns * 9.0) as usize;
    let at = |t: f32| {
        let wide = radius * (0.45 * smoothstep(0.0, 0.12, t)) * lerp(1.0, 0.35, t * t);
        let (s, c) = (side * TAU * turns * t).sin_cos();
        top + Vec3::new(side * 0.022 * smoothstep(0.0, 0.2, t) + wide * s, -length * t, wide * c)
    };
    let rings: Vec<Ring> = (0..=rows)
        .map(|i| {
            let t = i as f32 / rows as f32;
            let along = (at((t + 0.004).min(1.0)) - at((t - 0.004).max(0.0))).normalize_or(Vec3::NEG_Y);
            let (side, out) = frame(along);
            let r = radius * 0.66 * lerp(0.85, 0.42, t) * smoothstep(1.0, 0.95, t).max(0.02);
            ring(at(t), side, out, Oval::round(r), 8, lerp(0.25, 1.0, t))
        })
        .collect();
    let axis = (0..=4).map(|i| top + Vec3::new(side * 0.022, -length * i as f32 / 4.0, 0.0)).collect();
    solid("drill", &rings, 3).hung(Hang::Along(Strand::Tail, axis))
}

/// A ball of curls around the skull that leaves the face free.
fn afro(over: f32) -> Part {
    const AROUND: usize = 30;
    let rings: Vec<Ring> = (0..=18)
        .map(|i| {
            let polar = 180.0 * i as f32 / 18.0;
            let points = (0..AROUND).map(|j| {
                let azimuth = 360.0 * j as f32 / AROUND as f32;
                let a = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
                let line = lerp(58.0, 128.0, smoothstep(35.0, 95.0, a.abs()));
                let outside = smoothstep(line + 8.0, line - 10.0, polar);
                let a = if i == 0 || i == 18 { 0.0 } else { a };
                let curl = 0.006 * ((0.35 * polar).sin() * (7.0 * a.to_radians()).cos());
                skull(a, polar, lerp(-0.020, over + curl, outside))
            });
            Ring { points: points.collect(), v: 0.15 + 0.6 * i as f32 / 18.0 }
        })
        .collect();
    solid("afro", &rings, 4)
}

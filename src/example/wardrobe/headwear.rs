//! Things on the head, in head space (origin under the chin, the crown at 0.23 m).

use super::shapes::{Panel, blob, cloth, revolve, tapered, through, tube};
use super::{Fitting, hand, sides};
use crate::example::Detail;
use crate::example::hair::skull;
use crate::example::head::HeadShape;
use crate::example::mesh::{Look, Part, Skin, lerp, smoothstep};
use crate::example::wear::{Extra, Thing};
use crate::figure::HumanBone::Head;
use glam::Vec3;
use std::f32::consts::{PI, TAU};

/// Middle of the skull.
const SKULL: Vec3 = Vec3::new(0.0, 0.120, -0.008);

impl Fitting<'_> {
    /// Puts a thing on the head or the body.
    pub(super) fn add(&mut self, extra: &Extra) {
        let look = self.look;
        let size = extra.size;
        let parts: Vec<Part> = match extra.thing {
            Thing::Bow => {
                let (azimuth, polar) = match extra.side {
                    crate::example::wear::Side::Both => (180.0, 45.0),
                    side => (hand(side) * 68.0, 48.0),
                };
                let centre = skull(azimuth, polar, 0.030);
                super::bow(look, centre, centre - skull(azimuth, polar, 0.0), 0.062 * size, 0.07 * size, Head)
            }
            Thing::HairBand => vec![band(look, 0.034, 0.009 * size, -10.0)],
            Thing::Headdress => headdress(look, size),
            Thing::Clip => sides(extra.side).flat_map(|left| clip(look, left, size)).collect(),
            Thing::Flower => flower(look, skull(hand(extra.side) * 66.0, 60.0, 0.032), size),
            Thing::CatEars => ears(look, extra, 0.085, 0.040, 36.0, 0.0),
            Thing::FoxEars => ears(look, extra, 0.125, 0.046, 32.0, 0.0),
            Thing::RabbitEars => ears(look, extra, 0.235, 0.036, 20.0, 0.055),
            Thing::RoundEars => sides(extra.side).flat_map(|left| round_ear(look, left, size)).collect(),
            Thing::Horns => sides(extra.side).map(|left| horn(look, left, size, false)).collect(),
            Thing::CurledHorns => sides(extra.side).map(|left| horn(look, left, size, true)).collect(),
            Thing::Antenna => sides(extra.side).flat_map(|left| antenna(look, left, size)).collect(),
            Thing::Halo => vec![halo(look, size)],
            Thing::Beret => beret(look, extra),
            Thing::Cap => cap(look, size),
            Thing::WitchHat => hat(
                look,
                &[[0.0, 0.112], [0.02, 0.110], [0.10, 0.070], [0.20, 0.034], [0.30, 0.010], [0.33, 0.001]],
                0.235 * size,
                0.10,
            ),
            Thing::TopHat => hat(
                look,
                &[[0.0, 0.100], [0.02, 0.098], [0.14, 0.106], [0.145, 0.100], [0.15, 0.001]],
                0.150 * size,
                0.0,
            ),
            Thing::StrawHat => hat(
                look,
                &[[0.0, 0.112], [0.02, 0.110], [0.06, 0.102], [0.085, 0.080], [0.09, 0.001]],
                0.235 * size,
                0.0,
            ),
            Thing::Beanie => beanie(look, size),
            Thing::Helmet => helmet(look),
            Thing::Crown => vec![crown(look, size)],
            Thing::Headphones => headphones(look),
            Thing::Glasses => self.glasses(look, size, 0.0),
            Thing::Goggles => self.glasses(look, 1.35 * size, 0.062),
            Thing::Mask => {
                vec![self.on_face(look, "mask", &|u, v| (0.062 * (2.0 * u - 1.0), lerp(0.066, 0.006, v)), 0.006)]
            }
            Thing::EyePatch => self.eye_patch(look, hand(extra.side)),
            Thing::Veil => vec![veil(look, size)],
            Thing::PointedEars => sides(extra.side).map(|left| pointed_ear(left, size)).collect(),
            _ => return self.carry(extra),
        };
        self.dressed.head.extend(parts.into_iter().map(|part| match extra.thing {
            Thing::Bow => part,
            _ => part.skinned(|_| Skin::one(Head)),
        }));
    }

    /// A sheet on the front of the head: (x, y) by u and v.
    fn on_face(&self, look: Look, name: &str, at: &dyn Fn(f32, f32) -> (f32, f32), over: f32) -> Part {
        let shape = HeadShape::new(self.params.build.face, Detail::Quick);
        cloth(name, look, [14, 8], 0.003, |u, v| {
            let (x, y) = at(u, v);
            shape.front(x, y, over)
        })
        .on(Panel::Limb)
    }

    /// Rims before the eyes, `up` metres higher, and bows to the ears.
    fn glasses(&self, look: Look, size: f32, up: f32) -> Vec<Part> {
        let eyes = &self.params.eyes;
        let (x, y) = (0.0378 * eyes.apart, 0.0905 + eyes.higher_m + up);
        let half = [0.030 * size.min(1.1), 0.026 * size];
        let z = 0.103 - 0.25 * up;
        let ring = |side: f32| {
            let line: Vec<(Vec3, f32)> = (0..=24)
                .map(|i| {
                    let (s, c) = (TAU * i as f32 / 24.0).sin_cos();
                    let square = 1.0 / (s.abs().powi(4) + c.abs().powi(4)).powf(0.25);
                    let round = if size > 1.0 { 1.0 } else { square };
                    let p = Vec3::new(side * x + half[0] * c * round, y + half[1] * s * round, 0.0);
                    (p + Vec3::Z * (z - 3.0 * p.x * p.x), 0.0026 * size)
                })
                .collect();
            tube("rim", look, &line, 1.0, Vec3::Z, 6).on(Panel::Plain)
        };
        let bow = |side: f32| {
            let line = through(
                &[
                    Vec3::new(side * (x + half[0]), y, z - 0.014),
                    Vec3::new(side * 0.083, y, 0.04),
                    Vec3::new(side * 0.082, y - 0.004, -0.02),
                ],
                6,
            );
            tube("temple", look, &tapered(line, &[0.0022, 0.0022]), 1.0, Vec3::Y, 6).on(Panel::Plain)
        };
        let bridge =
            [Vec3::new(-(x - half[0]), y, z), Vec3::new(0.0, y + 0.004, z + 0.002), Vec3::new(x - half[0], y, z)];
        let bridge =
            tube("bridge", look, &tapered(through(&bridge, 4), &[0.0022, 0.0022]), 1.0, Vec3::Z, 6).on(Panel::Plain);
        let mut parts = vec![ring(1.0), ring(-1.0), bow(1.0), bow(-1.0), bridge];
        if up > 0.0 {
            for side in [1.0, -1.0] {
                let lens = revolve(
                    "lens",
                    look,
                    Vec3::new(side * x, y, z - 0.008),
                    Vec3::new(side * 0.25, 0.1, 1.0),
                    &[[0.0, half[0]], [0.006, half[0] * 0.95], [0.012, 0.001]],
                    18,
                );
                parts.push(lens.on(Panel::Edge));
            }
        }
        parts
    }

    fn eye_patch(&self, look: Look, side: f32) -> Vec<Part> {
        let eyes = &self.params.eyes;
        let (x, y) = (side * 0.0378 * eyes.apart, 0.0925 + eyes.higher_m);
        let patch = self.on_face(
            look,
            "eye patch",
            &|u, v| {
                let half = 0.030 * (1.0 - (2.0 * v - 1.0).abs().powi(4)).max(0.05).sqrt();
                (x + half * (2.0 * u - 1.0), y + lerp(0.026, -0.026, v))
            },
            0.006,
        );
        let cord: Vec<(Vec3, f32)> = (0..=32)
            .map(|i| {
                let a = 360.0 * i as f32 / 32.0;
                (skull(a, 78.0 - side * 16.0 * a.to_radians().sin(), 0.014), 0.0035)
            })
            .collect();
        vec![patch, tube("cord", look, &cord, 0.5, Vec3::Y, 6).on(Panel::Plain)]
    }
}

/// A band over the crown from ear to ear, `over` the skull, `tilt` degrees before the top.
fn band(look: Look, over: f32, half: f32, tilt: f32) -> Part {
    let line: Vec<(Vec3, f32)> = (0..=26)
        .map(|i| {
            let polar = lerp(-96.0, 96.0, i as f32 / 26.0);
            let p = skull(90.0, polar, over) - SKULL;
            let (s, c) = f32::to_radians(-tilt).sin_cos();
            (SKULL + Vec3::new(p.x, p.y * c - p.z * s, p.y * s + p.z * c), half)
        })
        .collect();
    tube("hair band", look, &line, 0.45, Vec3::X, 8).on(Panel::Plain)
}

/// A maid's: a band with a frill.
fn headdress(look: Look, size: f32) -> Vec<Part> {
    let frill = cloth("frill", look, [48, 3], 0.003, |u, v| {
        let polar = lerp(-66.0, 66.0, u);
        let wave = 0.006 * (40.0 * PI * u).cos() * v;
        let p = skull(90.0, polar, 0.036 + 0.040 * size * v * (PI * u).sin().max(0.0).sqrt());
        p + Vec3::Z * (0.022 + 0.010 * v + wave)
    });
    vec![band(look, 0.034, 0.008, -12.0).on(Panel::Edge), frill.on(Panel::Plain)]
}

fn clip(look: Look, left: bool, size: f32) -> Vec<Part> {
    let side = if left { 1.0 } else { -1.0 };
    [0.0, 13.0]
        .into_iter()
        .map(|turn| {
            let line = (0..=6)
                .map(|i| {
                    let t = i as f32 / 6.0;
                    (skull(side * lerp(38.0, 60.0, t), 70.0 + turn * (0.5 - t) * 2.0, 0.030), 0.0065 * size)
                })
                .collect::<Vec<_>>();
            tube("clip", look, &line, 0.6, Vec3::Y, 8).on(if turn > 0.0 { Panel::Edge } else { Panel::Plain })
        })
        .collect()
}

fn flower(look: Look, centre: Vec3, size: f32) -> Vec<Part> {
    let out = (centre - SKULL).normalize();
    let (side, up) = crate::example::garments::Bow::facing(out);
    let petals = (0..5).map(|i| {
        let (s, c) = (TAU * i as f32 / 5.0).sin_cos();
        let line = [0.006, 0.018, 0.032, 0.042].map(|d| centre + (side * s + up * c) * d * size + out * 0.3 * d * size);
        tube("petal", look, &tapered(line.to_vec(), &[0.004, 0.014, 0.015, 0.002].map(|r| r * size)), 0.3, out, 8)
            .on(Panel::Plain)
    });
    let heart = blob("heart", look, centre + out * 0.006, Vec3::splat(0.009 * size), 10).on(Panel::Edge);
    petals.chain([heart]).collect()
}

/// Pointed animal ears: height, half width, place from the crown, bend at half height.
fn ears(look: Look, extra: &Extra, height: f32, half: f32, polar: f32, bend: f32) -> Vec<Part> {
    sides(extra.side)
        .flat_map(|left| {
            let side = if left { 1.0 } else { -1.0 };
            let root = skull(side * 78.0, polar, 0.004);
            let out = (root - SKULL).normalize();
            let up = (out + Vec3::Y * 0.9).normalize();
            let height = height * extra.size;
            let shell = |depth: f32, share: f32, name: &str, panel| {
                let line: Vec<Vec3> = (0..=8)
                    .map(|i| {
                        let t = i as f32 / 8.0;
                        let sag = Vec3::new(side * bend * t * t, -0.4 * bend * t * t, 0.2 * bend * t);
                        root + up * height * t * lerp(1.0, share, 0.3) + sag + Vec3::Z * depth
                    })
                    .collect();
                let long = height > 0.2;
                let widths: &[f32] = if long { &[0.55, 0.95, 1.0, 0.85, 0.02] } else { &[1.0, 0.90, 0.68, 0.38, 0.02] };
                let radii: Vec<f32> = widths.iter().map(|w| w * half * share * extra.size.sqrt()).collect();
                tube(name, look, &tapered(line, &radii), 0.34, Vec3::Z, 10).on(panel)
            };
            [shell(0.0, 1.0, "ear", Panel::Plain), shell(0.009 * extra.size, 0.62, "inner ear", Panel::Edge)]
        })
        .collect()
}

fn round_ear(look: Look, left: bool, size: f32) -> Vec<Part> {
    let side = if left { 1.0 } else { -1.0 };
    let centre = skull(side * 84.0, 40.0, 0.030 * size);
    let radii = Vec3::new(0.042, 0.042, 0.018) * size;
    vec![
        blob("ear", look, centre, radii, 16).on(Panel::Plain),
        blob("inner ear", look, centre + Vec3::Z * 0.010 * size, radii * 0.62, 14).on(Panel::Edge),
    ]
}

fn horn(look: Look, left: bool, size: f32, curled: bool) -> Part {
    let side = if left { 1.0 } else { -1.0 };
    let line: Vec<Vec3> = (0..=18)
        .map(|i| {
            let t = i as f32 / 18.0;
            if curled {
                let angle = lerp(-0.5, 4.6, t);
                let r = lerp(0.058, 0.026, t) * size;
                skull(side * 82.0, 52.0, 0.0)
                    + Vec3::new(side * (0.012 + 0.055 * t) * size, r * angle.cos() - 0.02, -r * angle.sin() - 0.02)
            } else {
                skull(side * 42.0, 38.0, 0.0)
                    + Vec3::new(side * (0.030 * t + 0.012 * (PI * t).sin()), 0.105 * t, 0.035 * (PI * t).sin()) * size
            }
        })
        .collect();
    tube("horn", look, &tapered(line, &[0.017, 0.015, 0.011, 0.006, 0.0005].map(|r| r * size)), 1.0, Vec3::Z, 10)
        .on(Panel::Limb)
}

fn antenna(look: Look, left: bool, size: f32) -> Vec<Part> {
    let side = if left { 1.0 } else { -1.0 };
    let root = skull(side * 30.0, 22.0, 0.0);
    let tip = root + Vec3::new(side * 0.05, 0.12, 0.05) * size;
    let line = through(&[root, root.lerp(tip, 0.5) - Vec3::Z * 0.02, tip], 8);
    vec![
        tube("antenna", look, &tapered(line, &[0.004, 0.003]), 1.0, Vec3::Z, 6).on(Panel::Plain),
        blob("tip", look, tip, Vec3::splat(0.012 * size), 10).on(Panel::Edge),
    ]
}

fn halo(look: Look, size: f32) -> Part {
    let line: Vec<(Vec3, f32)> = (0..=28)
        .map(|i| {
            let (s, c) = (TAU * i as f32 / 28.0).sin_cos();
            (Vec3::new(0.085 * size * s, 0.295 - 0.02 * c, -0.03 + 0.085 * size * c), 0.007)
        })
        .collect();
    tube("halo", look, &line, 0.6, Vec3::Y, 8).on(Panel::Plain)
}

fn beret(look: Look, extra: &Extra) -> Vec<Part> {
    let side = hand(extra.side);
    let axis = Vec3::new(side * 0.28, 1.0, -0.22);
    let base = Vec3::new(side * 0.012, 0.192, -0.022);
    let s = extra.size;
    let profile = [
        [-0.010, 0.088],
        [0.004, 0.112 * s],
        [0.020, 0.124 * s],
        [0.040, 0.110 * s],
        [0.054, 0.070 * s],
        [0.058, 0.001],
    ];
    vec![
        revolve("beret", look, base, axis, &profile, 26).on(Panel::Plain),
        revolve(
            "beret band",
            look,
            base - axis.normalize() * 0.016,
            axis,
            &[[0.0, 0.094], [0.001, 0.100], [0.014, 0.101], [0.015, 0.094]],
            26,
        )
        .on(Panel::Edge),
        blob("stem", look, base + axis.normalize() * 0.060, Vec3::new(0.005, 0.010, 0.005), 8).on(Panel::Edge),
    ]
}

fn cap(look: Look, size: f32) -> Vec<Part> {
    let dome = cloth("cap", look, [30, 9], 0.005, |u, v| {
        let azimuth = 360.0 * u - 180.0;
        let low = 66.0 + 12.0 * (azimuth.to_radians() / 2.0).sin().powi(2);
        skull(azimuth, lerp(2.0, low, v), 0.028 * size.sqrt())
    });
    let peak = cloth("peak", look, [14, 4], 0.005, |u, v| {
        let azimuth = lerp(-62.0, 62.0, u);
        let edge = skull(azimuth, 67.0, 0.024);
        edge + Vec3::new(0.0, -0.014 * v, 0.075 * size * v * (PI * u).sin().max(0.05).sqrt())
    });
    vec![dome.on(Panel::Plain), peak.on(Panel::Edge)]
}

/// A crown by its profile and a brim; `bend`: how far its tip hangs back.
fn hat(look: Look, profile: &[[f32; 2]], brim: f32, bend: f32) -> Vec<Part> {
    let (base, axis) = (Vec3::new(0.0, 0.176, -0.016), Vec3::new(0.0, 1.0, -0.16).normalize());
    let tip = profile[profile.len() - 1][0];
    let mut crown = revolve("hat", look, base, axis, profile, 26);
    for p in &mut crown.positions {
        let t = ((*p - base).dot(axis) / tip).clamp(0.0, 1.0);
        *p += Vec3::new(0.3 * bend, -0.3 * bend, -bend) * t * t * t;
    }
    let inner = profile[0][1] - 0.012;
    let edge = [
        [0.004, inner],
        [0.008, profile[0][1] + 0.01],
        [0.004, brim],
        [0.0, brim + 0.002],
        [-0.004, brim],
        [0.0, profile[0][1] + 0.01],
        [0.001, inner],
    ];
    let mut under = revolve("brim", look, base, axis, &edge, 30);
    for p in &mut under.positions {
        // A little down at the sides.
        p.y -= 1.1 * (p.x * p.x) * if bend > 0.0 { 0.6 } else { 1.0 };
    }
    let ribbon =
        [[0.006, inner], [0.007, profile[0][1] + 0.004], [0.034, profile[1][1] + 0.003], [0.035, inner - 0.01]];
    vec![
        crown.on(Panel::Plain),
        under.on(Panel::Plain),
        revolve("hat band", look, base, axis, &ribbon, 26).on(Panel::Edge),
    ]
}

fn beanie(look: Look, size: f32) -> Vec<Part> {
    let dome = cloth("beanie", look, [28, 9], 0.006, |u, v| {
        let polar = lerp(2.0, 74.0, v);
        skull(360.0 * u - 180.0, polar, 0.026 + 0.025 * size * (1.0 - v))
    });
    let fold = (0..=28).map(|i| (skull(360.0 * i as f32 / 28.0, 74.0, 0.026), 0.018)).collect::<Vec<_>>();
    let ball = blob("bobble", look, skull(0.0, 0.0, 0.065 * size), Vec3::splat(0.030 * size), 12);
    vec![dome.on(Panel::Limb), tube("fold", look, &fold, 0.4, Vec3::Y, 8).on(Panel::Edge), ball.on(Panel::Edge)]
}

fn helmet(look: Look) -> Vec<Part> {
    let dome = cloth("helmet", look, [30, 12], 0.007, |u, v| {
        let azimuth = 360.0 * u - 180.0;
        let low = lerp(62.0, 125.0, smoothstep(40.0, 75.0, azimuth.abs()));
        skull(azimuth, lerp(2.0, low, v), 0.034)
    });
    let ridge = (0..=14)
        .map(|i| {
            let t = i as f32 / 14.0;
            let (azimuth, polar) =
                if t < 0.4 { (0.0, lerp(60.0, 0.0, t / 0.4)) } else { (180.0, lerp(0.0, 95.0, (t - 0.4) / 0.6)) };
            (skull(azimuth, polar, 0.040), 0.010 + 0.016 * (PI * t).sin())
        })
        .collect::<Vec<_>>();
    vec![dome.on(Panel::Plain), tube("ridge", look, &ridge, 0.5, Vec3::X, 8).on(Panel::Edge)]
}

fn crown(look: Look, size: f32) -> Part {
    cloth("crown", look, [40, 3], 0.004, |u, v| {
        let (s, c) = (TAU * u).sin_cos();
        let points = 0.030 * size * ((5.0 * TAU * u).cos().abs()).powi(3);
        let r = 0.078 * size.sqrt() + 0.012 * (1.0 - v);
        Vec3::new(r * s, 0.214 + (0.036 * size + points) * (1.0 - v), -0.016 + r * c)
    })
    .on(Panel::Limb)
}

fn headphones(look: Look) -> Vec<Part> {
    let mut parts = vec![band(look, 0.046, 0.010, 0.0)];
    for side in [1.0, -1.0] {
        let base = Vec3::new(side * 0.082, 0.088, -0.008);
        let cup = [[-0.002, 0.030], [0.004, 0.040], [0.024, 0.040], [0.032, 0.030], [0.033, 0.001]];
        parts.push(revolve("cup", look, base, Vec3::X * side, &cup, 18).on(Panel::Plain));
        parts.push(
            revolve("cup ring", look, base, Vec3::X * side, &[[0.030, 0.022], [0.036, 0.022], [0.037, 0.001]], 16)
                .on(Panel::Edge),
        );
    }
    parts
}

fn veil(look: Look, size: f32) -> Part {
    cloth("veil", look, [22, 14], 0.003, |u, v| {
        let azimuth = lerp(82.0, 278.0, u);
        let polar = lerp(28.0, 98.0, (v * 2.0).min(1.0));
        let p = skull(azimuth, polar, 0.036);
        let down = (v - 0.5).max(0.0) * 2.0 * 0.24 * size;
        let out = Vec3::new(p.x, 0.0, p.z - SKULL.z).normalize_or(Vec3::NEG_Z);
        p - Vec3::Y * down + out * (0.05 * down + 0.008 * (12.0 * PI * u).cos() * v)
    })
    .on(Panel::Limb)
}

fn pointed_ear(left: bool, size: f32) -> Part {
    let side = if left { 1.0 } else { -1.0 };
    let root = Vec3::new(side * 0.070, 0.075, -0.012);
    let line = (0..=7).map(|i| root + Vec3::new(side * 0.085, 0.042, -0.050) * (i as f32 / 7.0) * size).collect();
    tube("pointed ear", Look::Skin, &tapered(line, &[0.010, 0.019, 0.016, 0.009, 0.0005]), 0.35, Vec3::Z, 10)
        .mapped(|_, _| glam::Vec2::new(0.5, 0.1))
}

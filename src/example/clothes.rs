//! Outfits.

use super::body::{Body, trunk_skin};
use super::garments::{Bow, Skirt, shoe, sleeve, stocking, top};
use super::mesh::{Look, Oval, Part, Ring, Skin, lerp, ring, smoothstep, spline};
use super::params::{CharacterParams, OutfitKind};
use crate::figure::HumanBone::*;
use glam::{Vec2, Vec3};
use std::f32::consts::TAU;

/// An outfit, sorted by the part of the frame that it moves with when proportions change.
pub(super) struct Clothes {
    pub(super) trunk: Vec<Part>,
    /// Left side only.
    pub(super) arm: Vec<Part>,
    /// Left side only.
    pub(super) leg: Vec<Part>,
    /// Where the sleeve ends.
    pub(super) sleeve_x: f32,
    /// Lower edge of what lies close to the legs, of the shade of a skirt over it, and upper edge of the socks.
    pub(super) hem_y: f32,
    pub(super) skirt_y: f32,
    pub(super) sock_y: f32,
}

impl Clothes {
    /// Nothing at all.
    pub(super) fn none() -> Self {
        let (trunk, arm, leg) = Default::default();
        Self { trunk, arm, leg, sleeve_x: 0.0, hem_y: 0.0, skirt_y: 0.0, sock_y: 0.0 }
    }
}

pub(super) fn clothes(params: &CharacterParams, body: &Body) -> Clothes {
    let mut clothes = match params.outfit.kind {
        OutfitKind::Sailor => sailor(params, body),
        OutfitKind::Hoodie => hoodie(body),
        OutfitKind::Dress => dress(params, body),
    };
    if params.accessories.choker {
        let rings: Vec<Ring> = [[1.279, 0.0336], [1.281, 0.0352], [1.292, 0.0348], [1.294, 0.0325]]
            .iter()
            .map(|&[y, radius]| {
                let z = lerp(-0.0162, -0.0148, (y - 1.279) / 0.013);
                ring(Vec3::new(0.0, y, z), Vec3::X, Vec3::Z, Oval::round(radius), 24, 0.5)
            })
            .collect();
        clothes.trunk.push(Part::loft("choker", Look::Accent, &rings, 50.0).skinned(|_| Skin::one(Neck)));
    }
    clothes
}

/// Short trousers under skirts, left leg and seat.
fn shorts(body: &Body) -> (Part, Part) {
    let seat: Vec<Ring> = [0.788, 0.800, 0.826, 0.856, 0.886, 0.922, 0.950]
        .iter()
        .map(|&y| body.trunk_ring(y, 0.002, 32, 0.5, false))
        .collect();
    let seat = Part::loft("shorts", Look::Second, &seat, 180.0).skinned(|_| Skin::one(Hips));
    let leg = [
        [0.895, 0.001],
        [0.880, 0.003],
        [0.850, 0.004],
        [0.810, 0.004],
        [0.775, 0.004],
        [0.755, 0.003],
        [0.750, -0.004],
    ];
    (seat, stocking(body, "left shorts leg", Look::Second, &leg, false))
}

fn socks(body: &Body, top_y: f32) -> Part {
    let below = [0.42, 0.38, 0.34, 0.30, 0.26, 0.22, 0.18, 0.14, 0.11, 0.08, 0.055];
    let mut sections = vec![[top_y, 0.0030], [top_y - 0.016, 0.0030], [top_y - 0.018, 0.0018]];
    sections.extend(below.iter().filter(|&&y| y < top_y - 0.03).map(|&y| [y, 0.0018]));
    stocking(body, "left sock", Look::Socks, &sections, true)
}

fn sailor(params: &CharacterParams, body: &Body) -> Clothes {
    let length = 0.285 * params.outfit.skirt_length;
    let mut clothes = Clothes {
        trunk: Vec::new(),
        arm: Vec::new(),
        leg: Vec::new(),
        sleeve_x: 0.237,
        hem_y: 0.75,
        skirt_y: 0.962 - length - 0.022,
        sock_y: 0.392,
    };
    let blouse = [
        [0.938, 0.0200],
        [0.944, 0.0205],
        [0.970, 0.0165],
        [1.005, 0.0125],
        [1.040, 0.0105],
        [1.080, 0.0085],
        [1.105, 0.0070],
        [1.128, 0.0060],
        [1.155, 0.0055],
        [1.180, 0.0055],
        [1.205, 0.0055],
        [1.225, 0.0055],
        [1.242, 0.0055],
        [1.255, 0.0050],
        [1.265, 0.0035],
        [1.271, 0.0010],
    ];
    clothes.trunk.push(top(body, "blouse", Look::Main, &blouse));
    let wide = lerp(0.75, 1.0, params.outfit.skirt_length.min(1.2));
    let skirt = Skirt {
        waist_y: 0.962,
        hem_y: 0.962 - length,
        hem: [0.198 * wide, 0.168 * wide, 0.180 * wide],
        pleats: 22,
        pleat_depth: 0.013,
        sharp: true,
    };
    clothes.trunk.push(skirt.build(body));
    let (seat, leg) = shorts(body);
    clothes.trunk.push(seat);
    clothes.leg.push(leg);
    clothes.leg.push(socks(body, clothes.sock_y));
    clothes.leg.extend(shoe(1.0));
    let r = |x: f32| body.arm_radius(x);
    let puff = [
        [0.091, 0.012],
        [0.096, 0.024],
        [0.106, r(0.11) + 0.0050],
        [0.122, r(0.122) + 0.0062],
        [0.145, r(0.145) + 0.0080],
        [0.170, r(0.170) + 0.0105],
        [0.195, r(0.195) + 0.0125],
        [0.212, r(0.212) + 0.0125],
        [0.220, r(0.220) + 0.0105],
    ];
    clothes.arm.push(sleeve("left sleeve", Look::Main, &puff));
    let cuff =
        [[0.205, r(0.2) + 0.008], [0.2135, r(0.213) + 0.0120], [0.2145, r(0.214) + 0.0130], [0.237, r(0.237) + 0.0120]];
    clothes.arm.push(sleeve("left cuff", Look::Second, &cuff));
    let line = [
        [0.221, r(0.22) + 0.009],
        [0.2215, r(0.222) + 0.0133],
        [0.2262, r(0.226) + 0.0131],
        [0.2267, r(0.227) + 0.009],
    ];
    let line: Vec<Ring> = line.iter().map(|&[x, r]| Body::arm_ring(x, r, 0.5)).collect();
    clothes.arm.push(Part::loft("left cuff line", Look::Trim, &line, 50.0).skinned(super::body::arm_skin));
    collar(body, &mut clothes.trunk);
    if params.accessories.bow {
        let front = body.onto_trunk(Vec3::new(0.0, 1.122, 1.0), 0.006);
        let (side, up) = Bow::facing(Vec3::new(0.0, 0.10, 1.0));
        let bow =
            Bow { centre: front + Vec3::new(0.0, 0.0, 0.012), side, up, size: 0.060, tails: 0.085, bone: UpperChest };
        clothes.trunk.extend(bow.build("bow"));
    }
    clothes
}

/// The sailor's collar: a V in front, a square behind, with a line along its edge.
fn collar(body: &Body, parts: &mut Vec<Part>) {
    // Left half from the point of the V over the shoulder to the middle of the back: inner and outer edge.
    // z only says on which side of the trunk the place lies.
    const INNER: [[f32; 3]; 8] = [
        [0.0000, 1.128, 0.10],
        [0.0220, 1.178, 0.09],
        [0.0370, 1.225, 0.06],
        [0.0440, 1.258, 0.020],
        [0.0450, 1.2705, -0.018],
        [0.0380, 1.2725, -0.046],
        [0.0220, 1.2725, -0.062],
        [0.0000, 1.2725, -0.068],
    ];
    const OUTER: [[f32; 3]; 8] = [
        [0.0000, 1.100, 0.12],
        [0.0480, 1.158, 0.09],
        [0.0830, 1.215, 0.055],
        [0.0940, 1.254, 0.010],
        [0.0980, 1.248, -0.050],
        [0.1020, 1.150, -0.085],
        [0.0920, 1.126, -0.095],
        [0.0000, 1.122, -0.11],
    ];
    let at = |edge: &[[f32; 3]; 8], t: f32| Vec3::from(spline(edge, t * 7.0));
    const COLUMNS: usize = 30;
    let lifted = |p: Vec3, over: f32| body.onto_trunk(p, over);
    let half = |columns: &dyn Fn(f32) -> Vec<Vec3>| -> Vec<Vec<Vec3>> {
        let left: Vec<Vec<Vec3>> = (0..=COLUMNS).map(|i| columns(i as f32 / COLUMNS as f32)).collect();
        let right = left.iter().rev().skip(1).map(|c| c.iter().map(|p| *p * Vec3::new(-1.0, 1.0, 1.0)).collect());
        let mut all: Vec<Vec<Vec3>> = left.clone();
        all.extend(right);
        all
    };
    // The neckline: skin on the blouse, from inside the neck down to a straight edge.
    const NECKLINE: [[f32; 3]; 9] = [
        [1.286, 0.045, -0.014],
        [1.277, 0.047, 0.0000],
        [1.272, 0.047, 0.0065],
        [1.262, 0.046, 0.0080],
        [1.250, 0.044, 0.0080],
        [1.236, 0.041, 0.0080],
        [1.222, 0.037, 0.0078],
        [1.208, 0.033, 0.0076],
        [1.196, 0.030, 0.0074],
    ];
    let rows: Vec<Vec<Vec3>> = NECKLINE
        .iter()
        .map(|&[y, half, over]| {
            (0..=12).map(|j| lifted(Vec3::new(half * (j as f32 / 6.0 - 1.0), y, 0.05), over)).collect()
        })
        .collect();
    let neckline = Part::sheet("neckline", Look::Skin, &rows).mapped(|_, _| Vec2::new(0.5, 0.1));
    parts.push(neckline.thickened(0.001, 60.0).skinned(trunk_skin));
    let sheet = half(&|t| {
        let (inner, outer) = (at(&INNER, t), at(&OUTER, t));
        (0..=4).map(|k| lifted(outer.lerp(inner, k as f32 / 4.0), 0.0105)).collect()
    });
    parts.push(Part::sheet("collar", Look::Second, &sheet).thickened(0.003, 60.0).skinned(trunk_skin));
    let line = half(&|t| {
        let outer = at(&OUTER, t);
        let step = 0.01;
        let along = at(&OUTER, (t + step).min(1.0)) - at(&OUTER, (t - step).max(0.0));
        let inward = at(&INNER, t) - outer;
        let inward = (inward - along * inward.dot(along) / along.length_squared()).normalize_or(Vec3::Y);
        [0.0075, 0.0110].map(|d| lifted(outer + inward * d, 0.0122)).to_vec()
    });
    parts.push(Part::sheet("collar line", Look::Trim, &line).thickened(0.0014, 60.0).skinned(trunk_skin));
}

fn hoodie(body: &Body) -> Clothes {
    let mut clothes = Clothes {
        trunk: Vec::new(),
        arm: Vec::new(),
        leg: Vec::new(),
        sleeve_x: 0.552,
        hem_y: 0.098,
        skirt_y: 2.0,
        sock_y: 0.16,
    };
    let pullover = [
        [0.868, 0.012],
        [0.872, 0.014],
        [0.900, 0.015],
        [0.905, 0.021],
        [0.925, 0.030],
        [0.965, 0.034],
        [1.010, 0.031],
        [1.050, 0.026],
        [1.090, 0.020],
        [1.128, 0.016],
        [1.165, 0.014],
        [1.195, 0.013],
        [1.220, 0.012],
        [1.240, 0.011],
        [1.254, 0.010],
        [1.265, 0.008],
        [1.271, 0.004],
    ];
    clothes.trunk.push(top(body, "pullover", Look::Main, &pullover));
    let r = |x: f32| body.arm_radius(x);
    let mut sections = vec![[0.088, 0.014], [0.092, 0.030], [0.104, r(0.11) + 0.0095], [0.122, r(0.122) + 0.0120]];
    sections.extend(
        [0.150, 0.190, 0.230, 0.270, 0.300, 0.322, 0.334, 0.345, 0.356, 0.370, 0.400, 0.440, 0.480]
            .map(|x| [x, r(x) + lerp(0.0135, 0.0185, (x - 0.15) / 0.33)]),
    );
    sections.extend([
        [0.505, r(0.505) + 0.0185],
        [0.516, r(0.516) + 0.0135],
        [0.520, r(0.52) + 0.0062],
        [0.552, r(0.552) + 0.0062],
    ]);
    clothes.arm.push(sleeve("left sleeve", Look::Main, &sections));
    // Hood, lying on the shoulders.
    let rows: Vec<Ring> = (0..=24)
        .map(|i| {
            let t = i as f32 / 24.0;
            let angle = lerp(0.16, 1.0 - 0.16, t) * TAU;
            let (s, c) = angle.sin_cos();
            let behind = smoothstep(0.4, -1.0, c);
            let centre = Vec3::new(s * 0.064, lerp(1.246, 1.262, behind), -0.018 + c * lerp(0.066, 0.074, behind));
            let out = Vec3::new(s, 0.0, c);
            let end = (t * (1.0 - t) * 14.0).min(1.0).sqrt();
            let thick = lerp(0.016, 0.030, behind) * end.max(0.03);
            ring(
                centre + Vec3::Y * 0.006 - Vec3::Y * 0.012 * behind,
                Vec3::Y,
                out,
                Oval::new(thick * 1.05, thick, thick, 2.2),
                12,
                t,
            )
        })
        .collect();
    clothes.trunk.push(Part::loft("hood", Look::Main, &rows, 180.0).skinned(|_| Skin::one(UpperChest)));
    // Cords.
    for side in [1.0, -1.0] {
        let rings: Vec<Ring> = (0..=8)
            .map(|i| {
                let t = i as f32 / 8.0;
                let y = lerp(1.236, 1.150, t);
                let p = body.onto_trunk(Vec3::new(side * lerp(0.030, 0.034, t), y, 0.06), 0.0185);
                ring(p, Vec3::X, Vec3::Z, Oval::round(if t == 1.0 { 0.0036 } else { 0.0024 }), 8, t)
            })
            .collect();
        clothes.trunk.push(Part::loft("cord", Look::Accent, &rings, 70.0).skinned(trunk_skin));
    }
    // The pocket.
    let rows: Vec<Vec<Vec3>> = (0..=8)
        .map(|i| {
            let t = i as f32 / 8.0;
            let y = lerp(1.010, 0.912, t);
            let half = lerp(0.046, 0.078, smoothstep(0.0, 0.6, t));
            (0..=12)
                .map(|j| {
                    let x = half * (j as f32 / 6.0 - 1.0);
                    body.onto_trunk(Vec3::new(x, y, 0.05), lerp(0.0345, 0.030, t) + 0.004)
                })
                .collect()
        })
        .collect();
    clothes.trunk.push(
        Part::sheet("pocket", Look::Main, &rows)
            .mapped(|_, _| Vec2::new(0.5, 0.3))
            .thickened(0.006, 60.0)
            .skinned(trunk_skin),
    );
    // Trousers.
    let seat: Vec<Ring> = [0.782, 0.800, 0.826, 0.856, 0.886, 0.922, 0.950]
        .iter()
        .map(|&y| body.trunk_ring(y, 0.006, 32, 0.5, false))
        .collect();
    clothes.trunk.push(Part::loft("trousers", Look::Second, &seat, 180.0).skinned(|_| Skin::one(Hips)));
    let mut sections = vec![[0.903, 0.004], [0.880, 0.007], [0.850, 0.008], [0.810, 0.008]];
    sections.extend(
        [
            0.770, 0.730, 0.680, 0.630, 0.580, 0.530, 0.500, 0.480, 0.465, 0.452, 0.439, 0.424, 0.400, 0.360, 0.320,
            0.280, 0.240, 0.200, 0.160,
        ]
        .map(|y| [y, lerp(0.008, 0.019, smoothstep(0.75, 0.15, y))]),
    );
    sections.extend([[0.125, 0.021], [0.098, 0.021], [0.096, 0.017], [0.110, 0.010]]);
    clothes.leg.push(stocking(body, "left trouser leg", Look::Second, &sections, false));
    clothes.leg.push(socks(body, clothes.sock_y));
    clothes.leg.extend(shoe(1.15));
    clothes
}

fn dress(params: &CharacterParams, body: &Body) -> Clothes {
    let length = 0.40 * params.outfit.skirt_length;
    let mut clothes = Clothes {
        trunk: Vec::new(),
        arm: Vec::new(),
        leg: Vec::new(),
        sleeve_x: 0.204,
        hem_y: 0.75,
        skirt_y: 0.985 - length - 0.022,
        sock_y: 0.20,
    };
    let bodice = [
        [0.955, 0.006],
        [0.960, 0.007],
        [0.990, 0.006],
        [1.020, 0.006],
        [1.050, 0.006],
        [1.080, 0.006],
        [1.105, 0.006],
        [1.128, 0.006],
        [1.155, 0.0055],
        [1.180, 0.0055],
        [1.205, 0.0055],
        [1.225, 0.0055],
        [1.242, 0.0055],
        [1.255, 0.0050],
        [1.265, 0.0035],
        [1.271, 0.0010],
    ];
    clothes.trunk.push(top(body, "bodice", Look::Main, &bodice));
    let skirt = Skirt {
        waist_y: 0.985,
        hem_y: 0.985 - length,
        hem: [0.250, 0.215, 0.230],
        pleats: 14,
        pleat_depth: 0.020,
        sharp: false,
    };
    clothes.trunk.push(skirt.build(body));
    let belt: Vec<Ring> = [[0.968, 0.008], [0.972, 0.013], [1.002, 0.012], [1.006, 0.006]]
        .iter()
        .map(|&[y, over]| body.trunk_ring(y, over, 44, 0.5, true))
        .collect();
    clothes.trunk.push(Part::loft("belt", Look::Accent, &belt, 50.0).skinned(trunk_skin));
    let r = |x: f32| body.arm_radius(x);
    let puff = [
        [0.088, 0.012],
        [0.093, 0.030],
        [0.104, r(0.11) + 0.016],
        [0.122, r(0.122) + 0.021],
        [0.145, r(0.145) + 0.024],
        [0.168, r(0.168) + 0.022],
        [0.184, r(0.184) + 0.015],
        [0.192, r(0.192) + 0.0065],
        [0.204, r(0.204) + 0.0060],
    ];
    clothes.arm.push(sleeve("left sleeve", Look::Main, &puff));
    // A round collar in two leaves.
    for side in [1.0, -1.0] {
        let rows: Vec<Vec<Vec3>> = (0..=20)
            .map(|i| {
                let t = i as f32 / 20.0;
                let angle = side * lerp(0.03, 0.99, t) * TAU / 2.0;
                let (s, c) = angle.sin_cos();
                let wide = 0.042 * (t * (1.0 - t) * 9.0 + 0.12).min(1.0).sqrt() * lerp(1.0, 0.8, t);
                (0..=4)
                    .map(|k| {
                        let d = wide * k as f32 / 4.0;
                        let p = Vec3::new(s * (0.041 + d), 1.2725 - 0.75 * d, -0.017 + c * (0.037 + d * 0.9));
                        body.onto_trunk(p, 0.0095)
                    })
                    .collect()
            })
            .collect();
        clothes.trunk.push(Part::sheet("collar", Look::Trim, &rows).thickened(0.003, 60.0).skinned(trunk_skin));
    }
    let (seat, leg) = shorts(body);
    clothes.trunk.push(seat);
    clothes.leg.push(leg);
    clothes.leg.push(socks(body, clothes.sock_y));
    clothes.leg.extend(shoe(0.9));
    if params.accessories.bow {
        let front = body.onto_trunk(Vec3::new(0.0, 1.235, 1.0), 0.006);
        let (side, up) = Bow::facing(Vec3::new(0.0, 0.35, 1.0));
        let bow =
            Bow { centre: front + Vec3::new(0.0, 0.0, 0.012), side, up, size: 0.038, tails: 0.05, bone: UpperChest };
        clothes.trunk.extend(bow.build("bow"));
        let back = body.onto_trunk(Vec3::new(0.0, 0.99, -1.0), 0.012);
        let bow = Bow {
            centre: back - Vec3::Z * 0.012,
            side: Vec3::NEG_X,
            up: Vec3::new(0.0, 0.9, 0.44),
            size: 0.105,
            tails: 0.20,
            bone: Spine,
        };
        clothes.trunk.extend(bow.build("belt bow"));
    }
    clothes
}

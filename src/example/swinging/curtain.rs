//! What hangs around the body: skirts and the lower halves of coats, capes. Columns of joints around it carry them.

use super::super::mesh::{Part, Skin, lerp, smoothstep};
use super::super::skin::Bone;
use super::body::{Measured, OF_SKIRTS, OF_TRUNK};
use super::{Chain, Feel, Hang, Lead, Swinging};
use crate::figure::HumanBone::{self, *};
use glam::Vec3;
use std::f32::consts::{PI, TAU};

/// Columns around.
const COLUMNS: usize = 12;
/// Heights at which cloth is measured.
const ROWS: usize = 8;
/// What hangs less, metres of the design, stays as it is.
const SHORT: f32 = 0.10;
/// A column has about a joint for so much of the design, metres.
const PIECE: f32 = 0.15;

/// Something that hangs around the body.
struct Curtain {
    name: &'static str,
    bone: HumanBone,
    /// Where it begins to hang, in the design.
    root_y: f32,
    /// Above and below that it goes over to what hangs.
    blend: [f32; 2],
    /// Its columns hang straight down wherever the cloth is, so that gravity leaves it as it was made; else they lie in it.
    plumb: bool,
    feel: Feel,
    shapes: std::ops::Range<usize>,
    is: fn(&Hang) -> bool,
    /// What leads a column in a direction (0: front, positive: left).
    lead: fn(f32) -> Led,
    /// The same for what of it hangs below the knees.
    below_knees: Option<fn(f32) -> Led>,
}

type Led = (Lead, HumanBone, f32);

const SKIRT: Curtain = Curtain {
    name: "skirt",
    bone: Hips,
    root_y: 0.935,
    blend: [0.025, 0.055],
    plumb: false,
    feel: Feel { stiffness: 0.2, drag: 0.3, gravity: 0.0, radius: 0.012 },
    shapes: OF_SKIRTS,
    is: |hang| matches!(hang, Hang::Skirt),
    lead: |angle| {
        // In front it lies on a raised thigh, behind it hangs.
        let share = 0.56 + 0.22 * angle.cos();
        (Lead::Turns, if angle > 0.0 { LeftUpperLeg } else { RightUpperLeg }, share)
    },
    below_knees: Some(|angle| {
        // Over the lap it lies, from there it hangs.
        let share = 0.62 + 0.18 * angle.cos();
        (Lead::Turns, if angle > 0.0 { LeftLowerLeg } else { RightLowerLeg }, share)
    }),
};

const CAPE: Curtain = Curtain {
    name: "cape",
    bone: UpperChest,
    root_y: 1.17,
    blend: [0.03, 0.06],
    plumb: true,
    feel: Feel { stiffness: 0.12, drag: 0.22, gravity: 0.05, radius: 0.012 },
    shapes: OF_TRUNK,
    is: |hang| matches!(hang, Hang::Cape),
    lead: |_| (Lead::Points, Hips, 0.7),
    below_knees: None,
};

/// A column: chains, each hanging on the one before, with their lower ends, metres.
type Column = [Option<(Chain, f32)>; 2];

pub(super) fn add(swinging: &mut Swinging, parts: &mut [Part], body: &Measured) {
    for curtain in [SKIRT, CAPE] {
        curtain.add(swinging, parts, body);
    }
}

impl Curtain {
    fn add(&self, swinging: &mut Swinging, parts: &mut [Part], body: &Measured) {
        let mut hanging: Vec<&mut Part> =
            parts.iter_mut().filter(|part| part.hang.as_ref().is_some_and(self.is)).collect();
        let root = body.trunk(Vec3::Y * self.root_y);
        let scale = body.scale();
        let Some(measured) = measure(&hanging, root) else { return };
        let columns: [Option<Column>; COLUMNS] = std::array::from_fn(|c| {
            let (low, radii) = measured[c]?;
            (root.y - low >= SHORT * scale).then(|| self.column(swinging, body, c, [root, root.with_y(low)], &radii))
        });
        for part in &mut hanging {
            for (skin, &p) in part.skins.iter_mut().zip(&part.positions) {
                let share = smoothstep(self.blend[0] * scale, -self.blend[1] * scale, p.y - root.y);
                if share == 0.0 {
                    continue;
                }
                let around = angle(p - root) / TAU * COLUMNS as f32 - 0.5;
                let before = around.floor();
                let beside = [before, before + 1.0].map(|c| columns[c.rem_euclid(COLUMNS as f32) as usize % COLUMNS]);
                let hung = match beside {
                    [Some(a), Some(b)] => hung(a, p.y).towards(hung(b, p.y), around - before),
                    [Some(one), None] | [None, Some(one)] => hung(one, p.y),
                    [None, None] => continue,
                };
                *skin = trunk(*skin, self.bone).towards(hung, share);
            }
        }
    }

    /// The chains of a column from `root` to `low`, which lies below it on the body's axis.
    fn column(
        &self,
        swinging: &mut Swinging,
        body: &Measured,
        c: usize,
        [root, low]: [Vec3; 2],
        radii: &[f32; ROWS],
    ) -> Column {
        let scale = body.scale();
        let angle = direction(c);
        let out = Vec3::new(angle.sin(), 0.0, angle.cos());
        let place = |y: f32| {
            let down = (root.y - y) / (root.y - low.y);
            root.with_y(y) + out * at(radii, if self.plumb { 0.0 } else { down })
        };
        let mut hang = |name: String, on: Bone, lead: Led, [from, to]: [f32; 2]| {
            let pieces = ((from - to) / (PIECE * scale)).round().clamp(1.0, 5.0) as usize;
            let line: Vec<Vec3> = (0..=pieces).map(|i| place(lerp(from, to, i as f32 / pieces as f32))).collect();
            let feel = Feel { radius: self.feel.radius * scale, ..self.feel };
            (swinging.chain(name, on, Some(lead), &line, feel, self.shapes.clone()), to)
        };
        let name = format!("{} {}", self.name, c + 1);
        let (on, lead) = (Bone::Human(self.bone), (self.lead)(angle));
        let knee = (body.finished)(body.frame.joint(LeftLowerLeg)).y;
        match self.below_knees {
            Some(below) if low.y < knee - SHORT * scale => {
                let upper = hang(name.clone(), on, lead, [root.y, knee]);
                let lower = hang(format!("{name} hem"), upper.0.end(), below(angle), [knee, low.y]);
                [Some(upper), Some(lower)]
            }
            _ => [Some(hang(name, on, lead, [root.y, low.y])), None],
        }
    }
}

/// What a place at a height follows that hangs on a column.
fn hung(column: Column, y: f32) -> Skin {
    let mut skin: Option<Skin> = None;
    for (chain, low) in column.into_iter().flatten() {
        let (own, share) = chain.at((chain.top.y - y) / (chain.top.y - low));
        skin = Some(match skin {
            Some(above) if share == 0.0 => above,
            Some(above) if share < 1.0 => above.towards(own, share),
            _ => own,
        });
    }
    skin.unwrap_or(Skin::one(Hips))
}

/// What of a skin is the trunk's.
fn trunk(skin: Skin, bone: HumanBone) -> Skin {
    let is_trunk = |b: &Bone| !matches!(b, Bone::Human(LeftUpperLeg | RightUpperLeg));
    let shares = skin.0.map(|(bone, share)| if is_trunk(&bone) { (bone, share) } else { (bone, 0.0) });
    if shares.iter().all(|share| share.1 <= 0.0) { Skin::one(bone) } else { Skin::mix(&shares) }
}

/// Around the body from the front over the left, from 0 to a whole turn.
fn angle(out: Vec3) -> f32 {
    out.x.atan2(out.z).rem_euclid(TAU)
}

/// The direction of a column, from −π to π.
fn direction(column: usize) -> f32 {
    let angle = TAU * (column as f32 + 0.5) / COLUMNS as f32;
    if angle > PI { angle - TAU } else { angle }
}

type Measures = [Option<(f32, [f32; ROWS])>; COLUMNS];

/// Of each column its lower end and how far out it is from top to bottom; `None`: nothing hangs there at all.
fn measure(parts: &[&mut Part], root: Vec3) -> Option<Measures> {
    let below = || parts.iter().flat_map(|part| &part.positions).map(|&p| p - root).filter(|p| p.y < 0.0);
    let lowest = below().map(|p| p.y).reduce(f32::min)?;
    let mut low = [0.0f32; COLUMNS];
    let mut sums = [[(0.0f32, 0u32); ROWS]; COLUMNS];
    for p in below() {
        let column = (angle(p) / TAU * COLUMNS as f32) as usize % COLUMNS;
        let row = (p.y / lowest * ROWS as f32) as usize;
        let sum = &mut sums[column][row.min(ROWS - 1)];
        *sum = (sum.0 + p.x.hypot(p.z), sum.1 + 1);
        low[column] = low[column].min(p.y);
    }
    Some(std::array::from_fn(|c| {
        let known: Vec<(f32, f32)> = (0..ROWS)
            .filter(|&row| sums[c][row].1 > 0)
            .map(|row| (row as f32 + 0.5, sums[c][row].0 / sums[c][row].1 as f32))
            .collect();
        // From the heights of the longest column to its own.
        let own = low[c] / lowest * ROWS as f32;
        let radii = std::array::from_fn(|i| between(&known, own * i as f32 / (ROWS - 1) as f32));
        (!known.is_empty()).then_some((root.y + low[c], radii))
    }))
}

/// A value between known ones; beyond them the nearest.
fn between(known: &[(f32, f32)], at: f32) -> f32 {
    let after = known.iter().position(|k| k.0 >= at);
    match (after, known.last()) {
        (None, Some(last)) => last.1,
        (None, None) => 0.0,
        (Some(0), _) => known[0].1,
        (Some(i), _) => {
            let ((from, a), (to, b)) = (known[i - 1], known[i]);
            lerp(a, b, (at - from) / (to - from))
        }
    }
}

fn at(radii: &[f32; ROWS], down: f32) -> f32 {
    let along = down * (ROWS - 1) as f32;
    let i = (along as usize).min(ROWS - 2);
    lerp(radii[i], radii[i + 1], along - i as f32)
}

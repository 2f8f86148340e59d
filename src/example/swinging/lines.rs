//! What hangs along lines: locks that fall from the skull, tails and braids, the ends of ribbons.
//!
//! Their chains hang straight down from where the lines begin to fall, so that gravity leaves everything where it was made
//! as long as the body is upright.

use super::super::hair;
use super::super::mesh::{Part, Skin, lerp};
use super::body::{Measured, OF_HAIR, OF_HEAD, OF_TRUNK};
use super::{Chain, Feel, Hang, Lead, Strand, Swinging, evenly};
use crate::figure::HumanBone::{Head, Hips, UpperChest};
use glam::Vec3;
use std::f32::consts::PI;

/// What is shorter, metres of the design, stays as it is.
const SHORT: f32 = 0.045;
/// Lines that begin so near to each other hang together, metres of the design.
const TOGETHER: f32 = 0.035;
/// A chain has about a joint for so much of the design, metres.
const PIECE: f32 = 0.095;
/// Falling hair is parted into sectors of so many degrees, counted from the middle of the back; the outermost are the locks
/// before the ears.
const SECTOR_DEG: f32 = 32.0;
const BEFORE_EAR: i32 = 3;
/// From there on (in sectors) a lock belongs to those before the ears.
const AT_EAR: f32 = 2.55;

const HAIR: Feel = Feel { stiffness: 0.16, drag: 0.2, gravity: 0.08, radius: 0.016 };
const RIBBON: Feel = Feel { stiffness: 0.12, drag: 0.2, gravity: 0.06, radius: 0.006 };
const GROWN: Feel = Feel { stiffness: 0.4, drag: 0.3, gravity: 0.0, radius: 0.012 };

/// Lines that hang together.
struct Group {
    strand: Strand,
    /// Of falling hair.
    sector: i32,
    /// Indices of parts.
    parts: Vec<usize>,
}

pub(super) fn add(swinging: &mut Swinging, parts: &mut [Part], body: &Measured) {
    let middle = body.head(hair::CENTRE);
    let groups = groups(parts, middle, body.scale());
    let mut counts = [0; 4];
    let chains: Vec<Chain> = groups.iter().map(|group| chain(swinging, parts, body, group, &mut counts)).collect();
    let of_sector = |sector: i32| {
        groups.iter().position(|group| group.strand == Strand::Fall && group.sector == sector).map(|i| chains[i])
    };
    for (group, own) in groups.iter().zip(&chains) {
        for &i in &group.parts {
            let part = &mut parts[i];
            let Some(Hang::Along(strand, line)) = &part.hang else { continue };
            // A lock between two sectors goes with both.
            let mut beside = (*own, 0.0);
            if group.strand == Strand::Fall && group.sector.abs() < BEFORE_EAR {
                let at = sector(line[0] - middle);
                let other = if at > group.sector as f32 { group.sector + 1 } else { group.sector - 1 };
                let other = of_sector(other).filter(|_| other.abs() < BEFORE_EAR);
                beside = (other.unwrap_or(*own), (at - group.sector as f32).abs().min(0.5));
            }
            let base = match strand {
                Strand::Fall | Strand::Tail => Skin::one(Head),
                Strand::Ribbon(bone) => Skin::one(*bone),
                Strand::Grown => Skin::one(Hips),
            };
            for (skin, &p) in part.skins.iter_mut().zip(&part.positions) {
                let at = |chain: &Chain| match strand {
                    Strand::Grown => chain.at(along(line, p) / chain.length),
                    _ => chain.at((chain.top.y - p.y) / chain.length),
                };
                let (mut hung, share) = at(own);
                // Much of a lock lies on the skull.
                if share == 0.0 {
                    *skin = base;
                    continue;
                }
                if beside.1 > 0.0 {
                    hung = hung.towards(at(&beside.0).0, beside.1);
                }
                *skin = base.towards(hung, share);
            }
        }
    }
}

fn groups(parts: &[Part], middle: Vec3, scale: f32) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let Some(Hang::Along(strand, line)) = &part.hang else { continue };
        if length(line) < SHORT * scale {
            continue;
        }
        let sector = if *strand == Strand::Fall { sector(line[0] - middle).round() as i32 } else { 0 };
        let joins = |group: &&mut Group| {
            let near = || match &parts[group.parts[0]].hang {
                Some(Hang::Along(_, first)) => first[0].distance(line[0]) < TOGETHER * scale,
                _ => false,
            };
            group.strand == *strand && group.sector == sector && (*strand == Strand::Fall || near())
        };
        match groups.iter_mut().find(joins) {
            Some(group) => group.parts.push(i),
            None => groups.push(Group { strand: *strand, sector, parts: vec![i] }),
        }
    }
    groups
}

/// The chain of a group.
fn chain(swinging: &mut Swinging, parts: &[Part], body: &Measured, group: &Group, counts: &mut [usize; 4]) -> Chain {
    let lines = group.parts.iter().filter_map(|&i| match &parts[i].hang {
        Some(Hang::Along(_, line)) => Some(line),
        _ => None,
    });
    let lines: Vec<&Vec<Vec3>> = lines.collect();
    const POINTS: usize = 8;
    let mut middle = [Vec3::ZERO; POINTS + 1];
    for one in &lines {
        for (sum, place) in middle.iter_mut().zip(evenly(one, POINTS)) {
            *sum += place / lines.len() as f32;
        }
    }
    let piece = PIECE * body.scale();
    let pieces = |long: f32| (long / piece).round().clamp(1.0, 5.0) as usize;
    let line = match group.strand {
        Strand::Grown => evenly(&middle, pieces(length(&middle))),
        strand => {
            let highest = (0..=POINTS).fold(0, |best, i| if middle[i].y > middle[best].y { i } else { best });
            let falls = &middle[highest..];
            let mut top = falls[0];
            if strand == Strand::Tail {
                // Out from the knot first: it hangs over where most of it is.
                let mean = falls.iter().sum::<Vec3>() / falls.len() as f32;
                top = Vec3::new(mean.x, top.y, mean.z);
            }
            let long = (top.y - middle[POINTS].y).max(0.5 * piece);
            let pieces = pieces(long);
            (0..=pieces).map(|i| top - Vec3::Y * long * i as f32 / pieces as f32).collect()
        }
    };
    let (kind, name, bone, feel, shapes) = match group.strand {
        Strand::Fall => (0, "hair", Head, HAIR, OF_HAIR),
        Strand::Tail => (1, "tail", Head, HAIR, OF_HAIR),
        Strand::Ribbon(Head) => (2, "ribbon", Head, RIBBON, OF_HEAD),
        Strand::Ribbon(bone) => (2, "ribbon", bone, RIBBON, OF_TRUNK),
        Strand::Grown => (3, "animal tail", Hips, GROWN, OF_TRUNK),
    };
    counts[kind] += 1;
    let name = format!("{name} {}", counts[kind]);
    // What hangs below the neck stays over the chest when the head nods.
    let share = match group.strand {
        Strand::Fall if group.sector.abs() == BEFORE_EAR => 0.5,
        Strand::Fall => 0.85,
        Strand::Tail => 0.6,
        _ => 0.0,
    };
    let (top, end, neck) = (line[0].y, line[line.len() - 1].y, body.head(Vec3::new(0.0, -0.06, 0.0)).y);
    let below = ((top - end) / (top - neck).max(1e-3) - 0.5).clamp(0.0, 1.0);
    let lead = (share * below > 0.05).then_some((Lead::Points, UpperChest, share * below));
    let feel = Feel { radius: feel.radius * body.scale(), ..feel };
    swinging.chain(name, bone.into(), lead, &line, feel, shapes)
}

/// In which sector a lock leaves the skull, between sectors as a fraction.
fn sector(out: Vec3) -> f32 {
    // From the back, positive to the left.
    let deg = out.x.atan2(-out.z) * 180.0 / PI;
    let at = deg / SECTOR_DEG;
    if at.abs() > AT_EAR { BEFORE_EAR as f32 * at.signum() } else { at.clamp(-2.0, 2.0) }
}

fn length(line: &[Vec3]) -> f32 {
    line.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
}

/// How far along a line the place on it is that is nearest to `p`, metres.
fn along(line: &[Vec3], p: Vec3) -> f32 {
    let (mut best, mut at, mut walked) = (f32::INFINITY, 0.0, 0.0);
    for pair in line.windows(2) {
        let way = pair[1] - pair[0];
        let long = way.length();
        let share = ((p - pair[0]).dot(way) / (long * long).max(1e-12)).clamp(0.0, 1.0);
        let far = p.distance_squared(pair[0] + way * share);
        if far < best {
            (best, at) = (far, lerp(walked, walked + long, share));
        }
        walked += long;
    }
    at
}

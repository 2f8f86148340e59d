//! How like a drawing a stand-in is: its outline, the points of the body that it shows where, and whether each of its
//! pieces lies where the drawing has one colour.

use super::DressError;
use super::look::Look;
use super::target::Target;
use crate::example::params::Build;
use crate::example::{self, CharacterParams, Detail};
use crate::figure::landmarks::MapPreset;
use crate::pose::Orbit;
use crate::raster::{IdImage, Rasterizer, Shot, Stance, Subject};
use glam::{Vec2, Vec3, vec2};
use rayon::prelude::*;
use std::sync::Arc;

/// What landmarks and colours count beside the outline.
const LANDMARKS: f32 = 0.5;
const COLOURS: f32 = 0.6;
/// Landmarks and colours that are farther off than this are simply wrong.
const LANDMARK_OFF: f32 = 0.08;
const COLOUR_OFF: f32 = 0.35;
/// What a piece has to be worth, and one that hardly anybody wears.
const PIECE: f32 = 0.0015;
const RARE: f32 = 0.008;
/// What limbs have to be worth that are unlike each other, and a build that is unlike the usual.
const UNLIKE: f32 = 0.08;
const UNUSUAL: f32 = 0.01;
/// What proportions have to be worth that differ from those that points of the body tell.
const UNTOLD: f32 = 0.1;

/// Who compares.
pub(super) struct Judge {
    pub(super) targets: Vec<Target>,
    /// What the drawings' points of the body say of its build.
    told: Build,
    rasterizer: Rasterizer,
}

/// How a stand-in looks in a drawing's place.
pub(super) struct Seen {
    pub(super) shot: Shot,
    pub(super) ids: IdImage,
}

impl Judge {
    pub(super) fn new(targets: Vec<Target>, told: Build, rasterizer: Rasterizer) -> Self {
        Self { targets, told, rasterizer }
    }

    pub(super) fn subject(&self, params: &CharacterParams, detail: Detail) -> Result<Arc<Subject>, DressError> {
        let figure = example::assemble(params, detail);
        Ok(Arc::new(Subject::new(self.rasterizer.clone(), figure, MapPreset::Body)?))
    }

    /// How unlike the drawings it is; 0: not at all.
    pub(super) fn cost(&self, look: &Look) -> Result<f32, DressError> {
        let subject = self.subject(&look.told_apart(), Detail::Outline)?;
        let costs: Vec<f32> = self
            .targets
            .par_iter()
            .zip(&look.nudges)
            .map(|(target, nudge)| {
                let seen = see(&subject, target, nudge)?;
                cost(target, &seen)
            })
            .collect::<Result<_, DressError>>()?;
        Ok(costs.iter().sum::<f32>() / costs.len().max(1) as f32 + odd(look, &self.told))
    }

    /// Share of the area that drawing and stand-in cover both, of that which either covers, drawing by drawing.
    pub(super) fn overlaps(&self, look: &Look) -> Result<Vec<f32>, DressError> {
        let subject = self.subject(&look.told_apart(), Detail::Outline)?;
        let pairs = self.targets.iter().zip(&look.nudges);
        pairs.map(|(target, nudge)| Ok(overlap(target, &see(&subject, target, nudge)?.ids))).collect()
    }
}

/// What is odd about a stand-in, whatever the drawings show: a thick forearm is more likely a sleeve.
fn odd(look: &Look, told: &Build) -> f32 {
    let build = &look.params.build;
    let mean = build.limbs.iter().sum::<f32>() / 4.0;
    let off = |value: f32, usual: f32| (value / usual).ln().powi(2);
    let unlike: f32 = build.limbs.iter().map(|&limb| off(limb, mean)).sum();
    let unusual = off(mean, 1.0) + off(build.girth, 1.0) + off(build.hips, 1.0) + off(build.hands, build.feet);
    let untold = 0.2 * off(build.head, told.head) + off(build.legs, told.legs) + off(build.arms, told.arms);
    let [usual, rare] = look.pieces();
    PIECE * usual as f32 + RARE * rare as f32 + UNLIKE * unlike + UNUSUAL * unusual + UNTOLD * untold
}

/// The stand-in in a drawing's pose, its joints where the drawing has them.
pub(super) fn see(subject: &Arc<Subject>, target: &Target, nudge: &[f32; 3]) -> Result<Seen, DressError> {
    let stance = subject.stand(&target.pose);
    let [nearer, right, up] = *nudge;
    let camera = registered(&stance, target).zoomed(1.0 + nearer).panned(-right, -up);
    let shot = stance.seen(camera.camera(target.aspect(), 1.0));
    let ids = shot.ids(target.size_px)?;
    Ok(Seen { shot, ids })
}

/// The drawing's camera, nearer or farther and moved aside, so that joints lie where the drawing has them.
fn registered(stance: &Stance, target: &Target) -> Orbit {
    let mut camera = target.camera;
    let places: Vec<(Vec3, Vec2)> = target
        .anchors
        .iter()
        .filter_map(|(bone, at)| {
            let joint = stance.figure().humanoid.joint(*bone)?;
            Some((stance.world()[joint as usize].w_axis.truncate(), *at))
        })
        .collect();
    for _ in 0..2 {
        let matrix = {
            let c = camera.camera(target.aspect(), 1.0);
            c.projection * c.view
        };
        let pairs: Vec<(Vec2, Vec2)> = places
            .iter()
            .map(|(place, at)| {
                let seen = matrix.project_point3(*place);
                (vec2(seen.x * target.aspect(), seen.y), *at)
            })
            .collect();
        let count = pairs.len().max(1) as f32;
        let (from, to) = pairs.iter().fold((Vec2::ZERO, Vec2::ZERO), |(a, b), (p, q)| (a + *p / count, b + *q / count));
        let (over, under) = pairs.iter().fold((0.0, 0.0), |(over, under), (p, q)| {
            (over + (*p - from).dot(*q - to), under + (*p - from).length_squared())
        });
        let larger = if under > 1e-6 { (over / under).clamp(0.5, 2.0) } else { 1.0 };
        let shift = to - larger * from;
        camera = camera.zoomed(larger).panned(-shift.x / 2.0, -shift.y / 2.0);
    }
    camera
}

fn overlap(target: &Target, ids: &IdImage) -> f32 {
    let pairs = || target.inside.iter().zip(&ids.pixels).map(|(a, b)| (*a, b.is_some()));
    let (both, either) = (pairs().filter(|p| p.0 && p.1).count(), pairs().filter(|p| p.0 || p.1).count());
    both as f32 / either.max(1) as f32
}

fn cost(target: &Target, seen: &Seen) -> Result<f32, DressError> {
    let udp = seen.shot.udp(target.size_px)?;
    let (mut off, mut compared) = (0.0, 0.0);
    let mut of_piece: Vec<Vec<usize>> = Vec::new();
    let submeshes = &seen.shot.stance().figure().submeshes;
    let face = submeshes.iter().position(|submesh| submesh.name == "face");
    let skin = submeshes.iter().position(|submesh| submesh.name == "skin");
    for (i, id) in seen.ids.pixels.iter().enumerate() {
        let (Some(id), true) = (id, target.inside[i]) else { continue };
        // All skin has one colour.
        let piece = Some(id.submesh as usize).filter(|piece| Some(*piece) != face).or(skin).unwrap_or(0);
        if of_piece.len() <= piece {
            of_piece.resize(piece + 1, Vec::new());
        }
        of_piece[piece].push(i);
        if target.landmarks[i].is_some() {
            let [x, y, z, _] = udp.pixels[i];
            let here = Vec3::new(x, y, z);
            // Lines are nowhere drawn to a pixel: a neighbour may be meant.
            let away = target.around(i).filter_map(|j| target.landmarks[j]).map(|landmark| landmark.distance(here));
            off += (away.fold(LANDMARK_OFF, f32::min) / LANDMARK_OFF).min(1.0);
            compared += 1.0;
        }
    }
    let (mut strange, mut seen_px) = (0.0, 0.0);
    for pixels in of_piece.iter().filter(|pixels| !pixels.is_empty()) {
        let middle = median(target, pixels);
        let away = |i: &usize| {
            let off = target.around(*i).map(|j| (target.colours[j] - middle).abs().element_sum() / 3.0);
            off.fold(COLOUR_OFF, f32::min) / COLOUR_OFF
        };
        strange += pixels.iter().map(away).sum::<f32>();
        seen_px += pixels.len() as f32;
    }
    let landmarks = target.belief * LANDMARKS * off / f32::max(compared, 1.0);
    Ok(1.0 - overlap(target, &seen.ids) + landmarks + COLOURS * strange / f32::max(seen_px, 1.0))
}

/// The middle one of the drawing's colours at these pixels, channel by channel.
pub(super) fn median(target: &Target, pixels: &[usize]) -> Vec3 {
    median_of(pixels.iter().map(|&i| target.colours[i]))
}

/// The middle one of some colours, channel by channel; grey of none.
pub(super) fn median_of(colours: impl Iterator<Item = Vec3> + Clone) -> Vec3 {
    let channel = |c: usize| {
        let mut values: Vec<f32> = colours.clone().map(|colour| colour[c]).collect();
        let middle = values.len() / 2;
        if values.is_empty() { 0.5 } else { *values.select_nth_unstable_by(middle, f32::total_cmp).1 }
    };
    Vec3::new(channel(0), channel(1), channel(2))
}

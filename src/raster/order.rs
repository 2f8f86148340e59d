//! What a pass draws and in which order, decided once for the GPU and the CPU.

use super::scene::Frame;
use super::{Model, ToonStyle};
use crate::figure::{Alpha, Figure, Material, Submesh};
use glam::{Mat4, Vec3};
use std::borrow::Cow;
use std::cmp::Reverse;

/// Alpha under which a blended surface isn't one, in passes that know only yes and no (UDP, ids).
const SOLID_ALPHA: f32 = 0.5;
/// Alpha under which a blended surface leaves no trace in a picture.
const VISIBLE_ALPHA: f32 = 1.0 / 255.0;
/// Distances nearer to each other than this count as the same, in metres: layers that lie on each other keep their order.
const SAME_DISTANCE_M: f32 = 1.0 / 4096.0;

/// A run of triangles drawn alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draw {
    /// Index into the figure's submeshes.
    pub(super) submesh: u32,
    /// First triangle of the figure, or place in [`Plan::sorted`].
    pub(super) first: u32,
    /// Number of triangles.
    pub(super) count: u32,
    /// The triangles are those that [`Plan::sorted`] lists there.
    pub(super) sorted: bool,
    /// Index into the figure's materials.
    pub(super) material: u32,
    /// Seen from behind too.
    pub(super) double_sided: bool,
    /// Fragments whose alpha is below this are not there; `None`: no test is needed.
    pub(super) cutoff: Option<f32>,
    /// The outline: the surface's shell a little outside, of which the backs are seen.
    pub(super) hull: bool,
    /// Blended over what was drawn before.
    pub(super) blended: bool,
    /// It leaves its colour.
    pub(super) colour: bool,
    /// It hides what is drawn later and lies behind it.
    pub(super) depth: bool,
}

/// The draws of a picture.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In order. The depth test is *less or equal*, so of two coplanar surfaces the later one is seen.
    pub(super) draws: Vec<Draw>,
    /// How many of them, at the beginning, are solid.
    pub(super) solid: usize,
    /// Triangles of blended surfaces, the farthest of each first.
    pub(super) sorted: Vec<u32>,
}

/// The draws of passes that ask which surface point is at each pixel, in the file's order: a surface is there or not.
pub(super) fn points(model: &Model, frame: &Frame) -> Vec<Draw> {
    let surface = |(index, submesh)| surface(model, frame, index, submesh, SOLID_ALPHA);
    let draws = model.figure().submeshes.iter().enumerate().filter_map(surface);
    draws.map(|draw| Draw { blended: false, depth: true, ..draw }).collect()
}

/// The draws of the toon picture: solid surfaces, their outlines, then blended surfaces from the back to the front, each
/// with its outline. `positions` are asked for where something has to be sorted.
pub(super) fn picture<'p>(
    model: &Model,
    frame: &Frame,
    style: &ToonStyle,
    positions: impl FnOnce() -> Cow<'p, [Vec3]>,
) -> Plan {
    let figure = model.figure();
    let (mut solid, mut lines, mut soft_lines, mut veils) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, submesh) in figure.submeshes.iter().enumerate() {
        let Some(draw) = surface(model, frame, index, submesh, VISIBLE_ALPHA) else { continue };
        let line = line(model, frame, style, &draw);
        match (draw.blended, line) {
            (true, line) => veils.push((draw, line)),
            (false, line) => {
                solid.push(draw);
                if let Some(line) = line {
                    if line.blended { &mut soft_lines } else { &mut lines }.push(line);
                }
            }
        }
    }
    let mut plan = Plan { draws: solid, ..Plan::default() };
    plan.draws.append(&mut lines);
    plan.solid = plan.draws.len();
    plan.draws.append(&mut soft_lines);
    if veils.iter().any(|(draw, _)| material(figure, frame, draw).blending.by_distance) {
        arrange(figure, frame, &positions(), &mut veils, &mut plan.sorted);
    } else {
        veils.sort_by_key(|(draw, _)| material(figure, frame, draw).blending.queue);
    }
    for (draw, line) in veils {
        let writes_depth = draw.depth;
        plan.draws.push(draw.clone());
        // A hull must not be seen through the surface that it runs round: that hides it once it is drawn.
        let Some(line) = line else { continue };
        if !writes_depth {
            let Submesh { first, count, .. } = figure.submeshes[draw.submesh as usize];
            plan.draws.push(Draw { first, count, sorted: false, blended: false, colour: false, depth: true, ..draw });
        }
        plan.draws.push(line);
    }
    plan
}

/// How many triangles [`Plan::sorted`] can have at most, whatever the pose.
pub(super) fn most_sorted(figure: &Figure) -> u32 {
    let sorted = |submesh: &&Submesh| {
        let material = figure.materials.get(submesh.material as usize);
        material.is_some_and(|m| m.alpha == Alpha::Blend && m.blending.by_distance && !m.blending.writes_depth)
    };
    figure.submeshes.iter().filter(sorted).map(|submesh| submesh.count).sum()
}

fn material<'f>(figure: &'f Figure, frame: &'f Frame, draw: &Draw) -> &'f Material {
    &frame.materials(figure)[draw.material as usize]
}

/// The surface of a submesh, unless nothing of it is seen. `faintest`: the alpha under which blended ones aren't there.
fn surface(model: &Model, frame: &Frame, index: usize, submesh: &Submesh, faintest: f32) -> Option<Draw> {
    let material = frame.materials(model.figure()).get(submesh.material as usize)?;
    let base_alpha = material.base_colour.w;
    let (mut cutoff, mut blended) = match material.alpha {
        Alpha::Opaque => (None, false),
        Alpha::Mask { cutoff } => (Some(cutoff), false),
        Alpha::Blend => (Some(faintest), true),
    };
    if let Some(limit) = cutoff {
        if base_alpha <= 0.0 || base_alpha < limit {
            return None;
        }
        if model.uniform_alpha(submesh.material) {
            cutoff = None;
            blended &= base_alpha < 1.0;
        }
    }
    Some(Draw {
        submesh: index as u32,
        first: submesh.first,
        count: submesh.count,
        sorted: false,
        material: submesh.material,
        double_sided: material.double_sided,
        cutoff,
        hull: false,
        blended,
        colour: true,
        depth: !blended || material.blending.writes_depth,
    })
}

/// The outline round a surface that is seen, if it gets one.
fn line(model: &Model, frame: &Frame, style: &ToonStyle, surface: &Draw) -> Option<Draw> {
    let material = material(model.figure(), frame, surface);
    let line = style.outline_of(material)?;
    let cutoff = match material.alpha {
        // How faint the whole surface is doesn't matter: what its texture leaves out gets no line.
        Alpha::Blend => surface.cutoff.map(|_| SOLID_ALPHA * material.base_colour.w),
        _ => surface.cutoff,
    };
    Some(Draw { cutoff, hull: true, blended: line.alpha < 1.0, colour: true, depth: true, ..surface.clone() })
}

/// Sorts blended surfaces by queue, then from back to front where their materials wish, and the triangles of those that
/// hide nothing as well.
fn arrange(
    figure: &Figure,
    frame: &Frame,
    positions: &[Vec3],
    veils: &mut [(Draw, Option<Draw>)],
    sorted: &mut Vec<u32>,
) {
    veils.sort_by_cached_key(|(draw, _)| {
        let blending = material(figure, frame, draw).blending;
        let triangles = triangles(figure, draw);
        let mean = triangles.iter().map(|t| centre_depth(t, positions, &frame.view)).sum::<f32>()
            / triangles.len().max(1) as f32;
        (blending.queue, if blending.by_distance { rank(mean) } else { Reverse(0) })
    });
    for (draw, _) in veils.iter_mut() {
        let blending = material(figure, frame, draw).blending;
        if !blending.by_distance || blending.writes_depth {
            continue;
        }
        let mut order: Vec<(Reverse<i64>, u32)> = (draw.first..)
            .zip(triangles(figure, draw))
            .map(|(index, triangle)| (rank(centre_depth(triangle, positions, &frame.view)), index))
            .collect();
        order.sort_unstable();
        (draw.first, draw.count, draw.sorted) = (sorted.len() as u32, order.len() as u32, true);
        sorted.extend(order.into_iter().map(|(_, index)| index));
    }
}

fn triangles<'f>(figure: &'f Figure, draw: &Draw) -> &'f [[u32; 3]] {
    let end = (draw.first as usize + draw.count as usize).min(figure.triangles.len());
    figure.triangles.get(draw.first as usize..end).unwrap_or_default()
}

/// How far before the eye a triangle's centre lies, metres.
fn centre_depth(triangle: &[u32; 3], positions: &[Vec3], view: &Mat4) -> f32 {
    let centre = triangle.iter().map(|&v| positions[v as usize]).sum::<Vec3>() / 3.0;
    -view.row(2).dot(centre.extend(1.0))
}

/// Sorts the farthest first.
fn rank(depth: f32) -> Reverse<i64> {
    Reverse((depth / SAME_DISTANCE_M).round() as i64)
}

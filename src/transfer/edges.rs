//! Edges in the finished picture: antialiased, with the lines that drawings have along them.

use super::contour::{Contour, KERNEL, coverage, distance_of};
use super::rim::Rim;
use super::surface::{DEEP, SIDES, Surface};
use glam::Vec4;
use rayon::prelude::*;

/// A pixel close to where its surface hides another one or is hidden by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seam {
    /// The nearest pixel that shows the other surface.
    pub(super) other: usize,
    /// Which part of the surroundings shows the pixel's own surface.
    pub(super) own: f32,
}

impl Seam {
    /// How far the seam is from the pixel's middle, pixels, not above 0.
    pub(super) fn inside_px(&self) -> f32 {
        distance_of(self.own).clamp(-1.5, 0.0)
    }
}

/// Brings edges into a picture of unmixed, premultiplied surface colours.
pub(super) fn draw(surface: &Surface, parts: &[u16], rim: &Rim, colours: &mut [Vec4]) {
    let shared: &[Vec4] = colours;
    let inner: Vec<(usize, Vec4)> = (0..shared.len())
        .into_par_iter()
        .filter_map(|i| Some((i, between_surfaces(surface, parts, rim, shared, i, seam(surface, i)?))))
        .collect();
    for (i, colour) in inner {
        colours[i] = colour;
    }
    let shared: &[Vec4] = colours;
    let contour = Contour::new(surface);
    let outer: Vec<(usize, Vec4)> = contour
        .band(surface)
        .into_par_iter()
        .map(|(i, owner)| {
            let distance_px = contour.distance_px[i];
            (i, shared[owner] * coverage(distance_px) + rim.at(surface.landmarks[owner], distance_px))
        })
        .collect();
    for (i, colour) in outer {
        colours[i] = colour;
    }
}

/// The seam on which a pixel lies, if it lies on one.
pub(super) fn seam(surface: &Surface, i: usize) -> Option<Seam> {
    if !surface.seen(i) || surface.depth[i] == DEEP {
        return None;
    }
    let (width, height) = (surface.width as isize, surface.height as isize);
    let (x, y) = (i as isize % width, i as isize / width);
    let same = reachable(surface, i);
    let (mut own, mut all) = (0.0, 0.0);
    let mut other = None;
    for k in 0..25 {
        let (dx, dy) = (k as isize % 5 - 2, k as isize / 5 - 2);
        if !(0..width).contains(&(x + dx)) || !(0..height).contains(&(y + dy)) {
            continue;
        }
        let j = i.wrapping_add_signed(dx + dy * width);
        if !surface.seen(j) {
            continue;
        }
        let weight = KERNEL[k % 5] * KERNEL[k / 5];
        all += weight;
        if same[k] {
            own += weight;
        } else if other.is_none_or(|(nearest, _)| dx * dx + dy * dy < nearest) {
            other = Some((dx * dx + dy * dy, j));
        }
    }
    other.map(|(_, other)| Seam { other, own: own / all })
}

/// The colour of a pixel on a seam: as drawings show seams there, as far as they do, or else as they show silhouettes. A
/// UDP doesn't say which surface is in front, so that is the mean of both cases.
fn between_surfaces(surface: &Surface, parts: &[u16], rim: &Rim, colours: &[Vec4], i: usize, seam: Seam) -> Vec4 {
    let (other, inside_px) = (seam.other, seam.inside_px());
    let layered = |near: usize, far: usize, distance_px: f32| {
        let covered = coverage(distance_px);
        let line = rim.at(surface.landmarks[near], distance_px);
        colours[near] * covered + line + colours[far] * (1.0 - covered - line.w)
    };
    let supposed = (layered(i, other, inside_px) + layered(other, i, -inside_px)) * 0.5;
    let (line, known) = rim.seam(parts[i], surface.landmarks[i], surface.landmarks[other], inside_px);
    let seen = mixed(colours[i], colours[other], inside_px) + line;
    supposed.lerp(seen.clamp(Vec4::ZERO, Vec4::splat(seen.w.clamp(0.0, 1.0))), known)
}

/// A pixel on a seam without any line.
pub(super) fn mixed(own: Vec4, other: Vec4, inside_px: f32) -> Vec4 {
    other.lerp(own, coverage(inside_px))
}

/// Which of the 5×5 pixels around `i` (row-major) links lead to without leaving them.
fn reachable(surface: &Surface, i: usize) -> [bool; 25] {
    let mut reached = [false; 25];
    let mut next = vec![12];
    while let Some(k) = next.pop() {
        reached[k] = true;
        let (column, row) = (k as isize % 5, k as isize / 5);
        let j = i.wrapping_add_signed(column - 2 + (row - 2) * surface.width as isize);
        for (dx, dy) in SIDES {
            let inside = (0..5).contains(&(column + dx)) && (0..5).contains(&(row + dy));
            let neighbour = k.wrapping_add_signed(dx + 5 * dy);
            if inside && !reached[neighbour] && surface.linked(j, dx, dy) {
                next.push(neighbour);
            }
        }
    }
    reached
}

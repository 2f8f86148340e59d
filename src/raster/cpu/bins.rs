//! Triangles sorted into the tiles of the picture that they may touch.

use super::super::Model;
use super::super::order::Draw;
use super::vertices::{Projected, SUBPIXELS, ScreenVertex, guard_planes};
use glam::{Vec3, Vec4};
use rayon::prelude::*;

/// Largest width of a tile in samples.
pub(super) const TILE_WIDTH: u32 = 64;
/// Largest height of a tile in samples.
pub(super) const TILE_HEIGHT: u32 = 32;
/// Triangles sorted together.
const PIECE: u32 = 2048;

/// In a triangle's id: it came about by clipping and lies in [`Bins::clipped`].
const CLIPPED: u32 = 1 << 31;
/// In a triangle's id: it belongs to the outline's hull.
pub(super) const HULL: u32 = 1 << 30;

/// The picture's samples cut into tiles.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// In samples.
    pub(super) size: [u32; 2],
    /// Tiles across and down.
    pub(super) tiles: [u32; 2],
}

impl Grid {
    pub(super) fn new(size: [u32; 2]) -> Self {
        Self { size, tiles: [size[0].div_ceil(TILE_WIDTH), size[1].div_ceil(TILE_HEIGHT)] }
    }
}

/// What is left of a triangle that crossed the near plane.
struct Clipped {
    corners: [ScreenVertex; 3],
    /// Barycentric coordinates of the corners in the triangle that was cut.
    weights: [Vec3; 3],
    /// Id of the triangle that was cut.
    source: u32,
}

/// A run of one draw's triangles, sorted by tile.
struct Piece {
    draw: usize,
    /// The first tile that it touches.
    first_tile: usize,
    /// For each tile from there to the last it touches where its ids begin; then where they end.
    starts: Vec<u32>,
    ids: Vec<u32>,
    clipped: Vec<Clipped>,
}

/// All triangles of a picture, by tile, in drawing order.
pub(super) struct Bins<'a> {
    model: &'a Model,
    /// The figure's vertices, then those of the outline's hull.
    vertices: [&'a Projected; 2],
    draws: &'a [Draw],
    pieces: Vec<Piece>,
    clipped: Vec<Clipped>,
}

/// A triangle ready to be drawn.
pub(super) struct Triangle {
    pub(super) corners: [ScreenVertex; 3],
    /// Index into the figure's triangles.
    pub(super) index: u32,
    /// It belongs to the outline's hull.
    pub(super) hull: bool,
    /// Barycentric coordinates of the corners in the figure's triangle, where that was cut.
    pub(super) weights: Option<Box<[Vec3; 3]>>,
}

impl<'a> Bins<'a> {
    /// `sorted` lists the triangles of the draws that are sorted.
    pub(super) fn new(
        model: &'a Model,
        grid: &Grid,
        vertices: [&'a Projected; 2],
        draws: &'a [Draw],
        sorted: &[u32],
    ) -> Self {
        let mut runs = Vec::new();
        for (draw, run) in draws.iter().enumerate() {
            let there = if run.sorted { sorted.len() } else { model.figure().triangles.len() };
            let last = (run.first + run.count).min(there as u32);
            runs.extend((run.first..last).step_by(PIECE as usize).map(|f| (draw, f..last.min(f + PIECE))));
        }
        let mut pieces: Vec<Piece> = runs
            .into_par_iter()
            .map(|(number, range)| {
                let draw = &draws[number];
                let mut sorter = Sorter::new(model, grid, vertices[usize::from(draw.hull)], draw);
                range.for_each(|i| sorter.add(if draw.sorted { sorted[i as usize] } else { i }));
                sorter.sort(number)
            })
            .collect();
        let mut clipped = Vec::new();
        for piece in &mut pieces {
            if !piece.clipped.is_empty() {
                let first = clipped.len() as u32;
                piece.ids.iter_mut().filter(|id| **id & CLIPPED != 0).for_each(|id| *id += first);
                clipped.append(&mut piece.clipped);
            }
        }
        Self { model, vertices, draws, pieces, clipped }
    }

    /// The triangles that may touch a tile, draw by draw.
    pub(super) fn in_tile(&self, tile: usize) -> impl Iterator<Item = (&Draw, &[u32])> {
        self.pieces.iter().filter_map(move |piece| {
            let place = tile.checked_sub(piece.first_tile)?;
            let ids = &piece.ids[*piece.starts.get(place)? as usize..*piece.starts.get(place + 1)? as usize];
            (!ids.is_empty()).then(|| (&self.draws[piece.draw], ids))
        })
    }

    pub(super) fn triangle(&self, id: u32) -> Triangle {
        if id & CLIPPED != 0 {
            let clipped = &self.clipped[(id & !CLIPPED) as usize];
            let hull = clipped.source & HULL != 0;
            Triangle {
                corners: clipped.corners,
                index: clipped.source & !HULL,
                hull,
                weights: Some(Box::new(clipped.weights)),
            }
        } else {
            let (index, hull) = (id & !HULL, id & HULL != 0);
            let screen = &self.vertices[usize::from(hull)].screen;
            let corners = self.model.figure().triangles[index as usize].map(|v| screen[v as usize]);
            Triangle { corners, index, hull, weights: None }
        }
    }
}

/// Twice the signed area in 1/65536 px²; negative: counter-clockwise as seen, which is the front.
pub(super) fn area(corners: &[ScreenVertex; 3]) -> i64 {
    let [a, b, c] = corners;
    let (abx, aby) = (i64::from(b.x - a.x), i64::from(b.y - a.y));
    let (acx, acy) = (i64::from(c.x - a.x), i64::from(c.y - a.y));
    abx * acy - aby * acx
}

struct Sorter<'a> {
    model: &'a Model,
    grid: &'a Grid,
    vertices: &'a Projected,
    draw: &'a Draw,
    /// Tile, id.
    entries: Vec<(u32, u32)>,
    clipped: Vec<Clipped>,
}

impl<'a> Sorter<'a> {
    fn new(model: &'a Model, grid: &'a Grid, vertices: &'a Projected, draw: &'a Draw) -> Self {
        Self { model, grid, vertices, draw, entries: Vec::new(), clipped: Vec::new() }
    }

    fn add(&mut self, index: u32) {
        let vertices = self.model.figure().triangles[index as usize];
        let corners = vertices.map(|v| self.vertices.screen[v as usize]);
        let id = if self.draw.hull { index | HULL } else { index };
        if corners.iter().all(|c| c.x != ScreenVertex::OUTSIDE) {
            self.place(&corners, id);
            return;
        }
        let clip = vertices.map(|v| self.vertices.clip[v as usize]);
        if !clip.iter().all(|c| c.is_finite()) {
            return;
        }
        let size = self.grid.size.map(|s| s as f32);
        let polygon = clip_polygon(clip, &guard_planes(size));
        for i in 2..polygon.len() {
            let fan = [polygon[0], polygon[i - 1], polygon[i]];
            // Rounding may have left a corner a hair in front of the plane.
            let corners = fan.map(|(clip, _)| ScreenVertex::new(clip.with_z(clip.z.max(0.0)), size));
            if corners.iter().any(|c| c.x == ScreenVertex::OUTSIDE) {
                continue;
            }
            let id_here = CLIPPED | self.clipped.len() as u32;
            self.clipped.push(Clipped { corners, weights: fan.map(|(_, weights)| weights), source: id });
            self.place(&corners, id_here);
        }
    }

    /// Notes the triangle in every tile that its bounds touch, unless it faces the wrong way or meets no sample.
    fn place(&mut self, corners: &[ScreenVertex; 3], id: u32) {
        let area = area(corners);
        let wrong_way = if self.draw.hull { area < 0 } else { area > 0 && !self.draw.double_sided };
        if area == 0 || wrong_way {
            return;
        }
        let Some((low, high)) = bounds(corners, self.grid.size) else { return };
        for row in low[1] / TILE_HEIGHT..=high[1] / TILE_HEIGHT {
            for column in low[0] / TILE_WIDTH..=high[0] / TILE_WIDTH {
                self.entries.push((row * self.grid.tiles[0] + column, id));
            }
        }
    }

    /// Sorts by tile and keeps the order within each.
    fn sort(self, draw: usize) -> Piece {
        let touched = || self.entries.iter().map(|&(tile, _)| tile as usize);
        let first_tile = touched().min().unwrap_or(0);
        let mut starts = vec![0u32; touched().max().map_or(0, |last| last - first_tile + 2)];
        for tile in touched() {
            starts[tile - first_tile + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut ids = vec![0; self.entries.len()];
        let mut next = starts.clone();
        for &(tile, id) in &self.entries {
            let next = &mut next[tile as usize - first_tile];
            ids[*next as usize] = id;
            *next += 1;
        }
        Piece { draw, first_tile, starts, ids, clipped: self.clipped }
    }
}

/// First and last sample, in x and y, whose centres may lie in the triangle; `None` if there are none.
pub(super) fn bounds(corners: &[ScreenVertex; 3], size: [u32; 2]) -> Option<([u32; 2], [u32; 2])> {
    let range = |v: [i32; 3], size: u32| {
        let low = (v[0].min(v[1]).min(v[2]) - SUBPIXELS / 2 + SUBPIXELS - 1).div_euclid(SUBPIXELS).max(0);
        let high = (v[0].max(v[1]).max(v[2]) - SUBPIXELS / 2).div_euclid(SUBPIXELS).min(size as i32 - 1);
        (low <= high).then_some((low as u32, high as u32))
    };
    let x = range(corners.map(|c| c.x), size[0])?;
    let y = range(corners.map(|c| c.y), size[1])?;
    Some(([x.0, y.0], [x.1, y.1]))
}

/// Cuts a triangle at planes (Sutherland–Hodgman); each corner of what is left with its barycentric coordinates.
fn clip_polygon(triangle: [Vec4; 3], planes: &[Vec4]) -> Vec<(Vec4, Vec3)> {
    let mut polygon: Vec<(Vec4, Vec3)> = triangle.into_iter().zip([Vec3::X, Vec3::Y, Vec3::Z]).collect();
    for plane in planes {
        let mut kept = Vec::with_capacity(polygon.len() + 1);
        for (i, &(to, to_weights)) in polygon.iter().enumerate() {
            let (from, from_weights) = polygon[(i + polygon.len() - 1) % polygon.len()];
            let (before, after) = (plane.dot(from), plane.dot(to));
            // Always from the side that stays, so that two triangles cut their common edge in the same place.
            if before >= 0.0 && after < 0.0 {
                let t = before / (before - after);
                kept.push((from.lerp(to, t), from_weights.lerp(to_weights, t)));
            } else if before < 0.0 && after >= 0.0 {
                let t = after / (after - before);
                kept.push((to.lerp(from, t), to_weights.lerp(from_weights, t)));
            }
            if after >= 0.0 {
                kept.push((to, to_weights));
            }
        }
        polygon = kept;
    }
    polygon
}

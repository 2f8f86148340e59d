//! The passes in plain Rust, rayon over bands of tiles.
//!
//! Vertices are projected and snapped, triangles sorted into tiles; a tile first finds the nearest triangle of each
//! sample (visibility buffer) and then computes what the pass wants once per sample.

mod bins;
mod tile;
mod toon;
mod vertices;

pub(super) use toon::toon;
pub(super) use vertices::positions;

use super::order::{self, Draw};
use super::scene::{self, Frame};
use super::texture::Sampler;
use super::{Id, IdImage, Model};
use crate::figure::Figure;
use crate::udp::Udp;
use bins::{Bins, Grid, TILE_HEIGHT, TILE_WIDTH};
use glam::{Vec2, Vec3};
use rayon::prelude::*;
use tile::{Interpolator, Tile};

/// The UDP pass.
pub(super) fn udp(model: &Model, frame: &Frame, size_px: [u32; 2]) -> Udp {
    let mut udp = Udp::new(size_px[0], size_px[1]);
    let corners = |triangle: [u32; 3]| triangle.map(|v| model.landmarks()[v as usize]);
    points(
        model,
        frame,
        size_px,
        &mut udp.pixels,
        |_, triangle| corners(triangle),
        |[a, b, c], weights| (*a * weights.x + *b * weights.y + *c * weights.z).extend(1.0).to_array(),
    );
    udp
}

/// The id pass.
pub(super) fn ids(model: &Model, frame: &Frame, size_px: [u32; 2]) -> IdImage {
    let mut pixels = vec![None; size_px[0] as usize * size_px[1] as usize];
    // The first corner speaks for its triangle, as on GPUs.
    let id = |index: u32, [first, ..]: [u32; 3]| {
        let joint = scene::dominant_joint(model.figure(), &model.figure().vertices[first as usize]);
        Some(Id { submesh: model.triangle_submesh[index as usize], joint })
    };
    points(model, frame, size_px, &mut pixels, id, |id, _| *id);
    IdImage { width_px: size_px[0], height_px: size_px[1], pixels }
}

/// The depth pass: metres from the eye to what is seen, along the way it looks; infinite where nothing is.
pub(super) fn depths(model: &Model, frame: &Frame, size_px: [u32; 2]) -> Vec<f32> {
    let mut depths = vec![f32::INFINITY; size_px[0] as usize * size_px[1] as usize];
    let positions = positions(model, &frame.deformed);
    let ahead = |vertex: u32| -frame.view.transform_point3(positions[vertex as usize]).z;
    let corners = |triangle: [u32; 3]| Vec3::from_array(triangle.map(ahead));
    points(model, frame, size_px, &mut depths, |_, triangle| corners(triangle), |ahead, weights| ahead.dot(weights));
    depths
}

/// Fills every pixel that shows a surface: `prepare` gets a triangle's index and vertices, `fill` what it made of them
/// and the pixel's barycentric coordinates.
fn points<T: Send, P>(
    model: &Model,
    frame: &Frame,
    size_px: [u32; 2],
    pixels: &mut [T],
    prepare: impl Fn(u32, [u32; 3]) -> P + Sync,
    fill: impl Fn(&P, Vec3) -> T + Sync,
) {
    let grid = Grid::new(size_px);
    let projected = vertices::project(&positions(model, &frame.deformed), &frame.clip_from_world, size_px);
    let draws = order::points(model, frame);
    let bins = Bins::new(model, &grid, [&projected; 2], &draws, &[]);
    let cuts = Cuts { model, frame };
    let width = size_px[0] as usize;
    pixels.par_chunks_mut(width * TILE_HEIGHT as usize).enumerate().for_each_init(Tile::new, |tile, (row, band)| {
        for column in 0..grid.tiles[0] {
            let number = row * grid.tiles[0] as usize + column as usize;
            if bins.in_tile(number).next().is_none() {
                continue;
            }
            tile.begin(&grid, column, row as u32);
            for (draw, ids) in bins.in_tile(number) {
                cuts.draw(&bins, tile, draw, ids);
            }
            let first_row = tile.origin[1];
            let mut prepared = None;
            tile.visit(|x, y, triangle, other| {
                if other {
                    prepared = None;
                }
                let corners = || prepare(triangle.index, model.figure().triangles[triangle.index as usize]);
                let prepared = prepared.get_or_insert_with(corners);
                band[(y - first_row) as usize * width + x as usize] = fill(prepared, triangle.weights(x, y));
            });
        }
    });
}

/// Draws triangles of which parts may be cut out by their texture's alpha.
struct Cuts<'a> {
    model: &'a Model,
    frame: &'a Frame,
}

impl Cuts<'_> {
    fn draw(&self, bins: &Bins, tile: &mut Tile, draw: &Draw, ids: &[u32]) {
        for &id in ids {
            let triangle = Interpolator::new(bins.triangle(id));
            match draw.cutoff {
                None => tile.draw(triangle, |_, _, _| true),
                Some(cutoff) => tile.draw(triangle, |triangle, x, y| self.alpha(draw, triangle, x, y) >= cutoff),
            }
        }
    }

    /// Alpha of a surface at a sample: material, vertices and the texture at full size, the same in every pass.
    fn alpha(&self, draw: &Draw, triangle: &Interpolator, x: u32, y: u32) -> f32 {
        let figure = self.model.figure();
        let weights = triangle.weights(x, y);
        let corners = figure.triangles[triangle.index as usize];
        let mut alpha = self.frame.materials(figure)[draw.material as usize].base_colour.w;
        if !self.model.opaque_vertices {
            alpha *= weights.dot(Vec3::from_array(corners.map(|c| figure.vertices[c as usize].colour.w)));
        }
        let texture = figure.materials[draw.material as usize].texture;
        if let Some(texture) = texture.and_then(|t| figure.textures.get(t as usize)) {
            alpha *= Sampler::new(texture, &[]).sharp(uv(figure, self.frame, corners, weights)).w;
        }
        alpha
    }
}

/// The texture coordinate at barycentric coordinates.
fn uv(figure: &Figure, frame: &Frame, corners: [u32; 3], weights: Vec3) -> Vec2 {
    let of = |vertex: u32| match &frame.deformed.shape {
        Some(shape) => shape.uvs[vertex as usize],
        None => figure.vertices[vertex as usize].uv,
    };
    of(corners[0]) * weights.x + of(corners[1]) * weights.y + of(corners[2]) * weights.z
}

const _: () =
    assert!(TILE_WIDTH.is_multiple_of(4) && TILE_HEIGHT.is_multiple_of(4), "whole pixels at 1, 2 and 4 samples a side");

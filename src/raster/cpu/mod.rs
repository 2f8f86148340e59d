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

use super::scene::{self, Draw, Frame, Pass};
use super::texture::Sampler;
use super::{Id, IdImage, Model, ToonStyle};
use crate::figure::Figure;
use crate::udp::Udp;
use bins::{Bins, Grid, Layer, TILE_HEIGHT, TILE_WIDTH};
use glam::Vec2;
use rayon::prelude::*;
use tile::{Interpolator, NOTHING, Tile};

/// The UDP pass.
pub(super) fn udp(model: &Model, frame: &Frame, size_px: [u32; 2]) -> Udp {
    let mut udp = Udp::new(size_px[0], size_px[1]);
    points(model, frame, size_px, &mut udp.pixels, |interpolator, x, y| {
        let [a, b, c] = model.figure().triangles[interpolator.triangle.index as usize];
        let weights = interpolator.weights(x, y, [0, 0]);
        let landmark = model.landmarks[a as usize] * weights[0]
            + model.landmarks[b as usize] * weights[1]
            + model.landmarks[c as usize] * weights[2];
        landmark.extend(1.0).to_array()
    });
    udp
}

/// The id pass.
pub(super) fn ids(model: &Model, frame: &Frame, size_px: [u32; 2]) -> IdImage {
    let mut pixels = vec![None; size_px[0] as usize * size_px[1] as usize];
    points(model, frame, size_px, &mut pixels, |interpolator, _, _| {
        let triangle = interpolator.triangle.index;
        let submesh = model.triangle_submesh[triangle as usize];
        // The first corner speaks for its triangle, as on GPUs.
        let [first, ..] = model.figure().triangles[triangle as usize];
        let joint = scene::dominant_joint(model.figure(), &model.figure().vertices[first as usize]);
        Some(Id { submesh, joint })
    });
    IdImage { width_px: size_px[0], height_px: size_px[1], pixels }
}

/// Calls `fill` for every pixel that shows a surface.
fn points<T: Send>(
    model: &Model,
    frame: &Frame,
    size_px: [u32; 2],
    pixels: &mut [T],
    fill: impl Fn(&Interpolator, u32, u32) -> T + Sync,
) {
    let grid = Grid::new(size_px);
    let projected = vertices::project(&positions(model, frame), &frame.clip_from_world, size_px);
    let draws = scene::draws(model, frame, Pass::Points, &ToonStyle::default());
    let layers = [Layer { vertices: &projected, draws: &draws, hull: false }];
    let bins = Bins::new(model, &grid, &layers);
    let cuts = Cuts { model, frame };
    let width = size_px[0] as usize;
    pixels.par_chunks_mut(width * TILE_HEIGHT as usize).enumerate().for_each_init(Tile::new, |tile, (row, band)| {
        for column in 0..grid.tiles[0] {
            let number = row * grid.tiles[0] as usize + column as usize;
            let mut begun = false;
            for (draw, ids) in bins.in_tile(number) {
                if !std::mem::replace(&mut begun, true) {
                    tile.begin(&grid, column, row as u32);
                }
                cuts.draw(&bins, tile, draw, ids);
            }
            if !begun {
                continue;
            }
            let mut interpolators = Latest::default();
            for y in 0..tile.size[1] {
                for x in 0..tile.size[0] {
                    let id = tile.ids[Tile::index(x, y)];
                    if id != NOTHING {
                        let (x_px, y_px) = (tile.origin[0] + x, tile.origin[1] + y);
                        let pixel = fill(interpolators.of(&bins, id), x_px, y_px);
                        band[y as usize * width + x_px as usize] = pixel;
                    }
                }
            }
        }
    });
}

/// The interpolator of the triangle asked for last: neighbours mostly share theirs.
#[derive(Default)]
struct Latest(Option<(u32, Interpolator)>);

impl Latest {
    fn of(&mut self, bins: &Bins, id: u32) -> &Interpolator {
        if self.0.as_ref().is_none_or(|(last, _)| *last != id) {
            self.0 = None;
        }
        &self.0.get_or_insert_with(|| (id, Interpolator::new(bins, id))).1
    }
}

/// Draws triangles of which parts may be cut out by their texture's alpha.
struct Cuts<'a> {
    model: &'a Model,
    frame: &'a Frame,
}

impl Cuts<'_> {
    fn draw(&self, bins: &Bins, tile: &mut Tile, draw: &Draw, ids: &[u32]) {
        let origin = tile.origin;
        for &id in ids {
            match draw.cutoff {
                None => tile.draw(&bins.triangle(id).corners, id, |_, _| true),
                Some(cutoff) => {
                    let interpolator = Interpolator::new(bins, id);
                    let keep = |x, y| self.alpha(draw, &interpolator, origin[0] + x, origin[1] + y) >= cutoff;
                    tile.draw(interpolator.corners(), id, keep);
                }
            }
        }
    }

    /// Alpha of a surface at a sample: material, vertices and the texture at full size, the same in every pass.
    fn alpha(&self, draw: &Draw, interpolator: &Interpolator, x: u32, y: u32) -> f32 {
        let figure = self.model.figure();
        let weights = interpolator.weights(x, y, [0, 0]);
        let corners = figure.triangles[interpolator.triangle.index as usize];
        let mut alpha = self.frame.base_colours[draw.material as usize].w;
        if !self.model.opaque_vertices {
            let share = |(corner, weight): (u32, f32)| figure.vertices[corner as usize].colour.w * weight;
            alpha *= corners.into_iter().zip(weights).map(share).sum::<f32>();
        }
        if let Some(texture) =
            figure.materials[draw.material as usize].texture.and_then(|t| figure.textures.get(t as usize))
        {
            alpha *= Sampler::new(texture, &[]).sharp(uv(figure, self.frame, corners, weights)).w;
        }
        alpha
    }
}

/// The texture coordinate at barycentric coordinates.
fn uv(figure: &Figure, frame: &Frame, corners: [u32; 3], weights: [f32; 3]) -> Vec2 {
    let of = |vertex: u32| match &frame.shape {
        Some(shape) => shape.uvs[vertex as usize],
        None => figure.vertices[vertex as usize].uv,
    };
    of(corners[0]) * weights[0] + of(corners[1]) * weights[1] + of(corners[2]) * weights[2]
}

const _: () =
    assert!(TILE_WIDTH.is_multiple_of(4) && TILE_HEIGHT.is_multiple_of(4), "whole pixels at 1, 2 and 4 samples a side");

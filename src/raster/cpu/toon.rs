//! The toon pass in plain Rust: supersampled, solid surfaces by visibility buffer, translucent ones blended in order.

use super::super::order::{self, Draw};
use super::super::scene::{self, Frame, Looks};
use super::super::texture::Sampler;
use super::super::{Model, ToonStyle};
use super::bins::{Bins, Grid, TILE_HEIGHT, TILE_WIDTH};
use super::tile::{Interpolator, Tile};
use super::{Cuts, uv, vertices};
use crate::figure::colour::linear_rgb;
use crate::figure::{Material, Texture};
use crate::picture::Picture;
use glam::{Vec2, Vec3, Vec4};
use rayon::prelude::*;
use std::borrow::Cow;

/// The toon pass.
pub(in super::super) fn toon(model: &Model, frame: &Frame, size_px: [u32; 2], style: &ToonStyle) -> Picture {
    let samples = style.samples();
    let grid = Grid::new(size_px.map(|s| s * samples));
    let positions = vertices::positions(model, &frame.deformed);
    let normals = vertices::normals(model, &frame.deformed);
    let looks = scene::looks(model.figure(), frame, style);
    let surface = vertices::project(&positions, &frame.clip_from_world, grid.size);
    let plan = order::picture(model, frame, style, || Cow::Borrowed(&positions));
    let inflated = hull(model, frame, style, &positions, &normals, &looks);
    let hull = vertices::project(&inflated, &frame.clip_from_world, grid.size);
    // Solid surfaces in one sorting, blended ones in another: they are drawn after the former are shaded.
    let (solid, blended) = plan.draws.split_at(plan.solid);
    let solid_bins = Bins::new(model, &grid, [&surface, &hull], solid, &plan.sorted);
    let blended_bins = Bins::new(model, &grid, [&surface, &hull], blended, &plan.sorted);

    let shader = Shader {
        model,
        frame,
        cuts: Cuts { model, frame },
        materials: frame.materials(model.figure()),
        light: style.light_in_world(&frame.view),
        tones: style.tones(),
        normals: &normals,
        looks: &looks,
        mipmaps: model.mipmaps(),
    };
    let mut picture = Picture::new(size_px[0], size_px[1]);
    let width = size_px[0] as usize;
    let band_px = (TILE_HEIGHT / samples) as usize;
    picture.pixels.par_chunks_mut(width * band_px).enumerate().for_each_init(
        || (Tile::new(), vec![Vec4::ZERO; (TILE_WIDTH * TILE_HEIGHT) as usize]),
        |(tile, colours), (row, band)| {
            for column in 0..grid.tiles[0] {
                let number = row * grid.tiles[0] as usize + column as usize;
                if solid_bins.in_tile(number).next().is_none() && blended_bins.in_tile(number).next().is_none() {
                    continue;
                }
                tile.begin(&grid, column, row as u32);
                colours.fill(Vec4::ZERO);
                for (draw, ids) in solid_bins.in_tile(number) {
                    shader.cuts.draw(&solid_bins, tile, draw, ids);
                }
                shader.shade_solid(tile, colours);
                for (draw, ids) in blended_bins.in_tile(number) {
                    shader.blend(&blended_bins, tile, colours, draw, ids);
                }
                resolve(tile, colours, samples, band, width);
            }
        },
    );
    picture
}

/// Vertices pushed out along their normals by the width of their material's outline.
fn hull(
    model: &Model,
    frame: &Frame,
    style: &ToonStyle,
    positions: &[Vec3],
    normals: &[Vec3],
    looks: &[Looks],
) -> Vec<Vec3> {
    let widths = model.outline_widths(looks);
    let least = style.least_line_width_px * frame.metres_per_pixel;
    positions
        .par_iter()
        .zip(normals)
        .zip(widths)
        .map(|((&position, &normal), width)| {
            let w = frame.clip_from_world.row(3).dot(position.extend(1.0));
            position + normal * if width > 0.0 { width.max(least * w) } else { 0.0 }
        })
        .collect()
}

struct Shader<'a> {
    model: &'a Model,
    frame: &'a Frame,
    cuts: Cuts<'a>,
    materials: &'a [Material],
    /// Towards the light, world space.
    light: Vec3,
    tones: [f32; 2],
    normals: &'a [Vec3],
    looks: &'a [Looks],
    mipmaps: &'a [Vec<Picture>],
}

impl Shader<'_> {
    /// Colours of all samples that show a solid surface.
    fn shade_solid(&self, tile: &Tile, colours: &mut [Vec4]) {
        tile.visit(|x, y, triangle, _| {
            let colour = self.colour(triangle, x, y);
            colours[Tile::index(x - tile.origin[0], y - tile.origin[1])] = colour.truncate().extend(1.0);
        });
    }

    /// Lays the triangles over what is there, one after the other.
    fn blend(&self, bins: &Bins, tile: &mut Tile, colours: &mut [Vec4], draw: &Draw, ids: &[u32]) {
        let origin = tile.origin;
        for &id in ids {
            tile.draw(Interpolator::new(bins.triangle(id)), |triangle, x, y| {
                // Where a line is cut its surface's alpha says, not its own.
                let cut = (draw.hull || !draw.colour)
                    && draw.cutoff.is_some_and(|c| self.cuts.alpha(draw, triangle, x, y) < c);
                if cut {
                    return false;
                }
                if draw.colour {
                    let colour = self.colour(triangle, x, y);
                    if !draw.hull && draw.cutoff.is_some_and(|cutoff| colour.w < cutoff) {
                        return false;
                    }
                    let under = &mut colours[Tile::index(x - origin[0], y - origin[1])];
                    *under = (colour.truncate() * colour.w).extend(colour.w) + *under * (1.0 - colour.w);
                }
                draw.depth
            });
        }
    }

    /// The colour of a surface at a sample: sRGB, straight alpha.
    fn colour(&self, at: &Interpolator, x: u32, y: u32) -> Vec4 {
        let figure = self.model.figure();
        let corners = figure.triangles[at.index as usize];
        let submesh = self.model.triangle_submesh[at.index as usize];
        let material_index = figure.submeshes[submesh as usize].material as usize;
        let (material, looks) = (&self.materials[material_index], &self.looks[material_index]);
        let rich = Looks::rich(material);
        let weights = at.weights(x, y);
        let here = uv(figure, self.frame, corners, weights);
        let footprint = at.neighbours(x, y).map(|weights| uv(figure, self.frame, corners, weights) - here);
        let texel = |texture: Option<u32>| self.sample(texture, here, footprint);

        let mut vertex = Vec4::ONE;
        if !self.model.white_vertices {
            let [a, b, c] = corners.map(|c| scene::encoded_vertex_colour(&figure.vertices[c as usize]));
            vertex = a * weights.x + b * weights.y + c * weights.z;
        }
        let tint = |texel: Vec4| if rich { scene::tinted(looks, texel) } else { texel };
        let texture = tint(texel(material.texture));
        let mut surface = Vec4::from(looks.base) * vertex * texture;
        if at.hull {
            let line = Vec4::from(looks.outline);
            return (line.truncate() * Vec3::ONE.lerp(surface.truncate(), line.w)).extend(looks.outline_width_m[1]);
        }
        let shade = Vec4::from(looks.shade);
        if shade.w > 0.0 {
            let texture = if material.shade_texture.is_some() { tint(texel(material.shade_texture)) } else { texture };
            let in_shade = (shade * vertex * texture).truncate();
            let light = 1.0 - shade.w * (1.0 - self.lit(at, corners, weights));
            surface = in_shade.lerp(surface.truncate(), light).extend(surface.w);
        }
        if rich {
            let mut emission = Vec4::from(looks.emission).truncate();
            if material.emission_texture.is_some() {
                let offset = |corner: u32| scene::emission_uv_offset(figure, corner as usize);
                let [a, b, c] = corners.map(offset);
                let place = here + a * weights.x + b * weights.y + c * weights.z;
                let texel = self.sample(material.emission_texture, place, footprint);
                emission *= linear_rgb(texel.truncate());
            }
            surface = scene::shining(surface.truncate(), emission).extend(surface.w);
        }
        surface
    }

    /// 1 in the light, 0 in shade.
    fn lit(&self, at: &Interpolator, corners: [u32; 3], weights: Vec3) -> f32 {
        let [a, b, c] = corners.map(|c| self.normals[c as usize]);
        let normal = (a * weights.x + b * weights.y + c * weights.z).normalize_or_zero();
        scene::smooth_step(self.tones, if at.front { normal } else { -normal }.dot(self.light))
    }

    fn sample(&self, texture: Option<u32>, uv: Vec2, footprint_uv: [Vec2; 2]) -> Vec4 {
        let find = |index: u32| -> Option<(&Texture, &[Picture])> {
            let texture = self.model.figure().textures.get(index as usize)?;
            Some((texture, self.mipmaps.get(index as usize)?))
        };
        match texture.and_then(find) {
            Some((texture, mipmaps)) => Sampler::new(texture, mipmaps).smooth(uv, footprint_uv),
            None => Vec4::ONE,
        }
    }
}

/// Averages the samples of each pixel and makes alpha straight.
fn resolve(tile: &Tile, colours: &[Vec4], samples: u32, band: &mut [[u8; 4]], width: usize) {
    for y in 0..tile.size[1] / samples {
        for x in 0..tile.size[0] / samples {
            let mut sum = Vec4::ZERO;
            for j in 0..samples {
                for i in 0..samples {
                    sum += colours[Tile::index(x * samples + i, y * samples + j)];
                }
            }
            let x_px = (tile.origin[0] / samples + x) as usize;
            band[y as usize * width + x_px] = scene::straight(sum / (samples * samples) as f32);
        }
    }
}

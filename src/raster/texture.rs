//! Textures with mipmaps, and their sampling in plain Rust as GPUs do it.

use crate::figure::{Texture, Wrap};
use crate::picture::Picture;
use crate::picture::halving::halved;
use glam::{Vec2, Vec4};

/// The smaller versions of a texture, each half as large as the one before, down to 1×1. Level 0, the texture itself,
/// is not among them.
pub(super) fn mipmaps(picture: &Picture) -> Vec<Picture> {
    let mut levels: Vec<Picture> = Vec::new();
    loop {
        let last = levels.last().unwrap_or(picture);
        if last.width_px.max(last.height_px) <= 1 {
            return levels;
        }
        levels.push(halved(last));
    }
}

/// A texture with its mipmaps, for sampling.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'a> {
    texture: &'a Texture,
    mipmaps: &'a [Picture],
}

impl<'a> Sampler<'a> {
    /// `mipmaps` may be empty: then level 0 is all there is.
    pub(super) fn new(texture: &'a Texture, mipmaps: &'a [Picture]) -> Self {
        Self { texture, mipmaps }
    }

    /// Bilinear in level 0. RGBA, 0 to 1.
    pub(super) fn sharp(&self, uv: Vec2) -> Vec4 {
        bilinear(&self.texture.picture, self.texture.wrap, uv)
    }

    /// Trilinear; `footprint_uv` are the texture coordinate's derivatives along the screen's x and y.
    pub(super) fn smooth(&self, uv: Vec2, footprint_uv: [Vec2; 2]) -> Vec4 {
        let size = Vec2::new(self.texture.picture.width_px as f32, self.texture.picture.height_px as f32);
        let texels = (footprint_uv[0] * size).length_squared().max((footprint_uv[1] * size).length_squared());
        // log2 of the length is half that of its square.
        let level = (0.5 * texels.log2()).clamp(0.0, self.mipmaps.len() as f32);
        if level.is_nan() || level == 0.0 {
            return self.sharp(uv);
        }
        let (floor, part) = (level.floor() as usize, level.fract());
        let at = |level: usize| match level.checked_sub(1) {
            None => self.sharp(uv),
            Some(i) => bilinear(&self.mipmaps[i.min(self.mipmaps.len() - 1)], self.texture.wrap, uv),
        };
        if part < 1.0 / 64.0 { at(floor) } else { at(floor).lerp(at(floor + 1), part) }
    }
}

fn bilinear(picture: &Picture, wrap: [Wrap; 2], uv: Vec2) -> Vec4 {
    if picture.pixels.is_empty() {
        return Vec4::ONE;
    }
    let (columns, across) = texels(uv.x, picture.width_px, wrap[0]);
    let (rows, down) = texels(uv.y, picture.height_px, wrap[1]);
    let at = |i: usize, j: usize| {
        let [r, g, b, a] = picture.pixels[rows[j] * picture.width_px as usize + columns[i]];
        Vec4::new(f32::from(r), f32::from(g), f32::from(b), f32::from(a))
    };
    at(0, 0).lerp(at(1, 0), across).lerp(at(0, 1).lerp(at(1, 1), across), down) * (1.0 / 255.0)
}

/// The two texels round a coordinate and the share of the second.
fn texels(coordinate: f32, size: u32, wrap: Wrap) -> ([usize; 2], f32) {
    // What isn't finite becomes 0; whole turns beyond any sense would leave no fraction anyway.
    let coordinate = if coordinate.abs() < 1e6 { coordinate } else { 0.0 };
    let place = match wrap {
        Wrap::Repeat => coordinate - coordinate.floor(),
        Wrap::Mirror => 1.0 - (coordinate - 2.0 * (coordinate * 0.5).floor() - 1.0).abs(),
        Wrap::Clamp => coordinate.clamp(0.0, 1.0),
    } * size as f32
        - 0.5;
    let floor = place.floor();
    let (low, last) = (floor as i64, i64::from(size) - 1);
    let fit = |texel: i64| match wrap {
        Wrap::Repeat if texel < 0 => last as usize,
        Wrap::Repeat if texel > last => 0,
        _ => texel.clamp(0, last) as usize,
    };
    ([fit(low), fit(low + 1)], place - floor)
}

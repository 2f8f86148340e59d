//! Textures of formats whose materials name a file and leave it to the renderer how that covers the surface (MMD, OBJ).

use super::resources::Folder;
use super::textures::{self, ImageSource};
use super::{Alpha, Material, Submesh, Texture, Vertex, Wrap};
use crate::picture::Picture;
use glam::Vec2;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;

/// The image files that a figure's materials show, each once however often and in whatever spelling it is named.
pub(super) struct ImageList<'a> {
    folder: &'a Folder,
    known: HashMap<(Result<PathBuf, String>, Wrap), u32>,
    sources: Vec<ImageSource<'static>>,
}

impl<'a> ImageList<'a> {
    pub(super) fn new(folder: &'a Folder) -> Self {
        Self { folder, known: HashMap::new(), sources: Vec::new() }
    }

    /// The index that the texture of that file will have.
    pub(super) fn index(&mut self, reference: &str, wrap: Wrap) -> u32 {
        *self.known.entry((self.folder.find_picture(reference), wrap)).or_insert_with(|| {
            let bytes = self.folder.read_picture(reference).map(Cow::Owned);
            self.sources.push(ImageSource { name: reference.to_owned(), bytes, wrap: [wrap; 2] });
            self.sources.len() as u32 - 1
        })
    }

    /// All textures, in order of their indices; white, with a warning, where a file can't be used.
    pub(super) fn decode(self, warnings: &mut Vec<String>) -> Vec<Texture> {
        textures::textures(self.sources, warnings)
    }
}

/// Gives opaque materials the alpha mode that their textures ask for where the triangles show them.
pub(super) fn cover(
    materials: &mut [Material],
    textures: &[Texture],
    submeshes: &[Submesh],
    triangles: &[[u32; 3]],
    vertices: &[Vertex],
) {
    let clear: Vec<bool> = textures.par_iter().map(|t| t.picture.pixels.iter().any(|pixel| pixel[3] < 255)).collect();
    let mut parts = vec![Vec::new(); materials.len()];
    for part in submeshes {
        parts[part.material as usize].push(&triangles[part.first as usize..][..part.count as usize]);
    }
    (materials, parts).into_par_iter().for_each(|(material, parts)| {
        let Some(texture) = material.texture.map(|t| t as usize) else { return };
        if material.alpha == Alpha::Opaque && clear[texture] {
            let corners = parts.into_iter().flatten().map(|t| t.map(|i| vertices[i as usize].uv));
            material.alpha = coverage(&textures[texture].picture, corners);
        }
    });
}

/// The alpha mode with which triangles (texture coordinates of their corners, repeating) look as if they were blended.
/// Most surfaces need only an opaque or a cut-out material, which hide what lies behind them whatever the order.
fn coverage(picture: &Picture, triangles: impl Iterator<Item = [Vec2; 3]>) -> Alpha {
    // Texels between fully there and not there at all may make a cut-out's soft rim, but no more of it than this.
    const MOST_RIM: f64 = 0.05;
    const LEAST_HOLE: f64 = 0.001;
    let size = Vec2::new(picture.width_px as f32, picture.height_px as f32);
    let (mut solid, mut partly, mut hole) = (0.0f64, 0.0f64, 0.0f64);
    for corners in triangles {
        let [a, b, c] = corners.map(|uv| uv * size);
        let longest = (b - a).length().max((c - b).length()).max((a - c).length());
        let steps = (longest / 2.0).ceil().clamp(1.0, 24.0);
        let area = f64::from((b - a).perp_dot(c - a).abs().max(1.0) / (steps * steps));
        for i in 0..steps as u32 {
            for j in 0..steps as u32 - i {
                let at = a + (b - a) * ((i as f32 + 1.0 / 3.0) / steps) + (c - a) * ((j as f32 + 1.0 / 3.0) / steps);
                let wrapped = (at / size - (at / size).floor()) * size;
                let (x, y) = (wrapped.x as u32, wrapped.y as u32);
                match picture.at(x.min(picture.width_px - 1), y.min(picture.height_px - 1))[3] {
                    0..=8 => hole += area,
                    9..=246 => partly += area,
                    247..=255 => solid += area,
                }
            }
        }
    }
    if partly + hole < LEAST_HOLE * (partly + hole + solid) {
        Alpha::Opaque
    } else if partly > MOST_RIM * (partly + solid) {
        Alpha::Blend
    } else {
        Alpha::Mask { cutoff: 0.5 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left half solid, then a quarter with the given alpha, then nothing.
    fn thirds(alpha: u8) -> Picture {
        let mut picture = Picture::new(64, 8);
        for (i, pixel) in picture.pixels.iter_mut().enumerate() {
            pixel[3] = match i % 64 {
                0..32 => 255,
                32..48 => alpha,
                _ => 0,
            };
        }
        picture
    }

    #[test]
    fn coverage_looks_only_where_the_triangles_lie() {
        let triangle =
            |low: f32, high: f32| std::iter::once([Vec2::new(low, 0.1), Vec2::new(high, 0.1), Vec2::new(low, 0.9)]);
        let picture = thirds(128);
        assert_eq!(coverage(&picture, triangle(0.0, 0.49)), Alpha::Opaque);
        assert_eq!(coverage(&picture, triangle(0.2, 0.7)), Alpha::Blend);
        assert_eq!(coverage(&thirds(0), triangle(0.2, 0.7)), Alpha::Mask { cutoff: 0.5 });
        // Wrapped around, and degenerate.
        assert_eq!(coverage(&picture, triangle(-2.0, -1.51)), Alpha::Opaque);
        assert_eq!(coverage(&picture, triangle(0.1, 0.1)), Alpha::Opaque);
    }
}

//! A figure prepared for drawing: what stays the same in all poses and for all cameras.

use super::{RasterError, cpu, gpu, scene, texture};
use crate::figure::{Figure, LandmarkMap, LocalPose, Texture, landmarks};
use crate::picture::Picture;
use glam::{Vec3, Vec4};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// A figure prepared for drawing.
pub struct Model {
    figure: Arc<Figure>,
    landmarks: Vec<Vec3>,
    /// For each texture: no texel is translucent.
    opaque_textures: Vec<bool>,
    /// No vertex is translucent.
    pub(super) opaque_vertices: bool,
    /// All vertices are white.
    pub(super) white_vertices: bool,
    /// The submesh of each triangle.
    pub(super) triangle_submesh: Vec<u32>,
    mipmaps: OnceLock<Vec<Vec<Picture>>>,
    gpu: Option<gpu::GpuModel>,
}

impl Model {
    pub(super) fn new(figure: Arc<Figure>, map: &LandmarkMap) -> Self {
        let landmarks = landmarks::landmarks(&figure, map);
        let opaque = |t: &Texture| t.picture.pixels.iter().all(|p| p[3] == 255);
        let mut triangle_submesh = vec![u32::MAX; figure.triangles.len()];
        for (index, submesh) in figure.submeshes.iter().enumerate() {
            let range = submesh.first as usize..(submesh.first as usize + submesh.count as usize);
            triangle_submesh.get_mut(range).map(|r| r.fill(index as u32)).unwrap_or_default();
        }
        Self {
            landmarks,
            opaque_textures: figure.textures.par_iter().map(opaque).collect(),
            opaque_vertices: figure.vertices.iter().all(|v| v.colour.w >= 1.0),
            white_vertices: figure.vertices.iter().all(|v| v.colour == Vec4::ONE),
            triangle_submesh,
            mipmaps: OnceLock::new(),
            gpu: None,
            figure,
        }
    }

    /// The figure as it was loaded.
    pub fn figure(&self) -> &Arc<Figure> {
        &self.figure
    }

    /// The landmark of every vertex, fixed for all poses and cameras.
    pub fn landmarks(&self) -> &[Vec3] {
        &self.landmarks
    }

    /// Its triangles where they lie among landmarks, each with its material.
    pub fn landmark_triangles(&self) -> impl Iterator<Item = ([Vec3; 3], usize)> {
        self.figure.submeshes.iter().flat_map(move |submesh| {
            let (first, count) = (submesh.first as usize, submesh.count as usize);
            let triangles = self.figure.triangles.get(first..first + count).unwrap_or_default();
            triangles
                .iter()
                .map(move |corners| (corners.map(|v| self.landmarks[v as usize]), submesh.material as usize))
        })
    }

    /// Where all vertices are in a pose, metres: what a camera is framed on.
    ///
    /// # Errors
    /// A pose of another figure.
    pub fn posed_positions(&self, pose: &LocalPose) -> Result<Vec<Vec3>, RasterError> {
        Ok(self.positions(&scene::Deformed::new(self, pose, None)?))
    }

    /// Where all vertices are, metres.
    pub(super) fn positions(&self, deformed: &scene::Deformed) -> Vec<Vec3> {
        cpu::positions(self, deformed)
    }

    /// Alpha is the same all over this material.
    pub(super) fn uniform_alpha(&self, material: u32) -> bool {
        let texture = self.figure.materials[material as usize].texture;
        self.opaque_vertices && texture.is_none_or(|t| self.opaque_textures.get(t as usize).copied().unwrap_or(true))
    }

    /// The outline's width at every vertex, metres.
    pub(super) fn outline_widths(&self, looks: &[scene::Looks]) -> Vec<f32> {
        let mut widths = vec![0.0; self.figure.vertices.len()];
        for (triangle, &submesh) in self.figure.triangles.iter().zip(&self.triangle_submesh) {
            let Some(submesh) = self.figure.submeshes.get(submesh as usize) else { continue };
            let width = looks.get(submesh.material as usize).map_or(0.0, |l| l.outline_width_m[0]);
            triangle.iter().for_each(|&v| widths[v as usize] = width);
        }
        widths
    }

    /// With what a graphics adapter holds of it.
    pub(super) fn with_buffers(self, buffers: gpu::GpuModel) -> Self {
        Self { gpu: Some(buffers), ..self }
    }

    /// What the graphics adapter holds of it.
    pub(super) fn on_gpu(&self) -> Result<&gpu::GpuModel, RasterError> {
        self.gpu.as_ref().ok_or(RasterError::ForeignModel)
    }

    /// The smaller versions of every texture, made when first asked for.
    pub(super) fn mipmaps(&self) -> &[Vec<Picture>] {
        self.mipmaps.get_or_init(|| {
            let levels = |t: &Texture| {
                if t.picture.pixels.is_empty() { Vec::new() } else { texture::mipmaps(&t.picture) }
            };
            self.figure.textures.par_iter().map(levels).collect()
        })
    }
}

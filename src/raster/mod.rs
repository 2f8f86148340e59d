//! From a posed figure to pictures: UDP, toon and id passes, on the GPU (wgpu) or in plain Rust.
//!
//! ```text
//! Figure + LandmarkMap ── load ──▶ Model      (once: landmarks, textures, buffers)
//! Model + LocalPose + Camera ────▶ Udp | Picture | IdImage
//! ```
//!
//! What is drawn, in which order and with which colours is decided in `scene` for both; `cpu` is what runs where no
//! graphics adapter exists and the oracle that the GPU's passes are tested against.

mod cpu;
mod scene;
mod style;
mod texture;

pub use style::{Outlines, ToonStyle};

use crate::figure::{Figure, LandmarkMap, LocalPose, Texture, landmarks};
use crate::picture::Picture;
use crate::pose::Camera;
use crate::udp::Udp;
use glam::{Vec3, Vec4};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// Largest side of a picture, in pixels.
pub const LARGEST_SIDE_PX: u32 = 8192;

/// Who draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum RasterChoice {
    /// A graphics card where there is one, else the CPU.
    #[default]
    Auto,
    /// A graphics adapter, be it one in software.
    Gpu,
    /// Plain Rust on all cores.
    Cpu,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum RasterError {
    /// The pose was resolved for another figure.
    #[error("the pose belongs to another figure; resolve it for this one")]
    ForeignPose,
    /// NaN or infinity in the camera's matrices.
    #[error("the camera's place isn't finite; frame it on the figure again")]
    Camera,
    /// No pixels, or more than fit.
    #[error("a picture of {0}×{1} pixels can't be drawn; each side must be 1 to {LARGEST_SIDE_PX} pixels")]
    Size(u32, u32),
}

/// Draws figures.
pub struct Rasterizer;

impl Rasterizer {
    /// # Errors
    /// [`RasterChoice::Gpu`] where no adapter can do it.
    pub fn new(_choice: RasterChoice) -> Result<Self, RasterError> {
        Ok(Self)
    }

    /// In words: `CPU, 2 threads`.
    pub fn describe(&self) -> String {
        format!("CPU, {} threads", rayon::current_num_threads())
    }

    /// Prepares a figure: its landmarks are computed once and for all poses.
    ///
    /// # Errors
    /// Where the adapter has no room for it.
    pub fn load(&self, figure: Arc<Figure>, map: &LandmarkMap) -> Result<Model, RasterError> {
        Ok(Model::new(figure, map))
    }

    /// The Ultra-Dense Pose: nearest surface, no antialiasing.
    ///
    /// # Errors
    /// Sizes out of range; a pose of another figure; a camera that isn't finite.
    pub fn udp(&self, model: &Model, pose: &LocalPose, camera: &Camera, size_px: [u32; 2]) -> Result<Udp, RasterError> {
        check_size(size_px)?;
        let frame = scene::Frame::new(model, pose, camera, size_px)?;
        Ok(cpu::udp(model, &frame, size_px))
    }

    /// The figure as a cel: texture, two tones, outlines; straight alpha, clean edges.
    ///
    /// # Errors
    /// As [`Self::udp`].
    pub fn toon(
        &self,
        model: &Model,
        pose: &LocalPose,
        camera: &Camera,
        size_px: [u32; 2],
        style: &ToonStyle,
    ) -> Result<Picture, RasterError> {
        check_size(size_px)?;
        let frame = scene::Frame::new(model, pose, camera, size_px)?;
        Ok(cpu::toon(model, &frame, size_px, style))
    }

    /// What is under each pixel.
    ///
    /// # Errors
    /// As [`Self::udp`].
    pub fn ids(
        &self,
        model: &Model,
        pose: &LocalPose,
        camera: &Camera,
        size_px: [u32; 2],
    ) -> Result<IdImage, RasterError> {
        check_size(size_px)?;
        let frame = scene::Frame::new(model, pose, camera, size_px)?;
        Ok(cpu::ids(model, &frame, size_px))
    }
}

fn check_size([width, height]: [u32; 2]) -> Result<(), RasterError> {
    let fits = 1..=LARGEST_SIDE_PX;
    if fits.contains(&width) && fits.contains(&height) { Ok(()) } else { Err(RasterError::Size(width, height)) }
}

/// What a pixel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id {
    /// Index into [`Figure::submeshes`].
    pub submesh: u32,
    /// Index into [`Figure::joints`]: the one that moves this triangle most.
    pub joint: u32,
}

/// Per pixel what is seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdImage {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Row-major from the top.
    pub pixels: Vec<Option<Id>>,
}

impl IdImage {
    /// The pixel in column `x` of row `y`, `None` outside too.
    pub fn at(&self, x: u32, y: u32) -> Option<Id> {
        if x >= self.width_px {
            return None;
        }
        self.pixels.get(y as usize * self.width_px as usize + x as usize).copied().flatten()
    }
}

/// A figure prepared for drawing.
pub struct Model {
    figure: Arc<Figure>,
    landmarks: Vec<Vec3>,
    /// For each texture: no texel is translucent.
    opaque_textures: Vec<bool>,
    /// No vertex is translucent.
    opaque_vertices: bool,
    /// All vertices are white.
    white_vertices: bool,
    /// The submesh of each triangle.
    triangle_submesh: Vec<u32>,
    mipmaps: OnceLock<Vec<Vec<Picture>>>,
}

impl Model {
    fn new(figure: Arc<Figure>, map: &LandmarkMap) -> Self {
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

    /// Where all vertices are in a pose, metres: what a camera is framed on.
    ///
    /// # Errors
    /// A pose of another figure.
    pub fn posed_positions(&self, pose: &LocalPose) -> Result<Vec<Vec3>, RasterError> {
        let camera = Camera { view: glam::Mat4::IDENTITY, projection: glam::Mat4::IDENTITY };
        let frame = scene::Frame::new(self, pose, &camera, [1, 1])?;
        Ok(cpu::positions(self, &frame))
    }

    /// Alpha is the same all over this material.
    fn uniform_alpha(&self, material: u32) -> bool {
        let texture = self.figure.materials[material as usize].texture;
        self.opaque_vertices && texture.is_none_or(|t| self.opaque_textures.get(t as usize).copied().unwrap_or(true))
    }

    /// The outline's width at every vertex, metres.
    fn outline_widths(&self, looks: &[scene::Looks]) -> Vec<f32> {
        let mut widths = vec![0.0; self.figure.vertices.len()];
        for (triangle, &submesh) in self.figure.triangles.iter().zip(&self.triangle_submesh) {
            let Some(submesh) = self.figure.submeshes.get(submesh as usize) else { continue };
            let width = looks.get(submesh.material as usize).map_or(0.0, |l| l.outline_width_m[0]);
            triangle.iter().for_each(|&v| widths[v as usize] = width);
        }
        widths
    }

    fn mipmaps(&self) -> &[Vec<Picture>] {
        self.mipmaps.get_or_init(|| {
            let levels = |t: &Texture| {
                if t.picture.pixels.is_empty() { Vec::new() } else { texture::mipmaps(&t.picture) }
            };
            self.figure.textures.par_iter().map(levels).collect()
        })
    }
}

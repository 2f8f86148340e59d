//! From a posed figure to pictures: UDP, toon and id passes, on the GPU (wgpu) or in plain Rust.
//!
//! ```text
//! Figure + LandmarkMap ── load ──▶ Model      (once: landmarks, textures, buffers)
//! Model + LocalPose + Camera ────▶ Udp | Picture | IdImage
//! ```
//!
//! Whoever draws one figure in many poses takes a [`Subject`]: in a pose it is a [`Stance`], before a camera a [`Shot`].
//!
//! What is drawn and in which order is decided in `order`, with which colours in `scene`, for both; `cpu` is what runs where no
//! graphics adapter exists and the oracle that the GPU's passes are tested against.

mod cpu;
mod gpu;
mod model;
mod order;
mod scene;
mod shot;
mod style;
mod subject;
mod texture;
mod wireframe;

pub use gpu::{AdapterSummary, adapters};
pub use model::Model;
pub use shot::{Shot, Stance};
pub use style::{Outlines, ToonStyle};
pub use subject::{MARGIN, Subject, SubjectError};

use crate::figure::{Figure, LandmarkMap, LocalPose};
use crate::picture::Picture;
use crate::pose::Camera;
use crate::udp::Udp;
use scene::Deformed;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError, Weak};

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
    #[error("a picture of {width}×{height} pixels can't be drawn here; each side must be 1 to {largest} pixels")]
    Size {
        /// Pixels asked for.
        width: u32,
        /// Pixels asked for.
        height: u32,
        /// What fits.
        largest: u32,
    },
    /// No graphics adapter that can do the passes.
    #[error("no suitable graphics adapter (`settei doctor` lists what there is); use the CPU instead: --raster cpu")]
    NoAdapter,
    /// The figure was loaded by another rasterizer.
    #[error("the figure is not on this graphics adapter; load it again")]
    ForeignModel,
    /// Out of memory on the adapter.
    #[error("the graphics adapter has too little memory for this; choose a smaller picture or --raster cpu")]
    GpuMemory,
    /// The adapter or its driver gave up.
    #[error("the graphics adapter failed: {0}. Try --raster cpu")]
    Gpu(String),
}

/// Draws figures; may be shared between threads.
#[derive(Clone)]
pub struct Rasterizer {
    /// `None`: in plain Rust.
    gpu: Option<Arc<gpu::Gpu>>,
}

/// The graphics adapter that this process has open: one for all figures, as long as one is drawn there.
static OPEN: Mutex<Weak<gpu::Gpu>> = Mutex::new(Weak::new());

/// The open adapter, or the best one opened; `None` where `hardware_only` and it is a processor that plays a graphics card.
fn shared_gpu(hardware_only: bool) -> Result<Option<Arc<gpu::Gpu>>, RasterError> {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let gpu = match open.upgrade().filter(|gpu| !gpu.is_lost()) {
        Some(gpu) => (!hardware_only || !gpu.is_software()).then_some(gpu),
        None => gpu::Gpu::open(hardware_only)?.map(Arc::new),
    };
    if let Some(gpu) = &gpu {
        *open = Arc::downgrade(gpu);
    }
    Ok(gpu)
}

impl Rasterizer {
    /// `Auto` takes a graphics card where there is one; all rasterizers of a process share it. An adapter in software is slower than the passes in plain Rust
    /// (`settei bench raster`), so it is used only when asked for.
    ///
    /// # Errors
    /// [`RasterChoice::Gpu`] where no adapter can do it.
    pub fn new(choice: RasterChoice) -> Result<Self, RasterError> {
        let gpu = match choice {
            RasterChoice::Cpu => None,
            RasterChoice::Gpu => shared_gpu(false)?,
            RasterChoice::Auto => shared_gpu(true).unwrap_or_else(|error| {
                tracing::info!("drawing on the CPU: {error}");
                None
            }),
        };
        Ok(Self { gpu })
    }

    /// Draws on a device that is open already, such as the window's. It needs storage buffers in vertex shaders and
    /// `Rgba32Float` render targets, no further features.
    ///
    /// # Errors
    /// Where the device can't do it.
    pub fn from_device(adapter: &wgpu::Adapter, device: wgpu::Device, queue: wgpu::Queue) -> Result<Self, RasterError> {
        Ok(Self { gpu: Some(Arc::new(gpu::Gpu::new(adapter, device, queue)?)) })
    }

    /// In words: `GPU: llvmpipe (Vulkan)` or `CPU, 2 threads`.
    pub fn describe(&self) -> String {
        match &self.gpu {
            Some(gpu) => format!("GPU: {}", gpu.describe()),
            None => format!("CPU, {} threads", rayon::current_num_threads()),
        }
    }

    /// Prepares a figure: its landmarks are computed once and for all poses.
    ///
    /// # Errors
    /// Where the adapter has no room for it.
    pub fn load(&self, figure: Arc<Figure>, map: &LandmarkMap) -> Result<Model, RasterError> {
        let model = Model::new(figure, map);
        match &self.gpu {
            Some(gpu) => {
                let buffers = gpu.load(&model)?;
                Ok(model.with_buffers(buffers))
            }
            None => Ok(model),
        }
    }

    /// The Ultra-Dense Pose: nearest surface, no antialiasing.
    ///
    /// # Errors
    /// Sizes out of range; a pose of another figure; a camera that isn't finite; an adapter that gives up.
    pub fn udp(&self, model: &Model, pose: &LocalPose, camera: &Camera, size_px: [u32; 2]) -> Result<Udp, RasterError> {
        self.udp_of(model, &Arc::new(Deformed::new(model, pose, None)?), camera, size_px)
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
        self.toon_of(model, &Arc::new(Deformed::new(model, pose, None)?), camera, size_px, style)
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
        self.ids_of(model, &Arc::new(Deformed::new(model, pose, None)?), camera, size_px)
    }

    /// [`Self::ids`] of a pose that is worked out already.
    fn ids_of(
        &self,
        model: &Model,
        deformed: &Arc<Deformed>,
        camera: &Camera,
        size_px: [u32; 2],
    ) -> Result<IdImage, RasterError> {
        let frame = self.frame(deformed, camera, size_px)?;
        match &self.gpu {
            Some(gpu) => gpu.ids(model, &frame, size_px),
            None => Ok(cpu::ids(model, &frame, size_px)),
        }
    }

    /// How far away what is seen is, see [`Shot::depths`].
    fn depths_of(
        &self,
        model: &Model,
        deformed: &Arc<Deformed>,
        camera: &Camera,
        size_px: [u32; 2],
    ) -> Result<Vec<f32>, RasterError> {
        // Always in plain Rust: it takes milliseconds, and no pass on the GPU leaves its depths where they can be read.
        Ok(cpu::depths(model, &self.frame(deformed, camera, size_px)?, size_px))
    }

    /// [`Self::udp`] of a pose that is worked out already.
    fn udp_of(
        &self,
        model: &Model,
        deformed: &Arc<Deformed>,
        camera: &Camera,
        size_px: [u32; 2],
    ) -> Result<Udp, RasterError> {
        let frame = self.frame(deformed, camera, size_px)?;
        match &self.gpu {
            Some(gpu) => gpu.udp(model, &frame, size_px),
            None => Ok(cpu::udp(model, &frame, size_px)),
        }
    }

    /// [`Self::toon`] of a pose that is worked out already.
    fn toon_of(
        &self,
        model: &Model,
        deformed: &Arc<Deformed>,
        camera: &Camera,
        size_px: [u32; 2],
        style: &ToonStyle,
    ) -> Result<Picture, RasterError> {
        let frame = self.frame(deformed, camera, size_px)?;
        match &self.gpu {
            Some(gpu) => gpu.toon(model, &frame, size_px, style),
            None => Ok(cpu::toon(model, &frame, size_px, style)),
        }
    }

    fn frame(&self, deformed: &Arc<Deformed>, camera: &Camera, size_px: [u32; 2]) -> Result<scene::Frame, RasterError> {
        let largest = self.gpu.as_ref().map_or(LARGEST_SIDE_PX, |g| g.largest_side_px().min(LARGEST_SIDE_PX));
        if size_px.iter().any(|side| !(1..=largest).contains(side)) {
            let [width, height] = size_px;
            return Err(RasterError::Size { width, height, largest });
        }
        scene::Frame::new(Arc::clone(deformed), camera, size_px)
    }
}

/// What a pixel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id {
    /// Index into [`Figure::submeshes`].
    pub submesh: u32,
    /// Index into [`Figure::joints`]: the one that moves the first corner of the triangle seen here most.
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

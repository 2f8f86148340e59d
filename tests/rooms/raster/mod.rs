//! The rasterizer from a figure to pixels: known values, edges, broken input; GPU and CPU side by side.

mod agreement;
mod shapes;
mod surfaces;
mod translucency;

use glam::{Mat4, Vec3};
use settei::figure::landmarks::MapPreset;
use settei::figure::{Figure, LandmarkMap, LocalPose};
use settei::pose::{Camera, CameraView};
use settei::raster::{Model, RasterChoice, RasterError, Rasterizer};
use std::sync::Arc;

fn cpu() -> Rasterizer {
    Rasterizer::new(RasterChoice::Cpu).unwrap()
}

/// A graphics adapter, if this machine has one.
fn gpu() -> Option<Rasterizer> {
    match Rasterizer::new(RasterChoice::Gpu) {
        Ok(raster) => Some(raster),
        Err(RasterError::NoAdapter) => {
            eprintln!("without a suitable graphics adapter only the CPU is tested (mesa-vulkan-drivers brings one)");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Every rasterizer of this machine.
fn rasterizers() -> Vec<Rasterizer> {
    [Some(cpu()), gpu()].into_iter().flatten().collect()
}

fn load(raster: &Rasterizer, figure: &Arc<Figure>) -> Model {
    // Shapes without bones fill the landmark space axis by axis, so that their landmarks are known.
    let preset = if figure.humanoid.is_humanoid() { MapPreset::default() } else { MapPreset::Box };
    raster.load(figure.clone(), &LandmarkMap::new(figure, preset)).unwrap()
}

/// Looks along −z from `eye_z`, square pixels, 90° high.
fn camera(eye_z: f32, aspect: f32) -> Camera {
    Camera {
        view: Mat4::from_translation(Vec3::new(0.0, 0.0, -eye_z)),
        projection: glam::camera::rh::proj::directx::perspective(90f32.to_radians(), aspect, 0.1, 100.0),
    }
}

/// A camera that sees the whole posed figure.
fn framed(model: &Model, pose: &LocalPose, view: CameraView, [width, height]: [u32; 2]) -> Camera {
    view.frame(&model.posed_positions(pose).unwrap(), width as f32 / height as f32, 0.04)
}

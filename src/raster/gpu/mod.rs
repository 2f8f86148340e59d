//! The passes on a graphics adapter, headless or on the studio's device.

mod device;
mod model;
mod pipelines;
mod target;

pub use device::{AdapterSummary, adapters};

use super::order::{self, Draw};
use super::scene::{self, Frame};
use super::{Id, IdImage, Model, RasterError, ToonStyle, cpu};
use crate::picture::Picture;
use crate::udp::Udp;
use bytemuck::{Pod, Zeroable};
use glam::{Mat4, Vec3};
pub(super) use model::GpuModel;
use pipelines::{COLOUR, Key, Kind, Pipelines};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use target::{Reader, Target};

/// Largest side of what the toon pass draws at once, in samples.
const LARGEST_TILE: u32 = 2048;

/// An open adapter with all that the passes keep there.
pub(super) struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    description: String,
    software: bool,
    /// The driver took the device away, say after a reset.
    lost: Arc<AtomicBool>,
    /// One picture at a time: models' changing buffers are shared by all that draw.
    workspace: Mutex<Workspace>,
}

struct Workspace {
    pipelines: Pipelines,
    target: Option<Target>,
    resolved: Option<Target>,
    reader: Reader,
}

/// `Frame` in figure.wgsl.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct FrameUniform {
    clip_from_world: Mat4,
    light: [f32; 4],
    tones: [f32; 4],
}

/// `Draw` in figure.wgsl.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct DrawUniform {
    submesh: u32,
    material: u32,
    cutoff: f32,
    padding: u32,
}

/// A run of triangles and how it is drawn.
struct Step {
    kind: Kind,
    draw: Draw,
    /// The material shines or is tinted.
    rich: bool,
}

impl Gpu {
    /// The best adapter of this machine; `None` where `hardware_only` and it is a processor that plays a graphics card.
    pub(super) fn open(hardware_only: bool) -> Result<Option<Self>, RasterError> {
        let adapter = device::best()?;
        if hardware_only && device::is_software(&adapter) {
            return Ok(None);
        }
        let (device, queue) = device::open(&adapter)?;
        Self::new(&adapter, device, queue).map(Some)
    }

    /// On a device that someone else opened.
    pub(super) fn new(adapter: &wgpu::Adapter, device: wgpu::Device, queue: wgpu::Queue) -> Result<Self, RasterError> {
        let pipelines = guarded(&device, || Pipelines::new(&device))?;
        let lost = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&lost);
        device.set_device_lost_callback(move |_, _| tell.store(true, Ordering::Relaxed));
        Ok(Self {
            description: device::describe(adapter),
            software: device::is_software(adapter),
            lost,
            workspace: Mutex::new(Workspace { pipelines, target: None, resolved: None, reader: Reader::default() }),
            device,
            queue,
        })
    }

    pub(super) fn describe(&self) -> &str {
        &self.description
    }

    /// It is a processor that plays a graphics card.
    pub(super) fn is_software(&self) -> bool {
        self.software
    }

    /// Nothing can be drawn there any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// Pixels.
    pub(super) fn largest_side_px(&self) -> u32 {
        self.device.limits().max_texture_dimension_2d
    }

    pub(super) fn load(&self, model: &Model) -> Result<GpuModel, RasterError> {
        let workspace = self.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        guarded(&self.device, || GpuModel::new(&self.device, &self.queue, &workspace.pipelines, model))
    }

    /// The UDP pass.
    pub(super) fn udp(&self, model: &Model, frame: &Frame, size_px: [u32; 2]) -> Result<Udp, RasterError> {
        let mut udp = Udp::new(size_px[0], size_px[1]);
        self.points(model, frame, size_px, Kind::Udp, &mut udp.pixels)?;
        Ok(udp)
    }

    /// The id pass.
    pub(super) fn ids(&self, model: &Model, frame: &Frame, size_px: [u32; 2]) -> Result<IdImage, RasterError> {
        let mut ids = vec![[0u32; 2]; size_px[0] as usize * size_px[1] as usize];
        self.points(model, frame, size_px, Kind::Id, &mut ids)?;
        let pixels =
            ids.into_iter().map(|[submesh, joint]| Some(Id { submesh: submesh.checked_sub(1)?, joint })).collect();
        Ok(IdImage { width_px: size_px[0], height_px: size_px[1], pixels })
    }

    fn points<T: Pod + Send>(
        &self,
        model: &Model,
        frame: &Frame,
        size_px: [u32; 2],
        kind: Kind,
        pixels: &mut [T],
    ) -> Result<(), RasterError> {
        let style = ToonStyle::default();
        let steps: Vec<Step> =
            order::points(model, frame).into_iter().map(|draw| Step { kind, draw, rich: false }).collect();
        self.with_workspace(|workspace| {
            let buffers = model.on_gpu()?;
            self.upload(model, buffers, frame, &style, &steps, &[]);
            let target = take_target(&self.device, &mut workspace.target, size_px, kind.target(), true);
            let mut encoder = self.device.create_command_encoder(&Default::default());
            self.draw(&mut workspace.pipelines, &mut encoder, target, buffers, frame, &steps);
            self.read(&mut workspace.reader, encoder, target, pixels, [0, 0], size_px[0])
        })
    }

    /// The toon pass, tile by tile so that many samples need little memory.
    pub(super) fn toon(
        &self,
        model: &Model,
        frame: &Frame,
        size_px: [u32; 2],
        style: &ToonStyle,
    ) -> Result<Picture, RasterError> {
        let samples = style.samples();
        let order::Plan { draws, sorted, .. } =
            order::picture(model, frame, style, || Cow::Owned(cpu::positions(model, &frame.deformed)));
        let materials = frame.materials(model.figure());
        let step = |draw: Draw| Step {
            kind: if draw.hull { Kind::Line } else { Kind::Toon },
            rich: scene::Looks::rich(&materials[draw.material as usize]),
            draw,
        };
        let steps: Vec<Step> = draws.into_iter().map(step).collect();
        let mut picture = Picture::new(size_px[0], size_px[1]);
        let tile = size_px.map(|s| s.min(LARGEST_TILE / samples));
        self.with_workspace(|workspace| {
            let buffers = model.on_gpu()?;
            self.upload(model, buffers, frame, style, &steps, &sorted);
            let Workspace { pipelines, target, resolved, reader } = workspace;
            let target = take_target(&self.device, target, tile.map(|s| s * samples), COLOUR, true);
            let resolved = take_target(&self.device, resolved, tile, COLOUR, false);
            let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("resolve"),
                layout: &pipelines.resolve_layout,
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&target.view),
                }],
            });
            let resolve = pipelines.resolve(&self.device, samples);
            for y in (0..size_px[1]).step_by(tile[1] as usize) {
                for x in (0..size_px[0]).step_by(tile[0] as usize) {
                    let crop = crop(size_px, [x, y], tile);
                    self.write_frame(buffers, frame, style, crop);
                    let mut encoder = self.device.create_command_encoder(&Default::default());
                    self.draw(pipelines, &mut encoder, target, buffers, frame, &steps);
                    {
                        let mut pass = resolved.pass(&mut encoder);
                        pass.set_pipeline(&resolve);
                        pass.set_bind_group(0, &group, &[]);
                        pass.draw(0..3, 0..1);
                    }
                    self.read(reader, encoder, resolved, &mut picture.pixels, [x, y], size_px[0])?;
                }
            }
            Ok(())
        })?;
        Ok(picture)
    }

    fn with_workspace<T>(&self, work: impl FnOnce(&mut Workspace) -> Result<T, RasterError>) -> Result<T, RasterError> {
        let mut workspace = self.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        let result = guarded(&self.device, || work(&mut workspace)).and_then(|result| result);
        if result.is_err() {
            // What was made under an error may be no good.
            (workspace.target, workspace.resolved, workspace.reader) = (None, None, Reader::default());
        }
        result
    }

    fn upload(
        &self,
        model: &Model,
        buffers: &GpuModel,
        frame: &Frame,
        style: &ToonStyle,
        steps: &[Step],
        sorted: &[u32],
    ) {
        let draws: Vec<DrawUniform> = steps
            .iter()
            .map(|Step { draw, .. }| DrawUniform {
                submesh: draw.submesh,
                material: draw.material,
                cutoff: draw.cutoff.unwrap_or(0.0),
                padding: 0,
            })
            .collect();
        let looks = scene::looks(model.figure(), frame, style);
        self.queue.write_buffer(&buffers.matrices, 0, bytemuck::cast_slice(&frame.deformed.matrices));
        self.queue.write_buffer(&buffers.draws, 0, bytemuck::cast_slice(&draws));
        self.queue.write_buffer(&buffers.looks, 0, bytemuck::cast_slice(&looks));
        if !sorted.is_empty() {
            let triangles = &model.figure().triangles;
            let corners: Vec<[u32; 3]> = sorted.iter().map(|&triangle| triangles[triangle as usize]).collect();
            self.queue.write_buffer(&buffers.sorted, 0, bytemuck::cast_slice(&corners));
        }
        if let Some(shape) = &frame.deformed.shape {
            let vertices = model::shape_vertices(shape);
            self.queue.write_buffer(&buffers.morphed, 0, bytemuck::cast_slice(&vertices));
        }
        self.write_frame(buffers, frame, style, Mat4::IDENTITY);
    }

    fn write_frame(&self, buffers: &GpuModel, frame: &Frame, style: &ToonStyle, crop: Mat4) {
        let uniform = FrameUniform {
            clip_from_world: crop * frame.clip_from_world,
            light: style.light_in_world(&frame.view).extend(frame.metres_per_pixel).to_array(),
            tones: [style.tones()[0], style.tones()[1], style.least_line_width_px, 0.0],
        };
        self.queue.write_buffer(&buffers.uniform, 0, bytemuck::bytes_of(&uniform));
    }

    fn draw(
        &self,
        pipelines: &mut Pipelines,
        encoder: &mut wgpu::CommandEncoder,
        target: &Target,
        buffers: &GpuModel,
        frame: &Frame,
        steps: &[Step],
    ) {
        let mut pass = target.pass(encoder);
        let shape = if frame.deformed.shape.is_some() { &buffers.morphed } else { &buffers.shape };
        pass.set_vertex_buffer(0, shape.slice(..));
        pass.set_vertex_buffer(1, buffers.fixed.slice(..));
        let mut indices = None;
        pass.set_bind_group(0, &buffers.frame, &[]);
        for (number, Step { kind, draw, rich }) in (0..).zip(steps) {
            if indices != Some(draw.sorted) {
                let buffer = if draw.sorted { &buffers.sorted } else { &buffers.indices };
                pass.set_index_buffer(buffer.slice(..), wgpu::IndexFormat::Uint32);
                indices = Some(draw.sorted);
            }
            let key = Key {
                kind: *kind,
                cut: draw.cutoff.is_some(),
                blended: draw.blended,
                colour: draw.colour,
                depth: draw.depth,
                double_sided: draw.double_sided,
                rich: *rich,
            };
            pass.set_pipeline(&pipelines.get(&self.device, key));
            pass.set_bind_group(1, &buffers.materials[draw.material as usize], &[]);
            pass.draw_indexed(draw.first * 3..(draw.first + draw.count) * 3, 0, number..number + 1);
        }
    }

    /// Draws what `encoder` holds and copies the target's picture to `origin` in `pixels`, as far as it reaches.
    fn read<T: Pod + Send>(
        &self,
        reader: &mut Reader,
        encoder: wgpu::CommandEncoder,
        target: &Target,
        pixels: &mut [T],
        origin: [u32; 2],
        width: u32,
    ) -> Result<(), RasterError> {
        let columns = origin[0] as usize..width.min(origin[0] + target.size[0]) as usize;
        reader.read::<T>(&self.device, &self.queue, encoder, target, |first, bytes, stride| {
            let from = (origin[1] + first) as usize * width as usize;
            let Some(rows) = pixels.get_mut(from..) else { return };
            rows.par_chunks_mut(width as usize).zip(bytes.par_chunks(stride)).for_each(|(row, bytes)| {
                let row: &mut [u8] = bytemuck::cast_slice_mut(&mut row[columns.clone()]);
                row.copy_from_slice(&bytes[..row.len()]);
            });
        })
    }
}

/// Runs `work` and turns what the device reports meanwhile into an error.
fn guarded<T>(device: &wgpu::Device, work: impl FnOnce() -> T) -> Result<T, RasterError> {
    use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
    let scopes = [Internal, Validation, OutOfMemory].map(|filter| device.push_error_scope(filter));
    let result = work();
    let mut error = None;
    for scope in scopes.into_iter().rev() {
        error = error.or(pollster::block_on(scope.pop()));
    }
    match error {
        None => Ok(result),
        Some(wgpu::Error::OutOfMemory { .. }) => Err(RasterError::GpuMemory),
        Some(error) => Err(RasterError::Gpu(error.to_string())),
    }
}

/// The kept target, renewed where size or format differ.
fn take_target<'t>(
    device: &wgpu::Device,
    kept: &'t mut Option<Target>,
    size: [u32; 2],
    format: wgpu::TextureFormat,
    depth: bool,
) -> &'t Target {
    if kept.as_ref().is_some_and(|t| t.size != size || t.format != format) {
        *kept = None;
    }
    kept.get_or_insert_with(|| Target::new(device, size, format, depth))
}

/// Clip space of a tile from that of the whole picture.
fn crop(size_px: [u32; 2], origin: [u32; 2], tile: [u32; 2]) -> Mat4 {
    let scale = [0, 1].map(|i| size_px[i] as f32 / tile[i] as f32);
    // The tile's centre, in the whole picture's normalized coordinates.
    let centre = [0, 1].map(|i| (2 * origin[i] + tile[i]) as f32 / size_px[i] as f32 - 1.0);
    Mat4::from_translation(Vec3::new(-centre[0] * scale[0], centre[1] * scale[1], 0.0))
        * Mat4::from_scale(Vec3::new(scale[0], scale[1], 1.0))
}

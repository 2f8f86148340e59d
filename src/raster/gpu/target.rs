//! Pictures in the adapter's memory and their way back.

use super::super::RasterError;
use super::pipelines::DEPTH;
use bytemuck::Pod;
use std::sync::mpsc;
use std::time::Duration;
use wgpu::{TextureFormat, TextureUsages};

/// Read back in bands of at most this many bytes.
const BAND_BYTES: u64 = 32 << 20;
/// After this long the adapter counts as stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// A picture to draw into, with its depth.
pub(super) struct Target {
    pub(super) size: [u32; 2],
    pub(super) format: TextureFormat,
    pub(super) colour: wgpu::Texture,
    pub(super) view: wgpu::TextureView,
    pub(super) depth: Option<wgpu::TextureView>,
}

impl Target {
    pub(super) fn new(device: &wgpu::Device, size: [u32; 2], format: TextureFormat, depth: bool) -> Self {
        let texture = |format, usage| {
            device.create_texture(&wgpu::TextureDescriptor {
                label: Some("target"),
                size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage,
                view_formats: &[],
            })
        };
        let usage = TextureUsages::RENDER_ATTACHMENT | TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_SRC;
        let colour = texture(format, usage);
        let view = colour.create_view(&Default::default());
        let depth = depth.then(|| texture(DEPTH, TextureUsages::RENDER_ATTACHMENT).create_view(&Default::default()));
        Self { size, format, colour, view, depth }
    }

    /// Begins drawing into it, cleared.
    pub(super) fn pass<'e>(&self, encoder: &'e mut wgpu::CommandEncoder) -> wgpu::RenderPass<'e> {
        encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("figure"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: self.depth.as_ref().map(|view| wgpu::RenderPassDepthStencilAttachment {
                view,
                depth_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(1.0), store: wgpu::StoreOp::Discard }),
                stencil_ops: None,
            }),
            ..Default::default()
        })
    }
}

/// Brings pictures back through one buffer that it keeps.
#[derive(Default)]
pub(super) struct Reader {
    staging: Option<wgpu::Buffer>,
}

impl Reader {
    /// Submits what `encoder` holds, then hands the picture to `band` from the top: first row, bytes, bytes from
    /// row to row.
    pub(super) fn read<T: Pod>(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        encoder: wgpu::CommandEncoder,
        target: &Target,
        mut band: impl FnMut(u32, &[u8], usize),
    ) -> Result<(), RasterError> {
        let row_bytes = u64::from(target.size[0]) * size_of::<T>() as u64;
        let stride = row_bytes.next_multiple_of(u64::from(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT));
        let rows_at_once = (BAND_BYTES / stride).clamp(1, u64::from(target.size[1])) as u32;
        let needed = stride * u64::from(rows_at_once);
        let staging = match &self.staging {
            Some(buffer) if buffer.size() >= needed => buffer.clone(),
            _ => self
                .staging
                .insert(device.create_buffer(&wgpu::BufferDescriptor {
                    label: Some("read back"),
                    size: needed,
                    usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
                    mapped_at_creation: false,
                }))
                .clone(),
        };
        let mut encoder = Some(encoder);
        for first in (0..target.size[1]).step_by(rows_at_once as usize) {
            let rows = rows_at_once.min(target.size[1] - first);
            let mut commands = encoder.take().unwrap_or_else(|| device.create_command_encoder(&Default::default()));
            commands.copy_texture_to_buffer(
                wgpu::TexelCopyTextureInfo {
                    origin: wgpu::Origin3d { x: 0, y: first, z: 0 },
                    ..target.colour.as_image_copy()
                },
                wgpu::TexelCopyBufferInfo {
                    buffer: &staging,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(stride as u32),
                        rows_per_image: None,
                    },
                },
                wgpu::Extent3d { width: target.size[0], height: rows, depth_or_array_layers: 1 },
            );
            let submission = queue.submit([commands.finish()]);
            let (sender, receiver) = mpsc::channel();
            let used = ..stride * u64::from(rows);
            staging.map_async(wgpu::MapMode::Read, used, move |result| {
                // Nobody listens any more only when the picture was given up.
                let _ = sender.send(result);
            });
            let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: Some(PATIENCE) };
            device.poll(wait).map_err(|e| RasterError::Gpu(e.to_string()))?;
            match receiver.try_recv() {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(RasterError::Gpu(error.to_string())),
                Err(_) => return Err(RasterError::Gpu("the picture could not be read back".into())),
            }
            let result = match staging.get_mapped_range(used) {
                Ok(bytes) => {
                    band(first, &bytes, stride as usize);
                    Ok(())
                }
                Err(error) => Err(RasterError::Gpu(error.to_string())),
            };
            staging.unmap();
            result?;
        }
        Ok(())
    }
}

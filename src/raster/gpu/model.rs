//! A figure in the adapter's memory.

use super::super::{Model, order, scene};
use super::pipelines::Pipelines;
use crate::figure::Wrap;
use crate::picture::Picture;
use bytemuck::{Pod, Zeroable};
use wgpu::BufferUsages;
use wgpu::util::DeviceExt;

/// What morphs change of a vertex.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct ShapeVertex {
    position: [f32; 3],
    normal: [f32; 3],
    uv: [f32; 2],
}

/// What no pose changes of a vertex.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct FixedVertex {
    landmark: [f32; 3],
    colour: [f32; 4],
    binds: [u16; 4],
    weights: [f32; 4],
    joint: u32,
    emission_uv_offset: [f32; 2],
}

/// Buffers, textures and their bindings.
pub(in super::super) struct GpuModel {
    /// [`ShapeVertex`] without morphs.
    pub(super) shape: wgpu::Buffer,
    /// The same for the morphed shape of the current frame.
    pub(super) morphed: wgpu::Buffer,
    /// [`FixedVertex`].
    pub(super) fixed: wgpu::Buffer,
    pub(super) indices: wgpu::Buffer,
    /// Corners of the triangles that the current frame sorts.
    pub(super) sorted: wgpu::Buffer,
    pub(super) uniform: wgpu::Buffer,
    pub(super) matrices: wgpu::Buffer,
    pub(super) draws: wgpu::Buffer,
    pub(super) looks: wgpu::Buffer,
    pub(super) frame: wgpu::BindGroup,
    /// One a material.
    pub(super) materials: Vec<wgpu::BindGroup>,
}

impl GpuModel {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue, pipelines: &Pipelines, model: &Model) -> Self {
        let figure = model.figure();
        let shape: Vec<ShapeVertex> = figure
            .vertices
            .iter()
            .map(|v| ShapeVertex { position: v.position.into(), normal: v.normal.into(), uv: v.uv.into() })
            .collect();
        let fixed: Vec<FixedVertex> = figure
            .vertices
            .iter()
            .zip(model.landmarks())
            .enumerate()
            .map(|(i, (v, landmark))| FixedVertex {
                landmark: landmark.to_array(),
                colour: scene::encoded_vertex_colour(v).to_array(),
                binds: v.binds,
                weights: v.weights,
                joint: scene::dominant_joint(figure, v),
                emission_uv_offset: scene::emission_uv_offset(figure, i).to_array(),
            })
            .collect();
        let filled = |label, contents: &[u8], usage| {
            // Buffers of no bytes can't be bound.
            let contents = if contents.is_empty() { &[0; 256] } else { contents };
            device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: Some(label), contents, usage })
        };
        let empty = |label, count: usize, item: usize, usage| {
            let size = (count.max(1) * item) as u64;
            device.create_buffer(&wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
        };
        let changing = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        let uniform =
            empty("frame", 1, size_of::<super::FrameUniform>(), BufferUsages::UNIFORM | BufferUsages::COPY_DST);
        let matrices = empty("matrices", figure.binds.len(), size_of::<glam::Mat4>(), changing);
        // Every submesh may be drawn three times: itself, what it hides, its outline.
        let draws = empty("draws", 3 * figure.submeshes.len(), size_of::<super::DrawUniform>(), changing);
        let looks = empty("looks", figure.materials.len(), size_of::<scene::Looks>(), changing);
        let frame = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("frame"),
            layout: &pipelines.frame_layout,
            entries: &[(0, &uniform), (1, &matrices), (2, &draws), (3, &looks)]
                .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() }),
        });
        Self {
            morphed: empty(
                "morphed",
                shape.len(),
                size_of::<ShapeVertex>(),
                BufferUsages::VERTEX | BufferUsages::COPY_DST,
            ),
            shape: filled("shape", bytemuck::cast_slice(&shape), BufferUsages::VERTEX),
            fixed: filled("fixed", bytemuck::cast_slice(&fixed), BufferUsages::VERTEX),
            indices: filled("indices", bytemuck::cast_slice(&figure.triangles), BufferUsages::INDEX),
            sorted: empty(
                "sorted",
                order::most_sorted(figure) as usize,
                size_of::<[u32; 3]>(),
                BufferUsages::INDEX | BufferUsages::COPY_DST,
            ),
            uniform,
            matrices,
            draws,
            looks,
            frame,
            materials: material_groups(device, queue, pipelines, model),
        }
    }
}

/// The morphed shape as the vertex buffer wants it.
pub(super) fn shape_vertices(shape: &scene::Shape) -> Vec<ShapeVertex> {
    let parts = shape.vertices.iter().zip(&shape.uvs);
    parts.map(|(&(p, n), &uv)| ShapeVertex { position: p.into(), normal: n.into(), uv: uv.into() }).collect()
}

fn material_groups(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    pipelines: &Pipelines,
    model: &Model,
) -> Vec<wgpu::BindGroup> {
    let figure = model.figure();
    let mut white = Picture::new(1, 1);
    white.pixels.fill([255; 4]);
    let white = upload(device, queue, &white, &[]);
    let views: Vec<wgpu::TextureView> = figure
        .textures
        .iter()
        .zip(model.mipmaps())
        .map(
            |(t, mipmaps)| {
                if t.picture.pixels.is_empty() { white.clone() } else { upload(device, queue, &t.picture, mipmaps) }
            },
        )
        .collect();
    let samplers: Vec<wgpu::Sampler> = figure.textures.iter().map(|t| sampler(device, t.wrap)).collect();
    let plain = sampler(device, [Wrap::Clamp; 2]);
    figure
        .materials
        .iter()
        .map(|material| {
            // A second texture that isn't there is the first one again, as the shading takes it.
            let find = |t: Option<u32>| t.map(|t| t as usize).filter(|&t| t < views.len());
            let base = find(material.texture);
            let shade = find(material.shade_texture).or(base);
            let emission = find(material.emission_texture);
            let view = |t: Option<usize>| wgpu::BindingResource::TextureView(t.map_or(&white, |t| &views[t]));
            let sampler = |t: Option<usize>| wgpu::BindingResource::Sampler(t.map_or(&plain, |t| &samplers[t]));
            let entry = |binding, resource| wgpu::BindGroupEntry { binding, resource };
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(&material.name),
                layout: &pipelines.material_layout,
                entries: &[
                    entry(0, view(base)),
                    entry(1, sampler(base)),
                    entry(2, view(shade)),
                    entry(3, sampler(shade)),
                    entry(4, view(emission)),
                    entry(5, sampler(emission)),
                ],
            })
        })
        .collect()
}

/// A picture with its mipmaps; one too large for the adapter starts at the first level that fits.
fn upload(device: &wgpu::Device, queue: &wgpu::Queue, picture: &Picture, mipmaps: &[Picture]) -> wgpu::TextureView {
    let largest = device.limits().max_texture_dimension_2d;
    let fits = |p: &&Picture| p.width_px.max(p.height_px) <= largest;
    let levels: Vec<&Picture> = std::iter::once(picture).chain(mipmaps).filter(fits).collect();
    let extent = |p: &Picture| wgpu::Extent3d { width: p.width_px, height: p.height_px, depth_or_array_layers: 1 };
    let texture = device.create_texture(&wgpu::TextureDescriptor {
        label: Some("texture"),
        size: levels.first().map_or_else(Default::default, |p| extent(p)),
        mip_level_count: levels.len() as u32,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        // sRGB values as they are: the toon pass computes with encoded colours.
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    for (level, picture) in (0..).zip(&levels) {
        queue.write_texture(
            wgpu::TexelCopyTextureInfo { mip_level: level, ..texture.as_image_copy() },
            bytemuck::cast_slice(&picture.pixels),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(picture.width_px * 4), rows_per_image: None },
            extent(picture),
        );
    }
    texture.create_view(&Default::default())
}

fn sampler(device: &wgpu::Device, wrap: [Wrap; 2]) -> wgpu::Sampler {
    let mode = |wrap| match wrap {
        Wrap::Repeat => wgpu::AddressMode::Repeat,
        Wrap::Mirror => wgpu::AddressMode::MirrorRepeat,
        Wrap::Clamp => wgpu::AddressMode::ClampToEdge,
    };
    device.create_sampler(&wgpu::SamplerDescriptor {
        label: Some("texture"),
        address_mode_u: mode(wrap[0]),
        address_mode_v: mode(wrap[1]),
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        mipmap_filter: wgpu::MipmapFilterMode::Linear,
        ..Default::default()
    })
}

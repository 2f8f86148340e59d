//! Shaders and the pipelines made of them, each when it is first needed.

use std::collections::HashMap;
use wgpu::{BindingType, BufferBindingType, ShaderStages, TextureFormat, VertexFormat};

/// Depth is compared in this.
pub(super) const DEPTH: TextureFormat = TextureFormat::Depth32Float;
/// Target of the toon pass and its resolved picture.
pub(super) const COLOUR: TextureFormat = TextureFormat::Rgba8Unorm;

/// What a pipeline draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// UDP.
    Udp,
    /// Ids.
    Id,
    /// Surfaces of the toon pass.
    Toon,
    /// Outlines of the toon pass.
    Line,
}

impl Kind {
    /// Format of the picture it draws into.
    pub(super) fn target(self) -> TextureFormat {
        match self {
            Kind::Udp => TextureFormat::Rgba32Float,
            Kind::Id => TextureFormat::Rg32Uint,
            Kind::Toon | Kind::Line => COLOUR,
        }
    }
}

/// A pipeline's place in [`Pipelines`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) kind: Kind,
    /// Fragments are tested against a cutoff.
    pub(super) cut: bool,
    /// Fragments are blended.
    pub(super) blended: bool,
    /// Fragments leave their colour.
    pub(super) colour: bool,
    /// Fragments hide what is drawn later and lies behind them.
    pub(super) depth: bool,
    /// The material shines or is tinted.
    pub(super) rich: bool,
    pub(super) double_sided: bool,
}

/// Bind group layouts, shaders and pipelines.
pub(super) struct Pipelines {
    /// Group 0: frame, matrices, draws, looks.
    pub(super) frame_layout: wgpu::BindGroupLayout,
    /// Group 1: textures of one material.
    pub(super) material_layout: wgpu::BindGroupLayout,
    /// Group 0 of the resolve pass: the samples.
    pub(super) resolve_layout: wgpu::BindGroupLayout,
    layout: wgpu::PipelineLayout,
    modules: HashMap<&'static str, wgpu::ShaderModule>,
    made: HashMap<Key, wgpu::RenderPipeline>,
    resolves: HashMap<u32, wgpu::RenderPipeline>,
}

impl Pipelines {
    pub(super) fn new(device: &wgpu::Device) -> Self {
        let storage = |binding, visibility| buffer(binding, visibility, BufferBindingType::Storage { read_only: true });
        let both = ShaderStages::VERTEX_FRAGMENT;
        let frame_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("frame"),
            entries: &[
                buffer(0, both, BufferBindingType::Uniform),
                storage(1, ShaderStages::VERTEX),
                storage(2, both),
                storage(3, both),
            ],
        });
        let material_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("material"),
            entries: &[texture(0, true), sampler(1), texture(2, true), sampler(3), texture(4, true), sampler(5)],
        });
        let resolve_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("resolve"),
            entries: &[texture(0, false)],
        });
        let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("figure"),
            bind_group_layouts: &[Some(&frame_layout), Some(&material_layout)],
            immediate_size: 0,
        });
        Self {
            frame_layout,
            material_layout,
            resolve_layout,
            layout,
            modules: HashMap::new(),
            made: HashMap::new(),
            resolves: HashMap::new(),
        }
    }

    /// The pipeline of `key`.
    pub(super) fn get(&mut self, device: &wgpu::Device, key: Key) -> wgpu::RenderPipeline {
        let Self { layout, modules, made, .. } = self;
        made.entry(key).or_insert_with(|| make(device, layout, module(device, modules, key.kind), key)).clone()
    }

    /// The pass that averages `samples` × `samples` samples a pixel.
    pub(super) fn resolve(&mut self, device: &wgpu::Device, samples: u32) -> wgpu::RenderPipeline {
        let layout = &self.resolve_layout;
        let make = || {
            let module = device.create_shader_module(wgpu::include_wgsl!("../../../shaders/resolve.wgsl"));
            let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some("resolve"),
                bind_group_layouts: &[Some(layout)],
                immediate_size: 0,
            });
            let compilation_options = wgpu::PipelineCompilationOptions {
                constants: &[("samples_per_axis", f64::from(samples))],
                ..Default::default()
            };
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some("resolve"),
                layout: Some(&layout),
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some("vertex"),
                    compilation_options: compilation_options.clone(),
                    buffers: &[],
                },
                primitive: Default::default(),
                depth_stencil: None,
                multisample: Default::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some("resolve"),
                    compilation_options,
                    targets: &[Some(COLOUR.into())],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        self.resolves.entry(samples).or_insert_with(make).clone()
    }
}

fn module<'m>(
    device: &wgpu::Device,
    modules: &'m mut HashMap<&'static str, wgpu::ShaderModule>,
    kind: Kind,
) -> &'m wgpu::ShaderModule {
    let (name, source) = match kind {
        Kind::Udp => ("udp", include_str!("../../../shaders/udp.wgsl")),
        Kind::Id => ("id", include_str!("../../../shaders/id.wgsl")),
        Kind::Toon | Kind::Line => ("toon", include_str!("../../../shaders/toon.wgsl")),
    };
    modules.entry(name).or_insert_with(|| {
        let shared = include_str!("../../../shaders/figure.wgsl");
        device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(format!("{shared}\n{source}").into()),
        })
    })
}

fn make(
    device: &wgpu::Device,
    layout: &wgpu::PipelineLayout,
    module: &wgpu::ShaderModule,
    key: Key,
) -> wgpu::RenderPipeline {
    let vertex = match key.kind {
        Kind::Udp | Kind::Id => "vertex",
        Kind::Toon => "surface",
        Kind::Line => "hull",
    };
    let fragment = match (key.kind, key.blended, key.cut) {
        (Kind::Line, _, false) => "line",
        (Kind::Line, _, true) => "cut_line",
        (_, true, _) => "blended",
        (_, false, true) => "cut",
        (_, false, false) => "whole",
    };
    let cull_mode = match key.kind {
        Kind::Line => Some(wgpu::Face::Front),
        _ if key.double_sided => None,
        _ => Some(wgpu::Face::Back),
    };
    let rich = [("rich", f64::from(u8::from(key.rich)))];
    let toon = matches!(key.kind, Kind::Toon | Kind::Line);
    let compilation_options =
        wgpu::PipelineCompilationOptions { constants: if toon { &rich } else { &[] }, ..Default::default() };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("figure"),
        layout: Some(layout),
        vertex: wgpu::VertexState {
            module,
            entry_point: Some(vertex),
            compilation_options: compilation_options.clone(),
            buffers: &[
                Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<super::model::ShapeVertex>() as u64,
                    step_mode: wgpu::VertexStepMode::Vertex,
                    attributes: &wgpu::vertex_attr_array![0 => Float32x3, 1 => Float32x3, 2 => Float32x2],
                }),
                Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<super::model::FixedVertex>() as u64,
                    step_mode: wgpu::VertexStepMode::Vertex,
                    attributes: &FIXED_ATTRIBUTES,
                }),
            ],
        },
        primitive: wgpu::PrimitiveState { cull_mode, ..Default::default() },
        depth_stencil: Some(wgpu::DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(key.depth),
            depth_compare: Some(wgpu::CompareFunction::LessEqual),
            stencil: Default::default(),
            bias: Default::default(),
        }),
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
            compilation_options,
            targets: &[Some(wgpu::ColorTargetState {
                format: key.kind.target(),
                blend: key.blended.then_some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: if key.colour { wgpu::ColorWrites::ALL } else { wgpu::ColorWrites::empty() },
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

const FIXED_ATTRIBUTES: [wgpu::VertexAttribute; 6] = [
    attribute(0, 3, VertexFormat::Float32x3),
    attribute(12, 4, VertexFormat::Float32x4),
    attribute(28, 5, VertexFormat::Uint16x4),
    attribute(36, 6, VertexFormat::Float32x4),
    attribute(52, 7, VertexFormat::Uint32),
    attribute(56, 8, VertexFormat::Float32x2),
];

const fn attribute(offset: u64, shader_location: u32, format: VertexFormat) -> wgpu::VertexAttribute {
    wgpu::VertexAttribute { format, offset, shader_location }
}

fn buffer(binding: u32, visibility: ShaderStages, ty: BufferBindingType) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility,
        ty: BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}

fn texture(binding: u32, filterable: bool) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::FRAGMENT,
        ty: BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

fn sampler(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::FRAGMENT,
        ty: BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        count: None,
    }
}

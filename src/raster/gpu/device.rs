//! Finding a graphics adapter that can do the passes.

use super::super::RasterError;
use wgpu::{DeviceType, DownlevelFlags, TextureFormat, TextureUsages};

/// A graphics adapter of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterSummary {
    /// As its driver names it.
    pub name: String,
    /// `Vulkan`, `Metal`, `Dx12` or `Gl`.
    pub backend: String,
    /// `discrete GPU`, `integrated GPU`, `virtual GPU`, `software` or `other`.
    pub kind: &'static str,
    /// What the driver says about itself.
    pub driver: String,
    /// Why the passes can't run on it; `None`: they can.
    pub unsuitable: Option<String>,
}

/// All graphics adapters of this machine, best first. `WGPU_BACKEND` (`vulkan`, `gl` …) narrows them down.
pub fn adapters() -> Vec<AdapterSummary> {
    ranked().iter().map(summary).collect()
}

fn summary(adapter: &wgpu::Adapter) -> AdapterSummary {
    let info = adapter.get_info();
    AdapterSummary {
        kind: kind(info.device_type),
        backend: format!("{:?}", info.backend),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        unsuitable: unsuitable(adapter),
        name: info.name,
    }
}

fn kind(device_type: DeviceType) -> &'static str {
    match device_type {
        DeviceType::DiscreteGpu => "discrete GPU",
        DeviceType::IntegratedGpu => "integrated GPU",
        DeviceType::VirtualGpu => "virtual GPU",
        DeviceType::Cpu => "software",
        DeviceType::Other => "other",
    }
}

/// OpenGL is asked only where nothing else will do: its loaders look for a display and complain when there is none.
fn ranked() -> Vec<wgpu::Adapter> {
    let allowed = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::all());
    let mut adapters = of_backends(allowed - wgpu::Backends::GL);
    if !adapters.iter().any(|a| unsuitable(a).is_none()) {
        adapters.extend(of_backends(allowed & wgpu::Backends::GL));
    }
    adapters.sort_by_key(|adapter| {
        let kind = match adapter.get_info().device_type {
            DeviceType::DiscreteGpu => 0,
            DeviceType::IntegratedGpu => 1,
            DeviceType::VirtualGpu => 2,
            DeviceType::Other => 3,
            DeviceType::Cpu => 4,
        };
        (unsuitable(adapter).is_some(), kind)
    });
    adapters
}

fn of_backends(backends: wgpu::Backends) -> Vec<wgpu::Adapter> {
    if backends.is_empty() {
        return Vec::new();
    }
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    descriptor.backends = backends;
    pollster::block_on(wgpu::Instance::new(descriptor).enumerate_adapters(backends))
}

/// What the passes need and this adapter lacks, in words.
fn unsuitable(adapter: &wgpu::Adapter) -> Option<String> {
    let limits = adapter.limits();
    let usable = |format: TextureFormat| {
        let wanted = TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
        adapter.get_texture_format_features(format).allowed_usages.contains(wanted)
    };
    if !usable(TextureFormat::Rgba32Float) {
        Some("it can't draw into 32-bit float pictures".into())
    } else if !adapter.get_downlevel_capabilities().flags.contains(DownlevelFlags::VERTEX_STORAGE)
        || limits.max_storage_buffers_per_shader_stage < 3
    {
        Some("its vertex shaders can't read storage buffers".into())
    } else if limits.max_texture_dimension_2d < 2048 {
        Some(format!("its textures end at {} pixels", limits.max_texture_dimension_2d))
    } else {
        None
    }
}

/// The best adapter that can do the passes.
pub(super) fn best() -> Result<wgpu::Adapter, RasterError> {
    ranked().into_iter().find(|a| unsuitable(a).is_none()).ok_or(RasterError::NoAdapter)
}

/// Opens an adapter with all the room it has.
pub(super) fn open(adapter: &wgpu::Adapter) -> Result<(wgpu::Device, wgpu::Queue), RasterError> {
    let available = adapter.limits();
    let wanted = wgpu::DeviceDescriptor {
        label: Some("settei"),
        required_limits: wgpu::Limits {
            max_texture_dimension_2d: available.max_texture_dimension_2d,
            max_buffer_size: available.max_buffer_size,
            max_storage_buffer_binding_size: available.max_storage_buffer_binding_size,
            ..wgpu::Limits::default().or_worse_values_from(&available)
        },
        ..Default::default()
    };
    pollster::block_on(adapter.request_device(&wanted)).map_err(|e| RasterError::Gpu(e.to_string()))
}

/// The adapter in words, as in `llvmpipe (LLVM 19) (Vulkan)`.
pub(super) fn describe(adapter: &wgpu::Adapter) -> String {
    let info = adapter.get_info();
    format!("{} ({:?})", info.name, info.backend)
}

/// A processor that plays a graphics card.
pub(super) fn is_software(adapter: &wgpu::Adapter) -> bool {
    adapter.get_info().device_type == DeviceType::Cpu
}

//! Images as the CPU kernels see them.

use candle_core::{CpuStorage, DType, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

/// An N×C×H×W tensor whose images are contiguous: samples may lie apart (a range of channels) or on top of each other
/// (one sample seen as many).
pub(super) struct Planes<'a> {
    values: &'a [f32],
    sample_stride: usize,
    pub(super) n: usize,
    pub(super) c: usize,
    pub(super) h: usize,
    pub(super) w: usize,
}

impl<'a> Planes<'a> {
    pub(super) fn of(storage: &'a CpuStorage, layout: &Layout) -> Result<Self> {
        let (n, c, h, w) = layout.shape().dims4()?;
        if !images_are_contiguous(layout) {
            bail!("the kernel needs contiguous images, not strides {:?}", layout.stride());
        }
        let values = &storage.as_slice::<f32>()?[layout.start_offset()..];
        Ok(Self { values, sample_stride: layout.stride()[0], n, c, h, w })
    }

    /// How many pixels an image has.
    pub(super) fn area(&self) -> usize {
        self.h * self.w
    }

    /// The image of one channel of one sample; `index` counts channels through all samples.
    pub(super) fn plane(&self, index: usize) -> &'a [f32] {
        let start = index / self.c * self.sample_stride + index % self.c * self.area();
        &self.values[start..start + self.area()]
    }

    /// The same values with the channels of a pixel side by side, N×H×W×C, as the kernels' maps have them.
    pub(super) fn pixels(&self) -> Vec<f32> {
        /// Pixels at a time, so that what is written stays in the cache.
        const RUN: usize = 64;
        let mut pixels = vec![0.0; self.n * self.area() * self.c];
        let samples = pixels.par_chunks_mut((self.area() * self.c).max(1)).enumerate();
        samples.for_each(|(sample, pixels)| {
            pixels.par_chunks_mut(RUN * self.c).enumerate().for_each(|(run, pixels)| {
                for channel in 0..self.c {
                    let plane = &self.plane(sample * self.c + channel)[run * RUN..];
                    pixels[channel..].iter_mut().step_by(self.c).zip(plane).for_each(|(to, from)| *to = *from);
                }
            });
        });
        pixels
    }
}

/// N×C×H×W from N×H×W×C, with `area` pixels of `c` channels an image.
pub(super) fn from_pixels(pixels: &[f32], area: usize, c: usize) -> Vec<f32> {
    /// Channels at a time: those of one cache line.
    const RUN: usize = 16;
    let mut planes = vec![0.0; pixels.len()];
    let samples = planes.par_chunks_mut((area * c).max(1)).zip(pixels.par_chunks((area * c).max(1)));
    samples.for_each(|(planes, pixels)| {
        planes.par_chunks_mut(RUN * area).enumerate().for_each(|(run, planes)| {
            for (at, pixel) in pixels.chunks_exact(c).enumerate() {
                planes[at..].iter_mut().step_by(area).zip(&pixel[run * RUN..]).for_each(|(to, from)| *to = *from);
            }
        });
    });
    planes
}

fn images_are_contiguous(layout: &Layout) -> bool {
    let (dims, stride) = (layout.dims(), layout.stride());
    dims.len() == 4 && stride[3] == 1 && stride[2] == dims[3] && stride[1] == dims[2] * dims[3]
}

/// Whether the kernels of this room can take `x`; if not, candle's operations must do.
pub(super) fn kernel_takes(x: &Tensor) -> bool {
    processor_takes(x) || card_takes(x)
}

/// Whether the kernels for processors can take `x`.
pub(super) fn processor_takes(x: &Tensor) -> bool {
    x.device().is_cpu() && x.dtype() == DType::F32
}

/// Whether the kernels for NVIDIA cards can take `x`.
pub(super) fn card_takes(x: &Tensor) -> bool {
    cfg!(feature = "cuda") && x.device().is_cuda() && matches!(x.dtype(), DType::F32 | DType::F16 | DType::BF16)
}

/// `x` itself if a kernel can see it, else a contiguous copy.
pub(super) fn as_planes(x: &Tensor) -> Result<Tensor> {
    let seen = x.device().is_cpu() && images_are_contiguous(x.layout());
    if seen { Ok(x.clone()) } else { x.contiguous() }
}

/// A vector that a kernel reads.
pub(super) fn vector<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((from, to)) => Ok(&storage.as_slice::<f32>()?[from..to]),
        None => bail!("the kernel needs a contiguous vector"),
    }
}

/// A kernel's result.
pub(super) fn result(values: Vec<f32>, shape: impl Into<Shape>) -> Result<(CpuStorage, Shape)> {
    Ok((CpuStorage::F32(values), shape.into()))
}

//! The kernels of this room for NVIDIA cards: `shaders/nn.cu`, compiled when they are first called.
#![allow(unsafe_code)] // kernels are called by name with untyped arguments; each place says why it is sound.

use candle_core::backend::BackendStorage as _;
use candle_core::cuda_backend::cudarc::driver::{DeviceRepr, LaunchConfig, PushKernelArg as _, ValidAsZeroBits};
use candle_core::cuda_backend::cudarc::nvrtc;
use candle_core::cuda_backend::{CudaDType, CudaStorage};
use candle_core::{DType, Error, Layout, Result, Shape, bail};
use std::sync::OnceLock;

const SOURCE: &str = include_str!("../../shaders/nn.cu");
const THREADS: u32 = 256;

/// How many threads a kernel wants.
#[derive(Clone, Copy)]
pub(super) enum Work {
    /// One for each value of the result.
    Values,
    /// One for each of so many values of an input, which add to a result that is zero before.
    Added(usize),
    /// A block of them for each of so many images.
    Images(usize),
}

/// Calls the kernel `name` on `inputs` (all of one type, without gaps) and their `sizes`.
pub(super) fn call(
    name: &str,
    work: Work,
    inputs: &[(&CudaStorage, &Layout)],
    sizes: &[usize],
    out: impl Into<Shape>,
) -> Result<(CudaStorage, Shape)> {
    let out = out.into();
    let stored = inputs.first().map(|(storage, _)| storage.dtype());
    let storage = match (stored, work) {
        (Some(DType::F32), _) => launch::<f32>(name, "F32", work, inputs, sizes, &out),
        (_, Work::Added(_)) => bail!("the gradient {name} needs float32"),
        (Some(DType::F16), _) => launch::<half::f16>(name, "F16", work, inputs, sizes, &out),
        (Some(DType::BF16), _) => launch::<half::bf16>(name, "BF16", work, inputs, sizes, &out),
        (stored, _) => bail!("{name} has no kernel for {stored:?}"),
    }?;
    Ok((storage, out))
}

fn launch<T: CudaDType + DeviceRepr + ValidAsZeroBits>(
    name: &str,
    stored_as: &'static str,
    work: Work,
    inputs: &[(&CudaStorage, &Layout)],
    sizes: &[usize],
    out: &Shape,
) -> Result<CudaStorage> {
    let Some((first, _)) = inputs.first() else { bail!("{name} without inputs") };
    let device = first.device().clone();
    let function = device.get_or_load_custom_func(name, &format!("settei-nn-{stored_as}"), compiled(stored_as)?)?;
    let values = out.elem_count();
    // SAFETY: every kernel writes all values of its result, but for those that add to it.
    let mut result = unsafe { device.alloc::<T>(values)? };
    if matches!(work, Work::Added(_)) {
        device.cuda_stream().memset_zeros(&mut result).map_err(Error::wrap)?;
    }
    let slices = inputs.iter().map(|(storage, layout)| match layout.contiguous_offsets() {
        Some((from, to)) => Ok(storage.as_cuda_slice::<T>()?.slice(from..to)),
        None => bail!("{name} needs values without gaps"),
    });
    let slices = slices.collect::<Result<Vec<_>>>()?;
    let sizes = sizes.iter().map(|&size| i32::try_from(size).map_err(Error::wrap)).collect::<Result<Vec<_>>>()?;
    let (count, blocks) = match work {
        Work::Values => (values, values.div_ceil(THREADS as usize)),
        Work::Added(count) => (count, count.div_ceil(THREADS as usize)),
        Work::Images(count) => (count, count),
    };
    if count == 0 {
        return Ok(CudaStorage::wrap_cuda_slice(result, device));
    }
    let count = i64::try_from(count).map_err(Error::wrap)?;
    // A thread that has done its value goes on with a later one.
    let blocks = u32::try_from(blocks.min(1 << 20)).map_err(Error::wrap)?;
    let config = LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 };
    let mut call = function.builder();
    call.arg(&mut result).arg(&count);
    slices.iter().for_each(|slice| {
        call.arg(slice);
    });
    sizes.iter().for_each(|size| {
        call.arg(size);
    });
    // SAFETY: the callers below pass what the kernel of that name takes, and sizes that fit the slices.
    unsafe { call.launch(config) }.map_err(Error::wrap)?;
    Ok(CudaStorage::wrap_cuda_slice(result, device))
}

/// The kernels' PTX, which the driver finishes for the card that is there.
fn compiled(stored_as: &'static str) -> Result<&'static str> {
    static COMPILED: [OnceLock<std::result::Result<String, String>>; 3] = [const { OnceLock::new() }; 3];
    let which = ["F32", "F16", "BF16"].iter().position(|name| *name == stored_as).unwrap_or(0);
    let compile = || {
        let ptx = nvrtc::compile_ptx(format!("#define STORED_AS_{stored_as}\n{SOURCE}"));
        ptx.map(|ptx| ptx.to_src()).map_err(|error| format!("the CUDA kernels can't be compiled: {error}"))
    };
    match COMPILED[which].get_or_init(compile) {
        Ok(ptx) => Ok(ptx),
        Err(problem) => bail!("{problem}"),
    }
}

#[cfg(test)]
mod tests {
    use super::compiled;
    use crate::nn;
    use crate::nn::testing::{Dice, doubles};
    use candle_core::{DType, Device, Result, Tensor, Var};

    #[test]
    fn the_kernels_compile() {
        // NVIDIA's compiler needs no card.
        for stored_as in ["F32", "F16", "BF16"] {
            assert!(compiled(stored_as).unwrap().contains("instance_norm"));
        }
    }

    /// Values and gradients of `op` on the card, against the processor's.
    fn check(what: &str, op: impl Fn(&[Tensor]) -> Result<Tensor>, sizes: &[&[usize]]) {
        let Ok(card) = Device::new_cuda(0) else { return println!("skipped: no NVIDIA card answers") };
        let mut dice = Dice(31);
        let args = sizes.iter().map(|size| {
            let mut dims = [1; 4];
            dims[..size.len()].copy_from_slice(size);
            dice.array(dims, 1.0).tensor(DType::F32).reshape(*size).unwrap()
        });
        let args: Vec<Tensor> = args.collect();
        let run = |device: &Device, dtype: DType| {
            let moved = |x: &Tensor| Var::from_tensor(&x.to_device(device)?.to_dtype(dtype)?);
            let vars: Vec<Var> = args.iter().map(moved).collect::<Result<_>>().unwrap();
            let tensors: Vec<Tensor> = vars.iter().map(|v| v.as_tensor().clone()).collect();
            let y = op(&tensors).unwrap();
            let mut results = vec![doubles(&y.to_device(&Device::Cpu).unwrap())];
            if dtype == DType::F32 {
                let gradients = y.sqr().unwrap().sum_all().unwrap().backward().unwrap();
                results
                    .extend(vars.iter().map(|v| doubles(&gradients.get(v).unwrap().to_device(&Device::Cpu).unwrap())));
            }
            results
        };
        let exact = run(&Device::Cpu, DType::F32);
        for (dtype, tolerance) in [(DType::F32, 1e-3), (DType::F16, 3e-2), (DType::BF16, 2e-1)] {
            for (ours, theirs) in run(&card, dtype).iter().zip(&exact) {
                for (a, b) in ours.iter().zip(theirs) {
                    assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what} as {dtype:?}: {a} instead of {b}");
                }
            }
        }
    }

    #[test]
    fn a_card_computes_what_the_processor_does() {
        let x: &[usize] = &[2, 6, 10, 12];
        check("prelu", |a| nn::prelu(&a[0], &a[1]), &[x, &[6]]);
        check("instance norm", |a| nn::instance_norm(&a[0], &a[1], &a[2]), &[x, &[6], &[6]]);
        check("lerp", |a| nn::lerp(&a[0], 20, 7), &[x]);
        check("warp", |a| nn::warp(&a[0], &a[1]), &[x, &[2, 6, 10, 12]]);
        check("consensus", |a| nn::consensus(&a[0], &a[1], 2), &[&[2, 1, 10, 12], x]);
        for (taps, stride, pad) in [(1, 1, 0), (3, 1, 1), (3, 2, 1), (7, 2, 3)] {
            let weight: &[usize] = &[5, 6, taps, taps];
            check("convolution", |a| nn::conv2d(&a[0], &a[1], Some(&a[2]), stride, pad), &[x, weight, &[5]]);
        }
        let op = |a: &[Tensor]| nn::conv_transpose2d_4x4_s2(&a[0], &a[1], Some(&a[2]));
        check("transposed convolution", op, &[x, &[6, 5, 4, 4], &[5]]);
    }
}

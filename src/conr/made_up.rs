//! Weights that mean nothing: what is drawn with them costs what a real picture costs.

use super::Networks;
use crate::weights::{self, Schema, WeightError, WeightType};
use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::Init;
use candle_nn::var_builder::SimpleBackend;
use std::path::Path;

/// Numbers that look like weights: of the size that keeps values in range, and always the same.
pub struct MadeUp;

fn made_up(name: &str, shape: &[usize]) -> Vec<f32> {
    let count: usize = shape.iter().product();
    let size = if shape.len() > 1 { (3.0 * shape[0] as f32 / count as f32).sqrt() } else { 0.1 };
    let mut state = name.bytes().fold(1u32, |s, b| s.wrapping_mul(31).wrapping_add(u32::from(b)));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * size
    };
    (0..count).map(|_| next()).collect()
}

/// Writes a complete weight file (`.safetensors`) of such numbers: what is drawn with it means nothing, but costs what
/// a real picture costs.
///
/// # Errors
/// A file that can't be written.
pub fn write(path: &Path) -> std::result::Result<(), WeightError> {
    weights::write(path, &Schema::of::<Networks>()?, WeightType::F32, made_up)
}

impl SimpleBackend for MadeUp {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::from_vec(made_up(name, shape.dims()), shape, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("{name} has no shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

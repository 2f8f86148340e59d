//! Weights that follow from a rule, so that no weight file has to travel.

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use rayon::prelude::*;

/// All tensors by the rule with this salt.
pub(crate) fn rule_weights(salt: &str) -> VarBuilder<'static> {
    VarBuilder::from_backend(Box::new(Rule { salt: salt.to_owned() }), DType::F32, Device::Cpu)
}

/// The values of the tensor called `name` (`NETWORK.KEY`).
pub(crate) fn values(salt: &str, name: &str, shape: &[usize]) -> Vec<f32> {
    let seed = fnv1a64(&format!("{salt}/{name}"));
    let (count, shader) = (shape.iter().product::<usize>(), name.starts_with("shader."));
    let (offset, factor) = if shape.len() > 1 {
        let fan = (count / shape[0]) as f64;
        (0.0, ((if shader { 1.5 } else { 1.0 }) * (3.0 / fan).sqrt()) as f32)
    } else if name.ends_with("bias") {
        (0.0, 0.05)
    } else if shader {
        (0.25, 0.05)
    } else {
        (1.0, 0.1)
    };
    (0..count as u64).into_par_iter().map(|i| offset + unit(seed.wrapping_add(i)) * factor).collect()
}

/// So many numbers in [−1, 1) that follow from a name.
pub(crate) fn uniform(name: &str, count: usize) -> Vec<f32> {
    let seed = fnv1a64(name);
    (0..count as u64).map(|i| unit(seed.wrapping_add(i))).collect()
}

fn fnv1a64(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// splitmix64's output as a float in [−1, 1).
fn unit(state: u64) -> f32 {
    let z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

struct Rule {
    salt: String,
}

impl SimpleBackend for Rule {
    fn get(&self, shape: Shape, name: &str, _: Init, _: DType, device: &Device) -> Result<Tensor> {
        Tensor::from_vec(values(&self.salt, name, shape.dims()), shape, device)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        candle_core::bail!("the rule needs the shape of {name}")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

//! Which tensors the published files hold.

use crate::conr::pose_encoder::{self, PoseEncoder};
use crate::conr::{ConrError, Networks};
use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Names (`NETWORK.KEY`) and shapes of all tensors a complete weight file holds: those that the networks ask for, and
/// those of the pose encoder's way up, which is in the published files but never runs.
///
/// # Errors
/// None that a user could cause.
pub fn schema() -> std::result::Result<BTreeMap<String, Vec<usize>>, ConrError> {
    asked(|weights| {
        Networks::new(weights)?;
        PoseEncoder::claim_unused(&weights.pp(pose_encoder::NAME))
    })
}

/// How many tensors the networks ask for.
pub(in crate::conr) fn used() -> std::result::Result<usize, ConrError> {
    asked(|weights| Networks::new(weights).map(|_| ())).map(|tensors| tensors.len())
}

fn asked(
    build: impl FnOnce(&VarBuilder) -> Result<()>,
) -> std::result::Result<BTreeMap<String, Vec<usize>>, ConrError> {
    let asked = Arc::new(Mutex::new(BTreeMap::new()));
    build(&VarBuilder::from_backend(Box::new(Listener(Arc::clone(&asked))), DType::F32, Device::Cpu))?;
    let tensors = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(tensors)
}

/// Remembers what it is asked for, and gives zeros that take no memory.
struct Listener(Arc<Mutex<BTreeMap<String, Vec<usize>>>>);

impl SimpleBackend for Listener {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), shape.dims().to_vec());
        Tensor::zeros((), dtype, device)?.broadcast_as(shape)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        bail!("{name} was asked for without a shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_that_of_the_published_files() {
        let table = include_str!("../../../tests/reference/conr_state_dict_keys.tsv");
        let published: BTreeMap<_, _> = table
            .lines()
            .filter(|line| !line.starts_with("total"))
            .map(|line| {
                let fields: Vec<_> = line.split('\t').collect();
                let shape = fields[2].split('x').map(|n| n.parse().unwrap()).collect::<Vec<usize>>();
                (format!("{}.{}", fields[0], fields[1]), shape)
            })
            .collect();
        assert_eq!(published.len(), 486);
        assert_eq!(schema().unwrap(), published);
    }
}

//! Which tensors a complete weight file holds, as a value.

use super::{Graph, WeightError};
use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What files are held to: a graph's name and version, its parts, and the names and shapes of its tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// [`Graph::NAME`].
    pub graph: &'static str,
    /// [`Graph::VERSION`].
    pub version: u32,
    /// [`Graph::PARTS`].
    pub parts: &'static [&'static str],
    /// By `PART.KEY`.
    pub tensors: BTreeMap<String, Vec<usize>>,
}

impl Schema {
    /// The schema of a graph: whatever it asks for.
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn of<G: Graph>() -> std::result::Result<Self, WeightError> {
        Ok(Self { graph: G::NAME, version: G::VERSION, parts: G::PARTS, tensors: asked(G::ask)? })
    }

    /// The names of the parts' PyTorch files, as a sentence has them.
    pub(super) fn files(&self) -> String {
        let names: Vec<_> = self.parts.iter().map(|part| format!("{part}.pth")).collect();
        match &names[..] {
            [several @ .., last] if !several.is_empty() => format!("{} and {last}", several.join(", ")),
            one => one.concat(),
        }
    }
}

/// Names and shapes of the tensors that `build` asks for.
///
/// # Errors
/// Whatever `build` says.
pub fn asked(build: impl FnOnce(&VarBuilder) -> Result<()>) -> Result<BTreeMap<String, Vec<usize>>> {
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

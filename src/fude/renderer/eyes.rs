//! The encoder that the renderer sees with, and the detector that it belongs to, while the renderer learns behind it.

use super::Renderer;
use crate::fude::{Detector, DetectorGraph};
use crate::nn::kernels::Precision;
use crate::nn::layers::{LearningNet, PackedNet, Plan};
use crate::progress::Progress;
use crate::weights::{Schema, WeightError, WeightFile};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Encoder and detector with their numbers.
pub struct Eyes {
    tensors: HashMap<String, Tensor>,
    net: PackedNet,
}

impl Eyes {
    /// Reads the detector's weight file; its encoder is for pictures of about `size_px` squared.
    ///
    /// # Errors
    /// A file that can't be read or is of other networks.
    pub fn load(path: &Path, size_px: usize, progress: &dyn Progress) -> std::result::Result<Self, WeightError> {
        let schema = Schema::of::<DetectorGraph>()?;
        let file = WeightFile::open(path, &schema)?;
        let tensors = |weights: &VarBuilder| {
            let one = |(name, shape): (&String, &Vec<usize>)| Ok((name.clone(), weights.get(shape.clone(), name)?));
            schema.tensors.iter().map(one).collect::<Result<HashMap<_, _>>>()
        };
        file.load(&schema, &Device::Cpu, progress, |weights| Self::new(tensors(weights)?, size_px))
    }

    /// Eyes that have learned nothing; `normal` gives numbers of mean 0 and deviation 1. What they see tells colours and
    /// edges apart, and no more.
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn by_lot(size_px: usize, normal: impl FnMut() -> f32) -> Result<Self> {
        let net = LearningNet::new(crate::fude::wiring::detector(false));
        let values = net.fresh_values(normal);
        let folded = net.folded(&values, &net.fresh_statistics());
        let shapes = net.parameters().iter().map(|p| (p.name.clone(), p.shape.clone()));
        Self::new(tensors(folded, shapes)?, size_px)
    }

    fn new(tensors: HashMap<String, Tensor>, size_px: usize) -> Result<Self> {
        let plan = Plan { precision: Precision::F32, pixels: size_px * size_px, outputs: None };
        let weights = VarBuilder::from_tensors(tensors.clone(), DType::F32, &Device::Cpu);
        Ok(Self { net: PackedNet::new(crate::fude::wiring::features(), &weights, plan)?, tensors })
    }

    /// The encoder.
    pub fn net(&self) -> &PackedNet {
        &self.net
    }

    /// The detector.
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn detector(&self, size_px: usize) -> Result<Detector> {
        let weights = VarBuilder::from_tensors(self.tensors.clone(), DType::F32, &Device::Cpu);
        Detector::new(&weights, size_px, Precision::F32)
    }

    /// A renderer with these eyes, of what it learned: the numbers of its tensors, and their shapes.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn renderer(
        &self,
        folded: BTreeMap<String, Vec<f32>>,
        shapes: impl IntoIterator<Item = (String, Vec<usize>)>,
        size_px: usize,
    ) -> Result<Renderer> {
        let mut all = tensors(folded, shapes)?;
        all.extend(self.tensors.clone());
        Renderer::new(&VarBuilder::from_tensors(all, DType::F32, &Device::Cpu), size_px, Precision::F32)
    }

    /// The numbers of a tensor, in the order of weight files; none of another's.
    pub fn values(&self, name: &str) -> Option<Vec<f32>> {
        self.tensors.get(name)?.flatten_all().and_then(|all| all.to_vec1()).ok()
    }
}

fn tensors(
    mut folded: BTreeMap<String, Vec<f32>>,
    shapes: impl IntoIterator<Item = (String, Vec<usize>)>,
) -> Result<HashMap<String, Tensor>> {
    let tensor = |(name, shape): (String, Vec<usize>)| {
        let values = folded.remove(&name)?;
        Some(Tensor::from_vec(values, shape, &Device::Cpu).map(|tensor| (name, tensor)))
    };
    shapes.into_iter().filter_map(tensor).collect()
}

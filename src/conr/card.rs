//! The networks on a graphics card: candle's tensors and kernels.

use super::shader::BLOCKS;
use super::{Features, Networks, shader};
use crate::sheet::framing::{FramedDrawing, FramedPose};
use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

/// The networks, and where and as what their numbers are stored; sums are float32 whatever that is.
pub(super) struct CardNetworks {
    networks: Networks,
    device: Device,
    dtype: DType,
}

/// References (N×4×S×S) and features of a sheet's views.
pub(super) struct CardViews {
    references: Tensor,
    features: Features,
}

impl CardViews {
    /// How many views there are.
    pub(super) fn views(&self) -> usize {
        self.references.dims()[0]
    }

    /// All views of several parts.
    pub(super) fn joined(parts: &[Self]) -> Result<Self> {
        let all = |of: &dyn Fn(&Self) -> Tensor| Tensor::cat(&parts.iter().map(of).collect::<Vec<_>>(), 0);
        let feature = |i: usize| all(&|part| part.features[i].clone());
        Ok(Self {
            references: all(&|part| part.references.clone())?,
            features: [feature(0)?, feature(1)?, feature(2)?, feature(3)?, feature(4)?],
        })
    }
}

/// A picture being made, step by step.
pub(super) struct CardDrawing<'a> {
    of: &'a CardNetworks,
    decoding: shader::Decoding<'a>,
}

impl CardNetworks {
    /// With the tensors in `weights`, kept as `dtype`.
    pub(super) fn new(weights: &VarBuilder, dtype: DType) -> Result<Self> {
        let networks = Networks::new(&weights.to_dtype(dtype))?;
        Ok(Self { networks, device: weights.device().clone(), dtype })
    }

    /// Looks at some drawings of a sheet.
    pub(super) fn encode(&self, drawings: &[FramedDrawing], size_px: u32) -> Result<CardViews> {
        let (rgb, alpha) = self.drawings(drawings, size_px)?;
        let references = Tensor::cat(&[&rgb.broadcast_mul(&alpha)?, &alpha], 1)?;
        Ok(CardViews { references, features: self.networks.detector.features(&rgb)? })
    }

    /// The features of a pose.
    pub(super) fn pose(&self, pose: &FramedPose, size_px: u32) -> Result<Features> {
        let size = size_px as usize;
        let values = pose.pixels.as_flattened().to_vec();
        let udp = Tensor::from_vec(values, (1, size, size, 4), &self.device)?.permute((0, 3, 1, 2))?;
        let mask = Tensor::from_vec(pose.mask.clone(), (1, 1, size, size), &self.device)?.to_dtype(DType::F32)?;
        let landmarks = udp.narrow(1, 0, 3)?.contiguous()?.to_dtype(self.dtype)?;
        self.networks.pose_encoder.features(&landmarks, &(mask / 255.0)?.to_dtype(self.dtype)?)
    }

    /// Begins to draw a pose of these features.
    pub(super) fn draw<'a>(
        &'a self,
        sheet: &'a CardViews,
        pose: &'a Features,
        explain: bool,
    ) -> Result<CardDrawing<'a>> {
        let CardViews { references, features } = sheet;
        let decoding = self.networks.shader.decode(references, features, pose, sheet.views(), explain)?;
        Ok(CardDrawing { of: self, decoding })
    }

    /// The UDP of a framed drawing.
    pub(super) fn detect(&self, drawing: FramedDrawing, size_px: u32) -> Result<Vec<[f32; 4]>> {
        let (rgb, _) = self.drawings(&[drawing], size_px)?;
        pixels(&self.networks.detector.udp(&self.networks.detector.features(&rgb)?)?)
    }

    /// Premultiplied colours N×3×S×S and alpha N×1×S×S in [0, 1].
    fn drawings(&self, drawings: &[FramedDrawing], size_px: u32) -> Result<(Tensor, Tensor)> {
        let bytes: Vec<u8> = drawings.iter().flat_map(|d| d.pixels.as_flattened()).copied().collect();
        let (n, size) = (drawings.len(), size_px as usize);
        let pixels = Tensor::from_vec(bytes, (n, size, size, 4), &self.device)?;
        let rgba = (pixels.permute((0, 3, 1, 2))?.to_dtype(DType::F32)?.contiguous()? / 255.0)?.to_dtype(self.dtype)?;
        Ok((rgba.narrow(1, 0, 3)?.contiguous()?, rgba.narrow(1, 3, 1)?.contiguous()?))
    }
}

impl CardDrawing<'_> {
    /// How many steps there are: the blocks.
    pub(super) const STEPS: usize = BLOCKS;

    /// Does the next step.
    pub(super) fn step(&mut self) -> Result<()> {
        self.decoding.step()
    }

    /// **Premultiplied** RGBA in [0, 1], and where it was asked for each view's weight in each pixel.
    pub(super) fn finish(self) -> Result<(Vec<[f32; 4]>, Vec<Vec<f32>>)> {
        let (message, weights) = self.decoding.finish()?;
        let weights = weights.map(|weights| weights.to_dtype(DType::F32)?.flatten_from(1)?.to_vec2());
        let rgba = self.of.networks.rgba_decoder.forward(&message)?;
        Ok((pixels(&rgba)?, weights.transpose()?.unwrap_or_default()))
    }
}

/// The pixels of a 1×4×S×S tensor.
fn pixels(tensor: &Tensor) -> Result<Vec<[f32; 4]>> {
    let values: Vec<f32> = tensor.to_dtype(DType::F32)?.permute((0, 2, 3, 1))?.flatten_all()?.to_vec1()?;
    Ok(values.as_chunks().0.to_vec())
}

//! `target_pose_encoder`: a ResNet-18 that sees the wanted pose's UDP.

use super::unet::{self, Depth, standardized};
use super::{Features, five};
use crate::nn::layers::{Net, TensorNet};
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// The network's name in weight files.
pub const NAME: &str = "target_pose_encoder";

/// How many channels the features have.
pub(super) const FEATURES: [usize; 5] = [512, 256, 128, 64, 64];

/// The network, whose tensors are below `backbone`: masked landmarks and mask to features.
pub(super) fn backbone() -> Net {
    unet::backbone(4, Depth::ResNet18, false)
}

/// The network.
pub struct PoseEncoder {
    backbone: TensorNet,
}

impl PoseEncoder {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self { backbone: TensorNet::new(backbone(), &weights.pp("backbone"))? })
    }

    /// Asks `weights` for the tensors that the published file holds besides: a way up that is never run.
    pub(super) fn claim_unused(weights: &VarBuilder) -> Result<()> {
        TensorNet::new(unet::way_up(FEATURES, 1), weights).map(|_| ())
    }

    /// The features of poses: `landmarks` N×3×S×S and `mask` N×1×S×S in [0, 1]; 512, 256, 128, 64 and 64 channels.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn features(&self, landmarks: &Tensor, mask: &Tensor) -> Result<Features> {
        let masked = landmarks.broadcast_mul(mask)?;
        five(self.backbone.forward(&[&standardized(&Tensor::cat(&[&masked, mask], 1)?)?])?)
    }
}

//! `target_pose_encoder`: a ResNet-18 that sees the wanted pose's UDP.

use super::Features;
use super::unet::{Backbone, Depth, Upsampling, standardized};
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// The network's name in weight files.
pub const NAME: &str = "target_pose_encoder";

/// How many channels the features have.
const FEATURES: [usize; 5] = [512, 256, 128, 64, 64];

/// The network.
pub struct PoseEncoder {
    backbone: Backbone,
}

impl PoseEncoder {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self { backbone: Backbone::new(&weights.pp("backbone"), 4, &Depth::ResNet18, false)? })
    }

    /// Asks `weights` for the tensors that the published file holds besides: a way up that is never run.
    pub(super) fn claim_unused(weights: &VarBuilder) -> Result<()> {
        Upsampling::new(weights, FEATURES, 1).map(|_| ())
    }

    /// The features of a pose: `landmarks` N×3×S×S and `mask` N×1×S×S in [0, 1]; 512, 256, 128, 64 and 64 channels.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn features(&self, landmarks: &Tensor, mask: &Tensor) -> Result<Features> {
        let masked = landmarks.broadcast_mul(mask)?;
        self.backbone.forward(&standardized(&Tensor::cat(&[&masked, mask], 1)?)?)
    }
}

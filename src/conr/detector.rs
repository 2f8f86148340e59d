//! `udpparsernet`: a ResNet-50 U-Net that sees a drawing and says which point of the body each pixel shows.
//!
//! Its backbone is also the encoder of a sheet's drawings.

use super::unet::{self, Depth, standardized};
use super::{Features, five};
use crate::nn::layers::{Net, TensorNet};
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// The network's name in weight files.
pub const NAME: &str = "udpparsernet";

/// How many channels the features have.
pub(super) const FEATURES: [usize; 5] = [2048, 1024, 512, 256, 64];

/// The way down, whose tensors are below `backbone`.
pub(super) fn backbone() -> Net {
    unet::backbone(3, Depth::ResNet50, true)
}

/// The way up: features to landmark and occupancy.
pub(super) fn way_up() -> Net {
    unet::way_up(FEATURES, 4)
}

/// The network.
pub struct Detector {
    backbone: TensorNet,
    way_up: TensorNet,
}

impl Detector {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self {
            backbone: TensorNet::new(backbone(), &weights.pp("backbone"))?,
            way_up: TensorNet::new(way_up(), weights)?,
        })
    }

    /// The features of drawings: `rgb` N×3×S×S, premultiplied, in [0, 1]; 2048, 1024, 512, 256 and 64 channels.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn features(&self, rgb: &Tensor) -> Result<Features> {
        five(self.backbone.forward(&[&standardized(rgb)?])?)
    }

    /// The UDPs of drawings with these features: N×4×S×S (landmark, occupancy), in [0, 1].
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn udp(&self, features: &Features) -> Result<Tensor> {
        let [udp] = &self.way_up.forward(&features.each_ref())?[..] else {
            candle_core::bail!("the way up leads to one picture")
        };
        udp.clamp(0.0, 1.0)
    }
}

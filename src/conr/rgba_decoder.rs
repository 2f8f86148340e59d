//! `rgbadecodernet`: the shader's last message to colours.

use crate::nn;
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// The network's name in weight files.
pub const NAME: &str = "rgbadecodernet";

const WIDTH: usize = 64;

/// A convolution that keeps the size.
struct Conv {
    weight: Tensor,
    bias: Tensor,
}

impl Conv {
    fn new(weights: &VarBuilder, outputs: usize, k: usize) -> Result<Self> {
        Ok(Self { weight: weights.get((outputs, WIDTH, k, k), "weight")?, bias: weights.get(outputs, "bias")? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        nn::conv2d(x, &self.weight, Some(&self.bias), 1, self.weight.dim(3)? / 2)
    }
}

/// The network.
pub struct RgbaDecoder {
    /// The residual block, in the order it runs: what the weights call norms are 1×1 convolutions.
    bottleneck: [Conv; 4],
    rgba: Conv,
}

impl RgbaDecoder {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        let block = weights.pp("bottleneck.r0");
        let conv = |name: &str, k: usize| Conv::new(&block.pp(name), WIDTH, k);
        Ok(Self {
            bottleneck: [conv("norm1", 1)?, conv("conv1", 3)?, conv("norm2", 1)?, conv("conv2", 3)?],
            rgba: Conv::new(&weights.pp("conv_rgba.0"), 4, 3)?,
        })
    }

    /// The picture that a message (N×64×S×S) is of: N×4×S×S in [0, 1], **premultiplied** RGBA.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn forward(&self, message: &Tensor) -> Result<Tensor> {
        let [norm1, conv1, norm2, conv2] = &self.bottleneck;
        let x = conv1.forward(&norm1.forward(message)?.relu()?)?;
        let x = (message + conv2.forward(&norm2.forward(&x)?.relu()?)?)?;
        let rgba = candle_nn::ops::sigmoid(&self.rgba.forward(&x)?)?;
        let alpha = rgba.narrow(1, 3, 1)?;
        Tensor::cat(&[&rgba.narrow(1, 0, 3)?.broadcast_mul(&alpha)?, &alpha], 1)
    }
}

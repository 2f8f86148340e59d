//! `rgbadecodernet`: the shader's last message to colours.

use crate::nn::layers::{Activation, Layer, Net, TensorNet};
use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;

/// The network's name in weight files.
pub const NAME: &str = "rgbadecodernet";

/// Channels of a message.
const WIDTH: usize = 64;

/// The network: a message to colours, not yet premultiplied, and alpha. What the weights call norms are 1×1
/// convolutions.
pub(super) fn net() -> Net {
    let mut net = Net::default();
    let message = net.input(WIDTH, 0);
    let layer = |name: &str, taps: usize| Layer::square(format!("bottleneck.r0.{name}"), taps, 1, WIDTH).bias();
    let mut x = net.conv(message, layer("norm1", 1).then(Activation::Relu));
    x = net.conv(x, layer("conv1", 3));
    x = net.conv(x, layer("norm2", 1).then(Activation::Relu));
    x = net.conv(x, layer("conv2", 3).plus_after(message));
    let rgba = net.conv(x, Layer::square("conv_rgba.0", 3, 1, 4).bias().then(Activation::Sigmoid));
    net.result(rgba);
    net
}

/// The network.
pub struct RgbaDecoder {
    net: TensorNet,
}

impl RgbaDecoder {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self { net: TensorNet::new(net(), weights)? })
    }

    /// The pictures that messages (N×64×S×S) are of: N×4×S×S in [0, 1], **premultiplied** RGBA.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn forward(&self, message: &Tensor) -> Result<Tensor> {
        let [rgba] = &self.net.forward(&[message])?[..] else { bail!("the network makes one picture") };
        let alpha = rgba.narrow(1, 3, 1)?;
        Tensor::cat(&[&rgba.narrow(1, 0, 3)?.broadcast_mul(&alpha)?, &alpha], 1)
    }
}

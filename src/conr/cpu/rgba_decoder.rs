//! The shader's last message to colours, on packed weights.

use super::layers::{PIXEL, Packer, SAME, run};
use crate::nn::kernels::{Activation, Batch, Conv, Join, Pool, Shape, Storage, sigmoid};
use candle_core::Result;
use candle_nn::VarBuilder;

const WIDTH: usize = 64;

pub(super) struct RgbaDecoder {
    bottleneck: [Conv; 4],
    rgba: Conv,
}

impl RgbaDecoder {
    pub(super) fn new(weights: &VarBuilder, storage: Storage, pixels: usize) -> Result<Self> {
        let block = weights.pp("bottleneck.r0");
        let packer = |weights| Packer { weights, storage, pixels };
        let conv = |name: &str, shape: Shape, activation| {
            packer(block.pp(name)).whole(shape, [WIDTH, WIDTH], true, activation)
        };
        Ok(Self {
            bottleneck: [
                conv("norm1", PIXEL, Activation::Relu)?,
                conv("conv1", SAME, Activation::None)?,
                conv("norm2", PIXEL, Activation::Relu)?,
                conv("conv2", SAME, Activation::None)?,
            ],
            rgba: packer(weights.pp("conv_rgba.0")).whole(SAME, [WIDTH, 4], true, Activation::None)?,
        })
    }

    /// Premultiplied RGBA in [0, 1], four channels.
    pub(super) fn run(&self, message: &Batch, pool: &Pool) -> Batch {
        let [norm1, conv1, norm2, conv2] = &self.bottleneck;
        let mut x = run(norm1, message.map(), Join::default(), pool);
        for conv in [conv1, norm2] {
            x = run(conv, x.map(), Join::default(), pool);
        }
        x = run(conv2, x.map(), Join { before: None, after: Some(message.map()) }, pool);
        let mut rgba = run(&self.rgba, x.map(), Join::default(), pool);
        sigmoid(&mut rgba.map_mut());
        for pixel in rgba.pixels_mut() {
            for i in 0..3 {
                pixel[i] *= pixel[3];
            }
        }
        rgba
    }

    /// Bytes of packed weights.
    pub(super) fn bytes(&self) -> usize {
        self.bottleneck.iter().chain([&self.rgba]).map(Conv::bytes).sum()
    }
}

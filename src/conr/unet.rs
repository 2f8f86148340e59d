//! The parts of a residual U-Net: what the detector and the pose encoder are made of.

use super::Features;
use crate::nn;
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

/// Both networks take colours and landmarks with this mean and deviation away.
pub(super) fn standardized(x: &Tensor) -> Result<Tensor> {
    x.affine(1.0 / 0.297, -0.6 / 0.297)
}

/// An instance norm's gain and bias.
struct Norm {
    gain: Tensor,
    bias: Tensor,
}

impl Norm {
    fn new(weights: &VarBuilder, channels: usize) -> Result<Self> {
        let weights = weights.pp("norm");
        Ok(Self { gain: weights.get(channels, "weight")?, bias: weights.get(channels, "bias")? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        nn::instance_norm(x, &self.gain.to_dtype(x.dtype())?, &self.bias.to_dtype(x.dtype())?)
    }
}

/// A convolution without bias that keeps or halves the size, and the norm after it.
struct NormedConv {
    weight: Tensor,
    stride: usize,
    norm: Norm,
}

impl NormedConv {
    fn new(
        conv: &VarBuilder,
        norm: &VarBuilder,
        inputs: usize,
        outputs: usize,
        k: usize,
        stride: usize,
    ) -> Result<Self> {
        Ok(Self { weight: conv.get((outputs, inputs, k, k), "weight")?, stride, norm: Norm::new(norm, outputs)? })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let padding = self.weight.dim(3)? / 2;
        self.norm.forward(&nn::conv2d(x, &self.weight.to_dtype(x.dtype())?, None, self.stride, padding)?)
    }
}

/// A residual block: convolutions, and a shortcut around them.
struct Residual {
    convs: Vec<NormedConv>,
    /// Where the shortcut has to change its shape.
    downsample: Option<NormedConv>,
}

impl Residual {
    /// `sizes`: the kernel sizes of the convolutions; the stride is on the first 3×3 one.
    fn new(
        weights: &VarBuilder,
        sizes: &[usize],
        inputs: usize,
        width: usize,
        outputs: usize,
        stride: usize,
    ) -> Result<Self> {
        let strided = sizes.iter().position(|&k| k == 3);
        let conv = |i: usize| {
            let conv_inputs = if i == 0 { inputs } else { width };
            let conv_outputs = if i + 1 == sizes.len() { outputs } else { width };
            let conv_stride = if Some(i) == strided { stride } else { 1 };
            let (conv, norm) = (weights.pp(format!("conv{}", i + 1)), weights.pp(format!("bn{}", i + 1)));
            NormedConv::new(&conv, &norm, conv_inputs, conv_outputs, sizes[i], conv_stride)
        };
        let downsample = weights.pp("downsample");
        Ok(Self {
            convs: (0..sizes.len()).map(conv).collect::<Result<_>>()?,
            downsample: (inputs != outputs || stride != 1)
                .then(|| NormedConv::new(&downsample.pp(0), &downsample.pp(1), inputs, outputs, 1, stride))
                .transpose()?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut y = x.clone();
        for (i, conv) in self.convs.iter().enumerate() {
            y = conv.forward(&if i == 0 { y } else { y.relu()? })?;
        }
        let shortcut = self.downsample.as_ref().map_or_else(|| Ok(x.clone()), |d| d.forward(x))?;
        (y + shortcut)?.relu()
    }
}

/// The two kinds of residual network in use.
pub(super) enum Depth {
    ResNet18,
    ResNet50,
}

impl Depth {
    /// Blocks per layer, kernel sizes in a block, and how many times its width a block gives out.
    pub(super) fn layout(&self) -> ([usize; 4], &'static [usize], usize) {
        match self {
            Self::ResNet18 => ([2, 2, 2, 2], &[3, 3], 1),
            Self::ResNet50 => ([3, 4, 6, 3], &[1, 3, 1], 4),
        }
    }
}

/// The way down: an image to its features.
pub(super) struct Backbone {
    stem: NormedConv,
    /// What halves the stem's output; where there is none, max pooling does.
    shrink: Option<Tensor>,
    layers: Vec<Vec<Residual>>,
}

impl Backbone {
    pub(super) fn new(weights: &VarBuilder, inputs: usize, depth: &Depth, learned_shrink: bool) -> Result<Self> {
        let (blocks, sizes, expansion) = depth.layout();
        let mut channels = 64;
        let mut layers = Vec::new();
        for (i, &count) in blocks.iter().enumerate() {
            let (weights, width) = (weights.pp(4 + i), 64 << i);
            let mut layer = Vec::new();
            for block in 0..count {
                let stride = if i > 0 && block == 0 { 2 } else { 1 };
                layer.push(Residual::new(&weights.pp(block), sizes, channels, width, width * expansion, stride)?);
                channels = width * expansion;
            }
            layers.push(layer);
        }
        Ok(Self {
            stem: NormedConv::new(&weights.pp(0), &weights.pp(1), inputs, 64, 7, 2)?,
            shrink: learned_shrink.then(|| weights.pp(3).get((64, 64, 3, 3), "weight")).transpose()?,
            layers,
        })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Features> {
        let shallowest = self.stem.forward(x)?.relu()?;
        let mut x = match &self.shrink {
            Some(weight) => nn::conv2d(&shallowest, weight, None, 2, 1)?,
            None => nn::max_pool2d_3x3_s2(&shallowest)?,
        };
        let mut outputs = [(); 4].map(|()| shallowest.clone());
        for (layer, output) in self.layers.iter().zip(outputs.iter_mut().rev()) {
            for block in layer {
                x = block.forward(&x)?;
            }
            *output = x.clone();
        }
        let [f0, f1, f2, f3] = outputs;
        Ok([f0, f1, f2, f3, shallowest])
    }
}

/// The way up: features to an image of the input's size, computed in the features' type, whatever weights are kept as.
pub(super) struct Upsampling {
    steps: Vec<Step>,
    weight: Tensor,
    bias: Tensor,
}

struct Step {
    up: Tensor,
    norm: Norm,
    conv: NormedConv,
}

impl Upsampling {
    /// `features`: how many channels the backbone's features have, deepest first.
    pub(super) fn new(weights: &VarBuilder, features: [usize; 5], outputs: usize) -> Result<Self> {
        const WIDTHS: [usize; 5] = [512, 384, 256, 128, 32];
        let step = |i: usize| {
            let weights = weights.pp("upsample_blocks").pp(i);
            let inputs = if i == 0 { features[0] } else { WIDTHS[i - 1] };
            let (width, skip) = (WIDTHS[i], features.get(i + 1).copied().unwrap_or(0));
            Ok(Step {
                up: weights.get((inputs, width, 4, 4), "up.weight")?,
                norm: Norm::new(&weights.pp("bn1"), width)?,
                conv: NormedConv::new(&weights.pp("conv2"), &weights.pp("bn2"), width + skip, width, 3, 1)?,
            })
        };
        let last = weights.pp("final_conv");
        Ok(Self {
            steps: (0..WIDTHS.len()).map(step).collect::<Result<_>>()?,
            weight: last.get((outputs, WIDTHS[4], 1, 1), "weight")?,
            bias: last.get(outputs, "bias")?,
        })
    }

    pub(super) fn forward(&self, features: &Features) -> Result<Tensor> {
        let mut x = features[0].clone();
        for (i, step) in self.steps.iter().enumerate() {
            x = step.norm.forward(&nn::conv_transpose2d_4x4_s2(&x, &step.up.to_dtype(x.dtype())?, None)?)?.relu()?;
            if let Some(skip) = features.get(i + 1) {
                x = Tensor::cat(&[&x, skip], 1)?;
            }
            x = step.conv.forward(&x)?.relu()?;
        }
        nn::conv2d(&x, &self.weight.to_dtype(x.dtype())?, Some(&self.bias.to_dtype(x.dtype())?), 1, 0)
    }
}

//! The parts of a residual U-Net: what the detector and the pose encoder are made of.

use crate::nn::layers::{Activation, Layer, Net, Value};
use candle_core::{Result, Tensor};

const MEAN: f64 = 0.6;
const DEVIATION: f64 = 0.297;

/// Both networks take colours and landmarks with the mean and the deviation away.
pub(super) fn standardized(x: &Tensor) -> Result<Tensor> {
    x.affine(1.0 / DEVIATION, -MEAN / DEVIATION)
}

/// The same of one value.
pub(super) fn standardized_value(v: f32) -> f32 {
    (v - MEAN as f32) / DEVIATION as f32
}

/// The two kinds of residual network in use.
#[derive(Clone, Copy, Debug)]
pub(super) enum Depth {
    ResNet18,
    ResNet50,
}

impl Depth {
    /// Blocks per layer, kernel sizes in a block, and how many times its width a block gives out.
    fn layout(self) -> ([usize; 4], &'static [usize], usize) {
        match self {
            Self::ResNet18 => ([2, 2, 2, 2], &[3, 3], 1),
            Self::ResNet50 => ([3, 4, 6, 3], &[1, 3, 1], 4),
        }
    }
}

/// The way down: a picture of `inputs` channels to its five features, deepest first. The stem's output is halved by a
/// convolution, or by max pooling.
pub(super) fn backbone(inputs: usize, depth: Depth, learned_shrink: bool) -> Net {
    let (blocks, sizes, expansion) = depth.layout();
    let mut net = Net::default();
    let x = net.input(inputs, 0);
    let stem = net.conv(x, Layer::square("0", 7, 2, 64).norm("1.norm").then(Activation::Relu));
    let mut x = match learned_shrink {
        true => net.conv(stem, Layer::square("3", 3, 2, 64)),
        false => net.max_pool(stem),
    };
    let mut features = vec![stem];
    for (i, &count) in blocks.iter().enumerate() {
        let width = 64 << i;
        for block in 0..count {
            let halves = i > 0 && block == 0;
            x = residual(&mut net, x, &format!("{}.{block}", 4 + i), sizes, width, width * expansion, halves);
        }
        features.push(x);
    }
    features.into_iter().rev().for_each(|feature| net.result(feature));
    net
}

/// A residual block: convolutions of these kernel sizes, and a shortcut around them; the stride is on the first 3×3 one.
fn residual(net: &mut Net, x: Value, name: &str, sizes: &[usize], width: usize, outputs: usize, halves: bool) -> Value {
    let stride = if halves { 2 } else { 1 };
    let shortcut = if net.channels(x) != outputs || halves {
        let downsample = Layer::square(format!("{name}.downsample.0"), 1, stride, outputs);
        net.conv(x, downsample.norm(format!("{name}.downsample.1.norm")))
    } else {
        x
    };
    let strided = sizes.iter().position(|&taps| taps == 3);
    let mut y = x;
    for (i, &taps) in sizes.iter().enumerate() {
        let last = i + 1 == sizes.len();
        let (stride, width) = (if Some(i) == strided { stride } else { 1 }, if last { outputs } else { width });
        let conv = Layer::square(format!("{name}.conv{}", i + 1), taps, stride, width);
        let conv = conv.norm(format!("{name}.bn{}.norm", i + 1)).then(Activation::Relu);
        y = net.conv(y, if last { conv.plus(shortcut) } else { conv });
    }
    y
}

/// The way up: features, deepest first and of so many channels, to a picture of the input's size.
pub(super) fn way_up(features: [usize; 5], outputs: usize) -> Net {
    const WIDTHS: [usize; 5] = [512, 384, 256, 128, 32];
    let mut net = Net::default();
    let mut halvings = (1..=5).rev();
    let features = features.map(|channels| net.input(channels, halvings.next().unwrap_or_default()));
    let mut x = features[0];
    for (i, &width) in WIDTHS.iter().enumerate() {
        let name = format!("upsample_blocks.{i}");
        let up = Layer::double(format!("{name}.up"), width).norm(format!("{name}.bn1.norm"));
        x = net.conv(x, up.then(Activation::Relu));
        if let Some(&skip) = features.get(i + 1) {
            x = net.join(&[x, skip]);
        }
        let conv = Layer::square(format!("{name}.conv2"), 3, 1, width).norm(format!("{name}.bn2.norm"));
        x = net.conv(x, conv.then(Activation::Relu));
    }
    let picture = net.conv(x, Layer::square("final_conv", 1, 1, outputs).bias());
    net.result(picture);
    net
}

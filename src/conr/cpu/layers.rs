//! Layers with packed weights.

use crate::nn::kernels::{Activation, Batch, Conv, Join, Map, Pool, Shape, Storage, Weights, all, instance_norm};
use candle_core::Result;
use candle_nn::VarBuilder;

pub(super) const SAME: Shape = Shape::Square { taps: 3, stride: 1, pad: 1 };
pub(super) const HALF: Shape = Shape::Square { taps: 3, stride: 2, pad: 1 };
pub(super) const PIXEL: Shape = Shape::Square { taps: 1, stride: 1, pad: 0 };

/// The values of a tensor.
pub(super) fn values(weights: &VarBuilder, shape: impl Into<candle_core::Shape>, name: &str) -> Result<Vec<f32>> {
    weights.get(shape.into(), name)?.flatten_all()?.to_vec1()
}

/// Reads a convolution's weights and packs them, for batches of about `pixels` output pixels.
pub(super) struct Packer<'a> {
    /// The tensors of the convolution: `weight`, and `bias` where there is one.
    pub weights: VarBuilder<'a>,
    pub storage: Storage,
    pub pixels: usize,
}

impl Packer<'_> {
    /// A whole convolution.
    pub(super) fn whole(
        &self,
        shape: Shape,
        [cin, cout]: [usize; 2],
        bias: bool,
        activation: Activation,
    ) -> Result<Conv> {
        Ok(self.read(shape, [cin, cout], bias)?.pack((&all(cin), &all(cout)), bias, activation))
    }

    /// The tensors of a convolution of which only parts are to be packed.
    pub(super) fn read(&self, shape: Shape, [cin, cout]: [usize; 2], bias: bool) -> Result<Unpacked> {
        let (first, second, taps) = match shape {
            Shape::Square { taps, .. } => (cout, cin, taps),
            Shape::Double => (cin, cout, 4),
        };
        let values = |shape: candle_core::Shape, name| values(&self.weights, shape, name);
        Ok(Unpacked {
            shape,
            weights: values((first, second, taps, taps).into(), "weight")?,
            bias: if bias { values(cout.into(), "bias")? } else { vec![] },
            channels: [cin, cout],
            storage: self.storage,
            pixels: self.pixels,
        })
    }
}

/// A convolution's tensors as they were read.
pub(super) struct Unpacked {
    shape: Shape,
    weights: Vec<f32>,
    bias: Vec<f32>,
    channels: [usize; 2],
    storage: Storage,
    pixels: usize,
}

impl Unpacked {
    /// Packs the convolution from some input to some output channels, with its bias or without.
    pub(super) fn pack(&self, (inputs, outputs): (&[usize], &[usize]), bias: bool, activation: Activation) -> Conv {
        let method = Conv::choose(self.shape, self.pixels, inputs.len());
        let [cin, cout] = self.channels;
        let weights = Weights { values: &self.weights, cin, cout };
        let bias = bias.then_some(&self.bias[..]);
        Conv::new(self.shape, method, self.storage, weights, inputs, outputs, bias, activation)
    }
}

/// Runs a convolution into memory from the pool.
pub(super) fn run(conv: &Conv, x: Map, join: Join, pool: &Pool) -> Batch {
    let [n, h, w, _] = x.size();
    let (h, w) = conv.shape().output_size(h, w);
    let mut out = pool.take([n, h, w, conv.cout()]);
    conv.run(x, join, &mut out.map_mut());
    out
}

/// A convolution without bias, and the instance norm after it.
pub(super) struct NormedConv {
    conv: Conv,
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl NormedConv {
    pub(super) fn new(packer: &Packer, norm: &VarBuilder, shape: Shape, channels: [usize; 2]) -> Result<Self> {
        let norm = norm.pp("norm");
        Ok(Self {
            conv: packer.whole(shape, channels, false, Activation::None)?,
            gain: values(&norm, channels[1], "weight")?,
            bias: values(&norm, channels[1], "bias")?,
        })
    }

    pub(super) fn run(&self, x: Map, after: Option<Map>, relu: bool, pool: &Pool) -> Batch {
        let mut out = run(&self.conv, x, Join::default(), pool);
        instance_norm(&mut out.map_mut(), &self.gain, &self.bias, after, relu);
        out
    }

    pub(super) fn bytes(&self) -> usize {
        self.conv.bytes()
    }
}

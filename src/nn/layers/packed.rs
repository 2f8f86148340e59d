//! Nets on the kernels.

use super::between;
use super::net::{Op, Step, Value};
use super::{Activation, Layer, Net};
use crate::nn::kernels::{self, Batch, Conv, Join, Map, Pool, Precision, Shape, Weights, all};
use candle_core::Result;
use candle_nn::VarBuilder;

/// For whom a net is packed.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// What weights take in memory.
    pub precision: Precision,
    /// Pixels of a batch of pictures that were not halved: kernels are chosen for as many; others run as well. With
    /// none, weights take the least memory.
    pub pixels: usize,
    /// Which channels of the last result are computed, in this order; none for all.
    pub outputs: Option<&'a [usize]>,
}

impl Plan<'_> {
    fn pixels_of(&self, halvings: i32) -> usize {
        let pixels = |factor: u32| (self.pixels / 4usize.pow(factor)).max(self.pixels.min(1));
        match u32::try_from(halvings) {
            Ok(halvings) => pixels(halvings),
            Err(_) => self.pixels * 4usize.pow(halvings.unsigned_abs()),
        }
    }
}

/// A net with packed weights.
pub struct PackedNet {
    net: Net,
    layers: Vec<Packed>,
    done_after: Vec<Vec<Value>>,
}

/// What a step has packed.
enum Packed {
    Nothing,
    Layer(Box<PackedLayer>),
    /// The weights of a convolution of one-hot maps, as they are.
    OneHot(Vec<f32>),
}

/// A picture that a net sees.
pub enum Picture<'a> {
    /// One that stays with whoever gives it.
    Lent(Map<'a>),
    /// One whose memory goes back to its pool when nothing reads it any more.
    Own(Batch),
}

impl<'a> From<Map<'a>> for Picture<'a> {
    fn from(map: Map<'a>) -> Self {
        Self::Lent(map)
    }
}

impl From<Batch> for Picture<'_> {
    fn from(batch: Batch) -> Self {
        Self::Own(batch)
    }
}

impl Picture<'_> {
    fn map(&self) -> Map<'_> {
        match self {
            Self::Lent(map) => *map,
            Self::Own(batch) => batch.map(),
        }
    }
}

impl PackedNet {
    /// Packs the tensors that `weights` holds, layer after layer.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(net: Net, weights: &VarBuilder, plan: Plan) -> Result<Self> {
        let layer = |(i, step): (usize, &Step)| match &step.op {
            Op::Conv(layer, x) => {
                let packer = Packer::read(layer, net.channels(*x), weights, plan.precision)?;
                let is_last = net.results.last().is_some_and(|last| last.index() == i);
                let outputs = plan.outputs.filter(|_| is_last).map_or_else(|| all(layer.outputs), <[usize]>::to_vec);
                let inputs = all(net.channels(*x));
                let pixels = plan.pixels_of(step.halvings);
                Ok(Packed::Layer(Box::new(packer.pack(&inputs, &outputs, true, true, pixels))))
            }
            Op::OneHot(layer, points, _) => Packer::read(layer, net.channels(*points) / 2, weights, Precision::F32)
                .map(|packer| Packed::OneHot(packer.weights)),
            _ => Ok(Packed::Nothing),
        };
        let layers = net.steps.iter().enumerate().map(layer).collect::<Result<_>>()?;
        Ok(Self { layers, done_after: net.done_after(), net })
    }

    /// The results for these inputs.
    ///
    /// # Panics
    /// When there are not as many inputs as the net has, or their sizes don't fit: both are errors of the program.
    pub fn run<'a>(&self, inputs: impl IntoIterator<Item = Picture<'a>>, pool: &Pool) -> Vec<Batch> {
        let mut inputs = inputs.into_iter();
        let mut pictures: Vec<Option<Picture>> = Vec::with_capacity(self.layers.len());
        for ((step, layer), done) in self.net.steps.iter().zip(&self.layers).zip(&self.done_after) {
            let at = |value: Value| match &pictures[value.index()] {
                Some(picture) => picture.map(),
                None => unreachable!("a picture stays until its last reader has run"),
            };
            let picture = match (&step.op, layer) {
                (Op::Input { .. }, _) => inputs.next(),
                (Op::Conv(of, x), Packed::Layer(layer)) => {
                    let join = Join { before: of.before.map(at), after: of.after.map(at) };
                    Some(layer.run(at(*x), join, pool).into())
                }
                (Op::OneHot(_, points, [h, w]), Packed::OneHot(weights)) => {
                    let points = at(*points);
                    let mut out = pool.take([points.size()[0], *h, *w, step.channels]);
                    kernels::one_hot(points, weights, &mut out.map_mut());
                    Some(out.into())
                }
                (op, _) => Some(between::made(op, step.channels, at, pool).into()),
            };
            assert!(picture.is_some(), "the net has more inputs");
            pictures.push(picture);
            done.iter().for_each(|value| pictures[value.index()] = None);
        }
        let result = |value: &Value| match pictures[value.index()].take() {
            Some(Picture::Own(batch)) => batch,
            Some(Picture::Lent(_)) | None => unreachable!("a result was made, and is taken once"),
        };
        self.net.results.iter().map(result).collect()
    }

    /// Bytes of packed weights.
    pub fn bytes(&self) -> usize {
        let bytes = |packed: &Packed| match packed {
            Packed::Nothing => 0,
            Packed::Layer(layer) => layer.bytes(),
            Packed::OneHot(weights) => size_of_val(&weights[..]),
        };
        self.layers.iter().map(bytes).sum()
    }
}

/// A layer with packed weights.
pub struct PackedLayer {
    conv: Conv,
    norm: Option<Norm>,
    sigmoid: bool,
}

struct Norm {
    gain: Vec<f32>,
    bias: Vec<f32>,
    /// Of the activation after it.
    slopes: Option<Vec<f32>>,
}

impl PackedLayer {
    /// Runs the layer into memory from the pool; `join.before` is added before the activation, `join.after` after it.
    ///
    /// # Panics
    /// When sizes don't fit one another.
    pub fn run(&self, x: Map, join: Join, pool: &Pool) -> Batch {
        let [n, h, w, _] = x.size();
        let (h, w) = self.conv.shape().output_size(h, w);
        let mut out = pool.take([n, h, w, self.conv.cout()]);
        match &self.norm {
            None => self.conv.run(x, join, &mut out.map_mut()),
            Some(Norm { gain, bias, slopes }) => {
                self.conv.run(x, Join::default(), &mut out.map_mut());
                kernels::instance_norm(&mut out.map_mut(), gain, bias, join, slopes.as_deref());
            }
        }
        if self.sigmoid {
            kernels::sigmoid(&mut out.map_mut());
        }
        out
    }

    /// Bytes of packed weights.
    pub fn bytes(&self) -> usize {
        self.conv.bytes()
    }
}

/// A layer's tensors as they were read, to be packed whole or in parts.
pub struct Packer {
    shape: Shape,
    weights: Vec<f32>,
    channels: [usize; 2],
    bias: Option<Vec<f32>>,
    norm: Option<(Vec<f32>, Vec<f32>)>,
    slopes: Option<Vec<f32>>,
    sigmoid: bool,
    precision: Precision,
}

impl Packer {
    /// Reads the tensors that `weights` holds of a layer.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn read(layer: &Layer, inputs: usize, weights: &VarBuilder, precision: Precision) -> Result<Self> {
        let outputs = layer.outputs;
        let vector = |weights: &VarBuilder, name: &str| weights.get(outputs, name)?.to_vec1::<f32>();
        let conv = weights.pp(&layer.name);
        let norm = |name: &String| -> Result<_> {
            let weights = weights.pp(name);
            Ok((vector(&weights, "weight")?, vector(&weights, "bias")?))
        };
        Ok(Self {
            shape: layer.shape,
            weights: conv.get(layer.dimensions(inputs).to_vec(), "weight")?.flatten_all()?.to_vec1()?,
            channels: [inputs, outputs],
            bias: if layer.bias { Some(vector(&conv, "bias")?) } else { None },
            norm: layer.norm.as_ref().map(norm).transpose()?,
            slopes: match &layer.activation {
                Activation::None | Activation::Sigmoid => None,
                Activation::Relu => Some(vec![0.0; outputs]),
                Activation::Leaky(slope) => Some(vec![*slope; outputs]),
                Activation::Prelu(name) => Some(vector(&weights.pp(name), "weight")?),
            },
            sigmoid: layer.activation == Activation::Sigmoid,
            precision,
        })
    }

    /// Packs the layer from some of its input to some of its output channels, in these orders, for batches of about
    /// `pixels` output pixels. Where inputs are split, one part brings the `bias`, and the part that runs last, with
    /// the others' sums added before, the activation that makes it `whole`.
    pub fn pack(&self, inputs: &[usize], outputs: &[usize], bias: bool, whole: bool, pixels: usize) -> PackedLayer {
        assert!(self.norm.is_none() || bias && whole, "sums with a norm after them are not split");
        let method = Conv::choose(self.shape, pixels, inputs.len());
        let [cin, cout] = self.channels;
        let weights = Weights { values: &self.weights, cin, cout };
        let bias = self.bias.as_deref().filter(|_| bias);
        let chosen = |values: &Vec<f32>| outputs.iter().map(|&output| values[output]).collect::<Vec<_>>();
        let norm = self.norm.as_ref().filter(|_| whole).map(|(gain, bias)| Norm {
            gain: chosen(gain),
            bias: chosen(bias),
            slopes: self.slopes.as_ref().map(chosen),
        });
        let activation = match &self.slopes {
            Some(slopes) if whole && norm.is_none() => kernels::Activation::Prelu(slopes),
            _ => kernels::Activation::None,
        };
        let conv = Conv::new(self.shape, method, self.precision, weights, inputs, outputs, bias, activation);
        PackedLayer { conv, norm, sigmoid: self.sigmoid && whole }
    }
}

//! Nets on candle's tensors.

use super::net::{Op, Value};
use super::{Activation, Extent, Layer, Net};
use crate::nn;
use crate::nn::kernels::{self, Map, Pool, Shape};
use candle_core::{DType, Result, Tensor, bail};
use candle_nn::VarBuilder;

/// A net with its tensors, in whatever type and on whatever device they are.
pub struct TensorNet {
    net: Net,
    layers: Vec<Option<TensorLayer>>,
    done_after: Vec<Vec<Value>>,
}

impl TensorNet {
    /// The net with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(net: Net, weights: &VarBuilder) -> Result<Self> {
        let layer = |step: &super::net::Step| match &step.op {
            Op::Conv(layer, x) => TensorLayer::new(layer, net.channels(*x), weights).map(Some),
            Op::OneHot(layer, points, _) => TensorLayer::new(layer, net.channels(*points) / 2, weights).map(Some),
            _ => Ok(None),
        };
        let layers = net.steps.iter().map(layer).collect::<Result<_>>()?;
        Ok(Self { layers, done_after: net.done_after(), net })
    }

    /// The net as it learns, with batch norms, whose gains are the tensors `gain` of the layers' names: what graphics
    /// cards learn with, and what the kernels' own way back is held to.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn learning(net: Net, weights: &VarBuilder) -> Result<Self> {
        let mut this = Self::new(net, weights)?;
        for (step, layer) in this.net.steps.iter().zip(&mut this.layers) {
            if let (Op::Conv(of, _), Some(layer)) = (&step.op, layer)
                && of.batch
            {
                layer.gain = Some(weights.pp(&of.name).get(of.outputs, "gain")?);
            }
        }
        Ok(this)
    }

    /// The results for these inputs, N×C×H×W each.
    ///
    /// # Errors
    /// Another number of inputs; whatever candle says, such as a lack of memory on a GPU.
    pub fn forward(&self, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
        let mut given = inputs.iter();
        let mut values: Vec<Option<Tensor>> = Vec::with_capacity(self.layers.len());
        for ((step, layer), done) in self.net.steps.iter().zip(&self.layers).zip(&self.done_after) {
            let at = |value: Value| match &values[value.index()] {
                Some(x) => Ok(x),
                None => bail!("a picture is read that is gone"),
            };
            let value = match (&step.op, layer) {
                (Op::Input { .. }, _) => match given.next() {
                    Some(x) => (*x).clone(),
                    None => bail!("the net has more inputs than {}", inputs.len()),
                },
                (Op::Conv(of, x), Some(layer)) => {
                    let added = |value: Option<Value>| value.map(at).transpose();
                    layer.finish(layer.sums(at(*x)?)?, added(of.before)?, added(of.after)?)?
                }
                (Op::OneHot(_, points, size), Some(layer)) => layer.sums(&one_hot_maps(at(*points)?, *size)?)?,
                (Op::Conv(..) | Op::OneHot(..), None) => bail!("a layer has no tensors"),
                (Op::MaxPool(x), _) => nn::max_pool2d_3x3_s2(at(*x)?)?,
                (Op::Halve(x), _) => at(*x)?.avg_pool2d(2)?,
                (Op::Join(all), _) => Tensor::cat(&all.iter().map(|&v| at(v)).collect::<Result<Vec<_>>>()?, 1)?,
                (Op::Shuffle(x), _) => candle_nn::ops::pixel_shuffle(at(*x)?, 2)?,
                (Op::Unshuffle(x), _) => candle_nn::ops::pixel_unshuffle(at(*x)?, 2)?,
                (Op::Repeat(x), _) => {
                    let (_, _, h, w) = at(*x)?.dims4()?;
                    at(*x)?.upsample_nearest2d(2 * h, 2 * w)?
                }
                (Op::Deviation(x), _) => deviation(at(*x)?)?,
                (Op::Thin(x), _) => {
                    let (n, c, h, w) = at(*x)?.dims4()?;
                    let corners = at(*x)?.reshape(&[n, c, h / 2, 2, w / 2, 2])?.narrow(3, 0, 1)?.narrow(5, 0, 1)?;
                    corners.reshape((n, c, h / 2, w / 2))?
                }
                (Op::Meet(x, of), _) => {
                    let ((n, c, h, w), groups) = (at(*x)?.dims4()?, at(*of)?.dim(0)?);
                    at(*x)?.reshape((groups, n / groups, c, h, w))?.mean(1)?
                }
                (Op::Spread(x, over), _) => {
                    let ((groups, c, h, w), n) = (at(*x)?.dims4()?, at(*over)?.dim(0)?);
                    let each = at(*x)?.unsqueeze(1)?.broadcast_as((groups, n / groups, c, h, w))?;
                    each.reshape((n, c, h, w))?
                }
                (Op::Warp(x, flow), _) => {
                    let halves = at(*flow)?.dim(3)? as f64 / 2.0;
                    nn::warp(at(*x)?, &(at(*flow)? * halves)?)?
                }
                (Op::Pixels(function, all), _) => {
                    function.tensors(&all.iter().map(|&v| at(v)).collect::<Result<Vec<_>>>()?)?
                }
                (Op::Grow(x), _) => {
                    let (_, _, h, w) = at(*x)?.dims4()?;
                    nn::lerp(at(*x)?, 2 * h, 2 * w)?
                }
            };
            values.push(Some(value));
            done.iter().for_each(|value| values[value.index()] = None);
        }
        let result = |value: &Value| values[value.index()].take();
        let results: Option<Vec<_>> = self.net.results.iter().map(result).collect();
        results.ok_or_else(|| candle_core::Error::Msg("a result is missing".into()))
    }
}

/// As [`Net::one_hot`] has them.
fn one_hot_maps(points: &Tensor, [h, w]: [usize; 2]) -> Result<Tensor> {
    let (n, twice, ..) = points.dims4()?;
    let numbers: Vec<f32> = points.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
    let mut maps = Pool::default().take([n, h, w, twice / 2]);
    kernels::one_hot_maps(Map::new(&numbers, [n, 1, 1, twice]), &mut maps.map_mut());
    let maps = Tensor::from_vec(maps.pixels().flatten().copied().collect(), (n, h, w, twice / 2), points.device())?;
    maps.permute((0, 3, 1, 2))?.contiguous()?.to_dtype(points.dtype())
}

/// As [`Net::deviation`].
fn deviation(x: &Tensor) -> Result<Tensor> {
    const EPSILON: f64 = 1e-8;
    let variance = x.broadcast_sub(&x.mean_keepdim(0)?)?.sqr()?.mean_keepdim(0)?;
    let (n, _, h, w) = x.dims4()?;
    (variance + EPSILON)?.sqrt()?.mean_all()?.broadcast_as((n, 1, h, w))?.contiguous()
}

/// A layer with its tensors.
pub struct TensorLayer {
    shape: Shape,
    weight: Tensor,
    bias: Option<Tensor>,
    /// Gain and bias.
    norm: Option<(Tensor, Tensor)>,
    /// Of the batch norm, where the layer learns.
    gain: Option<Tensor>,
    activation: Activation,
    /// One a channel, where the activation has slopes.
    slopes: Option<Tensor>,
}

/// Some channels of a layer's input: a picture, the first of the channels, and for whom it is.
pub type Part<'a> = (&'a Tensor, usize, Extent);

impl TensorLayer {
    /// The layer with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(layer: &Layer, inputs: usize, weights: &VarBuilder) -> Result<Self> {
        let (conv, outputs) = (weights.pp(&layer.name), layer.outputs);
        let norm = |name: &String| -> Result<_> {
            let weights = weights.pp(name);
            Ok((weights.get(outputs, "weight")?, weights.get(outputs, "bias")?))
        };
        let slopes = match &layer.activation {
            Activation::Prelu(name) => Some(weights.pp(name).get(outputs, "weight")?),
            Activation::Leaky(slope) => {
                Some(Tensor::full(*slope, outputs, weights.device())?.to_dtype(weights.dtype())?)
            }
            Activation::None | Activation::Relu | Activation::Sigmoid => None,
        };
        Ok(Self {
            shape: layer.shape,
            weight: conv.get(layer.dimensions(inputs).to_vec(), "weight")?,
            bias: if layer.bias { Some(conv.get(outputs, "bias")?) } else { None },
            norm: layer.norm.as_ref().map(norm).transpose()?,
            gain: None,
            activation: layer.activation.clone(),
            slopes,
        })
    }

    /// The whole layer.
    ///
    /// # Errors
    /// Whatever candle says.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.finish(self.sums(x)?, None, None)
    }

    /// The whole layer on an input in parts, samples in groups of `each`; channels that no part has are zero, and cost
    /// nothing. What a group shares is convolved once for all its samples.
    ///
    /// # Errors
    /// Whatever candle says.
    pub fn forward_parts(&self, parts: &[Part], each: usize) -> Result<Tensor> {
        let Shape::Square { stride, pad, .. } = self.shape else { bail!("only squares come in parts") };
        let sums = |extent: Extent, bias: Option<&Tensor>| -> Result<Option<Tensor>> {
            let chosen: Vec<_> = parts.iter().filter(|part| part.2 == extent).collect();
            let weight = |part: &&Part| self.weight.narrow(1, part.1, part.0.dim(1)?);
            let weights = chosen.iter().map(weight).collect::<Result<Vec<_>>>()?;
            let pictures: Vec<_> = chosen.iter().map(|part| part.0).collect();
            if pictures.is_empty() {
                return Ok(None);
            }
            nn::conv2d(&Tensor::cat(&pictures, 1)?, &Tensor::cat(&weights, 1)?, bias, stride, pad).map(Some)
        };
        let own = sums(Extent::Sample, None)?;
        let bias = self.bias.as_ref();
        let sums = match (own, sums(Extent::Group, bias)?) {
            (Some(own), Some(shared)) => {
                let (n, c, h, w) = own.dims4()?;
                let grouped = own.reshape((n / each, each, c, h, w))?.broadcast_add(&shared.unsqueeze(1)?)?;
                grouped.reshape((n, c, h, w))?
            }
            (Some(own), None) => match bias {
                Some(bias) => own.broadcast_add(&bias.reshape((1, (), 1, 1))?)?,
                None => own,
            },
            (None, Some(shared)) => {
                let (n, c, h, w) = shared.dims4()?;
                shared.unsqueeze(1)?.broadcast_as((n, each, c, h, w))?.reshape((n * each, c, h, w))?
            }
            (None, None) => bail!("a layer got nothing to see"),
        };
        self.finish(sums, None, None)
    }

    fn sums(&self, x: &Tensor) -> Result<Tensor> {
        let bias = self.bias.as_ref().filter(|_| self.gain.is_none());
        match self.shape {
            Shape::Square { stride, pad, .. } => nn::conv2d(x, &self.weight, bias, stride, pad),
            Shape::Double => nn::conv_transpose2d_4x4_s2(x, &self.weight, bias),
        }
    }

    /// By mean and deviation of the batch, where the layer learns with them.
    fn batch_norm(&self, sums: Tensor) -> Result<Tensor> {
        const EPSILON: f64 = 1e-5;
        let (Some(gain), Some(bias)) = (&self.gain, &self.bias) else { return Ok(sums) };
        let centred = sums.broadcast_sub(&sums.mean_keepdim((0, 2, 3))?)?;
        let deviation = (centred.sqr()?.mean_keepdim((0, 2, 3))? + EPSILON)?.sqrt()?;
        let gained = centred.broadcast_div(&deviation)?.broadcast_mul(&gain.reshape((1, (), 1, 1))?)?;
        gained.broadcast_add(&bias.reshape((1, (), 1, 1))?)
    }

    fn finish(&self, sums: Tensor, before: Option<&Tensor>, after: Option<&Tensor>) -> Result<Tensor> {
        let mut x = match &self.norm {
            Some((gain, bias)) => nn::instance_norm(&sums, gain, bias)?,
            None => self.batch_norm(sums)?,
        };
        if let Some(before) = before {
            x = (x + before)?;
        }
        x = match (&self.activation, &self.slopes) {
            (Activation::Relu, _) => x.relu()?,
            (Activation::Sigmoid, _) => candle_nn::ops::sigmoid(&x)?,
            (_, Some(slopes)) => nn::prelu(&x, slopes)?,
            (_, None) => x,
        };
        match after {
            Some(after) => x + after,
            None => Ok(x),
        }
    }
}

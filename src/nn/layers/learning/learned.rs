//! A layer of a net that learns: where its numbers lie, forwards with its norm, and the way back.

use super::Parameter;
use crate::nn::kernels::{self, Batch, Conv, Join, Map, Method, Moments, Pool, Precision, Shape, Weights, Window, all};
use crate::nn::layers::{Activation, Layer};
use std::ops::Range;

/// Where the numbers of a layer lie.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    pub(super) inputs: usize,
    pub(super) weight: Range<usize>,
    pub(super) bias: Option<Range<usize>>,
    pub(super) gain: Option<Range<usize>>,
    /// Means, then variances, among the statistics.
    pub(super) statistics: Range<usize>,
    pub(super) slope: f32,
    pub(super) learns: bool,
}

impl Learned {
    pub(super) fn new(
        layer: &Layer,
        inputs: usize,
        learns: bool,
        parameters: &mut Vec<Parameter>,
        statistics: &mut usize,
    ) -> Self {
        let Shape::Square { taps, stride, .. } = layer.shape else { panic!("{}: no such layer learns", layer.name) };
        assert!(matches!((taps, stride), (1, 1) | (3, 1 | 2)) && layer.norm.is_none(), "{}", layer.name);
        let slope = slope_of(&layer.activation, &layer.name);
        assert!(
            layer.after.is_none() || slope == 1.0,
            "{}: the result no longer tells where it was below zero",
            layer.name
        );
        let mut add = |what: &str, shape: Vec<usize>, deviation: f32, level: f32| {
            let name = format!("{}.{what}", layer.name);
            if let Some(known) = parameters.iter().find(|parameter| parameter.name == name) {
                assert_eq!(known.shape, shape, "{name}");
                return known.at.clone();
            }
            let first = parameters.last().map_or(0, |parameter| parameter.at.end);
            let at = first..first + shape.iter().product::<usize>();
            parameters.push(Parameter { name, shape, at: at.clone(), deviation, level, learns });
            at
        };
        // What keeps the deviation of what goes through (He et al. 2015).
        let whole = layer.whole.as_ref().map(|(inputs, activation)| (*inputs, slope_of(activation, &layer.name)));
        let (all_inputs, their_slope) = whole.unwrap_or((inputs, slope));
        let kept = 2.0 / ((1.0 + their_slope * their_slope) * (all_inputs * taps * taps) as f32);
        let (deviation, level) = layer.begins.map_or((kept.sqrt(), 0.0), |level| (0.0, level));
        let weight = add("weight", layer.dimensions(inputs).to_vec(), deviation, level);
        let bias = layer.bias.then(|| add("bias", vec![layer.outputs], 0.0, 0.0));
        // A block begins as its shortcut alone.
        let level = if layer.before.is_some() { 0.0 } else { 1.0 };
        let gain = layer.batch.then(|| add("gain", vec![layer.outputs], 0.0, level));
        let first = *statistics;
        *statistics += if layer.batch { 2 * layer.outputs } else { 0 };
        Self { inputs, weight, bias, gain, statistics: first..*statistics, slope, learns }
    }

    /// The layer's result, and its sums with their moments where they are normed.
    pub(super) fn run(
        &self,
        of: &Layer,
        values: &[f32],
        x: Map,
        before: Option<Map>,
        after: Option<Map>,
        pool: &Pool,
    ) -> (Batch, Option<(Batch, Moments)>) {
        let slopes = vec![self.slope; of.outputs];
        let Some(gain) = &self.gain else {
            let bias = self.bias.clone().map(|at| &values[at]);
            let activation =
                if self.slope == 1.0 { kernels::Activation::None } else { kernels::Activation::Prelu(&slopes) };
            return (self.convolved(of, values, x, bias, activation, Join { before, after }, pool), None);
        };
        let sums = self.convolved(of, values, x, None, kernels::Activation::None, Join::default(), pool);
        let moments = kernels::moments(sums.map());
        let scale: Vec<f32> =
            values[gain.clone()].iter().enumerate().map(|(c, gain)| gain * moments.inverse_deviation(c)).collect();
        let shift: Vec<f32> = self
            .bias
            .clone()
            .map_or(&[][..], |at| &values[at])
            .iter()
            .zip(moments.means.iter().zip(&scale))
            .map(|(bias, (mean, scale))| bias - mean * scale)
            .collect();
        let mut out = pool.take(sums.size());
        kernels::scale_and_activate(sums.map(), &scale, &shift, before, self.slope, &mut out.map_mut());
        if let Some(after) = after {
            kernels::add(after, &mut out.map_mut());
        }
        (out, Some((sums, moments)))
    }

    /// The convolution of one-hot maps: its height, width and channels.
    pub(super) fn run_one_hot(&self, values: &[f32], points: Map, [h, w, channels]: [usize; 3], pool: &Pool) -> Batch {
        let mut out = pool.take([points.size()[0], h, w, channels]);
        kernels::one_hot(points, &values[self.weight.clone()], &mut out.map_mut());
        out
    }

    /// The convolution alone, with what goes along with it.
    pub(super) fn convolved(
        &self,
        of: &Layer,
        values: &[f32],
        x: Map,
        bias: Option<&[f32]>,
        activation: kernels::Activation,
        join: Join,
        pool: &Pool,
    ) -> Batch {
        let [n, h, w, _] = x.size();
        let (h, w) = of.shape.output_size(h, w);
        let weights = Weights { values: &values[self.weight.clone()], cin: self.inputs, cout: of.outputs };
        let method = method(of.shape, n * h * w, self.inputs);
        let (inputs, outputs) = (all(self.inputs), all(of.outputs));
        let mut out = pool.take([n, h, w, of.outputs]);
        Conv::new(of.shape, method, Precision::F32, weights, &inputs, &outputs, bias, activation).run(
            x,
            join,
            &mut out.map_mut(),
        );
        out
    }

    /// From the gradient by what goes into the activation to that by the convolution's sums, in place, and the gradients
    /// by bias and gain. `totals` are that gradient's, and those of its product with the sums.
    pub(super) fn back_through_norm(
        &self,
        values: &[f32],
        gradient: &mut Batch,
        normed: Option<&(Batch, Moments)>,
        [totals, products]: [Vec<f64>; 2],
        gradients: &mut [f32],
    ) {
        if let Some(at) = self.bias.as_ref().filter(|_| self.learns) {
            gradients[at.clone()].iter_mut().zip(&totals).for_each(|(to, &v)| *to += v as f32);
        }
        let (Some(gain), Some((sums, moments))) = (&self.gain, normed) else { return };
        let [n, h, w, channels] = sums.size();
        let count = (n * h * w) as f64;
        let [mut of_gradient, mut of_sums, mut shift] = [(); 3].map(|()| vec![0.0; channels]);
        for c in 0..channels {
            let (mean, inverse) = (f64::from(moments.means[c]), f64::from(moments.inverse_deviation(c)));
            // Of the gradient and the sums with mean 0 and deviation 1.
            let along = (products[c] - mean * totals[c]) * inverse;
            if self.learns {
                gradients[gain.start + c] += along as f32;
            }
            let scale = f64::from(values[gain.start + c]) * inverse;
            let slope = -scale * inverse * along / count;
            of_gradient[c] = scale as f32;
            of_sums[c] = slope as f32;
            shift[c] = (-scale * totals[c] / count - slope * mean) as f32;
        }
        kernels::norm_gradient(&mut gradient.map_mut(), sums.map(), &of_gradient, &of_sums, &shift);
    }

    /// The way back through the convolution: the gradient by its weights, and that by `x`, with what is known of it
    /// already, where it is wanted.
    pub(super) fn back(
        &self,
        of: &Layer,
        values: &[f32],
        x: Map,
        gradient: &Batch,
        known: Option<Batch>,
        wanted: bool,
        gradients: &mut [f32],
        pool: &Pool,
    ) -> Option<Batch> {
        let Shape::Square { taps, stride, pad } = of.shape else { unreachable!("looked at when the net was made") };
        let window = Window { taps, stride, pad };
        if self.learns {
            kernels::add_weight_gradient(x, gradient.map(), window, &mut gradients[self.weight.clone()]);
        }
        if !wanted {
            return known;
        }
        let (weight, [n, h, w, inputs]) = (&values[self.weight.clone()], x.size());
        let [_, rows, columns, _] = gradient.size();
        let shape = of.shape.back();
        let (rows, columns) = shape.output_size(rows, columns);
        assert_eq!((rows, columns), (h, w), "{}: a picture of odd sides doesn't learn", of.name);
        let weights = Weights { values: weight, cin: inputs, cout: of.outputs };
        let conv = Conv::back(of.shape, method(shape, n * h * w, of.outputs), weights);
        let mut of_x = pool.take([n, h, w, inputs]);
        let join = Join { before: known.as_ref().map(Batch::map), after: None };
        conv.run(gradient.map(), join, &mut of_x.map_mut());
        Some(of_x)
    }
}

/// The slope of an activation below zero.
fn slope_of(activation: &Activation, layer: &str) -> f32 {
    match *activation {
        Activation::None => 1.0,
        Activation::Relu => 0.0,
        Activation::Leaky(slope) => slope,
        Activation::Sigmoid | Activation::Prelu(_) => panic!("{layer}: no such activation learns"),
    }
}

/// The method for layers whose weights are others at each step: as for those that are packed once, since transforming
/// them takes little. The large tiles of transposed layers are worth it earlier, as all weights were just written and
/// lie in the cache (two cores with AVX-512, 24 pictures of 64² a step: a tenth of it).
fn method(shape: Shape, pixels: usize, inputs: usize) -> Method {
    match shape {
        Shape::Double if inputs >= 16 && pixels >= 1536 => Method::Winograd4,
        _ => Conv::choose(shape, pixels, inputs),
    }
}

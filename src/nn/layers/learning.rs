//! Nets that learn on the kernels: forwards with everything kept that the way back needs, and that way, without a graph
//! of operations in between. Candle's own way back through [`TensorNet::learning`](super::TensorNet::learning) is its
//! test.

mod learned;
mod second;
mod unfold;

use super::net::{Op, Value};
use super::{Net, between, functions};
use crate::nn::kernels::{self, Batch, Map, Moments, Pool};
use candle_core::{Device, Result, Tensor};
use learned::Learned;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// A tensor that learns: its place among all values of the net, and how it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// As weight files have it; gains of batch norms are called `gain`.
    pub name: String,
    /// In the order of weight files.
    pub shape: Vec<usize>,
    /// Where it lies among the values.
    pub at: Range<usize>,
    /// Deviation of the random numbers that it begins with; none where all begin with `level`.
    pub deviation: f32,
    /// Mean of the numbers that it begins with.
    pub level: f32,
    /// Whether it changes; the others stay what they are, and have no gradient.
    pub learns: bool,
}

/// A net whose parameters lie in one slice of values, which whoever drives it keeps.
pub struct LearningNet {
    net: Net,
    layers: Vec<Option<Learned>>,
    parameters: Vec<Parameter>,
    statistics: usize,
    /// Pictures that something learned goes into.
    learns: Vec<bool>,
}

/// What a batch went through. Clones lead back along the same pictures.
#[derive(Clone)]
pub struct Run {
    results: Vec<Value>,
    pictures: Vec<Option<Arc<Batch>>>,
    /// Before the norm, and its moments.
    normed: Vec<Option<Arc<(Batch, Moments)>>>,
}

impl Run {
    /// A result, in the order of the net's.
    pub fn result(&self, which: usize) -> Map<'_> {
        match &self.pictures[self.results[which].index()] {
            Some(batch) => batch.map(),
            None => unreachable!("all pictures stay until the way back"),
        }
    }
}

impl LearningNet {
    /// A net to learn. Its layers are squares of one tap (stride 1) or three (stride 1 or 2), with batch norm or none, and
    /// activations of a fixed slope.
    ///
    /// # Panics
    /// When the net has something else, which is an error of the program.
    pub fn new(net: Net) -> Self {
        Self::of_some(net, |_| true)
    }

    /// The same, where only the layers that `learns` names do: the way back ends where nothing before it learns.
    ///
    /// # Panics
    /// As [`LearningNet::new`].
    pub fn of_some(net: Net, learns: impl Fn(&str) -> bool) -> Self {
        Self::among(&[], net, learns)
    }

    /// The same as one of several nets with common values: those parameters are its own that have the names of its
    /// tensors among the `known` ones; what is not there comes behind them.
    ///
    /// # Panics
    /// As [`LearningNet::new`]; when a known parameter has another shape.
    pub fn among(known: &[Parameter], net: Net, learns: impl Fn(&str) -> bool) -> Self {
        let parameters = known.to_vec();
        let mut this = Self { layers: vec![], parameters, statistics: 0, learns: vec![], net };
        for step in &this.net.steps {
            let layer = match &step.op {
                Op::Conv(layer, x) => {
                    let inputs = this.net.channels(*x);
                    let learns = learns(&layer.name);
                    Some(Learned::new(layer, inputs, learns, &mut this.parameters, &mut this.statistics))
                }
                Op::OneHot(layer, points, _) => {
                    let (planes, learns) = (this.net.channels(*points) / 2, learns(&layer.name));
                    Some(Learned::new(layer, planes, learns, &mut this.parameters, &mut this.statistics))
                }
                Op::MaxPool(_) => panic!("no net learns with a maximum"),
                _ => None,
            };
            let learns = layer.as_ref().is_some_and(|layer| layer.learns)
                || matches!(step.op, Op::Input { followed: true })
                || step.op.sources().iter().any(|value| this.learns[value.index()]);
            this.layers.push(layer);
            this.learns.push(learns);
        }
        this
    }

    /// All parameters, in the order of their values.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.parameters.last().map_or(0, |parameter| parameter.at.end)
    }

    /// Whether nothing learns.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// Means of zero and variances of one, as statistics begin.
    pub fn fresh_statistics(&self) -> Vec<f32> {
        let mut statistics = vec![0.0; self.statistics];
        for layer in self.layers.iter().flatten() {
            let middle = layer.statistics.start + layer.statistics.len() / 2;
            statistics[middle..layer.statistics.end].fill(1.0);
        }
        statistics
    }

    /// Values to begin with; `normal` gives numbers of mean 0 and deviation 1.
    pub fn fresh_values(&self, mut normal: impl FnMut() -> f32) -> Vec<f32> {
        let number = |p: &Parameter| if p.deviation > 0.0 { p.level + p.deviation * normal() } else { p.level };
        let mut number = number;
        self.parameters.iter().flat_map(|p| p.at.clone().map(|_| number(p)).collect::<Vec<_>>()).collect()
    }

    /// Forwards with the statistics of this batch.
    ///
    /// # Panics
    /// When inputs or values are not as many as the net has, or sizes don't fit.
    pub fn run(&self, values: &[f32], inputs: impl IntoIterator<Item = Batch>, pool: &Pool) -> Run {
        assert_eq!(values.len(), self.len());
        let (mut inputs, mut run) = (inputs.into_iter(), self.nothing_run());
        (0..self.layers.len()).for_each(|i| self.forwards(i, values, &mut inputs, &mut run, pool));
        run
    }

    fn nothing_run(&self) -> Run {
        Run { results: self.net.results.clone(), pictures: vec![], normed: vec![] }
    }

    /// The next picture of a run, the `i`-th.
    fn forwards(&self, i: usize, values: &[f32], inputs: &mut impl Iterator<Item = Batch>, run: &mut Run, pool: &Pool) {
        let step = &self.net.steps[i];
        let at = |value: Value| picture(&run.pictures, value);
        let (out, normed) = match (&step.op, &self.layers[i]) {
            (Op::Input { .. }, _) => (inputs.next(), None),
            (Op::Conv(of, x), Some(layer)) => {
                let (out, normed) = layer.run(of, values, at(*x), of.before.map(at), of.after.map(at), pool);
                (Some(out), normed)
            }
            (Op::OneHot(_, points, [h, w]), Some(layer)) => {
                (Some(layer.run_one_hot(values, at(*points), [*h, *w, step.channels], pool)), None)
            }
            (op, _) => (Some(between::made(op, step.channels, at, pool)), None),
        };
        assert!(out.is_some(), "the net has more inputs");
        run.pictures.push(out.map(Arc::new));
        run.normed.push(normed.map(Arc::new));
    }

    /// Moves statistics towards those of a run by this share.
    pub fn remember(&self, run: &Run, share: f32, statistics: &mut [f32]) {
        for (layer, normed) in self.layers.iter().zip(&run.normed) {
            let (Some(layer), Some(normed)) = (layer, normed) else { continue };
            let (_, moments) = &**normed;
            let seen = moments.means.iter().chain(&moments.variances);
            statistics[layer.statistics.clone()]
                .iter_mut()
                .zip(seen)
                .for_each(|(kept, v)| *kept += share * (v - *kept));
        }
    }

    /// The way back: adds the gradients by all values to `gradients`, from those by the results (`None`: zero). Answers
    /// those by the inputs that are followed, in their order.
    ///
    /// # Panics
    /// When there are not as many as the net has results and values, or sizes don't fit.
    pub fn back(
        &self,
        values: &[f32],
        mut run: Run,
        of_results: impl IntoIterator<Item = Option<Batch>>,
        gradients: &mut [f32],
        pool: &Pool,
    ) -> Vec<Batch> {
        assert_eq!(gradients.len(), self.len());
        let (mut of_pictures, mut of_inputs) = (self.by_pictures(of_results), vec![]);
        for i in (0..self.net.steps.len()).rev() {
            if let Some(gradient) = of_pictures[i].take() {
                of_inputs.extend(self.step_back(i, values, &mut run, gradient, &mut of_pictures, gradients, pool));
            }
            // Nothing that lies before reads it any more.
            run.pictures[i] = None;
        }
        of_inputs.reverse();
        of_inputs
    }

    /// The gradients by results as those by all pictures.
    fn by_pictures(&self, of_results: impl IntoIterator<Item = Option<Batch>>) -> Vec<Option<Batch>> {
        let mut of_pictures: Vec<Option<Batch>> = (0..self.net.steps.len()).map(|_| None).collect();
        for (value, gradient) in self.net.results.iter().zip(of_results) {
            of_pictures[value.index()] = gradient;
        }
        of_pictures
    }

    /// The way back through the `i`-th step, whose picture's gradient is given back where it is an input's.
    fn step_back(
        &self,
        i: usize,
        values: &[f32],
        run: &mut Run,
        mut gradient: Batch,
        of_pictures: &mut [Option<Batch>],
        gradients: &mut [f32],
        pool: &Pool,
    ) -> Option<Batch> {
        match (&self.net.steps[i].op, &self.layers[i]) {
            (Op::Input { .. }, _) => return Some(gradient),
            (Op::Conv(of, x), Some(layer)) => {
                let normed = run.normed[i].take();
                if let Some(after) = of.after {
                    self.add(of_pictures, after, gradient.map(), pool);
                }
                let y = picture(&run.pictures, Value::at(i));
                let sums = normed.as_ref().map(|normed| normed.0.map());
                let totals = kernels::activation_gradient(&mut gradient.map_mut(), y, layer.slope, sums);
                if let Some(before) = of.before {
                    self.add(of_pictures, before, gradient.map(), pool);
                }
                layer.back_through_norm(values, &mut gradient, normed.as_deref(), totals, gradients);
                let x_map = picture(&run.pictures, *x);
                let wanted = self.learns[x.index()];
                let known = of_pictures[x.index()].take();
                of_pictures[x.index()] = layer.back(of, values, x_map, &gradient, known, wanted, gradients, pool);
            }
            (Op::OneHot(_, points, _), Some(layer)) => {
                if layer.learns {
                    let of_weights = &mut gradients[layer.weight.clone()];
                    kernels::add_one_hot_gradient(picture(&run.pictures, *points), gradient.map(), of_weights);
                }
            }
            (op, _) => self.step_back_between(op, &run.pictures, &gradient, of_pictures, pool),
        }
        None
    }

    /// The same through a step that has no weights.
    fn step_back_between(
        &self,
        op: &Op,
        pictures: &[Option<Arc<Batch>>],
        gradient: &Batch,
        of_pictures: &mut [Option<Batch>],
        pool: &Pool,
    ) {
        match op {
            Op::Join(parts) => {
                let mut first = 0;
                for &part in parts {
                    let channels = self.net.channels(part);
                    self.add(of_pictures, part, gradient.map().channels(first, channels), pool);
                    first += channels;
                }
            }
            Op::Pixels(function, values) => {
                let at = |value| picture(pictures, value);
                let wanted = |value: Value| self.learns[value.index()];
                for (value, of_value) in functions::back(&**function, values, at, wanted, gradient.map(), pool) {
                    self.add(of_pictures, value, of_value.map(), pool);
                }
            }
            Op::Warp(x, flow) => {
                let (seen, field) = (picture(pictures, *x), picture(pictures, *flow));
                let both = [*x, *flow].into_iter().zip(between::warp_back(seen, field, gradient.map(), pool));
                for (value, of_value) in both.filter(|(value, _)| self.learns[value.index()]) {
                    add_own(of_pictures, value, of_value);
                }
            }
            op => {
                for x in op.sources().into_iter().filter(|x| self.learns[x.index()]) {
                    add_own(of_pictures, x, between::back(op, picture(pictures, x), gradient.map(), pool));
                }
            }
        }
    }

    /// The weights and biases of all layers by their names in weight files, norms folded in.
    pub fn folded(&self, values: &[f32], statistics: &[f32]) -> BTreeMap<String, Vec<f32>> {
        let mut tensors = BTreeMap::new();
        for (step, layer) in self.net.steps.iter().zip(&self.layers) {
            let (Op::Conv(of, _) | Op::OneHot(of, ..), Some(layer)) = (&step.op, layer) else { continue };
            let mut weight = values[layer.weight.clone()].to_vec();
            let mut bias = layer.bias.clone().map(|at| values[at].to_vec());
            if let (Some(gain), Some(bias)) = (&layer.gain, &mut bias) {
                let (means, variances) = statistics[layer.statistics.clone()].split_at(of.outputs);
                let moments = Moments { means: means.to_vec(), variances: variances.to_vec() };
                let each = weight.len() / of.outputs;
                for (o, weight) in weight.chunks_mut(each).enumerate() {
                    let scale = values[gain.start + o] * moments.inverse_deviation(o);
                    weight.iter_mut().for_each(|w| *w *= scale);
                    bias[o] -= moments.means[o] * scale;
                }
            }
            tensors.insert(format!("{}.weight", of.name), weight);
            if let Some(bias) = bias {
                tensors.insert(format!("{}.bias", of.name), bias);
            }
        }
        tensors
    }

    /// [`LearningNet::folded`] as tensors, for whatever runs the net.
    ///
    /// # Errors
    /// None, where the values are this net's.
    pub fn tensors(&self, values: &[f32], statistics: &[f32]) -> Result<HashMap<String, Tensor>> {
        let mut folded = self.folded(values, statistics);
        let tensor = |Parameter { name, shape, .. }: &Parameter| {
            let values = folded.remove(name)?;
            Some(Tensor::from_vec(values, &shape[..], &Device::Cpu).map(|tensor| (name.clone(), tensor)))
        };
        self.parameters.iter().filter_map(tensor).collect()
    }

    /// Adds to the gradient of a picture.
    fn add(&self, of_pictures: &mut [Option<Batch>], to: Value, gradient: Map, pool: &Pool) {
        if !self.learns[to.index()] {
            return;
        }
        match &mut of_pictures[to.index()] {
            Some(known) => kernels::add(gradient, &mut known.map_mut()),
            none => {
                let mut copy = pool.take(gradient.size());
                kernels::copy(gradient, &mut copy.map_mut());
                *none = Some(copy);
            }
        }
    }
}

/// Adds to the gradient of a picture, or becomes it.
fn add_own(of_pictures: &mut [Option<Batch>], to: Value, gradient: Batch) {
    match &mut of_pictures[to.index()] {
        Some(known) => kernels::add(gradient.map(), &mut known.map_mut()),
        none => *none = Some(gradient),
    }
}

fn picture(pictures: &[Option<Arc<Batch>>], value: Value) -> Map<'_> {
    match &pictures[value.index()] {
        Some(batch) => batch.map(),
        None => unreachable!("a picture stays until all that read it are back"),
    }
}

#[cfg(test)]
mod tests;

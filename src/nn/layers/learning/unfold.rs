//! Weights that were folded learn on: their norms are set up anew.

use super::{Learned, LearningNet, Op, picture};
use crate::nn::kernels::{self, Activation, Batch, Join, Map, Pool};
use crate::nn::layers::Layer;
use std::collections::BTreeMap;

impl LearningNet {
    /// Puts the tensors of a weight file into `values`, with norms that change nothing of these inputs, so that the net
    /// answers to them as the file's does. Weights before a norm, whose size says nothing there, become as large as those
    /// that begin by lot, so that a rate means the same. What the file leaves out, being asked for while learning alone,
    /// stays in `values`. Answers the statistics that belong to it.
    ///
    /// # Panics
    /// When tensors or inputs don't fit the net.
    pub fn unfold(
        &self,
        folded: &BTreeMap<String, Vec<f32>>,
        values: &mut [f32],
        inputs: impl IntoIterator<Item = Batch>,
        pool: &Pool,
    ) -> Vec<f32> {
        for parameter in &self.parameters {
            if let Some(tensor) = folded.get(&parameter.name) {
                values[parameter.at.clone()].copy_from_slice(tensor);
            }
        }
        let (mut inputs, mut run) = (inputs.into_iter(), self.nothing_run());
        for (i, layer) in self.layers.iter().enumerate() {
            if let (Op::Conv(of, x), Some(layer)) = (&self.net.steps[i].op, layer)
                && folded.contains_key(&format!("{}.weight", of.name))
            {
                let deviation = self.parameters.iter().find(|p| p.at == layer.weight).map_or(0.0, |p| p.deviation);
                layer.unfold(of, values, picture(&run.pictures, *x), deviation, pool);
            }
            self.forwards(i, values, &mut inputs, &mut run, pool);
        }
        let mut statistics = self.fresh_statistics();
        self.remember(&run, 1.0, &mut statistics);
        statistics
    }
}

impl Learned {
    /// A norm that gives `x` through the layer's weights and bias, as they are in `values`, what they give without one.
    fn unfold(&self, of: &Layer, values: &mut [f32], x: Map, deviation: f32, pool: &Pool) {
        let (Some(gain), Some(bias)) = (self.gain.clone(), self.bias.clone()) else { return };
        let each = self.weight.len() / of.outputs;
        let factors: Vec<f32> = values[self.weight.clone()]
            .chunks_mut(each)
            .map(|weights| {
                let size = (weights.iter().map(|w| w * w).sum::<f32>() / each as f32).sqrt();
                let factor = if size > 0.0 { deviation / size } else { 1.0 };
                weights.iter_mut().for_each(|w| *w *= factor);
                factor
            })
            .collect();
        let sums = self.convolved(of, values, x, None, Activation::None, Join::default(), pool);
        let moments = kernels::moments(sums.map());
        for (o, factor) in factors.iter().enumerate() {
            values[gain.start + o] = 1.0 / (moments.inverse_deviation(o) * factor);
            values[bias.start + o] += moments.means[o] / factor;
        }
    }
}

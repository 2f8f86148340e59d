//! The second way back: how slopes, which are the gradients by the followed inputs, follow from the values. Penalties of
//! slopes (Gulrajani et al. 2017) are learned by it.
//!
//! ⟨slopes, v⟩ is the change of the results for each step of the inputs along v. A pass forwards makes that change, picture
//! by picture; the way back through that pass is the second one. Between the kinks of their activations layers are linear:
//! their changes pass through the same weights, without biases, and what leads back is the gradient that leads back through
//! the net itself. Only the deviation of a batch bends, and what follows from that leads back through the pictures.

use super::{LearningNet, Op, Run, add_own, picture};
use crate::nn::kernels::{self, Batch, Join, Map, Pool};
use crate::nn::layers::between;
use crate::nn::layers::net::Value;

impl LearningNet {
    /// Adds the gradients by all values of ⟨slopes, `along`⟩ to `gradients`: the slopes of Σ `of_results` · results, all
    /// results of a run, by its followed inputs; `along` for each of these.
    ///
    /// # Panics
    /// When the net has layers with batch norms or something added after the activation, functions of pixels that aren't linear, or sizes that
    /// don't fit.
    pub fn back_along(
        &self,
        values: &[f32],
        mut run: Run,
        along: impl IntoIterator<Item = Batch>,
        of_results: impl IntoIterator<Item = Option<Batch>>,
        gradients: &mut [f32],
        pool: &Pool,
    ) {
        assert_eq!(gradients.len(), self.len());
        let changes = self.changes(values, &run, along, pool);
        let (mut of_changes, mut of_pictures) = (self.by_pictures(of_results), self.by_pictures([]));
        for i in (0..self.net.steps.len()).rev() {
            if let Some(mut gradient) = of_changes[i].take() {
                match (&self.net.steps[i].op, &self.layers[i]) {
                    // Points don't move, so there was nothing to weigh.
                    (Op::Input { .. } | Op::OneHot(..), _) => {}
                    (Op::Conv(of, x), Some(layer)) => {
                        let y = picture(&run.pictures, Value::at(i));
                        kernels::activation_gradient(&mut gradient.map_mut(), y, layer.slope, None);
                        if let Some(before) = of.before {
                            self.add(&mut of_changes, before, gradient.map(), pool);
                        }
                        let (change, known) = (changes[x.index()].map(), of_changes[x.index()].take());
                        of_changes[x.index()] =
                            layer.back(of, values, change, &gradient, known, self.learns[x.index()], gradients, pool);
                    }
                    (op, _) => {
                        if let Op::Deviation(x) = op {
                            let (seen, change) = (picture(&run.pictures, *x), changes[x.index()].map());
                            let mut bent = pool.take(seen.size());
                            let by = between::total(gradient.map());
                            kernels::deviation_curvature(seen, change, by, &mut bent.map_mut());
                            add_own(&mut of_pictures, *x, bent);
                        }
                        self.step_back_between(op, &run.pictures, &gradient, &mut of_changes, pool);
                    }
                }
            }
            if let Some(gradient) = of_pictures[i].take() {
                self.step_back(i, values, &mut run, gradient, &mut of_pictures, gradients, pool);
            }
            run.pictures[i] = None;
        }
    }

    /// How all pictures of a run change for each step of the followed inputs along these.
    fn changes(&self, values: &[f32], run: &Run, along: impl IntoIterator<Item = Batch>, pool: &Pool) -> Vec<Batch> {
        let (mut along, mut changes) = (along.into_iter(), Vec::with_capacity(self.net.steps.len()));
        for (i, (step, layer)) in self.net.steps.iter().zip(&self.layers).enumerate() {
            let seen = |value: Value| picture(&run.pictures, value);
            let change = match (&step.op, layer) {
                (Op::Input { followed: true }, _) => along.next(),
                (Op::Input { followed: false } | Op::OneHot(..), _) => Some(filled(0.0, seen(Value::at(i)), pool)),
                (Op::Conv(of, x), Some(layer)) => {
                    let plain = layer.gain.is_none() && of.after.is_none();
                    assert!(plain, "{}: no second way leads back through it", of.name);
                    let (x, none) = (map_of(&changes, *x), kernels::Activation::None);
                    let join = Join { before: of.before.map(|value| map_of(&changes, value)), after: None };
                    let mut change = layer.convolved(of, values, x, None, none, join, pool);
                    // What is left of a change is what is left of a gradient.
                    kernels::activation_gradient(&mut change.map_mut(), seen(Value::at(i)), layer.slope, None);
                    Some(change)
                }
                (Op::Deviation(x), _) => {
                    let change = kernels::deviation_change(seen(*x), map_of(&changes, *x));
                    Some(filled(change, seen(Value::at(i)), pool))
                }
                (op, _) => {
                    let bends = match op {
                        Op::Pixels(function, _) => !function.is_linear(),
                        op => matches!(op, Op::Warp(..)),
                    };
                    assert!(!bends, "a function of pixels or a warp bends");
                    Some(between::made(op, step.channels, |value| map_of(&changes, value), pool))
                }
            };
            assert!(change.is_some(), "more inputs are followed");
            changes.extend(change);
        }
        changes
    }
}

fn map_of(pictures: &[Batch], value: Value) -> Map<'_> {
    pictures[value.index()].map()
}

/// One number in all places of a picture like this.
fn filled(value: f32, like: Map, pool: &Pool) -> Batch {
    let mut out = pool.take(like.size());
    between::fill(value, &mut out.map_mut());
    out
}

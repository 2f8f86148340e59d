//! Which layers there are, in which order, and what each of them reads.

use super::{Layer, PixelFunction};
use crate::nn::kernels::Shape;
use std::sync::Arc;

/// A picture between the layers of a net.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value(usize);

/// Layers in the order they run. Whatever builds a net wrongly (pictures of sizes or channels that don't fit) is an
/// error of the program, and panics.
#[derive(Clone, Debug, Default)]
pub struct Net {
    pub(super) steps: Vec<Step>,
    pub(super) results: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub op: Op,
    pub channels: usize,
    /// How often the picture was halved.
    pub halvings: i32,
}

#[derive(Clone, Debug)]
pub(super) enum Op {
    /// `followed`: the way back leads to it.
    Input {
        followed: bool,
    },
    Conv(Layer, Value),
    /// Of the maps of points, whose planes have this height and width.
    OneHot(Layer, Value, [usize; 2]),
    MaxPool(Value),
    Halve(Value),
    Join(Vec<Value>),
    Shuffle(Value),
    Unshuffle(Value),
    Grow(Value),
    Repeat(Value),
    Deviation(Value),
    Thin(Value),
    /// The mean over the views of each group; there are as many groups as the other picture has samples.
    Meet(Value, Value),
    /// For each view of a group its picture; there are as many views as the other picture has samples.
    Spread(Value, Value),
    /// A picture, and the flow that moves it.
    Warp(Value, Value),
    Pixels(Arc<dyn PixelFunction>, Vec<Value>),
}

impl Value {
    pub(super) fn at(index: usize) -> Self {
        Self(index)
    }

    pub(super) fn index(self) -> usize {
        self.0
    }
}

impl Op {
    /// What it reads.
    pub(super) fn reads(&self) -> Vec<Value> {
        match self {
            Self::Input { .. } => vec![],
            Self::Conv(layer, x) => [Some(*x), layer.before, layer.after].into_iter().flatten().collect(),
            Self::OneHot(_, x, _)
            | Self::MaxPool(x)
            | Self::Halve(x)
            | Self::Shuffle(x)
            | Self::Unshuffle(x)
            | Self::Grow(x)
            | Self::Repeat(x)
            | Self::Thin(x)
            | Self::Deviation(x) => vec![*x],
            Self::Meet(x, other) | Self::Spread(x, other) | Self::Warp(x, other) => vec![*x, *other],
            Self::Join(values) | Self::Pixels(_, values) => values.clone(),
        }
    }
}

impl Op {
    /// What its picture changes with: all that it reads but pictures that only tell how many there are.
    pub(super) fn sources(&self) -> Vec<Value> {
        match self {
            Self::Meet(x, _) | Self::Spread(x, _) => vec![*x],
            op => op.reads(),
        }
    }
}

impl Net {
    /// A picture that is given: its channels, and how often it was halved.
    pub fn input(&mut self, channels: usize, halvings: i32) -> Value {
        self.push(Op::Input { followed: false }, channels, halvings)
    }

    /// The same, where the gradient by the picture itself is wanted: what made it learns, too.
    pub fn followed_input(&mut self, channels: usize, halvings: i32) -> Value {
        self.push(Op::Input { followed: true }, channels, halvings)
    }

    /// A convolution of `x`.
    ///
    /// # Panics
    /// When what is added to it has other channels or another size.
    pub fn conv(&mut self, x: Value, layer: Layer) -> Value {
        let by = match layer.shape {
            Shape::Square { stride: 1, .. } => 0,
            Shape::Square { stride: 2, .. } => 1,
            Shape::Square { stride, .. } => panic!("no layer strides by {stride}"),
            Shape::Double => -1,
        };
        let (channels, halvings) = (layer.outputs, self.step(x).halvings + by);
        let late = layer.activation == super::Activation::Sigmoid && layer.after.is_some();
        assert!(!late, "{}: nothing is added after a sigmoid", layer.name);
        for added in [layer.before, layer.after].into_iter().flatten() {
            assert_eq!((self.step(added).channels, self.step(added).halvings), (channels, halvings), "{}", layer.name);
        }
        self.push(Op::Conv(layer, x), channels, halvings)
    }

    /// A convolution of one-hot maps of this height and width: a plane a point, +1 at the pixel where it lies and −1 elsewhere.
    /// `points` are no picture but N×1×1×2P numbers, the x and y of each as shares of the sides; one outside of 0..1 lies
    /// nowhere. The layer is a square of 3×3 taps with nothing after it: its sums are there to be added to another's.
    ///
    /// # Panics
    /// When the layer is another.
    pub fn one_hot(&mut self, points: Value, layer: Layer, size: [usize; 2], halvings: i32) -> Value {
        let plain = !layer.bias && layer.norm.is_none() && !layer.batch && layer.before.or(layer.after).is_none();
        let square = layer.shape == Shape::Square { taps: 3, stride: 1, pad: 1 };
        assert!(plain && square && layer.activation == super::Activation::None, "{}", layer.name);
        let channels = layer.outputs;
        self.push(Op::OneHot(layer, points, size), channels, halvings)
    }

    /// The greatest of 3×3 pixels around every other one.
    pub fn max_pool(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::MaxPool(x), channels, halvings + 1)
    }

    /// Half the size, which is even: the mean of each square of four pixels.
    pub fn halve(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Halve(x), channels, halvings + 1)
    }

    /// Pictures of one size, their channels side by side.
    ///
    /// # Panics
    /// When their sizes differ.
    pub fn join(&mut self, values: &[Value]) -> Value {
        let (first, channels) = (self.step(values[0]), values.iter().map(|&v| self.step(v).channels).sum());
        let halvings = first.halvings;
        assert!(values.iter().all(|&v| self.step(v).halvings == halvings), "pictures of several sizes are joined");
        self.push(Op::Join(values.to_vec()), channels, halvings)
    }

    /// Every four channels become one of twice the size: the pixels of a 2×2 square, row by row.
    ///
    /// # Panics
    /// When the channels are no multiple of four.
    pub fn shuffle(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        assert!(channels.is_multiple_of(4), "{channels} channels make no squares of four");
        self.push(Op::Shuffle(x), channels / 4, halvings - 1)
    }

    /// The pixels of 2×2 squares, row by row, become four channels each: what [`Net::shuffle`] makes undone.
    pub fn unshuffle(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Unshuffle(x), 4 * channels, halvings + 1)
    }

    /// Twice the size, each pixel four times.
    pub fn repeat(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Repeat(x), channels, halvings - 1)
    }

    /// Half the size, which is even: every other pixel, as sampling by the nearest one has it.
    pub fn thin(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Thin(x), channels, halvings + 1)
    }

    /// What all views of a group say together: their mean. The batch of `x` has the views of one group after the other; there
    /// are as many groups as `of` has samples, whatever is to be seen there.
    pub fn meet(&mut self, x: Value, of: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Meet(x, of), channels, halvings)
    }

    /// The picture of a group for each of its views, of which there are as many as `over` has samples.
    pub fn spread(&mut self, x: Value, over: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Spread(x, over), channels, halvings)
    }

    /// `x` looked up bilinearly where `flow` points to, from each pixel's own place on; clamped to the border. The flow has
    /// two channels, to the right and down, in halves of the picture's width.
    ///
    /// # Panics
    /// When the flow has other channels or another size.
    pub fn warp(&mut self, x: Value, flow: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        assert_eq!((self.step(flow).channels, self.step(flow).halvings), (2, halvings), "a flow of another size");
        self.push(Op::Warp(x, flow), channels, halvings)
    }

    /// How much the pictures of a batch differ: one number as a channel of the same size (the minibatch standard
    /// deviation of Karras et al. 2018, over the whole batch).
    pub fn deviation(&mut self, x: Value) -> Value {
        let halvings = self.step(x).halvings;
        self.push(Op::Deviation(x), 1, halvings)
    }

    /// Twice the size, bilinearly.
    pub fn grow(&mut self, x: Value) -> Value {
        let Step { channels, halvings, .. } = *self.step(x);
        self.push(Op::Grow(x), channels, halvings - 1)
    }

    /// A function of the pixels of pictures of one size.
    ///
    /// # Panics
    /// When their sizes differ.
    pub fn pixels(&mut self, function: impl PixelFunction + 'static, values: &[Value]) -> Value {
        let halvings = self.step(values[0]).halvings;
        assert!(values.iter().all(|&v| self.step(v).halvings == halvings), "pictures of several sizes meet");
        let inputs: Vec<usize> = values.iter().map(|&v| self.channels(v)).collect();
        let channels = function.outputs(&inputs);
        self.push(Op::Pixels(Arc::new(function), values.to_vec()), channels, halvings)
    }

    /// Says that a picture is wanted; they are given out in the order of these calls.
    ///
    /// # Panics
    /// When it is wanted already, or was given.
    pub fn result(&mut self, value: Value) {
        assert!(!self.results.contains(&value) && !matches!(self.step(value).op, Op::Input { .. }));
        self.results.push(value);
    }

    /// The same net as it is where it only runs: norms of batches are part of its weights and biases.
    pub fn folded(mut self) -> Self {
        for step in &mut self.steps {
            if let Op::Conv(layer, _) = &mut step.op {
                layer.batch = false;
            }
        }
        self
    }

    /// How many channels a picture has.
    pub fn channels(&self, value: Value) -> usize {
        self.step(value).channels
    }

    /// After each step, the pictures that nothing reads any more.
    pub(super) fn done_after(&self) -> Vec<Vec<Value>> {
        let mut done = vec![vec![]; self.steps.len()];
        for i in 0..self.steps.len() {
            let value = Value(i);
            let last = (i..self.steps.len()).rev().find(|&k| self.steps[k].op.reads().contains(&value));
            if !self.results.contains(&value) {
                done[last.unwrap_or(i)].push(value);
            }
        }
        done
    }

    fn step(&self, value: Value) -> &Step {
        &self.steps[value.0]
    }

    fn push(&mut self, op: Op, channels: usize, halvings: i32) -> Value {
        self.steps.push(Step { op, channels, halvings });
        Value(self.steps.len() - 1)
    }
}

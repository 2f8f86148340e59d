//! One layer: a convolution and what follows it at once.

use super::Value;
use crate::nn::kernels::Shape;

/// A convolution, and what is done to its sums on their way to memory: norm, a picture added, activation, another one
/// added. Names are those of weight files, below the net's own.
#[derive(Clone, Debug)]
pub struct Layer {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) outputs: usize,
    pub(super) bias: bool,
    pub(super) norm: Option<String>,
    pub(super) batch: bool,
    pub(super) before: Option<Value>,
    pub(super) activation: Activation,
    pub(super) after: Option<Value>,
    pub(super) begins: Option<f32>,
    /// Of the layer that this is a part of: its inputs, and its activation.
    pub(super) whole: Option<(usize, Activation)>,
}

/// The activation after a convolution.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Activation {
    /// None.
    #[default]
    None,
    /// Zero below zero.
    Relu,
    /// This slope below zero.
    Leaky(f32),
    /// A learned slope below zero for each channel: the tensor `weight` of this name.
    Prelu(String),
    /// `1 / (1 + e^−x)`.
    Sigmoid,
}

impl Layer {
    /// A convolution of `taps`×`taps` from one pixel to the next (`stride` 1) or to every other one (2), with zeros
    /// around the picture: the tensor `weight` of `name`, `outputs`×inputs×`taps`×`taps`.
    pub fn square(name: impl Into<String>, taps: usize, stride: usize, outputs: usize) -> Self {
        Self::of_shape(name.into(), Shape::Square { taps, stride, pad: taps / 2 }, outputs)
    }

    /// A transposed convolution that doubles the picture: 4×4 taps, stride 2; the tensor `weight` of `name`,
    /// inputs×`outputs`×4×4.
    pub fn double(name: impl Into<String>, outputs: usize) -> Self {
        Self::of_shape(name.into(), Shape::Double, outputs)
    }

    fn of_shape(name: String, shape: Shape, outputs: usize) -> Self {
        Self {
            name,
            shape,
            outputs,
            bias: false,
            norm: None,
            batch: false,
            before: None,
            activation: Activation::None,
            after: None,
            begins: None,
            whole: None,
        }
    }

    /// With a bias: the tensor `bias` beside the weights.
    pub fn bias(self) -> Self {
        Self { bias: true, ..self }
    }

    /// With an instance norm: the tensors `weight` and `bias` of `name`.
    pub fn norm(self, name: impl Into<String>) -> Self {
        Self { norm: Some(name.into()), ..self }
    }

    /// With a batch norm while it learns: by mean and deviation of all pixels of a batch, which don't tell one picture of
    /// the batch from another as those of single pictures do. What was learned is folded into weights and bias, so that
    /// the layer is one with a bias wherever it is only run.
    pub fn batch_norm(self) -> Self {
        Self { bias: true, batch: true, ..self }
    }

    /// Whose weights all begin as `level`, instead of by lot, where the layer learns.
    pub fn begins_as(self, level: f32) -> Self {
        Self { begins: Some(level), ..self }
    }

    /// In two parts, whose sums are to be added up ([`Layer::plus`]): this one for some of its inputs, and a plain one for
    /// the others, `what` below its name. Of the `inputs` of both together they begin as one layer would.
    pub fn parted(self, what: &str, inputs: usize) -> [Self; 2] {
        let whole = Some((inputs, self.activation.clone()));
        let other = Self::of_shape(format!("{}.{what}", self.name), self.shape, self.outputs);
        [Self { whole: whole.clone(), ..self }, Self { whole, ..other }]
    }

    /// With a picture added before the activation, as residual networks do.
    pub fn plus(self, value: Value) -> Self {
        Self { before: Some(value), ..self }
    }

    /// With an activation.
    pub fn then(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// With a picture added after the activation.
    pub fn plus_after(self, value: Value) -> Self {
        Self { after: Some(value), ..self }
    }

    /// Input and output channels, and taps along both sides, in the order of the weights' tensor.
    pub(super) fn dimensions(&self, inputs: usize) -> [usize; 4] {
        match self.shape {
            Shape::Square { taps, .. } => [self.outputs, inputs, taps, taps],
            Shape::Double => [inputs, self.outputs, 4, 4],
        }
    }
}

//! Functions of pixels between the layers.

use crate::nn::layers::PixelFunction;
use candle_core::{Result, Tensor};
use candle_nn::ops;

/// A message: the first half of the channels, each by its weight from 0 to 1, of which the second half holds the logits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed;

fn sigmoid(v: f32) -> f32 {
    1.0 / (1.0 + (-v).exp())
}

impl PixelFunction for Weighed {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [channels] = *inputs else { unreachable!("one picture is weighed") };
        assert!(channels.is_multiple_of(2));
        channels / 2
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let (values, logits) = inputs[0].split_at(out.len());
        out.iter_mut().zip(values.iter().zip(logits)).for_each(|(out, (value, logit))| *out = value * sigmoid(*logit));
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        let (values, logits) = inputs[0].split_at(gradient.len());
        let (of_values, of_logits) = of_input.split_at_mut(gradient.len());
        for (i, g) in gradient.iter().enumerate() {
            let weight = sigmoid(logits[i]);
            of_values[i] = g * weight;
            of_logits[i] = g * values[i] * weight * (1.0 - weight);
        }
    }

    fn tensors(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        let half = inputs[0].dim(1)? / 2;
        inputs[0].narrow(1, 0, half)? * ops::sigmoid(&inputs[0].narrow(1, half, half)?)?
    }
}

/// Landmarks around the body's middle, and the logit of occupancy: what says nothing is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found;

impl PixelFunction for Found {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [4] = *inputs else { unreachable!("three numbers of a landmark and a logit are found") };
        4
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        out.copy_from_slice(inputs[0]);
        out[..3].iter_mut().for_each(|v| *v += 0.5);
    }

    fn back(&self, _: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        of_input.copy_from_slice(gradient);
    }

    fn tensors(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        Tensor::cat(&[&(inputs[0].narrow(1, 0, 3)? + 0.5)?, &inputs[0].narrow(1, 3, 1)?], 1)
    }
}

/// A landmark times occupancy, and occupancy, of a landmark and the logit of occupancy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told;

impl PixelFunction for Told {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [4] = *inputs else { unreachable!("three numbers of a landmark and a logit are told") };
        4
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let there = sigmoid(inputs[0][3]);
        (0..3).for_each(|axis| out[axis] = inputs[0][axis] * there);
        out[3] = there;
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        let there = sigmoid(inputs[0][3]);
        let along: f32 = (0..3).map(|axis| gradient[axis] * inputs[0][axis]).sum();
        (0..3).for_each(|axis| of_input[axis] = gradient[axis] * there);
        of_input[3] = (along + gradient[3]) * there * (1.0 - there);
    }

    fn tensors(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        let there = ops::sigmoid(&inputs[0].narrow(1, 3, 1)?)?;
        Tensor::cat(&[&inputs[0].narrow(1, 0, 3)?.broadcast_mul(&there)?, &there], 1)
    }
}

/// Colours on paper: what says nothing leaves it white.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnPaper;

impl PixelFunction for OnPaper {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [channels] = *inputs else { unreachable!("one picture lies on paper") };
        channels
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        out.iter_mut().zip(inputs[0]).for_each(|(out, v)| *out = 1.0 + v);
    }

    fn back(&self, _: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        of_input.copy_from_slice(gradient);
    }

    fn tensors(&self, inputs: &[&Tensor]) -> Result<Tensor> {
        inputs[0] + 1.0
    }
}

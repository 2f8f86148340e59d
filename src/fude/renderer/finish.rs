//! The picture, of what is proposed and of the last layer.

use super::wiring::INPUTS;
use crate::fude::answer::sigmoid;
use crate::nn::layers::PixelFunction;

/// The last layer's channels: a colour of its own 3, opacity, what the mean, the best drawing and the own colour count 3,
/// by how much what was proposed changes 3.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish;

impl Finish {
    pub(super) const CHANNELS: usize = 10;
    /// What keeps colours of nothing from being divided by nothing.
    const SOFT: f32 = 1e-3;
    /// At first nearly all is the mean.
    const MEAN: f32 = 3.0;
    /// Proposed colours change by no more.
    const CHANGE: f32 = 0.5;
    const EDGE: f32 = 8.0;

    /// What each of the three counts.
    fn counts(last: &[f32]) -> [f32; 3] {
        let logits = [last[4] + Self::MEAN, last[5], last[6]];
        let most = logits.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let powers = logits.map(|v| (v - most).exp());
        let total: f32 = powers.iter().sum();
        powers.map(|v| v / total)
    }

    /// The three colours.
    fn colours(proposal: &[f32], last: &[f32], c: usize) -> [f32; 3] {
        let change = Self::CHANGE * last[7 + c].tanh();
        let straight = |first: usize| proposal[first + c] / (proposal[first + 3] + Self::SOFT);
        [straight(0) + change, straight(4) + change, sigmoid(last[c])]
    }

    fn opacity(proposal: &[f32], last: &[f32]) -> f32 {
        sigmoid(last[3] + Self::EDGE * (proposal[3] - 0.5))
    }
}

impl PixelFunction for Finish {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert_eq!(inputs, [INPUTS, Self::CHANNELS]);
        4
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let [proposal, last] = *inputs else { unreachable!("two pictures") };
        let counts = Self::counts(last);
        for (c, out) in out[..3].iter_mut().enumerate() {
            let colours = Self::colours(proposal, last, c);
            *out = counts.iter().zip(colours).map(|(count, colour)| count * colour).sum();
        }
        out[3] = Self::opacity(proposal, last);
    }

    /// Nobody asks for the gradient by what is proposed.
    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        of_input.fill(0.0);
        let [proposal, last] = *inputs else { unreachable!("two pictures") };
        if which == 0 {
            return;
        }
        let counts = Self::counts(last);
        for c in 0..3 {
            let colours = Self::colours(proposal, last, c);
            let mean: f32 = (0..3).map(|i| counts[i] * colours[i]).sum();
            for i in 0..3 {
                of_input[4 + i] += gradient[c] * counts[i] * (colours[i] - mean);
            }
            of_input[c] = gradient[c] * counts[2] * colours[2] * (1.0 - colours[2]);
            let turned = last[7 + c].tanh();
            of_input[7 + c] = gradient[c] * (counts[0] + counts[1]) * Self::CHANGE * (1.0 - turned * turned);
        }
        let opacity = Self::opacity(proposal, last);
        of_input[3] = gradient[3] * opacity * (1.0 - opacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        for _ in 0..60 {
            let mut proposal: Vec<f32> = (0..INPUTS).map(|_| next()).collect();
            // Premultiplied: no colour is more than its opacity.
            for first in [0, 4] {
                (0..3).for_each(|c| proposal[first + c] *= proposal[first + 3]);
            }
            let last: Vec<f32> = (0..Finish::CHANNELS).map(|_| 2.0 * next() - 1.0).collect();
            let weights: Vec<f32> = (0..4).map(|_| next() - 0.5).collect();
            let value = |last: &[f32]| -> f64 {
                let mut out = [0.0; 4];
                Finish.run(&[&proposal, last], &mut out);
                out.iter().zip(&weights).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
            };
            let mut ours = vec![f32::NAN; Finish::CHANNELS];
            Finish.back(&[&proposal, &last], &weights, 1, &mut ours);
            for channel in 0..Finish::CHANNELS {
                let moved = |by: f32| {
                    let mut last = last.clone();
                    last[channel] += by;
                    value(&last)
                };
                let slope = (moved(3e-3) - moved(-3e-3)) / 6e-3;
                let off = (slope - f64::from(ours[channel])).abs();
                assert!(off < 0.01 * slope.abs() + 1e-4, "{channel}: {} for {slope}", ours[channel]);
            }
        }
    }

    #[test]
    fn what_is_not_learned_yet_is_what_was_proposed() {
        let mut proposal = [0.0; INPUTS];
        proposal[..4].copy_from_slice(&[0.8, 0.4, 0.2, 1.0]);
        proposal[4..8].copy_from_slice(&[0.8, 0.4, 0.2, 1.0]);
        let mut out = [0.0; 4];
        Finish.run(&[&proposal, &[0.0; Finish::CHANNELS]], &mut out);
        assert!(out.iter().zip([0.8, 0.4, 0.2, 1.0]).all(|(a, b)| (a - b).abs() < 0.03), "{out:?}");
    }
}

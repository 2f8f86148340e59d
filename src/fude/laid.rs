//! What was laid over a drawing as the numbers of an answer, with what the refiner changes about it.

use super::answer::{BINS, FINE, MASK, SPREAD, around};
use super::hints::{FIGURE, INPUTS};
use super::refiner::LEAST_THERE;
use crate::nn::layers::PixelFunction;

/// The answer that says what was laid over a pixel of the input, at half the size, plus a change of each number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Laid;

impl Laid {
    /// The logarithm of what is unlikely: a bin beside those around the place, so that a change may overrule it.
    const UNLIKELY: f32 = -5.0;
    /// About what the first look is off by, as the logarithm that a spread is.
    const OFF: f32 = -3.5;
}

impl PixelFunction for Laid {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert_eq!(inputs, [INPUTS, FINE]);
        FINE
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let [input, change] = *inputs else { unreachable!("two pictures") };
        out.copy_from_slice(change);
        let [.., there] = *input else { unreachable!("an input has channels") };
        let likely = there.clamp(LEAST_THERE, 1.0 - LEAST_THERE);
        out[MASK] += (likely / (1.0 - likely)).ln();
        out[SPREAD] += Self::OFF;
        if there <= 0.0 {
            // Nothing was laid.
            return;
        }
        for axis in 0..3 {
            let (first, share) = around(input[FIGURE + axis] / there + 0.5);
            let place = first as f32 + share;
            for (i, bin) in out[axis * BINS..][..BINS].iter_mut().enumerate() {
                *bin += (1.0 - (i as f32 - place).abs()).max(Self::UNLIKELY.exp()).ln();
            }
        }
    }

    /// Nobody asks for the gradient by what was laid.
    fn back(&self, _: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        match which {
            1 => of_input.copy_from_slice(gradient),
            _ => of_input.fill(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fude::Answer;

    #[test]
    fn what_nothing_is_changed_about_is_what_was_laid() {
        let landmark = [0.31f32, 0.9, 0.0];
        // Three of four pixels show the figure.
        let mut input = [0.0; INPUTS];
        (0..3).for_each(|axis| input[FIGURE + axis] = 0.75 * (landmark[axis] - 0.5));
        input[FIGURE + 3] = 0.75;
        let mut out = [f32::NAN; FINE];
        Laid.run(&[&input, &[0.0; FINE]], &mut out);
        let answer = Answer::of(&out);
        let near = answer.landmark.iter().zip(landmark).all(|(a, b)| (a - b).abs() < 1e-3);
        assert!(near && answer.mask > 0.5 && (answer.spread - 0.03).abs() < 0.001, "{answer:?}");
        // Beside the figure there is none.
        Laid.run(&[&[0.0; INPUTS], &[0.0; FINE]], &mut out);
        assert!(Answer::of(&out).mask < 0.1 && out.iter().all(|v| v.is_finite()));
        // A change counts as it is.
        let mut change = [0.0; FINE];
        change[5] = 2.0;
        let before = out;
        Laid.run(&[&[0.0; INPUTS], &change], &mut out);
        let gradient: Vec<f32> = (0..FINE).map(|i| i as f32).collect();
        let mut of_change = [f32::NAN; FINE];
        Laid.back(&[&[0.0; INPUTS], &change], &gradient, 1, &mut of_change);
        assert!((out[5] - before[5] - 2.0).abs() < 1e-6 && of_change[..] == gradient);
    }
}

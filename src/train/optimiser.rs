//! AdamW (Kingma & Ba 2015, Loshchilov & Hutter 2019) whose whole state is ours to keep, so that a training goes on exactly.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Values that a thread takes at a time.
const CHUNK: usize = 1 << 14;

/// How fast is learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rates {
    /// At the most.
    pub highest: f32,
    /// At the end.
    pub lowest: f32,
    /// Steps until the highest.
    pub warm_up: u64,
    /// All steps.
    pub steps: u64,
    /// The last steps, in which the rate falls; before them it stays the highest, so that a training has no fixed
    /// length until it is told to end. None: it falls from the warm-up on.
    #[serde(default)]
    pub fall: Option<u64>,
}

impl Rates {
    /// The rate of a step: up in a line, then down along half a cosine, at once or at the end.
    pub fn at(&self, step: u64) -> f32 {
        if step < self.warm_up {
            return self.highest * (step + 1) as f32 / self.warm_up as f32;
        }
        let first = self.fall.map_or(0, |fall| self.steps.saturating_sub(fall)).max(self.warm_up);
        let along = step.saturating_sub(first) as f32 / self.steps.saturating_sub(first).max(1) as f32;
        let share = 0.5 * (1.0 + (std::f32::consts::PI * along.min(1.0)).cos());
        self.lowest + (self.highest - self.lowest) * share
    }
}

/// The length of a gradient, and by what it is to be multiplied so that it is no longer than `most`.
pub(super) fn clip(gradients: &[f32], most: f32) -> (f64, f32) {
    let squares: Vec<f64> =
        gradients.par_chunks(CHUNK).map(|part| part.iter().map(|v| f64::from(*v) * f64::from(*v)).sum()).collect();
    let length = squares.iter().sum::<f64>().sqrt();
    (length, if length > f64::from(most) { (f64::from(most) / length) as f32 } else { 1.0 })
}

/// How a step goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Adam {
    /// Steps before it, since the moments were zero.
    pub step: u64,
    /// How far it goes.
    pub rate: f32,
    /// How much of both moments stays.
    pub betas: [f32; 2],
    /// What keeps it short where the second moment is small.
    pub epsilon: f32,
}

impl Adam {
    /// As the authors of Adam propose.
    pub(super) fn usual(step: u64, rate: f32) -> Self {
        Self { step, rate, betas: [0.9, 0.999], epsilon: 1e-8 }
    }
}

/// One step along gradients times `factor`: both moments and the values move; values in `decaying` ranges shrink by `decay`
/// times the rate.
///
/// # Panics
/// When the slices differ in length.
pub(super) fn adam(
    Adam { step, rate, betas, epsilon }: Adam,
    decay: f32,
    decaying: &[Range<usize>],
    values: &mut [f32],
    (gradients, factor): (&[f32], f32),
    [first, second]: [&mut [f32]; 2],
) {
    assert!(values.len() == gradients.len() && values.len() == first.len() && values.len() == second.len());
    let power = i32::try_from(step + 1).unwrap_or(i32::MAX);
    let unbiased = betas.map(|beta| 1.0 - f64::from(beta).powi(power));
    let (pace, root) = ((f64::from(rate) / unbiased[0]) as f32, unbiased[1].sqrt() as f32);
    values
        .par_chunks_mut(CHUNK)
        .zip(gradients.par_chunks(CHUNK))
        .zip(first.par_chunks_mut(CHUNK))
        .zip(second.par_chunks_mut(CHUNK))
        .enumerate()
        .for_each(|(chunk, (((values, gradients), first), second))| {
            let begin = chunk * CHUNK;
            for range in decaying {
                let (from, to) = (range.start.max(begin), range.end.min(begin + values.len()));
                if from < to {
                    values[from - begin..to - begin].iter_mut().for_each(|v| *v *= 1.0 - rate * decay);
                }
            }
            for (((value, &g), m), v) in values.iter_mut().zip(gradients).zip(first).zip(second) {
                let g = g * factor;
                *m += (1.0 - betas[0]) * (g - *m);
                *v += (1.0 - betas[1]) * (g * g - *v);
                *value -= pace * *m / (v.sqrt() / root + epsilon);
            }
        });
}

/// How much of an average of values stays at a step, `most` in the end: the first steps weigh less, so that the average soon
/// is of what was learned.
pub(super) fn kept(most: f32, step: u64) -> f32 {
    most.min((step + 1) as f32 / (step + 20) as f32)
}

/// Moves an average towards what it is of.
pub(super) fn average(averaged: &mut [f32], values: &[f32], share: f32) {
    averaged.par_chunks_mut(CHUNK).zip(values.par_chunks(CHUNK)).for_each(|(averaged, values)| {
        averaged.iter_mut().zip(values).for_each(|(average, v)| *average += share * (v - *average));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three steps on f(x) = x²/2 in double precision.
    #[test]
    fn steps_are_those_of_the_definition() {
        let mut values = vec![1.0f32, -2.0];
        let (mut first, mut second) = (vec![0.0; 2], vec![0.0; 2]);
        let (mut exact, mut m, mut v) = ([1.0f64, -2.0], [0.0f64; 2], [0.0f64; 2]);
        for step in 0..3 {
            let gradients = values.clone();
            for i in 0..2 {
                let g = exact[i];
                exact[i] *= 1.0 - 0.1 * 0.01;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                let t = step + 1;
                exact[i] -= 0.1 * (m[i] / (1.0 - 0.9f64.powi(t))) / ((v[i] / (1.0 - 0.999f64.powi(t))).sqrt() + 1e-8);
            }
            let adam_step = Adam::usual(step as u64, 0.1);
            adam(adam_step, 0.01, &[0..1, 1..2], &mut values, (&gradients, 1.0), [&mut first, &mut second]);
            assert!(values.iter().zip(exact).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5), "{values:?} {exact:?}");
        }
    }

    #[test]
    fn rates_rise_and_fall() {
        let rates = Rates { highest: 1.0, lowest: 0.1, warm_up: 10, steps: 110, fall: None };
        assert!((rates.at(0) - 0.1).abs() < 1e-6 && (rates.at(9) - 1.0).abs() < 1e-6);
        assert!((rates.at(60) - 0.55).abs() < 1e-3 && (rates.at(110) - 0.1).abs() < 1e-6);
        assert!((rates.at(100_000) - 0.1).abs() < 1e-6);
        let late = Rates { fall: Some(20), ..rates };
        assert!((late.at(0) - 0.1).abs() < 1e-6 && [10, 60, 90].iter().all(|&step| late.at(step) == 1.0));
        assert!((late.at(100) - 0.55).abs() < 1e-3 && (late.at(110) - 0.1).abs() < 1e-6);
        // A fall that is longer than all steps begins with the warm-up's end.
        assert_eq!(Rates { fall: Some(500), ..late }.at(60), rates.at(60));
    }

    #[test]
    fn long_gradients_are_shortened() {
        let gradients = vec![3.0, 4.0];
        let (length, factor) = clip(&gradients, 1.0);
        assert!((length - 5.0).abs() < 1e-9 && (factor - 0.2).abs() < 1e-6);
        assert_eq!(clip(&gradients, 7.0), (5.0, 1.0));
        // A step along a shortened gradient is one along the short one; parts of several chunks decay where they should.
        let count = CHUNK + 3;
        let step = |gradient: f32, factor: f32| {
            let (mut values, gradients) = (vec![1.0; count], vec![gradient; count]);
            let (mut first, mut second) = (vec![0.0; count], vec![0.0; count]);
            adam(
                Adam::usual(0, 0.5),
                0.5,
                &[CHUNK - 2..CHUNK, CHUNK..CHUNK + 1],
                &mut values,
                (&gradients, factor),
                [&mut first, &mut second],
            );
            (values, first)
        };
        assert_eq!(step(3.0, 0.5), step(1.5, 1.0));
        let (values, _) = step(3.0, 1.0);
        let shrunk: Vec<usize> = (0..count).filter(|&i| (values[i] - 0.25).abs() < 1e-5).collect();
        assert_eq!(shrunk, [CHUNK - 2, CHUNK - 1, CHUNK]);
        assert!((values[0] - 0.5).abs() < 1e-5);
    }
}

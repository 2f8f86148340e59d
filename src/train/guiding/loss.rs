//! Losses of both stages (PG², sections 3.1 and 3.2), and their gradients.

use super::{GuidedLesson, Nets, batch, copied};
use crate::nn::kernels::{self, Batch, Map, Pool};
use crate::nn::layers::{LearningNet, Run};
use crate::psgan::Keypoints;
use serde::{Deserialize, Serialize};

/// Of differences of colours beside what the judge says; PSGAN's comparison takes 1 (section 3.4).
const COLOURS: f64 = 1.0;
/// So near to a point of the body a pixel counts twice, as share of the picture's side: what stands for the authors' pose
/// mask.
const NEAR: f32 = 0.06;

/// Losses of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GuidedLosses {
    /// The generator's, all together.
    pub generator: f64,
    /// How far colours (−1 to 1) are off, those near the body's points counted twice.
    pub colours_off: f64,
    /// How surely the judge tells made pictures from real ones: cross-entropy; 0 in the first stage.
    pub told_apart: f64,
    /// The judge's own loss; 0 in the first stage.
    pub discriminator: f64,
}

impl GuidedLosses {
    pub(in super::super) fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            generator: mix(self.generator, other.generator),
            colours_off: mix(self.colours_off, other.colours_off),
            told_apart: mix(self.told_apart, other.told_apart),
            discriminator: mix(self.discriminator, other.discriminator),
        }
    }

    pub(super) fn are_numbers(self) -> bool {
        [self.generator, self.discriminator].iter().all(|loss| loss.is_finite())
    }
}

/// How often a pixel counts.
fn counts(keypoints: &Keypoints, [x, y]: [f32; 2]) -> f64 {
    if keypoints.iter().any(|point| (point[0] - x).hypot(point[1] - y) < NEAR) { 2.0 } else { 1.0 }
}

/// The mean difference of colours, and its gradient by the pictures.
pub(super) fn colours(made: Map, lesson: &GuidedLesson, pool: &Pool) -> (f64, Batch) {
    let side = lesson.size_px;
    let scale = 1.0 / (3 * lesson.targets.len()) as f64;
    let (mut gradient, mut loss) = (pool.take(made.size()), 0.0);
    for (i, (to, wanted)) in gradient.pixels_mut().zip(&lesson.targets).enumerate() {
        let (picture, y, x) = (i / (side * side), i / side % side, i % side);
        let place = [x, y].map(|at| (at as f32 + 0.5) / side as f32);
        let weight = scale * counts(&lesson.keypoints[picture], place);
        for (c, to) in to.iter_mut().enumerate() {
            let off = f64::from(made.pixel(picture, y, x)[c]) - f64::from(wanted[c]);
            loss += weight * off.abs();
            *to = if off == 0.0 { 0.0 } else { (weight * off.signum()) as f32 };
        }
    }
    (loss, gradient)
}

/// ln(1 + eˣ), and its slope.
fn softplus(x: f64) -> (f64, f64) {
    let small = (-x.abs()).exp();
    let slope = if x > 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) };
    (x.max(0.0) + small.ln_1p(), slope)
}

/// Stage II's pictures and whoever judges them.
pub(super) struct Adversaries<'a> {
    pub nets: &'a Nets,
    pub lesson: &'a GuidedLesson,
    pub pool: &'a Pool,
    /// What made the pictures.
    pub made: Run,
}

impl Adversaries<'_> {
    /// The judge's loss, and its gradients.
    pub(super) fn judge(&self, values: &[f32], gradients: &mut [f32]) -> f64 {
        let real = batch(&self.lesson.targets, self.lesson.size_px, self.pool);
        let judge = &self.nets.judge;
        let both = [(self.score(judge, values, real), -1.0), (self.score(judge, values, self.pictures()), 1.0)];
        both.into_iter().map(|(run, sign)| self.back(judge, values, run, sign, gradients).0).sum()
    }

    /// The generator's losses (the judge's is left zero), and its gradients.
    pub(super) fn deceive(&self, values: &[f32], gradients: &mut [f32]) -> GuidedLosses {
        let judged = self.score(&self.nets.referee, values, self.pictures());
        let (told_apart, of_pictures) = self.back(&self.nets.referee, values, judged, -1.0, gradients);
        let (colours_off, mut of_made) = colours(self.made.result(0), self.lesson, self.pool);
        of_made.pixels_mut().flatten().for_each(|v| *v *= COLOURS as f32);
        for of_pictures in &of_pictures {
            kernels::add(of_pictures.map(), &mut of_made.map_mut());
        }
        self.nets.refine.back(values, self.made.clone(), [Some(of_made)], gradients, self.pool);
        GuidedLosses { generator: COLOURS * colours_off + told_apart, colours_off, told_apart, discriminator: 0.0 }
    }

    fn pictures(&self) -> Batch {
        copied(self.made.result(0), self.pool)
    }

    fn score(&self, net: &LearningNet, values: &[f32], pictures: Batch) -> Run {
        net.run(values, [pictures, batch(&self.lesson.sources, self.lesson.size_px, self.pool)], self.pool)
    }

    /// The mean cross-entropy of scores that are to be low (`sign` 1) or high (−1); the way back, which answers the gradient
    /// by the pictures.
    fn back(&self, net: &LearningNet, values: &[f32], run: Run, sign: f64, gradients: &mut [f32]) -> (f64, Vec<Batch>) {
        let (scores, mut loss) = (run.result(0), 0.0);
        let count = scores.size()[0];
        let mut of_scores = self.pool.take([count, 1, 1, 1]);
        for (picture, to) in of_scores.pixels_mut().enumerate() {
            let (entropy, slope) = softplus(sign * f64::from(scores.pixel(picture, 0, 0)[0]));
            loss += entropy / count as f64;
            to[0] = (sign * slope / count as f64) as f32;
        }
        (loss, net.back(values, run, [Some(of_scores)], gradients, self.pool))
    }
}

//! One step's two networks against each other: WGAN-GP (Gulrajani et al. 2017) with what Karras et al. 2018 (appendix A.1)
//! add, the discriminator's drift from zero.

use super::lesson::InventLesson;
use super::likeness::{self, Likeness};
use crate::nn::kernels::{self, Batch, Map, Pool};
use crate::nn::layers::{LearningNet, Parameter, Run};
use crate::psgan::wiring::{self, Growth};
use crate::psgan::{Design, Latent, keypoint_inputs, latent_inputs};
use serde::{Deserialize, Serialize};

/// Of the penalty (λ).
const PENALTY: f64 = 10.0;
/// Of the scores of real pictures, squared.
const DRIFT: f64 = 0.001;

/// Losses of a step. Scores tell how real pictures look, and have no unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct InventLosses {
    /// The discriminator's, all together.
    pub discriminator: f64,
    /// The generator's.
    pub generator: f64,
    /// How far slopes are from 1, squared, times ten.
    pub penalty: f64,
    /// By how much higher real pictures score than made ones: an estimate of the distance between them.
    pub apart: f64,
    /// How unlike themselves known characters look, as it counts; 0 where none are known.
    #[serde(default)]
    pub unlike: f64,
}

impl InventLosses {
    pub(in super::super) fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            discriminator: mix(self.discriminator, other.discriminator),
            generator: mix(self.generator, other.generator),
            penalty: mix(self.penalty, other.penalty),
            apart: mix(self.apart, other.apart),
            unlike: mix(self.unlike, other.unlike),
        }
    }

    /// Nobody judges yet: there is likeness alone.
    pub(in super::super) fn alone(&self) -> bool {
        self.penalty == 0.0
    }

    pub(super) fn are_numbers(self) -> bool {
        [self.discriminator, self.generator, self.penalty, self.apart, self.unlike].iter().all(|loss| loss.is_finite())
    }
}

/// Both networks as far as they have grown.
pub(super) struct Nets {
    generator: LearningNet,
    discriminator: LearningNet,
    /// The discriminator where it is not to learn: the way back leads to its picture alone.
    judge: LearningNet,
    growth: Growth,
}

impl Nets {
    pub(super) fn new(parameters: &[Parameter], design: Design, growth: Growth) -> Self {
        let discriminator =
            |learns: bool| LearningNet::among(parameters, wiring::discriminator(design, growth), |_| learns);
        Self {
            generator: LearningNet::among(parameters, wiring::generator(design, growth), |_| true),
            discriminator: discriminator(true),
            judge: discriminator(false),
            growth,
        }
    }

    /// How far that is.
    pub(super) fn growth(&self) -> Growth {
        self.growth
    }
}

/// Which of a step's pictures are to show characters that are known.
pub(super) struct Known<'a> {
    pub likeness: &'a Likeness,
    pub pictures: &'a [bool],
}

/// Both networks at a step, and what they see.
pub(super) struct Adversaries<'a> {
    pub nets: &'a Nets,
    pub lesson: &'a InventLesson,
    pub pool: &'a Pool,
}

impl Adversaries<'_> {
    /// The generator's pictures in the poses of the lesson.
    pub(super) fn make(&self, values: &[f32], latents: &[Latent], likeness: Option<&Likeness>) -> Run {
        let mut latents = latent_inputs(latents, self.pool);
        if let Some(likeness) = likeness {
            likeness.narrow(&mut latents);
        }
        self.nets.generator.run(values, [latents, self.points()], self.pool)
    }

    /// The discriminator's losses (the generator's is left zero), and their gradients. `shares`: where between the real
    /// and the made picture the penalty looks, for each pair.
    pub(super) fn judge(&self, values: &[f32], fake: Map, shares: &[f32], gradients: &mut [f32]) -> InventLosses {
        let (real, count) = (self.real(), shares.len() as f64);
        let of_real = self.score(&self.nets.discriminator, values, real.map());
        let of_fake = self.score(&self.nets.discriminator, values, fake);
        let (reals, fakes) = (scores(&of_real), scores(&of_fake));
        let drift = |score: f64| (2.0 * DRIFT * score - 1.0) / count;
        let by_reals: Vec<f64> = reals.iter().map(|score| drift(*score)).collect();
        self.back(&self.nets.discriminator, values, of_real, &by_reals, gradients);
        self.back(&self.nets.discriminator, values, of_fake, &vec![1.0 / count; fakes.len()], gradients);
        let penalty = self.penalise(values, &self.between(real.map(), fake, shares), gradients);
        let mean = |scores: &[f64], of: fn(f64) -> f64| scores.iter().map(|score| of(*score)).sum::<f64>() / count;
        let apart = mean(&reals, |score| score) - mean(&fakes, |score| score);
        let discriminator = penalty - apart + DRIFT * mean(&reals, |score| score * score);
        InventLosses { discriminator, penalty, apart, ..InventLosses::default() }
    }

    /// The generator's losses for the pictures of a run of [`Adversaries::make`], what the judge says if there is one and what
    /// is unlike who is known, and its gradients.
    pub(super) fn deceive(
        &self,
        values: &[f32],
        made: Run,
        judged: bool,
        known: Option<Known>,
        gradients: &mut [f32],
    ) -> [f64; 2] {
        let (mut of_made, mut losses) = (None, [0.0; 2]);
        if let Some(known) = known {
            let (real, weight) = (self.real(), known.likeness.weight);
            let (unlike, slopes) = likeness::unlike(made.result(0), real.map(), known.pictures, weight, self.pool);
            (of_made, losses[1]) = (Some(slopes), unlike);
        }
        if judged {
            let judged = self.score(&self.nets.judge, values, made.result(0));
            let scores = scores(&judged);
            let count = scores.len() as f64;
            let by_scores = vec![-1.0 / count; scores.len()];
            for slopes in self.back(&self.nets.judge, values, judged, &by_scores, gradients) {
                match &mut of_made {
                    Some(sum) => kernels::add(slopes.map(), &mut sum.map_mut()),
                    none => *none = Some(slopes),
                }
            }
            losses[0] = -scores.iter().sum::<f64>() / count;
        }
        self.nets.generator.back(values, made, [of_made], gradients, self.pool);
        losses
    }

    /// λ · the mean of (‖slope‖ − 1)² over the pictures, the slope being that of all scores' sum by a picture; and its
    /// gradients: those of ⟨slopes, v⟩ for v = λ · 2 (‖slope‖ − 1) · slope / ‖slope‖ / N of each picture.
    ///
    /// Differences [∇(pictures + εv) − ∇(pictures − εv)] / 2ε of gradients would do in theory. In f32 the activations that
    /// pass their kinks on the way between the two make them worthless: at 32² the cosine between such a gradient and
    /// the exact one is 0.3 at best, whatever ε.
    fn penalise(&self, values: &[f32], pictures: &Batch, gradients: &mut [f32]) -> f64 {
        let [count, h, w, _] = pictures.size();
        let run = self.score(&self.nets.discriminator, values, pictures.map());
        // The judge's way back, as no values are to learn from the slopes themselves.
        let mut along = self.back(&self.nets.judge, values, run.clone(), &vec![1.0; count], gradients);
        let lengths = along.first().map(lengths).unwrap_or_default();
        for (i, pixel) in along.iter_mut().flat_map(Batch::pixels_mut).enumerate() {
            let length = lengths[i / (h * w)];
            let pull = 2.0 * PENALTY * (length - 1.0) / (count as f64 * length.max(1e-12));
            pixel.iter_mut().for_each(|v| *v = (f64::from(*v) * pull) as f32);
        }
        let of_scores = [Some(self.of_scores(&vec![1.0; count]))];
        self.nets.discriminator.back_along(values, run, along, of_scores, gradients, self.pool);
        lengths.iter().map(|length| PENALTY * (length - 1.0) * (length - 1.0)).sum::<f64>() / count as f64
    }

    /// What the discriminator, learning or not, thinks of pictures.
    fn score(&self, net: &LearningNet, values: &[f32], pictures: Map) -> Run {
        let mut input = self.pool.take(pictures.size());
        kernels::copy(pictures, &mut input.map_mut());
        net.run(values, [input, self.points()], self.pool)
    }

    /// The way back from the gradients by scores; answers those by the pictures.
    fn back(
        &self,
        net: &LearningNet,
        values: &[f32],
        run: Run,
        by_scores: &[f64],
        gradients: &mut [f32],
    ) -> Vec<Batch> {
        net.back(values, run, [Some(self.of_scores(by_scores))], gradients, self.pool)
    }

    fn of_scores(&self, by_scores: &[f64]) -> Batch {
        let mut gradient = self.pool.take([by_scores.len(), 1, 1, 1]);
        gradient.pixels_mut().zip(by_scores).for_each(|(pixel, by)| pixel[0] = *by as f32);
        gradient
    }

    fn points(&self) -> Batch {
        keypoint_inputs(&self.lesson.keypoints, self.pool)
    }

    /// The lesson's pictures. While a scale fades in, they have of its details as much as made ones do.
    fn real(&self) -> Batch {
        let InventLesson { size_px, colours, keypoints, .. } = self.lesson;
        let mut real = self.pool.take([keypoints.len(), *size_px, *size_px, 3]);
        real.pixels_mut().zip(colours).for_each(|(to, from)| to.copy_from_slice(from));
        if self.nets.growth.share >= 1.0 {
            return real;
        }
        let [mut small, mut coarse] =
            [size_px / 2, *size_px].map(|side| self.pool.take([keypoints.len(), side, side, 3]));
        kernels::halve(real.map(), &mut small.map_mut());
        kernels::repeat(small.map(), &mut coarse.map_mut());
        self.mixed(coarse.map(), real.map(), |_, coarse, fine| coarse + self.nets.growth.share * (fine - coarse))
    }

    /// Pictures by lot between real and made ones.
    fn between(&self, real: Map, fake: Map, shares: &[f32]) -> Batch {
        self.mixed(real, fake, |picture, real, fake| real + shares[picture] * (fake - real))
    }

    /// Of two pictures' colours one, knowing which of the batch it is.
    fn mixed(&self, a: Map, b: Map, mix: impl Fn(usize, f32, f32) -> f32) -> Batch {
        let [_, h, w, _] = a.size();
        let mut out = self.pool.take(a.size());
        for (i, pixel) in out.pixels_mut().enumerate() {
            let (picture, y, x) = (i / (h * w), i / w % h, i % w);
            let pair = a.pixel(picture, y, x).iter().zip(b.pixel(picture, y, x));
            pixel.iter_mut().zip(pair).for_each(|(to, (a, b))| *to = mix(picture, *a, *b));
        }
        out
    }
}

fn scores(run: &Run) -> Vec<f64> {
    let scores = run.result(0);
    (0..scores.size()[0]).map(|picture| f64::from(scores.pixel(picture, 0, 0)[0])).collect()
}

/// The length of each picture.
fn lengths(pictures: &Batch) -> Vec<f64> {
    let [count, h, w, _] = pictures.size();
    let mut squares = vec![0.0; count];
    for (i, pixel) in pictures.pixels().enumerate() {
        squares[i / (h * w)] += pixel.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
    }
    squares.into_iter().map(f64::sqrt).collect()
}

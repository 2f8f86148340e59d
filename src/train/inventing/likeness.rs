//! Characters that the generator knows: each has a latent of its own and is shown to it in the pose that is asked for, as
//! generators learn from whole pictures (Bojanowski et al. 2018, "Optimizing the latent space of generative networks"). Who
//! looks alike has latents near each other: they are where the principal axes of how all look have a character, so that a
//! latent between two of them is somebody between the two. The paper has nothing of that. It is for few processors: what a
//! character wears is learned in a fraction of the steps that it takes from a judge's opinion alone, and stays with a latent
//! from pose to pose.

use super::super::Dice;
use crate::measures::sets::principal_coordinates;
use crate::nn::kernels::{Batch, Map, Pool};
use crate::psgan::{LATENT, Latent};
use serde::{Deserialize, Serialize};

/// Differences of colours (−1 to 1) below this count less and less.
const SOFT: f64 = 0.02;
/// Nobody is farther out along an axis than almost all latents by lot are.
const FARTHEST: f32 = 2.5;

/// How characters are got to know.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Likeness {
    /// Characters differ along so many axes of the latent. Among 512 all known ones would be equally far from each other and
    /// from whoever is invented, who would look like nobody; the fewer, the nearer who is invented lies to some of them.
    pub axes: usize,
    /// Before this step there is no judge: likeness is all that is learned, at a sixth of a step's cost.
    pub alone_until: u64,
    /// What likeness counts after that: at 1 a picture that is all wrong is pulled at as strongly as by the judge.
    pub weight: f64,
}

impl Likeness {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        if !(1..=LATENT).contains(&self.axes) || !(0.0..=1e3).contains(&self.weight) {
            return Err(format!(
                "growing.likeness may have 1 to {LATENT} axes of the latent and a weight of 0 to 1000"
            ));
        }
        Ok(())
    }

    /// Who actors are, by how they look in the same poses. What does not count is by lot.
    pub(super) fn latents(&self, looks: &[Vec<f32>], seed: u64) -> Vec<Latent> {
        let who = |(actor, along): (usize, Vec<f32>)| {
            let dice = &mut Dice::of(&[seed, 10, actor as u64]);
            let mut values: Vec<f32> = (0..LATENT).map(|_| dice.normal()).collect();
            values.iter_mut().zip(along).for_each(|(value, at)| *value = at.clamp(-FARTHEST, FARTHEST));
            Latent::towards(&values)
        };
        principal_coordinates(looks, self.axes).into_iter().enumerate().filter_map(who).collect()
    }

    /// Latents as the net sees them while it learns: the axes that count, again and again. Its first layer learns as fast as
    /// if all did; [`Likeness::fold`] makes it one that sees these axes alone.
    pub(super) fn narrow(&self, latents: &mut Batch) {
        for latent in latents.pixels_mut() {
            (self.axes..latent.len()).for_each(|i| latent[i] = latent[i % self.axes]);
        }
    }

    /// Weights of the layer that sees latents, for latents that weren't narrowed.
    pub(super) fn fold(&self, weights: &mut [f32]) {
        for row in weights.chunks_mut(LATENT) {
            for i in self.axes..row.len() {
                row[i % self.axes] += row[i];
                row[i] = 0.0;
            }
        }
    }
}

/// How far those pictures that are `known` are from what they should show, the mean over all `count`; and its slopes by the
/// pictures, which are of length `weight` / count for one that is all wrong.
pub(super) fn unlike(made: Map, real: Map, known: &[bool], weight: f64, pool: &Pool) -> (f64, Batch) {
    let [count, h, w, channels] = made.size();
    let scale = weight / ((h * w * channels) as f64).sqrt() / count as f64;
    let (mut slopes, mut loss) = (pool.take(made.size()), 0.0);
    for (i, to) in slopes.pixels_mut().enumerate() {
        let (picture, y, x) = (i / (h * w), i / w % h, i % w);
        if !known[picture] {
            to.fill(0.0);
            continue;
        }
        let pair = made.pixel(picture, y, x).iter().zip(real.pixel(picture, y, x));
        for (to, (made, real)) in to.iter_mut().zip(pair) {
            let off = f64::from(made - real);
            let length = off.hypot(SOFT);
            loss += scale * (length - SOFT);
            *to = (scale * off / length) as f32;
        }
    }
    (loss, slopes)
}

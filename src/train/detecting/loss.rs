//! What a wrong answer costs, and which way it would be less.

use super::super::data::Lesson;
use crate::fude::answer::{self, Answer, BINS, COARSE, FINE, MASK, SPREAD, SPREADS, YAWS, around, sigmoid};
use crate::nn::kernels::{Batch, Map, Pool};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Of the axes x, y and z: what is easily mirrored counts more.
const AXES: [f32; 3] = [0.35 * 1.3, 0.35 * 0.8, 0.35 * 1.6];
const OF_SPREAD: f32 = 0.1;
const OF_YAW: f32 = 0.3;
const OF_COARSE: f32 = 0.7;

/// A step's losses, weighed, and how far off its landmarks were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Losses {
    /// All together.
    pub total: f64,
    /// Places along the axes, at both sizes.
    pub places: f64,
    /// Masks.
    pub mask: f64,
    /// Spread.
    pub spread: f64,
    /// The side that is seen.
    pub yaw: f64,
    /// Mean distance along an axis between landmarks, where the figure is.
    pub landmark: f64,
}

impl Losses {
    /// Each number with that of `other`.
    pub(in super::super) fn mixed(self, other: Self, mix: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            total: mix(self.total, other.total),
            places: mix(self.places, other.places),
            mask: mix(self.mask, other.mask),
            spread: mix(self.spread, other.spread),
            yaw: mix(self.yaw, other.yaw),
            landmark: mix(self.landmark, other.landmark),
        }
    }
}

/// Sums over the pixels of one row.
#[derive(Clone, Copy, Default)]
struct Sums {
    places: f64,
    mask: f64,
    spread: f64,
    landmark: f64,
}

/// The losses of the detector's three results (yaw, coarse, fine), and the gradients by them.
///
/// # Panics
/// When the lesson is of other sizes.
pub(super) fn of_detector(results: [Map; 3], lesson: &Lesson, pool: &Pool) -> (Losses, [Batch; 3]) {
    let [yaw, coarse, fine] = results;
    let mut losses = Losses::default();
    let mut of_yaw = pool.take(yaw.size());
    losses.yaw = by_yaw(yaw, &lesson.views_deg, &mut of_yaw);
    let (sums, of_coarse) = by_landmarks::<COARSE>(coarse, &lesson.coarse, OF_COARSE, pool);
    (losses.places, losses.mask) = (sums.places, sums.mask);
    let (sums, of_fine) = by_landmarks::<FINE>(fine, &lesson.fine, 1.0, pool);
    losses.places += sums.places;
    losses.mask += sums.mask;
    losses.spread = sums.spread;
    losses.landmark = sums.landmark;
    losses.total = losses.places + losses.mask + losses.spread + losses.yaw;
    (losses, [of_yaw, of_coarse, of_fine])
}

fn by_landmarks<const CHANNELS: usize>(map: Map, wanted: &[[f32; 4]], weight: f32, pool: &Pool) -> (Sums, Batch) {
    let [n, h, w, channels] = map.size();
    assert!(channels == CHANNELS && wanted.len() == n * h * w);
    let shown = wanted.iter().filter(|p| p[3] > 0.0).count().max(1) as f32;
    let (each, all) = (weight / shown, weight / wanted.len() as f32);
    let mut gradient = pool.take(map.size());
    let mut pixels: Vec<&mut [f32]> = gradient.pixels_mut().collect();
    let rows = pixels.par_chunks_mut(w).zip(wanted.par_chunks(w)).enumerate().with_min_len(4);
    let sums: Vec<Sums> = rows
        .map(|(row, (pixels, wanted))| {
            let mut sums = Sums::default();
            for (x, (to, wanted)) in pixels.iter_mut().zip(wanted).enumerate() {
                let from = map.pixel(row / h, row % h, x);
                let there = wanted[3];
                let mask = from[MASK];
                // Binary cross-entropy of a logit, without overflow.
                sums.mask += f64::from(all * (mask.max(0.0) - mask * there + (-mask.abs()).exp().ln_1p()));
                to[MASK] = all * (sigmoid(mask) - there);
                if there == 0.0 {
                    to[..MASK].fill(0.0);
                    to[SPREAD.min(CHANNELS)..].fill(0.0);
                    continue;
                }
                for axis in 0..3 {
                    let bins = axis * BINS..(axis + 1) * BINS;
                    let weight = AXES[axis] * each;
                    let loss = cross_entropy(&from[bins.clone()], around(wanted[axis]), weight, &mut to[bins]);
                    sums.places += f64::from(loss);
                }
                if CHANNELS > SPREAD {
                    let answer = Answer::of(from);
                    let away = (0..3).map(|i| (answer.landmark[i] - wanted[i]).abs()).sum::<f32>() / 3.0;
                    let spread = from[SPREAD].clamp(SPREADS[0], SPREADS[1]);
                    let slope = 1.0 - away * (-spread).exp();
                    // Held at its limits, unless it would come back.
                    let held = from[SPREAD] < SPREADS[0] && slope > 0.0 || from[SPREAD] > SPREADS[1] && slope < 0.0;
                    to[SPREAD] = if held { 0.0 } else { OF_SPREAD * each * slope };
                    sums.spread += f64::from(OF_SPREAD * each * (away * (-spread).exp() + spread));
                    sums.landmark += f64::from(away / shown);
                }
            }
            sums
        })
        .collect();
    let total = sums.iter().fold(Sums::default(), |a, b| Sums {
        places: a.places + b.places,
        mask: a.mask + b.mask,
        spread: a.spread + b.spread,
        landmark: a.landmark + b.landmark,
    });
    (total, gradient)
}

/// Cross-entropy against the two bins around a value; its gradient.
fn cross_entropy(logits: &[f32], (first, share): (usize, f32), weight: f32, gradient: &mut [f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for (to, logit) in gradient.iter_mut().zip(logits) {
        *to = (logit - most).exp();
        total += *to;
    }
    gradient.iter_mut().for_each(|to| *to *= weight / total);
    gradient[first] -= weight * (1.0 - share);
    let second = (first + 1) % logits.len();
    gradient[second] -= weight * share;
    let log_total = most + total.ln();
    weight * (log_total - (1.0 - share) * logits[first] - share * logits[second])
}

/// The mean over a picture's pixels is the answer.
fn by_yaw(map: Map, wanted: &[Option<f32>], gradient: &mut Batch) -> f64 {
    let [n, h, w, channels] = map.size();
    assert!(channels == YAWS && wanted.len() == n);
    let known = wanted.iter().flatten().count().max(1) as f32;
    let mut pixels: Vec<&mut [f32]> = gradient.pixels_mut().collect();
    let mut loss = 0.0;
    for (image, wanted) in wanted.iter().enumerate() {
        let mut of_mean = [0.0; YAWS];
        if let Some(degrees) = wanted {
            let mut mean = [0.0; YAWS];
            for i in 0..h * w {
                let pixel = map.pixel(image, i / w, i % w);
                mean.iter_mut().zip(pixel).for_each(|(mean, v)| *mean += v / (h * w) as f32);
            }
            let at = degrees.rem_euclid(360.0) * YAWS as f32 / 360.0;
            let first = (at as usize) % YAWS;
            loss += f64::from(cross_entropy(&mean, (first, at.fract()), OF_YAW / known, &mut of_mean));
        }
        for to in &mut pixels[image * h * w..(image + 1) * h * w] {
            to.iter_mut().zip(of_mean).for_each(|(to, v)| *to = v / (h * w) as f32);
        }
    }
    loss
}

/// How answers compare with what is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measures {
    /// Mean distance along an axis, where the figure is.
    pub landmark: f64,
    /// The same of the half of the pixels that the spread calls surest.
    pub sure_half: f64,
    /// Share of pictures whose z would be better turned round.
    pub turned: f64,
    /// Share of pictures whose x would be better mirrored.
    pub mirrored: f64,
    /// Intersection over union of the outlines.
    pub outline: f64,
    /// Share of pictures whose quarter turn was found.
    pub quarter: f64,
}

/// The measures of a lesson's answers, each picture counting alike.
pub(super) fn measures(answers: &[(Vec<Answer>, [f32; YAWS])], lesson: &Lesson) -> Measures {
    let area = (lesson.size_px / 2).pow(2);
    let mut sum = Measures::default();
    let (mut tagged, mut right) = (0, 0);
    for (image, ((answers, yaws), wanted)) in answers.iter().zip(lesson.fine.chunks(area)).enumerate() {
        let [mut x, mut y, mut z, mut other_x, mut other_z] = [0.0f64; 5];
        let (mut both, mut either) = (0u32, 0u32);
        let mut aways: Vec<(f32, f32)> = vec![];
        for (answer, wanted) in answers.iter().zip(wanted) {
            let (seen, there) = (answer.mask > 0.5, wanted[3] > 0.5);
            both += u32::from(seen && there);
            either += u32::from(seen || there);
            if there {
                let away = |axis: usize, v: f32| f64::from((v - wanted[axis]).abs());
                let [a, b, c] = answer.landmark;
                let all = [away(0, a), away(1, b), away(2, c)];
                (x, y, z) = (x + all[0], y + all[1], z + all[2]);
                other_x += away(0, 1.0 - a);
                other_z += away(2, 1.0 - c);
                aways.push((answer.spread, all.iter().sum::<f64>() as f32 / 3.0));
            }
        }
        let count = aways.len().max(1);
        aways.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = &aways[..count.div_ceil(2).min(aways.len())];
        sum.landmark += (x + y + z) / (3 * count) as f64;
        sum.sure_half += half.iter().map(|a| f64::from(a.1)).sum::<f64>() / half.len().max(1) as f64;
        sum.turned += f64::from(u8::from(other_z < z));
        sum.mirrored += f64::from(u8::from(other_x < x));
        sum.outline += f64::from(both) / f64::from(either.max(1));
        if let Some(view) = lesson.views_deg[image] {
            tagged += 1;
            let away = crate::train::data::wrapped(answer::view_deg(*yaws).0 - view).abs();
            right += u32::from(away <= 45.0);
        }
    }
    let count = lesson.views_deg.len().max(1) as f64;
    Measures {
        landmark: sum.landmark / count,
        sure_half: sum.sure_half / count,
        turned: sum.turned / count,
        mirrored: sum.mirrored / count,
        outline: sum.outline / count,
        quarter: f64::from(right) / f64::from(tagged.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::dice::Dice;

    /// Random answers of each size, and a lesson that knows better.
    fn case(pool: &Pool) -> ([Batch; 3], Lesson) {
        let dice = &mut Dice::of(&[3]);
        let filled = |size: [usize; 4], dice: &mut Dice| {
            let mut batch = pool.take(size);
            batch.pixels_mut().flatten().for_each(|v| *v = 2.0 * dice.normal());
            batch
        };
        let batches = [[2, 1, 2, YAWS], [2, 2, 4, COARSE], [2, 16, 32, FINE]].map(|size| filled(size, dice));
        let wanted = |count: usize, dice: &mut Dice| {
            let one = |dice: &mut Dice| {
                let there = f32::from(dice.chance(0.6));
                [dice.share() * there, dice.share() * there, dice.share() * there, there]
            };
            (0..count).map(|_| one(dice)).collect::<Vec<_>>()
        };
        let (coarse, fine) = (wanted(16, dice), wanted(1024, dice));
        (batches, Lesson { size_px: 0, inputs: vec![], fine, coarse, views_deg: vec![Some(-100.0), None] })
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let pool = Pool::default();
        let (mut batches, lesson) = case(&pool);
        let loss = |batches: &[Batch; 3]| {
            let [a, b, c] = batches;
            of_detector([a.map(), b.map(), c.map()], &lesson, &pool)
        };
        let (losses, gradients) = loss(&batches);
        let parts = losses.places + losses.mask + losses.spread + losses.yaw;
        assert!((losses.total - parts).abs() < 1e-9 && losses.landmark > 0.1);
        // The distance that the spread is told of is a given there, as the spread must not pull at landmarks: nothing
        // else depends on the places but their own loss.
        let total = |batches: &[Batch; 3], which: usize, channel: usize| {
            let losses = loss(batches).0;
            match (which, channel) {
                (0, _) => losses.yaw,
                (_, MASK) => losses.mask,
                (_, SPREAD) => losses.spread,
                _ => losses.places,
            }
        };
        let mut looked = 0;
        for which in 0..3 {
            let channels = batches[which].size()[3];
            let count = batches[which].pixels().count();
            for (pixel, channel) in (0..count * channels).step_by(37).map(|i| (i / channels, i % channels)) {
                let known = f64::from(gradients[which].pixels().nth(pixel).unwrap()[channel]);
                let value = batches[which].pixels().nth(pixel).unwrap()[channel];
                if channel == SPREAD && which == 2 && !(SPREADS[0] + 0.1..SPREADS[1] - 0.1).contains(&value) {
                    continue;
                }
                let mut moved = |by: f32| {
                    *batches[which].pixels_mut().nth(pixel).unwrap().get_mut(channel).unwrap() += by;
                    let loss = total(&batches, which, channel);
                    *batches[which].pixels_mut().nth(pixel).unwrap().get_mut(channel).unwrap() -= by;
                    loss
                };
                let slope = (moved(0.02) - moved(-0.02)) / 0.04;
                assert!(
                    (slope - known).abs() < 1e-2 * known.abs() + 2e-7,
                    "{which} {pixel} {channel}: {known} for {slope}"
                );
                looked += 1;
                if looked % 400 == 399 {
                    break;
                }
            }
        }
        assert!(looked > 300);
    }
}

//! What a UDP costs that was found wrongly, and detections that differ (the paper's equations 2 and 3).

use super::LossWeights;
use super::loss::CinnLosses;
use crate::cinn::wiring::WANTED;
use crate::nn::kernels::{Batch, Map, Pool};

/// Occupancies are this far from 0 and 1 at least, or their logarithms would have no end.
const SURE: f32 = 1e-4;
/// What is added to a variance, whose root has no slope at nothing.
const EPSILON: f32 = 1e-8;

/// Mean difference of landmarks over the whole picture (both are nothing where nobody is), and cross-entropy of occupancy.
pub(super) fn apart(found: &[[f32; WANTED]], truth: &[[f32; WANTED]]) -> [f64; 2] {
    let (mut landmarks, mut entropy) = (0.0, 0.0);
    for (found, truth) in found.iter().zip(truth) {
        landmarks += (0..3).map(|axis| f64::from((found[axis] - truth[axis]).abs())).sum::<f64>();
        let there = f64::from(found[3].clamp(SURE, 1.0 - SURE));
        entropy -= if truth[3] > 0.5 { there.ln() } else { (1.0 - there).ln() };
    }
    let count = found.len().max(1) as f64;
    [landmarks / (3.0 * count), entropy / count]
}

/// Adds both losses of detections: of `each`, several a pose, and of their `mean`. Answers the gradients by both.
///
/// # Panics
/// When the sizes don't fit.
pub(super) fn add(
    losses: &mut CinnLosses,
    each: Map,
    mean: Map,
    truth: &[Vec<[f32; WANTED]>],
    weights: &LossWeights,
    pool: &Pool,
) -> [Batch; 2] {
    let ([n, h, w, _], poses) = (each.size(), truth.len());
    assert!(mean.size() == [poses, h, w, WANTED] && n.is_multiple_of(poses) && truth.iter().all(|t| t.len() == h * w));
    let (count, pixels) = (n / poses, (poses * h * w) as f32);
    let [mut of_each, mut of_mean] = [pool.take(each.size()), pool.take(mean.size())];
    let place = |i: usize| (i / (h * w), i / w % h, i % w);
    let mut found = vec![];
    for (i, to) in of_mean.pixels_mut().enumerate() {
        let (pose, y, x) = place(i);
        let (seen, truth) = (mean.pixel(pose, y, x), truth[pose][i % (h * w)]);
        for axis in 0..3 {
            let off = seen[axis] - truth[axis];
            to[axis] = if off == 0.0 { 0.0 } else { (weights.udp / (3.0 * pixels)).copysign(off) };
        }
        let there = seen[3].clamp(SURE, 1.0 - SURE);
        to[3] = weights.udp / pixels * (there - truth[3]) / (there * (1.0 - there));
        found.push([seen[0], seen[1], seen[2], seen[3]]);
    }
    let [landmarks, entropy] = apart(&found, truth.concat().as_slice());
    losses.udp = landmarks + entropy;
    let share = weights.consistency / (pixels * WANTED as f32);
    for (i, to) in of_each.pixels_mut().enumerate() {
        let (image, y, x) = place(i);
        let (pose, own) = (image / count, each.pixel(image, y, x));
        for channel in 0..WANTED {
            let middle = mean.pixel(pose, y, x)[channel];
            let off = |which: usize| each.pixel(pose * count + which, y, x)[channel] - middle;
            let squares: f32 = (0..count).map(|which| off(which).powi(2)).sum();
            let others = count.saturating_sub(1).max(1) as f32;
            let deviation = (squares / others + EPSILON).sqrt();
            to[channel] = share * (own[channel] - middle) / (others * deviation);
            if image % count == 0 {
                losses.consistency += f64::from(deviation) / f64::from(pixels * WANTED as f32);
            }
        }
    }
    losses.total += f64::from(weights.udp) * losses.udp + f64::from(weights.consistency) * losses.consistency;
    [of_each, of_mean]
}

#[cfg(test)]
mod tests {
    use super::super::super::Dice;
    use super::*;
    use crate::nn::kernels;

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let (pool, mut dice) = (Pool::default(), Dice::of(&[5]));
        let mut each = pool.take([6, 2, 3, WANTED]);
        each.pixels_mut().flatten().for_each(|to| *to = dice.between(0.1, 0.9));
        let truth: Vec<Vec<[f32; WANTED]>> = (0..2)
            .map(|_| (0..6).map(|i| [dice.share(), dice.share(), dice.share(), (i % 2) as f32]).collect())
            .collect();
        let weights = LossWeights { udp: 2.0, consistency: 3.0, ..LossWeights::default() };
        let of = |each: &Batch| {
            let mut mean = pool.take([2, 2, 3, WANTED]);
            kernels::gather_views(each.map(), 1.0 / 3.0, &mut mean.map_mut());
            let mut losses = CinnLosses::default();
            let [of_each, of_mean] = add(&mut losses, each.map(), mean.map(), &truth, &weights, &pool);
            // What leads back through the mean.
            let mut whole = pool.take(each.size());
            kernels::spread_views(of_mean.map(), 1.0 / 3.0, &mut whole.map_mut());
            kernels::add(of_each.map(), &mut whole.map_mut());
            (losses, whole)
        };
        let (losses, gradient) = of(&each);
        assert!(losses.udp > 0.1 && losses.consistency > 0.1, "{losses:?}");
        for at in [0, 3, 50, 143] {
            let step = 1e-3;
            let mut moved = |by: f32| {
                *each.pixels_mut().flatten().nth(at).unwrap() += by;
                let total = of(&each).0.total;
                *each.pixels_mut().flatten().nth(at).unwrap() -= by;
                total
            };
            let slope = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            let ours = f64::from(*gradient.pixels().flatten().nth(at).unwrap());
            assert!((slope - ours).abs() < 0.02 * ours.abs().max(0.01), "{at}: {ours} for {slope}");
        }
        let same = [[0.2, 0.3, 0.4, 1.0], [0.0; 4]];
        let [landmarks, entropy] = apart(&same, &same);
        assert!(landmarks == 0.0 && entropy < 2e-4);
    }
}

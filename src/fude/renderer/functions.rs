//! What the renderer does to single pixels besides convolving. A pixel that was looked up ends with what is known of it:
//! landmark times occupancy (3), occupancy, trust times occupancy.

use crate::correspondence::NEAR;
use crate::fude::answer::sigmoid;
use crate::nn::layers::PixelFunction;

/// Less of a figure than this tells no landmark.
const LEAST: f32 = 0.05;
/// Scale of distances for layers to see.
const SCALE: f32 = 8.0;
/// Distances beyond this are all alike, in squares of [`NEAR`].
const FAR: f32 = 6.0;

/// A landmark that was looked up beside the one that was wanted.
struct Met {
    away: [f32; 3],
    squared: f32,
    there: f32,
    trusted: f32,
    wanted: f32,
}

impl Met {
    fn of(known: &[f32], wanted: &[f32]) -> Self {
        let [x, y, z, there, trusted] = *known else { unreachable!("five channels") };
        let whole = there.max(LEAST);
        let away = [x, y, z];
        let away = [0, 1, 2].map(|i| (away[i] / whole - wanted[i]) * wanted[3]);
        Self { away, squared: away.iter().map(|v| v * v).sum(), there, trusted, wanted: wanted[3] }
    }

    /// The gradient by what is known, from that by `away`.
    fn back(&self, known: &[f32], of_away: [f32; 3], of_known: &mut [f32]) {
        let whole = self.there.max(LEAST);
        for i in 0..3 {
            let of = of_away[i] * self.wanted / whole;
            of_known[i] += of;
            if self.there > LEAST {
                of_known[3] -= of * known[i] / whole;
            }
        }
    }
}

fn known(seen: &[f32]) -> &[f32] {
    &seen[seen.len() - 5..]
}

/// How a pixel that was looked up differs from the one that was wanted: three differences, confidence, distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compare;

impl PixelFunction for Compare {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert!(inputs.len() == 2 && inputs[0] >= 5 && inputs[1] == 4);
        5
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let met = Met::of(known(inputs[0]), inputs[1]);
        (0..3).for_each(|i| out[i] = SCALE * met.away[i]);
        out[3] = (-met.squared / (NEAR * NEAR)).exp() * met.trusted;
        out[4] = SCALE * (met.squared + 1e-8).sqrt();
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        of_input.fill(0.0);
        if which == 1 {
            return;
        }
        let known = known(inputs[0]);
        let met = Met::of(known, inputs[1]);
        let near = (-met.squared / (NEAR * NEAR)).exp();
        let of_squared =
            -gradient[3] * near * met.trusted / (NEAR * NEAR) + gradient[4] * SCALE * 0.5 / (met.squared + 1e-8).sqrt();
        let of_away = [0, 1, 2].map(|i| SCALE * gradient[i] + 2.0 * of_squared * met.away[i]);
        let first = of_input.len() - 5;
        let of_known = &mut of_input[first..];
        of_known[4] = gradient[3] * near;
        met.back(known, of_away, of_known);
    }
}

/// Reasons to doubt a view: how far its landmark is from the one wanted, how little of the figure is there, how little it
/// is trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt;

impl Doubt {
    const ABSENT: f32 = 6.0;
    const UNSURE: f32 = 2.0;
}

impl PixelFunction for Doubt {
    fn outputs(&self, inputs: &[usize]) -> usize {
        Compare.outputs(inputs) - 2
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let met = Met::of(known(inputs[0]), inputs[1]);
        out[0] = (met.squared / (NEAR * NEAR)).min(FAR);
        out[1] = Self::ABSENT * (1.0 - met.there).max(0.0);
        out[2] = Self::UNSURE * (1.0 - met.trusted / met.there.max(LEAST)).max(0.0);
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        of_input.fill(0.0);
        if which == 1 {
            return;
        }
        let known = known(inputs[0]);
        let met = Met::of(known, inputs[1]);
        let first = of_input.len() - 5;
        let of_known = &mut of_input[first..];
        if met.squared < FAR * NEAR * NEAR {
            met.back(known, met.away.map(|v| 2.0 * v * gradient[0] / (NEAR * NEAR)), of_known);
        }
        if met.there < 1.0 {
            of_known[3] -= Self::ABSENT * gradient[1];
        }
        let whole = met.there.max(LEAST);
        if met.trusted < whole {
            of_known[4] -= Self::UNSURE * gradient[2] / whole;
            if met.there > LEAST {
                of_known[3] += Self::UNSURE * gradient[2] * met.trusted / (whole * whole);
            }
        }
    }
}

/// What the views together offer to copy: colour (not premultiplied), opacity, how far its landmark is from the one
/// wanted, trust.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer;

impl Offer {
    /// What keeps colours of nothing from being divided by nothing.
    const SOFT: f32 = 1e-3;
    const FAR: f32 = 20.0;
}

impl PixelFunction for Offer {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert_eq!(inputs, [9, 4]);
        6
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let (seen, met) = (inputs[0], Met::of(known(inputs[0]), inputs[1]));
        (0..3).for_each(|i| out[i] = seen[i] / (seen[3] + Self::SOFT));
        out[3] = seen[3];
        out[4] = Self::FAR * met.squared.min(NEAR);
        out[5] = met.trusted;
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        of_input.fill(0.0);
        if which == 1 {
            return;
        }
        let (seen, known) = (inputs[0], known(inputs[0]));
        let met = Met::of(known, inputs[1]);
        let whole = 1.0 / (seen[3] + Self::SOFT);
        of_input[3] = gradient[3];
        for i in 0..3 {
            of_input[i] = gradient[i] * whole;
            of_input[3] -= gradient[i] * seen[i] * whole * whole;
        }
        of_input[8] = gradient[5];
        if met.squared < NEAR {
            let of_away = met.away.map(|v| 2.0 * v * Self::FAR * gradient[4]);
            met.back(known, of_away, &mut of_input[4..]);
        }
    }
}

/// The picture, of what is offered to copy and of the last layer: colour 3, opacity, how much is copied, by how much what
/// is copied changes 3.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish;

impl Finish {
    /// Of the last layer.
    pub(super) const CHANNELS: usize = 8;
    /// At first most is copied.
    const COPIED: f32 = 1.5;
    /// Copied colours change by no more.
    const CHANGE: f32 = 0.5;
    const EDGE: f32 = 8.0;
}

impl PixelFunction for Finish {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert_eq!(inputs, [6, Self::CHANNELS, 4]);
        4
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let [offer, last, pose] = *inputs else { unreachable!("three pictures") };
        let copied = sigmoid(last[4] + Self::COPIED);
        for i in 0..3 {
            let copy = offer[i] + Self::CHANGE * last[5 + i].tanh();
            out[i] = copied * copy + (1.0 - copied) * sigmoid(last[i]);
        }
        out[3] = sigmoid(last[3] + Self::EDGE * (pose[3] - 0.5));
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        of_input.fill(0.0);
        let [offer, last, pose] = *inputs else { unreachable!("three pictures") };
        let copied = sigmoid(last[4] + Self::COPIED);
        match which {
            0 => (0..3).for_each(|i| of_input[i] = gradient[i] * copied),
            1 => {
                for i in 0..3 {
                    let (change, made) = (last[5 + i].tanh(), sigmoid(last[i]));
                    of_input[i] = gradient[i] * (1.0 - copied) * made * (1.0 - made);
                    of_input[5 + i] = gradient[i] * copied * Self::CHANGE * (1.0 - change * change);
                    let copy = offer[i] + Self::CHANGE * change;
                    of_input[4] += gradient[i] * (copy - made) * copied * (1.0 - copied);
                }
                let opaque = sigmoid(last[3] + Self::EDGE * (pose[3] - 0.5));
                of_input[3] = gradient[3] * opaque * (1.0 - opaque);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layers::{Bound, Sum};

    /// Against differences of the values themselves, at pixels of every kind.
    fn check(function: &dyn PixelFunction, channels: &[usize], known: usize) {
        let mut state = 7u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        let outputs = function.outputs(channels);
        for round in 0..60 {
            let mut inputs: Vec<Vec<f32>> = channels.iter().map(|&n| (0..n).map(|_| next()).collect()).collect();
            if channels.len() > 1 {
                // Landmarks near one another, that there is something to tell.
                let last = inputs.last().unwrap().clone();
                let first = &mut inputs[0];
                if known == 1 {
                    let at = first.len() - 5;
                    let there = first[at + 3];
                    (0..3).for_each(|i| first[at + i] = (last[i] + 0.06 * (first[at + i] - 0.5)) * there);
                    first[at + 4] *= 0.8 * there;
                }
                inputs.last_mut().unwrap()[3] = if round % 5 == 0 { 0.0 } else { 1.0 };
            }
            let weights: Vec<f32> = (0..outputs).map(|_| next() - 0.5).collect();
            let value = |inputs: &[Vec<f32>]| -> f64 {
                let all: Vec<&[f32]> = inputs.iter().map(|v| &v[..]).collect();
                let mut out = vec![0.0; outputs];
                function.run(&all, &mut out);
                out.iter().zip(&weights).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
            };
            for which in 0..channels.len() {
                if channels.len() > 1 && which + 1 == channels.len() && known == 1 || which == 2 {
                    continue;
                }
                let mut ours = vec![f32::NAN; channels[which]];
                let all: Vec<&[f32]> = inputs.iter().map(|v| &v[..]).collect();
                function.back(&all, &weights, which, &mut ours);
                for channel in 0..channels[which] {
                    let moved = |by: f32| {
                        let mut inputs = inputs.clone();
                        inputs[which][channel] += by;
                        value(&inputs)
                    };
                    let step = 3e-4;
                    let (up, down, middle) = (moved(step), moved(-step), moved(0.0));
                    let (right, left) = ((up - middle) / f64::from(step), (middle - down) / f64::from(step));
                    let slope = (up - down) / (2.0 * f64::from(step));
                    // Beside a corner both sides count.
                    let off = (slope - f64::from(ours[channel])).abs();
                    let most = 0.02 * slope.abs() + 0.01 + (right - left).abs();
                    assert!(off < most, "{function:?} {which} {channel}: {} for {slope}", ours[channel]);
                }
            }
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        check(&Compare, &[13, 4], 1);
        check(&Doubt, &[9, 4], 1);
        check(&Offer, &[9, 4], 1);
        check(&Finish, &[6, 8, 4], 0);
        check(&Sum, &[5, 5], 0);
        check(&Bound { reach: 0.7, pace: 1.4 }, &[3], 0);
    }
}

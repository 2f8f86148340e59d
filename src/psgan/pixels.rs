//! Functions of pixels between the networks' layers.

use crate::nn::layers::PixelFunction;

/// Each pixel's channels of the mean square 1 (Karras et al. 2018, section 4.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct PixelNorm;

impl PixelNorm {
    const EPSILON: f32 = 1e-8;

    fn scale(x: &[f32]) -> f32 {
        (dot(x, x) / x.len() as f32 + Self::EPSILON).sqrt().recip()
    }
}

impl PixelFunction for PixelNorm {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [channels] = *inputs else { unreachable!("a norm of one picture") };
        channels
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let scale = Self::scale(inputs[0]);
        out.iter_mut().zip(inputs[0]).for_each(|(out, x)| *out = scale * x);
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        let (x, scale) = (inputs[0], Self::scale(inputs[0]));
        let along = scale * scale * dot(gradient, x) / x.len() as f32;
        of_input.iter_mut().zip(gradient).zip(x).for_each(|((to, g), x)| *to = scale * (g - along * x));
    }
}

/// The first picture, which a share of the second fades into (Karras et al. 2018, figure 2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Fade {
    /// Of the second.
    pub share: f32,
}

impl PixelFunction for Fade {
    fn outputs(&self, inputs: &[usize]) -> usize {
        let [first, second] = *inputs else { unreachable!("one fades into another") };
        assert_eq!(first, second);
        first
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        let pair = inputs[0].iter().zip(inputs[1]);
        out.iter_mut().zip(pair).for_each(|(out, (first, second))| *out = first + self.share * (second - first));
    }

    fn is_linear(&self) -> bool {
        true
    }

    fn back(&self, _: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]) {
        let share = if which == 0 { 1.0 - self.share } else { self.share };
        of_input.iter_mut().zip(gradient).for_each(|(to, g)| *to = share * g);
    }
}

/// In eight sums side by side, which compilers make registers of.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|i| sums[i] += a[i] * b[i]);
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lot::Lot;

    /// The gradient of a weighed sum of the results against finite differences.
    fn assert_way_back(function: &dyn PixelFunction, inputs: &[Vec<f32>]) {
        let mut lot = Lot::new(5);
        let channels = function.outputs(&inputs.iter().map(Vec::len).collect::<Vec<_>>());
        let weights: Vec<f32> = (0..channels).map(|_| lot.normal()).collect();
        let value = |inputs: &[Vec<f32>]| {
            let mut out = vec![0.0; channels];
            function.run(&inputs.iter().map(|x| &x[..]).collect::<Vec<_>>(), &mut out);
            out.iter().zip(&weights).map(|(v, w)| f64::from(*v) * f64::from(*w)).sum::<f64>()
        };
        for which in 0..inputs.len() {
            let mut gradient = vec![0.0; inputs[which].len()];
            function.back(&inputs.iter().map(|x| &x[..]).collect::<Vec<_>>(), &weights, which, &mut gradient);
            for (i, ours) in gradient.iter().enumerate() {
                let moved = |by: f32| {
                    let mut inputs = inputs.to_vec();
                    inputs[which][i] += by;
                    value(&inputs)
                };
                let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!((f64::from(*ours) - slope).abs() < 2e-3, "{which}, {i}: {ours} for {slope}");
            }
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let mut lot = Lot::new(4);
        let mut pixel = |channels: usize| (0..channels).map(|_| lot.normal()).collect::<Vec<_>>();
        assert_way_back(&PixelNorm, &[pixel(11)]);
        assert_way_back(&Fade { share: 0.3 }, &[pixel(5), pixel(5)]);
    }

    #[test]
    fn a_normed_pixel_has_the_mean_square_one() {
        let mut out = [0.0; 3];
        PixelNorm.run(&[&[3.0, 0.0, -4.0]], &mut out);
        assert!((out.iter().map(|v| v * v).sum::<f32>() - 3.0).abs() < 1e-5 && out[1] == 0.0 && out[2] < 0.0);
    }
}

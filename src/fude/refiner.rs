//! A second look at twice the size: what the detector found is laid over the drawing as a figure, and another net of
//! nearly the same layers says by how much that has to change.
//!
//! ```text
//! drawing, 2S ─┬─ halved ─▶ detector ─▶ answers, S/2 ─ laid over ─┐
//!              └──────────────────────────────────────────────────┴─▶ refiner ─▶ answers, S
//! ```

use super::answer::{Answer, CENTRE, YAWS};
use super::detector::answer_at;
use super::hints::{CLICKED, FIGURE, INPUTS, Pixel};
use super::{Detector, DetectorGraph, wiring};
use crate::nn::kernels::Precision;
use crate::nn::layers::TensorNet;
use crate::progress::Silent;
use crate::weights::{Graph, Schema, WeightError, WeightFile};
use candle_core::{Device, Result};
use candle_nn::VarBuilder;

/// The refiner as weight files have it: nearly the detector's layers, with weights of its own.
pub struct RefinerGraph;

impl Graph for RefinerGraph {
    const NAME: &'static str = "fude-refiner";
    const VERSION: u32 = 1;
    const PARTS: &'static [&'static str] = DetectorGraph::PARTS;

    fn ask(weights: &VarBuilder) -> Result<()> {
        TensorNet::new(wiring::refiner(false), weights).map(|_| ())
    }
}

/// By how much larger than the detector's the refiner's pictures are.
pub(super) const LARGER: usize = 2;

/// What is laid is there by so much at least.
pub(super) const LEAST_THERE: f32 = 0.02;

/// The refiner that is part of the program, for a detector of drawings of `size_px` squared; none where it has none.
///
/// # Errors
/// None but for a damaged build.
pub(super) fn shipped(size_px: usize) -> std::result::Result<Option<Detector>, WeightError> {
    super::shipped::<RefinerGraph>()?.map(|file| of_file(&file, size_px)).transpose()
}

/// The refiner in a weight file.
///
/// # Errors
/// A file of other networks.
fn of_file(file: &WeightFile, size_px: usize) -> std::result::Result<Detector, WeightError> {
    let schema = Schema::of::<RefinerGraph>()?;
    let large_px = LARGER * size_px;
    let net = |weights: &VarBuilder| Detector::of(wiring::refiner(false), weights, large_px, Precision::F32);
    file.load(&schema, &Device::Cpu, &Silent, net)
}

impl Detector {
    /// The answers for inputs of `size_px` squared, looked at once more by `refiner`; yaws are of the first look.
    ///
    /// # Panics
    /// When `size_px` is no multiple of 64, or the pixels are not as many as pictures of that size have.
    pub fn refined(&self, refiner: &Self, inputs: &[Pixel], size_px: usize) -> Vec<(Vec<Answer>, [f32; YAWS])> {
        let mut inputs = inputs.to_vec();
        let yaws = self.lay(&mut inputs, size_px);
        let answers = refiner.answers(&inputs, size_px).into_iter();
        answers.zip(yaws).map(|((fine, _), yaws)| (fine, yaws)).collect()
    }

    /// Looks at inputs of `size_px` squared, at half of that, and lays over each what was found; answers the yaws.
    ///
    /// # Panics
    /// As [`Detector::refined`].
    pub fn lay(&self, inputs: &mut [Pixel], size_px: usize) -> Vec<[f32; YAWS]> {
        let (small_px, area) = (size_px / LARGER, size_px * size_px);
        let small: Vec<Pixel> = inputs.chunks(area).flat_map(|input| halved(input, size_px)).collect();
        let first = self.answers(&small, small_px);
        for (input, (answers, _)) in inputs.chunks_mut(area).zip(&first) {
            let half = small_px / 2;
            let scale = half as f32 / size_px as f32;
            for (i, pixel) in input.iter_mut().enumerate() {
                let at = [i % size_px, i / size_px].map(|v| (v as f32 + 0.5) * scale - CENTRE);
                let Answer { landmark: [x, y, z], mask, .. } = answer_at(answers, half, at);
                // Where no figure was found it may be all the same, and then there is a place, too.
                let there = mask.max(LEAST_THERE);
                pixel[FIGURE..].copy_from_slice(&[x - 0.5, y - 0.5, z - 0.5, 1.0].map(|v| v * there));
            }
        }
        first.into_iter().map(|(_, yaws)| yaws).collect()
    }
}

/// An input of half the size: means of four pixels, but for what was said about points, which holds or not.
fn halved(input: &[Pixel], size_px: usize) -> Vec<Pixel> {
    let half = size_px / 2;
    let pixel = |i: usize| {
        let at = i / half * 2 * size_px + i % half * 2;
        let four = [at, at + 1, at + size_px, at + size_px + 1].map(|at| &input[at]);
        let mut mean: Pixel = std::array::from_fn(|c| four.iter().map(|pixel| pixel[c]).sum::<f32>() / 4.0);
        for said in [CLICKED, FIGURE..INPUTS] {
            let one = four.iter().find(|pixel| pixel[said.end - 1] > 0.0).unwrap_or(&four[0]);
            mean[said.clone()].copy_from_slice(&one[said]);
        }
        mean
    };
    (0..half * half).map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fude::Hints;
    use crate::fude::hints::{Click, cut_out};

    #[test]
    fn half_a_drawing_says_the_same() {
        let hints = |figure| Hints {
            view_deg: Some(90.0),
            clicks: vec![Click { at: [0.5, 0.25], landmark: [0.5, 0.9, 0.1] }],
            figure,
        };
        let fill = |size_px: usize| {
            let mut input = vec![[0.0; INPUTS]; size_px * size_px];
            let drawn =
                (0..size_px * size_px).map(|i| cut_out(if i % size_px < size_px / 2 { [90; 4] } else { [0; 4] }));
            hints(None).fill(drawn, size_px, &mut input);
            input
        };
        let (large, small) = (fill(128), fill(64));
        let half = halved(&large, 128);
        let (mut clicked, mut both) = (0, 0);
        for (a, b) in half.iter().zip(&small) {
            assert!(a[..CLICKED.start].iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6));
            let last = CLICKED.end - 1;
            clicked += usize::from(a[last] == 1.0 || b[last] == 1.0);
            both += usize::from(a[last] == 1.0 && b[last] == 1.0);
            assert!(a[last] == 0.0 || (a[CLICKED.start + 1] - 0.4).abs() < 1e-6);
        }
        assert!(both > 0 && 2 * both > clicked, "{both} of {clicked}");
    }
}

//! Weights as packing wants them: for every input channel and tap the weights to all output channels side by side, so
//! that panels are copied and transformed by whole registers. While a net learns, its weights are packed at every step.

use super::conv::{Shape, Weights};
use super::memory::Aligned;
use rayon::prelude::*;

/// Weights of one convolution by input channel, tap and output channel.
pub(super) struct Taps {
    values: Aligned<f32>,
    /// Taps along a side.
    pub side: usize,
    pub cin: usize,
    pub cout: usize,
    /// From one row of output channels to the next; what is behind the last channel is zero.
    pitch: usize,
}

impl Taps {
    /// The weights from `inputs` to `outputs`, rows padded to a multiple of `width`.
    pub(super) fn new(shape: Shape, weights: Weights, inputs: &[usize], outputs: &[usize], width: usize) -> Self {
        let Weights { values, cin: all_inputs, cout: all_outputs } = weights;
        let side = shape.side();
        let area = side * side;
        Self::filled(side, inputs.len(), outputs.len(), width, |i, row, pitch| {
            for (o, &output) in outputs.iter().enumerate() {
                let pair = match shape {
                    Shape::Double => inputs[i] * all_outputs + output,
                    Shape::Square { .. } => output * all_inputs + inputs[i],
                };
                for (tap, &weight) in values[pair * area..][..area].iter().enumerate() {
                    row[tap * pitch + o] = weight;
                }
            }
        })
    }

    /// Those of the convolution that leads back through one of this shape: from its outputs to its inputs.
    pub(super) fn back(shape: Shape, weights: Weights, width: usize) -> Self {
        let Weights { values, cin, cout } = weights;
        let (side, area) = (shape.back().side(), shape.taps());
        // Taps are mirrored, except where the way back is transposed, which mirrors by itself; its fourth tap is nought.
        let strides = shape.back() == Shape::Double;
        let place = move |tap: usize| if strides { tap / 3 * 4 + tap % 3 } else { area - 1 - tap };
        Self::filled(side, cout, cin, width, |o, row, pitch| {
            for (i, weights) in values[o * cin * area..][..cin * area].chunks_exact(area).enumerate() {
                for (tap, &weight) in weights.iter().enumerate() {
                    row[place(tap) * pitch + i] = weight;
                }
            }
        })
    }

    /// `fill` gets an input channel's rows, one a tap, and the distance between them.
    fn filled(
        side: usize,
        cin: usize,
        cout: usize,
        width: usize,
        fill: impl Fn(usize, &mut [f32], usize) + Sync,
    ) -> Self {
        let pitch = cout.next_multiple_of(width);
        let mut values = Aligned::zeroed(cin * side * side * pitch);
        let rows = values.as_mut_slice().par_chunks_mut(side * side * pitch).enumerate().with_min_len(16);
        rows.for_each(|(i, row)| fill(i, row, pitch));
        Self { values, side, cin, cout, pitch }
    }

    /// The weights of the tap at (y, x) from input channel `i` to output channels from `first` on, with padding.
    #[inline(always)]
    pub(super) fn row(&self, i: usize, y: usize, x: usize, first: usize) -> &[f32] {
        let at = (i * self.side + y) * self.side + x;
        &self.values.as_slice()[at * self.pitch..][first..self.pitch]
    }
}

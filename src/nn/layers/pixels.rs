//! Functions of single pixels: what lies between layers and is too particular to be one of them.

use candle_core::{Result, Tensor, bail};

/// A function of the channels of a pixel in one or more pictures, with its gradient.
pub trait PixelFunction: std::fmt::Debug + Send + Sync {
    /// Its channels, where the pictures have so many.
    ///
    /// # Panics
    /// When they aren't what it is a function of: an error of the program.
    fn outputs(&self, inputs: &[usize]) -> usize;

    /// Its value.
    fn run(&self, inputs: &[&[f32]], out: &mut [f32]);

    /// Whether it is linear in all its inputs together, so that it makes of their changes how its result changes.
    fn is_linear(&self) -> bool {
        false
    }

    /// The gradient by the input `which`, from the one by the result.
    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]);

    /// The same of whole pictures as candle's tensors, N×C×H×W, with candle's way back: for graphics cards.
    ///
    /// # Errors
    /// Whatever candle says; of a function that runs on kernels alone, that.
    fn tensors(&self, _inputs: &[&Tensor]) -> Result<Tensor> {
        bail!("this function of pixels runs on kernels alone")
    }
}

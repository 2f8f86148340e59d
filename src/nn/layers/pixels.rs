//! Functions of single pixels: what lies between layers and is too particular to be one of them.

/// A function of the channels of a pixel in one or more pictures, with its gradient.
pub trait PixelFunction: std::fmt::Debug + Send + Sync {
    /// Its channels, where the pictures have so many.
    ///
    /// # Panics
    /// When they aren't what it is a function of: an error of the program.
    fn outputs(&self, inputs: &[usize]) -> usize;

    /// Its value.
    fn run(&self, inputs: &[&[f32]], out: &mut [f32]);

    /// The gradient by the input `which`, from the one by the result.
    fn back(&self, inputs: &[&[f32]], gradient: &[f32], which: usize, of_input: &mut [f32]);
}

/// The sum of pictures.
#[derive(Clone, Copy, Debug)]
pub struct Sum;

impl PixelFunction for Sum {
    fn outputs(&self, inputs: &[usize]) -> usize {
        assert!(inputs.iter().all(|&channels| channels == inputs[0]));
        inputs[0]
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        out.copy_from_slice(inputs[0]);
        for input in &inputs[1..] {
            out.iter_mut().zip(*input).for_each(|(out, v)| *out += v);
        }
    }

    fn back(&self, _: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        of_input.copy_from_slice(gradient);
    }
}

/// `reach · tanh(pace · x)`: what may go so far and no further.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// How far.
    pub reach: f32,
    /// How fast, from zero on.
    pub pace: f32,
}

impl PixelFunction for Bound {
    fn outputs(&self, inputs: &[usize]) -> usize {
        inputs[0]
    }

    fn run(&self, inputs: &[&[f32]], out: &mut [f32]) {
        out.iter_mut().zip(inputs[0]).for_each(|(out, v)| *out = self.reach * (self.pace * v).tanh());
    }

    fn back(&self, inputs: &[&[f32]], gradient: &[f32], _: usize, of_input: &mut [f32]) {
        for ((to, v), g) in of_input.iter_mut().zip(inputs[0]).zip(gradient) {
            let along = (self.pace * v).tanh();
            *to = g * self.reach * self.pace * (1.0 - along * along);
        }
    }
}

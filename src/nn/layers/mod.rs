//! What graphs are described with. A [`Net`] says once which layers there are, in which order, and what each of them
//! reads; it runs in two ways:
//!
//! * [`TensorNet`] on candle's tensors: the reference, the way to gradients, and what graphics cards run;
//! * [`PackedNet`] on packed weights and the kernels of this room: what processors run.
//!
//! And it learns on processors as a [`LearningNet`], on the same kernels forwards and backwards.

mod between;
mod functions;
mod layer;
mod learning;
mod net;
mod packed;
mod pixels;
mod tensor;

#[cfg(test)]
mod tests;

pub use layer::{Activation, Layer};
pub use learning::{LearningNet, Parameter, Run};
pub use net::{Net, Value};
pub use packed::{PackedLayer, PackedNet, Packer, Picture, Plan};
pub use pixels::PixelFunction;
pub use tensor::{Part, TensorLayer, TensorNet};

/// For whom a picture is that samples of a batch read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Each sample has its own.
    Sample,
    /// The samples of a group (the views of one character, say) share one.
    Group,
}

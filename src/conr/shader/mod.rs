//! `shader`: the collaborative decoder. Every drawing of the sheet has a decoder of its own, all with the same
//! weights; after each of six blocks they pass on what they agree on, weighted by how sure each of them is.

mod tensor;
pub(super) mod wiring;

pub use tensor::{Decoding, Shader};
pub use wiring::BLOCKS;

/// The network's name in weight files.
pub const NAME: &str = "shader";

//! CoNR's renderer as its paper has it (Lin et al. 2022, section 3.4), each of the paper's ablations a setting: a U-Net a
//! drawing with weights in common, whose decoders send one another messages (the paper's CINN, collaborative inference for
//! convolutional neural networks). The weights that were published belong to a later graph, which is `conr`'s.
//!
//! ```text
//! drawing ─ encoder ─ features ┐   target UDP, every scale, by nearest sampling
//!                              ├─▶ D1 ─▶ D2 ─▶ D3 ─▶ D4 ─▶ what all say at each scale ─▶ colours
//! drawing ─ encoder ─ features ┘   └─ remote halves: moved by a flow, weighed, their mean ─┘
//! ```
//!
//! Where the text leaves something open, [`wiring`] says what was taken.

mod design;
pub mod detector;
mod pixels;
pub mod wiring;

pub use design::{Backbone, Design};

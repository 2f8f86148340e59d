//! Fude (筆, the brush): our own small networks, made to be live on a laptop and to learn from generated characters.
//!
//! The [`Detector`] sees a drawing, and whatever hints an artist gave about it, and says which point of the body each
//! pixel shows, how sure it is, and from which side the body is seen. Its wiring is stated once ([`wiring`]): it learns
//! on the kernels' way back, and runs on kernels or on candle's tensors.
//!
//! The [`Renderer`] draws the character of drawings whose UDPs are known, in other poses: it mends what landmark transfer
//! proposes.
//!
//! Design: an encoder and decoder with skips (Ronneberger et al. 2015) of residual blocks (He et al. 2015), a landmark
//! for each pixel as in CoNR (Lin et al. 2023), hints as further input planes as in interactive segmentation (Sofiiuk et
//! al. 2021), an uncertainty for each pixel (Neverova et al. 2019). Norms are those of batches: what norms of single
//! pictures take away is what planes of one value, such as a view's tag, tell; and they cost nothing once folded.

pub mod answer;
mod detector;
mod features;
pub mod hints;
mod laid;
mod refiner;
pub mod renderer;
mod silhouette;
pub mod wiring;

pub use answer::{Answer, BINS};
pub use detector::{Detected, Detector, DetectorGraph};
pub use features::Features;
pub use hints::{Click, Hints};
pub use refiner::RefinerGraph;
pub use renderer::{EncodedSheet, Painted, Renderer, RendererGraph, SheetDrawing};

use crate::weights::{Graph, Schema, WeightError, WeightFile, shipped as in_program};

/// The weights of a graph that are part of the program; none where it has none.
///
/// # Errors
/// None but for a damaged build.
pub fn shipped<G: Graph>() -> std::result::Result<Option<WeightFile>, WeightError> {
    let file = in_program().iter().find(|file| file.graph().as_deref() == Some(G::NAME));
    file.map(|file| WeightFile::built_in(file, &Schema::of::<G>()?)).transpose()
}

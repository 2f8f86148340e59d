//! PSGAN (Hamada et al. 2018): characters that nobody has drawn, in poses that are asked for.
//!
//! A [`Generator`] makes a picture of a [`Latent`], which is who it is, and of [`Keypoints`], which are how it stands. It
//! grew scale by scale together with a discriminator, as in Progressive GAN (Karras et al. 2018); the keypoints are seen
//! as pose maps at every scale of both. Their wiring is stated once ([`wiring`]): it learns on the kernels' way back, and
//! generates on packed weights.

mod error;
mod generator;
mod latent;
pub mod maps;
mod pixels;
mod widths;
pub mod wiring;

pub use error::Error;
pub use generator::{Generator, latent_inputs, schema};
pub use latent::Latent;
pub use widths::{Widths, is_scale, scales};

/// Keypoints of a figure.
pub const KEYPOINTS: usize = 20;

/// Where the keypoints are seen: x to the right and y down, as shares of a square picture's side.
pub type Keypoints = [[f32; 2]; KEYPOINTS];

//! PSGAN (Hamada et al. 2018, arXiv:1809.01890): characters that nobody has drawn, in poses that are asked for.
//!
//! A [`Generator`] makes a picture of a [`Latent`], which is who it is, and of [`Keypoints`], which are how it stands. It
//! grew scale by scale together with a discriminator, as in Progressive GAN (Karras et al. 2018); the keypoints are seen
//! as pose maps at every scale of both. Their wiring is stated once ([`wiring`]): it learns on the kernels' way back, and
//! generates on packed weights.

mod error;
mod generator;
mod keypoints;
mod latent;
pub mod pg2;
mod pixels;
mod regressor;
mod widths;
pub mod wiring;

pub use error::Error;
pub use generator::{Generator, keypoint_inputs, latent_inputs, schema};
pub use keypoints::{Body, KEYPOINTS, Keypoints, names};
pub use latent::{LATENT, Latent};
pub use regressor::{pck, regressor};
pub use widths::{Design, LARGEST_PX, SMALLEST_PX, Widths, is_scale, scales};

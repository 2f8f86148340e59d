//! PSGAN (Hamada et al. 2018, arXiv:1809.01890): characters that nobody has drawn yet, invented from a latent vector and the
//! places of twenty points of a body.

mod keypoints;

pub use keypoints::{Body, KEYPOINTS, Keypoints, names};

//! What candle lacks, or does too slowly: convolutions, pooling, warp, resize, instance
//! norm, PReLU and consensus, each with its gradient; and which device computes.
//!
//! The functions here are the one place through which the networks compute, so a faster kernel replaces its
//! predecessor without the networks noticing. Each has a kernel for float32 on the CPU, and one for NVIDIA cards
//! (`cuda`, for the feature of that name); other devices and types take a composition of candle's own operations, which
//! is also what the kernels are tested against.

mod consensus;
mod conv;
#[cfg(feature = "cuda")]
mod cuda;
mod device;
pub mod kernels;
pub mod layers;
mod norm;
mod planes;
mod pool;
mod prelu;
mod resize;
mod unfold;
mod warp;

#[cfg(test)]
mod testing;

pub use consensus::consensus;
pub use conv::{conv_transpose2d_4x4_s2, conv2d};
pub use device::{DeviceChoice, DeviceError};
pub use kernels::Precision;
pub use norm::instance_norm;
pub use pool::max_pool2d_3x3_s2;
pub use prelu::prelu;
pub use resize::lerp;
pub use warp::warp;

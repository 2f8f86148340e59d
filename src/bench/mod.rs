//! Everything that measures: how fast this machine is, and how well it draws ([`likeness`], [`standin`]). Each measurement of speed
//! runs both sides in one go, so that whatever else the machine does hits both alike; compare numbers of one run only.
//! `settei bench` prints them, `cargo bench` uses [`layers`].

pub mod export;
mod large_figure;
pub mod layers;
pub mod likeness;
pub mod load;
pub mod motion;
pub mod raster;
pub mod render;
pub mod standin;
pub mod train;
pub mod tune;
pub mod window;

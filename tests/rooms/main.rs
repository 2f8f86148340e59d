//! Whole paths through the rooms, all but the window's (`tests/studio`). One program for all of them: each program that
//! links the library costs more than most of these tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod builds;
mod cinn;
mod cli;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod conr_parity;
mod cuda_source;
mod cutout;
mod dataset;
mod dynamics;
mod example;
mod experiments;
mod export;
mod farm;
mod figures_gltf;
mod figures_mmd;
mod fit;
mod framing;
mod fude;
mod invent;
mod live;
mod motion;
mod poses;
mod psgan;
mod raster;
mod readme;
mod standin;
mod stopping;
mod train;
mod transfer;
mod udp_files;
#[cfg(unix)]
mod video;
#[cfg(unix)]
mod vmc;
mod walls;
mod weights;

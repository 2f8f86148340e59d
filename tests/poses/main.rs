//! Poses on whole figures: any build and any bone axes, and what the built-in ones look like.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod anatomy;
mod figures;
mod files;
mod ik;
mod kinematics;
mod mannequin;
mod silhouettes;
mod vpd;

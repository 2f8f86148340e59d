//! Poses on whole figures: any build and any bone axes, and what the built-in ones look like.

mod anatomy;
mod figures;
mod files;
mod ik;
mod kinematics;
mod mannequin;
mod silhouettes;
mod vpd;

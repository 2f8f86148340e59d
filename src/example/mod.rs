//! The built-in example: a figure made by our own generator, and its character sheet.

mod body;
mod character;
mod clothes;
mod delaunay;
mod eyes;
mod face;
mod garments;
mod hair;
mod hands;
mod head;
mod mesh;
mod paint;
pub mod params;
mod skeleton;
mod textures;
mod vrm_writer;

pub use params::CharacterParams;

use crate::figure::{self, Figure, FigureError};

/// The built-in figure's file, as the generator wrote it from the default parameters
/// (`cargo run --example character -- make`).
pub const FIGURE_VRM: &[u8] = include_bytes!("../../assets/mio.vrm");

/// The built-in figure.
///
/// # Errors
/// None but for a damaged build: the file is part of the program.
pub fn figure() -> Result<Figure, FigureError> {
    figure::load::from_bytes("mio.vrm", FIGURE_VRM)
}

/// A character as the bytes of a VRM 1.0 file: the same for the same parameters.
///
/// # Errors
/// If a texture can't be encoded.
pub fn generate(params: &CharacterParams) -> Result<Vec<u8>, image::ImageError> {
    vrm_writer::write(params, &character::Character::new(params))
}

//! The built-in examples: a figure made by our own generator, and its character sheet; and drawings by another hand
//! ([`drawn`]).

mod assembly;
mod body;
mod character;
mod clothes;
mod delaunay;
pub mod drawn;
mod eyes;
mod face;
mod facepaint;
mod garments;
mod hair;
mod hairstyles;
mod hands;
mod head;
mod mesh;
mod paint;
pub mod params;
mod skeleton;
mod skin;
mod swinging;
mod textures;
mod vrm_springs;
mod vrm_writer;
mod wardrobe;
pub mod wear;

pub use params::CharacterParams;

use crate::figure::{self, Figure, FigureError, landmarks::MapPreset};
use crate::picture::Picture;
use crate::pose::{self, CameraView};
use crate::raster::{MARGIN, RasterChoice, RasterError, Rasterizer, Stance, Subject, SubjectError, ToonStyle};
use crate::sheet::{Sheet, View};
use crate::udp::Udp;
use std::sync::Arc;

/// Under what the built-in figure and its drawings are given away; the figure's file says so too.
pub const LICENCE: &str = "CC0 1.0: no rights reserved";
/// Where that is written out.
pub const LICENCE_URL: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

/// The built-in figure's file, as the generator wrote it from the default parameters
/// (`settei example --anew`).
pub const FIGURE_VRM: &[u8] = include_bytes!("../../assets/mio.vrm");

/// The drawings of its character sheet: name, camera, PNG.
const SHEET: [(&str, CameraView, &[u8]); 4] = [
    ("front", CameraView::new(0.0, 0.0), include_bytes!("../../assets/sheet/front.png")),
    ("three-quarter", CameraView::new(45.0, 0.0), include_bytes!("../../assets/sheet/three-quarter.png")),
    ("side", CameraView::new(90.0, 0.0), include_bytes!("../../assets/sheet/side.png")),
    ("back", CameraView::new(180.0, 0.0), include_bytes!("../../assets/sheet/back.png")),
];
/// The names of the sheet's drawings.
pub const DRAWINGS: [&str; 4] = [SHEET[0].0, SHEET[1].0, SHEET[2].0, SHEET[3].0];
/// Width and height of the sheet's drawings.
const SHEET_SIZE_PX: [u32; 2] = [640, 768];

/// Why the example can't be had. Only a damaged build or a full memory leads here.
#[derive(Debug, thiserror::Error)]
pub enum ExampleError {
    /// The embedded figure.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// The embedded drawings.
    #[error("the built-in drawing `{name}` is damaged: {source}. Install Settei again")]
    Drawing {
        /// Which one.
        name: &'static str,
        /// What the decoder said.
        source: image::ImageError,
    },
    /// The pose of the sheet.
    #[error(transparent)]
    Pose(#[from] pose::PoseError),
    /// The rasterizer.
    #[error(transparent)]
    Raster(#[from] RasterError),
    /// The UDPs of the drawings.
    #[error(transparent)]
    Subject(#[from] SubjectError),
}

/// The built-in figure.
///
/// # Errors
/// None but for a damaged build: the file is part of the program.
pub fn figure() -> Result<Figure, FigureError> {
    figure::load::from_bytes("mio.vrm", FIGURE_VRM)
}

/// The built-in figure's character sheet: four drawings in A-pose, each with its exact UDP (landmarks as
/// [`MapPreset::default()`] maps them).
///
/// # Errors
/// None but for a damaged build.
pub fn sheet() -> Result<Sheet, ExampleError> {
    let stance = posed(figure()?)?;
    let view = |&(name, camera, _): &(&'static str, CameraView, &[u8])| {
        let picture = drawing(name)?;
        let size_px = [picture.width_px, picture.height_px];
        let udp = Some(Udp::clone(&*stance.framed(&camera, size_px, MARGIN)?.udp(size_px)?));
        Ok(View { name: name.into(), path: None, picture, udp, warnings: Vec::new() })
    };
    Ok(Sheet { views: SHEET.iter().map(view).collect::<Result<_, ExampleError>>()?, warnings: Vec::new() })
}

/// One of the built-in drawings ([`DRAWINGS`]), alone.
///
/// # Errors
/// None but for a damaged build.
pub fn drawing(name: &'static str) -> Result<Picture, ExampleError> {
    decoded(name, SHEET.iter().find(|(known, ..)| *known == name).map_or(&[][..], |(_, _, png)| png))
}

fn decoded(name: &'static str, png: &[u8]) -> Result<Picture, ExampleError> {
    let drawing = image::load_from_memory(png).map_err(|source| ExampleError::Drawing { name, source })?.into_rgba8();
    let (width_px, height_px) = drawing.dimensions();
    Ok(Picture { width_px, height_px, pixels: drawing.pixels().map(|p| p.0).collect() })
}

/// Draws the sheet of `figure` anew, each drawing with its UDP. This is how the embedded drawings were made.
///
/// # Errors
/// Where the figure can't be posed or drawn.
pub fn draw_sheet(figure: Figure) -> Result<Sheet, ExampleError> {
    let stance = posed(figure)?;
    let view = |(name, camera, _): &(&str, CameraView, &[u8])| drawn(&stance, name, camera, SHEET_SIZE_PX);
    Ok(Sheet { views: SHEET.iter().map(view).collect::<Result<_, ExampleError>>()?, warnings: Vec::new() })
}

/// `figure` in the sheet's pose from one side, with its UDP.
///
/// # Errors
/// Where the figure can't be posed or drawn.
pub fn draw_view(figure: Figure, camera: &CameraView, size_px: [u32; 2]) -> Result<View, ExampleError> {
    drawn(&posed(figure)?, "view", camera, size_px)
}

fn drawn(stance: &Arc<Stance>, name: &str, camera: &CameraView, size_px: [u32; 2]) -> Result<View, ExampleError> {
    let shot = stance.framed(camera, size_px, MARGIN)?;
    let (picture, udp) = (shot.toon(size_px, &ToonStyle::default())?, shot.udp(size_px)?);
    Ok(View { name: name.into(), path: None, picture, udp: Some(Udp::clone(&udp)), warnings: Vec::new() })
}

/// A figure in the sheet's pose before the plain Rust rasterizer, which draws the same on every machine.
fn posed(figure: Figure) -> Result<Arc<Stance>, ExampleError> {
    let subject = Subject::new(Rasterizer::new(RasterChoice::Cpu)?, figure, MapPreset::default())?;
    Ok(Arc::new(subject).stand(&pose::named_or_file("a")?.1))
}

/// How finely a character is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// For files and large pictures: with every shape key.
    Fine,
    /// For pictures up to about 256 pixels, made many times faster: small textures, and of the shape keys only what the
    /// character's own face needs.
    Quick,
    /// As [`Detail::Quick`], with textures of some pixels: for outlines and ids alone.
    Outline,
}

impl Detail {
    /// Side of a texture that is `fine` pixels long in [`Detail::Fine`].
    fn texture_px(self, fine: u32) -> u32 {
        match self {
            Self::Fine => fine,
            Self::Quick => (fine * 3 / 16).max(4),
            Self::Outline => 4,
        }
    }
}

/// The character that the lot draws for `seed`, in memory: the same figure for the same seed on every machine.
pub fn character(seed: u64, detail: Detail) -> Figure {
    assemble(&CharacterParams::random(seed), detail)
}

/// A character in memory, without a file in between. What [`generate`] writes and a reader reads is the same figure but for
/// the names of its surfaces, and places rounded to 1/65536 m.
pub fn assemble(params: &CharacterParams, detail: Detail) -> Figure {
    assembly::figure(params, &character::Character::new(params, detail), detail)
}

/// A character as the bytes of a VRM 1.0 file: the same for the same parameters.
///
/// # Errors
/// If a texture can't be encoded.
pub fn generate(params: &CharacterParams) -> Result<Vec<u8>, image::ImageError> {
    vrm_writer::write(params, &character::Character::new(params, Detail::Fine))
}

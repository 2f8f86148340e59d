//! [`Picture`]: what is on screen and in files, RGBA with straight alpha; and the one decoder of picture files.

mod bmp;
mod canvas;
mod chunks;
mod colour;
mod dds;
pub mod decode;
pub mod distance;
pub(crate) mod floats;
pub mod formats;
pub(crate) mod halving;
mod raw;
mod region;
mod signed;
mod tga;
mod tiffs;

pub use canvas::Colour;
pub(crate) use chunks::webp_chunk;
pub use region::Region;
pub use signed::of_signed;

use std::path::Path;

/// Row-major RGBA bytes from the top, **straight** (not premultiplied) alpha, sRGB colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// `width_px · height_px` pixels.
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// Of pixels whose colours are multiplied by their alpha.
    pub fn of_premultiplied(width_px: u32, height_px: u32, mut pixels: Vec<[u8; 4]>) -> Self {
        raw::straighten(&mut pixels);
        Self { width_px, height_px, pixels }
    }

    /// A fully transparent picture.
    pub fn new(width_px: u32, height_px: u32) -> Self {
        Self { width_px, height_px, pixels: vec![[0; 4]; width_px as usize * height_px as usize] }
    }

    /// The pixel in column `x` of row `y`. Panics outside the picture, as slices do.
    pub fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[y as usize * self.width_px as usize + x as usize]
    }

    /// The same for writing.
    pub fn at_mut(&mut self, x: u32, y: u32) -> &mut [u8; 4] {
        &mut self.pixels[y as usize * self.width_px as usize + x as usize]
    }

    /// PNG bytes of the picture.
    pub fn to_png(&self) -> Result<Vec<u8>, image::ImageError> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        image::ImageEncoder::write_image(
            encoder,
            bytemuck::cast_slice(&self.pixels),
            self.width_px,
            self.height_px,
            image::ExtendedColorType::Rgba8,
        )?;
        Ok(bytes)
    }

    /// Writes a PNG, whole or not at all ([`crate::files::write`]).
    pub fn save_png(&self, path: &Path) -> std::io::Result<()> {
        let bytes = self.to_png().map_err(std::io::Error::other)?;
        crate::files::write(path, &bytes)
    }
}

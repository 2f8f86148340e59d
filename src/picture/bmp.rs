//! 32-bit BMPs without masks: the fourth byte is reserved by the format, and alpha by the habit of MMD's modellers.
//!
//! Format: `BITMAPINFOHEADER` in Microsoft's documentation of GDI. Direct3D's loader, and so MMD, takes the byte for alpha;
//! where it is zero all over it was never meant to be one. All other BMPs are the `image` crate's.

use image::error::{DecodingError, ImageFormatHint};
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};

/// An uncompressed BMP of 32 bits a pixel, before its pixels are read.
pub(crate) struct Bmp32Decoder<'a> {
    width: u32,
    height: u32,
    top_down: bool,
    rows: &'a [u8],
}

impl<'a> Bmp32Decoder<'a> {
    /// `None`: the file is no such BMP.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<Self> {
        let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let half = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
        const BI_RGB: u32 = 0;
        let fits = bytes.starts_with(b"BM") && word(14)? >= 40 && half(28)? == 32 && word(30)? == BI_RGB;
        let (width, height) = (word(18)?, word(22)? as i32);
        if !fits || width == 0 || width > i32::MAX as u32 || height == 0 {
            return None;
        }
        let rows = bytes.get(word(10)? as usize..)?;
        Some(Self { width, height: height.unsigned_abs(), top_down: height < 0, rows })
    }
}

impl ImageDecoder for Bmp32Decoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn color_type(&self) -> ColorType {
        ColorType::Rgba8
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()> {
        let row_bytes = self.width as usize * 4;
        let Some(rows) = self.rows.get(..buf.len()) else {
            let hint = ImageFormatHint::Exact(ImageFormat::Bmp);
            return Err(ImageError::Decoding(DecodingError::new(hint, "it ends in the middle")));
        };
        for (i, to) in buf.chunks_exact_mut(row_bytes).enumerate() {
            let i = if self.top_down { i } else { self.height as usize - 1 - i };
            to.copy_from_slice(&rows[i * row_bytes..(i + 1) * row_bytes]);
        }
        let (pixels, _) = buf.as_chunks_mut::<4>();
        pixels.iter_mut().for_each(|pixel| pixel.swap(0, 2));
        super::raw::alpha_counts_where_there_is_some(pixels);
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(height: i32, bits: u16, pixels: &[[u8; 4]]) -> Vec<u8> {
        let mut bytes = b"BM\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend(54u32.to_le_bytes());
        bytes.extend(40u32.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(height.to_le_bytes());
        bytes.extend([1, 0]);
        bytes.extend(bits.to_le_bytes());
        bytes.resize(54, 0);
        bytes.extend(pixels.as_flattened());
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Vec<[u8; 4]>> {
        let decoder = Bmp32Decoder::new(bytes)?;
        let mut buffer = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut buffer).ok()?;
        Some(buffer.as_chunks::<4>().0.to_vec())
    }

    #[test]
    fn the_fourth_byte_is_alpha_if_any_is_not_zero() {
        let (a, b) = ([1, 2, 3, 0], [4, 5, 6, 7]);
        assert_eq!(read(&file(2, 32, &[a, b])).unwrap(), [[6, 5, 4, 7], [3, 2, 1, 0]]);
        assert_eq!(read(&file(-2, 32, &[a, a])).unwrap(), [[3, 2, 1, 255]; 2]);
    }

    #[test]
    fn other_bmps_are_left_alone_and_cut_ones_refused() {
        assert!(Bmp32Decoder::new(&file(2, 24, &[])).is_none());
        assert_eq!(read(&file(2, 32, &[[0; 4]])), None);
        assert!(Bmp32Decoder::new(b"BM").is_none());
    }
}

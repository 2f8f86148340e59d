//! TIFF pictures of grey and alpha, which `image` takes for an unknown number of bands.

use image::error::{DecodingError, ImageFormatHint};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// A decoder for them.
pub(super) struct GreyTiff<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    size: (u32, u32),
    colour: ColorType,
}

impl<'a> GreyTiff<'a> {
    /// `None` for any other file.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
        let colour = match decoder.colortype().ok()? {
            tiff::ColorType::Multiband { bit_depth: 8, num_samples: 2 } => ColorType::La8,
            tiff::ColorType::Multiband { bit_depth: 16, num_samples: 2 } => ColorType::La16,
            _ => return None,
        };
        let size = decoder.dimensions().ok()?;
        Some(Self { decoder, size, colour })
    }

    fn tag<T: TryFrom<u64>>(&mut self, tag: Tag) -> Option<T> {
        self.decoder.find_tag_unsigned(tag).ok().flatten()
    }
}

impl ImageDecoder for GreyTiff<'_> {
    fn dimensions(&self) -> (u32, u32) {
        self.size
    }

    fn color_type(&self) -> ColorType {
        self.colour
    }

    fn orientation(&mut self) -> ImageResult<Orientation> {
        let value = self.tag::<u8>(Tag::Orientation).and_then(Orientation::from_exif);
        Ok(value.unwrap_or(Orientation::NoTransforms))
    }

    fn read_image(self, buffer: &mut [u8]) -> ImageResult<()> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = buffer.len();
        limits.intermediate_buffer_size = buffer.len().max(1 << 20);
        let mut decoder = self.decoder.with_limits(limits);
        let mut result = DecodingResult::U8(Vec::new());
        let layout = decoder.read_image_to_buffer(&mut result).map_err(damaged)?;
        let samples = result.as_buffer(0);
        let samples = samples.as_bytes();
        if samples.len() != buffer.len() {
            return Err(damaged("samples are missing"));
        }
        if layout.planes < 2 {
            buffer.copy_from_slice(samples);
            return Ok(());
        }
        // All greys, then all alphas.
        let depth = usize::from(self.colour.bytes_per_pixel() / 2);
        let (greys, alphas) = samples.split_at(samples.len() / 2);
        let planes = greys.chunks_exact(depth).zip(alphas.chunks_exact(depth));
        for (pixel, (grey, alpha)) in buffer.chunks_exact_mut(2 * depth).zip(planes) {
            pixel[..depth].copy_from_slice(grey);
            pixel[depth..].copy_from_slice(alpha);
        }
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buffer: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buffer)
    }
}

fn damaged(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Tiff), error))
}

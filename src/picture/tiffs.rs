//! TIFF pictures whose colours `image` doesn't take: grey with alpha, palettes, and CIE L\*a\*b\* of eight bits.
//!
//! Format: TIFF 6.0, sections 5 (palettes) and 23 (L\*a\*b\*); the ICC's L\*a\*b\* as in Adobe's TIFF Technical Note on PageMaker 6.0.
//! Their samples are read as if they were greys or RGB.

use image::error::{DecodingError, ImageFormatHint};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};
use std::borrow::Cow;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// What `PhotometricInterpretation` says.
mod photometric {
    pub(super) const GREY: u16 = 1;
    pub(super) const RGB: u16 = 2;
    pub(super) const PALETTE: u16 = 3;
    pub(super) const CIE_LAB: u16 = 8;
    pub(super) const ICC_LAB: u16 = 9;
}

/// A decoder for them.
pub(super) struct OddTiff<'a> {
    decoder: Decoder<Cursor<Cow<'a, [u8]>>>,
    size: (u32, u32),
    samples: Samples,
}

/// What the samples of a pixel are.
enum Samples {
    /// A grey and its alpha, of so many bytes each.
    GreyAlpha(usize),
    /// A number of so many bits into these colours.
    Palette { bits: u8, colours: Vec<[u8; 3]> },
    /// L\*, a\*, b\*, a byte each; what stands for a\* = 0; alpha, if there is one.
    Lab { zero: i16, alpha: bool },
}

impl<'a> OddTiff<'a> {
    /// `None` for any other file.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
        let kind: u16 = decoder.find_tag_unsigned(Tag::PhotometricInterpretation).ok()??;
        let bits: Vec<u16> = decoder.find_tag_unsigned_vec(Tag::BitsPerSample).ok().flatten().unwrap_or(vec![1]);
        let (samples, read_as) = match (kind, &bits[..]) {
            (photometric::PALETTE, &[bits @ (1 | 2 | 4 | 8)]) => {
                let table = decoder.find_tag_unsigned_vec::<u16>(Tag::ColorMap).ok()??;
                (Samples::Palette { bits: bits as u8, colours: palette(&table, 1 << bits)? }, photometric::GREY)
            }
            (photometric::CIE_LAB | photometric::ICC_LAB, [8, 8, 8] | [8, 8, 8, 8]) => {
                let zero = if kind == photometric::ICC_LAB { 128 } else { 0 };
                (Samples::Lab { zero, alpha: bits.len() == 4 }, photometric::RGB)
            }
            _ => match decoder.colortype().ok()? {
                tiff::ColorType::Multiband { bit_depth: depth @ (8 | 16), num_samples: 2 } => {
                    (Samples::GreyAlpha(usize::from(depth / 8)), kind)
                }
                _ => return None,
            },
        };
        let mut bytes = Cow::Borrowed(bytes);
        if read_as != kind {
            call(bytes.to_mut(), read_as)?;
        }
        let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
        let size = decoder.dimensions().ok()?;
        Some(Self { decoder, size, samples })
    }

    fn tag<T: TryFrom<u64>>(&mut self, tag: Tag) -> Option<T> {
        self.decoder.find_tag_unsigned(tag).ok().flatten()
    }
}

/// The colours of a palette: all reds, all greens, all blues, sixteen bits each. Some writers fill eight of them alone.
fn palette(table: &[u16], count: usize) -> Option<Vec<[u8; 3]>> {
    let table = table.get(..3 * count)?;
    let shift = if table.iter().all(|&value| value < 256) { 0 } else { 8 };
    Some((0..count).map(|i| [0, 1, 2].map(|channel| (table[channel * count + i] >> shift) as u8)).collect())
}

/// Lets a file say another kind of colours for its first picture.
fn call(bytes: &mut [u8], kind: u16) -> Option<()> {
    let little = bytes.starts_with(b"II\x2a\0");
    if !little && !bytes.starts_with(b"MM\0\x2a") {
        return None;
    }
    let word = |at: usize| {
        let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let four: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let list = if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) } as usize;
    let entries = (0..usize::from(word(list)?)).map(|i| list + 2 + 12 * i);
    let entry = entries.into_iter().find(|&at| word(at) == Some(Tag::PhotometricInterpretation.to_u16()))?;
    let value = if little { kind.to_le_bytes() } else { kind.to_be_bytes() };
    bytes.get_mut(entry + 8..entry + 10)?.copy_from_slice(&value);
    Some(())
}

impl ImageDecoder for OddTiff<'_> {
    fn dimensions(&self) -> (u32, u32) {
        self.size
    }

    fn color_type(&self) -> ColorType {
        match self.samples {
            Samples::GreyAlpha(1) => ColorType::La8,
            Samples::GreyAlpha(_) => ColorType::La16,
            Samples::Palette { .. } | Samples::Lab { alpha: false, .. } => ColorType::Rgb8,
            Samples::Lab { alpha: true, .. } => ColorType::Rgba8,
        }
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
        let width = self.size.0 as usize;
        match self.samples {
            Samples::GreyAlpha(depth) => {
                let samples = of_length(samples, buffer.len())?;
                interleave(samples, buffer, depth, if layout.planes < 2 { 1 } else { 2 });
            }
            Samples::Palette { bits, colours } => {
                let row_bytes = (width * usize::from(bits)).div_ceil(8);
                let samples = of_length(samples, row_bytes * self.size.1 as usize)?;
                let (pixels, _) = buffer.as_chunks_mut::<3>();
                for (row, samples) in pixels.chunks_exact_mut(width).zip(samples.chunks_exact(row_bytes)) {
                    for (x, pixel) in row.iter_mut().enumerate() {
                        // The first pixel of a byte is in its highest bits.
                        let bit = x * usize::from(bits);
                        let value = samples[bit / 8] >> (8 - usize::from(bits) - bit % 8);
                        *pixel = colours[usize::from(value) & (colours.len() - 1)];
                    }
                }
            }
            Samples::Lab { zero, alpha } => {
                let channels = if alpha { 4 } else { 3 };
                let samples = of_length(samples, buffer.len())?;
                interleave(samples, buffer, 1, if layout.planes < 2 { 1 } else { channels });
                for pixel in buffer.chunks_exact_mut(channels) {
                    let part =
                        |value: u8| if zero == 0 { f32::from(value as i8) } else { f32::from(i16::from(value) - zero) };
                    let rgb = lab_to_srgb([f32::from(pixel[0]) * 100.0 / 255.0, part(pixel[1]), part(pixel[2])]);
                    pixel[..3].copy_from_slice(&rgb);
                }
            }
        }
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buffer: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buffer)
    }
}

fn of_length(samples: &[u8], length: usize) -> ImageResult<&[u8]> {
    samples.get(..length).filter(|_| samples.len() == length).ok_or_else(|| damaged("samples are missing"))
}

/// Samples of so many bytes, plane after plane, to pixels.
fn interleave(samples: &[u8], pixels: &mut [u8], depth: usize, planes: usize) {
    if planes == 1 {
        pixels.copy_from_slice(samples);
        return;
    }
    for (i, plane) in samples.chunks_exact(samples.len() / planes).enumerate() {
        for (pixel, sample) in pixels.chunks_exact_mut(planes * depth).zip(plane.chunks_exact(depth)) {
            pixel[i * depth..(i + 1) * depth].copy_from_slice(sample);
        }
    }
}

/// L\*a\*b\* under D50, as printing has it, to sRGB: CIE 15, and the matrix of sRGB adapted to D50 by Bradford's.
fn lab_to_srgb([l, a, b]: [f32; 3]) -> [u8; 3] {
    const WHITE: [f32; 3] = [0.9642, 1.0, 0.8249];
    const TO_RGB: [[f32; 3]; 3] =
        [[3.133_856, -1.616_867, -0.490_615], [-0.978_768, 1.916_142, 0.033_454], [0.071_945, -0.228_991, 1.405_243]];
    let y = (l + 16.0) / 116.0;
    let line = |t: f32| if t > 6.0 / 29.0 { t * t * t } else { 3.0 * (6.0f32 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    let xyz = [y + a / 500.0, y, y - b / 200.0].map(line);
    TO_RGB.map(|row| super::floats::to_srgb((0..3).map(|i| row[i] * WHITE[i] * xyz[i]).sum()))
}

fn damaged(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Tiff), error))
}

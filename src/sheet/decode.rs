//! From a picture file's bytes to a [`Picture`]: whatever painting programs and cameras write.

use crate::picture::Picture;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::path::Path;

/// No drawing is larger as a file.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;
const MAX_SIDE_PX: u32 = 16384;
/// 16384 × 8192: half a gibibyte decoded.
const MAX_PIXELS: u64 = 1 << 27;

pub(super) struct Decoded {
    pub(super) picture: Picture,
    pub(super) has_alpha: bool,
}

/// Decodes by content; the name only helps with TGA, which has no signature. Of an animation, the first frame.
pub(super) fn decode(bytes: &[u8], path: &Path) -> Result<Decoded, String> {
    let damaged = |e| format!("it is damaged ({e}); export it again");
    let format = format_of(bytes, path)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // 16-bit channels decoded, and what the decoder itself needs.
    limits.max_alloc = Some(MAX_PIXELS * 8 + (256 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err("it has no pixels".into());
    }
    if width > MAX_SIDE_PX || height > MAX_SIDE_PX || pixels > MAX_PIXELS {
        return Err(format!(
            "it is {width}×{height} pixels; scale it down to at most {MAX_SIDE_PX} a side and {} million in all",
            MAX_PIXELS / 1_000_000
        ));
    }
    if pixels * 4 > 256 << 20 && pixels * 4 > 1000 * bytes.len() as u64 {
        return Err(format!("it says it is {width}×{height} pixels and has {} bytes for them", bytes.len()));
    }
    let has_alpha = decoder.color_type().has_alpha();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(orientation);
    let image = image.into_rgba8();
    let (width_px, height_px) = image.dimensions();
    let (rgba, _) = image.as_chunks::<4>();
    Ok(Decoded { picture: Picture { width_px, height_px, pixels: rgba.to_vec() }, has_alpha })
}

/// What the bytes are, or why they are no drawing.
fn format_of(bytes: &[u8], path: &Path) -> Result<ImageFormat, String> {
    if bytes.is_empty() {
        return Err("it is empty".into());
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0x76, 0x2f, 0x31, 0x01]) {
        return Err("it is a UDP or an archive, not a picture; give the drawing, and its UDP is found beside it".into());
    }
    readable(bytes)
        .or_else(|| ImageFormat::from_path(path).ok().filter(|&format| format == ImageFormat::Tga))
        .ok_or_else(|| "its kind of file isn't read here; export it as PNG with a transparent background".into())
}

/// The format that the first bytes announce, if it can be decoded.
pub(super) fn readable(start: &[u8]) -> Option<ImageFormat> {
    image::guess_format(start).ok().filter(ImageFormat::reading_enabled)
}

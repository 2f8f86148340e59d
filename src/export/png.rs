//! PNG as other programs want it, chunk by chunk (PNG specification, third edition, sections 5 and 11).

use super::ExportError;
use crate::picture::Picture;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use std::io::{self, Write};

/// What every PNG begins with.
pub(super) const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// `sRGB`: perceptual.
pub(super) const SRGB: (&[u8; 4], &[u8]) = (b"sRGB", &[0]);

/// How hard PNGs are packed. With rows as they differ from those above, lines and flat colours come out as small as they do
/// where every filter is tried at the usual level, in two fifths of the time.
const QUALITY: (CompressionType, FilterType) = (CompressionType::Level(5), FilterType::Up);

/// A picture's PNG.
pub(super) fn packed(picture: &Picture) -> Result<Vec<u8>, ExportError> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, QUALITY.0, QUALITY.1)
        .write_image(
            bytemuck::cast_slice(&picture.pixels),
            picture.width_px,
            picture.height_px,
            ExtendedColorType::Rgba8,
        )
        .map_err(ExportError::encoding("PNG"))?;
    Ok(bytes)
}

/// The same with more chunks behind its head.
pub(super) fn with_chunks(picture: &Picture, more: &[(&[u8; 4], &[u8])]) -> Result<Vec<u8>, ExportError> {
    let packed = packed(picture)?;
    let mut bytes = SIGNATURE.to_vec();
    for (kind, data) in chunks(&packed) {
        // Into memory: it has room.
        let _ = write_chunk(&mut bytes, kind, data);
        if kind == b"IHDR" {
            for (kind, data) in more {
                let _ = write_chunk(&mut bytes, kind, data);
            }
        }
    }
    Ok(bytes)
}

/// The chunks of a PNG, as far as it is whole.
pub(super) fn chunks(png: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = png.get(SIGNATURE.len()..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (data, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after.get(4..)?;
        Some((kind, data))
    })
}

/// The text of this keyword in a PNG, as far as it is whole.
pub(super) fn text<'a>(png: &'a [u8], keyword: &str) -> Option<&'a str> {
    let texts = chunks(png).filter(|(kind, _)| *kind == b"tEXt");
    let found = texts.filter_map(|(_, data)| data.strip_prefix(keyword.as_bytes())?.strip_prefix(b"\0"));
    found.map(std::str::from_utf8).next()?.ok()
}

/// Writes a chunk with its length and its check.
pub(super) fn write_chunk(out: &mut impl Write, kind: &[u8; 4], data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).map_err(|_| io::Error::other("a PNG chunk holds 4 GiB at most"))?;
    let mut check = crc32fast::Hasher::new();
    check.update(kind);
    check.update(data);
    out.write_all(&length.to_be_bytes())?;
    out.write_all(kind)?;
    out.write_all(data)?;
    out.write_all(&check.finalize().to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_apart_and_together() {
        let picture = Picture { pixels: (0..12).map(|i| [i * 20, 9, 3, i]).collect(), ..Picture::new(4, 3) };
        let plain = packed(&picture).unwrap();
        let more = with_chunks(&picture, &[SRGB, (b"tEXt", b"a\0b")]).unwrap();
        let kinds: Vec<_> = chunks(&more).map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [*b"IHDR", *b"sRGB", *b"tEXt", *b"IDAT", *b"IEND"]);
        assert_eq!((text(&more, "a"), text(&more, "b"), text(&plain, "a")), (Some("b"), None, None));
        for bytes in [plain, more.clone()] {
            assert_eq!(image::load_from_memory(&bytes).unwrap().to_rgba8().into_raw(), picture.pixels.concat());
        }
        for end in 0..more.len() {
            assert!(chunks(&more[..end]).count() < 5);
        }
    }
}

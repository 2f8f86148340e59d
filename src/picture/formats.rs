//! The picture formats that are read: the one table that dialogs, drops, folders and help texts go by.

use super::dds::DdsDecoder;
use super::tga;
use crate::files::formats::{self, Format};
use image::ImageFormat;
use std::path::Path;

/// Who decodes a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The `image` crate.
    Image(ImageFormat),
    /// Our own, for 32-bit files without masks; else the `image` crate.
    Bmp,
    /// Our own.
    Tga,
    /// Our own.
    Dds,
}

/// All of them, the most usual first.
pub const FORMATS: &[Format<Reader>] = &[
    format("PNG", &["png", "apng"], Reader::Image(ImageFormat::Png)),
    format("WebP", &["webp"], Reader::Image(ImageFormat::WebP)),
    format("JPEG", &["jpg", "jpeg", "jpe", "jfif"], Reader::Image(ImageFormat::Jpeg)),
    format("TIFF", &["tif", "tiff"], Reader::Image(ImageFormat::Tiff)),
    format("BMP", &["bmp", "dib"], Reader::Bmp),
    format("TGA", &["tga"], Reader::Tga),
    format("GIF", &["gif"], Reader::Image(ImageFormat::Gif)),
    format("DDS", &["dds"], Reader::Dds),
];

const fn format(name: &'static str, extensions: &'static [&'static str], reader: Reader) -> Format<Reader> {
    Format { name, extensions, self_contained: true, reader }
}

/// The endings of all formats, as file dialogs want them.
pub fn extensions() -> Vec<&'static str> {
    formats::extensions(FORMATS)
}

/// `PNG, WebP, JPEG, …`, for sentences.
pub fn names() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

/// The format that a file's name announces.
pub fn by_name(path: &Path) -> Option<&'static Format<Reader>> {
    formats::by_name(FORMATS, path)
}

/// The format of a file of this length that begins with these bytes (64 are plenty). TGA has no mark; its header must make
/// sense.
pub fn by_content(start: &[u8], length: u64) -> Option<&'static Format<Reader>> {
    let reader = match image::guess_format(start) {
        _ if DdsDecoder::recognizes(start) => Reader::Dds,
        Ok(ImageFormat::Bmp) => Reader::Bmp,
        Ok(format) if format != ImageFormat::Tga && format.reading_enabled() => Reader::Image(format),
        _ if tga::plausible(start, length) => Reader::Tga,
        _ => return None,
    };
    FORMATS.iter().find(|format| format.reader == reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_beginning_and_by_its_name() {
        for format in FORMATS {
            if let Reader::Image(decoder) = format.reader {
                assert!(decoder.reading_enabled(), "{}", format.name);
            }
            for extension in format.extensions {
                let name = format!("a.b.{}", extension.to_uppercase());
                assert_eq!(by_name(Path::new(&name)).map(|format| format.reader), Some(format.reader), "{name}");
            }
        }
        assert!(by_name(Path::new("png")).is_none() && by_name(Path::new("a.psd")).is_none());
        let name = |start: &[u8]| by_content(start, 100).map(|format| format.name);
        assert_eq!(name(b"\x89PNG\r\n\x1a\n"), Some("PNG"));
        assert_eq!(name(b"RIFF\0\0\0\0WEBPVP8 "), Some("WebP"));
        assert_eq!(name(b"BM"), Some("BMP"));
        assert_eq!(name(b"8BPS"), None);
        assert!(extensions().len() > FORMATS.len() && names().starts_with("PNG, WebP"));
    }
}

//! From a picture file's bytes to a [`Picture`]: whatever painting programs, scanners and cameras write, upright, with
//! straight alpha and in sRGB.
//!
//! Files come from anywhere, so nothing that they claim is believed: what they decode to is bounded before it is asked
//! for, and a decoder that panics says that this file is damaged.

use super::Picture;
use super::bmp::Bmp32Decoder;
use super::chunks::{self, PngColour};
use super::colour::Conversion;
use super::dds::DdsDecoder;
use super::formats::{self, Reader};
use super::tga::TgaDecoder;
use super::tiffs::OddTiff;
use crate::memory;
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageFormat, ImageReader, Pixel};
use std::cell::Cell;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// No picture is larger as a file: 1 GiB.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// What decoders may need beside the pixels: text, profiles, palettes.
const ASIDE_BYTES: u64 = 64 << 20;

/// Decoded pictures from this size on are decoded one after the other.
const LARGE_BYTES: u64 = 128 << 20;

/// How a picture is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The longest side it may have.
    pub side_px: u32,
    /// The most pixels it may have.
    pub pixels: u64,
    /// What the decoder may make of it on the way: all channels at their own depth.
    pub decoded_bytes: u64,
    /// Pixels as they are stored: no profile is applied and nothing turned upright, as glTF wants it of textures.
    pub as_stored: bool,
}

impl Rules {
    /// What is drawn from: 16384 × 8192 pixels are half a gibibyte.
    pub const DRAWING: Self = Self { side_px: 16384, pixels: 1 << 27, decoded_bytes: 1 << 30, as_stored: false };
    /// What figures are covered with.
    pub const TEXTURE: Self = Self { side_px: 8192, pixels: 1 << 26, decoded_bytes: 256 << 20, as_stored: true };
}

/// Bytes that pictures may still take when they are decoded, four a pixel: one budget for all that are kept together.
#[derive(Debug)]
pub struct Budget(AtomicU64);

impl Budget {
    /// This many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Enough for any one picture.
    pub const fn for_one() -> Self {
        Self::new(u64::MAX)
    }

    /// Takes bytes out of it.
    ///
    /// # Errors
    /// [`PictureError::Budget`]; nothing is taken then.
    pub fn take(&self, bytes: u64) -> Result<(), PictureError> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        left.map(|_| ()).map_err(|left| PictureError::Budget { needs_mib: bytes >> 20, left_mib: left >> 20 })
    }

    fn give_back(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A picture as it was read.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// It.
    pub picture: Picture,
    /// The file has an alpha channel, used or not.
    pub has_alpha: bool,
    /// What the user should know: words that complete "FILE …".
    pub notes: Vec<String>,
}

/// Why bytes are no picture: words that complete "FILE can't be used: …", with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No bytes.
    #[error("it is empty")]
    Empty,
    /// A format that isn't read.
    #[error("{0}; export it as PNG with a transparent background")]
    Foreign(&'static str),
    /// Numbers or files in an archive.
    #[error("it is a UDP or an archive, not a picture; give the drawing, and its UDP is found beside it")]
    Archive,
    /// What the decoder said.
    #[error("it is damaged ({0}); export it again")]
    Damaged(String),
    /// Nothing in it.
    #[error("it has no pixels")]
    NoPixels,
    /// Larger than the limits.
    #[error("it is {width_px}×{height_px} pixels; scale it down to at most {side_px} a side and {} million in all", pixels / 1_000_000)]
    TooLarge {
        /// Its width.
        width_px: u32,
        /// Its height.
        height_px: u32,
        /// The longest side allowed.
        side_px: u32,
        /// The pixels allowed.
        pixels: u64,
    },
    /// Sixteen bits or floating point where there is no room for them.
    #[error("it has too many bits a pixel for its size; save it with 8 bits a channel")]
    TooDeep,
    /// Together with the others it is too much.
    #[error(
        "it takes {needs_mib} MiB of memory, and {left_mib} MiB are left for pictures; give fewer of them or scale \
         them down"
    )]
    Budget {
        /// What it takes.
        needs_mib: u64,
        /// What is left.
        left_mib: u64,
    },
}

/// Decodes a picture. Its content says what it is; the name only helps with TGA, which has no mark. Of an animation, the
/// first picture.
///
/// # Errors
/// Everything in [`PictureError`]; `budget` is then as before.
pub fn decode(bytes: &[u8], name: &Path, rules: Rules, budget: &Budget) -> Result<Decoded, PictureError> {
    let reader = reader_of(bytes, name)?;
    or_damaged(|| {
        let mut decoder = decoder(bytes, reader)?;
        let (width, height) = check_size(decoder.dimensions(), rules)?;
        if decoder.total_bytes() > rules.decoded_bytes {
            return Err(PictureError::TooDeep);
        }
        let kept_bytes = 4 * u64::from(width) * u64::from(height);
        // PNG was told what may lie beside its pixels, and doesn't count them.
        if reader != Reader::Image(ImageFormat::Png) {
            let mut limits = image::Limits::no_limits();
            limits.max_alloc = Some(decoder.total_bytes().saturating_mul(2) + ASIDE_BYTES);
            decoder.set_limits(limits).map_err(refused)?;
        }
        budget.take(kept_bytes)?;
        must_have_room(kept_bytes, decoder.total_bytes()).inspect_err(|_| budget.give_back(kept_bytes))?;
        // One at a time of those that take a good part of the memory while they are decoded.
        static LARGE: Mutex<()> = Mutex::new(());
        let _alone = (kept_bytes > LARGE_BYTES).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
        or_damaged(|| whole(decoder, bytes, reader, rules)).inspect_err(|_| budget.give_back(kept_bytes))
    })
}

/// Refuses what would take more than half of the memory that this process may still have: whatever else holds pictures
/// counts, and the rest is for the work with them.
fn must_have_room(kept_bytes: u64, decoded_bytes: u64) -> Result<(), PictureError> {
    // Asking costs as much as a small picture does.
    if kept_bytes < ASIDE_BYTES / 4 {
        return Ok(());
    }
    let (needed, left) = (kept_bytes.max(decoded_bytes), memory::available() / 2);
    if needed <= left { Ok(()) } else { Err(PictureError::Budget { needs_mib: needed >> 20, left_mib: left >> 20 }) }
}

/// Width and height of a picture, without decoding it.
///
/// # Errors
/// As [`decode`], but for damaged pixels.
pub fn size(bytes: &[u8], name: &Path, rules: Rules) -> Result<(u32, u32), PictureError> {
    let reader = reader_of(bytes, name)?;
    or_damaged(|| check_size(decoder(bytes, reader)?.dimensions(), rules))
}

/// Runs a decoder; `None` if it panics, and nothing is printed then.
pub fn shielded<T>(work: impl FnOnce() -> T) -> Option<T> {
    thread_local!(static DECODING: Cell<bool> = const { Cell::new(false) });
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !DECODING.get() {
                report(panic);
            }
        }));
    });
    let outer = DECODING.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    DECODING.set(outer);
    outcome.ok()
}

fn or_damaged<T>(work: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    shielded(work).unwrap_or_else(|| Err(damaged("its decoder gave up")))
}

/// Who decodes the bytes, or why they are no picture.
fn reader_of(bytes: &[u8], name: &Path) -> Result<Reader, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0x76, 0x2f, 0x31, 0x01]) {
        return Err(PictureError::Archive);
    }
    formats::by_content(bytes, bytes.len() as u64)
        .or_else(|| formats::by_name(name).filter(|format| format.reader == Reader::Tga))
        .map(|format| format.reader)
        .ok_or_else(|| PictureError::Foreign(foreign(bytes)))
}

/// What a file is that isn't read here.
fn foreign(bytes: &[u8]) -> &'static str {
    let brand = bytes.get(4..12).unwrap_or_default();
    match bytes {
        [b'8', b'B', b'P', b'S', ..] => "it is a Photoshop document",
        [b'C', b'S', b'F', b'C', b'H', b'U', b'N', b'K', ..] => "it is a Clip Studio document",
        [0xff, 0x0a, ..] | [0, 0, 0, 0x0c, b'J', b'X', b'L', b' ', ..] => "it is JPEG XL",
        [b'%', b'P', b'D', b'F', ..] => "it is a PDF document",
        _ if brand.starts_with(b"ftypavi") => "it is AVIF",
        _ if brand.starts_with(b"ftyphe") || brand == b"ftypmif1" => "it is HEIC",
        _ if bytes.trim_ascii_start().starts_with(b"<svg") => "it is SVG",
        _ => "its kind of file isn't read here",
    }
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

fn refused(error: image::ImageError) -> PictureError {
    match error {
        image::ImageError::Unsupported(_) => {
            PictureError::Foreign("it is a variant of its format that isn't read here")
        }
        other => damaged(other),
    }
}

fn decoder(bytes: &[u8], reader: Reader) -> Result<Box<dyn ImageDecoder + '_>, PictureError> {
    let format = match reader {
        Reader::Dds => return Ok(Box::new(DdsDecoder::new(bytes).map_err(refused)?)),
        Reader::Tga => return Ok(Box::new(TgaDecoder::new(bytes).map_err(refused)?)),
        Reader::Bmp => match Bmp32Decoder::new(bytes) {
            Some(decoder) => return Ok(Box::new(decoder)),
            None => ImageFormat::Bmp,
        },
        Reader::Image(format) => format,
    };
    if format == ImageFormat::Tiff
        && let Some(odd) = OddTiff::open(bytes)
    {
        return Ok(Box::new(odd));
    }
    let mut opened = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::no_limits();
    // Others count pixels too, and get their limits once it is known how many there are.
    limits.max_alloc = (format == ImageFormat::Png).then_some(ASIDE_BYTES);
    opened.limits(limits);
    Ok(Box::new(opened.into_decoder().map_err(refused)?))
}

fn check_size((width_px, height_px): (u32, u32), rules: Rules) -> Result<(u32, u32), PictureError> {
    let Rules { side_px, pixels, .. } = rules;
    let area = u64::from(width_px) * u64::from(height_px);
    match () {
        () if area == 0 => Err(PictureError::NoPixels),
        () if width_px.max(height_px) > side_px || area > pixels => {
            Err(PictureError::TooLarge { width_px, height_px, side_px, pixels })
        }
        () => Ok((width_px, height_px)),
    }
}

/// Pixels, then what the file says about them.
fn whole(
    mut decoder: Box<dyn ImageDecoder + '_>,
    bytes: &[u8],
    reader: Reader,
    rules: Rules,
) -> Result<Decoded, PictureError> {
    let is = |format| reader == Reader::Image(format);
    let has_alpha = decoder.color_type().has_alpha();
    let (alpha_kind, tiff_icc) = if is(ImageFormat::Tiff) { tiff_tags(bytes) } else { (None, None) };
    let (orientation, icc) = match () {
        () if rules.as_stored => (None, None),
        // Its decoder believes whatever length a chunk claims.
        () if is(ImageFormat::WebP) => {
            let exif = chunks::webp_chunk(bytes, b"EXIF").unwrap_or_default();
            let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
            (Orientation::from_exif_chunk(exif), chunks::webp_chunk(bytes, b"ICCP").map(<[u8]>::to_vec))
        }
        () if is(ImageFormat::Tiff) => (decoder.orientation().ok(), tiff_icc),
        () => (decoder.orientation().ok(), decoder.icc_profile().ok().flatten()),
    };
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    if let (Reader::Bmp, DynamicImage::ImageRgba8(image)) = (reader, &mut image) {
        // Writers of BMPs with a mask for alpha often leave it empty.
        super::raw::alpha_counts_where_there_is_some(image.as_flat_samples_mut().samples.as_chunks_mut().0);
    }
    // TIFF 6.0, section 18: 1 is associated alpha, 2 is not.
    if alpha_kind == Some(1) || (alpha_kind == Some(2) && looks_multiplied(&image)) {
        straighten(&mut image);
    }
    let mut notes = Vec::new();
    let png = match is(ImageFormat::Png) && !rules.as_stored {
        true => chunks::png_colour(bytes),
        false => PngColour::default(),
    };
    let colours = image.color();
    // A profile may make its reader panic: then it is damaged, and the picture is not.
    let conversion = match (&icc, png.cicp) {
        (Some(icc), None) => shielded(|| Conversion::from_icc(icc, colours)).unwrap_or(Err("is damaged")),
        (None, None) if png.profile => Err("is damaged"),
        _ => Ok(Conversion::from_png(&png, colours)),
    };
    match conversion {
        Ok(conversion) => image = conversion.apply(image),
        Err(why) => notes.push(format!("has a colour profile that {why}: its colours are taken for sRGB")),
    }
    image.apply_orientation(orientation.unwrap_or(Orientation::NoTransforms));
    let image = image.into_rgba8();
    let (width_px, height_px) = image.dimensions();
    Ok(Decoded {
        picture: Picture { width_px, height_px, pixels: bytemuck::cast_vec(image.into_raw()) },
        has_alpha,
        notes,
    })
}

/// What a TIFF says beside its pixels: the kind of its alpha (`ExtraSamples`), and its ICC profile.
fn tiff_tags(bytes: &[u8]) -> (Option<u16>, Option<Vec<u8>>) {
    let Ok(mut decoder) = tiff::decoder::Decoder::new(Cursor::new(bytes)) else { return (None, None) };
    let mut limits = tiff::decoder::Limits::default();
    limits.ifd_value_size = 16 << 20;
    decoder = decoder.with_limits(limits);
    let extra = decoder.find_tag_unsigned_vec(tiff::tags::Tag::ExtraSamples).ok().flatten();
    let icc = decoder.get_tag_u8_vec(tiff::tags::Tag::IccProfile).ok();
    (extra.and_then(|extra: Vec<u16>| extra.first().copied()), icc)
}

/// Whether colours are multiplied by alpha although the file says they are not, as several writers have it: no colour is
/// brighter than its alpha, and some are as bright as that allows. Straight colours are neither, but for faint edges.
fn looks_multiplied(image: &DynamicImage) -> bool {
    fn look<T: Copy + Ord + Default>(pixels: &[T], channels: usize, whole: T) -> bool {
        let mut brightest = false;
        for pixel in pixels.chunks_exact(channels) {
            let alpha = pixel[channels - 1];
            let Some(&colour) = pixel[..channels - 1].iter().max() else { return false };
            if colour > alpha {
                return false;
            }
            brightest |= alpha < whole && colour == alpha && alpha > T::default();
        }
        brightest
    }
    match image {
        DynamicImage::ImageRgba8(image) => look(image, 4, u8::MAX),
        DynamicImage::ImageLumaA8(image) => look(image, 2, u8::MAX),
        DynamicImage::ImageRgba16(image) => look(image, 4, u16::MAX),
        DynamicImage::ImageLumaA16(image) => look(image, 2, u16::MAX),
        _ => false,
    }
}

/// Colours divided by their alpha.
fn straighten(image: &mut DynamicImage) {
    fn divide<P: Pixel>(image: &mut ImageBuffer<P, Vec<P::Subpixel>>, whole: f32, to: impl Fn(f32) -> P::Subpixel)
    where
        P::Subpixel: Into<f32>,
    {
        for pixel in image.pixels_mut() {
            let Some((alpha, colours)) = pixel.channels_mut().split_last_mut() else { continue };
            let alpha: f32 = (*alpha).into();
            for colour in colours {
                let value: f32 = (*colour).into();
                *colour = to(if alpha > 0.0 { (value * whole / alpha).min(whole) } else { 0.0 });
            }
        }
    }
    match image {
        DynamicImage::ImageRgba8(image) => divide(image, 255.0, |v| v.round() as u8),
        DynamicImage::ImageLumaA8(image) => divide(image, 255.0, |v| v.round() as u8),
        DynamicImage::ImageRgba16(image) => divide(image, 65535.0, |v| v.round() as u16),
        DynamicImage::ImageLumaA16(image) => divide(image, 65535.0, |v| v.round() as u16),
        DynamicImage::ImageRgba32F(image) => divide(image, 1.0, |v| v),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

//! DirectDraw surfaces, the textures of games and of many MMD models: block-compressed or plain, the first picture alone.
//!
//! Format: “Programming Guide for DDS” and “`DXGI_FORMAT`” in Microsoft's Direct3D documentation. Blocks are decoded by
//! `bcdec_rs`. Floating-point pixels are light: what is brighter than white is white.

use super::floats::{to_byte, to_srgb};
use half::f16;
use image::error::{DecodingError, ImageFormatHint, UnsupportedError, UnsupportedErrorKind};
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};

/// A DDS file before its pixels are read. They come out as RGBA.
pub(crate) struct DdsDecoder<'a> {
    width: u32,
    height: u32,
    layout: Layout,
    data: &'a [u8],
}

/// How pixels are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    /// 4×4 pixels a block.
    Blocks(Block),
    /// One after the other.
    Plain(Masks),
    /// Likewise, one number a channel.
    Numbers(Number, usize),
}

/// How a channel's number is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    /// 65535 is the whole.
    Whole,
    /// Light.
    Half,
    /// Light.
    Float,
}

impl Number {
    fn bytes(self) -> usize {
        if self == Self::Float { 4 } else { 2 }
    }

    /// A pixel of so many channels: red, green, blue and alpha, as far as there are some.
    fn pixel(self, raw: &[u8], channels: usize) -> [u8; 4] {
        let mut pixel = [0, 0, 0, 255];
        for (i, raw) in raw.chunks_exact(self.bytes()).take(channels).enumerate() {
            let value = match (self, raw) {
                (Self::Whole, &[a, b]) => f32::from(u16::from_le_bytes([a, b])) / 65535.0,
                (Self::Half, &[a, b]) => f16::from_le_bytes([a, b]).to_f32(),
                (_, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
                _ => 0.0,
            };
            pixel[i] = if i == 3 || self == Self::Whole { to_byte(value) } else { to_srgb(value) };
        }
        pixel
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Block {
    Bc1,
    Bc2,
    Bc3,
    /// Colours are multiplied by alpha (DXT2).
    Bc2Premultiplied,
    /// Likewise (DXT4).
    Bc3Premultiplied,
    Bc4 {
        signed: bool,
    },
    Bc5 {
        signed: bool,
    },
    Bc6 {
        signed: bool,
    },
    Bc7,
}

impl Block {
    fn bytes(self) -> usize {
        if matches!(self, Self::Bc1 | Self::Bc4 { .. }) { 8 } else { 16 }
    }
}

/// Which bits of a pixel are what; 0: it has none.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Masks {
    bytes: usize,
    red: u32,
    green: u32,
    blue: u32,
    alpha: u32,
}

impl Masks {
    const fn new(bits: u32, [red, green, blue, alpha]: [u32; 4]) -> Self {
        Self { bytes: bits as usize / 8, red, green, blue, alpha }
    }

    fn pixel(&self, raw: &[u8]) -> [u8; 4] {
        let value = raw.iter().rev().fold(0u32, |sum, &byte| sum << 8 | u32::from(byte));
        let channel = |mask: u32, without: u8| match mask {
            0 => without,
            mask => {
                let (value, most) = ((value & mask) >> mask.trailing_zeros(), mask >> mask.trailing_zeros());
                ((u64::from(value) * 255 + u64::from(most) / 2) / u64::from(most)) as u8
            }
        };
        let nothing = if self.red | self.green | self.blue == 0 { 255 } else { 0 };
        let colour = |mask| channel(mask, nothing);
        [colour(self.red), colour(self.green), colour(self.blue), channel(self.alpha, 255)]
    }
}

const RGBA: Layout = Layout::Plain(Masks::new(32, [0xff, 0xff00, 0xff_0000, 0xff00_0000]));
const BGRA: Layout = Layout::Plain(Masks::new(32, [0xff_0000, 0xff00, 0xff, 0xff00_0000]));
const BGRX: Layout = Layout::Plain(Masks::new(32, [0xff_0000, 0xff00, 0xff, 0]));
const GREY: Layout = Layout::Plain(Masks::new(8, [0xff, 0xff, 0xff, 0]));

impl<'a> DdsDecoder<'a> {
    /// True if a file begins as DDS files do.
    pub(crate) fn recognizes(bytes: &[u8]) -> bool {
        bytes.starts_with(b"DDS ")
    }

    /// Reads everything but the pixels.
    ///
    /// # Errors
    /// A file that ends in its header; a kind of pixels that isn't read.
    pub(crate) fn new(bytes: &'a [u8]) -> ImageResult<Self> {
        let word = |at: usize| {
            let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
            four.map(u32::from_le_bytes).ok_or_else(|| wrong("it ends in the middle"))
        };
        let (height, width, flags) = (word(12)?, word(16)?, word(80)?);
        if !Self::recognizes(bytes) || width == 0 || height == 0 || width.max(height) > 1 << 16 {
            return Err(wrong("its header is none"));
        }
        const FOUR_LETTERS: u32 = 0x4;
        let mut data_at = 128;
        let layout = if flags & FOUR_LETTERS != 0 {
            match &word(84)?.to_le_bytes() {
                b"DXT1" => Layout::Blocks(Block::Bc1),
                b"DXT2" => Layout::Blocks(Block::Bc2Premultiplied),
                b"DXT3" => Layout::Blocks(Block::Bc2),
                b"DXT4" => Layout::Blocks(Block::Bc3Premultiplied),
                b"DXT5" => Layout::Blocks(Block::Bc3),
                b"ATI1" | b"BC4U" => Layout::Blocks(Block::Bc4 { signed: false }),
                b"BC4S" => Layout::Blocks(Block::Bc4 { signed: true }),
                b"ATI2" | b"BC5U" => Layout::Blocks(Block::Bc5 { signed: false }),
                b"BC5S" => Layout::Blocks(Block::Bc5 { signed: true }),
                // Numbers of Direct3D 9's `D3DFORMAT` in place of letters.
                &[36, 0, 0, 0] => Layout::Numbers(Number::Whole, 4),
                &[code @ 111..=113, 0, 0, 0] => Layout::Numbers(Number::Half, 1 << (code - 111)),
                &[code @ 114..=116, 0, 0, 0] => Layout::Numbers(Number::Float, 1 << (code - 114)),
                b"DX10" => {
                    data_at = 148;
                    dxgi(word(128)?)?
                }
                other => return Err(foreign(String::from_utf8_lossy(other).into_owned())),
            }
        } else {
            masks(flags, word(88)?, [word(92)?, word(96)?, word(100)?, word(104)?])?
        };
        let data = bytes.get(data_at..).ok_or_else(|| wrong("it ends in the middle"))?;
        Ok(Self { width, height, layout, data })
    }
}

/// The layout of a plain surface, by its flags and masks.
fn masks(flags: u32, bits: u32, [red, green, blue, alpha]: [u32; 4]) -> ImageResult<Layout> {
    const ALPHA: u32 = 0x1;
    const ALPHA_ALONE: u32 = 0x2;
    const COLOURS: u32 = 0x40;
    const LUMINANCE: u32 = 0x2_0000;
    if !matches!(bits, 8 | 16 | 24 | 32) {
        return Err(foreign(format!("{bits} bits a pixel")));
    }
    let with_alpha = if flags & (ALPHA | ALPHA_ALONE) != 0 { alpha } else { 0 };
    let masks = match () {
        () if flags & COLOURS != 0 => [red, green, blue, with_alpha],
        () if flags & LUMINANCE != 0 => [red, red, red, with_alpha],
        () if flags & (ALPHA | ALPHA_ALONE) != 0 => [0, 0, 0, alpha],
        () => return Err(foreign("pixels without colours".into())),
    };
    Ok(Layout::Plain(Masks::new(bits, masks)))
}

/// The layout that a number of `DXGI_FORMAT` means.
fn dxgi(format: u32) -> ImageResult<Layout> {
    Ok(match format {
        2 => Layout::Numbers(Number::Float, 4),
        6 => Layout::Numbers(Number::Float, 3),
        10 => Layout::Numbers(Number::Half, 4),
        11 => Layout::Numbers(Number::Whole, 4),
        16 => Layout::Numbers(Number::Float, 2),
        34 => Layout::Numbers(Number::Half, 2),
        35 => Layout::Numbers(Number::Whole, 2),
        41 => Layout::Numbers(Number::Float, 1),
        54 => Layout::Numbers(Number::Half, 1),
        56 => Layout::Numbers(Number::Whole, 1),
        24 => Layout::Plain(Masks::new(32, [0x3ff, 0xf_fc00, 0x3ff0_0000, 0xc000_0000])),
        27..=29 => RGBA,
        87 | 90 | 91 => BGRA,
        88 | 92 | 93 => BGRX,
        60..=62 => GREY,
        65 => Layout::Plain(Masks::new(8, [0, 0, 0, 0xff])),
        85 => Layout::Plain(Masks::new(16, [0xf800, 0x7e0, 0x1f, 0])),
        86 => Layout::Plain(Masks::new(16, [0x7c00, 0x3e0, 0x1f, 0x8000])),
        115 => Layout::Plain(Masks::new(16, [0xf00, 0xf0, 0xf, 0xf000])),
        70..=72 => Layout::Blocks(Block::Bc1),
        73..=75 => Layout::Blocks(Block::Bc2),
        76..=78 => Layout::Blocks(Block::Bc3),
        79 | 80 => Layout::Blocks(Block::Bc4 { signed: false }),
        81 => Layout::Blocks(Block::Bc4 { signed: true }),
        82 | 83 => Layout::Blocks(Block::Bc5 { signed: false }),
        84 => Layout::Blocks(Block::Bc5 { signed: true }),
        95 => Layout::Blocks(Block::Bc6 { signed: false }),
        96 => Layout::Blocks(Block::Bc6 { signed: true }),
        97..=99 => Layout::Blocks(Block::Bc7),
        other => return Err(foreign(format!("DXGI format {other}"))),
    })
}

impl ImageDecoder for DdsDecoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn color_type(&self) -> ColorType {
        ColorType::Rgba8
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()> {
        let (width, height) = (self.width as usize, self.height as usize);
        let cut = || wrong("it ends in the middle");
        let (pixels, _) = buf.as_chunks_mut::<4>();
        match self.layout {
            Layout::Plain(masks) => {
                let raw = self.data.get(..width * height * masks.bytes).ok_or_else(cut)?;
                for (pixel, raw) in pixels.iter_mut().zip(raw.chunks_exact(masks.bytes)) {
                    *pixel = masks.pixel(raw);
                }
                super::raw::alpha_counts_where_there_is_some(pixels);
            }
            Layout::Numbers(number, channels) => {
                let bytes = channels * number.bytes();
                let raw = self.data.get(..width * height * bytes).ok_or_else(cut)?;
                for (pixel, raw) in pixels.iter_mut().zip(raw.chunks_exact(bytes)) {
                    *pixel = number.pixel(raw, channels);
                }
                super::raw::alpha_counts_where_there_is_some(pixels);
            }
            Layout::Blocks(block) => {
                let across = width.div_ceil(4);
                let bytes = block.bytes();
                let raw = self.data.get(..across * height.div_ceil(4) * bytes).ok_or_else(cut)?;
                for (i, raw) in raw.chunks_exact(bytes).enumerate() {
                    let (left, top) = (i % across * 4, i / across * 4);
                    for (j, pixel) in decode(block, raw).into_iter().enumerate() {
                        let (x, y) = (left + j % 4, top + j / 4);
                        if x < width && y < height {
                            pixels[y * width + x] = pixel;
                        }
                    }
                }
                if matches!(block, Block::Bc2Premultiplied | Block::Bc3Premultiplied) {
                    super::raw::straighten(pixels);
                }
            }
        }
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

/// The sixteen pixels of a block, row by row.
fn decode(block: Block, raw: &[u8]) -> [[u8; 4]; 16] {
    let mut pixels = [[0u8; 4]; 16];
    match block {
        Block::Bc1 => bcdec_rs::bc1(raw, pixels.as_flattened_mut(), 16),
        Block::Bc2 | Block::Bc2Premultiplied => bcdec_rs::bc2(raw, pixels.as_flattened_mut(), 16),
        Block::Bc3 | Block::Bc3Premultiplied => bcdec_rs::bc3(raw, pixels.as_flattened_mut(), 16),
        Block::Bc7 => bcdec_rs::bc7(raw, pixels.as_flattened_mut(), 16),
        Block::Bc6 { signed } => {
            let mut light = [[0f32; 3]; 16];
            bcdec_rs::bc6h_float(raw, light.as_flattened_mut(), 12, signed);
            pixels = light.map(|[red, green, blue]| [to_srgb(red), to_srgb(green), to_srgb(blue), 255]);
        }
        // One channel is a grey, two are red and green, as Direct3D hands them out.
        Block::Bc4 { signed } => {
            let mut greys = [0u8; 16];
            bcdec_rs::bc4(raw, &mut greys, 4, signed);
            pixels = greys.map(|grey| [grey, grey, grey, 255]);
        }
        Block::Bc5 { signed } => {
            let mut pairs = [[0u8; 2]; 16];
            bcdec_rs::bc5(raw, pairs.as_flattened_mut(), 8, signed);
            pixels = pairs.map(|[red, green]| [red, green, 0, 255]);
        }
    }
    pixels
}

fn wrong(what: &str) -> ImageError {
    ImageError::Decoding(DecodingError::new(hint(), what))
}

fn foreign(what: String) -> ImageError {
    let kind = UnsupportedErrorKind::GenericFeature(format!("{what} in a DDS; save it as PNG"));
    ImageError::Unsupported(UnsupportedError::from_format_and_kind(hint(), kind))
}

fn hint() -> ImageFormatHint {
    ImageFormatHint::Exact(ImageFormat::Dds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one picture with these words from the pixel format's flags on.
    fn file(size: [u32; 2], format: &[u32], data: &[u8]) -> Vec<u8> {
        let mut words = [0u32; 32];
        words[0] = u32::from_le_bytes(*b"DDS ");
        (words[1], words[3], words[4]) = (124, size[1], size[0]);
        words[20..20 + format.len()].copy_from_slice(format);
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(data);
        bytes
    }

    fn letters(name: &[u8; 4]) -> [u32; 2] {
        [4, u32::from_le_bytes(*name)]
    }

    fn read(bytes: &[u8]) -> Result<Vec<[u8; 4]>, String> {
        let decoder = DdsDecoder::new(bytes).map_err(|e| e.to_string())?;
        let mut buffer = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut buffer).map_err(|e| e.to_string())?;
        Ok(buffer.as_chunks::<4>().0.to_vec())
    }

    /// Both end points red, all pixels the first of them.
    const RED: [u8; 8] = [0x00, 0xf8, 0x00, 0xf8, 0, 0, 0, 0];

    #[test]
    fn blocks_of_all_kinds_are_decoded_and_cut_at_the_edge() {
        let half_clear = [0x77; 8];
        let smooth_alpha = [128, 128, 0, 0, 0, 0, 0, 0];
        for (name, head, expected) in [
            (b"DXT1", &[][..], [255, 0, 0, 255]),
            (b"DXT3", &half_clear, [255, 0, 0, 0x77]),
            (b"DXT5", &smooth_alpha, [255, 0, 0, 128]),
            (b"ATI1", &smooth_alpha, [128, 128, 128, 255]),
        ] {
            let mut data = head.to_vec();
            data.extend(if name == b"ATI1" { &[][..] } else { &RED });
            let pixels = read(&file([3, 2], &letters(name), &data)).unwrap();
            assert_eq!(pixels, [expected; 6], "{}", String::from_utf8_lossy(name));
        }
        // Red of half alpha, multiplied by it.
        let dark = [0x00, 0x78, 0x00, 0x78, 0, 0, 0, 0];
        let pixels = read(&file([1, 1], &letters(b"DXT4"), &[smooth_alpha, dark].concat())).unwrap();
        assert!(pixels[0][0] > 240 && pixels[0][3] == 128, "{pixels:?}");
        let two = read(&file([1, 1], &letters(b"ATI2"), &[smooth_alpha, [9, 9, 0, 0, 0, 0, 0, 0]].concat())).unwrap();
        assert_eq!(two, [[128, 9, 0, 255]]);
    }

    #[test]
    fn formats_of_direct3d_10_have_a_header_of_their_own() {
        let with = |format: u32, data: &[u8]| {
            let mut all = format.to_le_bytes().to_vec();
            all.resize(20, 0);
            all.extend(data);
            read(&file([1, 1], &letters(b"DX10"), &all))
        };
        assert_eq!(with(87, &[1, 2, 3, 4]).unwrap(), [[3, 2, 1, 4]]);
        assert_eq!(with(28, &[1, 2, 3, 4]).unwrap(), [[1, 2, 3, 4]]);
        assert_eq!(with(71, &RED).unwrap(), [[255, 0, 0, 255]]);
        // Mode 6 of BC7, all bits of the end points set.
        let mut white = [0xff; 16];
        white[0] = 0x40 | 0x80;
        assert_eq!(with(98, &white).unwrap(), [[255; 4]]);
        assert!(with(66, &[0; 16]).unwrap_err().contains("DXGI format 66"));
        // Black, by mode 11 of BC6H with all bits of the end points clear.
        let mut black = [0; 16];
        black[0] = 0x03;
        assert_eq!(with(95, &black).unwrap(), [[0, 0, 0, 255]]);
    }

    #[test]
    fn numbers_are_light_or_shares() {
        let with = |format: u32, data: &[u8]| {
            let mut all = format.to_le_bytes().to_vec();
            all.resize(20, 0);
            all.extend(data);
            read(&file([1, 1], &letters(b"DX10"), &all)).unwrap()[0]
        };
        let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
        let halves =
            |values: &[f32]| values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect::<Vec<u8>>();
        // Half of the light is a byte of 188.
        assert_eq!(with(2, &floats(&[0.5, 0.0, 9.0, 0.5])), [188, 0, 255, 128]);
        assert_eq!(with(6, &floats(&[1.0, 0.5, f32::NAN])), [255, 188, 0, 255]);
        assert_eq!(with(10, &halves(&[0.5, -1.0, f32::INFINITY, 1.0])), [188, 0, 255, 255]);
        assert_eq!(with(11, &[0xff, 0xff, 0, 0x80, 0, 0, 0xff, 0xff]), [255, 128, 0, 255]);
        // Ten bits each, two of alpha.
        assert_eq!(with(24, &(0x3ffu32 | 0x200 << 10 | 3 << 30).to_le_bytes()), [255, 128, 0, 255]);
        let old = read(&file([1, 1], &[4, 113], &halves(&[1.0, 0.5, 0.0, 1.0]))).unwrap();
        assert_eq!(old, [[255, 188, 0, 255]]);
        assert!(read(&file([2, 2], &[4, 116], &[0; 63])).unwrap_err().contains("ends"));
    }

    #[test]
    fn plain_pixels_go_by_their_masks() {
        let rgb = 0x40;
        let argb = [rgb | 1, 0, 32, 0xff_0000, 0xff00, 0xff, 0xff00_0000];
        assert_eq!(read(&file([1, 1], &argb, &[1, 2, 3, 4])).unwrap(), [[3, 2, 1, 4]]);
        let without = [rgb, 0, 24, 0xff_0000, 0xff00, 0xff, 0];
        assert_eq!(read(&file([1, 1], &without, &[1, 2, 3])).unwrap(), [[3, 2, 1, 255]]);
        let small = [rgb, 0, 16, 0xf800, 0x7e0, 0x1f, 0];
        assert_eq!(read(&file([1, 1], &small, &[0xe0, 0xff])).unwrap(), [[255, 255, 0, 255]]);
        let grey = [0x2_0000, 0, 8, 0xff, 0, 0, 0];
        assert_eq!(read(&file([2, 1], &grey, &[7, 8])).unwrap(), [[7, 7, 7, 255], [8, 8, 8, 255]]);
    }

    #[test]
    fn damaged_and_foreign_files_are_refused() {
        assert!(read(&file([4, 4], &letters(b"DXT1"), &[0; 7])).unwrap_err().contains("ends"));
        assert!(read(&file([4, 4], &letters(b"what"), &[0; 99])).unwrap_err().contains("what"));
        assert!(read(b"DDS ").unwrap_err().contains("ends"));
        assert!(read(&file([0, 4], &letters(b"DXT1"), &[0; 8])).is_err());
    }
}

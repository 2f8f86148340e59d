//! Truevision TGA, which has no mark at its beginning: recognized by a header that makes sense.
//!
//! Format: “Truevision TGA File Format Specification”, version 2.0 (1991). Bits that the file declares to be no alpha
//! (field 5.6) are none, whatever they hold; an alpha that is zero all over isn't meant either.

use image::error::{DecodingError, ImageFormatHint};
use image::{ColorType, ImageDecoder, ImageError, ImageFormat, ImageResult};

/// A TGA file before its pixels are read. They come out as RGBA.
pub(crate) struct TgaDecoder<'a> {
    header: Header,
    /// Colours of an indexed picture.
    map: Vec<[u8; 4]>,
    /// Number of the map's first colour.
    map_first: usize,
    data: &'a [u8],
    /// Colours are multiplied by alpha (field 24 of the extension area).
    premultiplied: bool,
}

#[derive(Clone, Copy)]
struct Header {
    id_bytes: usize,
    mapped: bool,
    /// 1 indexed, 2 colours, 3 grey; 8 more: run-length encoded.
    kind: u8,
    map_first: usize,
    map_length: usize,
    map_bits: u8,
    size: [u16; 2],
    bits: u8,
    /// Attribute bits, then directions.
    descriptor: u8,
}

impl Header {
    /// The header, if all of it is what a TGA may have.
    fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        if bytes.len() < 18 {
            return None;
        }
        let header = Self {
            id_bytes: bytes[0].into(),
            mapped: bytes[1] == 1,
            kind: bytes[2],
            map_first: word(3).into(),
            map_length: word(5).into(),
            map_bits: bytes[7],
            size: [word(12), word(14)],
            bits: bytes[16],
            descriptor: bytes[17],
        };
        let colours = |bits: u8| matches!(bits, 15 | 16 | 24 | 32);
        let kind_fits = match header.kind & !8 {
            1 => header.mapped && colours(header.map_bits) && matches!(header.bits, 8 | 16),
            2 => colours(header.bits),
            3 => matches!(header.bits, 8 | 16),
            _ => false,
        };
        let map_fits = bytes[1] <= 1 && (!header.mapped || colours(header.map_bits));
        // The two highest bits once told of interleaving, which no file has.
        let rest_fits = !header.size.contains(&0) && header.descriptor & 0xc0 == 0 && header.attribute_bits() <= 8;
        (kind_fits && map_fits && rest_fits).then_some(header)
    }

    fn attribute_bits(&self) -> u8 {
        self.descriptor & 0x0f
    }

    fn map_bytes(&self) -> usize {
        if self.mapped { self.map_length * usize::from(self.map_bits).div_ceil(8) } else { 0 }
    }
}

/// True if a file of this length that begins with these bytes may be a TGA: for files that nothing else claims.
pub(crate) fn plausible(start: &[u8], length: u64) -> bool {
    Header::read(start).is_some_and(|header| {
        let [width, height] = header.size.map(usize::from);
        let raw = width * height * usize::from(header.bits).div_ceil(8);
        // A run of 128 pixels is the most that one packet can stand for.
        let least = if header.kind & 8 == 0 { raw } else { width * height / 128 };
        length >= (18 + header.id_bytes + header.map_bytes() + least) as u64
    })
}

impl<'a> TgaDecoder<'a> {
    /// Reads everything but the pixels.
    ///
    /// # Errors
    /// A header that TGA files don't have; a file that ends in it.
    pub(crate) fn new(bytes: &'a [u8]) -> ImageResult<Self> {
        let header = Header::read(bytes).ok_or_else(|| wrong("its header is none"))?;
        let (map_at, bytes_each) = (18 + header.id_bytes, usize::from(header.map_bits).div_ceil(8));
        let data_at = map_at + header.map_bytes();
        let (Some(map), Some(data)) = (bytes.get(map_at..data_at), bytes.get(data_at..)) else {
            return Err(wrong("it ends in the middle"));
        };
        let map = match header.mapped {
            true => map.chunks_exact(bytes_each).map(|c| colour(c, header.map_bits, header.attribute_bits())).collect(),
            false => Vec::new(),
        };
        let premultiplied = attributes_type(bytes) == Some(4);
        Ok(Self { header, map, map_first: header.map_first, data, premultiplied })
    }

    fn pixel(&self, raw: &[u8]) -> ImageResult<[u8; 4]> {
        let Header { kind, bits, .. } = self.header;
        let attributes = self.header.attribute_bits();
        match kind & !8 {
            1 => {
                let number = raw.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte));
                let colour = number.checked_sub(self.map_first).and_then(|i| self.map.get(i));
                colour.copied().ok_or_else(|| wrong("a pixel has a colour that its map lacks"))
            }
            2 => Ok(colour(raw, bits, attributes)),
            _ => Ok([raw[0], raw[0], raw[0], if bits == 16 && attributes > 0 { raw[1] } else { 255 }]),
        }
    }

    /// The pixels in the file's order, one after the other, to `put`.
    fn each_pixel(&self, mut put: impl FnMut(usize, [u8; 4])) -> ImageResult<()> {
        let cut = || wrong("it ends in the middle");
        let count = self.header.size.map(usize::from).iter().product();
        let width = usize::from(self.header.bits).div_ceil(8);
        if self.header.kind & 8 == 0 {
            let raw = self.data.get(..count * width).ok_or_else(cut)?;
            for (i, raw) in raw.chunks_exact(width).enumerate() {
                put(i, self.pixel(raw)?);
            }
            return Ok(());
        }
        let (mut rest, mut done) = (self.data, 0);
        while done < count {
            let (&head, after) = rest.split_first().ok_or_else(cut)?;
            let length = usize::from(head & 0x7f) + 1;
            let (repeated, there) = if head & 0x80 != 0 { (length, 1) } else { (1, length) };
            let (packet, after) = after.split_at_checked(there * width).ok_or_else(cut)?;
            for raw in packet.chunks_exact(width) {
                let pixel = self.pixel(raw)?;
                for _ in 0..repeated.min(count - done) {
                    put(done, pixel);
                    done += 1;
                }
                if done == count {
                    break;
                }
            }
            rest = after;
        }
        Ok(())
    }
}

impl ImageDecoder for TgaDecoder<'_> {
    fn dimensions(&self) -> (u32, u32) {
        (self.header.size[0].into(), self.header.size[1].into())
    }

    fn color_type(&self) -> ColorType {
        ColorType::Rgba8
    }

    fn read_image(self, buf: &mut [u8]) -> ImageResult<()> {
        let [width, height] = self.header.size.map(usize::from);
        let (right_to_left, top_to_bottom) = (self.header.descriptor & 0x10 != 0, self.header.descriptor & 0x20 != 0);
        let (pixels, _) = buf.as_chunks_mut::<4>();
        self.each_pixel(|i, pixel| {
            let (x, y) = (i % width, i / width);
            let x = if right_to_left { width - 1 - x } else { x };
            let y = if top_to_bottom { y } else { height - 1 - y };
            if let Some(place) = pixels.get_mut(y * width + x) {
                *place = pixel;
            }
        })?;
        super::raw::alpha_counts_where_there_is_some(pixels);
        if self.premultiplied {
            super::raw::straighten(pixels);
        }
        Ok(())
    }

    fn read_image_boxed(self: Box<Self>, buf: &mut [u8]) -> ImageResult<()> {
        (*self).read_image(buf)
    }
}

/// A colour of 15, 16, 24 or 32 bits, blue lowest.
fn colour(raw: &[u8], bits: u8, attribute_bits: u8) -> [u8; 4] {
    if bits > 16 {
        return [raw[2], raw[1], raw[0], if bits == 32 && attribute_bits > 0 { raw[3] } else { 255 }];
    }
    let word = u16::from_le_bytes([raw[0], raw[1]]);
    let five = |shift: u16| (u32::from(word >> shift & 31) * 255 / 31) as u8;
    let alpha = if bits == 16 && attribute_bits == 1 && word >> 15 == 0 { 0 } else { 255 };
    [five(10), five(5), five(0), alpha]
}

/// Field 24 of the extension area, which says what alpha means; `None`: the file has none.
fn attributes_type(bytes: &[u8]) -> Option<u8> {
    let footer = bytes.last_chunk::<26>().filter(|footer| footer.ends_with(b"TRUEVISION-XFILE.\0"))?;
    let area = u32::from_le_bytes(*footer.first_chunk()?) as usize;
    if area == 0 { None } else { bytes.get(area.checked_add(494)?).copied() }
}

fn wrong(what: &str) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Tga), what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(kind: u8, bits: u8, descriptor: u8, size: [u16; 2], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        size.iter().for_each(|side| bytes.extend(side.to_le_bytes()));
        bytes.extend([bits, descriptor]);
        bytes.extend(data);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Vec<[u8; 4]>, String> {
        let decoder = TgaDecoder::new(bytes).map_err(|e| e.to_string())?;
        let mut buffer = vec![0; decoder.total_bytes() as usize];
        decoder.read_image(&mut buffer).map_err(|e| e.to_string())?;
        Ok(buffer.as_chunks::<4>().0.to_vec())
    }

    #[test]
    fn bits_that_are_no_attribute_are_no_alpha() {
        let data = [1, 2, 3, 0, 4, 5, 6, 9];
        assert_eq!(read(&file(2, 32, 0x20, [2, 1], &data)).unwrap(), [[3, 2, 1, 255], [6, 5, 4, 255]]);
        assert_eq!(read(&file(2, 32, 0x28, [2, 1], &data)).unwrap(), [[3, 2, 1, 0], [6, 5, 4, 9]]);
        // Zero all over is not meant.
        let data = [1, 2, 3, 0, 4, 5, 6, 0];
        assert_eq!(read(&file(2, 32, 0x28, [2, 1], &data)).unwrap(), [[3, 2, 1, 255], [6, 5, 4, 255]]);
    }

    #[test]
    fn every_kind_and_direction_is_read() {
        let grey = |pixels: Vec<[u8; 4]>| pixels.iter().map(|p| p[0]).collect::<Vec<u8>>();
        for (descriptor, order) in [(0x20, [1, 2, 3, 4]), (0, [3, 4, 1, 2]), (0x30, [2, 1, 4, 3]), (0x10, [4, 3, 2, 1])]
        {
            assert_eq!(grey(read(&file(3, 8, descriptor, [2, 2], &[1, 2, 3, 4])).unwrap()), order);
        }
        // One pixel twice, then two as they are, over the end of a row.
        assert_eq!(grey(read(&file(11, 8, 0x20, [2, 2], &[0x81, 7, 0x01, 8, 9])).unwrap()), [7, 7, 8, 9]);
        assert_eq!(read(&file(3, 16, 0x28, [1, 1], &[7, 8])).unwrap(), [[7, 7, 7, 8]]);
        assert_eq!(
            read(&file(2, 16, 0x21, [2, 1], &[0, 0x7c, 0x1f, 0x80])).unwrap(),
            [[255, 0, 0, 0], [0, 0, 255, 255]]
        );
        assert_eq!(read(&file(2, 16, 0x20, [1, 1], &[0, 0x7c])).unwrap(), [[255, 0, 0, 255]]);
        // Two colours, the first of which has number 5.
        let mut mapped = file(1, 8, 0x20, [2, 1], &[1, 2, 3, 4, 5, 6, 6, 5]);
        mapped[1] = 1;
        mapped[3..8].copy_from_slice(&[5, 0, 2, 0, 24]);
        assert_eq!(read(&mapped).unwrap(), [[6, 5, 4, 255], [3, 2, 1, 255]]);
    }

    #[test]
    fn damaged_files_are_refused_and_others_are_not_taken_for_tga() {
        assert!(read(&file(2, 24, 0, [2, 2], &[0; 11])).unwrap_err().contains("ends"));
        assert!(read(&file(10, 24, 0, [2, 2], &[0xff, 1])).unwrap_err().contains("ends"));
        let start = file(2, 24, 0, [2, 2], &[]);
        assert!(plausible(&start, 30) && !plausible(&start, 29));
        for other in
            [&b"not a picture at all, but a long enough text"[..], b"", &[0; 64], b"\x89PNG\r\n\x1a\n0000IHDR0000"]
        {
            assert!(!plausible(other, 1 << 20), "{other:?}");
        }
    }
}

//! Parts of picture files that `image` doesn't hand out, or hands out without looking at the file's length: the colour
//! chunks of PNG (PNG specification, section 11.3.2), and WebP's metadata (WebP container specification, RFC 9649).

/// What a PNG says about its colours.
#[derive(Debug, Default, PartialEq)]
pub(super) struct PngColour {
    /// `sRGB`: colours are sRGB's.
    pub(super) srgb: bool,
    /// `gAMA`: sample = light ^ gamma.
    pub(super) gamma: Option<f32>,
    /// `cHRM`: x, y of white, red, green and blue.
    pub(super) chromaticities: Option<[f32; 8]>,
    /// `iCCP`: there is a profile, readable or not.
    pub(super) profile: bool,
    /// `cICP`: primaries and transfer function as ITU-T H.273 numbers them.
    pub(super) cicp: Option<[u8; 2]>,
}

/// The chunks before a PNG's pixels; as far as it is whole.
pub(super) fn png_colour(bytes: &[u8]) -> PngColour {
    let mut colour = PngColour::default();
    let number = |data: &[u8], i: usize| {
        let four = data.get(4 * i..4 * i + 4)?;
        Some(four.iter().fold(0u32, |sum, &byte| sum << 8 | u32::from(byte)) as f32 / 100_000.0)
    };
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = head[..4].iter().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte));
        let Some(data) = after.get(..length) else { break };
        match &head[4..] {
            b"IDAT" => break,
            b"sRGB" => colour.srgb = true,
            b"iCCP" => colour.profile = true,
            b"gAMA" => colour.gamma = number(data, 0),
            b"cHRM" => {
                let values: Option<Vec<f32>> = (0..8).map(|i| number(data, i)).collect();
                colour.chromaticities = values.and_then(|values| values.try_into().ok());
            }
            b"cICP" => colour.cicp = data.first_chunk().copied(),
            _ => {}
        }
        rest = after.get(length + 4..).unwrap_or_default();
    }
    colour
}

/// The data of a WebP's first chunk of this kind, cut off where the file ends.
pub(crate) fn webp_chunk<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = bytes.get(12..)?;
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_le_bytes(*head.last_chunk()?) as usize;
        let data = &after[..length.min(after.len())];
        if &head[..4] == kind {
            return Some(data);
        }
        rest = after.get(length + length % 2..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_never_reaches_beyond_its_file() {
        let webp = |size: u32| {
            let chunk = [b"EXIF".as_slice(), &size.to_le_bytes(), b"abcd"].concat();
            [b"RIFF\0\0\0\0WEBPVP8X\x03\0\0\0xyz\0".as_slice(), &chunk].concat()
        };
        assert_eq!(webp_chunk(&webp(4), b"EXIF"), Some(&b"abcd"[..]));
        assert_eq!(webp_chunk(&webp(2), b"EXIF"), Some(&b"ab"[..]));
        assert_eq!(webp_chunk(&webp(u32::MAX), b"EXIF"), Some(&b"abcd"[..]));
        assert_eq!(webp_chunk(&webp(4), b"ICCP"), None);
        assert_eq!(webp_chunk(b"RIFF", b"ICCP"), None);
    }

    #[test]
    fn colour_chunks_of_damaged_files_are_read_as_far_as_they_go() {
        let chunk =
            |kind: &[u8; 4], length: u32, data: &[u8]| [&length.to_be_bytes()[..], kind, data, &[0; 4]].concat();
        let gamma = chunk(b"gAMA", 4, &45455u32.to_be_bytes());
        for (tail, srgb) in
            [(chunk(b"sRGB", 1, &[0]), true), (chunk(b"sRGB", u32::MAX, &[0]), false), (vec![1; 7], false)]
        {
            let colour = png_colour(&[&[0; 8][..], &gamma, &tail].concat());
            assert_eq!((colour.gamma, colour.srgb), (Some(0.45455), srgb));
        }
        assert_eq!(png_colour(&chunk(b"cHRM", 3, &[0; 3])), PngColour::default());
        assert_eq!(png_colour(&[]), PngColour::default());
    }
}

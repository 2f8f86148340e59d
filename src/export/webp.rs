//! Animated WebP, lossless (WebP container specification, RFC 9649, section 2.7): every frame as far as it differs from
//! the one before.

use super::animated::{Animated, Film};
use super::{Clip, ExportError, change};
use crate::files::Growing;
use crate::picture::{Picture, Region};
use image::ExtendedColorType;
use image::codecs::webp::WebPEncoder;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The largest side that the lossless frames can have.
const LARGEST_PX: u32 = 16_384;
/// `VP8X`: there is alpha, and it moves.
const FLAGS: u8 = 0x12;
/// `ANMF`: a frame replaces what is there, with its alpha.
const REPLACE: u8 = 0x02;

pub(super) struct Webp {
    clip: Clip,
    out: Growing,
}

impl Webp {
    pub(super) fn begin(clip: &Clip, target: &Path) -> Result<Animated<Self>, ExportError> {
        if clip.width_px.max(clip.height_px) > LARGEST_PX {
            return Err(ExportError::TooLarge(format!(
                "WebP holds {LARGEST_PX} pixels a side: paint smaller frames, or choose another kind"
            )));
        }
        let mut out = Growing::begin(target).map_err(ExportError::writing(target))?;
        let mut head = || -> io::Result<()> {
            // How long it all is, is known at the end.
            out.write_all(b"RIFF\0\0\0\0WEBP")?;
            let mut canvas = vec![FLAGS, 0, 0, 0];
            canvas.extend(u24(clip.width_px - 1));
            canvas.extend(u24(clip.height_px - 1));
            write_chunk(&mut out, b"VP8X", &canvas)?;
            // On nothing, for ever.
            write_chunk(&mut out, b"ANIM", &[0; 6])
        };
        head().map_err(ExportError::writing(target))?;
        // Milliseconds are 24 bits: 16,777 seconds.
        let [frames, seconds] = clip.rate.ratio();
        Ok(Animated::new(Self { clip: clip.clone(), out }, 16_000 * u64::from(frames) / u64::from(seconds)))
    }

    /// Says how long it is.
    fn say_length(&mut self) -> io::Result<()> {
        let length = self.out.stream_position()? - 8;
        let length = u32::try_from(length)
            .map_err(|_| io::Error::other("a WebP file holds 4 GiB at most: export fewer or smaller frames"))?;
        self.out.seek(SeekFrom::Start(4))?;
        self.out.write_all(&length.to_le_bytes())
    }
}

impl Film for Webp {
    fn show(&mut self, picture: &Picture, part: Region, [from, to]: [u64; 2]) -> Result<(), ExportError> {
        let part = even(part);
        let mut packed = Vec::new();
        let pixels = change::cut(picture, part).pixels;
        WebPEncoder::new_lossless(&mut packed)
            .encode(bytemuck::cast_slice(&pixels), part.width_px, part.height_px, ExtendedColorType::Rgba8)
            .map_err(ExportError::encoding("WebP"))?;
        let begins = |frame| self.clip.rate.begins(frame, 1000);
        let mut frame = Vec::with_capacity(packed.len());
        for number in [part.left_px / 2, part.top_px / 2, part.width_px - 1, part.height_px - 1] {
            frame.extend(u24(number));
        }
        frame.extend(u24((begins(to) - begins(from)) as u32));
        frame.push(REPLACE);
        let bits = crate::picture::webp_chunk(&packed, b"VP8L").unwrap_or_default();
        let path = self.out.path().to_owned();
        write_chunk(&mut frame, b"VP8L", bits)
            .and_then(|()| write_chunk(&mut self.out, b"ANMF", &frame))
            .map_err(ExportError::writing(&path))
    }

    fn end(mut self) -> Result<PathBuf, ExportError> {
        let path = self.out.path().to_owned();
        self.say_length().and_then(|()| self.out.finish()).map_err(ExportError::writing(&path))?;
        Ok(path)
    }
}

/// A part that begins at even places, as frames have to.
fn even(part: Region) -> Region {
    let (left, top) = (part.left_px % 2, part.top_px % 2);
    Region {
        left_px: part.left_px - left,
        top_px: part.top_px - top,
        width_px: part.width_px + left,
        height_px: part.height_px + top,
    }
}

fn u24(number: u32) -> impl Iterator<Item = u8> {
    number.to_le_bytes().into_iter().take(3)
}

/// Chunks are filled up to even lengths.
fn write_chunk(out: &mut impl io::Write, kind: &[u8; 4], data: &[u8]) -> io::Result<()> {
    out.write_all(kind)?;
    out.write_all(&(data.len() as u32).to_le_bytes())?;
    out.write_all(data)?;
    if data.len() % 2 == 1 { out.write_all(&[0]) } else { Ok(()) }
}

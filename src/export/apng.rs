//! Animated PNG (PNG specification, third edition, section 11.3.6): every frame lossless, as far as it differs from the
//! one before.

use super::animated::{Animated, Film};
use super::png::{self, write_chunk};
use super::{Clip, ExportError, change};
use crate::files::Growing;
use crate::picture::{Picture, Region};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Where `acTL` stands: behind the signature, `IHDR` and `sRGB`.
const CONTROL_AT: u64 = 8 + (12 + 13) + (12 + 1);

pub(super) struct Apng {
    clip: Clip,
    out: Growing,
    /// The next number of the one row that `fcTL` and `fdAT` share.
    number: u32,
    frames: u32,
}

impl Apng {
    pub(super) fn begin(clip: &Clip, target: &Path) -> Result<Animated<Self>, ExportError> {
        let out = Growing::begin(target).map_err(ExportError::writing(target))?;
        let mut apng = Self { clip: clip.clone(), out, number: 0, frames: 0 };
        let mut head = clip.width_px.to_be_bytes().to_vec();
        head.extend(clip.height_px.to_be_bytes());
        // Eight bits of RGBA, packed and filtered as ever, not interlaced.
        head.extend([8, 6, 0, 0, 0]);
        apng.write(|out| {
            out.write_all(&png::SIGNATURE)?;
            write_chunk(out, b"IHDR", &head)?;
            write_chunk(out, png::SRGB.0, png::SRGB.1)
        })?;
        // How many there are is known at the end.
        apng.control(0)?;
        // Delays are 16 bits.
        Ok(Animated::new(apng, u64::from(u16::MAX) / u64::from(clip.rate.ratio()[1])))
    }

    fn write(&mut self, write: impl FnOnce(&mut Growing) -> std::io::Result<()>) -> Result<(), ExportError> {
        write(&mut self.out).map_err(ExportError::writing(self.out.path()))
    }

    fn control(&mut self, frames: u32) -> Result<(), ExportError> {
        let mut control = frames.to_be_bytes().to_vec();
        // It plays for ever.
        control.extend([0; 4]);
        self.write(|out| write_chunk(out, b"acTL", &control))
    }
}

impl Film for Apng {
    fn show(&mut self, picture: &Picture, part: Region, [from, to]: [u64; 2]) -> Result<(), ExportError> {
        let packed = png::packed(&change::cut(picture, part))?;
        let [frames, seconds] = self.clip.rate.ratio();
        let mut control = Vec::with_capacity(26);
        control.extend(self.number.to_be_bytes());
        for side in [part.width_px, part.height_px, part.left_px, part.top_px] {
            control.extend(side.to_be_bytes());
        }
        control.extend(((to - from) as u16 * seconds as u16).to_be_bytes());
        control.extend((frames as u16).to_be_bytes());
        // What is there stays, and is replaced with its alpha.
        control.extend([0, 0]);
        self.number += 1;
        self.write(|out| write_chunk(out, b"fcTL", &control))?;
        for (_, data) in png::chunks(&packed).filter(|(kind, _)| *kind == b"IDAT") {
            if self.frames == 0 {
                self.write(|out| write_chunk(out, b"IDAT", data))?;
            } else {
                let data = [&self.number.to_be_bytes(), data].concat();
                self.number += 1;
                self.write(|out| write_chunk(out, b"fdAT", &data))?;
            }
        }
        self.frames += 1;
        Ok(())
    }

    fn end(mut self) -> Result<PathBuf, ExportError> {
        self.write(|out| {
            write_chunk(out, b"IEND", &[])?;
            out.seek(SeekFrom::Start(CONTROL_AT)).map(drop)
        })?;
        self.control(self.frames)?;
        let path = self.out.path().to_owned();
        self.out.finish().map_err(ExportError::writing(&path))?;
        Ok(path)
    }
}

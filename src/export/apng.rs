//! Animated PNG (PNG specification, third edition, section 11.3.6): every frame lossless, as far as it differs from the
//! one before.

use super::bleed::cleaned;
use super::change::{self, Holds, Shown};
use super::png::{self, write_chunk};
use super::{Clip, ExportError, Exported, Sink};
use crate::files::Growing;
use crate::picture::{Picture, Region};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Where `acTL` stands: behind the signature, `IHDR` and `sRGB`.
const CONTROL_AT: u64 = 8 + (12 + 13) + (12 + 1);

pub(super) struct Apng {
    clip: Clip,
    out: Growing,
    holds: Holds,
    /// What is on screen.
    before: Option<Picture>,
    /// The next number of the one row that `fcTL` and `fdAT` share.
    number: u32,
    frames: u32,
}

impl Apng {
    pub(super) fn begin(clip: &Clip, target: &Path) -> Result<Self, ExportError> {
        let out = Growing::begin(target).map_err(ExportError::writing(target))?;
        // Delays are 16 bits.
        let holds = Holds::new(u64::from(u16::MAX) / u64::from(clip.rate.ratio()[1]));
        let mut apng = Self { clip: clip.clone(), out, holds, before: None, number: 0, frames: 0 };
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
        Ok(apng)
    }

    fn show(&mut self, Shown { picture, from, to }: Shown) -> Result<(), ExportError> {
        // A picture that is shown for too long for one frame has nothing new: one pixel will do.
        let part = match &self.before {
            None => change::whole(&picture),
            Some(before) => {
                change::changed(before, &picture).unwrap_or(Region { left_px: 0, top_px: 0, width_px: 1, height_px: 1 })
            }
        };
        let packed = png::packed(&change::cut(&picture, part))?;
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
            if self.before.is_none() {
                self.write(|out| write_chunk(out, b"IDAT", data))?;
            } else {
                let data = [&self.number.to_be_bytes(), data].concat();
                self.number += 1;
                self.write(|out| write_chunk(out, b"fdAT", &data))?;
            }
        }
        self.before = Some(picture);
        self.frames += 1;
        Ok(())
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

impl Sink for Apng {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        match self.holds.push(&cleaned(picture)) {
            Some(shown) => self.show(shown),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        if let Some(shown) = self.holds.end() {
            self.show(shown)?;
        }
        self.write(|out| {
            write_chunk(out, b"IEND", &[])?;
            out.seek(SeekFrom::Start(CONTROL_AT)).map(drop)
        })?;
        self.control(self.frames)?;
        let path = self.out.path().to_owned();
        self.out.finish().map_err(ExportError::writing(&path))?;
        Ok(Exported { files: vec![path], notes: Vec::new() })
    }
}

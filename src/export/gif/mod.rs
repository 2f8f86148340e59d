//! GIF (GIF89a): one palette over all frames, so that nothing flickers; delays that don't drift; edges by a threshold.

mod palette;

use super::change::{self, Holds, Shown};
use super::{Clip, ExportError, Exported, Sink};
use crate::files::Growing;
use crate::picture::{Picture, Region};
use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use palette::Palette;
use std::path::{Path, PathBuf};

/// From this alpha on a pixel is there.
const THERE: u8 = 128;
/// Players slow frames down that are shown for less than two hundredths of a second.
const FASTEST_FPS: u32 = 50;

pub(super) struct Gif {
    clip: Clip,
    path: PathBuf,
    encoder: Encoder<Growing>,
    palette: Palette,
    holds: Holds,
}

impl Gif {
    pub(super) fn begin(
        clip: &Clip,
        target: &Path,
        samples: &mut dyn Iterator<Item = Result<Picture, ExportError>>,
    ) -> Result<Self, ExportError> {
        let side = |px| {
            u16::try_from(px).map_err(|_| {
                ExportError::TooLarge(
                    "GIF holds 65,535 pixels a side: paint smaller frames, or choose another kind".into(),
                )
            })
        };
        let (width, height) = (side(clip.width_px)?, side(clip.height_px)?);
        let palette = Palette::of(samples)?;
        let out = Growing::begin(target).map_err(ExportError::writing(target))?;
        let encoder = Encoder::new(out, width, height, palette.bytes()).and_then(|mut encoder| {
            encoder.set_repeat(Repeat::Infinite)?;
            Ok(encoder)
        });
        let [frames, seconds] = clip.rate.ratio();
        // Delays are 16 bits of hundredths: 655 s.
        let holds = Holds::new(600 * u64::from(frames) / u64::from(seconds));
        let encoder = encoder.map_err(failed(target))?;
        Ok(Self { clip: clip.clone(), path: target.to_owned(), encoder, palette, holds })
    }

    fn show(&mut self, Shown { picture, from, to }: Shown) -> Result<(), ExportError> {
        let nothing = Region { left_px: 0, top_px: 0, width_px: 1, height_px: 1 };
        let part = Region::of_content(&picture).unwrap_or(nothing);
        let begins = |frame| self.clip.rate.begins(frame, 100);
        let frame = Frame {
            delay: (begins(to) - begins(from)) as u16,
            // What is there goes before the next frame: what that one doesn't cover shows through.
            dispose: DisposalMethod::Background,
            transparent: Some(palette::TRANSPARENT),
            left: part.left_px as u16,
            top: part.top_px as u16,
            width: part.width_px as u16,
            height: part.height_px as u16,
            buffer: self.palette.indices(&change::cut(&picture, part), [part.left_px, part.top_px]).into(),
            ..Frame::default()
        };
        self.encoder.write_frame(&frame).map_err(failed(&self.path))
    }
}

impl Sink for Gif {
    fn frame(&mut self, picture: &Picture) -> Result<(), ExportError> {
        let there = |&[r, g, b, alpha]: &[u8; 4]| if alpha >= THERE { [r, g, b, 255] } else { [0; 4] };
        let picture = Picture { pixels: picture.pixels.iter().map(there).collect(), ..*picture };
        match self.holds.push(&picture) {
            Some(shown) => self.show(shown),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Exported, ExportError> {
        if let Some(shown) = self.holds.end() {
            self.show(shown)?;
        }
        let Self { clip, path, encoder, .. } = *self;
        let out = encoder.into_inner().map_err(failed(&path))?;
        out.finish().map_err(ExportError::writing(&path))?;
        let [frames, seconds] = clip.rate.ratio();
        let mut notes = Vec::new();
        if frames > FASTEST_FPS * seconds {
            notes.push(format!(
                "{} frames a second are more than GIF's players keep up with ({FASTEST_FPS}): they will show it slower",
                clip.rate
            ));
        }
        Ok(Exported { files: vec![path], notes })
    }
}

fn failed(path: &Path) -> impl FnOnce(EncodingError) -> ExportError {
    let path = path.to_owned();
    move |error| match error {
        EncodingError::Io(source) => ExportError::Io { doing: "write", path, source },
        other => ExportError::Encode { kind: "GIF", source: Box::new(other) },
    }
}

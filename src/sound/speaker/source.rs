//! A sound file as an output wants it: at its rate, for its channels, as fast as is played.

use super::Heard;
use crate::sound::{Block, Decoder, SoundError};
use std::time::Instant;

/// Moments of a piece.
const PIECE: usize = 1024;

/// A file that is heard from some place on.
pub(super) struct Source {
    decoder: Decoder,
    what: Heard,
    /// Where it began, seconds.
    pub(super) begun_s: f64,
    /// When.
    pub(super) begun: Instant,
    /// Left and right of what was decoded and is not over.
    input: Vec<[f32; 2]>,
    /// Where in that the next moment lies.
    at: f64,
    /// How much further the one after it.
    step: f64,
}

impl Source {
    /// Opens a file at a time; `None`: it is over by then.
    pub(super) fn open(heard: &Heard, at_s: f64, rate: u32) -> Result<Option<Self>, SoundError> {
        let mut decoder = Decoder::open(&heard.file)?;
        if decoder.length_s().is_some_and(|length| at_s >= length) || decoder.seek(at_s).is_err() {
            return Ok(None);
        }
        let step = f64::from(decoder.rate()) * heard.speed / f64::from(rate);
        let (what, begun) = (heard.clone(), Instant::now());
        Ok(Some(Self { decoder, what, begun_s: at_s, begun, input: Vec::new(), at: 0.0, step }))
    }

    /// It is of that file, as fast.
    pub(super) fn plays(&self, heard: &Heard) -> bool {
        (&self.what.file, self.what.speed) == (&heard.file, heard.speed)
    }

    /// The next samples for so many channels; `None`: it is over.
    pub(super) fn piece(&mut self, channels: usize) -> Option<Vec<f32>> {
        let wanted = (self.at + PIECE as f64 * self.step) as usize + 2;
        while self.input.len() < wanted {
            match self.decoder.block() {
                Ok(Some(block)) => self.input.extend(stereo(block)),
                // What breaks off is over.
                Ok(None) | Err(_) => break,
            }
        }
        let mut piece = Vec::with_capacity(PIECE * channels);
        for _ in 0..PIECE {
            let (before, share) = (self.at as usize, self.at.fract() as f32);
            let (Some(a), Some(b)) = (self.input.get(before), self.input.get(before + 1)) else { break };
            let [left, right] = [0, 1].map(|side| a[side] + (b[side] - a[side]) * share);
            match channels {
                1 => piece.push(0.5 * (left + right)),
                _ => {
                    piece.extend([left, right]);
                    piece.extend(std::iter::repeat_n(0.0, channels - 2));
                }
            }
            self.at += self.step;
        }
        let over = (self.at as usize).min(self.input.len());
        self.input.drain(..over);
        self.at -= over as f64;
        (!piece.is_empty()).then_some(piece)
    }
}

/// Left and right of each moment.
fn stereo(block: Block<'_>) -> impl Iterator<Item = [f32; 2]> {
    let right = usize::from(block.channels > 1);
    block.samples.chunks_exact(block.channels).map(move |moment| [moment[0], moment[right]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::wav::wav;

    #[test]
    fn a_sound_lasts_as_long_as_output_and_speed_make_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.wav");
        std::fs::write(&file, wav(&[(1.0, 0.5)])).unwrap();
        for (rate, speed, channels) in [(16_000, 1.0, 2), (8_000, 2.0, 1), (48_000, 0.5, 6)] {
            let heard = Heard { file: file.clone(), at_s: 0.25, speed };
            let mut source = Source::open(&heard, 0.25, rate).unwrap().unwrap();
            let mut samples = Vec::new();
            while let Some(piece) = source.piece(channels) {
                samples.extend(piece);
            }
            let (moments, wanted) = (samples.len() / channels, 0.75 * f64::from(rate) / speed);
            assert!((moments as f64 - wanted).abs() <= 2.0 * f64::from(rate) / 8_000.0, "{moments} and {wanted}");
            let loudest = samples.iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
            // The right is silent; one ear hears both.
            let half = if channels == 1 { 0.25 } else { 0.5 };
            assert!((loudest - half).abs() < 0.03, "{loudest}");
            assert!(source.plays(&heard) && !source.plays(&Heard { speed: 1.5, ..heard }));
        }
        let over = Heard { file, at_s: 9.0, speed: 1.0 };
        assert!(Source::open(&over, 9.0, 48_000).unwrap().is_none());
    }
}

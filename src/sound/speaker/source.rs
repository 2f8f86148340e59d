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

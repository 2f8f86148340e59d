//! The system's output: pieces of sound go in, its callback takes them out.

use crate::sound::SoundError;
use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Pieces that wait to be heard, at most: a fifth of a second.
const AHEAD: usize = 8;
/// The lower bits of the meter count moments; the others say of which run.
const MOMENTS: u32 = 40;

/// Some samples of a run, one channel after the other.
struct Piece {
    run: u64,
    samples: Vec<f32>,
}

/// An output that is open.
pub(super) struct Output {
    /// Samples a second of each channel.
    pub(super) rate: u32,
    channels: usize,
    pieces: SyncSender<Piece>,
    /// One that found no room yet.
    waiting: Option<Piece>,
    /// Which run of sound is heard; what is left of others is not.
    run: Arc<AtomicU64>,
    /// How much of which was.
    meter: Arc<AtomicU64>,
    broken: Arc<Mutex<Option<String>>>,
    _stream: cpal::Stream,
}

impl Output {
    pub(super) fn open() -> Result<Self, SoundError> {
        let cant = |error: cpal::Error| SoundError::NoOutput(error.to_string());
        let device = cpal::default_host().default_output_device();
        let device = device.ok_or_else(|| SoundError::NoOutput("the system has no sound output".into()))?;
        let usual = device.default_output_config().map_err(cant)?;
        let (format, config): (SampleFormat, StreamConfig) = (usual.sample_format(), usual.into());
        let (pieces, taken) = sync_channel(AHEAD);
        let (run, meter, broken) = <(Arc<AtomicU64>, Arc<AtomicU64>, Arc<Mutex<Option<String>>>)>::default();
        let (rate, channels) = (config.sample_rate, usize::from(config.channels).max(1));
        let tap = Tap { pieces: taken, piece: Piece { run: 0, samples: Vec::new() }, at: 0, heard: 0, channels };
        let tap = (tap, run.clone(), meter.clone(), broken.clone());
        let stream = match format {
            SampleFormat::F32 => stream::<f32>(&device, config, tap),
            SampleFormat::I16 => stream::<i16>(&device, config, tap),
            SampleFormat::I32 => stream::<i32>(&device, config, tap),
            SampleFormat::U8 => stream::<u8>(&device, config, tap),
            other => return Err(SoundError::NoOutput(format!("the system wants samples of the kind {other}"))),
        };
        let stream = stream.map_err(cant)?;
        stream.play().map_err(cant)?;
        Ok(Self { rate, channels, pieces, waiting: None, run, meter, broken, _stream: stream })
    }

    /// Why nothing is heard any more, if so.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Another run: what waits is not heard any more.
    pub(super) fn begin(&mut self) {
        self.run.fetch_add(1, Ordering::AcqRel);
        self.waiting = None;
    }

    /// How much of this run was heard, seconds; `None`: nothing yet.
    pub(super) fn heard_s(&self) -> Option<f64> {
        let meter = self.meter.load(Ordering::Acquire);
        let moments = meter & ((1 << MOMENTS) - 1);
        (meter >> MOMENTS == self.run.load(Ordering::Acquire) && moments > 0)
            .then(|| moments as f64 / f64::from(self.rate))
    }

    /// Takes pieces for so many channels until there is no more room, or no more of them.
    pub(super) fn feed(&mut self, mut next: impl FnMut(usize) -> Option<Vec<f32>>) {
        let run = self.run.load(Ordering::Acquire);
        loop {
            let piece = self.waiting.take().or_else(|| Some(Piece { run, samples: next(self.channels)? }));
            match piece.map(|piece| self.pieces.try_send(piece)) {
                Some(Ok(())) => {}
                Some(Err(TrySendError::Full(piece) | TrySendError::Disconnected(piece))) => {
                    self.waiting = Some(piece);
                    return;
                }
                None => return,
            }
        }
    }
}

/// The callback's side.
struct Tap {
    pieces: Receiver<Piece>,
    /// The piece that is heard, and how much of it was.
    piece: Piece,
    at: usize,
    /// Moments of its run.
    heard: u64,
    channels: usize,
}

impl Tap {
    /// Fills the system's buffer; silence where there is nothing.
    fn fill<T: SizedSample + FromSample<f32>>(&mut self, out: &mut [T], run: u64) {
        for sample in out {
            *sample = T::from_sample(self.next(run).unwrap_or(0.0));
        }
    }

    fn next(&mut self, run: u64) -> Option<f32> {
        while self.piece.run != run || self.at == self.piece.samples.len() {
            let piece = self.pieces.try_recv().ok()?;
            if piece.run != self.piece.run {
                self.heard = 0;
            }
            (self.piece, self.at) = (piece, 0);
        }
        self.at += 1;
        self.heard += u64::from(self.at.is_multiple_of(self.channels));
        self.piece.samples.get(self.at - 1).copied()
    }
}

type Ends = (Tap, Arc<AtomicU64>, Arc<AtomicU64>, Arc<Mutex<Option<String>>>);

fn stream<T: SizedSample + FromSample<f32> + Send + 'static>(
    device: &cpal::Device,
    config: StreamConfig,
    (mut tap, run, meter, broken): Ends,
) -> Result<cpal::Stream, cpal::Error> {
    device.build_output_stream(
        config,
        move |out: &mut [T], _: &cpal::OutputCallbackInfo| {
            tap.fill(out, run.load(Ordering::Acquire));
            meter.store(tap.piece.run << MOMENTS | tap.heard, Ordering::Release);
        },
        move |error: cpal::Error| match error.kind() {
            // A gap, or another device: it goes on by itself.
            cpal::ErrorKind::Xrun | cpal::ErrorKind::DeviceChanged | cpal::ErrorKind::RealtimeDenied => {}
            _ => *broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string()),
        },
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_another_run_is_not_heard() {
        let (pieces, taken) = sync_channel(AHEAD);
        let mut tap = Tap { pieces: taken, piece: Piece { run: 0, samples: Vec::new() }, at: 0, heard: 0, channels: 2 };
        let heard = |tap: &mut Tap, run| {
            let mut out = [9.0f32; 4];
            tap.fill(&mut out, run);
            (out, tap.heard)
        };
        assert_eq!(heard(&mut tap, 1), ([0.0; 4], 0));
        for (run, value) in [(1, 0.1), (1, 0.2), (2, 0.3)] {
            pieces.try_send(Piece { run, samples: vec![value; 6] }).unwrap();
        }
        assert_eq!(heard(&mut tap, 1), ([0.1; 4], 2));
        assert_eq!(heard(&mut tap, 1), ([0.1, 0.1, 0.2, 0.2], 4));
        assert_eq!(heard(&mut tap, 2), ([0.3; 4], 2));
        assert_eq!(heard(&mut tap, 2), ([0.3, 0.3, 0.0, 0.0], 3));
    }
}

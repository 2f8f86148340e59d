//! [`Wave`]: how loud a sound is over time, as it is drawn.

use super::{Block, Decoder, SoundError};
use crate::progress::Progress;
use std::path::Path;

/// Pieces that a second is cut into.
const PIECES_A_SECOND: usize = 200;
/// So many pieces of a level are one of the next.
const STEP: usize = 8;
/// Pieces that are looked at for one answer, about.
const LOOK: f64 = 16.0;

/// How far a sound swings, piece by piece, coarser from level to level.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// Lowest and highest sample of each piece, in 127ths; the first level is the finest, each other has an eighth of the
    /// pieces.
    levels: Vec<Vec<[i8; 2]>>,
    duration_s: f64,
    loudest: f32,
}

impl Wave {
    /// Reads a whole file.
    ///
    /// # Errors
    /// As [`Decoder`]; stopped.
    pub fn read(path: &Path, progress: &dyn Progress) -> Result<Self, SoundError> {
        let mut decoder = Decoder::open(path)?;
        let rate = decoder.rate();
        progress.stage("reading the sound", decoder.length_s().unwrap_or(0.0) as u64);
        let mut pieces = Pieces { fine: Vec::new(), open: [0.0; 2], samples: 0, rate: u64::from(rate) };
        let mut told = 0;
        while let Some(block) = decoder.block()? {
            pieces.add(block);
            let seconds = pieces.samples / pieces.rate;
            if progress.cancelled() {
                return Err(SoundError::Stopped);
            }
            progress.advance(seconds - told);
            told = seconds;
        }
        Ok(pieces.finish())
    }

    /// How long it is, seconds.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// How far its loudest sample swings, 0 to 1.
    pub fn loudest(&self) -> f32 {
        self.loudest
    }

    /// The lowest and the highest sample between two times, seconds: -1 to 1, both 0 where nothing is heard.
    pub fn between(&self, from_s: f64, to_s: f64) -> [f32; 2] {
        if to_s <= 0.0 || from_s >= self.duration_s || to_s < from_s {
            return [0.0; 2];
        }
        let pieces = (to_s - from_s) * PIECES_A_SECOND as f64;
        let coarse = (pieces / LOOK).max(1.0).log(STEP as f64).floor() as usize;
        let coarse = coarse.min(self.levels.len() - 1);
        let a_second = PIECES_A_SECOND as f64 / STEP.pow(coarse as u32) as f64;
        let level = &self.levels[coarse];
        let first = ((from_s.max(0.0) * a_second) as usize).min(level.len());
        let last = ((to_s * a_second).ceil() as usize).clamp(first, level.len());
        swing(&level[first..last]).map(|sample| f32::from(sample) / 127.0)
    }
}

/// The lowest and the highest of some pieces.
fn swing(pieces: &[[i8; 2]]) -> [i8; 2] {
    pieces.iter().fold([0; 2], |[low, high], piece| [low.min(piece[0]), high.max(piece[1])])
}

/// What of a wave was heard so far.
struct Pieces {
    fine: Vec<[i8; 2]>,
    /// The piece that goes on.
    open: [f32; 2],
    samples: u64,
    rate: u64,
}

impl Pieces {
    fn add(&mut self, block: Block<'_>) {
        for moment in block.samples.chunks_exact(block.channels) {
            for sample in moment {
                // Whatever is no number is silent.
                self.open = [self.open[0].min(*sample), self.open[1].max(*sample)];
            }
            self.samples += 1;
            if self.samples * PIECES_A_SECOND as u64 / self.rate > self.fine.len() as u64 {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.fine.push(self.open.map(|sample| (sample.clamp(-1.0, 1.0) * 127.0).round() as i8));
        self.open = [0.0; 2];
    }

    fn finish(mut self) -> Wave {
        self.close();
        let [low, high] = swing(&self.fine);
        let loudest = f32::from(high.max(low.saturating_neg())) / 127.0;
        let mut levels = vec![self.fine];
        while let Some(last) = levels.last().filter(|last| last.len() > STEP) {
            let next = last.chunks(STEP).map(swing).collect();
            levels.push(next);
        }
        Wave { levels, duration_s: self.samples as f64 / self.rate as f64, loudest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::sound::wav::wav;

    /// A second of silence, one of a tone, one of a tone half as loud.
    fn sound() -> Vec<u8> {
        wav(&[(1.0, 0.0), (1.0, 0.8), (1.0, 0.4)])
    }

    fn kept(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    #[test]
    fn a_wave_is_as_loud_as_its_file_at_every_zoom() {
        let (_folder, path) = kept(&sound());
        let wave = Wave::read(&path, &Silent).unwrap();
        assert!((wave.duration_s() - 3.0).abs() < 1e-9 && (wave.loudest() - 0.8).abs() < 0.01, "{}", wave.loudest());
        for zoom in [0.01, 0.1, 0.9] {
            for (second, loud) in [(0.05, 0.0), (1.05, 0.8), (2.05, 0.4)] {
                let [low, high] = wave.between(second, second + zoom);
                assert!((high - loud).abs() < 0.02 && (low + loud).abs() < 0.02, "{second} {zoom}: {low} {high}");
            }
        }
        assert_eq!(wave.between(-2.0, -0.5), [0.0; 2]);
        assert_eq!(wave.between(3.5, 9.0), [0.0; 2]);
        assert!(wave.between(-1.0, 9.0)[1] > 0.79);
    }

    #[test]
    fn a_sound_goes_on_where_it_is_put() {
        let (_folder, path) = kept(&sound());
        let mut decoder = Decoder::open(&path).unwrap();
        assert_eq!((decoder.rate(), decoder.length_s()), (8000, Some(3.0)));
        for seconds in [0.0, 1.25, 2.999] {
            decoder.seek(seconds).unwrap();
            let mut left = 0;
            while let Some(block) = decoder.block().unwrap() {
                assert_eq!(block.channels, 2);
                left += block.samples.len() / 2;
            }
            assert_eq!(left, ((3.0 - seconds) * 8000.0).round() as usize, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_sound_is_told_and_damaged_ones_end_where_they_break_off() {
        let whole = sound();
        let (_folder, path) = kept(&whole[..whole.len() / 2]);
        let half = Wave::read(&path, &Silent).unwrap().duration_s();
        assert!((1.3..1.6).contains(&half), "{half}");
        for bytes in
            [&b""[..], b"no sound at all", &whole[..40], b"RIFF\xff\xff\xff\xffWAVEfmt ", b"OggS\0\x02", b"fLaC"]
        {
            let (_folder, path) = kept(bytes);
            let why = Wave::read(&path, &Silent).unwrap_err().to_string();
            assert!(why.contains("a.wav is no usable sound") && why.contains("MP3 (.mp3)"), "{why}");
        }
        let gone = Wave::read(Path::new("gone.ogg"), &Silent).unwrap_err().to_string();
        assert!(gone.starts_with("can't read the sound gone.ogg"), "{gone}");
    }
}

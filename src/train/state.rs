//! All that a training is made of at a step, in memory and in a file.

use super::TrainError;
use super::dice::Dice;
use super::session::Pulse;
use crate::files;
use crate::nn::layers::LearningNet;
use half::f16;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

const MAGIC: &[u8; 8] = b"settei\0t";
/// All numbers as they are.
const WHOLE: u32 = 1;
/// What learns and its average in 16 bits, of the optimiser's memory what is said at [`State::save_small`].
const SMALL: u32 = 2;
/// So many of the optimiser's second moments have one mean in a small file.
const BLOCK: usize = 64;
/// No state of ours comes near this.
const MAX_BYTES: u64 = 4 << 30;

/// A training between two steps.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is told in words.
    pub progress: Progressed,
    /// What learns.
    pub values: Vec<f32>,
    /// The optimiser's first moments.
    pub first: Vec<f32>,
    /// Its second moments.
    pub second: Vec<f32>,
    /// The average of `values` over the last steps, which is what is measured and shipped.
    pub averaged: Vec<f32>,
    /// Means and variances of the norms.
    pub statistics: Vec<f32>,
    /// Their average.
    pub averaged_statistics: Vec<f32>,
}

impl State {
    /// That of a net before the first step; its values by lot follow from `seed`.
    pub(super) fn fresh(net: &LearningNet, seed: u64) -> Self {
        let mut dice = Dice::of(&[seed, 0]);
        let values = net.fresh_values(|| dice.normal());
        let statistics = net.fresh_statistics();
        Self {
            progress: Progressed { step: 0, rate_factor: 1.0, seconds: 0.0, measured: None, pulse: Pulse::default() },
            first: vec![0.0; values.len()],
            second: vec![0.0; values.len()],
            averaged: values.clone(),
            values,
            averaged_statistics: statistics.clone(),
            statistics,
        }
    }
}

/// The numbers of a state that are no arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Progressed {
    /// Steps done.
    pub step: u64,
    /// What the rate is multiplied by: halved whenever something was not a number or learning broke off.
    pub rate_factor: f32,
    /// Seconds of learning, over all sessions.
    pub seconds: f64,
    /// Its score on figures held out, when it was last measured; lower is better.
    pub measured: Option<f64>,
    /// How far off it was of late.
    #[serde(default)]
    pub pulse: Pulse,
}

#[derive(Serialize, Deserialize)]
struct Header {
    progress: Progressed,
    lengths: [usize; 6],
    /// Of the numbers' bytes.
    hash: String,
}

impl State {
    fn arrays(&self) -> [&[f32]; 6] {
        [&self.values, &self.first, &self.second, &self.averaged, &self.statistics, &self.averaged_statistics]
    }

    /// Bytes that it takes in a file, about.
    pub fn bytes(&self) -> u64 {
        self.arrays().iter().map(|array| size_of_val(*array) as u64).sum::<u64>() + 4096
    }

    /// Whether everything is a number.
    pub fn is_finite(&self) -> bool {
        self.arrays().iter().all(|array| array.iter().all(|v| v.is_finite()))
    }

    /// Looks whether it is one of networks with so many numbers, which the settings of its folder describe.
    ///
    /// # Errors
    /// When those are others by now.
    pub(super) fn check(&self, numbers: usize, folder: &Path) -> Result<(), TrainError> {
        if self.values.len() == numbers {
            return Ok(());
        }
        let what = "its checkpoints are of networks of another size than its settings say: give them back what they \
                    were, or begin another training"
            .into();
        Err(TrainError::Folder { path: folder.to_owned(), what })
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        self.write(path, WHOLE, &self.arrays().map(bytemuck::cast_slice))
    }

    /// Writes it in a quarter of the space, to be carried to another machine: what learns and its average in 16 bits; of the
    /// optimiser's memory how large slopes were, a mean for each 64 numbers, and not where they led. Whoever goes on from it
    /// learns as well, but not the same to the bit.
    ///
    /// # Errors
    /// Numbers that 16 bits have no room for; whatever the file system says.
    pub fn save_small(&self, path: &Path) -> Result<(), TrainError> {
        let halves = |array: &[f32]| array.iter().map(|v| f16::from_f32(*v)).collect::<Vec<_>>();
        let (values, averaged) = (halves(&self.values), halves(&self.averaged));
        if !values.iter().chain(&averaged).all(|v| v.is_finite()) {
            let what = "its numbers have no room in 16 bits: carry the whole folder instead".into();
            return Err(TrainError::Folder { path: path.to_owned(), what });
        }
        let mean = |block: &[f32]| block.iter().sum::<f32>() / block.len() as f32;
        let second: Vec<f32> = self.second.chunks(BLOCK).map(mean).collect();
        let parts: [&[u8]; 5] = [
            bytemuck::cast_slice(&values),
            bytemuck::cast_slice(&second),
            bytemuck::cast_slice(&averaged),
            bytemuck::cast_slice(&self.statistics),
            bytemuck::cast_slice(&self.averaged_statistics),
        ];
        // The checksum goes by words of four bytes, which don't end where parts do.
        self.write(path, SMALL, &[&parts.concat()])
    }

    fn write(&self, path: &Path, version: u32, parts: &[&[u8]]) -> Result<(), TrainError> {
        let hash = parts.iter().fold(FNV, |hash, part| fnv1a(hash, part));
        let lengths = self.arrays().map(<[f32]>::len);
        let header = Header { progress: self.progress.clone(), lengths, hash: format!("{hash:016x}") };
        let written = files::write_with(path, |file| {
            let header = serde_json::to_vec(&header)?;
            file.write_all(MAGIC)?;
            file.write_all(&version.to_le_bytes())?;
            file.write_all(&(header.len() as u32).to_le_bytes())?;
            file.write_all(&header)?;
            parts.iter().try_for_each(|part| file.write_all(part))
        });
        written.map_err(TrainError::writing(path))
    }

    /// Reads one.
    ///
    /// # Errors
    /// A file that can't be read, is none, or was damaged.
    pub fn load(path: &Path) -> Result<Self, TrainError> {
        let bytes = files::read(path, MAX_BYTES).map_err(TrainError::reading(path))?;
        Self::parse(&bytes).map_err(|what| TrainError::Checkpoint { path: path.to_owned(), what })
    }

    fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        const CUT: &str = "it is cut off";
        let rest = bytes.strip_prefix(MAGIC).ok_or("it is no state of a training")?;
        let (version, rest) = rest.split_first_chunk().ok_or(CUT)?;
        let small = match u32::from_le_bytes(*version) {
            WHOLE => false,
            SMALL => true,
            _ => return Err("it was written by another version of Settei"),
        };
        let (length, rest) = rest.split_first_chunk().ok_or(CUT)?;
        let (header, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(CUT)?;
        let header: Header = serde_json::from_slice(header).map_err(|_| "its header is damaged")?;
        // Bytes of each array.
        let bytes = |i: usize, n: usize| match (small, i) {
            (true, 0 | 3) => n.checked_mul(2),
            (true, 1) => Some(0),
            (true, 2) => n.div_ceil(BLOCK).checked_mul(4),
            _ => n.checked_mul(4),
        };
        let all = header.lengths.iter().enumerate();
        let wanted = all.into_iter().try_fold(0usize, |sum, (i, n)| sum.checked_add(bytes(i, *n)?));
        if wanted != Some(rest.len()) {
            return Err(CUT);
        }
        if format!("{:016x}", fnv1a(FNV, rest)) != header.hash {
            return Err("its numbers were damaged");
        }
        let (mut rest, mut i) = (rest, 0);
        let arrays = header.lengths.map(|length| {
            let (array, left) = rest.split_at(bytes(i, length).unwrap_or(0));
            let numbers = || array.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b));
            let read: Vec<f32> = match (small, i) {
                (true, 0 | 3) => array.as_chunks().0.iter().map(|&b| f16::from_le_bytes(b).to_f32()).collect(),
                (true, 1) => vec![0.0; length],
                (true, 2) => numbers().flat_map(|mean| [mean; BLOCK]).take(length).collect(),
                _ => numbers().collect(),
            };
            (rest, i) = (left, i + 1);
            read
        });
        let [values, first, second, averaged, statistics, averaged_statistics] = arrays;
        Ok(Self { progress: header.progress, values, first, second, averaged, statistics, averaged_statistics })
    }
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a by words of four bytes: a checksum against damage, not against malice.
fn fnv1a(hash: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mix = |hash: u64, v: u64| (hash ^ v).wrapping_mul(0x0100_0000_01b3);
    let hash = words.iter().fold(hash, |hash, &word| mix(hash, u64::from(u32::from_le_bytes(word))));
    rest.iter().fold(hash, |hash, &byte| mix(hash, u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_what_is_read_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let progress =
            Progressed { step: 7, rate_factor: 0.5, seconds: 1.25, measured: Some(0.03), pulse: Pulse::default() };
        let array = |n: usize| (0..n).map(|i| i as f32 * 0.1 - 1.0).collect::<Vec<_>>();
        let state = State {
            progress,
            values: array(9),
            first: array(9),
            second: array(9),
            averaged: array(9),
            statistics: array(4),
            averaged_statistics: array(4),
        };
        state.save(&path).unwrap();
        assert_eq!(State::load(&path).unwrap(), state);
        // A small one is near, and forgets where slopes led.
        let small = folder.path().join("small-state");
        let long = State { values: array(700), averaged: array(700), second: array(700), ..state.clone() };
        let long = State { first: array(700), ..long };
        long.save_small(&small).unwrap();
        assert!(std::fs::metadata(&small).unwrap().len() < 3_500);
        let read = State::load(&small).unwrap();
        assert_eq!((&read.progress, &read.statistics), (&long.progress, &long.statistics));
        assert_eq!((read.first, read.second.len()), (vec![0.0; 700], 700));
        let off =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs() / (1.0 + a.abs())).fold(0.0, f32::max);
        assert!(off(&read.values, &long.values) < 1e-3 && off(&read.averaged, &long.averaged) < 1e-3);
        assert!((read.second[64] - (array(128)[64] + array(128)[127]) / 2.0).abs() < 1e-3);
        let huge = State { values: vec![1e9; 9], ..state.clone() };
        assert!(huge.save_small(&small).unwrap_err().to_string().contains("16 bits"));
        std::fs::write(&small, &std::fs::read(&small).unwrap()[..300]).unwrap();
        assert!(State::load(&small).unwrap_err().to_string().contains("cut off"));
        let bytes = std::fs::read(&path).unwrap();
        for (length, at) in [(bytes.len() - 1, 0), (3, 0), (20, 0), (bytes.len(), bytes.len() - 2), (bytes.len(), 1)] {
            let mut bad = bytes[..length].to_vec();
            if length == bytes.len() {
                bad[at] ^= 1;
            }
            std::fs::write(&path, &bad).unwrap();
            let message = State::load(&path).unwrap_err().to_string();
            assert!(message.contains("state"), "{message}");
        }
    }
}

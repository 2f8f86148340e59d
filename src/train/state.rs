//! All that a training is made of at a step, in memory and in a file.

use super::TrainError;
use super::dice::Dice;
use crate::files;
use crate::nn::layers::LearningNet;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

const MAGIC: &[u8; 8] = b"settei\0t";
const VERSION: u32 = 1;
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
            progress: Progressed { step: 0, rate_factor: 1.0, seconds: 0.0, measured: None },
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
    /// What the rate is multiplied by: halved whenever something was not a number.
    pub rate_factor: f32,
    /// Seconds of learning, over all sessions.
    pub seconds: f64,
    /// Its score on figures held out, when it was last measured; lower is better.
    pub measured: Option<f64>,
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
        let arrays = self.arrays();
        let hash = arrays.iter().fold(FNV, |hash, array| fnv1a(hash, bytemuck::cast_slice(array)));
        let header =
            Header { progress: self.progress.clone(), lengths: arrays.map(<[f32]>::len), hash: format!("{hash:016x}") };
        let written = files::write_with(path, |file| {
            let header = serde_json::to_vec(&header)?;
            file.write_all(MAGIC)?;
            file.write_all(&VERSION.to_le_bytes())?;
            file.write_all(&(header.len() as u32).to_le_bytes())?;
            file.write_all(&header)?;
            arrays.iter().try_for_each(|array| file.write_all(bytemuck::cast_slice(array)))
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
        if u32::from_le_bytes(*version) != VERSION {
            return Err("it was written by another version of Settei");
        }
        let (length, rest) = rest.split_first_chunk().ok_or(CUT)?;
        let (header, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(CUT)?;
        let header: Header = serde_json::from_slice(header).map_err(|_| "its header is damaged")?;
        let wanted = header.lengths.iter().try_fold(0usize, |sum, n| sum.checked_add(n.checked_mul(4)?));
        if wanted != Some(rest.len()) {
            return Err(CUT);
        }
        if format!("{:016x}", fnv1a(FNV, rest)) != header.hash {
            return Err("its numbers were damaged");
        }
        let mut rest = rest;
        let arrays = header.lengths.map(|length| {
            let (array, left) = rest.split_at(4 * length);
            rest = left;
            array.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect()
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
        let progress = Progressed { step: 7, rate_factor: 0.5, seconds: 1.25, measured: Some(0.03) };
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

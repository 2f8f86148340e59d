//! What swings, kept for some frames: in memory and as a file.
//!
//! A file begins with [`MAGIC`], the length of what follows as a little-endian `u32`, and so many bytes of JSON
//! ([`Head`]); then for each frame and each joint a local rotation, four little-endian `f32` (x, y, z, w).

use super::{Chains, DynamicsError};
use crate::figure::Figure;
use glam::Quat;
use serde::{Deserialize, Serialize};
use std::path::Path;

const MAGIC: &[u8; 8] = b"SETTEISW";
const VERSION: u32 = 1;
/// No bake may be larger.
const LARGEST_BYTES: u64 = 1 << 30;
/// Lengths of rotations in a file, squared.
const UNIT: std::ops::Range<f32> = 0.99..1.01;

/// What a bake was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The clip's name.
    pub clip: String,
    /// Its length.
    pub frames: u64,
    /// Its frames a second.
    pub fps: f64,
    /// By what it swings.
    pub settings: super::Settings,
}

/// Local rotations of what swings, frame by frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Bake {
    head: Head,
    joints: Vec<u32>,
    /// Frame after frame, one a joint.
    turns: Vec<Quat>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    version: u32,
    figure: String,
    source: Source,
    /// Names of the joints that swing.
    joints: Vec<String>,
    /// In rising order.
    frames: Vec<i64>,
}

impl Bake {
    /// Without any frame yet.
    pub(super) fn new(source: Source, figure: &Figure, chains: &Chains) -> Self {
        let joints = chains.joints();
        let names = joints.iter().map(|&joint| figure.joints[joint as usize].name.clone()).collect();
        let head = Head { version: VERSION, figure: figure.name.clone(), source, joints: names, frames: Vec::new() };
        Self { head, joints, turns: Vec::new() }
    }

    /// The next frame, later than all before; one rotation a joint.
    pub(super) fn push(&mut self, frame: i64, turns: impl Iterator<Item = Quat>) {
        self.head.frames.push(frame);
        self.turns.extend(turns);
    }

    /// What it was made of.
    pub fn source(&self) -> &Source {
        &self.head.source
    }

    /// Its frames, in rising order.
    pub fn frames(&self) -> &[i64] {
        &self.head.frames
    }

    /// Names of the joints that swing.
    pub fn joints(&self) -> &[String] {
        &self.head.joints
    }

    /// A frame, for [`crate::figure::LocalPose::sway`]; `None`: it wasn't baked.
    pub fn at(&self, frame: i64) -> Option<Vec<(u32, Quat)>> {
        let i = self.head.frames.binary_search(&frame).ok()?;
        let turns = self.turns.get(i * self.joints.len()..(i + 1) * self.joints.len())?;
        Some(self.joints.iter().copied().zip(turns.iter().copied()).collect())
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = serde_json::to_vec(&self.head).unwrap_or_default();
        let mut bytes = MAGIC.to_vec();
        bytes.extend((head.len() as u32).to_le_bytes());
        bytes.extend(head);
        bytes.extend(self.turns.iter().flat_map(|turn| turn.to_array()).flat_map(f32::to_le_bytes));
        bytes
    }

    /// Writes it.
    ///
    /// # Errors
    /// A file that can't be written.
    pub fn save(&self, path: &Path) -> Result<(), DynamicsError> {
        let failed = |source| DynamicsError::Io { verb: "write", path: path.to_owned(), source };
        crate::files::write(path, &self.to_bytes()).map_err(failed)
    }

    /// Reads one for a figure on which `chains` swing, along a motion.
    ///
    /// # Errors
    /// A file that can't be read, is none, or was made of something else.
    pub fn load(path: &Path, figure: &Figure, chains: &Chains, source: &Source) -> Result<Self, DynamicsError> {
        let failed = |source| DynamicsError::Io { verb: "read", path: path.to_owned(), source };
        let bytes = crate::files::read(path, LARGEST_BYTES).map_err(failed)?;
        let damaged = |what: &str| DynamicsError::Damaged { path: path.to_owned(), what: what.to_owned() };
        let (head, turns) = parse(&bytes).map_err(damaged)?;
        let other = |what: String| Err(DynamicsError::Other { path: path.to_owned(), what });
        let mut bake = Self::new(source.clone(), figure, chains);
        if head.joints != bake.head.joints {
            return other(format!(
                "the figure {}, and not all that swings of it is that of {}",
                head.figure, figure.name
            ));
        }
        let Source { clip, frames, fps, settings } = &head.source;
        if (clip, frames, fps) != (&source.clip, &source.frames, &source.fps) {
            return other(format!(
                "the motion {clip} ({frames} frames), and this one is {} ({})",
                source.clip, source.frames
            ));
        }
        if *settings != source.settings {
            return other("other settings of what swings".into());
        }
        bake.head = head;
        bake.turns = turns;
        Ok(bake)
    }
}

fn parse(bytes: &[u8]) -> Result<(Head, Vec<Quat>), &'static str> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it doesn't begin as bakes do")?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or("it ends too early")?;
    let length = u32::from_le_bytes(*length) as usize;
    let (head, rest) = rest.split_at_checked(length).ok_or("it ends too early")?;
    let head: Head = serde_json::from_slice(head).map_err(|_| "its beginning makes no sense")?;
    if head.version != VERSION {
        return Err("another version of Settei wrote it");
    }
    if !head.frames.is_sorted_by(|a, b| a < b) {
        return Err("its frames are in disorder");
    }
    let expected = head.frames.len().checked_mul(head.joints.len()).and_then(|n| n.checked_mul(16));
    if expected != Some(rest.len()) {
        return Err("it is longer or shorter than it says");
    }
    let number = |i: usize, chunk: &[u8]| f32::from_le_bytes([chunk[i], chunk[i + 1], chunk[i + 2], chunk[i + 3]]);
    let turn = |chunk: &[u8]| Quat::from_array([0, 4, 8, 12].map(|i| number(i, chunk)));
    let turns: Vec<Quat> = rest.chunks_exact(16).map(turn).collect();
    if !turns.iter().all(|turn| UNIT.contains(&turn.length_squared())) {
        return Err("it holds rotations that are none");
    }
    Ok((head, turns))
}

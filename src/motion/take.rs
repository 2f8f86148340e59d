//! One pose a frame: what every change of a clip makes, and what is written.

use super::clip::{Clip, Moves};
use super::feet::{self, Contact};
use super::{Frames, MotionError};
use crate::pose::Pose;
use std::sync::Arc;

/// Frames that a take may have: an hour of MMD's.
pub(super) const MOST_FRAMES: u64 = 108_000;

/// From hip to ankle in multiples of the hips' height, where nobody says otherwise.
pub(super) const USUAL_LEG_SHARE: f32 = 0.88;

/// Poses at even times.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// As the clip it was made of.
    pub name: String,
    /// Frames a second.
    pub fps: f64,
    /// At least one.
    pub poses: Vec<Pose>,
    /// For each pose which part of the left and the right foot stands; empty: that is not known.
    pub contacts: Vec<[Contact; 2]>,
    pub(super) leg_share: f32,
    pub(super) floorless: bool,
}

impl Take {
    /// Of poses, so many a second, of somebody whose legs are as long as MMD's standard model has them. Without any pose it
    /// holds the T-pose.
    pub fn new(name: &str, fps: f64, poses: Vec<Pose>) -> Self {
        let poses = if poses.is_empty() { vec![Pose::default()] } else { poses };
        Self { name: name.to_owned(), fps, poses, contacts: Vec::new(), leg_share: USUAL_LEG_SHARE, floorless: false }
    }

    /// All of a clip at its own rate.
    ///
    /// # Errors
    /// A clip of too many frames.
    pub fn of(clip: &Clip) -> Result<Self, MotionError> {
        Self::at_rate(clip, clip.fps)
    }

    /// All of a clip with so many frames a second, each where it lies between the clip's own.
    ///
    /// # Errors
    /// A rate that is none; too many frames.
    pub fn at_rate(clip: &Clip, fps: f64) -> Result<Self, MotionError> {
        if !(0.1..=1000.0).contains(&fps) {
            return Err(MotionError::Wrong(format!("{fps} frames a second can't be: 0.1 to 1000 can")));
        }
        // The last frame stays in unless it lies between two.
        let last = (clip.duration_s() * fps + 1e-6).floor();
        let whole = i64::try_from(clip.frames).unwrap_or(i64::MAX);
        let times: Box<dyn Iterator<Item = f64>> = match fps == clip.fps {
            true => Box::new((0..whole).map(|frame| clip.seconds(frame))),
            false => Box::new((0..=last as i64).map(move |frame| frame as f64 / fps)),
        };
        let count = if fps == clip.fps { clip.frames } else { last as u64 + 1 };
        Self::gather(clip, fps, count, times)
    }

    /// The named frames of a clip, at its own rate, one after the other.
    ///
    /// # Errors
    /// Too many frames.
    pub fn cropped(clip: &Clip, frames: &Frames) -> Result<Self, MotionError> {
        let list = frames.list();
        Self::gather(clip, clip.fps, list.len() as u64, list.iter().map(|&frame| clip.seconds(frame)))
    }

    fn gather(clip: &Clip, fps: f64, count: u64, times: impl Iterator<Item = f64>) -> Result<Self, MotionError> {
        if count > MOST_FRAMES {
            return Err(MotionError::TooLong { name: clip.name.clone(), frames: count });
        }
        let times: Vec<f64> = times.map(|seconds| clip.within(seconds)).collect();
        let poses = times.iter().map(|&seconds| clip.moves.pose(seconds)).collect();
        let feet: Option<Vec<_>> = times.iter().map(|&seconds| clip.moves.feet(seconds)).collect();
        let contacts = feet.map_or_else(Vec::new, |feet| feet::contacts(&feet, fps));
        let Clip { leg_share, floorless, .. } = *clip;
        Ok(Self { name: clip.name.clone(), fps, poses, contacts, leg_share, floorless })
    }

    /// The take as a clip.
    pub fn into_clip(self) -> Clip {
        let Self { leg_share, floorless, fps, .. } = self;
        let (name, frames) = (self.name.clone(), self.poses.len() as u64);
        Clip { name, fps, frames, leg_share, floorless, moves: Arc::new(self), vmd: None }
    }
}

impl Moves for Take {
    fn pose(&self, seconds: f64) -> Pose {
        let place = seconds * self.fps;
        let before = (place + 1e-9).floor();
        let i = (before as usize).min(self.poses.len() - 1);
        let share = (place - before) as f32;
        match self.poses.get(i + 1) {
            Some(next) if share > 1e-6 => Pose::blend(&self.poses[i], next, share),
            _ => self.poses[i].clone(),
        }
    }
}

//! What moves the camera: MMD's motion of one, or cameras that are keyed at frames.

use super::MotionSource;
use crate::motion::vmd::Shots;
use crate::motion::{Clip, Ease, LAST_FRAME, MotionError};
use crate::pose::{Camera, Orbit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What moves the camera; nothing: it stands still.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct CameraMoves {
    /// A motion file's camera, which stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<CameraTake>,
    /// Cameras by their frames, which count while no take is heeded.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<i64, CameraKey>,
}

/// The camera of a motion file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CameraTake {
    /// Where it is.
    pub source: MotionSource,
    /// What tells the file's content from another's ([`crate::files::hash`]).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// It is put aside, and what stood there before counts.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub off: bool,
}

fn is_unset(set: &bool) -> bool {
    !set
}

/// A camera at a frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CameraKey {
    /// Where it stands.
    pub camera: Orbit,
    /// How it goes on from here.
    #[serde(default)]
    pub ease: Ease,
}

/// From where a figure is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// By a camera that a hand can turn.
    Orbit(Orbit),
    /// As a motion file has it, for a picture of the aspect that was asked for.
    Shot(Camera),
}

impl Seen {
    /// The placed camera for a picture of that aspect (width / height), which is the one that was asked for.
    pub fn camera(&self, aspect: f32) -> Camera {
        match self {
            Self::Orbit(orbit) => orbit.camera(aspect, 1.0),
            Self::Shot(camera) => *camera,
        }
    }

    /// The camera that a hand can turn, where it is one.
    pub fn orbit(&self) -> Option<Orbit> {
        match self {
            Self::Orbit(orbit) => Some(*orbit),
            Self::Shot(_) => None,
        }
    }
}

impl CameraMoves {
    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.take.is_none() && self.keys.is_empty()
    }

    /// The take, if it is heeded.
    pub fn heeded(&self) -> Option<&CameraTake> {
        self.take.as_ref().filter(|take| !take.off)
    }

    /// The camera moves.
    pub fn moves(&self) -> bool {
        self.heeded().is_some() || !self.keys.is_empty()
    }

    /// Where the camera is at a frame of so many a second; `shots`: the take before the figure, where it is heeded. `None`:
    /// where the project has it.
    pub fn seen(&self, shots: Option<&Shots>, frame: i64, fps: f64, aspect: f32) -> Option<Seen> {
        match shots.and_then(|shots| shots.at(frame as f64 / fps, aspect)) {
            Some(camera) => Some(Seen::Shot(camera)),
            None => self.keyed(frame).map(Seen::Orbit),
        }
    }

    /// What the keys say of a frame; before the first and after the last the nearest holds.
    fn keyed(&self, frame: i64) -> Option<Orbit> {
        let before = self.keys.range(..=frame).next_back();
        let after = self.keys.range(frame + 1..).next();
        let ((from, key), (to, next)) = match (before, after) {
            (Some(before), Some(after)) => (before, after),
            (Some((_, only)), None) | (None, Some((_, only))) => return Some(only.camera),
            (None, None) => return None,
        };
        let share = key.ease.share((frame - from) as f32 / (to - from) as f32);
        // At its frame a key is itself, to the last bit.
        Some(if share > 0.0 { key.camera.towards(&next.camera, share) } else { key.camera })
    }

    /// Keys a camera; a key that is there keeps the way it goes on.
    pub fn key(&mut self, frame: i64, camera: Orbit) {
        let new = CameraKey { camera, ease: Ease::default() };
        self.keys.entry(frame.clamp(0, LAST_FRAME)).or_insert(new).camera = camera;
    }

    /// The key at a frame, so many frames later (or earlier), within the range of frames that there are. One that lies
    /// where it comes to goes.
    pub fn shift(&mut self, frame: i64, by: i64) {
        if let Some(key) = self.keys.remove(&frame) {
            self.keys.insert(frame.saturating_add(by).clamp(0, LAST_FRAME), key);
        }
    }

    /// With numbers that can be used.
    pub(super) fn sane(mut self) -> Self {
        self.keys.retain(|frame, _| (0..=LAST_FRAME).contains(frame));
        self.keys.values_mut().for_each(|key| key.camera = key.camera.sane());
        self
    }
}

impl CameraTake {
    /// Of a motion, heeded.
    pub fn new(source: MotionSource, hash: String) -> Self {
        Self { source, hash, off: false }
    }

    /// The clip that moves the camera, read from where it is; with what tells its file's content from another's.
    ///
    /// # Errors
    /// As [`MotionSource::load`]; a motion without a camera.
    pub fn load(source: &MotionSource) -> Result<(Clip, String), MotionError> {
        let (file, hash) = source.load()?;
        let clip = file.clips.into_iter().find(Shots::are_in);
        clip.map(|clip| (clip, hash)).ok_or_else(|| {
            MotionError::Wrong(format!("{} moves no camera: take an MMD motion (.vmd) that does", source.name()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(yaw_deg: f32) -> Orbit {
        Orbit { yaw_deg, ..Orbit::default() }
    }

    #[test]
    fn keyed_cameras_hold_go_over_and_cut() {
        let mut moves = CameraMoves::default();
        let at = |moves: &CameraMoves, frame| moves.seen(None, frame, 24.0, 1.0).map(|seen| seen.orbit().unwrap());
        assert!(at(&moves, 3).is_none() && !moves.moves());
        moves.key(10, aside(0.0));
        moves.key(20, aside(40.0));
        assert!(moves.moves());
        assert_eq!([at(&moves, 0), at(&moves, 99)], [Some(aside(0.0)), Some(aside(40.0))]);
        assert!((at(&moves, 15).unwrap().yaw_deg - 20.0).abs() < 1e-3);
        assert!(at(&moves, 12).unwrap().yaw_deg < 8.0, "it starts slowly");
        moves.keys.get_mut(&10).unwrap().ease = Ease::Hold;
        assert_eq!([at(&moves, 19), at(&moves, 20)], [Some(aside(0.0)), Some(aside(40.0))], "a cut");
        moves.key(10, aside(-30.0));
        assert_eq!((moves.keys[&10].ease, moves.keys[&10].camera), (Ease::Hold, aside(-30.0)));
        moves.shift(10, -99);
        moves.shift(11, 5);
        assert_eq!(moves.keys.keys().copied().collect::<Vec<_>>(), [0, 20], "the first frame is the first");
        moves.shift(0, 10);
        let text = serde_json::to_string(&moves).unwrap();
        assert_eq!(serde_json::from_str::<CameraMoves>(&text).unwrap(), moves);
        moves.key(30, Orbit { distance_m: f32::NAN, ..aside(1.0) });
        moves.keys.insert(-4, moves.keys[&20]);
        let sane = moves.sane();
        assert_eq!(sane.keys.keys().copied().collect::<Vec<_>>(), [10, 20, 30]);
        assert_eq!(sane.keys[&30].camera, Orbit::default());
    }

    #[test]
    fn a_motion_without_a_camera_is_refused_by_name() {
        let why = CameraTake::load(&MotionSource::BuiltIn("walk".into())).unwrap_err().to_string();
        assert!(why.contains("Walk (built in) moves no camera"), "{why}");
    }
}

//! A clip: which pose holds at which time.

use super::feet::Foot;
use super::vmd::{self, Vmd};
use crate::figure::{Figure, LocalPose};
use crate::pose::Pose;
use std::fmt;
use std::sync::Arc;

/// What a clip asks: a file's tracks, or a [`super::Take`].
pub(super) trait Moves: Send + Sync {
    /// The pose at a time from the start on, seconds; normalized as all poses are.
    fn pose(&self, seconds: f64) -> Pose;

    /// Where both feet are, the left one first, in multiples of the legs' length; `None`: that is not known.
    fn feet(&self, _seconds: f64) -> Option<[Foot; 2]> {
        None
    }
}

/// A motion with a beginning and an end.
#[derive(Clone)]
pub struct Clip {
    /// What its file calls it.
    pub name: String,
    /// Frames a second of its file.
    pub fps: f64,
    /// How many frames it has, the first and the last included: at least one.
    pub frames: u64,
    /// From hip to ankle of whoever moved, in multiples of the hips' height in T-pose.
    pub(super) leg_share: f32,
    /// The file doesn't say where the floor is.
    pub(super) floorless: bool,
    pub(super) moves: Arc<dyn Moves>,
    pub(super) vmd: Option<Arc<Vmd>>,
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, fps, frames, .. } = self;
        f.debug_struct("Clip").field("name", name).field("fps", fps).field("frames", frames).finish_non_exhaustive()
    }
}

impl Clip {
    /// What it is called without what stands before: `Armature|Walk` is `Walk`.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('|').next().unwrap_or_default()
    }

    /// The pose at a time from the start on, seconds. Before the start and after the end the clip holds still.
    pub fn at(&self, seconds: f64) -> Pose {
        self.moves.pose(self.within(seconds))
    }

    /// The pose of a frame, the first is 0.
    pub fn frame(&self, frame: i64) -> Pose {
        self.at(self.seconds(frame))
    }

    /// From the first frame to the last, seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames.saturating_sub(1) as f64 / self.fps
    }

    /// When a frame is, seconds.
    pub fn seconds(&self, frame: i64) -> f64 {
        frame as f64 / self.fps
    }

    /// The file behind it, if it is one of MMD's and nobody has changed the clip.
    pub fn vmd(&self) -> Option<&Arc<Vmd>> {
        self.vmd.as_ref()
    }

    /// The clip as MMD plays it on `figure`, if it is a VMD file and the figure one of MMD's models.
    pub fn native(&self, figure: &Figure) -> Option<Native> {
        let vmd = self.vmd.clone()?;
        if !vmd::is_mmd(figure) {
            return None;
        }
        let binding = vmd::Binding::new(&vmd, figure);
        (binding.counts() != [0, 0]).then_some(Native { vmd, binding })
    }

    pub(super) fn within(&self, seconds: f64) -> f64 {
        if seconds.is_finite() { seconds.clamp(0.0, self.duration_s()) } else { 0.0 }
    }
}

/// A VMD file on one model of MMD.
pub struct Native {
    vmd: Arc<Vmd>,
    /// Which of the model's parts it moves.
    pub binding: vmd::Binding,
}

impl Native {
    /// Local transforms of all joints, weights of all morphs and switches of all IK chains at a frame of MMD's, which may
    /// be a broken one. `figure` is the one it was made for.
    pub fn at(&self, figure: &Figure, frame: f64) -> LocalPose {
        self.binding.at(&self.vmd, figure, frame)
    }
}

//! A clip on one figure: what every picture of a motion asks.

use super::{Clip, Edits, Keys, MotionError, Native, fit};
use crate::figure::{Figure, LocalPose};
use crate::pose::{Pose, Rig};

/// What a figure does at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// Its pose; beside `local` the nearest one, which hands can go on from.
    pub pose: Pose,
    /// Its joints, morphs and IK spelled out, where MMD's own motion plays on MMD's own model.
    pub local: Option<LocalPose>,
}

impl Moment {
    /// Joints, morphs and IK of the figure in it.
    pub fn spelled_out(&self, figure: &Figure, rig: &Rig) -> LocalPose {
        self.local.clone().unwrap_or_else(|| rig.resolve(figure, &self.pose))
    }
}

impl From<Pose> for Moment {
    fn from(pose: Pose) -> Self {
        Self { pose, local: None }
    }
}

/// A clip on one figure, fitted to it and changed as one likes; as MMD plays it where both are MMD's and nothing is changed.
pub struct Performance {
    clip: Clip,
    native: Option<Native>,
}

impl Performance {
    /// Fits a clip to a figure.
    pub fn new(clip: &Clip, figure: &Figure, rig: &Rig) -> Self {
        Self { native: clip.native(figure), clip: fit(clip, figure, rig) }
    }

    /// The same changed, which concerns all frames and takes its time.
    ///
    /// # Errors
    /// As [`Edits::apply`].
    pub fn edited(clip: &Clip, edits: &Edits, figure: &Figure, rig: &Rig) -> Result<Self, MotionError> {
        let plain = Self::new(clip, figure, rig);
        if *edits == Edits::default() {
            return Ok(plain);
        }
        Ok(Self { clip: edits.apply(&plain.clip, figure, rig)?, native: None })
    }

    /// The clip as the figure does it.
    pub fn clip(&self) -> &Clip {
        &self.clip
    }

    /// The motion as MMD plays it, if it does.
    pub fn native(&self) -> Option<&Native> {
        self.native.as_ref()
    }

    /// What the figure, the one it was made for, does at a time from the start on, seconds.
    pub fn at(&self, figure: &Figure, seconds: f64) -> Moment {
        let local = self.native.as_ref().map(|native| native.at(figure, self.clip.within(seconds) * super::vmd::FPS));
        Moment { pose: self.clip.at(seconds), local }
    }

    /// The same with keys over it, so many a second.
    pub fn keyed(&self, keys: &Keys, figure: &Figure, frame: f64, fps: f64) -> Moment {
        let base = |frame: f64| self.clip.at(frame / fps);
        match keys.at(frame, Some(&base)) {
            Some(pose) => pose.into(),
            None => self.at(figure, frame / fps),
        }
    }
}

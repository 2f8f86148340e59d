//! A clip on one figure: what every picture of a motion asks.

use super::{Clip, CrossFade, Edits, Keys, MotionError, Native, fit};
use crate::figure::{Figure, HumanBone, LocalPose};
use crate::pose::{Pose, Rig};
use glam::Vec3;
use std::sync::Arc;

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
    parts: Option<Parts>,
}

/// Two performances of which the first goes over into the second.
struct Parts {
    first: Arc<Performance>,
    second: Arc<Performance>,
    fade: CrossFade,
    /// As [`CrossFade::carried`] has it, metres.
    carried_m: Vec3,
}

impl Performance {
    /// Fits a clip to a figure.
    pub fn new(clip: &Clip, figure: &Figure, rig: &Rig) -> Self {
        Self { native: clip.native(figure), clip: fit(clip, figure, rig), parts: None }
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
        Ok(Self { clip: edits.apply(&plain.clip, figure, rig)?, native: None, parts: None })
    }

    /// One that goes over into another of the same figure. Where MMD plays both, so are all joints in between; else the
    /// poses are.
    pub fn fading_into(self: &Arc<Self>, second: &Arc<Self>, fade: CrossFade, figure: &Figure, rig: &Rig) -> Self {
        let hips = figure.humanoid.joint(HumanBone::Hips);
        let hips_m = hips.map_or(0.0, |hips| rig.t_world()[hips as usize].w_axis.y);
        let parts = Parts {
            first: self.clone(),
            second: second.clone(),
            fade,
            carried_m: hips_m * fade.carried(&self.clip, &second.clip),
        };
        Self { clip: self.clip.fading_into(&second.clip, fade), native: None, parts: Some(parts) }
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
        Moment { pose: self.clip.at(seconds), local: self.local(figure, self.clip.within(seconds)) }
    }

    /// What MMD makes of the figure, where it plays it.
    fn local(&self, figure: &Figure, seconds: f64) -> Option<LocalPose> {
        let Some(parts) = &self.parts else {
            return Some(self.native.as_ref()?.at(figure, self.clip.within(seconds) * super::vmd::FPS));
        };
        let share = parts.fade.share(seconds);
        let first = || parts.first.local(figure, seconds);
        if share <= 0.0 {
            return first();
        }
        let mut second = parts.second.local(figure, seconds - parts.fade.from_s)?;
        let roots = figure.joints.iter().zip(&mut second.translations).filter(|(joint, _)| joint.parent.is_none());
        roots.for_each(|(_, place)| *place += parts.carried_m);
        if share < 1.0 { Some(first()?.between(&second, share)) } else { Some(second) }
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

//! What moves the figure: a take of a motion file, and poses keyed over it or by themselves; and what moves the camera.

use super::{CameraMoves, CameraTake, MotionSource, Take};
use crate::figure::{Figure, LocalPose};
use crate::motion::vmd::Shots;
use crate::motion::{Clip, CrossFade, Keys, LAST_FRAME, Moment, Performance};
use crate::pose::{Pose, Rig};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// Frames a second of what is keyed without a take: what anime has.
pub const USUAL_FPS: f64 = 24.0;
/// A take of more frames a second than this is shown with [`THINNED_FPS`].
const MOST_FPS: f64 = 60.0;
const THINNED_FPS: f64 = 30.0;
/// For so long a motion goes over into another, where nobody says otherwise, seconds.
const FADE_S: f64 = 0.5;
/// No fade takes more frames.
pub const LONGEST_FADE: i64 = 1_000;

/// What moves the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Animation {
    /// Frames a second that keys are counted in, and that are played and painted.
    pub fps: f64,
    /// A motion file's clip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<Take>,
    /// A second clip that the take goes over into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fade: Option<Fade>,
    /// Poses at frames: over a take they correct it, else they are all there is.
    #[serde(skip_serializing_if = "Keys::is_empty")]
    pub keys: Keys,
    /// What moves the camera.
    #[serde(skip_serializing_if = "CameraMoves::is_empty")]
    pub camera: CameraMoves,
}

/// A clip that a take goes over into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Fade {
    /// The clip.
    pub take: Take,
    /// The frame in which it begins.
    pub from: i64,
    /// For so many frames both are seen.
    pub over: i64,
}

impl Default for Animation {
    fn default() -> Self {
        Self { fps: USUAL_FPS, take: None, fade: None, keys: Keys::default(), camera: CameraMoves::default() }
    }
}

impl Animation {
    /// There is something to play: the figure or the camera moves.
    pub fn moves(&self) -> bool {
        self.moves_figure() || self.camera.moves()
    }

    fn moves_figure(&self) -> bool {
        self.take.is_some() || !self.keys.is_empty()
    }

    /// The same for a figure that holds `pose` where nothing but the camera moves.
    pub fn held(&self, pose: &Pose) -> Cow<'_, Self> {
        if self.moves_figure() || !self.camera.moves() {
            return Cow::Borrowed(self);
        }
        let mut held = self.clone();
        held.keys.set(0, pose.clone());
        Cow::Owned(held)
    }

    /// The last frame of keys, clip and camera, counted from 0.
    pub fn last_frame(&self, clip: Option<&Clip>, shots: Option<&Shots>) -> i64 {
        let seconds = clip.map_or(0.0, Clip::duration_s).max(shots.map_or(0.0, Shots::duration_s));
        let of_files = (seconds * self.fps + 1e-6).floor() as i64;
        let of_camera = self.camera.keys.last_key_value().map_or(0, |(frame, _)| *frame);
        of_files.max(self.keys.last().unwrap_or(0)).max(of_camera).min(LAST_FRAME)
    }

    /// The clips that move the figure, the first one first.
    pub fn takes(&self) -> impl Iterator<Item = &Take> {
        self.take.iter().chain(self.fading().map(|fade| &fade.take))
    }

    /// The same to be changed, one that is kept without a first among them.
    pub fn takes_mut(&mut self) -> impl Iterator<Item = &mut Take> {
        self.take.iter_mut().chain(self.fade.as_mut().map(|fade| &mut fade.take))
    }

    /// Where all motions are that it keeps, the camera's among them.
    pub(super) fn sources_mut(&mut self) -> impl Iterator<Item = &mut MotionSource> {
        let takes = self.take.iter_mut().chain(self.fade.as_mut().map(|fade| &mut fade.take));
        takes.map(|take| &mut take.source).chain(self.camera.take.as_mut().map(|take| &mut take.source))
    }

    /// What the take goes over into, where there is one.
    pub fn fading(&self) -> Option<&Fade> {
        self.fade.as_ref().filter(|_| self.take.is_some())
    }

    /// The take on a figure, which goes over into the second clip on it where there is one.
    pub fn joined(
        &self,
        take: &Arc<Performance>,
        second: Option<&Arc<Performance>>,
        figure: &Figure,
        rig: &Rig,
    ) -> Arc<Performance> {
        let Some((fade, second)) = self.fading().zip(second) else { return take.clone() };
        Arc::new(take.fading_into(second, fade.times(self.fps), figure, rig))
    }

    /// The same of clips that are on no figure yet, the camera's among them.
    pub fn last_frame_of(&self, first: Option<&Clip>, second: Option<&Clip>, camera: Option<&Clip>) -> i64 {
        let both = self
            .fading()
            .zip(second)
            .zip(first)
            .map(|((fade, second), first)| first.fading_into(second, fade.times(self.fps)));
        let clips = both.as_ref().or(first).into_iter().chain(camera);
        self.last_frame(clips.max_by(|a, b| a.duration_s().total_cmp(&b.duration_s())), None)
    }

    /// What the figure does at a frame; `performance`: the take on it. `None`: nothing moves.
    pub fn at(&self, performance: Option<&Performance>, figure: &Figure, frame: i64) -> Option<Moment> {
        self.between(performance, figure, frame as f64)
    }

    /// The same between frames.
    fn between(&self, performance: Option<&Performance>, figure: &Figure, frame: f64) -> Option<Moment> {
        match performance {
            Some(performance) => Some(performance.keyed(&self.keys, figure, frame, self.fps)),
            None => self.keys.at(frame, None).map(Moment::from),
        }
    }

    /// The same spelled out, which is what leads hair and skirts; T-pose where nothing moves.
    pub fn local(&self, performance: Option<&Performance>, figure: &Figure, rig: &Rig, frame: f64) -> LocalPose {
        self.between(performance, figure, frame).unwrap_or_default().spelled_out(figure, rig)
    }

    /// The same with a take of this file. Nothing that is keyed changes its time: the take's rate is taken where nothing is.
    pub fn with_take(&self, take: Take, clip: Option<&Clip>) -> Self {
        let mut animation = Self { take: Some(take), ..self.clone() };
        if let Some(clip) = clip.filter(|_| self.keys.is_empty()) {
            animation.fps = if clip.fps <= MOST_FPS { clip.fps } else { THINNED_FPS };
        }
        animation.sane()
    }

    /// The same going over into a second clip, for half a second at the end of the first, which lasts so long.
    pub fn with_fade(&self, take: Take, first_s: f64) -> Self {
        let over = (self.fps * FADE_S).round().max(1.0) as i64;
        let from = ((first_s * self.fps).round() as i64 - over).max(0);
        Self { fade: Some(Fade { take, from, over }), ..self.clone() }.sane()
    }

    /// The same without its take: what it goes over into is all that is left.
    pub fn without_take(mut self) -> Self {
        self.take = self.fade.take().filter(|_| self.take.is_some()).map(|fade| fade.take);
        self
    }

    /// The same with a camera that this clip moves. Where nothing else moves or is keyed, its rate is taken.
    pub fn with_camera(&self, take: CameraTake, clip: &Clip) -> Self {
        let mut animation = self.clone();
        if !self.moves_figure() && self.camera.keys.is_empty() {
            animation.fps = clip.fps;
        }
        animation.camera.take = Some(take);
        animation.sane()
    }

    /// With numbers that can be used.
    pub(super) fn sane(mut self) -> Self {
        self.fps = if self.fps.is_finite() { self.fps.clamp(1.0, 240.0) } else { USUAL_FPS };
        (self.keys, self.camera) = (self.keys.sane(), self.camera.sane());
        self.takes_mut().for_each(Take::mend);
        if let Some(fade) = &mut self.fade {
            (fade.from, fade.over) = (fade.from.clamp(0, LAST_FRAME), fade.over.clamp(0, LONGEST_FADE));
        }
        self
    }
}

impl Fade {
    /// The same in seconds, for so many frames a second.
    pub fn times(&self, fps: f64) -> CrossFade {
        CrossFade { from_s: self.from as f64 / fps, over_s: self.over as f64 / fps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::Rig;
    use crate::pose::library::find;

    #[test]
    fn a_take_plays_at_the_frames_of_the_project() {
        let figure = crate::example::figure().unwrap();
        let take = Take::new(MotionSource::BuiltIn("walk".into()), String::new());
        let (file, hash) = take.load().unwrap();
        assert_eq!(hash, "");
        let clip = take.clip(&file).unwrap();
        let performance = Performance::new(clip, &figure, &Rig::new(&figure));
        let animation = Animation { fps: 12.0, ..Animation::default() };
        assert!(!animation.moves());
        let animation = animation.with_take(take, Some(clip));
        assert!(animation.moves() && animation.fps == clip.fps);
        assert_eq!(animation.last_frame(Some(clip), None) as u64 + 1, clip.frames);
        let half = Animation { fps: clip.fps / 2.0, ..animation.clone() };
        let at = |animation: &Animation, frame| animation.at(Some(&performance), &figure, frame).unwrap();
        assert_eq!(at(&half, 5), at(&animation, 10));
        let mut keyed = animation;
        keyed.keys.set(7, find("sit").unwrap().1);
        assert_eq!(at(&keyed, 7).pose, find("sit").unwrap().1);
        let text = serde_json::to_string(&keyed).unwrap();
        assert_eq!(serde_json::from_str::<Animation>(&text).unwrap(), keyed);
        let wrong = MotionSource::BuiltIn("swim".into()).load().unwrap_err().to_string();
        assert!(wrong.contains("`swim`") && wrong.contains("dance"), "{wrong}");
    }
}

//! What moves the figure: a take of a motion file, and poses keyed over it or by themselves; and what moves the camera.

use super::{CameraMoves, CameraTake};
use crate::figure::{Figure, LocalPose};
use crate::motion::vmd::Shots;
use crate::motion::{
    self, Clip, CrossFade, Edits, Keys, LAST_FRAME, Moment, MotionError, MotionFile, NameMap, Performance, library,
};
use crate::pose::{Pose, Rig};
use crate::text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Frames a second of what is keyed without a take: what anime has.
pub const USUAL_FPS: f64 = 24.0;
/// A take of more frames a second than this is shown with [`THINNED_FPS`].
const MOST_FPS: f64 = 60.0;
const THINNED_FPS: f64 = 30.0;
/// For so long a motion goes over into another, where nobody says otherwise, seconds.
const FADE_S: f64 = 0.5;
/// How far a take's arms can be turned, degrees.
pub const ARMS_DEG: RangeInclusive<f32> = -60.0..=60.0;
/// How much of its way a take can go.
pub const WAY: RangeInclusive<f32> = 0.0..=3.0;
/// How often a take can be done, one after the other.
pub const MOST_TIMES: u32 = 1_000;
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

/// A clip of a motion file, which stays as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Take {
    /// Where it is.
    pub source: MotionSource,
    /// What tells the file's content from another's ([`crate::files::hash`]); empty for what is built in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// Which of its clips; empty: the first.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clip: String,
    /// Which joint is which bone, where somebody said so.
    #[serde(default, skip_serializing_if = "NameMap::is_empty")]
    pub names: NameMap,
    /// Upper arms are so much further from the body, degrees.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub arms_deg: f32,
    /// The body goes so much of its way along the floor.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub way: f32,
    /// It is done so many times, one after the other.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: u32,
    /// Left and right change places.
    #[serde(default, skip_serializing_if = "is_off")]
    pub mirror: bool,
    /// The body stays where it is.
    #[serde(default, skip_serializing_if = "is_off")]
    pub in_place: bool,
    /// Feet that stand don't slide.
    #[serde(default, skip_serializing_if = "is_off")]
    pub lock_feet: bool,
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

fn whole() -> f32 {
    1.0
}

fn is_whole(share: &f32) -> bool {
    *share == 1.0
}

fn once() -> u32 {
    1
}

fn is_once(times: &u32) -> bool {
    *times == 1
}

fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

fn is_off(on: &bool) -> bool {
    !on
}

/// Where a motion is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionSource {
    /// One of the program's, by name.
    BuiltIn(String),
    /// A file.
    File(PathBuf),
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
        for take in self.take.iter_mut().chain(self.fade.as_mut().map(|fade| &mut fade.take)) {
            let number = |value: f32, range: RangeInclusive<f32>, otherwise| match value.is_finite() {
                true => value.clamp(*range.start(), *range.end()),
                false => otherwise,
            };
            (take.arms_deg, take.way) = (number(take.arms_deg, ARMS_DEG, 0.0), number(take.way, WAY, 1.0));
            take.times = take.times.clamp(1, MOST_TIMES);
        }
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

impl Take {
    /// The first clip of a motion, unchanged.
    pub fn new(source: MotionSource, hash: String) -> Self {
        let (clip, names) = Default::default();
        Self {
            source,
            hash,
            clip,
            names,
            arms_deg: 0.0,
            way: 1.0,
            times: 1,
            mirror: false,
            in_place: false,
            lock_feet: false,
        }
    }

    /// Reads its motion, as [`MotionSource::load_with`].
    ///
    /// # Errors
    /// As there.
    pub fn load(&self) -> Result<(MotionFile, String), MotionError> {
        self.source.load_with(&self.names)
    }

    /// The motion that is called so on a command line ([`motion::load::named_clip`]), unchanged; with its clip.
    ///
    /// # Errors
    /// As there.
    pub fn named(wanted: &str) -> Result<(Self, Clip), MotionError> {
        let (_, clip) = motion::load::named_clip(wanted, None)?;
        let (path, of_several) = motion::load::file_and_clip(wanted);
        let source = match motion::load::built_in(path) {
            Some(_) => MotionSource::BuiltIn(wanted.to_owned()),
            None => MotionSource::File(super::file::absolute(path)),
        };
        let (_, hash) = source.load()?;
        let take = Self { clip: of_several.unwrap_or_default().to_owned(), ..Self::new(source, hash) };
        Ok((take, clip))
    }

    /// What is changed of the clip.
    pub fn edits(&self) -> Edits {
        let &Self { arms_deg, way, times, mirror, in_place, lock_feet, .. } = self;
        let way = Some(way).filter(|way| *way != 1.0);
        let times = if times > 1 { times as usize } else { 0 };
        Edits { arms_deg, way, times, mirror, in_place, lock_feet, ..Edits::default() }
    }

    /// Its clip among a file's.
    pub fn clip<'a>(&self, file: &'a MotionFile) -> Option<&'a Clip> {
        if self.clip.is_empty() { file.clips.first() } else { file.clip(&self.clip) }
    }
}

impl MotionSource {
    /// The file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::BuiltIn(_) => None,
        }
    }

    pub(super) fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::BuiltIn(_) => None,
        }
    }

    /// What it is called on screen, on one line.
    pub fn name(&self) -> String {
        match self {
            Self::BuiltIn(name) => {
                let name = text::line(name);
                let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
                format!("{}{rest} (built in)", first.to_uppercase())
            }
            Self::File(path) => text::line(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned(),
        }
    }

    /// Reads the motion; with what tells its content from another's.
    ///
    /// # Errors
    /// As [`motion::load()`]; a built-in motion that there is not.
    pub fn load(&self) -> Result<(MotionFile, String), MotionError> {
        self.load_with(&NameMap::default())
    }

    /// The same where it may be said which joint is which bone.
    ///
    /// # Errors
    /// As there.
    pub fn load_with(&self, names: &NameMap) -> Result<(MotionFile, String), MotionError> {
        match self {
            Self::File(path) => motion::load::hashed(path, Some(names).filter(|names| !names.is_empty())),
            Self::BuiltIn(name) => match library::find(name) {
                Some(clip) => {
                    Ok((MotionFile { kind: "built in", clips: vec![clip], ..MotionFile::default() }, String::new()))
                }
                None => Err(MotionError::Wrong(format!(
                    "there is no built-in motion `{}`: there are {}",
                    text::line(name),
                    library::names().join(", ")
                ))),
            },
        }
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

//! A take of a motion file: which clip, and what is changed of it.

use crate::motion::{self, Clip, Edits, MotionError, MotionFile, NameMap, library};
use crate::text;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// How far a take's arms can be turned, degrees.
pub const ARMS_DEG: RangeInclusive<f32> = -60.0..=60.0;
/// How much of its way a take can go.
pub const WAY: RangeInclusive<f32> = 0.0..=3.0;
/// How often a take can be done, one after the other.
pub const MOST_TIMES: u32 = 1_000;

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

/// Where a motion is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionSource {
    /// One of the program's, by name.
    BuiltIn(String),
    /// A file.
    File(PathBuf),
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

    /// With numbers that can be used.
    pub(super) fn mend(&mut self) {
        let number = |value: f32, range: RangeInclusive<f32>, otherwise| match value.is_finite() {
            true => value.clamp(*range.start(), *range.end()),
            false => otherwise,
        };
        (self.arms_deg, self.way) = (number(self.arms_deg, ARMS_DEG, 0.0), number(self.way, WAY, 1.0));
        self.times = self.times.clamp(1, MOST_TIMES);
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

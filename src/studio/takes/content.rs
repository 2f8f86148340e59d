//! A take as far as it was read and fitted.

use crate::motion::{MotionFile, NameMap, Performance};
use crate::project::{Animation, Fade, MotionSource, Take};
use crate::raster::Subject;
use crate::studio::content::{Content, Loaded};
use crate::studio::events::Event;
use crate::studio::workers::Jobs;
use crate::text;
use std::sync::Arc;

/// One of the two motions of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The take.
    First,
    /// What it goes over into.
    Second,
}

impl Which {
    /// The take of an animation that is it.
    pub fn take(self, animation: &Animation) -> Option<&Take> {
        match self {
            Self::First => animation.take.as_ref(),
            Self::Second => animation.fading().map(|fade| &fade.take),
        }
    }

    /// What is known of it.
    pub fn content(self, content: &Content) -> &TakeContent {
        match self {
            Self::First => &content.take,
            Self::Second => &content.second,
        }
    }

    /// The animation with another take in its place.
    pub fn changed(self, animation: &Animation, take: Take) -> Animation {
        match self {
            Self::First => Animation { take: Some(take), ..animation.clone() },
            Self::Second => {
                let fade = animation.fade.clone().map(|fade| Fade { take, ..fade });
                Animation { fade, ..animation.clone() }
            }
        }
    }
}

/// Of what a take was fitted.
pub struct Fitting {
    take: Take,
    file: Arc<MotionFile>,
    subject: Arc<Subject>,
}

/// A take as far as it was read and fitted.
#[derive(Default)]
pub struct TakeContent {
    /// Where the motion is from that is read, and what was said of its bones.
    pub(super) of: Option<(MotionSource, NameMap)>,
    /// The motion file.
    pub file: Loaded<Arc<MotionFile>>,
    /// The take on the figure.
    pub performance: Loaded<Arc<Performance>>,
    /// What it was fitted of, or is.
    pub(super) fitting: Option<Arc<Fitting>>,
}

/// Two takes on the figure, the first going over into the second.
pub(in crate::studio) struct Joined {
    pub(super) first: Arc<Performance>,
    pub(super) second: Arc<Performance>,
    /// When it begins, and for how long.
    pub(super) frames: [i64; 2],
    pub(super) fps: f64,
    /// What came of it.
    pub(super) both: Arc<Performance>,
}

/// A motion that the first one is to go over into as soon as it is known where that ends.
pub(in crate::studio) struct Waiting {
    /// Where the first one is from: it waits for no other.
    pub(super) first: MotionSource,
    pub(super) source: MotionSource,
    pub(super) file: Arc<MotionFile>,
    pub(super) hash: String,
}

/// It is on its way.
pub(in crate::studio) struct Comes;

impl TakeContent {
    /// Holds a motion that was read for a take that is made of it just now.
    pub(super) fn hold(&mut self, source: MotionSource, file: Arc<MotionFile>) {
        *self = Self { of: Some((source, NameMap::default())), file: Loaded::Ready(file), ..Self::default() };
    }

    /// Has the motion of a take read.
    pub(super) fn read(&mut self, jobs: &Jobs, take: Option<&Take>) {
        // This is asked in every frame of the window.
        let wanted = take.map(|take| (&take.source, &take.names));
        if self.of.as_ref().map(|(source, names)| (source, names)) == wanted {
            return;
        }
        let wanted = wanted.map(|(source, names)| (source.clone(), names.clone()));
        let before = std::mem::replace(&mut self.of, wanted.clone());
        let Some(of) = wanted else {
            (self.file, self.performance) = (Loaded::None, Loaded::None);
            return;
        };
        // The same file is seen and moves on until it is read again.
        if before.is_none_or(|(before, _)| before != of.0) {
            (self.file, self.performance) = (Loaded::Loading, Loaded::None);
        }
        let (title, lost) = (format!("Opening {}", of.0.name()), of.clone());
        let or_else = move |why| Event::Motion(lost, Err(why));
        jobs.start_or_else(title, or_else, move |_| {
            let (source, names) = &of;
            let read = source.load_with(names).map_err(|error| error.to_string());
            Some(Event::Motion(of, read.map(|(file, hash)| (Arc::new(file), hash))))
        });
    }

    /// Has the take fitted to the figure.
    ///
    /// # Errors
    /// The file has no such clip any more.
    pub(super) fn fit(
        &mut self,
        jobs: &Jobs,
        take: Option<&Take>,
        subject: Option<&Arc<Subject>>,
    ) -> Result<(), String> {
        let ready = self.file.ready().cloned().zip(subject.cloned());
        let Some((take, (file, subject))) = take.zip(ready) else {
            self.fitting = None;
            // What could not be read is known already.
            self.performance = match &self.file {
                Loaded::Failed(why) => Loaded::Failed(why.clone()),
                _ => Loaded::None,
            };
            return Ok(());
        };
        let known = self.fitting.as_ref().is_some_and(|known| {
            known.take == *take && Arc::ptr_eq(&known.file, &file) && Arc::ptr_eq(&known.subject, &subject)
        });
        if known {
            return Ok(());
        }
        let clip = take.clip(&file).cloned();
        let fitting = Arc::new(Fitting { take: take.clone(), file, subject });
        self.fitting = Some(fitting.clone());
        let Some(clip) = clip else {
            let why = format!("{} has no clip called `{}` any more", take.source.name(), text::line(&take.clip));
            self.performance = Loaded::Failed(why.clone());
            return Err(why);
        };
        self.performance = Loaded::Loading;
        let lost = fitting.clone();
        let or_else = move |why| Event::Performance(lost, Err(why));
        jobs.start_quietly_or_else("Fitting the motion", or_else, move |_| {
            let subject = &fitting.subject;
            let performance = Performance::edited(&clip, &fitting.take.edits(), subject.figure(), subject.rig());
            Some(Event::Performance(fitting, performance.map(Arc::new).map_err(|error| error.to_string())))
        });
        Ok(())
    }

    /// The take on the figure, if there is one that can be had.
    pub(super) fn there(&self, wanted: bool) -> Result<Option<Arc<Performance>>, Comes> {
        match &self.performance {
            Loaded::Ready(performance) => Ok(Some(performance.clone()).filter(|_| wanted)),
            Loaded::None | Loaded::Loading if wanted => Err(Comes),
            _ => Ok(None),
        }
    }
}

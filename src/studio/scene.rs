//! What moves the figure, worked out where it is asked: the window's thread asks for one frame, workers for many.

use super::workers::JobHandle;
use crate::dynamics::{Bake, Settings};
use crate::figure::LocalPose;
use crate::motion::vmd::Shots;
use crate::motion::{Clip, Moment, Performance};
use crate::project::{Animation, Seen};
use crate::raster::{Stance, Subject};
use std::sync::Arc;

/// What a figure does from the first frame to the last.
pub struct Act {
    animation: Animation,
    performance: Option<Arc<Performance>>,
    subject: Arc<Subject>,
    /// The motion file that the camera follows, if it does.
    camera: Option<Arc<Clip>>,
    /// It before the figure.
    shots: Option<Shots>,
    /// How hair and skirts swing, as soon as that is worked out.
    bake: Option<Arc<Bake>>,
    last: i64,
}

impl Act {
    /// The last frame that moves.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// What the figure does at a frame; `None`: nothing moves it.
    pub fn at(&self, frame: i64) -> Option<Moment> {
        let (figure, rig) = (self.subject.figure(), self.subject.rig());
        let mut moment = self.animation.at(self.performance.as_deref(), figure, frame)?;
        if let Some(sway) = self.bake.as_ref().and_then(|bake| bake.at(frame)) {
            moment.local = Some(LocalPose { sway, ..moment.spelled_out(figure, rig) });
        }
        Some(moment)
    }

    /// The camera moves.
    pub fn moves_camera(&self) -> bool {
        self.shots.is_some() || !self.animation.camera.keys.is_empty()
    }

    /// From where the figure is seen at a frame, for a picture of that aspect; `None`: from where the project has it.
    pub fn seen(&self, frame: i64, aspect: f32) -> Option<Seen> {
        self.animation.camera.seen(self.shots.as_ref(), frame, self.animation.fps, aspect)
    }

    /// `subject`, the same figure of whatever lengths, as it stands at a frame; nothing of it comes to rest there.
    pub fn stand(&self, subject: &Arc<Subject>, frame: i64) -> Option<Arc<Stance>> {
        let moment = self.at(frame)?;
        let local = moment.spelled_out(subject.figure(), subject.rig());
        Some(subject.stand_so(&moment.pose, Some(&local)))
    }
}

/// An act that is played.
pub(super) struct Scene {
    pub(super) act: Arc<Act>,
    /// Whether the last of these frames shows what the first does.
    closed: Option<([i64; 2], bool)>,
    /// The frame that was worked out last, with what the figure does there.
    now: Option<(i64, Option<Arc<Moment>>)>,
    /// What of the figure swings, beside what its file says.
    sway: Settings,
    /// Who works out how it swings.
    baking: Option<JobHandle>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.baking.iter().for_each(JobHandle::stop);
    }
}

impl Scene {
    /// Of what moves the figure; `baking` works out how hair and skirts swing in it.
    pub(super) fn new(
        animation: Animation,
        performance: Option<Arc<Performance>>,
        camera: Option<Arc<Clip>>,
        subject: Arc<Subject>,
        sway: Settings,
        baking: Option<JobHandle>,
    ) -> Self {
        let shots = camera.as_ref().and_then(|clip| Shots::of(clip, subject.figure()));
        let last = animation.last_frame(performance.as_ref().map(|performance| performance.clip()), shots.as_ref());
        let act = Arc::new(Act { animation, performance, subject, camera, shots, bake: None, last });
        Self { act, closed: None, now: None, sway, baking }
    }

    /// It is of these.
    pub(super) fn is_of(
        &self,
        animation: &Animation,
        performance: Option<&Arc<Performance>>,
        camera: Option<&Arc<Clip>>,
        subject: &Arc<Subject>,
        sway: &Settings,
    ) -> bool {
        let act = &self.act;
        let same_take = same(act.performance.as_ref(), performance) && same(act.camera.as_ref(), camera);
        same_take && Arc::ptr_eq(&act.subject, subject) && act.animation == *animation && self.sway == *sway
    }

    /// It plays this, on whatever figure.
    pub(super) fn plays(&self, animation: &Animation) -> bool {
        self.act.animation == *animation
    }

    /// The last frame that moves.
    pub(super) fn last(&self) -> i64 {
        self.act.last
    }

    /// What the figure does at the playhead.
    pub(super) fn now(&mut self, frame: i64) -> Option<Arc<Moment>> {
        if self.now.as_ref().is_none_or(|(known, _)| *known != frame) {
            self.now = Some((frame, self.act.at(frame).map(Arc::new)));
        }
        self.now.as_ref().and_then(|(_, moment)| moment.clone())
    }

    /// The last of these frames shows what the first does.
    pub(super) fn closes(&mut self, span: [i64; 2]) -> bool {
        if let Some((known, closed)) = self.closed
            && known == span
        {
            return closed;
        }
        let shown = |frame| (self.act.at(frame), self.act.seen(frame, 1.0));
        let closed = span[0] < span[1] && shown(span[0]) == shown(span[1]);
        self.closed = Some((span, closed));
        closed
    }

    /// Hair and skirts swing from now on. False: this was worked out of something else.
    pub(super) fn swing(&mut self, animation: &Animation, subject: &Arc<Subject>, bake: Arc<Bake>) -> bool {
        let Act { performance, camera, shots, last, .. } = &*self.act;
        let same = self.plays(animation)
            && Arc::ptr_eq(&self.act.subject, subject)
            && self.sway == bake.source().settings
            && *last as u64 + 1 == bake.source().frames;
        if same {
            let act = Act {
                animation: animation.clone(),
                performance: performance.clone(),
                subject: subject.clone(),
                camera: camera.clone(),
                shots: shots.clone(),
                bake: Some(bake),
                last: *last,
            };
            (self.act, self.now, self.closed) = (Arc::new(act), None, None);
        }
        same
    }
}

/// Both are the same thing, or nothing.
fn same<T>(own: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (own, other) {
        (Some(own), Some(other)) => Arc::ptr_eq(own, other),
        (own, other) => own.is_none() && other.is_none(),
    }
}

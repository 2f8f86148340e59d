//! The way of a joint through frames of what is played, worked out while everything else goes on.

use super::Latest;
use crate::mailbox::Reader;
use crate::raster::Subject;
use crate::studio::Act;
use glam::Vec3;
use std::sync::Arc;

/// Frames between two looks whether another way is wanted by now.
const STRIDE: usize = 16;

/// The way that is wanted.
#[derive(Clone)]
pub struct PathRequest {
    /// What is played.
    pub act: Arc<Act>,
    /// The figure, with the lengths that it is shown with.
    pub subject: Arc<Subject>,
    /// Whose way.
    pub joint: u32,
    /// The first and the last frame.
    pub frames: [i64; 2],
}

impl PathRequest {
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.act, &other.act)
            && Arc::ptr_eq(&self.subject, &other.subject)
            && (self.joint, self.frames) == (other.joint, other.frames)
    }
}

/// The way of a joint.
#[derive(Clone, Debug)]
pub struct MotionPath {
    /// Whose.
    pub joint: u32,
    /// The frame of the first point.
    pub first: i64,
    /// Where the joint is at each frame, metres.
    pub points: Vec<Vec3>,
}

/// The thread that works them out.
pub struct Paths(Latest<PathRequest, MotionPath>);

impl Paths {
    /// Starts the thread; `wake` is called when a way is there.
    pub(super) fn new(wake: impl Fn() + Send + 'static) -> Self {
        Self(Latest::start("paths", wake, follow, || None))
    }

    /// Asks for a way; the one that waits, if any, is not wanted any more. To ask again for the same does nothing.
    pub fn request(&self, request: PathRequest) {
        self.0.wish(request, PathRequest::same);
    }

    /// The next way.
    pub fn poll(&self) -> Option<MotionPath> {
        self.0.poll()
    }
}

fn follow(request: PathRequest, reader: &Reader<PathRequest>) -> Option<MotionPath> {
    let PathRequest { act, subject, joint, frames: [first, last] } = request;
    let mut points = Vec::new();
    for frame in first..=last {
        if points.len().is_multiple_of(STRIDE) && reader.superseded(|_| true) {
            return None;
        }
        let stance = act.stand(&subject, frame)?;
        points.push(stance.world().get(joint as usize)?.w_axis.truncate());
    }
    Some(MotionPath { joint, first, points })
}

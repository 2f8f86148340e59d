//! The posed figure as the panel's overlays need it, looked at again only when pose or figure change.

use crate::engine::Subject;
use crate::figure::Figure;
use crate::pose::{Pose, Posed, Rig};
use glam::Mat4;
use std::sync::Arc;

/// A figure, its rig, its pose and where all its joints are.
pub(super) struct Body {
    pub(super) subject: Arc<Subject>,
    pub(super) rig: Arc<Rig>,
    pub(super) pose: Arc<Pose>,
    pub(super) world: Vec<Mat4>,
}

impl Body {
    /// Brings `body` up to date.
    pub(super) fn follow<'b>(body: &'b mut Option<Body>, subject: &Arc<Subject>, pose: &Pose) -> &'b Body {
        let known = body.take().filter(|body| Arc::ptr_eq(&body.subject, subject));
        let body = body.insert(match known {
            Some(body) => body,
            None => {
                Body { subject: subject.clone(), rig: subject.rig().clone(), pose: Arc::default(), world: Vec::new() }
            }
        });
        if body.world.is_empty() || *body.pose != *pose {
            body.pose = Arc::new(pose.clone());
            body.world = body.rig.world(subject.figure(), pose);
        }
        body
    }

    pub(super) fn figure(&self) -> &Figure {
        self.subject.figure()
    }

    /// The pose on the figure, to ask and to change.
    pub(super) fn posed(&self) -> Posed<'_> {
        Posed::known(self.figure(), &self.rig, (*self.pose).clone(), self.world.clone())
    }

    /// Another pose on the same figure.
    pub(super) fn with(&self, pose: &Pose) -> Posed<'_> {
        Posed::new(self.figure(), &self.rig, pose.clone())
    }
}

//! The user's own poses, which every project has: kept, renamed, replaced, deleted. They are files of their own and no part
//! of a project's history; so whoever offers these takes care that they can be undone.

use crate::pose::{NamedPose, OwnPoses, Pose};
use crate::studio::Studio;
use crate::studio::events::Event;

/// A change of the user's own poses.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnChange {
    /// None: reads what is there now.
    Read,
    /// Keeps poses; of names that are taken each gets another.
    Keep(Vec<NamedPose>),
    /// Another pose in the place of the one of that name.
    Replace(NamedPose),
    /// Another name.
    Rename {
        /// What it is called.
        from: String,
        /// What it is to be called.
        to: String,
    },
    /// Takes the pose of that name away.
    Delete(String),
}

impl OwnChange {
    /// Keeps one pose.
    pub fn keep(name: &str, pose: &Pose) -> Self {
        Self::Keep(vec![NamedPose { name: name.to_owned(), pose: pose.clone() }])
    }
}

impl Studio {
    /// Has a worker change the user's own poses and read what there is then.
    pub(in crate::studio) fn change_own_poses(&mut self, change: OwnChange) {
        let own = OwnPoses::at(self.settings.folder.join("poses"));
        let asked = self.content.next_revision();
        let problems_told = self.content.own_poses_asked > 0;
        self.content.own_poses_asked = asked;
        self.workers.jobs.start_quietly("Keeping poses", move |job| {
            let done = match &change {
                OwnChange::Read => Ok(()),
                OwnChange::Keep(poses) => poses.iter().try_for_each(|new| own.keep(&new.name, &new.pose).map(|_| ())),
                OwnChange::Replace(pose) => own.replace(&pose.name, &pose.pose),
                OwnChange::Rename { from, to } => own.rename(from, to),
                OwnChange::Delete(name) => own.remove(name).map(|_| ()),
            };
            if let Err(error) = done {
                job.send(Event::Failed(error.to_string()));
            }
            let (poses, problems) = own.list();
            for problem in problems.iter().filter(|_| !problems_told) {
                job.send(Event::Warning(problem.to_string()));
            }
            Some(Event::OwnPoses(asked, poses))
        });
    }
}

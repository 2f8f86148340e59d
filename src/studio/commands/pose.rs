//! The pose: mirrored, reset, taken from the library, kept there, read and written.

use super::{Edit, OwnChange};
use crate::figure::HumanBone;
use crate::pose::{NamedPose, Pose, vpd};
use crate::studio::Studio;
use crate::studio::events::Event;
use crate::studio::workers::Job;
use crate::text;
use std::path::{Path, PathBuf};
use tracing::Level;

/// What can be done with a pose.
#[derive(Clone, Debug, PartialEq)]
pub enum PoseCommand {
    /// The pose in a mirror.
    Flip,
    /// One side's bones take the other's pose: `true` from the figure's left to its right.
    MirrorSide {
        /// The left side is copied to the right.
        from_left: bool,
    },
    /// Keeps the pose for pasting.
    Copy,
    /// Takes the kept pose.
    Paste,
    /// Joints keep to human limits, or no longer.
    JointLimits,
    /// Hair and skirts hang as they come to rest, or no longer.
    Hanging,
    /// The selected joint as in T-pose.
    ResetBone,
    /// The selected limb as in T-pose.
    ResetLimb,
    /// Everything as in T-pose.
    Reset,
    /// Takes a pose; `only`: for these bones alone.
    Take {
        /// Its name, for the menu.
        name: String,
        /// The pose.
        pose: Pose,
        /// Only these bones, if any are given.
        only: Option<Vec<HumanBone>>,
    },
    /// Keeps the current pose for all projects under a name.
    Keep(String),
    /// Changes the user's own poses.
    Own(OwnChange),
    /// Adds pose files to the user's own poses.
    Import(Vec<PathBuf>),
    /// Saves the current pose.
    Export(PathBuf),
}

impl Studio {
    pub(super) fn apply_pose(&mut self, ctx: &egui::Context, command: PoseCommand, gesture: Option<u64>) {
        match command {
            PoseCommand::Flip => {
                let pose = self.shown_pose().mirrored();
                self.edit(ctx, "Flip the pose", Edit::Pose(pose), None);
            }
            PoseCommand::MirrorSide { from_left } => {
                let pose = self.shown_pose().with_side_mirrored(from_left);
                self.edit(ctx, "Mirror a side", Edit::Pose(pose), None);
            }
            PoseCommand::Copy => {
                self.copied_pose = Some(self.shown_pose().clone());
                self.toasts.say(Level::INFO, "This pose is kept for pasting".into());
            }
            PoseCommand::Paste => match self.copied_pose.clone() {
                Some(pose) => self.edit(ctx, "Paste the pose", Edit::Pose(pose), None),
                None => self.toasts.say(Level::INFO, "No pose was copied yet".into()),
            },
            PoseCommand::JointLimits => {
                let limits = !self.project().joint_limits;
                self.edit(ctx, "Joint limits", Edit::JointLimits(limits), None);
            }
            PoseCommand::Hanging => {
                let figure = self.content.subject().map(|subject| &**subject.figure());
                let hanging = !self.project().wants_hanging(figure);
                // What suits the figure need not be said.
                let usual = figure.is_some_and(|figure| self.project().sway.suit_stills(figure));
                let said = (hanging != usual).then_some(hanging);
                self.edit(ctx, "Hanging hair and skirts", Edit::Hanging(said), None);
            }
            PoseCommand::ResetBone => self.reset(ctx, false),
            PoseCommand::ResetLimb => self.reset(ctx, true),
            PoseCommand::Reset => self.edit(ctx, "Reset the pose", Edit::Pose(Pose::default()), None),
            PoseCommand::Take { name, pose, only } => {
                let pose = match only {
                    Some(bones) => self.shown_pose().with_part(&pose, &bones),
                    None => pose,
                };
                self.edit(ctx, &format!("Take the pose {}", text::line(&name)), Edit::Pose(pose), gesture);
            }
            PoseCommand::Keep(name) => {
                let change = OwnChange::keep(&name, self.shown_pose());
                self.change_own_poses(change);
            }
            PoseCommand::Own(change) => self.change_own_poses(change),
            PoseCommand::Import(paths) => self.import_poses(paths),
            PoseCommand::Export(path) => self.export_pose(path),
        }
    }

    /// Puts the selected bone, or its whole limb, back to T-pose.
    fn reset(&mut self, ctx: &egui::Context, whole_limb: bool) {
        let Some((subject, joint)) = self.content.subject().zip(self.display.selected) else {
            self.toasts.say(Level::INFO, "No bone is selected".into());
            return;
        };
        let figure = subject.figure();
        let mut pose = self.shown_pose().clone();
        match figure.humanoid.bone_at(joint) {
            Some(bone) => {
                let bones = if whole_limb { crate::pose::limb(bone) } else { vec![bone] };
                pose.bones.retain(|bone, _| !bones.contains(bone));
            }
            None => {
                pose.joints.remove(&figure.joints[joint as usize].name);
            }
        }
        let label = if whole_limb { "Reset the limb" } else { "Reset the bone" };
        self.edit(ctx, label, Edit::Pose(pose), None);
    }

    /// Takes one pose file's pose; several are for the library.
    pub(super) fn open_poses(&self, paths: Vec<PathBuf>) {
        if let [path] = &paths[..] {
            let path = path.clone();
            self.workers.jobs.start("Opening a pose", move |_| match read_pose(&path) {
                Ok((name, pose)) => Some(Event::Command(PoseCommand::Take { name, pose, only: None }.into())),
                Err(problem) => Event::motion_instead(&path).or(Some(Event::Failed(problem))),
            });
        } else if !paths.is_empty() {
            self.import_poses(paths);
        }
    }

    /// Reads poses for the library.
    fn import_poses(&self, paths: Vec<PathBuf>) {
        self.workers.jobs.start("Reading poses", move |job: &Job| {
            let mut poses = Vec::new();
            for path in &paths {
                match read_pose(path) {
                    Ok((name, pose)) => poses.push(NamedPose { name, pose }),
                    Err(problem) => job.send(Event::Failed(problem)),
                }
            }
            (!poses.is_empty()).then_some(Event::Poses(poses))
        });
    }

    /// Saves the current pose.
    fn export_pose(&mut self, path: PathBuf) {
        let (pose, name) =
            (self.shown_pose().clone(), path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("vpd")) {
            self.write(path, move |path| pose.save(path, &name).map_err(|error| error.to_string()));
            return;
        }
        // MMD wants to be told the height at which a figure stands, which takes a figure.
        let Some(subject) = self.content.subject().cloned() else {
            self.toasts.say(Level::ERROR, "an MMD pose needs a figure that holds it: open one first".into());
            return;
        };
        self.write(path, move |path| {
            vpd::save(&pose, path, subject.figure(), subject.rig()).map_err(|error| error.to_string())
        });
    }
}

fn read_pose(path: &Path) -> Result<(String, Pose), String> {
    crate::pose::named_or_file(&path.to_string_lossy()).map_err(|error| error.to_string())
}

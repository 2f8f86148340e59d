//! What each command does.

use super::Studio;
use super::command::{Command, Edit};
use super::dialogs::{Ask, ask};
use super::layout::Layout;
use super::theme;
use crate::figure::HumanBone;
use crate::picture::Picture;
use crate::pose::{Orbit, Pose};
use crate::project::{Drawing, DrawingSource, History, NamedCamera, NamedPose, Project, Tracing};
use std::path::PathBuf;
use tracing::Level;

impl Studio {
    /// Does what a command says. `gesture`: the press of the pointer that is under way.
    pub(super) fn apply(&mut self, ctx: &egui::Context, command: Command, gesture: Option<u64>) {
        match command {
            Command::New | Command::OpenExample => self.replace(command),
            Command::OpenDialog => self.ask(Ask::Open),
            Command::Open(paths) => self.open(paths),
            Command::Save => match self.document.path.clone() {
                Some(path) => self.save_as(path),
                None => self.ask(Ask::SaveProject),
            },
            Command::SaveAsDialog => self.ask(Ask::SaveProject),
            Command::SaveAs(path) => self.save_as(path),
            Command::CollectDialog => self.ask(Ask::Collect),
            Command::Collect(target) => self.collect(target),
            Command::Recover(i) => self.recover(i),
            Command::DiscardLeftover(i) => {
                if i < self.windows.leftovers.len() {
                    let leftover = self.windows.leftovers.remove(i);
                    self.workers.jobs.start_quietly("Throwing a copy away", move |_| {
                        leftover.forget();
                        None
                    });
                }
            }
            Command::Quit => {
                if self.may_replace(Command::Quit) {
                    self.may_close = true;
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            }
            Command::Undo => self.step(ctx, History::undo),
            Command::Redo => self.step(ctx, History::redo),
            Command::Edit { label, edit } => self.edit(ctx, &label, edit, gesture),

            Command::AddDrawingsDialog => self.ask(Ask::Drawings),
            Command::AddDrawings(paths) => self.add_drawings(paths),
            Command::PasteDrawing(image) => self.paste_drawing(&image),
            Command::EditDrawing(source) => self.edit_drawing(&source),
            Command::CutOut(source) => self.cut_out(source),
            Command::SaveTracedUdp(source) => self.save_traced_udp(&source),
            Command::ReplaceDrawingDialog(source) => self.ask(Ask::Replace(source)),
            Command::ReplaceDrawing(source, path) => self.replace_drawing(ctx, &source, path),
            Command::ReloadDrawing(source) => self.read_drawings(vec![source]),
            Command::Trace(source) => self.trace(ctx, source),

            Command::OpenFigureDialog => self.ask(Ask::Figure),
            Command::Select(joint) => {
                let joints = self.content.subject().map_or(0, |subject| subject.figure().joints.len());
                self.view.selected = joint.filter(|&joint| (joint as usize) < joints);
            }
            Command::FlipPose => {
                let pose = self.project().pose.mirrored();
                self.edit(ctx, "Flip the pose", Edit::Pose(pose), None);
            }
            Command::MirrorSide { from_left } => {
                let pose = self.project().pose.with_side_mirrored(from_left);
                self.edit(ctx, "Mirror a side", Edit::Pose(pose), None);
            }
            Command::CopyPose => {
                self.copied_pose = Some(self.project().pose.clone());
                self.toasts.say(Level::INFO, "This pose is kept for pasting".into());
            }
            Command::PastePose => match self.copied_pose.clone() {
                Some(pose) => self.edit(ctx, "Paste the pose", Edit::Pose(pose), None),
                None => self.toasts.say(Level::INFO, "No pose was copied yet".into()),
            },
            Command::JointLimits => {
                let limits = !self.project().joint_limits;
                self.edit(ctx, "Joint limits", Edit::JointLimits(limits), None);
            }
            Command::ResetBone => self.reset(ctx, false),
            Command::ResetLimb => self.reset(ctx, true),
            Command::ResetPose => self.edit(ctx, "Reset the pose", Edit::Pose(Pose::default()), None),
            Command::TakePose { name, pose, only } => {
                let pose = match only {
                    Some(bones) => self.project().pose.with_part(&pose, &bones),
                    None => pose,
                };
                self.edit(ctx, &format!("Take the pose {name}"), Edit::Pose(pose), gesture);
            }
            Command::KeepPose(name) => {
                let mut poses = self.project().poses.clone();
                let name = free_name(&poses, &name);
                poses.push(NamedPose { name, pose: self.project().pose.clone() });
                self.edit(ctx, "Keep the pose", Edit::Poses(poses), None);
            }
            Command::ImportPosesDialog => self.ask(Ask::Poses),
            Command::ImportPoses(paths) => self.import_poses(paths),
            Command::ExportPoseDialog => self.ask(Ask::SavePose),
            Command::ExportPose(path) => self.export_pose(path),

            Command::Show(style) => self.view.style = style,
            Command::Handles(gizmo) => self.view.gizmo = gizmo,
            Command::WorldAxes(world) => self.view.world_axes = world,
            Command::ShowSkeleton(shown) => self.view.skeleton = shown,
            Command::ShowAllJoints(shown) => self.view.all_joints = shown,
            Command::FrameFigure => {
                let project = self.project().clone();
                if let Some(camera) = self.content.subject().and_then(|subject| self.framing(subject, &project)) {
                    self.edit(ctx, "Frame the figure", Edit::Camera(camera), None);
                }
            }
            Command::LookFrom(view) => {
                let camera = Orbit { yaw_deg: view.yaw_deg, pitch_deg: view.pitch_deg, ..self.project().camera };
                let project = Project { camera, ..(**self.project()).clone() };
                let framed = self.content.subject().and_then(|subject| self.framing(subject, &project));
                self.edit(ctx, "Look from another side", Edit::Camera(framed.unwrap_or(camera)), None);
            }
            Command::KeepCamera(name) => {
                let mut cameras = self.project().cameras.clone();
                cameras.retain(|kept| kept.name != name);
                cameras.push(NamedCamera { name, camera: self.project().camera });
                self.edit(ctx, "Keep the camera", Edit::Cameras(cameras), None);
            }

            Command::WeightsDialog => self.ask(Ask::Weights),
            Command::SavePictureDialog => self.ask(Ask::SavePicture),
            Command::SavePicture(path) => self.save_picture(path),
            Command::CopyPicture => match &self.content.painted {
                Some(painted) => {
                    ctx.copy_image(image(&painted.picture));
                    self.toasts.say(Level::INFO, "The picture is on the clipboard".into());
                }
                None => self.toasts.say(Level::INFO, "There is no picture to copy yet".into()),
            },
            Command::SaveUdpDialog => self.ask(Ask::SaveUdp),
            Command::SaveUdp(path) => self.save_udp(path),
            Command::ShowContributions(shown) => self.view.contributions = shown,
            Command::PaintAgain => self.paint_again(),
            Command::CancelWork => {
                self.workers.jobs.cancel_all();
                self.stop_painting();
            }

            Command::Palette => self.palette.toggle(),
            Command::ShowPanel(kind) => self.layout.show(kind),
            Command::ResetLayout => self.layout = Layout::default(),
            Command::Theme(choice) => {
                self.settings.theme = choice;
                theme::choose(ctx, choice);
            }
            Command::Zoom(step) => {
                let scale = if step == 0 { 1.0 } else { self.settings.scale + 0.1 * f32::from(step) };
                self.settings.scale = (scale * 10.0).round().clamp(5.0, 30.0) / 10.0;
                ctx.set_zoom_factor(self.settings.scale);
            }
            Command::Tour => self.tour.begin(),
            Command::Keys => self.windows.keys = true,
            Command::About => self.windows.about = true,
            Command::Licence => self.windows.licence = true,
        }
    }

    fn ask(&self, what: Ask) {
        let folder = self.document.path.as_ref().and_then(|path| path.parent()).map(PathBuf::from);
        let name = match (&what, &self.document.path) {
            (Ask::SaveProject, None) => "character".to_owned(),
            (Ask::SavePicture | Ask::SaveUdp | Ask::SavePose, None) => "picture".to_owned(),
            _ => self.document.name(),
        };
        ask(&self.workers.jobs, what, folder, &name);
    }

    /// Another project takes this one's place.
    fn replace(&mut self, command: Command) {
        if self.may_replace(command.clone()) {
            self.open_fresh(if command == Command::New { Project::default() } else { Project::example() });
        }
    }

    fn recover(&mut self, i: usize) {
        if i < self.windows.leftovers.len() && self.may_replace(Command::Recover(i)) {
            let leftover = self.windows.leftovers.remove(i);
            self.open_leftover(leftover);
        }
    }

    fn step(&mut self, ctx: &egui::Context, step: impl FnOnce(&mut History) -> Option<String>) {
        if step(&mut self.document.history).is_some() {
            self.document.touched(ctx.input(|input| input.time));
            ctx.request_repaint();
        }
    }

    fn replace_drawing(&mut self, ctx: &egui::Context, source: &DrawingSource, path: PathBuf) {
        let mut sheet = self.project().sheet.clone();
        let new = DrawingSource::File(crate::project::file::absolute(&path));
        for drawing in &mut sheet {
            if drawing.source == *source {
                *drawing = Drawing { source: new.clone(), enabled: drawing.enabled };
            }
        }
        self.content.drawings.remove(&new);
        self.edit(ctx, "Replace a drawing", Edit::Sheet(sheet), None);
    }

    fn trace(&mut self, ctx: &egui::Context, source: DrawingSource) {
        let mut project = (**self.project()).clone();
        if let Some(view) = self.content.drawing(&source).and_then(|state| state.view.as_ref()) {
            project.frame_px = [view.picture.width_px, view.picture.height_px];
        }
        project.tracing = Some(Tracing { source, opacity: 0.5 });
        self.change(ctx, "Trace a drawing", project, None);
    }

    /// Puts the selected bone, or its whole limb, back to T-pose.
    fn reset(&mut self, ctx: &egui::Context, whole_limb: bool) {
        let Some((subject, joint)) = self.content.subject().zip(self.view.selected) else {
            self.toasts.say(Level::INFO, "No bone is selected".into());
            return;
        };
        let figure = subject.figure();
        let mut pose = self.project().pose.clone();
        match figure.humanoid.bone_at(joint) {
            Some(bone) => {
                let bones = if whole_limb { limb(bone) } else { vec![bone] };
                pose.bones.retain(|bone, _| !bones.contains(bone));
            }
            None => {
                pose.joints.remove(&figure.joints[joint as usize].name);
            }
        }
        let label = if whole_limb { "Reset the limb" } else { "Reset the bone" };
        self.edit(ctx, label, Edit::Pose(pose), None);
    }
}

/// The limb a bone belongs to: an arm with its fingers, a leg, or the torso with neck and head.
pub(super) fn limb(bone: HumanBone) -> Vec<HumanBone> {
    use HumanBone::{Chest, Head, Hips, Neck, Spine, UpperChest};
    const TORSO: [HumanBone; 6] = [Hips, Spine, Chest, UpperChest, Neck, Head];
    if TORSO.contains(&bone) {
        return TORSO.to_vec();
    }
    let mut root = bone;
    while let Some(parent) = root.parent().filter(|parent| !TORSO.contains(parent)) {
        root = parent;
    }
    let hangs_on = |mut bone: HumanBone| loop {
        if bone == root {
            return true;
        }
        match bone.parent() {
            Some(parent) => bone = parent,
            None => return false,
        }
    };
    HumanBone::ALL.into_iter().filter(|&bone| hangs_on(bone)).collect()
}

/// `wanted`, or with a number behind it that no kept pose has.
pub(super) fn free_name(poses: &[NamedPose], wanted: &str) -> String {
    let wanted = if wanted.trim().is_empty() { "pose" } else { wanted.trim() };
    let taken = |name: &str| poses.iter().any(|kept| kept.name == name);
    if !taken(wanted) {
        return wanted.to_owned();
    }
    (2..).map(|n| format!("{wanted} {n}")).find(|name| !taken(name)).unwrap_or_default()
}

/// A picture as the window and the clipboard take it.
pub(super) fn image(picture: &Picture) -> egui::ColorImage {
    let size = [picture.width_px as usize, picture.height_px as usize];
    egui::ColorImage::from_rgba_unmultiplied(size, bytemuck::cast_slice(&picture.pixels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limbs_hold_together() {
        let arm = limb(HumanBone::LeftIndexDistal);
        assert!(arm.contains(&HumanBone::LeftShoulder) && arm.contains(&HumanBone::LeftThumbProximal));
        assert!(!arm.contains(&HumanBone::RightHand) && !arm.contains(&HumanBone::UpperChest));
        let leg = limb(HumanBone::RightFoot);
        assert_eq!(leg.len(), 4, "{leg:?}");
        assert!(limb(HumanBone::Spine).contains(&HumanBone::Head));
    }

    #[test]
    fn kept_poses_have_names_of_their_own() {
        let poses = ["wave", "wave 2"].map(|name| NamedPose { name: name.into(), pose: Pose::default() });
        assert_eq!(free_name(&poses, "wave"), "wave 3");
        assert_eq!(free_name(&poses, " "), "pose");
    }
}

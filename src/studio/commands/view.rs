//! What is looked at and from where.

use super::Edit;
use crate::pose::{CameraView, Orbit};
use crate::project::{NamedCamera, Project};
use crate::raster::Stance;
use crate::studio::Studio;
use crate::studio::display::{Gizmo, Style};

/// Part of the picture left free around a figure that is framed.
const MARGIN: f32 = 0.06;

/// What can be looked at, and how.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewCommand {
    /// Selects a joint, or nothing.
    Select(Option<u32>),
    /// How the viewport shows the figure.
    Show(Style),
    /// Which handles the viewport offers.
    Handles(Gizmo),
    /// Rings turn about the world's axes instead of the bone's own.
    WorldAxes(bool),
    /// The skeleton drawn over the figure.
    Skeleton(bool),
    /// The skeleton has hair, clothes and the like too.
    AllJoints(bool),
    /// The preview shows which drawing contributed where.
    Contributions(bool),
    /// Brings the whole figure into the frame, from where it is seen.
    FrameFigure,
    /// One of the named views, framed.
    LookFrom(CameraView),
    /// Keeps the current camera under a name.
    KeepCamera(String),
}

impl Studio {
    pub(super) fn apply_view(&mut self, ctx: &egui::Context, command: ViewCommand) {
        match command {
            ViewCommand::Select(joint) => {
                let joints = self.content.subject().map_or(0, |subject| subject.figure().joints.len());
                self.display.selected = joint.filter(|&joint| (joint as usize) < joints);
            }
            ViewCommand::Show(style) => self.display.style = style,
            ViewCommand::Handles(gizmo) => self.display.gizmo = gizmo,
            ViewCommand::WorldAxes(world) => self.display.world_axes = world,
            ViewCommand::Skeleton(shown) => self.display.skeleton = shown,
            ViewCommand::AllJoints(shown) => self.display.all_joints = shown,
            ViewCommand::Contributions(shown) => self.display.contributions = shown,
            ViewCommand::FrameFigure => {
                let project = self.project().clone();
                if let Some(camera) = self.content.stance.as_ref().and_then(|stance| framing(stance, &project)) {
                    self.edit(ctx, "Frame the figure", Edit::Camera(camera), None);
                }
            }
            ViewCommand::LookFrom(view) => {
                let camera = Orbit { yaw_deg: view.yaw_deg, pitch_deg: view.pitch_deg, ..self.project().camera };
                let project = Project { camera, ..(**self.project()).clone() };
                let framed = self.content.stance.as_ref().and_then(|stance| framing(stance, &project));
                self.edit(ctx, "Look from another side", Edit::Camera(framed.unwrap_or(camera)), None);
            }
            ViewCommand::KeepCamera(name) => {
                let mut cameras = self.project().cameras.clone();
                cameras.retain(|kept| kept.name != name);
                cameras.push(NamedCamera { name, camera: self.project().camera });
                self.edit(ctx, "Keep the camera", Edit::Cameras(cameras), None);
            }
        }
    }
}

/// The camera that holds the whole figure from where it is seen now.
pub(in crate::studio) fn framing(stance: &Stance, project: &Project) -> Option<Orbit> {
    let aspect = project.frame_px[0] as f32 / project.frame_px[1] as f32;
    Some(Orbit::framing(&project.camera.view(), stance.points().ok()?, aspect, MARGIN))
}

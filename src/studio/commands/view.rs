//! What is looked at and from where.

use super::Edit;
use crate::figure::Vertex;
use crate::pose::{CameraView, Orbit};
use crate::project::{NamedCamera, Project};
use crate::raster::Stance;
use crate::studio::display::{Gizmo, PathOf, Style};
use crate::studio::{Onion, Studio};
use glam::Vec3;
use tracing::Level;

/// Part of the picture left free around a figure that is framed.
const MARGIN: f32 = 0.06;
/// The same around a bone: what is beside it tells where one is.
const SELECTED_MARGIN: f32 = 0.2;
/// A joint without a surface is shown with this much around it, metres.
const ALONE_M: f32 = 0.1;

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
    /// Shows the neighbours of the shown frame as ghosts, or no longer.
    OnionSkin,
    /// Which neighbours those are.
    Ghosts(Onion),
    /// Whose way through what is played is drawn.
    Path(PathOf),
    /// Brings the whole figure into the frame, from where it is seen.
    FrameFigure,
    /// Brings the selected bone and what hangs on it into the frame, from where it is seen.
    FrameSelected,
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
            ViewCommand::OnionSkin => self.display.onion.on ^= true,
            ViewCommand::Ghosts(onion) => self.display.onion = onion.sane(),
            ViewCommand::Path(of) => self.display.path = of,
            ViewCommand::FrameFigure => {
                let project = self.as_seen();
                if let Some(camera) = self.content.stance.as_ref().and_then(|stance| framing(stance, &project)) {
                    self.edit(ctx, "Frame the figure", Edit::Camera(camera), None);
                }
            }
            ViewCommand::FrameSelected => self.frame_selected(ctx),
            ViewCommand::LookFrom(view) => {
                let seen = self.as_seen();
                let camera = Orbit { yaw_deg: view.yaw_deg, pitch_deg: view.pitch_deg, ..seen.camera };
                let project = Project { camera, ..seen };
                let framed = self.content.stance.as_ref().and_then(|stance| framing(stance, &project));
                self.edit(ctx, "Look from another side", Edit::Camera(framed.unwrap_or(camera)), None);
            }
            ViewCommand::KeepCamera(name) => {
                let mut cameras = self.project().cameras.clone();
                cameras.retain(|kept| kept.name != name);
                cameras.push(NamedCamera { name, camera: self.as_seen().camera });
                self.edit(ctx, "Keep the camera", Edit::Cameras(cameras), None);
            }
        }
    }
}

impl Studio {
    /// The project with the camera by which the figure is seen now, if a hand can turn that.
    fn as_seen(&self) -> Project {
        let project = self.project();
        let camera = self.playback.seen(project).orbit().unwrap_or(project.camera);
        Project { camera, ..Project::clone(project) }
    }

    fn frame_selected(&mut self, ctx: &egui::Context) {
        let (Some(stance), Some(joint)) = (self.content.stance.clone(), self.display.selected) else {
            self.toasts.say(Level::INFO, "No bone is selected: click one first".into());
            return;
        };
        let project = self.as_seen();
        let aspect = project.aspect();
        let points = near(&stance, joint);
        let camera = Orbit::framing(&project.camera.view(), &points, aspect, SELECTED_MARGIN);
        self.edit(ctx, "Frame the selected bone", Edit::Camera(camera), None);
    }
}

/// The surface that a joint moves most, by itself or by what hangs on it; around the joint where there is none.
fn near(stance: &Stance, joint: u32) -> Vec<Vec3> {
    let figure = stance.figure();
    let mut carried = vec![false; figure.joints.len()];
    // Parents come before their children; MMD figures bind their legs to copies of the leg bones, which follow them.
    for _ in 0..2 {
        for i in 0..figure.joints.len() {
            let parent = figure.joints[i].parent;
            carried[i] |= i == joint as usize || parent.is_some_and(|parent| carried[parent as usize]);
        }
        for append in figure.appends.iter().filter(|append| append.rotation && append.ratio > 0.5) {
            carried[append.joint as usize] |= carried[append.source as usize];
        }
    }
    let moved = |vertex: &Vertex| {
        let most = (0..4).max_by(|&a, &b| vertex.weights[a].total_cmp(&vertex.weights[b])).unwrap_or(0);
        figure.binds.get(vertex.binds[most] as usize).is_some_and(|bind| carried[bind.joint as usize])
    };
    let surface = stance.points().unwrap_or_default().iter().zip(&figure.vertices);
    let mut points: Vec<Vec3> = surface.filter(|(_, vertex)| moved(vertex)).map(|(point, _)| *point).collect();
    if points.is_empty() {
        let place = stance.posed().place(joint);
        points.extend([-ALONE_M, ALONE_M].map(|off| place + Vec3::splat(off)));
    }
    points
}

/// The camera that holds the whole figure from where it is seen now.
pub(in crate::studio) fn framing(stance: &Stance, project: &Project) -> Option<Orbit> {
    Some(Orbit::framing(&project.camera.view(), stance.points().ok()?, project.aspect(), MARGIN))
}

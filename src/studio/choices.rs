//! Which of the things that can be asked for by name is so already: what menus show a mark beside.

use super::commands::{Command, PoseCommand, ViewCommand, WindowCommand};
use super::display::Display;
use super::dock::Dock;
use super::settings::Settings;
use crate::figure::Figure;
use crate::project::Project;

/// What the marks depend on.
pub(super) struct Choices<'a> {
    /// The project as it is now.
    pub(super) project: &'a Project,
    /// The figure, once it is loaded.
    pub(super) figure: Option<&'a Figure>,
    /// What is looked at.
    pub(super) display: &'a Display,
    /// The user's settings.
    pub(super) settings: &'a Settings,
    /// The panels.
    pub(super) dock: &'a Dock,
}

impl Choices<'_> {
    /// Whether what `command` asks for is so now; `None`: it is nothing that is so or not.
    pub(super) fn chosen(&self, command: &Command) -> Option<bool> {
        let display = self.display;
        Some(match command {
            Command::View(view) => match view {
                ViewCommand::Show(style) => display.style == *style,
                ViewCommand::Handles(gizmo) => display.gizmo == *gizmo,
                ViewCommand::WorldAxes(world) => display.world_axes == *world,
                ViewCommand::Skeleton(shown) => display.skeleton == *shown,
                ViewCommand::AllJoints(shown) => display.all_joints == *shown,
                ViewCommand::Contributions(shown) => display.contributions == *shown,
                ViewCommand::OnionSkin => display.onion.on,
                ViewCommand::Path(of) => display.path == *of,
                ViewCommand::LookFrom(view) => self.project.camera.looks_as(view),
                _ => return None,
            },
            Command::Pose(PoseCommand::JointLimits) => self.project.joint_limits,
            Command::Pose(PoseCommand::Hanging) => self.project.wants_hanging(self.figure),
            Command::Window(WindowCommand::Theme(theme)) => self.settings.theme == *theme,
            Command::Window(WindowCommand::ShowPanel(kind)) => self.dock.is_seen(*kind),
            Command::Window(WindowCommand::Enlarge(kind)) => self.dock.large == Some(*kind),
            _ => return None,
        })
    }
}

//! The panels, one file each. A panel draws its [`Context`] and sends [`Command`](super::Command)s.

mod bones;
mod face;
mod hands;
mod inspector;
mod log;
mod picture;
mod poses;
mod preview;
mod sheet;
mod viewport;

pub(super) use picture::{checkerboard, fit, paint};

use super::command::Outbox;
use super::content::Content;
use super::log::LogLines;
use super::settings::Settings;
use super::view::View;
use super::workers::Workers;
use crate::project::Project;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a panel sees, and where it sends commands.
pub struct Context<'a> {
    /// The project as it is now.
    pub project: &'a Project,
    /// Its file, if it has one.
    pub path: Option<&'a Path>,
    /// What was read and painted.
    pub content: &'a Content,
    /// What is looked at.
    pub view: &'a View,
    /// The user's settings.
    pub settings: &'a Settings,
    /// Who does what takes time; to ask them is quick.
    pub workers: &'a Workers,
    /// What was logged.
    pub log: &'a LogLines,
    /// Where commands go; they take effect after the frame.
    pub commands: &'a mut Outbox,
}

/// A panel: keeps its own state (scroll, zoom, search), nothing that others need.
pub trait Panel {
    /// Draws the panel into all of `ui`.
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>);
}

/// Which panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanelKind {
    /// The character sheet.
    Sheet,
    /// The posed figure.
    Viewport,
    /// The painted picture.
    Preview,
    /// The list of bones.
    Bones,
    /// Fingers.
    Hands,
    /// Expressions, morphs and the gaze.
    Face,
    /// The pose library.
    Poses,
    /// The Ultra-Dense Pose, number by number.
    Inspector,
    /// What happened.
    Log,
}

impl PanelKind {
    /// All panels in their usual order.
    pub const ALL: [PanelKind; 9] = [
        Self::Sheet,
        Self::Viewport,
        Self::Preview,
        Self::Poses,
        Self::Bones,
        Self::Hands,
        Self::Face,
        Self::Inspector,
        Self::Log,
    ];

    /// What stands on its tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sheet => "Character sheet",
            Self::Viewport => "Pose",
            Self::Preview => "Preview",
            Self::Bones => "Bones",
            Self::Hands => "Hands",
            Self::Face => "Face",
            Self::Poses => "Pose library",
            Self::Inspector => "UDP",
            Self::Log => "Log",
        }
    }

    /// What it is for.
    pub fn tip(self) -> &'static str {
        match self {
            Self::Sheet => "The drawings of your character; drop pictures here",
            Self::Viewport => "The figure that you pose",
            Self::Preview => "Your character, painted in this pose",
            Self::Bones => "All bones of the figure",
            Self::Hands => "Fingers and hand shapes",
            Self::Face => "Expressions, morphs and where the figure looks",
            Self::Poses => "Built-in poses and your own",
            Self::Inspector => "The Ultra-Dense Pose: per pixel, which point of the body is seen",
            Self::Log => "What happened, with times",
        }
    }
}

/// All panels.
#[derive(Default)]
pub struct Panels {
    sheet: sheet::SheetPanel,
    viewport: viewport::ViewportPanel,
    preview: preview::PreviewPanel,
    bones: bones::BonesPanel,
    hands: hands::HandsPanel,
    face: face::FacePanel,
    poses: poses::PosesPanel,
    inspector: inspector::InspectorPanel,
    log: log::LogPanel,
}

impl Panels {
    /// The panel of a kind.
    pub fn get(&mut self, kind: PanelKind) -> &mut dyn Panel {
        match kind {
            PanelKind::Sheet => &mut self.sheet,
            PanelKind::Viewport => &mut self.viewport,
            PanelKind::Preview => &mut self.preview,
            PanelKind::Bones => &mut self.bones,
            PanelKind::Hands => &mut self.hands,
            PanelKind::Face => &mut self.face,
            PanelKind::Poses => &mut self.poses,
            PanelKind::Inspector => &mut self.inspector,
            PanelKind::Log => &mut self.log,
        }
    }
}

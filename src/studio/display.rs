//! What is looked at and how: neither saved with the project nor undone.

use super::onion::Onion;
use crate::figure::HumanBone;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the viewport shows the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Style {
    /// Lit, in its colours.
    #[default]
    Lit,
    /// Its Ultra-Dense Pose.
    Udp,
    /// Its triangles' edges.
    Wireframe,
}

/// Which handles the viewport offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gizmo {
    /// Rings that rotate the selected joint, and handles that hands, feet, hips, head and chest follow.
    #[default]
    All,
    /// Rings alone.
    Rotate,
    /// Handles alone.
    Reach,
    /// Neither: the figure is only looked at.
    Off,
}

/// Whose way through what is played is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathOf {
    /// Nobody's.
    #[default]
    Nothing,
    /// The selected joint's.
    Selected,
    /// A bone's, whatever is selected.
    Bone(HumanBone),
}

impl PathOf {
    /// What can be chosen, with what it is called.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Nothing, "No motion path"),
        (Self::Selected, "Path of the selection"),
        (Self::Bone(HumanBone::Hips), "Path of the hips"),
        (Self::Bone(HumanBone::Head), "Path of the head"),
        (Self::Bone(HumanBone::LeftHand), "Path of the left hand"),
        (Self::Bone(HumanBone::RightHand), "Path of the right hand"),
        (Self::Bone(HumanBone::LeftFoot), "Path of the left foot"),
        (Self::Bone(HumanBone::RightFoot), "Path of the right foot"),
    ];
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    /// The selected joint of the figure.
    pub selected: Option<u32>,
    /// How the viewport shows the figure.
    pub style: Style,
    /// Which handles it offers.
    pub gizmo: Gizmo,
    /// Rings turn about the world's axes instead of the bone's own.
    pub world_axes: bool,
    /// The skeleton is drawn over the figure.
    pub skeleton: bool,
    /// The preview shows which drawing contributed where.
    pub contributions: bool,
    /// The skeleton has hair, clothes and the like too.
    pub all_joints: bool,
    /// Which neighbours of the shown frame are seen as ghosts.
    pub onion: Onion,
    /// Whose way is drawn.
    pub path: PathOf,
    /// The training that is looked at.
    pub training: Option<PathBuf>,
    /// The pointer is held down on something that changes the project: pictures may be rough.
    pub dragging: bool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            selected: None,
            style: Style::Lit,
            gizmo: Gizmo::All,
            world_axes: false,
            skeleton: true,
            all_joints: false,
            contributions: false,
            onion: Onion::default(),
            path: PathOf::Nothing,
            training: None,
            dragging: false,
        }
    }
}

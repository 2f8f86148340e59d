//! The only way to change the project: one part of it takes another value.

use crate::dynamics::Settings;
use crate::engine::PaintingSettings;
use crate::figure::landmarks::Encoding;
use crate::pose::{NamedPose, Orbit, Pose};
use crate::project::{Animation, Drawing, FigureSource, NamedCamera, Project, SoundTrack, Tracing};

/// A change of the project; each replaces one part of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// The pose.
    Pose(Pose),
    /// What moves the figure.
    Animation(Box<Animation>),
    /// What is heard.
    Sound(Option<SoundTrack>),
    /// The camera.
    Camera(Orbit),
    /// Width and height of the output picture.
    Frame([u32; 2]),
    /// The drawings.
    Sheet(Vec<Drawing>),
    /// The figure.
    Figure(Option<FigureSource>),
    /// What paints.
    Painting(PaintingSettings),
    /// How the figure's points become landmarks, as weights were found to have it.
    Encoding(Option<Encoding>),
    /// The poses kept in this project alone.
    Poses(Vec<NamedPose>),
    /// The kept cameras.
    Cameras(Vec<NamedCamera>),
    /// The tracing picture.
    Tracing(Option<Tracing>),
    /// Whether joints keep to human limits.
    JointLimits(bool),
    /// Whether hair and skirts hang as they come to rest.
    Hanging(Option<bool>),
    /// What swings, and in what.
    Sway(Settings),
    /// The notes.
    Notes(String),
}

impl Edit {
    /// The project with this change.
    pub(super) fn of(self, project: &Project) -> Project {
        let mut project = project.clone();
        match self {
            Self::Pose(pose) => project.pose = pose,
            Self::Animation(animation) => project.animation = *animation,
            Self::Sound(sound) => project.sound = sound,
            Self::Camera(camera) => project.camera = camera.sane(),
            Self::Frame(size) => {
                project.frame_px = size.map(|side| side.clamp(16, crate::raster::LARGEST_SIDE_PX));
            }
            Self::Sheet(sheet) => project.sheet = sheet,
            Self::Figure(figure) => project.figure = figure,
            Self::Painting(painting) => project.painting = painting,
            Self::Encoding(encoding) => project.encoding = encoding,
            Self::Poses(poses) => project.poses = poses,
            Self::Cameras(cameras) => project.cameras = cameras,
            Self::Tracing(tracing) => project.tracing = tracing,
            Self::JointLimits(limits) => project.joint_limits = limits,
            Self::Hanging(hanging) => project.hanging = hanging,
            Self::Sway(sway) => project.sway = sway,
            Self::Notes(notes) => project.notes = notes,
        }
        project
    }
}

//! A project: which drawings, which figure, which pose, seen how and painted with what. One small JSON file; drawings
//! and figures stay where they are.
//!
//! The window edits a [`Project`] through a [`History`]; [`mod@file`] reads and writes it; [`session`] keeps what was not
//! saved when the program ends without warning.

mod animation;
mod camera;
pub mod collect;
mod drawings;
mod editions;
pub mod file;
mod history;
pub mod session;
mod sound;
mod take;
mod tracing;

pub use animation::{Animation, Fade, LONGEST_FADE, USUAL_FPS};
pub use camera::{CameraKey, CameraMoves, CameraTake, Seen};
pub use drawings::{DrawingError, Drawings};
pub use file::ProjectError;
pub use history::History;
pub use sound::SoundTrack;
pub use take::{ARMS_DEG, MOST_TIMES, MotionSource, Take, WAY};
pub use tracing::{Alignment, BeforeTracing, Tracing};

use crate::dynamics::Settings;
use crate::engine::PaintingSettings;
use crate::example::{CharacterParams, Detail};
use crate::figure::landmarks::{Encoding, MapPreset};
use crate::figure::{Figure, FigureError};
use crate::pose::{NamedPose, Orbit, Pose, library};
use crate::sheet::{BrushStroke, DrawingHints, KnownPoint, Side};
use crate::text;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Everything that saving keeps and undoing brings back. Paths are absolute in memory and relative in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Project {
    /// The drawings in the order they are shown; the order changes nothing in the result.
    pub sheet: Vec<Drawing>,
    /// Who is posed.
    pub figure: Option<FigureSource>,
    /// How the figure's points become landmarks.
    pub landmarks: MapPreset,
    /// The same as weights were found to have it, which goes before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The current pose.
    pub pose: Pose,
    /// What moves the figure; `pose` is what it holds while nothing is played.
    pub animation: Animation,
    /// What is heard with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<SoundTrack>,
    /// Joints stay within what a human body can do.
    pub joint_limits: bool,
    /// Whether hair and skirts hang as they come to rest in the pose; `None`: as suits the figure
    /// ([`Settings::suit_stills`]). Projects of older versions didn't unless they said so.
    pub hanging: Option<bool>,
    /// What of the figure swings, beside what its file says.
    pub sway: Settings,
    /// From where the figure is seen.
    pub camera: Orbit,
    /// Width and height of the output picture in pixels.
    pub frame_px: [u32; 2],
    /// Cameras the user keeps.
    pub cameras: Vec<NamedCamera>,
    /// Poses that are kept in this project alone, as older versions did.
    pub poses: Vec<NamedPose>,
    /// A drawing that the figure is posed over just now.
    pub tracing: Option<Tracing>,
    /// How the figure lies over the drawings that were traced.
    pub alignments: Vec<Alignment>,
    /// What paints, and how.
    pub painting: PaintingSettings,
    /// What the user wrote about it.
    pub notes: String,
}

/// One drawing of the sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Drawing {
    /// Where it is.
    pub source: DrawingSource,
    /// Whether pictures are painted from it.
    pub enabled: bool,
    /// From which side it shows the character, where the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// Points of which the user said what they show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<KnownPoint>,
    /// Painted over what is not the character.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_character: Vec<BrushStroke>,
}

impl Drawing {
    /// One to paint from, of which nothing was said.
    pub fn new(source: DrawingSource) -> Self {
        Self { source, enabled: true, side: None, points: Vec::new(), not_character: Vec::new() }
    }

    /// What was said about it.
    pub fn hints(&self) -> DrawingHints {
        let (points, not_character) = (self.points.clone(), self.not_character.clone());
        DrawingHints { view_deg: self.side.map(Side::degrees), points, not_character }
    }

    /// With numbers that can be used.
    fn sane(mut self) -> Self {
        self.points = self.points.into_iter().filter_map(KnownPoint::sane).collect();
        self.not_character = self.not_character.into_iter().filter_map(BrushStroke::sane).collect();
        self
    }
}

/// Where a drawing is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrawingSource {
    /// One of the built-in example's, by name.
    BuiltIn(String),
    /// A file.
    File(PathBuf),
}

/// Where a figure is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureSource {
    /// The built-in example.
    BuiltIn,
    /// A file.
    File(PathBuf),
    /// One that the generator makes of these.
    StandIn(Box<CharacterParams>),
}

/// A camera with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedCamera {
    /// As the user called it.
    pub name: String,
    /// Where it stands.
    pub camera: Orbit,
}

impl Default for Project {
    /// An empty sheet, no figure, the standing pose.
    fn default() -> Self {
        Self {
            sheet: Vec::new(),
            figure: None,
            landmarks: MapPreset::default(),
            encoding: None,
            pose: library::find("stand").map(|(_, pose)| pose).unwrap_or_default(),
            animation: Animation::default(),
            sound: None,
            joint_limits: true,
            hanging: None,
            sway: Settings::default(),
            camera: Orbit::default(),
            frame_px: [768, 1024],
            cameras: Vec::new(),
            poses: Vec::new(),
            tracing: None,
            alignments: Vec::new(),
            painting: PaintingSettings::default(),
            notes: String::new(),
        }
    }
}

impl Project {
    /// By what a figure's hair and skirts hang in the pose; `None`: they stay as the pose has them.
    pub fn hangs(&self, figure: &Figure) -> Option<&Settings> {
        self.lets_hang(&self.sway, figure).then_some(&self.sway)
    }

    /// Whether they hang if they swing by these settings. A drawing is traced without.
    pub fn lets_hang(&self, settings: &Settings, figure: &Figure) -> bool {
        self.tracing.is_none() && self.hanging.unwrap_or_else(|| settings.suit_stills(figure))
    }

    /// Whether a figure's hair and skirts are to hang, as menus show it.
    pub fn wants_hanging(&self, figure: Option<&Figure>) -> bool {
        self.hanging.unwrap_or_else(|| figure.is_some_and(|figure| self.sway.suit_stills(figure)))
    }

    /// How the figure's points become landmarks.
    pub fn map(&self) -> Encoding {
        self.encoding.unwrap_or(self.landmarks.into())
    }

    /// Width of the output picture to its height.
    pub fn aspect(&self) -> f32 {
        self.frame_px[0] as f32 / self.frame_px[1] as f32
    }

    /// The built-in example: its figure, its four drawings, waving.
    pub fn example() -> Self {
        let drawing = |name: &str| Drawing::new(DrawingSource::BuiltIn(name.to_owned()));
        Self {
            sheet: crate::example::DRAWINGS.iter().map(|name| drawing(name)).collect(),
            figure: Some(FigureSource::BuiltIn),
            pose: library::find("wave").map(|(_, pose)| pose).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Drawings of which nothing is known, and a figure that stands in for whom they show: what most artists begin with.
    pub fn drawn_example() -> Self {
        let drawing = |name: &str| Drawing::new(DrawingSource::BuiltIn(name.to_owned()));
        Self {
            sheet: crate::example::drawn::NAMES.iter().map(|name| drawing(name)).collect(),
            figure: Some(FigureSource::stand_in(crate::example::drawn::character())),
            ..Self::example()
        }
    }

    /// Every path the project refers to, for [`file`] and [`collect`].
    fn paths_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let sheet = self.sheet.iter_mut().filter_map(|d| d.source.path_mut());
        let figure = self.figure.iter_mut().filter_map(|f| match f {
            FigureSource::File(path) => Some(path),
            FigureSource::BuiltIn | FigureSource::StandIn(_) => None,
        });
        let tracing = self.tracing.iter_mut().filter_map(|t| t.source.path_mut());
        let traced = self.alignments.iter_mut().filter_map(|a| a.source.path_mut());
        let motions = self.animation.sources_mut().filter_map(MotionSource::path_mut);
        let sound = self.sound.iter_mut().map(|sound| &mut sound.file);
        let PaintingSettings { weights, tuned, .. } = &mut self.painting;
        let weights = weights.paths_mut().chain(&mut tuned.file);
        sheet.chain(figure).chain(tracing).chain(traced).chain(motions).chain(sound).chain(weights)
    }
}

impl DrawingSource {
    /// The file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::BuiltIn(_) => None,
        }
    }

    fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::File(path) => Some(path),
            Self::BuiltIn(_) => None,
        }
    }

    /// What it is called on screen: the file's stem, on one line.
    pub fn name(&self) -> String {
        match self {
            Self::BuiltIn(name) => text::line(name).into_owned(),
            Self::File(path) => text::line(&path.file_stem().unwrap_or_default().to_string_lossy()).into_owned(),
        }
    }
}

impl FigureSource {
    /// The file, where it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::BuiltIn | Self::StandIn(_) => None,
        }
    }

    /// A stand-in; the generator's defaults are the built-in figure.
    pub fn stand_in(params: CharacterParams) -> Self {
        if params == CharacterParams::default() { Self::BuiltIn } else { Self::StandIn(Box::new(params)) }
    }

    /// What the generator makes it of; `None`: it is somebody else's.
    pub fn params(&self) -> Option<CharacterParams> {
        match self {
            Self::BuiltIn => Some(CharacterParams::default()),
            Self::StandIn(params) => Some((**params).clone()),
            Self::File(_) => None,
        }
    }

    /// What it is called on screen, on one line.
    pub fn name(&self) -> String {
        match self {
            Self::BuiltIn => "Mio (built in)".into(),
            Self::StandIn(params) => format!("{} (stand-in)", text::line(&params.name)),
            Self::File(path) => text::line(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned(),
        }
    }

    /// The figure, read from where it is.
    ///
    /// # Errors
    /// As [`crate::figure::load()`].
    pub fn load(&self) -> Result<Figure, FigureError> {
        match self {
            Self::BuiltIn => crate::example::figure(),
            Self::StandIn(params) => Ok(crate::example::assemble(params, Detail::Fine)),
            Self::File(path) => crate::figure::load(path),
        }
    }
}

//! What else is known of a frame than its painted picture, for compositing programs and for others' networks: passes of the
//! rasterizer as files, and OpenPose's skeleton.
//!
//! Each layer is a sequence of its own, numbered as the painted frames are, seen by the same camera.

mod exr;
mod lines;
mod skeleton;

pub use skeleton::{Place, Seen, Skeleton};

use crate::export::kept::Content;
use crate::picture::Picture;
use crate::raster::{IdImage, Shot, SubjectError, ToonStyle};
use serde::{Deserialize, Serialize};

/// Counts up when a layer looks otherwise than before.
pub const VERSION: u32 = 1;
/// A surface's hue lies so far from the one before: no two neighbours in a list look alike.
const GOLDEN: f32 = 0.618_034;

/// What is drawn of a figure in a frame. The doc comments are the command line's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The Ultra-Dense Pose (OpenEXR: R, G, B the landmark, A the occupancy)
    Udp,
    /// Metres from the camera (OpenEXR, channel Z; 10¹⁰ where nothing is)
    Depth,
    /// A flat colour for each part of the figure's file, with hard edges, to choose parts by
    Ids,
    /// The figure itself in cel colours
    Toon,
    /// Black lines around its parts and where one lies before another
    Lines,
    /// OpenPose's skeleton as a picture on black, as ControlNet takes it
    Openpose,
    /// The same as numbers: OpenPose's JSON with 18 points of the body, hands and pupils
    #[value(name = "openpose-json")]
    #[serde(rename = "openpose-json")]
    Body18,
    /// The same with 25 points of the body
    #[value(name = "openpose-json-25")]
    #[serde(rename = "openpose-json-25")]
    Body25,
}

/// Why a layer can't be drawn.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The rasterizer can't.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// It can't be written as OpenEXR.
    #[error("a layer can't be written as OpenEXR: {0}")]
    Exr(::exr::error::Error),
}

impl Layer {
    /// All, in the order in which they are offered.
    pub const ALL: &[Self] =
        &[Self::Udp, Self::Depth, Self::Ids, Self::Toon, Self::Lines, Self::Openpose, Self::Body18, Self::Body25];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Udp => "Ultra-Dense Pose",
            Self::Depth => "Depth",
            Self::Ids => "Parts",
            Self::Toon => "Figure",
            Self::Lines => "Lines",
            Self::Openpose => "Skeleton",
            Self::Body18 => "Skeleton as numbers, 18 points",
            Self::Body25 => "Skeleton as numbers, 25 points",
        }
    }

    /// What it is, in a sentence: what the command line's help says.
    pub fn about(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }

    /// What the command line calls it, and its folder.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// How its files' names end, behind what the frame is called.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Udp | Self::Depth => ".exr",
            Self::Ids | Self::Toon | Self::Lines | Self::Openpose => ".png",
            // As OpenPose calls them.
            Self::Body18 | Self::Body25 => "_keypoints.json",
        }
    }

    /// Draws it. `skeleton` is the subject's; `fingerprint` is noted in the file.
    ///
    /// # Errors
    /// A size beyond what the rasterizer or OpenEXR can do.
    pub fn draw(
        self,
        shot: &Shot,
        size_px: [u32; 2],
        skeleton: &Skeleton,
        fingerprint: &str,
    ) -> Result<Content, LayerError> {
        Ok(match self {
            Self::Udp => Content::File(exr::udp(&*shot.udp(size_px)?, fingerprint)?),
            Self::Depth => Content::File(exr::depth(&shot.depths(size_px)?, size_px, fingerprint)?),
            Self::Ids => Content::Picture(flat(&shot.ids(size_px)?)),
            Self::Toon => Content::Picture(shot.toon(size_px, &ToonStyle::default())?),
            Self::Lines => Content::Picture(lines::draw(shot, size_px)?),
            Self::Openpose => Content::Picture(skeleton.seen(shot, size_px)?.picture(size_px)),
            Self::Body18 => Content::File(skeleton.seen(shot, size_px)?.json(size_px, false, fingerprint)),
            Self::Body25 => Content::File(skeleton.seen(shot, size_px)?.json(size_px, true, fingerprint)),
        })
    }
}

/// Each submesh in a colour of its own.
fn flat(ids: &IdImage) -> Picture {
    let colour = |submesh: u32| {
        // Long lists of parts come round: then darker.
        let shade = 255.0 * [1.0, 0.65, 0.4][submesh as usize / 12 % 3];
        hue(submesh as f32 * GOLDEN).map(|v| (v * shade).round() as u8)
    };
    let pixels = ids.pixels.iter().map(|id| {
        id.map_or([0; 4], |id| {
            let [r, g, b] = colour(id.submesh);
            [r, g, b, 255]
        })
    });
    Picture { width_px: ids.width_px, height_px: ids.height_px, pixels: pixels.collect() }
}

/// A pure colour of the circle, which goes round once from 0 to 1, beginning with red.
fn hue(at: f32) -> [f32; 3] {
    [0.0, 4.0, 2.0].map(|shift| {
        let away = (at.rem_euclid(1.0) * 6.0 + shift).rem_euclid(6.0);
        ((away - 3.0).abs() - 1.0).clamp(0.0, 1.0)
    })
}

#[cfg(test)]
mod tests;

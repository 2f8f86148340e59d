//! [`Kind`]: the table of everything that frames are exported as.

use super::apng::Apng;
use super::gif::Gif;
use super::sequence::Sequence;
use super::sprites::{Arrangement, Listing, Sprites};
use super::video::{Codec, Video};
use super::webp::Webp;
use super::xdts::Cels;
use super::{Clip, ExportError, Options, Sink};
use crate::picture::Picture;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What frames are exported as. The doc comments are the command line's help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A folder of numbered PNG files
    Pictures,
    /// A folder of the distinct drawings and their exposure sheet (.xdts)
    Cels,
    /// A folder of OpenPose skeletons, drawn instead of painted frames
    Openpose,
    /// Animated WebP, lossless
    Webp,
    /// Animated PNG, lossless
    Apng,
    /// GIF: 255 colours, no soft edges
    Gif,
    /// H.264 video, which plays everywhere; no transparency
    H264,
    /// VP9 video with transparency (WebM)
    Vp9,
    /// ProRes 4444 video with transparency
    Prores,
    /// QuickTime Animation, lossless with transparency
    Qtrle,
    /// FFV1 video, lossless with transparency
    Ffv1,
    /// A sprite sheet of equal cells
    SpriteGrid,
    /// A sprite sheet of trimmed frames, listed as TexturePacker does
    Sprites,
    /// A sprite sheet of trimmed frames, listed as Aseprite does
    Aseprite,
}

/// What is to be known of a kind.
struct Row {
    /// In a sentence.
    about: &'static str,
    /// How its file's name ends; none: it is a folder.
    ending: Option<&'static str>,
    /// It keeps transparency.
    alpha: bool,
}

const fn row(about: &'static str, ending: Option<&'static str>, alpha: bool) -> Row {
    Row { about, ending, alpha }
}

impl Kind {
    /// All of them, those first that an ending alone means.
    pub const ALL: &[Self] = &[
        Self::Pictures,
        Self::Cels,
        Self::Openpose,
        Self::Webp,
        Self::Apng,
        Self::Gif,
        Self::H264,
        Self::Vp9,
        Self::Prores,
        Self::Qtrle,
        Self::Ffv1,
        Self::Sprites,
        Self::SpriteGrid,
        Self::Aseprite,
    ];

    const fn row(self) -> Row {
        match self {
            Self::Pictures => row("numbered pictures", None, true),
            Self::Cels => row("cels with an exposure sheet", None, true),
            Self::Openpose => row("pictures of OpenPose skeletons", None, true),
            Self::Webp => row("animated WebP", Some("webp"), true),
            Self::Apng => row("animated PNG", Some("png"), true),
            Self::Gif => row("GIF", Some("gif"), true),
            Self::H264 => row("H.264 video", Some("mp4"), false),
            Self::Vp9 => row("VP9 video", Some("webm"), true),
            Self::Prores => row("ProRes 4444 video", Some("mov"), true),
            Self::Qtrle => row("QuickTime Animation", Some("mov"), true),
            Self::Ffv1 => row("FFV1 video", Some("mkv"), true),
            Self::Sprites => row("a sprite sheet", Some("json"), true),
            Self::SpriteGrid => row("a sprite sheet in cells", Some("json"), true),
            Self::Aseprite => row("an Aseprite sheet", Some("json"), true),
        }
    }

    /// In a few words.
    pub const fn about(self) -> &'static str {
        self.row().about
    }

    /// How its file's name ends; none: it is a folder.
    pub const fn ending(self) -> Option<&'static str> {
        self.row().ending
    }

    /// It keeps transparency.
    pub const fn has_alpha(self) -> bool {
        self.row().alpha
    }

    /// Another program writes it.
    pub const fn is_video(self) -> bool {
        matches!(self, Self::H264 | Self::Vp9 | Self::Prores | Self::Qtrle | Self::Ffv1)
    }

    /// It is read by engines that show one frame after the other, from one direction or another.
    pub const fn is_sprites(self) -> bool {
        matches!(self, Self::Sprites | Self::SpriteGrid | Self::Aseprite)
    }

    /// It shows what a project's figure does, not how it is painted: there is nothing to be made of painted frames.
    pub const fn is_drawn(self) -> bool {
        matches!(self, Self::Openpose)
    }

    /// What the name of a target means; a name without an ending is a folder of pictures.
    pub fn of_target(target: &Path) -> Option<Self> {
        let ending = match target.extension() {
            None => None,
            Some(ending) => Some(ending.to_str()?.to_lowercase()),
        };
        let ending = ending.as_deref().map(|ending| if ending == "apng" { "png" } else { ending });
        Self::ALL.iter().copied().find(|kind| kind.ending() == ending)
    }

    /// The target with this kind's ending, if its name has none; `None`: it has another one.
    pub fn target(self, target: &Path) -> Option<PathBuf> {
        let has = target.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        match (self.ending(), has.as_deref()) {
            (None, _) => Some(target.to_owned()),
            (Some(ending), None) => Some(target.with_extension(ending)),
            (Some("png"), Some("apng")) => Some(target.to_owned()),
            (Some(ending), Some(has)) => (ending == has).then(|| target.to_owned()),
        }
    }

    /// Begins an export; `samples` are some frames of the whole clip.
    pub(super) fn begin(
        self,
        clip: &Clip,
        target: &Path,
        options: &Options,
        samples: &mut dyn Iterator<Item = Result<Picture, ExportError>>,
    ) -> Result<Box<dyn Sink>, ExportError> {
        if self.ending().is_some() && !options.overwrite && target.exists() {
            return Err(ExportError::Taken { path: target.to_owned() });
        }
        let video = |codec| -> Result<Box<dyn Sink>, ExportError> {
            Ok(Box::new(Video::begin(clip, target, codec, options.sound.as_ref())?))
        };
        let mut sprites = |arrangement, listing| -> Result<Box<dyn Sink>, ExportError> {
            Ok(Box::new(Sprites::begin(clip, target, arrangement, listing, &mut *samples, options.overwrite)?))
        };
        match self {
            Self::Pictures | Self::Openpose => Ok(Box::new(Sequence::begin(clip, target, options.overwrite)?)),
            Self::Cels => Ok(Box::new(Cels::begin(clip, target, options.overwrite)?)),
            Self::Webp => Ok(Box::new(Webp::begin(clip, target)?)),
            Self::Apng => Ok(Box::new(Apng::begin(clip, target)?)),
            Self::Gif => Ok(Box::new(Gif::begin(clip, target, samples)?)),
            Self::H264 => video(Codec::H264),
            Self::Vp9 => video(Codec::Vp9),
            Self::Prores => video(Codec::Prores),
            Self::Qtrle => video(Codec::Qtrle),
            Self::Ffv1 => video(Codec::Ffv1),
            Self::Sprites => sprites(Arrangement::Packed, Listing::TexturePacker),
            Self::SpriteGrid => sprites(Arrangement::Grid, Listing::TexturePacker),
            Self::Aseprite => sprites(Arrangement::Packed, Listing::Aseprite),
        }
    }
}

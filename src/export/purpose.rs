//! [`Purpose`]: what frames are for, as people say it who never heard of a codec.

use super::Kind;
use serde::{Deserialize, Serialize};

/// What frames are for. The doc comments are the command line's help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A web page: animated WebP
    #[default]
    Web,
    /// A chat or a forum: GIF
    Chat,
    /// Stickers of Discord or LINE: animated PNG
    Stickers,
    /// A video site or a phone: H.264, on a colour
    Share,
    /// After Effects, Resolve, Final Cut, Premiere: ProRes 4444
    AfterEffects,
    /// Clip Studio, OpenToonz, TVPaint: cels with an exposure sheet
    #[value(alias = "opentoonz")]
    ClipStudio,
    /// OBS and other streaming programs: VP9 with transparency
    Obs,
    /// Godot, Unity and other game engines: a sprite sheet of equal cells
    #[value(alias = "godot", alias = "unity")]
    Games,
    /// ControlNet and other networks that pose figures: pictures of OpenPose skeletons
    Controlnet,
    /// Keeping every pixel as it is: FFV1
    Archive,
    /// Any other program: numbered pictures
    Pictures,
}

impl Purpose {
    /// All, the most usual first.
    pub const ALL: &[Self] = &[
        Self::Web,
        Self::Chat,
        Self::Stickers,
        Self::Share,
        Self::AfterEffects,
        Self::ClipStudio,
        Self::Obs,
        Self::Games,
        Self::Controlnet,
        Self::Archive,
        Self::Pictures,
    ];

    /// What suits it.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Web => Kind::Webp,
            Self::Chat => Kind::Gif,
            Self::Stickers => Kind::Apng,
            Self::Share => Kind::H264,
            Self::AfterEffects => Kind::Prores,
            Self::ClipStudio => Kind::Cels,
            Self::Obs => Kind::Vp9,
            Self::Games => Kind::SpriteGrid,
            Self::Controlnet => Kind::Openpose,
            Self::Archive => Kind::Ffv1,
            Self::Pictures => Kind::Pictures,
        }
    }

    /// What it is called in the window.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Web => "A web page",
            Self::Chat => "A chat or forum",
            Self::Stickers => "Stickers (Discord, LINE)",
            Self::Share => "A video site or phone",
            Self::AfterEffects => "After Effects, Resolve, Final Cut",
            Self::ClipStudio => "Clip Studio, OpenToonz, TVPaint",
            Self::Obs => "OBS",
            Self::Games => "Godot, Unity",
            Self::Controlnet => "ControlNet",
            Self::Archive => "Keeping every pixel",
            Self::Pictures => "Any other program",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_kind_is_known_by_its_name_and_every_purpose_has_one() {
        for purpose in Purpose::ALL {
            assert!(!purpose.title().is_empty());
            let target = purpose.kind().target(Path::new("a/hero")).unwrap();
            assert_eq!(target.extension().and_then(|e| e.to_str()), purpose.kind().ending());
        }
        for (name, kind) in [
            ("hero.WEBP", Some(Kind::Webp)),
            ("hero.png", Some(Kind::Apng)),
            ("hero.apng", Some(Kind::Apng)),
            ("hero.mov", Some(Kind::Prores)),
            ("hero.json", Some(Kind::Sprites)),
            ("hero", Some(Kind::Pictures)),
            ("hero.avi", None),
        ] {
            assert_eq!(Kind::of_target(Path::new(name)), kind, "{name}");
        }
        assert_eq!(Kind::Gif.target(Path::new("a.webp")), None);
        assert_eq!(Kind::ALL.len(), <Kind as clap::ValueEnum>::value_variants().len());
        assert_eq!(Purpose::ALL.len(), <Purpose as clap::ValueEnum>::value_variants().len());
    }
}

//! Sets of drawings with their UDPs: characters by number, each in some poses before some cameras.

use super::{DatasetError, Kind, Member, Recipe, Split, drawing_px};
use crate::example::{self, Detail};
use crate::figure::landmarks::MapPreset;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use crate::train::Dice;
use crate::train::data::{camera, pose, style};
use crate::udp::{Udp, UdpFormat};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;

/// Of so many characters one is held out.
pub const SPLIT: u64 = 17;

/// What a set is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Plan {
    /// Of this form; another one is another number.
    pub version: u32,
    /// Everything that is drawn by lot is drawn from this.
    pub seed: u64,
    /// Groups of [`SPLIT`] characters in a shard.
    pub groups: u32,
    /// Pictures of each character.
    pub views: u32,
    /// Width and height of the pictures, pixels.
    pub size_px: u32,
}

impl Default for Plan {
    fn default() -> Self {
        Self { version: 1, seed: 1, groups: 4, views: 12, size_px: 256 }
    }
}

/// Where the character of this number belongs.
fn split_of(character: u64) -> Split {
    if character % SPLIT == SPLIT - 1 { Split::HeldOut } else { Split::Train }
}

/// What belongs to one view.
const ENDINGS: [&str; 3] = ["png", "npz", "json"];

impl Plan {
    fn key(character: u64, view: u32) -> String {
        format!("{character:08}-{view:02}")
    }
}

impl Recipe for Plan {
    fn kind(&self) -> Kind {
        Kind::Udps(self.clone())
    }

    fn check(&self) -> Result<(), String> {
        super::check_version(self.version)?;
        for (name, value, least, most) in
            [("groups", self.groups, 1, 1000), ("views", self.views, 1, 1000), ("size-px", self.size_px, 32, 1024)]
        {
            if !(least..=most).contains(&value) {
                return Err(format!("its {name} is {value}, and may be {least} to {most}"));
            }
        }
        Ok(())
    }

    fn parts(&self, shard: u32, split: Split) -> Vec<u64> {
        let each = SPLIT * u64::from(self.groups);
        let first = u64::from(shard) * each;
        (first..first + each).filter(|&character| split_of(character) == split).collect()
    }

    fn names(&self, _: Split, character: u64) -> Vec<String> {
        let keys = (0..self.views).map(|view| Self::key(character, view));
        keys.flat_map(|key| ENDINGS.map(|kind| format!("{key}.{kind}"))).collect()
    }

    fn draw(&self, split: Split, character: u64) -> Result<Vec<Member>, DatasetError> {
        // Characters of sets with different seeds are different ones.
        let seed = Dice::of(&[self.seed, character]).next();
        let figure = example::character(seed, Detail::Quick);
        let subject = Arc::new(Subject::new(Rasterizer::new(RasterChoice::Cpu)?, figure, MapPreset::default())?);
        // One hand draws a sheet.
        let style = style(&mut Dice::of(&[self.seed, character, u64::MAX]));
        let mut members = vec![];
        for view in 0..self.views {
            let dice = &mut Dice::of(&[self.seed, character, u64::from(view)]);
            let (pose, camera) = (pose(dice), camera(dice));
            let size_px = [self.size_px; 2];
            let shot = subject.shoot(&pose, &camera, size_px)?;
            let note = json!({
                "character": seed,
                "split": split,
                "view": view,
                "yaw-deg": camera.yaw_deg,
                "pitch-deg": camera.pitch_deg,
                "fov-deg": camera.fov_deg,
                "pose": serde_json::from_str::<Value>(&pose.to_json("drawn by lot")).unwrap_or_default(),
            });
            let (picture, udp) = (shot.toon(size_px, &style)?, shot.udp(size_px)?);
            let contents: io::Result<[Vec<u8>; 3]> = (|| {
                let png = picture.to_png().map_err(io::Error::other)?;
                Ok([png, udp.to_bytes(UdpFormat::Npz)?, serde_json::to_vec(&note)?])
            })();
            let key = Self::key(character, view);
            let names = ENDINGS.map(|kind| format!("{key}.{kind}"));
            members.extend(names.into_iter().zip(contents.map_err(DatasetError::encoding(&key))?));
        }
        Ok(members)
    }

    fn sound(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let found = match name.rsplit('.').next().unwrap_or_default() {
            "png" => drawing_px(bytes)?,
            "npz" => {
                let udp = Udp::from_bytes(bytes)?;
                if udp.surface_points() == 0 {
                    return Err("nothing is seen in it".into());
                }
                [udp.width_px, udp.height_px]
            }
            "json" => return serde_json::from_slice::<Value>(bytes).map(|_| ()).map_err(|e| e.to_string()),
            _ => return Err("it is no drawing, UDP or description".into()),
        };
        super::check_size(found, self.size_px)
    }
}

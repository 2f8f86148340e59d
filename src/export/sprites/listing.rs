//! Where the frames of a sprite sheet are, as TexturePacker and Aseprite write it: what Pixi, Phaser, Godot's and Unity's
//! importers read.

use crate::export::{Clip, Rate};
use crate::picture::Region;
use serde_json::{Map, Value, json};

/// Who else lists frames in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::export) enum Listing {
    /// A map by name, and the names of the animation.
    TexturePacker,
    /// A list with milliseconds, and a tag for the animation.
    Aseprite,
}

/// A frame on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sprite {
    /// Its number in the clip, from 0.
    pub(super) number: usize,
    /// Where it is on the page.
    pub(super) at_px: [u32; 2],
    /// Which part of the frame is there.
    pub(super) part: Region,
}

impl Listing {
    /// The list of a page; `others` are those of further pages.
    pub(super) fn of(
        self,
        clip: &Clip,
        image: &str,
        [width, height]: [u32; 2],
        sprites: &[Sprite],
        others: &[String],
    ) -> Value {
        let mut meta = json!({
            "app": "https://crates.io/crates/settei",
            "version": env!("CARGO_PKG_VERSION"),
            "image": image,
            "format": "RGBA8888",
            "size": { "w": width, "h": height },
            "scale": "1",
        });
        match self {
            Self::TexturePacker => {
                if !others.is_empty() {
                    meta["related_multi_packs"] = json!(others);
                }
                let frames: Map<String, Value> =
                    sprites.iter().map(|sprite| (name(clip, sprite), frame(clip, sprite))).collect();
                // The first list tells the whole animation.
                let first = sprites.first().map_or(0, |sprite| sprite.number);
                let all = if first == 0 { clip.frames } else { 0 };
                let names: Vec<String> = (0..all).map(|number| numbered(clip, number)).collect();
                let mut list = json!({ "frames": frames, "meta": meta });
                if !names.is_empty() {
                    list["animations"] = json!({ &clip.name: names });
                }
                list
            }
            Self::Aseprite => {
                let listed = |sprite: &Sprite| {
                    let mut value = frame(clip, sprite);
                    value["filename"] = json!(name(clip, sprite));
                    value
                };
                let frames: Vec<Value> = sprites.iter().map(listed).collect();
                meta["frameTags"] = json!([{
                    "name": clip.name, "from": 0, "to": frames.len().saturating_sub(1), "direction": "forward",
                }]);
                json!({ "frames": frames, "meta": meta })
            }
        }
    }
}

fn name(clip: &Clip, sprite: &Sprite) -> String {
    numbered(clip, sprite.number)
}

fn numbered(clip: &Clip, number: usize) -> String {
    format!("{}_{:04}.png", clip.name, number + 1)
}

fn frame(clip: &Clip, sprite: &Sprite) -> Value {
    let Region { left_px, top_px, width_px, height_px } = sprite.part;
    let trimmed = [width_px, height_px] != [clip.width_px, clip.height_px];
    json!({
        "frame": { "x": sprite.at_px[0], "y": sprite.at_px[1], "w": width_px, "h": height_px },
        "rotated": false,
        "trimmed": trimmed,
        "spriteSourceSize": { "x": left_px, "y": top_px, "w": width_px, "h": height_px },
        "sourceSize": { "w": clip.width_px, "h": clip.height_px },
        "duration": milliseconds(clip.rate, sprite.number as u64),
    })
}

/// How long a frame is shown.
fn milliseconds(rate: Rate, frame: u64) -> u64 {
    rate.begins(frame + 1, 1000) - rate.begins(frame, 1000)
}

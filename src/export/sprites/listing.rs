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
                let mut list = json!({ "frames": frames, "meta": meta });
                if first == 0 {
                    let numbers: Vec<usize> = (0..clip.frames).collect();
                    let names =
                        |numbers: &[usize]| numbers.iter().map(|number| json!(numbered(clip, *number))).collect();
                    let directions = numbers.chunks(clip.per_direction()).enumerate();
                    let animations: Map<String, Value> = directions
                        .map(|(direction, numbers)| (clip.seen_from(direction), Value::Array(names(numbers))))
                        .collect();
                    list["animations"] = Value::Object(animations);
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
                let direction = |sprite: &Sprite| sprite.number / clip.per_direction();
                let mut next = 0;
                let tags = sprites.chunk_by(|a, b| direction(a) == direction(b)).map(|run| {
                    let from = next;
                    next += run.len();
                    let name = clip.seen_from(run.first().map_or(0, direction));
                    json!({ "name": name, "from": from, "to": next - 1, "direction": "forward" })
                });
                meta["frameTags"] = tags.collect();
                json!({ "frames": frames, "meta": meta })
            }
        }
    }
}

fn name(clip: &Clip, sprite: &Sprite) -> String {
    numbered(clip, sprite.number)
}

fn numbered(clip: &Clip, number: usize) -> String {
    let per = clip.per_direction();
    format!("{}_{:04}.png", clip.seen_from(number / per), number % per + 1)
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
        "duration": milliseconds(clip.rate, (sprite.number % clip.per_direction()) as u64),
    })
}

/// How long a frame is shown.
fn milliseconds(rate: Rate, frame: u64) -> u64 {
    rate.begins(frame + 1, 1000) - rate.begins(frame, 1000)
}

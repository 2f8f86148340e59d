//! One item: a character in a pose before a camera, by number.

use super::{DatasetError, Plan, Split};
use crate::example::{self, Detail};
use crate::figure::landmarks::MapPreset;
use crate::picture::Picture;
use crate::raster::{Rasterizer, Subject};
use crate::train::Dice;
use crate::train::data::{camera, pose, style};
use crate::udp::Udp;
use serde_json::{Value, json};
use std::sync::Arc;

/// What lies in a shard under one key.
pub(super) struct Item {
    pub(super) key: String,
    pub(super) picture: Picture,
    pub(super) udp: Udp,
    pub(super) note: Value,
}

/// All items of one character, drawn by `rasterizer`.
pub(super) fn items(plan: &Plan, rasterizer: &Rasterizer, character: u64) -> Result<Vec<Item>, DatasetError> {
    // Characters of sets with different seeds are different ones.
    let seed = Dice::of(&[plan.seed, character]).next();
    let figure = example::character(seed, Detail::Quick);
    let subject = Arc::new(Subject::new(rasterizer.clone(), figure, MapPreset::default())?);
    // One hand draws a sheet.
    let style = style(&mut Dice::of(&[plan.seed, character, u64::MAX]));
    let view = |view: u32| {
        let dice = &mut Dice::of(&[plan.seed, character, u64::from(view)]);
        let (pose, camera) = (pose(dice), camera(dice));
        let size_px = [plan.size_px; 2];
        let shot = subject.shoot(&pose, &camera, size_px)?;
        let note = json!({
            "character": seed,
            "split": Split::of(character),
            "view": view,
            "yaw-deg": camera.yaw_deg,
            "pitch-deg": camera.pitch_deg,
            "fov-deg": camera.fov_deg,
            "pose": serde_json::from_str::<Value>(&pose.to_json("drawn by lot")).unwrap_or_default(),
        });
        Ok(Item {
            key: format!("{character:08}-{view:02}"),
            picture: shot.toon(size_px, &style)?,
            udp: Udp::clone(&*shot.udp(size_px)?),
            note,
        })
    };
    (0..plan.views).map(view).collect()
}

//! One item: a character in a pose before a camera, by number.

use super::{DatasetError, Plan, Split};
use crate::example::{self, Detail, Lot};
use crate::figure::landmarks::MapPreset;
use crate::picture::Picture;
use crate::pose::{CameraView, HumanBone, Pose, library, limits};
use crate::raster::{Outlines, Rasterizer, Subject, ToonStyle};
use crate::udp::Udp;
use glam::{Quat, Vec3};
use serde_json::{Value, json};
use std::sync::Arc;

/// What lies in a shard under one key.
pub(super) struct Item {
    pub(super) key: String,
    pub(super) picture: Picture,
    pub(super) udp: Udp,
    pub(super) note: Value,
}

/// The seed of a part of a set: different ones for different numbers.
fn lot(seed: u64, character: u64, view: u64) -> Lot {
    let mut lot = Lot::new(seed ^ character.rotate_left(20) ^ view.rotate_left(48));
    Lot::new(lot.next() ^ character)
}

/// All items of one character, drawn by `rasterizer`.
pub(super) fn items(plan: &Plan, rasterizer: &Rasterizer, character: u64) -> Result<Vec<Item>, DatasetError> {
    // Characters of sets with different seeds are different ones.
    let seed = lot(plan.seed, character, u64::MAX).next();
    let figure = example::character(seed, Detail::Quick);
    let subject = Arc::new(Subject::new(rasterizer.clone(), figure, MapPreset::Joint)?);
    // One hand draws a sheet.
    let style = style(&mut lot(plan.seed, character, u64::MAX - 1));
    let view = |view: u32| {
        let lot = &mut lot(plan.seed, character, u64::from(view));
        let (pose, camera) = (pose(lot), camera(lot));
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

/// A pose of the library or between two, either way round, with every joint turned a little as far as a body allows.
fn pose(lot: &mut Lot) -> Pose {
    let all: Vec<Pose> = library::all().map(|(_, pose)| pose).collect();
    let one = |lot: &mut Lot| {
        let pose = &all[lot.below(all.len())];
        if lot.share() < 0.5 { pose.mirrored() } else { pose.clone() }
    };
    let (first, second) = (one(lot), one(lot));
    let mut pose = if lot.share() < 0.4 { Pose::blend(&first, &second, lot.share()) } else { first };
    let most_rad = lot.between(0.0, 0.35);
    for bone in HumanBone::ALL.into_iter().take_while(|&bone| bone != HumanBone::LeftThumbMetacarpal) {
        if matches!(bone, HumanBone::Hips | HumanBone::LeftEye | HumanBone::RightEye) || limits::limit(bone).is_none() {
            continue;
        }
        let turn = Vec3::from([0, 1, 2].map(|_| lot.between(-1.0, 1.0))) * most_rad;
        let turned = (pose.rotation(bone) * Quat::from_scaled_axis(turn)).normalize();
        pose.bones.insert(bone, limits::clamp(bone, turned));
    }
    pose.ground = 1.0;
    pose
}

/// From anywhere around, a third from behind.
fn camera(lot: &mut Lot) -> CameraView {
    let yaw_deg = match lot.share() {
        v if v < 0.35 => lot.between(-60.0, 60.0),
        v if v < 0.65 => lot.between(-180.0, 180.0),
        _ => lot.between(120.0, 240.0) - if lot.share() < 0.5 { 360.0 } else { 0.0 },
    };
    let yaw_deg = if yaw_deg > 180.0 { yaw_deg - 360.0 } else { yaw_deg };
    let yaw_deg = if yaw_deg < -180.0 { yaw_deg + 360.0 } else { yaw_deg };
    CameraView { yaw_deg, pitch_deg: lot.between(-25.0, 25.0), fov_deg: lot.between(15.0, 60.0) }
}

fn style(lot: &mut Lot) -> ToonStyle {
    ToonStyle {
        shading: if lot.share() < 0.25 { 0.0 } else { lot.between(0.5, 1.0) },
        light: Vec3::new(lot.between(-1.0, 1.0), lot.between(-0.3, 1.0), lot.between(0.2, 1.0)),
        boundary: lot.between(-0.1, 0.45),
        softness: if lot.share() < 0.3 { lot.between(0.1, 0.6) } else { lot.between(0.0, 0.05) },
        outline: lot.pick([Outlines::Off, Outlines::File, Outlines::File, Outlines::All, Outlines::All]),
        line_width_m: lot.between(0.001, 0.006),
        least_line_width_px: lot.between(0.2, 1.4),
        samples_per_axis: 2,
        ..ToonStyle::default()
    }
}

//! BVH, the motions of Biovision, which motion capture and animation programs of all kinds write.
//!
//! A file has a rest without turns and units of its own. So limbs are straightened into T-pose from wherever their offsets
//! have them, and lengths count in multiples of the legs'.

mod parse;
mod write;

pub use write::write;

use super::clip::{Clip, Moves};
use super::feet::Foot;
use super::skeleton::{Skeleton, Stands};
use super::{MotionError, NameMap};
use crate::figure::{Figure, Joint, LocalPose};
use crate::pose::Pose;
use glam::{Quat, Vec3};
use parse::{Bvh, Channel};
use std::path::Path;
use std::sync::Arc;

/// Reads a BVH file; `names` says which joint is which bone where that can't be guessed.
///
/// # Errors
/// Text that is no BVH file, or a damaged one.
pub(super) fn read(path: &Path, bytes: &[u8], names: Option<&NameMap>) -> Result<super::MotionFile, MotionError> {
    let damaged = |what| MotionError::Damaged { path: path.to_owned(), what };
    let mut bvh = parse::parse(&String::from_utf8_lossy(bytes)).map_err(damaged)?;
    let mut joints = vec![Joint { movable: false, ..Joint::new("", None, Vec3::ZERO) }];
    for node in &bvh.nodes {
        let parent = Some(node.parent.map_or(0, |parent| parent as u32 + 1));
        joints.push(Joint { movable: !node.name.is_empty(), ..Joint::new(&node.name, parent, node.offset) });
    }
    let humanoid = names.map(|names| names.humanoid(&joints));
    let skeleton = Skeleton::new(Figure::skeleton(joints, humanoid), Stands::Anyhow);
    let mut warnings = std::mem::take(&mut bvh.warnings);
    warnings.extend(super::name_map::warning(&skeleton.figure));
    let (frames, fps) = (bvh.frames() as u64, rounded(1.0 / bvh.frame_time));
    let (leg_share, bones) = (skeleton.leg_share(), NameMap::of(&skeleton.figure));
    let joints = super::name_map::joints(&skeleton.figure);
    let replaces = bvh.nodes.iter().map(|node| replaces_offset(&bvh, node)).collect();
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let moves = Arc::new(Captured { skeleton, bvh, replaces, fps });
    let clip = Clip { name, fps, frames, leg_share, floorless: true, moves, vmd: None };
    Ok(super::MotionFile { kind: "BVH", clips: vec![clip], warnings, bones, joints, ..Default::default() })
}

/// Rates that files write with few digits.
pub(super) fn rounded(fps: f64) -> f64 {
    let usual = [24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0, 240.0];
    usual.into_iter().find(|usual| (fps / usual - 1.0).abs() < 2e-3).unwrap_or(fps)
}

/// Whether a joint's positions stand for its offset instead of being added to it: they do where a file repeats it there.
fn replaces_offset(bvh: &Bvh, node: &parse::Node) -> bool {
    let mut first = Vec3::ZERO;
    for (channel, value) in node.channels.iter().zip(&bvh.row(0)[node.first..]) {
        if let Channel::Position(axis) = channel {
            first[*axis] = *value;
        }
    }
    first.distance(node.offset) < first.length()
}

/// A file's rows on its skeleton, whose first joint only turns the whole.
struct Captured {
    skeleton: Skeleton,
    bvh: Bvh,
    replaces: Vec<bool>,
    fps: f64,
}

impl Captured {
    fn local(&self, seconds: f64) -> LocalPose {
        let place = seconds * self.fps;
        let before = (place + 1e-6).floor();
        let share = (place - before).max(0.0) as f32;
        let last = self.bvh.frames() - 1;
        let frame = (before as usize).min(last);
        let mut local = self.row(frame);
        if share > 1e-4 && frame < last {
            let next = self.row(frame + 1);
            for (rotation, next) in local.rotations.iter_mut().zip(next.rotations) {
                *rotation = rotation.slerp(next, share);
            }
            for (translation, next) in local.translations.iter_mut().zip(next.translations) {
                *translation = translation.lerp(next, share);
            }
        }
        local
    }

    fn row(&self, frame: usize) -> LocalPose {
        let mut local = LocalPose::rest(&self.skeleton.figure);
        let row = self.bvh.row(frame);
        for (i, node) in self.bvh.nodes.iter().enumerate() {
            let (mut turn, mut shift, mut moves) = (Quat::IDENTITY, Vec3::ZERO, false);
            for (channel, &value) in node.channels.iter().zip(&row[node.first..]) {
                match *channel {
                    // In the order in which they are listed.
                    Channel::Rotation(axis) => turn *= Quat::from_axis_angle(Vec3::AXES[axis], value.to_radians()),
                    Channel::Position(axis) => (shift[axis], moves) = (value, true),
                }
            }
            // The skeleton has kept the file's joints as they are, but for the one above them.
            local.rotations[i + 1] = turn.normalize();
            if moves {
                local.translations[i + 1] = if self.replaces[i] { shift } else { node.offset + shift };
            }
        }
        local
    }
}

impl Moves for Captured {
    fn pose(&self, seconds: f64) -> Pose {
        let local = self.local(seconds);
        self.skeleton.pose(&local, &vec![false; local.rotations.len()])
    }

    fn feet(&self, seconds: f64) -> Option<[Foot; 2]> {
        self.skeleton.feet(&self.local(seconds))
    }
}

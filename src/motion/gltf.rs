//! The animations of glTF files, with a figure or without, and of VRM animations: bound to joints by their nodes, to
//! other figures by human bones.

use super::clip::{Clip, Moves};
use super::feet::Foot;
use super::skeleton::{Skeleton, Stands};
use super::{MotionError, MotionFile, NameMap, bvh, vrma};
use crate::figure::gltf::animations::{self, Animated, Animation, Channel, Property};
use crate::figure::{Figure, Joint, LocalPose, expressions};
use crate::pose::Pose;
use glam::{Quat, Vec3};
use std::path::Path;
use std::sync::Arc;

/// Where a file doesn't tell its rate by its keys.
const USUAL_FPS: f64 = 30.0;
/// No motion lasts longer.
const LONGEST_S: f64 = 1e6;

/// Reads a glTF file's motions; `names` says which joint is which bone where that can't be guessed.
///
/// # Errors
/// A file that is no glTF, or has no motion.
pub(super) fn read(path: &Path, bytes: &[u8], names: Option<&NameMap>) -> Result<MotionFile, MotionError> {
    let Animated { joints, humanoid, animations, morphs, vrm_animation, mut warnings, joint_of_node } =
        animations::read(path, bytes)?;
    if animations.iter().all(|animation| animation.channels.is_empty()) {
        let what = "it has no motion: open a file with animations".into();
        return Err(MotionError::Unsupported { path: path.to_owned(), what });
    }
    // One more joint bears them all, and turns whoever looks elsewhere than forwards.
    let mut all = vec![Joint { movable: false, ..Joint::new("", None, Vec3::ZERO) }];
    all.extend(joints.into_iter().map(|joint| Joint { parent: Some(joint.parent.map_or(0, |p| p + 1)), ..joint }));
    let mut shifted = crate::figure::Humanoid::default();
    humanoid.iter().flat_map(|h| h.iter()).for_each(|(bone, joint)| shifted.set(bone, joint + 1));
    let told = match names {
        Some(names) => Some(names.humanoid(&all)),
        None => humanoid.is_some().then_some(shifted),
    };
    let vrma = vrm_animation.map(|extension| vrma::Extras::new(&extension, &joint_of_node));
    let (figure, stands) = match (&vrma, told) {
        // A VRM animation rests in T-pose and looks forwards.
        (Some(_), Some(humanoid)) => (Figure { joints: all, humanoid, ..Figure::default() }, Stands::AtRest),
        (_, told) => (Figure::skeleton(all, told), Stands::Nearly),
    };
    warnings.extend(super::name_map::warning(&figure));
    let (bones, joints) = match vrma {
        Some(_) => (NameMap::default(), Vec::new()),
        None => (NameMap::of(&figure), super::name_map::joints(&figure)),
    };
    let skeleton = Arc::new(Skeleton::new(figure, stands));
    if vrma.is_some() && skeleton.floorless {
        warnings.push("its hips rest at no sensible height; the legs' length is taken instead".into());
    }
    let (count, vrma) = (animations.len(), vrma.map(Arc::new));
    let idle = animations.iter().filter(|animation| animation.channels.is_empty()).count();
    if idle > 0 {
        warnings.push(format!("{idle} of its {count} motions move nothing and were left out"));
    }
    let clip = |(i, animation): (usize, Animation)| {
        let name = match animation.name.trim() {
            "" if count == 1 => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            "" => format!("motion {}", i + 1),
            name => name.to_owned(),
        };
        let (fps, frames) = rate(&animation);
        let faces = faces(&animation, &morphs);
        let moves = Animating { skeleton: Arc::clone(&skeleton), animation, faces, vrma: vrma.clone() };
        let (leg_share, floorless) = (skeleton.leg_share(), skeleton.floorless);
        Clip { name, fps, frames, leg_share, floorless, moves: Arc::new(moves), vmd: None }
    };
    // Of a VRM animation the first counts.
    let moving = animations.into_iter().enumerate().filter(|(_, animation)| !animation.channels.is_empty());
    let animations = moving.take(if vrma.is_some() { 1 } else { count });
    let kind = if vrma.is_some() { "VRM animation" } else { "glTF" };
    Ok(MotionFile { kind, clips: animations.map(clip).collect(), warnings, bones, joints, notes: Vec::new() })
}

/// Frames a second, and how many: as the channel with most keys has them, if those are even.
fn rate(animation: &Animation) -> (f64, u64) {
    let end = animation.channels.iter().map(|channel| f64::from(channel.end_s())).fold(0.0, f64::max).min(LONGEST_S);
    let densest = animation.channels.iter().map(|channel| &channel.times).max_by_key(|times| times.len());
    let fps = densest.filter(|times| times.len() > 2).and_then(|times| {
        let (first, last) = (f64::from(times[0]), f64::from(*times.last()?));
        let step = (last - first) / (times.len() - 1) as f64;
        let even = times.windows(2).all(|pair| (f64::from(pair[1] - pair[0]) / step - 1.0).abs() < 0.05);
        Some(bvh::rounded(1.0 / step)).filter(|fps| even && (10.0..=500.0).contains(fps))
    });
    let fps = fps.unwrap_or(USUAL_FPS);
    (fps, (end * fps - 1e-3).ceil().max(0.0) as u64 + 1)
}

/// A channel's weights: which is whose.
struct Faces {
    channel: usize,
    names: Vec<String>,
}

fn faces(animation: &Animation, morphs: &std::collections::HashMap<u32, Vec<String>>) -> Vec<Faces> {
    let weights = animation.channels.iter().enumerate().filter(|(_, channel)| channel.property == Property::Weights);
    let named = |name: &String| expressions::of_morph(name).unwrap_or(name).to_owned();
    weights
        .filter_map(|(channel, moved)| {
            Some(Faces { channel, names: morphs.get(&moved.joint)?.iter().map(named).collect() })
        })
        .collect()
}

struct Animating {
    /// Of the file, with one joint above all.
    skeleton: Arc<Skeleton>,
    animation: Animation,
    faces: Vec<Faces>,
    vrma: Option<Arc<vrma::Extras>>,
}

impl Animating {
    fn local(&self, seconds: f64) -> LocalPose {
        let mut local = LocalPose::rest(&self.skeleton.figure);
        let mut value = [0.0; 4];
        for channel in &self.animation.channels {
            let joint = channel.joint as usize + 1;
            match channel.property {
                Property::Translation => {
                    channel.at(seconds, &mut value[..3]);
                    local.translations[joint] = Vec3::from_slice(&value);
                }
                Property::Rotation => {
                    channel.at(seconds, &mut value);
                    let turn = Quat::from_array(value);
                    let length = turn.length();
                    if length.is_finite() && length > 1e-6 {
                        local.rotations[joint] = turn / length;
                    }
                }
                Property::Weights => {}
            }
        }
        local
    }
}

impl Moves for Animating {
    fn pose(&self, seconds: f64) -> Pose {
        let local = self.local(seconds);
        let mut moved = vec![false; local.rotations.len()];
        self.animation.channels.iter().for_each(|channel| moved[channel.joint as usize + 1] = true);
        let mut pose = match &self.vrma {
            // What a VRM animation moves besides human bones means something else.
            Some(_) => self.skeleton.pose(&local, &vec![false; moved.len()]),
            None => self.skeleton.pose(&local, &moved),
        };
        if let Some(vrma) = &self.vrma {
            vrma.on(&mut pose, &local, &moved);
        }
        for Faces { channel, names } in &self.faces {
            let channel: &Channel = &self.animation.channels[*channel];
            let mut weights = vec![0.0; channel.width];
            channel.at(seconds, &mut weights);
            for (name, weight) in names.iter().zip(weights).filter(|(_, weight)| *weight > 0.0) {
                let known = pose.expressions.entry(name.clone()).or_insert(0.0);
                *known = known.max(weight.min(1.0));
            }
        }
        pose
    }

    fn feet(&self, seconds: f64) -> Option<[Foot; 2]> {
        self.skeleton.feet(&self.local(seconds))
    }
}

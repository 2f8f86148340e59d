//! A VMD file on a model of MMD: local transforms, bone by bone, as MMD itself has them.

use super::document::{Name, Vmd};
use super::sample;
use crate::figure::{Figure, HumanBone, LocalPose, mmd_names, skinning};
use crate::pose::vpd::{METRES_PER_UNIT, shift_across, turn_across};
use std::collections::HashMap;

/// From hip to ankle of MMD's standard model, metres.
const STANDARD_LEG_M: f32 = 9.7 * METRES_PER_UNIT;
/// Bones whose shifts carry the body or its feet, by the usual spelling of their names.
pub(super) const CARRIERS: [&str; 7] = ["全ての親", "センター", "グルーブ", "左足ik", "右足ik", "左足ik親", "右足ik親"];
/// A motion keeps its shifts on a model whose legs are this near to the standard's.
const SAME_BUILD: f32 = 0.1;

/// Which of a figure's joints, morphs and IK chains a file moves.
pub struct Binding {
    /// Joint, track, and factor of its shifts.
    bones: Vec<(u32, usize, f32)>,
    /// Morph, track.
    morphs: Vec<(u32, usize)>,
    /// For each chain the names of its goal in the file's bytes and as text.
    goals: Vec<(Name, String)>,
    /// Names were read by the code page of Chinese systems.
    pub chinese: bool,
    /// What shifts of the body are multiplied with.
    pub scale: f32,
}

impl Binding {
    /// Finds what of `figure` the file names.
    pub fn new(vmd: &Vmd, figure: &Figure) -> Self {
        let scale = scale(vmd, figure);
        let joints: Vec<&str> = figure.joints.iter().map(|joint| joint.name.as_str()).collect();
        let morphs: Vec<&str> = figure.morphs.iter().map(|morph| morph.name.as_str()).collect();
        let bone_names: Vec<&Name> = vmd.bones.iter().map(|track| &track.name).collect();
        let morph_names: Vec<&Name> = vmd.morphs.iter().map(|track| &track.name).collect();
        let (mut bones, mut faces) = (matches(&joints, &bone_names, false), matches(&morphs, &morph_names, false));
        let chinese = bones.is_empty() && faces.is_empty();
        if chinese {
            (bones, faces) = (matches(&joints, &bone_names, true), matches(&morphs, &morph_names, true));
        }
        let none_found = bones.is_empty();
        let factor = |joint: u32| {
            let carries = CARRIERS.contains(&mmd_names::plain(joints[joint as usize]).as_str());
            METRES_PER_UNIT * if carries { scale } else { 1.0 }
        };
        let goals = figure.ik_chains.iter().map(|chain| joints[chain.goal as usize]);
        Self {
            bones: bones.into_iter().map(|(joint, track)| (joint, track, factor(joint))).collect(),
            goals: goals.map(|name| (Name::cut(name, 20), mmd_names::plain(name))).collect(),
            chinese: chinese && !(faces.is_empty() && none_found),
            morphs: faces,
            scale,
        }
    }

    /// How many of the file's bones and morphs the figure has.
    pub fn counts(&self) -> [usize; 2] {
        [self.bones.len(), self.morphs.len()]
    }

    /// The figure at a frame: what [`skinning::world_transforms`] makes joints' places of, append and IK included.
    pub fn at(&self, vmd: &Vmd, figure: &Figure, frame: f64) -> LocalPose {
        let mut local = LocalPose::rest(figure);
        for &(joint, track, factor) in &self.bones {
            let (shift, turn) = sample::bone(&vmd.bones[track].keys, frame);
            let joint = joint as usize;
            local.rotations[joint] = (local.rotations[joint] * turn_across(turn)).normalize();
            local.translations[joint] += factor * shift_across(shift);
        }
        for &(morph, track) in &self.morphs {
            local.morph_weights[morph as usize] = sample::morph(&vmd.morphs[track].keys, frame);
        }
        for (on, (bytes, text)) in local.ik.iter_mut().zip(&self.goals) {
            *on = sample::ik_on(vmd, frame, |name| name == bytes || mmd_names::plain(&name.text()) == *text);
        }
        local
    }
}

/// Pairs of an own name's index and a track's: by the bytes that MMD compares, else by the usual spelling.
fn matches(own: &[&str], tracks: &[&Name], chinese: bool) -> Vec<(u32, usize)> {
    let mut by_bytes: HashMap<&[u8], usize> = HashMap::new();
    let mut by_text: HashMap<String, usize> = HashMap::new();
    for (i, name) in tracks.iter().enumerate() {
        let text = if chinese { name.chinese() } else { name.text() };
        by_bytes.entry(&name.0).or_insert(i);
        by_text.entry(mmd_names::plain(&text)).or_insert(i);
    }
    let mut taken = vec![false; tracks.len()];
    let mut pairs = Vec::new();
    for exact in [true, false] {
        for (index, name) in (0u32..).zip(own) {
            let found = match exact {
                true if chinese => None,
                true => by_bytes.get(Name::cut(name, 15).0.as_slice()),
                false => by_text.get(&mmd_names::plain(name)),
            };
            // Of several bones of one name the first moves.
            if let Some(&track) = found.filter(|&&track| !std::mem::replace(&mut taken[track], true)) {
                pairs.push((index, track));
            }
        }
    }
    pairs
}

/// What shifts of the body are multiplied with on a figure of another build than the standard model's. A motion that was
/// made for this very model fits as it is.
pub(super) fn scale(vmd: &Vmd, figure: &Figure) -> f32 {
    let made_for = vmd.model.text();
    if made_for.trim().chars().count() > 1 && figure.name.contains(made_for.trim()) {
        return 1.0;
    }
    let world = skinning::world_transforms(figure, &LocalPose::rest(figure));
    let place = |bone| figure.humanoid.joint(bone).map(|joint| world[joint as usize].w_axis.truncate());
    let leg = [HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg, HumanBone::LeftFoot].map(place);
    let [Some(hip), Some(knee), Some(ankle)] = leg else { return 1.0 };
    let scale = (hip.distance(knee) + knee.distance(ankle)) / STANDARD_LEG_M;
    if !(0.05..20.0).contains(&scale) || (scale - 1.0).abs() < SAME_BUILD { 1.0 } else { scale }
}

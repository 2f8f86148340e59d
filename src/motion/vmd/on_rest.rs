//! A VMD file solved on a rest, for figures that aren't MMD's.

use super::document::Vmd;
use super::{FPS, native, sample};
use crate::figure::{Figure, HumanBone, expressions};
use crate::motion::clip::Moves;
use crate::pose::vpd::{Known, Motion, Rest, pose_of};
use crate::pose::{Pose, Rig};
use glam::Quat;
use std::sync::Arc;

/// The targets that lead the legs, and the bones that they lead.
const LEGS: [(&str, [HumanBone; 2]); 2] = [
    ("左足ik", [HumanBone::LeftUpperLeg, HumanBone::LeftLowerLeg]),
    ("右足ik", [HumanBone::RightUpperLeg, HumanBone::RightLowerLeg]),
];

/// A file's tracks, their names understood, on a rest.
pub(in crate::motion) struct OnRest {
    vmd: Arc<Vmd>,
    rest: Rest,
    /// One for each of the file's bones.
    bones: Vec<Known>,
    /// Expressions, one for each of the file's morphs.
    faces: Vec<String>,
    /// What the bones' shifts are multiplied with.
    scales: Vec<f32>,
    /// Legs that follow their targets while no switch says otherwise.
    led: [bool; 2],
}

impl OnRest {
    pub(in crate::motion) fn new(vmd: Arc<Vmd>, rest: Rest) -> Self {
        let names = |chinese: bool| -> Vec<Known> {
            let text = vmd.bones.iter().map(|track| if chinese { track.name.chinese() } else { track.name.text() });
            text.map(|name| Known::new(&name)).collect()
        };
        let mut bones = names(false);
        let chinese = !bones.is_empty() && bones.iter().all(|bone| bone.human.is_none());
        if chinese {
            bones = names(true);
        }
        let faces = vmd.morphs.iter().map(|track| if chinese { track.name.chinese() } else { track.name.text() });
        let faces = faces.map(|name| expressions::of_morph(&name).map_or(name, str::to_owned)).collect();
        // Who moved the legs' bones and no target meant them to turn as they are.
        let led = LEGS.map(|(target, leg)| {
            let listed = bones.iter().any(|bone| bone.plain == target);
            let turns = |i: usize| vmd.bones[i].keys.iter().any(|key| key.turn.xyz().length() > 1e-4);
            let turned =
                bones.iter().enumerate().any(|(i, bone)| bone.human.is_some_and(|b| leg.contains(&b)) && turns(i));
            listed || !turned
        });
        let scales = vec![1.0; bones.len()];
        Self { vmd, rest, bones, faces, scales, led }
    }

    /// On the rest of a model of MMD's, whose build its body's shifts are fitted to.
    pub(in crate::motion) fn of_model(vmd: Arc<Vmd>, figure: &Figure, rig: &Rig) -> Self {
        let scale = native::scale(&vmd, figure);
        let mut on_rest = Self::new(vmd, Rest::of(figure, rig));
        for (known, own) in on_rest.bones.iter().zip(&mut on_rest.scales) {
            if native::CARRIERS.contains(&known.plain.as_str()) {
                *own = scale;
            }
        }
        on_rest
    }

    /// Some of its bones are a human figure's.
    pub(in crate::motion) fn is_human(&self) -> bool {
        self.bones.iter().any(|bone| bone.human.is_some())
    }

    /// From hip to ankle in multiples of the hips' height.
    pub(in crate::motion) fn leg_share(&self) -> f32 {
        let leg = self.rest.legs[0];
        (leg.root.distance(leg.knee) + leg.knee.distance(leg.ankle)) / self.rest.hips.y.max(1e-3)
    }
}

impl Moves for OnRest {
    fn pose(&self, seconds: f64) -> Pose {
        let frame = seconds * FPS;
        let bones = self.bones.iter().zip(&self.vmd.bones).zip(&self.scales).map(|((known, track), scale)| {
            let (shift, turn) = sample::bone(&track.keys, frame);
            (known, Motion { shift: shift * *scale, turn })
        });
        let switches = sample::switches(&self.vmd.properties, frame);
        let mut led = self.led;
        for (led, (target, _)) in led.iter_mut().zip(LEGS) {
            let named = switches.and_then(|key| key.ik.iter().find(|(name, _)| is(name, target)));
            *led = named.map_or(*led, |(_, on)| *on);
        }
        let (mut pose, _) = pose_of(bones, &self.rest, Some(led));
        pose.bones.retain(|_, turn| turn.is_finite() && *turn != Quat::IDENTITY);
        for (name, track) in self.faces.iter().zip(&self.vmd.morphs) {
            let weight = sample::morph(&track.keys, frame).clamp(0.0, 1.0);
            if weight > 0.0 {
                pose.expressions.entry(name.clone()).or_insert(weight);
            }
        }
        pose
    }
}

/// Whether a name of the file is that in the usual spelling.
fn is(name: &super::Name, plain: &str) -> bool {
    crate::figure::mmd_names::plain(&name.text()) == plain
}

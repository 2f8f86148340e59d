//! Poses cut from continuous motions (PSGAN, 2.2: "we divide several continuous actions of one avatar into 600 poses").

use super::super::{pose_with, wrapped};
use crate::motion::{Clip, Keys, library};
use crate::pose::{CameraView, Pose};
use crate::train::Dice;
use crate::train::data::Split;

/// Poses that one action is cut into.
pub(super) const CUTS: u64 = 12;
/// Of so many actions one is held out, with all its poses: neighbours in time look alike.
const ACTIONS: u64 = 16;
/// How often an action is a motion that is built in; others go from pose to pose by lot.
const BUILT_IN: f32 = 0.25;
/// Poses that such an action goes through, and frames between them.
const KEYS: [i64; 2] = [3, 30];
/// Joints of these are off by so much at the most: they are poses that somebody may hold.
const NOISE_DEG: f32 = 6.0;

/// How somebody stands, and from where that is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Posing {
    /// How.
    pub pose: Pose,
    /// From where: one camera sees all of an action.
    pub camera: CameraView,
    /// Part of the picture's side that is free around the figure.
    pub margin: f32,
}

impl Posing {
    /// The one of this number in its half: a function of seed, half and number alone.
    pub fn of(seed: u64, split: Split, number: u64) -> Self {
        let (action, cut) = (number / CUTS, number % CUTS);
        let action = match split {
            Split::Train => action + action / (ACTIONS - 1),
            Split::HeldOut => action * ACTIONS + ACTIONS - 1,
        };
        let dice = &mut Dice::of(&[seed, 6, action]);
        let clip = if dice.chance(BUILT_IN) { built_in(dice) } else { None }.unwrap_or_else(|| by_lot(dice));
        let (mirrored, offset) = (dice.chance(0.5), dice.share());
        let (camera, margin) = (camera(dice), dice.between(0.03, 0.12));
        let pose = clip.at(clip.duration_s() * f64::from(cut as f32 + offset) / CUTS as f64);
        Self { pose: if mirrored { pose.mirrored() } else { pose }, camera, margin }
    }
}

fn built_in(dice: &mut Dice) -> Option<Clip> {
    library::find(dice.pick(library::names()))
}

/// From one pose of the library, or between two of them, to others.
fn by_lot(dice: &mut Dice) -> Clip {
    let (mut keys, [count, apart]) = (Keys::default(), KEYS);
    for key in 0..count {
        keys.set(key * apart, pose_with(NOISE_DEG, dice));
    }
    keys.into_clip("by lot", 30.0)
}

/// Mostly from the front, as the paper's pictures are; one action in eight from anywhere around.
fn camera(dice: &mut Dice) -> CameraView {
    let yaw_deg = if dice.chance(0.125) { dice.between(-180.0, 180.0) } else { wrapped(18.0 * dice.normal()) };
    let pitch_deg = (4.0 * dice.normal()).clamp(-12.0, 12.0);
    CameraView { yaw_deg, pitch_deg, fov_deg: dice.between(20.0, 40.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::HumanBone;

    fn apart_deg(a: &Pose, b: &Pose) -> f32 {
        HumanBone::ALL.map(|bone| a.rotation(bone).angle_between(b.rotation(bone)).to_degrees()).iter().sum()
    }

    #[test]
    fn an_action_goes_on_and_the_next_one_is_another() {
        let of = |number| Posing::of(3, Split::Train, number);
        assert_eq!(of(40), of(40));
        let (mut within, mut between) = (0.0, 0.0);
        for action in 0..8 {
            let [first, next, last] = [0, 1, CUTS].map(|cut| of(action * CUTS + cut));
            assert_eq!((first.camera, first.margin), (next.camera, next.margin));
            within += apart_deg(&first.pose, &next.pose);
            between += apart_deg(&first.pose, &last.pose);
        }
        assert!(within > 8.0 && within * 3.0 < between, "{within}° in an action, {between}° to the next");
    }

    #[test]
    fn what_is_held_out_is_never_learned_from() {
        let all = |split, actions: u64| (0..actions).map(move |action| Posing::of(1, split, action * CUTS).pose);
        let held: Vec<Pose> = all(Split::HeldOut, 2).collect();
        assert!(all(Split::Train, 32).all(|pose| !held.contains(&pose)));
    }

    #[test]
    fn most_are_seen_from_the_front() {
        let yaws = (0..200).map(|action| Posing::of(1, Split::Train, action * CUTS).camera.yaw_deg.abs());
        let front = yaws.filter(|yaw| *yaw < 45.0).count();
        assert!((160..198).contains(&front), "{front} of 200");
    }
}

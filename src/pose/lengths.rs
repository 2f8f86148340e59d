//! Parts of a body longer or shorter than a figure's own, so that it fits a drawing of other proportions.
//!
//! A part is stretched along itself in T-pose, its surface with its bones; what hangs on it comes along. Landmarks are
//! fixed before: a stretched forearm shows the same points of the body, farther apart.

use crate::figure::{Figure, HumanBone};
use glam::{Mat4, Vec3};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident $label:literal,)*) => {
        /// A part of the body that can be longer or shorter; of limbs, both sides.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum BodyPart { $($(#[$doc])* $part,)* }

        impl BodyPart {
            /// All, from the top down.
            pub const ALL: &[Self] = &[$(Self::$part),*];

            /// What it is called on screen.
            pub fn label(self) -> &'static str {
                match self { $(Self::$part => $label,)* }
            }

            /// The part that a bone belongs to, and the bones beyond it, of which the first that a figure has says which way
            /// the part runs; none: it grows all round.
            pub fn of(bone: HumanBone) -> Option<(Self, &'static [HumanBone])> {
                part(bone)
            }
        }
    };
}

parts! {
    /// The head with all on it: larger or smaller all round.
    Head "Head",
    /// From the chest to the head.
    Neck "Neck",
    /// From the shoulders' roots to the arms'.
    Shoulders "Shoulders",
    /// From the waist to the neck.
    Torso "Torso",
    /// From shoulder to elbow.
    UpperArms "Upper arms",
    /// From elbow to wrist.
    Forearms "Forearms",
    /// The hands with their fingers: larger or smaller all round.
    Hands "Hands",
    /// From hip to knee.
    Thighs "Thighs",
    /// From knee to ankle.
    Shins "Shins",
    /// The feet: larger or smaller all round.
    Feet "Feet",
}

/// How long parts of the body are: multiples of the figure's own length; what is not named is as the figure has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LimbLengths(BTreeMap<BodyPart, f32>);

impl LimbLengths {
    /// The shortest and the longest a part can be made.
    pub const RANGE: [f32; 2] = [0.4, 2.5];

    /// The figure's own.
    pub fn are_own(&self) -> bool {
        self.0.is_empty()
    }

    /// How long a part is.
    pub fn of(&self, part: BodyPart) -> f32 {
        self.0.get(&part).copied().unwrap_or(1.0)
    }

    /// Makes a part as long as that; what no length can be is passed over.
    pub fn set(&mut self, part: BodyPart, length: f32) {
        let length = length.clamp(Self::RANGE[0], Self::RANGE[1]);
        if length == 1.0 {
            self.0.remove(&part);
        } else if length.is_finite() {
            self.0.insert(part, length);
        }
    }

    /// All within reach, whatever a damaged file says.
    pub fn sane(&self) -> Self {
        let mut sane = Self::default();
        self.0.iter().for_each(|(&part, &length)| sane.set(part, length));
        sane
    }
}

/// What stretching does to a figure's T-pose.
pub(super) struct Stretch {
    /// For each joint, how far it goes, metres in the world.
    pub(super) shifts: Vec<Vec3>,
    /// For each joint, what its surface does in T-pose, in the world.
    pub(super) surface: Vec<Mat4>,
}

/// The part that a bone belongs to, and the bones beyond it on the way along the part; none: it grows all round.
fn part(bone: HumanBone) -> Option<(BodyPart, &'static [HumanBone])> {
    use HumanBone::*;
    Some(match bone {
        Spine => (BodyPart::Torso, &[Chest, UpperChest, Neck, Head]),
        Chest => (BodyPart::Torso, &[UpperChest, Neck, Head]),
        UpperChest => (BodyPart::Torso, &[Neck, Head]),
        Neck => (BodyPart::Neck, &[Head]),
        Head | LeftEye | RightEye | Jaw => (BodyPart::Head, &[]),
        LeftShoulder => (BodyPart::Shoulders, &[LeftUpperArm]),
        RightShoulder => (BodyPart::Shoulders, &[RightUpperArm]),
        LeftUpperArm => (BodyPart::UpperArms, &[LeftLowerArm, LeftHand]),
        RightUpperArm => (BodyPart::UpperArms, &[RightLowerArm, RightHand]),
        LeftLowerArm => (BodyPart::Forearms, &[LeftHand]),
        RightLowerArm => (BodyPart::Forearms, &[RightHand]),
        LeftUpperLeg => (BodyPart::Thighs, &[LeftLowerLeg, LeftFoot]),
        RightUpperLeg => (BodyPart::Thighs, &[RightLowerLeg, RightFoot]),
        LeftLowerLeg => (BodyPart::Shins, &[LeftFoot]),
        RightLowerLeg => (BodyPart::Shins, &[RightFoot]),
        LeftFoot | RightFoot | LeftToes | RightToes => (BodyPart::Feet, &[]),
        Hips => return None,
        // All that is left are the hands and their fingers.
        _ => (BodyPart::Hands, &[]),
    })
}

impl Stretch {
    /// Of `figure`, whose joints are at `t_world` in T-pose; `human`: which joint is which bone.
    pub(super) fn new(lengths: &LimbLengths, figure: &Figure, t_world: &[Mat4], human: &[Option<HumanBone>]) -> Self {
        let places: Vec<Vec3> = t_world.iter().map(|world| world.w_axis.truncate()).collect();
        // By itself, before what it hangs on moves it.
        let own = |bone: HumanBone| -> Option<Mat4> {
            let (part, beyond) = part(bone)?;
            let (length, at) = (lengths.of(part), places[figure.humanoid.joint(bone)? as usize]);
            let to =
                beyond.iter().find_map(|&bone| figure.humanoid.joint(bone)).map(|joint| places[joint as usize] - at);
            let grown = match (beyond, to.and_then(Vec3::try_normalize)) {
                ([], _) => Mat4::from_scale(Vec3::splat(length)),
                // Nothing beyond it says which way it runs.
                (_, None) => Mat4::IDENTITY,
                (_, Some(along)) => {
                    let more = (length - 1.0) * along;
                    let column = |unit: Vec3| (unit + more * along.dot(unit)).extend(0.0);
                    Mat4::from_cols(column(Vec3::X), column(Vec3::Y), column(Vec3::Z), glam::Vec4::W)
                }
            };
            Some(Mat4::from_translation(at) * grown * Mat4::from_translation(-at))
        };
        let owners = owners(figure, human);
        let mut stretch = Self { shifts: vec![Vec3::ZERO; places.len()], surface: vec![Mat4::IDENTITY; places.len()] };
        // What a joint does, and all that hangs on it with no bone of its own: what its bone does, where that went to.
        let whole = |owner: Option<HumanBone>, shifts: &[Vec3]| -> Option<Mat4> {
            let bone = owner?;
            let shift = shifts[figure.humanoid.joint(bone)? as usize];
            Some(Mat4::from_translation(shift) * own(bone).unwrap_or(Mat4::IDENTITY))
        };
        // Twice: joints may follow others that come after them.
        for _ in 0..2 {
            for (i, place) in places.iter().enumerate() {
                let Some(parent) = figure.joints[i].parent.map(|parent| parent as usize) else { continue };
                stretch.shifts[i] = match whole(owners[parent], &stretch.shifts) {
                    Some(moves) => moves.transform_point3(*place) - *place,
                    None => stretch.shifts[parent],
                };
            }
        }
        for (i, owner) in owners.iter().enumerate() {
            let shift = stretch.shifts[i];
            stretch.surface[i] = whole(*owner, &stretch.shifts).unwrap_or_else(|| Mat4::from_translation(shift));
        }
        stretch
    }
}

/// The bone that each joint is, copies (MMD figures bind their legs to copies of the leg bones), or hangs on.
pub(super) fn owners(figure: &Figure, human: &[Option<HumanBone>]) -> Vec<Option<HumanBone>> {
    let mut owners = human.to_vec();
    for append in figure.appends.iter().filter(|append| append.rotation && append.ratio > 0.5) {
        let copied = human[append.source as usize];
        owners[append.joint as usize] = owners[append.joint as usize].or(copied);
    }
    for i in 0..owners.len() {
        let parent = figure.joints[i].parent.map(|parent| parent as usize);
        owners[i] = owners[i].or_else(|| parent.and_then(|parent| owners[parent]));
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::skinning;
    use crate::pose::testing::figure;
    use crate::pose::{Pose, Posed, Rig, library};

    fn longer(parts: &[(BodyPart, f32)]) -> LimbLengths {
        let mut lengths = LimbLengths::default();
        parts.iter().for_each(|&(part, length)| lengths.set(part, length));
        lengths
    }

    fn distance(posed: &Posed<'_>, from: HumanBone, to: HumanBone) -> f32 {
        let place = |bone| posed.place(posed.figure.humanoid.joint(bone).unwrap());
        place(from).distance(place(to))
    }

    #[test]
    fn limbs_are_as_long_as_they_are_told_in_any_pose_and_others_stay() {
        use HumanBone::*;
        let figure = figure();
        let (own, rig) = (
            Rig::new(&figure),
            Rig::stretched(
                &figure,
                &longer(&[(BodyPart::Thighs, 1.3), (BodyPart::Forearms, 0.7), (BodyPart::Neck, 1.5)]),
            ),
        );
        for (name, pose) in library::all() {
            let (before, after) = (Posed::new(&figure, &own, pose.clone()), Posed::new(&figure, &rig, pose.clone()));
            for (from, to, length) in [
                (LeftUpperLeg, LeftLowerLeg, 1.3),
                (RightUpperLeg, RightLowerLeg, 1.3),
                (LeftLowerLeg, LeftFoot, 1.0),
                (LeftLowerArm, LeftHand, 0.7),
                (RightLowerArm, RightHand, 0.7),
                (RightUpperArm, RightLowerArm, 1.0),
                (Neck, Head, 1.5),
            ] {
                let (a, b) = (distance(&before, from, to), distance(&after, from, to));
                assert!((b - length * a).abs() < 1e-4, "{name}: {from:?} {a} to {b}");
            }
            for (bone, joint) in figure.humanoid.iter() {
                assert!(before.turn(joint).dot(after.turn(joint)).abs() > 1.0 - 1e-4, "{name}: {bone:?} is turned");
            }
        }
    }

    #[test]
    fn the_surface_goes_with_its_bones() {
        let figure = figure();
        let rig = Rig::stretched(&figure, &longer(&[(BodyPart::Forearms, 1.6), (BodyPart::Head, 0.8)]));
        let own = Rig::new(&figure);
        let skin = |rig: &Rig, joint: u32, point: Vec3| {
            let world = rig.skin(rig.t_world());
            (world[joint as usize] * own.t_world()[joint as usize].inverse()).transform_point3(point)
        };
        let place = |rig: &Rig, bone| rig.t_world()[figure.humanoid.joint(bone).unwrap() as usize].w_axis.truncate();
        let (elbow, wrist) = (place(&own, HumanBone::LeftLowerArm), place(&own, HumanBone::LeftHand));
        let joint = figure.humanoid.joint(HumanBone::LeftLowerArm).unwrap();
        let (half, round) = ((elbow + wrist) / 2.0, 0.03 * (wrist - elbow).normalize().any_orthonormal_vector());
        let stretched = (place(&rig, HumanBone::LeftLowerArm) + place(&rig, HumanBone::LeftHand)) / 2.0;
        assert!(skin(&rig, joint, half + round).distance(stretched + round) < 1e-4, "longer, and as thick as before");
        // At a joint both bones' surfaces meet, as before.
        let hand = figure.humanoid.joint(HumanBone::LeftHand).unwrap();
        assert!(skin(&rig, joint, wrist).distance(skin(&rig, hand, wrist)) < 1e-4);
        let head = figure.humanoid.joint(HumanBone::Head).unwrap();
        let (neck, crown) = (place(&own, HumanBone::Head), place(&own, HumanBone::Head) + Vec3::new(0.05, 0.2, 0.02));
        assert!(skin(&rig, head, crown).distance(neck + 0.8 * (crown - neck)) < 1e-4);
    }

    #[test]
    fn a_figure_of_its_own_lengths_is_the_figure() {
        let figure = figure();
        let (own, same) = (Rig::new(&figure), Rig::stretched(&figure, &LimbLengths::default()));
        let pose = library::find("kick").unwrap().1;
        assert_eq!(own.resolve(&figure, &pose), same.resolve(&figure, &pose));
        let world = own.world(&figure, &pose);
        assert_eq!(same.skin(&world)[..], world[..]);
        let all: Vec<_> = BodyPart::ALL.iter().map(|&part| (part, 1.0)).collect();
        assert!(longer(&all).are_own());
        // Nothing comes apart where every part is another length.
        let all: Vec<_> = BodyPart::ALL.iter().enumerate().map(|(i, &part)| (part, 0.7 + 0.1 * i as f32)).collect();
        let rig = Rig::stretched(&figure, &longer(&all));
        for (_, pose) in library::all() {
            let world = rig.world(&figure, &pose);
            assert!(skinning::bind_matrices(&figure, &rig.skin(&world)).iter().all(|m| m.is_finite()));
        }
        assert!(rig.world(&figure, &Pose { ground: 1.0, ..Pose::default() }).iter().all(|m| m.is_finite()));
    }

    #[test]
    fn no_length_is_beyond_reach() {
        let mut lengths = longer(&[(BodyPart::Shins, 900.0), (BodyPart::Torso, -1.0)]);
        assert_eq!([lengths.of(BodyPart::Shins), lengths.of(BodyPart::Torso)], [2.5, 0.4]);
        lengths.set(BodyPart::Head, f32::NAN);
        assert_eq!(lengths.of(BodyPart::Head), 1.0);
        let text = r#"{"thighs": 1e30, "forearms": 1.25}"#;
        let read = serde_json::from_str::<LimbLengths>(text).unwrap().sane();
        assert_eq!([read.of(BodyPart::Thighs), read.of(BodyPart::Forearms)], [2.5, 1.25]);
        assert_eq!(serde_json::from_str::<LimbLengths>(&serde_json::to_string(&read).unwrap()).unwrap(), read);
    }
}

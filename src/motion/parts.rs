//! Parts of the body that a key can set by itself, so that the others go on as something else has them.

use crate::figure::HumanBone;
use crate::pose::{Pose, limb};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A part of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Neck, head and eyes, and the face.
    Head,
    /// From the hips to the chest, with where the body is; and what belongs to no human bone.
    Torso,
    /// From the shoulder to the fingers.
    LeftArm,
    /// The same on the right.
    RightArm,
    /// From the hip to the toes.
    LeftLeg,
    /// The same on the right.
    RightLeg,
}

impl Part {
    /// All from the top down, with what they are called.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Head, "Head"),
        (Self::Torso, "Torso"),
        (Self::LeftArm, "Left arm"),
        (Self::RightArm, "Right arm"),
        (Self::LeftLeg, "Left leg"),
        (Self::RightLeg, "Right leg"),
    ];

    /// Its bones.
    pub fn bones(self) -> &'static [HumanBone] {
        static BONES: LazyLock<[Vec<HumanBone>; 6]> = LazyLock::new(|| {
            let limbs =
                [HumanBone::LeftUpperArm, HumanBone::RightUpperArm, HumanBone::LeftUpperLeg, HumanBone::RightUpperLeg];
            let [left_arm, right_arm, left_leg, right_leg] = limbs.map(limb);
            let of_torso = [HumanBone::Hips, HumanBone::Spine, HumanBone::Chest, HumanBone::UpperChest];
            let others = |bone: &HumanBone| {
                ![&left_arm, &right_arm, &left_leg, &right_leg].iter().any(|limb| limb.contains(bone))
                    && !of_torso.contains(bone)
            };
            let head = HumanBone::ALL.into_iter().filter(others).collect();
            [head, of_torso.to_vec(), left_arm, right_arm, left_leg, right_leg]
        });
        &BONES[self as usize]
    }
}

impl Part {
    /// `pose` with this part as another has it; what belongs to no human bone goes with the torso.
    pub(super) fn of(self, other: &Pose, pose: Pose) -> Pose {
        let mut pose = pose.with_part(other, self.bones());
        if self == Self::Torso {
            pose.joints.clone_from(&other.joints);
        }
        pose
    }
}

/// Which parts a key sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Part>", into = "Vec<Part>")]
pub struct Parts(u8);

impl Default for Parts {
    fn default() -> Self {
        Self::ALL
    }
}

impl Parts {
    /// The whole body.
    pub const ALL: Self = Self(0b11_1111);
    /// None.
    pub const NONE: Self = Self(0);

    /// One is among them.
    pub fn has(self, part: Part) -> bool {
        self.0 & (1 << part as u8) != 0
    }

    /// They are all.
    pub fn are_all(&self) -> bool {
        *self == Self::ALL
    }

    /// The same with or without one.
    pub fn with(self, part: Part, on: bool) -> Self {
        let bit = 1 << part as u8;
        Self(if on { self.0 | bit } else { self.0 & !bit })
    }

    /// These and those.
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These but for those.
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Left and right change places.
    pub fn mirrored(self) -> Self {
        let swapped =
            |parts: Self, [left, right]: [Part; 2]| parts.with(left, self.has(right)).with(right, self.has(left));
        [[Part::LeftArm, Part::RightArm], [Part::LeftLeg, Part::RightLeg]].into_iter().fold(self, swapped)
    }

    /// In which two poses differ.
    pub fn that_differ(a: &Pose, b: &Pose) -> Self {
        let differs = |part: Part| {
            let turned = part.bones().iter().any(|bone| a.rotation(*bone) != b.rotation(*bone));
            turned
                || match part {
                    Part::Head => a.expressions != b.expressions,
                    Part::Torso => (a.hips, a.ground) != (b.hips, b.ground) || a.joints != b.joints,
                    _ => false,
                }
        };
        Part::ALL.into_iter().fold(Self::NONE, |parts, (part, _)| parts.with(part, differs(part)))
    }
}

impl From<Vec<Part>> for Parts {
    fn from(parts: Vec<Part>) -> Self {
        parts.into_iter().fold(Self::NONE, |all, part| all.with(part, true))
    }
}

impl From<Parts> for Vec<Part> {
    fn from(parts: Parts) -> Self {
        Part::ALL.into_iter().map(|(part, _)| part).filter(|part| parts.has(*part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::library::find;

    #[test]
    fn each_bone_is_of_one_part() {
        for bone in HumanBone::ALL {
            let of: Vec<_> = Part::ALL.into_iter().filter(|(part, _)| part.bones().contains(&bone)).collect();
            assert_eq!(of.len(), 1, "{bone:?} is of {of:?}");
        }
        assert!(
            Part::Head.bones().contains(&HumanBone::LeftEye)
                && Part::LeftArm.bones().contains(&HumanBone::LeftShoulder)
        );
    }

    #[test]
    fn parts_are_chosen_told_and_written() {
        let arms = Parts::NONE.with(Part::LeftArm, true).with(Part::RightArm, true);
        assert!(arms.has(Part::LeftArm) && !arms.has(Part::Head) && !arms.are_all());
        assert_eq!(Parts::ALL.without(arms).and(arms), Parts::ALL);
        assert_eq!(arms.mirrored(), arms);
        assert_eq!(Parts::ALL.with(Part::LeftLeg, false).mirrored(), Parts::ALL.with(Part::RightLeg, false));
        let text = serde_json::to_string(&arms).unwrap();
        assert_eq!(text, r#"["left-arm","right-arm"]"#);
        assert_eq!(serde_json::from_str::<Parts>(&text).unwrap(), arms);
        let (stand, wave) = (find("stand").unwrap().1, find("wave").unwrap().1);
        assert_eq!(Parts::that_differ(&stand, &stand), Parts::NONE);
        let raised = stand.with_part(&wave, Part::RightArm.bones());
        assert_eq!(Parts::that_differ(&stand, &raised), Parts::NONE.with(Part::RightArm, true));
    }
}

//! The 55 humanoid bones of VRM 1.0 and their place in a figure.

use serde::{Deserialize, Serialize};

macro_rules! human_bones {
    ($($variant:ident $name:literal $parent:ident,)*) => {
        /// A humanoid bone, named as VRM 1.0 names it
        /// (<https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md>).
        /// The order is parents first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(missing_docs)]
        pub enum HumanBone { $($variant,)* }

        impl HumanBone {
            /// All 55, parents before children.
            pub const ALL: [HumanBone; 55] = [$(HumanBone::$variant,)*];

            /// The VRM 1.0 name, as in files: `leftUpperArm`.
            pub fn name(self) -> &'static str {
                match self { $(HumanBone::$variant => $name,)* }
            }

            /// The parent in the full humanoid tree (a figure may lack it: ask its parent in turn). `None` for the hips.
            pub fn parent(self) -> Option<HumanBone> {
                let parent = match self { $(HumanBone::$variant => HumanBone::$parent,)* };
                (parent != self).then_some(parent)
            }
        }
    };
}

human_bones! {
    Hips "hips" Hips,
    Spine "spine" Hips,
    Chest "chest" Spine,
    UpperChest "upperChest" Chest,
    Neck "neck" UpperChest,
    Head "head" Neck,
    LeftEye "leftEye" Head,
    RightEye "rightEye" Head,
    Jaw "jaw" Head,
    LeftUpperLeg "leftUpperLeg" Hips,
    LeftLowerLeg "leftLowerLeg" LeftUpperLeg,
    LeftFoot "leftFoot" LeftLowerLeg,
    LeftToes "leftToes" LeftFoot,
    RightUpperLeg "rightUpperLeg" Hips,
    RightLowerLeg "rightLowerLeg" RightUpperLeg,
    RightFoot "rightFoot" RightLowerLeg,
    RightToes "rightToes" RightFoot,
    LeftShoulder "leftShoulder" UpperChest,
    LeftUpperArm "leftUpperArm" LeftShoulder,
    LeftLowerArm "leftLowerArm" LeftUpperArm,
    LeftHand "leftHand" LeftLowerArm,
    RightShoulder "rightShoulder" UpperChest,
    RightUpperArm "rightUpperArm" RightShoulder,
    RightLowerArm "rightLowerArm" RightUpperArm,
    RightHand "rightHand" RightLowerArm,
    LeftThumbMetacarpal "leftThumbMetacarpal" LeftHand,
    LeftThumbProximal "leftThumbProximal" LeftThumbMetacarpal,
    LeftThumbDistal "leftThumbDistal" LeftThumbProximal,
    LeftIndexProximal "leftIndexProximal" LeftHand,
    LeftIndexIntermediate "leftIndexIntermediate" LeftIndexProximal,
    LeftIndexDistal "leftIndexDistal" LeftIndexIntermediate,
    LeftMiddleProximal "leftMiddleProximal" LeftHand,
    LeftMiddleIntermediate "leftMiddleIntermediate" LeftMiddleProximal,
    LeftMiddleDistal "leftMiddleDistal" LeftMiddleIntermediate,
    LeftRingProximal "leftRingProximal" LeftHand,
    LeftRingIntermediate "leftRingIntermediate" LeftRingProximal,
    LeftRingDistal "leftRingDistal" LeftRingIntermediate,
    LeftLittleProximal "leftLittleProximal" LeftHand,
    LeftLittleIntermediate "leftLittleIntermediate" LeftLittleProximal,
    LeftLittleDistal "leftLittleDistal" LeftLittleIntermediate,
    RightThumbMetacarpal "rightThumbMetacarpal" RightHand,
    RightThumbProximal "rightThumbProximal" RightThumbMetacarpal,
    RightThumbDistal "rightThumbDistal" RightThumbProximal,
    RightIndexProximal "rightIndexProximal" RightHand,
    RightIndexIntermediate "rightIndexIntermediate" RightIndexProximal,
    RightIndexDistal "rightIndexDistal" RightIndexIntermediate,
    RightMiddleProximal "rightMiddleProximal" RightHand,
    RightMiddleIntermediate "rightMiddleIntermediate" RightMiddleProximal,
    RightMiddleDistal "rightMiddleDistal" RightMiddleIntermediate,
    RightRingProximal "rightRingProximal" RightHand,
    RightRingIntermediate "rightRingIntermediate" RightRingProximal,
    RightRingDistal "rightRingDistal" RightRingIntermediate,
    RightLittleProximal "rightLittleProximal" RightHand,
    RightLittleIntermediate "rightLittleIntermediate" RightLittleProximal,
    RightLittleDistal "rightLittleDistal" RightLittleIntermediate,
}

impl HumanBone {
    /// The bone of that VRM 1.0 name.
    pub fn from_name(name: &str) -> Option<HumanBone> {
        HumanBone::ALL.into_iter().find(|b| b.name() == name)
    }

    /// What a skeleton must have to be posed as a human.
    pub const ESSENTIAL: [HumanBone; 6] = [
        HumanBone::Hips,
        HumanBone::Head,
        HumanBone::LeftUpperArm,
        HumanBone::RightUpperArm,
        HumanBone::LeftUpperLeg,
        HumanBone::RightUpperLeg,
    ];

    /// The bone on the other side; bones of the middle are their own mirror image.
    pub fn mirrored(self) -> HumanBone {
        let name = self.name();
        let other = if let Some(rest) = name.strip_prefix("left") {
            format!("right{rest}")
        } else if let Some(rest) = name.strip_prefix("right") {
            format!("left{rest}")
        } else {
            return self;
        };
        HumanBone::from_name(&other).unwrap_or(self)
    }
}

/// Which joint of a figure is which human bone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Humanoid {
    joints: [Option<u32>; 55],
}

impl Default for Humanoid {
    fn default() -> Self {
        Self { joints: [None; 55] }
    }
}

impl Humanoid {
    /// The joint of `bone`, if the figure has one.
    pub fn joint(&self, bone: HumanBone) -> Option<u32> {
        self.joints[bone as usize]
    }

    /// Says which joint `bone` is.
    pub fn set(&mut self, bone: HumanBone, joint: u32) {
        self.joints[bone as usize] = Some(joint);
    }

    /// Forgets which joint `bone` is, and answers it.
    pub fn take(&mut self, bone: HumanBone) -> Option<u32> {
        self.joints[bone as usize].take()
    }

    /// The bone at `joint`, if it is one.
    pub fn bone_at(&self, joint: u32) -> Option<HumanBone> {
        self.iter().find(|&(_, j)| j == joint).map(|(b, _)| b)
    }

    /// All bones the figure has, parents first.
    pub fn iter(&self) -> impl Iterator<Item = (HumanBone, u32)> + '_ {
        HumanBone::ALL.into_iter().filter_map(|b| Some((b, self.joint(b)?)))
    }

    /// The figure has enough of a skeleton to be posed as a human: hips, head, both upper arms and upper legs.
    pub fn is_humanoid(&self) -> bool {
        HumanBone::ESSENTIAL.iter().all(|&b| self.joint(b).is_some())
    }
}

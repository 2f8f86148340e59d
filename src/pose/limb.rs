//! Which bones hang together.

use super::HumanBone;

/// The limb a bone belongs to: an arm with its fingers, a leg, or the torso with neck and head.
pub fn limb(bone: HumanBone) -> Vec<HumanBone> {
    use HumanBone::{Chest, Head, Hips, Neck, Spine, UpperChest};
    const TORSO: [HumanBone; 6] = [Hips, Spine, Chest, UpperChest, Neck, Head];
    if TORSO.contains(&bone) {
        return TORSO.to_vec();
    }
    let mut root = bone;
    while let Some(parent) = root.parent().filter(|parent| !TORSO.contains(parent)) {
        root = parent;
    }
    let hangs_on = |mut bone: HumanBone| loop {
        if bone == root {
            return true;
        }
        match bone.parent() {
            Some(parent) => bone = parent,
            None => return false,
        }
    };
    HumanBone::ALL.into_iter().filter(|&bone| hangs_on(bone)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limbs_hold_together() {
        let arm = limb(HumanBone::LeftIndexDistal);
        assert!(arm.contains(&HumanBone::LeftShoulder) && arm.contains(&HumanBone::LeftThumbProximal));
        assert!(!arm.contains(&HumanBone::RightHand) && !arm.contains(&HumanBone::UpperChest));
        let leg = limb(HumanBone::RightFoot);
        assert_eq!(leg.len(), 4, "{leg:?}");
        assert!(limb(HumanBone::Spine).contains(&HumanBone::Head));
    }
}

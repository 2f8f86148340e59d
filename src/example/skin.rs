//! What a vertex follows.

use super::mesh::smoothstep;
use crate::figure::HumanBone;
use std::sync::LazyLock;

/// What a vertex may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bone {
    /// Of the body.
    Human(HumanBone),
    /// A joint of what swings, by its number there.
    Swings(u16),
}

impl From<HumanBone> for Bone {
    fn from(bone: HumanBone) -> Self {
        Self::Human(bone)
    }
}

/// The joints a vertex follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Skin(pub(super) [(Bone, f32); 4]);

const NOTHING: (Bone, f32) = (Bone::Human(HumanBone::Hips), 0.0);

impl Skin {
    pub(super) fn one(bone: impl Into<Bone>) -> Self {
        Self([(bone.into(), 1.0), NOTHING, NOTHING, NOTHING])
    }

    /// The (at most four) given shares, made to sum to 1.
    pub(super) fn mix(shares: &[(impl Into<Bone> + Copy, f32)]) -> Self {
        let sum: f32 = shares.iter().map(|s| s.1).sum();
        let mut skin = [NOTHING; 4];
        for (slot, share) in skin.iter_mut().zip(shares.iter().filter(|s| s.1 > 0.0)) {
            *slot = (share.0.into(), share.1 / sum);
        }
        Self(skin)
    }

    /// Along a chain of bones: `first`, then each of `next` takes over at its start, over ± its blend.
    /// Starts ascend in the direction in which `at` is measured.
    pub(super) fn chain(at: f32, first: HumanBone, next: &[(HumanBone, f32, f32)]) -> Self {
        next.iter().fold(Self::one(first), |skin, &(bone, start, blend)| {
            skin.towards(Self::one(bone), smoothstep(start - blend, start + blend, at))
        })
    }

    /// `share` of the way to `other`.
    pub(super) fn towards(self, other: Skin, share: f32) -> Self {
        let mut all = [NOTHING; 8];
        let mut count = 0;
        for (skin, factor) in [(self, 1.0 - share), (other, share)] {
            for (bone, weight) in skin.0.into_iter().filter(|s| s.1 * factor > 0.0) {
                match all[..count].iter_mut().find(|s| s.0 == bone) {
                    Some(slot) => slot.1 += weight * factor,
                    None => {
                        all[count] = (bone, weight * factor);
                        count += 1;
                    }
                }
            }
        }
        all[..count].sort_by(|a, b| b.1.total_cmp(&a.1));
        Self::mix(&all[..count.min(4)])
    }

    /// That of the same place on the other side of the body.
    pub(super) fn mirrored(self) -> Self {
        // Asked for every vertex: looked up once.
        static OTHER: LazyLock<[HumanBone; 55]> = LazyLock::new(|| HumanBone::ALL.map(HumanBone::mirrored));
        Self(self.0.map(|(bone, share)| match bone {
            Bone::Human(bone) => (Bone::Human(OTHER[bone as usize]), share),
            Bone::Swings(_) => (bone, share),
        }))
    }
}

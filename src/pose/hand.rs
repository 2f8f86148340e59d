//! Fingers: how far each is curled and spread, and hands in their usual shapes.

use super::{HumanBone, Pose, edit::mirror};
use glam::Quat;

/// Left or right of the figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The figure's left.
    Left,
    /// The figure's right.
    Right,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// `left` or `right`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// The fingers of one hand, from the thumb to the little finger.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hand {
    /// How far each is curled: 0 straight, 1 as in a fist.
    pub curl: [f32; 5],
    /// How far each points away from the hand's middle line, degrees; towards the thumb is negative.
    pub spread_deg: [f32; 5],
}

/// What fingers are called, from the thumb on.
pub const FINGERS: [&str; 5] = ["thumb", "index", "middle", "ring", "little"];
/// How far a finger can be curled.
pub const CURLS: [f32; 2] = [-0.2, 1.1];
/// How far a finger can be spread, degrees.
pub const SPREADS_DEG: [f32; 2] = [-30.0, 30.0];

/// Degrees that the joints of a finger bend in a fist.
const FULL_DEG: [f32; 3] = [-82.0, -98.0, -62.0];
/// The same of the thumb's last two joints.
const THUMB_FULL_DEG: [f32; 2] = [38.0, 62.0];
/// The thumb closes by swinging under the palm (about the arm) …
const THUMB_SWING_DEG: f32 = 42.0;
/// … and across it.
const THUMB_ACROSS_DEG: f32 = 12.0;
/// How the fingers share in a spread hand, from index to little.
const FAN: [f32; 4] = [-1.0, 0.1, 0.9, 1.8];

const THUMB: [HumanBone; 3] =
    [HumanBone::LeftThumbMetacarpal, HumanBone::LeftThumbProximal, HumanBone::LeftThumbDistal];
const REST: [[HumanBone; 3]; 4] = {
    use HumanBone::*;
    [
        [LeftIndexProximal, LeftIndexIntermediate, LeftIndexDistal],
        [LeftMiddleProximal, LeftMiddleIntermediate, LeftMiddleDistal],
        [LeftRingProximal, LeftRingIntermediate, LeftRingDistal],
        [LeftLittleProximal, LeftLittleIntermediate, LeftLittleDistal],
    ]
};

impl Hand {
    /// At ease.
    pub const RELAXED: Hand = Hand::fanned([0.15, 0.2, 0.27, 0.33, 0.38], 3.0);
    /// Straight fingers side by side, as in T-pose.
    pub const STRAIGHT: Hand = Hand::fanned([0.0; 5], 0.0);
    /// Spread.
    pub const OPEN: Hand = Hand::fanned([0.0, 0.0, 0.02, 0.03, 0.05], 14.0);
    /// Half closed, nothing in it.
    pub const CUPPED: Hand = Hand::fanned([0.2, 0.35, 0.4, 0.42, 0.45], 2.0);
    /// Round something as thick as a handle.
    pub const GRIP: Hand = Hand::fanned([0.55, 0.66, 0.7, 0.73, 0.76], 0.0);
    /// A fist.
    pub const FIST: Hand = Hand::fanned([0.9, 1.0, 1.0, 1.0, 1.0], 0.0);
    /// The index points.
    pub const POINT: Hand = Hand::fanned([0.75, 0.0, 0.95, 1.0, 1.0], 0.0);
    /// Index and middle finger make a V.
    pub const PEACE: Hand = Hand::fanned([1.0, 0.0, 0.0, 1.0, 1.0], 16.0);

    /// The usual shapes by name.
    pub const PRESETS: [(&str, Hand); 6] = [
        ("relaxed", Hand::RELAXED),
        ("open", Hand::OPEN),
        ("fist", Hand::FIST),
        ("point", Hand::POINT),
        ("peace", Hand::PEACE),
        ("grip", Hand::GRIP),
    ];

    const fn fanned(curl: [f32; 5], fan_deg: f32) -> Self {
        let spread_deg = [0.0, FAN[0] * fan_deg, FAN[1] * fan_deg, FAN[2] * fan_deg, FAN[3] * fan_deg];
        Self { curl, spread_deg }
    }

    /// The shape of that name.
    pub fn named(name: &str) -> Option<Hand> {
        Self::PRESETS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, hand)| hand)
    }

    /// The hand of a pose. What these numbers can't say (a bent single joint) is told as the nearest they can.
    pub fn of(pose: &Pose, side: Side) -> Self {
        let rotation = |left: HumanBone| match side {
            Side::Left => pose.rotation(left),
            Side::Right => mirror(pose.rotation(left.mirrored())),
        };
        // Of a turn about y and then z (each bone's curl and spread), the angles are in the quaternion's parts.
        let half = |part: f32, w: f32| 2.0 * (part * w.signum()).atan2(w.abs()).to_degrees();
        let (about_y, about_z) = (|q: Quat| half(q.y, q.w), |q: Quat| half(q.z, q.w));
        let mut hand = Self::default();
        let curls = [1, 2].map(|i| about_y(rotation(THUMB[i])) / THUMB_FULL_DEG[i - 1]);
        let thumb = (curls[0] + curls[1]) / 2.0;
        hand.curl[0] = thumb;
        let unswung = Quat::from_rotation_x(-(THUMB_SWING_DEG * thumb).to_radians()) * rotation(THUMB[0]);
        hand.spread_deg[0] = about_y(unswung) - THUMB_ACROSS_DEG * thumb;
        for (finger, chain) in REST.into_iter().enumerate() {
            let turns = chain.map(rotation);
            hand.spread_deg[finger + 1] = about_y(turns[0]);
            hand.curl[finger + 1] = (0..3).map(|i| about_z(turns[i]) / FULL_DEG[i]).sum::<f32>() / 3.0;
        }
        hand
    }

    /// The pose with this hand.
    pub fn on(&self, pose: &Pose, side: Side) -> Pose {
        let mut pose = pose.clone();
        let mut set = |left: HumanBone, rotation: Quat| {
            let (bone, rotation) = match side {
                Side::Left => (left, rotation),
                Side::Right => (left.mirrored(), mirror(rotation)),
            };
            if rotation == Quat::IDENTITY {
                pose.bones.remove(&bone);
            } else {
                pose.bones.insert(bone, rotation);
            }
        };
        let y = |deg: f32| Quat::from_rotation_y(deg.to_radians());
        let z = |deg: f32| Quat::from_rotation_z(deg.to_radians());
        let thumb = self.curl[0];
        let swing = Quat::from_rotation_x((THUMB_SWING_DEG * thumb).to_radians());
        set(THUMB[0], swing * y(THUMB_ACROSS_DEG * thumb + self.spread_deg[0]));
        set(THUMB[1], y(THUMB_FULL_DEG[0] * thumb));
        set(THUMB[2], y(THUMB_FULL_DEG[1] * thumb));
        for (finger, chain) in REST.into_iter().enumerate() {
            let (curl, spread) = (self.curl[finger + 1], self.spread_deg[finger + 1]);
            for (i, bone) in chain.into_iter().enumerate() {
                let spread = if i == 0 { y(spread) } else { Quat::IDENTITY };
                set(bone, spread * z(FULL_DEG[i] * curl));
            }
        }
        pose
    }

    /// The bones of a hand's fingers.
    pub fn bones(side: Side) -> impl Iterator<Item = HumanBone> {
        THUMB.into_iter().chain(REST.into_iter().flatten()).map(move |left| match side {
            Side::Left => left,
            Side::Right => left.mirrored(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn presets_have_names() {
        for (name, hand) in Hand::PRESETS {
            assert_eq!(Hand::named(&name.to_uppercase()), Some(hand));
        }
        assert_eq!(Hand::named("claw"), None);
    }

    #[test]
    fn the_other_hand_is_a_mirror_image_and_the_rest_of_the_pose_stays() {
        let walk = crate::pose::library::find("walk").unwrap().1;
        let left = Hand::PEACE.on(&walk, Side::Left);
        assert_eq!(Hand::PEACE.on(&walk.mirrored(), Side::Right), left.mirrored());
        for bone in HumanBone::ALL {
            if !Hand::bones(Side::Left).any(|finger| finger == bone) {
                assert_eq!(left.rotation(bone), walk.rotation(bone), "{bone:?}");
            }
        }
        assert_eq!(Hand::STRAIGHT.on(&Pose::default(), Side::Left), Pose::default());
    }

    proptest! {
        #[test]
        fn what_is_set_is_read(
            curl in prop::array::uniform5(CURLS[0]..CURLS[1]),
            spread_deg in prop::array::uniform5(SPREADS_DEG[0]..SPREADS_DEG[1]),
            right in any::<bool>(),
        ) {
            let side = if right { Side::Right } else { Side::Left };
            let hand = Hand { curl, spread_deg };
            let read = Hand::of(&hand.on(&Pose::default(), side), side);
            for i in 0..5 {
                prop_assert!((read.curl[i] - curl[i]).abs() < 2e-3, "{read:?}");
                prop_assert!((read.spread_deg[i] - spread_deg[i]).abs() < 0.1, "{read:?}");
            }
        }
    }
}

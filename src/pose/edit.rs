//! Poses from poses: mirror, blend, mask.

use super::{HumanBone, JointPose, Pose};
use glam::{Quat, Vec3};
use std::collections::BTreeSet;

impl Pose {
    /// The pose in a mirror: left and right change places, of bones, of expressions (`blinkLeft`) and of joints whose
    /// names tell their side (`Hair_L`, `左髪`, `skirt.left.1`).
    pub fn mirrored(&self) -> Pose {
        let joint =
            |j: &JointPose| JointPose { rotation: mirror(j.rotation), translation: mirror_point(j.translation) };
        Pose {
            bones: self.bones.iter().map(|(bone, &r)| (bone.mirrored(), mirror(r))).collect(),
            hips: mirror_point(self.hips),
            ground: self.ground,
            expressions: self.expressions.iter().map(|(name, &w)| (other_side(name), w)).collect(),
            joints: self.joints.iter().map(|(name, j)| (other_side(name), joint(j))).collect(),
        }
    }

    /// What lies between two poses: `a` at `t` = 0, `b` at 1, every rotation on its shortest way. `t` is clamped.
    pub fn blend(a: &Pose, b: &Pose, t: f32) -> Pose {
        Self::tween(a, b, t.clamp(0.0, 1.0))
    }

    /// The same beyond both: at 1.2 every rotation goes on a fifth of its way past `b`. Weights may then lie outside what
    /// can be held, see [`Pose::held`].
    pub fn tween(a: &Pose, b: &Pose, t: f32) -> Pose {
        let mix = |a: f32, b: f32| a + (b - a) * t;
        let keys =
            |a: &Pose, b: &Pose| -> BTreeSet<HumanBone> { a.bones.keys().chain(b.bones.keys()).copied().collect() };
        let names =
            |a: Vec<&String>, b: Vec<&String>| -> BTreeSet<String> { a.into_iter().chain(b).cloned().collect() };
        let weight = |p: &Pose, name: &str| p.expressions.get(name).copied().unwrap_or(0.0);
        let joint = |p: &Pose, name: &str| p.joints.get(name).copied().unwrap_or_default();
        Pose {
            bones: keys(a, b).into_iter().map(|bone| (bone, a.rotation(bone).slerp(b.rotation(bone), t))).collect(),
            hips: a.hips.lerp(b.hips, t),
            ground: mix(a.ground, b.ground),
            expressions: names(a.expressions.keys().collect(), b.expressions.keys().collect())
                .into_iter()
                .map(|name| (mix(weight(a, &name), weight(b, &name)), name))
                .map(|(w, name)| (name, w))
                .collect(),
            joints: names(a.joints.keys().collect(), b.joints.keys().collect())
                .into_iter()
                .map(|name| {
                    let (a, b) = (joint(a, &name), joint(b, &name));
                    let rotation = a.rotation.slerp(b.rotation, t);
                    (name, JointPose { rotation, translation: a.translation.lerp(b.translation, t) })
                })
                .collect(),
        }
    }

    /// With weights and the floor's share within 0 and 1.
    pub fn held(mut self) -> Pose {
        self.ground = self.ground.clamp(0.0, 1.0);
        self.expressions.values_mut().for_each(|weight| *weight = weight.clamp(0.0, 1.0));
        self
    }

    /// The part of the pose that `bones` play. The hips' place and the floor go with the hips, expressions with the
    /// head; further joints, which belong to no human bone, are left out.
    pub fn masked(&self, bones: &[HumanBone]) -> Pose {
        let with_hips = bones.contains(&HumanBone::Hips);
        Pose {
            bones: self.bones.iter().filter(|(b, _)| bones.contains(b)).map(|(&b, &r)| (b, r)).collect(),
            hips: if with_hips { self.hips } else { Vec3::ZERO },
            ground: if with_hips { self.ground } else { 0.0 },
            expressions: if bones.contains(&HumanBone::Head) { self.expressions.clone() } else { Default::default() },
            joints: Default::default(),
        }
    }

    /// One side's bones, joints and expressions take the other's place in a mirror; the middle stays.
    pub fn with_side_mirrored(&self, from_left: bool) -> Pose {
        let mirrored = self.mirrored();
        let copied = |bone: HumanBone| bone.mirrored() != bone && bone.name().starts_with("left") != from_left;
        let mut pose = self.clone();
        pose.bones.retain(|&bone, _| !copied(bone));
        pose.bones.extend(mirrored.bones.iter().filter(|(bone, _)| copied(**bone)));
        pose
    }

    /// This pose, with `other`'s rotations for `bones` (see [`Pose::masked`]).
    pub fn with_part(&self, other: &Pose, bones: &[HumanBone]) -> Pose {
        let part = other.masked(bones);
        let mut pose = self.clone();
        pose.bones.retain(|bone, _| !bones.contains(bone));
        pose.bones.extend(part.bones);
        if bones.contains(&HumanBone::Hips) {
            (pose.hips, pose.ground) = (part.hips, part.ground);
        }
        if bones.contains(&HumanBone::Head) {
            pose.expressions = part.expressions;
        }
        pose
    }

    /// The rotation of a bone; none where the pose doesn't mention it.
    pub fn rotation(&self, bone: HumanBone) -> Quat {
        self.bones.get(&bone).copied().unwrap_or(Quat::IDENTITY)
    }
}

/// The rotation seen in a mirror that stands in the figure's middle plane.
pub(super) fn mirror(q: Quat) -> Quat {
    Quat::from_xyzw(q.x, -q.y, -q.z, q.w)
}

fn mirror_point(p: Vec3) -> Vec3 {
    Vec3::new(-p.x, p.y, p.z)
}

/// The name with its side changed, where it tells one: 左/右, left/right in any of their usual spellings, or an L/R
/// that stands apart (`Hair_L`, `l_ear`, `Sleeve.R.001`).
fn other_side(name: &str) -> String {
    const WORDS: [(&str, &str); 4] = [("左", "右"), ("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT")];
    let both_ways = WORDS.into_iter().flat_map(|(left, right)| [(left, right), (right, left)]);
    if let Some((at, from, to)) = both_ways.filter_map(|(from, to)| Some((name.find(from)?, from, to))).min() {
        return format!("{}{to}{}", &name[..at], &name[at + from.len()..]);
    }
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let chars: Vec<char> = name.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let other = match c {
            'l' => 'r',
            'r' => 'l',
            'L' => 'R',
            'R' => 'L',
            _ => continue,
        };
        if chars.len() > 1 && apart(i.checked_sub(1).map(|i| chars[i])) && apart(chars.get(i + 1).copied()) {
            return chars.iter().enumerate().map(|(j, &c)| if j == i { other } else { c }).collect();
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::library;

    fn wild() -> Pose {
        Pose {
            bones: [
                (HumanBone::Hips, Quat::from_rotation_y(0.4)),
                (HumanBone::LeftUpperArm, Quat::from_rotation_z(-1.0)),
                (HumanBone::RightFoot, Quat::from_rotation_x(0.3)),
            ]
            .into(),
            hips: Vec3::new(0.1, -0.2, 0.3),
            ground: 0.5,
            expressions: [("blinkLeft".to_owned(), 1.0), ("happy".to_owned(), 0.5)].into(),
            joints: [(
                "Hair_L".to_owned(),
                JointPose { rotation: Quat::from_rotation_z(0.2), translation: Vec3::new(0.01, 0.0, 0.0) },
            )]
            .into(),
        }
    }

    #[test]
    fn mirroring_swaps_the_sides_and_twice_is_nothing() {
        let mirrored = wild().mirrored();
        assert_eq!(mirrored.bones[&HumanBone::Hips], Quat::from_rotation_y(-0.4));
        assert_eq!(mirrored.bones[&HumanBone::RightUpperArm], Quat::from_rotation_z(1.0));
        assert_eq!(mirrored.bones[&HumanBone::LeftFoot], Quat::from_rotation_x(0.3));
        assert_eq!(mirrored.hips, Vec3::new(-0.1, -0.2, 0.3));
        assert_eq!(mirrored.expressions["blinkRight"], 1.0);
        assert_eq!(mirrored.joints["Hair_R"].rotation, Quat::from_rotation_z(-0.2));
        assert_eq!(mirrored.mirrored(), wild());
        for (name, pose) in library::all() {
            assert_eq!(pose.mirrored().mirrored(), pose, "{name}");
        }
    }

    #[test]
    fn sides_are_read_from_names() {
        for (name, other) in [
            ("左髪", "右髪"),
            ("HairLeft1", "HairRight1"),
            ("skirt.right.1", "skirt.left.1"),
            ("Sleeve.R.001", "Sleeve.L.001"),
            ("l_ear", "r_ear"),
            ("J_Sec_L_Bust1", "J_Sec_R_Bust1"),
            ("tail", "tail"),
            ("L", "L"),
            ("", ""),
        ] {
            assert_eq!(other_side(name), other);
            assert_eq!(other_side(other), name);
        }
    }

    #[test]
    fn blending_starts_at_one_ends_at_the_other_and_goes_the_short_way() {
        let (a, b) = (wild(), library::find("sit").unwrap().1);
        let close = |p: &Pose, q: &Pose| {
            HumanBone::ALL.iter().all(|&bone| p.rotation(bone).dot(q.rotation(bone)).abs() > 1.0 - 1e-5)
                && p.hips.abs_diff_eq(q.hips, 1e-6)
                && (p.ground - q.ground).abs() < 1e-6
        };
        assert!(close(&Pose::blend(&a, &b, 0.0), &a));
        assert!(close(&Pose::blend(&a, &b, 1.0), &b));
        assert!(close(&Pose::blend(&a, &b, -3.0), &a));

        let turn = |angle| Pose { bones: [(HumanBone::Head, angle)].into(), ..Pose::default() };
        let (x, y) = (turn(Quat::from_rotation_y(0.2)), turn(-Quat::from_rotation_y(0.6)));
        let half = Pose::blend(&x, &y, 0.5).rotation(HumanBone::Head);
        assert!(half.dot(Quat::from_rotation_y(0.4)).abs() > 1.0 - 1e-6);
        // Half of an expression that only one of the two wears.
        assert_eq!(Pose::blend(&wild(), &Pose::default(), 0.5).expressions["happy"], 0.25);
        assert_eq!(Pose::blend(&wild(), &Pose::default(), 0.5).joints["Hair_L"].translation.x, 0.005);
    }

    #[test]
    fn one_side_follows_the_other() {
        let pose = wild().with_side_mirrored(true);
        assert_eq!(pose.rotation(HumanBone::RightUpperArm), Quat::from_rotation_z(1.0));
        assert_eq!(pose.rotation(HumanBone::LeftUpperArm), Quat::from_rotation_z(-1.0));
        assert_eq!(pose.rotation(HumanBone::RightFoot), Quat::IDENTITY, "its left foot is straight");
        assert_eq!(pose.rotation(HumanBone::Hips), wild().rotation(HumanBone::Hips));
        let back = wild().with_side_mirrored(false);
        assert_eq!(back.rotation(HumanBone::LeftFoot), Quat::from_rotation_x(0.3));
        assert!(!back.bones.contains_key(&HumanBone::LeftUpperArm));
    }

    #[test]
    fn a_part_replaces_a_part() {
        let dance = library::find("dance").unwrap().1;
        let pose = wild().with_part(&dance, &[HumanBone::LeftUpperArm]);
        assert_eq!(pose.rotation(HumanBone::LeftUpperArm), dance.rotation(HumanBone::LeftUpperArm));
        assert_eq!(pose.rotation(HumanBone::RightFoot), wild().rotation(HumanBone::RightFoot));
        assert_eq!((pose.hips, &pose.expressions), (wild().hips, &wild().expressions));
        assert_eq!(wild().with_part(&dance, &[HumanBone::Hips]).hips, dance.hips);
    }

    #[test]
    fn a_mask_keeps_what_was_asked_for() {
        let arm = wild().masked(&[HumanBone::LeftUpperArm, HumanBone::LeftLowerArm]);
        assert_eq!(arm.bones.keys().collect::<Vec<_>>(), [&HumanBone::LeftUpperArm]);
        assert!(arm.hips == Vec3::ZERO && arm.ground == 0.0 && arm.expressions.is_empty() && arm.joints.is_empty());
        let head = wild().masked(&[HumanBone::Head]);
        assert_eq!(head.expressions, wild().expressions);
        assert_eq!(wild().masked(&[HumanBone::Hips]).hips, wild().hips);
    }
}

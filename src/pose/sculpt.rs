//! The words in which the [library](super::library) says its poses: what a sculptor would tell a model to do.
//!
//! **Directions** are `[out, up, forward]`, of any length: `out` is away from the body's middle, so the same numbers
//! serve both sides. Arms go by the chest's axes (they come along when the torso bends), legs by the axes of the
//! stance (feet stay where they are when the hips tilt or turn). **Angles** are degrees.
//! Elbows and knees only bend the way they can: the upper arm turns about itself until the elbow's hinge allows the
//! forearm's direction, and a knee has one angle.

use super::edit::mirror;
use super::hand::Hand;
pub(super) use super::hand::Side;
use super::{HumanBone, Pose};
use glam::{EulerRot, Quat, Vec3};

/// A direction: `[out, up, forward]`.
pub(super) type Dir = [f32; 3];

/// How a foot meets the floor.
#[derive(Clone, Copy)]
pub(super) enum Foot {
    /// The whole sole, the toes turned out by this much.
    Flat(f32),
    /// The ball of the foot: toes turned out by the first, heel raised by the second.
    Ball(f32, f32),
    /// Off the floor: the toes pointed by this much, away from the right angle of standing.
    Free(f32),
}

/// A pose in the making.
pub(super) struct Sculptor {
    pose: Pose,
    /// From the figure's axes to those in which the legs stand.
    stance: Quat,
    /// The pelvis within the stance.
    pelvis: Quat,
}

impl Sculptor {
    /// A figure in T-pose on the floor, its fingers at ease.
    pub(super) fn standing() -> Self {
        let pose = Pose { ground: 1.0, ..Pose::default() };
        let figure = Self { pose, stance: Quat::IDENTITY, pelvis: Quat::IDENTITY };
        figure.fingers(Side::Left, Hand::RELAXED).fingers(Side::Right, Hand::RELAXED)
    }

    /// Turns the whole figure to its left.
    pub(super) fn facing(self, left_deg: f32) -> Self {
        Self { stance: Quat::from_rotation_y(left_deg.to_radians()), ..self }
    }

    /// Lays the figure on its back, its head to its right.
    pub(super) fn on_its_back(self) -> Self {
        Self { stance: Quat::from_rotation_axes(Vec3::NEG_Z, Vec3::NEG_X, Vec3::Y), ..self }
    }

    /// Leaves the floor: the hips are by this multiple of their height above where they stand.
    pub(super) fn airborne(mut self, height: f32) -> Self {
        self.pose.ground = 0.0;
        self.pose.hips.y = height;
        self
    }

    /// Tilts the pelvis: forward, to the left (which lifts its right side), turned to the left.
    pub(super) fn hips(self, forward_deg: f32, left_deg: f32, turn_deg: f32) -> Self {
        Self { pelvis: bend(forward_deg, left_deg, turn_deg), ..self }
    }

    /// Bends the torso against the pelvis: forward, to the left, turned to the left.
    pub(super) fn torso(self, forward_deg: f32, left_deg: f32, turn_deg: f32) -> Self {
        let part = |share: f32| bend(forward_deg * share, left_deg * share, turn_deg * share);
        self.set(HumanBone::Spine, part(0.36)).set(HumanBone::Chest, part(0.36)).set(HumanBone::UpperChest, part(0.28))
    }

    /// Bends neck and head against the chest: forward (a nod), to the left, turned to the left.
    pub(super) fn head(self, forward_deg: f32, left_deg: f32, turn_deg: f32) -> Self {
        let part = |share: f32| bend(forward_deg * share, left_deg * share, turn_deg * share);
        self.set(HumanBone::Neck, part(0.4)).set(HumanBone::Head, part(0.6))
    }

    /// Points upper arm and forearm; the hand goes on straight, as far between palm up and palm down as is easiest.
    pub(super) fn arm(self, side: Side, upper: Dir, fore: Dir) -> Self {
        self.arm_and_hand(side, upper, fore, None)
    }

    /// The same with a hand: which way its palm looks and its fingers point.
    pub(super) fn arm_to(self, side: Side, upper: Dir, fore: Dir, palm: Dir, fingers: Dir) -> Self {
        self.arm_and_hand(side, upper, fore, Some((palm, fingers)))
    }

    fn arm_and_hand(self, side: Side, upper: Dir, fore: Dir, hand: Option<(Dir, Dir)>) -> Self {
        use HumanBone::{LeftHand, LeftLowerArm, LeftShoulder, LeftUpperArm};
        let (upper, fore) = (unit(upper), unit(fore));
        // The shoulder blade comes along: up from a little below the horizontal on, and forward.
        let elevation_deg = upper.y.asin().to_degrees();
        let raise = (0.3 * (elevation_deg + 15.0)).clamp(0.0, 26.0).to_radians();
        let shoulder = Quat::from_rotation_y(-0.25 * upper.z.max(0.0)) * Quat::from_rotation_z(raise);
        // Left arm at rest: along +x, palm down, the elbow's hinge upright, the forearm bending forward (+z).
        let straight = Quat::from_rotation_arc(Vec3::X, upper);
        let inner = match (fore - fore.dot(upper) * upper).try_normalize() {
            Some(inner) if fore.dot(upper) < 0.99 => inner,
            _ => straight * Vec3::Z,
        };
        let upper_turn = Quat::from_rotation_axes(upper, inner.cross(upper), inner);
        let hinged = Quat::from_rotation_arc(upper, fore) * upper_turn;
        let (palm, fingers) = hand.map_or((hinged * Vec3::NEG_Y, fore), |(palm, fingers)| (unit(palm), unit(fingers)));
        // Forearm and wrist share the twist that turns the palm.
        let untwisted = hinged.inverse() * Quat::from_rotation_arc(fingers, fore) * palm;
        let twist = f32::atan2(-untwisted.z, -untwisted.y);
        let fore_turn = hinged * Quat::from_rotation_x(0.6 * twist);
        let back = (fingers.dot(palm) * fingers - palm).try_normalize().unwrap_or(fore_turn * Vec3::Y);
        let hand_turn = Quat::from_rotation_axes(fingers, back, fingers.cross(back));
        self.set_side(side, LeftShoulder, shoulder)
            .set_side(side, LeftUpperArm, shoulder.inverse() * upper_turn)
            .set_side(side, LeftLowerArm, upper_turn.inverse() * fore_turn)
            .set_side(side, LeftHand, fore_turn.inverse() * hand_turn)
    }

    /// Points a thigh, turns the knee out about it, bends the knee, sets the foot.
    pub(super) fn leg(self, side: Side, thigh: Dir, knee_out_deg: f32, knee_deg: f32, foot: Foot) -> Self {
        use HumanBone::{LeftFoot, LeftLowerLeg, LeftToes, LeftUpperLeg};
        let thigh_turn =
            Quat::from_rotation_arc(Vec3::NEG_Y, unit(thigh)) * Quat::from_rotation_y(knee_out_deg.to_radians());
        let knee = Quat::from_rotation_x(knee_deg.to_radians());
        let heading = |out_deg: f32| Quat::from_rotation_y(out_deg.to_radians());
        let (foot_turn, toes_deg) = match foot {
            Foot::Flat(out_deg) => (heading(out_deg), 0.0),
            Foot::Ball(out_deg, heel_deg) => {
                (heading(out_deg) * Quat::from_rotation_x(heel_deg.to_radians()), -heel_deg.min(60.0))
            }
            Foot::Free(pointed_deg) => (thigh_turn * knee * Quat::from_rotation_x(pointed_deg.to_radians()), 0.0),
        };
        self.set_side(side, LeftUpperLeg, thigh_turn)
            .set_side(side, LeftLowerLeg, knee)
            .set_side(side, LeftFoot, (thigh_turn * knee).inverse() * foot_turn)
            .set_side(side, LeftToes, Quat::from_rotation_x(toes_deg.to_radians()))
    }

    /// Sets the fingers of a hand.
    pub(super) fn fingers(mut self, side: Side, hand: Hand) -> Self {
        self.pose = hand.on(&self.pose, side);
        self
    }

    /// Puts on an expression.
    pub(super) fn face(mut self, expression: &str, weight: f32) -> Self {
        self.pose.expressions.insert(expression.to_owned(), weight);
        self
    }

    /// The finished pose.
    pub(super) fn done(self) -> Pose {
        use HumanBone::{Hips, LeftUpperLeg, RightUpperLeg};
        // Thighs were pointed by the axes of the stance; a pose has them relative to the pelvis.
        let [left, right] = [LeftUpperLeg, RightUpperLeg].map(|b| self.pelvis.inverse() * self.pose.rotation(b));
        let hips = self.stance * self.pelvis;
        self.set(Hips, hips).set(LeftUpperLeg, left).set(RightUpperLeg, right).pose
    }

    /// Sets the bone of the left side, or its mirror image.
    fn set_side(self, side: Side, left_bone: HumanBone, rotation: Quat) -> Self {
        match side {
            Side::Left => self.set(left_bone, rotation),
            Side::Right => self.set(left_bone.mirrored(), mirror(rotation)),
        }
    }

    fn set(mut self, bone: HumanBone, rotation: Quat) -> Self {
        if rotation.is_near_identity() {
            self.pose.bones.remove(&bone);
        } else {
            self.pose.bones.insert(bone, rotation.normalize());
        }
        self
    }
}

fn unit(direction: Dir) -> Vec3 {
    Vec3::from(direction).normalize()
}

fn bend(forward_deg: f32, left_deg: f32, turn_deg: f32) -> Quat {
    let [turn, forward, left] = [turn_deg, forward_deg, left_deg].map(f32::to_radians);
    Quat::from_euler(EulerRot::YXZ, turn, forward, -left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use HumanBone::*;

    /// The world turn of a bone of a full humanoid.
    fn turn(pose: &Pose, bone: HumanBone) -> Quat {
        bone.parent().map_or(Quat::IDENTITY, |p| turn(pose, p)) * pose.rotation(bone)
    }

    fn close(a: Vec3, b: Vec3) {
        assert!(a.abs_diff_eq(b.normalize(), 1e-4), "{a} is not {}", b.normalize());
    }

    #[test]
    fn an_arm_points_where_it_is_told_on_both_sides() {
        let (upper, fore, palm, fingers) = ([0.4, -0.5, 0.7], [-0.3, 0.8, 0.5], [0.1, 0.2, 1.0], [0.2, 1.0, -0.22]);
        let pose = Sculptor::standing()
            .arm_to(Side::Left, upper, fore, palm, fingers)
            .arm_to(Side::Right, upper, fore, palm, fingers)
            .done();
        for (sign, [u, f, h]) in
            [(1.0, [LeftUpperArm, LeftLowerArm, LeftHand]), (-1.0, [RightUpperArm, RightLowerArm, RightHand])]
        {
            let side = |d: Dir| Vec3::new(sign * d[0], d[1], d[2]);
            close(turn(&pose, u) * Vec3::X * sign, side(upper));
            close(turn(&pose, f) * Vec3::X * sign, side(fore));
            close(turn(&pose, h) * Vec3::X * sign, side(fingers));
            assert!((turn(&pose, h) * Vec3::NEG_Y).dot(side(palm).normalize()) > 0.99);
        }
        // The elbow is a hinge: seen from the upper arm, the forearm has turned about y and itself alone.
        let elbow = pose.rotation(LeftLowerArm) * Vec3::X;
        assert!(elbow.y.abs() < 1e-4 && elbow.z > 0.0, "{elbow}");
    }

    #[test]
    fn feet_stay_flat_and_knees_forward_whatever_the_pelvis_does() {
        let pose = Sculptor::standing()
            .facing(30.0)
            .hips(10.0, 8.0, -12.0)
            .leg(Side::Right, [0.1, -1.0, 0.3], 0.0, 40.0, Foot::Flat(15.0))
            .done();
        let stance = Quat::from_rotation_y(30f32.to_radians());
        close(turn(&pose, RightUpperLeg) * Vec3::NEG_Y, stance * Vec3::new(-0.1, -1.0, 0.3));
        close(turn(&pose, RightFoot) * Vec3::Y, Vec3::Y);
        close(turn(&pose, RightFoot) * Vec3::Z, Quat::from_rotation_y(15f32.to_radians()) * Vec3::Z);
        let (thigh, shin) = (turn(&pose, RightUpperLeg), turn(&pose, RightLowerLeg));
        let angle = (thigh * Vec3::Y).angle_between(shin * Vec3::Y).to_degrees();
        assert!((angle - 40.0).abs() < 0.1, "{angle}");
        assert!((thigh.inverse() * shin * Vec3::NEG_Y).z < -0.5, "a knee bends backwards");
    }

    #[test]
    fn the_body_leans_bends_and_turns_the_way_it_is_told() {
        let up = |pose: &Pose| turn(pose, UpperChest) * Vec3::Y;
        assert!(up(&Sculptor::standing().torso(30.0, 0.0, 0.0).done()).z > 0.49);
        assert!(up(&Sculptor::standing().torso(0.0, 30.0, 0.0).done()).x > 0.49);
        let look = turn(&Sculptor::standing().head(0.0, 0.0, 40.0).done(), Head) * Vec3::Z;
        assert!((look.x - 40f32.to_radians().sin()).abs() < 1e-4);
        let lying = Sculptor::standing().on_its_back().done();
        close(turn(&lying, Head) * Vec3::Z, Vec3::Y);
        close(turn(&lying, Head) * Vec3::Y, Vec3::NEG_X);
    }

    #[test]
    fn fingers_curl_into_the_palm() {
        let pose = Sculptor::standing().fingers(Side::Left, Hand::FIST).fingers(Side::Right, Hand::FIST).done();
        for (sign, tip) in [(1.0, LeftIndexDistal), (-1.0, RightIndexDistal)] {
            let along = turn(&pose, tip) * Vec3::X * sign;
            // A fist's last joint has come more than half way round.
            assert!(
                sign * along.x < 0.0 && turn(&pose, tip.parent().unwrap()).mul_vec3(Vec3::X * sign).y < 0.2,
                "{along}"
            );
        }
    }
}

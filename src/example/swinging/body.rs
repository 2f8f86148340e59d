//! The body that is in the way of what swings: capsules as thick as it is.

use super::super::body::Body;
use super::super::skeleton::Frame;
use crate::figure::HumanBone::{self, *};
use glam::Vec3;
use std::ops::Range;

/// All that is near a line, on a bone.
#[derive(Clone, Copy, Debug)]
pub(in crate::example) struct Shape {
    pub(in crate::example) bone: HumanBone,
    /// Metres, as the radius.
    pub(in crate::example) ends: [Vec3; 2],
    pub(in crate::example) radius: f32,
}

impl Shape {
    /// How far a place is outside.
    pub(super) fn distance(&self, p: Vec3) -> f32 {
        let [a, b] = self.ends;
        let along = b - a;
        let share = ((p - a).dot(along) / along.length_squared().max(1e-9)).clamp(0.0, 1.0);
        p.distance(a + along * share) - self.radius
    }
}

// The order of `Measured::shapes`.
/// What hair meets.
pub(super) const OF_HAIR: Range<usize> = 0..10;
/// What ribbons on the head meet.
pub(super) const OF_HEAD: Range<usize> = 0..3;
/// What hangs from the shoulders or the waist meets.
pub(super) const OF_TRUNK: Range<usize> = 2..14;
/// What skirts meet.
pub(super) const OF_SKIRTS: Range<usize> = 9..14;

/// A body with its proportions, and where its design comes to lie.
pub(in crate::example) struct Measured<'a> {
    pub(in crate::example) body: &'a Body,
    pub(in crate::example) frame: &'a Frame,
    /// From the design to the finished figure.
    pub(in crate::example) finished: &'a dyn Fn(Vec3) -> Vec3,
}

impl Measured<'_> {
    /// A place of the trunk's design on the finished figure.
    pub(super) fn trunk(&self, p: Vec3) -> Vec3 {
        (self.finished)(self.frame.trunk(p))
    }

    /// A place in head space on the finished figure.
    pub(super) fn head(&self, p: Vec3) -> Vec3 {
        (self.finished)(self.frame.head(p))
    }

    /// A length of the design on the finished figure.
    pub(super) fn scale(&self) -> f32 {
        self.frame.scale()
    }

    /// Head, neck, trunk downwards, arms, hips, legs.
    pub(super) fn shapes(&self) -> Vec<Shape> {
        let scale = self.scale();
        let ball = Vec3::new(0.0, 0.118, -0.008);
        let mut shapes = vec![self.capsule(Head, [self.head(ball); 2], 0.084 * self.frame.head_scale() * scale)];
        let neck = [1.275, 1.315].map(|y| self.trunk(Vec3::new(0.0, y, -0.016)));
        shapes.push(self.capsule(Neck, neck, 0.031 * scale));
        for (bone, y) in [(UpperChest, 1.195), (Chest, 1.10), (Spine, 1.005)] {
            shapes.push(self.across(bone, y));
        }
        for side in [1.0, -1.0] {
            let place = |x: f32| (self.finished)(self.frame.arm(Vec3::new(side * x, 1.212, -0.014)));
            let bones = if side > 0.0 { [LeftUpperArm, LeftLowerArm] } else { [RightUpperArm, RightLowerArm] };
            for (bone, from, to) in [(bones[0], 0.130, 0.345), (bones[1], 0.345, 0.60)] {
                let radius = self.body.arm_radius(0.5 * (from + to));
                shapes.push(self.capsule(bone, [place(from), place(to)], 1.1 * radius * scale));
            }
        }
        shapes.push(self.across(Hips, 0.885));
        for side in [1.0, -1.0] {
            let bones = if side > 0.0 { [LeftUpperLeg, LeftLowerLeg] } else { [RightUpperLeg, RightLowerLeg] };
            for (bone, joints, rings) in
                [(bones[0], [bones[0], bones[1]], [0.79, 0.62]), (bones[1], [bones[1], foot(side)], [0.38, 0.24])]
            {
                let ends = joints.map(|joint| (self.finished)(self.frame.joint(joint)));
                let radius = rings.map(|y| self.leg_radius(y)).iter().sum::<f32>() / 2.0;
                shapes.push(self.capsule(bone, ends, radius));
            }
        }
        shapes
    }

    fn capsule(&self, bone: HumanBone, ends: [Vec3; 2], radius: f32) -> Shape {
        Shape { bone, ends, radius }
    }

    /// Of the trunk at a height: it is wider than deep.
    fn across(&self, bone: HumanBone, y: f32) -> Shape {
        let (oval, z) = self.body.trunk(y, 0.0);
        let radius = 0.5 * (oval.front + oval.back);
        let aside = (oval.half_width - radius).max(0.0);
        let middle = z + 0.5 * (oval.front - oval.back);
        let ends = [1.0, -1.0].map(|side| self.trunk(Vec3::new(side * aside, y, middle)));
        self.capsule(bone, ends, radius * self.scale())
    }

    fn leg_radius(&self, y: f32) -> f32 {
        let ring = self.body.leg_ring(y, 0.0, 0.0);
        let places: Vec<Vec3> = ring.points.iter().map(|&p| (self.finished)(self.frame.leg(p, 1.0))).collect();
        let middle = places.iter().sum::<Vec3>() / places.len() as f32;
        places.iter().map(|p| p.distance(middle)).sum::<f32>() / places.len() as f32
    }
}

fn foot(side: f32) -> HumanBone {
    if side > 0.0 { LeftFoot } else { RightFoot }
}

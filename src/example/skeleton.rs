//! Where the joints are. All lengths are designed for the default figure, 1.55 m tall, and scaled at the end.

use super::mesh::{lerp, smoothstep, spline};
use super::params::Build;
use crate::figure::HumanBone::{self, *};
use crate::lot::Lot;
use glam::Vec3;

/// Height of the default figure's chin and of its head from chin to top.
pub(super) const CHIN_Y: f32 = 1.312;
pub(super) const HEAD_HEIGHT: f32 = 0.2298;
/// The head was designed in its natural size; figures of this kind look better with a larger one.
const HEAD_SCALE: f32 = 1.05;
/// Height of the default figure's hip joints.
pub(super) const LEG_TOP_Y: f32 = 0.845;

/// The size of the head with which a figure is `heads` heads tall.
pub(super) fn head_factor(heads: f32, legs: f32, torso: f32) -> f32 {
    let chin = CHIN_Y + LEG_TOP_Y * (legs - 1.0) + (CHIN_Y - LEG_TOP_Y) * (torso - 1.0);
    chin / ((heads - 1.0) * HEAD_HEIGHT * HEAD_SCALE)
}

/// Height of the arms in T-pose.
pub(super) const ARM_Y: f32 = 1.212;

/// Places of the design, before the final scale to the wanted height.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    build: Build,
}

impl Frame {
    pub(super) fn new(build: &Build) -> Self {
        Self { build: build.clone() }
    }

    /// Factor from design to the finished figure.
    pub(super) fn scale(&self) -> f32 {
        let tall = CHIN_Y + self.rise(CHIN_Y) + HEAD_HEIGHT * self.head_scale();
        self.build.height_m / tall
    }

    /// From head space to the design.
    pub(super) fn head_scale(&self) -> f32 {
        HEAD_SCALE * self.build.head
    }

    /// Height of the chin before the figure is brought to its height.
    pub(super) fn chin_y_m(&self) -> f32 {
        CHIN_Y + self.rise(CHIN_Y)
    }

    /// How much everything above the legs is raised by their length.
    pub(super) fn lift(&self) -> f32 {
        LEG_TOP_Y * (self.build.legs - 1.0)
    }

    /// How much a place of the trunk or of what hangs on it is raised by the length of legs and trunk.
    fn rise(&self, y: f32) -> f32 {
        if y < LEG_TOP_Y {
            // Down to the foot as the legs are: skirts and coats reach as far as on the model.
            return self.lift() * ((y - 0.09) / (LEG_TOP_Y - 0.09)).max(0.0);
        }
        self.lift() + (y.min(CHIN_Y) - LEG_TOP_Y) * (self.build.torso - 1.0)
    }

    /// A place of the design of the leg on `side` (1: left, −1: right) and of what covers it, which may reach over the
    /// middle.
    pub(super) fn leg(&self, p: Vec3, side: f32) -> Vec3 {
        let [_, _, thigh, calf] = self.build.limbs;
        let foot = smoothstep(0.13, 0.07, p.y);
        let limb = lerp(lerp(calf, thigh, smoothstep(0.36, 0.56, p.y)), 1.0, smoothstep(0.80, 0.90, p.y));
        let thick = lerp(limb, self.build.feet, foot) - 1.0;
        // A large foot grows forwards and upwards from its heel, not into the floor.
        let heel = Vec3::new(side * 0.067, 0.0, lerp(0.004, -0.040, foot));
        let p = p + Vec3::new((p.x - heel.x) * thick, p.y * foot * thick, (p.z - heel.z) * thick);
        // The foot keeps its height, so that shoes fit.
        let y =
            if p.y > 0.09 { 0.09 + (p.y - 0.09) * (LEG_TOP_Y + self.lift() - 0.09) / (LEG_TOP_Y - 0.09) } else { p.y };
        Vec3::new(p.x + side * 0.075 * (self.build.hips - 1.0), y, p.z)
    }

    /// A place of the trunk's design and of what hangs on it.
    pub(super) fn trunk(&self, p: Vec3) -> Vec3 {
        // Stout thighs push skirts out.
        let out = 0.8 * (self.build.limbs[2] - 1.0) * smoothstep(0.93, 0.80, p.y);
        p + Vec3::new(p.x * out, self.rise(p.y), p.z * out)
    }

    /// A place of the arm's design.
    pub(super) fn arm(&self, p: Vec3) -> Vec3 {
        const ROOT_X: f32 = 0.122;
        const WRIST_X: f32 = 0.552;
        let [upper, fore, ..] = self.build.limbs;
        let out = p.x.abs();
        let limb = lerp(lerp(1.0, upper, smoothstep(0.09, 0.18, out)), fore, smoothstep(0.28, 0.40, out));
        let thick = lerp(limb, self.build.hands, smoothstep(0.51, 0.56, out)) - 1.0;
        let longer = (out.min(WRIST_X) - ROOT_X).max(0.0) * (self.build.arms - 1.0)
            + (out - WRIST_X).max(0.0) * (self.build.hands - 1.0);
        let aside = 0.125 * (self.build.shoulders - 1.0) + longer;
        p + Vec3::new(p.x.signum() * aside, (p.y - ARM_Y) * thick + self.rise(ARM_Y), (p.z + 0.012) * thick)
    }

    /// A place in head space: origin under the chin, on the axis of the skull, in design size.
    pub(super) fn head(&self, p: Vec3) -> Vec3 {
        let [width, depth] = self.build.head_shape;
        p * Vec3::new(width, 1.0, depth) * self.head_scale() + Vec3::new(0.0, CHIN_Y + self.rise(CHIN_Y), 0.0)
    }

    /// Where the joint of `bone` is, in design size.
    pub(super) fn joint(&self, bone: HumanBone) -> Vec3 {
        let p = design(bone);
        match bone {
            Head => self.head(p - Vec3::Y * CHIN_Y),
            LeftEye | RightEye | Jaw => self.head(p),
            Hips | Spine | Chest | UpperChest | Neck => self.trunk(p),
            LeftUpperLeg | LeftLowerLeg | LeftFoot | LeftToes | RightUpperLeg | RightLowerLeg | RightFoot
            | RightToes => self.leg(p, p.x.signum()),
            _ => self.arm(p),
        }
    }
}

/// Widths and depths that differ from the model's by lot, height by height, of places of the finished figure.
pub(super) struct Uneven {
    rows: [[f32; 2]; 9],
    height_m: f32,
}

impl Uneven {
    pub(super) fn new(build: &Build, height_m: f32) -> Self {
        let lot = &mut Lot::new(build.seed);
        let rows = std::array::from_fn(|_| [0, 1].map(|_| build.uneven * lot.between(-1.7, 1.7)));
        Self { rows, height_m }
    }

    pub(super) fn place(&self, p: Vec3) -> Vec3 {
        let [wide, deep] = spline(&self.rows, 8.0 * p.y / self.height_m);
        // Arms in T-pose lie at one height and stay as they are.
        let near = smoothstep(0.24, 0.12, p.x.abs() / self.height_m * 1.55);
        p + Vec3::new(p.x * wide, 0.0, p.z * deep) * near
    }
}

/// Joints of the left hand's fingers: (bones, knuckles and joints), thumb first. The last place of each is its tip.
pub(super) fn fingers() -> [([HumanBone; 3], [Vec3; 4]); 5] {
    let finger = |z: f32, start: f32, lengths: [f32; 3]| {
        let mut x = start;
        let mut places = [Vec3::new(start, ARM_Y, z); 4];
        for (i, length) in lengths.into_iter().enumerate() {
            x += length;
            places[i + 1] = Vec3::new(x, ARM_Y, z * (1.0 + 0.04 * (i + 1) as f32));
        }
        places
    };
    let thumb = [
        Vec3::new(0.572, 1.206, 0.013),
        Vec3::new(0.594, 1.199, 0.031),
        Vec3::new(0.614, 1.196, 0.044),
        Vec3::new(0.634, 1.194, 0.053),
    ];
    [
        ([LeftThumbMetacarpal, LeftThumbProximal, LeftThumbDistal], thumb),
        ([LeftIndexProximal, LeftIndexIntermediate, LeftIndexDistal], finger(0.0225, 0.6325, [0.031, 0.020, 0.0175])),
        (
            [LeftMiddleProximal, LeftMiddleIntermediate, LeftMiddleDistal],
            finger(0.0072, 0.6350, [0.034, 0.0225, 0.0185]),
        ),
        ([LeftRingProximal, LeftRingIntermediate, LeftRingDistal], finger(-0.0078, 0.6325, [0.031, 0.021, 0.018])),
        (
            [LeftLittleProximal, LeftLittleIntermediate, LeftLittleDistal],
            finger(-0.0218, 0.6265, [0.0245, 0.0165, 0.0155]),
        ),
    ]
}

fn design(bone: HumanBone) -> Vec3 {
    let left = |x: f32, y: f32, z: f32| Vec3::new(x, y, z);
    if bone != bone.mirrored() && bone.name().starts_with("right") {
        return design(bone.mirrored()) * Vec3::new(-1.0, 1.0, 1.0);
    }
    match bone {
        Hips => left(0.0, 0.890, 0.0),
        Spine => left(0.0, 0.965, 0.006),
        Chest => left(0.0, 1.055, 0.0),
        UpperChest => left(0.0, 1.145, -0.008),
        Neck => left(0.0, 1.262, -0.018),
        Head => left(0.0, CHIN_Y + 0.028, -0.008),
        // Not at the eyeballs of anatomy, which an anime eye doesn't have, but where the flat iris turns well.
        LeftEye => left(0.036, 0.093, 0.026),
        Jaw => left(0.0, 0.045, 0.0),
        LeftUpperLeg => left(0.074, LEG_TOP_Y, 0.0),
        LeftLowerLeg => left(0.071, 0.452, 0.006),
        LeftFoot => left(0.067, 0.078, -0.016),
        LeftToes => left(0.070, 0.020, 0.068),
        LeftShoulder => left(0.028, 1.232, -0.012),
        LeftUpperArm => left(0.122, ARM_Y, -0.014),
        LeftLowerArm => left(0.345, ARM_Y, -0.016),
        LeftHand => left(0.552, ARM_Y, -0.006),
        _ => fingers()
            .iter()
            .flat_map(|(bones, places)| bones.iter().zip(places))
            .find(|(b, _)| **b == bone)
            .map_or(Vec3::ZERO, |(_, &p)| p - Vec3::Z * 0.006),
    }
}

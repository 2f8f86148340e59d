//! Neck, trunk and limbs, as cross-sections that skin and clothes share.

use super::mesh::{Look, Oval, Part, Ring, Skin, lerp, ring, smoothstep, spline};
use super::params::Build;
use super::skeleton::ARM_Y;
use crate::figure::HumanBone::*;
use glam::{Vec2, Vec3};

/// Trunk: height, half width, depth to front and back, centre z.
const TRUNK: [[f32; 5]; 19] = [
    [0.786, 0.050, 0.045, 0.052, -0.002],
    [0.800, 0.086, 0.062, 0.074, -0.002],
    [0.826, 0.120, 0.076, 0.092, -0.002],
    [0.856, 0.134, 0.082, 0.100, -0.002],
    [0.886, 0.133, 0.080, 0.094, 0.000],
    [0.922, 0.118, 0.074, 0.076, 0.002],
    [0.960, 0.102, 0.069, 0.062, 0.004],
    [1.000, 0.095, 0.067, 0.057, 0.003],
    [1.040, 0.098, 0.068, 0.060, 0.000],
    [1.080, 0.104, 0.070, 0.066, -0.004],
    [1.110, 0.109, 0.073, 0.070, -0.006],
    [1.140, 0.113, 0.076, 0.072, -0.008],
    [1.170, 0.117, 0.074, 0.072, -0.010],
    [1.198, 0.119, 0.067, 0.069, -0.012],
    [1.220, 0.117, 0.059, 0.064, -0.013],
    [1.238, 0.106, 0.051, 0.057, -0.014],
    [1.252, 0.084, 0.045, 0.049, -0.015],
    [1.263, 0.060, 0.041, 0.044, -0.016],
    [1.272, 0.043, 0.036, 0.038, -0.017],
];
/// Left arm: x, radius.
const ARM: [[f32; 2]; 20] = [
    [0.091, 0.004],
    [0.094, 0.017],
    [0.104, 0.0275],
    [0.122, 0.0330],
    [0.150, 0.0335],
    [0.185, 0.0318],
    [0.225, 0.0297],
    [0.265, 0.0275],
    [0.300, 0.0258],
    [0.322, 0.0250],
    [0.334, 0.0247],
    [0.345, 0.0246],
    [0.356, 0.0247],
    [0.370, 0.0250],
    [0.400, 0.0252],
    [0.440, 0.0237],
    [0.485, 0.0208],
    [0.528, 0.0172],
    [0.545, 0.0156],
    [0.556, 0.0125],
];
/// Left leg from the hip down: height, half width, depth to front and back, centre x and z.
const LEG: [[f32; 6]; 27] = [
    [0.905, 0.012, 0.012, 0.014, 0.074, -0.002],
    [0.900, 0.034, 0.034, 0.036, 0.074, -0.002],
    [0.880, 0.056, 0.056, 0.060, 0.074, -0.002],
    [0.850, 0.066, 0.066, 0.071, 0.074, -0.002],
    [0.810, 0.0695, 0.069, 0.074, 0.0745, -0.002],
    [0.770, 0.0690, 0.068, 0.071, 0.0745, 0.000],
    [0.730, 0.0660, 0.066, 0.066, 0.0740, 0.002],
    [0.680, 0.0612, 0.062, 0.060, 0.0735, 0.004],
    [0.630, 0.0566, 0.058, 0.054, 0.0730, 0.005],
    [0.580, 0.0523, 0.053, 0.049, 0.0722, 0.006],
    [0.530, 0.0480, 0.048, 0.044, 0.0715, 0.006],
    [0.500, 0.0456, 0.0455, 0.0415, 0.0712, 0.006],
    [0.480, 0.0443, 0.0450, 0.0402, 0.0710, 0.006],
    [0.465, 0.0436, 0.0452, 0.0396, 0.0710, 0.006],
    [0.452, 0.0431, 0.0452, 0.0394, 0.0710, 0.006],
    [0.439, 0.0427, 0.0445, 0.0398, 0.0710, 0.005],
    [0.424, 0.0424, 0.0428, 0.0412, 0.0710, 0.003],
    [0.400, 0.0424, 0.0410, 0.0440, 0.0710, 0.000],
    [0.360, 0.0432, 0.0400, 0.0470, 0.0708, -0.004],
    [0.320, 0.0424, 0.0390, 0.0462, 0.0702, -0.007],
    [0.280, 0.0394, 0.0365, 0.0420, 0.0694, -0.009],
    [0.240, 0.0352, 0.0335, 0.0368, 0.0686, -0.011],
    [0.195, 0.0304, 0.0300, 0.0318, 0.0678, -0.013],
    [0.150, 0.0262, 0.0268, 0.0280, 0.0672, -0.014],
    [0.110, 0.0238, 0.0250, 0.0268, 0.0670, -0.014],
    [0.080, 0.0240, 0.0260, 0.0275, 0.0670, -0.013],
    [0.048, 0.0220, 0.0240, 0.0255, 0.0670, -0.012],
];

fn index<const N: usize>(table: &[[f32; N]], value: f32) -> f32 {
    let rising = table[table.len() - 1][0] > table[0][0];
    let after = table.iter().position(|row| if rising { row[0] > value } else { row[0] < value });
    let i = after.unwrap_or(table.len() - 1).max(1);
    i as f32 - 1.0 + (value - table[i - 1][0]) / (table[i][0] - table[i - 1][0])
}

/// The body's cross-sections under a build.
#[derive(Clone, Debug)]
pub(super) struct Body {
    build: Build,
}

impl Body {
    pub(super) fn new(build: &Build) -> Self {
        Self { build: build.clone() }
    }

    /// Outline of the trunk at `y`, `over` metres outside of the skin, and the z of its centre.
    pub(super) fn trunk(&self, y: f32, over: f32) -> (Oval, f32) {
        let [_, width, front, back, z] = spline(&TRUNK, index(&TRUNK, y));
        let girth = self.build.girth;
        // Shoulders and hips widen the trunk where they are; the neck stays.
        let shoulders = 1.0 + (self.build.shoulders - 1.0) * smoothstep(1.0, 1.18, y) * smoothstep(1.275, 1.235, y);
        let hips = 1.0 + (self.build.hips - 1.0) * smoothstep(1.02, 0.90, y);
        let neck = smoothstep(1.275, 1.24, y);
        let girth = 1.0 + (girth - 1.0) * neck;
        (Oval::new(width * girth * shoulders * hips + over, front * girth + over, back * girth + over, 2.25), z)
    }

    /// How far the chest stands out at a place of the trunk's front; `spread`: cloth that bridges the middle.
    fn bust(&self, x: f32, y: f32, spread: f32) -> f32 {
        let bell = |d: f32, width: f32| (-(d / width).powi(2)).exp();
        let under = if y < 1.128 { 0.030 } else { 0.044 };
        let belly = 0.055 * self.build.belly * bell(x, 0.085) * bell(y - 0.965, if y < 0.965 { 0.075 } else { 0.10 });
        0.024 * self.build.bust * bell(x.abs() - 0.046, lerp(0.034, 0.050, spread)) * bell(y - 1.128, under) + belly
    }

    /// A ring of cloth or skin around the trunk; negative angles and x: right.
    pub(super) fn trunk_ring(&self, y: f32, over: f32, around: usize, v: f32, cloth: bool) -> Ring {
        let (oval, z) = self.trunk(y, over);
        let mut made = ring(Vec3::new(0.0, y, z), Vec3::X, Vec3::Z, oval, around, v);
        for p in &mut made.points {
            if p.z > z {
                p.z += self.bust(p.x, y, if cloth { 1.0 } else { 0.0 }) * smoothstep(0.0, 0.04, p.z - z);
            }
        }
        made
    }

    /// The place on the trunk's cloth, `over` metres outside of the skin, in the direction in which `p` lies from its axis.
    pub(super) fn onto_trunk(&self, p: Vec3, over: f32) -> Vec3 {
        let (oval, z) = self.trunk(p.y, over);
        let (x, depth) = oval.at(p.x.atan2(p.z - z));
        let depth = depth + if depth > 0.0 { self.bust(x, p.y, 1.0) * smoothstep(0.0, 0.04, depth) } else { 0.0 };
        Vec3::new(x, p.y, z + depth)
    }

    /// The place of cloth around the trunk in direction `angle` (0: front, positive: left).
    pub(super) fn trunk_at(&self, y: f32, over: f32, angle: f32) -> Vec3 {
        let (oval, z) = self.trunk(y, over);
        let (x, depth) = oval.at(angle);
        let out = if depth > 0.0 { self.bust(x, y, 1.0) * smoothstep(0.0, 0.04, depth) } else { 0.0 };
        Vec3::new(x, y, z + depth + out)
    }

    /// Bare skin of the trunk, from inside the hips to the neck.
    pub(super) fn torso(&self) -> Part {
        let rings: Vec<Ring> = TRUNK.iter().map(|row| self.trunk_ring(row[0], 0.0, 28, 0.1, false)).collect();
        Part::loft("torso", Look::Skin, &rings, 180.0).mapped(|_, _| Vec2::new(0.5, 0.1)).skinned(trunk_skin)
    }

    pub(super) fn arm_radius(&self, x: f32) -> f32 {
        spline(&ARM, index(&ARM, x))[1] * (1.0 + (self.build.girth - 1.0) * 0.8)
    }

    /// A ring around the left arm.
    pub(super) fn arm_ring(x: f32, radius: f32, v: f32) -> Ring {
        let z = arm_z(x);
        ring(Vec3::new(x, ARM_Y, z), Vec3::Y, Vec3::Z, Oval::round(radius), 16, v)
    }

    /// A ring around the left leg.
    pub(super) fn leg_ring(&self, y: f32, over: f32, v: f32) -> Ring {
        let [_, width, front, back, x, z] = spline(&LEG, index(&LEG, y));
        let girth = 1.0 + (self.build.girth - 1.0) * smoothstep(0.05, 0.3, y);
        let oval = Oval::new(width * girth + over, front * girth + over, back * girth + over, 2.0);
        ring(Vec3::new(x, y, z), Vec3::X, Vec3::Z, oval, 18, v)
    }

    /// The skin of the left arm outside of a sleeve that ends at `sleeve_x`; its shade falls a little further.
    pub(super) fn left_arm(&self, sleeve_x: f32) -> Part {
        let rings: Vec<Ring> = ARM
            .iter()
            .filter(|row| row[0] > sleeve_x - 0.05)
            .map(|&[x, _]| Self::arm_ring(x, self.arm_radius(x), 0.0))
            .collect();
        Part::loft("left arm", Look::Skin, &rings, 180.0)
            .mapped(|p, _| Vec2::new(0.5, skin_v(sleeve_x + 0.010 - p.x)))
            .skinned(arm_skin)
    }

    /// The skin of the left leg between a sock that reaches up to `sock_y` and cloth whose hem is at `hem_y`. Between
    /// `skirt_y` (below it, where a skirt's shade ends) and the hem it is in shade.
    pub(super) fn left_leg(&self, hem_y: f32, skirt_y: f32, sock_y: f32) -> Part {
        let rings: Vec<Ring> = LEG
            .iter()
            .filter(|row| row[0] > sock_y - 0.06 && row[0] < hem_y + 0.06)
            .map(|row| self.leg_ring(row[0], 0.0, 0.0))
            .collect();
        Part::loft("left leg", Look::Skin, &rings, 180.0)
            .mapped(|p, _| Vec2::new(0.5, skin_v(p.y - skirt_y)))
            .skinned(leg_skin)
    }

    /// In the trunk's design space, from inside the chest to inside the head.
    pub(super) fn neck(&self, head_scale: f32) -> Part {
        const SECTIONS: [[f32; 3]; 9] = [
            [1.225, 0.020, -0.020],
            [1.242, 0.047, -0.018],
            [1.258, 0.042, -0.0175],
            [1.272, 0.0345, -0.0165],
            [1.290, 0.0310, -0.0150],
            [1.310, 0.0300, -0.0140],
            [1.330, 0.0305, -0.0130],
            [1.350, 0.0310, -0.0120],
            [1.362, 0.0180, -0.0110],
        ];
        let rings: Vec<Ring> = SECTIONS
            .iter()
            .map(|&[y, radius, z]| {
                let radius = radius * (1.0 + (head_scale - 1.0) * 0.5) * (1.0 + (self.build.girth - 1.0) * 0.8);
                ring(Vec3::new(0.0, y, z), Vec3::X, Vec3::Z, Oval::round(radius), 20, 0.0)
            })
            .collect();
        Part::loft("neck", Look::Skin, &rings, 180.0)
            .mapped(|p, _| Vec2::new(0.5, skin_v(p.y - 1.289 - 0.25 * p.z.min(0.0) + 6.0 * p.x * p.x)))
            .skinned(|p| Skin::chain(p.y, UpperChest, &[(Neck, 1.262, 0.018), (Head, 1.338, 0.016)]))
    }
}

/// Texture v of skin: light below a shadow's edge, shade above it. The edge is 6 mm soft.
fn skin_v(over_edge: f32) -> f32 {
    (0.5 + over_edge * 13.0).clamp(0.1, 0.9)
}

fn arm_z(x: f32) -> f32 {
    spline(
        &[[-0.014], [-0.016], [-0.006]],
        if x < 0.345 { (x - 0.122) / 0.223 } else { 1.0 + (x - 0.345) / 0.207 }.clamp(0.0, 2.0),
    )[0]
}

/// Bones of the left arm and of what covers it.
pub(super) fn arm_skin(p: Vec3) -> Skin {
    Skin::chain(p.x, LeftUpperArm, &[(LeftLowerArm, 0.345, 0.034), (LeftHand, 0.552, 0.014)])
}

/// Bones of the left leg and of what covers it.
pub(super) fn leg_skin(p: Vec3) -> Skin {
    Skin::chain(-p.y, LeftUpperLeg, &[(LeftLowerLeg, -0.452, 0.045), (LeftFoot, -0.082, 0.022)])
}

/// Bones of the trunk and of what covers it.
pub(super) fn trunk_skin(p: Vec3) -> Skin {
    let skin = Skin::chain(p.y, Hips, &[(Spine, 0.992, 0.036), (Chest, 1.060, 0.045), (UpperChest, 1.135, 0.045)]);
    // The outermost part of the shoulders goes a little with the collar bones.
    let share = 0.55 * smoothstep(0.045, 0.115, p.x.abs()) * smoothstep(1.15, 1.22, p.y);
    let side = if p.x > 0.0 { LeftShoulder } else { RightShoulder };
    skin.towards(Skin::one(side), share)
}

//! The skeleton that an MMD pose starts from.
//!
//! A VPD file says turns and shifts against the rest of a model that it doesn't bring along. Where the model is known,
//! its own rest counts; else that of the standard model: feet together, arms 37° below the horizontal, pelvis 11 units
//! above the floor.

use crate::figure::{Figure, HumanBone, LocalPose, skinning, tpose::world_rotation};
use crate::pose::Rig;
use glam::{Quat, Vec3};
use std::collections::HashMap;

/// How far the arms of MMD's standard models hang below the horizontal, degrees.
const ARMS_DOWN_DEG: f32 = 37.0;
/// MMD's unit: a model of 20 units is 1.6 m tall.
pub(crate) const METRES_PER_UNIT: f32 = 0.08;

/// A leg's joints, metres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leg {
    pub(crate) root: Vec3,
    pub(crate) knee: Vec3,
    pub(crate) ankle: Vec3,
}

/// Where an MMD model's bones rest, in our axes and metres.
pub(crate) struct Rest {
    /// Of one certain model, not of the standard one.
    pub(super) of_model: bool,
    /// Of each human bone the turn that takes it from its rest into T-pose, in the figure's axes.
    raised: [Quat; 55],
    /// The same of all joints by name.
    joints: HashMap<String, Quat>,
    /// Where センター, and where 上半身 and 下半身 sit.
    pub(super) centre: Vec3,
    pub(super) waist: Vec3,
    /// Where our hips are: between the legs' roots.
    pub(crate) hips: Vec3,
    /// Left and right.
    pub(crate) legs: [Leg; 2],
}

impl Rest {
    /// Of the standard model.
    pub(crate) fn standard() -> Self {
        let mut raised = [Quat::IDENTITY; 55];
        for bone in HumanBone::ALL {
            if let Some(left) = on_an_arm(bone) {
                let sign = if left { 1.0 } else { -1.0 };
                raised[bone as usize] = Quat::from_rotation_z(sign * ARMS_DOWN_DEG.to_radians());
            }
        }
        let leg = |sign: f32| {
            let at = |y: f32, z: f32| METRES_PER_UNIT * Vec3::new(sign * 0.95, y, z);
            Leg { root: at(11.0, 0.0), knee: at(6.1, 0.15), ankle: at(1.3, -0.15) }
        };
        let at = |y: f32| METRES_PER_UNIT * Vec3::new(0.0, y, 0.0);
        Self {
            of_model: false,
            raised,
            joints: HashMap::new(),
            centre: at(8.0),
            waist: at(12.0),
            hips: at(11.0),
            legs: [leg(1.0), leg(-1.0)],
        }
    }

    /// Of `figure` if it is an MMD model, which its bones' names tell; of the standard model otherwise.
    pub(crate) fn of(figure: &Figure, rig: &Rig) -> Self {
        use HumanBone::*;
        let named = |name: &str| figure.joints.iter().position(|joint| joint.name == name);
        let (Some(centre), Some(waist)) = (named("センター"), named("上半身")) else { return Self::standard() };
        let world = skinning::world_transforms(figure, &LocalPose::rest(figure));
        let place = |joint: usize| world[joint].w_axis.truncate();
        let human = |bone| figure.humanoid.joint(bone).map(|joint| place(joint as usize));
        let leg = |[root, knee, ankle]: [HumanBone; 3]| {
            Some(Leg { root: human(root)?, knee: human(knee)?, ankle: human(ankle)? })
        };
        let (Some(left), Some(right), Some(hips)) =
            (leg([LeftUpperLeg, LeftLowerLeg, LeftFoot]), leg([RightUpperLeg, RightLowerLeg, RightFoot]), human(Hips))
        else {
            return Self::standard();
        };
        let turn = |joint: usize| world_rotation(&rig.t_world()[joint]) * world_rotation(&world[joint]).inverse();
        let mut raised = [Quat::IDENTITY; 55];
        for bone in HumanBone::ALL {
            let above = bone.parent().map_or(Quat::IDENTITY, |parent| raised[parent as usize]);
            raised[bone as usize] = figure.humanoid.joint(bone).map_or(above, |joint| turn(joint as usize).normalize());
        }
        let joints = (0..world.len()).map(|i| (figure.joints[i].name.clone(), turn(i).normalize())).collect();
        Self { of_model: true, raised, joints, centre: place(centre), waist: place(waist), hips, legs: [left, right] }
    }

    /// What takes a human bone from its rest into T-pose.
    pub(super) fn raised(&self, bone: HumanBone) -> Quat {
        self.raised[bone as usize]
    }

    /// The same of any other joint; of one unknown: nothing.
    pub(super) fn joint_raised(&self, name: &str) -> Quat {
        self.joints.get(name).copied().unwrap_or(Quat::IDENTITY)
    }
}

/// Upper arms and what hangs on them; of the left side?
fn on_an_arm(bone: HumanBone) -> Option<bool> {
    std::iter::successors(Some(bone), |bone| bone.parent()).find_map(|bone| match bone {
        HumanBone::LeftUpperArm => Some(true),
        HumanBone::RightUpperArm => Some(false),
        _ => None,
    })
}

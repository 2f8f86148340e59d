//! Whoever moves in a file: joints of any rig, from whose places and turns a pose follows.
//!
//! A bone's turn is what its joint has turned in the world since T-pose, `V = W(t)·W(T)⁻¹`: so local axes, joints
//! between and joints that are no human bone make no difference.

use super::feet::Foot;
use crate::figure::{Figure, HumanBone, Joint, LocalPose, skinning, tpose};
use crate::pose::{JointPose, Pose};
use glam::{Affine3A, Quat, Vec3};

/// Hips that are this many times as high as their legs are long are at no height: the file counts from elsewhere.
const SANE_HEIGHT: std::ops::Range<f32> = 0.8..2.0;

/// A moving skeleton and its T-pose.
pub(super) struct Skeleton {
    /// Joints and humanoid; no surface.
    pub(super) figure: Figure,
    /// Of each joint: the inverse of its turn in the world in T-pose.
    stands: Vec<Quat>,
    /// What moves in the rest's axes, in T-pose's world axes.
    frames: Vec<Affine3A>,
    /// The nearest human bone above each human bone that the skeleton has.
    above: [Option<HumanBone>; 55],
    /// Joints that are no human bone and carry none.
    loose: Vec<u32>,
    hips: Option<u32>,
    /// Where the hips are in T-pose.
    hips_rest: Vec3,
    /// How high they are there.
    height: f32,
    /// From hip to ankle.
    leg: f32,
    /// The floor's height was guessed from the legs.
    pub(super) floorless: bool,
}

/// How a skeleton's T-pose is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// The rest is it.
    AtRest,
    /// The rest is near it: limbs are straightened as those of figures are.
    Nearly,
    /// The rest is anything: limbs are straightened wholly, and nothing says where the floor is.
    Anyhow,
}

impl Skeleton {
    /// Of joints whose humanoid is known; whoever looks elsewhere than along +z has been turned already.
    pub(super) fn new(figure: Figure, stands: Stands) -> Self {
        use HumanBone::*;
        let t_pose = match stands {
            Stands::AtRest => LocalPose::rest(&figure),
            Stands::Nearly => tpose::t_pose(&figure),
            Stands::Anyhow => tpose::straightened(&figure),
        };
        let world = skinning::world_transforms(&figure, &t_pose);
        let place = |joint: u32| world[joint as usize].w_axis.truncate();
        let (turns, _) = forward(&figure.joints, &t_pose);
        let at = |bone: HumanBone| figure.humanoid.joint(bone).map(place);
        let length = |chain: [HumanBone; 3]| {
            let [hip, knee, ankle] = chain.map(at);
            Some(hip?.distance(knee?) + knee?.distance(ankle?))
        };
        let lowest = (0..figure.joints.len() as u32).map(|joint| place(joint).y).fold(f32::INFINITY, f32::min);
        let hips = figure.humanoid.joint(Hips);
        let mut hips_rest = hips.map_or(Vec3::ZERO, place);
        let leg = length([LeftUpperLeg, LeftLowerLeg, LeftFoot]).or(length([RightUpperLeg, RightLowerLeg, RightFoot]));
        let above_floor = hips_rest.y - lowest;
        let leg = leg.unwrap_or(0.9 * above_floor).max(1e-4);
        let mut floorless = stands == Stands::Anyhow;
        if floorless || !SANE_HEIGHT.contains(&(hips_rest.y / leg)) {
            floorless = true;
            let guessed = if SANE_HEIGHT.contains(&(above_floor / leg)) { above_floor } else { 1.1 * leg };
            hips_rest.y = guessed;
            if stands == Stands::Anyhow {
                (hips_rest.x, hips_rest.z) = (0.0, 0.0);
            }
        }
        let mut above = [None; 55];
        for (bone, _) in figure.humanoid.iter() {
            let up = std::iter::successors(bone.parent(), |bone| bone.parent());
            above[bone as usize] = up.into_iter().find(|&bone| figure.humanoid.joint(bone).is_some());
        }
        let mut carries = vec![false; figure.joints.len()];
        for (_, joint) in figure.humanoid.iter() {
            let up = std::iter::successors(Some(joint), |&j| figure.joints[j as usize].parent);
            for joint in up {
                if std::mem::replace(&mut carries[joint as usize], true) {
                    break;
                }
            }
        }
        let loose = (0u32..).zip(&carries).filter(|(_, carries)| !**carries).map(|(joint, _)| joint).collect();
        let frames = figure.joints.iter().map(|joint| match joint.parent {
            Some(parent) => Affine3A::from_mat4(world[parent as usize]),
            None => Affine3A::IDENTITY,
        });
        Self {
            stands: turns.iter().map(|turn| turn.inverse()).collect(),
            frames: frames.collect(),
            above,
            loose,
            hips,
            hips_rest,
            height: hips_rest.y.max(1e-4),
            leg,
            floorless,
            figure,
        }
    }

    /// From hip to ankle in multiples of the hips' height.
    pub(super) fn leg_share(&self) -> f32 {
        self.leg / self.height
    }

    /// The pose that joints so turned and moved make. Of those that are no human bones only what `moved` says has moved.
    pub(super) fn pose(&self, local: &LocalPose, moved: &[bool]) -> Pose {
        let (turns, places) = forward(&self.figure.joints, local);
        let turned = |joint: u32| (turns[joint as usize] * self.stands[joint as usize]).normalize();
        let mut pose = Pose::default();
        for (bone, joint) in self.figure.humanoid.iter() {
            let above = self.above[bone as usize].and_then(|above| self.figure.humanoid.joint(above));
            let above = above.map_or(Quat::IDENTITY, turned);
            let turn = (above.inverse() * turned(joint)).normalize();
            if turn.is_finite() && turn.xyz().length() > 1e-7 {
                pose.bones.insert(bone, turn);
            }
        }
        if let Some(hips) = self.hips {
            let shift = (places[hips as usize] - self.hips_rest) / self.height;
            pose.hips = if shift.is_finite() { shift.clamp_length_max(1e4) } else { Vec3::ZERO };
        }
        for &joint in self.loose.iter().filter(|&&joint| moved[joint as usize]) {
            let own = &self.figure.joints[joint as usize];
            let above = own.parent.map_or(Quat::IDENTITY, turned);
            let rotation = (above.inverse() * turned(joint)).normalize();
            let shift = local.translations[joint as usize] - own.translation;
            let translation = self.frames[joint as usize].transform_vector3(shift);
            let still = rotation.xyz().length() < 1e-6 && translation.length() < 1e-6;
            if !still && rotation.is_finite() && translation.is_finite() && translation.length() < 1e4 {
                pose.joints.insert(own.name.clone(), JointPose { rotation, translation });
            }
        }
        pose
    }

    /// Where the feet are then, in multiples of the legs' length.
    pub(super) fn feet(&self, local: &LocalPose) -> Option<[Foot; 2]> {
        use HumanBone::{LeftFoot, LeftToes, RightFoot, RightToes};
        let (_, places) = forward(&self.figure.joints, local);
        let at = |bone| self.figure.humanoid.joint(bone).map(|joint| places[joint as usize] / self.leg);
        let foot = |ankle, toes| Some(Foot { ankle: at(ankle)?, toes: at(toes) });
        Some([foot(LeftFoot, LeftToes)?, foot(RightFoot, RightToes)?])
    }
}

/// Turns and places of all joints in the world. Turns are multiplied up as such: what a parent's uneven scale does to
/// them is no turn.
fn forward(joints: &[Joint], local: &LocalPose) -> (Vec<Quat>, Vec<Vec3>) {
    let mut turns: Vec<Quat> = Vec::with_capacity(joints.len());
    let mut world: Vec<Affine3A> = Vec::with_capacity(joints.len());
    for (i, joint) in joints.iter().enumerate() {
        let own = Affine3A::from_scale_rotation_translation(joint.scale, local.rotations[i], local.translations[i]);
        let (turn, placed) = match joint.parent {
            Some(p) => (turns[p as usize] * local.rotations[i], world[p as usize] * own),
            None => (local.rotations[i], own),
        };
        turns.push(turn.normalize());
        world.push(placed);
    }
    (turns, world.iter().map(|placed| Vec3::from(placed.translation)).collect())
}

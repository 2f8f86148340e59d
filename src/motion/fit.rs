//! A clip fitted to a figure: whoever has shorter legs takes shorter steps.

use super::clip::{Clip, Moves};
use super::feet::Foot;
use super::vmd::{self, OnRest};
use crate::figure::{Figure, HumanBone};
use crate::pose::{Pose, Rig};
use glam::Vec3;
use std::sync::Arc;

/// Frames that are looked at to find the floor.
const LOOKS: u64 = 600;
/// No figure's legs are so much longer in its build than another's.
const SANE: std::ops::RangeInclusive<f32> = 0.25..=4.0;

/// The clip as `figure` does it: the hips' way by the length of the legs, and, where the file doesn't say where the floor
/// is, the lowest foot of the whole clip on it. A motion of MMD on one of its models starts from that model's own rest.
pub fn fit(clip: &Clip, figure: &Figure, rig: &Rig) -> Clip {
    if let Some(vmd) = clip.vmd.as_ref().filter(|_| vmd::is_mmd(figure)) {
        let moves = OnRest::of_model(Arc::clone(vmd), figure, rig);
        return Clip { leg_share: moves.leg_share(), moves: Arc::new(moves), ..clip.clone() };
    }
    let own = leg_share(figure, rig).unwrap_or(clip.leg_share);
    let scale = own / clip.leg_share;
    let scale = if SANE.contains(&scale) { scale } else { 1.0 };
    let moves = Fitted { moves: Arc::clone(&clip.moves), scale, lift: 0.0 };
    let lift = if clip.floorless { lift(clip, &moves, figure, rig) } else { 0.0 };
    Clip { leg_share: own, floorless: false, moves: Arc::new(Fitted { lift, ..moves }), ..clip.clone() }
}

/// From hip to ankle, in multiples of the hips' height in T-pose.
pub(super) fn leg_share(figure: &Figure, rig: &Rig) -> Option<f32> {
    let hips = place(figure, rig, HumanBone::Hips)?.y;
    let share = leg_m(figure, rig)? / hips;
    (share.is_finite() && share > 0.0).then_some(share)
}

/// From hip to ankle in T-pose, metres.
pub(super) fn leg_m(figure: &Figure, rig: &Rig) -> Option<f32> {
    use HumanBone::{LeftFoot, LeftLowerLeg, LeftUpperLeg};
    let at = |bone| place(figure, rig, bone);
    Some(at(LeftUpperLeg)?.distance(at(LeftLowerLeg)?) + at(LeftLowerLeg)?.distance(at(LeftFoot)?))
}

fn place(figure: &Figure, rig: &Rig, bone: HumanBone) -> Option<Vec3> {
    figure.humanoid.joint(bone).map(|joint| rig.t_world()[joint as usize].w_axis.truncate())
}

/// How far below its place in T-pose the lower of ankle and toes of both feet is, metres; upwards negative.
pub(super) fn lowest_m(figure: &Figure, rig: &Rig, pose: &Pose) -> Option<f32> {
    use HumanBone::{LeftFoot, LeftToes, RightFoot, RightToes};
    let world = rig.world(figure, pose);
    let joints = [LeftFoot, LeftToes, RightFoot, RightToes].into_iter().filter_map(|bone| figure.humanoid.joint(bone));
    let below = joints.map(|joint| rig.t_world()[joint as usize].w_axis.y - world[joint as usize].w_axis.y);
    below.filter(|below| below.is_finite()).reduce(f32::max)
}

/// What lifts the clip onto the floor, in multiples of the hips' height.
fn lift(clip: &Clip, moves: &Fitted, figure: &Figure, rig: &Rig) -> f32 {
    let Some(hips) = place(figure, rig, HumanBone::Hips) else { return 0.0 };
    let step = clip.frames.div_ceil(LOOKS).max(1);
    let frames = (0..clip.frames.min(LOOKS)).map(|i| (i * step).min(clip.frames - 1) as i64);
    let lowest = frames.filter_map(|frame| lowest_m(figure, rig, &moves.pose(clip.seconds(frame)))).reduce(f32::max);
    let lift = lowest.unwrap_or(0.0) / hips.y.max(1e-3);
    if lift.abs() < 100.0 { lift } else { 0.0 }
}

struct Fitted {
    moves: Arc<dyn Moves>,
    scale: f32,
    lift: f32,
}

impl Moves for Fitted {
    fn pose(&self, seconds: f64) -> Pose {
        let mut pose = self.moves.pose(seconds);
        pose.hips = pose.hips * self.scale + self.lift * Vec3::Y;
        pose
    }

    fn feet(&self, seconds: f64) -> Option<[Foot; 2]> {
        self.moves.feet(seconds)
    }
}

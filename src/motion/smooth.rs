//! A take made smooth: what was found frame by frame trembles.

use super::Take;
use crate::figure::HumanBone;
use crate::pose::Pose;
use glam::{Quat, Vec3, Vec4};
use std::collections::BTreeSet;

impl Take {
    /// Each pose becomes the mean of those around it in time, weighted by a bell of this width (standard deviation, seconds).
    /// What goes on for much longer stays; what trembles faster is gone.
    pub fn smooth(&mut self, width_s: f64) {
        let width = width_s * self.fps;
        if !width.is_finite() || width < 0.05 || self.poses.len() < 2 {
            return;
        }
        let reach = (3.0 * width).ceil().min(self.poses.len() as f64) as usize;
        let weights: Vec<f32> = (0..=reach).map(|away| (-0.5 * (away as f64 / width).powi(2)).exp() as f32).collect();
        let bones: BTreeSet<HumanBone> = self.poses.iter().flat_map(|pose| pose.bones.keys().copied()).collect();
        let smoothed: Vec<Pose> = (0..self.poses.len()).map(|frame| self.mean(frame, &weights, &bones)).collect();
        self.poses = smoothed;
    }

    /// The mean around a frame; `weights` by how far frames are away.
    fn mean(&self, frame: usize, weights: &[f32], bones: &BTreeSet<HumanBone>) -> Pose {
        let reach = weights.len() - 1;
        let around = frame.saturating_sub(reach)..(frame + reach + 1).min(self.poses.len());
        let around = || around.clone().map(|other| (&self.poses[other], weights[other.abs_diff(frame)]));
        let mut pose = self.poses[frame].clone();
        for &bone in bones {
            let own = pose.rotation(bone);
            let sum: Vec4 = around()
                .map(|(other, weight)| {
                    let turn = other.rotation(bone);
                    // The same turn has two signs: those that agree are added.
                    Vec4::from(if turn.dot(own) < 0.0 { -turn } else { turn }) * weight
                })
                .sum();
            pose.bones.insert(bone, Quat::from_vec4(sum).normalize());
        }
        let total: f32 = around().map(|(_, weight)| weight).sum();
        pose.hips = around().map(|(other, weight)| other.hips * weight).sum::<Vec3>() / total;
        pose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trembles_is_gone_and_what_goes_on_stays() {
        // An arm that is raised in two seconds, and trembles by ten degrees from frame to frame.
        let raised = |frame: usize| 90.0 * (frame as f32 / 48.0);
        let poses = (0..49).map(|frame| {
            let tremble = if frame % 2 == 0 { 10.0 } else { -10.0 };
            let turn = Quat::from_rotation_z((raised(frame) + tremble).to_radians());
            let mut pose = Pose { hips: Vec3::new(0.1 * frame as f32, 0.0, 0.0), ..Pose::default() };
            pose.bones.insert(HumanBone::LeftUpperArm, if frame % 3 == 0 { -turn } else { turn });
            pose
        });
        let mut take = Take::new("raised", 24.0, poses.collect());
        take.smooth(0.1);
        for frame in 8..41 {
            let wanted = Quat::from_rotation_z(raised(frame).to_radians());
            let off = take.poses[frame].rotation(HumanBone::LeftUpperArm).angle_between(wanted).to_degrees();
            assert!(off < 1.0, "{frame}: {off}°");
            assert!((take.poses[frame].hips.x - 0.1 * frame as f32).abs() < 1e-3);
        }
        let before = take.clone();
        take.smooth(0.0);
        take.smooth(f64::NAN);
        assert_eq!(take, before);
    }
}

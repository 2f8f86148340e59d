//! A motion that goes over into another (a cross-fade): for some time both are seen, the later more and more.

use super::clip::{Clip, Moves};
use super::edit::smooth;
use crate::pose::Pose;
use glam::Vec3;
use std::sync::Arc;

/// When one motion goes over into another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossFade {
    /// When the second begins, seconds from the first's start on.
    pub from_s: f64,
    /// For so long both are seen, seconds; 0: a cut.
    pub over_s: f64,
}

impl CrossFade {
    /// How much of the second is seen at a time, 0 to 1.
    pub(super) fn share(self, seconds: f64) -> f32 {
        let since = seconds - self.from_s;
        if since < self.over_s { smooth((since / self.over_s) as f32) } else { f32::from(since >= 0.0) }
    }

    /// From the second's own place to where the first has come to, in multiples of the hips' height: both hips are at one
    /// place of the floor in the middle of the fade, so that nobody slides back to where the second was made.
    pub(super) fn carried(self, first: &Clip, second: &Clip) -> Vec3 {
        let met_s = self.over_s / 2.0;
        (first.at(self.from_s + met_s).hips - second.at(met_s).hips).with_y(0.0)
    }
}

impl Clip {
    /// This clip, which goes over into another of the same figure.
    pub fn fading_into(&self, second: &Self, fade: CrossFade) -> Self {
        let seconds = (fade.from_s + fade.over_s.max(second.duration_s())).max(0.0);
        let (first, second, carried) = (self.clone(), second.clone(), fade.carried(self, second));
        Self {
            frames: (seconds * self.fps + 1e-6).floor() as u64 + 1,
            moves: Arc::new(Fading { first, second, fade, carried }),
            vmd: None,
            ..self.clone()
        }
    }
}

struct Fading {
    first: Clip,
    second: Clip,
    fade: CrossFade,
    carried: Vec3,
}

impl Moves for Fading {
    fn pose(&self, seconds: f64) -> Pose {
        let share = self.fade.share(seconds);
        if share <= 0.0 {
            return self.first.at(seconds);
        }
        let mut second = self.second.at(seconds - self.fade.from_s);
        second.hips += self.carried;
        if share < 1.0 { Pose::blend(&self.first.at(seconds), &second, share) } else { second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::HumanBone;
    use crate::motion::library;

    #[test]
    fn one_motion_goes_over_into_another_where_it_has_come_to() {
        let (walk, wave) = (library::find("walk").unwrap(), library::find("wave").unwrap());
        // Whoever walks is one metre further each second.
        let mut take = crate::motion::Take::of(&walk).unwrap();
        let fps = take.fps;
        take.poses.iter_mut().enumerate().for_each(|(i, pose)| pose.hips.z = (i as f64 / fps) as f32);
        let walk = take.into_clip();
        let fade = CrossFade { from_s: 0.5, over_s: 0.25 };
        let both = walk.fading_into(&wave, fade);
        assert!((both.duration_s() - 0.5 - wave.duration_s()).abs() < 1.0 / both.fps);
        assert_eq!(both.at(0.4), walk.at(0.4));
        let after = both.at(1.0);
        assert_eq!(after.bones, wave.at(0.5).bones);
        assert!((after.hips.z - 0.625).abs() < 0.02, "{}", after.hips);
        let turn = |pose: &Pose| pose.rotation(HumanBone::RightUpperArm);
        let (middle, from, to) = (both.at(0.625), walk.at(0.625), wave.at(0.125));
        let [whole, half] = [turn(&from).angle_between(turn(&to)), turn(&from).angle_between(turn(&middle))];
        assert!((half - whole / 2.0).abs() < 1e-3, "{half} of {whole}");
        let cut = walk.fading_into(&wave, CrossFade { over_s: 0.0, ..fade });
        assert_eq!(cut.at(0.499).bones, walk.at(0.499).bones);
        assert_eq!(cut.at(0.5).bones, wave.at(0.0).bones);
    }
}

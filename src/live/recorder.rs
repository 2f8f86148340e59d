//! What is sent becomes a take: one pose a frame at even times, whenever they came.

use crate::motion::Take;
use crate::pose::Pose;
use std::sync::Arc;

/// A recording has no more frames: half an hour of MMD's.
pub const MOST_FRAMES: usize = 54_000;
/// Between poses farther apart the last one holds, as it did on screen; seconds.
const GAP_S: f64 = 0.25;

/// A recording under way.
pub(super) struct Recorder {
    fps: f64,
    begun_s: f64,
    poses: Vec<Pose>,
    last: Option<(f64, Arc<Pose>)>,
}

impl Recorder {
    /// From now on, so many frames a second. `held`: what is shown already.
    pub(super) fn new(fps: f64, now_s: f64, held: Option<Arc<Pose>>) -> Self {
        let fps = if fps.is_finite() { fps.clamp(1.0, 240.0) } else { 30.0 };
        Self { fps, begun_s: now_s, poses: Vec::new(), last: held.map(|pose| (now_s, pose)) }
    }

    /// A pose has come.
    pub(super) fn note(&mut self, now_s: f64, pose: &Arc<Pose>) {
        let before = self.last.clone().unwrap_or_else(|| {
            // Nobody moved before the first one.
            self.begun_s = now_s;
            (now_s, pose.clone())
        });
        let gap = now_s - before.0;
        self.fill(now_s, |at_s| match at_s {
            at_s if gap <= 0.0 || at_s >= now_s => Pose::clone(pose),
            at_s if gap <= GAP_S => Pose::blend(&before.1, pose, ((at_s - before.0) / gap) as f32),
            _ => Pose::clone(&before.1),
        });
        self.last = Some((now_s, pose.clone()));
    }

    /// The frames until now.
    fn fill(&mut self, now_s: f64, pose: impl Fn(f64) -> Pose) {
        while self.poses.len() < MOST_FRAMES {
            let at_s = self.begun_s + self.poses.len() as f64 / self.fps;
            if at_s > now_s + 1e-9 {
                return;
            }
            self.poses.push(pose(at_s));
        }
    }

    /// How many frames there are.
    pub(super) fn frames(&self) -> usize {
        self.poses.len()
    }

    /// The take, up to now; `None`: nobody sent a pose.
    pub(super) fn finish(mut self, now_s: f64) -> Option<Take> {
        let (_, held) = self.last.take()?;
        self.fill(now_s, |_| Pose::clone(&held));
        (!self.poses.is_empty()).then(|| Take::new("live", self.fps, self.poses))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::HumanBone;
    use glam::Quat;

    fn turned(by: f64) -> Arc<Pose> {
        let mut pose = Pose::default();
        pose.bones.insert(HumanBone::Head, Quat::from_rotation_y(by as f32));
        Arc::new(pose)
    }

    fn angle(pose: &Pose) -> f64 {
        f64::from(pose.rotation(HumanBone::Head).to_scaled_axis().y)
    }

    #[test]
    fn frames_lie_at_even_times_and_gaps_hold() {
        let mut recorder = Recorder::new(30.0, 5.0, None);
        // 50 poses a second, turning by a radian a second; nothing for half a second; and on.
        for i in 0..50 {
            recorder.note(10.0 + f64::from(i) * 0.02, &turned(f64::from(i) * 0.02));
        }
        for i in 75..100 {
            recorder.note(10.0 + f64::from(i) * 0.02, &turned(f64::from(i) * 0.02));
        }
        let take = recorder.finish(13.0).unwrap();
        assert_eq!((take.fps, take.poses.len()), (30.0, 91), "from the first pose to the end");
        for (frame, pose) in take.poses.iter().enumerate() {
            let at_s = frame as f64 / 30.0;
            let expected = match at_s {
                s if s < 0.98 => s,
                s if s < 1.5 - 1e-6 => 0.98,
                s => s.min(1.98),
            };
            assert!((angle(pose) - expected).abs() < 1e-4, "{frame}: {} instead of {expected}", angle(pose));
        }
        assert!(Recorder::new(30.0, 0.0, None).finish(9.0).is_none(), "nobody sent anything");
    }

    #[test]
    fn a_recording_that_nobody_ends_stays_bounded() {
        let mut recorder = Recorder::new(240.0, 0.0, Some(turned(0.0)));
        recorder.note(1e9, &turned(1.0));
        assert_eq!(recorder.frames(), MOST_FRAMES);
        recorder.note(2e9, &turned(1.0));
        assert_eq!(recorder.finish(3e9).unwrap().poses.len(), MOST_FRAMES);
    }
}

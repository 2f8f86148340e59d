//! What swings along a motion: a function of the motion from its beginning, whichever times are asked for.

use super::bake::{Bake, Source};
use super::chains::Chains;
use super::solver::{Solver, solver};
use super::step::{Air, Moment};
use super::{DynamicsError, STEPS_A_SECOND};
use crate::figure::{Figure, Joint, LocalPose, skinning};
use crate::progress::{Progress, Silent};
use glam::Quat;

/// Steps from the figure's rest to the first pose, so that a lap lifts the skirt instead of passing through it.
const RAISING: i64 = 30;
/// Steps at most in which all comes to rest in the first pose.
const SETTLING: i64 = 300;
/// What moves less in a step, metres, is at rest.
const REST_M: f32 = 5e-6;
/// What is left of speed in each step before the beginning.
const CALM: f32 = 0.8;
/// A time that lies so near a step is that step's.
const NEAR: f64 = 1e-6;
/// Steps between two looks whether somebody wants to stop.
const A_WHILE: i64 = 64;

/// Lets all come to rest at a moment.
pub(super) fn rest(state: &mut dyn Solver, joints: &[Joint], chains: &Chains, moment: &Moment) {
    for _ in 0..SETTLING {
        if state.step(joints, chains, moment, Air { step: 0, calm: CALM }) < REST_M {
            break;
        }
    }
}

/// A motion on a figure with all that swings. What it answers depends on the time alone; times that rise are answered
/// soon, one that lies before the last is worked out from the beginning.
pub struct Run<'a> {
    figure: &'a Figure,
    chains: &'a Chains,
    /// The motion: joints, morphs and IK at a time from the start on, seconds.
    lead: &'a dyn Fn(f64) -> LocalPose,
    state: Option<Box<dyn Solver>>,
    /// How many steps were done since the beginning.
    step: i64,
    /// The turns a step before.
    before: Vec<Quat>,
}

impl<'a> Run<'a> {
    /// Of `lead` on `figure`. Nothing is worked out yet.
    pub fn new(figure: &'a Figure, chains: &'a Chains, lead: &'a dyn Fn(f64) -> LocalPose) -> Self {
        Self { figure, chains, lead, state: None, step: 0, before: Vec::new() }
    }

    /// Local rotations of all that swings at a time from the start on, seconds, for [`LocalPose::sway`]. Before the start
    /// all hangs as it does there.
    pub fn at(&mut self, seconds: f64) -> Vec<(u32, Quat)> {
        self.at_with(seconds, &Silent).unwrap_or_default()
    }

    /// The same; `None`: whoever listens wants to stop. Asked again it goes on where it was.
    pub fn at_with(&mut self, seconds: f64, progress: &dyn Progress) -> Option<Vec<(u32, Quat)>> {
        let wanted = if seconds.is_finite() { (seconds * STEPS_A_SECOND).clamp(0.0, 1e9) } else { 0.0 };
        let (low, high) = ((wanted + NEAR).floor() as i64, (wanted - NEAR).ceil() as i64);
        if self.state.is_none() || low < self.step - 1 {
            self.begin();
        }
        while self.step < high {
            if self.step % A_WHILE == 0 && progress.cancelled() {
                return None;
            }
            self.go_on();
        }
        let now = self.state.as_ref()?.turns();
        let turns: Vec<Quat> = if low == self.step {
            now
        } else if low == high {
            self.before.clone()
        } else {
            let share = (wanted - low as f64) as f32;
            self.before.iter().zip(now).map(|(before, now)| before.slerp(now, share)).collect()
        };
        Some(self.chains.joints().into_iter().zip(turns).collect())
    }

    /// The motion's own pose then, with all that swings.
    pub fn pose(&mut self, seconds: f64) -> LocalPose {
        let sway = self.at(seconds);
        LocalPose { sway, ..(self.lead)(seconds.max(0.0)) }
    }

    /// Works out frames, each told to `progress` as a step of its stage.
    ///
    /// # Errors
    /// Whoever listens wants to stop.
    pub fn bake(&mut self, source: Source, frames: &[i64], progress: &dyn Progress) -> Result<Bake, DynamicsError> {
        let mut bake = Bake::new(source, self.figure, self.chains);
        for &frame in frames {
            let sway = self.at_with(frame as f64 / bake.source().fps, progress).ok_or(DynamicsError::Stopped)?;
            bake.push(frame, sway.into_iter().map(|(_, turn)| turn));
            progress.advance(1);
        }
        Ok(bake)
    }

    /// All at rest in the first pose.
    fn begin(&mut self) {
        let joints = &self.figure.joints;
        let first = (self.lead)(0.0);
        let mut from = LocalPose { ik: first.ik.clone(), ..LocalPose::rest(self.figure) };
        // Where the motion begins, not where the file stands.
        for (i, joint) in joints.iter().enumerate().filter(|(_, joint)| joint.parent.is_none()) {
            from.translations[i] = first.translations[i];
            from.rotations[i] = if joint.movable { from.rotations[i] } else { first.rotations[i] };
        }
        let raised = |share: f32| Moment::new(joints, skinning::settled(self.figure, &from.between(&first, share)));
        let mut state = solver(joints, self.chains, &raised(0.0));
        let air = Air { step: 0, calm: CALM };
        for step in 1..=RAISING {
            let share = step as f32 / RAISING as f32;
            let share = share * share * (3.0 - 2.0 * share);
            state.step(joints, self.chains, &raised(share), air);
        }
        let led = Moment::new(joints, skinning::settled(self.figure, &first));
        rest(state.as_mut(), joints, self.chains, &led);
        self.before = state.turns();
        self.state = Some(state);
        self.step = 0;
    }

    fn go_on(&mut self) {
        let Some(state) = &mut self.state else { return };
        self.step += 1;
        let led = skinning::settled(self.figure, &(self.lead)(self.step as f64 / STEPS_A_SECOND));
        let led = Moment::new(&self.figure.joints, led);
        self.before = state.turns();
        state.step(&self.figure.joints, self.chains, &led, Air { step: self.step, calm: 1.0 });
    }
}

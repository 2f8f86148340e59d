//! What moves the figure: played, and keyed pose by pose.

use super::Edit;
use crate::motion::{Ease, Key, LAST_FRAME, Parts, library};
use crate::pose::Pose;
use crate::project::{Animation, MotionSource, Project};
use crate::studio::takes::Which;
use crate::studio::{PlayState, Repeat, Studio};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tracing::Level;

/// How far beyond its neighbours a pose may go: shares of the way between them.
pub(in crate::studio) const TWEEN: std::ops::RangeInclusive<f32> = -0.2..=1.2;

/// What can be done with what moves the figure.
#[derive(Clone, Debug, PartialEq)]
pub enum MotionCommand {
    /// Takes a motion and plays it.
    Open(MotionSource),
    /// Lets the motion go over into a second one.
    Then(MotionSource),
    /// Takes no motion; one that it went over into is left.
    Remove,
    /// Takes no second motion.
    RemoveSecond,
    /// Reads from a file which joint of a motion is which bone.
    OpenBones(Which, PathBuf),
    /// Writes it to one.
    SaveBones(Which, PathBuf),
    /// Takes a sound file, which begins with the first frame.
    OpenSound(PathBuf),
    /// Plays, or stays where it is. Where nothing moves the figure, a built-in motion does.
    Toggle,
    /// The figure holds the project's pose again.
    Stop,
    /// Puts the playhead at a frame.
    Seek(i64),
    /// Puts the playhead so many frames on.
    Step(i64),
    /// Puts the playhead at the first frame of what is played.
    First,
    /// Puts it at the last.
    Last,
    /// Puts it at the next key.
    NextKey,
    /// Puts it at the key before.
    PreviousKey,
    /// What is played begins at the playhead.
    In,
    /// What is played ends at the playhead.
    Out,
    /// All is played.
    Whole,
    /// What happens at the end.
    Repeat(Repeat),
    /// How fast it is played; 1: as it is.
    Speed(f64),
    /// Each picture stays for so many frames.
    Exposure(i64),
    /// Whether edits at the playhead become keys.
    AutoKey(bool),
    /// Which parts of the body keys set, and lose when they are deleted.
    Parts(Parts),
    /// Keys those parts of the shown pose at the playhead.
    Key,
    /// Takes those parts out of keys.
    Delete(BTreeSet<i64>),
    /// Moves keys by so many frames.
    Shift(BTreeSet<i64>, i64),
    /// Draws keys apart or together: the last of them comes to a frame, the first stays.
    Stretch(BTreeSet<i64>, i64),
    /// Keeps keys for pasting; without any, the shown pose.
    Copy(BTreeSet<i64>),
    /// Puts the kept keys at the playhead, left and right changed if `mirrored`.
    Paste {
        /// Left and right change places.
        mirrored: bool,
    },
    /// How the figure goes on from these keys.
    Ease(BTreeSet<i64>, Ease),
    /// Keys a pose between the neighbouring keys at the playhead: so much of the way.
    Tween(f32),
    /// The shown pose becomes the project's own.
    UsePose,
}

impl Studio {
    pub(super) fn apply_motion(&mut self, ctx: &egui::Context, command: MotionCommand, gesture: Option<u64>) {
        let last = self.scene.as_ref().map_or(0, |scene| scene.last());
        let frame = self.playback.frame();
        match command {
            MotionCommand::Open(source) => self.open_motion(source),
            MotionCommand::Remove => {
                let without = |animation: &mut Animation| *animation = animation.clone().without_take();
                self.animate(ctx, "Remove the motion", None, without);
                if !self.project().animation.moves() {
                    self.playback.stop();
                }
            }
            MotionCommand::Then(source) => self.open_second(source),
            MotionCommand::RemoveSecond => {
                self.animate(ctx, "Remove the second motion", None, |animation| animation.fade = None);
            }
            MotionCommand::OpenBones(which, path) => self.open_bones(which, path),
            MotionCommand::SaveBones(which, path) => self.save_bones(which, path),
            MotionCommand::OpenSound(file) => self.open_sound(file),
            MotionCommand::Toggle if self.playback.is_playing() => self.playback.pause(),
            MotionCommand::Toggle if self.project().animation.moves() => self.playback.play(last),
            MotionCommand::Toggle => self.open_motion(MotionSource::BuiltIn(library::names()[0].to_owned())),
            MotionCommand::Stop => self.playback.stop(),
            MotionCommand::Seek(frame) => self.seek(frame),
            MotionCommand::Step(by) => {
                let hold = self.playback.exposure.max(1);
                self.seek(frame + by * hold);
            }
            MotionCommand::First => self.seek(self.playback.span(last)[0]),
            MotionCommand::Last => self.seek(self.playback.span(last)[1]),
            MotionCommand::NextKey | MotionCommand::PreviousKey => {
                let [before, after] = self.project().animation.keys.around(self.playback.head());
                let found = if command == MotionCommand::NextKey { after } else { before };
                match found.map(|(frame, _)| frame) {
                    Some(frame) => self.seek(frame),
                    None => self.toasts.say(Level::INFO, "There is no further key".into()),
                }
            }
            MotionCommand::In => {
                let end = self.playback.span(last)[1];
                self.playback.range = Some([frame, end.max(frame)]);
            }
            MotionCommand::Out => {
                let first = self.playback.span(last)[0];
                self.playback.range = Some([first.min(frame), frame]);
            }
            MotionCommand::Whole => self.playback.range = None,
            MotionCommand::Repeat(repeat) => self.playback.repeat = repeat,
            MotionCommand::Speed(speed) => {
                self.playback.speed = if speed.is_finite() { speed.clamp(0.05, 4.0) } else { 1.0 }
            }
            MotionCommand::Exposure(frames) => self.playback.exposure = frames.clamp(1, 24),
            MotionCommand::AutoKey(on) => self.playback.auto_key = on,
            MotionCommand::Parts(parts) => self.playback.parts = parts,
            MotionCommand::Key => {
                let (pose, parts) = (self.shown_pose().clone(), self.playback.parts);
                self.animate(ctx, "Key the pose", None, |animation| animation.keys.set_parts(frame, pose, parts));
                self.playback.seek(frame);
            }
            MotionCommand::Delete(frames) => {
                let label = if frames.len() == 1 { "Delete a key" } else { "Delete keys" };
                let parts = self.playback.parts;
                self.animate(ctx, label, None, |animation| animation.keys.clear(&frames, parts));
            }
            MotionCommand::Shift(frames, by) => {
                let label = if frames.len() == 1 { "Move a key" } else { "Move keys" };
                self.animate(ctx, label, None, |animation| animation.keys.shift(&frames, by));
            }
            MotionCommand::Stretch(frames, last) => {
                self.animate(ctx, "Stretch keys", None, |animation| animation.keys.stretch(&frames, last));
            }
            MotionCommand::Copy(frames) => self.copy_keys(&frames),
            MotionCommand::Paste { mirrored } => self.paste_keys(ctx, mirrored),
            MotionCommand::Ease(frames, ease) => {
                self.animate(ctx, "Change how keys go on", gesture, |animation| {
                    animation
                        .keys
                        .0
                        .iter_mut()
                        .filter(|(at, _)| frames.contains(at))
                        .for_each(|(_, key)| key.ease = ease);
                });
            }
            MotionCommand::Tween(share) => self.tween(ctx, share, gesture),
            MotionCommand::UsePose => {
                let pose = self.shown_pose().clone();
                self.playback.stop();
                let project = Project { pose, ..Project::clone(self.project()) };
                self.change(ctx, "Take the pose of a frame", project, None);
            }
        }
        ctx.request_repaint();
    }

    fn seek(&mut self, frame: i64) {
        self.playback.pause();
        self.playback.seek(frame);
    }

    /// Changes what moves the figure, as one step.
    pub(super) fn animate(
        &mut self,
        ctx: &egui::Context,
        label: &str,
        gesture: Option<u64>,
        change: impl FnOnce(&mut Animation),
    ) {
        let mut animation = self.project().animation.clone();
        change(&mut animation);
        self.edit(ctx, label, Edit::Animation(Box::new(animation)), gesture);
    }

    fn copy_keys(&mut self, frames: &BTreeSet<i64>) {
        let keys = &self.project().animation.keys.0;
        let chosen: Vec<(i64, Key)> = frames.iter().filter_map(|at| Some((*at, keys.get(at)?.clone()))).collect();
        self.copied_keys = match chosen.first() {
            Some(&(first, _)) => chosen.into_iter().map(|(at, key)| (at - first, key)).collect(),
            None => vec![(0, Key::new(self.shown_pose().clone()))],
        };
        let what = match self.copied_keys.len() {
            1 => "This pose is kept for pasting".to_owned(),
            count => format!("{count} keys are kept for pasting"),
        };
        self.toasts.say(Level::INFO, what);
    }

    fn paste_keys(&mut self, ctx: &egui::Context, mirrored: bool) {
        if self.copied_keys.is_empty() {
            return self.toasts.say(Level::INFO, "No key was copied yet".into());
        }
        let (frame, kept) = (self.playback.frame(), self.copied_keys.clone());
        let label = if mirrored { "Paste keys mirrored" } else { "Paste keys" };
        self.animate(ctx, label, None, |animation| {
            for (after, mut key) in kept {
                if mirrored {
                    (key.pose, key.parts) = (Arc::new(key.pose.mirrored()), key.parts.mirrored());
                }
                animation.keys.0.insert((frame + after).clamp(0, LAST_FRAME), key);
            }
        });
        self.playback.seek(frame);
    }

    fn tween(&mut self, ctx: &egui::Context, share: f32, gesture: Option<u64>) {
        let frame = self.playback.frame();
        let animation = &self.project().animation;
        let [Some((_, before)), Some((_, after))] = animation.keys.around(frame) else {
            return self.toasts.say(Level::INFO, "A pose in between needs a key before and a key after".into());
        };
        let share = share.clamp(*TWEEN.start(), *TWEEN.end());
        let pose = Pose::tween(&before.pose, &after.pose, share).held();
        if self.playback.state == PlayState::Stopped {
            self.playback.seek(frame);
        }
        self.playback.pause();
        let parts = self.playback.parts;
        self.animate(ctx, "Pose in between", gesture, |animation| animation.keys.set_parts(frame, pose, parts));
    }
}

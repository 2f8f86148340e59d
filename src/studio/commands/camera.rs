//! What moves the camera: a motion file, and cameras that are keyed.

use crate::motion::Ease;
use crate::project::{CameraMoves, MotionSource};
use crate::studio::Studio;
use tracing::Level;

/// What can be done with what moves the camera.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraCommand {
    /// Takes the camera of a motion file and plays it.
    Open(MotionSource),
    /// Follows that camera, or no longer.
    Follow(bool),
    /// Takes no camera of a file.
    Remove,
    /// Keys the camera from where the figure is seen at the playhead.
    Key,
    /// Takes the camera's key at the playhead away.
    Delete,
    /// Moves the camera's key at a frame by so many frames.
    Shift(i64, i64),
    /// How the camera goes on from its key at the playhead.
    Ease(Ease),
}

impl Studio {
    pub(super) fn apply_camera(&mut self, ctx: &egui::Context, command: CameraCommand) {
        let frame = self.playback.frame();
        match command {
            CameraCommand::Open(source) => self.open_camera(source),
            CameraCommand::Follow(follow) => {
                let label = if follow { "Follow the motion's camera" } else { "Leave the motion's camera" };
                self.move_camera(ctx, label, |camera| camera.take.iter_mut().for_each(|take| take.off = !follow));
            }
            CameraCommand::Remove => self.move_camera(ctx, "Remove the motion's camera", |camera| camera.take = None),
            CameraCommand::Key => {
                let Some(seen) = self.playback.seen(self.project()).orbit() else {
                    let what = "A motion file moves the camera: switch it off in the timeline's Camera menu first";
                    return self.toasts.say(Level::INFO, what.into());
                };
                self.playback.pause();
                self.move_camera(ctx, "Key the camera", |camera| camera.key(frame, seen));
                self.playback.seek(frame);
            }
            CameraCommand::Delete => {
                self.move_camera(ctx, "Delete the camera's key", |camera| {
                    camera.keys.remove(&frame);
                });
            }
            CameraCommand::Shift(from, by) => {
                self.move_camera(ctx, "Move the camera's key", |camera| camera.shift(from, by));
            }
            CameraCommand::Ease(ease) => self.move_camera(ctx, "Change how the camera goes on", |camera| {
                if let Some(key) = camera.keys.get_mut(&frame) {
                    key.ease = ease;
                }
            }),
        }
        if !self.project().animation.moves() {
            self.playback.stop();
        }
        ctx.request_repaint();
    }

    fn move_camera(&mut self, ctx: &egui::Context, label: &str, change: impl FnOnce(&mut CameraMoves)) {
        self.animate(ctx, label, None, |animation| change(&mut animation.camera));
    }
}

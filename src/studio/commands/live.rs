//! Poses that other programs send: heard, told where T-pose is, recorded.

use crate::studio::Studio;
use crate::studio::settings::LiveSettings;
use tracing::Level;

/// So long whoever is followed has to stand in T-pose, seconds.
const CALIBRATE_S: f64 = 3.0;

/// What can be done with poses that are sent.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveCommand {
    /// Begins to listen, or ends it; what was being recorded is kept.
    Toggle,
    /// Where and how is listened. Another port counts from the next time on.
    Set(LiveSettings),
    /// In three seconds whoever is followed stands in T-pose.
    Calibrate,
    /// Where T-pose is is not known any more.
    ForgetCalibration,
    /// Begins to record, or ends it: what was recorded becomes the timeline's take.
    Record,
    /// Opens the puppet's window, or closes it.
    Puppet,
}

impl Studio {
    pub(super) fn apply_live(&mut self, ctx: &egui::Context, command: LiveCommand) {
        let recording = self.content.live.as_ref().is_some_and(|live| live.status.recorded.is_some());
        match command {
            LiveCommand::Toggle if self.live.listener.is_some() => {
                self.keep_recording();
                self.live.listener = None;
            }
            LiveCommand::Toggle => self.listen(ctx),
            LiveCommand::Set(live) => {
                self.settings.now.live = live;
                self.live.listener.iter().for_each(|listener| listener.set(live.how));
            }
            LiveCommand::Calibrate => match &self.live.listener {
                Some(listener) => listener.calibrate(CALIBRATE_S),
                None => self.toasts.say(Level::INFO, "Listen first: then there is somebody to ask".into()),
            },
            LiveCommand::ForgetCalibration => self.live.listener.iter().for_each(|l| l.forget_calibration()),
            LiveCommand::Record if recording => self.keep_recording(),
            LiveCommand::Record => self.record_live(),
            LiveCommand::Puppet => self.puppet.open = !self.puppet.open,
        }
        self.follow_live(ctx);
        ctx.request_repaint();
    }
}

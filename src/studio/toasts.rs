//! Short messages in a corner; each also goes to the log.

use super::log::LogLines;
use std::time::Duration;
use tracing::Level;

/// Short messages in a corner.
pub(super) struct Toasts {
    shown: egui_notify::Toasts,
    log: LogLines,
    /// The last ones said, for tests and for those who looked away.
    pub(super) said: Vec<(Level, String)>,
}

impl Toasts {
    /// None yet; what is said goes to `log` too.
    pub(super) fn new(log: LogLines) -> Self {
        let shown = egui_notify::Toasts::default().with_anchor(egui_notify::Anchor::BottomRight);
        Self { shown, log, said: Vec::new() }
    }

    /// Says something.
    pub(super) fn say(&mut self, level: Level, text: String) {
        self.log.add(level, text.clone());
        let toast = match level {
            Level::ERROR => self.shown.error(&text).duration(Duration::from_secs(12)),
            Level::WARN => self.shown.warning(&text).duration(Duration::from_secs(9)),
            _ => self.shown.info(&text).duration(Duration::from_secs(4)),
        };
        // A long sentence is wrapped, not cut off.
        toast.width(380.0);
        self.said.push((level, text));
        if self.said.len() > 100 {
            self.said.remove(0);
        }
    }

    /// Draws them.
    pub(super) fn show(&mut self, ctx: &egui::Context) {
        self.shown.show(ctx);
    }
}

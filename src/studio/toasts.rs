//! Short messages in a corner; each also goes to the log.

use super::log::LogLines;
use crate::text;
use std::borrow::Cow;
use std::time::Duration;
use tracing::Level;

/// Characters of a toast, at most.
const LONGEST: usize = 320;

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
        // It may hold names out of files.
        let text = text::plain(&text).into_owned();
        let shown = shortened(&text);
        let toast = match level {
            Level::ERROR => self.shown.error(shown).duration(Duration::from_secs(12)),
            Level::WARN => self.shown.warning(shown).duration(Duration::from_secs(9)),
            _ => self.shown.info(shown).duration(Duration::from_secs(4)),
        };
        // A long sentence is wrapped, not cut off.
        toast.width(380.0);
        self.note(level, text);
    }

    /// The same without a toast: for what is one of many.
    pub(super) fn note(&mut self, level: Level, text: String) {
        self.log.add(level, text.clone());
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

/// What a toast has room for; a list of forty textures is read in the log.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => text.into(),
        Some((end, _)) => {
            let end = text[..end].rfind(' ').unwrap_or(end);
            format!("{} … (the log has all of it)", &text[..end]).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_shortened_between_words() {
        assert_eq!(shortened("as it is"), "as it is");
        let long = "テクスチャ ".repeat(100);
        let short = shortened(&long);
        assert!(
            short.chars().count() < LONGEST + 30 && short.ends_with("テクスチャ … (the log has all of it)"),
            "{short}"
        );
        assert!(shortened(&"x".repeat(1000)).len() < LONGEST + 40);
    }
}

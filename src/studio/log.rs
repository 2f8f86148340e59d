//! What happened, for the log panel: every line of `tracing` that concerns the user.

use crate::text;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tracing::Level;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Lines kept; older ones go.
const LIMIT: usize = 2000;

/// One line.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// When.
    pub time: SystemTime,
    /// How much it matters.
    pub level: Level,
    /// What.
    pub text: String,
}

/// The last lines, shared between all threads.
#[derive(Clone, Debug, Default)]
pub struct LogLines(Arc<Mutex<VecDeque<LogLine>>>);

impl LogLines {
    /// Adds a line.
    pub fn add(&self, level: Level, text: impl Into<String>) {
        let text = text::plain(&text.into()).into_owned();
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LIMIT {
            lines.pop_front();
        }
        lines.push_back(LogLine { time: SystemTime::now(), level, text });
    }

    /// A copy of the lines, oldest first.
    pub fn lines(&self) -> Vec<LogLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Only Settei's own words; the libraries' are for developers.
impl<S: tracing::Subscriber> Layer<S> for LogLines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target().starts_with("settei") && *metadata.level() <= Level::INFO {
            let mut words = Words(String::new());
            event.record(&mut words);
            self.add(*metadata.level(), words.0);
        }
    }
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt as _;

    #[test]
    fn lines_arrive_and_old_ones_go() {
        let lines = LogLines::default();
        let subscriber = tracing_subscriber::registry().with(lines.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!("careful");
            tracing::info!("{}", "a name\u{1b}[2J\u{202e}");
            tracing::debug!("not for users");
        });
        let kept = lines.lines();
        assert!(kept.len() == 2 && kept[0].text == "careful" && kept[0].level == Level::WARN);
        assert_eq!(kept[1].text, "a name·[2J·");
        for i in 0..LIMIT {
            lines.add(Level::INFO, i.to_string());
        }
        assert_eq!(lines.lines().len(), LIMIT);
        assert_eq!(lines.lines()[0].text, "0");
    }
}

//! What a command tells its user: a bar and lines on a terminal, or JSON lines for another program.

use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Reports one command. Results go to standard output, progress and warnings to standard error; with `--json` all of it
/// goes to standard output, one object a line with the field `event`.
pub(super) struct Report {
    json: bool,
    started: Instant,
    stage: Mutex<Stage>,
    done: AtomicU64,
}

struct Stage {
    what: String,
    total: u64,
    bar: ProgressBar,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        let stage = Stage { what: String::new(), total: 0, bar: ProgressBar::hidden() };
        Self { json, started: Instant::now(), stage: Mutex::new(stage), done: AtomicU64::new(0) }
    }

    /// One JSON line; the field `event` names its kind.
    pub(super) fn event(&self, event: &str, mut fields: Value) {
        if self.json {
            fields["event"] = event.into();
            // A reader that went away is no reason to fail.
            let _ = writeln!(std::io::stdout(), "{fields}");
        }
    }

    /// A line of a result for a person; with `--json` nothing (the command sends an event instead).
    pub(super) fn say(&self, line: impl Display) {
        if !self.json {
            self.suspended(|| {
                let _ = writeln!(std::io::stdout(), "{line}");
            });
        }
    }

    /// A file was written.
    pub(super) fn wrote(&self, path: &Path) {
        self.say(format_args!("wrote {}", path.display()));
        self.event("wrote", json!({ "path": path.display().to_string() }));
    }

    /// Something the user should know, but the work goes on.
    pub(super) fn warn(&self, message: impl Display) {
        self.event("warning", json!({ "message": message.to_string() }));
        if !self.json {
            self.suspended(|| eprintln!("warning: {message}"));
        }
    }

    /// The command ended well.
    pub(super) fn done(&self) {
        self.clear();
        self.event("done", json!({ "seconds": self.started.elapsed().as_secs_f64() }));
    }

    /// The command failed.
    pub(super) fn failed(&self, error: &anyhow::Error) {
        self.clear();
        let message = told(error);
        if self.json {
            self.event("error", json!({ "message": message }));
        } else {
            eprintln!("error: {message}");
        }
    }

    fn clear(&self) {
        if let Ok(stage) = self.stage.lock() {
            stage.bar.finish_and_clear();
        }
    }

    fn suspended(&self, write: impl FnOnce()) {
        match self.stage.lock() {
            Ok(stage) => stage.bar.suspend(write),
            Err(_) => write(),
        }
    }
}

impl Progress for Report {
    fn stage(&self, what: &str, total: u64) {
        let Ok(mut stage) = self.stage.lock() else { return };
        stage.bar.finish_and_clear();
        self.done.store(0, Ordering::Relaxed);
        stage.what = what.to_owned();
        stage.total = total;
        self.event("stage", json!({ "what": what, "total": total }));
        if !self.json {
            // Hidden by indicatif itself where standard error is no terminal.
            stage.bar = if total > 1 { ProgressBar::new(total) } else { ProgressBar::new_spinner() };
            let template = if total > 1 { "{msg} {bar:30} {pos}/{len} {eta}" } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                stage.bar.set_style(style);
            }
            stage.bar.set_message(what.to_owned());
            stage.bar.enable_steady_tick(std::time::Duration::from_millis(100));
        }
    }

    fn advance(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        let Ok(stage) = self.stage.lock() else { return };
        stage.bar.inc(steps);
        self.event("progress", json!({ "what": stage.what, "done": done, "total": stage.total }));
    }
}

/// An error with its causes, each said once: many messages end in their cause already.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        told if told.ends_with(&cause) => told.to_owned(),
        told => format!("{told}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("can't read a.vrm: {source}")]
        struct Unreadable {
            source: std::io::Error,
        }
        let error = anyhow::Error::new(Unreadable { source: std::io::Error::other("no such file") });
        assert_eq!(told(&error), "can't read a.vrm: no such file");
        assert_eq!(told(&error.context("can't paint")), "can't paint: can't read a.vrm: no such file");
    }
}

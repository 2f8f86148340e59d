//! What a command tells its user: a bar and lines on a terminal, JSON lines for another program, or what a farm reads.

use super::stop::{Signal, Stop, Stopped};
use crate::events::Event;
use crate::progress::Progress;
use crate::text;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Display;
use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A log that says nothing for longer is taken for a dead one's: farms give up after some minutes.
const BEAT: Duration = Duration::from_secs(30);

/// Who listens.
pub(super) enum Listener {
    /// A person: results on standard output, progress and warnings on standard error.
    Person,
    /// A program: all of it in one place, one [`Event`] a line.
    Program(Box<dyn Write + Send>),
    /// A farm's session: lines as for a person, whom its log is for, and in between what the session reads (Open Job
    /// Description, *How Jobs Are Run*): `openjd_progress: 0..100`, `openjd_status: TEXT` and `openjd_fail: TEXT`.
    Farm(Box<dyn Write + Send>),
}

/// Reports one command. Whatever it says may hold names out of files.
pub(super) struct Report {
    stop: Stop,
    patient: AtomicBool,
    started: Instant,
    state: Mutex<State>,
}

/// Events and lines are written under its lock, so that they come in the order of what they tell.
struct State {
    listener: Listener,
    what: String,
    done: u64,
    total: u64,
    /// What a farm was told last of how far that is.
    percent: Option<u64>,
    bar: ProgressBar,
    /// The last word was said.
    over: bool,
}

impl Report {
    /// For one that listens.
    pub(super) fn new(listener: Listener, stop: Stop) -> Self {
        let (what, bar) = (String::new(), ProgressBar::hidden());
        let state = State { listener, what, done: 0, total: 0, percent: None, bar, over: false };
        Self { stop, patient: AtomicBool::new(false), started: Instant::now(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells other programs something, if one listens.
    pub(super) fn event(&self, event: impl FnOnce() -> Event) {
        self.state().send(event);
    }

    /// A line of a result for a person; with `--json` nothing (the command sends an event instead).
    pub(super) fn say(&self, line: impl Display) {
        self.state().say(|| {
            let _ = writeln!(std::io::stdout(), "{}", text::plain(&line.to_string()));
        });
    }

    /// A file was written.
    pub(super) fn wrote(&self, path: &Path) {
        let path = path.display().to_string();
        self.say(format_args!("wrote {}", text::line(&path)));
        self.event(|| Event::Wrote { path });
    }

    /// A frame is there, whole: painted in this time, or kept from before.
    pub(super) fn frame(&self, frame: i64, path: &Path, took: Duration, cached: bool) {
        let path = path.display().to_string();
        self.say(format_args!("{} {}", if cached { "kept" } else { "wrote" }, text::line(&path)));
        self.event(|| Event::Frame { frame, path, seconds: took.as_secs_f64(), cached });
        self.advance(1);
    }

    /// Does something that may take minutes a step, and says now and then that it is not dead.
    pub(super) fn beating<T>(&self, work: impl FnOnce() -> T) -> T {
        let (alive, ended) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                while ended.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                    self.beat();
                }
            });
            let _alive = alive;
            work()
        })
    }

    fn beat(&self) {
        let mut state = self.state();
        let (what, done, total) = (state.what.clone(), state.done, state.total);
        if !state.listener.is_program() && state.bar.is_hidden() {
            eprintln!("{}: {done} of {total}", text::line(&what));
        }
        state.send(|| Event::Progress { what, done, total });
    }

    /// Something the user should know, but the work goes on.
    pub(super) fn warn(&self, message: impl Display) {
        let message = message.to_string();
        let mut state = self.state();
        state.say(|| eprintln!("warning: {}", text::line(&message)));
        state.send(|| Event::Warning { message });
    }

    /// Somebody is there who could answer.
    pub(super) fn can_ask(&self) -> bool {
        matches!(self.state().listener, Listener::Person)
            && std::io::stdin().is_terminal()
            && std::io::stderr().is_terminal()
    }

    /// Asks a question; anything but a yes is a no.
    pub(super) fn ask(&self, question: &str) -> bool {
        self.state().say(|| eprint!("{} [y/N] ", text::plain(question)));
        let mut answer = String::new();
        // Not under the lock: whoever is asked may take their time, and Ctrl+C has something to say.
        let _ = std::io::stdin().read_line(&mut answer);
        matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }

    /// The command ended well.
    pub(super) fn done(&self) {
        let mut state = self.state();
        state.bar.finish_and_clear();
        state.send(|| Event::Done { seconds: self.started.elapsed().as_secs_f64() });
    }

    /// The command failed.
    pub(super) fn failed(&self, error: &anyhow::Error) {
        let message = told(error);
        self.last_word(&format!("error: {message}"), || Event::Error { message: message.clone() });
        self.state().farm("fail", &message);
    }

    /// The signal that asked the command to stop.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.stop.signal()
    }

    /// From now on the work is not given up after a while when it is asked to stop: it comes to its end by itself. A
    /// second signal ends it at once.
    pub(super) fn take_time(&self) {
        self.patient.store(true, Ordering::Relaxed);
    }

    /// Whether work that was asked to stop is given up after a while.
    pub(super) fn may_be_given_up(&self) -> bool {
        !self.patient.load(Ordering::Relaxed)
    }

    /// To be asked between two steps.
    ///
    /// # Errors
    /// The command was asked to stop.
    pub(super) fn go_on(&self) -> Result<(), Stopped> {
        self.signal().map_or(Ok(()), |signal| Err(Stopped(signal)))
    }

    /// The command ends because it was asked to.
    pub(super) fn stopped(&self, signal: Signal) {
        self.last_word(signal.sentence(), || Event::Stopped { message: signal.sentence().to_owned() });
    }

    fn last_word(&self, line: &str, event: impl FnOnce() -> Event) {
        let mut state = self.state();
        // Work that comes to its next step while it is given up has nothing to add.
        if std::mem::replace(&mut state.over, true) {
            return;
        }
        state.bar.finish_and_clear();
        state.say(|| eprintln!("{}", text::plain(line)));
        state.send(event);
    }
}

impl State {
    fn send(&mut self, event: impl FnOnce() -> Event) {
        let Listener::Program(out) = &mut self.listener else { return };
        let line = event().to_line().or_else(|error| {
            let message = format!("something can't be told as JSON: {error}");
            Event::Warning { message }.to_line()
        });
        if let Ok(line) = line {
            // A reader that went away is no reason to fail.
            let _ = writeln!(out, "{line}");
        }
    }

    /// Writes for a person, who may be looking at a bar.
    fn say(&self, write: impl FnOnce()) {
        if !self.listener.is_program() {
            self.bar.suspend(write);
        }
    }

    /// A line for a farm's session, which is one line whatever is told.
    fn farm(&mut self, word: &str, what: &str) {
        if let Listener::Farm(out) = &mut self.listener {
            let _ = writeln!(out, "openjd_{word}: {}", text::line(what));
        }
    }

    /// How far the stage is.
    fn farm_progress(&mut self) {
        let percent = (100 * self.done).checked_div(self.total).map(|percent| percent.min(100));
        if let Some(percent) = percent.filter(|_| percent != self.percent) {
            self.percent = Some(percent);
            self.farm("progress", &percent.to_string());
        }
    }
}

impl Progress for Report {
    fn stage(&self, what: &str, total: u64) {
        let mut state = self.state();
        state.bar.finish_and_clear();
        (state.what, state.done, state.total) = (what.to_owned(), 0, total);
        state.send(|| Event::Stage { what: what.to_owned(), total });
        state.farm("status", what);
        state.farm_progress();
        if matches!(state.listener, Listener::Person) {
            // Hidden by indicatif itself where standard error is no terminal.
            state.bar = if total > 1 { ProgressBar::new(total) } else { ProgressBar::new_spinner() };
            let template = if total > 1 { "{msg} {bar:30} {pos}/{len} {eta}" } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                state.bar.set_style(style);
            }
            state.bar.set_message(text::line(what).into_owned());
            state.bar.enable_steady_tick(std::time::Duration::from_millis(100));
        }
    }

    fn advance(&self, steps: u64) {
        if steps == 0 {
            return;
        }
        let mut state = self.state();
        state.done += steps;
        state.bar.inc(steps);
        state.farm_progress();
        let (what, done, total) = (state.what.clone(), state.done, state.total);
        state.send(|| Event::Progress { what, done, total });
    }

    fn cancelled(&self) -> bool {
        self.stop.signal().is_some()
    }
}

impl Listener {
    fn is_program(&self) -> bool {
        matches!(self, Self::Program(_))
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

    /// What was written, shared with the report that writes it.
    #[derive(Clone, Default)]
    struct Written(std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn progress_never_steps_backwards() {
        let written = Written::default();
        let report = Report::new(Listener::Program(Box::new(written.clone())), Stop::default());
        for _ in 0..2 {
            report.stage("counting", 800);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| (0..100).for_each(|_| report.advance(1)));
                }
            });
        }
        let lines = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let mut last = 0;
        for line in lines.lines() {
            match Event::from_line(line).unwrap() {
                Event::Stage { .. } => last = 0,
                Event::Progress { done, total, .. } => {
                    assert!(done == last + 1 && done <= total, "{done} of {total} after {last}");
                    last = done;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((lines.lines().count(), last), (1602, 800));
    }

    #[test]
    fn a_farm_reads_how_far_the_work_is() {
        let written = Written::default();
        let report = Report::new(Listener::Farm(Box::new(written.clone())), Stop::default());
        report.stage("reading\nhero", 0);
        report.stage("painting frames", 300);
        (0..4).for_each(|_| report.advance(1));
        report.advance(296);
        report.failed(&anyhow::anyhow!("the disk\nis full"));
        let said = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let expected = [
            "status: reading·hero",
            "status: painting frames",
            "progress: 0",
            "progress: 1",
            "progress: 100",
            "fail: the disk·is full",
        ];
        assert!(said.lines().eq(expected.map(|line| format!("openjd_{line}"))), "{said}");
    }

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

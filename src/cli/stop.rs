//! Ctrl+C, and being told to end: the work stops between two steps, or is given up soon after.

use super::report::Report;
use signal_hook::consts::TERM_SIGNALS;
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long the work has to come to its next step. Nothing half written is ever seen, so giving up does no harm.
const GRACE: Duration = Duration::from_secs(2);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(50);

/// Which signal asked this program to end, if one did.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// From now on signals are heard instead of obeyed; a second one is obeyed.
    pub(super) fn heeded() -> Self {
        let stop = Self::default();
        let again = Arc::new(std::sync::atomic::AtomicBool::new(false));
        for &signal in TERM_SIGNALS {
            // Where the system refuses, the signal ends the program as it always did. The order counts: what happens
            // the second time asks what the first time left.
            let _ = flag::register_conditional_default(signal, again.clone());
            let _ = flag::register(signal, again.clone());
            let _ = flag::register_usize(signal, stop.0.clone(), usize::try_from(signal).unwrap_or_default());
        }
        stop
    }

    /// The signal.
    pub(super) fn signal(&self) -> Option<Signal> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            number => Some(Signal(u8::try_from(number).unwrap_or_default())),
        }
    }
}

/// A signal by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signal(u8);

impl Signal {
    /// The exit code that shells expect: 130 after Ctrl+C, 143 after a plain `kill`.
    pub(super) fn exit_code(self) -> u8 {
        self.0.saturating_add(128)
    }

    /// What happened, in one sentence.
    pub(super) fn sentence(self) -> &'static str {
        match i32::from(self.0) {
            signal_hook::consts::SIGINT => "stopped by Ctrl+C; results that were finished are kept",
            _ => "stopped because the system asked for it; results that were finished are kept",
        }
    }
}

/// The work ended because it was asked to.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.sentence())]
pub(super) struct Stopped(pub(super) Signal);

/// Ends the program if its work doesn't come to its next step by itself.
pub(super) fn end_in_time(report: Arc<Report>) {
    let watch = move || {
        loop {
            std::thread::sleep(LOOK);
            if let Some(signal) = report.signal().filter(|_| report.may_be_given_up()) {
                std::thread::sleep(GRACE);
                report.stopped(signal);
                crate::files::remove_unused();
                std::process::exit(signal.exit_code().into());
            }
        }
    };
    // Without a thread the work still stops, at its next step.
    let _ = std::thread::Builder::new().name("stop".into()).spawn(watch);
}

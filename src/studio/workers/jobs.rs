//! Errands: each in a thread of its own, with progress and a way to stop it.

use crate::progress::Progress;
use crate::studio::events::Event;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// All errands under way.
pub struct Jobs {
    events: Sender<Event>,
    answers: Receiver<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    running: Mutex<Vec<Arc<Job>>>,
}

/// One errand, as it sees itself and as the status bar shows it.
pub struct Job {
    /// What it does, in words.
    pub title: String,
    /// Not shown unless something goes wrong (autosave and the like).
    pub quiet: bool,
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    stage: Mutex<String>,
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Jobs {
    /// No errands yet; `wake` is called when an answer is there.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (events, answers) = channel();
        Self { events, answers, wake: Arc::new(wake), running: Mutex::default() }
    }

    /// Sends someone on an errand. What it returns, if anything, is its last event.
    pub fn start(&self, title: impl Into<String>, work: impl FnOnce(&Job) -> Option<Event> + Send + 'static) {
        self.spawn(title.into(), false, work);
    }

    /// As [`Jobs::start`], for errands that nobody asked for.
    pub fn start_quietly(&self, title: impl Into<String>, work: impl FnOnce(&Job) -> Option<Event> + Send + 'static) {
        self.spawn(title.into(), true, work);
    }

    fn spawn(&self, title: String, quiet: bool, work: impl FnOnce(&Job) -> Option<Event> + Send + 'static) {
        let job = Arc::new(Job {
            title: title.clone(),
            quiet,
            events: self.events.clone(),
            wake: self.wake.clone(),
            stage: Mutex::default(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
        });
        self.lock().push(job.clone());
        let spawned = std::thread::Builder::new().name(title.clone()).spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&job)));
            match outcome {
                Ok(Some(event)) => job.send(event),
                Ok(None) => {}
                Err(_) => job.send(Event::Failed(format!("{}: an error in Settei itself stopped this", job.title))),
            }
            let wake = job.wake.clone();
            // The list of running errands shows an errand as ended once only the list holds it.
            drop(job);
            wake();
        });
        if let Err(error) = spawned {
            let _ = self.events.send(Event::Failed(format!("{title}: the system has no thread left for it ({error})")));
        }
    }

    /// The next answer, if one is there.
    pub fn poll(&self) -> Option<Event> {
        self.answers.try_recv().ok()
    }

    /// A way to send events from other threads (dialogs, watchers).
    pub fn sender(&self) -> impl Fn(Event) + Send + Sync + 'static {
        let (events, wake) = (self.events.clone(), self.wake.clone());
        move |event| {
            let _ = events.send(event);
            wake();
        }
    }

    /// Errands under way.
    pub fn running(&self) -> Vec<Arc<Job>> {
        let mut running = self.lock();
        running.retain(|job| Arc::strong_count(job) > 1);
        running.clone()
    }

    /// Asks all errands that are shown to stop.
    pub fn cancel_all(&self) {
        for job in self.lock().iter().filter(|job| !job.quiet) {
            job.cancelled.store(true, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Job>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Tells the window something before the end.
    pub fn send(&self, event: Event) {
        let _ = self.events.send(event);
        (self.wake)();
    }

    /// What it is at, and how far: words, done, total (0: not known).
    pub fn progress(&self) -> (String, u64, u64) {
        let stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (stage, self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

impl Progress for Job {
    fn stage(&self, what: &str, total: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = what.to_owned();
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        (self.wake)();
    }

    fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
        (self.wake)();
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(jobs: &Jobs) -> Event {
        loop {
            if let Some(event) = jobs.poll() {
                return event;
            }
            std::thread::yield_now();
        }
    }

    #[test]
    fn errands_answer_report_and_stop() {
        let jobs = Jobs::new(|| {});
        let (go, wait) = channel::<()>();
        jobs.start("Counting", move |job| {
            job.stage("counting", 3);
            job.advance(1);
            let _ = wait.recv();
            while !job.cancelled() {
                std::thread::yield_now();
            }
            Some(Event::Notice("stopped".into()))
        });
        go.send(()).unwrap();
        while jobs.running()[0].progress() != ("counting".into(), 1, 3) {
            std::thread::yield_now();
        }
        jobs.cancel_all();
        assert!(matches!(next(&jobs), Event::Notice(text) if text == "stopped"));
        while !jobs.running().is_empty() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_panic_ends_one_errand_only() {
        let jobs = Jobs::new(|| {});
        jobs.start("Breaking", |_| panic!("on purpose"));
        assert!(matches!(next(&jobs), Event::Failed(text) if text.starts_with("Breaking")));
        jobs.start("Working", |_| Some(Event::Notice("fine".into())));
        assert!(matches!(next(&jobs), Event::Notice(_)));
    }
}

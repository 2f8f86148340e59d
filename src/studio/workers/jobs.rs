//! Errands: each in a thread of its own, with progress and a way to stop it.

use crate::progress::Progress;
use crate::studio::events::Event;
use crate::text;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// All errands under way.
pub struct Jobs {
    events: Sender<Event>,
    answers: Receiver<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    running: Mutex<Vec<Arc<Job>>>,
    /// How many there were so far.
    count: AtomicU64,
}

/// Which errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(u64);

/// One errand, as it sees itself and as the status bar shows it.
pub struct Job {
    /// Which one.
    pub id: JobId,
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
    ended: AtomicBool,
}

/// An errand for who sent it. Dropping this lets it go on.
#[derive(Clone)]
pub struct JobHandle(Arc<Job>);

impl JobHandle {
    /// Asks this errand, and no other, to stop.
    pub fn stop(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// It is still under way.
    pub fn is_running(&self) -> bool {
        !self.0.ended.load(Ordering::Acquire)
    }
}

impl std::ops::Deref for JobHandle {
    type Target = Job;

    fn deref(&self) -> &Job {
        &self.0
    }
}

/// What an errand says that ends without an answer: a panic, or no thread to run on.
type LastWord = Box<dyn FnOnce(String) -> Event + Send>;

impl Jobs {
    /// No errands yet; `wake` is called when an answer is there.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (events, answers) = channel();
        Self { events, answers, wake: Arc::new(wake), running: Mutex::default(), count: AtomicU64::new(0) }
    }

    /// Sends someone on an errand. What it returns, if anything, is its last event; should it fail in a way that nobody
    /// thought of, that is said in a toast.
    pub fn start(
        &self,
        title: impl Into<String>,
        work: impl FnOnce(&Job) -> Option<Event> + Send + 'static,
    ) -> JobHandle {
        self.spawn(title.into(), false, Box::new(Event::Failed), work)
    }

    /// As [`Jobs::start`], for errands that nobody asked for.
    pub fn start_quietly(
        &self,
        title: impl Into<String>,
        work: impl FnOnce(&Job) -> Option<Event> + Send + 'static,
    ) -> JobHandle {
        self.spawn(title.into(), true, Box::new(Event::Failed), work)
    }

    /// As [`Jobs::start`], where somebody waits for the answer: `or_else` makes one of the reason, whatever happens.
    pub fn start_or_else(
        &self,
        title: impl Into<String>,
        or_else: impl FnOnce(String) -> Event + Send + 'static,
        work: impl FnOnce(&Job) -> Option<Event> + Send + 'static,
    ) -> JobHandle {
        self.spawn(title.into(), false, Box::new(or_else), work)
    }

    /// As [`Jobs::start_or_else`], for errands that are not shown.
    pub fn start_quietly_or_else(
        &self,
        title: impl Into<String>,
        or_else: impl FnOnce(String) -> Event + Send + 'static,
        work: impl FnOnce(&Job) -> Option<Event> + Send + 'static,
    ) -> JobHandle {
        self.spawn(title.into(), true, Box::new(or_else), work)
    }

    fn spawn(
        &self,
        title: String,
        quiet: bool,
        last_word: LastWord,
        work: impl FnOnce(&Job) -> Option<Event> + Send + 'static,
    ) -> JobHandle {
        // It names files, and a thread with a nought in its name is a panic.
        let title = text::line(&title).into_owned();
        let job = Arc::new(Job {
            id: JobId(self.count.fetch_add(1, Ordering::Relaxed)),
            title: title.clone(),
            quiet,
            events: self.events.clone(),
            wake: self.wake.clone(),
            stage: Mutex::default(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        self.lock().push(job.clone());
        // Shared, so that it is still here when no thread can be had.
        let last_word = Arc::new(Mutex::new(Some(last_word)));
        let (theirs, words) = (job.clone(), last_word.clone());
        let spawned = std::thread::Builder::new().name(title).spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&theirs)));
            match outcome {
                Ok(Some(event)) => theirs.send(event),
                Ok(None) => {}
                Err(_) => theirs.give_up(&words, "an error in Settei itself stopped this"),
            }
            theirs.ended.store(true, Ordering::Release);
            (theirs.wake)();
        });
        if let Err(error) = spawned {
            job.give_up(&last_word, &format!("the system has no thread left for it ({error})"));
            job.ended.store(true, Ordering::Release);
        }
        JobHandle(job)
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
    pub fn running(&self) -> Vec<JobHandle> {
        let mut running = self.lock();
        running.retain(|job| !job.ended.load(Ordering::Acquire));
        running.iter().cloned().map(JobHandle).collect()
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

    /// Does a part of the work that may fail by itself, so that the rest goes on: a panic is this part's error.
    pub fn part<T>(&self, what: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err(format!("{what}: an error in Settei itself stopped this")))
    }

    fn give_up(&self, last_word: &Mutex<Option<LastWord>>, why: &str) {
        let word = last_word.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(word) = word {
            self.send(word(format!("{}: {why}", self.title)));
        }
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
    fn errands_report_and_stopping_one_stops_no_other() {
        let jobs = Jobs::new(|| {});
        let until_stopped = |name: &'static str| {
            jobs.start(name, move |job| {
                job.stage("counting", 3);
                job.advance(1);
                while !job.cancelled() {
                    std::thread::yield_now();
                }
                Some(Event::Notice(name.into()))
            })
        };
        let (first, second) = (until_stopped("first"), until_stopped("second"));
        while first.progress() != ("counting".into(), 1, 3) {
            std::thread::yield_now();
        }
        assert_ne!(first.id, second.id);
        second.stop();
        assert!(matches!(next(&jobs), Event::Notice(name) if name == "second"));
        while second.is_running() {
            std::thread::yield_now();
        }
        assert!(first.is_running());
        assert_eq!(jobs.running().iter().map(|job| job.title.as_str()).collect::<Vec<_>>(), ["first"]);
        first.stop();
        assert!(matches!(next(&jobs), Event::Notice(name) if name == "first"));
    }

    #[test]
    fn a_panic_is_an_answer_too_and_ends_one_errand_only() {
        let jobs = Jobs::new(|| {});
        jobs.start("Opening x\0", |_| Some(Event::Notice("done".into())));
        assert!(matches!(next(&jobs), Event::Notice(text) if text == "done"), "whatever a file is called");
        jobs.start("Breaking", |_| panic!("on purpose"));
        assert!(matches!(next(&jobs), Event::Failed(text) if text.starts_with("Breaking")));
        let waited_for = jobs.start_or_else("Saving", Event::NotSaved, |_| panic!("on purpose"));
        assert!(matches!(next(&jobs), Event::NotSaved(text) if text.starts_with("Saving")));
        jobs.start("Working", |job| {
            let broken: Result<(), String> = job.part("a.png", || panic!("on purpose"));
            Some(Event::Notice(broken.unwrap_err()))
        });
        assert!(matches!(next(&jobs), Event::Notice(text) if text.starts_with("a.png: ")));
        while waited_for.is_running() || !jobs.running().is_empty() {
            std::thread::yield_now();
        }
    }
}

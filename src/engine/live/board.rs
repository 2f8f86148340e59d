//! Where the thread that paints leaves its news.

use super::{LiveEvent, LiveRequest};
use crate::mailbox::Reader;
use crate::progress::Progress;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is being done: words, steps done, steps in all (0: not known).
pub(super) type Doing = (String, u64, u64);

/// News that nobody has read yet, as the reader wants them, and what is being done.
pub(super) struct Board<N> {
    news: Mutex<VecDeque<N>>,
    doing: Mutex<Option<Doing>>,
    prepare: Box<dyn Fn(LiveEvent) -> Option<N> + Send + Sync>,
    notify: Box<dyn Fn() + Send + Sync>,
}

impl<N> Board<N> {
    pub(super) fn new(
        prepare: impl Fn(LiveEvent) -> Option<N> + Send + Sync + 'static,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self { news: Mutex::default(), doing: Mutex::default(), prepare: Box::new(prepare), notify: Box::new(notify) }
    }

    pub(super) fn poll(&self) -> Option<N> {
        lock(&self.news).pop_front()
    }

    pub(super) fn doing(&self) -> Option<Doing> {
        lock(&self.doing).clone()
    }

    /// Nothing is being done any more.
    pub(super) fn rest(&self) {
        *lock(&self.doing) = None;
        (self.notify)();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked under the lock left whole values behind: each is set in one step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A board whatever its readers want.
pub(super) trait Tell: Sync {
    /// Leaves a piece of news.
    fn send(&self, event: LiveEvent);
    /// Says what is being done.
    fn set(&self, doing: Doing);
    /// Counts steps of it.
    fn count(&self, steps: u64);
}

impl<N: Send> Tell for Board<N> {
    fn send(&self, event: LiveEvent) {
        if let Some(news) = (self.prepare)(event) {
            lock(&self.news).push_back(news);
        }
        (self.notify)();
    }

    fn set(&self, doing: Doing) {
        *lock(&self.doing) = Some(doing.clone());
        let (what, done, total) = doing;
        self.send(LiveEvent::Progress { what, done, total });
    }

    fn count(&self, steps: u64) {
        let counted = lock(&self.doing).as_mut().map(|(what, done, total)| {
            *done += steps;
            (what.clone(), *done, *total)
        });
        if let Some((what, done, total)) = counted {
            self.send(LiveEvent::Progress { what, done, total });
        }
    }
}

/// Reports to the board, and stops when a request waits to which the work gives way.
pub(super) struct Watch<'a, F> {
    pub(super) board: &'a dyn Tell,
    pub(super) requests: &'a Reader<LiveRequest>,
    pub(super) gives_way: F,
}

impl<F: Fn(&LiveRequest) -> bool + Sync> Progress for Watch<'_, F> {
    fn stage(&self, what: &str, total: u64) {
        self.board.set((what.to_owned(), 0, total));
    }

    fn advance(&self, steps: u64) {
        self.board.count(steps);
    }

    fn cancelled(&self) -> bool {
        self.requests.superseded(&self.gives_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_are_prepared_and_progress_is_counted() {
        let prepare = |event| match event {
            LiveEvent::Progress { what, done, total } => Some(format!("{what} {done}/{total}")),
            _ => None,
        };
        let board = Board::new(prepare, || {});
        let (_mailbox, requests) = crate::mailbox::mailbox();
        let watch = Watch { board: &board, requests: &requests, gives_way: |_: &LiveRequest| true };
        watch.advance(1);
        assert!(board.doing().is_none() && board.poll().is_none(), "nothing has begun");
        watch.stage("painting", 3);
        watch.advance(2);
        assert_eq!(board.doing(), Some(("painting".into(), 2, 3)));
        board.send(LiveEvent::Failed { id: 1, sentence: "not of interest here".into() });
        board.rest();
        assert_eq!(board.doing(), None);
        let news: Vec<String> = std::iter::from_fn(|| board.poll()).collect();
        assert_eq!(news, ["painting 0/3", "painting 2/3"]);
        assert!(!watch.cancelled());
    }
}

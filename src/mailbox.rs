//! A mailbox with room for one letter: a new one replaces the one that still lies there. This is *latest wins*.
//!
//! Whoever works on letters may look whether a newer one waits, and give way to it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The side of those who ask. Dropping it tells the reader to stop.
pub struct Mailbox<T>(Arc<Slot<T>>);

/// The side of the one who works on what was asked.
pub struct Reader<T>(Arc<Slot<T>>);

struct Slot<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    waiting: Option<T>,
    /// What was asked last, waiting or not.
    last: Option<T>,
    /// A letter was taken, and the next is not waited for yet.
    working: bool,
    /// What is worked on is not wanted any more.
    cancelled: bool,
    closed: bool,
}

/// Both sides.
pub fn mailbox<T>() -> (Mailbox<T>, Reader<T>) {
    let state = State { waiting: None, last: None, working: false, cancelled: false, closed: false };
    let slot = Arc::new(Slot { state: Mutex::new(state), arrived: Condvar::new() });
    (Mailbox(slot.clone()), Reader(slot))
}

impl<T> Slot<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Whoever panicked under the lock left whole values behind: each is set in one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Mailbox<T> {
    /// Puts a letter in, taking out the one that waits; `false`, and nothing done: it is the `same` as the last one.
    pub fn put(&self, letter: T, same: impl Fn(&T, &T) -> bool) -> bool {
        let mut state = self.0.state();
        if state.last.as_ref().is_some_and(|last| same(last, &letter)) {
            return false;
        }
        state.last = Some(letter.clone());
        state.waiting = Some(letter);
        self.0.arrived.notify_one();
        true
    }

    /// Puts the last letter in once more.
    pub fn again(&self) {
        let mut state = self.0.state();
        state.waiting = state.last.clone();
        self.0.arrived.notify_one();
    }
}

impl<T> Mailbox<T> {
    /// Takes out the letter that waits, and asks that what is worked on be stopped.
    pub fn cancel(&self) {
        let mut state = self.0.state();
        (state.waiting, state.cancelled) = (None, true);
    }

    /// A letter waits or is worked on.
    pub fn busy(&self) -> bool {
        let state = self.0.state();
        state.working || state.waiting.is_some()
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        // Under the lock, so that a reader about to wait can't miss it.
        self.0.state().closed = true;
        self.0.arrived.notify_one();
    }
}

impl<T> Reader<T> {
    /// Waits for the next letter; `None`: nobody will ask any more.
    pub fn wait(&self) -> Option<T> {
        let mut state = self.0.state();
        loop {
            state.working = false;
            if state.closed {
                return None;
            }
            if let Some(letter) = state.waiting.take() {
                (state.working, state.cancelled) = (true, false);
                return Some(letter);
            }
            state = self.0.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The work on the letter is done, before the next is waited for.
    pub fn done(&self) {
        self.0.state().working = false;
    }

    /// What is worked on is to be given up: for a newer letter that `gives_way` says yes to, because it was cancelled, or
    /// because nobody is there any more.
    pub fn superseded(&self, gives_way: impl Fn(&T) -> bool) -> bool {
        let state = self.0.state();
        state.closed || state.cancelled || state.waiting.as_ref().is_some_and(gives_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn put(mailbox: &Mailbox<i32>, letter: i32) -> bool {
        mailbox.put(letter, |a, b| a == b)
    }

    #[test]
    fn the_latest_letter_wins_and_the_same_is_not_asked_twice() {
        let (mailbox, reader) = mailbox();
        assert!(!mailbox.busy());
        assert!((1..9).all(|letter| put(&mailbox, letter)) && !put(&mailbox, 8));
        assert_eq!(reader.wait(), Some(8));
        assert!(mailbox.busy() && !put(&mailbox, 8));
        reader.done();
        assert!(!mailbox.busy());
        mailbox.again();
        assert_eq!(reader.wait(), Some(8));
    }

    #[test]
    fn work_gives_way_to_what_it_should_and_to_the_end() {
        let (mailbox, reader) = mailbox();
        put(&mailbox, 1);
        assert_eq!(reader.wait(), Some(1));
        let superseded = || reader.superseded(|letter| *letter > 2);
        assert!(!superseded());
        put(&mailbox, 2);
        assert!(!superseded());
        put(&mailbox, 3);
        assert!(superseded());
        mailbox.cancel();
        assert!(superseded(), "cancelled, and nothing waits");
        put(&mailbox, 1);
        assert_eq!(reader.wait(), Some(1));
        assert!(!superseded(), "what was cancelled was the one before");
        drop(mailbox);
        assert!(superseded() && reader.wait().is_none());
    }

    #[test]
    fn a_waiting_reader_hears_letters_and_the_end() {
        let (mailbox, reader) = mailbox();
        let (took, taken) = channel();
        let thread =
            std::thread::spawn(move || std::iter::from_fn(|| reader.wait()).for_each(|l| took.send(l).unwrap()));
        for letter in 1..4 {
            put(&mailbox, letter);
            assert_eq!(taken.recv(), Ok(letter));
        }
        drop(mailbox);
        thread.join().unwrap();
        assert!(taken.recv().is_err());
    }
}

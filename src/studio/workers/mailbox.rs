//! A letter box for one letter: a new one replaces the one that still lies there. This is *latest wins*.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The sender's side. Dropping it tells the receiver to stop.
pub struct Mailbox<T>(Arc<Slot<T>>);

/// The receiver's side.
pub struct Receiver<T>(Arc<Slot<T>>);

struct Slot<T> {
    letter: Mutex<Option<T>>,
    arrived: Condvar,
    closed: AtomicBool,
}

/// Both sides.
pub fn mailbox<T>() -> (Mailbox<T>, Receiver<T>) {
    let slot = Arc::new(Slot { letter: Mutex::new(None), arrived: Condvar::new(), closed: AtomicBool::new(false) });
    (Mailbox(slot.clone()), Receiver(slot))
}

impl<T> Mailbox<T> {
    /// Puts a letter in, taking out the one that waits.
    pub fn put(&self, letter: T) {
        // A receiver that panicked left the slot whole: it only ever takes.
        *self.0.letter.lock().unwrap_or_else(PoisonError::into_inner) = Some(letter);
        self.0.arrived.notify_one();
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Release);
        // Under the lock, so that a receiver about to wait can't miss it.
        let _letter = self.0.letter.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.arrived.notify_one();
    }
}

impl<T> Receiver<T> {
    /// Waits for the next letter; `None`: the sender is gone.
    pub fn wait(&self) -> Option<T> {
        let mut letter = self.0.letter.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.0.closed.load(Ordering::Acquire) {
                return None;
            }
            if let Some(letter) = letter.take() {
                return Some(letter);
            }
            letter = self.0.arrived.wait(letter).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A newer letter waits, or the sender is gone: what is being done is of no more use.
    pub fn superseded(&self) -> bool {
        self.0.closed.load(Ordering::Acquire) || self.0.letter.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_letter_wins_and_the_end_is_heard() {
        let (sender, receiver) = mailbox();
        sender.put(1);
        sender.put(2);
        assert!(receiver.superseded());
        assert_eq!(receiver.wait(), Some(2));
        assert!(!receiver.superseded());
        let thread = std::thread::spawn(move || std::iter::from_fn(|| receiver.wait()).collect::<Vec<i32>>());
        sender.put(3);
        while sender.0.letter.lock().unwrap().is_some() {
            std::thread::yield_now();
        }
        drop(sender);
        assert_eq!(thread.join().unwrap(), [3]);
    }
}

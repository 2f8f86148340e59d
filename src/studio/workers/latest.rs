//! A thread that answers wishes of which only the latest counts.

use crate::mailbox::{Mailbox, Reader, mailbox};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};

/// The thread, for who wishes and takes answers. Dropping this ends it.
pub struct Latest<Q, A> {
    wishes: Mailbox<Q>,
    answers: Mutex<Receiver<A>>,
}

impl<Q: Clone + Send + 'static, A: Send + 'static> Latest<Q, A> {
    /// Starts the thread. `work` answers a wish, or gives it up for a newer one; `broken` is the answer where it panics;
    /// `wake` is called when an answer is there.
    pub fn start(
        name: &'static str,
        wake: impl Fn() + Send + 'static,
        mut work: impl FnMut(Q, &Reader<Q>) -> Option<A> + Send + 'static,
        broken: impl Fn() -> Option<A> + Send + 'static,
    ) -> Self {
        let (wishes, reader) = mailbox::<Q>();
        let (answer, answers) = channel();
        let work = move || {
            while let Some(wish) = reader.wait() {
                let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(wish, &reader)));
                // Before it counts as done: whoever waits for the end finds the answer.
                if let Some(answered) = worked.unwrap_or_else(|_| broken())
                    && answer.send(answered).is_err()
                {
                    return;
                }
                reader.done();
                wake();
            }
        };
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(work) {
            tracing::error!("the system has no thread left for what is called {name} ({error})");
        }
        Self { wishes, answers: Mutex::new(answers) }
    }

    /// Wishes; what waits, if anything, is not wanted any more. `false`, and nothing done: it is the `same` as the last.
    pub fn wish(&self, wish: Q, same: impl Fn(&Q, &Q) -> bool) -> bool {
        self.wishes.put(wish, same)
    }

    /// Wishes once more for what was wished for last.
    pub fn again(&self) {
        self.wishes.again();
    }

    /// The next answer.
    pub fn poll(&self) -> Option<A> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }

    /// A wish waits or is worked on.
    pub fn busy(&self) -> bool {
        self.wishes.busy()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_answered_given_up_and_survived() {
        let work = |wish: i32, _: &Reader<i32>| match wish {
            0 => panic!("on purpose"),
            1 => None,
            wish => Some(2 * wish),
        };
        let latest = Latest::start("test", || {}, work, || Some(-1));
        let ask = |wish: i32| {
            assert!(latest.wish(wish, |a, b| a == b));
            while latest.busy() {
                std::thread::yield_now();
            }
            latest.poll()
        };
        assert_eq!([ask(4), ask(1), ask(0), ask(5)], [Some(8), None, Some(-1), Some(10)]);
        assert!(!latest.wish(5, |a, b| a == b), "nothing new");
    }
}

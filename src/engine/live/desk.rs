//! A thread with room for one request: a new one replaces the one that waits.

use super::LiveEvent;
use crate::conr::ConrError;
use crate::engine::SubjectError;
use crate::progress::Progress;
use crate::transfer::TransferError;
use crate::weights::WeightError;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What carries an id and can be asked for again.
pub(super) trait Request: Clone + Send + 'static {
    fn id(&self) -> u64;
}

impl Request for super::LiveRequest {
    fn id(&self) -> u64 {
        self.id
    }
}

/// Why a request ended without being fulfilled.
#[derive(Debug)]
pub(super) enum Halt {
    /// Something newer came, or the user stopped it: nothing to be said.
    Stopped,
    /// The sentence for the user.
    Failed(String),
}

impl From<ConrError> for Halt {
    fn from(error: ConrError) -> Self {
        match error {
            ConrError::Cancelled => Self::Stopped,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<WeightError> for Halt {
    fn from(error: WeightError) -> Self {
        ConrError::from(error).into()
    }
}

impl From<TransferError> for Halt {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Cancelled => Self::Stopped,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<SubjectError> for Halt {
    fn from(error: SubjectError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What lies between those who ask and the thread.
pub(super) struct Desk<R> {
    state: Mutex<State<R>>,
    arrived: Condvar,
    notify: Box<dyn Fn() + Send + Sync>,
}

struct State<R> {
    waiting: Option<R>,
    /// What was asked for last, waiting or not.
    last: Option<R>,
    events: VecDeque<LiveEvent>,
    /// What is being done, steps done, steps in all.
    progress: Option<(String, u64, u64)>,
    working: bool,
    cancelled: bool,
    closed: bool,
}

impl<R: Request> Desk<R> {
    pub(super) fn new(notify: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let state = State {
            waiting: None,
            last: None,
            events: VecDeque::new(),
            progress: None,
            working: false,
            cancelled: false,
            closed: false,
        };
        Arc::new(Self { state: Mutex::new(state), arrived: Condvar::new(), notify: Box::new(notify) })
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        // Whoever panicked under the lock left whole values behind: each is set in one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays a request down; `false`: it is the same as the last one.
    pub(super) fn put(&self, request: R, same: impl Fn(&R, &R) -> bool) -> bool {
        let mut state = self.state();
        if state.last.as_ref().is_some_and(|last| same(last, &request)) {
            return false;
        }
        state.last = Some(request.clone());
        state.waiting = Some(request);
        self.arrived.notify_one();
        true
    }

    pub(super) fn again(&self) {
        let mut state = self.state();
        state.waiting = state.last.clone();
        self.arrived.notify_one();
    }

    pub(super) fn cancel(&self) {
        let mut state = self.state();
        state.waiting = None;
        state.cancelled = true;
    }

    pub(super) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_one();
    }

    pub(super) fn poll(&self) -> Option<LiveEvent> {
        self.state().events.pop_front()
    }

    pub(super) fn busy(&self) -> bool {
        let state = self.state();
        state.working || state.waiting.is_some()
    }

    pub(super) fn progress(&self) -> Option<(String, u64, u64)> {
        self.state().progress.clone()
    }

    /// Tells those who ask.
    pub(super) fn send(&self, event: LiveEvent) {
        self.state().events.push_back(event);
        (self.notify)();
    }

    /// Waits for the next request; `None`: nobody will ask any more.
    fn wait(&self) -> Option<R> {
        let mut state = self.state();
        loop {
            (state.working, state.progress) = (false, None);
            if state.closed {
                return None;
            }
            if let Some(request) = state.waiting.take() {
                (state.working, state.cancelled) = (true, false);
                return Some(request);
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Starts a thread that works on the desk's requests, one after the other, until it is closed. What panics fails alone.
pub(super) fn start<R: Request>(
    desk: &Arc<Desk<R>>,
    name: &str,
    mut work: impl FnMut(&R, &Desk<R>) -> Result<(), Halt> + Send + 'static,
) -> std::io::Result<()> {
    let desk = Arc::clone(desk);
    let run = move || {
        while let Some(request) = desk.wait() {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&request, &desk)));
            let sentence = match outcome {
                Ok(Ok(()) | Err(Halt::Stopped)) => None,
                Ok(Err(Halt::Failed(sentence))) => Some(sentence),
                Err(_) => {
                    Some("painting stopped at an error in Settei itself; another pose or engine may still work".into())
                }
            };
            if let Some(sentence) = sentence {
                desk.send(LiveEvent::Failed { id: request.id(), sentence });
            }
            {
                let mut state = desk.state();
                (state.working, state.progress) = (false, None);
            }
            (desk.notify)();
        }
    };
    std::thread::Builder::new().name(name.into()).spawn(run).map(|_| ())
}

/// Reports to the desk, and stops when a request waits to which the work gives way.
pub(super) struct Watch<'a, R, F> {
    pub(super) desk: &'a Desk<R>,
    pub(super) gives_way: F,
}

impl<R: Request, F: Fn(&R) -> bool + Sync> Progress for Watch<'_, R, F> {
    fn stage(&self, what: &str, total: u64) {
        self.desk.state().progress = Some((what.to_owned(), 0, total));
        self.desk.send(LiveEvent::Progress { what: what.to_owned(), done: 0, total });
    }

    fn advance(&self, steps: u64) {
        {
            let mut state = self.desk.state();
            let Some((what, done, total)) = state.progress.as_mut().map(|(what, done, total)| {
                *done += steps;
                (what.clone(), *done, *total)
            }) else {
                return;
            };
            // One piece of news a stage is enough for whoever has not looked yet.
            match state.events.back_mut() {
                Some(LiveEvent::Progress { what: last, done: seen, .. }) if *last == what => *seen = done,
                _ => state.events.push_back(LiveEvent::Progress { what, done, total }),
            }
        }
        (self.desk.notify)();
    }

    fn cancelled(&self) -> bool {
        let state = self.desk.state();
        state.closed || state.cancelled || state.waiting.as_ref().is_some_and(&self.gives_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    #[derive(Clone, Debug, PartialEq)]
    struct Wish(u64);

    impl Request for Wish {
        fn id(&self) -> u64 {
            self.0
        }
    }

    /// A desk whose thread says which request it has begun, and ends it when told how.
    fn desk() -> (Arc<Desk<Wish>>, Receiver<u64>, Sender<fn() -> Result<(), Halt>>) {
        let desk = Desk::new(|| {});
        let ((begun, begins), (end, ends)) = (channel(), channel::<fn() -> Result<(), Halt>>());
        start(&desk, "test", move |wish: &Wish, _: &Desk<Wish>| {
            begun.send(wish.0).unwrap();
            ends.recv().unwrap()()
        })
        .unwrap();
        (desk, begins, end)
    }

    fn failure(desk: &Desk<Wish>) -> (u64, String) {
        loop {
            match desk.poll() {
                Some(LiveEvent::Failed { id, sentence }) => return (id, sentence),
                Some(other) => panic!("{other:?}"),
                None => std::thread::yield_now(),
            }
        }
    }

    #[test]
    fn the_latest_wins() {
        let (desk, begins, end) = desk();
        let put = |i| desk.put(Wish(i), |a, b| a == b);
        put(1);
        assert_eq!(begins.recv(), Ok(1));
        (2..9).for_each(|i| assert!(put(i)));
        assert!(!put(8) && desk.busy());
        end.send(|| Ok(())).unwrap();
        assert_eq!(begins.recv(), Ok(8));
        put(8);
        end.send(|| Ok(())).unwrap();
        while desk.busy() {
            std::thread::yield_now();
        }
        assert!(begins.try_recv().is_err() && desk.poll().is_none(), "the same is not begun twice");
        desk.again();
        assert_eq!(begins.recv(), Ok(8));
        end.send(|| Ok(())).unwrap();
    }

    #[test]
    fn what_fails_or_panics_fails_alone() {
        let (desk, begins, end) = desk();
        let ends: [fn() -> Result<(), Halt>; 2] =
            [|| Err(Halt::Failed("no ink".into())), || panic!("on purpose, for a test")];
        for (id, how) in (1..).zip(ends) {
            desk.put(Wish(id), |a, b| a == b);
            assert_eq!(begins.recv(), Ok(id));
            end.send(how).unwrap();
            let (of, sentence) = failure(&desk);
            assert!(of == id && !sentence.is_empty());
        }
        desk.put(Wish(3), |a, b| a == b);
        assert_eq!(begins.recv(), Ok(3));
        end.send(|| Err(Halt::Stopped)).unwrap();
        while desk.busy() {
            std::thread::yield_now();
        }
        assert!(desk.poll().is_none(), "what was stopped says nothing");
    }

    #[test]
    fn work_gives_way_to_what_it_should_and_to_the_end() {
        let desk = Desk::new(|| {});
        let watch = Watch { desk: &*desk, gives_way: |wish: &Wish| wish.0 > 1 };
        assert!(!watch.cancelled());
        assert!(desk.put(Wish(1), |_, _| false));
        assert!(!watch.cancelled());
        assert!(desk.put(Wish(2), |_, _| false));
        assert!(watch.cancelled());
        assert!(desk.put(Wish(1), |_, _| false));
        desk.close();
        assert!(watch.cancelled() && desk.wait().is_none());
    }

    #[test]
    fn progress_is_counted_however_rarely_it_is_looked_at() {
        let desk = Desk::<Wish>::new(|| {});
        let watch = Watch { desk: &*desk, gives_way: |_: &Wish| true };
        watch.stage("painting", 3);
        watch.advance(1);
        watch.advance(1);
        assert_eq!(desk.progress(), Some(("painting".into(), 2, 3)));
        assert!(matches!(desk.poll(), Some(LiveEvent::Progress { done: 2, total: 3, .. })));
        assert!(desk.poll().is_none());
        watch.advance(1);
        assert!(matches!(desk.poll(), Some(LiveEvent::Progress { done: 3, total: 3, .. })));
    }

    #[test]
    fn a_closed_desk_lets_its_thread_go() {
        let (desk, begins, end) = desk();
        assert!(desk.put(Wish(1), |_, _| false));
        assert_eq!(begins.recv(), Ok(1));
        assert!(desk.put(Wish(2), |_, _| false));
        desk.close();
        end.send(|| Ok(())).unwrap();
        // The thread's end of the channel goes with the thread.
        assert!(begins.recv().is_err(), "nothing is begun any more");
    }
}

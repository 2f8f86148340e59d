//! Painting while someone poses: a thread that always works on the newest wish.
//!
//! ```text
//! LiveRequest ──▶ Mailbox (room for one: the latest wins) ──▶ Easel: draft, steps, full size ──▶ LiveEvent
//! ```
//!
//! While something is dragged only drafts are painted, and a draft that was begun is finished: else fast hands would
//! see nothing. Everything else gives way to newer wishes between blocks and rows. What costs time is kept on the
//! [`Easel`].

mod board;
mod passes;

use super::{Easel, Finding, Motif, PaintError};
use crate::mailbox::{Mailbox, Reader, mailbox};
use crate::picture::Picture;
use crate::sheet::View;
use crate::udp::Udp;
use board::{Board, Doing, Tell as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What to paint.
#[derive(Clone)]
pub struct LiveRequest {
    /// Comes back with what was made of it.
    pub id: u64,
    /// What it is to be of.
    pub motif: Motif,
    /// Something moves: a draft will do.
    pub dragging: bool,
    /// Tell which drawing contributed where.
    pub contributions: bool,
}

/// News from the painter.
#[derive(Clone, Debug)]
pub enum LiveEvent {
    /// A picture.
    Picture(LivePicture),
    /// There is no picture, and why; what was painted before is as good as it was.
    Failed {
        /// The request's.
        id: u64,
        /// What was wrong and what to do.
        sentence: String,
    },
    /// How far it is.
    Progress {
        /// In plain words.
        what: String,
        /// Steps done.
        done: u64,
        /// Steps in all; 0: not known.
        total: u64,
    },
    /// The figure's UDP in the pose, before anything is painted from it.
    Udp {
        /// A draft's: smaller than the picture that follows.
        draft: bool,
        /// What it shows.
        udp: Arc<Udp>,
    },
    /// The UDP of a drawing that had none was found out.
    Detected {
        /// The drawing.
        view: Arc<View>,
        /// What it shows.
        found: Finding,
    },
    /// How a drawing would be understood if it showed the other side that it may show.
    Otherwise {
        /// The drawing.
        view: Arc<View>,
        /// The pose painted from it alone then, small.
        picture: Picture,
    },
}

/// A painted picture.
#[derive(Clone, Debug)]
pub struct LivePicture {
    /// The request's.
    pub id: u64,
    /// What it is of.
    pub motif: Motif,
    /// Straight alpha; a draft may be smaller than it was asked for.
    pub picture: Arc<Picture>,
    /// What it was painted from, of the same size.
    pub udp: Arc<Udp>,
    /// Which drawing contributed where, if asked for.
    pub contributions: Option<Arc<Contributions>>,
    /// A rough one; the full one follows when nothing moves.
    pub draft: bool,
    /// How long it took.
    pub took: Duration,
    /// By what: `landmark transfer`, `CoNR at 256 px on the processor, 8 threads`.
    pub by: String,
    /// What the user should know, such as drawings that were left out.
    pub notes: Vec<String>,
}

/// Which drawing contributed where.
#[derive(Clone, Debug)]
pub struct Contributions {
    /// One colour a drawing, of the painted picture's size.
    pub picture: Picture,
    /// Drawing names and their colours.
    pub legend: Vec<(String, [u8; 3])>,
}

impl LiveRequest {
    /// The same picture is wanted, whether or not something moves.
    fn same_picture(&self, other: &Self) -> bool {
        self.contributions == other.contributions && self.motif.same(&other.motif)
    }
}

/// The thread that paints; its news come as the reader's own `N`. Dropping it stops the thread, as soon as what it does
/// can be stopped.
pub struct LivePainter<N = LiveEvent> {
    requests: Mailbox<LiveRequest>,
    board: Arc<Board<N>>,
}

/// What the thread keeps from one request to the next.
#[derive(Default)]
struct Kept {
    easel: Easel,
    /// A draft of this is on the screen already.
    drafted: Option<LiveRequest>,
    /// What drawings were taken to show of which it was shown how they may be understood otherwise.
    otherwise: Vec<Weak<Udp>>,
}

impl LivePainter {
    /// Starts the thread; `notify` is called, on that thread, whenever [`LivePainter::poll`] has something new.
    pub fn new(notify: impl Fn() + Send + Sync + 'static) -> Self {
        Self::preparing(Some, notify)
    }
}

impl<N: Send + 'static> LivePainter<N> {
    /// As [`LivePainter::new`]; news are turned on the thread into what the reader needs, if it needs them.
    pub fn preparing(
        prepare: impl Fn(LiveEvent) -> Option<N> + Send + Sync + 'static,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let board = Arc::new(Board::new(prepare, notify));
        let (requests, reader) = mailbox();
        let thread = std::thread::Builder::new().name("painter".into());
        let news = board.clone();
        if let Err(error) = thread.spawn(move || work(&reader, &news)) {
            tracing::error!("nothing can be painted: the system has no thread left ({error})");
        }
        Self { requests, board }
    }

    /// Asks for a picture; one that waits is not wanted any more. To ask again for the same does nothing: `false`.
    pub fn request(&self, request: LiveRequest) -> bool {
        self.requests.put(request, |last, new| last.same_picture(new) && last.dragging == new.dragging)
    }

    /// Does the last request over, such as after a failure.
    pub fn again(&self) {
        self.requests.again();
    }

    /// Stops what is being painted; what is there stays.
    pub fn cancel(&self) {
        self.requests.cancel();
    }

    /// The next piece of news.
    pub fn poll(&self) -> Option<N> {
        self.board.poll()
    }

    /// Something is being painted, or waits.
    pub fn busy(&self) -> bool {
        self.requests.busy()
    }

    /// What is being done: words, steps done, steps in all (0: not known).
    pub fn progress(&self) -> Option<Doing> {
        self.board.doing()
    }
}

/// Works on one request after the other. What panics fails alone.
fn work<N: Send>(requests: &Reader<LiveRequest>, board: &Board<N>) {
    let mut kept = None;
    while let Some(request) = requests.wait() {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            // Taken out while it is used: should painting panic, what is half made goes with it.
            let mut taken: Kept = kept.take().unwrap_or_default();
            let painted = passes::paint(&mut taken, &request, requests, board);
            kept = Some(taken);
            painted
        }));
        let sentence = match outcome {
            Ok(Ok(()) | Err(PaintError::Stopped)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => {
                Some("painting stopped at an error in Settei itself; another pose or renderer may still work".into())
            }
        };
        if let Some(sentence) = sentence {
            board.send(LiveEvent::Failed { id: request.id, sentence });
        }
        requests.done();
        board.rest();
    }
}

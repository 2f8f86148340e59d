//! Painting while someone poses: a thread that always works on the newest wish.
//!
//! ```text
//! LiveRequest ──▶ Desk (room for one: the latest wins) ──▶ Easel: draft, steps, full size ──▶ LiveEvent
//! ```
//!
//! While something is dragged only drafts are painted, and a draft that was begun is finished: else fast hands would
//! see nothing. Everything else gives way to newer wishes between blocks and rows. What costs time is kept: loaded
//! weights, encoded sheets, sheets prepared for landmark transfer, detected UDPs.

mod desk;
mod easel;
mod passes;

use crate::conr::DeviceChoice;
use crate::conr::cpu::Storage;
use crate::engine::Subject;
use crate::picture::Picture;
use crate::pose::{Camera, Pose};
use crate::sheet::View;
use crate::udp::Udp;
use desk::Desk;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The drawings to paint from; their order means nothing.
pub type Views = Arc<[Arc<View>]>;

/// Who paints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveEngine {
    /// Landmark transfer.
    Landmark,
    /// The neural renderer.
    Conr,
}

/// What to paint.
#[derive(Clone)]
pub struct LiveRequest {
    /// Comes back with what was made of it.
    pub id: u64,
    /// The figure.
    pub subject: Arc<Subject>,
    /// Its pose.
    pub pose: Arc<Pose>,
    /// From where it is seen, for the aspect of `size_px`.
    pub camera: Camera,
    /// Size of the picture.
    pub size_px: [u32; 2],
    /// The drawings.
    pub views: Views,
    /// Who paints.
    pub engine: LiveEngine,
    /// CoNR's weights; landmark transfer has missing UDPs detected with them.
    pub weights: Option<PathBuf>,
    /// CoNR's working size, a multiple of 128.
    pub working_px: u32,
    /// Where CoNR computes.
    pub device: DeviceChoice,
    /// What its weights take in memory.
    pub storage: Storage,
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
        /// Of its size.
        udp: Arc<Udp>,
    },
}

/// A painted picture.
#[derive(Clone, Debug)]
pub struct LivePicture {
    /// The request's.
    pub id: u64,
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
        Arc::ptr_eq(&self.subject, &other.subject)
            && (Arc::ptr_eq(&self.pose, &other.pose) || self.pose == other.pose)
            && (self.camera, self.size_px, self.contributions) == (other.camera, other.size_px, other.contributions)
            && self.same_means(other)
    }

    /// The same drawings, weights and engine: what was prepared for one serves the other.
    fn same_means(&self, other: &Self) -> bool {
        let of = |r: &Self| (r.engine, r.weights.clone(), r.working_px, r.device, r.storage);
        same_views(&self.views, &other.views) && of(self) == of(other)
    }
}

/// Are these the same drawings, as they were read?
fn same_views(a: &Views, b: &Views) -> bool {
    Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| Arc::ptr_eq(a, b)))
}

/// The thread that paints. Dropping it stops the thread, as soon as what it does can be stopped.
pub struct LivePainter {
    desk: Arc<Desk<LiveRequest>>,
}

impl LivePainter {
    /// Starts the thread; `notify` is called, on that thread, whenever [`LivePainter::poll`] has something new.
    pub fn new(notify: impl Fn() + Send + Sync + 'static) -> Self {
        let desk = Desk::new(notify);
        let mut kept = None;
        let started = desk::start(&desk, "painter", move |request: &LiveRequest, desk| {
            // Taken out while it is used: should painting panic, what is half made goes with it.
            let mut easel = kept.take().unwrap_or_default();
            let painted = passes::paint(&mut easel, request, desk);
            kept = Some(easel);
            painted
        });
        if let Err(error) = started {
            tracing::error!("nothing can be painted: the system has no thread left ({error})");
        }
        Self { desk }
    }

    /// Asks for a picture; one that waits is not wanted any more. To ask again for the same does nothing: `false`.
    pub fn request(&self, request: LiveRequest) -> bool {
        self.desk.put(request, |last, new| last.same_picture(new) && last.dragging == new.dragging)
    }

    /// Does the last request over, such as after a failure.
    pub fn again(&self) {
        self.desk.again();
    }

    /// Stops what is being painted; what is there stays.
    pub fn cancel(&self) {
        self.desk.cancel();
    }

    /// The next piece of news.
    pub fn poll(&self) -> Option<LiveEvent> {
        self.desk.poll()
    }

    /// Something is being painted, or waits.
    pub fn busy(&self) -> bool {
        self.desk.busy()
    }

    /// What is being done: words, steps done, steps in all (0: not known).
    pub fn progress(&self) -> Option<(String, u64, u64)> {
        self.desk.progress()
    }
}

impl Drop for LivePainter {
    fn drop(&mut self) {
        self.desk.close();
    }
}

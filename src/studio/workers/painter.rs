//! Paints the character; what the window needs of a picture is made on the painter's thread, too.

use crate::engine::live::{LiveEvent, LivePainter, LivePicture, LiveRequest};
use crate::sheet::View;
use crate::studio::content::{Painted, SeenUdp};
use crate::studio::images::image;
use crate::udp::Udp;
use glam::Vec3;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Most points of a UDP that are drawn as a cloud: so many cost a frame less than a millisecond or two.
pub const CLOUD: usize = 16_000;

/// The thread that paints.
pub struct Painter {
    live: Arc<LivePainter>,
    news: Mutex<Receiver<News>>,
}

/// What it has to say.
pub enum News {
    /// The figure's UDP.
    Udp(SeenUdp),
    /// A picture, and the number of the request that it is for.
    Painted(u64, Painted),
    /// Why there is no picture for the request of this number.
    Failed(u64, String),
    /// The UDP of a drawing was found out.
    Detected(Arc<View>, Arc<Udp>),
}

impl Painter {
    /// Starts the thread; `wake` is called when there is news.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, news) = channel();
        let (sender, itself) = (Mutex::new((sender, 0)), Arc::new(OnceLock::<Weak<LivePainter>>::new()));
        let known = itself.clone();
        let notify = move || {
            let Some(live) = known.get().and_then(Weak::upgrade) else { return };
            let mut sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
            while let Some(event) = live.poll() {
                sender.1 += 1;
                if let Some(news) = prepared(event, sender.1) {
                    let _ = sender.0.send(news);
                }
            }
            wake();
        };
        let live = Arc::new(LivePainter::new(notify));
        // Set before the first request, so that nothing is missed.
        let _ = itself.set(Arc::downgrade(&live));
        Self { live, news: Mutex::new(news) }
    }

    /// The next piece of news.
    pub fn poll(&self) -> Option<News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }

    /// See [`LivePainter::request`].
    pub fn request(&self, request: LiveRequest) -> bool {
        self.live.request(request)
    }

    /// See [`LivePainter::again`].
    pub fn again(&self) {
        self.live.again();
    }

    /// See [`LivePainter::cancel`].
    pub fn cancel(&self) {
        self.live.cancel();
    }

    /// See [`LivePainter::busy`].
    pub fn busy(&self) -> bool {
        self.live.busy()
    }

    /// See [`LivePainter::progress`].
    pub fn progress(&self) -> Option<(String, u64, u64)> {
        self.live.progress()
    }
}

/// News as the window takes it.
fn prepared(event: LiveEvent, revision: u64) -> Option<News> {
    Some(match event {
        LiveEvent::Progress { .. } => return None,
        LiveEvent::Udp { draft, udp } => News::Udp(SeenUdp {
            image: Arc::new(image(&udp.colours())),
            points: udp.surface_points(),
            cloud: cloud(&udp),
            udp,
            draft,
            revision,
        }),
        LiveEvent::Picture(LivePicture { id, picture, udp, contributions, draft, took, by, notes }) => {
            let sources = contributions.as_ref().map(|contributions| Arc::new(image(&contributions.picture)));
            let image = Arc::new(image(&picture));
            News::Painted(id, Painted { picture, image, udp, contributions, sources, draft, took, by, notes, revision })
        }
        LiveEvent::Failed { id, sentence } => News::Failed(id, sentence),
        LiveEvent::Detected { view, udp } => News::Detected(view, udp),
    })
}

/// The points of a UDP, evenly thinned out.
fn cloud(udp: &Udp) -> Arc<[Vec3]> {
    let seen = || udp.pixels.iter().filter(|p| p[3] > 0.5 && p.iter().all(|v| v.is_finite()));
    let every = seen().count().div_ceil(CLOUD).max(1);
    seen().step_by(every).map(|p| Vec3::new(p[0], p[1], p[2])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_clouds_are_thinned_and_nonsense_is_left_out() {
        let mut udp = Udp::new(300, 300);
        udp.pixels.fill([0.2, 0.4, 0.6, 1.0]);
        udp.pixels[0] = [f32::NAN, 0.0, 0.0, 1.0];
        let points = cloud(&udp);
        assert!((CLOUD / 2..=CLOUD).contains(&points.len()), "{}", points.len());
        assert!(points.iter().all(|p| p.is_finite()));
        assert!(cloud(&Udp::new(3, 3)).is_empty());
    }
}

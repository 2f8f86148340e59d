//! Paints the character; what the window needs of a picture is made on the painter's thread, too.

use crate::engine::Finding;
use crate::engine::live::{LiveEvent, LivePainter, LivePicture};
use crate::sheet::View;
use crate::studio::content::{Painted, SeenUdp, WindowImage};
use crate::studio::images::image;
use crate::udp::Udp;
use glam::Vec3;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most points of a UDP that are drawn as a cloud: so many cost a frame less than a millisecond or two.
pub const CLOUD: usize = 16_000;

/// What the painter has to say.
pub enum News {
    /// The figure's UDP.
    Udp(SeenUdp),
    /// A picture, and the number of the request that it is for.
    Painted(u64, Painted),
    /// Why there is no picture for the request of this number.
    Failed(u64, String),
    /// The UDP of a drawing was found out.
    Detected(Arc<View>, Finding),
    /// What a drawing would be if it showed the other side that it may show.
    Otherwise(Arc<View>, WindowImage),
}

/// Starts the thread that paints; `wake` is called when there is news.
pub(super) fn start(wake: impl Fn() + Send + Sync + 'static) -> LivePainter<News> {
    let revisions = AtomicU64::new(0);
    LivePainter::preparing(move |event| prepared(event, &revisions), wake)
}

/// News as the window takes it.
fn prepared(event: LiveEvent, revisions: &AtomicU64) -> Option<News> {
    let revision = revisions.fetch_add(1, Ordering::Relaxed) + 1;
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
        LiveEvent::Picture(LivePicture { id, motif, picture, udp, contributions, draft, took, by, notes }) => {
            let sources = contributions.as_ref().map(|contributions| Arc::new(image(&contributions.picture)));
            let image = Arc::new(image(&picture));
            News::Painted(
                id,
                Painted { motif, picture, image, udp, contributions, sources, draft, took, by, notes, revision },
            )
        }
        LiveEvent::Failed { id, sentence } => News::Failed(id, sentence),
        LiveEvent::Otherwise { view, picture } => {
            News::Otherwise(view, WindowImage { image: Arc::new(image(&picture)), revision })
        }
        LiveEvent::Detected { view, found } => News::Detected(view, found),
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

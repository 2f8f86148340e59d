//! How near a picture or an Ultra-Dense Pose is to the true one. No measure needs a network.
//!
//! Pictures are measured as a viewer sees them on white paper, in the box of the true figure ([`Pair`]), colours in [0,
//! 1]; the first of two is judged, the second is the truth.

mod alpha;
mod chamfer;
mod clothes;
mod flip;
mod gmsd;
mod heat;
mod l1;
mod light;
mod pair;
mod pictures;
mod plane;
mod psnr;
pub mod sets;
mod ssim;
mod summary;
#[cfg(test)]
mod testing;
mod udps;

pub use alpha::{alpha_iou, alpha_l1};
pub use chamfer::line_chamfer;
pub use clothes::{ColourHistogram, sharpness};
pub use flip::FlipMap;
pub use gmsd::gmsd;
pub use l1::l1;
pub use pair::Pair;
pub use pictures::PictureMeasures;
pub use psnr::{edge_psnr, psnr};
pub use ssim::{MultiScale, ms_ssim, ssim};
pub use summary::{Summary, Values};
pub use udps::{LandmarkMeasures, UdpMeasures};

/// Why two pictures or UDPs can't be measured: words that follow their names, with what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// Pixels have no partners.
    #[error(
        "the first is {}×{} pixels and the second {}×{}; give both in one size, unscaled",
        drawn_px[0], drawn_px[1], truth_px[0], truth_px[1]
    )]
    Sizes {
        /// Width and height of the one measured.
        drawn_px: [u32; 2],
        /// And of the true one.
        truth_px: [u32; 2],
    },
    /// Empty files, so to say.
    #[error("they have no pixels; export them again")]
    NoPixels,
    /// The truth is fully transparent.
    #[error("the second, which is taken for the truth, shows nothing; give one that shows the figure")]
    NothingShown,
    /// A region that isn't one of the pictures'.
    #[error("the region to measure is empty or not within them; give one that is")]
    Region,
}

impl MeasureError {
    /// Both are of one size and not empty.
    fn check(drawn_px: [u32; 2], truth_px: [u32; 2]) -> Result<(), Self> {
        if drawn_px != truth_px {
            return Err(Self::Sizes { drawn_px, truth_px });
        }
        if truth_px.contains(&0) { Err(Self::NoPixels) } else { Ok(()) }
    }
}

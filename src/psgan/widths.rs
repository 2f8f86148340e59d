//! How many channels the networks have at each scale.

use serde::{Deserialize, Serialize};

/// Side of the smallest scale, pixels.
pub const SMALLEST_PX: usize = 4;
/// Side of the largest scale, pixels.
pub const LARGEST_PX: usize = 1024;
/// Scales from the smallest to the largest.
pub(super) const SCALES: usize = 9;
/// More channels have no scale.
const MOST: usize = 1024;

/// Channels of both networks at 4², 8² … 1024².
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Widths([usize; SCALES]);

/// Which networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    /// Channels at each scale.
    pub widths: Widths,
    /// They see pose maps: PSGAN. Without them they are those of an unconditional Progressive GAN, with which the paper
    /// compares (PSGAN, section 3.4).
    pub posed: bool,
}

impl From<&Widths> for Design {
    /// PSGAN's.
    fn from(widths: &Widths) -> Self {
        Self { widths: *widths, posed: true }
    }
}

impl Widths {
    /// Those of the paper (Karras et al. 2018, table 2): 46 million numbers in two networks.
    pub const PAPER: Self = Self([512, 512, 512, 512, 256, 128, 64, 32, 16]);

    /// For weights that two processor cores can learn to 128² within two days: about a fifteenth of the paper's
    /// multiplications, and 4 MB as a file of 16-bit numbers.
    pub const SMALL: Self = Self([128, 128, 96, 64, 32, 16, 8, 8, 8]);

    /// Others; none where a scale has no channels or too many.
    pub fn new(channels: [usize; SCALES]) -> Option<Self> {
        channels.iter().all(|count| (1..=MOST).contains(count)).then_some(Self(channels))
    }

    /// Whether every scale has channels, and not too many.
    pub fn are_sound(&self) -> bool {
        Self::new(self.0).is_some()
    }

    /// Channels of the scale of this side.
    ///
    /// # Panics
    /// When it is no scale.
    pub fn at(&self, size_px: usize) -> usize {
        assert!(is_scale(size_px), "{size_px} is no scale");
        self.0[(size_px / SMALLEST_PX).ilog2() as usize]
    }
}

/// Whether pictures of this side are one of the scales.
pub fn is_scale(size_px: usize) -> bool {
    size_px.is_power_of_two() && (SMALLEST_PX..=LARGEST_PX).contains(&size_px)
}

/// The sides of the scales up to `size_px`, the smallest first.
pub fn scales(size_px: usize) -> impl DoubleEndedIterator<Item = usize> {
    (0..SCALES).map(|doublings| SMALLEST_PX << doublings).filter(move |scale| *scale <= size_px)
}

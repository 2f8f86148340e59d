//! Where a drawing shows what a pose wants: correspondence by landmarks alone, without learning.
//!
//! ```text
//! drawing's UDP (+ spread) ── Source::new ──┐
//! pose's UDP ── Target::new ────────────────┴─ Source::find ──▶ Found: for every pixel of the pose a place in the drawing
//! ```
//!
//! A coarse grid of the pose (a quarter of its size up to 256 pixels, 64 samples a side beyond) looks at all samples of
//! the drawing and takes the mean of those near in landmark space (`index`). From level to level the shift between both
//! pictures is handed on to the pixels whose landmarks are alike (`target`: joint-bilateral upsampling, Kopf et al.
//! 2007), so that no shift crosses from an arm to the body behind it, and mended by a search one pixel around (`search`).
//!
//! For drawing with it (256² and four drawings: a few milliseconds):
//!
//! ```
//! use settei::correspondence::{Source, Target};
//! use settei::udp::Udp;
//!
//! # let (drawing_udp, pose_udp) = (Udp::new(64, 64), Udp::new(64, 64));
//! let source = Source::new(&drawing_udp, None); // once a drawing; a detector's spread per pixel instead of `None`
//! let target = Target::new(&pose_udp); // once a pose, for all drawings
//! let found = source.find(&target);
//! for (i, place) in found.places().iter().enumerate() {
//!     // `place`: from the drawing's left and upper edge, in its sides; `sure[i]`: 0 where it shows no such point.
//! #   let _ = (i, place);
//! }
//! let sure = source.confidence(&target, &found);
//! # assert_eq!(sure.len(), 64 * 64);
//! ```

mod index;
mod search;
mod target;

pub use search::{Found, Source};
pub use target::Target;

/// Distance in landmark space at which a place is no longer the one that was wanted: a confidence of 1/e.
pub const NEAR: f32 = 0.05;

/// How far a place whose landmark is thought to be off by `spread` is believed, 0 to 1: a half at [`NEAR`].
pub fn trust(spread: f32) -> f32 {
    let squared = (spread / NEAR).powi(2);
    if squared.is_finite() { 1.0 / (1.0 + squared) } else { 0.0 }
}

/// A shift between two pictures, in sides of each.
type Shift = [f32; 2];

/// e^−t to a few hundredths for t from 0 on, and nought beyond 16: many are wanted.
#[inline]
fn falling(t: f32) -> f32 {
    let mut v = (1.0 - t * (1.0 / 16.0)).max(0.0);
    for _ in 0..4 {
        v *= v;
    }
    v
}

#[inline]
fn distance2(a: [f32; 3], b: [f32; 3]) -> f32 {
    (0..3).map(|i| (a[i] - b[i]) * (a[i] - b[i])).sum()
}

#[cfg(test)]
mod tests;

//! Two pictures, and the part of them that is measured.

use super::MeasureError;
use super::plane::Plane;
use crate::picture::{Picture, Region};
use rayon::prelude::*;

/// What somebody drew and what is true, both as a viewer sees them on white paper, in the same region. Neither is empty
/// and both have one size.
#[derive(Clone, Debug)]
pub struct Pair {
    pub(super) drawn: Seen,
    pub(super) truth: Seen,
    region: Region,
}

/// A part of a picture, row-major.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) width: usize,
    pub(super) height: usize,
    /// On white paper, in [0, 1].
    pub(super) colours: Vec<[f64; 3]>,
    pub(super) alpha: Vec<f64>,
}

impl Pair {
    /// In the smallest box that holds the true figure: whatever is not fully transparent.
    ///
    /// # Errors
    /// Pictures of different sizes or without pixels; nothing in the true one.
    pub fn in_figure_box(drawn: &Picture, truth: &Picture) -> Result<Self, MeasureError> {
        MeasureError::check(size(drawn), size(truth))?;
        Self::within(drawn, truth, Region::of_content(truth).ok_or(MeasureError::NothingShown)?)
    }

    /// In the whole of both.
    ///
    /// # Errors
    /// Pictures of different sizes or without pixels.
    pub fn whole(drawn: &Picture, truth: &Picture) -> Result<Self, MeasureError> {
        let [width_px, height_px] = size(truth);
        Self::within(drawn, truth, Region { left_px: 0, top_px: 0, width_px, height_px })
    }

    /// In a region of both.
    ///
    /// # Errors
    /// Pictures of different sizes or without pixels; a region without pixels, or not within them.
    pub fn within(drawn: &Picture, truth: &Picture, region: Region) -> Result<Self, MeasureError> {
        MeasureError::check(size(drawn), size(truth))?;
        let ends =
            |start: u32, length: u32, all: u32| length > 0 && start.checked_add(length).is_some_and(|e| e <= all);
        let [width_px, height_px] = size(truth);
        if !ends(region.left_px, region.width_px, width_px) || !ends(region.top_px, region.height_px, height_px) {
            return Err(MeasureError::Region);
        }
        Ok(Self { drawn: Seen::of(drawn, region), truth: Seen::of(truth, region), region })
    }

    /// What of the pictures is measured.
    pub fn region(&self) -> Region {
        self.region
    }
}

fn size(picture: &Picture) -> [u32; 2] {
    [picture.width_px, picture.height_px]
}

impl Seen {
    fn of(picture: &Picture, region: Region) -> Self {
        let (width, height) = (region.width_px as usize, region.height_px as usize);
        let (mut colours, mut alpha) = (Vec::with_capacity(width * height), Vec::with_capacity(width * height));
        for y in region.top_px..region.top_px + region.height_px {
            for x in region.left_px..region.left_px + region.width_px {
                let [r, g, b, a] = picture.at(x, y).map(|v| f64::from(v) / 255.0);
                colours.push([r, g, b].map(|v| v * a + 1.0 - a));
                alpha.push(a);
            }
        }
        Self { width, height, colours, alpha }
    }

    /// Brightness as television has it (Rec. 601), of colours as they are stored.
    pub(super) fn luma(&self) -> Plane {
        self.plane(|[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b)
    }

    /// A number of each colour.
    pub(super) fn plane(&self, of: impl Fn([f64; 3]) -> f64 + Sync) -> Plane {
        Plane { width: self.width, height: self.height, values: self.colours.par_iter().map(|c| of(*c)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_laid_on_each_other_is_a_pair() {
        let (small, large) = (Picture::new(4, 3), Picture::new(4, 4));
        let sizes = Pair::whole(&small, &large).unwrap_err();
        assert_eq!(sizes, MeasureError::Sizes { drawn_px: [4, 3], truth_px: [4, 4] });
        assert_eq!(Pair::whole(&Picture::new(0, 3), &Picture::new(0, 3)).unwrap_err(), MeasureError::NoPixels);
        assert_eq!(Pair::in_figure_box(&small, &small).unwrap_err(), MeasureError::NothingShown);
        let region = |left_px, width_px| Region { left_px, top_px: 0, width_px, height_px: 1 };
        for wrong in [region(2, 3), region(0, 0), region(u32::MAX, 2)] {
            assert_eq!(Pair::within(&small, &small, wrong).unwrap_err(), MeasureError::Region);
        }
        assert!(Pair::within(&small, &small, region(2, 2)).is_ok());
    }

    #[test]
    fn the_box_is_that_of_the_true_figure() {
        let (mut drawn, mut truth) = (Picture::new(9, 7), Picture::new(9, 7));
        *truth.at_mut(3, 2) = [10, 20, 30, 255];
        *truth.at_mut(5, 5) = [0, 0, 0, 1];
        *drawn.at_mut(0, 0) = [255; 4];
        *drawn.at_mut(3, 2) = [0, 0, 255, 51];
        let pair = Pair::in_figure_box(&drawn, &truth).unwrap();
        assert_eq!(pair.region(), Region { left_px: 3, top_px: 2, width_px: 3, height_px: 4 });
        // A fifth of blue on white paper.
        let [r, g, b] = pair.drawn.colours[0];
        assert!((r - 0.8).abs() + (g - 0.8).abs() + (b - 1.0).abs() < 1e-12);
        assert_eq!((pair.drawn.alpha[0], pair.truth.alpha[0], pair.truth.alpha[1]), (0.2, 1.0, 0.0));
    }
}

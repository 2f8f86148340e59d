//! A part of a picture.

use super::Picture;

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub left_px: u32,
    /// First row.
    pub top_px: u32,
    /// Columns.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
}

impl Region {
    /// The smallest one that holds all of a picture that isn't fully transparent; `None` where nothing is.
    pub fn of_content(picture: &Picture) -> Option<Self> {
        let (mut low, mut high) = ([u32::MAX; 2], [0; 2]);
        for (y, row) in (0..).zip(picture.pixels.chunks_exact(picture.width_px.max(1) as usize)) {
            for (x, pixel) in (0..).zip(row) {
                if pixel[3] > 0 {
                    low = [low[0].min(x), low[1].min(y)];
                    high = [high[0].max(x + 1), high[1].max(y + 1)];
                }
            }
        }
        (low[0] < high[0]).then(|| Self {
            left_px: low[0],
            top_px: low[1],
            width_px: high[0] - low[0],
            height_px: high[1] - low[1],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_what_is_not_transparent() {
        let mut picture = Picture::new(20, 10);
        assert_eq!(Region::of_content(&picture), None);
        *picture.at_mut(4, 7) = [0, 0, 0, 1];
        *picture.at_mut(11, 3) = [0, 0, 0, 255];
        let expected = Region { left_px: 4, top_px: 3, width_px: 8, height_px: 5 };
        assert_eq!(Region::of_content(&picture), Some(expected));
    }
}

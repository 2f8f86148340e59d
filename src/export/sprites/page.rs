//! One page of a sprite sheet, filled shelf by shelf.

use crate::export::Clip;
use crate::picture::Picture;

/// Free pixels between trimmed frames, so that filters reach no neighbour.
const PADDING_PX: u32 = 2;
/// Every trimmed frame's border is there once more around it, for the same reason.
const EXTRUDED_PX: u32 = 1;

/// How frames lie on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::export) enum Arrangement {
    /// Whole frames in equal cells, without anything between them: engines count in cells.
    Grid,
    /// What is visible of each frame, with room around it.
    Packed,
}

impl Arrangement {
    /// What a frame takes beyond its own width and height.
    pub(super) const fn around_px(self) -> u32 {
        match self {
            Self::Grid => 0,
            Self::Packed => PADDING_PX + 2 * EXTRUDED_PX,
        }
    }
}

/// Columns of a page of equal cells: about as wide as high; each direction begins a row, if its frames fit one.
pub(super) fn columns(clip: &Clip) -> u32 {
    let most = (super::LARGEST_PX / clip.width_px).max(1);
    if clip.directions > 1 {
        return clip.per_direction().try_into().unwrap_or(most).min(most);
    }
    let square = (clip.frames as f64 * f64::from(clip.height_px) / f64::from(clip.width_px)).sqrt().ceil() as u32;
    square.clamp(1, most).min(clip.frames.try_into().unwrap_or(most))
}

/// A page that is being filled. It has as many rows as are used.
pub(super) struct Page {
    width_px: usize,
    most_rows: usize,
    pixels: Vec<[u8; 4]>,
    /// Where the next frame goes: column and first row of the shelf, and the shelf's height.
    next: [usize; 2],
    shelf: usize,
}

impl Page {
    pub(super) fn new(width_px: u32, most_rows: u32) -> Self {
        Self { width_px: width_px as usize, most_rows: most_rows as usize, pixels: Vec::new(), next: [0; 2], shelf: 0 }
    }

    /// Puts a frame on it and answers where it is; `None`: the page is full.
    pub(super) fn put(&mut self, picture: &Picture, arrangement: Arrangement) -> Option<[u32; 2]> {
        let around = arrangement.around_px();
        let extruded = if arrangement == Arrangement::Packed { EXTRUDED_PX as usize } else { 0 };
        let [width, height] = [picture.width_px + around, picture.height_px + around].map(|px| px as usize);
        if self.next[0] + width > self.width_px {
            self.next = [0, self.next[1] + self.shelf];
            self.shelf = 0;
        }
        let bottom = self.next[1] + height;
        if bottom > self.most_rows || width > self.width_px {
            return None;
        }
        if self.pixels.len() < bottom * self.width_px {
            self.pixels.resize(bottom * self.width_px, [0; 4]);
        }
        let [left, top] = self.next;
        let (columns, rows) = (picture.width_px as usize, picture.height_px as usize);
        for y in 0..rows + 2 * extruded {
            let from = y.saturating_sub(extruded).min(rows - 1) * columns;
            let to = (top + y) * self.width_px + left;
            for x in 0..columns + 2 * extruded {
                self.pixels[to + x] = picture.pixels[from + x.saturating_sub(extruded).min(columns - 1)];
            }
        }
        self.next[0] += width;
        self.shelf = self.shelf.max(height);
        Some([left + extruded, top + extruded].map(|px| px as u32))
    }

    /// What was put there; a packed page's height is a power of two.
    pub(super) fn picture(mut self, arrangement: Arrangement) -> Picture {
        let mut rows = (self.pixels.len() / self.width_px).max(1);
        if arrangement == Arrangement::Packed {
            rows = rows.next_power_of_two().min(self.most_rows);
        }
        self.pixels.resize(rows * self.width_px, [0; 4]);
        Picture { width_px: self.width_px as u32, height_px: rows as u32, pixels: self.pixels }
    }
}

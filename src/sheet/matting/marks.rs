//! [`Marks`]: strokes that say what is background and what is the character.

use crate::picture::Picture;

/// What the user says of a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// It is background.
    Background,
    /// It is the character.
    Character,
    /// It goes, whatever it is, and says nothing about other pixels.
    Erased,
}

/// A mark for each pixel of a drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Width in pixels; 0 where there are no strokes at all.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
    /// Row by row from the top.
    pub marks: Vec<Mark>,
}

impl Marks {
    /// No strokes yet, for a drawing of this size. [`Marks::default`] fits every drawing.
    pub fn new(width_px: u32, height_px: u32) -> Self {
        Self { width_px, height_px, marks: vec![Mark::None; width_px as usize * height_px as usize] }
    }

    /// Strokes from a picture: red is background, green or blue the character, everything else and what is transparent
    /// nothing. So strokes may be painted on a layer of their own or on a grey copy of the drawing.
    pub fn from_picture(picture: &Picture) -> Self {
        let mark = |&[r, g, b, a]: &[u8; 4]| {
            let clear = |strong: u8, weak: u8| strong >= 128 && weak < strong / 2;
            match a >= 128 {
                true if clear(r, g.max(b)) => Mark::Background,
                true if clear(g, r) || clear(b, r) => Mark::Character,
                _ => Mark::None,
            }
        };
        Self {
            width_px: picture.width_px,
            height_px: picture.height_px,
            marks: picture.pixels.iter().map(mark).collect(),
        }
    }

    /// Whether they belong to a drawing of this size.
    pub fn fits(&self, drawing: &Picture) -> bool {
        self.marks.is_empty()
            || (self.width_px == drawing.width_px
                && self.height_px == drawing.height_px
                && self.marks.len() == drawing.pixels.len())
    }

    /// The mark of the pixel at `index`.
    pub(super) fn at(&self, index: usize) -> Mark {
        self.marks.get(index).copied().unwrap_or_default()
    }

    /// A round stroke from one point to another, in pixels of the drawing; what lies outside is left out.
    pub fn stroke(&mut self, from: [f32; 2], to: [f32; 2], radius_px: f32, mark: Mark) {
        let radius = radius_px.max(0.5);
        let range = |a: f32, b: f32, end: u32| {
            let low = (a.min(b) - radius).floor().max(0.0) as u32;
            low..((a.max(b) + radius).ceil().max(0.0) as u32).min(end)
        };
        let along = [to[0] - from[0], to[1] - from[1]];
        let length_squared = along[0].powi(2) + along[1].powi(2);
        for y in range(from[1], to[1], self.height_px) {
            for x in range(from[0], to[0], self.width_px) {
                let offset = [x as f32 + 0.5 - from[0], y as f32 + 0.5 - from[1]];
                let t = (offset[0] * along[0] + offset[1] * along[1]) / length_squared.max(f32::MIN_POSITIVE);
                let t = t.clamp(0.0, 1.0);
                let away = [offset[0] - t * along[0], offset[1] - t * along[1]];
                if away[0].powi(2) + away[1].powi(2) <= radius * radius {
                    self.marks[y as usize * self.width_px as usize + x as usize] = mark;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_known_by_their_colour() {
        let colours = [
            [255, 0, 0, 255],
            [230, 40, 60, 255],
            [0, 200, 30, 255],
            [0, 0, 255, 255],
            [0, 255, 255, 255],
            [255, 0, 0, 20],
            [255; 4],
            [0, 0, 0, 255],
            [120, 120, 120, 255],
            [250, 220, 200, 255],
        ];
        let picture = Picture { width_px: 10, height_px: 1, pixels: colours.to_vec() };
        use Mark::{Background as B, Character as C, None as N};
        assert_eq!(Marks::from_picture(&picture).marks, [B, B, C, C, C, N, N, N, N, N]);
    }

    #[test]
    fn a_stroke_is_round_and_stays_inside() {
        let mut marks = Marks::new(20, 10);
        marks.stroke([-5.0, 5.0], [10.0, 5.0], 2.0, Mark::Character);
        let marked = |x: usize, y: usize| marks.marks[y * 20 + x] == Mark::Character;
        assert!(marked(0, 4) && marked(10, 5) && !marked(13, 5) && !marked(5, 8) && !marked(5, 1));
        let mut dot = Marks::new(3, 3);
        dot.stroke([1.5, 1.5], [1.5, 1.5], 0.0, Mark::Background);
        assert_eq!(dot.marks.iter().filter(|&&m| m == Mark::Background).count(), 1);
    }
}

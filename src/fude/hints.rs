//! What an artist may say about a drawing, and how drawing and hints become the network's input.

use crate::picture::Picture;
use crate::sheet::DrawingHints;
use crate::sheet::framing::Frame;
use crate::udp::Udp;

/// Channels of the network's input: drawing 4, tag 3, clicks 4, figure 4.
pub const INPUTS: usize = 15;

const TAG: usize = 4;
const CLICKS: usize = 7;
pub(super) const FIGURE: usize = 11;
/// What was said of points.
pub(super) const CLICKED: std::ops::Range<usize> = CLICKS..FIGURE;

/// One pixel of the network's input.
pub type Pixel = [f32; INPUTS];

/// "This pixel is that place of the body."
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// Where on the drawing, from its left and upper edge, in sides of the square that the network sees.
    pub at: [f32; 2],
    /// The place of the body, as UDPs have it.
    pub landmark: [f32; 3],
}

/// What is known of a drawing; all of it may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// From where the body is seen: 0 its front, 90 its left profile, 180 its back, −90 its right profile.
    pub view_deg: Option<f32>,
    /// Points whose places are known.
    pub clicks: Vec<Click>,
    /// A figure laid roughly over the drawing: its UDP, of the square that the network sees, in any size.
    pub figure: Option<Udp>,
}

/// A cut-out drawing, premultiplied, as the network sees it: less grey where it is.
pub fn cut_out(pixel: [u8; 4]) -> [f32; 4] {
    let [r, g, b, a] = pixel.map(|v| f32::from(v) / 255.0);
    [r - 0.5 * a, g - 0.5 * a, b - 0.5 * a, a]
}

/// The premultiplied pixel that the network sees so; one whose alpha is unknown is opaque.
pub fn seen([r, g, b, a]: [f32; 4]) -> [u8; 4] {
    let alpha = if a < 0.0 { 1.0 } else { a };
    [r + 0.5 * alpha, g + 0.5 * alpha, b + 0.5 * alpha, alpha].map(|v| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
}

/// A row of an input as a mirror shows it: its pixels from the other side, the body's left being its right. Answers are of
/// every other pixel from the second on; so that they are of the same ones, the mirror stands a pixel aside.
pub(super) fn mirrored(row: &[Pixel]) -> impl Iterator<Item = Pixel> {
    let aside = row.last().into_iter().chain(row.iter().skip(1).rev());
    aside.map(|pixel| {
        let mut pixel = *pixel;
        // The tag's sine, and the landmarks' x, which lie around nought.
        [TAG + 1, CLICKS, FIGURE].into_iter().for_each(|channel| pixel[channel] = -pixel[channel]);
        pixel
    })
}

/// A drawing whose background is part of it: its alpha is unknown.
pub fn on_background(pixel: [u8; 3]) -> [f32; 4] {
    let [r, g, b] = pixel.map(|v| f32::from(v) / 255.0 - 0.5);
    [r, g, b, -1.0]
}

impl Hints {
    /// What was said about a drawing, in the frame that the network sees of it.
    pub fn of(told: &DrawingHints, drawing: &Picture) -> Self {
        let frame = Frame::around(drawing.width_px, drawing.height_px, |i| drawing.pixels[i][3] > 0);
        let clicks = frame.iter().flat_map(|frame| {
            told.points.iter().map(|point| {
                let share = |at: u32, start: i64| (at as f32 + 0.5 - start as f32) / frame.side_px as f32;
                let [x, y] = point.at_px;
                Click { at: [share(x, frame.left_px), share(y, frame.top_px)], landmark: point.landmark }
            })
        });
        Self { view_deg: told.view_deg, clicks: clicks.collect(), figure: None }
    }

    /// The network's input: `drawing` is `size_px` squared, as [`cut_out`] or [`on_background`] make it.
    ///
    /// # Panics
    /// When the sizes of drawing and `out` differ; when the figure is not square.
    pub fn fill(&self, drawing: impl IntoIterator<Item = [f32; 4]>, size_px: usize, out: &mut [Pixel]) {
        assert_eq!(out.len(), size_px * size_px);
        let mut tag = [0.0; 3];
        if let Some(view) = self.view_deg {
            let (sine, cosine) = quarter(view).to_radians().sin_cos();
            tag = [cosine, sine, 1.0];
        }
        let mut filled = 0;
        for (pixel, drawing) in out.iter_mut().zip(drawing) {
            *pixel = [0.0; INPUTS];
            pixel[..4].copy_from_slice(&drawing);
            pixel[TAG..CLICKS].copy_from_slice(&tag);
            filled += 1;
        }
        assert_eq!(filled, size_px * size_px);
        for click in &self.clicks {
            click.fill(size_px, out);
        }
        if let Some(figure) = &self.figure {
            let side = figure.width_px as usize;
            assert_eq!(figure.pixels.len(), side * side);
            let nearest = |v: usize| (2 * v + 1) * side / (2 * size_px);
            for (i, pixel) in out.iter_mut().enumerate() {
                let [x, y, z, there] = figure.pixels[nearest(i / size_px) * side + nearest(i % size_px)];
                let to = [x - 0.5, y - 0.5, z - 0.5, 1.0].map(|v| v * there);
                pixel[FIGURE..].copy_from_slice(&to);
            }
        }
    }
}

impl Click {
    /// A disc around the point, of two pixels' radius in a drawing of 128.
    fn fill(&self, size_px: usize, out: &mut [Pixel]) {
        let radius = (size_px as f32 / 64.0).max(1.0);
        let centre = self.at.map(|v| v * size_px as f32 - 0.5);
        let range = |at: f32| {
            let clamped = |v: f32| v.clamp(0.0, size_px as f32) as usize;
            clamped((at - radius).ceil())..clamped((at + radius).floor() + 1.0)
        };
        for y in range(centre[1]) {
            for x in range(centre[0]) {
                let away = [x as f32 - centre[0], y as f32 - centre[1]];
                if away[0] * away[0] + away[1] * away[1] <= radius * radius {
                    let [lx, ly, lz] = self.landmark.map(|v| v - 0.5);
                    out[y * size_px + x][CLICKS..FIGURE].copy_from_slice(&[lx, ly, lz, 1.0]);
                }
            }
        }
    }
}

/// The quarter turn nearest to an angle: what artists tell apart at a glance.
pub fn quarter(view_deg: f32) -> f32 {
    (view_deg / 90.0).round() * 90.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_lie_in_their_planes() {
        let size = 64;
        let mut figure = Udp::new(64, 64);
        figure.pixels[5 * 64 + 7] = [0.25, 1.0, 0.5, 1.0];
        let click = Click { at: [0.5, 0.25], landmark: [0.5, 0.9, 0.1] };
        let hints = Hints { view_deg: Some(100.0), clicks: vec![click], figure: Some(figure) };
        let mut out = vec![[f32::NAN; INPUTS]; size * size];
        hints.fill(std::iter::repeat_n(cut_out([255, 0, 0, 255]), size * size), size, &mut out);
        assert!(out.iter().flatten().all(|v| v.is_finite()));
        assert_eq!(out[0][..4], [0.5, -0.5, -0.5, 1.0]);
        assert!(
            out.iter().all(|p| (p[TAG] - 0.0).abs() < 1e-6 && (p[TAG + 1] - 1.0).abs() < 1e-6 && p[TAG + 2] == 1.0)
        );
        let clicked: Vec<usize> = (0..out.len()).filter(|&i| out[i][CLICKS + 3] == 1.0).collect();
        assert!(
            !clicked.is_empty() && clicked.iter().all(|i| (i % 64).abs_diff(32) <= 1 && (i / 64).abs_diff(16) <= 1)
        );
        assert!((out[clicked[0]][CLICKS + 1] - 0.4).abs() < 1e-6);
        assert_eq!(out[5 * 64 + 7][FIGURE..], [-0.25, 0.5, 0.0, 1.0]);
        assert_eq!(out[0][FIGURE..], [0.0; 4]);

        Hints::default().fill(std::iter::repeat_n(on_background([0, 128, 255]), size * size), size, &mut out);
        assert!(out.iter().all(|p| p[3] == -1.0 && p[4..].iter().all(|&v| v == 0.0)));
    }

    #[test]
    fn points_of_a_drawing_are_found_in_its_frame() {
        let mut drawing = Picture::new(100, 60);
        for y in 10..50 {
            for x in 60..80 {
                *drawing.at_mut(x, y) = [1, 2, 3, 255];
            }
        }
        let point = crate::sheet::KnownPoint { at_px: [69, 10], landmark: [0.5, 0.9, 0.5] };
        let told = DrawingHints { view_deg: Some(90.0), points: vec![point], ..DrawingHints::default() };
        let hints = Hints::of(&told, &drawing);
        // The frame is 40 squared and begins at (50, 10).
        let expected = Click { at: [19.5 / 40.0, 0.5 / 40.0], landmark: [0.5, 0.9, 0.5] };
        assert_eq!((hints.view_deg, &hints.clicks[..]), (Some(90.0), &[expected][..]));
        assert!(Hints::of(&told, &Picture::new(8, 8)).clicks.is_empty());
    }

    /// Hints about a drawing, mirrored, are those about the mirrored drawing.
    #[test]
    fn hints_are_seen_in_a_mirror() {
        let size = 64;
        let figure = |right: bool| {
            let mut figure = Udp::new(64, 64);
            let (column, x) = if right { (56, 0.75) } else { (7, 0.25) };
            figure.pixels[5 * 64 + column] = [x, 1.0, 0.5, 1.0];
            figure
        };
        let filled = |view: f32, [at, x]: [f32; 2], right: bool| {
            let click = Click { at: [at, 0.25], landmark: [x, 0.9, 0.1] };
            let hints = Hints { view_deg: Some(view), clicks: vec![click], figure: Some(figure(right)) };
            let mut out = vec![[0.0; INPUTS]; size * size];
            hints.fill(std::iter::repeat_n(cut_out([255, 0, 0, 255]), size * size), size, &mut out);
            out
        };
        let (left, right) = (filled(90.0, [0.25, 0.5], false), filled(-90.0, [0.75, 0.5], true));
        let near = |(a, b): (Pixel, &Pixel)| (0..INPUTS).all(|i| (a[i] - b[i]).abs() < 1e-6);
        for (left, right) in left.chunks(size).zip(right.chunks(size)) {
            assert_eq!(mirrored(left).count(), size);
            // A pixel aside.
            assert!(mirrored(left).skip(1).zip(right).all(near));
        }
    }

    #[test]
    fn a_click_outside_the_drawing_does_no_harm() {
        let mut out = vec![[0.0; INPUTS]; 32 * 32];
        for at in [[-3.0, 0.5], [1.0, 1.0], [f32::NAN, 0.5], [7.0, f32::INFINITY]] {
            let hints = Hints { clicks: vec![Click { at, landmark: [0.5; 3] }], ..Hints::default() };
            hints.fill(std::iter::repeat_n([0.0; 4], 32 * 32), 32, &mut out);
        }
    }

    #[test]
    fn angles_become_quarters() {
        for (angle, nearest) in [(0.0, 0.0), (44.0, 0.0), (46.0, 90.0), (-100.0, -90.0), (170.0, 180.0), (200.0, 180.0)]
        {
            assert_eq!(quarter(angle), nearest);
        }
    }
}

//! Cutting the square around a character out of an image, and pasting a result back where it came from: byte for
//! byte as the program does it that the published weights were made with.
//!
//! What is cut out is premultiplied, because that is what the networks were trained on; everything in this file
//! that is not a [`Picture`] holds premultiplied colours.

use super::resample::{Rule, Scale, resample};
use crate::picture::Picture;
use crate::udp::Udp;
use std::ops::Range;

/// Images whose character covers less than this share of them count as empty.
const LEAST_COVERAGE: f64 = 0.001;

/// Where a square lies in the image it was cut out of; it may stick out on every side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Width of the whole image in pixels.
    pub image_width_px: u32,
    /// Height of the whole image in pixels.
    pub image_height_px: u32,
    /// Column of the square's left edge.
    pub left_px: i64,
    /// Row of the square's top edge.
    pub top_px: i64,
    /// The square's width and height.
    pub side_px: u32,
}

/// A drawing, cut out and resized.
#[derive(Clone, Debug, PartialEq)]
pub struct FramedDrawing {
    /// Where it was; none for an empty drawing, whose pixels are all zero.
    pub frame: Option<Frame>,
    /// `size_px²` **premultiplied** RGBA pixels, row-major from the top.
    pub pixels: Vec<[u8; 4]>,
}

/// A pose, cut out and resized.
#[derive(Clone, Debug, PartialEq)]
pub struct FramedPose {
    /// Where it was; none for an empty pose, whose pixels are all zero.
    pub frame: Option<Frame>,
    /// `size_px²` UDP pixels (landmark and occupancy), row-major from the top.
    pub pixels: Vec<[f32; 4]>,
    /// `size_px²` values of the target mask: the 8-bit occupancy, resized as pictures are.
    pub mask: Vec<u8>,
}

/// The picture's pixels with `trunc(rgb · a / 255)` for colours.
pub fn premultiplied(picture: &Picture) -> Vec<[u8; 4]> {
    let times = |value: u8, alpha: u8| (u16::from(value) * u16::from(alpha) / 255) as u8;
    picture.pixels.iter().map(|&[r, g, b, a]| [times(r, a), times(g, a), times(b, a), a]).collect()
}

/// Cuts the character out of a drawing and resizes it to `size_px` squared.
pub fn frame_drawing(picture: &Picture, size_px: u32) -> FramedDrawing {
    let pixels = premultiplied(picture);
    let frame = Frame::around(picture.width_px, picture.height_px, |i| pixels[i][3] > 0);
    FramedDrawing { frame, pixels: frame.map_or_else(|| empty(size_px), |f| f.cut(&pixels, size_px)) }
}

/// Cuts the figure out of a pose and resizes it to `size_px` squared: the landmarks by the nearest pixel, so that
/// none is ever mixed of two, the mask as a picture.
pub fn frame_pose(udp: &Udp, size_px: u32) -> FramedPose {
    let occupancy: Vec<[u8; 4]> = udp.pixels.iter().map(|p| [0, 0, 0, (p[3] * 255.0) as u8]).collect();
    match Frame::around(udp.width_px, udp.height_px, |i| occupancy[i][3] > 0) {
        None => FramedPose { frame: None, pixels: empty(size_px), mask: empty(size_px) },
        Some(frame) => FramedPose {
            frame: Some(frame),
            pixels: frame.cut_nearest(&udp.pixels, size_px),
            mask: frame.cut(&occupancy, size_px).iter().map(|p| p[3]).collect(),
        },
    }
}

impl Frame {
    /// The square around the pixels that `covered` says are the character's; none if there is no more than one of
    /// them each way, or hardly any in the whole image.
    pub fn around(width_px: u32, height_px: u32, covered: impl Fn(usize) -> bool) -> Option<Self> {
        let (width, height) = (width_px as usize, height_px as usize);
        let (mut left, mut right, mut top, mut bottom, mut count) = (width, 0, height, 0, 0_u64);
        for y in 0..height {
            for x in (0..width).filter(|x| covered(y * width + x)) {
                (left, right) = (left.min(x), right.max(x + 1));
                (top, bottom) = (top.min(y), y + 1);
                count += 1;
            }
        }
        if count == 0 || (right - left <= 1 && bottom - top <= 1) {
            return None;
        }
        if (count as f64) < LEAST_COVERAGE * width as f64 * height as f64 {
            return None;
        }
        let side = (right - left).max(bottom - top);
        let start = |from: usize, to: usize| (from as f64 - (side - (to - from)) as f64 / 2.0).round_ties_even() as i64;
        Some(Self {
            image_width_px: width_px,
            image_height_px: height_px,
            left_px: start(left, right),
            top_px: start(top, bottom),
            side_px: side as u32,
        })
    }

    /// A result of `size_px` squared, resized to the frame and put where it belongs: premultiplied RGBA of the
    /// whole image's size, transparent outside the frame.
    pub fn paste(&self, pixels: &[[u8; 4]], size_px: u32) -> Vec<[u8; 4]> {
        if size_px == self.side_px {
            return self.paste_nearest(pixels, size_px);
        }
        let scale = Scale { src_px: size_px, dst_px: self.side_px, rule: Rule::Area };
        let whole = 0..i64::from(size_px);
        self.place(&resample(
            pixels,
            size_px as usize,
            &scale.taps(self.seen_columns(), whole.clone()),
            &scale.taps(self.seen_rows(), whole),
            scale.arithmetic(),
        ))
    }

    /// The same for values that must not be mixed: every pixel of the frame takes the nearest of `pixels`.
    pub fn paste_nearest<T: Copy + Default>(&self, pixels: &[T], size_px: u32) -> Vec<T> {
        let near = |i: u32| nearest(i, size_px, self.side_px);
        let columns: Vec<_> = self.seen_columns().map(near).collect();
        let rows = self.seen_rows().map(|y| near(y) * size_px as usize);
        let window: Vec<T> = rows.flat_map(|row| columns.iter().map(move |&x| pixels[row + x])).collect();
        self.place(&window)
    }

    /// The whole image around the frame's part of it.
    fn place<T: Copy + Default>(&self, window: &[T]) -> Vec<T> {
        let (width, columns) = (self.image_width_px as usize, self.seen_columns());
        let left = (self.left_px + i64::from(columns.start)) as usize;
        let top = (self.top_px + i64::from(self.seen_rows().start)) as usize;
        let mut image = vec![T::default(); width * self.image_height_px as usize];
        for (row, line) in window.chunks_exact(columns.len()).zip(image.chunks_exact_mut(width).skip(top)) {
            line[left..left + row.len()].copy_from_slice(row);
        }
        image
    }

    /// The square of a premultiplied picture, resized to `size_px`.
    pub fn cut(&self, pixels: &[[u8; 4]], size_px: u32) -> Vec<[u8; 4]> {
        if size_px == self.side_px {
            return self.cut_nearest(pixels, size_px);
        }
        let rule = if size_px > self.side_px { Rule::Linear } else { Rule::Area };
        let scale = Scale { src_px: self.side_px, dst_px: size_px, rule };
        let image = |start: i64, length: u32| -start..i64::from(length) - start;
        resample(
            pixels,
            self.image_width_px as usize,
            &scale.taps(0..size_px, image(self.left_px, self.image_width_px)),
            &scale.taps(0..size_px, image(self.top_px, self.image_height_px)),
            scale.arithmetic(),
        )
    }

    /// The square of values that must not be mixed, resized to `size_px`: each the nearest of the image's `pixels`.
    pub fn cut_nearest<T: Copy + Default>(&self, pixels: &[T], size_px: u32) -> Vec<T> {
        let source = |i: u32, start: i64, length: u32| {
            let position = start + nearest(i, self.side_px, size_px) as i64;
            (0..i64::from(length)).contains(&position).then_some(position as usize)
        };
        let columns: Vec<_> = (0..size_px).map(|x| source(x, self.left_px, self.image_width_px)).collect();
        let rows = (0..size_px).map(|y| source(y, self.top_px, self.image_height_px));
        let at = |y: Option<usize>, x: Option<usize>| match (y, x) {
            (Some(y), Some(x)) => pixels[y * self.image_width_px as usize + x],
            _ => T::default(),
        };
        rows.flat_map(|y| columns.iter().map(move |&x| at(y, x))).collect()
    }

    /// The frame's columns that lie in the image, counted from the frame's left edge.
    fn seen_columns(&self) -> Range<u32> {
        seen(self.left_px, self.side_px, self.image_width_px)
    }

    fn seen_rows(&self) -> Range<u32> {
        seen(self.top_px, self.side_px, self.image_height_px)
    }
}

fn seen(start: i64, side: u32, length: u32) -> Range<u32> {
    let within = |p: i64| p.clamp(0, i64::from(side)) as u32;
    within(-start)..within(i64::from(length) - start)
}

/// Which of `src` positions lies nearest to position `i` of `dst`.
fn nearest(i: u32, src: u32, dst: u32) -> usize {
    ((f64::from(i) + 0.5) * f64::from(src) / f64::from(dst)) as usize
}

fn empty<T: Clone + Default>(size_px: u32) -> Vec<T> {
    vec![T::default(); size_px as usize * size_px as usize]
}

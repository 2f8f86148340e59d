//! From a mask to a picture: how much of each edge pixel is the character, and what colour that part has.
//!
//! An edge pixel of a drawing is a mixture of the character's colour and the background's. Both are found beside it, the
//! one further in, the other further out; so the share can be told and the background's part taken away.

use super::marks::{Mark, Marks};
use super::mask::Mask;
use super::{Cutout, MattingError, go_on};
use crate::picture::Picture;
use crate::progress::Progress;
use rayon::prelude::*;

/// Edges are mixed over at most this many pixels.
const MIXED_PX: u8 = 2;
/// How far a mixture may be from the line between its two colours, in 8-bit steps.
const OFF_LINE: f32 = 32.0;
/// Colours closer than this can't be told from each other.
const LEAST_CONTRAST: f32 = 24.0;

type Rgb = [f32; 3];

pub(super) fn finish(
    picture: &Picture,
    mask: &Mask,
    marks: &Marks,
    settings: &Cutout,
    progress: &dyn Progress,
) -> Result<Picture, MattingError> {
    progress.stage("Cleaning the edge", 0);
    let mut result = picture.clone();
    let mut cover: Vec<u8> = mask.inside.iter().map(|&inside| if inside { 255 } else { 0 }).collect();
    if !settings.keep_fringe {
        let depth = mask.steps_to(false);
        for level in (1..=MIXED_PX).rev() {
            go_on(progress)?;
            let unmixed: Vec<_> = (0..cover.len())
                .into_par_iter()
                // What the user keeps is kept whole.
                .filter(|&at| depth[at] == level && picture.pixels[at][3] == 255 && marks.at(at) != Mark::Character)
                .filter_map(|at| Some((at, unmix(picture, &result, mask, &depth, at)?)))
                .collect();
            for (at, (colour, share)) in unmixed {
                result.pixels[at][..3].copy_from_slice(&colour.map(|v| v.round().clamp(0.0, 255.0) as u8));
                cover[at] = (share * 255.0).round() as u8;
            }
        }
    }
    let feather = if settings.feather_px.is_finite() { settings.feather_px.clamp(0.0, 100.0) } else { 0.0 };
    if feather > 0.0 {
        go_on(progress)?;
        if !settings.keep_fringe {
            bleed(&mut result, mask, (feather / 2.0).ceil() as usize);
        }
        // A whole number in the first pass: each pass with a fraction would reach a pixel further than asked.
        let first = (feather / 4.0).floor();
        cover = blurred(&cover, mask.width, first);
        go_on(progress)?;
        cover = blurred(&cover, mask.width, feather / 2.0 - first);
    }
    for (pixel, cover) in result.pixels.iter_mut().zip(cover) {
        pixel[3] = ((u16::from(pixel[3]) * u16::from(cover) + 127) / 255) as u8;
        if pixel[3] == 0 {
            *pixel = [0; 4];
        }
    }
    Ok(result)
}

/// The character's colour in a pixel and its share; `None` for a pixel that is no mixture.
fn unmix(picture: &Picture, result: &Picture, mask: &Mask, depth: &[u8], at: usize) -> Option<(Rgb, f32)> {
    let inner = mask.all_neighbours(at).filter(|&other| depth[other] > depth[at]);
    let character = mean(inner.map(|other| result.pixels[other]))?;
    let background = background_near(picture, mask, at)?;
    let mixture = rgb(picture.pixels[at]);
    let along = minus(character, background);
    let contrast = dot(along, along);
    if contrast < LEAST_CONTRAST * LEAST_CONTRAST {
        return None;
    }
    let share = dot(minus(mixture, background), along) / contrast;
    let on_line = std::array::from_fn(|c| background[c] + share * along[c]);
    let off = minus(mixture, on_line);
    // Nearly all of it is drawn, or it is a colour of its own, such as a thin outline.
    if share > 0.95 || dot(off, off) > OFF_LINE * OFF_LINE {
        return None;
    }
    Some((character, share.max(0.0)))
}

/// The mean of what is safely background around a pixel, else of what is background at all.
fn background_near(picture: &Picture, mask: &Mask, at: usize) -> Option<Rgb> {
    const REACH: usize = 3;
    let (x, y) = (at % mask.width, at / mask.width);
    let rows = y.saturating_sub(REACH)..(y + REACH + 1).min(mask.height);
    let columns = x.saturating_sub(REACH)..(x + REACH + 1).min(mask.width);
    let outside = rows
        .flat_map(|row| columns.clone().map(move |column| row * mask.width + column))
        .filter(|&other| !mask.inside[other] && picture.pixels[other][3] > 0);
    let safe = outside.clone().filter(|&other| mask.all_neighbours(other).all(|n| !mask.inside[n]));
    mean(safe.map(|other| picture.pixels[other])).or_else(|| mean(outside.map(|other| picture.pixels[other])))
}

/// Carries the character's colours outwards by some pixels, for an edge that fades out there.
fn bleed(picture: &mut Picture, mask: &Mask, pixels: usize) {
    let mut coloured = mask.inside.clone();
    let beside = |coloured: &[bool], at: usize| mask.all_neighbours(at).any(|other| coloured[other]);
    let mut front: Vec<usize> =
        (0..coloured.len()).into_par_iter().filter(|&at| !coloured[at] && beside(&coloured, at)).collect();
    for _ in 0..pixels {
        let colours: Vec<_> = front
            .par_iter()
            .map(|&at| mean(mask.all_neighbours(at).filter(|&o| coloured[o]).map(|o| picture.pixels[o])))
            .collect();
        for (&at, colour) in front.iter().zip(colours) {
            coloured[at] = true;
            if let Some(colour) = colour {
                picture.pixels[at][..3].copy_from_slice(&colour.map(|v| v.round() as u8));
            }
        }
        let mut next: Vec<usize> =
            front.iter().flat_map(|&at| mask.all_neighbours(at)).filter(|&other| !coloured[other]).collect();
        next.sort_unstable();
        next.dedup();
        front = next;
    }
}

/// Box blur over `2 · radius + 1` pixels each way; the radius may be a fraction. The border goes on outside.
fn blurred(values: &[u8], width: usize, radius: f32) -> Vec<u8> {
    let height = values.len() / width;
    let mut across = vec![0.0f32; values.len()];
    across.par_chunks_exact_mut(width).zip(values.par_chunks_exact(width)).for_each(|(to, from)| {
        let mut window = Window::new(radius, width);
        (0..width).for_each(|x| to[x] = window.step(x, |i| f32::from(from[i])));
    });
    let mut result = vec![0u8; values.len()];
    let columns: Vec<Vec<u8>> = (0..width)
        .into_par_iter()
        .map(|x| {
            let mut window = Window::new(radius, height);
            (0..height).map(|y| window.step(y, |i| across[i * width + x]).round().clamp(0.0, 255.0) as u8).collect()
        })
        .collect();
    result.par_chunks_exact_mut(width).enumerate().for_each(|(y, row)| {
        row.iter_mut().zip(&columns).for_each(|(value, column)| *value = column[y]);
    });
    result
}

/// A running mean.
struct Window {
    whole: isize,
    part: f32,
    length: isize,
    sum: f32,
}

impl Window {
    fn new(radius: f32, length: usize) -> Self {
        Self { whole: radius as isize, part: radius.fract(), length: length as isize, sum: 0.0 }
    }

    /// The mean around `centre`; to be called for 0, 1, 2 …
    fn step(&mut self, centre: usize, value: impl Fn(usize) -> f32) -> f32 {
        let at = |i: isize| value(i.clamp(0, self.length - 1) as usize);
        let centre = centre as isize;
        if centre == 0 {
            self.sum = (-self.whole..=self.whole).map(at).sum();
        } else {
            self.sum += at(centre + self.whole) - at(centre - self.whole - 1);
        }
        let ends = at(centre - self.whole - 1) + at(centre + self.whole + 1);
        (self.sum + self.part * ends) / (2.0 * (self.whole as f32 + self.part) + 1.0)
    }
}

fn rgb(pixel: [u8; 4]) -> Rgb {
    [pixel[0], pixel[1], pixel[2]].map(f32::from)
}

fn mean(pixels: impl Iterator<Item = [u8; 4]>) -> Option<Rgb> {
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for pixel in pixels {
        sum.iter_mut().zip(rgb(pixel)).for_each(|(sum, value)| *sum += value);
        count += 1.0;
    }
    (count > 0.0).then(|| sum.map(|v| v / count))
}

fn minus(a: Rgb, b: Rgb) -> Rgb {
    std::array::from_fn(|c| a[c] - b[c])
}

fn dot(a: Rgb, b: Rgb) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

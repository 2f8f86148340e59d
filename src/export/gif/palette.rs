//! The colours of a GIF: chosen once for all frames.
//!
//! Boxes of colours are split where they vary most (Wan, Prusinkiewicz, Wong 1990, "Variance-based color image
//! quantization"), then every colour moves to the middle of those that it stands for (Lloyd 1982), a few times. What lies
//! between two colours is dithered by a fixed pattern (Bayer 1973), which stands still while the figure moves.

use super::THERE;
use crate::export::ExportError;
use crate::picture::Picture;
use std::collections::HashMap;

/// The index that shows nothing; colours come behind it.
pub(super) const TRANSPARENT: u8 = 0;
const COLOURS: usize = 255;
/// Rounds of moving colours.
const ROUNDS: usize = 6;
/// Bits a channel by which colours are told apart while a palette is chosen, where there are too many.
const BITS: u32 = 6;
/// The pattern of dithering, 8 × 8.
const SIDE: usize = 8;
/// How far a channel is moved by it at most, of what palettes of this size are usually apart.
const STRENGTH: f32 = 12.0;
/// How much the eye sees of red, green and blue, as weights of squared differences.
const SEEN: [f32; 3] = [0.9, 1.4, 0.7];

pub(super) struct Palette {
    colours: Vec<[u8; 3]>,
    /// Every colour that was seen is in it.
    exact: bool,
    /// Indices that were looked up already, by all three bytes of a colour; [`TRANSPARENT`]: not yet.
    known: Vec<u8>,
}

/// Colours that are alike, with how many pixels have them.
#[derive(Clone, Copy)]
struct Seen {
    colour: [f32; 3],
    count: f32,
}

impl Palette {
    /// Of what is visible in some frames.
    pub(super) fn of(samples: &mut dyn Iterator<Item = Result<Picture, ExportError>>) -> Result<Self, ExportError> {
        let mut counts: HashMap<[u8; 3], u64> = HashMap::new();
        for picture in samples {
            for &[r, g, b, alpha] in &picture?.pixels {
                if alpha >= THERE {
                    *counts.entry([r, g, b]).or_default() += 1;
                }
            }
        }
        let exact = counts.len() <= COLOURS;
        let mut colours: Vec<[u8; 3]> = if exact { counts.into_keys().collect() } else { chosen(&alike(&counts)) };
        // A map has no order, the file shall have one.
        colours.sort_unstable();
        colours.dedup();
        // Something has to stand at the index that shows nothing.
        colours.insert(usize::from(TRANSPARENT), [0; 3]);
        Ok(Self { colours, exact, known: vec![TRANSPARENT; 1 << 24] })
    }

    /// As the file has it.
    pub(super) fn bytes(&self) -> &[u8] {
        self.colours.as_flattened()
    }

    /// The palette's index of every pixel of a part that begins at `origin`.
    pub(super) fn indices(&mut self, part: &Picture, [left, top]: [u32; 2]) -> Vec<u8> {
        let mut indices = Vec::with_capacity(part.pixels.len());
        for (y, row) in part.pixels.chunks_exact(part.width_px as usize).enumerate() {
            for (x, &[r, g, b, alpha]) in row.iter().enumerate() {
                if alpha < THERE {
                    indices.push(TRANSPARENT);
                    continue;
                }
                let colour = match self.exact {
                    true => [r, g, b],
                    false => dithered([r, g, b], (x + left as usize) % SIDE, (y + top as usize) % SIDE),
                };
                indices.push(self.index(colour));
            }
        }
        indices
    }

    fn index(&mut self, colour: [u8; 3]) -> u8 {
        let [r, g, b] = colour.map(usize::from);
        let known = &mut self.known[r << 16 | g << 8 | b];
        if *known == TRANSPARENT {
            let of = colour.map(f32::from);
            *known = nearest(of, self.colours.iter().skip(1).map(|colour| colour.map(f32::from))) as u8 + 1;
        }
        *known
    }
}

/// Colours that differ in their lowest bits alone, taken together.
fn alike(counts: &HashMap<[u8; 3], u64>) -> Vec<Seen> {
    let mut cells: HashMap<[u8; 3], ([f64; 3], f64)> = HashMap::new();
    for (colour, &count) in counts {
        let (sums, all) = cells.entry(colour.map(|c| c >> (8 - BITS))).or_default();
        *all += count as f64;
        sums.iter_mut().zip(colour).for_each(|(sum, &c)| *sum += f64::from(c) * count as f64);
    }
    let mut cells: Vec<_> = cells.into_iter().collect();
    cells.sort_unstable_by_key(|(cell, _)| *cell);
    let seen = |(_, (sums, all)): ([u8; 3], ([f64; 3], f64))| Seen {
        colour: sums.map(|sum| (sum / all) as f32),
        count: all as f32,
    };
    cells.into_iter().map(seen).collect()
}

/// As many colours as fit, for all that is seen.
fn chosen(seen: &[Seen]) -> Vec<[u8; 3]> {
    let mut boxes = vec![seen.to_vec()];
    let mut errors = vec![spread(seen)];
    while boxes.len() < COLOURS {
        let widest = (0..boxes.len()).max_by(|&a, &b| errors[a].0.total_cmp(&errors[b].0)).unwrap_or_default();
        let (error, axis, middle) = errors[widest];
        if error <= 0.0 {
            break;
        }
        let (low, high): (Vec<Seen>, Vec<Seen>) = boxes[widest].iter().partition(|seen| seen.colour[axis] <= middle);
        if low.is_empty() || high.is_empty() {
            errors[widest].0 = 0.0;
            continue;
        }
        errors[widest] = spread(&low);
        errors.push(spread(&high));
        boxes[widest] = low;
        boxes.push(high);
    }
    let mut colours: Vec<[f32; 3]> = boxes.iter().map(|seen| mean(seen)).collect();
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0f64; 3], 0.0f64); colours.len()];
        for seen in seen {
            let (sum, all) = &mut sums[nearest(seen.colour, colours.iter().copied())];
            *all += f64::from(seen.count);
            sum.iter_mut().zip(seen.colour).for_each(|(sum, c)| *sum += f64::from(c * seen.count));
        }
        for (colour, (sum, all)) in colours.iter_mut().zip(sums) {
            if all > 0.0 {
                *colour = sum.map(|sum| (sum / all) as f32);
            }
        }
    }
    colours.into_iter().map(|colour| colour.map(|c| c.round() as u8)).collect()
}

/// How much the colours of a box vary in all, along which channel most, and their mean there.
fn spread(seen: &[Seen]) -> (f32, usize, f32) {
    let mean = mean(seen);
    let along = |axis: usize| {
        seen.iter().map(|seen| seen.count * SEEN[axis] * (seen.colour[axis] - mean[axis]).powi(2)).sum::<f32>()
    };
    let errors = [along(0), along(1), along(2)];
    let axis = (0..3).max_by(|&a, &b| errors[a].total_cmp(&errors[b])).unwrap_or_default();
    (errors.iter().sum(), axis, mean[axis])
}

fn mean(seen: &[Seen]) -> [f32; 3] {
    let all: f64 = seen.iter().map(|seen| f64::from(seen.count)).sum();
    let sum = |axis: usize| seen.iter().map(|seen| f64::from(seen.colour[axis] * seen.count)).sum::<f64>();
    [sum(0), sum(1), sum(2)].map(|sum| (sum / all.max(1.0)) as f32)
}

fn nearest(colour: [f32; 3], colours: impl Iterator<Item = [f32; 3]>) -> usize {
    let away = |other: [f32; 3]| (0..3).map(|i| SEEN[i] * (colour[i] - other[i]).powi(2)).sum::<f32>();
    colours.map(away).enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(i, _)| i)
}

/// A colour moved by the pattern at a place.
fn dithered(colour: [u8; 3], x: usize, y: usize) -> [u8; 3] {
    let threshold = (bayer(x, y) as f32 + 0.5) / (SIDE * SIDE) as f32 - 0.5;
    colour.map(|c| (f32::from(c) + STRENGTH * threshold).round().clamp(0.0, 255.0) as u8)
}

/// The pattern's number at a place, 0 to 63: the bits of x ^ y and y, interleaved from the lowest.
fn bayer(x: usize, y: usize) -> usize {
    (0..3).fold(0, |number, bit| number << 2 | ((x ^ y) >> bit & 1) << 1 | (y >> bit & 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(picture: &Picture) -> Palette {
        Palette::of(&mut std::iter::once(Ok(picture.clone()))).unwrap()
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let pixels = (0..250u8).map(|i| [i, 255 - i, 7, 255]).chain([[1, 2, 3, 20]; 6]).collect();
        let picture = Picture { pixels, ..Picture::new(16, 16) };
        let mut palette = of(&picture);
        let indices = palette.indices(&picture, [0, 0]);
        for (pixel, index) in picture.pixels.iter().zip(indices) {
            match index {
                TRANSPARENT => assert_eq!(pixel[3], 20),
                index => assert_eq!(palette.bytes()[3 * usize::from(index)..][..3], pixel[..3]),
            }
        }
    }

    #[test]
    fn many_colours_are_met_nearly_and_on_the_whole() {
        let pixels = (0..64 * 64u32).map(|i| [(i % 64 * 4) as u8, (i / 64 * 4) as u8, (i % 97) as u8, 255]);
        let picture = Picture { pixels: pixels.collect(), ..Picture::new(64, 64) };
        let mut palette = of(&picture);
        assert!(palette.bytes().len() <= 768 && palette.bytes().len() > 700);
        let indices = palette.indices(&picture, [0, 0]);
        let colour = |index: u8, c: usize| f64::from(palette.bytes()[3 * usize::from(index) + c]);
        let (mut off, mut mean) = (0.0, [0.0; 3]);
        for (pixel, &index) in picture.pixels.iter().zip(&indices) {
            for c in 0..3 {
                let error = colour(index, c) - f64::from(pixel[c]);
                off += error.abs() / (3.0 * indices.len() as f64);
                mean[c] += error / indices.len() as f64;
            }
        }
        assert!(off < 14.0 && mean.iter().all(|m: &f64| m.abs() < 2.0), "{off} {mean:?}");
    }

    #[test]
    fn the_pattern_has_every_number_once() {
        let mut numbers: Vec<usize> = (0..64).map(|i| bayer(i % 8, i / 8)).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..64).collect::<Vec<_>>());
    }
}

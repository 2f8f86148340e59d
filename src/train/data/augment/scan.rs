//! What happens to a whole picture with whatever lies behind the figure: other amounts of its slow changes, JPEG.

use super::super::super::dice::Dice;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageFormat};
use std::f32::consts::TAU;

/// Waves across a picture that count as slow: those up to so many in its width, about a twentieth of all.
const SLOW: usize = 3;

/// How a picture came onto a disk.
pub(super) struct Scan {
    /// Quality of its JPEG.
    quality: Option<u8>,
    /// How much the amounts of slow changes differ, as a logarithm.
    spectrum: Option<f32>,
}

impl Scan {
    pub(super) fn by_lot(dice: &mut Dice) -> Self {
        Self {
            quality: dice.chance(0.3).then(|| 30 + dice.below(66) as u8),
            spectrum: dice.chance(0.1).then(|| dice.between(0.2, 0.7)),
        }
    }

    /// Changes colours over their background.
    pub(super) fn scanned(&self, picture: &mut [[f32; 3]], size_px: usize, dice: &mut Dice) {
        if let Some(strength) = self.spectrum {
            let factors: Vec<f32> = (0..3 * waves().count()).map(|_| (strength * dice.normal()).exp()).collect();
            slow_changed(picture, size_px, &factors);
        }
        if let Some(quality) = self.quality {
            // A picture that can't be packed stays as it is.
            let _ = through_jpeg(picture, size_px, quality);
        }
    }
}

/// The slow waves: how many across and down. Of a wave and its opposite one is enough.
fn waves() -> impl Iterator<Item = (f32, f32)> {
    let most = SLOW as i32;
    (0..=most)
        .flat_map(move |u| (-most..=most).map(move |v| (u, v)))
        .filter(|&(u, v)| u > 0 || v > 0)
        .map(|(u, v)| (u as f32, v as f32))
}

/// Multiplies the amplitude of each slow wave by its factor (three channels each), as where amplitudes are swapped with
/// another picture's (Zhao et al. 2025): phases, which say where things are, stay.
fn slow_changed(picture: &mut [[f32; 3]], size_px: usize, factors: &[f32]) {
    let area = picture.len() as f32;
    // Cosines and sines along an axis; those of a pixel follow from its row's and its column's.
    let tables: Vec<Vec<(f32, f32)>> = (-(SLOW as i32)..=SLOW as i32)
        .map(|k| (0..size_px).map(|i| (TAU * (k as f32) * i as f32 / size_px as f32).sin_cos()).collect())
        .collect();
    let table = |k: f32| &tables[(k as i32 + SLOW as i32) as usize];
    let mut added = vec![[0.0f32; 3]; picture.len()];
    for ((u, v), factors) in waves().zip(factors.chunks(3)) {
        let (across, down) = (table(u), table(v));
        let at = |i: usize| {
            let ((sx, cx), (sy, cy)) = (across[i % size_px], down[i / size_px]);
            (sx * cy + cx * sy, cx * cy - sx * sy)
        };
        let (mut sines, mut cosines) = ([0.0f32; 3], [0.0f32; 3]);
        for (i, colour) in picture.iter().enumerate() {
            let (sine, cosine) = at(i);
            for c in 0..3 {
                sines[c] += sine * colour[c];
                cosines[c] += cosine * colour[c];
            }
        }
        for (i, added) in added.iter_mut().enumerate() {
            let (sine, cosine) = at(i);
            for c in 0..3 {
                added[c] += (factors[c] - 1.0) * 2.0 / area * (sines[c] * sine + cosines[c] * cosine);
            }
        }
    }
    for (colour, added) in picture.iter_mut().zip(added) {
        (0..3).for_each(|c| colour[c] = (colour[c] + added[c]).clamp(0.0, 1.0));
    }
}

fn through_jpeg(picture: &mut [[f32; 3]], size_px: usize, quality: u8) -> image::ImageResult<()> {
    let bytes: Vec<u8> = picture.iter().flatten().map(|v| super::byte(*v)).collect();
    let (mut packed, side) = (vec![], size_px as u32);
    JpegEncoder::new_with_quality(&mut packed, quality).encode(&bytes, side, side, ExtendedColorType::Rgb8)?;
    let seen = image::load_from_memory_with_format(&packed, ImageFormat::Jpeg)?.into_rgb8();
    for (colour, seen) in picture.iter_mut().zip(seen.pixels()) {
        *colour = seen.0.map(|v| f32::from(v) / 255.0);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wave across, one down and one that is no slow one.
    fn waved() -> Vec<[f32; 3]> {
        let wave = |k: usize, i: usize| 0.1 * (TAU * k as f32 * i as f32 / 64.0).cos();
        (0..64 * 64).map(|i| [0.5 + wave(2, i % 64) + wave(3, i / 64) + wave(9, i % 64); 3]).collect()
    }

    #[test]
    fn slow_waves_alone_are_changed() {
        let mut picture = waved();
        let none = vec![1.0; 3 * waves().count()];
        slow_changed(&mut picture, 64, &none);
        assert!(picture.iter().flatten().zip(waved().iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-5));
        let without: Vec<f32> = none.iter().map(|_| 0.0).collect();
        slow_changed(&mut picture, 64, &without);
        let fast = |i: usize| 0.5 + 0.1 * (TAU * 9.0 * (i % 64) as f32 / 64.0).cos();
        assert!(picture.iter().enumerate().all(|(i, c)| (c[1] - fast(i)).abs() < 1e-4));
    }

    #[test]
    fn jpeg_keeps_what_is_seen_and_little_else() {
        let mut picture = waved();
        through_jpeg(&mut picture, 64, 40).unwrap();
        let before = waved();
        let off = picture.iter().flatten().zip(before.iter().flatten()).map(|(a, b)| (a - b).abs());
        let (most, sum) = off.fold((0.0f32, 0.0), |(most, sum), v| (most.max(v), sum + v));
        assert!(most > 0.003 && sum / (3.0 * 64.0 * 64.0) < 0.03, "{most} {sum}");
    }
}

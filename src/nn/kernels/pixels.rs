//! Functions of single pixels of several pictures.

use super::{Map, MapMut};

/// Calls `f` for every pixel with the channels of all pictures there, which have one size, and those of `out`.
///
/// # Panics
/// When the sizes differ, or there are more than eight pictures.
pub fn for_pixels(pictures: &[Map], out: &mut MapMut, f: impl Fn(&[&[f32]], &mut [f32]) + Sync) {
    assert!(pictures.len() <= MOST_PICTURES);
    assert!(pictures.iter().all(|x| (x.n, x.h, x.w) == (out.n, out.h, out.w)), "pictures of one size");
    super::learning::rows(out, |image, row, column, to| {
        let mut pixels: [&[f32]; MOST_PICTURES] = [&[]; MOST_PICTURES];
        pixels.iter_mut().zip(pictures).for_each(|(pixel, x)| *pixel = x.pixel(image, row, column));
        f(&pixels[..pictures.len()], to);
    });
}

/// Pictures that a function of pixels sees at most.
const MOST_PICTURES: usize = 8;

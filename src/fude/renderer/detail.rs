//! Lines as sharp as they were drawn.
//!
//! What the net paints at a larger size than it has learned at is soft. Where it changed nothing but that, what was
//! proposed is taken back: seen from as far as its learning's pictures are small, both are the same there.

use rayon::prelude::*;

/// Painted at up to this size, pictures stay as they are.
const SHARP_PX: usize = 256;
/// One pixel of so many is what the net sees as a detail.
const LEARNED_PX: f32 = 128.0;
/// Colours, from 0 to 1, that differ by less than the one are the net's softness alone, by more than the other its work.
const ALIKE: [f32; 2] = [0.03, 0.08];

/// Takes proposals back into a picture of this width that was `painted` at a working size of `size_px`; both premultiplied.
pub(super) fn sharpen(painted: &mut [[f32; 4]], proposed: &[[f32; 4]], width: usize, size_px: usize) {
    if size_px <= SHARP_PX {
        return;
    }
    let sigma = size_px as f32 / LEARNED_PX;
    let [far, near] = [&*painted, proposed].map(|picture| blurred(picture, width, sigma));
    let all = painted.par_iter_mut().zip(proposed).zip(far.par_iter().zip(&near));
    all.for_each(|((painted, proposed), (a, b))| {
        let away = (0..4).map(|c| (a[c] - b[c]).abs()).fold(0.0, f32::max);
        let share = ((away - ALIKE[0]) / (ALIKE[1] - ALIKE[0])).clamp(0.0, 1.0);
        let share = share * share * (3.0 - 2.0 * share);
        (0..4).for_each(|c| painted[c] = proposed[c] + share * (painted[c] - proposed[c]));
    });
}

/// A Gaussian blur; beyond the border nothing is.
fn blurred(picture: &[[f32; 4]], width: usize, sigma: f32) -> Vec<[f32; 4]> {
    let reach = (3.0 * sigma).ceil() as isize;
    let bell: Vec<f32> = (-reach..=reach).map(|k| (-0.5 * (k as f32 / sigma).powi(2)).exp()).collect();
    let total: f32 = bell.iter().sum();
    let height = picture.len() / width.max(1);
    // Along the rows, then along the columns.
    let pass = |from: &[[f32; 4]], step: usize, place: fn(usize, usize) -> usize, length: usize| -> Vec<[f32; 4]> {
        let sum = |i: usize| {
            let at = place(i, width) as isize;
            let mut sum = [0.0; 4];
            for (k, share) in (-reach..=reach).zip(&bell).filter(|(k, _)| (0..length as isize).contains(&(at + k))) {
                let pixel = from[(i as isize + k * step as isize) as usize];
                (0..4).for_each(|c| sum[c] += share / total * pixel[c]);
            }
            sum
        };
        (0..from.len()).into_par_iter().map(sum).collect()
    };
    let rows = pass(picture, 1, |i, width| i % width, width);
    pass(&rows, width, |i, width| i / width, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 96;

    /// Stripes of one pixel, grey from afar, with a patch of another colour.
    fn pictures() -> [Vec<[f32; 4]>; 2] {
        let stripes = |i: usize| if i.is_multiple_of(2) { [0.2, 0.2, 0.2, 1.0] } else { [0.6, 0.6, 0.6, 1.0] };
        let stained = |i: usize| if i % WIDTH > 60 { [0.9, 0.1, 0.1, 1.0] } else { stripes(i) };
        let proposed = (0..WIDTH * WIDTH).map(stained).collect();
        [vec![[0.4, 0.4, 0.4, 1.0]; WIDTH * WIDTH], proposed]
    }

    #[test]
    fn lines_come_back_and_stains_do_not() {
        let [mut painted, proposed] = pictures();
        sharpen(&mut painted, &proposed, WIDTH, 512);
        let at = |x: usize| 48 * WIDTH + x;
        assert!(painted[at(30)] == proposed[at(30)], "{:?}", painted[at(30)]);
        assert!(painted[at(90)] == [0.4, 0.4, 0.4, 1.0], "{:?}", painted[at(90)]);
    }

    #[test]
    fn small_pictures_stay_as_they_are() {
        let [mut painted, proposed] = pictures();
        let before = painted.clone();
        sharpen(&mut painted, &proposed, WIDTH, 256);
        assert!(painted == before);
    }

    #[test]
    fn a_blur_keeps_what_is_even() {
        let even = blurred(&[[0.5, 0.25, 1.0, 1.0]; 900], 30, 2.0);
        let middle = even[15 * 30 + 15];
        assert!((middle[0] - 0.5).abs() < 1e-5 && (middle[1] - 0.25).abs() < 1e-5, "{middle:?}");
    }
}

//! Pose maps: what the networks see of keypoints (PSGAN, section 3.2). A plane a keypoint, +1 at the pixel where it lies
//! and −1 elsewhere; for smaller scales the greatest of 2×2 pixels.

use super::{KEYPOINTS, Keypoints, scales};
use crate::nn::kernels::{Batch, Pool};

/// The maps of figures at one scale, N×`size_px`×`size_px`×[`KEYPOINTS`]. A keypoint's pixel at a scale is the one that
/// holds its pixel at every larger scale, so that they are what pooling the largest maps gives.
pub fn at_scale(figures: &[Keypoints], size_px: usize, pool: &Pool) -> Batch {
    let mut maps = pool.take([figures.len(), size_px, size_px, KEYPOINTS]);
    let mut pixels: Vec<&mut [f32]> = maps.pixels_mut().collect();
    pixels.iter_mut().for_each(|pixel| pixel.fill(-1.0));
    for (figure, keypoints) in figures.iter().enumerate() {
        for (plane, &[x, y]) in keypoints.iter().enumerate() {
            if [x, y].iter().all(|share| (0.0..1.0).contains(share)) {
                let [column, row] = [x, y].map(|share| (share * size_px as f32) as usize);
                pixels[(figure * size_px + row) * size_px + column][plane] = 1.0;
            }
        }
    }
    drop(pixels);
    maps
}

/// The maps of figures at all scales up to `size_px`, the smallest first.
pub fn of(figures: &[Keypoints], size_px: usize, pool: &Pool) -> Vec<Batch> {
    scales(size_px).map(|scale| at_scale(figures, scale, pool)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lot::Lot;

    #[test]
    fn smaller_maps_are_the_largest_ones_pooled() {
        let mut lot = Lot::new(3);
        let mut keypoints: Keypoints = [[0.0; 2]; KEYPOINTS];
        keypoints.iter_mut().flatten().for_each(|share| *share = lot.between(-0.1, 1.1));
        keypoints[..4].copy_from_slice(&[[0.0, 0.999_999_9], [1.0, 0.5], [-0.01, 0.5], [f32::NAN, 0.5]]);
        let pool = Pool::default();
        let planes = |size_px: usize| {
            let maps = at_scale(&[keypoints], size_px, &pool);
            maps.pixels().map(<[f32]>::to_vec).collect::<Vec<_>>()
        };
        let seen = planes(64).iter().fold([0; KEYPOINTS], |mut seen, pixel| {
            seen.iter_mut().zip(pixel).for_each(|(seen, &v)| *seen += usize::from(v == 1.0));
            seen
        });
        assert_eq!(seen[..4], [1, 0, 0, 0], "a point outside of the picture has no pixel");
        for size_px in [32, 16, 8, 4] {
            let (large, small) = (planes(2 * size_px), planes(size_px));
            for (i, pixel) in small.iter().enumerate() {
                let corner = 2 * (i / size_px) * 2 * size_px + 2 * (i % size_px);
                let four = [corner, corner + 1, corner + 2 * size_px, corner + 2 * size_px + 1];
                let greatest = |plane: usize| four.iter().map(|&at| large[at][plane]).fold(f32::MIN, f32::max);
                assert!(pixel.iter().enumerate().all(|(plane, &v)| v == greatest(plane)));
            }
        }
    }
}

//! The sliced Wasserstein distance of Karras et al. 2018 (section 5): how far the patches of two sets of pictures are from
//! each other, scale by scale.

use super::super::Dice;
use rayon::prelude::*;

/// Side of a patch, pixels.
const PATCH_PX: usize = 7;
/// Numbers of a patch.
const LENGTH: usize = PATCH_PX * PATCH_PX * 3;
/// Patches of a picture.
const PATCHES: usize = 64;
/// Directions that patches are seen along.
const DIRECTIONS: usize = 128;
/// The smallest scale, pixels.
pub(super) const COARSEST_PX: usize = 16;

/// A square picture's colours, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Colours {
    pub size_px: usize,
    pub pixels: Vec<[f32; 3]>,
}

impl Colours {
    /// Halved, or each pixel repeated, until it is so large.
    pub(super) fn sized(self, size_px: usize) -> Self {
        if self.size_px > size_px {
            return self.halved().sized(size_px);
        }
        let factor = size_px / self.size_px;
        let at = |i: usize| self.pixels[i / size_px / factor * self.size_px + i % size_px / factor];
        Self { size_px, pixels: (0..size_px * size_px).map(at).collect() }
    }

    /// The means of 2×2 pixels.
    fn halved(&self) -> Self {
        let size_px = self.size_px / 2;
        let mean = |i: usize| {
            let corner = i / size_px * 2 * self.size_px + i % size_px * 2;
            let four = [corner, corner + 1, corner + self.size_px, corner + self.size_px + 1];
            std::array::from_fn(|c| four.iter().map(|&at| self.pixels[at][c]).sum::<f32>() / 4.0)
        };
        Self { size_px, pixels: (0..size_px * size_px).map(mean).collect() }
    }

    /// What each scale adds to the one below it, the finest first, and the coarsest itself (Burt & Adelson 1983).
    fn pyramid(&self) -> Vec<Self> {
        if self.size_px <= COARSEST_PX {
            return vec![self.clone()];
        }
        let small = self.halved();
        let coarse = small.clone().sized(self.size_px);
        let added = self.pixels.iter().zip(&coarse.pixels).map(|(a, b)| std::array::from_fn(|c| a[c] - b[c]));
        let mut scales = vec![Self { size_px: self.size_px, pixels: added.collect() }];
        scales.extend(small.pyramid());
        scales
    }
}

/// Patches of a set of pictures, for each scale, to be compared with those of others.
pub(super) struct Patches(Vec<Vec<[f32; LENGTH]>>);

impl Patches {
    /// Of pictures of one size, [`COARSEST_PX`] at least; the same places for the same number of pictures.
    pub(super) fn of(pictures: &[Colours]) -> Self {
        let mut scales: Vec<Vec<[f32; LENGTH]>> = vec![];
        for (number, picture) in pictures.iter().enumerate() {
            for (scale, picture) in picture.pyramid().iter().enumerate() {
                let dice = &mut Dice::of(&[number as u64, scale as u64]);
                if scales.len() <= scale {
                    scales.push(vec![]);
                }
                scales[scale].extend((0..PATCHES).map(|_| {
                    let free = picture.size_px - PATCH_PX + 1;
                    let corner = dice.below(free) * picture.size_px + dice.below(free);
                    std::array::from_fn(|i| {
                        let (pixel, channel) = (i / 3, i % 3);
                        picture.pixels[corner + pixel / PATCH_PX * picture.size_px + pixel % PATCH_PX][channel]
                    })
                }));
            }
        }
        scales.iter_mut().for_each(|patches| normalise(patches));
        Self(scales)
    }

    /// The distance to others at each scale, the finest first, in thousandths.
    pub(super) fn distances(&self, other: &Self) -> Vec<f64> {
        self.0.iter().zip(&other.0).map(|(a, b)| 1e3 * sliced(a, b)).collect()
    }
}

/// Each channel to mean 0 and deviation 1 over all patches.
fn normalise(patches: &mut [[f32; LENGTH]]) {
    for channel in 0..3 {
        let values = || patches.iter().flat_map(|patch| patch[channel..].iter().step_by(3)).map(|v| f64::from(*v));
        let count = (patches.len() * LENGTH / 3) as f64;
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count).sqrt().max(1e-8);
        for v in patches.iter_mut().flat_map(|patch| patch[channel..].iter_mut().step_by(3)) {
            *v = ((f64::from(*v) - mean) / deviation) as f32;
        }
    }
}

/// The mean over directions of how far what is seen along them must be moved, patch by patch, to be the other's.
fn sliced(a: &[[f32; LENGTH]], b: &[[f32; LENGTH]]) -> f64 {
    let along = |direction: u64| {
        let dice = &mut Dice::of(&[direction]);
        let normals: [f32; LENGTH] = std::array::from_fn(|_| dice.normal());
        let length = normals.iter().map(|v| v * v).sum::<f32>().sqrt();
        let seen = |patches: &[[f32; LENGTH]]| {
            let dot = |patch: &[f32; LENGTH]| patch.iter().zip(&normals).map(|(a, b)| a * b).sum::<f32>() / length;
            let mut seen: Vec<f32> = patches.iter().map(dot).collect();
            seen.sort_by(f32::total_cmp);
            seen
        };
        let pairs = seen(a).into_iter().zip(seen(b));
        pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / a.len().min(b.len()).max(1) as f64
    };
    let all: Vec<f64> = (0..DIRECTIONS as u64).into_par_iter().map(along).collect();
    all.iter().sum::<f64>() / DIRECTIONS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripes that are `width` pixels wide, in places by lot.
    fn stripes(width: usize, seed: u64) -> Vec<Colours> {
        let picture = |number: u64| {
            let shift = Dice::of(&[seed, number]).below(2 * width);
            let colour = |i: usize| {
                if ((i % 32 + shift) / width).is_multiple_of(2) { [1.0, 0.0, -1.0] } else { [-1.0, 0.5, 0.0] }
            };
            Colours { size_px: 32, pixels: (0..32 * 32).map(colour).collect() }
        };
        (0..4).map(picture).collect()
    }

    #[test]
    fn sets_that_look_alike_are_near() {
        let [fine, again, coarse] = [(3, 1), (3, 2), (8, 1)].map(|(width, seed)| Patches::of(&stripes(width, seed)));
        assert!(fine.distances(&fine).iter().all(|distance| *distance == 0.0));
        let [near, far] = [&again, &coarse].map(|other| fine.distances(other));
        assert_eq!((near.len(), far.len()), (2, 2));
        assert!(near.iter().zip(&far).all(|(near, far)| 2.0 * near < *far), "{near:?} and {far:?}");
    }

    #[test]
    fn a_pyramid_adds_up_to_its_picture() {
        let picture = &stripes(3, 1)[0];
        let [added, small] = &picture.pyramid()[..] else { panic!("two scales") };
        let coarse = small.clone().sized(32);
        let sum = added.pixels.iter().zip(&coarse.pixels).map(|(a, b)| a[0] + b[0]);
        assert!(sum.zip(&picture.pixels).all(|(sum, pixel)| (sum - pixel[0]).abs() < 1e-6));
    }
}

//! What the detector's encoder makes of whole pictures, as something to compare sets of pictures by.

use super::hints::{Hints, INPUTS, on_background};
use super::{DetectorGraph, shipped, wiring};
use crate::nn::kernels::{Pool, Precision};
use crate::nn::layers::{PackedNet, Plan};
use crate::picture::Picture;
use crate::progress::Silent;
use crate::weights::{Schema, WeightError};
use candle_core::Device;

/// Pictures are seen at this side at least: smaller ones are no drawings to the detector, which never learned from any.
const LEAST_PX: usize = 64;

/// The encoder of the program's own detector. It has learned to tell places of bodies in drawings of anime characters, and
/// so its features say more of these than those of networks that name photographs.
pub struct Features {
    net: PackedNet,
    pool: Pool,
}

impl Features {
    /// With the weights that are part of the program; none where it has none.
    ///
    /// # Errors
    /// None but for a damaged build.
    pub fn shipped(size_px: usize) -> Result<Option<Self>, WeightError> {
        let Some(file) = shipped::<DetectorGraph>()? else { return Ok(None) };
        let plan = Plan { precision: Precision::F32, pixels: size_px.max(LEAST_PX).pow(2), outputs: None };
        let net = file.load(&Schema::of::<DetectorGraph>()?, &Device::Cpu, &Silent, |weights| {
            PackedNet::new(wiring::features(), weights, plan)
        })?;
        Ok(Some(Self { net, pool: Pool::default() }))
    }

    /// The features of an opaque picture: the means of those of its deepest pixels.
    ///
    /// # Panics
    /// When it is not square, or its side is neither a multiple of 32 nor a divisor of 64.
    pub fn of(&self, picture: &Picture) -> Vec<f32> {
        let own_px = picture.width_px as usize;
        let larger = LEAST_PX.checked_div(own_px).map_or(1, |times| times.max(1));
        let size_px = own_px * larger;
        assert!(picture.width_px == picture.height_px && size_px >= LEAST_PX && size_px.is_multiple_of(32));
        let seen = (0..size_px * size_px).map(|i| {
            let [r, g, b, _] = picture.pixels[i / size_px / larger * own_px + i % size_px / larger];
            on_background([r, g, b])
        });
        let mut input = vec![[0.0; INPUTS]; size_px * size_px];
        Hints::default().fill(seen, size_px, &mut input);
        let mut batch = self.pool.take([1, size_px, size_px, INPUTS]);
        batch.pixels_mut().zip(&input).for_each(|(to, from)| to.copy_from_slice(from));
        let deepest = self.net.run([batch.into()], &self.pool).swap_remove(0);
        let [_, height, width, channels] = deepest.size();
        let mut features = vec![0.0; channels];
        for pixel in deepest.pixels() {
            features.iter_mut().zip(pixel).for_each(|(sum, v)| *sum += v / (height * width) as f32);
        }
        features
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_tell_pictures_apart_and_small_ones_are_enlarged() {
        let Some(features) = Features::shipped(64).unwrap() else { return };
        let blot = |side: u32, radius: f32| {
            let mut picture =
                Picture { width_px: side, height_px: side, pixels: vec![[255; 4]; (side * side) as usize] };
            for (i, pixel) in (0..).zip(&mut picture.pixels) {
                let [x, y] = [i % side, i / side].map(|at| (at as f32 + 0.5) / side as f32 - 0.5);
                if x.hypot(y) < radius {
                    *pixel = [200, 40, 90, 255];
                }
            }
            picture
        };
        let [small, large] = [0.1, 0.4].map(|radius| features.of(&blot(64, radius)));
        assert_eq!(small, features.of(&blot(64, 0.1)));
        assert!(small.len() == 192 && small != large);
        let half = blot(32, 0.3);
        let twice = Picture {
            width_px: 64,
            height_px: 64,
            pixels: (0..4096).map(|i| half.at(i % 64 / 2, i / 64 / 2)).collect(),
        };
        assert_eq!(features.of(&half), features.of(&twice));
    }
}

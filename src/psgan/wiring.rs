//! Which layers there are (PSGAN, figure 2; Karras et al. 2018, table 2), scale by scale: C channels at 4², 8² … 1024²
//! ([`Widths`]).
//!
//! ```text
//! generator                                        discriminator
//! latent 512 ─ dense ─▶ 4²×C ┐                     picture ─ 1×1 ─▶ S²×C ┐
//!            + maps ─ 3×3 ─▶ 4²×C                     + maps ─ 3×3, 3×3 ─▶ S²×C' ─ mean of 2×2 ─▶ (S/2)²×C' ┐
//! ×2 ─▶ 8²×C + maps ─ 3×3, 3×3 ─▶ 8²×C' …             … 4²×C + maps, deviation of the batch ─ 3×3, 4×4, dense ─▶ 1
//! … S²×C ─ 1×1 ─▶ picture
//! ```
//!
//! The last scale fades in: the picture of the scale below counts for the rest. Leaky ReLU everywhere but in the last
//! layers; in the generator each is followed by a pixel norm. He's constant scales the weights while they learn
//! (equalized learning rate): whoever moves them does so.

use super::latent::LATENT;
use super::pixels::{Fade, PixelNorm};
use super::{KEYPOINTS, SMALLEST_PX, Widths, is_scale, scales};
use crate::nn::layers::{Activation, Layer, Net, Value};

const LEAKY: Activation = Activation::Leaky(0.2);

/// How far the networks have grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// Side of the last scale, pixels.
    pub size_px: usize,
    /// How much it counts, 0 to 1; the scale below has the rest.
    pub share: f32,
}

impl Growth {
    /// All of a scale.
    pub fn whole(size_px: usize) -> Self {
        Self { size_px, share: 1.0 }
    }

    /// The scale that fades out, if one does.
    fn fading_px(self) -> Option<usize> {
        (self.size_px > SMALLEST_PX && self.share < 1.0).then_some(self.size_px / 2)
    }

    /// How often a picture of the last scale is halved down to this one.
    fn halvings(self, size_px: usize) -> i32 {
        (self.size_px / size_px).ilog2().cast_signed()
    }
}

/// Latent and pose maps, the smallest first, to a picture of −1 to 1.
///
/// # Panics
/// When it has grown to what is no scale.
pub fn generator(widths: &Widths, growth: Growth) -> Net {
    assert!(is_scale(growth.size_px), "{} is no scale", growth.size_px);
    let mut net = Net::default();
    let latent = net.input(LATENT, growth.halvings(1));
    let maps = pose_maps(&mut net, growth);
    let layer = |size: usize, what: &str, taps, channels| {
        Layer::square(format!("generator.{size}.{what}"), taps, 1, channels).bias()
    };
    let conv = |net: &mut Net, x: Value, size: usize, what: &str| {
        let x = net.conv(x, layer(size, what, 3, widths.at(size)).then(LEAKY));
        net.pixels(PixelNorm, &[x])
    };
    let picture = |net: &mut Net, x: Value, size: usize| net.conv(x, layer(size, "rgb", 1, 3));
    // The 4×4 pixels of a channel lie in 16 channels of one.
    let dense = layer(SMALLEST_PX, "dense", 1, 16 * widths.at(SMALLEST_PX)).then(LEAKY);
    let dense = net.conv(latent, dense);
    let half = net.shuffle(dense);
    let square = net.shuffle(half);
    let (mut x, mut fading) = (net.pixels(PixelNorm, &[square]), None);
    for (size, map) in scales(growth.size_px).zip(maps) {
        let larger = if size > SMALLEST_PX { net.repeat(x) } else { x };
        let joined = net.join(&[larger, map]);
        x = conv(&mut net, joined, size, "conv1");
        if size > SMALLEST_PX {
            x = conv(&mut net, x, size, "conv2");
        }
        if growth.fading_px() == Some(size) {
            let small = picture(&mut net, x, size);
            fading = Some(net.repeat(small));
        }
    }
    let mut result = picture(&mut net, x, growth.size_px);
    if let Some(fading) = fading {
        result = net.pixels(Fade { share: growth.share }, &[fading, result]);
    }
    net.result(result);
    net
}

/// A picture of −1 to 1 and its pose maps, the smallest first, to one number: how real it looks.
///
/// # Panics
/// When it has grown to what is no scale.
pub fn discriminator(widths: &Widths, growth: Growth) -> Net {
    assert!(is_scale(growth.size_px), "{} is no scale", growth.size_px);
    let mut net = Net::default();
    let picture = net.followed_input(3, 0);
    let maps = pose_maps(&mut net, growth);
    let conv = |net: &mut Net, x: Value, size: usize, what: &str, taps, channels| {
        net.conv(x, Layer::square(format!("discriminator.{size}.{what}"), taps, 1, channels).bias().then(LEAKY))
    };
    let mut x = conv(&mut net, picture, growth.size_px, "rgb", 1, widths.at(growth.size_px));
    let sizes: Vec<usize> = scales(growth.size_px).collect();
    for (&size, &map) in sizes.iter().zip(&maps).skip(1).rev() {
        let joined = net.join(&[x, map]);
        x = conv(&mut net, joined, size, "conv1", 3, widths.at(size));
        x = conv(&mut net, x, size, "conv2", 3, widths.at(size / 2));
        x = net.halve(x);
        if growth.fading_px() == Some(size / 2) {
            let small = net.halve(picture);
            let fading = conv(&mut net, small, size / 2, "rgb", 1, widths.at(size / 2));
            x = net.pixels(Fade { share: growth.share }, &[fading, x]);
        }
    }
    let (size, channels) = (SMALLEST_PX, widths.at(SMALLEST_PX));
    let deviation = net.deviation(x);
    let joined = net.join(&[x, maps[0], deviation]);
    let x = conv(&mut net, joined, size, "conv1", 3, channels);
    // 4×4 taps on 4×4 pixels: one on all of them in the channels of one.
    let half = net.unshuffle(x);
    let whole = net.unshuffle(half);
    let x = conv(&mut net, whole, size, "conv2", 1, channels);
    let score = net.conv(x, Layer::square(format!("discriminator.{size}.score"), 1, 1, 1).bias());
    net.result(score);
    net
}

fn pose_maps(net: &mut Net, growth: Growth) -> Vec<Value> {
    scales(growth.size_px).map(|size| net.input(KEYPOINTS, growth.halvings(size))).collect()
}

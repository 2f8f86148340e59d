//! Which layers there are (PSGAN, figure 2; Karras et al. 2018, table 2), scale by scale: C channels at 4², 8² … 1024²
//! ([`Widths`](super::Widths)). The maps are of keypoints: a plane for each, +1 at the pixel where it lies and −1 elsewhere; those of smaller
//! scales are what the maximum over 2×2 pixels leaves.
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
use super::{Design, KEYPOINTS, SMALLEST_PX, is_scale, scales};
use crate::nn::layers::{Activation, Layer, Net, Value};

/// The weights of the generator's first layer: 512 numbers a row.
pub const SEES_LATENTS: &str = "generator.4.dense.weight";

/// What the weights of a layer that see pose maps are called beside the rest of it.
const MAPS: &str = "maps";

/// Whether weights of this name see pose maps.
pub fn sees_maps(name: &str) -> bool {
    name.split('.').any(|part| part == MAPS)
}

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

/// Latent and keypoints to a picture of −1 to 1. Where there are no pose maps, nothing reads the keypoints.
///
/// # Panics
/// When it has grown to what is no scale.
pub fn generator(design: impl Into<Design>, growth: Growth) -> Net {
    let Design { widths, posed } = design.into();
    assert!(is_scale(growth.size_px), "{} is no scale", growth.size_px);
    let mut net = Net::default();
    let latent = net.input(LATENT, growth.halvings(1));
    let points = keypoints(&mut net, growth);
    let layer = |size: usize, what: &str, taps, channels| {
        Layer::square(format!("generator.{size}.{what}"), taps, 1, channels).bias()
    };
    let conv = |net: &mut Net, x: Value, layer: Layer| {
        let x = net.conv(x, layer);
        net.pixels(PixelNorm, &[x])
    };
    let picture = |net: &mut Net, x: Value, size: usize| net.conv(x, layer(size, "rgb", 1, 3));
    // The 4×4 pixels of a channel lie in 16 channels of one.
    let dense = layer(SMALLEST_PX, "dense", 1, 16 * widths.at(SMALLEST_PX)).then(LEAKY);
    let dense = net.conv(latent, dense);
    let half = net.shuffle(dense);
    let square = net.shuffle(half);
    let (mut x, mut fading) = (net.pixels(PixelNorm, &[square]), None);
    for size in scales(growth.size_px) {
        let larger = if size > SMALLEST_PX { net.repeat(x) } else { x };
        let first = layer(size, "conv1", 3, widths.at(size)).then(LEAKY);
        let first = if posed { with_maps(&mut net, first, larger, points, size, growth) } else { first };
        x = conv(&mut net, larger, first);
        if size > SMALLEST_PX {
            x = conv(&mut net, x, layer(size, "conv2", 3, widths.at(size)).then(LEAKY));
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

/// A picture of −1 to 1 and its keypoints to one number: how real it looks.
///
/// # Panics
/// When it has grown to what is no scale.
pub fn discriminator(design: impl Into<Design>, growth: Growth) -> Net {
    let Design { widths, posed } = design.into();
    assert!(is_scale(growth.size_px), "{} is no scale", growth.size_px);
    let mut net = Net::default();
    let picture = net.followed_input(3, 0);
    let points = keypoints(&mut net, growth);
    let layer = |size: usize, what: &str, taps, channels| {
        Layer::square(format!("discriminator.{size}.{what}"), taps, 1, channels).bias().then(LEAKY)
    };
    let mut x = net.conv(picture, layer(growth.size_px, "rgb", 1, widths.at(growth.size_px)));
    for size in scales(growth.size_px).rev().filter(|size| *size > SMALLEST_PX) {
        let first = layer(size, "conv1", 3, widths.at(size));
        let first = if posed { with_maps(&mut net, first, x, points, size, growth) } else { first };
        x = net.conv(x, first);
        x = net.conv(x, layer(size, "conv2", 3, widths.at(size / 2)));
        x = net.halve(x);
        if growth.fading_px() == Some(size / 2) {
            let small = net.halve(picture);
            let fading = net.conv(small, layer(size / 2, "rgb", 1, widths.at(size / 2)));
            x = net.pixels(Fade { share: growth.share }, &[fading, x]);
        }
    }
    let (size, channels) = (SMALLEST_PX, widths.at(SMALLEST_PX));
    let deviation = net.deviation(x);
    let joined = net.join(&[x, deviation]);
    let first = layer(size, "conv1", 3, channels);
    let first = if posed { with_maps(&mut net, first, joined, points, size, growth) } else { first };
    let x = net.conv(joined, first);
    // 4×4 taps on 4×4 pixels: one on all of them in the channels of one.
    let half = net.unshuffle(x);
    let whole = net.unshuffle(half);
    let x = net.conv(whole, layer(size, "conv2", 1, channels));
    let score = net.conv(x, Layer::square(format!("discriminator.{size}.score"), 1, 1, 1).bias());
    net.result(score);
    net
}

fn keypoints(net: &mut Net, growth: Growth) -> Value {
    net.input(2 * KEYPOINTS, growth.halvings(1))
}

/// The layer of `x` with the pose maps beside it. Theirs are weights of their own, as their convolution is quick (of all
/// convolutions of a step at 128² they would be a fifth).
fn with_maps(net: &mut Net, layer: Layer, x: Value, points: Value, size_px: usize, growth: Growth) -> Layer {
    let [layer, maps] = layer.parted(MAPS, net.channels(x) + KEYPOINTS);
    let maps = net.one_hot(points, maps, [size_px; 2], growth.halvings(size_px));
    layer.plus(maps)
}

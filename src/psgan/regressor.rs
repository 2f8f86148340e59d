//! What finds the twenty points in a picture: an instrument to see whether a character stands as it was told. Its layers are
//! those of hourglasses (Newell et al. 2016) with fewer channels; where a point is, is the mean of places weighed by a
//! map's softmax (integral regression, Sun et al. 2018), which is learned from places alone.

use super::{KEYPOINTS, Keypoints, SMALLEST_PX};
use crate::nn::layers::{Activation, Layer, Net, Value};

/// Channels at half the picture's size, a quarter … ; the last for all smaller ones.
const CHANNELS: [usize; 4] = [24, 48, 64, 96];

/// A picture of −1 to 1, `size_px` squared, to a map for each point at half the size.
///
/// # Panics
/// When the side is no power of two above 4.
pub fn regressor(size_px: usize) -> Net {
    assert!(size_px.is_power_of_two() && size_px > SMALLEST_PX, "{size_px}² has no halves");
    let mut net = Net::default();
    let picture = net.input(3, 0);
    let mut maps: Vec<(Value, usize)> = vec![];
    let (mut x, mut side, mut depth) = (picture, size_px, 0);
    while side > SMALLEST_PX {
        let channels = CHANNELS[depth.min(CHANNELS.len() - 1)];
        x = net.conv(x, layer(format!("regressor.down{depth}.a"), 2, channels));
        x = net.conv(x, layer(format!("regressor.down{depth}.b"), 1, channels));
        maps.push((x, channels));
        (side, depth) = (side / 2, depth + 1);
    }
    maps.pop();
    for (depth, (skip, channels)) in maps.into_iter().enumerate().rev() {
        let grown = net.grow(x);
        let joined = net.join(&[grown, skip]);
        x = net.conv(joined, layer(format!("regressor.up{depth}"), 1, channels));
    }
    let points = net.conv(x, Layer::square("regressor.points", 1, 1, KEYPOINTS).bias());
    net.result(points);
    net
}

fn layer(name: String, stride: usize, channels: usize) -> Layer {
    Layer::square(name, 3, stride, channels).batch_norm().then(Activation::Relu)
}

/// The share of points that were found within `share` of the body's height from where they are (PCK); of those that lie
/// within the picture. The height of a body in a picture is the longer side of the box around its points: one that lies is
/// as high as one that stands. `None`: nothing of it is in the picture.
pub fn pck(found: &Keypoints, wanted: &Keypoints, share: f32) -> Option<f64> {
    let inside: Vec<usize> =
        (0..KEYPOINTS).filter(|&point| wanted[point].iter().all(|v| (0.0..1.0).contains(v))).collect();
    let side = |axis: usize| {
        let along = inside.iter().map(|&point| wanted[point][axis]);
        along.clone().fold(f32::MIN, f32::max) - along.fold(f32::MAX, f32::min)
    };
    let height = side(0).max(side(1));
    let near = |point: &&usize| {
        let [x, y] = [0, 1].map(|axis| found[**point][axis] - wanted[**point][axis]);
        x.hypot(y) <= share * height
    };
    let right = inside.iter().filter(near).count();
    (!inside.is_empty()).then(|| right as f64 / inside.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_right_within_a_share_of_the_height() {
        let mut wanted = [[0.5, 0.5]; KEYPOINTS];
        (wanted[0], wanted[1]) = ([0.5, 0.1], [0.6, 0.9]);
        assert_eq!(pck(&wanted, &wanted, 0.05), Some(1.0));
        let mut found = wanted;
        // The body is 0.8 high: one point is off by 0.03, another by 0.05, a third by 0.5.
        (found[2], found[3], found[4]) = ([0.53, 0.5], [0.5, 0.45], [0.0, 0.5]);
        assert_eq!(pck(&found, &wanted, 0.05), Some(18.0 / 20.0));
        assert_eq!(pck(&found, &wanted, 0.1), Some(19.0 / 20.0));
        // Who is beyond the edges is not asked for.
        wanted[4] = [-1.0; 2];
        assert_eq!(pck(&found, &wanted, 0.1), Some(1.0));
        assert_eq!(pck(&found, &[[2.0; 2]; KEYPOINTS], 0.1), None);
    }
}

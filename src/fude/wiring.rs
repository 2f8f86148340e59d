//! Which layers there are. Sizes are of a square drawing of S pixels a side, S a multiple of 32.

use super::answer::{COARSE, FINE, YAWS};
use super::hints::INPUTS;
use super::laid::Laid;
use crate::nn::layers::{Activation, Layer, Net, Value};

/// Channels of the encoder's features at S/2, S/4, S/8, S/16 and S/32.
const FEATURES: [usize; 5] = [24, 48, 96, 144, 192];

/// Channels of the detector's way up at S/16, S/8, S/4 and S/2.
const UP: [usize; 4] = [128, 96, 56, 32];

/// What the detector answers, in the order of its net's results.
pub mod result {
    /// The side that is seen, at S/32: [`super::YAWS`] channels.
    pub const YAW: usize = 0;
    /// Landmarks and mask at S/16, asked for while learning alone.
    pub const COARSE: usize = 1;
    /// Landmarks, mask and spread at S/2.
    pub const FINE: usize = 2;
}

/// The detector with its encoder: a drawing with its hints to answers. What only learning asks for is left out unless
/// `learning`.
pub fn detector(learning: bool) -> Net {
    looks(learning, false)
}

/// The refiner: the same layers but the last, which says by how much what was laid over the drawing is to change. It begins
/// by changing nothing.
pub fn refiner(learning: bool) -> Net {
    looks(learning, true)
}

/// The detector's encoder alone: a drawing with its hints to its deepest features, at S/32.
pub fn features() -> Net {
    let mut net = Net::default();
    let drawing = net.input(INPUTS, 0);
    let [.., deepest] = encoder(&mut net, drawing);
    net.result(deepest);
    net.folded()
}

fn looks(learning: bool, once_more: bool) -> Net {
    let mut net = Net::default();
    let drawing = net.input(INPUTS, 0);
    let features = encoder(&mut net, drawing);
    let [half, quarter, eighth, sixteenth, deepest] = features;
    let yaw = net.conv(deepest, Layer::square("detector.yaw", 1, 1, YAWS).bias());
    net.result(yaw);
    let x = rise(&mut net, deepest, sixteenth, "detector.up4", UP[0]);
    let x = residual(&mut net, x, "detector.up4.block", UP[0], false);
    if learning {
        let coarse = net.conv(x, Layer::square("detector.coarse", 1, 1, COARSE).bias().begins_as(0.0));
        net.result(coarse);
    }
    let x = rise(&mut net, x, eighth, "detector.up3", UP[1]);
    let x = rise(&mut net, x, quarter, "detector.up2", UP[2]);
    let x = rise(&mut net, x, half, "detector.up1", UP[3]);
    let fine = if once_more {
        let change = net.conv(x, Layer::square("detector.change", 3, 1, FINE).bias().begins_as(0.0));
        let laid = net.halve(drawing);
        net.pixels(Laid, &[laid, change])
    } else {
        net.conv(x, Layer::square("detector.fine", 3, 1, FINE).bias())
    };
    net.result(fine);
    net
}

/// A drawing with its hints to features, the largest first.
fn encoder(net: &mut Net, drawing: Value) -> [Value; 5] {
    let stem = |name: &str, stride| {
        Layer::square(format!("encoder.{name}"), 3, stride, FEATURES[0]).batch_norm().then(Activation::Relu)
    };
    let x = net.conv(drawing, stem("stem", 2));
    let mut x = net.conv(x, stem("stem2", 1));
    let mut features = [x; 5];
    for (depth, &channels) in FEATURES.iter().enumerate().skip(1) {
        x = residual(net, x, &format!("encoder.{depth}.a"), channels, true);
        x = residual(net, x, &format!("encoder.{depth}.b"), channels, false);
        features[depth] = x;
    }
    features
}

/// Two convolutions beside a shortcut.
fn residual(net: &mut Net, x: Value, name: &str, channels: usize, halves: bool) -> Value {
    let stride = if halves { 2 } else { 1 };
    let shortcut = if halves || net.channels(x) != channels {
        let x = if halves { net.halve(x) } else { x };
        net.conv(x, Layer::square(format!("{name}.shortcut"), 1, 1, channels).batch_norm())
    } else {
        x
    };
    let inner = Layer::square(format!("{name}.1"), 3, stride, channels).batch_norm().then(Activation::Relu);
    let inner = net.conv(x, inner);
    let outer = Layer::square(format!("{name}.2"), 3, 1, channels).batch_norm();
    net.conv(inner, outer.plus(shortcut).then(Activation::Relu))
}

/// Grown to the size of a skip, joined with it, convolved.
fn rise(net: &mut Net, x: Value, skip: Value, name: &str, channels: usize) -> Value {
    let grown = net.grow(x);
    let joined = net.join(&[grown, skip]);
    net.conv(joined, Layer::square(name, 3, 1, channels).batch_norm().then(Activation::Relu))
}

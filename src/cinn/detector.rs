//! The detector of UDPs (section 3.4): a U-Net whose decoder has five residual blocks; and the renderer behind it, end to end.
//!
//! The text leaves open what blocks are made of. Taken were: two 3×3 convolutions beside a shortcut of one tap, with batch norms
//! where the encoder has them; four of them grow and see the encoder's features, the last one has the picture's own size.

use super::pixels::{Found, Told};
use super::wiring::{DRAWN, WANTED, encoder, render};
use super::{Backbone, Design};
use crate::nn::layers::{Activation, Layer, Net, Value};

/// What a net with a detector answers, in the order of its results.
pub mod result {
    /// Of each picture: landmarks times occupancy, and occupancy.
    pub const EACH: usize = 0;
    /// The mean over the pictures of one pose.
    pub const MEAN: usize = 1;
    /// The picture that is painted of that, where somebody paints.
    pub const COLOURS: usize = 2;
}

/// Pictures of poses, those of one after the other on several backgrounds ([`DRAWN`] channels), to UDPs ([`WANTED`]) of
/// each and their mean. The second input has a picture for each pose, of which nothing is seen. `shared`: its encoder has the
/// renderer's names.
pub fn detector(design: &Design, shared: bool) -> Net {
    let mut net = Net::default();
    let pictures = net.input(DRAWN, 0);
    let poses = net.input(WANTED, 0);
    detect(&mut net, pictures, poses, design, shared);
    net
}

/// The same with the renderer behind it: drawings as [`renderer`](super::wiring::renderer) sees them, then the inputs of
/// [`detector`]. With a `shared` backbone both encoders are one.
pub fn both(design: &Design, shared: bool) -> Net {
    let mut net = Net::default();
    let drawings = net.input(design.seen_channels(), 0);
    let pictures = net.input(DRAWN, 0);
    let poses = net.input(WANTED, 0);
    let target = detect(&mut net, pictures, poses, design, shared);
    render(net, drawings, target, design)
}

fn detect(net: &mut Net, pictures: Value, poses: Value, design: &Design, shared: bool) -> Value {
    let features = encoder(net, pictures, design, if shared { "encoder" } else { "detector.encoder" });
    let mut x = features[4];
    for (block, skip) in features[..4].iter().rev().enumerate() {
        let grown = net.grow(x);
        let joined = net.join(&[grown, *skip]);
        x = residual(net, joined, &format!("detector.decoder.{}", block + 1), design.width << (3 - block), design);
    }
    for _ in 4..design.halvings() {
        x = net.grow(x);
    }
    x = residual(net, x, "detector.decoder.5", design.width, design);
    let found = net.conv(x, Layer::square("detector.found", 3, 1, WANTED).bias().begins_as(0.0));
    let found = net.pixels(Found, &[found]);
    let each = net.pixels(Told, &[found]);
    let mean = net.meet(each, poses);
    net.result(each);
    net.result(mean);
    mean
}

fn residual(net: &mut Net, x: Value, name: &str, channels: usize, design: &Design) -> Value {
    let layer = |what: &str, taps: usize| {
        let layer = Layer::square(format!("{name}.{what}"), taps, 1, channels);
        if design.backbone == Backbone::Plain { layer.bias() } else { layer.batch_norm() }
    };
    let shortcut = net.conv(x, layer("shortcut", 1));
    let inner = net.conv(x, layer("1", 3).then(Activation::Relu));
    net.conv(inner, layer("2", 3).plus(shortcut).then(Activation::Relu))
}

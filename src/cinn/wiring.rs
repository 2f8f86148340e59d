//! Which layers there are.
//!
//! What the text of section 3.4 says is done as it says. What it leaves open was taken so:
//!
//! * Encoders have five scales. The plain one is U-Net's. Residual ones have the stages of ResNets, with a stem of three
//!   3×3 convolutions for one of 7×7 and shortcuts that halve by means (He et al. 2019, ResNet-C and -D); what a maximum
//!   halves in front of the first stage there, the stride of its first block halves here.
//! * A block of the decoder grows what lies below bilinearly, joins it with the encoder's features and the UDP there, and has
//!   two convolutions without norms. The second one's outputs are the local half, the remote half and the flow.
//! * Half of a remote half are values, the other half their weights, as logits. A message is the sum over the views of value
//!   times weight, divided by the number of views ("predicted by CNN and normalized by the number of views").
//! * A block that sends no message keeps its own, weighed. The last block has no local half: all of it is taken together.
//! * The end collects what all said at each scale, grown to the last one's size, and makes colours on white of it with two
//!   convolutions.
//! * U sees all drawings and the UDP side by side, at full size alone, as "a concatenated tensor of 4 reference images and the
//!   target UDP" says; with G, all features of a block are moved.

use super::pixels::{OnPaper, Weighed};
use super::{Backbone, Design};
use crate::nn::layers::{Activation, Layer, Net, Value};

/// What is seen of a pixel of a drawing: colours on white, and opacity.
pub const DRAWN: usize = 4;
/// What is wanted of a pixel: where on the body it is (nothing where no body is), and occupancy.
pub const WANTED: usize = 4;
/// Red, green and blue on white.
pub const COLOURS: usize = 3;

const SLOPE: f32 = 0.1;

/// The renderer: drawings (of one sheet after the other, [`DRAWN`] channels; where it does not collaborate, those of a sheet
/// side by side) and the UDP that is wanted of each sheet ([`WANTED`]) to colours ([`COLOURS`]). Sides are multiples of two
/// to the power of [`Design::halvings`].
pub fn renderer(design: &Design) -> Net {
    let mut net = Net::default();
    let drawings = net.input(design.seen_channels(), 0);
    let target = net.input(WANTED, 0);
    render(net, drawings, target, design)
}

/// The same of a target that is given or made.
pub(super) fn render(mut net: Net, drawings: Value, target: Value, design: &Design) -> Net {
    let seen = if design.collaborates { drawings } else { net.join(&[drawings, target]) };
    let features = encoder(&mut net, seen, design, "encoder");
    let skips = if design.collaborates { with_udp(&mut net, features, target, design) } else { features };
    let mut decoder = Decoder { net, design, target, said: vec![] };
    let mut x = skips[4];
    for (block, skip) in skips[..4].iter().rev().enumerate() {
        x = decoder.block(block, x, *skip, design.width << (3 - block));
    }
    decoder.end(x)
}

/// Features of drawings, the largest first.
pub(super) fn encoder(net: &mut Net, x: Value, design: &Design, prefix: &str) -> [Value; 5] {
    let width = design.width;
    match design.backbone {
        Backbone::Plain => {
            let mut below = x;
            [0, 1, 2, 3, 4].map(|scale| {
                let layer = |which: usize, stride| leaky(format!("{prefix}.{scale}.{which}"), stride, width << scale);
                let inner = net.conv(below, layer(1, if scale == 0 { 1 } else { 2 }));
                below = net.conv(inner, layer(2, 1));
                below
            })
        }
        residual => {
            let mut x = x;
            for which in 1..=3 {
                let stride = if which == 1 { 1 + design.stem_halvings } else { 1 };
                x = net.conv(x, normed(format!("{prefix}.stem.{which}"), 3, stride, width).then(Activation::Relu));
            }
            let mut features = [x; 5];
            for (stage, blocks) in [3, 4, 6, 3].into_iter().enumerate() {
                for number in 0..blocks {
                    let name = format!("{prefix}.{}.{number}", stage + 1);
                    x = residual_block(net, x, &name, residual, width << stage, number == 0);
                }
                features[stage + 1] = x;
            }
            features
        }
    }
}

/// Convolutions beside a shortcut; the first one of a stage halves.
fn residual_block(net: &mut Net, x: Value, name: &str, of: Backbone, width: usize, first: bool) -> Value {
    let stride = if first { 2 } else { 1 };
    let outputs = if of == Backbone::R50 { 4 * width } else { width };
    let shortcut = if first {
        let halved = net.halve(x);
        net.conv(halved, normed(format!("{name}.shortcut"), 1, 1, outputs))
    } else {
        x
    };
    let mut layer = |x, which: usize, taps, stride| {
        net.conv(x, normed(format!("{name}.{which}"), taps, stride, width).then(Activation::Relu))
    };
    let (inner, last_taps) = if of == Backbone::R50 {
        let narrow = layer(x, 1, 1, 1);
        (layer(narrow, 2, 3, stride), 1)
    } else {
        (layer(x, 1, 3, stride), 3)
    };
    let last = normed(format!("{name}.last"), last_taps, 1, outputs);
    net.conv(inner, last.plus(shortcut).then(Activation::Relu))
}

/// Each drawing's features beside the UDP, rescaled by nearest sampling.
fn with_udp(net: &mut Net, features: [Value; 5], target: Value, design: &Design) -> [Value; 5] {
    let first = design.halvings() - 4;
    let mut wanted = (0..first).fold(target, |udp, _| net.thin(udp));
    let mut scale = 0;
    features.map(|of_drawings| {
        if scale > 0 {
            wanted = net.thin(wanted);
        }
        scale += 1;
        let each = net.spread(wanted, of_drawings);
        net.join(&[of_drawings, each])
    })
}

/// The way up.
struct Decoder<'a> {
    net: Net,
    design: &'a Design,
    /// Has a picture for each sheet.
    target: Value,
    /// What all views said, the smallest first.
    said: Vec<Value>,
}

impl Decoder<'_> {
    /// D1 is the block 0.
    fn block(&mut self, block: usize, below: Value, skip: Value, channels: usize) -> Value {
        let (net, last) = (&mut self.net, block == 3);
        let name = |what: &str| format!("decoder.{}.{what}", block + 1);
        let grown = net.grow(below);
        let joined = net.join(&[grown, skip]);
        let inner = net.conv(joined, leaky(name("inner"), 1, channels));
        let flow = self.design.warps.then(|| {
            // It begins as none.
            net.conv(inner, Layer::square(name("flow"), 3, 1, 2).bias().begins_as(0.0))
        });
        let moved = |net: &mut Net, x| flow.map_or(x, |flow| net.warp(x, flow));
        if !self.design.collaborates {
            let all = net.conv(inner, leaky(name("all"), 1, channels));
            return moved(net, all);
        }
        let remote = if last { channels } else { channels / 2 };
        let remote = net.conv(inner, Layer::square(name("remote"), 3, 1, remote).bias());
        let remote = moved(net, remote);
        let own = net.pixels(Weighed, &[remote]);
        if last {
            let all = net.meet(own, self.target);
            self.said.push(all);
            return all;
        }
        let local = net.conv(inner, leaky(name("local"), 1, channels / 2));
        let message = if block + self.design.rounds >= 3 {
            let all = net.meet(own, self.target);
            self.said.push(all);
            net.spread(all, own)
        } else {
            own
        };
        net.join(&[local, message])
    }

    /// Colours of what all said.
    fn end(mut self, last: Value) -> Net {
        let (net, count) = (&mut self.net, self.said.len());
        let grown = |net: &mut Net, (which, said): (usize, &Value)| (which + 1..count).fold(*said, |x, _| net.grow(x));
        let said: Vec<Value> = self.said.iter().enumerate().map(|said| grown(net, said)).collect();
        let mut x = if said.is_empty() { last } else { net.join(&said) };
        x = net.conv(x, leaky("end.inner".into(), 1, self.design.width));
        for _ in 4..self.design.halvings() {
            x = net.grow(x);
        }
        let colours = net.conv(x, Layer::square("end.colours", 3, 1, COLOURS).bias().begins_as(0.0));
        let colours = net.pixels(OnPaper, &[colours]);
        net.result(colours);
        self.net
    }
}

fn leaky(name: String, stride: usize, channels: usize) -> Layer {
    Layer::square(name, 3, stride, channels).bias().then(Activation::Leaky(SLOPE))
}

fn normed(name: String, taps: usize, stride: usize, channels: usize) -> Layer {
    Layer::square(name, taps, stride, channels).batch_norm()
}

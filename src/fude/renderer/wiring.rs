//! Which layers the renderer has. Sizes are of pictures of S pixels a side, S a multiple of 32.

use super::super::wiring::FEATURES;
use super::functions::{Compare, Doubt, Finish, Offer};
use crate::nn::layers::{Activation, Bound, Layer, Net, Sum, Value};

/// What is known of a drawing's pixel: premultiplied colour 4, landmark times occupancy and occupancy 4, trust times
/// occupancy.
pub const KNOWN: usize = 9;

/// Channels of what is kept of a drawing at S/2, S/4, S/8 and S/16, [`KNOWN`] last.
pub const SKIPS: [usize; 4] = [24, 40, 64, 96];

/// Channels of a block at the same sizes.
const WIDTHS: [usize; 4] = [24, 48, 64, 80];

/// Channels of what a block gets from the one before, at S/2, S/4 and S/8.
const RISING: [usize; 3] = [24, 40, 56];

/// Channels of what all views agree on, and of the picture that is made of it at full size.
const AGREED: usize = 24;
const FULL: usize = 16;

/// How far a block may move what is looked up, in sides.
const MOVES: Bound = Bound { reach: 0.125, pace: 0.4 };

/// What the painter makes, in the order of its net's results.
pub mod result {
    /// One picture a pose: red, green, blue (not premultiplied, where they are seen in [0, 1]), opacity.
    pub const PICTURE: usize = 0;
    /// What copying alone makes of it: colour 3, opacity, how far off, trust.
    pub const OFFER: usize = 1;
    /// A weight a view, whose softmax is its share.
    pub const WEIGHTS: usize = 2;
}

/// What the painter sees, in the order of its net's inputs besides the drawings': places and poses at S/16, S/8, S/4, S/2
/// and S.
pub const SIZES: [usize; 5] = [16, 8, 4, 2, 1];

/// What is kept of drawings, once for many pictures: from the encoder's features (the largest first) and what is known
/// at S/2, S/4, S/8 and S/16.
pub fn sheet() -> Net {
    let mut net = Net::default();
    let skips = kept(&mut net);
    skips.into_iter().for_each(|skip| net.result(skip));
    net
}

/// From what is kept of drawings (the largest first) and what is known at full size to the picture.
pub fn painter() -> Net {
    let mut net = Net::default();
    let skips = std::array::from_fn(|i| net.input(SKIPS[i], i as i32 + 1));
    paint(&mut net, skips);
    net
}

/// Both in one, as they learn: inputs are those of [`sheet`], then those of [`painter`] besides what is kept.
pub fn learning() -> Net {
    let mut net = Net::default();
    let skips = kept(&mut net);
    paint(&mut net, skips);
    net
}

fn kept(net: &mut Net) -> [Value; 4] {
    let features: [Value; 5] = std::array::from_fn(|i| net.input(FEATURES[i], i as i32 + 1));
    let known: [Value; 4] = std::array::from_fn(|i| net.input(KNOWN, i as i32 + 1));
    let deepest = net.grow(features[4]);
    let deep = net.join(&[features[3], deepest]);
    std::array::from_fn(|i| {
        let from = if i == 3 { deep } else { features[i] };
        let name = format!("renderer.keep{}", i + 1);
        let narrow = net.conv(from, Layer::square(name, 1, 1, SKIPS[i] - KNOWN).bias());
        net.join(&[narrow, known[i]])
    })
}

fn paint(net: &mut Net, skips: [Value; 4]) {
    let drawings = net.input(KNOWN, 0);
    let halvings = |size: usize| size.ilog2() as i32;
    let places = SIZES.map(|size| net.input(2, halvings(size)));
    let poses = SIZES.map(|size| net.input(4, halvings(size)));
    let (mut moved, mut below, mut agreed, mut weights) = (None, None, None, None);
    for at in 0..4 {
        let depth = 3 - at;
        let name = |what: &str| format!("renderer.{}.{what}", depth + 1);
        let width = WIDTHS[depth];
        let place = match moved {
            None => places[at],
            Some(moved) => {
                let grown = net.grow(moved);
                moved_to(net, places[at], grown)
            }
        };
        let seen = net.look(skips[depth], place, poses[at]);
        let wanted = net.repeat(poses[at], place);
        let compared = net.pixels(Compare, &[seen, wanted]);
        let parts: Vec<Value> = [seen, wanted, compared].into_iter().chain(below).collect();
        let x = net.join(&parts);
        let x = block(net, x, &name("block"), width);
        let moves = net.conv(x, Layer::square(name("move"), 3, 1, 2).bias().begins_as(0.0));
        let moves = net.pixels(MOVES, &[moves]);
        moved = Some(match moved {
            None => moves,
            Some(before) => {
                let grown = net.grow(before);
                net.pixels(Sum, &[grown, moves])
            }
        });
        let doubt = net.pixels(Doubt, &[seen, wanted]);
        let doubt = net.conv(doubt, Layer::square(name("doubt"), 1, 1, 1).begins_as(-1.0));
        let weight = net.conv(x, Layer::square(name("weight"), 3, 1, 1).bias().begins_as(0.0).plus(doubt));
        weights = Some(weight);
        let message = net.conv(x, Layer::square(name("say"), 1, 1, width / 2).bias());
        let message = net.blend(message, weight, poses[at]);
        let heard = Layer::square(name("agree"), 1, 1, AGREED).bias();
        agreed = Some(match agreed {
            None => net.conv(message, heard),
            Some(before) => {
                let grown = net.grow(before);
                net.conv(message, heard.plus(grown))
            }
        });
        if depth > 0 {
            let all = net.repeat(message, x);
            let both = net.join(&[x, all]);
            let narrow = net.conv(both, Layer::square(name("rise"), 1, 1, RISING[depth - 1]).bias());
            below = Some(net.grow(narrow));
        }
    }
    let (Some(moved), Some(agreed), Some(weights)) = (moved, agreed, weights) else { return };
    // Made.
    let x = net.join(&[agreed, poses[3]]);
    let x = block(net, x, "renderer.half", AGREED);
    let x = net.conv(x, Layer::square("renderer.whole", 3, 1, 4 * FULL).bias());
    let made = net.shuffle(x);
    // Copied.
    let grown = net.grow(moved);
    let place = moved_to(net, places[4], grown);
    let seen = net.look(drawings, place, poses[4]);
    let wanted = net.repeat(poses[4], place);
    let doubt = net.pixels(Doubt, &[seen, wanted]);
    let grown = net.grow(weights);
    let weights = net.conv(doubt, Layer::square("renderer.copy", 1, 1, 1).begins_as(-1.0).plus(grown));
    let copied = net.blend(seen, weights, poses[4]);
    let offer = net.pixels(Offer, &[copied, poses[4]]);
    // Both.
    let x = net.join(&[made, poses[4], offer]);
    let leaky = Layer::square("renderer.mix", 3, 1, FULL).bias().then(Activation::Leaky(0.1));
    let x = net.conv(x, leaky);
    let x = net.conv(x, Layer::square("renderer.last", 3, 1, Finish::CHANNELS).bias().begins_as(0.0));
    let picture = net.pixels(Finish, &[offer, x, poses[4]]);
    [picture, offer, weights].into_iter().for_each(|value| net.result(value));
}

fn moved_to(net: &mut Net, places: Value, moves: Value) -> Value {
    net.pixels(Sum, &[places, moves])
}

/// Two convolutions, the second beside a shortcut.
fn block(net: &mut Net, x: Value, name: &str, channels: usize) -> Value {
    let leaky = Activation::Leaky(0.1);
    let first = Layer::square(format!("{name}.1"), 3, 1, channels).batch_norm().then(leaky.clone());
    let x = net.conv(x, first);
    net.conv(x, Layer::square(format!("{name}.2"), 3, 1, channels).batch_norm().plus(x).then(leaky))
}

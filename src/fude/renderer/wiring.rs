//! Which layers the renderer has. Sizes are of pictures of S pixels a side, S a multiple of 16.

use super::finish::Finish;
use crate::nn::layers::{Activation, Layer, Net, Value};

/// What the net sees of a pixel: what landmark transfer proposes (the mean's premultiplied colour 4, the best drawing's 4,
/// how sure 1, where it faces 3) and what is wanted (landmark times occupancy and occupancy 4).
pub const INPUTS: usize = 16;

/// Channels at S/2, S/4, S/8 and S/16.
const WIDTHS: [usize; 4] = [32, 48, 64, 96];
/// Channels at full size.
const FULL: usize = 16;

/// How the names of the layers begin that are tuned to a character: the last ones, from S/4 up. What is known of bodies lies
/// before them and stays.
const TUNED: [&str; 5] = ["renderer.up48.", "renderer.up32.", "renderer.whole", "renderer.mix", "renderer.last"];

/// Whether a layer, or a tensor of it, is tuned to a character.
pub fn is_tuned(name: &str) -> bool {
    TUNED.iter().any(|begin| name.starts_with(begin))
}

/// From proposals to pictures: down to S/16 and up again with skips (Ronneberger et al. 2015), and at full size the
/// proposal once more beside what was made of it. The result is one picture each: red, green, blue (not premultiplied,
/// where they are seen in [0, 1]), opacity.
pub fn painter() -> Net {
    let mut net = Net::default();
    let proposal = net.input(INPUTS, 0);
    let mut x = proposal;
    let skips = WIDTHS.map(|width| {
        let name = format!("renderer.down{width}");
        x = net.conv(x, leaky(format!("{name}.in"), 2, width));
        x = block(&mut net, x, &name, width);
        x
    });
    x = block(&mut net, x, "renderer.deep", WIDTHS[3]);
    for depth in (0..3).rev() {
        let grown = net.grow(x);
        let joined = net.join(&[grown, skips[depth]]);
        let name = format!("renderer.up{}", WIDTHS[depth]);
        x = net.conv(joined, leaky(format!("{name}.in"), 1, WIDTHS[depth]));
        x = block(&mut net, x, &name, WIDTHS[depth]);
    }
    let x = net.conv(x, Layer::square("renderer.whole", 3, 1, 4 * FULL).bias());
    let made = net.shuffle(x);
    let both = net.join(&[made, proposal]);
    let x = net.conv(both, Layer::square("renderer.mix", 3, 1, FULL).bias().then(Activation::Leaky(0.1)));
    let x = net.conv(x, Layer::square("renderer.last", 3, 1, Finish::CHANNELS).bias().begins_as(0.0));
    let picture = net.pixels(Finish, &[proposal, x]);
    net.result(picture);
    net
}

fn leaky(name: String, stride: usize, channels: usize) -> Layer {
    Layer::square(name, 3, stride, channels).batch_norm().then(Activation::Leaky(0.1))
}

/// Two convolutions beside a shortcut (He et al. 2015).
fn block(net: &mut Net, x: Value, name: &str, channels: usize) -> Value {
    let inner = net.conv(x, leaky(format!("{name}.1"), 1, channels));
    let outer = Layer::square(format!("{name}.2"), 3, 1, channels).batch_norm();
    net.conv(inner, outer.plus(x).then(Activation::Leaky(0.1)))
}

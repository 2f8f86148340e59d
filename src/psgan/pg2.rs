//! What PSGAN is compared with (section 3.4): Pose Guided Person Generation (PG², Ma et al. 2017), which makes a picture of
//! somebody in another pose from a picture of them. In two stages: a coarse picture, then what has to change in it; a
//! discriminator judges pairs.
//!
//! ```text
//! stage I    source + maps ─ 3×3 ─▶ S²×C ─ stride 2 … ─▶ 4² ─ dense 64 ─▶ 4² ─ ×2, skips … ─▶ coarse
//! stage II   coarse, source ─ the same without the dense layers ─▶ change ─ + coarse ─▶ picture
//! judge      picture, source ─ stride 2 … ─▶ 4² ─ dense ─▶ 1
//! ```
//!
//! Simpler than the authors' where it stands so: a convolution more at each scale instead of residual blocks, channels of
//! [`Widths`] as PSGAN's, maps of single pixels as PSGAN's (they draw discs of 4 pixels' radius at 256²), leaky ReLUs,
//! no norms in the discriminator.

use super::{KEYPOINTS, SMALLEST_PX, Widths, is_scale, scales};
use crate::nn::layers::{Activation, Layer, Net, Value};

/// Plain ReLUs, as the authors have them, die at our rates: what is left paints paper.
const LEAKY: Activation = Activation::Leaky(0.2);
/// Numbers that all of a picture goes through in stage I.
const NARROW: usize = 64;

/// Stage I: a source picture of −1 to 1 and the keypoints that are wanted to a coarse picture.
///
/// # Panics
/// When the side is no scale, or the smallest.
pub fn coarse(widths: &Widths, size_px: usize) -> Net {
    let mut net = Net::default();
    let source = net.input(3, 0);
    let points = net.input(2 * KEYPOINTS, size_px.ilog2().cast_signed());
    let [first, maps] = layer("coarse", size_px, "in", 1, widths.at(size_px)).parted("maps", 3 + KEYPOINTS);
    let maps = net.one_hot(points, maps, [size_px; 2], 0);
    let first = net.conv(source, first.plus(maps));
    let (deepest, skips) = down(&mut net, "coarse", first, widths, size_px);
    let channels = widths.at(SMALLEST_PX);
    let half = net.unshuffle(deepest);
    let whole = net.unshuffle(half);
    let dense = |what: &str, outputs| Layer::square(format!("coarse.{what}"), 1, 1, outputs).bias();
    let narrow = net.conv(whole, dense("narrow", NARROW));
    let wide = net.conv(narrow, dense("wide", 16 * channels).then(LEAKY));
    let half = net.shuffle(wide);
    let square = net.shuffle(half);
    let x = up(&mut net, "coarse", square, skips, widths);
    let picture = net.conv(x, Layer::square("coarse.rgb", 3, 1, 3).bias());
    net.result(picture);
    net
}

/// Stage II: a coarse picture and the source to the picture.
///
/// # Panics
/// As [`coarse`].
pub fn refine(widths: &Widths, size_px: usize) -> Net {
    let mut net = Net::default();
    let (coarse, source) = (net.input(3, 0), net.input(3, 0));
    let both = net.join(&[coarse, source]);
    let first = net.conv(both, layer("refine", size_px, "in", 1, widths.at(size_px)));
    let (deepest, skips) = down(&mut net, "refine", first, widths, size_px);
    let x = up(&mut net, "refine", deepest, skips, widths);
    // It begins by changing nothing.
    let picture = net.conv(x, Layer::square("refine.change", 3, 1, 3).bias().plus(coarse).begins_as(0.0));
    net.result(picture);
    net
}

/// A picture, which is followed, and the source to one number: how real they look together.
///
/// # Panics
/// As [`coarse`].
pub fn judge(widths: &Widths, size_px: usize) -> Net {
    assert!(is_scale(size_px) && size_px > SMALLEST_PX, "{size_px} is too small");
    let mut net = Net::default();
    let (picture, source) = (net.followed_input(3, 0), net.input(3, 0));
    let mut x = net.join(&[picture, source]);
    for size in scales(size_px / 2).rev() {
        let name = format!("judge.{size}");
        x = net.conv(x, Layer::square(name, 3, 2, widths.at(size)).bias().then(LEAKY));
    }
    let half = net.unshuffle(x);
    let whole = net.unshuffle(half);
    let score = net.conv(whole, Layer::square("judge.score", 1, 1, 1).bias());
    net.result(score);
    net
}

/// From the largest scale to the smallest; answers that and what lies before it, the largest first.
fn down(net: &mut Net, part: &str, first: Value, widths: &Widths, size_px: usize) -> (Value, Vec<(Value, usize)>) {
    assert!(is_scale(size_px) && size_px > SMALLEST_PX, "{size_px} is too small");
    let (mut x, mut skips) = (first, vec![(first, size_px)]);
    for size in scales(size_px / 2).rev() {
        x = net.conv(x, layer(part, size, "down", 2, widths.at(size)));
        x = net.conv(x, layer(part, size, "in", 1, widths.at(size)));
        skips.push((x, size));
    }
    skips.pop();
    (x, skips)
}

/// From the smallest scale back to the largest.
fn up(net: &mut Net, part: &str, deepest: Value, skips: Vec<(Value, usize)>, widths: &Widths) -> Value {
    skips.into_iter().rev().fold(deepest, |x, (skip, size)| {
        let larger = net.repeat(x);
        let joined = net.join(&[larger, skip]);
        net.conv(joined, layer(part, size, "out", 1, widths.at(size)))
    })
}

fn layer(part: &str, size_px: usize, what: &str, stride: usize, channels: usize) -> Layer {
    Layer::square(format!("{part}.{size_px}.{what}"), 3, stride, channels).bias().then(LEAKY)
}

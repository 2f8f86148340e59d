//! The collaborative decoder (see `shader` beside this folder) on packed weights, with less work:
//!
//! * what all views share of a block's input (target features and averages) is convolved once;
//! * what the first block sees of a view does not depend on the pose: it is convolved when the sheet is encoded;
//! * outputs that nothing reads are not computed: the features' mask, and the last block's flow and its mask.
//!
//! Channels are in an order of our own, wide pieces first, so that pieces begin at whole registers.

use super::layers::{HALF, Packer, SAME, run, values};
use super::{Encoded, Target};
use crate::conr::ConrError;
use crate::conr::shader::{BLOCKS, CHANNELS, Channels, GROUPED_FLOW, REFERENCE, WIDTH};
use crate::nn::kernels::{
    Activation, Batch, Conv, Flow, Join, Map, Pool, Shape, Storage, agree, lerp, lerp_scaled, settle, sigmoid, warp,
};
use crate::progress::Progress;
use candle_core::Result;
use candle_nn::VarBuilder;
use rayon::prelude::*;

/// Floats that one group of views may take at a block's output: more views are decoded group by group.
const GROUP_FLOATS: usize = 12 << 20;

/// Where pieces lie in the input of a view: its warped features, local message, warped reference and flow.
struct Own {
    local: usize,
    reference: usize,
    channels: usize,
}

impl Own {
    fn of(channels: &Channels) -> Self {
        let local = channels.feature;
        let reference = local + channels.message_in;
        Own { local, reference, channels: reference + PLACE }
    }
}

/// Reference and flow, which lie side by side everywhere.
const PLACE: usize = REFERENCE + 2;

/// Where pieces lie in a block's output: message, local message, the message's mask, the two's flows, the view's flow
/// and the mask of its place.
struct Out {
    local: usize,
    mask: usize,
    message_flow: usize,
    local_flow: usize,
    flow: usize,
    place_mask: usize,
    channels: usize,
}

impl Out {
    fn of(channels: &Channels, last: bool) -> Self {
        let local = channels.message_out;
        let mask = local + channels.local_out;
        let message_flow = mask + channels.message_out;
        let local_flow = message_flow + GROUPED_FLOW;
        let flow = local_flow + if channels.local_out > 0 { GROUPED_FLOW } else { 0 };
        let place_mask = flow + 2;
        Out { local, mask, message_flow, local_flow, flow, place_mask, channels: if last { flow } else { flow + 3 } }
    }

    /// The network's output channels in this order.
    fn of_network(&self, channels: &Channels, last: bool) -> Vec<usize> {
        let (message, local) = (2..2 + channels.message_out, channels.local_out);
        let message_flow = message.end..message.end + GROUPED_FLOW;
        let local = message_flow.end..message_flow.end + local;
        let local_flow = local.end..local.end + if local.is_empty() { 0 } else { GROUPED_FLOW };
        let place_mask = local_flow.end;
        let mask = place_mask + 2..place_mask + 2 + channels.message_out;
        let place = if last { vec![] } else { vec![0, 1, place_mask] };
        message.chain(local).chain(mask).chain(message_flow).chain(local_flow).chain(place).collect()
    }
}

/// The network's input channels: those of a view in the order of [`Own`], and the shared ones (target, message,
/// reference, flow).
fn inputs(channels: &Channels) -> (Vec<usize>, Vec<usize>) {
    let mut at = 0;
    let mut next = |count: usize| {
        at += count;
        at - count..at
    };
    let (flow, target, reference, feature) = (next(2), next(channels.target), next(REFERENCE), next(channels.feature));
    let (all_flow, all_reference, message) = (next(2), next(REFERENCE), next(channels.message_in));
    let local = next(channels.message_in);
    if channels.message_in == 0 {
        // The first block: flows are zero, and the view's reference stands in for the average.
        let own = feature.chain(reference).chain(all_reference).collect();
        return (own, target.collect());
    }
    let own = feature.chain(local).chain(reference).chain(flow).collect();
    (own, target.chain(message).chain(all_reference).chain(all_flow).collect())
}

struct Block {
    shared: Conv,
    own: Conv,
    second: Conv,
    stacks: Vec<Vec<Conv>>,
    up: Conv,
    last: Conv,
    out: Out,
}

impl Block {
    fn new<'a>(weights: &VarBuilder<'a>, k: usize, storage: Storage, pixels: usize) -> Result<Self> {
        let channels = &CHANNELS[k];
        let last = k + 1 == BLOCKS;
        let packer = |weights: VarBuilder<'a>, shrink: usize| Packer {
            weights,
            storage,
            pixels: (pixels / (shrink * shrink)).max(1),
        };
        let conv0 = weights.pp("conv0");
        let slopes = |weights: VarBuilder| values(&weights, WIDTH, "weight");
        let sizes = [channels.inputs(), WIDTH];
        let (own, shared) = inputs(channels);
        let all = crate::nn::kernels::all(WIDTH);
        let first = packer(conv0.pp(0), 2).read(HALF, sizes, true)?;
        let first_slopes = slopes(conv0.pp(1))?;
        let prelu = Activation::Prelu(&first_slopes);
        // The first block's part of a view is kept with the sheet, and the shared part joins it; else it's the reverse.
        let (of_shared, of_own) = if k == 0 { (prelu, Activation::None) } else { (Activation::None, prelu) };
        let same = |weights: &VarBuilder<'a>, i: usize, shape, shrink| {
            let slopes = slopes(weights.pp(i + 1))?;
            packer(weights.pp(i), shrink).whole(shape, [WIDTH, WIDTH], true, Activation::Prelu(&slopes))
        };
        let stack = |s: usize| {
            let weights = weights.pp("convblocks").pp(s);
            (0..6).map(|i| same(&weights, 2 * i, SAME, 4)).collect::<Result<_>>()
        };
        let conv_last = weights.pp("conv_last");
        let out = Out::of(channels, last);
        let outputs = out.of_network(channels, last);
        let sizes_out = [WIDTH, channels.outputs()];
        Ok(Block {
            shared: first.pack((&shared, &all), true, of_shared),
            own: first.pack((&own, &all), false, of_own),
            second: same(&conv0, 2, HALF, 4)?,
            stacks: (0..channels.stacks).map(stack).collect::<Result<_>>()?,
            up: same(&conv_last, 0, Shape::Double, 2)?,
            last: packer(conv_last.pp(2), 1).read(Shape::Double, sizes_out, true)?.pack(
                (&all, &outputs),
                true,
                Activation::None,
            ),
            out,
        })
    }

    /// The block's output from the first convolution's.
    fn run(&self, first: Batch, pool: &Pool) -> Batch {
        let step = |conv: &Conv, x: Batch| run(conv, x.map(), Join::default(), pool);
        let mut x = step(&self.second, first);
        for stack in &self.stacks {
            let mut y: Option<Batch> = None;
            for (i, conv) in stack.iter().enumerate() {
                let after = (i + 1 == stack.len()).then(|| x.map());
                y = Some(run(conv, y.as_ref().map_or(x.map(), Batch::map), Join { before: None, after }, pool));
            }
            x = y.unwrap_or(x);
        }
        let mut out = step(&self.last, step(&self.up, x));
        sigmoid(&mut out.map_mut().channels(self.out.mask, self.out.message_flow - self.out.mask));
        if self.out.channels > self.out.place_mask {
            sigmoid(&mut out.map_mut().channels(self.out.place_mask, 1));
        }
        out
    }

    fn bytes(&self) -> usize {
        let few = [&self.shared, &self.own, &self.second, &self.up, &self.last];
        self.stacks.iter().flatten().chain(few).map(Conv::bytes).sum()
    }
}

pub(super) struct Shader {
    blocks: Vec<Block>,
}

impl Shader {
    /// For sheets of about `views` views of `size` pixels squared.
    pub(super) fn new(weights: &VarBuilder, storage: Storage, views: usize, size: usize) -> Result<Self> {
        let weights = weights.pp("decoder_blocks");
        let block = |k: usize| {
            let side = size >> (BLOCKS - 1 - k);
            Block::new(&weights.pp(k), k, storage, views * side * side)
        };
        Ok(Self { blocks: (0..BLOCKS).map(block).collect::<Result<_>>()? })
    }

    /// What the first block sees of views: their deepest features and references, convolved.
    pub(super) fn first_of_views(&self, feature: &Batch, reference: &Batch, pool: &Pool) -> Batch {
        let [n, h, w, channels] = feature.size();
        let mut x = pool.take([n, h, w, channels + 2 * REFERENCE]);
        lerp(feature.map(), &mut x.map_mut().channels(0, channels));
        for i in 0..2 {
            lerp(reference.map(), &mut x.map_mut().channels(channels + i * REFERENCE, REFERENCE));
        }
        run(&self.blocks[0].own, x.map(), Join::default(), pool)
    }

    /// The last averaged message, 64 channels. `weights` gets each view's weight in it, pixel by pixel.
    pub(super) fn run(
        &self,
        sheet: &Encoded,
        target: &Target,
        mut weights: Option<&mut Vec<Vec<f32>>>,
        pool: &Pool,
        progress: &dyn Progress,
    ) -> std::result::Result<Batch, ConrError> {
        let views = sheet.views();
        let mut own = Batch::default();
        let mut shared = target.of_each(&target.0[0], views, pool);
        for (k, block) in self.blocks.iter().enumerate() {
            if progress.cancelled() {
                return Err(ConrError::Cancelled);
            }
            let (channels, last) = (&CHANNELS[k], k + 1 == BLOCKS);
            let [_, side, _, _] = shared.size();
            let next = if last { side } else { sheet.sizes()[k + 1] };
            let mut next_own = match CHANNELS.get(k + 1) {
                Some(next_channels) => pool.take([views, next, next, Own::of(next_channels).channels]),
                None => Batch::default(),
            };
            let mut message = pool.take([1, next, next, 2 * channels.message_out]);
            let mut place = pool.take([1, next, next, 2 * PLACE]);

            let part = match k {
                0 => None,
                _ => Some(run(&block.shared, shared.map(), Join::default(), pool)),
            };
            // As few groups as may be, of equal sizes.
            let group = (GROUP_FLOATS / (side * side * block.out.channels)).clamp(1, views);
            let group = views.div_ceil(views.div_ceil(group));
            for start in (0..views).step_by(group) {
                let range = start..(start + group).min(views);
                let first = match &part {
                    Some(part) => {
                        let join = Join { before: Some(part.map()), after: None };
                        run(&block.own, own.map().images(range.start, range.len()), join, pool)
                    }
                    None => {
                        let kept = sheet.first.map().images(range.start, range.len());
                        let join = Join { before: Some(kept), after: None };
                        run(&block.shared, shared.map().images(range.start, range.len()), join, pool)
                    }
                };
                let mut out = block.run(first, pool);
                if k > 0 && !last {
                    let flows = own.map().images(range.start, range.len());
                    let at = Own::of(channels).reference + REFERENCE;
                    add(&mut out, block.out.flow, flows.channels(at, 2));
                }
                for (i, view) in range.enumerate() {
                    let scale = next as f32 / side as f32;
                    let view = View { x: out.map().images(i, 1), scale, view, k, out: &block.out };
                    view.pass_on(sheet, &mut next_own, &mut message, &mut place);
                    if let (true, Some(weights)) = (last, &mut weights) {
                        weights.push(view.weights());
                    }
                }
            }
            drop(part);
            let next_shared = if last {
                let mut agreed = pool.take([1, next, next, channels.message_out]);
                settle(message.map(), &mut agreed.map_mut());
                agreed
            } else {
                let features = target.0.get(k + 1);
                let t = features.map_or(0, |t| t.size()[3]);
                let mut agreed = pool.take([1, next, next, t + channels.message_out + PLACE]);
                if let Some(features) = features {
                    lerp(features.map(), &mut agreed.map_mut().channels(0, t));
                }
                settle(message.map(), &mut agreed.map_mut().channels(t, channels.message_out));
                settle(place.map(), &mut agreed.map_mut().channels(t + channels.message_out, PLACE));
                agreed
            };
            (own, shared) = (next_own, next_shared);
            progress.advance(1);
        }
        Ok(shared)
    }

    /// Bytes of packed weights.
    pub(super) fn bytes(&self) -> usize {
        self.blocks.iter().map(Block::bytes).sum()
    }
}

/// Adds a picture to channels of another from `at` on.
fn add(out: &mut Batch, at: usize, x: Map) {
    let [_, h, w, channels] = x.size();
    for (i, pixel) in out.pixels_mut().enumerate() {
        let values = x.pixel(i / (h * w), i / w % h, i % w);
        pixel[at..at + channels].iter_mut().zip(values).for_each(|(out, v)| *out += v);
    }
}

/// One view's output of a block, which the next one sees at its own size.
struct View<'a> {
    x: Map<'a>,
    /// By how much flows grow on the way to this size.
    scale: f32,
    view: usize,
    k: usize,
    out: &'a Out,
}

impl View<'_> {
    fn flow(&self, at: usize, channels: usize) -> Flow<'_> {
        Flow { field: self.x.channels(at, channels), scale: self.scale }
    }

    /// How much the view weighs in what all say, per pixel: the mean over channels of mask · e^mask, which the views'
    /// softmax divides by what is the same for all of them.
    fn weights(&self) -> Vec<f32> {
        let channels = CHANNELS[self.k].message_out;
        let mask = self.x.channels(self.out.mask, channels);
        let [_, h, w, _] = mask.size();
        let mean = |i: usize| {
            let masks = mask.pixel(0, i / w, i % w);
            masks.iter().map(|m| m * m.exp()).sum::<f32>() / channels as f32
        };
        (0..h * w).into_par_iter().map(mean).collect()
    }

    /// Writes the view's part of the next block's input, and adds what it says to what all say.
    fn pass_on(&self, sheet: &Encoded, own: &mut Batch, message: &mut Batch, place: &mut Batch) {
        let (channels, out) = (&CHANNELS[self.k], self.out);
        let first = self.view == 0;
        let mask = self.x.channels(out.mask, channels.message_out);
        let said = self.x.channels(0, channels.message_out);
        agree(said, Some(self.flow(out.message_flow, GROUPED_FLOW)), mask, &mut message.map_mut(), first);
        let Some(next) = CHANNELS.get(self.k + 1) else { return };

        let at = Own::of(next);
        let flow = self.flow(out.flow, 2);
        let mut images = own.map_mut();
        let mut own_map = images.images(self.view, 1);
        if next.feature > 0 {
            let feature = sheet.features[self.k].map().images(self.view, 1);
            warp(feature, flow, &mut own_map.channels(0, next.feature));
        }
        if channels.local_out > 0 {
            let local = self.x.channels(out.local, channels.local_out);
            let flow = self.flow(out.local_flow, GROUPED_FLOW);
            warp(local, flow, &mut own_map.channels(at.local, channels.local_out));
        }
        let reference = sheet.references[self.k].map().images(self.view, 1);
        warp(reference, flow, &mut own_map.channels(at.reference, REFERENCE));
        lerp_scaled(flow.field, self.scale, &mut own_map.channels(at.reference + REFERENCE, 2));
        let placed = own_map.view().channels(at.reference, PLACE);
        agree(placed, None, self.x.channels(out.place_mask, 1), &mut place.map_mut(), first);
    }
}

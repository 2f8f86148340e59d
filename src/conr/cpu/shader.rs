//! The collaborative decoder (its wiring is in `conr/shader`) on packed weights, with less work:
//!
//! * what all views share of a block's input (target features and averages) is convolved once;
//! * what the first block sees of a view does not depend on the pose: it is convolved when the sheet is encoded;
//! * outputs that nothing reads are not computed: the features' mask, and the last block's flow and its mask.

use super::EncodedViews;
use super::layout::Layout;
use crate::conr::shader::BLOCKS;
use crate::conr::shader::wiring::{self, Input, Output, Source, WIDTH};
use crate::nn::kernels::{
    Batch, Flow, Join, Map, Pool, Precision, agree, all, copy, lerp, lerp_scaled, settle, sigmoid, warp,
};
use crate::nn::layers::{Extent, PackedLayer, PackedNet, Packer, Plan};
use candle_core::Result;
use candle_nn::VarBuilder;
use rayon::prelude::*;
use std::ops::Range;

/// Floats that one group of views may take at a block's output: more views are decoded group by group.
const GROUP_FLOATS: usize = 12 << 20;

/// A pose's features, deepest first.
pub(super) struct PoseFeatures(pub Vec<Batch>);

/// What a block sees.
pub(super) struct Seen {
    /// Each view's own; none before the first block, where it is kept with the sheet.
    own: Option<Batch>,
    /// What they share; after the last block the message.
    pub shared: Batch,
}

pub(super) struct Shader {
    blocks: Vec<Block>,
}

struct Block {
    layouts: Layouts,
    of_shared: PackedLayer,
    of_own: PackedLayer,
    rest: PackedNet,
    moves: Vec<Move>,
    agreements: Vec<Agreement>,
}

/// Where pieces lie in what the block sees of a view, in what it sees of all, and in what it makes.
struct Layouts {
    own: Layout<Input>,
    shared: Layout<Input>,
    out: Layout<Output>,
}

/// A piece of what the next block sees of a view.
struct Move {
    from: Source,
    by: Option<Output>,
    to: Range<usize>,
}

/// What all views make of a piece.
struct Agreement {
    from: Agreed,
    mask: Output,
    /// In what they share at the next block.
    to: Range<usize>,
}

enum Agreed {
    /// Channels of what the next block sees of a view.
    Own(Range<usize>),
    /// What this block made, and how that is moved.
    Made(Output, Option<Output>),
}

impl Layouts {
    /// Of the `k`-th block. Behind the last one there is only the message that all share.
    fn of(k: usize) -> Self {
        if k == BLOCKS {
            let message = wiring::block(k - 1).output(Output::Message).len();
            let nothing = || Layout::of([]);
            return Self { own: nothing(), shared: Layout::of([(Input::Message, message)]), out: Layout::of([]) };
        }
        let block = wiring::block(k);
        let inputs = |extent: Extent| {
            Layout::of(block.inputs.iter().filter(|p| p.extent == extent).map(|p| (p.of, p.channels.len())))
        };
        let passages = wiring::passages(k);
        let reads = |output: Output| {
            let read = |p: &&wiring::Passage| {
                p.from == Source::Output(output) || p.moved_by == Some(output) || p.agreed_by == Some(output)
            };
            passages.iter().any(read)
        };
        let outputs = block.outputs.iter().filter(|p| reads(p.of)).map(|p| (p.of, p.channels.len()));
        Self { own: inputs(Extent::Sample), shared: inputs(Extent::Group), out: Layout::of(outputs) }
    }
}

impl Block {
    /// For so many `pixels` of all views at this block's size.
    fn new(k: usize, weights: &VarBuilder, precision: Precision, pixels: usize) -> Result<Self> {
        let (wiring, layouts, next) = (wiring::block(k), Layouts::of(k), Layouts::of(k + 1));
        let seen = |of: Input| wiring.inputs.iter().find(|p| p.of == of).map_or(0..0, |piece| piece.channels.clone());
        let outputs = layouts.out.channels_in(|of| wiring.output(of));
        let first = Packer::read(&wiring.first, wiring.input_channels, weights, precision)?;
        // The first block's part of a view is kept with the sheet, and the shared part joins it; else it's the reverse.
        let part = |layout: &Layout<Input>, bias: bool, whole: bool| {
            first.pack(&layout.channels_in(seen), &all(WIDTH), bias, whole, (pixels / 4).max(1))
        };
        let (of_shared, of_own) = (part(&layouts.shared, true, k == 0), part(&layouts.own, false, k > 0));
        let rest = PackedNet::new(wiring.rest, weights, Plan { precision, pixels, outputs: Some(&outputs) })?;
        let (moves, agreements) = passed_on(k, &next);
        Ok(Self { layouts, of_shared, of_own, rest, moves, agreements })
    }

    fn bytes(&self) -> usize {
        self.of_shared.bytes() + self.of_own.bytes() + self.rest.bytes()
    }
}

/// The passages after the `k`-th block, as they lie in what the next one sees.
fn passed_on(k: usize, next: &Layouts) -> (Vec<Move>, Vec<Agreement>) {
    let (mut moves, mut agreements) = (Vec::new(), Vec::<Agreement>::new());
    for passage in wiring::passages(k) {
        let Some(mask) = passage.agreed_by else {
            moves.push(Move { from: passage.from, by: passage.moved_by, to: next.own.at(passage.to) });
            continue;
        };
        let to = next.shared.at(passage.to);
        let from = match passage.from {
            Source::Own(input) => Agreed::Own(next.own.at(input)),
            Source::Output(of) => Agreed::Made(of, passage.moved_by),
            Source::Feature | Source::Reference => unreachable!("views agree on what they made or got"),
        };
        // What lies side by side on both sides, and has the same mask, is agreed on at once.
        if let (Some(Agreement { from: Agreed::Own(last), mask: same, to: end }), Agreed::Own(own)) =
            (agreements.last_mut(), &from)
            && (*same, last.end, end.end) == (mask, own.start, to.start)
        {
            (last.end, end.end) = (own.end, to.end);
            continue;
        }
        agreements.push(Agreement { from, mask, to });
    }
    (moves, agreements)
}

impl Shader {
    /// For sheets of about `views` views of `size` pixels squared.
    pub(super) fn new(weights: &VarBuilder, precision: Precision, views: usize, size: usize) -> Result<Self> {
        let weights = weights.pp("decoder_blocks");
        let block = |k: usize| {
            let side = size >> (BLOCKS - 1 - k);
            Block::new(k, &weights.pp(k), precision, views * side * side)
        };
        Ok(Self { blocks: (0..BLOCKS).map(block).collect::<Result<_>>()? })
    }

    /// What the first block sees of views: their deepest features and references, convolved.
    pub(super) fn first_of_views(&self, feature: &Batch, reference: &Batch, pool: &Pool) -> Batch {
        let [n, h, w, _] = feature.size();
        let Block { layouts: Layouts { own, .. }, of_own, .. } = &self.blocks[0];
        let mut x = pool.take([n, h, w, own.channels]);
        for (of, at) in &own.pieces {
            let from = if *of == Input::Feature { feature } else { reference };
            copy(from.map(), &mut x.map_mut().channels(at.start, at.len()));
        }
        of_own.run(x.map(), Join::default(), pool)
    }

    /// What the first block sees of a pose: the same for each view.
    pub(super) fn first(&self, pose: &PoseFeatures, views: usize, pool: &Pool) -> Seen {
        let feature = &pose.0[0];
        let [_, h, w, c] = feature.size();
        let mut shared = pool.take([views, h, w, c]);
        for view in 0..views {
            copy(feature.map(), &mut shared.map_mut().images(view, 1));
        }
        Seen { own: None, shared }
    }

    /// Runs the `k`-th block. `weights` gets each view's weight in the last message, pixel by pixel.
    pub(super) fn step(
        &self,
        k: usize,
        seen: Seen,
        sheet: &EncodedViews,
        pose: &PoseFeatures,
        mut weights: Option<&mut Vec<Vec<f32>>>,
        pool: &Pool,
    ) -> Seen {
        let (block, views) = (&self.blocks[k], sheet.views());
        let [_, side, _, _] = seen.shared.size();
        let size = sheet.sizes().get(k + 1).copied().unwrap_or(side);
        let next = self.blocks.get(k + 1).map(|next| &next.layouts);
        let mut own = next.map(|next| pool.take([views, size, size, next.own.channels]));
        let sums = |agreement: &Agreement| pool.take([1, size, size, 2 * agreement.to.len()]);
        let mut sums: Vec<Batch> = block.agreements.iter().map(sums).collect();
        let Seen { own: seen_own, shared } = seen;
        let part = seen_own.is_some().then(|| block.of_shared.run(shared.map(), Join::default(), pool));

        // As few groups as may be, of equal sizes.
        let group = (GROUP_FLOATS / (side * side * block.layouts.out.channels)).clamp(1, views);
        let group = views.div_ceil(views.div_ceil(group));
        for start in (0..views).step_by(group) {
            let count = group.min(views - start);
            let some_own = seen_own.as_ref().map(|own| own.map().images(start, count));
            let first = match (&some_own, &part) {
                (Some(own), Some(part)) => block.of_own.run(*own, Join { before: Some(part.map()), after: None }, pool),
                _ => {
                    let (kept, shared) = (sheet.first.map().images(start, count), shared.map().images(start, count));
                    block.of_shared.run(shared, Join { before: Some(kept), after: None }, pool)
                }
            };
            let Some(mut out) = block.rest.run([first.into()], pool).pop() else { continue };
            block.finish(&mut out, some_own);
            for i in 0..count {
                let made = MadeOfView { block, x: out.map().images(i, 1), scale: size as f32 / side as f32 };
                let view = start + i;
                if let Some(own) = &mut own {
                    made.move_on(k, view, sheet, own);
                }
                made.agree(view, own.as_ref(), &mut sums);
                if let (None, Some(weights)) = (next, &mut weights) {
                    weights.push(made.weights());
                }
            }
        }
        drop((part, seen_own, shared));

        let channels = next.map_or_else(|| Layouts::of(BLOCKS).shared.channels, |next| next.shared.channels);
        let mut shared = pool.take([1, size, size, channels]);
        for (sums, Agreement { to, .. }) in sums.iter().zip(&block.agreements) {
            settle(sums.map(), &mut shared.map_mut().channels(to.start, to.len()));
        }
        if let (Some(next), Some(feature)) = (next, pose.0.get(k + 1)) {
            let at = next.shared.at(Input::Target);
            lerp(feature.map(), &mut shared.map_mut().channels(at.start, at.len()));
        }
        Seen { own, shared }
    }

    /// Bytes of packed weights.
    pub(super) fn bytes(&self) -> usize {
        self.blocks.iter().map(Block::bytes).sum()
    }
}

impl Block {
    /// Takes masks to what they mean, and flows to the whole way from the first block on.
    fn finish(&self, out: &mut Batch, own: Option<Map>) {
        for of in [Output::MessageMask, Output::PlaceMask] {
            let at = self.layouts.out.at(of);
            sigmoid(&mut out.map_mut().channels(at.start, at.len()));
        }
        let (flow, so_far) = (self.layouts.out.at(Output::Flow), self.layouts.own.at(Input::Flow));
        if let (Some(own), false) = (own, flow.is_empty()) {
            let so_far = own.channels(so_far.start, so_far.len());
            let [_, h, w, _] = so_far.size();
            for (i, pixel) in out.pixels_mut().enumerate() {
                let values = so_far.pixel(i / (h * w), i / w % h, i % w);
                pixel[flow.clone()].iter_mut().zip(values).for_each(|(out, v)| *out += v);
            }
        }
    }
}

/// One view's output of a block, which the next one sees at its own size.
struct MadeOfView<'a> {
    block: &'a Block,
    x: Map<'a>,
    /// By how much flows grow on the way to that size.
    scale: f32,
}

impl<'a> MadeOfView<'a> {
    fn made(&self, of: Output) -> Map<'a> {
        let at = self.block.layouts.out.at(of);
        self.x.channels(at.start, at.len())
    }

    fn flow(&self, of: Output) -> Flow<'a> {
        Flow { field: self.made(of), scale: self.scale }
    }

    /// Writes what the next block sees of the view.
    fn move_on(&self, k: usize, view: usize, sheet: &EncodedViews, own: &mut Batch) {
        let mut images = own.map_mut();
        let mut own = images.images(view, 1);
        for Move { from, by, to } in &self.block.moves {
            let mut to = own.channels(to.start, to.len());
            let from = match from {
                Source::Output(of) => self.made(*of),
                Source::Feature => sheet.features[k].map().images(view, 1),
                Source::Reference => sheet.references[k].map().images(view, 1),
                Source::Own(_) => unreachable!("what a view got is not moved again"),
            };
            match by {
                Some(flow) => warp(from, self.flow(*flow), &mut to),
                // What is not moved is a flow.
                None => lerp_scaled(from, self.scale, &mut to),
            }
        }
    }

    /// Adds what the view says to what all say.
    fn agree(&self, view: usize, own: Option<&Batch>, sums: &mut [Batch]) {
        for (sums, Agreement { from, mask, .. }) in sums.iter_mut().zip(&self.block.agreements) {
            let (said, flow) = match (from, own) {
                (Agreed::Own(at), Some(own)) => (own.map().images(view, 1).channels(at.start, at.len()), None),
                (Agreed::Made(of, by), _) => (self.made(*of), by.map(|by| self.flow(by))),
                (Agreed::Own(_), None) => continue,
            };
            agree(said, flow, self.made(*mask), &mut sums.map_mut(), view == 0);
        }
    }

    /// How much the view weighs in what all say, per pixel: the mean over channels of mask · e^mask, which the views'
    /// softmax divides by what is the same for all of them.
    fn weights(&self) -> Vec<f32> {
        let mask = self.made(Output::MessageMask);
        let [_, h, w, channels] = mask.size();
        let mean = |i: usize| {
            let masks = mask.pixel(0, i / w, i % w);
            masks.iter().map(|m| m * m.exp()).sum::<f32>() / channels as f32
        };
        (0..h * w).into_par_iter().map(mean).collect()
    }
}

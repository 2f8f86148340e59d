//! How the decoder is wired, for whoever runs it: what goes in and out of a block, which layers are between, and what
//! the next block gets of it.

use crate::nn::layers::{Activation, Extent, Layer, Net};
use std::ops::Range;

/// How many blocks there are.
pub const BLOCKS: usize = 6;

/// Channels inside a block.
pub(crate) const WIDTH: usize = 224;
/// Channels of the reference: premultiplied colours and alpha.
pub(crate) const REFERENCE: usize = 4;
/// Channels of a flow.
const FLOW: usize = 2;
/// Channels of a flow that moves a message in sixteen groups.
const GROUPED_FLOW: usize = 32;

/// How many channels go in and out of a block.
struct Channels {
    target: usize,
    feature: usize,
    /// Both of the averaged message and of the view's own.
    message_in: usize,
    message_out: usize,
    local_out: usize,
    /// Stacks of six convolutions.
    stacks: usize,
}

const CHANNELS: [Channels; BLOCKS] = [
    Channels { target: 512, feature: 2048, message_in: 0, message_out: 2048, local_out: 2048, stacks: 1 },
    Channels { target: 256, feature: 1024, message_in: 2048, message_out: 1024, local_out: 1024, stacks: 1 },
    Channels { target: 128, feature: 512, message_in: 1024, message_out: 512, local_out: 512, stacks: 1 },
    Channels { target: 64, feature: 256, message_in: 512, message_out: 256, local_out: 256, stacks: 1 },
    Channels { target: 64, feature: 64, message_in: 256, message_out: 64, local_out: 64, stacks: 1 },
    Channels { target: 0, feature: 0, message_in: 64, message_out: 64, local_out: 0, stacks: 2 },
];

/// What a block sees, all at the size it works at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// How the view is moved so far.
    Flow,
    /// The pose's feature.
    Target,
    /// The view's reference, moved.
    Reference,
    /// The view's feature, moved.
    Feature,
    /// The flow that the views agree on.
    AgreedFlow,
    /// The reference that they agree on. Before there is anything to agree on, every view stands in for all.
    AgreedReference,
    /// The message that they agree on.
    Message,
    /// The view's own message.
    Local,
}

/// What a block makes of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Output {
    /// By how much the view is to be moved further.
    Flow,
    Message,
    /// How the message is to be moved.
    MessageFlow,
    /// A message that the view keeps to itself.
    Local,
    /// How that is to be moved.
    LocalFlow,
    /// How sure the view is of its flow and reference, before a sigmoid.
    PlaceMask,
    /// Of an average of features that the published network does not use.
    FeatureMask,
    /// How sure it is of each channel of the message, before a sigmoid.
    MessageMask,
}

/// A picture that takes some channels of what a block sees or makes.
#[derive(Clone, Debug)]
pub(crate) struct Piece<T> {
    pub of: T,
    pub channels: Range<usize>,
    /// A group are the views of one character in one pose.
    pub extent: Extent,
}

/// A block: one convolution of the input's pieces, and the layers after it.
pub(crate) struct Block {
    /// Those that are there; the others are zero.
    pub inputs: Vec<Piece<Input>>,
    /// Channels of all inputs, also of those that are zero.
    pub input_channels: usize,
    pub first: Layer,
    /// From the first convolution's result to the block's.
    pub rest: Net,
    pub outputs: Vec<Piece<Output>>,
}

/// How a piece of the next block's input comes about. Sizes differ: whatever is smaller than the next block's pictures
/// is grown on the way, and a flow gets longer as it grows.
pub(crate) struct Passage {
    pub to: Input,
    pub from: Source,
    /// The flow that moves it. [`Output::Flow`] stands for the whole way, from the first block on.
    pub moved_by: Option<Output>,
    /// What each view weighs by (after a sigmoid), where all of them make one picture.
    pub agreed_by: Option<Output>,
}

/// Where a passage begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// What the block made. [`Output::Flow`] as in [`Passage::moved_by`].
    Output(Output),
    /// The view's feature of the next block's size.
    Feature,
    /// The view's reference.
    Reference,
    /// What an earlier passage gave the view.
    Own(Input),
}

const fn passage(to: Input, from: Source, moved_by: Option<Output>, agreed_by: Option<Output>) -> Passage {
    Passage { to, from, moved_by, agreed_by }
}

/// In an order in which every source is there.
const PASSAGES: [Passage; 7] = {
    use Input as To;
    use Output::{Flow, Local, LocalFlow, Message, MessageFlow, MessageMask, PlaceMask};
    [
        passage(To::Flow, Source::Output(Flow), None, None),
        passage(To::Feature, Source::Feature, Some(Flow), None),
        passage(To::Local, Source::Output(Local), Some(LocalFlow), None),
        passage(To::Reference, Source::Reference, Some(Flow), None),
        passage(To::AgreedReference, Source::Own(To::Reference), None, Some(PlaceMask)),
        passage(To::AgreedFlow, Source::Own(To::Flow), None, Some(PlaceMask)),
        passage(To::Message, Source::Output(Message), Some(MessageFlow), Some(MessageMask)),
    ]
};

/// The `k`-th block.
pub(crate) fn block(k: usize) -> Block {
    let channels = &CHANNELS[k];
    // Before the first block nothing has moved and nothing was agreed on.
    let first = k == 0;
    let since_then = |channels: usize| (channels, !first);
    let (each, all) = (Extent::Sample, Extent::Group);
    let (inputs, input_channels) = pieces([
        (Input::Flow, since_then(FLOW), each),
        (Input::Target, (channels.target, true), all),
        (Input::Reference, (REFERENCE, true), each),
        (Input::Feature, (channels.feature, true), each),
        (Input::AgreedFlow, since_then(FLOW), all),
        (Input::AgreedReference, (REFERENCE, true), if first { each } else { all }),
        (Input::Message, (channels.message_in, true), all),
        (Input::Local, (channels.message_in, true), each),
    ]);
    let local_flow = if channels.local_out > 0 { GROUPED_FLOW } else { 0 };
    let (outputs, output_channels) = pieces([
        (Output::Flow, (FLOW, true), each),
        (Output::Message, (channels.message_out, true), each),
        (Output::MessageFlow, (GROUPED_FLOW, true), each),
        (Output::Local, (channels.local_out, true), each),
        (Output::LocalFlow, (local_flow, true), each),
        (Output::PlaceMask, (1, true), each),
        (Output::FeatureMask, (1, true), each),
        (Output::MessageMask, (channels.message_out, true), each),
    ]);
    let prelu = |layer: Layer, name: String| layer.bias().then(Activation::Prelu(name));
    let mut rest = Net::default();
    let x = rest.input(WIDTH, 1);
    let mut x = rest.conv(x, prelu(Layer::square("conv0.2", 3, 2, WIDTH), "conv0.3".into()));
    for stack in 0..channels.stacks {
        let conv = |i: usize| {
            let name = |module: usize| format!("convblocks.{stack}.{module}");
            prelu(Layer::square(name(2 * i), 3, 1, WIDTH), name(2 * i + 1))
        };
        let y = (0..5).fold(x, |y, i| rest.conv(y, conv(i)));
        x = rest.conv(y, conv(5).plus_after(x));
    }
    let x = rest.conv(x, prelu(Layer::double("conv_last.0", WIDTH), "conv_last.1".into()));
    let out = rest.conv(x, Layer::double("conv_last.2", output_channels).bias());
    rest.result(out);
    let first = prelu(Layer::square("conv0.0", 3, 2, WIDTH), "conv0.1".into());
    Block { inputs, input_channels, first, rest, outputs }
}

/// The passages after the `k`-th block: what the next one sees, and after the last one the message alone.
pub(crate) fn passages(k: usize) -> Vec<&'static Passage> {
    let next = (k + 1 < BLOCKS).then(|| block(k + 1).inputs);
    let is_read = |input: Input| match &next {
        Some(inputs) => inputs.iter().any(|piece| piece.of == input),
        None => input == Input::Message,
    };
    PASSAGES.iter().filter(|passage| is_read(passage.to)).collect()
}

/// The pieces that are there, and the channels of all; absent ones have their channels too.
fn pieces<T>(all: impl IntoIterator<Item = (T, (usize, bool), Extent)>) -> (Vec<Piece<T>>, usize) {
    let (mut pieces, mut end) = (Vec::new(), 0);
    for (of, (channels, there), extent) in all {
        let start = end;
        end += channels;
        if there && channels > 0 {
            pieces.push(Piece { of, channels: start..end, extent });
        }
    }
    (pieces, end)
}

impl Block {
    /// The channels of an output.
    pub(crate) fn output(&self, of: Output) -> Range<usize> {
        self.outputs.iter().find(|piece| piece.of == of).map_or(0..0, |piece| piece.channels.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_block_sees_comes_from_somewhere() {
        for k in 0..BLOCKS - 1 {
            let passed: Vec<_> = passages(k).iter().map(|passage| passage.to).collect();
            let (from, to) = (block(k), block(k + 1));
            for piece in &to.inputs {
                assert!(piece.of == Input::Target || passed.contains(&piece.of), "block {k}: {:?}", piece.of);
            }
            for passage in passages(k) {
                let channels = to.inputs.iter().find(|piece| piece.of == passage.to).unwrap().channels.len();
                if let Source::Output(of) = passage.from {
                    assert_eq!(from.output(of).len(), channels, "block {k}: {of:?}");
                }
                let shared = to.inputs.iter().any(|p| p.of == passage.to && p.extent == Extent::Group);
                assert_eq!(passage.agreed_by.is_some(), shared, "block {k}: {:?}", passage.to);
            }
        }
        assert_eq!(passages(BLOCKS - 1).len(), 1);
    }
}

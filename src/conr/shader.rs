//! `shader`: the collaborative decoder. Every drawing of the sheet has a decoder of its own, all with the same
//! weights; after each of six blocks they pass on what they agree on, weighted by how sure each of them is.

use super::{ConrError, Features};
use crate::nn;
use crate::progress::Progress;
use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;
use candle_nn::ops::sigmoid;

/// The network's name in weight files.
pub const NAME: &str = "shader";

/// How many blocks there are: steps that [`Shader::forward`] reports.
pub const BLOCKS: usize = 6;

/// Channels inside a block.
pub(super) const WIDTH: usize = 224;
/// Channels of a flow that moves a message in sixteen groups.
pub(super) const GROUPED_FLOW: usize = 32;
/// Channels of the reference: premultiplied colours and alpha.
pub(super) const REFERENCE: usize = 4;

/// How many channels go in and out of a block.
pub(super) struct Channels {
    pub(super) target: usize,
    pub(super) feature: usize,
    /// Both of the averaged message and of the view's own.
    pub(super) message_in: usize,
    pub(super) message_out: usize,
    pub(super) local_out: usize,
    /// Stacks of six convolutions.
    pub(super) stacks: usize,
}

pub(super) const CHANNELS: [Channels; BLOCKS] = [
    Channels { target: 512, feature: 2048, message_in: 0, message_out: 2048, local_out: 2048, stacks: 1 },
    Channels { target: 256, feature: 1024, message_in: 2048, message_out: 1024, local_out: 1024, stacks: 1 },
    Channels { target: 128, feature: 512, message_in: 1024, message_out: 512, local_out: 512, stacks: 1 },
    Channels { target: 64, feature: 256, message_in: 512, message_out: 256, local_out: 256, stacks: 1 },
    Channels { target: 64, feature: 64, message_in: 256, message_out: 64, local_out: 64, stacks: 1 },
    Channels { target: 0, feature: 0, message_in: 64, message_out: 64, local_out: 0, stacks: 2 },
];

impl Channels {
    pub(super) fn inputs(&self) -> usize {
        2 * (2 + REFERENCE + self.message_in) + self.target + self.feature
    }

    pub(super) fn outputs(&self) -> usize {
        let local = if self.local_out > 0 { self.local_out + GROUPED_FLOW } else { 0 };
        2 + self.message_out + GROUPED_FLOW + local + 2 + self.message_out
    }
}

/// The network.
pub struct Shader {
    blocks: Vec<Block>,
}

/// What the blocks pass on; m views, all at the size that the next block works at.
struct State {
    /// The views' own flows, m×2: none before the first block, when they are zero.
    flow: Option<Tensor>,
    /// The views' references, warped, m×4.
    reference: Tensor,
    /// The views' features, warped.
    feature: Option<Tensor>,
    /// The views' own messages.
    local: Option<Tensor>,
    /// What the views agree on; none before the first block.
    agreed: Option<Agreed>,
}

/// Averages over all views, one sample each.
struct Agreed {
    flow: Tensor,
    reference: Tensor,
    message: Tensor,
    /// How sure each view was of it (m views), where someone wants to know.
    message_mask: Option<Tensor>,
}

impl Shader {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        let weights = weights.pp("decoder_blocks");
        let blocks = CHANNELS.iter().enumerate().map(|(k, channels)| Block::new(&weights.pp(k), channels));
        Ok(Self { blocks: blocks.collect::<Result<_>>()? })
    }

    /// The last averaged message, 1×64×S×S.
    ///
    /// * `references`: m×4×S×S, colours (premultiplied, and times alpha once more) and alpha in [0, 1];
    /// * `features`: the views' features by [`Detector::features`](super::detector::Detector::features);
    /// * `target`: the pose's by [`PoseEncoder::features`](super::pose_encoder::PoseEncoder::features), one sample.
    ///
    /// `progress` advances by one after each of the [`BLOCKS`].
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU; [`ConrError::Cancelled`].
    pub fn forward(
        &self,
        references: &Tensor,
        features: &Features,
        target: &Features,
        progress: &dyn Progress,
    ) -> std::result::Result<Tensor, ConrError> {
        self.run(references, features, target, false, progress).map(|agreed| agreed.message)
    }

    /// As [`Shader::forward`], with each view's weight in each pixel of the message (m×S×S; any scale, the same for
    /// all views of a pixel): the mean over channels of mask · e^mask.
    ///
    /// # Errors
    /// As [`Shader::forward`].
    pub fn explain(
        &self,
        references: &Tensor,
        features: &Features,
        target: &Features,
        progress: &dyn Progress,
    ) -> std::result::Result<(Tensor, Tensor), ConrError> {
        let agreed = self.run(references, features, target, true, progress)?;
        let mask = agreed.message_mask.ok_or_else(|| candle_core::Error::Msg("no mask was kept".into()))?;
        let weights = (&mask * mask.exp()?)?.mean(1)?;
        Ok((agreed.message, weights))
    }

    fn run(
        &self,
        references: &Tensor,
        features: &Features,
        target: &Features,
        explain: bool,
        progress: &dyn Progress,
    ) -> std::result::Result<Agreed, ConrError> {
        let (_, _, _, size) = references.dims4()?;
        let start = features[0].dim(3)?;
        let mut state = State {
            flow: None,
            reference: nn::lerp(references, start, start)?,
            feature: Some(features[0].clone()),
            local: None,
            agreed: None,
        };
        for (k, (block, channels)) in self.blocks.iter().zip(&CHANNELS).enumerate() {
            if progress.cancelled() {
                return Err(ConrError::Cancelled);
            }
            let output = block.forward(&state.inputs(channels, target.get(k))?)?;
            let next_feature = if k + 1 < features.len() { Some(&features[k + 1]) } else { None };
            let next_size = next_feature.map_or(Ok(size), |f| f.dim(3))?;
            state = state.after(&output, channels, references, next_feature, next_size, explain)?;
            progress.advance(1);
        }
        state.agreed.ok_or_else(|| candle_core::Error::Msg("no block ran".into()).into())
    }
}

impl State {
    fn inputs(&self, channels: &Channels, target: Option<&Tensor>) -> Result<Inputs> {
        let mut inputs = Inputs::default();
        let agreed = self.agreed.as_ref();
        inputs.add(self.flow.as_ref(), 2)?;
        inputs.add(target, channels.target)?;
        inputs.add(Some(&self.reference), REFERENCE)?;
        inputs.add(self.feature.as_ref(), channels.feature)?;
        inputs.add(agreed.map(|a| &a.flow), 2)?;
        // Before there is anything to agree on, every view stands in for all.
        inputs.add(Some(agreed.map_or(&self.reference, |a| &a.reference)), REFERENCE)?;
        inputs.add(agreed.map(|a| &a.message), channels.message_in)?;
        inputs.add(self.local.as_ref(), channels.message_in)?;
        Ok(inputs)
    }

    /// Takes a block's output to the size of the next block.
    fn after(
        self,
        output: &Tensor,
        channels: &Channels,
        references: &Tensor,
        next_feature: Option<&Tensor>,
        size: usize,
        explain: bool,
    ) -> Result<Self> {
        let growth = size as f64 / output.dim(3)? as f64;
        let mut at = 0;
        let mut take = |count: usize| {
            at += count;
            output.narrow(1, at - count, count)
        };
        let grown = |x: &Tensor| nn::lerp(x, size, size);
        let grown_flow = |x: &Tensor| grown(x)?.affine(growth, 0.0);

        let flow = take(2)?;
        let flow = grown_flow(&self.flow.map_or(Ok(flow.clone()), |own| own + flow)?)?;
        let message = nn::warp(&grown(&take(channels.message_out)?)?, &grown_flow(&take(GROUPED_FLOW)?)?)?;
        let local = match channels.local_out {
            0 => None,
            count => Some(nn::warp(&grown(&take(count)?)?, &grown_flow(&take(GROUPED_FLOW)?)?)?),
        };
        let place_mask = grown(&sigmoid(&take(1)?)?)?;
        // The mask of features belongs to an average that the published network does not use.
        take(1)?;
        let message_mask = grown(&sigmoid(&take(channels.message_out)?)?)?;

        let reference = nn::warp(&grown(references)?, &flow)?;
        let feature = next_feature.map(|f| nn::warp(f, &flow)).transpose()?;
        let agreed = Agreed {
            flow: nn::consensus(&place_mask, &flow)?,
            reference: nn::consensus(&place_mask, &reference)?,
            message: nn::consensus(&message_mask, &message)?,
            message_mask: explain.then_some(message_mask),
        };
        Ok(Self { flow: Some(flow), reference, feature, local, agreed: Some(agreed) })
    }
}

/// The input of a block, in pieces with the channel each begins at: those of the views, and those that all share.
#[derive(Default)]
struct Inputs {
    own: Vec<(Tensor, usize)>,
    shared: Vec<(Tensor, usize)>,
    channels: usize,
}

impl Inputs {
    /// Appends a piece of `channels`; one that is not there is zero, and costs nothing.
    fn add(&mut self, piece: Option<&Tensor>, channels: usize) -> Result<()> {
        if let (Some(piece), true) = (piece, channels > 0) {
            let group = if piece.dim(0)? == 1 { &mut self.shared } else { &mut self.own };
            group.push((piece.clone(), self.channels));
        }
        self.channels += channels;
        Ok(())
    }

    /// The 3×3 convolution of all pieces with stride 2: that of the shared ones runs once for all views.
    fn convolved(&self, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
        let part = |pieces: &[(Tensor, usize)], bias: Option<&Tensor>| {
            let weights = pieces.iter().map(|(x, at)| weight.narrow(1, *at, x.dim(1)?)).collect::<Result<Vec<_>>>()?;
            let pieces: Vec<_> = pieces.iter().map(|(x, _)| x).collect();
            nn::conv2d(&Tensor::cat(&pieces, 1)?, &Tensor::cat(&weights, 1)?, bias, 2, 1)
        };
        match (self.own.is_empty(), self.shared.is_empty()) {
            (true, _) => part(&self.shared, Some(bias)),
            (_, true) => part(&self.own, Some(bias)),
            _ => part(&self.own, None)?.broadcast_add(&part(&self.shared, Some(bias))?),
        }
    }
}

/// A convolution's tensors and the slopes of the PReLU after it.
struct Conv {
    weight: Tensor,
    bias: Tensor,
    slope: Tensor,
}

impl Conv {
    /// The `i`-th module of a sequence is the convolution of `inputs` channels, the next one the PReLU.
    fn new(weights: &VarBuilder, i: usize, inputs: usize) -> Result<Self> {
        let conv = weights.pp(i);
        Ok(Self {
            weight: conv.get((WIDTH, inputs, 3, 3), "weight")?,
            bias: conv.get(WIDTH, "bias")?,
            slope: weights.pp(i + 1).get(WIDTH, "weight")?,
        })
    }

    fn forward(&self, x: &Tensor, stride: usize) -> Result<Tensor> {
        nn::prelu(&nn::conv2d(x, &self.weight, Some(&self.bias), stride, 1)?, &self.slope)
    }
}

struct Block {
    first: Conv,
    second: Conv,
    stacks: Vec<Vec<Conv>>,
    up: (Tensor, Tensor),
    up_slope: Tensor,
    last: (Tensor, Tensor),
}

impl Block {
    fn new(weights: &VarBuilder, channels: &Channels) -> Result<Self> {
        let stack = |s: usize| {
            let weights = weights.pp("convblocks").pp(s);
            (0..6).map(|i| Conv::new(&weights, 2 * i, WIDTH)).collect::<Result<_>>()
        };
        let (conv0, conv_last) = (weights.pp("conv0"), weights.pp("conv_last"));
        let transposed = |i: usize, outputs: usize| -> Result<_> {
            let weights = conv_last.pp(i);
            Ok((weights.get((WIDTH, outputs, 4, 4), "weight")?, weights.get(outputs, "bias")?))
        };
        Ok(Self {
            first: Conv::new(&conv0, 0, channels.inputs())?,
            second: Conv::new(&conv0, 2, WIDTH)?,
            stacks: (0..channels.stacks).map(stack).collect::<Result<_>>()?,
            up: transposed(0, WIDTH)?,
            up_slope: conv_last.pp(1).get(WIDTH, "weight")?,
            last: transposed(2, channels.outputs())?,
        })
    }

    fn forward(&self, inputs: &Inputs) -> Result<Tensor> {
        let x = nn::prelu(&inputs.convolved(&self.first.weight, &self.first.bias)?, &self.first.slope)?;
        let mut x = self.second.forward(&x, 2)?;
        for stack in &self.stacks {
            let mut y = x.clone();
            for conv in stack {
                y = conv.forward(&y, 1)?;
            }
            x = (x + y)?;
        }
        let x = nn::prelu(&nn::conv_transpose2d_4x4_s2(&x, &self.up.0, Some(&self.up.1))?, &self.up_slope)?;
        nn::conv_transpose2d_4x4_s2(&x, &self.last.0, Some(&self.last.1))
    }
}

//! The decoder on candle's tensors.

use super::super::Features;
use super::wiring::{self, BLOCKS, Input, Output, Source};
use crate::nn;
use crate::nn::layers::{Part, TensorLayer, TensorNet};
use candle_core::{Result, Tensor, bail};
use candle_nn::VarBuilder;
use candle_nn::ops::sigmoid;
use std::collections::BTreeMap;

/// The network.
pub struct Shader {
    blocks: Vec<Block>,
}

struct Block {
    wiring: wiring::Block,
    first: TensorLayer,
    rest: TensorNet,
}

/// A picture being made, block by block.
pub struct Decoding<'a> {
    shader: &'a Shader,
    references: &'a Tensor,
    features: &'a Features,
    target: &'a Features,
    /// Of each character.
    views: usize,
    explain: bool,
    /// Blocks that have run.
    done: usize,
    /// What the next block sees; after the last one the message.
    inputs: BTreeMap<Input, Tensor>,
    /// How sure each view is of the last message, where someone wants to know.
    mask: Option<Tensor>,
}

impl Shader {
    /// The network with the tensors in `weights`.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder) -> Result<Self> {
        let weights = weights.pp("decoder_blocks");
        let block = |k: usize| {
            let (weights, wiring) = (weights.pp(k), wiring::block(k));
            let first = TensorLayer::new(&wiring.first, wiring.input_channels, &weights)?;
            Ok(Block { first, rest: TensorNet::new(wiring.rest.clone(), &weights)?, wiring })
        };
        Ok(Self { blocks: (0..BLOCKS).map(block).collect::<Result<_>>()? })
    }

    /// Begins pictures of characters in poses, one pose each; `views`: how many views each character has, so that
    /// `references` and `features` have `views` samples for each one of `target`, character after character.
    ///
    /// * `references`: N×4×S×S, colours (premultiplied, and times alpha once more) and alpha in [0, 1];
    /// * `features`: the views' features by [`Detector::features`](crate::conr::detector::Detector::features);
    /// * `target`: the poses' by [`PoseEncoder::features`](crate::conr::pose_encoder::PoseEncoder::features).
    ///
    /// `explain` keeps what [`Decoding::finish`] needs to tell each view's weight.
    ///
    /// # Errors
    /// Numbers of samples that don't fit one another; whatever candle says.
    pub fn decode<'a>(
        &'a self,
        references: &'a Tensor,
        features: &'a Features,
        target: &'a Features,
        views: usize,
        explain: bool,
    ) -> Result<Decoding<'a>> {
        let (samples, characters, start) = (references.dim(0)?, target[0].dim(0)?, features[0].dim(3)?);
        if samples != views * characters || samples == 0 {
            bail!("{samples} drawings are not {views} of each of {characters} characters");
        }
        let reference = nn::lerp(references, start, start)?;
        let inputs = BTreeMap::from([
            (Input::Target, target[0].clone()),
            (Input::Feature, features[0].clone()),
            (Input::AgreedReference, reference.clone()),
            (Input::Reference, reference),
        ]);
        let (done, mask) = (0, None);
        Ok(Decoding { shader: self, references, features, target, views, explain, done, inputs, mask })
    }
}

impl Decoding<'_> {
    /// Runs the next of the [`BLOCKS`].
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn step(&mut self) -> Result<()> {
        let k = self.done;
        let Some(block) = self.shader.blocks.get(k) else { return Ok(()) };
        let part = |piece: &wiring::Piece<Input>| match self.inputs.get(&piece.of) {
            Some(x) => Ok((x, piece.channels.start, piece.extent)),
            None => bail!("block {k} has no {:?}", piece.of),
        };
        let parts: Vec<Part> = block.wiring.inputs.iter().map(part).collect::<Result<_>>()?;
        let first = block.first.forward_parts(&parts, self.views)?;
        let [output] = &block.rest.forward(&[&first])?[..] else { bail!("a block has one output") };

        let size = self.features.get(k + 1).unwrap_or(self.references).dim(3)?;
        let growth = size as f64 / output.dim(3)? as f64;
        let made = |of: Output| {
            let channels = block.wiring.output(of);
            output.narrow(1, channels.start, channels.len())
        };
        let grown = |x: &Tensor| nn::lerp(x, size, size);
        let grown_flow = |x: &Tensor| grown(x)?.affine(growth, 0.0);
        let flow = made(Output::Flow)?;
        let flow = grown_flow(&self.inputs.get(&Input::Flow).map_or(Ok(flow.clone()), |so_far| so_far + flow)?)?;
        let mut next: BTreeMap<Input, Tensor> = BTreeMap::new();
        for passage in wiring::passages(k) {
            let mut x = match passage.from {
                Source::Output(Output::Flow) => flow.clone(),
                Source::Output(of) => grown(&made(of)?)?,
                Source::Feature => self.features[k + 1].clone(),
                Source::Reference => grown(self.references)?,
                Source::Own(input) => match next.get(&input) {
                    Some(x) => x.clone(),
                    None => bail!("{input:?} was not passed on"),
                },
            };
            x = match passage.moved_by {
                Some(Output::Flow) => nn::warp(&x, &flow)?,
                Some(of) => nn::warp(&x, &grown_flow(&made(of)?)?)?,
                None => x,
            };
            if let Some(of) = passage.agreed_by {
                let mask = grown(&sigmoid(&made(of)?)?)?;
                x = nn::consensus(&mask, &x, self.views)?;
                if self.explain && of == Output::MessageMask {
                    self.mask = Some(mask);
                }
            }
            next.insert(passage.to, x);
        }
        if let Some(target) = self.target.get(k + 1) {
            next.insert(Input::Target, target.clone());
        }
        (self.inputs, self.done) = (next, k + 1);
        Ok(())
    }

    /// Runs what is left, and gives the last messages on which each character's views agree, 64×S×S each. Where it was
    /// asked for, also each view's weight in each pixel of them (N×S×S; any scale, the same for all views of a pixel):
    /// the mean over channels of mask · e^mask.
    ///
    /// # Errors
    /// Whatever candle says, such as a lack of memory on a GPU.
    pub fn finish(mut self) -> Result<(Tensor, Option<Tensor>)> {
        while self.done < BLOCKS {
            self.step()?;
        }
        let weights = self.mask.map(|mask| (&mask * mask.exp()?)?.mean(1)).transpose()?;
        match self.inputs.remove(&Input::Message) {
            Some(message) => Ok((message, weights)),
            None => bail!("the last block left no message"),
        }
    }
}

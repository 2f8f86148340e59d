//! The residual networks that look at drawings and poses (see `unet`), on packed weights.

use super::layers::{HALF, NormedConv, PIXEL, Packer, SAME, run};
use crate::conr::unet::Depth;
use crate::nn::kernels::{Activation, Batch, Conv, Join, Map, Pool, Shape, Storage, max_pool_3x3_s2};
use candle_core::Result;
use candle_nn::VarBuilder;

struct Residual {
    convs: Vec<NormedConv>,
    downsample: Option<NormedConv>,
}

/// An image to its features.
pub(super) struct Backbone {
    stem: NormedConv,
    /// What halves the stem's output; where there is none, max pooling does.
    shrink: Option<Conv>,
    layers: Vec<Vec<Residual>>,
}

/// For whom a backbone is packed.
pub(super) struct Plan {
    pub inputs: usize,
    pub depth: Depth,
    pub learned_shrink: bool,
    pub storage: Storage,
    /// Pixels of a batch's input images.
    pub pixels: usize,
}

impl Backbone {
    pub(super) fn new<'a>(weights: &VarBuilder<'a>, plan: &Plan) -> Result<Self> {
        let (blocks, sizes, expansion) = plan.depth.layout();
        let packer = |weights: VarBuilder<'a>, shrink: usize| Packer {
            weights,
            storage: plan.storage,
            pixels: plan.pixels / (shrink * shrink),
        };
        let mut channels = 64;
        let mut layers = Vec::new();
        for (i, &count) in blocks.iter().enumerate() {
            let (weights, width, shrink) = (weights.pp(4 + i), 64 << i, 4 << i);
            let mut layer = Vec::new();
            for block in 0..count {
                let weights = weights.pp(block);
                let halves = i > 0 && block == 0;
                let strided = sizes.iter().position(|&k| k == 3);
                let conv = |at: usize| {
                    let inputs = if at == 0 { channels } else { width };
                    let outputs = if at + 1 == sizes.len() { width * expansion } else { width };
                    let shape = match sizes[at] {
                        1 => PIXEL,
                        _ if halves && Some(at) == strided => HALF,
                        _ => SAME,
                    };
                    let conv = packer(weights.pp(format!("conv{}", at + 1)), shrink);
                    NormedConv::new(&conv, &weights.pp(format!("bn{}", at + 1)), shape, [inputs, outputs])
                };
                let convs = (0..sizes.len()).map(conv).collect::<Result<_>>()?;
                let outputs = width * expansion;
                let changes = channels != outputs || halves;
                let downsample = if changes {
                    let weights = weights.pp("downsample");
                    let shape = Shape::Square { taps: 1, stride: if halves { 2 } else { 1 }, pad: 0 };
                    let conv = packer(weights.pp(0), shrink);
                    Some(NormedConv::new(&conv, &weights.pp(1), shape, [channels, outputs])?)
                } else {
                    None
                };
                layer.push(Residual { convs, downsample });
                channels = outputs;
            }
            layers.push(layer);
        }
        let stem = Shape::Square { taps: 7, stride: 2, pad: 3 };
        let shrink = if plan.learned_shrink {
            Some(packer(weights.pp(3), 4).whole(HALF, [64, 64], false, Activation::None)?)
        } else {
            None
        };
        let stem = NormedConv::new(&packer(weights.pp(0), 2), &weights.pp(1), stem, [plan.inputs, 64])?;
        Ok(Self { stem, shrink, layers })
    }

    /// Features, deepest first.
    pub(super) fn run(&self, x: Map, pool: &Pool) -> [Batch; 5] {
        let shallowest = self.stem.run(x, None, true, pool);
        let mut x = match &self.shrink {
            Some(conv) => run(conv, shallowest.map(), Join::default(), pool),
            None => {
                let [n, h, w, c] = shallowest.size();
                let mut pooled = pool.take([n, h.div_ceil(2), w.div_ceil(2), c]);
                max_pool_3x3_s2(shallowest.map(), &mut pooled.map_mut());
                pooled
            }
        };
        let mut outputs = [(); 4].map(|()| Batch::default());
        for (layer, output) in self.layers.iter().zip(outputs.iter_mut().rev()) {
            for (i, block) in layer.iter().enumerate() {
                let y = block.run(x.map(), pool);
                let before = std::mem::replace(&mut x, y);
                // The first block's input is the previous layer's output, which is a feature.
                if i == 0 {
                    *output = before;
                }
            }
        }
        let [f1, f2, f3, _stem] = outputs;
        [x, f1, f2, f3, shallowest]
    }

    /// Bytes of packed weights.
    pub(super) fn bytes(&self) -> usize {
        let of_block = |b: &Residual| b.convs.iter().chain(&b.downsample).map(NormedConv::bytes).sum::<usize>();
        let shrink = self.shrink.as_ref().map_or(0, Conv::bytes);
        self.stem.bytes() + shrink + self.layers.iter().flatten().map(of_block).sum::<usize>()
    }
}

impl Residual {
    fn run(&self, x: Map, pool: &Pool) -> Batch {
        let shortcut = self.downsample.as_ref().map(|d| d.run(x, None, false, pool));
        let mut y: Option<Batch> = None;
        for (i, conv) in self.convs.iter().enumerate() {
            let last = i + 1 == self.convs.len();
            let after = last.then(|| shortcut.as_ref().map_or(x, Batch::map));
            y = Some(conv.run(y.as_ref().map_or(x, Batch::map), after, true, pool));
        }
        y.unwrap_or_default()
    }
}

use super::shader::{PoseFeatures, Seen};
use super::{EncodedViews, PackedNetworks};
use crate::conr::shader::BLOCKS;
use crate::nn::kernels::Batch;

/// A picture being made, step by step: whoever drives it reports and stops as they like.
pub struct Drawing<'a> {
    networks: &'a PackedNetworks,
    sheet: &'a EncodedViews,
    reached: Reached,
    /// Each view's in the last message, where someone wants to know.
    weights: Option<Vec<Vec<f32>>>,
}

/// What there is so far.
enum Reached {
    Pose(Batch),
    Block { pose: PoseFeatures, done: usize, seen: Seen },
    Message(Batch),
    Colours(Batch),
}

impl<'a> Drawing<'a> {
    /// How many steps a picture takes: the pose encoder, each block, the decoder.
    pub const STEPS: usize = BLOCKS + 2;

    pub(super) fn new(networks: &'a PackedNetworks, sheet: &'a EncodedViews, pose: Batch, explain: bool) -> Self {
        Self { networks, sheet, reached: Reached::Pose(pose), weights: explain.then(Vec::new) }
    }

    /// Does the next step; after the last one it changes nothing.
    #[must_use]
    pub fn step(mut self) -> Self {
        let PackedNetworks { pose_encoder, shader, decoder, pool, .. } = self.networks;
        self.reached = match self.reached {
            Reached::Pose(x) => {
                let pose = PoseFeatures(pose_encoder.run([x.into()], pool));
                Reached::Block { seen: shader.first(&pose, self.sheet.views(), pool), pose, done: 0 }
            }
            Reached::Block { pose, done, seen } => {
                let seen = shader.step(done, seen, self.sheet, &pose, self.weights.as_mut(), pool);
                match done + 1 {
                    BLOCKS => Reached::Message(seen.shared),
                    done => Reached::Block { pose, done, seen },
                }
            }
            Reached::Message(message) => match decoder.run([message.into()], pool).pop() {
                Some(colours) => Reached::Colours(colours),
                None => unreachable!("the decoder has a result"),
            },
            done @ Reached::Colours(_) => done,
        };
        self
    }

    /// Does what is left: **premultiplied** RGBA in [0, 1], and where it was asked for each view's weight in each pixel
    /// (any scale, the same for all of a pixel's views).
    pub fn finish(mut self) -> (Vec<[f32; 4]>, Vec<Vec<f32>>) {
        loop {
            if let Reached::Colours(rgba) = &self.reached {
                let premultiplied = |&[r, g, b, a]: &[f32; 4]| [r * a, g * a, b * a, a];
                let pixels = rgba.pixels().filter_map(|p| p.as_array().map(premultiplied)).collect();
                return (pixels, self.weights.unwrap_or_default());
            }
            self = self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::conr::made_up::MadeUp;
    use candle_core::{DType, Device};

    #[test]
    fn memory_comes_back_also_from_pictures_that_were_stopped() {
        let weights = VarBuilder::from_backend(Box::new(MadeUp), DType::F32, Device::Cpu);
        let networks = PackedNetworks::new(&weights, Precision::F32).unwrap();
        let drawing = vec![[90, 120, 40, 255]; 128 * 128];
        let pose = (vec![[0.3, 0.4, 0.5, 1.0]; 128 * 128], vec![255; 128 * 128]);
        let sheet = networks.encode(&vec![drawing; 2], 128);
        assert!(networks.pool.is_whole());
        for steps in [1, 3] {
            let mut drawing = networks.draw(&sheet, &pose.0, &pose.1, false);
            for _ in 0..steps {
                drawing = drawing.step();
            }
            assert!(!networks.pool.is_whole());
            drop(drawing);
            assert!(networks.pool.is_whole(), "after {steps} steps");
        }
        let whole = networks.draw(&sheet, &pose.0, &pose.1, false).finish().0;
        let begun = networks.draw(&sheet, &pose.0, &pose.1, false).step().step().finish().0;
        assert!(whole == begun && whole.len() == 128 * 128 && networks.pool.is_whole());
    }
}

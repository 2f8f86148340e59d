//! The networks on the processor: the graph of `shader`, `unet` and `rgba_decoder` on kernels of our own.
//!
//! Weights are packed once, as the kernels want them; pictures keep the channels of a pixel side by side from one end
//! to the other, and their memory is lent from a pool. The candle modules beside this folder stay the reference, the
//! way to gradients, and what graphics cards run.

mod backbone;
mod layers;
mod rgba_decoder;
mod shader;

use super::unet::{Depth, Upsampling};
use super::{ConrError, detector, pose_encoder, rgba_decoder as decoder, shader as decoding};
use crate::nn::kernels::{Batch, Pool, lerp};
use crate::progress::Progress;
use backbone::{Backbone, Plan};
use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

pub use crate::nn::kernels::Storage;

/// What packing expects: kernels are chosen for sheets of four views at 256 pixels. Others run as well.
const EXPECTED_VIEWS: usize = 4;
const EXPECTED_SIZE: usize = 256;

/// The networks, ready to run.
pub struct Engine {
    encoder: Backbone,
    /// Needed for detected UDPs alone, so it stays as it is.
    upsampling: Upsampling,
    pose_encoder: Backbone,
    shader: shader::Shader,
    decoder: rgba_decoder::RgbaDecoder,
    pool: Pool,
}

/// What is kept of a sheet: nothing here depends on the pose.
pub struct Encoded {
    /// Views, size.
    size: usize,
    /// What the first block sees of each view.
    first: Batch,
    /// Features of S/16 to S/2.
    features: [Batch; 4],
    /// References of S/16 to S.
    references: [Batch; 5],
}

impl Encoded {
    /// How many views it is of.
    pub fn views(&self) -> usize {
        self.first.size()[0]
    }

    /// Sides of the pictures that the six blocks see.
    fn sizes(&self) -> [usize; 6] {
        [32, 16, 8, 4, 2, 1].map(|shrink| self.size / shrink)
    }
}

/// A pose's features, deepest first.
struct Target([Batch; 5]);

impl Target {
    /// The same picture once for each view.
    fn of_each(&self, feature: &Batch, views: usize, pool: &Pool) -> Batch {
        let [_, h, w, c] = feature.size();
        let mut all = pool.take([views, h, w, c]);
        for view in 0..views {
            lerp(feature.map(), &mut all.map_mut().images(view, 1));
        }
        all
    }
}

/// Both backbones take values with this mean and deviation away.
fn standardized(v: f32) -> f32 {
    (v - 0.6) / 0.297
}

/// Drawings as the encoder sees them, and as the shader does.
fn inputs(drawings: &[Vec<[u8; 4]>], size: usize, pool: &Pool) -> (Batch, Batch) {
    let n = drawings.len();
    let (mut x, mut reference) = (pool.take([n, size, size, 3]), pool.take([n, size, size, 4]));
    for ((x, r), bytes) in x.pixels_mut().zip(reference.pixels_mut()).zip(drawings.iter().flatten()) {
        let [red, green, blue, alpha] = bytes.map(|v| f32::from(v) / 255.0);
        x.copy_from_slice(&[red, green, blue].map(standardized));
        r.copy_from_slice(&[red * alpha, green * alpha, blue * alpha, alpha]);
    }
    (x, reference)
}

impl Engine {
    /// Packs the tensors that `weights` holds, one after the other.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder, storage: Storage) -> Result<Self> {
        let pixels = EXPECTED_SIZE * EXPECTED_SIZE;
        let drawings =
            Plan { inputs: 3, depth: Depth::ResNet50, learned_shrink: true, storage, pixels: EXPECTED_VIEWS * pixels };
        let poses = Plan { inputs: 4, depth: Depth::ResNet18, learned_shrink: false, storage, pixels };
        let detector = weights.pp(detector::NAME);
        Ok(Engine {
            encoder: Backbone::new(&detector.pp("backbone"), &drawings)?,
            upsampling: Upsampling::new(&detector.to_dtype(storage.dtype()), detector::FEATURES, 4)?,
            pose_encoder: Backbone::new(&weights.pp(pose_encoder::NAME).pp("backbone"), &poses)?,
            shader: shader::Shader::new(&weights.pp(decoding::NAME), storage, EXPECTED_VIEWS, EXPECTED_SIZE)?,
            decoder: rgba_decoder::RgbaDecoder::new(&weights.pp(decoder::NAME), storage, pixels)?,
            pool: Pool::default(),
        })
    }

    /// Encodes framed drawings: `size`² **premultiplied** RGBA pixels each. `done` hears of every drawing, and says
    /// whether to go on.
    ///
    /// # Errors
    /// [`ConrError::Cancelled`].
    pub fn encode(
        &self,
        drawings: &[Vec<[u8; 4]>],
        size: usize,
        progress: &dyn Progress,
    ) -> std::result::Result<Encoded, ConrError> {
        let (pool, views) = (&self.pool, drawings.len());
        // Not of the engine's pool: that keeps room for whatever it lent at a time.
        let own = Pool::default();
        let kept = |c: usize, shrink: usize| own.take([views, size / shrink, size / shrink, c]);
        let mut references = [16, 8, 4, 2, 1].map(|shrink| kept(4, shrink));
        let [_, f1, f2, f3, f4] = detector::FEATURES;
        let mut features = [kept(f1, 16), kept(f2, 8), kept(f3, 4), kept(f4, 2)];
        let mut first = kept(super::shader::WIDTH, 64);
        for (chunk, start) in drawings.chunks(EXPECTED_VIEWS).zip((0..).step_by(EXPECTED_VIEWS)) {
            if progress.cancelled() {
                return Err(ConrError::Cancelled);
            }
            let n = chunk.len();
            let (x, reference) = inputs(chunk, size, pool);
            for kept in &mut references {
                lerp(reference.map(), &mut kept.map_mut().images(start, n));
            }
            let mut small = pool.take([n, size / 32, size / 32, 4]);
            lerp(reference.map(), &mut small.map_mut());
            let [deepest, others @ ..] = self.encoder.run(x.map(), pool);
            let of_views = self.shader.first_of_views(&deepest, &small, pool);
            lerp(of_views.map(), &mut first.map_mut().images(start, n));
            for (kept, feature) in features.iter_mut().zip(&others) {
                lerp(feature.map(), &mut kept.map_mut().images(start, n));
            }
            progress.advance(n as u64);
        }
        Ok(Encoded { size, first, features, references })
    }

    /// Draws a pose: `landmarks` (and an occupancy that is not looked at) and `mask` (bytes) are `size`² pixels of the
    /// sheet's size. **Premultiplied** RGBA in [0, 1].
    ///
    /// # Errors
    /// [`ConrError::Cancelled`].
    pub fn render(
        &self,
        sheet: &Encoded,
        landmarks: &[[f32; 4]],
        mask: &[u8],
        progress: &dyn Progress,
    ) -> std::result::Result<Vec<[f32; 4]>, ConrError> {
        self.draw(sheet, landmarks, mask, None, progress)
    }

    /// As [`Engine::render`], with each view's weight in each pixel (any scale, the same for all of a pixel's views).
    ///
    /// # Errors
    /// [`ConrError::Cancelled`].
    pub fn explain(
        &self,
        sheet: &Encoded,
        landmarks: &[[f32; 4]],
        mask: &[u8],
        progress: &dyn Progress,
    ) -> std::result::Result<(Vec<[f32; 4]>, Vec<Vec<f32>>), ConrError> {
        let mut weights = Vec::new();
        Ok((self.draw(sheet, landmarks, mask, Some(&mut weights), progress)?, weights))
    }

    fn draw(
        &self,
        sheet: &Encoded,
        landmarks: &[[f32; 4]],
        mask: &[u8],
        weights: Option<&mut Vec<Vec<f32>>>,
        progress: &dyn Progress,
    ) -> std::result::Result<Vec<[f32; 4]>, ConrError> {
        let pool = &self.pool;
        let mut x = pool.take([1, sheet.size, sheet.size, 4]);
        for ((x, [a, b, c, _]), &mask) in x.pixels_mut().zip(landmarks).zip(mask) {
            let mask = f32::from(mask) / 255.0;
            x.copy_from_slice(&[a * mask, b * mask, c * mask, mask].map(standardized));
        }
        let target = Target(self.pose_encoder.run(x.map(), pool));
        drop(x);
        progress.advance(1);
        let message = self.shader.run(sheet, &target, weights, pool, progress)?;
        drop(target);
        let rgba = self.decoder.run(&message, pool);
        progress.advance(1);
        Ok(rgba.pixels().filter_map(|p| p.as_array().copied()).collect())
    }

    /// The UDP of a framed drawing: `size`² pixels, landmark and occupancy in [0, 1].
    ///
    /// # Errors
    /// Whatever candle says.
    pub fn detect(&self, drawing: Vec<[u8; 4]>, size: usize) -> Result<Vec<[f32; 4]>> {
        let pool = Pool::default();
        let (x, _) = inputs(&[drawing], size, &pool);
        let tensor = |b: &Batch| {
            let [n, h, w, c] = b.size();
            let values: Vec<f32> = b.pixels().flatten().copied().collect();
            Tensor::from_vec(values, (n, h, w, c), &Device::Cpu)?.permute((0, 3, 1, 2))?.contiguous()
        };
        let [f0, f1, f2, f3, f4] = self.encoder.run(x.map(), &pool);
        let features = [tensor(&f0)?, tensor(&f1)?, tensor(&f2)?, tensor(&f3)?, tensor(&f4)?];
        let udp = self.upsampling.forward(&features)?.clamp(0.0, 1.0)?;
        super::renderer::pixels(&udp)
    }

    /// Bytes of packed weights, and of memory for pictures that lies ready.
    pub fn bytes(&self) -> (usize, usize) {
        let weights = [self.encoder.bytes(), self.pose_encoder.bytes(), self.shader.bytes(), self.decoder.bytes()];
        (weights.iter().sum(), self.pool.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::MadeUp;
    use super::*;
    use candle_core::DType;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// Stops after so many steps.
    struct Patience(AtomicU64);

    impl Progress for Patience {
        fn stage(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {
            self.0.fetch_update(Relaxed, Relaxed, |left| Some(left.saturating_sub(1))).unwrap();
        }
        fn cancelled(&self) -> bool {
            self.0.load(Relaxed) == 0
        }
    }

    #[test]
    fn memory_comes_back_also_from_pictures_that_were_stopped() {
        let weights = VarBuilder::from_backend(Box::new(MadeUp), DType::F32, Device::Cpu);
        let engine = Engine::new(&weights, Storage::F32).unwrap();
        let drawing = vec![[90, 120, 40, 255]; 128 * 128];
        let pose = (vec![[0.3, 0.4, 0.5, 1.0]; 128 * 128], vec![255; 128 * 128]);
        let sheet = engine.encode(&vec![drawing; 2], 128, &Patience(u64::MAX.into())).unwrap();
        assert!(engine.pool.is_whole());
        for (steps, drawn) in [(u64::MAX, true), (1, false), (3, false), (u64::MAX, true)] {
            assert_eq!(engine.render(&sheet, &pose.0, &pose.1, &Patience(steps.into())).is_ok(), drawn);
            assert!(engine.pool.is_whole(), "after {steps} steps");
        }
    }
}

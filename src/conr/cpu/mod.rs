//! The networks on the processor: the nets and the wiring of the modules beside this folder, on kernels of our own.
//!
//! Weights are packed once, as the kernels want them; pictures keep the channels of a pixel side by side from one end
//! to the other, and their memory is lent from a pool. Candle's tensors stay the reference, the way to gradients, and
//! what graphics cards run.

mod drawing;
mod layout;
mod shader;

use super::unet::standardized_value as standardized;
use super::{detector, pose_encoder, rgba_decoder, shader as decoding};
use crate::nn::Precision;
use crate::nn::kernels::{Batch, Pool, copy, lerp};
use crate::nn::layers::{PackedNet, Plan};
use candle_core::Result;
use candle_nn::VarBuilder;

pub use drawing::Drawing;

/// What packing expects: kernels are chosen for sheets of four views at 256 pixels. Others run as well.
const EXPECTED_VIEWS: usize = 4;
const EXPECTED_SIZE: usize = 256;

/// The four networks with packed weights, ready to run.
pub struct PackedNetworks {
    encoder: PackedNet,
    /// Runs once a drawing, and only for detected UDPs: packed to be small.
    way_up: PackedNet,
    pose_encoder: PackedNet,
    shader: shader::Shader,
    decoder: PackedNet,
    pool: Pool,
}

/// What is kept of a sheet's views: nothing here depends on the pose.
pub struct EncodedViews {
    /// Sides of the drawings.
    size: usize,
    /// What the first block sees of each view.
    first: Batch,
    /// Features of S/16 to S/2.
    features: [Batch; 4],
    /// References of S/16 to S.
    references: [Batch; 5],
}

impl EncodedViews {
    /// How many views there are.
    pub fn views(&self) -> usize {
        self.first.size()[0]
    }

    /// Sides of the pictures that the six blocks see.
    fn sizes(&self) -> [usize; 6] {
        [32, 16, 8, 4, 2, 1].map(|shrink| self.size / shrink)
    }
}

/// A sheet that is being encoded, some drawings at a time.
pub struct Encoding<'a> {
    networks: &'a PackedNetworks,
    views: EncodedViews,
    /// Drawings that are encoded.
    done: usize,
}

impl PackedNetworks {
    /// Packs the tensors that `weights` holds, one after the other.
    ///
    /// # Errors
    /// A tensor that is missing or of another shape.
    pub fn new(weights: &VarBuilder, precision: Precision) -> Result<Self> {
        let picture = EXPECTED_SIZE * EXPECTED_SIZE;
        let plan = |pixels: usize| Plan { precision, pixels, outputs: None };
        let detector = weights.pp(detector::NAME);
        let poses = weights.pp(pose_encoder::NAME).pp("backbone");
        Ok(Self {
            encoder: PackedNet::new(detector::backbone(), &detector.pp("backbone"), plan(EXPECTED_VIEWS * picture))?,
            way_up: PackedNet::new(detector::way_up(), &detector, plan(0))?,
            pose_encoder: PackedNet::new(pose_encoder::backbone(), &poses, plan(picture))?,
            shader: shader::Shader::new(&weights.pp(decoding::NAME), precision, EXPECTED_VIEWS, EXPECTED_SIZE)?,
            decoder: PackedNet::new(rgba_decoder::net(), &weights.pp(rgba_decoder::NAME), plan(picture))?,
            pool: Pool::default(),
        })
    }

    /// Begins to encode `views` framed drawings of `size`² pixels.
    pub fn encoding(&self, views: usize, size: usize) -> Encoding<'_> {
        // Not of the networks' pool: that keeps room for whatever it lent at a time.
        let own = Pool::default();
        let kept = |channels: usize, shrink: usize| own.take([views, size / shrink, size / shrink, channels]);
        let [_, f1, f2, f3, f4] = detector::FEATURES;
        let views = EncodedViews {
            size,
            first: kept(decoding::wiring::WIDTH, 64),
            features: [kept(f1, 16), kept(f2, 8), kept(f3, 4), kept(f4, 2)],
            references: [16, 8, 4, 2, 1].map(|shrink| kept(decoding::wiring::REFERENCE, shrink)),
        };
        Encoding { networks: self, views, done: 0 }
    }

    /// Encodes framed drawings, `size`² **premultiplied** RGBA pixels each, a few at a time.
    pub fn encode(&self, drawings: &[Vec<[u8; 4]>], size: usize) -> EncodedViews {
        let mut encoding = self.encoding(drawings.len(), size);
        drawings.chunks(EXPECTED_VIEWS).for_each(|some| encoding.add(some));
        encoding.finish()
    }

    /// Begins to draw a pose: `landmarks` (and an occupancy that is not looked at) and `mask` (bytes) are `size`² pixels
    /// of the sheet's size. `explain` keeps what [`Drawing::finish`] needs to tell each view's weight.
    pub fn draw<'a>(
        &'a self,
        sheet: &'a EncodedViews,
        landmarks: &[[f32; 4]],
        mask: &[u8],
        explain: bool,
    ) -> Drawing<'a> {
        let mut x = self.pool.take([1, sheet.size, sheet.size, 4]);
        for ((x, [a, b, c, _]), &mask) in x.pixels_mut().zip(landmarks).zip(mask) {
            let mask = f32::from(mask) / 255.0;
            x.copy_from_slice(&[a * mask, b * mask, c * mask, mask].map(standardized));
        }
        Drawing::new(self, sheet, x, explain)
    }

    /// The UDP of a framed drawing: `size`² pixels, landmark and occupancy in [0, 1].
    pub fn detect(&self, drawing: Vec<[u8; 4]>, size: usize) -> Vec<[f32; 4]> {
        // A pool of its own, which goes with it: drawings are seldom looked at.
        let pool = Pool::default();
        let (x, _) = inputs(&[drawing], size, &pool);
        let features = self.encoder.run([x.into()], &pool);
        let udps = self.way_up.run(features.into_iter().map(Into::into), &pool);
        let pixels = udps.iter().flat_map(Batch::pixels);
        pixels.filter_map(|p| Some((*p.as_array::<4>()?).map(|v| v.clamp(0.0, 1.0)))).collect()
    }

    /// Bytes of packed weights, and of memory for pictures that lies ready.
    pub fn bytes(&self) -> (usize, usize) {
        let nets = [&self.encoder, &self.way_up, &self.pose_encoder, &self.decoder].map(PackedNet::bytes);
        (nets.iter().sum::<usize>() + self.shader.bytes(), self.pool.bytes())
    }
}

impl Encoding<'_> {
    /// Encodes the next drawings: as few at a time as memory allows, as many as keep all processors busy.
    ///
    /// # Panics
    /// When there are more than was said.
    pub fn add(&mut self, drawings: &[Vec<[u8; 4]>]) {
        let Self { networks: PackedNetworks { encoder, shader, pool, .. }, views, done } = self;
        let (start, n) = (*done, drawings.len());
        let (x, reference) = inputs(drawings, views.size, pool);
        for kept in &mut views.references {
            lerp(reference.map(), &mut kept.map_mut().images(start, n));
        }
        let mut small = pool.take([n, views.size / 32, views.size / 32, decoding::wiring::REFERENCE]);
        lerp(reference.map(), &mut small.map_mut());
        let features = encoder.run([x.into()], pool);
        if let [deepest, others @ ..] = &features[..] {
            let first = shader.first_of_views(deepest, &small, pool);
            copy(first.map(), &mut views.first.map_mut().images(start, n));
            for (kept, feature) in views.features.iter_mut().zip(others) {
                copy(feature.map(), &mut kept.map_mut().images(start, n));
            }
        }
        *done += n;
    }

    /// The whole sheet.
    ///
    /// # Panics
    /// When drawings are missing.
    pub fn finish(self) -> EncodedViews {
        assert_eq!(self.done, self.views.views());
        self.views
    }
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

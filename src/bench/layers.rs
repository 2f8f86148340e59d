//! How fast the convolutions are on this machine: our kernels beside candle's own, and both beside what a plain matrix
//! product reaches in the same run.

use crate::events::LayerSpeed;
use crate::nn::kernels::{Activation, Conv, Join, Map, MapMut, Method, Precision, Shape, Weights, all};
use candle_core::{DType, Device, Result, Tensor};
use std::time::{Duration, Instant};

/// One layer of the networks.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Where it is.
    pub name: &'static str,
    /// Its convolution.
    pub shape: Shape,
    /// Images, height and width of the input.
    pub input: [usize; 3],
    /// Input and output channels.
    pub channels: [usize; 2],
}

/// Layers of both graphs at S = 256 with four views.
pub const LAYERS: [Layer; 20] = {
    const fn layer(name: &'static str, shape: Shape, n: usize, side: usize, cin: usize, cout: usize) -> Layer {
        Layer { name, shape, input: [n, side, side], channels: [cin, cout] }
    }
    const fn square(taps: usize, stride: usize) -> Shape {
        Shape::Square { taps, stride, pad: taps / 2 }
    }
    [
        layer("encoder stem", square(7, 2), 4, 256, 3, 64),
        layer("encoder layer 1, 1×1", square(1, 1), 4, 64, 256, 64),
        layer("encoder layer 1, 3×3", square(3, 1), 4, 64, 64, 64),
        layer("encoder layer 2, 3×3", square(3, 1), 4, 32, 128, 128),
        layer("encoder layer 3, 1×1", square(1, 1), 4, 16, 1024, 256),
        layer("encoder layer 3, 3×3", square(3, 1), 4, 16, 256, 256),
        layer("encoder layer 4, 1×1", square(1, 1), 4, 8, 512, 2048),
        layer("encoder layer 4, 3×3", square(3, 1), 4, 8, 512, 512),
        layer("block 1, last", Shape::Double, 4, 8, 224, 3140),
        layer("block 2, last", Shape::Double, 4, 16, 224, 1668),
        layer("block 3, first", square(3, 2), 4, 64, 774, 224),
        layer("block 3, last", Shape::Double, 4, 32, 224, 836),
        layer("block 4, first", square(3, 2), 4, 128, 326, 224),
        layer("block 4, stack", square(3, 1), 4, 32, 224, 224),
        layer("block 4, last", Shape::Double, 4, 64, 224, 260),
        layer("block 5, first", square(3, 2), 4, 256, 70, 224),
        layer("block 5, stack", square(3, 1), 4, 64, 224, 224),
        layer("block 5, up", Shape::Double, 4, 64, 224, 224),
        layer("block 5, last", Shape::Double, 4, 128, 224, 164),
        layer("colours, 3×3", square(3, 1), 1, 256, 64, 64),
    ]
};

/// Billions of operations a second of the best of several calls within `span`.
fn speed(gflop: f64, span: Duration, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let (begin, mut best) = (Instant::now(), f64::INFINITY);
    while best.is_infinite() || begin.elapsed() < span {
        let start = Instant::now();
        call()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(gflop / best)
}

/// Billions of operations a second of a float32 matrix product of 1024³ on all threads: the best within `span`.
///
/// # Errors
/// Whatever candle says.
pub fn sgemm(span: Duration) -> Result<f64> {
    let a = Tensor::ones((1024, 1024), DType::F32, &Device::Cpu)?;
    speed(2.0 * 1.024f64.powi(3), span, || a.matmul(&a).map(|_| ()))
}

/// Numbers that cost what real ones cost.
pub fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect()
}

impl Layer {
    /// Operations of the textbook convolution (a multiply-add is two).
    pub fn nominal_ops(&self) -> f64 {
        let (&[n, h, w], &[cin, cout]) = (&self.input, &self.channels);
        self.shape.nominal_ops(n, h, w, cin, cout)
    }

    /// Pixels of the whole batch's output.
    fn output_pixels(&self) -> usize {
        let [n, h, w] = self.input;
        let (h, w) = self.shape.output_size(h, w);
        n * h * w
    }

    /// How our kernels compute it.
    pub fn method(&self) -> Method {
        Conv::choose(self.shape, self.output_pixels(), self.channels[0])
    }

    /// The layer on our kernels, with a ReLU; each call computes it once.
    pub fn ours(&self, precision: Precision) -> impl FnMut() + use<> {
        let &Layer { shape, input: [n, h, w], channels: [cin, cout], .. } = self;
        let (x, weights) = (numbers(n * h * w * cin), numbers(cin * cout * shape.taps()));
        let packed = Weights { values: &weights, cin, cout };
        let conv = Conv::new(shape, self.method(), precision, packed, &all(cin), &all(cout), None, Activation::Relu);
        let mut out = vec![0.0; self.output_pixels() * cout];
        let (out_h, out_w) = shape.output_size(h, w);
        move || {
            let mut to = MapMut::new(std::hint::black_box(&mut out), [n, out_h, out_w, cout]);
            conv.run(Map::new(&x, [n, h, w, cin]), Join::default(), &mut to);
        }
    }

    /// The layer by candle's own convolution, without the ReLU; each call computes it once.
    ///
    /// # Errors
    /// Whatever candle says.
    pub fn candle(&self) -> Result<impl Fn() -> Result<Tensor> + use<>> {
        let &Layer { shape, input: [n, h, w], channels: [cin, cout], .. } = self;
        let size = match shape {
            Shape::Square { taps, .. } => [cout, cin, taps, taps],
            Shape::Double => [cin, cout, 4, 4],
        };
        let x = Tensor::from_vec(numbers(n * h * w * cin), (n, cin, h, w), &Device::Cpu)?;
        let weights = Tensor::from_vec(numbers(cin * cout * shape.taps()), &size, &Device::Cpu)?;
        Ok(move || match shape {
            Shape::Square { stride, pad, .. } => x.conv2d(&weights, pad, stride, 1, 1),
            Shape::Double => x.conv_transpose2d(&weights, 1, 0, 2, 1),
        })
    }

    /// Measures a layer for about four times `span`.
    ///
    /// # Errors
    /// Whatever candle says.
    pub fn measure(&self, span: Duration) -> Result<LayerSpeed> {
        let gflop = self.nominal_ops() / 1e9;
        let before = sgemm(span)?;
        let (mut ours, candle) = (self.ours(Precision::F32), self.candle()?);
        let ours = speed(gflop, span, || {
            ours();
            Ok(())
        })?;
        let candle = speed(gflop, span, || candle().map(|_| ()))?;
        let sgemm = before.max(sgemm(span)?);
        Ok(LayerSpeed {
            name: self.name.to_owned(),
            method: format!("{:?}", self.method()),
            gflop,
            ours,
            candle,
            sgemm,
        })
    }
}

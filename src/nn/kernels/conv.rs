//! A convolution with its packed weights: which kernel it runs on is decided once, by shape.

use super::direct::{Direct, Window};
use super::finish::{Finish, Pixels};
use super::lanes::Isa;
use super::memory::Aligned;
use super::taps::Taps;
use super::winograd::{Tiling, Winograd};
use super::{Map, MapMut};
use candle_core::DType;
use half::{bf16, f16};

/// The convolutions the networks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A square of taps; weights are `cout × cin × taps × taps`.
    Square {
        /// Taps along a side.
        taps: usize,
        /// From one output to the next.
        stride: usize,
        /// Zeros around the picture.
        pad: usize,
    },
    /// Transposed, 4×4 taps, stride 2, padding 1: twice the size; weights are `cin × cout × 4 × 4`.
    Double,
}

impl Shape {
    /// Height and width of the output for an input of `h`×`w` pixels.
    pub fn output_size(self, h: usize, w: usize) -> (usize, usize) {
        let side = |n: usize| match self {
            Shape::Square { taps, stride, pad } => (n + 2 * pad + 1).saturating_sub(taps).div_ceil(stride),
            Shape::Double => 2 * n,
        };
        (side(h), side(w))
    }

    /// Weights for each pair of an input and an output channel.
    pub fn taps(self) -> usize {
        self.side() * self.side()
    }

    /// Taps along a side.
    pub(super) fn side(self) -> usize {
        match self {
            Shape::Square { taps, .. } => taps,
            Shape::Double => 4,
        }
    }

    /// The shape of the convolution that leads back through one of this: 1×1 and 3×3 taps, the latter of stride 2 too.
    ///
    /// # Panics
    /// For other shapes.
    pub fn back(self) -> Shape {
        match self {
            Shape::Square { taps: 1, stride: 1, pad: 0 } | Shape::Square { taps: 3, stride: 1, pad: 1 } => self,
            Shape::Square { taps: 3, stride: 2, pad: 1 } => Shape::Double,
            _ => panic!("no way leads back through {self:?}"),
        }
    }

    /// Operations (a multiply-add is two) of the textbook convolution on `n` images of `h`×`w` input pixels.
    pub fn nominal_ops(self, n: usize, h: usize, w: usize, cin: usize, cout: usize) -> f64 {
        let pixels = match self {
            Shape::Square { .. } => self.output_size(h, w).0 * self.output_size(h, w).1,
            Shape::Double => h * w,
        };
        2.0 * (n * pixels) as f64 * (cin * cout * self.taps()) as f64
    }
}

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One matrix product over gathered rows.
    Direct,
    /// Transformed tiles with 4×4 outputs (per phase, where the stride is 2).
    Winograd4,
    /// Transformed tiles with 2×2 outputs (per phase), for 3×3 of stride 1 and transposed ones.
    Winograd2,
}

/// What packed weights are stored as; sums are always f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floats.
    #[default]
    F32,
    /// IEEE half precision: half the memory, 11 bits of precision.
    F16,
    /// The upper half of a 32-bit float: half the memory, 8 bits of precision.
    Bf16,
}

impl Precision {
    /// The same as candle calls it.
    pub fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }
}

/// The values of a convolution's weights, in candle's and PyTorch's order.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// `cout × cin × taps × taps`, for [`Shape::Double`] `cin × cout × 4 × 4`.
    pub values: &'a [f32],
    /// Input channels in `values`.
    pub cin: usize,
    /// Output channels in `values`.
    pub cout: usize,
}

enum Packed {
    Direct32(Direct<f32>),
    Direct16(Direct<f16>),
    DirectB16(Direct<bf16>),
    Winograd32(Winograd<f32>),
    Winograd16(Winograd<f16>),
    WinogradB16(Winograd<bf16>),
}

impl Packed {
    fn new(isa: Isa, shape: Shape, method: Method, precision: Precision, taps: &Taps) -> Self {
        let window = match shape {
            Shape::Square { taps, stride, pad } => Window::Square { taps, stride, pad },
            Shape::Double => Window::Double,
        };
        let tiling = match (method, shape) {
            (Method::Direct, _) => None,
            (Method::Winograd4, Shape::Square { taps: 3, stride: 1, pad: 1 }) => Some(Tiling::Same4),
            (Method::Winograd2, Shape::Square { taps: 3, stride: 1, pad: 1 }) => Some(Tiling::Same2),
            (Method::Winograd4, Shape::Square { taps: 3, stride: 2, pad: 1 }) => Some(Tiling::Half),
            (Method::Winograd4, Shape::Double) => Some(Tiling::Double4),
            (Method::Winograd2, Shape::Double) => Some(Tiling::Double2),
            _ => panic!("{shape:?} has no {method:?}"),
        };
        match (tiling, precision) {
            (None, Precision::F32) => Packed::Direct32(Direct::new(window, isa, taps)),
            (None, Precision::F16) => Packed::Direct16(Direct::new(window, isa, taps)),
            (None, Precision::Bf16) => Packed::DirectB16(Direct::new(window, isa, taps)),
            (Some(tiling), Precision::F32) => Packed::Winograd32(Winograd::new(tiling, isa, taps)),
            (Some(tiling), Precision::F16) => Packed::Winograd16(Winograd::new(tiling, isa, taps)),
            (Some(tiling), Precision::Bf16) => Packed::WinogradB16(Winograd::new(tiling, isa, taps)),
        }
    }
}

/// Calls a method of whatever is packed.
macro_rules! each_packed {
    ($packed:expr, $inner:ident => $call:expr) => {
        match $packed {
            Packed::Direct32($inner) => $call,
            Packed::Direct16($inner) => $call,
            Packed::DirectB16($inner) => $call,
            Packed::Winograd32($inner) => $call,
            Packed::Winograd16($inner) => $call,
            Packed::WinogradB16($inner) => $call,
        }
    };
}

/// The activation after a convolution.
#[derive(Clone, Copy, Debug, Default)]
pub enum Activation<'a> {
    /// None.
    #[default]
    None,
    /// Zero below zero.
    Relu,
    /// A slope below zero for each output channel.
    Prelu(&'a [f32]),
}

/// What is joined to a sum on its way to memory.
#[derive(Clone, Copy, Default)]
pub struct Join<'a> {
    /// Added before the activation: the same size as the output, or one image for the whole batch.
    pub before: Option<Map<'a>>,
    /// Added after the activation.
    pub after: Option<Map<'a>>,
}

/// All channels up to `n`, in order.
pub fn all(n: usize) -> Vec<usize> {
    (0..n).collect()
}

/// A convolution ready to run: packed weights, bias and activation.
pub struct Conv {
    shape: Shape,
    method: Method,
    cin: usize,
    cout: usize,
    packed: Packed,
    bias: Aligned<f32>,
    slopes: Option<Aligned<f32>>,
}

impl Conv {
    /// The method that is expected to be fastest on batches of `pixels` output pixels.
    ///
    /// Few pixels wait for the weights to arrive from memory, and transformed weights are up to six times as many. So
    /// the thresholds lie above where the methods cross in time: on two cores of an AMD EPYC (AVX2, 512 KiB of
    /// second-level cache each), with 64 and 224 channels and weights that come from memory, tiles of 4×4 take 0.8 of
    /// the direct product's time at 64 pixels and 0.4 at 256 for 3×3 of stride 1, all of it at 64 and 0.4 to 0.7 at 256
    /// for stride 2; transposed layers take 0.3 to 0.7 at 1024 with tiles of 2×2, which those of 4×4 beat from 2304 on.
    pub fn choose(shape: Shape, pixels: usize, cin: usize) -> Method {
        // From how many pixels on tiles of 4×4 and of 2×2 outputs are worth it.
        let (four, two) = match shape {
            Shape::Square { taps: 3, stride: 1, pad: 1 } => (512, 256),
            Shape::Square { taps: 3, stride: 2, pad: 1 } => (1024, usize::MAX),
            Shape::Double => (8192, 4096),
            Shape::Square { .. } => return Method::Direct,
        };
        match pixels {
            _ if cin < 16 => Method::Direct,
            _ if pixels >= four => Method::Winograd4,
            _ if pixels >= two => Method::Winograd2,
            _ => Method::Direct,
        }
    }

    /// Packs a convolution from the input channels `inputs` of `weights` to the output channels `outputs`, in these
    /// orders. Bias and slopes are of all outputs in `weights`.
    ///
    /// # Panics
    /// When lengths don't fit the shape, or the method can't compute it: both are errors of the program.
    pub fn new(
        shape: Shape,
        method: Method,
        precision: Precision,
        weights: Weights,
        inputs: &[usize],
        outputs: &[usize],
        bias: Option<&[f32]>,
        activation: Activation,
    ) -> Self {
        Self::with_isa(Isa::best(), shape, method, precision, weights, inputs, outputs, bias, activation)
    }

    /// As [`Conv::new`], for an instruction set other than the machine's best.
    pub fn with_isa(
        isa: Isa,
        shape: Shape,
        method: Method,
        precision: Precision,
        weights: Weights,
        inputs: &[usize],
        outputs: &[usize],
        bias: Option<&[f32]>,
        activation: Activation,
    ) -> Self {
        let Weights { values, cin: all_inputs, cout: all_outputs } = weights;
        assert!(Isa::available().contains(&isa), "{isa:?} is not present");
        assert_eq!(values.len(), all_inputs * all_outputs * shape.taps());
        assert!(inputs.iter().all(|&i| i < all_inputs) && outputs.iter().all(|&o| o < all_outputs));
        let (cin, cout) = (inputs.len(), outputs.len());
        assert!(cin > 0 && cout > 0);
        let taps = Taps::new(shape, weights, inputs, outputs, 2 * isa.width());
        let packed = Packed::new(isa, shape, method, precision, &taps);
        let padded = cout.next_multiple_of(2 * isa.width());
        let per_channel = |values: &[f32]| {
            assert_eq!(values.len(), all_outputs);
            let chosen: Vec<f32> = outputs.iter().map(|&o| values[o]).collect();
            Aligned::from_slice(&chosen, padded)
        };
        let slopes = match activation {
            Activation::None => None,
            Activation::Relu => Some(Aligned::zeroed(padded)),
            Activation::Prelu(slopes) => Some(per_channel(slopes)),
        };
        let bias = bias.map_or_else(|| Aligned::zeroed(padded), per_channel);
        Conv { shape, method, cin, cout, packed, bias, slopes }
    }

    /// The convolution that leads back through one of `shape` with these weights: from the gradient by its result to that
    /// by its input.
    ///
    /// # Panics
    /// As [`Shape::back`] and [`Conv::new`].
    pub fn back(shape: Shape, method: Method, weights: Weights) -> Self {
        let Weights { values, cin, cout } = weights;
        assert_eq!(values.len(), cin * cout * shape.taps());
        let isa = Isa::best();
        let taps = Taps::back(shape, weights, 2 * isa.width());
        let (shape, bias) = (shape.back(), Aligned::zeroed(cin.next_multiple_of(2 * isa.width())));
        let packed = Packed::new(isa, shape, method, Precision::F32, &taps);
        Conv { shape, method, cin: cout, cout: cin, packed, bias, slopes: None }
    }

    /// The shape it was made for.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The method it was made for.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Output channels.
    pub fn cout(&self) -> usize {
        self.cout
    }

    /// Bytes of packed weights.
    pub fn bytes(&self) -> usize {
        each_packed!(&self.packed, packed => packed.bytes())
    }

    /// Runs the convolution on a batch.
    ///
    /// # Panics
    /// When the maps' sizes don't fit one another.
    pub fn run(&self, x: Map, join: Join, out: &mut MapMut) {
        let (h, w) = self.shape.output_size(x.h, x.w);
        assert_eq!(x.c, self.cin);
        assert_eq!((out.n, out.h, out.w, out.c), (x.n, h, w, self.cout));
        let fits = |m: &Map| (m.h, m.w, m.c) == (h, w, self.cout);
        assert!(join.before.iter().all(|m| fits(m) && (m.n == 1 || m.n == x.n)));
        assert!(join.after.iter().all(|m| fits(m) && m.n == x.n));
        if x.n * h * w == 0 {
            return;
        }
        let pixels = |m: Map| Pixels { data: m.data.as_ptr(), pitch: m.pitch };
        let finish = Finish {
            bias: self.bias.as_ptr(),
            slopes: self.slopes.as_ref().map_or(std::ptr::null(), |s| s.as_ptr()),
            before: join.before.map(|m| (pixels(m), m.n * h * w)),
            after: join.after.map(pixels),
            out: out.data.as_mut_ptr(),
            out_pitch: out.pitch,
        };
        // SAFETY: a map's slice covers all its pixels, and the sizes were compared above; `out` is borrowed alone.
        unsafe { each_packed!(&self.packed, packed => packed.run(&x, h, w, &finish)) }
    }
}

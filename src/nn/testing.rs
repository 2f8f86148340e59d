//! Checking an operation against a naive one in doubles: its values, and its gradients by finite differences. Both
//! the kernel (float32 on the CPU) and candle's composition (which float64 takes) must agree.

use candle_core::{DType, Device, Result, Tensor, Var};

/// A four-dimensional array of doubles.
#[derive(Clone, Debug)]
pub(super) struct Array {
    pub(super) dims: [usize; 4],
    pub(super) values: Vec<f64>,
}

impl Array {
    pub(super) fn index(&self, [n, c, y, x]: [usize; 4]) -> usize {
        ((n * self.dims[1] + c) * self.dims[2] + y) * self.dims[3] + x
    }

    pub(super) fn at(&self, place: [usize; 4]) -> f64 {
        self.values[self.index(place)]
    }

    /// Fills every place with what `f` makes of it.
    pub(super) fn from_fn(dims: [usize; 4], f: impl Fn([usize; 4]) -> f64) -> Self {
        let [_, c, h, w] = dims;
        let place = |i: usize| [i / (c * h * w), i / (h * w) % c, i / w % h, i % w];
        Self { dims, values: (0..dims.iter().product()).map(|i| f(place(i))).collect() }
    }

    pub(super) fn tensor(&self, dtype: DType) -> Tensor {
        Tensor::from_vec(self.values.clone(), &self.dims, &Device::Cpu).unwrap().to_dtype(dtype).unwrap()
    }
}

/// Reproducible random numbers (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of `from..=to`.
    pub(super) fn whole(&mut self, from: usize, to: usize) -> usize {
        from + (self.next() % (to - from + 1) as u64) as usize
    }

    /// Values in [−`size`, `size`), exact in float32.
    pub(super) fn array(&mut self, dims: [usize; 4], size: f64) -> Array {
        let count = dims.iter().product();
        let value = |dice: &mut Self| f64::from(((dice.next() >> 40) as f64 / f64::from(1 << 23) - 1.0) as f32);
        Array { dims, values: (0..count).map(|_| f64::from((value(self) * size) as f32)).collect() }
    }
}

/// Checks `op` against `naive` at `args`.
pub(super) fn check(op: impl Fn(&[Tensor]) -> Result<Tensor>, naive: impl Fn(&[Array]) -> Array, args: &[Array]) {
    let expected = naive(args);
    let weights = Dice(7).array(expected.dims, 1.0);
    let loss = |args: &[Array]| -> f64 { naive(args).values.iter().zip(&weights.values).map(|(a, b)| a * b).sum() };
    for (dtype, tolerance) in [(DType::F32, 1e-4), (DType::F64, 1e-6)] {
        let vars: Vec<Var> = args.iter().map(|a| Var::from_tensor(&a.tensor(dtype)).unwrap()).collect();
        let tensors: Vec<Tensor> = vars.iter().map(|v| v.as_tensor().clone()).collect();
        let result = op(&tensors).unwrap();
        assert_eq!(result.dims(), expected.dims);
        assert_near(&format!("values in {dtype:?}"), &doubles(&result), &expected.values, tolerance);
        let apart: Vec<Tensor> = tensors.iter().map(apart).collect();
        let of_apart = doubles(&op(&apart).unwrap());
        assert_near(&format!("values apart in {dtype:?}"), &of_apart, &expected.values, tolerance);

        let gradients = (result * weights.tensor(dtype)).unwrap().sum_all().unwrap().backward().unwrap();
        for (which, var) in vars.iter().enumerate() {
            let ours = doubles(gradients.get(var).unwrap());
            let theirs = finite_differences(loss, args, which);
            assert_near(&format!("gradient {which} in {dtype:?}"), &ours, &theirs, tolerance);
        }
    }
}

/// The same values, other ones between the samples.
fn apart(x: &Tensor) -> Tensor {
    let channels = x.dim(1).unwrap();
    Tensor::cat(&[x, &x.affine(-2.0, 1.0).unwrap()], 1).unwrap().narrow(1, 0, channels).unwrap()
}

fn finite_differences(loss: impl Fn(&[Array]) -> f64, args: &[Array], which: usize) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let slope = |i: usize| {
        let moved = |by: f64| {
            let mut args = args.to_vec();
            args[which].values[i] += by;
            loss(&args)
        };
        (moved(STEP) - moved(-STEP)) / (2.0 * STEP)
    };
    (0..args[which].values.len()).map(slope).collect()
}

fn assert_near(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= tolerance * (1.0 + b.abs()), "{what}: {a} instead of {b} at {i}");
    }
}

pub(super) fn doubles(tensor: &Tensor) -> Vec<f64> {
    tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

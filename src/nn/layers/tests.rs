//! A small net of every kind of layer, stated once, in both ways.

use super::super::kernels::{Batch, MapMut, Pool, Precision, copy};
use super::*;
use candle_core::{DType, Device, Shape, Tensor, Var};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder, VarMap};

/// Numbers that look like weights, always the same.
struct Numbers;

pub(super) fn numbers(name: &str, count: usize, size: f64) -> Vec<f64> {
    let mut state = name.bytes().fold(1u64, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(((state >> 40) as f64 / f64::from(1 << 23) - 1.0) as f32)
    };
    (0..count).map(|_| next() * size).collect()
}

fn weights_called(name: &str, dims: &[usize]) -> Vec<f64> {
    let count = dims.iter().product::<usize>();
    match dims {
        [first, rest @ ..] if !rest.is_empty() => numbers(name, count, (3.0 * *first as f64 / count as f64).sqrt()),
        _ if name.contains("norm") && name.ends_with("weight") => {
            numbers(name, count, 0.3).iter().map(|v| 1.0 + v).collect()
        }
        _ => numbers(name, count, 0.2),
    }
}

impl SimpleBackend for Numbers {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        Tensor::from_vec(weights_called(name, shape.dims()), shape, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        candle_core::bail!("{name} has no shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}

/// An encoder and decoder with everything that a graph of ours may want.
fn small() -> Net {
    let leaky = Activation::Leaky(0.1);
    let mut net = Net::default();
    let drawing = net.input(5, 0);
    let hint = net.input(3, 1);
    let stem = net.conv(drawing, Layer::square("stem", 3, 1, 18).bias().then(Activation::Prelu("slopes".into())));
    let half = net.conv(stem, Layer::square("half", 3, 2, 24).norm("half.norm").then(leaky.clone()));
    let half = net.join(&[half, hint]);
    let narrow = net.conv(half, Layer::square("narrow", 1, 1, 20).bias());
    let inner = net.conv(narrow, Layer::square("block.a", 3, 1, 20).norm("block.a.norm").then(leaky.clone()));
    let block =
        net.conv(inner, Layer::square("block.b", 3, 1, 20).norm("block.b.norm").plus(narrow).then(Activation::Relu));
    let pooled = net.max_pool(block);
    let squares = net.unshuffle(narrow);
    let pooled = net.join(&[pooled, squares]);
    let deep = net.conv(pooled, Layer::square("deep", 3, 1, 32).bias().then(leaky.clone()));
    let up = net.shuffle(deep);
    let apart = net.deviation(narrow);
    let skip = net.join(&[up, block, apart]);
    let thin = narrow_twice(&mut net, narrow);
    let up = net.conv(skip, Layer::double("up", 12).norm("up.norm").then(leaky).plus_after(thin));
    let picture = net.conv(up, Layer::square("colours", 3, 1, 4).bias().then(Activation::Sigmoid));
    net.result(block);
    net.result(picture);
    net
}

/// A picture of the size and channels of what is added to it.
fn narrow_twice(net: &mut Net, narrow: Value) -> Value {
    let (grown, repeated) = (net.grow(narrow), net.repeat(narrow));
    let both = net.join(&[grown, repeated]);
    net.conv(both, Layer::square("thin", 1, 1, 12))
}

const INPUTS: [[usize; 4]; 2] = [[2, 5, 16, 24], [2, 3, 8, 12]];

fn input(i: usize, dtype: DType) -> Tensor {
    let values = numbers(&format!("input {i}"), INPUTS[i].iter().product(), 1.0);
    Tensor::from_vec(values, &INPUTS[i], &Device::Cpu).unwrap().to_dtype(dtype).unwrap()
}

pub(super) fn doubles(tensor: &Tensor) -> Vec<f64> {
    tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// The pixels of N×C×H×W in the order of the kernels.
pub(super) fn pixels(tensor: &Tensor) -> Vec<f32> {
    let last = tensor.permute((0, 2, 3, 1)).unwrap().to_dtype(DType::F32).unwrap();
    last.flatten_all().unwrap().to_vec1().unwrap()
}

pub(super) fn batch(tensor: &Tensor, pool: &Pool) -> Batch {
    let (n, c, h, w) = tensor.dims4().unwrap();
    let mut values = pixels(tensor);
    let mut batch = pool.take([n, h, w, c]);
    copy(MapMut::new(&mut values, [n, h, w, c]).view(), &mut batch.map_mut());
    batch
}

#[test]
fn one_description_runs_on_tensors_and_on_kernels() {
    let exact = VarBuilder::from_backend(Box::new(Numbers), DType::F64, Device::Cpu);
    let single = VarBuilder::from_backend(Box::new(Numbers), DType::F32, Device::Cpu);
    let [a, b] = [0, 1].map(|i| input(i, DType::F64));
    let expected = TensorNet::new(small(), &exact).unwrap().forward(&[&a, &b]).unwrap();
    let [a, b] = [0, 1].map(|i| input(i, DType::F32));
    let ours = TensorNet::new(small(), &single).unwrap().forward(&[&a, &b]).unwrap();
    for (ours, expected) in ours.iter().zip(&expected) {
        assert_eq!(ours.dims(), expected.dims());
        assert!(doubles(ours).iter().zip(doubles(expected)).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    let pool = Pool::default();
    for (precision, most) in [(Precision::F32, 1e-4), (Precision::F16, 5e-2), (Precision::Bf16, 4e-1)] {
        // Few pixels and many: by rows and by tiles.
        for pixels_expected in [0, 1 << 16] {
            let net =
                PackedNet::new(small(), &single, Plan { precision, pixels: pixels_expected, outputs: None }).unwrap();
            let results = net.run([batch(&a, &pool).into(), batch(&b, &pool).map().into()], &pool);
            assert_eq!(results.len(), 2);
            for (ours, expected) in results.iter().zip(&expected) {
                let expected = pixels(expected);
                let away = ours.pixels().flatten().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                println!("{precision:?}: {away:.1e} at most");
                assert!(away < most, "{precision:?}: {away}");
                assert_eq!(ours.pixels().flatten().count(), expected.len());
            }
            drop(results);
            assert!(pool.is_whole());
        }
    }
}

#[test]
fn chosen_channels_come_in_the_order_asked_for() {
    let weights = VarBuilder::from_backend(Box::new(Numbers), DType::F32, Device::Cpu);
    let pool = Pool::default();
    let run = |outputs: Option<&[usize]>| {
        let net = PackedNet::new(small(), &weights, Plan { precision: Precision::F32, pixels: 384, outputs }).unwrap();
        let inputs = [0, 1].map(|i| batch(&input(i, DType::F32), &pool).into());
        net.run(inputs, &pool).pop().unwrap().pixels().map(<[f32]>::to_vec).collect::<Vec<_>>()
    };
    for (all, some) in run(None).iter().zip(run(Some(&[3, 0]))) {
        assert!((all[3] - some[0]).abs() < 1e-5 && (all[0] - some[1]).abs() < 1e-5);
    }
}

#[test]
fn gradients_of_the_description_are_those_of_finite_differences() {
    let run = |dtype: DType| {
        let map = VarMap::new();
        let net = TensorNet::new(small(), &VarBuilder::from_varmap(&map, dtype, &Device::Cpu)).unwrap();
        let mut vars: Vec<(String, Var)> =
            map.data().lock().unwrap().iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        vars.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, var) in &vars {
            let values = Tensor::from_vec(weights_called(name, var.dims()), var.shape(), &Device::Cpu).unwrap();
            var.set(&values.to_dtype(dtype).unwrap()).unwrap();
        }
        (net, vars)
    };
    let loss = |net: &TensorNet, dtype: DType| {
        let [a, b] = [0, 1].map(|i| input(i, dtype));
        let results = net.forward(&[&a, &b]).unwrap();
        let weighed = |(i, x): (usize, &Tensor)| {
            let values = numbers(&format!("loss {i}"), x.elem_count(), 1.0);
            let by = Tensor::from_vec(values, x.shape(), &Device::Cpu).unwrap().to_dtype(dtype).unwrap();
            (x * by).unwrap().sum_all().unwrap()
        };
        results.iter().enumerate().map(weighed).reduce(|a, b| (a + b).unwrap()).unwrap()
    };
    let (exact, vars) = run(DType::F64);
    let (single, of_single) = run(DType::F32);
    let gradients = loss(&exact, DType::F64).backward().unwrap();
    let of_kernels = loss(&single, DType::F32).backward().unwrap();
    for ((name, var), (_, same)) in vars.iter().zip(&of_single) {
        let ours = doubles(gradients.get(var).unwrap());
        let size = (ours.iter().map(|v| v * v).sum::<f64>() / ours.len() as f64).sqrt().max(1e-3);
        for (a, b) in doubles(of_kernels.get(same).unwrap()).iter().zip(&ours) {
            assert!((a - b).abs() < 2e-3 * size, "{name}: {a} for {b}");
        }
        let values = doubles(var);
        for i in [0, values.len() / 2, values.len() - 1] {
            let moved = |by: f64| {
                let mut values = values.clone();
                values[i] += by;
                var.set(&Tensor::from_vec(values, var.shape(), &Device::Cpu).unwrap()).unwrap();
                doubles(&loss(&exact, DType::F64))[0]
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            moved(0.0);
            assert!((slope - ours[i]).abs() < 1e-4 * (size + slope.abs()), "{name}[{i}]: {} for {slope}", ours[i]);
        }
    }
}

#[test]
fn an_input_in_parts_is_the_input_joined() {
    let weights = VarBuilder::from_backend(Box::new(Numbers), DType::F64, Device::Cpu);
    let layer = Layer::square("parts", 3, 2, 7).bias().then(Activation::Prelu("slopes".into()));
    let layer = TensorLayer::new(&layer, 12, &weights).unwrap();
    let picture = |name: &str, n: usize, c: usize| {
        Tensor::from_vec(numbers(name, n * c * 48, 1.0), (n, c, 6, 8), &Device::Cpu).unwrap()
    };
    // Two groups of three; of twelve channels one is nobody's.
    let (own, other, shared) = (picture("own", 6, 4), picture("other", 6, 2), picture("shared", 2, 5));
    let nothing = Tensor::zeros((6, 1, 6, 8), DType::F64, &Device::Cpu).unwrap();
    let each = |x: &Tensor| Tensor::cat(&[0, 0, 0, 1, 1, 1].map(|i| x.narrow(0, i, 1).unwrap()), 0).unwrap();
    let (sample, group) = (Extent::Sample, Extent::Group);
    let all_of = |parts: &[Part], joined: &[&Tensor]| {
        let ours = layer.forward_parts(parts, 3).unwrap();
        let joined = layer.forward(&Tensor::cat(joined, 1).unwrap()).unwrap();
        assert_eq!(ours.dims(), joined.dims());
        assert!(doubles(&ours).iter().zip(doubles(&joined)).all(|(a, b)| (a - b).abs() < 1e-12));
    };
    let all = each(&shared);
    all_of(&[(&own, 0, sample), (&shared, 4, group), (&other, 10, sample)], &[&own, &all, &nothing, &other]);
    let others = Tensor::cat(&[&nothing; 4], 1).unwrap();
    all_of(&[(&own, 0, sample), (&other, 10, sample)], &[&own, &others, &nothing, &nothing, &other]);
    let rest = Tensor::cat(&[&nothing; 3], 1).unwrap();
    all_of(&[(&shared, 4, group)], &[&others, &all, &rest]);
}

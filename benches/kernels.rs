//! The hot kernels beside candle's own operations, in one run: `cargo bench --bench kernels`.
//!
//! Each group holds both sides, so that what else the machine does hits both alike; compare within a group only.

use candle_core::{DType, Device, Result, Tensor};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use settei::nn::bench::{LAYERS, Layer};
use settei::nn::kernels::{
    Activation, Conv, Flow, Join, Map, MapMut, Shape, Storage, Weights, all, instance_norm, warp,
};
use std::hint::black_box;

/// Layers that most of a frame's time goes to, and one of each other kind.
const HOT: [&str; 5] = ["block 5, stack", "block 5, first", "block 5, last", "encoder stem", "encoder layer 1, 1×1"];

fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect()
}

fn convolutions(criterion: &mut Criterion) {
    for layer in LAYERS.iter().filter(|layer| HOT.contains(&layer.name)) {
        let &Layer { name, shape, input: [n, h, w], channels: [cin, cout] } = layer;
        let mut group = criterion.benchmark_group(name);
        let (out_h, out_w) = shape.output_size(h, w);
        group.throughput(Throughput::Elements(shape.nominal_ops(n, h, w, cin, cout) as u64));
        let (x, weights) = (numbers(n * h * w * cin), numbers(cin * cout * shape.taps()));
        let mut out = vec![0.0; n * out_h * out_w * cout];
        for storage in [Storage::F32, Storage::F16] {
            let method = Conv::choose(shape, n * out_h * out_w, cin);
            let packed = Weights { values: &weights, cin, cout };
            let conv = Conv::new(shape, method, storage, packed, &all(cin), &all(cout), None, Activation::Relu);
            group.bench_function(BenchmarkId::new("ours", format!("{storage:?}")), |bencher| {
                bencher.iter(|| {
                    let mut to = MapMut::new(black_box(&mut out), [n, out_h, out_w, cout]);
                    conv.run(Map::new(&x, [n, h, w, cin]), Join::default(), &mut to);
                });
            });
        }
        let candle = candle_conv(shape, x, weights, [n, cin, h, w], cout);
        group.bench_function("candle", |bencher| bencher.iter(|| candle().map(black_box)));
    }
}

/// Candle's own convolution of the same numbers.
fn candle_conv(
    shape: Shape,
    x: Vec<f32>,
    weights: Vec<f32>,
    size: [usize; 4],
    cout: usize,
) -> impl Fn() -> Result<Tensor> {
    let tensors = Tensor::from_vec(x, &size, &Device::Cpu).and_then(|x| {
        let size = match shape {
            Shape::Square { taps, .. } => [cout, size[1], taps, taps],
            Shape::Double => [size[1], cout, 4, 4],
        };
        Ok((x, Tensor::from_vec(weights, &size, &Device::Cpu)?))
    });
    move || {
        let (x, weights) = tensors.as_ref().map_err(|error| candle_core::Error::Msg(error.to_string()))?;
        match shape {
            Shape::Square { stride, pad, .. } => x.conv2d(weights, pad, stride, 1, 1)?.relu(),
            Shape::Double => x.conv_transpose2d(weights, 1, 0, 2, 1)?.relu(),
        }
    }
}

fn between_convolutions(criterion: &mut Criterion) {
    let (n, side, c) = (4, 64, 224);
    let size = [n, side, side, c];
    let x = numbers(size.iter().product());
    let mut out = x.clone();

    let mut group = criterion.benchmark_group("instance norm");
    let (gain, bias) = (numbers(c), numbers(c));
    group.bench_function("ours", |bencher| {
        bencher.iter(|| instance_norm(&mut MapMut::new(black_box(&mut out), size), &gain, &bias, None, true));
    });
    if let Ok(tensor) = Tensor::from_slice(&x, (n, c, side, side), &Device::Cpu) {
        let candle = || -> Result<Tensor> {
            let centred = tensor.broadcast_sub(&tensor.mean_keepdim((2, 3))?)?;
            centred.broadcast_div(&(centred.sqr()?.mean_keepdim((2, 3))? + 1e-5)?.sqrt()?)?.relu()
        };
        group.bench_function("candle", |bencher| bencher.iter(|| candle().map(black_box)));
    }
    group.finish();

    // Candle has no warp; a copy is the least that any could cost.
    let mut group = criterion.benchmark_group("warp in sixteen groups");
    let field = numbers(n * side * side * 32);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let flow = Flow { field: Map::new(&field, [n, side, side, 32]), scale: 4.0 };
            warp(Map::new(&x, size), flow, &mut MapMut::new(black_box(&mut out), size));
        });
    });
    group.bench_function("copy", |bencher| bencher.iter(|| black_box(&mut out).copy_from_slice(&x)));
    group.finish();
}

/// What all of it is measured against.
fn matrix_product(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matrix product 1024³");
    group.throughput(Throughput::Elements(2 << 30));
    if let Ok(a) = Tensor::ones((1024, 1024), DType::F32, &Device::Cpu) {
        group.bench_function("candle", |bencher| bencher.iter(|| a.matmul(&a).map(black_box)));
    }
}

criterion_group! {
    name = kernels;
    config = Criterion::default().sample_size(10).warm_up_time(std::time::Duration::from_millis(500));
    targets = matrix_product, convolutions, between_convolutions
}
criterion_main!(kernels);

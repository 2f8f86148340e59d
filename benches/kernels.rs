//! The hot kernels beside candle's own operations, in one run: `cargo bench --bench kernels`.
//!
//! Each group holds both sides, so that what else the machine does hits both alike; compare within a group only.

use candle_core::{DType, Device, Result, Tensor};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use settei::bench::layers::{LAYERS, numbers};
use settei::nn::kernels::{Flow, Join, Map, MapMut, Precision, instance_norm, warp};
use std::hint::black_box;

/// Layers that most of a frame's time goes to, and one of each other kind.
const HOT: [&str; 5] = ["block 5, stack", "block 5, first", "block 5, last", "encoder stem", "encoder layer 1, 1×1"];

fn convolutions(criterion: &mut Criterion) {
    for layer in LAYERS.iter().filter(|layer| HOT.contains(&layer.name)) {
        let mut group = criterion.benchmark_group(layer.name);
        group.throughput(Throughput::Elements(layer.nominal_ops() as u64));
        for precision in [Precision::F32, Precision::F16] {
            let mut ours = layer.ours(precision);
            group.bench_function(BenchmarkId::new("ours", format!("{precision:?}")), |bencher| bencher.iter(&mut ours));
        }
        if let Ok(candle) = layer.candle() {
            group.bench_function("candle", |bencher| bencher.iter(|| candle().map(black_box)));
        }
    }
}

fn between_convolutions(criterion: &mut Criterion) {
    let (n, side, c) = (4, 64, 224);
    let size = [n, side, side, c];
    let x = numbers(size.iter().product());
    let mut out = x.clone();

    let mut group = criterion.benchmark_group("instance norm");
    let (gain, bias, slopes) = (numbers(c), numbers(c), vec![0.0; c]);
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let mut to = MapMut::new(black_box(&mut out), size);
            instance_norm(&mut to, &gain, &bias, Join::default(), Some(&slopes));
        });
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

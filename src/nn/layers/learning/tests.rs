//! The way back on kernels against candle's, in double precision.

use super::super::tests::{batch, doubles, numbers, pixels};
use super::super::{Activation, Layer, PackedNet, Plan, TensorNet};
use super::*;
use crate::nn::kernels::Precision;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use std::collections::HashMap;

mod views;

/// Everything that may learn, with pictures that several layers read.
fn small() -> Net {
    let leaky = Activation::Leaky(0.1);
    let mut net = Net::default();
    let drawing = net.followed_input(4, 0);
    let hint = net.input(3, 0);
    let points = net.input(6, 0);
    let marks = net.one_hot(points, Layer::square("marks", 3, 1, 24), [12, 8], 1);
    let seen = net.join(&[drawing, hint]);
    let stem = net.conv(seen, Layer::square("stem", 3, 2, 18).batch_norm().then(Activation::Relu));
    let inner = net.conv(stem, Layer::square("inner", 3, 2, 20).batch_norm().then(leaky.clone()));
    let halved = net.halve(stem);
    let shortcut = net.conv(halved, Layer::square("shortcut", 1, 1, 20).batch_norm());
    let block = net.conv(inner, Layer::square("block", 3, 1, 20).batch_norm().plus(shortcut).then(Activation::Relu));
    let (grown, repeated) = (net.grow(block), net.repeat(block));
    let up = net.join(&[grown, repeated, stem]);
    let up = net.conv(up, Layer::square("up", 3, 1, 24).bias().plus(marks).then(leaky));
    let large = net.shuffle(up);
    let (apart, squares) = (net.deviation(block), net.unshuffle(stem));
    let seen = net.join(&[block, apart, squares]);
    let deep = net.conv(seen, Layer::square("deep", 1, 1, 5).bias());
    let last = net.conv(large, Layer::square("last", 3, 1, 6));
    net.result(deep);
    net.result(last);
    net
}

const SIZE: [usize; 4] = [3, 4, 24, 16];

fn inputs(dtype: DType) -> [Tensor; 3] {
    let [_, _, h, w] = SIZE;
    [("drawing", [4, h, w]), ("hint", [3, h, w]), ("points", [6, 1, 1])].map(|(name, [channels, h, w])| {
        let values = numbers(name, SIZE[0] * channels * h * w, 1.0);
        let values = Tensor::from_vec(values, (SIZE[0], channels, h, w), &Device::Cpu).unwrap();
        // Points lie about a picture.
        let values = if name == "points" { values.affine(0.6, 0.5).unwrap() } else { values };
        values.to_dtype(dtype).unwrap()
    })
}

/// Values of no particular kind: gains that begin at zero would hide faults.
fn values(net: &LearningNet) -> Vec<f32> {
    let of = |p: &Parameter| {
        let (size, level) =
            if p.deviation > 0.0 { (1.7 * p.deviation, 0.0) } else { (0.3, f32::from(p.name.ends_with("gain"))) };
        numbers(&p.name, p.at.len(), f64::from(size)).into_iter().map(|v| v as f32 + level).collect::<Vec<_>>()
    };
    net.parameters().iter().flat_map(of).collect()
}

fn upstream(which: usize, count: usize) -> Vec<f64> {
    numbers(&format!("upstream {which}"), count, 1.0)
}

#[test]
fn the_way_back_is_candles() {
    assert_candles(small, |dtype| inputs(dtype).to_vec());
}

/// Forwards, and back to all values and to the first input, as candle's tensors have it in double precision.
fn assert_candles(of: fn() -> Net, inputs: fn(DType) -> Vec<Tensor>) {
    let net = LearningNet::new(of());
    let values = values(&net);
    let vars: Vec<candle_core::Var> = net
        .parameters()
        .iter()
        .map(|p| {
            let doubles: Vec<f64> = values[p.at.clone()].iter().map(|&v| f64::from(v)).collect();
            candle_core::Var::from_tensor(&Tensor::from_vec(doubles, &p.shape[..], &Device::Cpu).unwrap()).unwrap()
        })
        .collect();
    let tensors: HashMap<String, Tensor> =
        net.parameters().iter().zip(&vars).map(|(p, v)| (p.name.clone(), v.as_tensor().clone())).collect();
    let exact = TensorNet::learning(of(), &VarBuilder::from_tensors(tensors, DType::F64, &Device::Cpu)).unwrap();
    let mut given = inputs(DType::F64);
    let drawing = candle_core::Var::from_tensor(&given[0]).unwrap();
    given[0] = drawing.as_tensor().clone();
    let expected = exact.forward(&given.iter().collect::<Vec<_>>()).unwrap();
    let loss = |(which, x): (usize, &Tensor)| {
        let by = Tensor::from_vec(upstream(which, x.elem_count()), x.shape(), &Device::Cpu).unwrap();
        (x * by).unwrap().sum_all().unwrap()
    };
    let loss = expected.iter().enumerate().map(loss).reduce(|a, b| (a + b).unwrap()).unwrap();
    let of_candle = loss.backward().unwrap();

    let pool = Pool::default();
    let run = net.run(&values, inputs(DType::F32).iter().map(|x| batch(x, &pool)), &pool);
    for (which, expected) in expected.iter().enumerate() {
        let (ours, expected) = (run.result(which), pixels(expected));
        let [n, h, w, _] = ours.size();
        let pixel = |i: usize| ours.pixel(i / (h * w), i / w % h, i % w);
        let ours = (0..n * h * w).flat_map(|i| pixel(i).to_vec());
        assert!(ours.zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4));
    }
    let of_results = expected.iter().enumerate().map(|(which, x)| {
        let by = Tensor::from_vec(upstream(which, x.elem_count()), x.shape(), &Device::Cpu).unwrap();
        Some(batch(&by.to_dtype(DType::F32).unwrap(), &pool))
    });
    let of_results: Vec<_> = of_results.collect();
    let mut gradients = vec![0.0; net.len()];
    let of_inputs = net.back(&values, run, of_results, &mut gradients, &pool);
    let [of_drawing] = &of_inputs[..] else { panic!("one input is followed") };
    let theirs = pixels(of_candle.get(&drawing).unwrap());
    let size = (theirs.iter().map(|v| v * v).sum::<f32>() / theirs.len() as f32).sqrt();
    for (a, b) in of_drawing.pixels().flatten().zip(&theirs) {
        assert!((a - b).abs() < 2e-3 * size, "the drawing's: {a} for {b}");
    }
    drop(of_inputs);
    assert!(pool.is_whole());
    for (p, var) in net.parameters().iter().zip(&vars) {
        let theirs = doubles(of_candle.get(var).unwrap());
        let size = (theirs.iter().map(|v| v * v).sum::<f64>() / theirs.len() as f64).sqrt();
        for (a, b) in gradients[p.at.clone()].iter().zip(&theirs) {
            // A bias before a norm would have no gradient; none of these lies there.
            assert!((f64::from(*a) - b).abs() < 2e-3 * size, "{}: {a} for {b}", p.name);
        }
    }
}

#[test]
fn what_was_learned_runs_folded() {
    let net = LearningNet::new(small());
    let (values, pool) = (values(&net), Pool::default());
    let run = net.run(&values, inputs(DType::F32).map(|x| batch(&x, &pool)), &pool);
    let mut statistics = net.fresh_statistics();
    net.remember(&run, 1.0, &mut statistics);
    let shapes: HashMap<_, _> = net.parameters().iter().map(|p| (p.name.clone(), p.shape.clone())).collect();
    let folded = net.folded(&values, &statistics);
    assert!(folded.keys().all(|name| !name.ends_with("gain")));
    let tensor = |(name, values): (String, Vec<f32>)| {
        let tensor = Tensor::from_vec(values, &shapes[&name][..], &Device::Cpu).unwrap();
        (name, tensor)
    };
    let weights = VarBuilder::from_tensors(folded.into_iter().map(tensor).collect(), DType::F32, &Device::Cpu);
    let plan = Plan { precision: Precision::F32, pixels: 0, outputs: None };
    let packed = PackedNet::new(small(), &weights, plan).unwrap();
    let results = packed.run(inputs(DType::F32).map(|x| batch(&x, &pool).into()), &pool);
    let tensors = TensorNet::new(small(), &weights).unwrap();
    let [drawing, hint, points] = inputs(DType::F32);
    let of_tensors = tensors.forward(&[&drawing, &hint, &points]).unwrap();
    for (which, result) in results.iter().enumerate() {
        let learned = run.result(which);
        let [_, h, w, _] = learned.size();
        let of_tensors = pixels(&of_tensors[which]);
        let mut i = 0;
        for (at, pixel) in result.pixels().enumerate() {
            for (a, b) in pixel.iter().zip(learned.pixel(at / (h * w), at / w % h, at % w)) {
                assert!((a - b).abs() < 2e-4 && (a - of_tensors[i]).abs() < 2e-4, "{a} for {b}");
                i += 1;
            }
        }
    }
}

#[test]
fn what_does_not_learn_has_no_gradient_and_the_rest_the_same() {
    let pool = Pool::default();
    let gradients = |net: &LearningNet| {
        let values = values(net);
        let run = net.run(&values, inputs(DType::F32).map(|x| batch(&x, &pool)), &pool);
        let by = |which: usize| {
            let [n, h, w, c] = run.result(which).size();
            let by = Tensor::from_vec(upstream(which, n * h * w * c), (n, c, h, w), &Device::Cpu).unwrap();
            Some(batch(&by.to_dtype(DType::F32).unwrap(), &pool))
        };
        let of_results = [by(0), by(1)];
        let mut gradients = vec![0.0; net.len()];
        drop(net.back(&values, run, of_results, &mut gradients, &pool));
        gradients
    };
    let all = LearningNet::new(small().folded());
    assert!(all.parameters().iter().all(|p| p.learns && !p.name.ends_with("gain")));
    let some = LearningNet::of_some(small().folded(), |layer| layer == "block" || layer == "last");
    let [of_all, of_some] = [&all, &some].map(gradients);
    assert!(pool.is_whole());
    for (p, q) in all.parameters().iter().zip(some.parameters()) {
        let same = ["block.weight", "block.bias", "last.weight"].contains(&&*q.name);
        assert_eq!((q.learns, &p.name), (same, &q.name));
        let expected = if same { of_all[p.at.clone()].to_vec() } else { vec![0.0; p.at.len()] };
        assert_eq!(of_some[q.at.clone()], expected, "{}", q.name);
        assert!(of_all[p.at.clone()].iter().any(|v| *v != 0.0), "{}", p.name);
    }
}

#[test]
fn what_was_folded_learns_on() {
    let net = LearningNet::new(small());
    let (values, pool) = (values(&net), Pool::default());
    let all = || inputs(DType::F32).map(|x| batch(&x, &pool));
    let before = net.run(&values, all(), &pool);
    let mut statistics = net.fresh_statistics();
    net.remember(&before, 1.0, &mut statistics);
    let mut folded = net.folded(&values, &statistics);
    folded.remove("deep.weight");
    let mut again = net.fresh_values(|| 0.5);
    let fresh = again.clone();
    let same = net.unfold(&folded, &mut again, all(), &pool);
    let after = net.run(&again, all(), &pool);
    let (ours, theirs) = (after.result(1), before.result(1));
    let [n, h, w, _] = theirs.size();
    for i in 0..n * h * w {
        let at = (i / (h * w), i / w % h, i % w);
        let pair = ours.pixel(at.0, at.1, at.2).iter().zip(theirs.pixel(at.0, at.1, at.2));
        pair.for_each(|(a, b)| assert!((a - b).abs() < 1e-3, "{a} for {b}"));
    }
    // Folded once more, it is the same file.
    for (name, tensor) in net.folded(&again, &same).iter().filter(|(name, _)| *name != "deep.weight") {
        let pair = tensor.iter().zip(&folded[name]);
        pair.for_each(|(a, b)| assert!((a - b).abs() < 1e-3 * b.abs().max(1.0), "{name}: {a} for {b}"));
    }
    for p in net.parameters() {
        let values = &again[p.at.clone()];
        match &*p.name {
            "deep.weight" => assert_eq!(values, &fresh[p.at.clone()], "what the file leaves out stays"),
            "stem.weight" => {
                let size = (values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32).sqrt();
                assert!((size / p.deviation - 1.0).abs() < 1e-3);
            }
            _ => {}
        }
    }
}

#[test]
fn nets_may_have_values_in_common() {
    let net = |last: &str| {
        let mut net = Net::default();
        let x = net.input(3, 0);
        let x = net.conv(x, Layer::square("first", 3, 1, 4).bias());
        let x = net.conv(x, Layer::square(last, 1, 1, 2).bias());
        net.result(x);
        net
    };
    let one = LearningNet::new(net("one"));
    let other = LearningNet::among(one.parameters(), net("other"), |_| true);
    let again = LearningNet::among(other.parameters(), net("one"), |_| true);
    let names: Vec<&str> = again.parameters().iter().map(|p| &*p.name).collect();
    let expected = ["first.weight", "first.bias", "one.weight", "one.bias", "other.weight", "other.bias"];
    assert_eq!((names, again.parameters()), (expected.to_vec(), other.parameters()));
    let values: Vec<f32> = (0..again.len()).map(|i| i as f32).collect();
    let (ours, theirs) = (again.folded(&values, &[]), one.folded(&values[..one.len()], &[]));
    assert_eq!(ours, theirs, "what belongs to another net is none of its own");
}

/// What a discriminator is made of.
fn judge() -> Net {
    let leaky = Activation::Leaky(0.2);
    let mut net = Net::default();
    let picture = net.followed_input(4, 0);
    let hint = net.input(3, 0);
    let points = net.input(6, 0);
    let x = net.conv(picture, Layer::square("rgb", 1, 1, 5).bias().then(leaky.clone()));
    let joined = net.join(&[x, hint]);
    let marks = net.one_hot(points, Layer::square("marks", 3, 1, 6), [24, 16], 0);
    let x = net.conv(joined, Layer::square("conv", 3, 1, 6).bias().plus(marks).then(leaky.clone()));
    let half = net.halve(x);
    let small = net.halve(picture);
    let beside = net.conv(small, Layer::square("beside", 3, 1, 3).bias().then(leaky.clone()));
    let apart = net.deviation(half);
    let joined = net.join(&[half, beside, apart]);
    let x = net.conv(joined, Layer::square("deep", 3, 1, 4).bias().then(leaky));
    let squares = net.unshuffle(x);
    let score = net.conv(squares, Layer::square("score", 1, 1, 2).bias());
    net.result(score);
    net
}

#[test]
fn the_second_way_back_is_that_of_finite_differences_of_slopes() {
    let (net, pool) = (LearningNet::new(judge()), Pool::default());
    let values = values(&net);
    let run = net.run(&values, inputs(DType::F32).map(|x| batch(&x, &pool)), &pool);
    let [n, h, w, c] = run.result(0).size();
    let by = Tensor::from_vec(upstream(0, n * h * w * c), (n, c, h, w), &Device::Cpu).unwrap();
    let [drawing, hint, points] = inputs(DType::F64);
    let along = Tensor::from_vec(upstream(1, drawing.elem_count()), drawing.shape(), &Device::Cpu).unwrap();
    let ours = |tensor: &Tensor| batch(&tensor.to_dtype(DType::F32).unwrap(), &pool);
    let mut gradients = vec![0.0; net.len()];
    net.back_along(&values, run, [ours(&along)], [Some(ours(&by))], &mut gradients, &pool);
    assert!(pool.is_whole());

    // ⟨slopes, along⟩ with one number moved.
    let slopes_along = |moved: usize, step: f64| {
        let tensor = |p: &Parameter| {
            let value = |at: usize| f64::from(values[at]) + if at == moved { step } else { 0.0 };
            Tensor::from_vec(p.at.clone().map(value).collect(), &p.shape[..], &Device::Cpu).unwrap()
        };
        let tensors: HashMap<_, _> = net.parameters().iter().map(|p| (p.name.clone(), tensor(p))).collect();
        let exact = TensorNet::new(judge(), &VarBuilder::from_tensors(tensors, DType::F64, &Device::Cpu)).unwrap();
        let drawing = candle_core::Var::from_tensor(&drawing).unwrap();
        let score = exact.forward(&[&drawing, &hint, &points]).unwrap().pop().unwrap();
        let back = (score * &by).unwrap().sum_all().unwrap().backward().unwrap();
        let slope = back.get(&drawing).unwrap();
        doubles(&(slope * &along).unwrap().sum_all().unwrap())[0]
    };
    for p in net.parameters() {
        let ours = &gradients[p.at.clone()];
        let size = (ours.iter().map(|v| f64::from(v * v)).sum::<f64>() / ours.len() as f64).sqrt().max(1e-3);
        for at in [0, ours.len() / 3, ours.len() - 1] {
            let step = 1e-7;
            let [up, down] = [step, -step].map(|step| slopes_along(p.at.start + at, step));
            let (ours, exact) = (f64::from(ours[at]), (up - down) / (2.0 * step));
            assert!((ours - exact).abs() < 2e-3 * size.max(exact.abs()), "{}[{at}]: {ours} for {exact}", p.name);
        }
    }
}

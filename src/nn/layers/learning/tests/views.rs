//! What views have in common, and warps that learn.

use super::*;

/// Two groups of three views each, and a picture for each group.
fn net() -> Net {
    let mut net = Net::default();
    let views = net.followed_input(4, 0);
    let target = net.input(3, 0);
    let stem = net.conv(views, Layer::square("stem", 3, 2, 6).batch_norm().then(Activation::Leaky(0.1)));
    let half = net.thin(target);
    let hint = net.spread(half, stem);
    let seen = net.join(&[stem, hint]);
    let moved = net.conv(seen, Layer::square("moved", 3, 1, 5).bias());
    let flow = net.conv(seen, Layer::square("flow", 3, 1, 2).bias());
    let warped = net.warp(moved, flow);
    let met = net.meet(warped, target);
    let back = net.spread(met, warped);
    let again = net.join(&[back, warped]);
    let thinned = net.thin(again);
    let last = net.conv(thinned, Layer::square("last", 1, 1, 3).bias());
    net.result(met);
    net.result(last);
    net
}

fn inputs(dtype: DType) -> Vec<Tensor> {
    let input = |name: &str, n: usize, channels: usize| {
        let values = numbers(name, n * channels * 16 * 12, 1.0);
        Tensor::from_vec(values, (n, channels, 16, 12), &Device::Cpu).unwrap().to_dtype(dtype).unwrap()
    };
    vec![input("views", 6, 4), input("target", 2, 3)]
}

#[test]
fn views_and_warps_lead_back_as_candles_do() {
    assert_candles(net, inputs);
}

/// Along each axis of the flow and of the picture, between the kinks.
#[test]
fn a_warp_leads_back_as_finite_differences_do() {
    let (size, pool) = ([2, 5, 7, 3], Pool::default());
    let filled = |name: &str, channels: usize, scale: f64| {
        let mut batch = pool.take([size[0], size[1], size[2], channels]);
        let values = numbers(name, 2 * 5 * 7 * channels, scale);
        batch.pixels_mut().flatten().zip(values).for_each(|(to, v)| *to = v as f32);
        batch
    };
    // Some look beyond the border.
    let (mut x, mut field, by) = (filled("x", 3, 1.0), filled("field", 2, 2.4), filled("by", 3, 1.0));
    let scale = 1.5;
    let total = |x: &Batch, field: &Batch| -> f64 {
        let mut out = pool.take(size);
        kernels::warp(x.map(), kernels::Flow { field: field.map(), scale }, &mut out.map_mut());
        out.pixels().flatten().zip(by.pixels().flatten()).map(|(a, b)| f64::from(a * b)).sum()
    };
    let (mut of_x, mut of_field) = (pool.take(size), pool.take([2, 5, 7, 2]));
    let flow = kernels::Flow { field: field.map(), scale };
    kernels::warp_gradient(x.map(), flow, by.map(), &mut of_x.map_mut(), &mut of_field.map_mut());
    let step = 1e-3;
    let (mut held, mut seen) = (0, 0);
    for at in 0..2 * 5 * 7 * 2 {
        let mut moved = |by: f32| {
            *field.pixels_mut().flatten().nth(at).unwrap() += by;
            let total = total(&x, &field);
            *field.pixels_mut().flatten().nth(at).unwrap() -= by;
            total
        };
        let slope = (moved(step) - moved(-step)) / f64::from(2.0 * step);
        let ours = *of_field.pixels().flatten().nth(at).unwrap();
        held += usize::from(ours == 0.0);
        // A kink within the step is neither slope; such places are few.
        seen += usize::from((f64::from(ours) - slope).abs() < 1e-2);
    }
    assert!(held > 10 && seen > 2 * 5 * 7 * 2 - 6, "{held} at the border, {seen} as they should be");
    for at in 0..2 * 5 * 7 * 3 {
        let mut moved = |by: f32| {
            *x.pixels_mut().flatten().nth(at).unwrap() += by;
            let total = total(&x, &field);
            *x.pixels_mut().flatten().nth(at).unwrap() -= by;
            total
        };
        let slope = (moved(0.5) - moved(-0.5)) / 1.0;
        let ours = f64::from(*of_x.pixels().flatten().nth(at).unwrap());
        assert!((ours - slope).abs() < 1e-4, "{at}: {ours} for {slope}");
    }
}

#[test]
fn what_only_tells_how_many_there_are_has_no_gradient() {
    let mut of = Net::default();
    let (views, target) = (of.followed_input(2, 0), of.followed_input(2, 0));
    let met = of.meet(views, target);
    let spread = of.spread(met, views);
    of.result(spread);
    let (net, pool) = (LearningNet::new(of), Pool::default());
    let filled = |n: usize| {
        let mut batch = pool.take([n, 1, 2, 2]);
        batch.pixels_mut().flatten().enumerate().for_each(|(i, to)| *to = i as f32);
        batch
    };
    let run = net.run(&[], [filled(6), filled(2)], &pool);
    // 0, 4 and 8 are the same number of three views.
    let first = |image: usize| run.result(0).pixel(image, 0, 0)[0];
    assert_eq!([0, 2, 3, 5].map(first), [4.0, 4.0, 16.0, 16.0]);
    let of_inputs = net.back(&[], run, [Some(filled(6))], &mut [], &pool);
    let [of_views] = &of_inputs[..] else { panic!("the target was only counted") };
    assert_eq!(of_views.pixels().next().unwrap(), [4.0, 5.0]);
}

//! What lies between layers and has no weights, on the kernels, in both directions.

use super::functions;
use super::net::{Op, Value};
use crate::nn::kernels::{self, Batch, Flow, Map, MapMut, Pool};

/// The picture of a step that is neither given nor a convolution; `channels` are its own.
pub(super) fn made<'s>(op: &Op, channels: usize, at: impl Fn(Value) -> Map<'s>, pool: &Pool) -> Batch {
    let run = |x: Map, [h, w]: [usize; 2], kernel: fn(Map, &mut MapMut)| {
        let mut out = pool.take([x.size()[0], h, w, channels]);
        kernel(x, &mut out.map_mut());
        out
    };
    let halved = |x: Value, kernel| {
        let [_, h, w, _] = at(x).size();
        run(at(x), [h.div_ceil(2), w.div_ceil(2)], kernel)
    };
    let doubled = |x: Value, kernel| {
        let [_, h, w, _] = at(x).size();
        run(at(x), [2 * h, 2 * w], kernel)
    };
    match op {
        Op::Join(values) => {
            let [n, h, w, _] = at(values[0]).size();
            let (mut out, mut first) = (pool.take([n, h, w, channels]), 0);
            for map in values.iter().map(|&value| at(value)) {
                let channels = map.size()[3];
                kernels::copy(map, &mut out.map_mut().channels(first, channels));
                first += channels;
            }
            out
        }
        Op::MaxPool(x) => halved(*x, kernels::max_pool_3x3_s2),
        Op::Halve(x) => halved(*x, kernels::halve),
        Op::Thin(x) => halved(*x, kernels::thin),
        Op::Unshuffle(x) => halved(*x, kernels::pixel_unshuffle),
        Op::Grow(x) => doubled(*x, kernels::lerp),
        Op::Repeat(x) => doubled(*x, kernels::repeat),
        Op::Shuffle(x) => doubled(*x, kernels::pixel_shuffle),
        Op::Deviation(x) => {
            let [_, h, w, _] = at(*x).size();
            run(at(*x), [h, w], |x, out| fill(kernels::deviation(x), out))
        }
        Op::Meet(x, of) => {
            let ([n, h, w, _], groups) = (at(*x).size(), at(*of).size()[0]);
            let mut out = pool.take([groups, h, w, channels]);
            kernels::gather_views(at(*x), groups as f32 / n as f32, &mut out.map_mut());
            out
        }
        Op::Spread(x, over) => {
            let ([_, h, w, _], n) = (at(*x).size(), at(*over).size()[0]);
            let mut out = pool.take([n, h, w, channels]);
            kernels::spread_views(at(*x), 1.0, &mut out.map_mut());
            out
        }
        Op::Warp(x, flow) => {
            let mut out = pool.take(at(*x).size());
            kernels::warp(at(*x), flow_of(at(*flow)), &mut out.map_mut());
            out
        }
        Op::Pixels(function, values) => functions::made(&**function, values, at, pool),
        Op::Input { .. } | Op::Conv(..) | Op::OneHot(..) => {
            unreachable!("inputs are given, and convolutions have weights")
        }
    }
}

/// The way back through a step that reads the one picture `x`: from the gradient by what was made to that by `x`.
pub(super) fn back(op: &Op, x: Map, gradient: Map, pool: &Pool) -> Batch {
    let mut of_x = pool.take(x.size());
    let out = &mut of_x.map_mut();
    match op {
        Op::Halve(_) => kernels::halve_gradient(gradient, out),
        Op::Thin(_) => kernels::thin_gradient(gradient, out),
        Op::Meet(..) => kernels::spread_views(gradient, gradient.size()[0] as f32 / x.size()[0] as f32, out),
        Op::Spread(..) => kernels::gather_views(gradient, 1.0, out),
        Op::Unshuffle(_) => kernels::pixel_shuffle(gradient, out),
        Op::Grow(_) => kernels::double_gradient(gradient, out),
        Op::Repeat(_) => kernels::repeat_gradient(gradient, out),
        Op::Shuffle(_) => kernels::pixel_unshuffle(gradient, out),
        Op::Deviation(_) => kernels::deviation_gradient(x, total(gradient), out),
        Op::Input { .. }
        | Op::Conv(..)
        | Op::OneHot(..)
        | Op::MaxPool(_)
        | Op::Join(_)
        | Op::Warp(..)
        | Op::Pixels(..) => {
            unreachable!("its way back lies elsewhere, or it has none")
        }
    }
    of_x
}

/// The same through a warp: the gradients by the picture and by its flow.
pub(super) fn warp_back(x: Map, flow: Map, gradient: Map, pool: &Pool) -> [Batch; 2] {
    let mut both = [pool.take(x.size()), pool.take(flow.size())];
    let [of_x, of_flow] = &mut both;
    kernels::warp_gradient(x, flow_of(flow), gradient, &mut of_x.map_mut(), &mut of_flow.map_mut());
    both
}

/// A flow in halves of the picture's width.
fn flow_of(field: Map) -> Flow {
    Flow { field, scale: field.size()[2] as f32 / 2.0 }
}

/// One number in all places.
pub(super) fn fill(value: f32, out: &mut MapMut) {
    kernels::for_pixels(&[], out, |_, pixel| pixel.fill(value));
}

/// The sum of a picture of one channel.
pub(super) fn total(picture: Map) -> f32 {
    let [n, h, w, _] = picture.size();
    (0..n * h * w).map(|i| picture.pixel(i / (h * w), i / w % h, i % w)[0]).sum()
}

//! Every kernel against a naive one in double precision.

use super::gradient::{Way, add_in_way};
use super::*;

/// Uniform in [−1, 1) from a running splitmix64 state.
fn random(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (((z ^ (z >> 31)) >> 40) as f32) / (1u64 << 23) as f32 - 1.0
}

fn randoms(n: usize, state: &mut u64) -> Vec<f32> {
    (0..n).map(|_| random(state)).collect()
}

struct Case {
    shape: Shape,
    n: usize,
    h: usize,
    w: usize,
    cin: usize,
    cout: usize,
}

/// The textbook sum, in double precision.
fn naive(case: &Case, x: &[f32], weights: &[f32]) -> Vec<f64> {
    let &Case { shape, n, h, w, cin, cout } = case;
    let (oh, ow) = shape.output_size(h, w);
    let mut out = vec![0.0; n * oh * ow * cout];
    let mut add = |image, (iy, ix), (oy, ox), weight: &dyn Fn(usize, usize) -> usize| {
        for i in 0..cin {
            let value = f64::from(x[((image * h + iy) * w + ix) * cin + i]);
            for o in 0..cout {
                out[((image * oh + oy) * ow + ox) * cout + o] += value * f64::from(weights[weight(o, i)]);
            }
        }
    };
    for image in 0..n {
        match shape {
            Shape::Square { taps, stride, pad } => {
                for (oy, ox, ky, kx) in product(oh, ow, taps) {
                    let (iy, ix) = ((oy * stride + ky).wrapping_sub(pad), (ox * stride + kx).wrapping_sub(pad));
                    if iy < h && ix < w {
                        add(image, (iy, ix), (oy, ox), &|o, i| ((o * cin + i) * taps + ky) * taps + kx);
                    }
                }
            }
            Shape::Double => {
                for (iy, ix, ky, kx) in product(h, w, 4) {
                    let (oy, ox) = ((2 * iy + ky).wrapping_sub(1), (2 * ix + kx).wrapping_sub(1));
                    if oy < oh && ox < ow {
                        add(image, (iy, ix), (oy, ox), &|o, i| ((i * cout + o) * 4 + ky) * 4 + kx);
                    }
                }
            }
        }
    }
    out
}

fn product(h: usize, w: usize, taps: usize) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..h * w * taps * taps).map(move |i| {
        let (at, tap) = (i / (taps * taps), i % (taps * taps));
        (at / w, at % w, tap / taps, tap % taps)
    })
}

const SAME: Shape = Shape::Square { taps: 3, stride: 1, pad: 1 };
const HALF: Shape = Shape::Square { taps: 3, stride: 2, pad: 1 };

fn methods(shape: Shape) -> Vec<Method> {
    let mut all = vec![Method::Direct];
    if [SAME, HALF, Shape::Double].contains(&shape) {
        all.push(Method::Winograd4);
    }
    if [SAME, Shape::Double].contains(&shape) {
        all.push(Method::Winograd2);
    }
    all
}

/// Largest difference from the naive result, in units of the outputs' root mean square.
fn check_case(case: &Case, precision: Precision, bound: f64, seed: u64) {
    let mut state = seed;
    let &Case { shape, n, h, w, cin, cout } = case;
    let x = randoms(n * h * w * cin, &mut state);
    let weights = randoms(cin * cout * shape.taps(), &mut state);
    let (bias, slopes) = (randoms(cout, &mut state), randoms(cout, &mut state));
    let (oh, ow) = shape.output_size(h, w);
    let before = randoms(oh * ow * cout, &mut state);
    let after = randoms(n * oh * ow * cout, &mut state);
    let sums = naive(case, &x, &weights);
    let scale = (sums.iter().map(|v| v * v).sum::<f64>() / sums.len() as f64).sqrt().max(1e-3);
    for isa in Isa::available() {
        for method in methods(shape) {
            for activation in [Activation::None, Activation::Relu, Activation::Prelu(&slopes)] {
                let weights = Weights { values: &weights, cin, cout };
                let conv = Conv::with_isa(
                    isa,
                    shape,
                    method,
                    precision,
                    weights,
                    &all(cin),
                    &all(cout),
                    Some(&bias),
                    activation,
                );
                let pitch = cout + 3;
                let mut out = vec![7.0; n * oh * ow * pitch];
                let join = Join {
                    before: Some(Map::new(&before, [1, oh, ow, cout])),
                    after: Some(Map::new(&after, [n, oh, ow, cout])),
                };
                let mut to = MapMut::strided(&mut out, [n, oh, ow, cout], pitch);
                conv.run(Map::new(&x, [n, h, w, cin]), join, &mut to);
                for (i, &value) in out.iter().enumerate() {
                    let (pixel, o) = (i / pitch, i % pitch);
                    if o >= cout {
                        assert_eq!(value, 7.0, "written beside its channels");
                        continue;
                    }
                    let at = pixel * cout + o;
                    let y = sums[at] + f64::from(bias[o]) + f64::from(before[at % before.len()]);
                    let slope = match activation {
                        Activation::None => 1.0,
                        Activation::Relu => 0.0,
                        Activation::Prelu(slopes) => f64::from(slopes[o]),
                    };
                    let y = y.max(0.0) + slope * y.min(0.0) + f64::from(after[at]);
                    let off = (f64::from(value) - y).abs() / scale;
                    assert!(
                        off < bound,
                        "{isa:?} {method:?} {precision:?} {shape:?} {n}×{h}×{w} {cin}→{cout}: {value} for {y} ({off:.1e})"
                    );
                }
            }
        }
    }
}

#[test]
fn convolutions_agree_with_the_naive_ones_on_random_shapes() {
    let mut state = 1;
    let below = |n: usize, state: &mut u64| ((f64::from(random(state)) + 1.0) / 2.0 * n as f64) as usize;
    for seed in 0..40 {
        let shape = match seed % 5 {
            0 => SAME,
            1 => HALF,
            2 => Shape::Double,
            3 => Shape::Square { taps: 1, stride: 1 + below(2, &mut state), pad: 0 },
            _ => Shape::Square { taps: 7, stride: 2, pad: 3 },
        };
        let (h, w) = (1 + below(13, &mut state), 1 + below(13, &mut state));
        let (n, cin, cout) = (1 + below(3, &mut state), 1 + below(70, &mut state), 1 + below(70, &mut state));
        check_case(&Case { shape, n, h, w, cin, cout }, Precision::F32, 1e-4, seed);
    }
}

#[test]
fn many_channels_are_summed_in_slices() {
    for shape in [SAME, HALF, Shape::Double, Shape::Square { taps: 1, stride: 1, pad: 0 }] {
        check_case(&Case { shape, n: 1, h: 5, w: 6, cin: 1100, cout: 37 }, Precision::F32, 1e-4, 3);
    }
}

#[test]
fn pictures_of_one_pixel_work() {
    for shape in [SAME, HALF, Shape::Double, Shape::Square { taps: 7, stride: 2, pad: 3 }] {
        check_case(&Case { shape, n: 1, h: 1, w: 1, cin: 5, cout: 3 }, Precision::F32, 1e-4, 5);
    }
}

#[test]
fn half_precision_weights_lose_only_their_own_precision() {
    for shape in [SAME, HALF, Shape::Double] {
        let case = Case { shape, n: 2, h: 6, w: 7, cin: 40, cout: 50 };
        check_case(&case, Precision::F16, 3e-2, 7);
        check_case(&case, Precision::Bf16, 2e-1, 7);
    }
}

#[test]
fn input_channels_can_be_split() {
    let mut state = 11;
    let (h, w, cin, cout) = (9, 8, 21, 18);
    let (x, weights) = (randoms(2 * h * w * cin, &mut state), randoms(cin * cout * 9, &mut state));
    let values = Weights { values: &weights, cin, cout };
    let conv = |range: std::ops::Range<usize>, slopes: &[f32]| {
        let (inputs, activation) = (range.collect::<Vec<_>>(), Activation::Prelu(slopes));
        Conv::new(SAME, Method::Winograd4, Precision::F32, values, &inputs, &all(cout), None, activation)
    };
    let (identity, slopes) = (vec![1.0; cout], randoms(cout, &mut state));
    let size = [2, h, w, cout];
    let [mut whole, mut part, mut sum] = [(); 3].map(|()| vec![0.0; 2 * h * w * cout]);
    conv(0..cin, &slopes).run(Map::new(&x, [2, h, w, cin]), Join::default(), &mut MapMut::new(&mut whole, size));
    let first = Map::strided(&x, [2, h, w, 8], cin);
    conv(0..8, &identity).run(first, Join::default(), &mut MapMut::new(&mut part, size));
    let join = Join { before: Some(Map::new(&part, size)), after: None };
    let rest = Map::strided(&x[8..], [2, h, w, cin - 8], cin);
    conv(8..cin, &slopes).run(rest, join, &mut MapMut::new(&mut sum, size));
    assert!(whole.iter().zip(&sum).all(|(a, b)| (a - b).abs() < 1e-4));
}

/// A value at (image, row, column, channel).
fn at([_, h, w, c]: [usize; 4], x: &[f32], [n, y, column, channel]: [usize; 4]) -> f64 {
    f64::from(x[((n * h + y) * w + column) * c + channel])
}

fn assert_near(ours: &[f32], naive: impl Fn([usize; 4]) -> f64, [_, h, w, c]: [usize; 4], bound: f64) {
    for (i, &ours) in ours.iter().enumerate() {
        let place = [i / (h * w * c), i / (w * c) % h, i / c % w, i % c];
        let naive = naive(place);
        assert!((f64::from(ours) - naive).abs() < bound, "{ours} for {naive} at {place:?}");
    }
}

/// Bilinear look-up at a position clamped to the picture.
fn look(size: [usize; 4], x: &[f32], image: usize, y: f64, column: f64, channel: usize) -> f64 {
    let [_, h, w, _] = size;
    let (y, column) = (y.clamp(0.0, (h - 1) as f64), column.clamp(0.0, (w - 1) as f64));
    let mut sum = 0.0;
    for (row, share_y) in [(y.floor(), 1.0 - y.fract()), (y.ceil(), y.fract())] {
        for (col, share_x) in [(column.floor(), 1.0 - column.fract()), (column.ceil(), column.fract())] {
            sum += share_y * share_x * at(size, x, [image, row as usize, col as usize, channel]);
        }
    }
    sum
}

#[test]
fn norms_resizes_and_warps_agree_with_the_naive_ones() {
    let mut state = 21;
    for (n, h, w, groups, width) in [(2, 5, 7, 1, 3), (1, 1, 1, 2, 5), (3, 9, 4, 3, 20), (1, 6, 11, 16, 16)] {
        let c = groups * width;
        let size = [n, h, w, c];
        let x = randoms(n * h * w * c, &mut state);
        let map = Map::new(&x, size);

        let (gain, bias, after) = (randoms(c, &mut state), randoms(c, &mut state), randoms(x.len(), &mut state));
        let mut normed: Vec<f32> = x.iter().map(|v| v * 2.0 + 100.0).collect();
        let shifted = normed.clone();
        let slopes: Vec<f32> = (0..c).map(|channel| channel as f32 / 10.0).collect();
        let join = Join { before: Some(Map::new(&after, size)), after: Some(map) };
        instance_norm(&mut MapMut::new(&mut normed, size), &gain, &bias, join, Some(&slopes));
        let norm = |[n, y, column, channel]: [usize; 4]| {
            let all = (0..h * w).map(|i| at(size, &shifted, [n, i / w, i % w, channel]));
            let mean = all.clone().sum::<f64>() / (h * w) as f64;
            let variance = all.map(|v| (v - mean).powi(2)).sum::<f64>() / (h * w) as f64;
            let normed = (at(size, &shifted, [n, y, column, channel]) - mean) / (variance + 1e-5).sqrt();
            let normed = normed * f64::from(gain[channel]) + f64::from(bias[channel]);
            let sum = normed + at(size, &after, [n, y, column, channel]);
            let active = if sum > 0.0 { sum } else { sum * f64::from(slopes[channel]) };
            active + at(size, &x, [n, y, column, channel])
        };
        assert_near(&normed, norm, size, 1e-4);

        let mut wide = vec![0.0; n * h * w * (c + 3)];
        copy(map, &mut MapMut::new(&mut wide, [n, h, w, c + 3]).channels(2, c));
        let copied = |[n, y, column, channel]: [usize; 4]| match channel.checked_sub(2) {
            Some(channel) if channel < c => at(size, &x, [n, y, column, channel]),
            _ => 0.0,
        };
        assert_near(&wide, copied, [n, h, w, c + 3], 1e-9);

        let fours = randoms(n * h * w * 4 * c, &mut state);
        let mut out = vec![0.0; fours.len()];
        let doubled = [n, 2 * h, 2 * w, c];
        pixel_shuffle(Map::new(&fours, [n, h, w, 4 * c]), &mut MapMut::new(&mut out, doubled));
        let shuffled = |[n, y, column, channel]: [usize; 4]| {
            at([0, h, w, 4 * c], &fours, [n, y / 2, column / 2, 4 * channel + y % 2 * 2 + column % 2])
        };
        assert_near(&out, shuffled, doubled, 1e-9);

        let to = [n, 2 * h, 3 * w, c];
        let mut out = vec![0.0; n * 6 * h * w * c];
        lerp(map, &mut MapMut::new(&mut out, to));
        let resized = |[n, y, column, channel]: [usize; 4]| {
            let (y, column) = ((y as f64 + 0.5) / 2.0 - 0.5, (column as f64 + 0.5) / 3.0 - 0.5);
            look(size, &x, n, y, column, channel)
        };
        assert_near(&out, resized, to, 1e-5);

        let field = randoms(n * h * w * groups * 2, &mut state);
        let field_size = [n, h, w, 2 * groups];
        let flow = Flow { field: Map::new(&field, field_size), scale: 4.0 };
        let mut out = vec![0.0; x.len()];
        warp(map, flow, &mut MapMut::new(&mut out, size));
        let warped = |[n, y, column, channel]: [usize; 4]| {
            let shift = |axis| 4.0 * at(field_size, &field, [n, y, column, channel / width * 2 + axis]);
            look(size, &x, n, y as f64 + shift(1), column as f64 + shift(0), channel)
        };
        assert_near(&out, warped, size, 1e-4);

        let masks: Vec<f32> = randoms(x.len(), &mut state).iter().map(|v| v.abs()).collect();
        let mut sums = vec![0.0; h * w * 2 * c];
        for view in 0..n {
            let masks = Map::new(&masks, size).images(view, 1);
            let flow = Flow { field: flow.field.images(view, 1), ..flow };
            agree(map.images(view, 1), Some(flow), masks, &mut MapMut::new(&mut sums, [1, h, w, 2 * c]), view == 0);
        }
        let mut out = vec![0.0; h * w * c];
        settle(Map::new(&sums, [1, h, w, 2 * c]), &mut MapMut::new(&mut out, [1, h, w, c]));
        let agreed = |[_, y, column, channel]: [usize; 4]| {
            let mask = |v| at(size, &masks, [v, y, column, channel]);
            let total: f64 = (0..n).map(|v| mask(v).exp()).sum();
            (0..n).map(|v| mask(v) * mask(v).exp() / total * warped([v, y, column, channel])).sum()
        };
        assert_near(&out, agreed, [1, h, w, c], 1e-4);

        let mut out: Vec<f32> = x.iter().map(|v| v * 20.0).collect();
        let before = out.clone();
        sigmoid(&mut MapMut::new(&mut out, size));
        assert_near(&out, |place| 1.0 / (1.0 + (-at(size, &before, place)).exp()), size, 1e-6);

        let pooled = [n, h.div_ceil(2), w.div_ceil(2), c];
        let mut out = vec![0.0; pooled.iter().product()];
        max_pool_3x3_s2(map, &mut MapMut::new(&mut out, pooled));
        let greatest = |[n, y, column, channel]: [usize; 4]| {
            let near = |i: usize, length: usize| (2 * i).saturating_sub(1)..(2 * i + 2).min(length);
            let values = near(y, h).flat_map(|y| near(column, w).map(move |column| (y, column)));
            values.map(|(y, column)| at(size, &x, [n, y, column, channel])).fold(f64::MIN, f64::max)
        };
        assert_near(&out, greatest, pooled, 1e-6);
    }
}

#[test]
fn smaller_pictures_are_seen_as_if_they_were_grown_first() {
    let mut state = 31;
    for (h, w, groups, width) in [(1, 1, 1, 3), (2, 3, 2, 4), (5, 4, 16, 4), (6, 7, 17, 9), (3, 8, 1, 20)] {
        let (c, large) = (groups * width, [1, 2 * h, 3 * w]);
        let mut picture = |c: usize| (randoms(h * w * c, &mut state), vec![0.0; 6 * h * w * c]);
        let of = |c| [large[0], large[1], large[2], c];
        let (mut x, mut field, mut mask) = (picture(c), picture(2 * groups), picture(c));
        mask.0.iter_mut().for_each(|m| *m = m.abs());
        for ((small, grown), c) in [(&mut x, c), (&mut field, 2 * groups), (&mut mask, c)] {
            lerp(Map::new(small, [1, h, w, c]), &mut MapMut::new(grown, of(c)));
        }
        let flow = |field, size| Flow { field: Map::new(field, size), scale: 4.0 };
        let (small, grown) = (flow(&field.0, [1, h, w, 2 * groups]), flow(&field.1, of(2 * groups)));

        let [mut ours, mut whole] = [(); 2].map(|()| vec![0.0; 6 * h * w * c]);
        warp(Map::new(&x.0, [1, h, w, c]), small, &mut MapMut::new(&mut ours, of(c)));
        warp(Map::new(&x.1, of(c)), grown, &mut MapMut::new(&mut whole, of(c)));
        assert_near(&ours, |place| at(of(c), &whole, place), of(c), 1e-5);

        let [mut ours, mut whole] = [(); 2].map(|()| vec![0.0; 6 * h * w * 2 * c]);
        let (masks, all_masks) = (Map::new(&mask.0, [1, h, w, c]), Map::new(&mask.1, of(c)));
        agree(Map::new(&x.0, [1, h, w, c]), Some(small), masks, &mut MapMut::new(&mut ours, of(2 * c)), true);
        agree(Map::new(&x.1, of(c)), Some(grown), all_masks, &mut MapMut::new(&mut whole, of(2 * c)), true);
        assert_near(&ours, |place| at(of(2 * c), &whole, place), of(2 * c), 1e-5);
    }
}

#[test]
fn weight_gradients_agree_with_the_naive_ones() {
    let mut state = 77;
    // Channels that fill tiles and registers, and such that don't; pictures with several blocks of pixels.
    let cases = [
        (1, 5, 7, 3, 2, 3, 1, 1),
        (2, 9, 6, 33, 23, 3, 1, 1),
        (3, 12, 10, 17, 40, 3, 2, 1),
        (2, 8, 8, 16, 14, 4, 2, 1),
        (1, 13, 11, 3, 9, 7, 2, 3),
        (2, 6, 5, 70, 31, 1, 1, 0),
        (1, 7, 9, 5, 6, 1, 2, 0),
        (1, 3, 300, 40, 40, 3, 1, 1),
        (1, 90, 40, 48, 64, 3, 1, 1),
    ];
    for (n, h, w, sees, outputs, taps, stride, pad) in cases {
        let window = Window { taps, stride, pad };
        let shape = Shape::Square { taps, stride, pad };
        let (out_h, out_w) = shape.output_size(h, w);
        let (size, places) = ([n, h, w, sees], [n, out_h, out_w, outputs]);
        // One picture lies in a wider one.
        let wide = [n, h, w, sees + 3];
        let (x, gradient) = (randoms(wide.iter().product(), &mut state), randoms(places.iter().product(), &mut state));
        let map = Map::new(&x, wide).channels(2, sees);
        let mut exact = vec![0.0; outputs * sees * taps * taps];
        for image in 0..n {
            for (oy, ox, ky, kx) in product(out_h, out_w, taps) {
                let (y, column) = ((oy * stride + ky).wrapping_sub(pad), (ox * stride + kx).wrapping_sub(pad));
                if y < h && column < w {
                    let g = &gradient[((image * out_h + oy) * out_w + ox) * outputs..][..outputs];
                    for (o, &g) in g.iter().enumerate() {
                        for (i, &x) in map.pixel(image, y, column).iter().enumerate() {
                            exact[((o * sees + i) * taps + ky) * taps + kx] += f64::from(g) * f64::from(x);
                        }
                    }
                }
            }
        }
        let scale = ((n * out_h * out_w) as f64).sqrt();
        let ways = if (taps, stride, pad) == (3, 1, 1) { &[Way::Direct, Way::Tiles][..] } else { &[Way::Direct] };
        for &way in ways {
            // What is there is added to.
            let mut ours = vec![1.0; exact.len()];
            add_in_way(way, map, Map::new(&gradient, places), window, &mut ours);
            for (ours, exact) in ours.iter().zip(&exact) {
                let away = (f64::from(*ours) - 1.0 - exact).abs();
                assert!(away < 1e-5 * scale, "{way:?} {size:?} {shape:?}: {ours} for {exact} and 1");
            }
        }
        let chosen = weight_gradient(map, Map::new(&gradient, places), window);
        assert!(chosen.iter().zip(&exact).all(|(ours, exact)| (f64::from(*ours) - exact).abs() < 1e-5 * scale));
    }
}

/// Points of a batch of two: some on a border, some outside of it.
fn points(planes: usize) -> Vec<f32> {
    let mut points: Vec<f32> = randoms(2 * 2 * planes, &mut 7).iter().map(|v| 0.5 + 0.6 * v).collect();
    points[..10].copy_from_slice(&[0.0, 0.999_999_9, 1.0, 0.5, -0.01, 0.5, f32::NAN, 0.5, 0.0, 0.0]);
    points
}

#[test]
fn convolutions_of_points_are_those_of_their_maps() {
    let (planes, cout) = (6, 5);
    let points = points(planes);
    let points = Map::new(&points, [2, 1, 1, 2 * planes]);
    let weights = randoms(cout * planes * 9, &mut 8);
    for (h, w) in [(4, 4), (8, 16), (2, 3)] {
        let case = Case { shape: Shape::Square { taps: 3, stride: 1, pad: 1 }, n: 2, h, w, cin: planes, cout };
        let mut maps = vec![0.0; 2 * h * w * planes];
        one_hot_maps(points, &mut MapMut::new(&mut maps, [2, h, w, planes]));
        assert!(maps.iter().all(|v| v.abs() == 1.0) && maps.contains(&1.0));
        let mut out = vec![f32::NAN; 2 * h * w * cout];
        one_hot(points, &weights, &mut MapMut::new(&mut out, [2, h, w, cout]));
        for (ours, exact) in out.iter().zip(naive(&case, &maps, &weights)) {
            assert!((f64::from(*ours) - exact).abs() < 1e-5, "{ours} for {exact}");
        }
        let upstream = randoms(2 * h * w * cout, &mut 9);
        let (maps, upstream) = (Map::new(&maps, [2, h, w, planes]), Map::new(&upstream, [2, h, w, cout]));
        let (mut ours, mut theirs) = (weights.clone(), weights.clone());
        add_one_hot_gradient(points, upstream, &mut ours);
        add_weight_gradient(maps, upstream, Window { taps: 3, stride: 1, pad: 1 }, &mut theirs);
        ours.iter().zip(&theirs).for_each(|(a, b)| assert!((a - b).abs() < 1e-4, "{a} for {b}"));
    }
}

#[test]
fn smaller_maps_of_points_are_the_largest_ones_pooled() {
    let planes = 20;
    let points = points(planes);
    let maps = |side: usize| {
        let mut maps = vec![0.0; 2 * side * side * planes];
        one_hot_maps(Map::new(&points, [2, 1, 1, 2 * planes]), &mut MapMut::new(&mut maps, [2, side, side, planes]));
        maps
    };
    let seen = |plane: usize| maps(64)[..64 * 64 * planes].chunks(planes).filter(|pixel| pixel[plane] == 1.0).count();
    assert_eq!([0, 1, 2, 3, 4].map(seen), [1, 0, 0, 0, 1], "a point outside of the picture has no pixel");
    for side in [32, 16, 8, 4] {
        let (large, small) = (maps(2 * side), maps(side));
        for (i, v) in small.iter().enumerate() {
            let (pixel, plane) = (i / planes, i % planes);
            let (image, y, x) = (pixel / (side * side), pixel / side % side, pixel % side);
            let at = |dy: usize, dx: usize| {
                large[((image * 2 * side + 2 * y + dy) * 2 * side + 2 * x + dx) * planes + plane]
            };
            assert_eq!(*v, [at(0, 0), at(0, 1), at(1, 0), at(1, 1)].into_iter().fold(f32::MIN, f32::max));
        }
    }
}

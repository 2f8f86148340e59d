//! Steps between layers in which views meet, and functions of pixels, in both directions.

use super::net::{Op, Value};
use crate::nn::kernels::{self, Batch, Map, Pool};

/// The picture of such a step.
pub(super) fn made<'s>(op: &Op, at: impl Fn(Value) -> Map<'s>, pool: &Pool) -> Batch {
    match op {
        Op::Look(x, places, poses) => {
            let (x, places) = (at(*x), at(*places));
            let [n, h, w, _] = places.size();
            let mut out = pool.take([n, h, w, x.size()[3]]);
            kernels::look(x, places, at(*poses).size()[0], &mut out.map_mut());
            out
        }
        Op::Blend(x, weights, poses) => {
            let [_, h, w, c] = at(*x).size();
            let mut out = pool.take([at(*poses).size()[0], h, w, c]);
            kernels::blend_views(at(*x), at(*weights), &mut out.map_mut());
            out
        }
        Op::Repeat(x, views) => {
            let [_, h, w, c] = at(*x).size();
            let mut out = pool.take([at(*views).size()[0], h, w, c]);
            kernels::repeat(at(*x), &mut out.map_mut());
            out
        }
        Op::Pixels(function, values) => {
            let maps: Vec<Map> = values.iter().map(|&value| at(value)).collect();
            let channels: Vec<usize> = maps.iter().map(|map| map.size()[3]).collect();
            let [n, h, w, _] = maps[0].size();
            let mut out = pool.take([n, h, w, function.outputs(&channels)]);
            kernels::for_pixels(&maps, &mut out.map_mut(), |pixels, out| function.run(pixels, out));
            out
        }
        _ => unreachable!("a step of another kind"),
    }
}

/// The way back: each input whose gradient is `wanted`, and that gradient.
pub(super) fn back<'s>(
    op: &Op,
    at: impl Fn(Value) -> Map<'s>,
    wanted: impl Fn(Value) -> bool,
    gradient: Map,
    pool: &Pool,
) -> Vec<(Value, Batch)> {
    let room = |value: Value| pool.take(at(value).size());
    let mut all = match op {
        Op::Look(x, places, poses) => {
            let mut of_x = wanted(*x).then(|| room(*x));
            let mut of_places = room(*places);
            {
                let mut of_x = of_x.as_mut().map(Batch::map_mut);
                let poses = at(*poses).size()[0];
                kernels::look_gradient(at(*x), at(*places), poses, gradient, of_x.as_mut(), &mut of_places.map_mut());
            }
            of_x.map(|of_x| (*x, of_x)).into_iter().chain([(*places, of_places)]).collect()
        }
        Op::Blend(x, weights, _) => {
            let (mut of_x, mut of_weights) = (room(*x), room(*weights));
            let of = (&mut of_x.map_mut(), &mut of_weights.map_mut());
            kernels::blend_views_gradient(at(*x), at(*weights), gradient, of.0, of.1);
            vec![(*x, of_x), (*weights, of_weights)]
        }
        Op::Repeat(x, _) => {
            let mut of_x = room(*x);
            kernels::repeat_gradient(gradient, &mut of_x.map_mut());
            vec![(*x, of_x)]
        }
        Op::Pixels(function, values) => {
            let mut maps: Vec<Map> = values.iter().map(|&value| at(value)).collect();
            maps.push(gradient);
            let of = |(which, &value): (usize, &Value)| {
                let mut of_value = room(value);
                kernels::for_pixels(&maps, &mut of_value.map_mut(), |pixels, out| {
                    if let Some((gradient, inputs)) = pixels.split_last() {
                        function.back(inputs, gradient, which, out);
                    }
                });
                (value, of_value)
            };
            values.iter().enumerate().filter(|(_, value)| wanted(**value)).map(of).collect()
        }
        _ => unreachable!("a step of another kind"),
    };
    all.retain(|(value, _)| wanted(*value));
    all
}

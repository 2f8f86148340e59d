//! Functions of pixels between layers, in both directions.

use super::net::Value;
use super::pixels::PixelFunction;
use crate::nn::kernels::{self, Batch, Map, Pool};

/// The value of a function of pictures' pixels.
pub(super) fn made<'s>(
    function: &dyn PixelFunction,
    values: &[Value],
    at: impl Fn(Value) -> Map<'s>,
    pool: &Pool,
) -> Batch {
    let maps: Vec<Map> = values.iter().map(|&value| at(value)).collect();
    let channels: Vec<usize> = maps.iter().map(|map| map.size()[3]).collect();
    let [n, h, w, _] = maps[0].size();
    let mut out = pool.take([n, h, w, function.outputs(&channels)]);
    kernels::for_pixels(&maps, &mut out.map_mut(), |pixels, out| function.run(pixels, out));
    out
}

/// The way back: each input whose gradient is `wanted`, and that gradient.
pub(super) fn back<'s>(
    function: &dyn PixelFunction,
    values: &[Value],
    at: impl Fn(Value) -> Map<'s>,
    wanted: impl Fn(Value) -> bool,
    gradient: Map,
    pool: &Pool,
) -> Vec<(Value, Batch)> {
    let mut maps: Vec<Map> = values.iter().map(|&value| at(value)).collect();
    maps.push(gradient);
    let of = |(which, &value): (usize, &Value)| {
        let mut of_value = pool.take(at(value).size());
        kernels::for_pixels(&maps, &mut of_value.map_mut(), |pixels, out| {
            if let Some((gradient, inputs)) = pixels.split_last() {
                function.back(inputs, gradient, which, out);
            }
        });
        (value, of_value)
    };
    values.iter().enumerate().filter(|(_, value)| wanted(**value)).map(of).collect()
}

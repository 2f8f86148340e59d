//! The way back through a warp.

use super::{Flow, Map, MapMut};
use rayon::prelude::*;

/// Where a pixel looks along one axis: two neighbours, and the share of the second.
#[derive(Clone, Copy)]
struct Spot {
    pair: [usize; 2],
    share: f32,
    /// 1 where the value changes as the flow does, 0 where the border holds it.
    free: f32,
}

impl Spot {
    /// As [`warp`](super::warp) looks: clamped to the border.
    fn at(position: f32, side: usize) -> Self {
        let last = (side - 1) as f32;
        let held = position.max(0.0).min(last);
        let first = (held as usize).min(side.saturating_sub(2));
        let free = f32::from(u8::from((0.0..=last).contains(&position)));
        Self { pair: [first, (first + 1).min(side - 1)], share: held - first as f32, free }
    }
}

/// The gradients by the picture and by the field of [`warp`](super::warp), from the one by its result. The field has two
/// channels, one flow for all of the picture's, and everything the size of the picture.
///
/// # Panics
/// When the sizes don't fit.
pub fn warp_gradient(x: Map, flow: Flow, gradient: Map, of_x: &mut MapMut, of_field: &mut MapMut) {
    let [n, h, w, c] = x.size();
    assert_eq!((gradient.size(), of_x.view().size()), (x.size(), x.size()));
    assert_eq!((flow.field.size(), of_field.view().size()), ([n, h, w, 2], [n, h, w, 2]));
    if n * h * w == 0 {
        return;
    }
    let (pitch, field_pitch) = (of_x.pitch, of_field.pitch);
    // Pixels of one image look at the same ones: each image is one task's.
    let images = of_x.data.par_chunks_mut(h * w * pitch).zip(of_field.data.par_chunks_mut(h * w * field_pitch));
    images.take(n).enumerate().for_each(|(image, (of_x, of_field))| {
        of_x.fill(0.0);
        for (i, of_field) in of_field.chunks_mut(field_pitch).take(h * w).enumerate() {
            let (row, column) = (i / w, i % w);
            let shift = flow.field.pixel(image, row, column);
            let across = Spot::at(column as f32 + flow.scale * shift[0], w);
            let along = Spot::at(row as f32 + flow.scale * shift[1], h);
            let by = gradient.pixel(image, row, column);
            let mut seen = [0.0; 4];
            for (k, seen) in seen.iter_mut().enumerate() {
                let (y, x_at) = (along.pair[k / 2], across.pair[k % 2]);
                let part = |spot: Spot, second: usize| if second == 1 { spot.share } else { 1.0 - spot.share };
                let share = part(along, k / 2) * part(across, k % 2);
                let of_corner = &mut of_x[(y * w + x_at) * pitch..][..c];
                let corner = x.pixel(image, y, x_at);
                for ((to, corner), by) in of_corner.iter_mut().zip(corner).zip(by) {
                    *to += share * by;
                    *seen += corner * by;
                }
            }
            let [a, b, c, d] = seen;
            of_field[0] = flow.scale * across.free * ((b - a) + along.share * ((d - c) - (b - a)));
            of_field[1] = flow.scale * along.free * ((c - a) + across.share * ((d - b) - (c - a)));
        }
    });
}

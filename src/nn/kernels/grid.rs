//! The way back through a warp.

use super::lanes::{Isa, Kernel, Lanes, dispatch};
use super::resize::for_channels;
use super::{Flow, Map, MapMut};
use rayon::prelude::*;

/// Lanes of the widest register.
const MOST_LANES: usize = 16;

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
    #[inline(always)]
    fn at(position: f32, side: usize) -> Self {
        let last = (side - 1) as f32;
        let held = position.max(0.0).min(last);
        let first = (held as usize).min(side.saturating_sub(2));
        let free = f32::from(u8::from((0.0..=last).contains(&position)));
        Self { pair: [first, (first + 1).min(side - 1)], share: held - first as f32, free }
    }

    /// How much of the first or the second is seen.
    #[inline(always)]
    fn part(self, second: usize) -> f32 {
        if second == 1 { self.share } else { 1.0 - self.share }
    }
}

/// The gradients by the picture and by the field of [`warp`](super::warp), from the one by its result. The field has two
/// channels, one flow for all of the picture's, and everything the size of the picture.
///
/// # Panics
/// When the sizes don't fit.
pub fn warp_gradient(x: Map, flow: Flow, gradient: Map, of_x: &mut MapMut, of_field: &mut MapMut) {
    let [n, h, w, _] = x.size();
    assert_eq!((gradient.size(), of_x.view().size()), (x.size(), x.size()));
    assert_eq!((flow.field.size(), of_field.view().size()), ([n, h, w, 2], [n, h, w, 2]));
    if n * h * w == 0 {
        return;
    }
    let (pitch, field_pitch) = (of_x.pitch, of_field.pitch);
    // Pixels of one image look at the same ones: each image is one task's.
    let images = of_x.data.par_chunks_mut(h * w * pitch).zip(of_field.data.par_chunks_mut(h * w * field_pitch));
    images.take(n).enumerate().for_each(|(image, (of_x, of_field))| {
        let image = Image { x, flow, gradient, image, of_x, pitch, of_field, field_pitch };
        // SAFETY: `of_x` and `of_field` are the image's part of batches of these sizes.
        unsafe { dispatch(Isa::best(), image) };
    });
}

/// The gradients of one image.
struct Image<'a> {
    x: Map<'a>,
    flow: Flow<'a>,
    gradient: Map<'a>,
    image: usize,
    of_x: &'a mut [f32],
    pitch: usize,
    of_field: &'a mut [f32],
    field_pitch: usize,
}

impl Kernel for Image<'_> {
    /// # Safety
    /// `of_x` holds the pixels of an image of `x`, `pitch` floats apart, `of_field` those of the flow's field.
    #[inline(always)]
    unsafe fn run<V: Lanes>(self) {
        let Self { x, flow, gradient, image, of_x, pitch, of_field, field_pitch } = self;
        let [_, h, w, c] = x.size();
        of_x.fill(0.0);
        for (i, of_field) in of_field.chunks_mut(field_pitch).take(h * w).enumerate() {
            let (row, column) = (i / w, i % w);
            let shift = flow.field.pixel(image, row, column);
            let across = Spot::at(column as f32 + flow.scale * shift[0], w);
            let along = Spot::at(row as f32 + flow.scale * shift[1], h);
            let by = gradient.pixel(image, row, column);
            let mut steps = [[0.0; MOST_LANES]; 2];
            // SAFETY: all pixels have `c` channels; there is room for the widest register.
            unsafe {
                let mut seen = [V::splat(0.0); 4];
                for k in 0..4 {
                    let (y, x_at) = (along.pair[k / 2], across.pair[k % 2]);
                    let share = V::splat(along.part(k / 2) * across.part(k % 2));
                    let of_corner = of_x[(y * w + x_at) * pitch..][..c].as_mut_ptr();
                    let corner = x.pixel(image, y, x_at).as_ptr();
                    for_channels::<V>(c, |channel, lanes| {
                        let by = V::load_some(by.as_ptr().add(channel), lanes);
                        let to = of_corner.add(channel);
                        V::load_some(to, lanes).mul_add(by, share).store_some(to, lanes);
                        seen[k] = seen[k].mul_add(by, V::load_some(corner.add(channel), lanes));
                    });
                }
                // From one column to the next, and from one row, between the rows and columns that are seen.
                let [a, b, c, d] = seen;
                let across_step = b.sub(a).mul_add(d.sub(c).sub(b.sub(a)), V::splat(along.share));
                let along_step = c.sub(a).mul_add(d.sub(b).sub(c.sub(a)), V::splat(across.share));
                across_step.store(steps[0].as_mut_ptr());
                along_step.store(steps[1].as_mut_ptr());
            }
            let [across_step, along_step] = steps.map(|lanes| lanes.iter().sum::<f32>());
            of_field[0] = flow.scale * across.free * across_step;
            of_field[1] = flow.scale * along.free * along_step;
        }
    }
}

//! Drawings and poses as the nets see them.

use super::SheetDrawing;
use super::wiring::{KNOWN, SIZES};
use crate::correspondence::{Source, Target, trust};
use crate::nn::kernels::{self, Batch, Pool};
use crate::sheet::framing::{Frame, frame_drawing};
use crate::udp::Udp;
use rayon::prelude::*;

/// A drawing of `size_px` squared with its UDP.
#[derive(Clone, Debug)]
pub struct Known {
    /// Premultiplied.
    pub colours: Vec<[u8; 4]>,
    /// What it shows.
    pub udp: Udp,
    /// How far off each landmark is thought to be, where somebody knows.
    pub spread: Option<Vec<f32>>,
}

impl Known {
    /// A drawing cut out around its figure; none where it shows nothing.
    pub fn framed(drawing: &SheetDrawing, size_px: usize) -> Option<Self> {
        let (picture, udp) = (drawing.picture, drawing.udp);
        let size = [picture.width_px, picture.height_px];
        if size != [udp.width_px, udp.height_px] || udp.pixels.len() != picture.pixels.len() {
            return None;
        }
        let spread = drawing.spread.filter(|spread| spread.len() == udp.pixels.len());
        let framed = frame_drawing(picture, size_px as u32);
        let frame: Frame = framed.frame?;
        let mut shown = Udp::new(size_px as u32, size_px as u32);
        let cut = frame.cut_nearest(&udp.pixels, size_px as u32);
        for ((to, from), colour) in shown.pixels.iter_mut().zip(cut).zip(&framed.pixels) {
            // Where nothing is drawn, nothing is there to be copied.
            if from[3] > 0.5 && from.iter().all(|v| v.is_finite()) && colour[3] > 0 {
                *to = [from[0], from[1], from[2], 1.0];
            }
        }
        (shown.surface_points() > 0).then(|| Self {
            colours: framed.pixels,
            udp: shown,
            spread: spread.map(|spread| frame.cut_nearest(spread, size_px as u32)),
        })
    }

    /// What is known of a pixel.
    fn pixel(&self, i: usize) -> [f32; KNOWN] {
        let [r, g, b, a] = self.colours[i].map(|v| f32::from(v) / 255.0);
        let [x, y, z, there] = self.udp.pixels[i];
        if there <= 0.5 {
            return [r, g, b, a, 0.0, 0.0, 0.0, 0.0, 0.0];
        }
        let trusted = self.spread.as_ref().map_or(1.0, |spread| trust(spread[i]));
        [r, g, b, a, x, y, z, 1.0, trusted]
    }

    /// To look for places in.
    pub fn source(&self) -> Source {
        Source::new(&self.udp, self.spread.as_deref())
    }
}

/// What is known of drawings at full size, S/2, S/4, S/8 and S/16.
pub fn known(drawings: &[Known], size_px: usize, pool: &Pool) -> [Batch; 5] {
    let mut whole = pool.take([drawings.len(), size_px, size_px, KNOWN]);
    let area = size_px * size_px;
    whole.pixels_mut().enumerate().for_each(|(i, to)| to.copy_from_slice(&drawings[i / area].pixel(i % area)));
    let mut all = vec![whole];
    for _ in 0..4 {
        let last = &all[all.len() - 1];
        let [n, h, w, c] = last.size();
        let mut half = pool.take([n, h / 2, w / 2, c]);
        kernels::halve(last.map(), &mut half.map_mut());
        all.push(half);
    }
    let mut all = all.into_iter();
    std::array::from_fn(|_| all.next().unwrap_or_default())
}

/// What the painter sees of poses, for the drawings of each (which it looks for): places, then poses, each at S/16, S/8,
/// S/4, S/2 and S. Poses have sides that are multiples of 16, all the same.
pub fn poses(poses: &[(&Udp, &[Source])], pool: &Pool) -> ([Batch; 5], [Batch; 5]) {
    let [width, height] = poses.first().map_or([0; 2], |(udp, _)| [udp.width_px as usize, udp.height_px as usize]);
    let views: usize = poses.iter().map(|(_, sources)| sources.len()).sum();
    let found: Vec<_> = poses
        .par_iter()
        .flat_map_iter(|(udp, sources)| {
            let target = Target::new(udp);
            sources.iter().map(|source| source.find(&target)).collect::<Vec<_>>()
        })
        .collect();
    let places = SIZES.map(|size| {
        let mut batch = pool.take([views, height / size, width / size, 2]);
        let all = found.iter().flat_map(|found| found.cells(size));
        batch.pixels_mut().zip(all).for_each(|(to, place)| to.copy_from_slice(&place));
        batch
    });
    let pictures = SIZES.map(|size| {
        let mut batch = pool.take([poses.len(), height / size, width / size, 4]);
        let cells = |udp: &Udp| {
            let at = |i: usize| {
                let columns = width / size;
                let [column, row] = [i % columns, i / columns].map(|v| v * size + size / 2);
                udp.pixels[row * width + column]
            };
            (0..width / size * (height / size)).map(at).collect::<Vec<_>>()
        };
        let all = poses.iter().flat_map(|(udp, _)| cells(udp));
        batch.pixels_mut().zip(all).for_each(|(to, pixel)| to.copy_from_slice(&pixel));
        batch
    });
    (places, pictures)
}

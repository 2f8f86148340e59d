//! A drawing and what its UDP tells of it.

use super::surface::{DEEP, Surface};
use super::{Drawn, Parts, confidence, contour, facing, parts};
use crate::picture::Picture;
use crate::udp::Udp;
use glam::{Vec3, Vec4};
use rayon::prelude::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A view with what its UDP tells.
pub(super) struct Drawing {
    /// Its place in the sheet.
    pub(super) place: usize,
    pub(super) surface: Surface,
    /// Where the surface faces in view space; zero where that isn't known.
    pub(super) normals: Vec<Vec3>,
    /// What part each pixel shows.
    pub(super) parts: Vec<u16>,
    /// How sure it is, 0 to 255.
    pub(super) confidence: Vec<u8>,
    /// About how far off its landmarks are: nought, unless they were only found.
    pub(super) off: f32,
    pub(super) picture: Picture,
}

impl Drawing {
    /// `None` if nothing is seen.
    pub(super) fn new(place: usize, drawn: &Drawn<'_>, parts: Option<&Parts>) -> Option<Self> {
        let (picture, mut udp, confidence) = cropped(drawn)?;
        // Where a UDP lies beside the drawn silhouette, nothing is drawn that could be seen.
        for (landmark, _) in udp.pixels.iter_mut().zip(&picture.pixels).filter(|(_, colour)| colour[3] == 0) {
            *landmark = [0.0; 4];
        }
        if udp.surface_points() == 0 {
            return None;
        }
        let surface = Surface::new(&udp);
        let (normals, parts) = (facing::normals(&surface), of_parts(&surface, parts));
        let off = if drawn.confidence.is_some() { confidence::GOOD } else { 0.0 };
        Some(Self { place, surface, normals, parts, confidence, off, picture })
    }

    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.confidence.hash(&mut hasher);
        self.picture.pixels.hash(&mut hasher);
        bytemuck::cast_slice::<Vec3, u8>(&self.surface.landmarks).hash(&mut hasher);
        hasher.finish()
    }

    pub(super) fn premultiplied(&self, i: usize) -> Vec4 {
        let [r, g, b, a] = self.picture.pixels[i].map(|v| f32::from(v) / 255.0);
        Vec4::new(r * a, g * a, b * a, a)
    }

    /// Unmixed, opaque, and it is known where it faces: fit to learn light and shade from.
    pub(super) fn teaches(&self, i: usize) -> bool {
        self.surface.depth[i] == DEEP && self.normals[i] != Vec3::ZERO && self.picture.pixels[i][3] == 255
    }
}

/// What part each pixel shows; one for all if nobody knows the figure's.
pub(super) fn of_parts(surface: &Surface, parts: Option<&Parts>) -> Vec<u16> {
    match parts {
        Some(parts) => (0..surface.len())
            .into_par_iter()
            .map(|i| {
                let of_seen = || parts.at(surface.landmarks[i], surface.tangents(i).normal());
                if surface.seen(i) { of_seen() } else { parts::UNKNOWN }
            })
            .collect(),
        None => vec![parts::UNKNOWN; surface.len()],
    }
}

/// The part of a drawing in which something is seen, with some room around it for outlines; `None` if nothing is.
fn cropped(Drawn { picture, udp, confidence }: &Drawn<'_>) -> Option<(Picture, Udp, Vec<u8>)> {
    let (mut low, mut high) = ([u32::MAX; 2], [0; 2]);
    for (y, row) in (0..).zip(udp.pixels.chunks_exact(udp.width_px.max(1) as usize)) {
        for (x, _) in (0..).zip(row).filter(|(_, pixel)| pixel[3] > 0.5) {
            low = [low[0].min(x), low[1].min(y)];
            high = [high[0].max(x + 1), high[1].max(y + 1)];
        }
    }
    if low[0] >= high[0] {
        return None;
    }
    let room = contour::REACH_PX as u32 + 1;
    let [left, top] = low.map(|v| v.saturating_sub(room));
    let (right, bottom) = ((high[0] + room).min(udp.width_px), (high[1] + room).min(udp.height_px));
    let rows = || (top..bottom).map(|y| (y * udp.width_px + left) as usize..(y * udp.width_px + right) as usize);
    let (width_px, height_px) = (right - left, bottom - top);
    let colours = rows().flat_map(|row| picture.pixels[row].iter().copied()).collect();
    let landmarks = rows().flat_map(|row| udp.pixels[row].iter().copied()).collect();
    let confidence = match confidence {
        Some(confidence) if confidence.len() == udp.pixels.len() => {
            rows().flat_map(|row| confidence[row].iter().copied()).collect()
        }
        _ => vec![255; width_px as usize * height_px as usize],
    };
    Some((Picture { width_px, height_px, pixels: colours }, Udp { width_px, height_px, pixels: landmarks }, confidence))
}

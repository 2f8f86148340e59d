//! Ghosts: the figure as it stands at other frames, tinted, under the one that is shown.

use super::drawer::FigureRequest;
use crate::pose::Camera;
use crate::raster::{Stance, SubjectError, ToonStyle};
use crate::studio::Act;
use egui::{Color32, ColorImage};
use std::sync::Arc;

/// What earlier frames are tinted with, and later ones.
pub const TINTS: [Color32; 2] = [Color32::from_rgb(255, 132, 92), Color32::from_rgb(84, 168, 255)];

/// A frame that is seen with the one that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ghost {
    /// Which.
    pub frame: i64,
    /// It comes later.
    pub later: bool,
    /// How strongly it is seen, 0 to 1.
    pub strength: f32,
}

/// Ghosts of an act, the lowest first.
#[derive(Clone)]
pub struct Ghosts {
    /// What is played.
    pub act: Arc<Act>,
    /// Which frames of it.
    pub list: Vec<Ghost>,
}

impl PartialEq for Ghosts {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.act, &other.act) && self.list == other.list
    }
}

/// The ghosts that were drawn last: they stay as long as nothing of them changes.
#[derive(Default)]
pub(super) struct GhostLayer {
    drawn: Vec<(Ghost, Arc<Stance>)>,
    seen: Option<(Camera, [u32; 2], bool)>,
    image: ColorImage,
}

impl GhostLayer {
    /// Lays what a request has of ghosts under its picture.
    pub(super) fn lay_under(&mut self, image: &mut ColorImage, request: &FigureRequest) -> Result<(), SubjectError> {
        let Some(ghosts) = request.ghosts.as_ref().filter(|ghosts| !ghosts.list.is_empty()) else {
            *self = Self::default();
            return Ok(());
        };
        let subject = request.stance.subject();
        let stands = |ghost: &Ghost| {
            let stance = ghosts.act.stand(subject, ghost.frame)?;
            // What was worked out for the last picture serves this one too.
            let known = self.drawn.iter().map(|(_, known)| known).find(|known| known.same(&stance));
            Some((*ghost, known.cloned().unwrap_or(stance)))
        };
        let wanted: Vec<(Ghost, Arc<Stance>)> = ghosts.list.iter().filter_map(stands).collect();
        // They are faint: half as many pixels a side are enough, and each costs a quarter.
        let size = request.size_px.map(|side| side.div_ceil(2).max(1));
        let seen = Some((request.camera, size, request.quick));
        let same = |(a, b): (&(Ghost, Arc<Stance>), &(Ghost, Arc<Stance>))| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1);
        if self.seen != seen || self.drawn.len() != wanted.len() || !self.drawn.iter().zip(&wanted).all(same) {
            let side = size.map(|side| side as usize);
            let mut layer = ColorImage::filled(side, Color32::TRANSPARENT);
            let samples_per_axis = if request.quick { 1 } else { 2 };
            let style = ToonStyle { samples_per_axis, ..ToonStyle::default() };
            for (ghost, stance) in &wanted {
                let picture = stance.seen(request.camera).toon(size, &style)?;
                for (below, pixel) in layer.pixels.iter_mut().zip(&picture.pixels) {
                    *below = below.blend(tinted(*pixel, ghost));
                }
            }
            (self.drawn, self.seen, self.image) = (wanted, seen, layer);
        }
        let [width, height] = image.size;
        for y in 0..height {
            for x in 0..width {
                let pixel = &mut image.pixels[y * width + x];
                if pixel.a() < u8::MAX {
                    *pixel = between(&self.image, x, y).blend(*pixel);
                }
            }
        }
        Ok(())
    }
}

/// A pixel of a ghost: light and dark stay, the colour tells earlier from later.
fn tinted([r, g, b, a]: [u8; 4], ghost: &Ghost) -> Color32 {
    let light = (0.3 * f32::from(r) + 0.59 * f32::from(g) + 0.11 * f32::from(b)) / 255.0;
    let tint = TINTS[usize::from(ghost.later)];
    let part = |colour: u8| (f32::from(colour) * (0.45 + 0.55 * light)) as u8;
    let alpha = (f32::from(a) * ghost.strength) as u8;
    Color32::from_rgba_unmultiplied(part(tint.r()), part(tint.g()), part(tint.b()), alpha)
}

/// The pixel of a picture of half the size that lies under one of the whole, mixed of the four nearest.
fn between(half: &ColorImage, x: usize, y: usize) -> Color32 {
    let [width, height] = half.size;
    let axis = |at: usize, end: usize| {
        [at / 2, if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { (at / 2 + 1).min(end - 1) }]
    };
    let ([x, aside], [y, over]) = (axis(x, width), axis(y, height));
    // Three parts of the nearest, along both sides.
    let corners = [(x, y, 9), (aside, y, 3), (x, over, 3), (aside, over, 1)];
    let mut sum = [0u16; 4];
    for (x, y, share) in corners {
        let pixel = half.pixels[y * width + x].to_array();
        (0..4).for_each(|i| sum[i] += share * u16::from(pixel[i]));
    }
    let [r, g, b, a] = sum.map(|part| (part / 16) as u8);
    Color32::from_rgba_premultiplied(r, g, b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_picture_is_spread_evenly_over_the_whole() {
        let half = ColorImage::new([2, 1], vec![Color32::from_gray(0), Color32::from_gray(160)]);
        let row: Vec<u8> = (0..4).map(|x| between(&half, x, 0).r()).collect();
        assert_eq!(row, [0, 40, 120, 160]);
        let one = ColorImage::filled([1, 1], Color32::from_gray(80));
        assert_eq!(between(&one, 0, 0), between(&one, 1, 1));
    }

    #[test]
    fn ghosts_keep_light_and_dark_and_are_seen_through() {
        let ghost = |later| Ghost { frame: 1, later, strength: 0.5 };
        let light = tinted([255, 255, 255, 255], &ghost(false));
        let dark = tinted([0, 0, 0, 255], &ghost(false));
        assert!(light.r() > dark.r() && light.a() == 127 && light.r() > light.b());
        let later = tinted([255, 255, 255, 255], &ghost(true));
        assert!(later.b() > later.r());
        assert_eq!(tinted([9, 9, 9, 0], &ghost(true)), Color32::TRANSPARENT);
    }
}

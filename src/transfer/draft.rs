//! A pose before it is a picture: what is known of each pixel.

use super::Transferred;
use crate::picture::Picture;
use crate::udp::Udp;
use glam::{Vec3, Vec4};

/// What landmark transfer has to say about a pixel of a pose, before somebody makes a picture of it: colours are
/// premultiplied, from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Proposal {
    /// The mean over all drawings that show the point, with edges and lines: what [`super::Transfer::render`] draws.
    pub colour: Vec4,
    /// What the drawing has there that shows the point best.
    pub best: Vec4,
    /// How well drawings show the point, 0 to 1.
    pub sure: f32,
    /// Where the surface faces in view space; zero where that isn't known.
    pub facing: Vec3,
}

/// A colour and how sure it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Colour {
    pub premultiplied: Vec4,
    pub weight: f32,
    /// The one of all that were added that weighed most.
    pub best: Vec4,
    best_weight: f32,
}

impl Colour {
    pub(super) fn new(premultiplied: Vec4, weight: f32) -> Self {
        Self { premultiplied, weight, best: premultiplied, best_weight: weight }
    }

    /// The weighted mean with another colour.
    pub(super) fn add(&mut self, other: Self, share: f32) {
        let weight = other.weight * share;
        let total = self.weight + weight;
        if total > 0.0 {
            self.premultiplied = (self.premultiplied * self.weight + other.premultiplied * weight) / total;
            self.weight = total;
        }
        if other.best_weight * share > self.best_weight {
            (self.best, self.best_weight) = (other.best, other.best_weight * share);
        }
    }
}

/// A pose before it is a picture.
pub(super) struct Draft {
    /// Premultiplied, with edges.
    pub drawn: Vec<Vec4>,
    pub colours: Vec<Colour>,
    pub normals: Vec<Vec3>,
}

impl Draft {
    pub(super) fn picture(&self, udp: &Udp) -> Transferred {
        let pixels = self.drawn.iter().map(|&colour| straight(colour)).collect();
        let sure = |c: &Colour| (c.weight.min(1.0) * 255.0).round() as u8;
        Transferred {
            picture: Picture { width_px: udp.width_px, height_px: udp.height_px, pixels },
            confidence: self.colours.iter().map(sure).collect(),
        }
    }

    pub(super) fn proposals(&self) -> Vec<Proposal> {
        let all = self.drawn.iter().zip(&self.colours).zip(&self.normals);
        all.map(|((&colour, of), &facing)| {
            // Beside the surface there are edges alone.
            let best = if of.best_weight > 0.0 { of.best } else { colour };
            Proposal { colour, best, sure: of.weight.min(1.0), facing }
        })
        .collect()
    }
}

/// Bytes with straight alpha of a premultiplied colour.
fn straight(premultiplied: Vec4) -> [u8; 4] {
    let alpha = premultiplied.w.clamp(0.0, 1.0);
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    if byte(alpha) == 0 {
        return [0; 4];
    }
    let colour = premultiplied.truncate() / alpha;
    [byte(colour.x), byte(colour.y), byte(colour.z), byte(alpha)]
}

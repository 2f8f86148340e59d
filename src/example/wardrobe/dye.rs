//! Cloth that is dyed: a ground, a pattern, a line along the hem, a sign.
//!
//! The left half of a texture goes around the trunk (the front in the middle, the neck above), the right half around
//! limbs and skirts; both repeat the same pattern.

use crate::example::Detail;
use crate::example::mesh::{lerp, smoothstep};
use crate::example::paint::{Canvas, colour};
use crate::example::wear::{Dye, Emblem, EmblemPlace, Pattern};
use crate::lot::Lot;
use crate::picture::Picture;
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

impl Dye {
    /// Plain, in two colours.
    pub(in crate::example) fn plain(colour: crate::example::params::Rgb, second: crate::example::params::Rgb) -> Self {
        Self { colour, second, ..Self::default() }
    }

    pub(in crate::example) fn texture(&self, detail: Detail) -> Picture {
        let busy = self.pattern != Pattern::Plain || self.emblem.is_some();
        let [width, height] = if busy { [1024, 512] } else { [16, 256] };
        let (ground, second) = (colour(self.colour), colour(self.second));
        let deep = ground * Vec3::new(0.90, 0.88, 0.95);
        let mut canvas = Canvas::new(detail.texture_px(width), detail.texture_px(height), |p| {
            let base = ground.lerp(deep, smoothstep(0.3, 1.0, p.y));
            let base = base.lerp(second, self.fade * smoothstep(0.35, 1.0, p.y));
            // Cells are as high as they are wide on a trunk.
            let cell = Vec2::new((p.x * 2.0).fract() * self.repeats as f32, p.y * 0.62 * self.repeats as f32);
            let share = match self.pattern {
                // The body's own left.
                Pattern::Halves => f32::from((p.x * 2.0).fract() > 0.5),
                pattern => pattern.share(cell),
            };
            let patterned = base.lerp(second, share);
            let trim = smoothstep(1.0 - self.trim - 0.004, 1.0 - self.trim, p.y) * f32::from(self.trim > 0.0);
            // The outermost place at the bottom of the right half is always the second colour, at its top the ground's.
            match p.x > 0.99 && p.y > 0.99 {
                true => second,
                false => patterned.lerp(second, trim),
            }
        });
        if let Some(emblem) = &self.emblem {
            emblem.paint(&mut canvas);
        }
        canvas.finish()
    }
}

impl Pattern {
    /// How much of the second colour is at a place, measured in cells.
    fn share(self, p: Vec2) -> f32 {
        let (cell, at) = (p.floor(), p - p.floor());
        let lot = |n: u64| Lot::new((cell.x as u64) << 32 ^ (cell.y as u64) << 8 ^ n).share();
        let from_middle = at - 0.5;
        let hard = |d: f32| smoothstep(-0.06, 0.06, d);
        match self {
            Self::Plain | Self::Halves => 0.0,
            Self::Rings => hard(0.25 - from_middle.y.abs()),
            Self::Bars => hard(0.25 - from_middle.x.abs()),
            Self::Diagonal => hard(0.25 - ((p.x + p.y).fract() - 0.5).abs()),
            Self::Plaid => {
                let line = |x: f32| 0.55 * hard(0.20 - (x - 0.5).abs()) + 0.35 * hard(0.035 - (x - 0.9).abs());
                (line(at.x) + line(at.y)).min(1.0)
            }
            Self::Dots => hard(0.30 - from_middle.length()),
            Self::Checks => f32::from((cell.x + cell.y) as i64 % 2 == 0),
            Self::Stars => {
                let angle = from_middle.x.atan2(-from_middle.y);
                let point = (angle / TAU * 5.0).rem_euclid(1.0);
                hard(lerp(0.38, 0.15, (2.0 * (point - 0.5)).abs().mul_add(-1.0, 1.0)) - from_middle.length())
            }
            Self::Flowers => {
                if lot(1) < 0.45 {
                    return 0.0;
                }
                let p = from_middle - Vec2::new(lot(2) - 0.5, lot(3) - 0.5) * 0.3;
                let petal = 0.26 + 0.09 * (5.0 * p.x.atan2(p.y) + TAU * lot(4)).cos();
                hard(petal - p.length()) * hard(p.length() - 0.07)
            }
            Self::Patches => {
                let wave = (p.x * 1.3 + 1.7 * (p.y * 0.9).sin()).sin() + (p.y * 1.6 + 1.3 * (p.x * 0.7).cos()).sin();
                hard(wave - 0.35)
            }
        }
    }
}

impl Emblem {
    /// Strokes between random points of a 3 by 3 grid, mirrored or not, perhaps in a ring: signs, not letters.
    fn paint(&self, canvas: &mut Canvas) {
        let lot = &mut Lot::new(self.seed);
        let ink = colour(self.colour).extend(1.0);
        // The texture's left half is 0.5 wide and goes around a trunk of about 0.7 m; its height is about 0.4 m.
        let size = Vec2::new(0.045, 0.105) * self.size;
        let centres: &[Vec2] = match self.place {
            EmblemPlace::Front => &[Vec2::new(0.25, 0.34)],
            EmblemPlace::Back => &[Vec2::new(0.003, 0.34), Vec2::new(0.497, 0.34)],
            EmblemPlace::Left => &[Vec2::new(0.305, 0.28)],
            EmblemPlace::Right => &[Vec2::new(0.195, 0.28)],
        };
        let kind = lot.below(4);
        let points = 5 + lot.below(4);
        let mirrored = lot.share() < 0.5;
        let strokes: Vec<[Vec2; 2]> = (0..3 + lot.below(3))
            .map(|_| [0, 1].map(|_| Vec2::new(lot.below(3) as f32 - 1.0, lot.below(3) as f32 - 1.0) * 0.7))
            .filter(|[a, b]| a != b)
            .collect();
        for (n, &centre) in centres.iter().enumerate() {
            // Behind, the seam runs through the middle: each half is painted at its own edge.
            let keep = |p: Vec2| self.place != EmblemPlace::Back || (p.x < 0.25) == (n == 0);
            let ink = move |p: Vec2| if keep(p) && p.x < 0.5 { ink } else { ink.truncate().extend(0.0) };
            let at = |p: Vec2| centre + p * size;
            match kind {
                0 => {
                    let star = (0..points * 2).map(|i| {
                        let r = if i % 2 == 0 { 1.0 } else { 0.5 };
                        at(Vec2::from_angle(PI * i as f32 / points as f32 - PI / 2.0) * r)
                    });
                    canvas.fill(&star.collect::<Vec<_>>(), ink);
                }
                1 => canvas.ellipse(centre, size * 0.9, 0.0, ink),
                _ => {
                    for [a, b] in &strokes {
                        for flip in [Vec2::ONE, Vec2::new(-1.0, 1.0)] {
                            if flip.x < 0.0 && !mirrored {
                                continue;
                            }
                            let (a, b) = (*a * flip, *b * flip);
                            let across = (b - a).perp().normalize_or_zero() * 0.17;
                            let outline = [a + across, b + across, b - across, a - across].map(at);
                            canvas.fill(&outline, ink);
                        }
                    }
                }
            }
        }
    }
}

//! What a UDP says about the surface it shows: which neighbouring pixels lie on one surface, and which way it faces.

use crate::udp::Udp;
use glam::{Vec2, Vec3};

/// A UDP with the links between its pixels.
pub(super) struct Surface {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Landmarks, row-major; zero where nothing is seen.
    pub(super) landmarks: Vec<Vec3>,
    /// [`SEEN`], [`RIGHT`], [`BELOW`].
    flags: Vec<u8>,
    /// How many pixels away the surface's visible end is: 0, 1, or 2 for all that is farther.
    pub(super) depth: Vec<u8>,
    /// Distance of the landmarks of two neighbouring pixels where the surface is seen squarely.
    pub(super) spacing: f32,
}

/// A point of the surface is seen.
const SEEN: u8 = 1;
/// The pixel to the right shows the same surface.
const RIGHT: u8 = 2;
/// The pixel below shows the same surface.
const BELOW: u8 = 4;

/// How the landmark changes from pixel to pixel: the surface's tangents in T-pose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tangents {
    /// Per pixel to the right.
    pub(super) across: Vec3,
    /// Per pixel down.
    pub(super) down: Vec3,
}

impl Tangents {
    /// Outwards, unit length: where the seen side faces in T-pose; zero where it is not known.
    pub(super) fn normal(&self) -> Vec3 {
        self.down.cross(self.across).normalize_or_zero()
    }

    /// The pixel offset whose landmark offset comes nearest to `offset`.
    pub(super) fn pixels(&self, offset: Vec3) -> Vec2 {
        let (aa, ad, dd) = (self.across.length_squared(), self.across.dot(self.down), self.down.length_squared());
        let (a, d) = (self.across.dot(offset), self.down.dot(offset));
        let determinant = aa * dd - ad * ad;
        if determinant > 1e-3 * aa * dd {
            return Vec2::new(a * dd - d * ad, d * aa - a * ad) / determinant;
        }
        // Only one direction is known, or both are the same.
        if aa >= dd && aa > 0.0 {
            Vec2::new(a / aa, 0.0)
        } else if dd > 0.0 {
            Vec2::new(0.0, d / dd)
        } else {
            Vec2::ZERO
        }
    }

    /// The landmark offset of a pixel offset.
    pub(super) fn landmark(&self, pixels: Vec2) -> Vec3 {
        self.across * pixels.x + self.down * pixels.y
    }
}

impl Surface {
    pub(super) fn new(udp: &Udp) -> Self {
        let (width, height) = (udp.width_px as usize, udp.height_px as usize);
        let seen = |p: &[f32; 4]| p[3] > 0.5;
        let mut surface = Self {
            width,
            height,
            landmarks: udp
                .pixels
                .iter()
                .map(|p| if seen(p) { Vec3::new(p[0], p[1], p[2]) } else { Vec3::ZERO })
                .collect(),
            flags: udp.pixels.iter().map(|p| if seen(p) { SEEN } else { 0 }).collect(),
            depth: Vec::new(),
            spacing: 0.0,
        };
        surface.spacing = surface.measure_spacing();
        surface.link();
        surface.measure_depth();
        surface
    }

    /// The median over pixels of the distance to the nearer of two neighbours.
    fn measure_spacing(&self) -> f32 {
        let mut nearest = Vec::new();
        for y in 0..self.height.saturating_sub(1) {
            for x in 0..self.width.saturating_sub(1) {
                let i = y * self.width + x;
                if self.seen(i) && self.seen(i + 1) && self.seen(i + self.width) {
                    let here = self.landmarks[i];
                    nearest
                        .push(here.distance(self.landmarks[i + 1]).min(here.distance(self.landmarks[i + self.width])));
                }
            }
        }
        if nearest.is_empty() {
            return 1e-3;
        }
        let middle = nearest.len() / 2;
        // Very small pictures repeat landmarks; nothing may be divided by zero.
        nearest.select_nth_unstable_by(middle, f32::total_cmp).1.max(1e-5)
    }

    /// Links neighbours unless the step between them is much longer than the steps before and after it: what turns
    /// away from the eye takes ever longer steps, where one thing hides another they jump.
    fn link(&mut self) {
        for y in 0..self.height {
            for x in 0..self.width {
                let i = y * self.width + x;
                if self.is_link(i, x, self.width, 1) {
                    self.flags[i] |= RIGHT;
                }
                if self.is_link(i, y, self.height, self.width) {
                    self.flags[i] |= BELOW;
                }
            }
        }
    }

    fn measure_depth(&mut self) {
        self.depth = (0..self.flags.len()).map(|i| u8::from(self.inside(i))).collect();
        let (w, last) = (self.width, self.flags.len());
        let deep: Vec<usize> = (0..last)
            .filter(|&i| {
                // Pixels inside have a whole row before and after them.
                self.depth[i] > 0
                    && [i - w - 1, i - w, i - w + 1, i - 1, i + 1, i + w - 1, i + w, i + w + 1]
                        .iter()
                        .all(|&j| j < last && self.depth[j] > 0)
            })
            .collect();
        for i in deep {
            self.depth[i] = 2;
        }
    }

    /// `place` of `count` is where pixel `i` lies along the direction in which `stride` leads on.
    fn is_link(&self, i: usize, place: usize, count: usize, stride: usize) -> bool {
        if place + 1 >= count || !self.seen(i) || !self.seen(i + stride) {
            return false;
        }
        let step = self.landmarks[i].distance(self.landmarks[i + stride]);
        if step <= 3.0 * self.spacing {
            return true;
        }
        let before =
            (place > 0 && self.seen(i - stride)).then(|| self.landmarks[i].distance(self.landmarks[i - stride]));
        let after = (place + 2 < count && self.seen(i + 2 * stride))
            .then(|| self.landmarks[i + stride].distance(self.landmarks[i + 2 * stride]));
        let usual = before.into_iter().chain(after).fold(f32::INFINITY, f32::min).max(self.spacing);
        step <= 20.0 * self.spacing && step <= 2.5 * usual
    }

    pub(super) fn seen(&self, i: usize) -> bool {
        self.flags[i] & SEEN != 0
    }

    /// Does the same surface go on to the neighbour at (dx, dy), one of the four nearest? False outside the picture.
    pub(super) fn linked(&self, i: usize, dx: isize, dy: isize) -> bool {
        match (dx, dy) {
            (1, 0) => self.flags[i] & RIGHT != 0,
            (0, 1) => self.flags[i] & BELOW != 0,
            (-1, 0) => i > 0 && self.flags[i - 1] & RIGHT != 0,
            _ => i >= self.width && self.flags[i - self.width] & BELOW != 0,
        }
    }

    /// The neighbour at (dx, dy), one of the eight nearest or the pixel itself, if the surface goes on to there.
    pub(super) fn step(&self, i: usize, dx: isize, dy: isize) -> Option<usize> {
        let go = |i: usize, dx: isize, dy: isize| match (dx, dy) {
            (0, 0) => Some(i),
            _ => self.linked(i, dx, dy).then_some((i as isize + dx + dy * self.width as isize) as usize),
        };
        go(i, dx, 0).and_then(|j| go(j, 0, dy)).or_else(|| go(i, 0, dy).and_then(|j| go(j, dx, 0)))
    }

    /// The surface goes on two pixels to all sides: nothing else can have got into this pixel's colour.
    pub(super) fn is_deep(&self, i: usize) -> bool {
        self.depth[i] == 2
    }

    /// The surface goes on to all four sides.
    pub(super) fn inside(&self, i: usize) -> bool {
        [(1, 0), (-1, 0), (0, 1), (0, -1)].iter().all(|&(dx, dy)| self.linked(i, dx, dy))
    }

    pub(super) fn tangents(&self, i: usize) -> Tangents {
        let along = |stride: usize, back: bool, on: bool| match (back, on) {
            (true, true) => (self.landmarks[i + stride] - self.landmarks[i - stride]) * 0.5,
            (false, true) => self.landmarks[i + stride] - self.landmarks[i],
            (true, false) => self.landmarks[i] - self.landmarks[i - stride],
            (false, false) => Vec3::ZERO,
        };
        Tangents {
            across: along(1, self.linked(i, -1, 0), self.linked(i, 1, 0)),
            down: along(self.width, self.linked(i, 0, -1), self.linked(i, 0, 1)),
        }
    }
}

//! What a UDP says about the surface it shows: which neighbouring pixels lie on one surface, and which way it faces.

use crate::udp::Udp;
use glam::{Vec2, Vec3};

/// The four nearest neighbours.
pub(super) const SIDES: [(isize, isize); 4] = [(1, 0), (-1, 0), (0, 1), (0, -1)];

/// A UDP with the links between its pixels.
pub(super) struct Surface {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Landmarks, row-major; zero where nothing is seen.
    pub(super) landmarks: Vec<Vec3>,
    /// [`SEEN`], [`RIGHT`], [`BELOW`].
    flags: Vec<u8>,
    /// How many pixels away the surface visibly ends: 0, 1, or [`DEEP`] for all that is farther inside.
    pub(super) depth: Vec<u8>,
    /// Distance of the landmarks of two neighbouring pixels where the surface is seen squarely.
    pub(super) spacing: f32,
}

/// [`Surface::depth`] from which antialiasing and ink lines of the edge no longer tint the colour.
pub(super) const DEEP: u8 = 2;

/// A point of the surface is seen.
const SEEN: u8 = 1;
/// The pixel to the right shows the same surface.
const RIGHT: u8 = 2;
/// The pixel below shows the same surface.
const BELOW: u8 = 4;

impl Surface {
    pub(super) fn new(udp: &Udp) -> Self {
        let seen = |p: &[f32; 4]| p[3] > 0.5 && p.iter().all(|v| v.is_finite());
        let landmark =
            |p: &[f32; 4]| if seen(p) { Vec3::new(p[0], p[1], p[2]).clamp(Vec3::ZERO, Vec3::ONE) } else { Vec3::ZERO };
        let mut surface = Self {
            width: udp.width_px as usize,
            height: udp.height_px as usize,
            landmarks: udp.pixels.iter().map(landmark).collect(),
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
            for i in y * self.width..(y + 1) * self.width - 1 {
                if self.seen(i) && self.seen(i + 1) && self.seen(i + self.width) {
                    let step = |j: usize| self.landmarks[i].distance(self.landmarks[j]);
                    nearest.push(step(i + 1).min(step(i + self.width)));
                }
            }
        }
        if nearest.is_empty() {
            return 1e-3;
        }
        let middle = nearest.len() / 2;
        // Not 0, where one landmark fills the picture.
        nearest.select_nth_unstable_by(middle, f32::total_cmp).1.max(1e-5)
    }

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

    /// Is there a link from pixel `i`, number `place` of `count` in its row or column, to the next one, `stride` on?
    ///
    /// What turns away from the eye takes ever longer steps, where one thing hides another they jump: a link is broken
    /// by a step that is much longer than the steps before and after it.
    fn is_link(&self, i: usize, place: usize, count: usize, stride: usize) -> bool {
        if place + 1 >= count || !self.seen(i) || !self.seen(i + stride) {
            return false;
        }
        let step = |a: usize, b: usize| self.landmarks[a].distance(self.landmarks[b]);
        let here = step(i, i + stride);
        if here <= 3.0 * self.spacing {
            return true;
        }
        let before = (place > 0 && self.seen(i - stride)).then(|| step(i - stride, i));
        let after = (place + 2 < count && self.seen(i + 2 * stride)).then(|| step(i + stride, i + 2 * stride));
        let usual = before.into_iter().chain(after).fold(f32::INFINITY, f32::min).max(self.spacing);
        here <= 20.0 * self.spacing && here <= 2.5 * usual
    }

    fn measure_depth(&mut self) {
        let inside = |i: usize| u8::from(SIDES.iter().all(|&(dx, dy)| self.linked(i, dx, dy)));
        let mut depth: Vec<u8> = (0..self.flags.len()).map(inside).collect();
        for i in 0..depth.len() {
            // A pixel inside has a neighbour on every side, so all eight exist.
            if depth[i] == 1 {
                let (above, below) = (i - self.width, i + self.width);
                if [i - 1, i + 1, above - 1, above, above + 1, below - 1, below, below + 1]
                    .iter()
                    .all(|&j| depth[j] > 0)
                {
                    depth[i] = DEEP;
                }
            }
        }
        self.depth = depth;
    }

    pub(super) fn len(&self) -> usize {
        self.landmarks.len()
    }

    /// Column and row of a pixel.
    pub(super) fn middle(&self, i: usize) -> Vec2 {
        Vec2::new((i % self.width) as f32, (i / self.width) as f32)
    }

    pub(super) fn seen(&self, i: usize) -> bool {
        self.flags[i] & SEEN != 0
    }

    /// Does the same surface go on to the neighbour on this one of the four [`SIDES`]? False outside the picture.
    pub(super) fn linked(&self, i: usize, dx: isize, dy: isize) -> bool {
        match (dx, dy) {
            (1, 0) => self.flags[i] & RIGHT != 0,
            (0, 1) => self.flags[i] & BELOW != 0,
            (-1, 0) => i > 0 && self.flags[i - 1] & RIGHT != 0,
            _ => i >= self.width && self.flags[i - self.width] & BELOW != 0,
        }
    }

    /// The pixels to which links lead.
    pub(super) fn neighbours(&self, i: usize) -> impl Iterator<Item = usize> {
        let width = self.width as isize;
        SIDES
            .into_iter()
            .filter(move |&(dx, dy)| self.linked(i, dx, dy))
            .map(move |(dx, dy)| i.wrapping_add_signed(dx + dy * width))
    }

    /// The pixel at (dx, dy), each −1, 0 or 1, if links lead there.
    pub(super) fn follow(&self, i: usize, dx: isize, dy: isize) -> Option<usize> {
        let go = |i: usize, dx: isize, dy: isize| {
            if (dx, dy) == (0, 0) {
                Some(i)
            } else {
                self.linked(i, dx, dy).then(|| i.wrapping_add_signed(dx + dy * self.width as isize))
            }
        };
        let by_row = go(i, dx, 0).and_then(|j| go(j, 0, dy));
        by_row.or_else(|| go(i, 0, dy).and_then(|j| go(j, dx, 0)))
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

/// How the landmark changes from pixel to pixel: tangents of the surface in T-pose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tangents {
    /// Per pixel to the right.
    pub(super) across: Vec3,
    /// Per pixel down.
    pub(super) down: Vec3,
}

impl Tangents {
    /// Where the seen side faces in T-pose, unit length; zero where that is not known.
    pub(super) fn normal(&self) -> Vec3 {
        self.down.cross(self.across).normalize_or_zero()
    }

    /// The pixel offset (right, down) whose landmark offset comes nearest to `offset`.
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

    /// The same for the figure's mirror image (x → 1 − x), seen from the mirrored side.
    pub(super) fn mirrored(&self) -> Self {
        let mirror = Vec3::new(-1.0, 1.0, 1.0);
        Self { across: -self.across * mirror, down: self.down * mirror }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slanted plane with a square of another plane in front of it.
    fn layered() -> Surface {
        let mut udp = Udp::new(20, 20);
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            let (x, y) = ((i % 20) as f32, (i / 20) as f32);
            let front = (5.0..15.0).contains(&x) && (5.0..15.0).contains(&y);
            *pixel = [0.01 * x, 0.9 - 0.01 * y, if front { 0.8 } else { 0.2 + 0.01 * x }, 1.0];
        }
        Surface::new(&udp)
    }

    #[test]
    fn links_end_where_one_thing_hides_another() {
        let surface = layered();
        let at = |x: usize, y: usize| y * 20 + x;
        assert!(surface.linked(at(2, 3), 1, 0) && surface.linked(at(8, 8), 0, 1) && surface.linked(at(8, 8), -1, 0));
        assert!(
            !surface.linked(at(4, 8), 1, 0) && !surface.linked(at(5, 8), -1, 0) && !surface.linked(at(8, 14), 0, 1)
        );
        assert!(
            !surface.linked(at(19, 0), 1, 0) && !surface.linked(at(0, 1), -1, 0) && !surface.linked(at(3, 19), 0, 1)
        );
        assert_eq!([at(5, 8), at(6, 8), at(7, 8)].map(|i| surface.depth[i]), [0, 1, DEEP]);
        assert_eq!(surface.follow(at(5, 5), 1, 1), Some(at(6, 6)));
        assert_eq!(surface.follow(at(4, 4), 1, 1), None);
    }

    #[test]
    fn tangents_know_where_a_surface_faces() {
        let surface = layered();
        let tangents = surface.tangents(8 * 20 + 8);
        assert!((tangents.normal() - Vec3::Z).length() < 1e-4, "{}", tangents.normal());
        assert!((tangents.pixels(Vec3::new(0.02, 0.01, 0.3)) - Vec2::new(2.0, -1.0)).length() < 1e-3);
        // From the side of x = 1 − x, the same plane faces the same way.
        assert!((tangents.mirrored().normal() - Vec3::Z).length() < 1e-4);
    }
}

//! The eyes: the line of the lids, what lies behind it, and how lids close.

use super::head::HeadShape;
use super::mesh::{Look, Part, Skin, lerp};
use super::params::{EyeShape, Eyes};
use crate::figure::HumanBone;
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// The opening of the left eye in the view from the front, head space.
#[derive(Clone, Debug)]
pub(super) struct EyeLine {
    pub(super) centre: Vec2,
    pub(super) half: Vec2,
    /// Height of the inner and outer corner above the centre, in half heights.
    corners: [f32; 2],
    /// How far the peak of the upper lid is towards the temple.
    lean: f32,
    /// Thickness of the upper lashes, factor.
    pub(super) lashes: f32,
}

/// Where the lids are, as shares of the way to a common closing line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lids {
    pub(super) upper: f32,
    pub(super) lower: f32,
    /// Bend of the closing line in half heights: negative sags (sleep), positive arches (laughing).
    pub(super) arc: f32,
    /// Corners move by this, in half heights.
    pub(super) corners: f32,
    /// Tilt of the upper lid: inner end raised (sad) or lowered (angry), half heights.
    pub(super) tilt: f32,
}

const UPPER: usize = 18;
const LOWER: usize = 14;

impl EyeLine {
    pub(super) fn new(eyes: &Eyes) -> Self {
        let (width, height, corners, lean) = match eyes.shape {
            EyeShape::Round => (0.0222, 0.0194, [-0.20, 0.06], 0.06),
            EyeShape::Raised => (0.0226, 0.0178, [-0.36, 0.32], 0.12),
            EyeShape::Drooping => (0.0224, 0.0184, [-0.06, -0.24], -0.08),
            EyeShape::Narrow => (0.0216, 0.0146, [-0.24, 0.14], 0.06),
        };
        let half = Vec2::new(width, height * eyes.tall) * eyes.size;
        let corners = [corners[0] - 0.5 * eyes.tilt, corners[1] + 0.5 * eyes.tilt];
        Self {
            centre: Vec2::new(0.0378 * eyes.apart, 0.0933 + eyes.higher_m),
            half,
            corners,
            lean,
            lashes: eyes.lashes,
        }
    }

    pub(super) fn x(&self, u: f32) -> f32 {
        self.centre.x + u * self.half.x
    }

    fn u(&self, x: f32) -> f32 {
        (x - self.centre.x) / self.half.x
    }

    /// The straight line between the corners.
    pub(super) fn base(&self, u: f32) -> f32 {
        self.centre.y + self.half.y * lerp(self.corners[0], self.corners[1], (u + 1.0) / 2.0)
    }

    fn bow(&self, u: f32, power: f32, root: f32) -> f32 {
        let w = (u - self.lean * (1.0 - u * u)).clamp(-1.0, 1.0);
        (1.0 - w.abs().powf(power)).max(0.0).powf(root)
    }

    /// The upper lid's edge at `u` in [-1, 1], inner to outer corner.
    pub(super) fn upper(&self, u: f32) -> f32 {
        self.base(u) + self.half.y * 1.06 * self.bow(u, 2.3, 0.62)
    }

    pub(super) fn lower(&self, u: f32) -> f32 {
        self.base(u) - self.half.y * 0.90 * self.bow(u, 2.6, 0.66)
    }

    /// Counter-clockwise around the opening, `distance` outside of it.
    pub(super) fn outline(&self, distance: f32) -> Vec<Vec2> {
        let lower =
            (0..LOWER).map(|i| -(PI * i as f32 / LOWER as f32).cos()).map(|u| Vec2::new(self.x(u), self.lower(u)));
        let upper =
            (0..UPPER).map(|i| (PI * i as f32 / UPPER as f32).cos()).map(|u| Vec2::new(self.x(u), self.upper(u)));
        let line: Vec<Vec2> = lower.chain(upper).collect();
        let count = line.len();
        (0..count)
            .map(|i| {
                let along = line[(i + 1) % count] - line[(i + count - 1) % count];
                line[i] + Vec2::new(along.y, -along.x).normalize_or_zero() * distance
            })
            .collect()
    }

    pub(super) fn contains(&self, p: Vec2) -> bool {
        let u = self.u(p.x);
        u.abs() < 1.0 && p.y < self.upper(u) && p.y > self.lower(u)
    }

    /// Distance from the opening, 0 inside.
    pub(super) fn distance(&self, p: Vec2) -> f32 {
        if self.contains(p) {
            return 0.0;
        }
        self.outline(0.0).into_iter().map(|q| q.distance(p)).fold(f32::INFINITY, f32::min)
    }

    /// How far the edge of the upper (or lower) lid moves up at `u`; beyond the corners as at them.
    pub(super) fn lid_shift(&self, u: f32, upper: bool, lids: Lids) -> f32 {
        let u = u.clamp(-1.0, 1.0);
        let bow = 1.0 - u * u;
        let closing = self.base(u) + self.half.y * lids.arc * bow;
        let (edge, share) = if upper { (self.upper(u), lids.upper) } else { (self.lower(u), lids.lower) };
        let tilt = if upper { -lids.tilt * u * bow.sqrt() } else { 0.0 };
        share * (closing - edge) + self.half.y * (lids.corners + tilt)
    }

    /// Where the skin around the eye goes.
    pub(super) fn warp(&self, p: Vec2, lids: Lids) -> Vec2 {
        let u = self.u(p.x);
        let inside = u.clamp(-1.0, 1.0);
        let (upper, lower) = (self.upper(inside), self.lower(inside));
        let above = p.y > (upper + lower) / 2.0;
        let beyond = if above { p.y - upper } else { lower - p.y };
        let fade = |distance: f32, reach: f32| (1.0 - distance.max(0.0) / reach).max(0.0).powi(2);
        let sideways = fade((u.abs() - 1.0) * self.half.x, 0.013);
        p + Vec2::Y * self.lid_shift(u, above, lids) * fade(beyond, if above { 0.018 } else { 0.0105 }) * sideways
    }
}

/// Depth of the white of the eye and of the iris behind the skin.
const WHITE: f32 = -0.0034;
const IRIS: f32 = -0.0019;

/// Closes the opening from behind; `expressions`: the lids of each shape key.
pub(super) fn white(shape: &HeadShape, eye: &EyeLine, expressions: &[(&'static str, Lids)]) -> Part {
    let mut part = Part::new("left eye white", Look::EyeWhite);
    let uv = |p: Vec2| Vec2::new(0.5, 0.5) + Vec2::new(p.x - eye.centre.x, eye.centre.y - p.y) / (eye.half * 3.0);
    let rim = eye.outline(0.0);
    let count = rim.len();
    // From the lid's edge straight inwards, outwards behind the lid, then across.
    let back = eye.outline(0.0045);
    let mut rows = vec![(rim.clone(), 0.0), (rim.clone(), 0.9 * WHITE)];
    let shrunk = |s: f32| back.iter().map(|&p| eye.centre + (p - eye.centre) * s).collect::<Vec<_>>();
    rows.extend([1.0, 0.7, 0.35].map(|s| (shrunk(s), WHITE)));
    for (row, depth) in &rows {
        for &p in row {
            part.push(shape.front(p.x, p.y, *depth), uv(p));
        }
    }
    let middle = part.push(shape.front(eye.centre.x, eye.centre.y, WHITE), uv(eye.centre));
    let at = |i: usize, j: usize| (i * count + j % count) as u32;
    for j in 0..count {
        for i in 0..rows.len() - 1 {
            part.triangles.push([at(i, j), at(i, j + 1), at(i + 1, j + 1)]);
            part.triangles.push([at(i, j), at(i + 1, j + 1), at(i + 1, j)]);
        }
        part.triangles.push([at(rows.len() - 1, j), at(rows.len() - 1, j + 1), middle]);
    }
    for &(name, lids) in expressions {
        let edges = rows[..2].iter().flat_map(|(row, depth)| row.iter().map(move |&p| (p, *depth)));
        let offsets = edges.enumerate().map(|(j, (p, depth))| {
            let to = eye.warp(p, lids);
            (j as u32, shape.front(to.x, to.y, depth) - part.positions[j])
        });
        part.morphs.push((name, offsets.filter(|o| o.1.length() > 1e-6).collect()));
    }
    part.normals = vec![Vec3::Z; part.positions.len()];
    part.skinned(|_| Skin::one(HumanBone::Head))
}

/// The iris, a disc between the white and the lids that turns with the eye's bone; `pupils`: its size by shape key.
pub(super) fn iris(shape: &HeadShape, eye: &EyeLine, pupils: &[(&'static str, f32)]) -> Part {
    const AROUND: usize = 32;
    let mut part = Part::new("left iris", Look::Iris);
    let centre = eye.centre + Vec2::new(-0.0008, 0.0006);
    // A narrowed eye hides part of its iris rather than having a small one.
    let size = Vec2::new(0.0166, 0.0206) * (eye.half.y.max(0.0170) / 0.0194);
    let place = |r: f32, angle: f32| centre + Vec2::new(angle.cos(), angle.sin()) * size * r;
    let uv = |r: f32, angle: f32| Vec2::new(0.5 + angle.cos() * r * 0.5, 0.5 - angle.sin() * r * 0.5);
    let mut flat = vec![(0.0, 0.0)];
    for r in [0.35, 0.7, 1.0] {
        flat.extend((0..AROUND).map(|j| (r, TAU * j as f32 / AROUND as f32)));
    }
    for &(r, angle) in &flat {
        let p = place(r, angle);
        part.push(shape.front(p.x, p.y, IRIS), uv(r, angle));
    }
    let at = |i: usize, j: usize| (1 + i * AROUND + j % AROUND) as u32;
    for j in 0..AROUND {
        part.triangles.push([0, at(0, j), at(0, j + 1)]);
        for i in 0..2 {
            part.triangles.push([at(i, j), at(i + 1, j), at(i + 1, j + 1)]);
            part.triangles.push([at(i, j), at(i + 1, j + 1), at(i, j + 1)]);
        }
    }
    for &(name, scale) in pupils {
        let offsets = flat.iter().enumerate().map(|(i, &(r, angle))| {
            let p = place(r * scale, angle);
            (i as u32, shape.front(p.x, p.y, IRIS) - part.positions[i])
        });
        part.morphs.push((name, offsets.collect()));
    }
    part.normals = vec![Vec3::Z; part.positions.len()];
    part.skinned(|_| Skin::one(HumanBone::LeftEye))
}

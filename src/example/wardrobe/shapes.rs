//! The few shapes that all pieces of the wardrobe are made of: tubes along lines, sheets given by a function, solids of
//! revolution, blobs. Texture coordinates lie in one half of a [`super::dye`] texture: the body's or the limbs'.

use crate::example::mesh::{Look, Oval, Part, Ring, ring};
use glam::{Vec2, Vec3};
use std::f32::consts::{PI, TAU};

/// Where on the texture of a piece a part lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Panel {
    /// The left half: around the trunk, the front in the middle; signs are here.
    Body,
    /// The right half: sleeves, legs, skirts.
    Limb,
    /// One place: all in the ground colour.
    Plain,
    /// One place: all in the second colour.
    Edge,
}

impl Panel {
    /// From a shape's own coordinates (0 to 1 each) to the texture's.
    pub(super) fn uv(self, uv: Vec2) -> Vec2 {
        let inside = |x: f32| 0.006 + 0.488 * x.clamp(0.0, 1.0);
        let v = uv.y.clamp(0.0, 1.0);
        match self {
            Self::Body => Vec2::new(inside(uv.x), v),
            Self::Limb => Vec2::new(0.5 + inside(uv.x), v),
            Self::Plain => Vec2::new(0.995, 0.004),
            Self::Edge => Vec2::new(0.995, 0.996),
        }
    }
}

impl Part {
    /// Laid on a panel of its piece's texture.
    pub(super) fn on(self, panel: Panel) -> Self {
        self.mapped(|_, uv| panel.uv(uv))
    }
}

/// A closed tube along `line` (places and radii), its cross-section flattened to `flat` of its width across `up`; u runs
/// around, v along.
pub(super) fn tube(name: &str, look: Look, line: &[(Vec3, f32)], flat: f32, up: Vec3, around: usize) -> Part {
    let last = line.len() - 1;
    let mut out = up;
    let rings: Vec<Ring> = line
        .iter()
        .enumerate()
        .map(|(i, &(centre, radius))| {
            let along = (line[(i + 1).min(last)].0 - line[i.saturating_sub(1)].0).normalize_or(Vec3::Y);
            // The frame is carried along, so that a tube doesn't wring itself.
            out = (out - along * out.dot(along)).try_normalize().unwrap_or_else(|| along.any_orthonormal_vector());
            let side = along.cross(out);
            let r = radius.max(1e-5);
            ring(centre, side, out, Oval::new(r, r * flat, r * flat, 2.2), around, i as f32 / last as f32)
        })
        .collect();
    Part::loft(name, look, &rings, 60.0)
}

/// A solid of revolution: (height along the axis, radius) from one end to the other.
pub(super) fn revolve(name: &str, look: Look, base: Vec3, axis: Vec3, profile: &[[f32; 2]], around: usize) -> Part {
    let axis = axis.normalize_or(Vec3::Y);
    let side = axis.any_orthonormal_vector();
    let front = side.cross(axis);
    let last = (profile.len() - 1) as f32;
    let rings: Vec<Ring> = profile
        .iter()
        .enumerate()
        .map(|(i, &[height, radius])| {
            ring(base + axis * height, side, front, Oval::round(radius.max(1e-5)), around, i as f32 / last)
        })
        .collect();
    Part::loft(name, look, &rings, 50.0)
}

/// An ellipsoid.
pub(super) fn blob(name: &str, look: Look, centre: Vec3, radii: Vec3, around: usize) -> Part {
    let rows = (around / 2).max(4);
    let rings: Vec<Ring> = (0..=rows)
        .map(|i| {
            let polar = PI * i as f32 / rows as f32;
            // Poles are points.
            let wide = if i == 0 || i == rows { 0.0 } else { polar.sin() };
            let points = (0..around).map(|j| {
                let angle = TAU * j as f32 / around as f32;
                centre + radii * Vec3::new(wide * angle.sin(), polar.cos(), wide * angle.cos())
            });
            Ring { points: points.collect(), v: i as f32 / rows as f32 }
        })
        .collect();
    Part::loft(name, look, &rings, 180.0)
}

/// A box with rounded upright edges: half extents.
pub(super) fn slab(name: &str, look: Look, centre: Vec3, half: Vec3, power: f32) -> Part {
    let rings: Vec<Ring> = [(-1.0, 0.86), (-0.93, 1.0), (0.93, 1.0), (1.0, 0.86)]
        .iter()
        .map(|&(y, wide)| {
            let oval = Oval::new(half.x * wide, half.z * wide, half.z * wide, power);
            ring(centre + Vec3::Y * half.y * y, Vec3::X, Vec3::Z, oval, 20, (1.0 - y) / 2.0)
        })
        .collect();
    Part::loft(name, look, &rings, 50.0)
}

/// A shell given by a function of u (across) and v (down), both from 0 to 1, `thickness` thick.
pub(super) fn cloth(
    name: &str,
    look: Look,
    [columns, rows]: [usize; 2],
    thickness: f32,
    place: impl Fn(f32, f32) -> Vec3,
) -> Part {
    let mut rows: Vec<Vec<Vec3>> = (0..=rows)
        .map(|i| (0..=columns).map(|j| place(j as f32 / columns as f32, i as f32 / rows as f32)).collect())
        .collect();
    // What goes once around ends exactly where it began.
    if rows.iter().all(|row| row[0].distance(row[columns]) < 1e-5) {
        rows.iter_mut().for_each(|row| row[columns] = row[0]);
    }
    Part::sheet(name, look, &rows).thickened(thickness, 60.0)
}

/// A smooth line through `points`, in `pieces` pieces.
pub(super) fn through(points: &[Vec3], pieces: usize) -> Vec<Vec3> {
    let knots: Vec<[f32; 3]> = points.iter().map(|p| p.to_array()).collect();
    let last = (knots.len() - 1) as f32;
    (0..=pieces).map(|i| crate::example::mesh::spline(&knots, last * i as f32 / pieces as f32).into()).collect()
}

/// Places with radii that go evenly through `radii`.
pub(super) fn tapered(line: Vec<Vec3>, radii: &[f32]) -> Vec<(Vec3, f32)> {
    let knots: Vec<[f32; 1]> = radii.iter().map(|&r| [r]).collect();
    let (end, last) = ((line.len() - 1).max(1) as f32, (knots.len() - 1) as f32);
    line.into_iter()
        .enumerate()
        .map(|(i, p)| (p, crate::example::mesh::spline(&knots, last * i as f32 / end)[0].max(1e-5)))
        .collect()
}

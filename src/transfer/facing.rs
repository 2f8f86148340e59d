//! How each part of the figure is turned towards the viewer, found from the UDP alone.
//!
//! Parts of a figure move almost rigidly: near any point, pixel positions are the landmarks turned, scaled and seen
//! from the front. The turn is fitted to all pixels of a small region of landmark space, whatever surfaces they
//! belong to (orthographic Procrustes: the unknown depths are those that the last turn gives).

use super::surface::Surface;
use glam::{Mat3, Vec2, Vec3};
use std::collections::HashMap;

const CELL: f32 = 0.03;

/// Sums over pixels of a region: landmarks and positions on the screen (right, up).
#[derive(Clone, Copy, Default)]
struct Moments {
    weight: f32,
    landmark: Vec3,
    screen: Vec2,
    /// Σ landmark · landmarkᵀ.
    square: Mat3Sum,
    /// Σ screen.x · landmark, Σ screen.y · landmark.
    cross: [Vec3; 2],
}

#[derive(Clone, Copy)]
struct Mat3Sum(Mat3);

impl Default for Mat3Sum {
    fn default() -> Self {
        Self(Mat3::ZERO)
    }
}

impl Moments {
    fn add(&mut self, other: &Self, w: f32) {
        self.weight += other.weight * w;
        self.landmark += other.landmark * w;
        self.screen += other.screen * w;
        self.square.0 += other.square.0 * w;
        self.cross[0] += other.cross[0] * w;
        self.cross[1] += other.cross[1] * w;
    }
}

fn outer(a: Vec3, b: Vec3) -> Mat3 {
    Mat3::from_cols(a * b.x, a * b.y, a * b.z)
}

/// The turns of all regions.
pub(super) struct Facing {
    turns: HashMap<[i16; 3], Mat3>,
}

fn cell_of(landmark: Vec3) -> [i16; 3] {
    (landmark / CELL).floor().to_array().map(|v| v as i16)
}

impl Facing {
    pub(super) fn new(surface: &Surface) -> Self {
        let mut cells: HashMap<[i16; 3], Moments> = HashMap::new();
        let scale = surface.spacing;
        for i in (0..surface.landmarks.len()).filter(|&i| surface.seen(i)) {
            let l = surface.landmarks[i];
            let key = cell_of(l);
            // Relative to the cell's corner, in landmark units: small numbers keep their digits.
            let p = Vec2::new((i % surface.width) as f32, -((i / surface.width) as f32)) * scale;
            let m = cells.entry(key).or_default();
            m.weight += 1.0;
            m.landmark += l;
            m.screen += p;
            m.square.0 += outer(l, l);
            m.cross[0] += l * p.x;
            m.cross[1] += l * p.y;
        }
        let mut turns = HashMap::new();
        for key in cells.keys() {
            let mut sum = Moments::default();
            for dz in -1..=1i16 {
                for dy in -1..=1i16 {
                    for dx in -1..=1i16 {
                        if let Some(m) = cells.get(&[key[0] + dx, key[1] + dy, key[2] + dz]) {
                            let d = f32::from(dx * dx + dy * dy + dz * dz);
                            sum.add(m, (-d / 2.0).exp());
                        }
                    }
                }
            }
            if let Some(turn) = fit(&sum) {
                turns.insert(*key, turn);
            }
        }
        Self { turns }
    }

    /// Where the surface faces in view space, per pixel; zero where it is not known.
    pub(super) fn normals(&self, surface: &Surface) -> Vec<Vec3> {
        let mut normals: Vec<Vec3> = (0..surface.landmarks.len()).map(|i| self.normal(surface, i)).collect();
        // Landmarks are rounded; neighbours agree on more digits than one pixel has.
        for _ in 0..2 {
            let old = normals.clone();
            for i in (0..old.len()).filter(|&i| old[i] != Vec3::ZERO) {
                let neighbours = [(1, 0), (-1, 0), (0, 1), (0, -1)].into_iter();
                let neighbours = neighbours.filter_map(|(dx, dy)| surface.step(i, dx, dy)).map(|j| old[j]);
                normals[i] = (old[i] + neighbours.sum::<Vec3>()).normalize_or_zero();
            }
        }
        normals
    }

    /// Where the surface at pixel `i` faces in view space; zero where it is not known.
    fn normal(&self, surface: &Surface, i: usize) -> Vec3 {
        if !surface.seen(i) {
            return Vec3::ZERO;
        }
        self.turn(surface.landmarks[i]).map_or(Vec3::ZERO, |turn| turn * surface.tangents(i).normal())
    }

    /// T-pose directions to the viewer's (right, up, towards the viewer).
    fn turn(&self, landmark: Vec3) -> Option<Mat3> {
        self.turns.get(&cell_of(landmark)).copied()
    }
}

fn fit(m: &Moments) -> Option<Mat3> {
    if m.weight < 12.0 {
        return None;
    }
    let (l, p) = (m.landmark / m.weight, m.screen / m.weight);
    let square = m.square.0 * (1.0 / m.weight) - outer(l, l);
    let cross = [m.cross[0] / m.weight - l * p.x, m.cross[1] / m.weight - l * p.y];
    let trace = square.x_axis.x + square.y_axis.y + square.z_axis.z;
    if !trace.is_finite() || trace <= 1e-9 {
        return None;
    }
    let inverse = (square + Mat3::from_diagonal(Vec3::splat(trace * 2e-3))).inverse();
    let (a, b) = (inverse * cross[0], inverse * cross[1]);
    // Rows of the turn; made orthonormal by the polar decomposition.
    let mut turn = polar(Mat3::from_cols(a, b, a.cross(b).normalize_or_zero() * (a.length() * b.length()).sqrt()))?;
    let scale = 1.0;
    for _ in 0..30 {
        let depth = square * turn.z_axis * scale;
        turn = polar(Mat3::from_cols(cross[0], cross[1], depth))?;
    }
    Some(turn.transpose())
}

/// The nearest rotation to a matrix of positive determinant.
fn polar(m: Mat3) -> Option<Mat3> {
    let size = m.x_axis.length().max(m.y_axis.length()).max(m.z_axis.length());
    let mut q = m * (1.0 / size.max(1e-20));
    for _ in 0..12 {
        let det = q.determinant();
        if !det.is_finite() || det.abs() <= 1e-9 {
            return None;
        }
        q = (q + q.inverse().transpose()) * 0.5;
    }
    (q.determinant() > 0.0).then_some(q)
}

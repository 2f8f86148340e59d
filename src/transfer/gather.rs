//! What the drawings show of a landmark.

use super::index::Sample;
use super::shade::Pair;
use super::surface::{Surface, Tangents};
use super::{Source, Transfer};
use glam::{Mat2, Vec2, Vec3, Vec4};
use rayon::prelude::*;

/// So many points, seen by several drawings, tell enough of their shading.
const MOST_PAIRS: usize = 20_000;
/// Confidence below which the mirrored side is asked, and below which anything near is better than nothing.
const DOUBTFUL: f32 = 0.1;
const UNSEEN: f32 = 0.05;
/// What the mirrored side's word counts, and that of the nearest surface at all.
const MIRRORED: f32 = 0.2;
const GUESSED: f32 = 0.001;
/// How fast a drawing's word loses weight where it sees the surface smaller than the target does (a power), and where
/// it shows it lit differently (per tone).
const SQUARELY: i32 = 3;
const LIT_ALIKE: f32 = 1.0;

impl Transfer {
    /// Premultiplied colour of a seen target pixel and how sure it is.
    pub(super) fn colour(&self, target: &Surface, view_normal: Vec3, i: usize) -> (Vec4, f32) {
        let landmark = target.landmarks[i];
        let tangents = target.tangents(i);
        let (mut sum, mut total) = self.gather(landmark, &tangents, view_normal);
        if total < DOUBTFUL {
            let mirror = Vec3::new(-1.0, 1.0, 1.0);
            // The mirror turns a surface inside out; the negated tangent turns it back.
            let mirrored = Tangents { across: -tangents.across * mirror, down: tangents.down * mirror };
            let (colour, weight) = self.gather(landmark * mirror + Vec3::X, &mirrored, view_normal);
            sum += colour * MIRRORED;
            total += weight * MIRRORED;
        }
        if total < UNSEEN
            && let Some(colour) = self.guess(landmark, tangents.normal(), view_normal)
        {
            sum += colour * GUESSED;
            total += GUESSED;
        }
        if total > 0.0 { (sum / total, total) } else { (Vec4::new(0.5, 0.5, 0.5, 1.0), 0.0) }
    }

    /// Weighted sum of what all drawings show, and its weight.
    fn gather(&self, landmark: Vec3, tangents: &Tangents, view_normal: Vec3) -> (Vec4, f32) {
        let normal = tangents.normal();
        let inverse = 1.0 / (self.spacing * self.spacing);
        let mut best: Vec<Option<(f32, Sample)>> = vec![None; self.views.len()];
        self.index.near(landmark, |sample| {
            let slot = &mut best[sample.view as usize];
            // A sleeve's inside is as close as its outside; what faces elsewhere counts as farther away.
            let cost = sample.landmark.distance_squared(landmark) * inverse + 8.0 * (1.0 - normal.dot(sample.normal));
            if slot.as_ref().is_none_or(|(least, _)| cost < *least) {
                *slot = Some((cost, *sample));
            }
        });
        let mut sum = (Vec4::ZERO, 0.0);
        for (_, sample) in best.into_iter().flatten() {
            let (colour, weight) = self.look_up(&sample, landmark, tangents, view_normal);
            sum.0 += colour * weight;
            sum.1 += weight;
        }
        sum
    }

    /// What the drawing of `sample` shows at exactly `landmark`, and how much that counts.
    fn look_up(&self, sample: &Sample, landmark: Vec3, to: &Tangents, view_normal: Vec3) -> (Vec4, f32) {
        let source = &self.views[sample.view as usize];
        let surface = &source.surface;
        let (pixel, offset) = approach(surface, sample.pixel as usize, landmark);
        let from = surface.tangents(pixel);
        let residual = (landmark - surface.landmarks[pixel] - from.landmark(offset)).length() / self.spacing;
        // Drawing's pixels per target pixel, the least over all directions.
        let scale = least_stretch(Mat2::from_cols(from.pixels(to.across), from.pixels(to.down)));
        let facing = from.normal().dot(to.normal());
        let mut weight = (-0.5 * residual * residual - 4.0 * (1.0 - facing)).exp();
        weight *= scale.clamp(0.02, 1.0).powi(SQUARELY);
        let (colour, clean) = source.between_pixels(pixel, offset);
        let (colour, tones) = self.relit(colour, landmark, source.normals[pixel], view_normal);
        (colour, (weight * clean * (-LIT_ALIKE * tones.abs()).exp()).max(1e-12))
    }

    /// The colour of the nearest surface that some drawing sees well.
    fn guess(&self, landmark: Vec3, normal: Vec3, view_normal: Vec3) -> Option<Vec4> {
        self.coarse.iter().zip(super::COARSE).find_map(|(index, reach)| {
            let bias = (reach * 0.5 * self.spacing).powi(2);
            let mut best: Option<(f32, Sample)> = None;
            index.near(landmark, |sample| {
                let cost = sample.landmark.distance_squared(landmark) + bias * (1.0 - sample.normal.dot(normal));
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, *sample));
                }
            });
            let (_, sample) = best?;
            let source = &self.views[sample.view as usize];
            let pixel = sample.pixel as usize;
            Some(self.relit(source.premultiplied(pixel), landmark, source.normals[pixel], view_normal).0)
        })
    }

    /// A colour as it would be where the surface faces `to` instead of `from`; and by how many tones that differs.
    fn relit(&self, colour: Vec4, landmark: Vec3, from: Vec3, to: Vec3) -> (Vec4, f32) {
        let Some(shade) = &self.shade else { return (colour, 0.0) };
        if from == Vec3::ZERO || to == Vec3::ZERO {
            return (colour, 0.0);
        }
        let tones = shade.tone(to) - shade.tone(from);
        let lit = colour.truncate() * shade.factor(landmark, tones);
        (lit.min(Vec3::splat(colour.w)).extend(colour.w), tones)
    }

    /// Points that two drawings show well, to learn the shading from.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let deep = |view: &Source| (0..view.surface.landmarks.len()).filter(|&i| view.surface.is_deep(i)).count();
        let stride = (self.views.iter().map(deep).sum::<usize>() / MOST_PAIRS).max(1);
        let of_view = |(number, view): (usize, &Source)| {
            let pixels = (0..view.surface.landmarks.len()).filter(|&i| view.surface.is_deep(i)).step_by(stride);
            pixels.flat_map(|i| self.pairs_of(number, i)).collect::<Vec<_>>()
        };
        let lists: Vec<Vec<Pair>> = self.views.par_iter().enumerate().map(of_view).collect();
        lists.into_iter().flatten().collect()
    }

    /// The same point as pixel `i` of view `number` in later views.
    fn pairs_of(&self, number: usize, i: usize) -> Vec<Pair> {
        let view = &self.views[number];
        let usable = |view: &Source, i: usize| {
            view.surface.is_deep(i) && view.normals[i] != Vec3::ZERO && view.picture.pixels[i][3] == 255
        };
        if !usable(view, i) {
            return Vec::new();
        }
        let landmark = view.surface.landmarks[i];
        let normal = view.surface.tangents(i).normal();
        let mut best: Vec<Option<(f32, Sample)>> = vec![None; self.views.len()];
        self.index.near(landmark, |sample| {
            if sample.view as usize <= number || sample.normal.dot(normal) < 0.9 {
                return;
            }
            let distance = sample.landmark.distance_squared(landmark);
            let slot = &mut best[sample.view as usize];
            let nearer = slot.as_ref().is_none_or(|(least, _)| distance < *least);
            if distance < self.spacing * self.spacing && nearer {
                *slot = Some((distance, *sample));
            }
        });
        let found = best.into_iter().flatten();
        let found = found.map(|(_, sample)| (&self.views[sample.view as usize], sample.pixel as usize));
        found
            .filter(|&(other, j)| usable(other, j))
            .map(|(other, j)| Pair {
                landmark,
                normals: [view.normals[i], other.normals[j]],
                colours: [view.premultiplied(i), other.premultiplied(j)],
            })
            .collect()
    }
}

/// Goes from a pixel towards `landmark` along the surface: the nearest pixel, and the way from its centre in pixels.
fn approach(surface: &Surface, start: usize, landmark: Vec3) -> (usize, Vec2) {
    let mut pixel = start;
    let way = |pixel: usize, most: f32| {
        let offset = surface.tangents(pixel).pixels(landmark - surface.landmarks[pixel]);
        offset.clamp(Vec2::splat(-most), Vec2::splat(most))
    };
    for _ in 0..2 {
        let offset = way(pixel, 1.5).round();
        let (dx, dy) = (offset.x as isize, offset.y as isize);
        if (dx, dy) == (0, 0) || dx.abs() > 1 || dy.abs() > 1 {
            break;
        }
        let Some(next) = surface.step(pixel, dx, dy) else { break };
        pixel = next;
    }
    (pixel, way(pixel, 1.0))
}

impl Source {
    /// The premultiplied colour at an offset of at most a pixel, blended from pixels of the same surface, and how clean
    /// it is: pixels at edges hold a mix of two surfaces.
    fn between_pixels(&self, pixel: usize, offset: Vec2) -> (Vec4, f32) {
        let side = |v: f32| if v < 0.0 { -1 } else { 1 };
        let (dx, dy) = (side(offset.x), side(offset.y));
        let (u, v) = (offset.x.abs().min(1.0), offset.y.abs().min(1.0));
        let corners = [(0, 0, (1.0 - u) * (1.0 - v)), (dx, 0, u * (1.0 - v)), (0, dy, (1.0 - u) * v), (dx, dy, u * v)];
        let (mut sum, mut total) = (Vec4::ZERO, 0.0);
        for (dx, dy, share) in corners {
            if let Some(i) = self.surface.step(pixel, dx, dy) {
                let weight = (share + 1e-4) * [0.02, 0.2, 1.0][usize::from(self.surface.depth[i])];
                sum += self.premultiplied(i) * weight;
                total += weight;
            }
        }
        (sum / total, total.max(0.02))
    }
}

/// The smaller singular value.
fn least_stretch(m: Mat2) -> f32 {
    let square = m.x_axis.length_squared() + m.y_axis.length_squared();
    let determinant = m.determinant();
    let root = (square * square - 4.0 * determinant * determinant).max(0.0).sqrt();
    ((square - root).max(0.0) / 2.0).sqrt()
}

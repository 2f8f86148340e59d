//! [`Background`]: what the background of a drawing looks like, guessed from its border.
//!
//! Plain paper, photographed paper and gradients are one smooth surface of colour over the picture; painted checkerboards
//! and two-coloured backgrounds are a few colours and what lies between them.

use super::colour::{Lab, distance_squared, lab};
use super::marks::{Mark, Marks};
use crate::picture::Picture;

/// Terms of the surface: 1, x, y, x², xy, y², with x and y from -1 to 1.
const TERMS: usize = 6;
/// Pixels looked at along the border.
const SAMPLES: usize = 2048;
/// How deep the border is.
const DEPTH_PX: u32 = 3;
/// More colours are no background but a scene.
const MOST_COLOURS: usize = 4;
/// Noise may widen the tolerance up to this distance.
const MOST_NOISE: f32 = 0.12;

pub(super) struct Background {
    surface: Option<[[f32; TERMS]; 3]>,
    colours: Vec<Lab>,
    tolerance: f32,
    scale: [f32; 2],
}

/// A pixel of the border.
struct Sample {
    colour: Lab,
    terms: [f32; TERMS],
    side: u8,
}

impl Background {
    /// Looks at the border and at what is marked as background. `tolerance` is a distance in OKLab; noise of the
    /// background widens it.
    pub(super) fn of(picture: &Picture, marks: &Marks, tolerance: f32) -> Self {
        let scale = [picture.width_px, picture.height_px].map(|side| 2.0 / side.max(2) as f32);
        let mut background = Self { surface: None, colours: Vec::new(), tolerance, scale };
        let samples = background.samples(picture);
        // Looser than the user's: noise has to be seen before it is known.
        let near = tolerance.max(0.04);
        let surface = fit(&samples);
        let explained =
            |sample: &&Sample| distance_squared(on(&surface, sample.terms), sample.colour).sqrt() < 2.0 * near;
        let (inliers, outliers): (Vec<_>, Vec<_>) = samples.iter().partition(explained);
        let mut rest = outliers;
        if inliers.len() * 2 >= samples.len() && !samples.is_empty() {
            let squares: f32 =
                inliers.iter().map(|sample| distance_squared(on(&surface, sample.terms), sample.colour)).sum();
            background.widen((squares / inliers.len() as f32).sqrt());
            background.surface = Some(surface);
        } else {
            rest = samples.iter().collect();
        }
        let least = samples.len() * 15 / 100;
        while background.colours.len() < MOST_COLOURS
            && let Some((colour, sides, count)) = densest(&rest, near)
            && count > least
        {
            rest.retain(|sample| distance_squared(sample.colour, colour).sqrt() > 1.5 * near);
            // A sleeve that touches one edge is no background.
            if sides >= 3 || (background.surface.is_none() && background.colours.is_empty()) {
                background.colours.push(colour);
            }
        }
        background.add_marked(picture, marks, near);
        background
    }

    /// Whether a pixel of this colour at this place may be background.
    pub(super) fn accepts(&self, x: usize, y: usize, colour: Lab) -> bool {
        let limit = self.tolerance * self.tolerance;
        if let Some(surface) = &self.surface
            && distance_squared(on(surface, self.terms(x as u32, y as u32)), colour) <= limit
        {
            return true;
        }
        self.colours.iter().enumerate().any(|(i, &a)| {
            distance_squared(a, colour) <= limit
                || self.colours[..i].iter().any(|&b| to_segment_squared(colour, a, b) <= limit)
        })
    }

    fn widen(&mut self, noise: f32) {
        self.tolerance = self.tolerance.max((3.0 * noise).min(MOST_NOISE));
    }

    fn terms(&self, x: u32, y: u32) -> [f32; TERMS] {
        let (x, y) = (x as f32 * self.scale[0] - 1.0, y as f32 * self.scale[1] - 1.0);
        [1.0, x, y, x * x, x * y, y * y]
    }

    /// Visible pixels spread evenly over the border.
    fn samples(&self, picture: &Picture) -> Vec<Sample> {
        let (width, height) = (picture.width_px, picture.height_px);
        let around = 2 * (width + height) as usize * DEPTH_PX as usize;
        let step = (around / SAMPLES).max(1);
        let depth = DEPTH_PX.min(width).min(height);
        let rings = (0..depth).flat_map(move |d| {
            let across = (0..width).flat_map(move |x| [(x, d, 0), (x, height - 1 - d, 1)]);
            across.chain((0..height).flat_map(move |y| [(d, y, 2), (width - 1 - d, y, 3)]))
        });
        // An odd stride meets both sides of each pair.
        rings
            .step_by(step | 1)
            .filter(|&(x, y, _)| picture.at(x, y)[3] >= 128)
            .map(|(x, y, side)| Sample { colour: lab(picture.at(x, y)), terms: self.terms(x, y), side })
            .collect()
    }

    /// The colours under the user's strokes, those that aren't there already.
    fn add_marked(&mut self, picture: &Picture, marks: &Marks, near: f32) {
        let marked: Vec<usize> = (0..marks.marks.len())
            .filter(|&i| marks.marks[i] == Mark::Background && picture.pixels[i][3] > 0)
            .collect();
        let width = picture.width_px.max(1) as usize;
        let mut rest: Vec<Sample> = marked
            .iter()
            .step_by(marked.len() / SAMPLES + 1)
            .map(|&i| (i % width, i / width, lab(picture.pixels[i])))
            .filter(|&(x, y, colour)| !self.accepts(x, y, colour))
            .map(|(x, y, colour)| Sample { colour, terms: self.terms(x as u32, y as u32), side: 0 })
            .collect();
        let least = rest.len() / 20;
        for _ in 0..2 * MOST_COLOURS {
            let Some((colour, _, count)) = densest(&rest.iter().collect::<Vec<_>>(), near) else { break };
            if count <= least {
                break;
            }
            rest.retain(|sample| distance_squared(sample.colour, colour).sqrt() > near);
            self.colours.push(colour);
        }
    }
}

/// The colour that most samples are near to (their mean), on how many sides of the picture, and how many they are.
fn densest(samples: &[&Sample], near: f32) -> Option<(Lab, usize, usize)> {
    let around = |centre: Lab| samples.iter().filter(move |s| distance_squared(s.colour, centre) <= near * near);
    let step = samples.len() / 256 + 1;
    let centre = samples.iter().step_by(step).max_by_key(|sample| around(sample.colour).count())?.colour;
    let count = around(centre).count();
    let mean = std::array::from_fn(|c| around(centre).map(|s| s.colour[c]).sum::<f32>() / count as f32);
    let sides = (0..4).filter(|&side| around(centre).any(|s| s.side == side)).count();
    Some((mean, sides, count))
}

fn on(surface: &[[f32; TERMS]; 3], terms: [f32; TERMS]) -> Lab {
    surface.map(|channel| channel.iter().zip(terms).map(|(a, b)| a * b).sum())
}

/// Distance to the straight line between two colours.
fn to_segment_squared(point: Lab, a: Lab, b: Lab) -> f32 {
    let dot = |u: Lab, v: Lab| u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    let minus = |u: Lab, v: Lab| std::array::from_fn(|c| u[c] - v[c]);
    let along: Lab = minus(b, a);
    let t = (dot(minus(point, a), along) / dot(along, along).max(1e-12)).clamp(0.0, 1.0);
    distance_squared(point, std::array::from_fn(|c| a[c] + t * along[c]))
}

/// Least squares in which samples far off, such as a foot at the edge, lose their weight (Geman and McClure's).
fn fit(samples: &[Sample]) -> [[f32; TERMS]; 3] {
    let mut weights = vec![1.0; samples.len()];
    let mut surface = [[0.0; TERMS]; 3];
    for _ in 0..8 {
        surface = weighted_fit(samples, &weights);
        let squares: Vec<f32> =
            samples.iter().map(|sample| distance_squared(on(&surface, sample.terms), sample.colour)).collect();
        let mut sorted = squares.clone();
        sorted.sort_by(f32::total_cmp);
        let scale = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0).max(1e-5);
        weights = squares.iter().map(|square| (scale / (scale + square)).powi(2)).collect();
    }
    surface
}

fn weighted_fit(samples: &[Sample], weights: &[f32]) -> [[f32; TERMS]; 3] {
    // Columns 0 to 5 are the normal equations, 6 to 8 the right-hand sides of the three channels.
    let mut rows = [[0.0f64; TERMS + 3]; TERMS];
    for (sample, &weight) in samples.iter().zip(weights) {
        for (i, row) in rows.iter_mut().enumerate() {
            let factor = f64::from(weight * sample.terms[i]);
            let right = sample.terms.iter().chain(&sample.colour);
            row.iter_mut().zip(right).for_each(|(sum, &term)| *sum += factor * f64::from(term));
        }
    }
    // Keeps a strip of one pixel's width solvable.
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    rows.iter_mut().enumerate().for_each(|(i, row)| row[i] += 1e-6 * total + 1e-12);
    for pivot in 0..TERMS {
        let best = (pivot..TERMS).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()));
        rows.swap(pivot, best.unwrap_or(pivot));
        let upper = rows[pivot].map(|v| v / rows[pivot][pivot]);
        rows[pivot] = upper;
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
            let factor = row[pivot];
            row.iter_mut().zip(upper).for_each(|(value, above)| *value -= factor * above);
        }
    }
    std::array::from_fn(|channel| std::array::from_fn(|term| rows[term][TERMS + channel] as f32))
}

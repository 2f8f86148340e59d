//! [`Background`]: what the background of a drawing looks like, guessed from its border.
//!
//! Plain paper, photographed paper and gradients are one smooth surface of colour over the picture; painted checkerboards
//! and two-coloured backgrounds are a few colours and what lies between them.
//!
//! A character may reach the border too, most often the lower one: a bust fills it from side to side. So the top and the
//! upper sides count for more, and a second colour must lie as backgrounds do, not as clothes.

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
    surface: Option<Surface>,
    colours: Vec<Lab>,
    tolerance: f32,
    scale: [f32; 2],
}

/// A pixel of the border.
struct Sample {
    colour: Lab,
    terms: [f32; TERMS],
    side: Side,
    /// Where on its side: 0 is left or top, 1 right or bottom.
    along: f32,
    /// How likely background is seen there, as far as the place says.
    weight: f32,
}

impl Sample {
    fn step(&self) -> usize {
        ((self.along * STEPS as f32) as usize).min(STEPS - 1)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Top,
    Bottom,
    Left,
    Right,
}

const SIDES: [Side; 4] = [Side::Top, Side::Bottom, Side::Left, Side::Right];
/// The weight of the lower border, where most characters that are cut off are cut off; the top's is 1.
const LOWER: f32 = 0.15;
/// Where the paper begins to be looked for: at least this share of the border's weight.
const LEAST_SEED: f32 = 0.1;
/// Steps that a side is walked in.
const STEPS: usize = 64;
/// A corner is this share of a side.
const CORNER: f32 = 0.12;

impl Background {
    /// Looks at the border and at what is marked as background. `tolerance` is a distance in OKLab; noise of the
    /// background widens it.
    pub(super) fn of(picture: &Picture, marks: &Marks, tolerance: f32) -> Self {
        let scale = [picture.width_px, picture.height_px].map(|side| 2.0 / side.max(2) as f32);
        let mut background = Self { surface: None, colours: Vec::new(), tolerance, scale };
        let samples = background.samples(picture);
        // Looser than the user's: noise has to be seen before it is known.
        let near = tolerance.max(0.04);
        let total: f32 = samples.iter().map(|sample| sample.weight).sum();
        let mut rest: Vec<&Sample> = samples.iter().collect();
        if let Some(paper) = paper(&samples, near) {
            let (inliers, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|sample| paper.explains(sample));
            let squares: f32 = inliers.iter().map(|sample| sample.weight * off(&paper.surface, sample)).sum();
            let noise = (squares / weight(inliers.iter().copied())).sqrt();
            background.tolerance = tolerance.max((3.0 * noise).min(MOST_NOISE));
            background.surface = Some(paper.surface);
            rest = others;
        }
        while background.colours.len() < MOST_COLOURS
            && let Some(colour) = densest(&rest, near)
        {
            let (these, others): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|sample| distance_squared(sample.colour, colour) <= (1.5 * near).powi(2));
            rest = others;
            if weight(these.iter().copied()) < 0.15 * total {
                break;
            }
            let first = background.surface.is_none() && background.colours.is_empty();
            if first || lies_behind(&these, &samples) {
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
            let across = (0..width).flat_map(move |x| [(x, d, Side::Top), (x, height - 1 - d, Side::Bottom)]);
            across.chain((0..height).flat_map(move |y| [(d, y, Side::Left), (width - 1 - d, y, Side::Right)]))
        });
        let sample = |(x, y, side): (u32, u32, Side)| {
            let (across, down) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            let (along, weight) = match side {
                Side::Top => (across, 1.0),
                Side::Bottom => (across, LOWER),
                Side::Left | Side::Right => (down, 1.0 - (1.0 - LOWER) * down),
            };
            Sample { colour: lab(picture.at(x, y)), terms: self.terms(x, y), side, along, weight }
        };
        // An odd stride meets both sides of each pair.
        rings.step_by(step | 1).filter(|&(x, y, _)| picture.at(x, y)[3] >= 128).map(sample).collect()
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
            .map(|(_, _, colour)| Sample { colour, terms: [0.0; TERMS], side: Side::Top, along: 0.0, weight: 1.0 })
            .collect();
        let least = rest.len() / 20;
        for _ in 0..2 * MOST_COLOURS {
            let Some(colour) = densest(&rest.iter().collect::<Vec<_>>(), near) else { break };
            let before = rest.len();
            rest.retain(|sample| distance_squared(sample.colour, colour).sqrt() > near);
            if before - rest.len() <= least {
                break;
            }
            self.colours.push(colour);
        }
    }
}

/// The colour that the most weight of samples is near to (their mean).
fn densest(samples: &[&Sample], near: f32) -> Option<Lab> {
    let around =
        |centre: Lab| samples.iter().copied().filter(move |s| distance_squared(s.colour, centre) <= near * near);
    let step = samples.len() / 256 + 1;
    let heavier = |a: &&&Sample, b: &&&Sample| weight(around(a.colour)).total_cmp(&weight(around(b.colour)));
    let centre = samples.iter().step_by(step).max_by(heavier)?.colour;
    Some(mean(around(centre).map(|sample| (sample.colour, sample.weight))))
}

/// The mean of weighted colours.
fn mean(colours: impl Iterator<Item = (Lab, f32)>) -> Lab {
    let (mut sum, mut total) = ([0.0; 3], 0.0);
    for (colour, weight) in colours {
        sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += weight * value);
        total += weight;
    }
    sum.map(|value| value / f32::max(total, 1e-12))
}

fn weight<'a>(samples: impl Iterator<Item = &'a Sample>) -> f32 {
    samples.map(|sample| sample.weight).sum()
}

/// Whether samples of one colour lie among all as a background does: as one half of the picture with an upper corner, or
/// in turns with another colour along two sides, as checks and stripes do. A skirt fills the lower border, a sleeve one
/// side, and hair the middle of the top.
fn lies_behind(these: &[&Sample], all: &[Sample]) -> bool {
    let share = |side: Side, from: f32, to: f32| {
        let here = |sample: &Sample| sample.side == side && (from..=to).contains(&sample.along);
        let all = all.iter().filter(|sample| here(sample)).count();
        these.iter().filter(|sample| here(sample)).count() as f32 / all.max(1) as f32
    };
    let half = |side: Side, corner: (f32, f32)| {
        share(side, 0.0, 1.0) > 0.9
            && share(Side::Top, corner.0, corner.1) > 0.9
            && share(Side::Bottom, corner.0, corner.1) > 0.5
    };
    half(Side::Left, (0.0, CORNER))
        || half(Side::Right, (1.0 - CORNER, 1.0))
        || SIDES.into_iter().filter(|&side| runs(these, all, side) >= 3).count() >= 2
}

/// How often a colour begins along a side.
fn runs(these: &[&Sample], all: &[Sample], side: Side) -> usize {
    let mut counts = [(0u32, 0u32); STEPS];
    all.iter().filter(|sample| sample.side == side).for_each(|sample| counts[sample.step()].1 += 1);
    these.iter().filter(|sample| sample.side == side).for_each(|sample| counts[sample.step()].0 += 1);
    let here: Vec<bool> = counts.iter().filter(|(_, all)| *all > 0).map(|(these, all)| these * 2 >= *all).collect();
    here.iter().enumerate().filter(|&(i, &now)| now && (i == 0 || !here[i - 1])).count()
}

type Surface = [[f32; TERMS]; 3];

/// The paper as one smooth surface of colour; `None` where no such is seen on enough of the border.
///
/// It is what begins in the upper corners and goes on along the border without a step, and whatever else continues that.
/// Fitted to the whole border at once, a curved surface would find a way to be white above and the colour of a coat below.
fn paper(samples: &[Sample], near: f32) -> Option<Paper> {
    let [left, right] = [Side::Left, Side::Right].map(|side| reach(samples, side, near));
    let both: Vec<f32> = left.iter().zip(&right).map(|(a, b)| a.max(*b)).collect();
    let total = weight(samples.iter());
    let mut best: Option<(Paper, f32)> = None;
    // Two corners of two colours are no slope from one to the other, unless it is seen between them.
    let meet = left.iter().zip(&right).any(|(a, b)| *a > 0.0 && *b > 0.0);
    let [a, b] =
        [&left, &right].map(|seed| mean(samples.iter().zip(seed).map(|(sample, weight)| (sample.colour, *weight))));
    let alike = meet || distance_squared(a, b) < (2.0 * near).powi(2);
    let seeds = [Some(&left), Some(&right), alike.then_some(&both)].into_iter().flatten();
    for seed in seeds.filter(|seed| seed.iter().sum::<f32>() > LEAST_SEED * total) {
        let Some(paper) = grow(samples, seed, near) else { continue };
        let share = weight(samples.iter().filter(|sample| paper.explains(sample))) / total;
        // Where it explains both corners, that is worth more than how much of the border it explains.
        let least = if paper.share_of(samples, &both) > 0.85 { 0.25 } else { 0.5 };
        if share >= least && best.as_ref().is_none_or(|(_, before)| share > 1.02 * before) {
            best = Some((paper, share));
        }
    }
    if let Some((paper, _)) = best {
        return Some(paper);
    }
    // Corners that say nothing, such as a sleeve in each: what most of the border is.
    let paper = Paper { surface: fit(samples), reach: 2.0 * near };
    let share = weight(samples.iter().filter(|sample| paper.explains(sample))) / total;
    (share >= 0.5).then_some(paper)
}

/// Smooth background.
struct Paper {
    surface: Surface,
    /// How far its colours stray from the surface.
    reach: f32,
}

impl Paper {
    fn explains(&self, sample: &Sample) -> bool {
        off(&self.surface, sample) < self.reach * self.reach
    }

    /// How much of the weight of what it begins with it explains.
    fn share_of(&self, samples: &[Sample], seed: &[f32]) -> f32 {
        let explained: f32 = samples.iter().zip(seed).filter(|(s, _)| self.explains(s)).map(|(_, seed)| seed).sum();
        explained / seed.iter().sum::<f32>().max(1e-12)
    }
}

/// The samples from an upper corner on, along the top and down this side, up to the first step of colour.
fn reach(samples: &[Sample], side: Side, near: f32) -> Vec<f32> {
    let mut ends = [STEPS; 2];
    for (end, walk) in ends.iter_mut().zip([Side::Top, side]) {
        let mut steps: Vec<[Vec<f32>; 3]> = vec![Default::default(); STEPS];
        for sample in samples.iter().filter(|sample| sample.side == walk) {
            // Along the top, from this corner.
            let step = if walk == Side::Top && side == Side::Right { STEPS - 1 - sample.step() } else { sample.step() };
            steps[step].iter_mut().zip(sample.colour).for_each(|(values, value)| values.push(value));
        }
        let mut before: Vec<Lab> = Vec::new();
        for (i, step) in steps.iter_mut().enumerate().filter(|(_, step)| !step[0].is_empty()) {
            let colour: Lab = step.each_mut().map(|values| {
                values.sort_by(f32::total_cmp);
                values[values.len() / 2]
            });
            // A step that falls between two is half in each.
            let far = |back: usize, limit: f32| {
                let there = before.len().checked_sub(back).map(|i| before[i]);
                there.is_some_and(|there| distance_squared(there, colour) > limit * limit)
            };
            if far(1, near) || far(2, 1.5 * near) {
                *end = i;
                break;
            }
            before.push(colour);
        }
    }
    let within = |sample: &Sample| match sample.side {
        Side::Top if side == Side::Left => sample.step() < ends[0],
        Side::Top => STEPS - 1 - sample.step() < ends[0],
        other => other == side && sample.step() < ends[1],
    };
    samples.iter().map(|sample| if within(sample) { sample.weight } else { 0.0 }).collect()
}

/// A surface that explains nearly all of what it begins with, and all that continues it.
fn grow(samples: &[Sample], seed: &[f32], near: f32) -> Option<Paper> {
    let mut paper = simplest(samples, seed, 2.0 * near)?;
    if paper.share_of(samples, seed) < 0.85 {
        return None;
    }
    // Noise is seen where it begins; clean paper has no colours but its own.
    let mut strays: Vec<f32> =
        samples.iter().zip(seed).filter(|(_, seed)| **seed > 0.0).map(|(s, _)| off(&paper.surface, s)).collect();
    strays.sort_by(f32::total_cmp);
    let reach = (2.5 * strays.get(strays.len() / 2)?.sqrt()).clamp(near, 3.0 * near);
    paper.reach = reach;
    for _ in 0..4 {
        let weights: Vec<f32> = samples.iter().map(|s| if paper.explains(s) { s.weight } else { 0.0 }).collect();
        paper = simplest(samples, &weights, reach)?;
    }
    Some(paper)
}

/// One colour, a slope or a curved surface: the first that explains the samples as well as the last.
fn simplest(samples: &[Sample], weights: &[f32], reach: f32) -> Option<Paper> {
    let measure = |terms: usize| {
        let paper = Paper { surface: weighted_fit(samples, weights, terms), reach };
        let (mut explained, mut squares) = (0.0, 0.0);
        for (sample, weight) in samples.iter().zip(weights).filter(|(sample, _)| paper.explains(sample)) {
            explained += weight;
            squares += weight * off(&paper.surface, sample);
        }
        (paper, explained, (squares / f32::max(explained, 1e-12)).sqrt())
    };
    let (curved, most, least_noise) = measure(TERMS);
    if most <= 0.0 {
        return None;
    }
    let good =
        |(_, explained, noise): &(Paper, f32, f32)| *explained >= 0.98 * most && *noise <= 1.15 * least_noise + 0.003;
    Some([1, 3].into_iter().map(measure).find(good).map_or(curved, |(paper, ..)| paper))
}

/// The square of a sample's distance from a surface.
fn off(surface: &Surface, sample: &Sample) -> f32 {
    distance_squared(on(surface, sample.terms), sample.colour)
}

fn on(surface: &Surface, terms: [f32; TERMS]) -> Lab {
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
fn fit(samples: &[Sample]) -> Surface {
    let mut weights: Vec<f32> = samples.iter().map(|sample| sample.weight).collect();
    let mut surface = [[0.0; TERMS]; 3];
    for _ in 0..8 {
        surface = weighted_fit(samples, &weights, TERMS);
        let squares: Vec<f32> = samples.iter().map(|sample| off(&surface, sample)).collect();
        let mut sorted = squares.clone();
        sorted.sort_by(f32::total_cmp);
        let scale = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0).max(1e-5);
        let robust = samples.iter().zip(squares).map(|(s, square)| s.weight * (scale / (scale + square)).powi(2));
        weights = robust.collect();
    }
    surface
}

/// Least squares over the first `terms` terms; the others stay 0.
fn weighted_fit(samples: &[Sample], weights: &[f32], terms: usize) -> Surface {
    // Columns 0 to 5 are the normal equations, 6 to 8 the right-hand sides of the three channels.
    let mut rows = [[0.0f64; TERMS + 3]; TERMS];
    for (sample, &weight) in samples.iter().zip(weights) {
        for (i, row) in rows.iter_mut().enumerate().take(terms) {
            let factor = f64::from(weight * sample.terms[i]);
            let right = sample.terms.iter().chain(&sample.colour);
            row.iter_mut().zip(right).for_each(|(sum, &term)| *sum += factor * f64::from(term));
        }
    }
    // Keeps a strip of one pixel's width solvable.
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    for (i, row) in rows.iter_mut().enumerate() {
        row[i] += 1e-6 * total + 1e-12;
        if i < terms {
            row[terms..TERMS].fill(0.0);
        }
    }
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

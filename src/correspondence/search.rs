//! A drawing, and looking for a pose's points in it.

use super::index::{Index, Sample};
use super::target::{Bordered, Level, Shown, Target, coarsest, sampled, shows};
use super::{NEAR, Shift, distance2, falling, trust};
use crate::udp::Udp;
use rayon::prelude::*;

/// How fast weights of the search one pixel around fall with the distance of landmarks.
const TAU: f32 = 0.012;
/// What places beside the drawn figure add to squared distances.
const BESIDE: f32 = 0.05;
/// Less of the figure than this in a blend tells no landmark.
const LEAST: f32 = 0.05;

/// A drawing whose points can be looked for.
pub struct Source {
    width: usize,
    height: usize,
    /// Landmark times occupancy, occupancy; with a pixel more on every side.
    pixels: Vec<[f32; 4]>,
    /// How far each is believed, where somebody knows.
    trust: Option<Vec<f32>>,
    index: Index,
}

/// Where the points of a pose lie in a drawing, at several sizes of the pose.
pub struct Found {
    levels: Vec<Field>,
}

struct Field {
    step: usize,
    /// Columns and rows, and a cell's sides in those of the pose.
    size: [usize; 2],
    cell: [f32; 2],
    places: Vec<[f32; 2]>,
}

impl Source {
    /// Of a drawing's UDP. `spread` says how far off each landmark is thought to be, as a detector does: places that are
    /// unsure weigh less where others show the same, and their confidence is less.
    ///
    /// # Panics
    /// When there are not as many spreads as pixels.
    pub fn new(udp: &Udp, spread: Option<&[f32]>) -> Self {
        assert!(spread.is_none_or(|spread| spread.len() == udp.pixels.len()), "a spread a pixel");
        let (width, height) = (udp.width_px as usize, udp.height_px as usize);
        let pixel = |&pixel: &[f32; 4]| {
            let [x, y, z, _] = pixel;
            if shows(pixel) { [x, y, z, 1.0] } else { [0.0; 4] }
        };
        let mut pixels = vec![[0.0; 4]; (width + 2) * (height + 2)];
        for (to, from) in pixels[width + 2..].chunks_mut(width + 2).zip(udp.pixels.chunks(width.max(1))) {
            to[1..=width].iter_mut().zip(from).for_each(|(to, from)| *to = pixel(from));
        }
        let trust: Option<Vec<f32>> = spread.map(|spread| {
            let mut all = vec![0.0; pixels.len()];
            for (to, from) in all[width + 2..].chunks_mut(width + 2).zip(spread.chunks(width.max(1))) {
                to[1..=width].iter_mut().zip(from).for_each(|(to, from)| *to = trust(*from));
            }
            all
        });
        let step = coarsest(width, height);
        let mut samples = vec![];
        for y in 0..height.div_ceil(step) {
            for x in 0..width.div_ceil(step) {
                let ((column, across), (row, down)) = (sampled(x, step, width), sampled(y, step, height));
                let at = (row + 1) * (width + 2) + column + 1;
                let [a, b, c, there] = pixels[at];
                if there > 0.0 {
                    let trust = trust.as_ref().map_or(1.0, |trust| trust[at]);
                    samples.push(Sample { landmark: [a, b, c], place: [across, down], trust });
                }
            }
        }
        Self { index: Index::new(&samples), width, height, pixels, trust }
    }

    /// Where the drawing shows the pose's points, or what comes nearest. Where the pose shows nothing, and everywhere in
    /// an empty drawing, pixels have their own place.
    pub fn find(&self, target: &Target) -> Found {
        let mut levels: Vec<Field> = vec![];
        let mut coarser: Option<Bordered<Shift>> = None;
        for level in &target.levels {
            // Coarse cells are few, so that they may look twice; at the full size there is no more to gain.
            let looks = match level.step {
                1 => 0,
                2 => 1,
                _ => 2,
            };
            let step = target.size().map(|side| level.step as f32 / side as f32);
            let found = |shown: &Shown| -> Shift {
                let handed_on = coarser.as_ref().zip(shown.heir.as_ref()).map(|(coarser, heir)| heir.of(coarser));
                let shift = handed_on.or_else(|| {
                    let place = self.index.expected(shown.landmark)?;
                    Some([place[0] - shown.place[0], place[1] - shown.place[1]])
                });
                let Some(shift) = shift else { return [0.0; 2] };
                (0..looks).fold(shift, |shift, _| self.mended(shown, shift, step))
            };
            let shifts: Vec<Shift> = level.shown.par_iter().with_min_len(256).map(found).collect();
            levels.push(Field::new(level, target.size(), &shifts));
            coarser = Some(Bordered::new(level, [0.0; 2], shifts));
        }
        Found { levels }
    }

    /// A shift after a look at the pixels around: the mean of those whose landmark comes near.
    fn mended(&self, shown: &Shown, shift: Shift, step: [f32; 2]) -> Shift {
        let mut away = [0.0; 9];
        for (i, away) in away.iter_mut().enumerate() {
            let offset = [(i % 3) as f32 - 1.0, (i / 3) as f32 - 1.0];
            let place = [0, 1].map(|axis| shown.place[axis] + shift[axis] + offset[axis] * step[axis]);
            let [x, y, z, there] = self.look(place);
            let whole = 1.0 / there.max(LEAST);
            *away = distance2([x, y, z].map(|v| v * whole), shown.landmark) + (1.0 - there).max(0.0) * BESIDE;
        }
        let nearest = away.iter().copied().fold(f32::INFINITY, f32::min);
        let weights = away.map(|d| falling((d - nearest) * (1.0 / (TAU * TAU))));
        let total: f32 = weights.iter().sum();
        let column = |i: usize| weights[i] + weights[i + 3] + weights[i + 6];
        let row = |i: usize| weights[i..i + 3].iter().sum::<f32>();
        let sum = [column(2) - column(0), row(6) - row(0)];
        [0, 1].map(|axis| shift[axis] + sum[axis] / total * step[axis])
    }

    /// The four pixels (of those with a border) around a place, the upper left one first, and their shares.
    #[inline]
    fn corners(&self, place: [f32; 2]) -> [(usize, f32); 4] {
        let sides = [self.width, self.height];
        // `max` comes first: of what is no number it makes a place in the border.
        let at = [0, 1].map(|axis| (place[axis] * sides[axis] as f32 + 0.5).max(0.0).min(sides[axis] as f32 + 0.999));
        let [column, row] = at.map(|v| v as u32 as usize);
        let [s, t] = [at[0] - column as f32, at[1] - row as f32];
        let (row, column) = (row.min(self.height), column.min(self.width));
        let first = row * (self.width + 2) + column;
        let below = first + self.width + 2;
        [(first, (1.0 - s) * (1.0 - t)), (first + 1, s * (1.0 - t)), (below, (1.0 - s) * t), (below + 1, s * t)]
    }

    /// Landmark times occupancy, and occupancy at a place.
    #[inline]
    fn look(&self, place: [f32; 2]) -> [f32; 4] {
        let mut sum = [0.0; 4];
        for (i, share) in self.corners(place) {
            let pixel = self.pixels[i];
            (0..4).for_each(|c| sum[c] += share * pixel[c]);
        }
        sum
    }

    /// How surely the drawing shows each pixel of the pose at the place that was found, 0 to 1: by the distance of
    /// landmarks, whether the figure is drawn there, and how far it is believed.
    ///
    /// # Panics
    /// When `found` is of another pose.
    pub fn confidence(&self, target: &Target, found: &Found) -> Vec<f32> {
        let mut sure = vec![0.0; found.places().len()];
        let Some(level) = target.levels.last() else { return sure };
        let of = |shown: &Shown| {
            let place = found.places()[shown.at as usize];
            let [x, y, z, there] = self.look(place);
            let away = distance2([x, y, z].map(|v| v / there.max(LEAST)), shown.landmark);
            let believed = self.trust.as_ref().map_or(there, |trust| {
                self.corners(place).iter().map(|&(i, share)| share * trust[i] * self.pixels[i][3]).sum()
            });
            (-away / (NEAR * NEAR)).exp() * believed
        };
        let all: Vec<f32> = level.shown.par_iter().with_min_len(256).map(of).collect();
        level.shown.iter().zip(all).for_each(|(shown, v)| sure[shown.at as usize] = v);
        sure
    }
}

impl Field {
    fn new(level: &Level, size: [usize; 2], shifts: &[Shift]) -> Self {
        let step = [0, 1].map(|axis| level.step as f32 / size[axis] as f32);
        let own = |i: usize| [i % level.width, i / level.width].map(|at| at as f32 + 0.5);
        let place = |i: usize| [0, 1].map(|axis| own(i)[axis] * step[axis]);
        let mut places: Vec<[f32; 2]> = (0..level.width * level.height).map(place).collect();
        for (shown, shift) in level.shown.iter().zip(shifts) {
            let place = &mut places[shown.at as usize];
            (0..2).for_each(|axis| place[axis] += shift[axis]);
        }
        Self { step: level.step, size: [level.width, level.height], cell: step, places }
    }
}

impl Found {
    /// For each pixel of the pose its place in the drawing, from the left and upper edge, in the drawing's sides: pixel
    /// `place · side` of the drawing, in whole pixels from edge to edge.
    pub fn places(&self) -> &[[f32; 2]] {
        self.levels.last().map_or(&[], |level| &level.places)
    }

    /// The same for cells of `step`×`step` pixels of the pose, row by row; `step` is a power of two.
    ///
    /// # Panics
    /// When it is none.
    pub fn cells(&self, step: usize) -> Vec<[f32; 2]> {
        assert!(step.is_power_of_two());
        let fine = step.min(2);
        let Some(level) = self.levels.iter().find(|level| level.step == fine) else { return vec![] };
        let (skip, [width, height]) = (step / fine, level.size);
        if skip == 1 {
            return level.places.clone();
        }
        let cell = |column: usize, row: usize| {
            let of = [(column, width), (row, height)].map(|(at, side)| (at * skip + skip / 2).min(side - 1));
            // The pixel that stands for a cell lies beside its middle, and what it found as far beside.
            let beside = [(column, 0), (row, 1)]
                .map(|(at, axis)| ((at as f32 + 0.5) * skip as f32 - (of[axis] as f32 + 0.5)) * level.cell[axis]);
            let place = level.places[of[1] * width + of[0]];
            [place[0] + beside[0], place[1] + beside[1]]
        };
        let (columns, rows) = (width.div_ceil(skip), height.div_ceil(skip));
        (0..columns * rows).map(|i| cell(i % columns, i / columns)).collect()
    }
}

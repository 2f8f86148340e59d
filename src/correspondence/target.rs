//! A pose made ready to be looked for, whatever drawings there are.

use crate::udp::Udp;
use rayon::prelude::*;

/// Samples along the longer side of the coarsest level, at most, and its least step.
const COARSEST: usize = 64;
const LEAST_STEP: usize = 4;
/// How alike landmarks of a pixel and of the coarse cells around it must be to share a shift.
const ALIKE: f32 = 0.04;
/// Pixels whose landmark is farther from all coarse cells around them look for themselves.
const LOST: f32 = 0.08;

/// A pose at several sizes.
pub struct Target {
    /// From the coarsest to the full size, each twice as fine as the one before.
    pub(super) levels: Vec<Level>,
}

/// The pixels of every `step` rows and columns.
pub(super) struct Level {
    pub step: usize,
    pub width: usize,
    pub height: usize,
    /// Those that show something, row by row.
    pub shown: Vec<Shown>,
}

pub(super) struct Shown {
    pub at: u32,
    pub landmark: [f32; 3],
    /// In the pose, in its sides.
    pub place: [f32; 2],
    /// What the level before hands on; none for a pixel like none of its cells.
    pub heir: Option<Heir>,
}

/// Shares of the 3×3 cells around one.
pub(super) struct Heir {
    /// The first of them in a [`Bordered`] field.
    first: u32,
    shares: [f32; 9],
}

/// A value for each cell of a level, with a cell more on every side.
pub(super) struct Bordered<T> {
    values: Vec<T>,
    width: usize,
}

impl<T: Copy> Bordered<T> {
    pub(super) fn new(level: &Level, border: T, values: impl IntoIterator<Item = T>) -> Self {
        let width = level.width + 2;
        let mut bordered = vec![border; width * (level.height + 2)];
        for (shown, value) in level.shown.iter().zip(values) {
            let at = shown.at as usize;
            bordered[(at / level.width + 1) * width + at % level.width + 1] = value;
        }
        Self { values: bordered, width }
    }

    /// The 3×3 cells whose first is this one.
    fn around(&self, first: usize) -> [T; 9] {
        let rows = [0, 1, 2].map(|row| &self.values[first + row * self.width..][..3]);
        std::array::from_fn(|i| rows[i / 3][i % 3])
    }
}

impl Heir {
    /// The mean of a field.
    pub(super) fn of(&self, field: &Bordered<[f32; 2]>) -> [f32; 2] {
        let mut sum = [0.0; 2];
        for (share, value) in self.shares.iter().zip(field.around(self.first as usize)) {
            (0..2).for_each(|axis| sum[axis] += share * value[axis]);
        }
        sum
    }
}

/// The pixel that stands for a cell, and where its middle lies, in sides.
pub(super) fn sampled(cell: usize, step: usize, side: usize) -> (usize, f32) {
    let at = (cell * step + step / 2).min(side - 1);
    (at, (at as f32 + 0.5) / side as f32)
}

/// The step of the coarsest level of a picture.
pub(super) fn coarsest(width: usize, height: usize) -> usize {
    width.max(height).div_ceil(COARSEST).next_power_of_two().max(LEAST_STEP)
}

pub(super) fn shows([x, y, z, there]: [f32; 4]) -> bool {
    there > 0.5 && x.is_finite() && y.is_finite() && z.is_finite()
}

impl Target {
    /// Of a pose's UDP.
    pub fn new(udp: &Udp) -> Self {
        let (width, height) = (udp.width_px as usize, udp.height_px as usize);
        let mut levels: Vec<Level> = vec![];
        let mut step = coarsest(width, height);
        while step > 0 {
            levels.push(Level::new(udp, step, levels.last()));
            step /= 2;
        }
        Self { levels }
    }

    /// Width and height of the pose, pixels.
    pub fn size(&self) -> [usize; 2] {
        self.levels.last().map_or([0; 2], |level| [level.width, level.height])
    }
}

impl Level {
    fn new(udp: &Udp, step: usize, coarser: Option<&Self>) -> Self {
        let sides = [udp.width_px as usize, udp.height_px as usize];
        let [width, height] = sides.map(|side| side.div_ceil(step));
        let known = coarser.map(|level| Bordered::new(level, [1e3; 3], level.shown.iter().map(|shown| shown.landmark)));
        let row = |y: usize| {
            let known = known.as_ref();
            (0..width).filter_map(move |x| {
                let (column, across) = sampled(x, step, sides[0]);
                let (row, down) = sampled(y, step, sides[1]);
                let pixel = udp.pixels[row * sides[0] + column];
                let landmark = [pixel[0], pixel[1], pixel[2]];
                shows(pixel).then(|| Shown {
                    at: (y * width + x) as u32,
                    landmark,
                    place: [across, down],
                    heir: known.and_then(|known| heir(known, [x, y], landmark)),
                })
            })
        };
        let rows: Vec<Vec<Shown>> = (0..height).into_par_iter().with_min_len(8).map(|y| row(y).collect()).collect();
        Self { step, width, height, shown: rows.into_iter().flatten().collect() }
    }
}

/// What a pixel inherits from the cells around the one that it lies in.
fn heir(known: &Bordered<[f32; 3]>, [x, y]: [usize; 2], landmark: [f32; 3]) -> Option<Heir> {
    let first = y / 2 * known.width + x / 2;
    let away = known.around(first).map(|other| super::distance2(other, landmark));
    let nearest = away.iter().copied().fold(f32::INFINITY, f32::min);
    if nearest > LOST * LOST {
        return None;
    }
    let shares = away.map(|d| super::falling((d - nearest) * (1.0 / (ALIKE * ALIKE))));
    let total: f32 = shares.iter().sum();
    Some(Heir { first: first as u32, shares: shares.map(|share| share / total) })
}

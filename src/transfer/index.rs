//! Finds the sheet's pixels by landmark: a grid of cells over all views at once.

use super::surface::Surface;
use glam::{IVec3, Vec3};

/// One pixel of one view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) landmark: Vec3,
    /// Outwards in T-pose; zero where it is not known.
    pub(super) normal: Vec3,
    pub(super) view: u16,
    /// See [`super::parts`].
    pub(super) part: u16,
    pub(super) pixel: u32,
}

/// Pixels, sorted by cell.
pub(super) struct Index {
    low: Vec3,
    cell: f32,
    counts: IVec3,
    /// Where each cell's samples begin; one more than there are cells.
    starts: Vec<u32>,
    samples: Vec<Sample>,
}

/// So many cells take 16 MiB.
const MOST_CELLS: f32 = 4e6;
/// More samples of one part in one view in one cell are thinned out: a view that shows one landmark all over must not make every
/// search look at all of it.
const MOST_SAMPLES: usize = 48;

/// A cell and those around it, nearer ones first.
const AROUND: [IVec3; 27] = {
    let mut around = [IVec3::ZERO; 27];
    let (mut found, mut steps) = (0, 0);
    while steps <= 3 {
        let mut i = 0;
        while i < 27 {
            let [x, y, z] = [i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1];
            if x * x + y * y + z * z == steps {
                around[found] = IVec3::new(x, y, z);
                found += 1;
            }
            i += 1;
        }
        steps += 1;
    }
    around
};

impl Index {
    /// Of the pixels that `keep` chooses, with the parts they show, with cells of at least the size `cell`.
    pub(super) fn new<'a>(
        surfaces: impl Iterator<Item = (&'a Surface, &'a [u16])>,
        cell: f32,
        keep: impl Fn(&Surface, usize) -> bool,
    ) -> Self {
        let mut found = Vec::new();
        for (view, (surface, parts)) in surfaces.enumerate() {
            for i in (0..surface.len()).filter(|&i| surface.seen(i) && keep(surface, i)) {
                let (landmark, normal) = (surface.landmarks[i], surface.tangents(i).normal());
                found.push(Sample { landmark, normal, view: view as u16, part: parts[i], pixel: i as u32 });
            }
        }
        Self::of(found, cell)
    }

    /// Of samples, with cells of at least the size `cell`.
    pub(super) fn of(found: Vec<Sample>, cell: f32) -> Self {
        let bounds = (Vec3::ONE, Vec3::ZERO);
        let (low, high) = found.iter().fold(bounds, |(low, high), s| (low.min(s.landmark), high.max(s.landmark)));
        let size = (high - low).max(Vec3::ZERO);
        let mut cell = cell;
        let counts = loop {
            let counts = (size / cell).floor() + 1.0;
            if counts.element_product() <= MOST_CELLS {
                break counts.as_ivec3();
            }
            cell *= 1.25;
        };
        let mut index = Self { low, cell, counts, starts: Vec::new(), samples: Vec::new() };
        let mut numbered: Vec<(u32, Sample)> =
            found.into_iter().map(|s| (index.number(index.cell_of(s.landmark)), s)).collect();
        numbered.sort_by_key(|(cell, s)| (*cell, s.view, s.part));
        let mut cells = Vec::with_capacity(numbered.len());
        for run in numbered.chunk_by(|a, b| (a.0, a.1.view, a.1.part) == (b.0, b.1.view, b.1.part)) {
            for (cell, sample) in run.iter().step_by(run.len().div_ceil(MOST_SAMPLES)) {
                cells.push(*cell);
                index.samples.push(*sample);
            }
        }
        index.starts = vec![0; counts.element_product() as usize + 1];
        for cell in cells {
            index.starts[cell as usize + 1] += 1;
        }
        for i in 1..index.starts.len() {
            index.starts[i] += index.starts[i - 1];
        }
        index
    }

    /// Calls `visit` with every sample closer than one cell to `landmark`, and some farther ones.
    pub(super) fn near(&self, landmark: Vec3, mut visit: impl FnMut(&Sample)) {
        let centre = self.cell_of(landmark);
        let (from, to) = ((centre - 1).max(IVec3::ZERO), (centre + 1).min(self.counts - 1));
        if from.cmpgt(to).any() {
            return;
        }
        for z in from.z..=to.z {
            for y in from.y..=to.y {
                // Neighbours along x follow each other.
                let first = self.starts[self.number(IVec3::new(from.x, y, z)) as usize];
                let last = self.starts[self.number(IVec3::new(to.x, y, z)) as usize + 1];
                self.samples[first as usize..last as usize].iter().for_each(&mut visit);
            }
        }
    }

    /// Of the samples closer than one cell to `landmark`, and some farther ones, the one of least `cost`, which is never below
    /// the squared distance; of several the first. Cells that are farther away than what was found are not looked into.
    pub(super) fn cheapest(&self, landmark: Vec3, cost: impl Fn(&Sample) -> f32) -> Option<&Sample> {
        let centre = self.cell_of(landmark);
        let mut best = (f32::INFINITY, usize::MAX);
        for offset in AROUND {
            let cell = centre + offset;
            if cell.cmplt(IVec3::ZERO).any() || cell.cmpge(self.counts).any() {
                continue;
            }
            let low = self.low + self.cell * cell.as_vec3();
            let away = landmark - landmark.clamp(low, low + self.cell);
            // A little nearer, so that no rounding hides a sample.
            if 0.999 * away.length_squared() > best.0 {
                continue;
            }
            let first = self.number(cell) as usize;
            for i in self.starts[first] as usize..self.starts[first + 1] as usize {
                let cost = cost(&self.samples[i]);
                if (cost, i) < best {
                    best = (cost, i);
                }
            }
        }
        self.samples.get(best.1)
    }

    fn cell_of(&self, landmark: Vec3) -> IVec3 {
        ((landmark - self.low) / self.cell).floor().as_ivec3()
    }

    fn number(&self, cell: IVec3) -> u32 {
        ((cell.z * self.counts.y + cell.y) * self.counts.x + cell.x) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::udp::Udp;

    #[test]
    fn finds_what_a_search_through_all_finds() {
        let mut udp = Udp::new(40, 40);
        for (i, pixel) in udp.pixels.iter_mut().enumerate() {
            let (u, v) = ((i % 40) as f32 / 40.0, (i / 40) as f32 / 40.0);
            *pixel = [u, v, 0.5 + 0.4 * (7.0 * u * v).sin(), f32::from(u8::from(i % 7 != 0))];
        }
        let surface = Surface::new(&udp);
        let parts = vec![0; surface.len()];
        let index = Index::new([(&surface, &*parts), (&surface, &*parts)].into_iter(), 0.05, |_, i| i % 2 == 0);
        for (k, wanted) in [[0.31, 0.72, 0.6], [0.0, 0.0, 0.5], [0.99, 0.99, 0.77], [2.0, 0.5, 0.5]].iter().enumerate()
        {
            let wanted = Vec3::from_array(*wanted);
            let mut found = 0;
            index.near(wanted, |s| found += usize::from(s.landmark.distance(wanted) < 0.05));
            let all = (0..1600).filter(|&i| i % 2 == 0 && surface.seen(i));
            assert_eq!(found, 2 * all.clone().filter(|&i| surface.landmarks[i].distance(wanted) < 0.05).count(), "{k}");
            // Both views have it, so of equals the first is meant.
            let nearest = all.min_by(|&a, &b| {
                let [a, b] = [a, b].map(|i| surface.landmarks[i].distance_squared(wanted));
                a.total_cmp(&b)
            });
            let cheapest = index.cheapest(wanted, |s| s.landmark.distance_squared(wanted));
            let within = nearest.filter(|&i| surface.landmarks[i].distance(wanted) < 0.05);
            assert!(
                within.is_none() || cheapest.is_some_and(|s| (Some(s.pixel as usize), s.view) == (within, 0)),
                "{k}"
            );
        }
    }

    #[test]
    fn a_crowded_cell_is_thinned_out() {
        let mut udp = Udp::new(100, 100);
        udp.pixels.fill([0.5, 0.5, 0.5, 1.0]);
        let index = Index::new([(&Surface::new(&udp), &*vec![0; 10_000])].into_iter(), 0.01, |_, _| true);
        let mut found = 0;
        index.near(Vec3::splat(0.5), |_| found += 1);
        assert!((1..=MOST_SAMPLES).contains(&found), "{found}");
        Index::new(std::iter::empty(), 0.01, |_, _| true).near(Vec3::ZERO, |_| panic!("there is nothing"));
    }
}

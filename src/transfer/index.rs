//! Finds the sheet's pixels by landmark: a grid of cells over all views at once.

use super::surface::Surface;
use glam::{IVec3, Vec3};

/// One pixel of one view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) landmark: Vec3,
    /// Outwards in T-pose; zero where it is not known.
    pub(super) normal: Vec3,
    pub(super) view: u32,
    pub(super) pixel: u32,
}

/// All seen pixels, sorted by cell.
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

impl Index {
    /// With cells of at least the size `cell`.
    pub(super) fn new(surfaces: &[&Surface], cell: f32, keep: impl Fn(&Surface, usize) -> bool) -> Self {
        let mut found = Vec::new();
        let (mut low, mut high) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for (view, surface) in surfaces.iter().enumerate() {
            for i in (0..surface.landmarks.len()).filter(|&i| surface.seen(i) && keep(surface, i)) {
                let landmark = surface.landmarks[i];
                (low, high) = (low.min(landmark), high.max(landmark));
                let normal = surface.tangents(i).normal();
                found.push(Sample { landmark, normal, view: view as u32, pixel: i as u32 });
            }
        }
        if found.is_empty() {
            (low, high) = (Vec3::ZERO, Vec3::ZERO);
        }
        let size = high - low;
        let mut cell = cell;
        let counts = loop {
            let counts = (size / cell).floor() + 1.0;
            if counts.element_product() <= MOST_CELLS {
                break counts.as_ivec3();
            }
            cell *= 1.25;
        };
        let mut index = Self { low, cell, counts, starts: Vec::new(), samples: Vec::new() };
        let cells: Vec<u32> = found.iter().map(|s| index.number(index.cell_of(s.landmark))).collect();
        index.starts = vec![0; counts.element_product() as usize + 1];
        for &cell in &cells {
            index.starts[cell as usize + 1] += 1;
        }
        for i in 1..index.starts.len() {
            index.starts[i] += index.starts[i - 1];
        }
        let mut next = index.starts.clone();
        index.samples = found.clone();
        for (sample, cell) in found.into_iter().zip(cells) {
            let place = &mut next[cell as usize];
            index.samples[*place as usize] = sample;
            *place += 1;
        }
        index
    }

    /// Calls `visit` with every sample closer than one cell to `landmark`, and some farther ones.
    pub(super) fn near(&self, landmark: Vec3, mut visit: impl FnMut(&Sample)) {
        let centre = self.cell_of(landmark);
        let (from, to) = ((centre - 1).max(IVec3::ZERO), (centre + 1).min(self.counts - 1));
        for z in from.z..=to.z {
            for y in from.y..=to.y {
                if from.x > to.x {
                    continue;
                }
                // Neighbours along x follow each other.
                let first = self.starts[self.number(IVec3::new(from.x, y, z)) as usize];
                let last = self.starts[self.number(IVec3::new(to.x, y, z)) as usize + 1];
                self.samples[first as usize..last as usize].iter().for_each(&mut visit);
            }
        }
    }

    fn cell_of(&self, landmark: Vec3) -> IVec3 {
        ((landmark - self.low) / self.cell).floor().as_ivec3()
    }

    fn number(&self, cell: IVec3) -> u32 {
        ((cell.z * self.counts.y + cell.y) * self.counts.x + cell.x) as u32
    }
}

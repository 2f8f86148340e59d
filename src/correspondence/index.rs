//! Samples of a drawing by landmark: what lies near a landmark is found without looking at all of them.

/// How fast weights fall with the distance of landmarks: e^−(d/τ)².
const TAU: f32 = 0.02;
/// Samples whose weight is less than e^−6 of the nearest one's count for nothing.
const CUT: f32 = 6.0 * TAU * TAU;
/// Cells a side of the landmark cube; those beside one hold all that counts where a drawing shows the landmark.
const CELLS: usize = 20;
const CELL: f32 = 1.0 / CELLS as f32;

/// A drawing's pixel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub landmark: [f32; 3],
    /// In the drawing, in its sides.
    pub place: [f32; 2],
    /// How far it is believed, above 0 to 1.
    pub trust: f32,
}

/// Samples sorted by cell, the cells of a row of x side by side.
pub(super) struct Index {
    /// Landmark, and what a lack of trust adds to squared distances.
    landmarks: Vec<[f32; 4]>,
    places: Vec<[f32; 2]>,
    /// Where each cell's samples begin, and the end.
    starts: Vec<u32>,
}

fn cell(v: f32) -> usize {
    // What is no number becomes 0.
    ((v * CELLS as f32) as usize).min(CELLS - 1)
}

fn cell_of([x, y, z]: [f32; 3]) -> usize {
    (cell(z) * CELLS + cell(y)) * CELLS + cell(x)
}

impl Index {
    pub(super) fn new(samples: &[Sample]) -> Self {
        let mut starts = vec![0u32; CELLS.pow(3) + 1];
        for sample in samples {
            starts[cell_of(sample.landmark) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let (mut landmarks, mut places) = (vec![[0.0; 4]; samples.len()], vec![[0.0; 2]; samples.len()]);
        let mut next = starts.clone();
        for sample in samples {
            let at = &mut next[cell_of(sample.landmark)];
            let [x, y, z] = sample.landmark;
            landmarks[*at as usize] = [x, y, z, -TAU * TAU * sample.trust.max(1e-6).ln()];
            places[*at as usize] = sample.place;
            *at += 1;
        }
        Self { landmarks, places, starts }
    }

    /// The expected place of a landmark: the mean over all samples by e^−(d/τ)² and trust; none without samples.
    pub(super) fn expected(&self, landmark: [f32; 3]) -> Option<[f32; 2]> {
        if self.landmarks.is_empty() {
            return None;
        }
        let away = |i: usize| {
            let [x, y, z, more] = self.landmarks[i];
            super::distance2([x, y, z], landmark) + more
        };
        let mut ring = 1;
        let nearest = loop {
            let mut nearest = f32::INFINITY;
            self.each(landmark, ring, |i| nearest = nearest.min(away(i)));
            // Whatever lies outside these cells is as far away as they reach.
            let reach = (nearest + CUT).sqrt();
            if ring >= CELLS || reach <= ring as f32 * CELL {
                break nearest;
            }
            ring = if reach.is_finite() { ((reach / CELL).ceil() as usize).max(ring + 1) } else { 2 * ring };
        };
        let (mut sum, mut total) = ([0.0; 2], 0.0);
        self.each(landmark, ring, |i| {
            let further = away(i) - nearest;
            if further <= CUT {
                let weight = super::falling(further * (1.0 / (TAU * TAU)));
                total += weight;
                (0..2).for_each(|axis| sum[axis] += weight * self.places[i][axis]);
            }
        });
        (total > 0.0).then(|| sum.map(|v| v / total))
    }

    /// Calls `f` with all samples of the cells up to `ring` around a landmark's.
    fn each(&self, landmark: [f32; 3], ring: usize, mut f: impl FnMut(usize)) {
        let [x, y, z] = landmark.map(|v| {
            let at = cell(v);
            at.saturating_sub(ring)..=(at + ring).min(CELLS - 1)
        });
        for z in z {
            for y in y.clone() {
                let row = (z * CELLS + y) * CELLS;
                let (first, end) = (self.starts[row + x.start()], self.starts[row + x.end() + 1]);
                (first as usize..end as usize).for_each(&mut f);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cells_tell_what_all_samples_tell() {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 24) as f32
        };
        // A sheet bent through the cube, so that some landmarks are far from all samples.
        let samples: Vec<Sample> = (0..900)
            .map(|_| {
                let place = [next(), next()];
                let landmark = [0.3 + 0.4 * place[0], place[1], 0.5 + 0.2 * (3.0 * place[0]).sin()];
                Sample { landmark, place, trust: 0.2 + 0.8 * next() }
            })
            .collect();
        let index = Index::new(&samples);
        for _ in 0..300 {
            let landmark = [next(), next(), next()];
            let (mut sum, mut total) = ([0.0f64; 2], 0.0f64);
            let away = |s: &Sample| f64::from(super::super::distance2(s.landmark, landmark));
            let nearest = samples.iter().map(away).fold(f64::INFINITY, f64::min);
            for sample in &samples {
                let away = (away(sample) - nearest) / f64::from(TAU * TAU) - f64::from(sample.trust.ln());
                let weight = f64::from(super::super::falling(away as f32));
                total += weight;
                (0..2).for_each(|axis| sum[axis] += weight * f64::from(sample.place[axis]));
            }
            let found = index.expected(landmark).unwrap();
            for axis in 0..2 {
                let wanted = sum[axis] / total;
                assert!((f64::from(found[axis]) - wanted).abs() < 4e-3, "{landmark:?}: {found:?} for {wanted}");
            }
        }
        assert_eq!(Index::new(&[]).expected([0.5; 3]), None);
        assert!(index.expected([f32::NAN; 3]).is_none_or(|place| place.iter().all(|v| v.is_finite())));
    }
}
